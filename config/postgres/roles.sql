-- Run once by the PostgreSQL image, as its superuser, when it makes its rows: the same two roles
-- and the same database as config/services/roles.py.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD

CREATE ROLE criterion_owner
  LOGIN CREATEDB BYPASSRLS NOSUPERUSER NOCREATEROLE NOREPLICATION PASSWORD :'owner_password';
CREATE ROLE criterion_app
  LOGIN NOCREATEDB NOBYPASSRLS NOSUPERUSER NOCREATEROLE NOREPLICATION PASSWORD :'app_password';
ALTER ROLE criterion_app SET statement_timeout = '30s';
ALTER ROLE criterion_app SET lock_timeout = '10s';
ALTER ROLE criterion_app SET idle_in_transaction_session_timeout = '60s';

CREATE DATABASE criterion OWNER criterion_owner TEMPLATE template0 ENCODING 'UTF8';
