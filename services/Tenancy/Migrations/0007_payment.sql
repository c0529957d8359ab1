-- Who takes card payments for the tenant: the gateway posts the digits there. The secret is sealed by the master key.
ALTER TABLE tenants
  ADD COLUMN payment_url text,
  ADD COLUMN payment_secret text,
  ADD CONSTRAINT payment_is_whole CHECK ((payment_url IS NULL) = (payment_secret IS NULL));
