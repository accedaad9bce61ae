"""What is asked of calendars and clocks; every statement names its agencies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID
from zlib import crc32
from zoneinfo import ZoneInfo

from core.api import NotFound, current_tenant, db, format_date, steady, unscoped
from plugins.casework.deadlines.budget import ClockError, Unit
from plugins.casework.deadlines.calendars import Calendar, DayRule, Week, calendar_of, spans_of
from plugins.casework.deadlines.clocks import Entry
from plugins.casework.models import WHOLE_CLOCK, Clock
from plugins.casework.writing import as_array, row_of

STANDARD_HOURS = spans_of([["07:00", "11:30"], ["13:30", "17:00"]])
"""Hours that deadlines are counted in where no agency is named: eight a day, Monday to Friday."""
STANDARD_WEEK = Week(date(2000, 1, 1), (STANDARD_HOURS,) * 5 + ((), ()))


# ---- calendars --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AgencyCalendar:
    """An agency's hours and days as they are decided now."""

    weeks: tuple[Week, ...]
    rules: tuple[DayRule, ...]
    zone: str
    stamp: str
    """Differs from that of every other state of the agency's calendar."""

    @cached_property
    def calendar(self) -> Calendar:
        """The same, expanded."""
        return calendar_of(self.weeks, self.rules)

    def local(self, moment: datetime) -> datetime:
        """Return a moment as the agency's clocks on the wall show it."""
        return moment.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def aware(self, moment: datetime) -> datetime:
        """Return the moment of a local time."""
        return moment.replace(tzinfo=ZoneInfo(self.zone))

    def worked(self, day: date) -> date:
        """Return a day, or the next one that is worked; the day itself where no calendar tells."""
        try:
            return self.calendar.next_working(day)
        except ClockError:
            return day


_DAYS = "SELECT day, kind, part, name, ground, pair FROM casework.national_day WHERE removed_number IS NULL ORDER BY day"
_NUMBER = "coalesce(max(greatest(number, removed_number)), 0)"
_AGENCIES = f"""
    SELECT p.tenant_id, p.time_zone, p.working_hours,
        (SELECT json_agg(json_build_array(valid_from, hours) ORDER BY valid_from) FROM tenants.working_week
            WHERE tenant_id = p.tenant_id),
        greatest((SELECT {_NUMBER} FROM casework.national_day),
            (SELECT {_NUMBER} FROM casework.own_day WHERE tenant_id = p.tenant_id))
    FROM tenants.profile p WHERE p.tenant_id = ANY (%(tenants)s::uuid[])
"""
_OWN_DAYS = (
    "SELECT tenant_id, day, kind, part, name, ground, pair FROM casework.own_day "
    "WHERE tenant_id = ANY (%(tenants)s::uuid[]) AND removed_number IS NULL ORDER BY tenant_id, day"
)
_Decided = tuple[UUID, int, str, tuple[Week, ...]]
"""Agency, number of the last change of its days, time zone, hours: of the same the calendar is the same for good."""
KEPT = 200
_kept: dict[_Decided, AgencyCalendar] = {}
"""Calendars that this process has read: reading all days again would cost an act more than the act itself."""


def standard_calendar() -> Calendar:
    """Return the calendar of the country with the usual hours."""
    return calendar_of((STANDARD_WEEK,), national_rules())


def national_rules() -> tuple[DayRule, ...]:
    """Return the days that are otherwise in the whole country."""
    return tuple(DayRule(*row) for row in db.prepared(_DAYS, {}).fetchall())


def agency_calendar() -> AgencyCalendar:
    """Return the calendar of the agency in scope."""
    tenant_id = current_tenant()
    return steady(("calendar", tenant_id), lambda: agency_calendars([tenant_id])[tenant_id])


def agency_calendars(tenant_ids: Iterable[UUID]) -> dict[UUID, AgencyCalendar]:
    """Return the calendars of agencies, with three statements however many they are; with one when all are known."""
    # The number first, the days after it: a day of the country that is committed in between is counted already
    # under the old number, and once more by the job of its change. The other way round the new number would
    # stand for the old days, and the deadlines would never be counted anew. A number is never given twice, not
    # even when its change is rolled back, so what is kept under it stays true.
    rows = db.prepared(_AGENCIES, {"tenants": list(tenant_ids)}).fetchall()
    decided = [_decided(*row) for row in rows]
    found = {each[0]: kept for each in decided if (kept := _kept.get(each))}
    missing = [each for each in decided if each[0] not in found]
    if missing:
        found |= _read_calendars(missing)
    return found


def _decided(tenant_id: UUID, zone: str, hours: dict[str, Any], weeks: Any, number: int) -> _Decided:
    dated = tuple(_week(date.fromisoformat(since), kept) for since, kept in weeks or ())
    return tenant_id, number, zone, dated or (_week(STANDARD_WEEK.valid_from, hours),)


def _read_calendars(wanted: Sequence[_Decided]) -> dict[UUID, AgencyCalendar]:
    rows = db.prepared(_OWN_DAYS, {"tenants": [each[0] for each in wanted]}).fetchall()
    own = {
        tenant_id: tuple(
            DayRule(day, kind, part, name, ground, pair, own=True)
            for _tenant, day, kind, part, name, ground, pair in days
        )
        for tenant_id, days in groupby(rows, key=itemgetter(0))
    }
    national, found = national_rules(), {}
    if len(_kept) + len(wanted) > KEPT:
        _kept.clear()
    for each in wanted:
        tenant_id, number, zone, weeks = each
        stamp = f"{number}.{_hours_mark(weeks, zone)}"
        found[tenant_id] = AgencyCalendar(weeks, national + own.get(tenant_id, ()), zone, stamp)
        _kept[each] = found[tenant_id]
    return found


def _hours_mark(weeks: tuple[Week, ...], zone: str) -> str:
    return f"{crc32(repr((weeks, zone)).encode()):08x}"


_THEN = "number <= %(number)s AND (removed_number IS NULL OR removed_number > %(number)s)"
_DAYS_THEN = (
    f"SELECT day, kind, part, name, ground, pair, false AS own FROM casework.national_day WHERE {_THEN} UNION ALL "
    f"SELECT day, kind, part, name, ground, pair, true FROM casework.own_day WHERE tenant_id = %(tenant)s::uuid AND {_THEN} "
    "ORDER BY own, day"
)


def calendar_then(stamp: str, agency: AgencyCalendar) -> AgencyCalendar | None:
    """Return the calendar of the agency in scope as it was under an older stamp; None when nobody knows its hours any more."""
    number, _dot, mark = stamp.partition(".")
    # Hours are added to, each from its day on: those of then are the first of those of now.
    ages = (agency.weeks[:count] for count in range(len(agency.weeks), 0, -1))
    weeks = next((each for each in ages if _hours_mark(each, agency.zone) == mark), None)
    if weeks is None or not number.isdecimal():
        return None
    key = (current_tenant(), int(number), agency.zone, weeks)
    if key not in _kept:
        rows = db.prepared(_DAYS_THEN, {"tenant": key[0], "number": key[1]}).fetchall()
        if len(_kept) >= KEPT:
            _kept.clear()
        _kept[key] = AgencyCalendar(weeks, tuple(DayRule(*row) for row in rows), agency.zone, stamp)
    return _kept[key]


def _week(since: date, hours: dict[str, Any]) -> Week:
    return Week(since, tuple(spans_of(hours.get(str(day), ())) for day in range(1, 8)))


class DayRow(NamedTuple):
    """A day of a year that is otherwise, as the page of the calendar lists it."""

    id: UUID
    day: date
    kind: str
    part: str
    name: str
    ground: str
    pair: date | None
    own: bool


def days_of(year: int, *, own: bool) -> list[DayRow]:
    """Return the days of a year that are otherwise: those of the agency in scope too, if `own`."""
    columns = "SELECT id, day, kind, part, name, ground, pair, {} AS own FROM casework.{} WHERE removed_number IS NULL"
    span = "AND day >= make_date(%s, 1, 1) AND day < make_date(%s + 1, 1, 1)"
    sql, values = f"{columns.format('false', 'national_day')} {span}", [year, year]
    if own:
        sql += f" UNION ALL {columns.format('true', 'own_day')} AND tenant_id = %s {span}"
        values += [current_tenant(), year, year]  # type: ignore[list-item]
    rows = db.execute_sql(f"{sql} ORDER BY day, own", values).fetchall()
    return [DayRow._make(row) for row in rows]


def removed_days(year: int, *, own: bool) -> list[tuple[date, str, str, datetime]]:
    """Return the days of a year that were removed: day, name, why, when; the newest first."""
    table, mine = ("own_day", "tenant_id = %s AND") if own else ("national_day", "")
    return db.execute_sql(
        f"SELECT day, name, removal_ground, removed_at FROM casework.{table} WHERE {mine} removed_number IS NOT NULL "
        "AND day >= make_date(%s, 1, 1) AND day < make_date(%s + 1, 1, 1) ORDER BY removed_at DESC LIMIT 50",
        (*([current_tenant()] if own else []), year, year),
    ).fetchall()


_CHANGES = """
    SELECT number AS n, name, ground, day FROM casework.national_day WHERE number > %(number)s
    UNION ALL SELECT removed_number, name, removal_ground, day FROM casework.national_day WHERE removed_number > %(number)s
    UNION ALL SELECT number, name, ground, day FROM casework.own_day WHERE tenant_id = %(tenant)s AND number > %(number)s
    UNION ALL SELECT removed_number, name, removal_ground, day FROM casework.own_day
        WHERE tenant_id = %(tenant)s AND removed_number > %(number)s
"""


def changes_since(number: int) -> list[str]:
    """Return what changed in the calendars of the country and of the agency in scope after a change's number; both days of a swap are one change."""
    rows = db.execute_sql(
        f"SELECT name, ground, array_agg(day ORDER BY day) FROM ({_CHANGES}) change GROUP BY n, name, ground ORDER BY n DESC LIMIT 3",
        {"number": number, "tenant": current_tenant()},
    ).fetchall()
    return [
        f"{name} {', '.join(format_date(day, year=True) for day in days)} ({ground})"
        for name, ground, days in rows
    ]


# ---- clocks -----------------------------------------------------------------------------------------


class OpenClock(NamedTuple):
    """A clock as a replay needs it; moments are local."""

    id: UUID
    title: str
    amount: int
    unit: Unit
    stamp: str
    due: datetime | None
    owner_type: str
    case_id: UUID | None
    """Of the deadline of a whole case, or of the leg that the case came by: lists have a copy of it."""
    entries: Sequence[Entry] = ()


OWNERS = ("casework.case", "casework.leg")
_OPEN = f"""
    SELECT id, title, budget_amount, budget_unit, calendar, due_at AT TIME ZONE %(zone)s, owner_type,
        CASE WHEN {WHOLE_CLOCK} THEN owner_id END FROM casework.clock k
    WHERE tenant_id = %(tenant)s AND closed_at IS NULL AND {{condition}} ORDER BY id LIMIT %(limit)s {{lock}}
"""
# A change of a day matters to clocks that began before it ended and that are due, or were last written, after it began.
_TOUCHED = """
    opened_at < ((%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s)
    AND (due_at IS NULL OR greatest(due_at, last_at) >= (%(first)s::date::timestamp AT TIME ZONE %(zone)s))
"""


def waiting_clocks(agency: AgencyCalendar, after: UUID, limit: int) -> list[OpenClock]:
    """Return open clocks of the agency in scope that were counted on another calendar; locked until the commit.

    They come in the order of their ids, from after one of them on: what has been counted is not read again.
    """
    values = {
        "stamp": agency.stamp,
        "zone": agency.zone,
        "tenant": current_tenant(),
        "limit": limit,
        "after": after,
    }
    condition = "id > %(after)s AND calendar <> %(stamp)s"
    _lock_owners(condition, values)
    return _open(_OPEN.format(condition=condition, lock="FOR UPDATE"), values)


def _lock_owners(condition: str, values: dict[str, Any]) -> None:
    """Lock what clocks hang on before the clocks, as every act does: a case, a leg it sent, the case that a leg became."""
    found = db.execute_sql(
        f"SELECT owner_type, owner_id FROM casework.clock WHERE tenant_id = %(tenant)s AND closed_at IS NULL AND {condition} "
        "ORDER BY id LIMIT %(limit)s",
        values,
    ).fetchall()
    cases, legs = (as_array(owner for kind, owner in found if kind == each) for each in OWNERS)
    case = "casework.case_base WHERE tenant_id = %(tenant)s AND id = ANY (%(ids)s::uuid[])"
    leg = "casework.leg WHERE id = ANY (%(ids)s::uuid[]) AND %(tenant)s IN (tenant_id, receiver_id)"
    for rows, ids in ((case, cases), (leg, legs), (case, legs)):
        if ids != as_array(()):
            db.execute_sql(f"SELECT FROM {rows} ORDER BY id FOR UPDATE", {**values, "ids": ids})


def mark_untouched(agency: AgencyCalendar, limit: int) -> int:
    """Mark some open clocks as counted that no change since they were counted can move; return how many."""
    stamps = db.execute_sql(
        "SELECT DISTINCT calendar FROM casework.clock WHERE tenant_id = %s AND closed_at IS NULL AND calendar <> %s",
        (current_tenant(), agency.stamp),
    ).fetchall()
    for (stamp,) in stamps:
        days = days_changed(stamp, agency)
        if days is None:
            continue
        values = {
            "tenant": current_tenant(), "zone": agency.zone, "old": stamp, "new": agency.stamp, "first": days[0], "last": days[1],
            "limit": limit,
        }  # fmt: skip
        marked = db.execute_sql(
            f"UPDATE casework.clock SET calendar = %(new)s WHERE tenant_id = %(tenant)s AND calendar = %(old)s AND id IN ("
            f"SELECT id FROM casework.clock WHERE tenant_id = %(tenant)s AND closed_at IS NULL AND calendar = %(old)s "
            f"AND NOT ({_TOUCHED}) LIMIT %(limit)s)",
            values,
        ).rowcount
        if marked:
            return int(marked)
    return 0


def days_changed(stamp: str, agency: AgencyCalendar) -> tuple[date, date] | None:
    """Return the first and the last day that changed since a clock was counted; None when hours changed, or nobody knows."""
    number, _dot, hours = stamp.partition(".")
    if not number.isdecimal() or hours != agency.stamp.partition(".")[2]:
        return None
    first, last = db.execute_sql(
        f"SELECT min(day), max(day) FROM ({_CHANGES}) change",
        {"number": int(number), "tenant": current_tenant()},
    ).fetchone()
    return (first, last) if first else None


def count_waiting(agency: AgencyCalendar, limit: int) -> int:
    """Return how many open clocks of the agency in scope wait to be counted anew, up to a limit."""
    return db.execute_sql(
        "SELECT count(*) FROM (SELECT FROM casework.clock WHERE tenant_id = %s AND closed_at IS NULL AND calendar <> %s LIMIT %s) c",
        (current_tenant(), agency.stamp, limit),
    ).fetchone()[0]


def touched_clocks(
    tenant_id: UUID, agency: AgencyCalendar, days: Sequence[date], limit: int
) -> list[OpenClock]:
    """Return open clocks of an agency that a change of these days may move."""
    values = {"zone": agency.zone, "tenant": tenant_id, "limit": limit, "first": min(days), "last": max(days)}
    return _open(_OPEN.format(condition=_TOUCHED, lock=""), values)


_FIXED = f"""
    SELECT count(DISTINCT c.id), (array_agg(DISTINCT c.code))[1:%(named)s] FROM casework.assignment a
    JOIN casework.case_base c ON c.tenant_id = a.tenant_id AND c.id = a.case_id
    WHERE {{agency}} a.done_at IS NULL AND a.due_at >= (%(first)s::date::timestamp AT TIME ZONE %(zone)s)
        AND a.due_at < ((%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s) AND (a.due_at AT TIME ZONE %(zone)s)::date = ANY (%(days)s::date[])
        AND (a.share IS NULL OR NOT EXISTS (SELECT FROM casework.clock k WHERE k.tenant_id = c.tenant_id AND k.owner_id = c.id
            AND {WHOLE_CLOCK} AND k.closed_at IS NULL))
"""


def fixed_on(tenant_id: UUID | None, zone: str, days: Sequence[date], named: int) -> tuple[int, list[str]]:
    """Return how much is to be done on one of these days by a day that somebody named, which no calendar moves, and some codes.

    Without an agency it is asked of all that the scope reads.
    """
    if not days:
        return 0, []
    number, codes = db.execute_sql(
        _FIXED.format(agency="a.tenant_id = %(tenant)s AND" if tenant_id else ""),
        {"tenant": tenant_id, "zone": zone, "days": list(days), "first": min(days), "last": max(days), "named": named},
    ).fetchone()  # fmt: skip
    return number, codes or []


def _open(sql: str, values: dict[str, Any]) -> list[OpenClock]:
    rows = db.execute_sql(sql, values).fetchall()
    ledgers = dict(_ledgers(values["tenant"], [row[0] for row in rows], values["zone"])) if rows else {}
    return [OpenClock._make((*row, ledgers.get(row[0], ()))) for row in rows]


def _ledgers(tenant_id: UUID, ids: list[UUID], zone: str) -> Iterator[tuple[UUID, list[Entry]]]:
    """Read the ledgers of clocks that are given in the order of their ids."""
    rows = db.execute_sql(
        "SELECT clock_id, kind, at AT TIME ZONE %s, amount FROM casework.clock_entry "
        "WHERE tenant_id = %s AND clock_id BETWEEN %s AND %s AND clock_id = ANY (%s::uuid[]) ORDER BY clock_id, seq",
        (zone, tenant_id, ids[0], ids[-1], as_array(ids)),
    ).fetchall()
    for clock_id, group in groupby(rows, key=itemgetter(0)):
        yield clock_id, [Entry(kind, at, amount) for _clock, kind, at, amount in group]


def agencies_with_open_clocks() -> list[tuple[UUID, str]]:
    """Return id and name of every agency that has clocks running; for changes in the whole country."""
    with unscoped(reason="a holiday of the country moves the deadlines of all agencies"), db.atomic():
        return db.execute_sql(
            """
            SELECT v.tenant_id, v.name FROM tenants.tenant_version v
            WHERE v.valid_from <= tenants.today() AND (v.valid_to IS NULL OR v.valid_to >= tenants.today())
              AND EXISTS (SELECT FROM casework.clock c WHERE c.tenant_id = v.tenant_id AND c.closed_at IS NULL)
            ORDER BY v.name
            """
        ).fetchall()


def clock(clock_id: UUID, *, locked: bool = False) -> Clock:
    """Return a clock of the agency in scope.

    Raises NotFound.
    """
    found = row_of(Clock, f"id = %(id)s::uuid{' FOR UPDATE' if locked else ''}", {"id": clock_id})
    if found is None:
        raise NotFound
    return found


def clocks_of(owner_type: str, owner_id: UUID) -> list[Clock]:
    """Return the clocks that hang on something of the agency in scope, the earliest due first."""
    query = Clock.select().where(Clock.owner_type == owner_type, Clock.owner_id == owner_id)
    return list(query.order_by(Clock.due_at.asc(nulls="LAST"), Clock.id))


def ledger(clock_id: UUID, agency: AgencyCalendar) -> list[Entry]:
    """Return the whole ledger of a clock of the agency in scope."""
    rows = db.execute_sql(
        "SELECT kind, at AT TIME ZONE %s, amount, ground, document FROM casework.clock_entry "
        "WHERE tenant_id = %s AND clock_id = %s ORDER BY seq",
        (agency.zone, current_tenant(), clock_id),
    ).fetchall()
    return [Entry(*row) for row in rows]


class Move(NamedTuple):
    """A due date that moved with the calendar; moments are local."""

    at: datetime
    old_due: datetime | None
    new_due: datetime | None
    reason: str


def ledger_and_moves(clock_id: UUID, agency: AgencyCalendar) -> tuple[list[Entry], list[Move]]:
    """Return the whole ledger of a clock and how the calendar has moved it, with one statement."""
    rows = db.execute_sql(
        "SELECT seq, at AT TIME ZONE %(zone)s AS moment, kind, amount, ground, document, NULL::timestamp, NULL::timestamp "
        "FROM casework.clock_entry WHERE tenant_id = %(tenant)s AND clock_id = %(clock)s UNION ALL "
        "SELECT NULL, at AT TIME ZONE %(zone)s, NULL, NULL, reason, NULL, old_due AT TIME ZONE %(zone)s, new_due AT TIME ZONE %(zone)s "
        "FROM casework.clock_move WHERE tenant_id = %(tenant)s AND clock_id = %(clock)s ORDER BY seq, moment",
        {"zone": agency.zone, "tenant": current_tenant(), "clock": clock_id},
    ).fetchall()
    entries = [
        Entry(kind, at, amount, ground, document)
        for seq, at, kind, amount, ground, document, _old, _new in rows
        if seq is not None
    ]
    return entries, [
        Move(at, old, new, reason) for seq, at, _k, _a, reason, _d, old, new in rows if seq is None
    ]


def case_moves(case_id: UUID) -> list[tuple[datetime, datetime | None, datetime | None, str]]:
    """Return how the calendar has moved the deadline of a whole case: when, from when, to when, why; the newest first."""
    return db.execute_sql(
        "SELECT m.at, m.old_due, m.new_due, m.reason FROM casework.clock k "
        "JOIN casework.clock_move m ON m.tenant_id = k.tenant_id AND m.clock_id = k.id "
        f"WHERE k.tenant_id = %s AND k.owner_id = %s AND {WHOLE_CLOCK} "
        "ORDER BY m.at DESC LIMIT 50",
        (current_tenant(), case_id),
    ).fetchall()
