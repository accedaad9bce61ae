"""The settings that row-level security reads.

`SET LOCAL` leaves an empty string behind when its transaction ends, hence nullif: an empty
setting means no agency, and no row.
"""


def up(migrator, db):
    db.execute_sql(
        """
        CREATE FUNCTION core.app_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;
        CREATE FUNCTION core.app_read_tenants() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT nullif(current_setting('app.read_tenants', true), '')::uuid[] $$;
        """
    )
