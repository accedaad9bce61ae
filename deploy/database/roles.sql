-- The roles of one PostgreSQL server. Run as a superuser; safe to run again.
--   psql -v owner_password=… -v app_password=… -v keycloak_password=… -f roles.sql postgres
--
-- lienthong_owner    owns schemas and tables; `lienthong migrate` signs in as this role
-- lienthong_app      web and worker; row-level security holds for it, it owns nothing
-- lienthong_context  owns the look-up functions that must read before an agency is known; nobody signs in as it
-- keycloak           owns Keycloak's own database

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['lienthong_owner', 'lienthong_app', 'lienthong_context', 'keycloak'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
    END LOOP;
END
$$;

ALTER ROLE lienthong_owner LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE lienthong_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE lienthong_context NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE keycloak LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'keycloak_password';

-- A migration hands its look-up functions over to lienthong_context. NOINHERIT above keeps the owner from
-- reading what that role may read: row-level security holds for migrations too.
GRANT lienthong_context TO lienthong_owner;
