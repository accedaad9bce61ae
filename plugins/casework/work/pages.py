"""The page of the work list: which rows under which heading, and what stands around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from core.api import (
    MEMBER,
    N_,
    START,
    Chip,
    Counter,
    Cursor,
    Option,
    Page,
    Request,
    RequestContext,
    _,
    bounded,
    chips,
    format_date,
    ngettext,
    page_url,
    pager,
    route_url,
    upper_first,
    url_for,
)
from plugins.casework.cases import assigning
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.lists import GIVE
from plugins.casework.cases.pages import GONE, simple_due, state_of
from plugins.casework.cases.queries import case, name_of
from plugins.casework.deadlines.queries import AgencyCalendar, agency_calendars
from plugins.casework.legs.incoming import INCOMING, said_title
from plugins.casework.tasks.kind import HANDLE
from plugins.casework.work import queries, services
from plugins.casework.work.queries import (
    BOUND,
    Counts,
    Desk,
    Group,
    OutLeg,
    Role,
    StandIn,
    Visit,
    WorkFilter,
    WorkRow,
)
from plugins.casework.work.views import WorkGroup, WorkLine, WorkView
from plugins.casework.workflows.kinds import all_kinds, definition_in, kind_of
from plugins.lists.api import BulkAction, ListColumn, Listing, ListSpec, declare_list
from plugins.pages.api import State

TITLES: dict[Group, str] = {
    "late": N_("Quá hạn"),
    "today": N_("Hôm nay"),
    "week": N_("Tuần tới"),
    "later": N_("Sau đó"),
    "waiting": N_("Chờ nơi khác"),
}
ROLES: dict[str, str] = {
    "lead": N_("Tôi chủ trì"),
    "co": N_("Tôi phối hợp"),
    "unit": N_("Đơn vị tôi, chưa ai nhận"),
    "away": N_("Tôi xử lý thay"),
}
NAMED = 3
"""Agencies that a row names of those it waits for."""
FEW = 20
"""Rows of what waits elsewhere under all that is to be done; the counter leads to the rest."""


def wanted(params: Mapping[str, str]) -> WorkFilter:
    """Return the conditions of an address; nonsense narrows nothing."""
    group, role = params.get("group", ""), params.get("role", "")
    return WorkFilter(
        search=params.get("q", "").strip()[:200],
        kind=params.get("kind", "")[:80],
        group=group if group in TITLES else "",
        role=cast(Role, role) if role in ROLES else "",
    )


def _rows(ctx: RequestContext, params: Mapping[str, str], cursor: Cursor, size: int) -> Page[WorkRow]:
    at = chosen(queries.desks(ctx), params)
    with queries.reading_desks(ctx, at):
        return queries.work(ctx, at, wanted(params), cursor, size)


def _give(
    ctx: RequestContext, assignment_id: UUID, person_id: str | None = None, unit_id: str | None = None, note: str = ""
) -> None:  # fmt: skip
    to = Receiver(UUID(person_id) if person_id else None, UUID(unit_id) if unit_id else None)
    services.give_one(ctx, assignment_id, to, note=note)


def _receiver(said: Mapping[str, Any]) -> str:
    name = name_of(UUID(said["person_id"])) if said["person_id"] else name_of(None, UUID(said["unit_id"]))
    return _("Người nhận: {name}", name=name)


def _can(ctx: RequestContext, params: Mapping[str, str], row: WorkRow) -> str:
    """Return what may be done to a row together with others: here, by who has it to do and may handle it."""
    here = ctx.tenant is not None and row.tenant_id == ctx.tenant.id
    own = row.waits or params.get("group") != "waiting"
    if not (here and own and row.role == "lead" and ctx.can(kind_of(row.kind).handle)):
        return ""
    return GIVE if row.person_id else f"take {GIVE}"


def _title_of(ctx: RequestContext, assignment_id: UUID) -> str:
    return case(assigning.case_of(assignment_id)).code


def chosen(at: Sequence[Desk], params: Mapping[str, str]) -> list[Desk]:
    """Return the agency an address names, or all of the person's."""
    code = params.get("agency", "")
    return [desk for desk in at if desk.code == code] or list(at)


WORK = declare_list(
    ListSpec(
        key="casework.work",
        title=N_("Việc của tôi"),
        route="casework.work",
        permission=MEMBER,
        columns=(
            ListColumn("title", N_("Vụ việc"), lambda row: f"{row.code} {said_title(row.title)}", fixed=True),
            ListColumn("task", N_("Phải làm"), lambda row: _(row.task)),
            ListColumn("source", N_("Từ ai"), lambda row: row.giver or ""),
            ListColumn("holder", N_("Ai giữ"), lambda row: row.holder or ""),
            ListColumn("given", N_("Giao lúc"), lambda row: row.given_at),
            ListColumn("due", N_("Hạn"), lambda row: row.due_at),
        ),
        rows=_rows,
        cursor=queries.KEY,
        default=("due", "ascending"),
        conditions=("q", "group", "kind", "role", "agency"),
        actions=(
            BulkAction(
                GIVE,
                N_("Giao lại"),
                MEMBER,
                _give,
                N_("Đã giao lại {n} việc."),
                "arrow-forward-up",
                undone_by="pull",
                form="casework.work_assign",
                told=_receiver,
            ),
            BulkAction("take", N_("Nhận việc"), MEMBER, assigning.take, N_("Đã nhận {n} việc."), "check"),
            # No row offers it by itself: it takes a run back.
            BulkAction("pull", N_("Rút lại"), MEMBER, services.take_back, N_("Đã rút lại {n} việc.")),
        ),
        title_of=_title_of,
        can=_can,
    )
)


@dataclass(frozen=True, slots=True)
class Found:
    """What was read for a page, in all the agencies it is about."""

    desks: Sequence[Desk]
    at: Sequence[Desk]
    page: Page[WorkRow]
    waiting: Sequence[WorkRow]
    counts: Counts
    here: Counts | None
    """The same in the agency of the page alone, where the page is not all of it."""
    away: Sequence[StandIn]
    visit: Visit | None
    calendars: Mapping[UUID, AgencyCalendar]
    states: Mapping[UUID, State]
    """Of each row, by its id."""
    legs: Mapping[UUID, Sequence[OutLeg]]
    """What is out at other agencies, or has come back and is to be read, by the case."""
    tasks: Mapping[UUID, str]
    """What is to be done in the state a case is in now, for who leads; of each row, by its id."""


def find(ctx: RequestContext, asked: WorkFilter, params: Mapping[str, str], cursor: Cursor) -> Found:
    """Read everything a page shows; a person's agencies are read together and nothing is written."""
    every = queries.desks(ctx)
    at = chosen(every, params)
    with queries.reading_desks(ctx, every):
        found = queries.work(ctx, at, asked, cursor)
        waiting: Sequence[WorkRow] = ()
        if not (asked.group or found.next_key):
            waiting = queries.work(ctx, at, replace(asked, group="waiting"), START, FEW).rows
        rows = [*found.rows, *waiting]
        counts = queries.counts(ctx, at, asked)
        here = [desk for desk in at if ctx.tenant and desk.tenant_id == ctx.tenant.id]
        whole = not (found.next_key or found.previous_key)
        return Found(
            desks=every,
            at=at,
            page=found,
            waiting=waiting,
            counts=counts,
            here=None if whole or not here else counts if len(at) == 1 else queries.counts(ctx, here, asked),
            away=queries.stands_in(ctx, every),
            visit=queries.last_visit(ctx, every),
            calendars=agency_calendars({row.tenant_id for row in rows}) if rows else {},
            states={
                row.id: state_of(definition_in(row.tenant_id, row.workflow_id), row.state) for row in rows
            },
            legs=queries.legs_out(rows),
            tasks={
                row.id: queries.task_now(row, definition_in(row.tenant_id, row.workflow_id)) for row in rows
            },
        )


class Drawing:
    """Draws what was found for one reader."""

    def __init__(self, req: Request, found: Found, asked: WorkFilter, since: datetime | None) -> None:
        self.req, self.found, self.asked, self.since = req, found, asked, since
        self.ctx = req.asker
        self.now, self.today = datetime.now(UTC), queries.start_of_today()
        self.names = {desk.tenant_id: desk for desk in found.desks}

    def view(self, listing: Listing) -> WorkView:
        """Return what casework/work.html shows."""
        req, found, asked = self.req, self.found, self.asked
        total = (
            "" if asked.group == "waiting" else bounded(found.counts.open, BOUND) if not asked.group else ""
        )
        groups = self._groups()
        lines = [line for group in groups for line in group.rows]
        around = listing.view(req, found.page, total)
        able = {key for line in lines for key in line.can.split()}
        around = replace(
            around, columns_url="", actions=tuple(each for each in around.actions if each.key in able)
        )
        agencies = tuple(Option(desk.code, desk.name) for desk in found.desks)
        kinds = {key: kind_of(key) for desk in found.desks for key in desk.kinds}
        options = {
            "group": tuple(Option(key, _(title)) for key, title in TITLES.items()),
            "kind": tuple(Option(key, _(kind.title)) for key, kind in kinds.items()),
            "role": tuple(Option(key, _(title)) for key, title in ROLES.items()),
            "agency": agencies,
        }
        return WorkView(
            context=self._context(),
            banners=self._banners(),
            # What another agency sent and nobody has taken on stands in no list of work yet.
            listed=frozenset(url_for(req, each.list_route) for each in all_kinds() if each != INCOMING),
            counters=self._counters(),
            groups=groups,
            done=bool(groups) and not found.counts.open and asked == WorkFilter(),
            listing=around,
            pager=pager(req, found.page, total),
            search=asked.search,
            group=asked.group,
            kind=asked.kind,
            kinds=options["kind"],
            role=asked.role,
            roles=options["role"],
            agency=listing.params.get("agency", ""),
            agencies=agencies if len(agencies) > 1 else (),
            chips=self._chips(options, listing.params),
            clear_url=f"{req.path}?view=all",
            rows=len(lines),
            ticks=bool(able),
            more=self._more(),
            delegations_url=url_for(req, "casework.delegations"),
            feed_url=url_for(req, "casework.feed"),
            start_url=url_for(req, "tenants.start"),
            new_url=url_for(req, "casework.task_new") if self.ctx.can(HANDLE) else "",
        )

    def _more(self) -> str:
        """Offer all that match in this agency, where a page does not hold them."""
        if self.found.here is None:
            return ""
        total = bounded(getattr(self.found.here, self.asked.group or "open"), BOUND)
        return _("Chọn cả {total} việc ở cơ quan này khớp điều kiện", total=total)

    def _context(self) -> str:
        counts = self.found.counts
        day = f"{upper_first(format_date(self.today.date(), weekday=True, year=True))}."
        late = ngettext("{n} việc quá hạn", "{n} việc quá hạn", counts.late)
        today = ngettext("{n} việc đến hạn hôm nay", "{n} việc đến hạn hôm nay", counts.today)
        if counts.late and counts.today:
            return f"{day} " + _("Bạn có {late} và {today}.", late=late, today=today)
        if counts.late or counts.today:
            return f"{day} " + _("Bạn có {what}.", what=late if counts.late else today)
        return day

    def _banners(self) -> list[str]:
        return [
            _("Bạn đang xử lý thay {name} đến hết {day}, ở {agency}.", name=each.person, day=format_date(each.until), agency=self.names[each.tenant_id].name)
            if len(self.found.desks) > 1
            else _("Bạn đang xử lý thay {name} đến hết {day}.", name=each.person, day=format_date(each.until))
            for each in self.found.away
        ]  # fmt: skip

    def _counters(self) -> list[Counter]:
        counts = self.found.counts
        *cells, waiting = [
            Counter(
                value=bounded(getattr(counts, key), BOUND), label=_(title), late=key == "late" and counts.late > 0,
                url=page_url(self.req, group=key, view=""), current=self.asked.group == key,
            )
            for key, title in TITLES.items()
        ]  # fmt: skip
        everything = Counter(
            value=bounded(counts.open, BOUND),
            label=_("Tất cả phải làm"),
            url=page_url(self.req, group="", view="all"),
            current=not self.asked.group,
        )
        return [*cells, everything, waiting]

    def _groups(self) -> list[WorkGroup]:
        """Return the headings that have rows; the order of rows under each is that of their due dates."""
        found, asked = self.found, self.asked
        under: dict[Group, list[WorkRow]] = {group: [] for group in queries.GROUPS}
        if asked.group == "waiting":
            under["waiting"] = list(found.page.rows)
        else:
            for row in found.page.rows:
                under[queries.group_of(row, self.today)].append(row)
            under["waiting"] = list(found.waiting)
        return [self._group(group, rows) for group, rows in under.items() if rows]

    def _group(self, group: Group, rows: Sequence[WorkRow]) -> WorkGroup:
        number = getattr(self.found.counts, group)
        told = bounded(number, BOUND)
        count = ngettext("{number} việc", "{number} việc", number, number=told)
        if group == "waiting" and not self.asked.group:
            count = ngettext(
                "{number} việc, ngoài số phải làm", "{number} việc, ngoài số phải làm", number, number=told
            )
        return WorkGroup(
            key=group,
            title=_(TITLES[group]),
            count=count,
            rows=[self._line(row, waits=group == "waiting") for row in rows],
            more_url=page_url(self.req, group="waiting") if group == "waiting" and number > len(rows) and not self.asked.group else "",
        )  # fmt: skip

    def _line(self, row: WorkRow, *, waits: bool) -> WorkLine:
        kind, desk = kind_of(row.kind), self.names[row.tenant_id]
        here = self.ctx.tenant is not None and row.tenant_id == self.ctx.tenant.id
        due = simple_due(
            row.due_at,
            self.found.calendars[row.tenant_id],
            self.now,
            started=row.given_at,
            unit=row.counted_in,
        )
        if row.paused:
            due = due._replace(kind="paused", text=_("Tạm dừng"), date="")
        return WorkLine(
            id=row.id,
            title=said_title(row.title),
            url=route_url(kind.route, tenant=desk.code, case_id=row.case_id),
            task=_(self.found.tasks[row.id]),
            about=f"{_(kind.title)} {row.code}",
            source=self._source(row, waits=waits),
            agency="" if here else desk.name,
            note=row.note,
            news=self._news(row),
            state=self.found.states[row.id],
            due=due,
            can=_can(self.ctx, {"group": "waiting" if waits else ""}, row),
            here=here,
        )

    def _source(self, row: WorkRow, *, waits: bool) -> str:
        legs = self.found.legs.get(row.case_id)
        # Who it waits for, where somebody else has it or nobody of a unit does, is told as of everything else.
        if not legs or not (row.waits or (row.person_id and not waits)):
            return self._from(row, waits=waits)
        told = (
            [_("thay {name}", name=row.holder or "")]
            if row.person_id != self.ctx.person.id and not waits
            else []
        )
        if answers := sum(each.answered for each in legs):
            told.append(ngettext("{n} trả lời chờ xem", "{n} trả lời chờ xem", answers))
        out = [self._waits_for(each) for each in legs if not each.answered]
        told += out[:NAMED]
        if (more := len(out) - NAMED) > 0:
            told.append(ngettext("và {n} chặng nữa", "và {n} chặng nữa", more))
        return "; ".join(told)

    def _from(self, row: WorkRow, *, waits: bool) -> str:
        """Return from whom somebody has a row, or who has it instead."""
        if waits:
            name = row.holder or ""
            return _(GONE, name=name) if row.gone else _("{name} đang giữ", name=name)
        if row.person_id is None:
            return _("{unit}, chưa ai nhận", unit=row.holder or "")
        if row.person_id != self.ctx.person.id:
            return _("thay {name}", name=row.holder or "")
        return "" if row.given_by == self.ctx.person.id else row.giver or ""

    def _waits_for(self, leg: OutLeg) -> str:
        said = {"agency": leg.receiver, "since": format_date(leg.sent_at)}
        if leg.due_at is None:
            return _("chờ {agency} từ {since}", **said)
        if leg.due_at < self.today:
            return _("chờ {agency} từ {since}, quá hạn {due}", **said, due=format_date(leg.due_at))
        return _("chờ {agency} từ {since}, hạn {due}", **said, due=format_date(leg.due_at))

    def _news(self, row: WorkRow) -> str:
        if self.since is None:
            return ""
        if row.given_at > self.since and row.given_by != self.ctx.person.id:
            return _("Mới")
        # That they have given it to themselves is no news to them.
        return _("Có thay đổi") if row.changed_at > max(self.since, row.given_at) else ""

    def _chips(self, options: Mapping[str, Sequence[Option]], params: Mapping[str, str]) -> tuple[Chip, ...]:
        titles = {"group": _("Nhóm"), "kind": _("Loại việc"), "role": _("Vai trò"), "agency": _("Cơ quan")}
        chosen = {
            name: (title, option.label)
            for name, title in titles.items()
            for option in options[name]
            if option.value == params.get(name)
        }
        return chips(self.req, {"view": "all"}, q=(_("Tìm"), self.asked.search), **chosen)
