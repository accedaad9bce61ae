"""When an agency works: weekly hours with the days that are otherwise, added up so that a deadline is one look-up.

A calendar is expanded once into the working minutes before each day. The position of a moment is the
number of working minutes before it, and the moment of a position is found by bisection: neither walks over days.
Moments are local time without a zone.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from threading import Lock
from typing import Literal

from core.api import _
from plugins.casework.deadlines.budget import ClockError

Spans = tuple[tuple[int, int], ...]
"""Times at work on a day, in minutes since midnight, in order."""
Part = Literal["day", "morning", "afternoon"]
Kind = Literal["holiday", "off", "swap_off", "swap_work", "work"]

FIRST_DAY, LAST_DAY = date(2015, 1, 1), date(2100, 12, 31)
"""Nothing on the platform is older; nothing is due later."""
NOON = 12 * 60
_EXPANDED_AT_ONCE = 366


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of each weekday from a day on, Monday first."""

    valid_from: date
    days: tuple[Spans, ...]

    @property
    def full_day(self) -> int:
        """The minutes of its longest day: so much is "one working day"."""
        return max(sum(end - start for start, end in day) for day in self.days)

    @property
    def pattern(self) -> Spans:
        """The hours of its longest day, for days that are worked out of turn."""
        return max(self.days, key=lambda day: sum(end - start for start, end in day))


@dataclass(frozen=True, slots=True)
class DayRule:
    """A day, or half of it, that is not as its weekday says: who decided so stands in `ground`."""

    day: date
    kind: Kind
    part: Part = "day"
    name: str = ""
    ground: str = ""
    pair: date | None = None
    """The other day of a swap."""
    own: bool = False
    """Of one agency, rather than of the country."""

    @property
    def works(self) -> bool:
        """Whether the day is worked rather than off."""
        return self.kind in ("work", "swap_work")


def part_of(spans: Spans, part: Part) -> Spans:
    """Return the working time before noon or after it."""
    if part == "day":
        return spans
    start, end = (0, NOON) if part == "morning" else (NOON, 24 * 60)
    cut = ((max(start, begin), min(end, finish)) for begin, finish in spans)
    return tuple((begin, finish) for begin, finish in cut if begin < finish)


class Calendar:
    """The working time of one agency; make it with `calendar_of`, which keeps what was expanded."""

    def __init__(self, weeks: Sequence[Week], rules: Iterable[DayRule]) -> None:
        self._weeks = sorted(weeks, key=lambda week: week.valid_from)
        self._rules: dict[int, list[DayRule]] = {}
        # What an agency decides for itself stands on what the country decides, and leaves the rest of it.
        for rule in sorted(rules, key=lambda rule: rule.own):
            self._rules.setdefault(rule.day.toordinal(), []).append(rule)
        self._first = FIRST_DAY.toordinal()
        self._spans: list[Spans] = []
        self._minutes = array("l", [0])
        """Working minutes before each day; one more than there are days."""
        self._days = array("l", [0])
        """Working days before each day."""
        self._growing = Lock()

    # ---- one day -----------------------------------------------------------------------------------

    def week(self, day: date) -> Week:
        """Return the weekly hours in force on a day."""
        return next((week for week in reversed(self._weeks) if week.valid_from <= day), self._weeks[0])

    def rule(self, day: date) -> DayRule | None:
        """Return why a day is not as its weekday says: the last decision that made it what it is."""
        return self._layered(day)[1]

    def spans(self, day: date) -> Spans:
        """Return the working time of a day."""
        return self._spans[self._index(day)]

    def works_on(self, day: date) -> bool:
        """Tell whether there is any working time on a day."""
        return bool(self.spans(day))

    def closing(self, day: date) -> datetime:
        """Return when work ends on a working day."""
        return _at(day.toordinal(), self.spans(day)[-1][1])

    def decides(self, year: int) -> bool:
        """Tell whether the days off of a year are known: without any, nobody has entered them yet."""
        return any(rule.day.year == year and not rule.own for rules in self._rules.values() for rule in rules)

    # ---- working time ------------------------------------------------------------------------------

    def position(self, moment: datetime) -> int:
        """Return the working minutes before a moment."""
        index = self._index(moment)
        minute, total = moment.hour * 60 + moment.minute, self._minutes[index]
        for start, end in self._spans[index]:
            if minute >= end:
                total += end - start
            elif minute > start:
                total += minute - start
        return total

    def moment(self, position: int) -> datetime:
        """Return the first moment before which there are so many working minutes.

        Time that is used up at closing is used up then, not when work begins again.
        """
        while position > self._minutes[-1]:
            self._grow(self._first + len(self._spans))
        index = bisect_left(self._minutes, position, lo=1) - 1
        rest = position - self._minutes[index]
        for start, end in self._spans[index]:
            if rest <= end - start:
                return _at(self._first + index, start + rest)
            rest -= end - start
        raise out_of_calendar()  # a position before the first day

    def next_working(self, day: date) -> date:
        """Return the day itself if it is worked, or the next one that is."""
        index = self._index(day)
        while self._days[-1] == self._days[index]:
            self._grow(self._first + len(self._spans))
        return date.fromordinal(self._first + bisect_left(self._days, self._days[index] + 1, lo=index) - 1)

    def working_days(self, after: date, until: date) -> int:
        """Return how many working days there are after a day, up to and with another."""
        return self._days[self._index(until) + 1] - self._days[self._index(after) + 1]

    def day_number(self, moment: datetime, cut_off: int) -> int:
        """Return how many working days lie before the one a moment belongs to: after so many minutes of it, to the next one."""
        index = self._index(moment)
        spans = self._spans[index]
        late = spans and moment.hour * 60 + moment.minute >= min(cut_off, spans[-1][1])
        return self._days[index + 1] if late else self._days[index]

    def numbered_day(self, number: int) -> date:
        """Return the working day that is so many days in: the first one is 1."""
        while self._days[-1] < number:
            self._grow(self._first + len(self._spans))
        return date.fromordinal(self._first + bisect_left(self._days, number, lo=1) - 1)

    # ---- expanding ---------------------------------------------------------------------------------

    def _index(self, day: date) -> int:
        ordinal = day.toordinal()
        if ordinal < self._first:
            raise out_of_calendar()
        # The minutes grow last: a day that has them has its spans and its working days too.
        if ordinal - self._first >= len(self._minutes) - 1:
            self._grow(ordinal)
        return ordinal - self._first

    def _grow(self, ordinal: int) -> None:
        """Expand up to a day, and a year further."""
        last = LAST_DAY.toordinal()
        if ordinal > last:
            raise out_of_calendar()
        with self._growing:
            for each in range(self._first + len(self._spans), min(ordinal + _EXPANDED_AT_ONCE, last) + 1):
                spans, _rule = self._layered(date.fromordinal(each))
                # In this order: whoever reads meanwhile finds a day for each of its minutes.
                self._spans.append(spans)
                self._days.append(self._days[-1] + bool(spans))
                self._minutes.append(self._minutes[-1] + sum(end - start for start, end in spans))

    def _layered(self, day: date) -> tuple[Spans, DayRule | None]:
        """Return the working time of a day, and the last of its rules that changed something."""
        week = self.week(day)
        spans, deciding = week.days[day.weekday()], None
        for rule in self._rules.get(day.toordinal(), ()):
            changed = _changed(week, spans, rule)
            # The first one says why the day is otherwise, also where nobody would have worked anyway.
            if deciding is None or changed != spans:
                deciding = rule
            spans = changed
        return spans, deciding


def _changed(week: Week, spans: Spans, rule: DayRule) -> Spans:
    """Return the working time of a day after one more rule; half a day leaves the other half as it is."""
    rest: Spans = ()
    if rule.part != "day":
        rest = part_of(spans, "afternoon" if rule.part == "morning" else "morning")
    if not rule.works:
        return rest
    lent = week.days[rule.pair.weekday()] if rule.pair else week.pattern
    return tuple(sorted((*rest, *part_of(lent or week.pattern, rule.part))))


@lru_cache(maxsize=64)
def calendar_of(weeks: tuple[Week, ...], rules: tuple[DayRule, ...]) -> Calendar:
    """Return the calendar of these hours and days, expanded once for all agencies that share them."""
    return Calendar(weeks, rules)


def spans_of(hours: Sequence[Sequence[str]]) -> Spans:
    """Return working time from how agencies keep it: [["07:00", "11:30"], ["13:30", "17:00"]]."""
    return tuple((_minutes(start), _minutes(end)) for start, end in hours)


def spans_text(spans: Spans) -> str:
    """Return working time as people write it: 07:00–11:30, 13:30–17:00."""
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in spans)


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _at(ordinal: int, minutes: int) -> datetime:
    return datetime.combine(date.fromordinal(ordinal), time()) + timedelta(minutes=minutes)


def out_of_calendar() -> ClockError:
    """Return the refusal of what lies before the first day of calendars or after their last."""
    text = _(
        "Ngoài lịch làm việc của nền tảng: chỉ tính được từ {first} đến {last}, ở cơ quan có giờ làm việc.",
        first=FIRST_DAY.year,
        last=LAST_DAY.year,
    )
    return ClockError(text, "start")
