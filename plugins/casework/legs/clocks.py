"""The time an agency has for a leg: a clock on its own calendar that both sides read, and who used how much of it.

The clock hangs on the leg in the agency that got it, so that its own days off and hours count, and follows when
these change. It stands still while the sender reads an answer: what the sender takes is not the receiver's. For a
system outside, which has no calendar here, it is counted on the sender's.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

from core.api import N_, Invalid, _, current_time, format_date, reading, scope
from plugins.casework.cases import queries as cases
from plugins.casework.cases.queries import LEG, WHOLE
from plugins.casework.deadlines import services
from plugins.casework.deadlines.budget import Budget
from plugins.casework.deadlines.explaining import Explanation, moment_text, why, working_time
from plugins.casework.deadlines.queries import AgencyCalendar, agency_calendar, agency_calendars
from plugins.casework.deadlines.services import ClockOwner
from plugins.casework.legs.purposes import purpose_of
from plugins.casework.legs.queries import LegRow, Line, leg, lines
from plugins.casework.models import Case, Clock
from plugins.casework.registers.queries import agency_day

DEFAULT_GROUND = N_("Thời hạn nơi gửi đặt khi gửi chặng")
ANSWERED, ASKED_AGAIN = N_("Đã trả lời, chờ nơi gửi xem"), N_("Nơi gửi hỏi lại")
BROKEN_OFF = ("returned", "recalled")
OVER, NEW_DAY = N_("Chặng đã kết thúc"), N_("Nơi gửi hẹn ngày mới")

ROOM, SHORTEST, USUAL = timedelta(days=7), timedelta(days=3), timedelta(days=15)
"""What is left to put answers together, the least that agencies get, and what they get where a case has no deadline."""


def answer_day(case: Case) -> date:
    """Propose until when agencies answer: a week before the case itself is due, if there is so much time."""
    today, worked = agency_day(), agency_calendar().worked
    if case.due_at is None:
        return worked(today + USUAL)
    own, soonest = agency_day(case.due_at), worked(today + SHORTEST)
    return min(max(worked(own - ROOM), soonest), own) if own > today else soonest


def check_in_time(leg_id: UUID, now: datetime, *, field: str, beyond: bool) -> None:
    """Let nobody answer on a later day than the case has, unless the sender says so; a case that is late asks for what it can get.

    It is asked of the leg as it stands after the act. Raises Invalid.
    """
    of = leg(leg_id)
    case = cases.case(of.case_id)
    if (
        beyond
        or not purpose_of(of.purpose).answers
        or of.due_at is None
        or case.due_at is None
        or case.due_at <= now
    ):
        return
    day, last = agency_day(of.due_at), agency_day(case.due_at)
    if day > last:
        text = _(
            "Hạn của chặng {day} sau hạn của vụ việc {last}. Rút ngắn lại, hoặc đánh dấu “Vẫn hẹn sau hạn của vụ việc” rồi gửi.",
            day=format_date(day, year=True), last=format_date(last, year=True),
        )  # fmt: skip
        raise Invalid({field: [text]})


@contextmanager
def counted(of: LegRow) -> Iterator[None]:
    """Work in the scope of the agency by whose calendar a leg is counted."""
    with scope(of.counted_by):
        yield


def calendars_of(legs: Iterable[LegRow]) -> dict[UUID, AgencyCalendar]:
    """Return the calendars by which legs are counted, by agency: read together, however many legs there are."""
    agencies = {each.counted_by for each in legs}
    if not agencies:
        return {}
    with reading(agencies):
        return agency_calendars(agencies)


def clock_of(of: LegRow) -> Clock | None:
    """Return the clock of a leg; one that was promised for a day has none."""
    with counted(of):
        return (
            Clock.select()
            .where(Clock.owner_type == LEG, Clock.owner_id == of.id, Clock.name == WHOLE)
            .first()
        )


def explained(of: LegRow) -> Explanation | None:
    """Return why a leg is due when it is, or why not any more, for either side."""
    if of.state in BROKEN_OFF:
        # What was done, and taken back later, ended as its clock says.
        ways = [each.kind for each in lines(of) if each.at == of.done_at and each.kind in BROKEN_OFF]
        if ways:
            return _ended(of, ways[0])
    clock = clock_of(of)
    with counted(of):
        agency = agency_calendar()
        # A clock that ended before its leg gave way to a day that the sender named.
        if clock and not (clock.closed_at and (of.done_at is None or clock.closed_at < of.done_at)):
            return why(clock, agency)
    return _named_day(of, agency) if of.due_at else None


def _ended(of: LegRow, way: str) -> Explanation:
    """Say that nothing is due any more of a leg that was returned or taken back."""
    with counted(of):
        at = moment_text(agency_calendar().local(of.done_at))  # type: ignore[arg-type]
    returned = _(
        "Chặng kết thúc lúc {at} khi {agency} trả lại; thời hạn không còn tính.", at=at, agency=of.receiver
    )
    recalled = _(
        "Chặng kết thúc lúc {at} khi {agency} rút lại; thời hạn không còn tính.", at=at, agency=of.sender
    )
    return Explanation(None, of.due_at or of.sent_at, returned if way == "returned" else recalled, ())


def _named_day(of: LegRow, agency: AgencyCalendar) -> Explanation | None:
    """Say who named the day of a leg, or asked again for it, and when; nothing where no line tells."""
    last = next((each for each in reversed(lines(of)) if each.kind in ("sent", "extended", "again")), None)
    if last is None:
        return None
    due = agency.local(of.due_at)  # type: ignore[arg-type]
    said = {
        "due": format_date(due, year=True),
        "name": last.person or last.agency,
        "day": format_date(agency.local(last.at)),
    }
    words = {
        "sent": _("Hạn {due} do {name} đặt khi gửi chặng, {day}.", **said),
        "extended": _("Hạn {due} do {name} đặt, {day}.", **said),
        "again": _("Hạn {due} có từ khi {name} hỏi lại, {day}.", **said),
    }
    return Explanation(due, due, words[last.kind], ())


# ---- what the acts on a leg do to its clock, in their transaction ------------------------------------------------


def begin(of: LegRow, budget: Budget, ground: str, at: datetime) -> None:
    """Let the time for a leg begin as it is sent. Raises Invalid."""
    with counted(of):
        clock = services.start_clock(
            ClockOwner(LEG, of.id), WHOLE, budget, at, title=f"{of.code} {of.title}"[:300], ground=ground or DEFAULT_GROUND
        )  # fmt: skip
        services.lead(clock, agency_calendar())


def due_by(of: LegRow, at: datetime) -> datetime | None:
    """Return by when a leg that ends at a moment had to be done: of one that is paused when it would be due if it ran on."""
    clock = clock_of(of) if of.paused else None
    if clock is None:
        return of.due_at
    with counted(of):
        return services.due_if_resumed(clock, max(at, clock.last_at))


def stop(of: LegRow, at: datetime) -> None:
    """Let the time stand still while the sender reads an answer."""
    clock = clock_of(of)
    if clock is not None and clock.state == "running":
        with counted(of):
            services.record(clock.id, "pause", max(at, clock.last_at), ground=ANSWERED)


def go_on(of: LegRow, due: datetime | None, at: datetime) -> datetime | None:
    """Let the time go on as a leg is asked again, with what was left at the answer; return when it is due then.

    A day that the sender names instead ends the clock.
    """
    clock = clock_of(of)
    with counted(of):
        if clock is None or clock.closed_at:
            return due or _shifted(of, at)
        at = max(at, clock.last_at)
        if due is not None:
            services.close_clock(clock.id, at, ground=NEW_DAY)
            return due
        return services.record(clock.id, "resume", at, ground=ASKED_AGAIN).due_at


def _shifted(of: LegRow, at: datetime) -> datetime | None:
    """Return the day of a leg without a clock, later by the working time that the sender took over the answer."""
    if of.due_at is None or of.answered_at is None:
        return of.due_at
    agency = agency_calendar()
    calendar = agency.calendar
    taken = calendar.position(agency.local(at)) - calendar.position(agency.local(of.answered_at))
    return agency.aware(calendar.moment(calendar.position(agency.local(of.due_at)) + max(taken, 0)))


def end(of: LegRow, at: datetime) -> None:
    """End the time for a leg with the leg."""
    clock = clock_of(of)
    if clock is not None and clock.closed_at is None:
        with counted(of):
            services.close_clock(clock.id, max(at, clock.last_at), ground=OVER)


# ---- whose turn took how long --------------------------------------------------------------------------------------


_TO_SENDER, _TO_RECEIVER, _TO_NOBODY = (
    ("answered",),
    ("sent", "again", "resumed"),
    ("paused", "done", "returned", "recalled"),
)


def stretches(lines: Iterable[Line], now: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    """Return who had a leg from when to when; nobody while it was stopped on a ground, and when it is over."""
    who, since = "", now
    for line in lines:
        turn = "sender" if line.kind in _TO_SENDER else "receiver" if line.kind in _TO_RECEIVER else ""
        if not turn and line.kind not in _TO_NOBODY:
            continue
        if who:
            yield who, since, line.at
        who, since = turn, line.at
    if who:
        yield who, since, now


def turn_words(of: LegRow, lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Return in words who has used how much working time, each by its own calendar, as a label and its text."""
    now = current_time()
    found = list(stretches(lines, now))
    with counted(of):
        _taken, receiver = _used("receiver", found, now)
    with scope(of.tenant_id):
        minutes, sender = _used("sender", found, now)
    told = [(_("{agency} đã giữ", agency=of.receiver), receiver)]
    if minutes:
        told.append((_("{agency} đã xem", agency=of.sender), sender))
    return told


def _used(who: str, found: Sequence[tuple[str, datetime, datetime]], now: datetime) -> tuple[int, str]:
    """Return the working minutes one side has had a leg, by the calendar in scope, and the same in words."""
    agency = agency_calendar()
    minutes = _minutes(agency, [each for each in found if each[0] == who])
    return minutes, working_time(agency.calendar, minutes, agency.local(now))


def _minutes(agency: AgencyCalendar, found: Sequence[tuple[str, datetime, datetime]]) -> int:
    place = agency.calendar.position
    return sum(max(place(agency.local(end)) - place(agency.local(start)), 0) for _who, start, end in found)
