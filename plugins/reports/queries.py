"""What is asked of the counters, and of the cases behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from core.api import PAGE_SIZE, START, Cursor, Page, RequestContext, current_tenant, db, page_of, reading
from plugins.casework.api import IS_GONE, WHO, names, seen_condition
from plugins.reports import gathering
from plugins.reports.asking import Asked
from plugins.reports.counting import DAY
from plugins.reports.measures import BY_KEY, JUDGED, SUMS, UNJUDGED, Measure, Numbers, window
from plugins.reports.models import Snapshot

WEEKS = 12
NEVER = date(9999, 12, 31)
KEY = (date.fromisoformat, UUID)
SNAPSHOTS = 50
BOUND = 1000


# ---- one report -------------------------------------------------------------------------------------------------


def figures(of: Asked) -> dict[str, Numbers]:
    """Return the numbers of a report by the value of its lines."""
    values = {"kinds": of.keys, **window(of.period.first, of.until)}
    if of.by == "agency":
        return _by_agency(values)
    line = "kind" if of.by == "kind" else "value"
    rows = db.execute_sql(
        f"SELECT {line}, {SUMS} FROM reports.tally WHERE tenant_id = %(tenant)s AND dimension = %(dimension)s "
        f"AND kind = ANY (%(kinds)s) GROUP BY {line}",
        {**values, "tenant": current_tenant(), "dimension": "" if of.by == "kind" else of.by},
    ).fetchall()
    return {value: Numbers(*numbers) for value, *numbers in rows}


def _by_agency(values: Mapping[str, Any]) -> dict[str, Numbers]:
    """Read the counters of the agencies below, a portion at a time: row-level security looks each row up among them."""
    ids, found = [each.id for each in gathering.agencies_below()], {}
    for start in range(0, len(ids), gathering.AT_ONCE):
        some = ids[start : start + gathering.AT_ONCE]
        with reading(some):
            rows = db.execute_sql(
                f"SELECT tenant_id::text, {SUMS} FROM reports.tally WHERE tenant_id = ANY (%(ids)s) AND dimension = '' "
                "AND kind = ANY (%(kinds)s) GROUP BY tenant_id",
                {**values, "ids": some},
            ).fetchall()
        found.update({value: Numbers(*numbers) for value, *numbers in rows})
    return found


def names_of(by: str) -> dict[UUID, str]:
    """Return the names of what a report is divided by, as far as they are rows: units and agencies."""
    if by == "agency":
        return {each.id: each.name for each in gathering.agencies_below()}
    if by == "unit":
        return dict(
            db.execute_sql(
                "SELECT id, name FROM tenants.unit WHERE tenant_id = %s ORDER BY code", (current_tenant(),)
            ).fetchall()
        )
    return {}


# ---- the cases behind a number ------------------------------------------------------------------------------------


class BehindRow(NamedTuple):
    """A case behind a number."""

    id: UUID
    kind: str
    code: str
    title: str
    state: str
    workflow_id: UUID
    unit: str | None
    holder: str | None
    gone: bool | None
    waits_for: str | None
    opened_on: date
    due_on: date | None
    closed_on: date | None
    answered_on: date | None
    sort: date


@dataclass(frozen=True, slots=True)
class Behind:
    """Which number it is: the measure, and the line it stands in."""

    asked: Asked
    measure: Measure = BY_KEY["overdue"]
    values: tuple[str, ...] = ()
    waits_for: str = ""
    """An agency that has not answered a leg yet."""


_WAITS = """FROM casework.leg l WHERE l.tenant_id = c.tenant_id AND l.case_id = c.id AND l.done_at IS NULL AND l.answers = 0"""
WAITS_FOR = f"""(SELECT coalesce((SELECT name FROM tenants.current_agency WHERE tenant_id = l.receiver_id), l.outside)
    {_WAITS} ORDER BY l.due_order LIMIT 1)"""


def behind(ctx: RequestContext, of: Behind, cursor: Cursor = START, size: int = PAGE_SIZE) -> Page[BehindRow]:
    """Return a page of the cases behind a number that a person sees: the most urgent first, done ones the newest first."""
    sql, values = behind_statement(ctx, of, cursor, size)
    rows = [BehindRow._make(row) for row in db.execute_sql(sql, values).fetchall()]
    return page_of(rows, lambda row: (row.sort.isoformat(), str(row.id)), size, cursor)


def behind_statement(
    ctx: RequestContext, of: Behind, cursor: Cursor, size: int
) -> tuple[str, dict[str, Any]]:
    """Return the statement of a page and its values."""
    seen, conditions, values = _conditions(ctx, of)
    order, downwards = of.measure.order, of.measure.down != cursor.backward
    way, beyond = ("DESC", "<") if downwards else ("ASC", ">")
    if cursor.key:
        conditions += f" AND ({order}, k.id) {beyond} (%(at)s, %(after)s)"
        at, after = cursor.key
        values |= {"at": "infinity" if at >= NEVER else at, "after": after}
    # SECURITY: numbers count every case; who does not see a restricted one does not find it here either.
    sql = f"""
        SELECT c.id, c.kind, c.code, c.title, c.state, c.workflow_id,
            (SELECT name FROM tenants.unit WHERE tenant_id = c.tenant_id AND id = c.unit_id), {WHO}, {IS_GONE}, {WAITS_FOR},
            k.opened_on, k.due_on, k.closed_on, k.answered_on, coalesce({"k.due_on" if order == "k.due_order" else order}, %(never)s)
        FROM reports.counted k JOIN casework.case_base c ON c.tenant_id = k.tenant_id AND c.id = k.id
        WHERE {conditions} AND {seen} ORDER BY {order} {way}, k.id {way} LIMIT %(limit)s
        """
    return sql, {**values, "limit": size + 1, "never": NEVER}


def _conditions(ctx: RequestContext, of: Behind) -> tuple[str, str, dict[str, Any]]:
    """Return which cases a person sees, which are behind a number, and the values of both conditions."""
    asked = of.asked
    seen, values = seen_condition(ctx, asked.kinds)
    values |= {**window(asked.period.first, asked.until), "kinds": asked.keys, "values": list(of.values)}
    parts = ["k.tenant_id = %(tenant)s", "k.kind = ANY (%(kinds)s)", of.measure.condition]
    if of.values and asked.by == "state":
        parts.append("(k.state = ANY (%(values)s) OR k.kind || ':' || k.state = ANY (%(values)s))")
    elif of.values and asked.by == "sector":
        parts.append("k.sector = ANY (%(values)s)")
    elif of.values and asked.by == "unit":
        parts.append("coalesce(k.unit_id::text, '') = ANY (%(values)s)")
    if of.waits_for:
        parts.append(f"EXISTS (SELECT {_WAITS} AND l.receiver_id::text = %(waits)s)")
        values["waits"] = of.waits_for
    return seen, " AND ".join(parts), values


def hidden(ctx: RequestContext, of: Behind) -> int:
    """Return how many cases behind a number the person does not see, up to BOUND."""
    seen, conditions, values = _conditions(ctx, of)
    (number,) = db.execute_sql(
        "SELECT count(*) FROM (SELECT FROM reports.counted k JOIN casework.case_base c ON c.tenant_id = k.tenant_id "
        f"AND c.id = k.id WHERE c.restricted AND {conditions} AND NOT {seen} LIMIT %(limit)s) counted",
        {**values, "limit": BOUND},
    ).fetchone()
    return int(number)


class Waiting(NamedTuple):
    """An agency that cases wait for which are late."""

    agency_id: str
    name: str
    number: int


def waiting_for(of: Asked) -> list[Waiting]:
    """Return which agencies have not answered legs of cases that are overdue, those of most cases first."""
    rows = db.execute_sql(
        f"""
        SELECT l.receiver_id::text, coalesce((SELECT name FROM tenants.current_agency a WHERE a.tenant_id = l.receiver_id),
            min(l.outside)), count(DISTINCT k.id) FROM reports.counted k JOIN casework.leg l ON l.tenant_id = k.tenant_id
            AND l.case_id = k.id AND l.done_at IS NULL AND l.answers = 0
        WHERE k.tenant_id = %(tenant)s AND k.kind = ANY (%(kinds)s) AND {BY_KEY["overdue"].condition}
        GROUP BY l.receiver_id ORDER BY 3 DESC, 2 LIMIT 5
        """,
        {"tenant": current_tenant(), "kinds": of.keys, **window(of.period.first, of.today)},
    ).fetchall()
    return [Waiting._make(row) for row in rows]


# ---- the board of leaders ------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """What a place, a state or a kind has today."""

    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Board:
    """All numbers of the leaders' page."""

    now: Line
    week_ago: int
    """How many were overdue a week ago."""
    soon: int
    """How many will be overdue within a week if nobody acts."""
    numbers: Numbers
    """Those of the period."""
    trend: tuple[tuple[date, int, int], ...]
    """Day, overdue, open; the last one is today."""
    states: Mapping[tuple[str, str], Line]
    places: Mapping[str, Line]


BOARD = f"""
    SELECT dimension, kind, value, CASE WHEN dimension = '' THEN least(greatest(0, (day - %(start)s + 6) / 7), {WEEKS}) ELSE 0 END AS week,
        coalesce(sum(opened - early - on_time - late) FILTER (WHERE day <= %(today)s), 0)::int,
        coalesce(sum(overdue) FILTER (WHERE day <= %(today)s), 0)::int,
        coalesce(sum(overdue) FILTER (WHERE day > %(today)s AND day <= %(soon)s), 0)::int, {SUMS}
    FROM {{table}} WHERE tenant_id = %(tenant)s AND dimension = ANY (%(dimensions)s) AND kind = ANY (%(kinds)s)
    GROUP BY dimension, kind, value, week
"""


def board(of: Asked, *, below: bool) -> Board:
    """Return the numbers of the leaders' page by one statement: of the agency in scope, or of those below as gathered."""
    place = "agency" if below else "unit"
    sql, values = board_statement(of, below=below)
    trend = [Line(0, 0)] * (WEEKS + 1)
    numbers, soon = Numbers(), 0
    states: dict[tuple[str, str], Line] = {}
    places: dict[str, Line] = {}
    for dimension, kind, value, week, open_, overdue, later, *rest in db.execute_sql(sql, values).fetchall():
        if dimension == "":
            numbers, soon = numbers.plus(Numbers(*rest)), soon + later
            trend[week] = Line(trend[week].open + open_, trend[week].overdue + overdue)
            continue
        lines: dict[Any, Line] = places if dimension == place else states
        key = value if dimension == place else (kind, value)
        before = lines.get(key, Line(0, 0))
        lines[key] = Line(before.open + open_, before.overdue + overdue)
    days, line = [], Line(0, 0)
    for week, each in enumerate(trend):
        line = Line(line.open + each.open, line.overdue + each.overdue)
        days.append((of.today - (WEEKS - week) * 7 * DAY, line.overdue, line.open))
    return Board(line, days[-2][1], soon, numbers, tuple(days), states, places)


def board_statement(of: Asked, *, below: bool) -> tuple[str, dict[str, Any]]:
    """Return the statement of the leaders' page and its values."""
    place = "agency" if below else "unit"
    return BOARD.format(table="reports.below" if below else "reports.tally"), {
        "tenant": current_tenant(), "kinds": of.keys, "dimensions": ["", "state", place], "today": of.today,
        "soon": of.today + 7 * DAY, "start": of.today - WEEKS * 7 * DAY, **window(of.period.first, of.until),
    }  # fmt: skip


class Lateness(NamedTuple):
    """By how many days cases are late: half of them by less than the median."""

    median: float | None = None
    done: int = 0
    """So many of them ended late in the period."""
    open: int = 0
    """So many are overdue today."""


LATENESS = f"""
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY days), coalesce(sum(done), 0)::int, coalesce(sum(1 - done), 0)::int FROM (
        SELECT {JUDGED} - k.due_on AS days, 1 AS done FROM reports.counted k
        WHERE k.tenant_id = %(tenant)s AND k.kind = ANY (%(kinds)s) AND k.closed_on BETWEEN %(first)s AND %(until)s AND {JUDGED} > k.due_on
        UNION ALL
        SELECT %(today)s - k.due_on, 0 FROM reports.counted k
        WHERE k.tenant_id = %(tenant)s AND k.kind = ANY (%(kinds)s) AND {UNJUDGED} AND k.due_order < %(today)s
    ) late
"""
LATENESS_BELOW = """
    SELECT CASE WHEN overdue > 0 THEN %(today)s - day ELSE value::int END AS days, sum(late)::int, sum(overdue)::int FROM reports.below
    WHERE tenant_id = %(tenant)s AND dimension = 'lateness' AND kind = ANY (%(kinds)s)
        AND (late > 0 AND day BETWEEN %(first)s AND %(until)s OR overdue > 0 AND day < %(today)s)
    GROUP BY days ORDER BY days
"""


def lateness(of: Asked, *, below: bool) -> Lateness:
    """Return by how many days cases are late: those that ended late in the period, and those overdue today."""
    values = {
        "tenant": current_tenant(), "kinds": of.keys, "today": of.today, "first": of.period.first, "until": of.until,
    }  # fmt: skip
    if not below:
        return Lateness(*db.execute_sql(LATENESS, values).fetchone())
    rows = db.execute_sql(LATENESS_BELOW, values).fetchall()
    done, open_ = sum(row[1] for row in rows), sum(row[2] for row in rows)
    days = [(day, ended + left) for day, ended, left in rows]
    return Lateness(_median(days, done + open_), done, open_)


def _median(days: Sequence[tuple[int, int]], number: int) -> float | None:
    """Return the middle of numbers in their order, each as often as it says; of two in the middle what lies between."""
    if not number:
        return None
    middle, seen, found = ((number - 1) // 2, number // 2), 0, []
    for day, times in days:
        found += [day for place in middle if seen <= place < seen + times]
        seen += times
    return sum(found) / 2


# ---- what was published -----------------------------------------------------------------------------------------


def snapshots(kinds: Sequence[str], *, below: bool) -> list[tuple[Snapshot, str]]:
    """Return the newest published reports that are about these kinds alone, with who published them; those by agency for who sees what is `below`."""
    asked = Snapshot.kinds.contained_by(*kinds)
    if not below:
        asked &= Snapshot.by != "agency"
    found = Snapshot.select().where(asked).order_by(Snapshot.made_at.desc(), Snapshot.id.desc())
    rows = list(found.limit(SNAPSHOTS))
    makers = names([each.made_by for each in rows])
    return [(each, makers.get(each.made_by, "")) for each in rows]


def agency_name(agency_id: str) -> str:
    """Return what an agency is called, or "" for one that is none."""
    row = db.execute_sql(
        "SELECT name FROM tenants.current_agency WHERE tenant_id::text = %s", (agency_id,)
    ).fetchone()
    return row[0] if row else ""
