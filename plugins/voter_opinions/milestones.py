"""By when what belongs to a session is done: days that the joint resolution on meetings with voters gives."""

from datetime import date, timedelta
from typing import NamedTuple

from core.api import N_
from plugins.casework.api import ClockError, agency_calendar
from plugins.voter_opinions.kinds import MEETING_NOTICE
from plugins.voter_opinions.models import Session

BEFORE, AFTER = timedelta(days=15), timedelta(days=15)
REPORT, PUBLISHED = 20, 15
SHORT_BEFORE, SHORT_AFTER = 2, timedelta(days=7)
"""Of an extraordinary session: working days before it, days after it."""


class Milestone(NamedTuple):
    """What has to be done, the last day for it."""

    title: str
    day: date


def milestones(of: Session) -> list[Milestone]:
    """Return the days around a session, the first one first; a council's own rules give it no more than its common day."""
    found: list[tuple[str, date | None]] = []
    if of.body == "national":
        before = workdays(of.opens_on, -SHORT_BEFORE) if of.extraordinary else of.opens_on - BEFORE
        after = of.closes_on + (SHORT_AFTER if of.extraordinary else AFTER)
        found = [(N_("Tổng hợp kiến nghị gửi trước kỳ họp"), before), (N_("Tổng hợp kiến nghị gửi sau kỳ họp"), after)]  # fmt: skip
        if not of.extraordinary:
            found.append((N_("Báo cáo kết quả giải quyết gửi trước kỳ họp"), workdays(of.opens_on, -REPORT)))
    if of.answer_by:
        found.append((N_("Trả lời kiến nghị của kỳ họp"), of.answer_by))
        found.append(
            (N_("Công khai kết quả trên báo chí, trang thông tin"), workdays(of.answer_by, PUBLISHED))
        )
    return sorted((Milestone(title, day) for title, day in found if day), key=lambda each: each.day)


def press_told_by(held_on: date) -> date | None:
    """Return by when the press gets the plan of a meeting with voters."""
    return workdays(held_on, -MEETING_NOTICE)


def workdays(day: date, count: int) -> date | None:
    """Return the day that is so many working days after another, or before it; None beyond what the calendar knows."""
    calendar, step = agency_calendar().calendar, timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    try:
        while left:
            day += step
            left -= calendar.works_on(day)
    except ClockError:
        return None
    return day
