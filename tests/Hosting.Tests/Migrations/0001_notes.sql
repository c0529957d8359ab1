CREATE TABLE notes (tenant uuid NOT NULL, id int NOT NULL, text text NOT NULL, PRIMARY KEY (tenant, text, id));
