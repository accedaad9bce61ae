"""The work list: what a person has to do in all their agencies and modules, asked with one statement."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from core.api import (
    HOME_ZONE,
    PAGE_SIZE,
    START,
    Counting,
    Cursor,
    Page,
    Post,
    RequestContext,
    db,
    dispatcher,
    fold,
    page_of,
    reading,
)
from plugins.casework.cases.queries import COUNTED_IN, NEVER, WORKS_NO_MORE
from plugins.casework.deadlines.budget import Unit
from plugins.casework.legs.purposes import told_only
from plugins.casework.models import IN_FORCE, WHOLE_CLOCK
from plugins.casework.workflows.definition import CaseKind, Definition
from plugins.casework.workflows.kinds import kinds_among, kinds_here

BOUND = 1000
"""So far counters count."""
WEEK = 7
MOST_WORDS = 6
KEY = (datetime.fromisoformat, UUID)
Group = Literal["late", "today", "week", "later", "waiting"]
GROUPS: tuple[Group, ...] = ("late", "today", "week", "later", "waiting")
Role = Literal["", "lead", "co", "unit", "away"]


# ---- where a person works -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    """An agency a person works in: the kinds of cases they may see there now, and their units."""

    tenant_id: UUID
    code: str
    name: str
    kinds: tuple[str, ...]
    units: tuple[UUID, ...]


def desks(ctx: RequestContext) -> list[Desk]:
    """Return the agencies a person works in, that of the request first.

    Kinds whose module is not in effect in an agency, or which the person may not read there, are left out.
    """
    posts: dict[UUID, list[Post]] = {ctx.tenant.id: []} if ctx.tenant else {}
    for post in ctx.posts:
        posts.setdefault(post.tenant.id, []).append(post)
    return [_desk(ctx, held) for held in posts.values() if held]


def _desk(ctx: RequestContext, posts: Sequence[Post]) -> Desk:
    tenant = posts[0].tenant
    if ctx.tenant and tenant.id == ctx.tenant.id:
        kinds = kinds_here(ctx)
    else:
        modules = dispatcher().effective_for(tenant.id)
        held = dispatcher().permissions(posts, modules)
        kinds = [kind for kind in kinds_among(modules) if kind.read in held]
    return Desk(
        tenant.id, tenant.code, tenant.short_name or tenant.name, tuple(kind.key for kind in kinds),
        tuple({post.unit_id for post in posts}),
    )  # fmt: skip


@contextmanager
def reading_desks(ctx: RequestContext, at: Sequence[Desk]) -> Iterator[None]:
    """Read some agencies of a person together; that of the request alone is readable already."""
    with nullcontext() if _is_here(ctx, at) else reading(desk.tenant_id for desk in at):
        yield


def _is_here(ctx: RequestContext, at: Sequence[Desk]) -> bool:
    return all(ctx.tenant is not None and desk.tenant_id == ctx.tenant.id for desk in at)


class StandIn(NamedTuple):
    """For whom a person acts today, and how long."""

    tenant_id: UUID
    person: str
    until: date


def stands_in(ctx: RequestContext, at: Sequence[Desk]) -> list[StandIn]:
    """Return for whom a person acts today in some agencies."""
    rows = db.execute_sql(
        f"SELECT d.tenant_id, p.full_name, d.valid_to FROM unnest(%(tenants)s::uuid[]) AS desk (tenant_id) {_DELEGATION} "
        "JOIN tenants.person p ON p.id = d.person_id ORDER BY d.valid_to, p.full_name LIMIT 20",
        _seats(ctx, at, WorkFilter()),
    ).fetchall()
    return [StandIn._make(row) for row in rows]


# ---- the list --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What the list is narrowed to; the desks say in which agencies."""

    search: str = ""
    kind: str = ""
    group: Group | Literal[""] = ""
    role: Role = ""


class WorkRow(NamedTuple):
    """One thing to be done, or one that waits for somebody else."""

    id: UUID
    tenant_id: UUID
    case_id: UUID
    person_id: UUID | None
    holder: str | None
    role: str
    task: str
    note: str
    given_by: UUID | None
    giver: str | None
    given_at: datetime
    due_at: datetime | None
    paused: bool
    kind: str
    code: str
    title: str
    state: str
    workflow_id: UUID
    opened_at: datetime
    changed_at: datetime
    waits: bool
    """Other agencies have the next thing to do, by legs."""
    counted_in: Unit
    """The unit in which the deadline of its case runs."""
    gone: bool
    """Whether who has it does no work there any more."""
    sort: datetime


_DELEGATION = f"""JOIN casework.delegation d ON d.tenant_id = desk.tenant_id AND d.stand_in_id = %(person)s
    AND {IN_FORCE}"""
_DESK = "unnest(%(tenants)s::uuid[], %(kinds)s::text[]) AS desk (tenant_id, kinds)"
_OWN = f"SELECT desk.tenant_id, desk.kinds, %(person)s::uuid AS person_id FROM {_DESK}"
_AWAY = f"SELECT desk.tenant_id, desk.kinds, d.person_id FROM {_DESK} {_DELEGATION}"
_UNITS = "unnest(%(unit_tenants)s::uuid[], %(units)s::uuid[], %(unit_kinds)s::text[]) AS seat (tenant_id, unit_id, kinds)"

# A clock that stands still has taken the date off its case; what was given before still holds the old one. A day that somebody named runs.
PAUSED = f"""(a.share IS NOT NULL AND a.due_at IS NOT NULL AND c.due_at IS NULL AND EXISTS (SELECT FROM casework.clock k WHERE k.tenant_id = c.tenant_id
    AND k.owner_id = c.id AND {WHOLE_CLOCK} AND k.state = 'paused'))"""
# Legs that are out and none that has come back: an answer that nobody has used, a return after which nothing was sent.
WAITS = """(a.role = 'lead' AND (SELECT coalesce(bool_or(l.state IN ('sent', 'taken', 'again')), false)
    AND NOT bool_or(l.state = 'answered') AND coalesce(max(l.done_at) FILTER (WHERE l.state = 'returned') < max(l.sent_at), true)
    FROM casework.leg l WHERE l.tenant_id = c.tenant_id AND l.case_id = c.id AND l.purpose <> ALL (%(told)s::text[])))"""
_DUE = "a.due_order"
# Whoever waits for another agency has nothing to do until their own day is over: then it is theirs to chase.
_ELSEWHERE = f"(({_DUE} >= %(today)s OR {PAUSED}) AND {WAITS})"
_GROUP = {
    "": "",
    "late": f"AND {_DUE} < %(today)s AND NOT {PAUSED}",
    "today": f"AND {_DUE} >= %(today)s AND {_DUE} < %(tomorrow)s AND NOT {PAUSED}",
    "week": f"AND {_DUE} >= %(tomorrow)s AND {_DUE} < %(after_week)s AND NOT {PAUSED}",
    "later": f"AND ({_DUE} >= %(after_week)s OR {PAUSED})",
    "waiting": "",
}
_LOOKED_AT = f"""a.id, a.tenant_id, a.case_id, a.person_id, a.unit_id, a.role, a.task, a.note, a.given_by, a.given_at, a.due_at, a.due_order,
    {PAUSED} AS paused, {WAITS} AS waits, c.kind, c.code, c.title, c.state, c.workflow_id, c.opened_at, c.changed_at"""


def _sitting(seats: str, condition: str, more: str, way: str, most: int) -> str:
    """Return the open assignments of seats, so many of each as a page holds: an index gives them in order.

    OFFSET 0 has each case looked up by its key. The planner does not know how much a person has to do, and would
    read all cases of the agency instead where few people have most of the work.
    """
    return f"""
    SELECT w.* FROM {seats} CROSS JOIN LATERAL (
        SELECT {_LOOKED_AT} FROM casework.assignment a CROSS JOIN LATERAL (
            SELECT * FROM casework.case_base WHERE tenant_id = seat.tenant_id AND id = a.case_id OFFSET 0
        ) c
        WHERE a.tenant_id = seat.tenant_id AND {condition} AND a.done_at IS NULL
            AND c.kind = ANY (string_to_array(seat.kinds, ',')) {more}
        ORDER BY {_DUE} {way}, a.id {way} LIMIT {most}
    ) w"""


_WAITS = """a.given_by = seat.person_id AND a.person_id IS DISTINCT FROM seat.person_id
    AND NOT (a.person_id IS NULL AND a.unit_id = ANY (%(units)s::uuid[]))
    AND (NOT c.restricted OR c.created_by = seat.person_id OR EXISTS (SELECT FROM casework.assignment own
        WHERE own.tenant_id = c.tenant_id AND own.case_id = c.id AND coalesce(own.person_id, own.done_by) = seat.person_id))"""


def _statement(wanted: WorkFilter, more: str, way: str = "ASC", most: int = BOUND) -> str:
    """Return what a person has to do under some conditions, or what waits for others: no assignment is in both.

    What nobody of a unit has taken is to be taken, whatever legs of it are out.
    """
    waiting = wanted.group == "waiting"
    elsewhere = f"{more} AND {'' if waiting else 'NOT '}{_ELSEWHERE}"
    role = f" AND a.role = '{wanted.role}'" if wanted.role in ("lead", "co") else ""
    seats = {"lead": _OWN, "co": _OWN, "away": _AWAY, "": f"{_OWN} UNION {_AWAY}"}
    parts = []
    if wanted.role in seats:
        held = f"a.person_id = seat.person_id{role}"
        parts.append(_sitting(f"({seats[wanted.role]}) seat", held, elsewhere, way, most))
    if wanted.role == "unit" or (wanted.role == "" and not waiting):
        free = f"a.person_id IS NULL AND a.unit_id = seat.unit_id AND {not waiting}"
        parts.append(_sitting(_UNITS, free, more, way, most))
    if wanted.role == "" and waiting:
        parts.append(_sitting(f"({_OWN}) seat", _WAITS, more, way, most))
    # What somebody gave to whom they stand in for now waits in two ways.
    return (" UNION " if waiting else " UNION ALL ").join(parts)


def work(
    ctx: RequestContext, at: Sequence[Desk], wanted: WorkFilter, cursor: Cursor = START, size: int = PAGE_SIZE
) -> Page[WorkRow]:
    """Return a page of a person's work in some agencies, by due date, none last; the scope must read these."""
    sql, values = work_statement(ctx, at, wanted, cursor, size)
    rows = [WorkRow._make(row) for row in db.execute_sql(sql, values).fetchall()]
    return page_of(rows, lambda row: (row.sort.isoformat(), str(row.id)), size, cursor)


def work_statement(
    ctx: RequestContext, at: Sequence[Desk], wanted: WorkFilter, cursor: Cursor = START, size: int = PAGE_SIZE
) -> tuple[str, dict[str, Any]]:
    """Return the statement of a page and its values."""
    values = _seats(ctx, at, wanted) | {"never": NEVER}
    more, way = _searched(wanted, values) + _GROUP[wanted.group], "DESC" if cursor.backward else "ASC"
    if cursor.key:
        more += f" AND ({_DUE}, a.id) {'<' if cursor.backward else '>'} (%(at)s, %(after)s)"
        moment, values["after"] = cursor.key
        values["at"] = moment if moment.year < NEVER.year else "infinity"
    sql = f"""
        SELECT a.id, a.tenant_id, a.case_id, a.person_id, coalesce(p.full_name, u.name), a.role, a.task, a.note, a.given_by, g.full_name,
            a.given_at, a.due_at, a.paused, a.kind, a.code, a.title, a.state, a.workflow_id, a.opened_at, a.changed_at, a.waits,
            {COUNTED_IN.format(of="a", id="case_id")}, {WORKS_NO_MORE}, coalesce(a.due_at, %(never)s)
        FROM ({_statement(wanted, more, way, size + 1)}) a LEFT JOIN tenants.person p ON p.id = a.person_id
        LEFT JOIN tenants.person g ON g.id = a.given_by LEFT JOIN tenants.unit u ON u.tenant_id = a.tenant_id AND u.id = a.unit_id
        ORDER BY {_DUE} {way}, a.id {way} LIMIT {size + 1}
    """
    return sql, values


def _searched(wanted: WorkFilter, values: dict[str, Any]) -> str:
    """Return the condition of a search: a person's own work is short, so its words are looked for one by one."""
    conditions = ""
    for number, word in enumerate(fold(wanted.search).split()[:MOST_WORDS]):
        conditions += f" AND strpos(c.folded, %(word{number})s) > 0 "
        values[f"word{number}"] = word
    return conditions


class OutLeg(NamedTuple):
    """A leg that another agency has the next thing to do about, or whose answer is to be read."""

    case_id: UUID
    receiver: str
    sent_at: datetime
    due_at: datetime | None
    answered: bool


def legs_out(rows: Sequence[WorkRow]) -> dict[UUID, list[OutLeg]]:
    """Return the open legs of the cases that somebody leads, the nearest day first; the scope must read their agencies."""
    led = [row for row in rows if row.role == "lead"]
    if not led:
        return {}
    found = db.execute_sql(
        "SELECT l.case_id, coalesce((SELECT name FROM tenants.current_agency WHERE tenant_id = l.receiver_id), l.outside), l.sent_at, l.due_at, "
        "l.state = 'answered' FROM unnest(%s::uuid[], %s::uuid[]) AS row (tenant_id, case_id) JOIN casework.leg l ON l.tenant_id = row.tenant_id "
        "AND l.case_id = row.case_id WHERE l.done_at IS NULL AND l.purpose <> ALL (%s) ORDER BY l.due_order, l.sent_at",
        ([row.tenant_id for row in led], [row.case_id for row in led], told_only()),
    ).fetchall()
    legs: dict[UUID, list[OutLeg]] = {}
    for each in found:
        legs.setdefault(each[0], []).append(OutLeg._make(each))
    return legs


# ---- counters ---------------------------------------------------------------------------------------------


class Counts(NamedTuple):
    """How much there is to do, each counted to a thousand at most."""

    late: int
    today: int
    week: int
    later: int
    waiting: int = 0

    @property
    def open(self) -> int:
        """All that the person has to do."""
        return min(self.late + self.today + self.week + self.later, BOUND)


def counts(ctx: RequestContext, at: Sequence[Desk], wanted: WorkFilter) -> Counts:
    """Return the numbers of the counter strip, whatever group is shown; the scope must read the agencies."""
    mine, values = _own_counts(ctx, at, wanted)
    waiting = _statement(replace(wanted, group="waiting"), _searched(wanted, values))
    asked = f"SELECT own.*, (SELECT count(*) FROM ({waiting}) waiting) FROM ({mine}) own"
    return Counts._make(db.execute_sql(asked, values).fetchone())


def badge(ctx: RequestContext) -> Counting | int:
    """Count what is late, below zero, or else all that a person has to do in all their agencies."""
    at = desks(ctx)
    asked = Counting(_BADGE, _seats(ctx, at, WorkFilter()))
    return asked if _is_here(ctx, at) else _number(ctx, at, asked)


def own_badge(kind: CaseKind) -> Callable[[RequestContext], Counting | int]:
    """Return the badge of a kind: what of it a person has to do in the agency in scope, as the work list counts it."""

    def asked(ctx: RequestContext) -> Counting | int:
        held = [post for post in ctx.posts if ctx.tenant and post.tenant.id == ctx.tenant.id]
        return Counting(_BADGE, _seats(ctx, [_desk(ctx, held)], WorkFilter(kind=kind.key))) if held else 0

    return asked


def begins(ctx: RequestContext) -> bool:
    """Tell whether a person begins the day with the work list: there is something on it."""
    at = desks(ctx)
    return _number(ctx, at, Counting(_BADGE, _seats(ctx, at, WorkFilter()))) != 0


def _number(ctx: RequestContext, at: Sequence[Desk], asked: Counting) -> int:
    with reading_desks(ctx, at):
        return int(db.prepared(*asked).fetchone()[0])


def _own_counts(ctx: RequestContext, at: Sequence[Desk], wanted: WorkFilter) -> tuple[str, dict[str, Any]]:
    values = _seats(ctx, at, wanted)
    statement = _statement(replace(wanted, group=""), _searched(wanted, values))
    columns = ", ".join(f"least(count(*) FILTER (WHERE {_COUNTED[key]}), {BOUND})" for key in GROUPS[:4])
    return f"SELECT {columns} FROM ({statement}) a", values


_COUNTED = {
    key: condition.removeprefix("AND ").replace(PAUSED, "a.paused") for key, condition in _GROUP.items()
}
_BADGE = f"""
    SELECT CASE WHEN late > 0 THEN -least(late, {BOUND}) ELSE least(number, {BOUND}) END
    FROM (SELECT count(*) AS number, count(*) FILTER (WHERE {_COUNTED["late"]}) AS late FROM ({_statement(WorkFilter(), "")}) a) own
"""


def _seats(ctx: RequestContext, at: Sequence[Desk], wanted: WorkFilter) -> dict[str, Any]:
    kinds = {desk.tenant_id: ",".join(key for key in desk.kinds if wanted.kind in ("", key)) for desk in at}
    units = [(desk.tenant_id, unit) for desk in at for unit in desk.units]
    today = start_of_today()
    return {
        "person": ctx.person.id,
        "tenants": [desk.tenant_id for desk in at],
        "kinds": [kinds[desk.tenant_id] for desk in at],
        "unit_tenants": [tenant for tenant, _unit in units],
        "units": [unit for _tenant, unit in units],
        "unit_kinds": [kinds[tenant] for tenant, _unit in units],
        "told": told_only(),
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "after_week": today + timedelta(days=WEEK + 1),
    }


def start_of_today() -> datetime:
    """Return when this day began."""
    return datetime.now(HOME_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def task_now(row: WorkRow, states: Definition) -> str:
    """Return what a row asks for: a step that keeps its holder changes what they have to do."""
    now = next((each for each in states.states if each.key == row.state), None)
    return now.task if now and now.task and row.role == "lead" else row.task


def group_of(row: WorkRow, today: datetime) -> Group:
    """Return under which heading a row stands, as the counters count it."""
    if row.paused or row.due_at is None or row.due_at >= today + timedelta(days=WEEK + 1):
        return "later"
    if row.due_at < today:
        return "late"
    return "today" if row.due_at < today + timedelta(days=1) else "week"


# ---- visits -------------------------------------------------------------------------------------------------


class Visit(NamedTuple):
    """When a person last looked at the list, and when the visit before that ended."""

    last_at: datetime
    before_at: datetime


def last_visit(ctx: RequestContext, at: Sequence[Desk]) -> Visit | None:
    """Return a person's newest visit in some agencies; the scope must read these."""
    row = db.execute_sql(
        "SELECT v.last_at, v.before_at FROM unnest(%s::uuid[]) AS desk (tenant_id) JOIN casework.work_visit v "
        "ON v.tenant_id = desk.tenant_id AND v.person_id = %s ORDER BY v.last_at DESC LIMIT 1",
        ([desk.tenant_id for desk in at], ctx.person.id),
    ).fetchone()
    return Visit._make(row) if row else None
