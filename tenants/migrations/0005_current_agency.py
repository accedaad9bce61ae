"""The agency as of today, written once: what every list and plugin asks for."""

from core.db.ddl import invoker_view, readable_by_context


def up(migrator, db):
    db.execute_sql("CREATE INDEX tenant_version_tenant ON tenants.tenant_version (tenant_id, valid_from)")
    # Before its first version begins an agency is shown as it will be, after its last one ended as it was.
    invoker_view(
        db,
        "tenants.current_agency",
        """
        SELECT t.id AS tenant_id, t.code, t.status, t.folded, v.kind, v.name, v.short_name, v.identifiers, v.parent_id,
               v.valid_from, v.valid_to
        FROM tenants.tenant t CROSS JOIN LATERAL (
            SELECT * FROM tenants.tenant_version WHERE tenant_id = t.id
            ORDER BY valid_from > tenants.today(), abs(valid_from - tenants.today()) LIMIT 1
        ) v
        """,
    )
    readable_by_context(db, "tenants.current_agency")
