"""Why something is due when it is, in words and as a strip of days; in the language of whoever reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from core.api import TimelineEntry, _, format_date, format_datetime, format_number, ngettext
from plugins.casework.deadlines import clocks
from plugins.casework.deadlines.budget import CUT_OFF, Budget
from plugins.casework.deadlines.calendars import Calendar, DayRule, spans_text
from plugins.casework.deadlines.clocks import Entry
from plugins.casework.deadlines.queries import (
    AgencyCalendar,
    Move,
    calendar_then,
    case_moves,
    ledger_and_moves,
)
from plugins.casework.models import Case, Clock

DayState = Literal["blank", "before", "start", "counted", "off", "paused", "due"]
LONGEST_STRIP = 42
"""Days of a strip; what takes longer is told by month."""
NAMED_DAYS = 8
"""Days off of one reason that are named; more are counted."""


class Reason(NamedTuple):
    """One reason, with the icon that goes before it."""

    icon: str
    text: str


class DayCell(NamedTuple):
    """One day of the strip: what it is, the words in it, and the words for those who cannot see it."""

    state: DayState
    date: str = ""
    text: str = ""
    spoken: str = ""
    today: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due date with its reasons."""

    due: datetime | None
    original: datetime
    sentence: str
    lines: tuple[Reason, ...]
    days: tuple[DayCell, ...] = ()
    """Whole weeks, from Monday; empty when it takes too long for a strip."""
    months: tuple[str, ...] = ()


class Ended(NamedTuple):
    """When a clock ended, and the due date that it keeps."""

    at: datetime
    due: datetime
    outlived: bool = False
    """Whether days that it counted have changed since."""


class Stretch(NamedTuple):
    """A time in which the clock ran."""

    start: datetime
    end: datetime

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start.date() <= day <= self.end.date()


def explain(
    calendar: Calendar,
    budget: Budget,
    entries: Sequence[Entry],
    *,
    today: date,
    original: datetime | None = None,
    moves: Sequence[Move] = (),
    ended: Ended | None = None,
) -> Explanation:
    """Explain when a clock is due by its ledger; `original` is what was told at its start, if that was stored.

    What has `ended` keeps its due date, whatever the calendar says. Raises ClockError for a ledger that cannot be.
    """
    state = clocks.replay(calendar, budget, entries)
    due = clocks.due(calendar, budget, state)
    original = original or state.original
    lost = ended is not None and due is not None and due != ended.due
    if ended is not None and due is not None:
        due = ended.due
    running = _stretches(entries, due) if not lost else []
    last, off = due or entries[-1].at, _last_day_off(budget, state, due)
    lines = (
        *_counting(calendar, budget, _anew(entries).at),
        *_grounded(entries[0]),
        *(_days_off(calendar, running) if budget.unit != "cd" else ()),
        *(_rolled(calendar, off, due) if off and due and not lost else ()),
        *_ledger(budget, entries[1:]),
        *(Reason("calendar-event", _moved(move)) for move in moves),
        *_closing(due, original, changed=len(entries) > 1 or bool(moves)),
        *(_kept(ended) if ended and (lost or ended.outlived) else ()),
        *_undecided(calendar, entries[0].at.year, last.year),
    )
    short = (last.date() - entries[0].at.date()).days < LONGEST_STRIP
    return Explanation(
        due, original, _sentence(calendar, budget, entries, state, due, ended), lines,
        tuple(_strip(calendar, budget, entries, running, due, today, off)) if short and not lost else (),
        () if short or lost else tuple(_months(calendar, budget, running, due, off)),
    )  # fmt: skip


def why(clock: Clock, agency: AgencyCalendar) -> Explanation:
    """Return why a stored clock is due when it is, with what the calendar has moved.

    What has ended is explained by the calendar it ended on: what the calendar became afterwards moves it no more.
    """
    entries, moves = ledger_and_moves(clock.id, agency)
    budget, ended = Budget(clock.budget_amount, clock.budget_unit), None
    calendar = agency.calendar
    if clock.closed_at is not None and clock.due_at is not None:
        ended = Ended(agency.local(clock.closed_at), agency.local(clock.due_at))
        if clock.calendar != agency.stamp:
            then = calendar_then(clock.calendar, agency)
            if then is not None and _otherwise(then, agency, entries[0].at.date(), ended):
                calendar, ended = then.calendar, ended._replace(outlived=True)
    return explain(
        calendar, budget, entries, today=agency.local(datetime.now(UTC)).date(), original=agency.local(clock.original_due), moves=moves,
        ended=ended,
    )  # fmt: skip


def _otherwise(then: AgencyCalendar, now: AgencyCalendar, first: date, ended: Ended) -> bool:
    """Tell whether a day that a clock counted is another now: a calendar is expanded only if so."""
    last = max(ended.due, ended.at).date()
    days = [{rule for rule in each.rules if first <= rule.day <= last} for each in (then, now)]
    return days[0] != days[1] or any(week.valid_from <= last for week in now.weeks[len(then.weeks) :])


def moment_text(moment: datetime, *, weekday: bool = True) -> str:
    """Return a moment as officers say it: 09:00 thứ Hai 07/9/2026."""
    return f"{moment:%H:%M} {format_date(moment.date(), year=True, weekday=weekday)}"


# ---- the sentence, and how it is counted ------------------------------------------------------------


def _sentence(
    calendar: Calendar, budget: Budget, entries: Sequence[Entry], state: clocks.State, due: datetime | None,
    ended: Ended | None,
) -> str:  # fmt: skip
    anew = _anew(entries)
    told = {"start": moment_text(anew.at), "budget": _allowed_words(budget, entries)}
    begun = _("Bắt đầu {start}, thời hạn {budget}.", **told)
    if anew.kind == "restart":
        begun = _("Tính lại từ {start}, thời hạn {budget}.", **told)
    if due is not None:
        then = _("Hạn là {due}.", due=moment_text(due))
    elif ended is not None:
        said = {"ended": moment_text(ended.at), "due": moment_text(ended.due)}
        then = _("Xong {ended} trong lúc tạm dừng; chạy tiếp từ đó thì hạn là {due}.", **said)
    else:
        then = _("Đang tạm dừng, còn {left}.", left=_left_words(calendar, budget, state.left, state.last))
    return f"{begun} {then}"


def _anew(entries: Sequence[Entry]) -> Entry:
    """Return the entry with which what counts began: the start, or the last restart."""
    return next(each for each in reversed(entries) if each.kind in ("start", "restart"))


def _allowed_words(budget: Budget, entries: Sequence[Entry]) -> str:
    """Return how long it may take, with the extensions since it began or began anew."""
    more = 0
    for entry in entries:
        more = 0 if entry.kind == "restart" else more + entry.amount
    if not more:
        return budget.words
    return _("{budget}, gia hạn thêm {more}", budget=budget.words, more=Budget.words_of(more, budget.unit))


def working_time(calendar: Calendar, minutes: int, at: datetime) -> str:
    """Return working minutes in words: so many working days by the hours of that time, and hours."""
    day = clocks.length(calendar, Budget(1, "wd"), 1, at)
    if minutes < day or not day:  # an agency may have no hours of its own at that time
        return _("{hours} giờ làm việc", hours=format_number(round(minutes / 60, 1), None))
    return _left_words(calendar, Budget(1, "wd"), minutes, at)


def _left_words(calendar: Calendar, budget: Budget, left: int, at: datetime) -> str:
    one = clocks.length(calendar, budget, 1, at)
    whole, rest = divmod(max(left, 0), one)
    if budget.unit == "wd" and rest:
        hours = format_number(round(rest / 60, 1), None)
        return _("{days} và {hours} giờ", days=Budget.words_of(whole, "wd"), hours=hours)
    return Budget.words_of(whole, budget.unit)


def _counting(calendar: Calendar, budget: Budget, start: datetime) -> Iterator[Reason]:
    if budget.unit == "cd":
        yield Reason(
            "calendar",
            _("Đếm theo ngày, kể cả ngày nghỉ, từ ngày kế tiếp; hết giờ làm việc của ngày cuối là hết hạn."),
        )
        return
    if budget.unit == "sd":
        said = _("Nhận trước {time} thì hết giờ làm việc trong ngày là hết hạn; từ {time} trở đi tính sang ngày làm việc kế tiếp.", time=f"{CUT_OFF // 60:02}:00")  # fmt: skip
        yield Reason("clock", said)
        return
    week = calendar.week(start.date())
    hours = format_number(week.full_day / 60)
    spans = spans_text(week.pattern)
    if budget.unit == "wd":
        yield Reason("clock", _("Một ngày làm việc là {hours} giờ: {spans}.", hours=hours, spans=spans))
    else:
        yield Reason(
            "clock", _("Chỉ tính giờ làm việc: {spans}, {hours} giờ mỗi ngày.", hours=hours, spans=spans)
        )
    begun = calendar.moment(calendar.position(start) + 1) - timedelta(minutes=1)
    if begun != start.replace(second=0, microsecond=0):
        yield Reason(
            "clock-play",
            _(
                "{start} ngoài giờ làm việc, nên tính từ {begun}.",
                start=moment_text(start),
                begun=moment_text(begun),
            ),
        )


# ---- days off, days worked out of turn, days that move the last one ---------------------------------


def _stretches(entries: Sequence[Entry], due: datetime | None) -> list[Stretch]:
    """Return when the clock ran; a restart begins anew, so that what ran before does not count."""
    found: list[Stretch] = []
    start: datetime | None = None
    for entry in entries:
        if entry.kind in ("start", "restart"):
            found, start = [], entry.at
        elif entry.kind == "pause" and start is not None:
            found.append(Stretch(start, entry.at))
            start = None
        elif entry.kind == "resume":
            start = entry.at
    if start is not None and due is not None:
        found.append(Stretch(start, max(due, start)))
    return found


def _days_between(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _days_off(calendar: Calendar, running: Sequence[Stretch]) -> Iterator[Reason]:
    """Name the days that did not count or counted out of turn, by reason, in the order of their first."""
    weekly: list[date] = []
    ruled: dict[tuple[str, str], list[DayRule]] = {}
    # Of a day on which it stood still and went on there are two stretches.
    days = dict.fromkeys(
        day for stretch in running for day in _days_between(stretch.start.date(), stretch.end.date())
    )
    for day in days:
        rule = calendar.rule(day)
        if rule is not None:
            ruled.setdefault((rule.kind + rule.part, rule.name), []).append(rule)
        elif not calendar.works_on(day):
            weekly.append(day)
    if weekly:
        yield Reason("calendar-off", _("Nghỉ hằng tuần: {days}.", days=_named(weekly)))
    for rules in ruled.values():
        yield _ruled(rules)


def _ruled(rules: Sequence[DayRule]) -> Reason:
    first = rules[0]
    said = {
        "days": _named([rule.day for rule in rules]),
        "name": first.name,
        "ground": first.ground or _("lịch"),
        "pair": format_date(first.pair, year=True, weekday=True) if first.pair else "",
    }
    if first.kind == "swap_off":
        return Reason("arrows-exchange", _("{days} nghỉ hoán đổi, làm bù {pair}: {name} ({ground}).", **said))
    if first.kind == "swap_work":
        return Reason("arrows-exchange", _("{days} làm bù cho {pair}: {name} ({ground}).", **said))
    if first.kind == "work":
        return Reason("calendar-plus", _("{days} có làm việc: {name} ({ground}).", **said))
    if first.part == "morning":
        return Reason("calendar-off", _("{days} nghỉ buổi sáng: {name} ({ground}).", **said))
    if first.part == "afternoon":
        return Reason("calendar-off", _("{days} nghỉ buổi chiều: {name} ({ground}).", **said))
    return Reason("flag", _("{days} nghỉ: {name} ({ground}).", **said))


def _named(days: Sequence[date]) -> str:
    text = ", ".join(format_date(day) for day in days[:NAMED_DAYS])
    rest = len(days) - NAMED_DAYS
    return f"{text} {ngettext('và {n} ngày nữa', 'và {n} ngày nữa', rest)}" if rest > 0 else text


def _last_day_off(budget: Budget, state: clocks.State, due: datetime | None) -> date | None:
    """Return the last day that counts where it is a day off, so that what is due moved on to a working day."""
    if budget.unit != "cd" or due is None or state.since is None:
        return None
    day = date.fromordinal(state.since + state.left)
    return day if day < due.date() else None


def _rolled(calendar: Calendar, day: date, due: datetime) -> Iterator[Reason]:
    rule = calendar.rule(day)
    said = {
        "day": format_date(day, year=True, weekday=True),
        "name": rule.name if rule else _("nghỉ hằng tuần"),
        "next": format_date(due, weekday=True),
    }
    text = _("Ngày cuối {day} là ngày nghỉ ({name}), nên hạn sang ngày làm việc kế tiếp: {next}.", **said)
    yield Reason("arrow-right", text)


# ---- the ledger --------------------------------------------------------------------------------------


def _grounded(start: Entry) -> Iterator[Reason]:
    """Tell the rule or decision that gave the budget."""
    if start.ground:
        yield Reason("file-text", _("Căn cứ: {ground}.", ground=_ground_of(start).rstrip(".")))


def _ground_of(entry: Entry) -> str:
    """Return on what ground an entry stands, with its document; what modules say of their own in the reader's language."""
    return ", ".join(filter(None, (_(entry.ground), entry.document)))


def _ledger(budget: Budget, entries: Sequence[Entry]) -> Iterator[Reason]:
    paused: Entry | None = None
    for entry in entries:
        ground, at = _ground_of(entry), moment_text(entry.at)
        if entry.kind == "pause":
            paused = entry
            yield Reason("player-pause", _("Tạm dừng từ {at}. Căn cứ: {ground}.", at=at, ground=ground))
        elif entry.kind == "resume":
            days = (entry.at.date() - paused.at.date()).days if paused else 0
            yield Reason(
                "player-play",
                _(
                    "Chạy tiếp từ {at}, sau {days}. Căn cứ: {ground}.",
                    at=at,
                    ground=ground,
                    days=ngettext("{n} ngày", "{n} ngày", days),
                ),
            )
        elif entry.kind == "extend":
            more = Budget.words_of(entry.amount, budget.unit)
            yield Reason(
                "calendar-plus",
                _("Gia hạn thêm {more} lúc {at}. Căn cứ: {ground}.", more=more, at=at, ground=ground),
            )
        elif entry.kind == "restart":
            yield Reason("history", _("Tính lại từ đầu lúc {at}. Căn cứ: {ground}.", at=at, ground=ground))


def moved_lines(case: Case) -> list[TimelineEntry]:
    """Return how the calendar has moved the deadline of a case, for its history."""
    return [
        TimelineEntry(
            at,
            _("Hệ thống"),
            _(
                "chuyển hạn từ {old} sang {new}, vì lịch làm việc thay đổi: {reason}",
                old=_due_words(old),
                new=_due_words(new),
                reason=reason,
            ),
        )
        for at, old, new, reason in case_moves(case.id)
    ]


def _due_words(due: datetime | None) -> str:
    return format_datetime(due) if due else _("chưa có hạn")


def _moved(move: Move) -> str:
    old = moment_text(move.old_due) if move.old_due else _("chưa có hạn")
    new = moment_text(move.new_due) if move.new_due else _("chưa có hạn")
    return _(
        "Lịch làm việc thay đổi, hạn chuyển từ {old} sang {new}: {reason}.",
        old=old,
        new=new,
        reason=move.reason,
    )


def _closing(due: datetime | None, original: datetime, *, changed: bool) -> Iterator[Reason]:
    if not changed:
        return
    if due == original:
        yield Reason("history", _("Hạn gốc cũng là {original}.", original=moment_text(original)))
    elif due is not None:
        said = {"original": moment_text(original), "due": moment_text(due)}
        yield Reason("history", _("Hạn gốc {original}, hạn hiện nay {due}.", **said))
    else:
        yield Reason("history", _("Hạn gốc {original}.", original=moment_text(original)))


def _kept(ended: Ended) -> Iterator[Reason]:
    text = _("Lịch làm việc đổi sau khi việc đã xong; hạn giữ nguyên {due}.", due=moment_text(ended.due))
    yield Reason("calendar-check", text)


def _undecided(calendar: Calendar, first: int, last: int) -> Iterator[Reason]:
    for year in range(first, last + 1):
        if not calendar.decides(year):
            yield Reason(
                "alert-triangle",
                _("Lịch nghỉ lễ năm {year} chưa được nhập, nên mới trừ ngày nghỉ hằng tuần.", year=year),
            )


# ---- days and months ---------------------------------------------------------------------------------


def _strip(
    calendar: Calendar,
    budget: Budget,
    entries: Sequence[Entry],
    running: Sequence[Stretch],
    due: datetime | None,
    today: date,
    last_off: date | None,
) -> Iterator[DayCell]:
    first, monday = entries[0].at.date(), entries[0].at.date() - timedelta(days=entries[0].at.weekday())
    numbers, anew = _numbers(calendar, budget, running, last_off), _anew(entries).at.date()
    last, due_day = (due or entries[-1].at).date(), due.date() if due else None
    for day in _days_between(monday, last):
        if day < first:
            yield DayCell("blank")
            continue
        label = format_date(day, year=False) if day.day == 1 or day == first else str(day.day)
        state, text = _day(calendar, budget, day, numbers.get(day, 0), running)
        if day == due_day:
            state, text = "due", _("hạn")
        elif day == anew and anew > first:
            state, text = "start", _("tính lại")
        elif day == first:
            state, text = "start", _("giao")
        elif day < anew:
            state, text = "before", _("bỏ")
        # Whoever hands in before work begins has a whole day on the day itself: it is the first.
        number = numbers.get(day, 0) if state in ("start", "due") else 0
        spoken = f"{format_date(day, weekday=True)}: " + (f"{number}, {text}" if number else text)
        shown = f"{number} {text}" if number else text
        yield DayCell(state, label, shown, spoken, day == today)


def _day(
    calendar: Calendar, budget: Budget, day: date, number: int, running: Sequence[Stretch]
) -> tuple[DayState, str]:
    rule = calendar.rule(day)
    if not any(day in stretch for stretch in running):
        return "paused", _("dừng")
    if (budget.unit != "cd" or not number) and not calendar.works_on(day):
        words = {"holiday": _("lễ"), "swap_off": _("đổi")}
        return "off", words.get(rule.kind, _("nghỉ")) if rule else _("nghỉ")
    return "counted", str(number) if number else _("nửa")


def _numbers(
    calendar: Calendar, budget: Budget, running: Sequence[Stretch], last_off: date | None
) -> dict[date, int]:
    """Number the days that are full since the clock began: the first full one is 1, none comes after a last one that is off."""
    found: dict[date, int] = {}
    done = 0
    for start, end in running:
        unit = (
            clocks.length(calendar, budget, 1, start)
            if budget.unit in ("cd", "sd")
            else calendar.week(start.date()).full_day
        )
        begun = clocks.place(calendar, budget, start)
        highest = done // unit
        for day in _days_between(start.date(), end.date()):
            until = min(end, datetime.combine(day, datetime.max.time()))
            used = done + clocks.place(calendar, budget, until) - begun
            if used // unit > highest and (last_off is None or day <= last_off):
                highest = used // unit
                found[day] = highest
        done += clocks.place(calendar, budget, end) - begun
    return found


def _months(
    calendar: Calendar,
    budget: Budget,
    running: Sequence[Stretch],
    due: datetime | None,
    last_off: date | None,
) -> Iterator[str]:
    counts: dict[tuple[int, int], list[int]] = {}
    ran = (day for each in running for day in _days_between(each.start.date(), each.end.date()))
    all_count = budget.unit == "cd"
    for day in _numbers(calendar, budget, running, last_off) if all_count else ran:
        counts.setdefault((day.year, day.month), [0, 0])[not calendar.works_on(day)] += 1
    for (year, month), (worked, off) in counts.items():
        said = {"month": month, "year": year}
        text = _(
            "Tháng {month}/{year}: {worked} ngày làm việc, {off} ngày nghỉ", worked=worked, off=off, **said
        )
        if all_count:
            days = worked + off
            text = ngettext("Tháng {month}/{year}: {n} ngày", "Tháng {month}/{year}: {n} ngày", days, **said)
        if due and (year, month) == (due.year, due.month):
            text += f", {_('hạn')} {format_date(due)}"
        yield text
