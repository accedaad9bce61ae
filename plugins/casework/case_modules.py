"""What every module of cases has beside its own: the page of one case, how many are open, what keeps it switched on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import falcon

from core.api import (
    Blocker,
    Request,
    RequestContext,
    TenantInfo,
    _,
    current_tenant,
    db,
    ngettext,
    page,
    route_url,
)
from plugins.casework.case_pages import case_view, open_page
from plugins.casework.leg_lines import leg_blockers
from plugins.casework.models import Case
from plugins.casework.workflows import CaseKind

COUNTED = 100
"""Where counting ends; more is told as "99+"."""
Facts = Sequence[tuple[str, str]]


def _none(_case: Case) -> Facts:
    return ()


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page of one case of a kind, with the `facts` only its module knows, as titles and texts."""

    kind: CaseKind
    facts: Callable[[Case], Facts] = _none

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case = open_page(req, case_id, self.kind)
        shown = [(title, text) for title, text in self.facts(case) if text]
        page(req, resp, "casework/case.html", case_view(req, case, self.kind, facts=shown))


def open_count(kind: CaseKind) -> Callable[[RequestContext | None], int]:
    """Return what counts the open cases of a kind in the agency in scope, to a hundred at most, as a badge asks it."""

    def count(_ctx: RequestContext | None = None) -> int:
        sql = (
            "SELECT count(*) FROM (SELECT FROM casework.case_base WHERE tenant_id = %s AND kind = %s AND closed_at IS NULL "
            f"LIMIT {COUNTED}) c"
        )
        found: int = db.execute_sql(sql, (current_tenant(), kind.key)).fetchone()[0]
        return found

    return count


def case_blockers(tenant: TenantInfo, kind: CaseKind) -> list[Blocker]:
    """Return what of a kind an agency has not ended, for `module_disable_blockers`: open cases and open legs."""
    legs = leg_blockers(tenant, kind.key.partition(".")[0])
    count = open_count(kind)(None)
    if not count:
        return legs
    return [
        Blocker(
            ngettext("Còn {n} vụ việc đang mở", "Còn {n} vụ việc đang mở", count),
            _(
                "{kind}: kết thúc hoặc chuyển các vụ việc này trước; thời hạn vẫn chạy khi tắt phân hệ.", kind=_(kind.title)
            ),
            route_url(kind.list_route, tenant=tenant.code),
            _("Xem vụ việc đang mở"),
        ),
        *legs,
    ]  # fmt: skip
