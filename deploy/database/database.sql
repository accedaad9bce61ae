-- What the roles may do in the platform's database. Run as a superuser, connected to it; safe to run again.
--   createdb --template template0 --encoding UTF8 lienthong && psql -f database.sql lienthong
--   createdb --owner keycloak keycloak

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO lienthong_owner', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO lienthong_app', current_database());
END
$$;

-- Tables live in the schemas of their modules; nothing may appear beside them.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
