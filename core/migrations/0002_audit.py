"""The audit: entries that nobody may change, and the chain that shows it if somebody did.

Two tables without a tenant guard hold ids and hashes alone, because the sealer and the verifier
go over all agencies: `audit_pending` lists entries that wait for their link, `audit_head` the
last link of each chain, so that a chain cut short is noticed.
"""

from core.db.ddl import APP_ROLE, registry_table, tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "core.audit_entry",
        """
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor_kind text NOT NULL CHECK (actor_kind IN ('person', 'operator', 'system')),
        actor_id uuid, actor_name text NOT NULL,
        event text NOT NULL, object_type text NOT NULL, object_id uuid,
        data jsonb NOT NULL, changes jsonb NOT NULL
        """,
        grant="select",
    )
    # `at` is left out: the database's clock dates an entry, whoever writes it.
    db.execute_sql(
        "GRANT INSERT (tenant_id, id, actor_kind, actor_id, actor_name, event, object_type, object_id, data, changes) "
        f"ON core.audit_entry TO {APP_ROLE};"
        "CREATE INDEX audit_entry_object ON core.audit_entry (tenant_id, object_type, object_id, id);"
        "CREATE INDEX audit_entry_actor ON core.audit_entry (tenant_id, actor_id, id);"
        "CREATE INDEX audit_entry_event ON core.audit_entry (tenant_id, event, id)"
    )
    tenant_table(
        db,
        "core.audit_link",
        """
        seq bigint NOT NULL, prev_hash bytea NOT NULL, hash bytea NOT NULL, UNIQUE (tenant_id, seq),
        FOREIGN KEY (tenant_id, id) REFERENCES core.audit_entry (tenant_id, id)
        """,
        grant="select, insert",
    )
    registry_table(
        db,
        "core.audit_pending",
        "tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id)",
        grant="select, insert, delete",
        reason="The sealer goes over all agencies; rows are ids alone.",
    )
    registry_table(
        db,
        "core.audit_head",
        "tenant_id uuid PRIMARY KEY, seq bigint NOT NULL, hash bytea NOT NULL",
        grant="select, insert, update",
        reason="The sealer goes over all agencies; rows are ids and hashes alone.",
    )
    # The second wall behind the missing grants; statement triggers cover TRUNCATE as well.
    db.execute_sql(
        """
        CREATE FUNCTION core.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core.audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_audit_change();
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core.audit_link
        FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_audit_change();
        """
    )
