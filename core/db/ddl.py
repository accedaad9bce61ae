"""The few statements every migration shares, so that no table is created without its guard."""

import re
from typing import Any

APP_ROLE = "lienthong_app"
CONTEXT_ROLE = "lienthong_context"
"""Owns the look-up functions that must see a person's posts before an agency is known."""

REGISTRY_COMMENT = "registry: "
PUBLIC_COMMENT = "public: "
SHARED_COMMENT = "shared with: "
"""Begins the comment of a table whose rows two agencies share; the column that names the other one follows."""
_NAME = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")


def create_schema(db: Any, schema: str) -> None:
    """Create the schema of a module, readable by the application role."""
    db.execute_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    db.execute_sql(f'GRANT USAGE ON SCHEMA "{schema}" TO {APP_ROLE}')


def tenant_table(db: Any, name: str, columns: str, *, grant: str = "select, insert, update, delete") -> None:
    """Create `schema.table` owned by agencies: tenant key, composite primary key, forced row-level security.

    `columns` is the SQL of the further columns and constraints; `grant` what the application may do.
    """
    _check(name)
    db.execute_sql(
        f"CREATE TABLE {name} (tenant_id uuid NOT NULL, id uuid NOT NULL, {columns}, PRIMARY KEY (tenant_id, id))"
    )
    guard_table(db, name)
    db.execute_sql(f"GRANT {grant} ON {name} TO {APP_ROLE}")


def guard_table(db: Any, name: str) -> None:
    """Force row-level security on a table that has a `tenant_id` column.

    Each command has its own policy: reading may span the agencies of a reading scope, writing
    never leaves the one agency in scope (a DELETE is checked by USING alone).
    """
    _check(name)
    own = "tenant_id = core.app_tenant()"
    readable = "tenant_id = ANY (coalesce(core.app_read_tenants(), ARRAY[core.app_tenant()]))"
    db.execute_sql(
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY; ALTER TABLE {name} FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY tenant_read ON {name} FOR SELECT USING ({readable});"
        f"CREATE POLICY tenant_insert ON {name} FOR INSERT WITH CHECK ({own});"
        f"CREATE POLICY tenant_update ON {name} FOR UPDATE USING ({own}) WITH CHECK ({own});"
        f"CREATE POLICY tenant_delete ON {name} FOR DELETE USING ({own});"
    )


def shared_table(
    db: Any, name: str, columns: str, *, other: str = "receiver_id", changes: str = "", reason: str
) -> None:
    """Create `schema.table` whose rows two agencies share: one writes a row, the one in `other` reads it too.

    Nobody but these two reads it. Only the writing agency inserts; both change the columns named in `changes`,
    which never hold either agency; nobody deletes. A child copies both agencies of its row and refers to them,
    in its own order, so that it cannot be shared with anybody else. `reason` says why it is shared.
    """
    _check(name)
    db.execute_sql(
        f"CREATE TABLE {name} (tenant_id uuid NOT NULL, {other} uuid NOT NULL, id uuid NOT NULL, {columns}, "
        f"PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, {other}, id), CHECK (tenant_id <> {other}))"
    )
    db.execute_sql(f"COMMENT ON TABLE {name} IS %s", (f"{SHARED_COMMENT}{other}: {reason}",))
    own = f"tenant_id = core.app_tenant() OR {other} = core.app_tenant()"
    seen = "coalesce(core.app_read_tenants(), ARRAY[core.app_tenant()])"
    db.execute_sql(
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY; ALTER TABLE {name} FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY tenant_read ON {name} FOR SELECT USING (tenant_id = ANY ({seen}) OR {other} = ANY ({seen}));"
        f"CREATE POLICY tenant_insert ON {name} FOR INSERT WITH CHECK (tenant_id = core.app_tenant());"
        f"CREATE POLICY tenant_update ON {name} FOR UPDATE USING ({own}) WITH CHECK ({own});"
        f"GRANT SELECT, INSERT ON {name} TO {APP_ROLE}"
    )
    if changes:
        db.execute_sql(f"GRANT UPDATE ({changes}) ON {name} TO {APP_ROLE}")


def registry_table(
    db: Any, name: str, columns: str, *, grant: str = "select, insert, update, delete", reason: str = ""
) -> None:
    """Create `schema.table` of the installation itself, without a tenant key.

    A table without a model gives its `reason` here; one with a model gives it in Meta.registry_reason.
    """
    _check(name)
    db.execute_sql(f"CREATE TABLE {name} ({columns})")
    if reason:
        db.execute_sql(f"COMMENT ON TABLE {name} IS %s", (REGISTRY_COMMENT + reason,))
    db.execute_sql(f"GRANT {grant} ON {name} TO {APP_ROLE}")


def readable_by_context(db: Any, name: str, columns: str = "*") -> None:
    """Let the context look-up read a table, or further columns of it, across agencies; nobody can sign in as its role."""
    _check(name)
    target = name if columns == "*" else f"({columns}) ON {name}"
    db.execute_sql(f"GRANT SELECT {'ON ' if columns == '*' else ''}{target} TO {CONTEXT_ROLE}")
    schema = name.split(".", maxsplit=1)[0]
    db.execute_sql(f'GRANT USAGE ON SCHEMA "{schema}" TO {CONTEXT_ROLE}')
    missing = db.execute_sql(
        "SELECT relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polname = 'context_read') "
        "FROM pg_class c WHERE c.oid = %s::regclass",
        (name,),
    ).fetchone()[0]
    if missing:
        db.execute_sql(f"CREATE POLICY context_read ON {name} FOR SELECT TO {CONTEXT_ROLE} USING (true)")


def answered_by_context(db: Any, signature: str) -> None:
    """Give a SECURITY DEFINER function to the look-up role, and let the application alone call it.

    For what needs an index that row-level security cannot use. Its statement is fixed, so it must itself
    name `core.app_tenant()`; the migration lets the role read the columns it needs (`readable_by_context`).
    """
    schema = signature.split(".", maxsplit=1)[0]
    db.execute_sql(f"GRANT USAGE ON SCHEMA core TO {CONTEXT_ROLE}")
    db.execute_sql(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    db.execute_sql(f"GRANT EXECUTE ON FUNCTION {signature} TO {APP_ROLE}")
    db.execute_sql(f'GRANT CREATE ON SCHEMA "{schema}" TO {CONTEXT_ROLE}')
    db.execute_sql(f"ALTER FUNCTION {signature} OWNER TO {CONTEXT_ROLE}")
    db.execute_sql(f'REVOKE CREATE ON SCHEMA "{schema}" FROM {CONTEXT_ROLE}')


def invoker_view(db: Any, name: str, select: str) -> None:
    """Create a view that reads with the rights and the row-level security of whoever asks it."""
    _check(name)
    db.execute_sql(f"CREATE VIEW {name} WITH (security_invoker) AS {select}")
    db.execute_sql(f"GRANT SELECT ON {name} TO {APP_ROLE}")


def public_view(db: Any, name: str, select: str, *, reason: str) -> None:
    """Create a view that shows rows of all agencies to the application, because the public may see them.

    It runs with the rights of the look-up role, which the migration lets read what it needs
    (`readable_by_context`), and without a barrier, so that every index serves conditions on it: under
    row-level security full text is searched row by row. `reason` says why nothing in it is an agency's own.
    """
    _check(name)
    schema = name.split(".", maxsplit=1)[0]
    db.execute_sql(f"CREATE VIEW {name} AS {select}")
    db.execute_sql(f"COMMENT ON VIEW {name} IS %s", (PUBLIC_COMMENT + reason,))
    db.execute_sql(f"GRANT SELECT ON {name} TO {APP_ROLE}")
    db.execute_sql(f'GRANT CREATE ON SCHEMA "{schema}" TO {CONTEXT_ROLE}')
    db.execute_sql(f"ALTER VIEW {name} OWNER TO {CONTEXT_ROLE}")
    db.execute_sql(f'REVOKE CREATE ON SCHEMA "{schema}" FROM {CONTEXT_ROLE}')


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not schema.table in lower case.")
