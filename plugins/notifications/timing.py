"""When a mail goes: at once, after the quiet hours, or with the others of a day. Pure functions of a moment."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.api import HOME_ZONE


@dataclass(frozen=True, slots=True)
class Schedule:
    """A person's hours, in the time zone of the agency."""

    quiet_from: time | None = time(21)
    quiet_to: time | None = time(6)
    digest_at: time = time(7)
    zone: str = HOME_ZONE.key


STANDARD = Schedule()
"""What holds for who has chosen nothing."""


def is_quiet(at: time, schedule: Schedule) -> bool:
    """Tell whether a time of day lies in the quiet hours, which may go on past midnight."""
    begin, end = schedule.quiet_from, schedule.quiet_to
    if begin is None or end is None or begin == end:
        return False
    return begin <= at < end if begin < end else at >= begin or at < end


def at_once(now: datetime, schedule: Schedule) -> datetime:
    """Return when a mail that goes at once may go: now, or at the end of the quiet hours."""
    here = now.astimezone(ZoneInfo(schedule.zone))
    if schedule.quiet_to is None or not is_quiet(here.time(), schedule):
        return now
    return _next(here, schedule.quiet_to)


def digest(now: datetime, schedule: Schedule) -> datetime:
    """Return when the next mail that gathers a day goes."""
    return _next(now.astimezone(ZoneInfo(schedule.zone)), schedule.digest_at)


def _next(here: datetime, at: time) -> datetime:
    today = datetime.combine(here.date(), at, here.tzinfo)
    return (today if today > here else today + timedelta(days=1)).astimezone(UTC)
