"""Years, days and changes of a calendar, as its pages show them."""

from calendar import monthcalendar
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from core.api import Effect, _, format_date, format_datetime, format_number, lower_first, ngettext
from plugins.casework.deadlines.calendars import Calendar, DayRule
from plugins.casework.deadlines.queries import DayRow
from plugins.casework.deadlines.replaying import DayChange, Preview
from plugins.casework.deadlines.views import CalendarCell, DayLine, Month, RemovedLine

NAMED_AGENCIES = 5


def months(calendar: Calendar, year: int, today: date) -> tuple[Month, ...]:
    """Return the twelve months of a year."""
    return tuple(_month(calendar, year, month, today) for month in range(1, 13))


def day_line(row: DayRow, remove_url: str) -> DayLine:
    """Return a day that is otherwise as a line of the list."""
    return DayLine(
        day=row.day,
        what=_what(row.kind, row.part, row.pair),
        name=row.name,
        ground=row.ground,
        layer=_("Cơ quan") if row.own else _("Cả nước"),
        remove_url=remove_url,
    )


def removed_lines(rows: Iterable[tuple[date, str, str, datetime]]) -> tuple[RemovedLine, ...]:
    """Return the days that were taken out of the calendar."""
    return tuple(RemovedLine(day, name, ground, format_datetime(at)) for day, name, ground, at in rows)


def effects(change: DayChange, found: Preview, today: date, *, own: bool) -> tuple[Effect, ...]:
    """Return what a change of the calendar would do, in words."""
    told = [Effect("calendar-event", _effect(rule, removed=False)) for rule in change.adds]
    told += [Effect("calendar-off", _effect(rule, removed=True)) for rule in change.removed]
    past = [day for day in change.days if day <= today]
    if past:
        days = ", ".join(format_date(day, year=True) for day in past)
        told.append(
            Effect("alert-triangle", _("{days} đã qua: thời hạn nào đã đếm ngày này thì đếm lại.", days=days))
        )
    told += _moving(found, own=own)
    if found.fixed:
        told.append(Effect("calendar-off", _staying(found)))
    told.append(
        Effect(
            "history", _("Việc đã xong giữ hạn cũ. Mỗi hạn thay đổi được ghi vào phần giải thích và nhật ký.")
        )
    )
    return tuple(told)


def _staying(found: Preview) -> str:
    """Return what is due on a day that becomes a day off and stays there, because somebody named that very day."""
    codes, more = ", ".join(found.fixed_codes), found.fixed - len(found.fixed_codes)
    if not codes:
        return ngettext(
            "{n} việc hẹn đúng ngày này, không tự đổi: cơ quan tự hẹn lại.",
            "{n} việc hẹn đúng ngày này, không tự đổi: cơ quan tự hẹn lại.",
            found.fixed,
        )
    return ngettext(
        "{n} việc hẹn đúng ngày này, không tự đổi, cần hẹn lại: {codes}.",
        "{n} việc hẹn đúng ngày này, không tự đổi, cần hẹn lại: {codes}.",
        found.fixed, codes=codes + (" …" if more > 0 else ""),
    )  # fmt: skip


def _moving(found: Preview, *, own: bool) -> Iterator[Effect]:
    if not found.moved and not found.complete:
        n = format_number(found.looked_at)
        yield Effect("dots", _("Mới xem {n} thời hạn đầu, không thời hạn nào thay đổi; còn nữa.", n=n))
        return
    if not found.moved:
        yield Effect("check", _("Không thời hạn nào đang chạy thay đổi."))
        return
    text = ngettext(
        "{n} thời hạn đang chạy thay đổi: {later} lùi lại, {earlier} sớm lên.",
        "{n} thời hạn đang chạy thay đổi: {later} lùi lại, {earlier} sớm lên.",
        found.moved,
        later=format_number(found.later),
        earlier=format_number(found.earlier),
    )
    yield Effect("clock-edit", text)
    if not found.complete:
        yield Effect("dots", _("Mới xem {n} thời hạn đầu, còn nữa.", n=format_number(found.looked_at)))
    if not own:
        count = len(found.agencies)
        names = ", ".join(f"{name} ({moved})" for name, moved in found.agencies[:NAMED_AGENCIES])
        names += "…" if count > NAMED_AGENCIES else ""
        text = ngettext("Ở {n} cơ quan: {names}", "Ở {n} cơ quan: {names}", count, names=names)
        yield Effect("building", text)


def _month(calendar: Calendar, year: int, month: int, today: date) -> Month:
    weeks = tuple(
        tuple(_cell(calendar, date(year, month, number), today) if number else None for number in week)
        for week in monthcalendar(year, month)
    )
    worked = sum(calendar.works_on(date(year, month, cell.number)) for week in weeks for cell in week if cell)
    words = ngettext("{n} ngày làm việc", "{n} ngày làm việc", worked)
    return Month(_("Tháng {month}", month=month), words, weeks)


def _cell(calendar: Calendar, day: date, today: date) -> CalendarCell:
    rule, works = calendar.rule(day), calendar.works_on(day)
    if rule is None:
        state, spoken = ("work", _("làm việc")) if works else ("off", _("nghỉ hằng tuần"))
    elif rule.works:
        state, spoken = "extra", f"{_('làm việc')}: {rule.name}"
    elif rule.part != "day" and works:
        state, spoken = "half", f"{lower_first(_what(rule.kind, rule.part, None))}: {rule.name}"
    else:
        state, spoken = "swap" if rule.kind == "swap_off" else "holiday", f"{_('nghỉ')}: {rule.name}"
    return CalendarCell(day.day, state, spoken, day == today)


def _what(kind: str, part: str, pair: date | None) -> str:
    day = format_date(pair, year=True) if pair else ""
    if kind == "swap_off":
        return _("Nghỉ hoán đổi, làm bù {day}", day=day)
    if kind == "swap_work":
        return _("Làm bù cho {day}", day=day)
    words = {
        ("off", "day"): _("Nghỉ"),
        ("off", "morning"): _("Nghỉ buổi sáng"),
        ("off", "afternoon"): _("Nghỉ buổi chiều"),
        ("work", "day"): _("Làm việc thêm"),
        ("work", "morning"): _("Làm việc thêm buổi sáng"),
        ("work", "afternoon"): _("Làm việc thêm buổi chiều"),
    }
    return words.get((kind, part), _("Nghỉ lễ, tết"))


def _effect(rule: DayRule, *, removed: bool) -> str:
    day = format_date(rule.day, year=True, weekday=True)
    what = _what(rule.kind, rule.part, rule.pair)
    if removed:
        return _("{day} không còn là: {what}.", day=day, what=what)
    return f"{day}: {what}."
