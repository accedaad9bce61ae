"""What every module of cases has beside its own: the page of one case, the way back to its list, what keeps it switched on."""

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
    ngettext,
    page,
    route_url,
    url_for,
)
from plugins.casework.cases.pages import case_view, open_page
from plugins.casework.cases.queries import BOUND, count_open
from plugins.casework.legs.lines import leg_blockers
from plugins.casework.models import Case
from plugins.casework.workflows.definition import CaseKind

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


def case_blockers(tenant: TenantInfo, kind: CaseKind) -> list[Blocker]:
    """Return what of a kind an agency has not ended, for `module_disable_blockers`: open cases and open legs."""
    legs = leg_blockers(tenant, kind.key.partition(".")[0])
    count = count_open(kind, most=BOUND)
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
