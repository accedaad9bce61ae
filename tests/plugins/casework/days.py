"""Calendars for the tests of clocks: the usual hours, and the days of 2026 as domain rules have them."""

from datetime import date, datetime

from plugins.casework.deadlines.budget import Budget
from plugins.casework.deadlines.calendars import Calendar, DayRule, Week, spans_of
from plugins.casework.deadlines.clocks import Entry, due, replay

EIGHT_HOURS = spans_of([["07:00", "11:30"], ["13:30", "17:00"]])
WEEK = Week(date(2000, 1, 1), (EIGHT_HOURS,) * 5 + ((), ()))


def off(text: str, **more) -> DayRule:
    return DayRule(
        date.fromisoformat(text), more.pop("kind", "holiday"), name="Nghỉ", ground="Quyết định", **more
    )


def swap(free: str, worked: str) -> list[DayRule]:
    one, other = date.fromisoformat(free), date.fromisoformat(worked)
    return [off(free, kind="swap_off", pair=other), off(worked, kind="swap_work", pair=one)]


DAYS_2026 = [
    *swap("2026-01-02", "2026-01-10"),
    *swap("2026-08-31", "2026-08-22"),
    *(off(f"2026-02-{day}") for day in range(16, 21)),
    *(off(f"2026-{day}") for day in ("01-01", "04-27", "04-30", "05-01", "09-01", "09-02", "11-24")),
]
CALENDAR = Calendar([WEEK], DAYS_2026)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def started(text: str) -> Entry:
    return Entry("start", at(text))


def due_of(budget: str, *entries: Entry, calendar: Calendar = CALENDAR) -> datetime | None:
    parsed = Budget.parse(budget)
    return due(calendar, parsed, replay(calendar, parsed, entries))
