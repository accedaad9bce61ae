"""What an agency, a unit or somebody still has to do, for whoever suspends it, closes it or takes their post away."""

from uuid import UUID

from core.api import Blocker, TenantInfo, current_tenant, db, ngettext, route_url
from plugins.casework.cases.queries import BOUND, TODAY, count_open
from plugins.casework.legs.incoming import INCOMING
from plugins.casework.tasks.kind import TASK

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
            "Còn {n} việc chưa xong, trong đó {late} việc quá hạn. Người quản lý loại việc giao lại trước: việc của cơ quan mình ở danh sách lọc theo người giữ, việc cơ quan khác nhờ ở trang từng việc; nếu không, sáng hôm sau họ được nhắc giao lại.",
            "Còn {n} việc chưa xong, trong đó {late} việc quá hạn. Người quản lý loại việc giao lại trước: việc của cơ quan mình ở danh sách lọc theo người giữ, việc cơ quan khác nhờ ở trang từng việc; nếu không, sáng hôm sau họ được nhắc giao lại.",
            number, late=late,
        )  # fmt: skip


def unfinished(tenant: TenantInfo) -> list[Blocker]:
    """Return how much of the work that needs no other module an agency has not ended: tasks, and what others asked of it."""
    tasks, (asked, sent) = count_open(TASK, most=BOUND), _open_legs()
    found = []
    if tasks:
        text = ngettext("Còn {n} việc được giao chưa xong", "Còn {n} việc được giao chưa xong", tasks)
        found.append(Blocker(text, url=route_url(TASK.list_route, tenant=tenant.code)))
    if asked:
        text = ngettext(
            "Còn {n} việc cơ quan khác gửi đến chưa xong",
            "Còn {n} việc cơ quan khác gửi đến chưa xong",
            asked,
        )
        found.append(Blocker(text, url=route_url(INCOMING.list_route, tenant=tenant.code)))
    if sent:
        text = ngettext(
            "Còn {n} chặng gửi cơ quan khác chưa xong", "Còn {n} chặng gửi cơ quan khác chưa xong", sent
        )
        found.append(Blocker(text, url=route_url("casework.legs_sent", tenant=tenant.code)))
    return found


def _open_legs() -> tuple[int, int]:
    """Count what others wait for from the agency in scope, taken on or not, and what it has sent and is not done with."""
    got, sent = (
        f"(SELECT count(*) FROM (SELECT FROM casework.leg WHERE {side} = %(tenant)s AND done_at IS NULL {more} LIMIT {BOUND}) l)"
        for side, more in (("receiver_id", "AND state <> 'answered'"), ("tenant_id", ""))
    )
    row = db.execute_sql(f"SELECT {got}, {sent}", {"tenant": current_tenant()}).fetchone()
    return row[0], row[1]
