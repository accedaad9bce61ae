"""The agency as of today and the posts in force, written once: what every list and plugin asks for."""

from core.db.ddl import invoker_view


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
    invoker_view(
        db,
        "tenants.current_post",
        """
        SELECT tenant_id, id, person_id, unit_id, position, valid_from, valid_to FROM tenants.membership
        WHERE ended_at IS NULL AND valid_from <= tenants.today() AND (valid_to IS NULL OR valid_to >= tenants.today())
        """,
    )
