"""How urgent something is, in the words of the badge; the same for lists, cases and mails."""

from datetime import date, datetime, time, timedelta

from core.api import _, format_date, ngettext
from plugins.casework.deadlines import clocks
from plugins.casework.deadlines.budget import Budget
from plugins.casework.deadlines.calendars import Calendar
from plugins.pages.api import Due

SOON_WORKING_DAYS = 2
SOON_SHARE = 0.2
"""What is left of the budget when it is soon."""


def due_badge(
    calendar: Calendar,
    budget: Budget,
    due: datetime | None,
    now: datetime,
    *,
    started: datetime,
    ended: datetime | None = None,
) -> Due:
    """Return the badge of a deadline; all moments are local. Without a due date the clock is paused."""
    if ended is not None:
        return _done(due, ended)
    if due is None:
        return Due("paused", _("Tạm dừng"))
    date = f"{format_date(due)} {due:%H:%M}"
    days = (now.date() - due.date()).days
    if days > 0:
        return Due("late", ngettext("Quá hạn {n} ngày", "Quá hạn {n} ngày", days), date)
    if days == 0:
        return Due("today", _("Hôm nay {time}", time=f"{due:%H:%M}"), date)
    working = calendar.working_days(now.date(), due.date())
    whole = clocks.place(calendar, budget, due) - clocks.place(calendar, budget, started)
    left = clocks.place(calendar, budget, due) - clocks.place(calendar, budget, now)
    kind = "soon" if working <= SOON_WORKING_DAYS or left <= whole * SOON_SHARE else "in-time"
    text = ngettext("Còn {n} ngày làm việc", "Còn {n} ngày làm việc", working)
    if budget.unit == "cd":
        text = ngettext("Còn {n} ngày", "Còn {n} ngày", -days)
    # Of what had a day or less, or falls due before the next working day, days tell nothing.
    elif not working or due - started <= timedelta(days=1):
        hours = max(int((due - now) / timedelta(hours=1)), 1)
        text = ngettext("Còn {n} giờ", "Còn {n} giờ", hours)
    return Due(kind, text, date)  # type: ignore[arg-type]


def no_deadline() -> Due:
    """Return the badge of what has no deadline."""
    return Due("none", _("Không tính hạn"))


def done_on(due: date, day: date) -> Due:
    """Return the badge of what was done on a day."""
    return _done(datetime.combine(due, time()), datetime.combine(day, time()))


def _done(due: datetime | None, ended: datetime) -> Due:
    ending = clocks.outcome(due, ended)
    days = abs((ended.date() - due.date()).days) if due else 0
    if ending == "on_time":
        return Due("done", _("Xong đúng hạn"))
    if ending == "early":
        return Due("done", ngettext("Xong sớm {n} ngày", "Xong sớm {n} ngày", days))
    return Due("done-late", ngettext("Xong trễ {n} ngày", "Xong trễ {n} ngày", days))
