"""The settings that row-level security reads, and the trace that failing hooks leave.

`SET LOCAL` leaves an empty string behind when its transaction ends, hence nullif: an empty
setting means no agency, and no row.
"""

from core.db.ddl import registry_table


def up(migrator, db):
    db.execute_sql(
        """
        CREATE FUNCTION core.app_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;
        CREATE FUNCTION core.app_read_tenants() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT nullif(current_setting('app.read_tenants', true), '')::uuid[] $$;
        """
    )
    registry_table(
        db,
        "core.hook_failure",
        """
        module text NOT NULL, hook text NOT NULL, tenant_id uuid NOT NULL, failures integer NOT NULL,
        last_at timestamptz NOT NULL, PRIMARY KEY (module, hook, tenant_id)
        """,
        reason="Operators watch modules across agencies; rows name agency, module and hook, no content.",
    )
