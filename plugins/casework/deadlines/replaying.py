"""Open deadlines when a calendar changes: first shown what would move, then counted anew in portions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from core.api import HOME_ZONE, N_, _, current_tenant, db, emit, new_id, unscoped
from plugins.casework.cases.queries import CASE, LEG
from plugins.casework.deadlines import clocks, following, queries
from plugins.casework.deadlines.budget import Budget, ClockError
from plugins.casework.deadlines.calendars import Calendar, DayRule, calendar_of
from plugins.casework.deadlines.events import DeadlinesReplayed
from plugins.casework.deadlines.queries import AgencyCalendar, OpenClock
from plugins.casework.writing import as_array, as_json

PORTION = 2000
"""Clocks of one transaction: short enough that nobody waits for long for one of them."""
LOOKED_AT = 50_000
"""So many clocks are counted for a preview; of more it says that there are more."""
SHOWN = 20
NAMED_FIXED = 8
"""So many codes of what is due on a day that becomes a day off are named."""
HOURS_CHANGED = N_("giờ làm việc của cơ quan thay đổi")


_budget = lru_cache(Budget)
"""Of a hundred thousand clocks most have one of few budgets."""


class Moving(NamedTuple):
    """A due date before and after; None is that of a paused clock."""

    clock: OpenClock
    due: datetime | None


def moving(calendar: Calendar, open_clocks: Iterable[OpenClock]) -> list[Moving]:
    """Return the clocks that are due at another time on a calendar."""
    found = []
    for each in open_clocks:
        due = due_of(calendar, each)
        if due != each.due:
            found.append(Moving(each, due))
    return found


def due_of(calendar: Calendar, clock: OpenClock) -> datetime | None:
    """Return when a clock is due; one that cannot be counted on the calendar stays as it is."""
    try:
        budget = _budget(clock.amount, clock.unit)
        return clocks.due(calendar, budget, clocks.replay(calendar, budget, clock.entries))
    except ClockError:
        return clock.due


# ---- before: what a change would move --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DayChange:
    """Days to add to a calendar, and days to take out of it."""

    adds: tuple[DayRule, ...] = ()
    removes: tuple[UUID, ...] = ()
    removed: tuple[DayRule, ...] = ()
    """What `removes` names, as it stands in the calendar."""

    @property
    def days(self) -> list[date]:
        """All days that it is about."""
        return sorted({rule.day for rule in (*self.adds, *self.removed)})

    @property
    def days_off(self) -> list[date]:
        """Those on which nobody closes any more."""
        added = {rule.day for rule in self.adds if not rule.works and rule.part != "morning"}
        return sorted(added | {rule.day for rule in self.removed if rule.works})

    def on(self, agency: AgencyCalendar) -> Calendar:
        """Return an agency's calendar as it would be."""
        gone = {(rule.day, rule.own) for rule in self.removed}
        kept = (rule for rule in agency.rules if (rule.day, rule.own) not in gone)
        return calendar_of(agency.weeks, (*kept, *self.adds))


@dataclass(slots=True)
class Preview:
    """What a change would do to open clocks; `agencies` and `rows` begin with the first."""

    later: int = 0
    earlier: int = 0
    looked_at: int = 0
    complete: bool = True
    """False when there were too many to count all."""
    agencies: list[tuple[str, int]] = field(default_factory=list)
    rows: list[tuple[str, str, datetime, datetime]] = field(default_factory=list)
    """Agency, title (of cases their code), due before, due after."""
    fixed: int = 0
    """What is due by a day that somebody named and that becomes a day off: it stays there."""
    fixed_codes: Sequence[str] = ()
    """Of the first of these, in the agency itself."""

    @property
    def moved(self) -> int:
        """How many due dates move."""
        return self.later + self.earlier

    def add(self, name: str, moved: Sequence[Moving], looked_at: int) -> None:
        """Add what moves in one agency."""
        self.looked_at += looked_at
        for each, due in moved:
            if due is None or each.due is None:
                continue
            if due > each.due:
                self.later += 1
            else:
                self.earlier += 1
            if len(self.rows) < SHOWN:
                # Whoever keeps the calendar need not be one who may read the case: its code is enough to ask for it.
                title = each.title.split(" ", 1)[0] if each.owner_type in (CASE, LEG) else each.title
                self.rows.append((name, title, each.due, due))
        if moved:
            self.agencies.append((name, len(moved)))


def preview_here(change: DayChange) -> Preview:
    """Return what a change of its own days would do in the agency in scope."""
    found = Preview()
    agency = queries.agency_calendar()
    _look(found, change, current_tenant(), "", agency)
    found.fixed, found.fixed_codes = queries.fixed_on(
        current_tenant(), agency.zone, change.days_off, NAMED_FIXED
    )
    return found


def preview_everywhere(change: DayChange) -> Preview:
    """Return what a change in the whole country would do; operators read agencies and dates, not titles."""
    found = Preview()
    names = dict(queries.agencies_with_open_clocks())
    with unscoped(reason="preview what a holiday of the country moves in all agencies"), db.atomic():
        for tenant_id, agency in queries.agency_calendars(names).items():
            _look(found, change, tenant_id, names[tenant_id], agency)
        found.fixed, _codes = queries.fixed_on(None, HOME_ZONE.key, change.days_off, NAMED_FIXED)
    found.rows = [(name, "", old, new) for name, _title, old, new in found.rows]
    return found


def _look(found: Preview, change: DayChange, tenant_id: UUID, name: str, agency: AgencyCalendar) -> None:
    room = LOOKED_AT - found.looked_at
    if room <= 0:
        found.complete = False
        return
    touched = queries.touched_clocks(tenant_id, agency, change.days, room)
    found.add(name, moving(change.on(agency), touched), len(touched))
    found.complete = found.complete and len(touched) < room


# ---- after: every open clock on the new calendar ---------------------------------------------------


class Replayed(NamedTuple):
    """How many clocks were counted anew, and how many of them are due at another time; `last` is the last of them."""

    seen: int = 0
    moved: int = 0
    last: UUID = UUID(int=0)


def replay_open_clocks(portion: int = PORTION) -> Replayed:
    """Count the open clocks of the agency in scope anew that were counted on another calendar, and tell whom that concerns.

    Each portion is a transaction of its own and marks what it has counted, so that a run that was
    killed goes on where it stood, and a run too many finds nothing to do.
    """
    _pass_over(portion * 10)
    total = Replayed()
    while True:
        with db.atomic():
            done = replay_portion(total.last, portion)
        total = Replayed(total.seen + done.seen, total.moved + done.moved, done.last)
        if done.seen < portion:
            following.tell_moved()
            return total


def _pass_over(portion: int) -> None:
    """Mark what lies wholly before the days that changed, or after them, without reading its ledger: it is due when it was."""
    while True:
        with db.atomic():
            if not queries.mark_untouched(queries.agency_calendar(), portion):
                return


def replay_portion(after: UUID, portion: int) -> Replayed:
    """Count one portion of clocks anew, in the running transaction, with all that follows them and one fact."""
    agency = queries.agency_calendar()
    waiting = queries.waiting_clocks(agency, after, portion)
    if not waiting:
        return Replayed()
    # Beside a thousand rows PostgreSQL would read the whole table, in every portion; a portion looks its own rows up.
    db.execute_sql("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    moved = moving(agency.calendar, waiting)
    moving_ids = {each.id for each, _due in moved}
    db.execute_sql(
        "UPDATE casework.clock c SET calendar = %s FROM unnest(%s::uuid[]) AS s (id) WHERE c.tenant_id = %s AND c.id = s.id",
        (agency.stamp, as_array(each.id for each in waiting if each.id not in moving_ids), current_tenant()),
    )
    reasons = {stamp: _reason(stamp) for stamp in {each.stamp for each, _due in moved}}
    told = "; ".join(sorted(set(reasons.values())))
    run_id = following.run_of(agency.stamp, told) if moved else None
    if run_id:
        _write_moves(moved, agency, reasons, run_id)
    cases = following.follow(agency, _standing(waiting, moved), run_id)
    # Whoever hears of it asks other things, and statements prepared now would keep a plan of that kind.
    db.execute_sql("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")
    if moved:
        emit(DeadlinesReplayed(seen=len(waiting), moved=len(moved), reason=told, cases=tuple(cases)))
    return Replayed(len(waiting), len(moved), waiting[-1].id)


def _standing(waiting: Sequence[OpenClock], moved: Sequence[Moving]) -> list[following.Standing]:
    """Return where the counted deadlines of whole cases and of legs stand now."""
    ends = {clock.id: due for clock, due in moved}
    return [
        following.Standing(
            each.owner_type, each.case_id, _budget(each.amount, each.unit), each.entries, ends.get(each.id, each.due), each.id in ends
        )
        for each in waiting
        if each.case_id
    ]  # fmt: skip


def _write_moves(
    moved: Sequence[Moving], agency: AgencyCalendar, reasons: dict[str, str], run_id: UUID
) -> None:
    values = {
        "tenant": current_tenant(),
        "zone": agency.zone,
        "stamp": agency.stamp,
        "run": run_id,
        "moved": as_json(
            [
                {"clock": each.id, "due": due, "id": new_id(), "reason": reasons[each.stamp]}
                for each, due in moved
            ]
        ),
    }
    db.execute_sql(
        """
        WITH moved AS (
            SELECT * FROM json_to_recordset(%(moved)s::json) AS m (clock uuid, due timestamp, id uuid, reason text)
        ), kept AS (
            INSERT INTO casework.clock_move (tenant_id, id, clock_id, old_due, new_due, reason, run_id)
            SELECT c.tenant_id, m.id, c.id, c.due_at, m.due AT TIME ZONE %(zone)s, m.reason, %(run)s
            FROM moved m JOIN casework.clock c ON c.tenant_id = %(tenant)s AND c.id = m.clock
        )
        UPDATE casework.clock c SET due_at = m.due AT TIME ZONE %(zone)s, calendar = %(stamp)s
        FROM moved m WHERE c.tenant_id = %(tenant)s AND c.id = m.clock
        """,
        values,
    )


def _reason(stamp: str) -> str:
    """Return what has changed since a clock was counted, for its explanation."""
    number = stamp.partition(".")[0]
    changes = queries.changes_since(int(number)) if number.isdecimal() else []
    return "; ".join(changes) or _(HOURS_CHANGED)
