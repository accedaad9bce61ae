"""What every module asks of the registry: an agency by its code, the departments of the one in scope."""

from uuid import UUID

from core.clock import steady
from core.db import current_tenant, db


def agency_id(code: str) -> UUID | None:
    """Return the id of the agency with a code, for commands that are told one."""
    row = db.execute_sql("SELECT id FROM tenants.tenant WHERE code = %s", (code,)).fetchone()
    return row[0] if row else None


def open_units() -> list[tuple[UUID, str]]:
    """Return the units of the agency in scope that are not closed: id and name."""
    sql = "SELECT id, name FROM tenants.unit WHERE tenant_id = %s AND (valid_to IS NULL OR valid_to >= tenants.today()) ORDER BY code"
    tenant_id = current_tenant()
    rows: list[tuple[UUID, str]] = steady(
        ("units", tenant_id), lambda: db.execute_sql(sql, (tenant_id,)).fetchall()
    )
    return rows
