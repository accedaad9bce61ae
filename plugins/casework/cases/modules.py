"""What every module of cases has beside its own: the page of one case, how many are open, what keeps it switched on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import falcon

from core.api import (
    Blocker,
    Crumb,
    Option,
    Request,
    TenantInfo,
    _,
    current_tenant,
    db,
    ngettext,
    page,
    route_url,
    url_for,
)
from plugins.casework.cases.pages import case_view, open_page
from plugins.casework.legs.lines import leg_blockers
from plugins.casework.models import Case
from plugins.casework.workflows.definition import CaseKind

COUNTED, MANY = 100, 1_000
"""Where counting ends: for a number beside a line, told as "99+", and for what somebody decides by."""
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


def crumbs(req: Request, kind: CaseKind, *last: str | Crumb) -> tuple[Crumb, ...]:
    """Return the way from the list of a kind to another page of its module."""
    rest = (each if isinstance(each, Crumb) else Crumb(each) for each in last)
    return (Crumb(_(kind.title), url_for(req, kind.list_route)), *rest)


def options(offered: Mapping[str, str]) -> tuple[Option, ...]:
    """Return what a field offers, of marked titles by value."""
    return tuple(Option(value, _(title)) for value, title in offered.items())


def count_open(kind: CaseKind, state: str = "", *, most: int = COUNTED) -> int:
    """Count the open cases of a kind in the agency in scope, of one state if one is named, to a hundred if nobody asks for more."""
    condition = " AND state = %(state)s" if state else ""
    values = {"tenant": current_tenant(), "kind": kind.key, **({"state": state} if state else {})}
    (number,) = db.prepared(
        "SELECT count(*) FROM (SELECT FROM casework.case_base WHERE tenant_id = %(tenant)s AND kind = %(kind)s "
        f"AND closed_at IS NULL{condition} LIMIT {most}) c",
        values,
    ).fetchone()
    return int(number)


def case_blockers(tenant: TenantInfo, kind: CaseKind) -> list[Blocker]:
    """Return what of a kind an agency has not ended, for `module_disable_blockers`: open cases and open legs."""
    legs = leg_blockers(tenant, kind.key.partition(".")[0])
    count = count_open(kind, most=MANY)
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
