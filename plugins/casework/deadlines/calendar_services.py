"""Everything that writes calendars: days are added and removed, never deleted, and open deadlines follow by a job."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from core.api import Invalid, NotFound, _, current_tenant, db, emit, enqueue, format_date, new_id
from plugins.casework.deadlines import queries
from plugins.casework.deadlines.calendars import FIRST_DAY, LAST_DAY, DayRule, part_of
from plugins.casework.deadlines.events import DayAdded, DayRemoved
from plugins.casework.deadlines.replaying import DayChange
from plugins.casework.models import NationalDay, OwnDay

REPLAY = "casework.replay"
_LOCK = 0x6C74_6361_6C64
"""Changes of calendars wait for one another, so that their numbers are in the order of their commits."""


def plan_days(
    *, own: bool, kind: str, day: Any, pair: Any = None, part: str = "day", name: str, ground: str
) -> DayChange:
    """Return the change that adds a day off, a day worked, or a swap of both.

    Raises Invalid for a day that is in the calendar already, out of its years, or already what it would become.
    """
    if kind == "swap":
        errors = {} if pair and pair != day else {"pair": [_("Chọn ngày làm bù, khác ngày nghỉ.")]}
        rules = (
            DayRule(day, "swap_off", "day", name, ground, pair, own),
            DayRule(pair, "swap_work", "day", name, ground, day, own),
        )
    else:
        errors = {}
        rules = (DayRule(day, kind, part, name, ground, None, own),)  # type: ignore[arg-type,assignment]
    for rule, field in zip(rules, ("day", "pair"), strict=False):
        if field not in errors and (problem := _problem(rule) or _idle(rule)):
            errors[field] = [problem]
    if part != "day" and kind in ("holiday", "swap"):
        errors["part"] = [_("Nghỉ lễ, tết và hoán đổi là cả ngày.")]
    if errors:
        raise Invalid(errors)
    return DayChange(adds=rules)


def plan_removal(day_id: UUID, *, own: bool) -> DayChange:
    """Return the change that takes a day out of a calendar, with the other day of its swap.

    Raises NotFound.
    """
    model = OwnDay if own else NationalDay
    row = model.select().where(model.id == day_id, model.removed_number.is_null()).first()
    if row is None:
        raise NotFound
    rows = [row]
    if row.pair:
        rows += list(model.select().where(model.day == row.pair, model.removed_number.is_null()))
    rules = tuple(DayRule(r.day, r.kind, r.part, r.name, r.ground, r.pair, own) for r in rows)
    return DayChange(removes=tuple(r.id for r in rows), removed=rules)


def apply_here(change: DayChange, *, ground: str) -> None:
    """Change the days of the agency in scope; a job counts its open deadlines anew."""
    with db.atomic():
        _write(change, ground, OwnDay)
        enqueue(REPLAY, lock="replay")


def apply_everywhere(change: DayChange, *, ground: str) -> None:
    """Change the days of the country, in the scope of the platform; each agency gets a job of its own."""
    with db.atomic():
        _write(change, ground, NationalDay)
        for tenant_id, _name in queries.agencies_with_open_clocks():
            enqueue(REPLAY, tenant_id=tenant_id, lock="replay")


def _write(change: DayChange, ground: str, model: Any) -> None:
    db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    for rule in change.adds:
        if problem := _problem(rule):  # somebody was quicker than this page
            raise Invalid({"day": [problem]})
    number = db.execute_sql("SELECT nextval('casework.calendar_number')").fetchone()[0]
    for rule in change.adds:
        model.insert(
            id=new_id(), day=rule.day, kind=rule.kind, part=rule.part, name=rule.name, ground=rule.ground,
            pair=rule.pair, number=number,
        ).execute()  # fmt: skip
    if change.removes:
        _remove(model, change.removes, number, ground)
    for rules, fact in ((change.adds, DayAdded), (change.removed, DayRemoved)):
        if rules:
            days = sorted(rule.day for rule in rules)
            told: Callable[..., Any] = fact
            emit(told(title=rules[0].name, days=days, ground=rules[0].ground if fact is DayAdded else ground))


def _remove(model: Any, ids: tuple[UUID, ...], number: int, ground: str) -> None:
    table, mine = ("own_day", "tenant_id = %s AND") if model is OwnDay else ("national_day", "")
    gone = db.execute_sql(
        f"UPDATE casework.{table} SET removed_number = %s, removed_at = now(), removal_ground = %s "
        f"WHERE {mine} id = ANY (%s) AND removed_number IS NULL RETURNING id",
        (number, ground, *([current_tenant()] if mine else []), list(ids)),
    ).fetchall()
    if len(gone) != len(ids):
        raise Invalid({"": [_("Người khác vừa bỏ ngày này khỏi lịch.")]})


def _problem(rule: DayRule) -> str:
    """Return why a day cannot be added, or nothing."""
    if not FIRST_DAY <= rule.day <= LAST_DAY:
        return _("Lịch có từ năm {first} đến năm {last}.", first=FIRST_DAY.year, last=LAST_DAY.year)
    model = OwnDay if rule.own else NationalDay
    there = model.select().where(model.day == rule.day, model.removed_number.is_null()).first()
    if there is None:
        return ""
    day = format_date(rule.day, year=True)
    return _("{day} đã có trong lịch: {name}. Bỏ mục đó trước.", day=day, name=there.name)


def _idle(rule: DayRule) -> str:
    """Return why a day would not become what it is added as, or nothing: it is so already."""
    calendar = queries.agency_calendar().calendar if rule.own else queries.standard_calendar()
    worked = bool(part_of(calendar.spans(rule.day), rule.part))
    day = format_date(rule.day, year=True)
    if rule.works and worked:
        return _("{day} đã là ngày làm việc.", day=day)
    if rule.kind == "off" and not worked:
        return _("{day} đã là ngày nghỉ.", day=day)
    if rule.kind == "swap_off" and not worked:
        return _("{day} đã là ngày nghỉ, không hoán đổi được.", day=day)
    return ""
