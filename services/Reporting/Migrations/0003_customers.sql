-- The customer as told when the contact began; Crm has the present name.
alter table contacts add customer uuid, add customer_name text;
