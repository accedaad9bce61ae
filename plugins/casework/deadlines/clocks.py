"""Clocks: a budget and a ledger; the due date is what follows from both on a calendar. Nothing here has a side effect.

A clock runs on an axis: working minutes, calendar days, or working days as a whole. What was used until a pause and what is left
at a resumption are lengths on that axis, so that a pause of no time changes nothing, a pause cut in two is
the same pause, and a replay of the whole ledger ends where entry after entry ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from core.api import _
from plugins.casework.deadlines.budget import CUT_OFF, LIMITS, Budget, ClockError
from plugins.casework.deadlines.calendars import FIRST_DAY, LAST_DAY, Calendar, out_of_calendar

EntryKind = Literal["start", "pause", "resume", "extend", "restart"]
Outcome = Literal["early", "on_time", "late"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ledger: what happened to the clock, when, on what ground, by which document."""

    kind: EntryKind
    at: datetime
    amount: int = 0
    """Of an extension, in the unit of the budget."""
    ground: str = ""
    document: str = ""


class State(NamedTuple):
    """Where a clock stands after some entries; lengths and positions are those of its axis."""

    last: datetime
    """When the last entry was."""
    allowed: int
    """The budget with its extensions."""
    used: int
    since: int | None
    """From where it has been running; None while it is paused."""
    original: datetime
    """When it was due as it started."""

    @property
    def left(self) -> int:
        """What was left of the budget when the clock was last set going or stopped; less than none is late."""
        return self.allowed - self.used

    @property
    def began(self) -> int | None:
        """From where it would have run to here without its pauses, which are nobody's share; None while it is paused."""
        return None if self.since is None else self.since - self.used


def length(calendar: Calendar, budget: Budget, amount: int, at: datetime) -> int:
    """Return an amount of the budget's unit as a length on its axis, by the hours in force at a moment."""
    if budget.unit in ("cd", "sd"):
        return amount
    return amount * (60 if budget.unit == "h" else calendar.week(at.date()).full_day)


def place(calendar: Calendar, budget: Budget, moment: datetime) -> int:
    """Return where a moment stands on the axis of a budget."""
    if budget.unit == "sd":
        return calendar.day_number(moment, CUT_OFF)
    return moment.toordinal() if budget.unit == "cd" else calendar.position(moment)


def moment_at(calendar: Calendar, budget: Budget, position: int) -> datetime:
    """Return the moment of a place on the axis: calendar days end with a working day, as the Civil Code has it."""
    if budget.unit == "sd":
        return calendar.closing(calendar.numbered_day(position))
    if budget.unit != "cd":
        return calendar.moment(position)
    return calendar.closing(calendar.next_working(calendar_day(position)))


def calendar_day(position: int) -> date:
    """Return the day of a place on the axis of calendar days.

    Raises ClockError beyond the last day of calendars.
    """
    if not FIRST_DAY.toordinal() <= position <= LAST_DAY.toordinal():
        raise out_of_calendar()
    return date.fromordinal(position)


def step(calendar: Calendar, budget: Budget, state: State | None, entry: Entry) -> State:
    """Return where a clock stands after one more entry.

    Raises ClockError for an entry that cannot follow.
    """
    if state is None:
        if entry.kind != "start":
            raise ClockError(_("Thời hạn phải bắt đầu trước đã."))
        return _started(calendar, budget, entry)
    _check(budget, state, entry)
    if entry.kind == "restart":
        return _started(calendar, budget, entry)._replace(original=state.original)
    if entry.kind == "extend":
        more = length(calendar, budget, entry.amount, entry.at)
        return state._replace(last=entry.at, allowed=state.allowed + more)
    now = place(calendar, budget, entry.at)
    if state.since is None:
        return state._replace(last=entry.at, since=now)
    return state._replace(last=entry.at, used=state.used + now - state.since, since=None)


def _check(budget: Budget, state: State, entry: Entry) -> None:
    """Refuse an entry that cannot follow."""
    if entry.at < state.last:
        raise ClockError(_("Việc này sớm hơn việc ghi trước đó của thời hạn."), "at")
    if entry.kind == "start":
        raise ClockError(_("Thời hạn đã bắt đầu rồi."))
    if entry.kind == "extend" and entry.amount < 1:
        raise ClockError(_("Gia hạn ít nhất là 1."), "amount")
    if entry.kind == "extend" and entry.amount > (most := LIMITS[budget.unit]):
        raise ClockError(_("Gia hạn nhiều nhất {limit}.", limit=Budget.words_of(most, budget.unit)), "amount")
    if entry.kind == "pause" and state.since is None:
        raise ClockError(_("Thời hạn đang tạm dừng rồi."))
    if entry.kind == "resume" and state.since is not None:
        raise ClockError(_("Thời hạn đang chạy, không có gì để chạy tiếp."))


def due(calendar: Calendar, budget: Budget, state: State) -> datetime | None:
    """Return when a clock is due as it stands; None while it is paused."""
    if state.since is None:
        return None
    return moment_at(calendar, budget, state.since + state.left)


def at_share(
    calendar: Calendar, budget: Budget, began: int, due: datetime, share: int, given: datetime
) -> datetime:
    """Return when so many percent of the time from a place on the axis to a due date have passed; the due date where no time lies between.

    Whoever was `given` the work after that has the share of the time that was left. Raises ClockError for a date that somebody set beyond the last day of calendars.
    """
    if share >= 100:
        return due
    end = place(calendar, budget, due)
    for start in (began, place(calendar, budget, given)):
        if start >= end:
            return due
        position = start + (end - start) * share // 100
        # A part of one working day is that day.
        moment = moment_at(calendar, budget, max(position, start + 1) if budget.unit == "sd" else position)
        if given < moment:
            return moment
    return given  # what is given after closing is not due at the closing before


def replay(calendar: Calendar, budget: Budget, entries: Iterable[Entry]) -> State:
    """Return where a clock stands after a whole ledger.

    Raises ClockError for a ledger that cannot be.
    """
    state = None
    for entry in entries:
        state = step(calendar, budget, state, entry)
    if state is None:
        raise ClockError(_("Thời hạn phải bắt đầu trước đã."))
    return state


def outcome(due_at: datetime | None, ended: datetime) -> Outcome:
    """Compare by date, never by hour: what is done on its day is on time, and so is what has no deadline."""
    if due_at is None or ended.date() == due_at.date():
        return "on_time"
    return "early" if ended.date() < due_at.date() else "late"


def _started(calendar: Calendar, budget: Budget, entry: Entry) -> State:
    allowed = length(calendar, budget, budget.amount, entry.at)
    if not allowed:
        raise ClockError(_("Cơ quan chưa có giờ làm việc nào trong tuần, nên không tính được thời hạn."))
    since = place(calendar, budget, entry.at)
    return State(entry.at, allowed, 0, since, moment_at(calendar, budget, since + allowed))
