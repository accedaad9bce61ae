"""What somebody, or a unit, still has to do in an agency, for whoever takes their post away or closes it."""

from uuid import UUID

from core.api import current_tenant, db, ngettext
from plugins.casework.cases.queries import TODAY

BOUND = 1_000
_LEFT = f"""
    SELECT count(*), count(*) FILTER (WHERE due_at < {TODAY})
    FROM (SELECT due_at FROM casework.assignment WHERE tenant_id = %(tenant)s AND done_at IS NULL AND role = 'lead'
        AND (person_id = %(person)s OR unit_id = %(unit)s AND person_id IS NULL) LIMIT {BOUND}) a
"""


class WorkLeft:
    """Counts what is held; names no case, for administrators may not read them."""

    key = "casework.work_left"

    def left(self, *, person_id: UUID | None = None, unit_id: UUID | None = None) -> str:
        """Say how much work would be left without somebody who does it."""
        values = {"tenant": current_tenant(), "person": person_id, "unit": unit_id}
        number, late = db.execute_sql(_LEFT, values).fetchone()
        if not number:
            return ""
        return ngettext(
            "Còn {n} việc chưa xong, trong đó {late} việc quá hạn. Giao lại trước; nếu không, sáng hôm sau người quản lý loại việc đó được nhắc giao lại.",
            "Còn {n} việc chưa xong, trong đó {late} việc quá hạn. Giao lại trước; nếu không, sáng hôm sau người quản lý loại việc đó được nhắc giao lại.",
            number, late=late,
        )  # fmt: skip
