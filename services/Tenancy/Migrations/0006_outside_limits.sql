-- Limits of calls outside against toll fraud: of a tenant {allowed, forbidden, premium, dayCostMax}, of a trunk {forbidden, prices, dayCostMax}.
ALTER TABLE tenants ADD COLUMN outside jsonb NOT NULL DEFAULT '{}';
ALTER TABLE trunks ADD COLUMN outside jsonb NOT NULL DEFAULT '{}';
