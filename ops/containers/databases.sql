-- Run once by PostgreSQL's image, in an empty data folder: one database for each service, owned by a
-- role without privileges.

-- The password that the image was started with becomes that role's; the superuser keeps none, so it
-- comes in through the socket inside the container only.
SELECT format('CREATE ROLE remelt LOGIN PASSWORD %L', rolpassword)
FROM pg_authid WHERE rolname = current_user \gexec
SELECT format('ALTER ROLE %I PASSWORD NULL', current_user) \gexec

-- Of template0, since the image's own locale may be another one and the services refuse all but C.
CREATE DATABASE processor_registry OWNER remelt TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
CREATE DATABASE recycled_input OWNER remelt TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
CREATE DATABASE hydrogen_use OWNER remelt TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
CREATE DATABASE dashboard OWNER remelt TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
