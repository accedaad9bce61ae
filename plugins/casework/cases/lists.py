"""The list of the cases of a kind: its columns and conditions; a module makes one with a line."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal, cast
from uuid import UUID

from core.api import (
    N_,
    BadRequest,
    Chip,
    Cursor,
    Invalid,
    NavItem,
    Option,
    Page,
    Request,
    RequestContext,
    _,
    bounded,
    chips,
    ngettext,
    open_units,
    page,
    page_url,
    pager,
    url_for,
)
from plugins.casework.cases import queries
from plugins.casework.cases.pages import GONE, answered_due, is_left_out, simple_due, state_of
from plugins.casework.cases.queries import CaseFilter, CaseRow, Stand
from plugins.casework.cases.views import CaseLine, CasesView
from plugins.casework.deadlines.badges import no_deadline
from plugins.casework.deadlines.queries import agency_calendar
from plugins.casework.workflows.definition import CaseKind
from plugins.casework.workflows.kinds import definition
from plugins.lists.api import BulkAction, ListColumn, ListSpec, declare_list, open_list
from plugins.notifications.api import people_with
from plugins.pages.api import State

GIVE = "assign"
NOBODY = "gone"
"""As a holder: whoever does no work here any more."""
STANDS: dict[str, str] = {"late": N_("Quá hạn"), "closed": N_("Đã kết thúc")}


def wanted(params: Mapping[str, str]) -> CaseFilter:
    """Return the conditions of an address.

    Raises BadRequest for a unit or a holder that is none.
    """
    try:
        unit_id = UUID(params["unit"]) if params.get("unit") else None
    except ValueError as error:
        raise BadRequest(_("Địa chỉ này nêu một đơn vị không có. Chọn lại trong danh sách.")) from error
    holder = params.get("holder", "")
    try:
        led_by = cast("Literal['gone']", holder) if holder in ("", NOBODY) else UUID(holder)
    except ValueError as error:
        raise BadRequest(_("Địa chỉ này nêu một người không có. Chọn lại trong danh sách.")) from error
    stand = params.get("stand", "")
    return CaseFilter(
        search=params.get("q", "").strip()[:200],
        stand=cast("Stand", stand) if stand in STANDS else "open",
        state=params.get("state", "")[:80],
        unit_id=unit_id,
        holder=led_by or None,
        tag=params.get("tag", "")[:80],
    )


def case_list(kind: CaseKind, actions: tuple[BulkAction, ...] = ()) -> ListSpec:
    """Declare the list of a kind, so that its views, Excel files and bulk work find it."""

    def rows(ctx: RequestContext, params: Mapping[str, str], cursor: Cursor, size: int) -> Page[CaseRow]:
        return queries.cases(ctx, kind, wanted(params), cursor, size)

    give = BulkAction(
        GIVE, N_("Giao lại"), kind.manage, _give, N_("Đã giao lại {n} việc."), "arrow-forward-up", form="casework.work_assign"
    )  # fmt: skip

    def title_of(_ctx: RequestContext, case_id: UUID) -> str:
        return queries.case(case_id).code

    return declare_list(
        ListSpec(
            key=kind.list_route,
            title=kind.title,
            route=kind.list_route,
            permission=kind.read,
            columns=(
                ListColumn("title", N_("Vụ việc"), lambda row: f"{row.code} {row.title}", fixed=True),
                ListColumn("holder", N_("Người giữ"), holder_of),
                ListColumn("unit", N_("Đơn vị"), lambda row: row.unit or "", shown=False),
                ListColumn("state", N_("Trạng thái"), lambda row: row_state(row).text, kind="fit"),
                ListColumn("opened", N_("Mở lúc"), lambda row: row.opened_at, kind="fit", shown=False),
                ListColumn("due", N_("Hạn"), lambda row: row.due_at, kind="fit"),
            ),
            rows=rows,
            cursor=queries.KEY,
            default=("due", "ascending"),
            conditions=("q", "stand", "state", "unit", "holder", "tag"),
            actions=(*actions, give),
            title_of=title_of,
            known={"state": tuple(each.key for each in kind.states)},
        )
    )


def _give(_ctx: RequestContext, _case_id: UUID) -> None:
    """Refuse what comes without its form, which gives what somebody has, as the work list does."""
    raise Invalid({"": [_("Chưa chọn người nhận.")]})


def holder_of(row: Any) -> str:
    """Return who holds the case of a line, and that they do no work here any more."""
    return _(GONE, name=row.holder) if row.gone else row.holder or ""


def row_state(row: Any) -> State:
    """Return the state of a line."""
    return state_of(definition(row.workflow_id), row.state)


class CaseList:
    """The page of a kind's list."""

    def __init__(
        self,
        kind: CaseKind,
        spec: ListSpec,
        *,
        empty: str,
        new_route: str = "",
        new_text: str = "",
        links: tuple[NavItem, ...] = (),
        tags: tuple[str, ...] = (),
        tags_text: str = "",
        bulk: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.kind, self.spec, self.empty, self.new_route, self.new_text = (
            kind,
            spec,
            empty,
            new_route,
            new_text,
        )
        self.links = links
        self.tags, self.tags_text = tags, tags_text
        """What a module puts on its cases as their one tag, and the words for any of it."""
        self.bulk = bulk
        """The move that each act on many rows makes: offered for rows that stand where it begins."""

    def on_get(self, req: Request, resp: Any) -> None:
        listing = open_list(req, resp, self.spec)
        if listing is None:
            return
        asked = wanted(listing.params)
        found = queries.cases(req.asker, self.kind, asked, listing.cursor)
        counted = queries.total(req.asker, self.kind, asked, listing.cursor, found)
        total = bounded(counted, queries.bound_of(asked))
        states = tuple(
            Option(each.key, _(each.title))
            for each in self.kind.states
            if each.final == (asked.stand == "closed")
        )
        units = tuple(Option(str(unit_id), name) for unit_id, name in open_units())
        stands = tuple(Option(key, _(title)) for key, title in STANDS.items())
        tags = tuple(Option(each, _(each)) for each in self.tags)
        holders = self._holders(req.asker, asked)
        # What is over is sorted by its end, which no column shows.
        shown = replace(listing, sort=("", "descending")) if asked.stand == "closed" else listing
        view = CasesView(
            title=_(self.kind.title),
            context=_("Kết thúc gần đây nhất trước.")
            if asked.stand == "closed"
            else _("Hạn gần nhất trước, không có hạn ở cuối."),
            rows=lines(req, self.kind, found.rows, self.bulk),
            listing=shown.view(req, found, total),
            pager=pager(req, found, total),
            search=asked.search,
            stand="" if asked.stand == "open" else asked.stand,
            stands=stands,
            state=asked.state,
            states=states,
            unit=str(asked.unit_id or ""),
            units=units,
            holder=str(asked.holder or ""),
            holders=holders,
            tag=asked.tag,
            tags=tags,
            tags_text=self.tags_text and _(self.tags_text),
            chips=_chips(req, asked, stands, states, units, holders, tags),
            clear_url=f"{req.path}?view=all",
            more=_("Chọn cả {total} vụ việc khớp điều kiện", total=total)
            if found.next_key or found.previous_key
            else "",
            links=tuple(
                (_(each.title), url_for(req, each.route), each.icon)
                for each in self.links
                if req.asker.can(each.permission)
            ),
            new_url=url_for(req, self.new_route) if self.new_route else "",
            new_text=self.new_text and _(self.new_text),
            empty=_(self.empty),
            ended=self._ended(req, asked) if not found.rows and not listing.cursor.key else None,
        )
        page(req, resp, "casework/cases.html", view)

    def _holders(self, ctx: RequestContext, asked: CaseFilter) -> tuple[Option, ...]:
        """Offer who may have a case, and those who do no work here any more, to whoever manages the kind."""
        manages, holder = ctx.can(self.kind.manage), asked.holder
        if not (manages or holder):
            return ()
        able = set(people_with(self.kind.handle)) if manages else set()
        people = {
            str(each.id): each.name for each in queries.colleagues() if each.id in able or each.id == holder
        }
        if isinstance(holder, UUID):
            people.setdefault(str(holder), _("Người không còn nhận việc"))
        return Option(NOBODY, _("Không còn nhận việc")), *(Option(key, name) for key, name in people.items())

    def _ended(self, req: Request, asked: CaseFilter) -> tuple[str, str] | None:
        """Say how many ended cases there are where none is open, and where they are."""
        if asked.stand != "open" or asked.state:
            return None
        ended = replace(asked, stand="closed")
        number = queries.count(req.asker, self.kind, ended)
        if not number:
            return None
        told = bounded(number, queries.bound_of(ended))
        text = ngettext(
            "Có {total} nếu xem cả việc đã kết thúc.",
            "Có {total} nếu xem cả việc đã kết thúc.",
            number,
            total=told,
        )
        return text, page_url(req, stand="closed")


def lines(req: Request, kind: CaseKind, rows: Any, bulk: Mapping[str, str]) -> tuple[CaseLine, ...]:
    """Return the lines of a list; the agency's calendar is read once for all of them."""
    agency, now = agency_calendar(), datetime.now(UTC)
    answered = answered_due(kind, [row.id for row in rows if row.due_at is None])
    return tuple(
        CaseLine(
            id=row.id,
            title=row.title,
            url=url_for(req, kind.route, case_id=row.id),
            detail=" · ".join([row.code, *map(_, row.tags)]),
            holder=holder_of(row),
            unit=row.unit or "",
            state=row_state(row),
            due=no_deadline()
            if row.closed_at and is_left_out(kind.key, row.state)
            else answered.get(row.id)
            or simple_due(
                row.due_at, agency, now, started=row.opened_at, ended=row.closed_at, unit=row.counted_in
            ),
            opened_at=row.opened_at,
            can=_can(row, bulk),
        )
        for row in rows
    )


def _can(row: Any, bulk: Mapping[str, str]) -> str:
    """Return the keys of what may be done to a row together with others, as the page reads them."""
    ways = {way.key for way in definition(row.workflow_id).ways_from(row.state)} if bulk else set()
    given = [GIVE] if row.holder and not row.closed_at else []
    return " ".join([*(action for action, way in bulk.items() if way in ways), *given])


def _chips(req: Request, asked: CaseFilter, *options: tuple[Option, ...]) -> tuple[Chip, ...]:
    labels = {option.value: option.label for group in options for option in group}
    return chips(
        req,
        {"view": "all"},
        q=(_("Tìm"), asked.search),
        stand=(_("Tình trạng"), labels.get(asked.stand, "")),
        state=(_("Trạng thái"), labels.get(asked.state, "")),
        unit=(_("Đơn vị"), labels.get(str(asked.unit_id), "")),
        holder=(_("Người giữ"), labels.get(str(asked.holder), "")),
        tag=(_("Nhãn"), labels.get(asked.tag, asked.tag)),
    )
