"""Reminding of deadlines each morning: before, on the day, when it is over, and those who lead.

A fact of a reminder is an assignment, or a leg, and its due date, or the day its receiver was suspended: told once, and once more only when
the date moved.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from core.api import N_, current_tenant, db, dispatcher
from plugins.casework.cases.settling import DUE, ESCALATED, LEFT, LEG_LATE, OVERDUE
from plugins.casework.deadlines.calendars import Calendar
from plugins.casework.deadlines.queries import agency_calendar
from plugins.casework.legs.incoming import INCOMING, receivers
from plugins.casework.legs.reminding import PEOPLE, SENT, SILENT, STUCK, UNTAKEN, Source
from plugins.casework.work.queries import PAUSED, start_of_today
from plugins.casework.work.services import rules
from plugins.casework.workflows.kinds import kind_of, kinds_among
from plugins.notifications.api import Told, Words, notify_each, people_with

BATCH = 500
LOOK_BACK = 14
"""Days after which what is over is not told of for the first time any more: it stands in the list, and in reports."""


@dataclass(frozen=True, slots=True)
class Round:
    """Which deadlines are told of, to whom, in which words; `since` and `until` bound the due dates."""

    key: str
    kind: str
    text: str
    since: datetime
    until: datetime
    of: Source
    to_leaders: bool = False


class DueRow(NamedTuple):
    """An assignment or a leg that is told of, and who holds it."""

    id: UUID
    case_id: UUID
    kind: str
    code: str
    task: str
    """What is to be done; of a leg that was sent nothing."""
    agency: str
    """Who has a leg that was sent."""
    due_at: datetime
    people: list[UUID]
    """The holder, or the unit that has not taken it, and who stands in."""


def remind() -> None:
    """Tell of the deadlines of the agency in scope; run again on a day, it tells nobody anew."""
    with db.atomic():
        agency, rule = agency_calendar(), rules()
        kinds = [kind.key for kind in kinds_among(dispatcher().effective_for(current_tenant()))]
    for each in rounds(
        start_of_today(), agency.calendar, rule.days_before, rule.escalate_after, on_the_day=rule.on_the_day
    ):
        after: tuple[datetime, UUID] | None = None
        while True:
            with db.atomic():
                rows = [
                    DueRow._make(row) for row in db.execute_sql(*_statement(each, kinds, after)).fetchall()
                ]
                _tell(each, rows)
            if len(rows) < BATCH:
                break
            after = rows[-1].due_at, rows[-1].id
    tell_of_work_left(kinds)


class LeftRow(NamedTuple):
    """Work of somebody who has left, or of a unit in which nobody is any more."""

    id: UUID
    case_id: UUID
    kind: str
    code: str
    task: str
    holder: str


_LEFT = """
    SELECT a.id, a.case_id, c.kind, c.code, a.task,
        coalesce((SELECT full_name FROM tenants.person WHERE id = a.person_id), (SELECT name FROM tenants.unit WHERE tenant_id = a.tenant_id AND id = a.unit_id), '')
    FROM casework.assignment a JOIN casework.case_base c ON c.tenant_id = a.tenant_id AND c.id = a.case_id
    WHERE a.tenant_id = %(tenant)s AND a.done_at IS NULL AND a.role = 'lead' AND a.id > %(after)s AND c.kind = ANY (%(kinds)s)
        AND CASE WHEN a.person_id IS NULL THEN a.unit_id <> ALL (%(units)s::uuid[]) ELSE a.person_id <> ALL (%(people)s::uuid[]) END
    ORDER BY a.id LIMIT %(limit)s
"""


def tell_of_work_left(kinds: Sequence[str]) -> None:
    """Tell those who manage each kind, once, of work that nobody is there to do any more."""
    after = UUID(int=0)
    with db.atomic():
        people, units = db.execute_sql(
            "SELECT coalesce(array_agg(DISTINCT person_id), '{}'), coalesce(array_agg(DISTINCT unit_id), '{}') "
            "FROM tenants.current_post m JOIN tenants.person p ON p.id = m.person_id AND p.disabled_at IS NULL WHERE tenant_id = %s",
            (current_tenant(),),
        ).fetchone()
    while True:
        with db.atomic():
            values = {
                "tenant": current_tenant(), "kinds": list(kinds), "after": after, "limit": BATCH, "people": people, "units": units,
            }  # fmt: skip
            rows = [LeftRow._make(row) for row in db.execute_sql(_LEFT, values).fetchall()]
            leaders = _leaders(rows)
            told = [
                Told(
                    person_id, str(row.id), {"code": row.code, "task": Words(row.task), "holder": row.holder}, kind_of(row.kind).route,
                    {"case_id": row.case_id},
                )
                for row in rows
                for person_id in leaders[row.kind]
            ]  # fmt: skip
            notify_each(
                LEFT,
                told,
                text=N_("{code}: {holder} không còn nhận việc ở cơ quan. Giao lại cho người khác: {task}."),
            )
        if len(rows) < BATCH:
            return
        after = rows[-1].id


def rounds(
    today: datetime, calendar: Calendar, days_before: int, escalate_after: int, *, on_the_day: bool
) -> Iterator[Round]:
    """Return what is told of this morning; on a day off only what is due that day."""
    tomorrow = today + timedelta(days=1)
    if on_the_day:
        yield from _both(Round("today", DUE, N_("{code}: {task}. Hạn hôm nay {due}."), today, tomorrow, WORK))
    if not calendar.works_on(today.date()):
        return
    if days_before:
        until = _until(today, calendar, days_before)
        yield from _both(Round("before", DUE, N_("{code}: {task}. Hạn {due}."), tomorrow, until, WORK))
    long_ago = today - timedelta(days=LOOK_BACK)
    yield from _both(Round("over", OVERDUE, N_("{code}: {task}. Quá hạn từ {due}."), long_ago, today, WORK))
    sent = N_("Chặng {code} của {agency} quá hạn {due}, chưa trả lời xong.")
    yield Round("sent", LEG_LATE, sent, long_ago, today, SENT)
    stuck = N_(
        "{agency} tạm ngừng hoặc không còn hoạt động trên hệ thống, không ai xử lý chặng {code}: rút lại để hỏi nơi khác."
    )
    yield Round("stuck", LEG_LATE, stuck, long_ago, tomorrow, STUCK)
    if escalate_after:
        late = today - timedelta(days=escalate_after - 1)
        text = N_("{code} quá hạn từ {due}, chưa xong: {task}.")
        since = late - timedelta(days=LOOK_BACK)
        yield from _both(Round("leaders", ESCALATED, text, since, late, WORK, to_leaders=True))
        waits = N_("{code} gửi đến từ {due}, chưa ai tiếp nhận.")
        yield Round("waits", ESCALATED, waits, since, late, SILENT, to_leaders=True)


def _both(each: Round) -> tuple[Round, Round]:
    """Return a round of what somebody has, and the same of the legs that nobody has taken on."""
    return each, replace(each, of=UNTAKEN)


def _until(today: datetime, calendar: Calendar, days: int) -> datetime:
    """Return the end of the last day that is at most so many working days away."""
    start: date = today.date()
    ahead = 1
    while calendar.working_days(start, start + timedelta(days=ahead)) <= days:
        ahead += 1
    return today + timedelta(days=ahead)


WORK = Source(
    tables="casework.assignment a JOIN casework.case_base c ON c.tenant_id = a.tenant_id AND c.id = a.case_id", row="a", locked="a, c",
    # Paused work has no date to be told of.
    condition=f"a.tenant_id = %(tenant)s AND a.done_at IS NULL AND c.kind = ANY (%(kinds)s) AND NOT {PAUSED}",
    due="a.due_at", case_id="a.case_id", kind="c.kind", code="c.code", task="a.task", people=f"ARRAY({PEOPLE})",
)  # fmt: skip


def _statement(
    each: Round, kinds: Sequence[str], after: tuple[datetime, UUID] | None
) -> tuple[str, dict[str, Any]]:
    """Return what reads the next rows of a round, each as a `DueRow`.

    Whoever acts on one of them waits until it is told, and then takes that as read; where somebody acts now nothing is told.
    """
    of, (at, last) = each.of, after or (None, None)
    beyond = f"AND ({of.due}, {of.row}.id) > (%(at)s, %(after)s)" if after else ""
    sql = f"""
        SELECT {of.row}.id, {of.case_id}, {of.kind}, {of.code}, {of.task}, {of.agency}, {of.due}, {of.people}
        FROM {of.tables} WHERE {of.condition} AND {of.due} >= %(since)s AND {of.due} < %(until)s {beyond}
        ORDER BY {of.due}, {of.row}.id LIMIT %(limit)s FOR SHARE OF {of.locked} SKIP LOCKED
    """
    return sql, {
        "tenant": current_tenant(), "since": each.since, "until": each.until, "kinds": list(kinds), "limit": BATCH, "at": at, "after": last,
    }  # fmt: skip


def _leaders(rows: Iterable[DueRow | LeftRow]) -> dict[str, list[UUID]]:
    """Return who manages each kind; legs are told of also where nobody does."""
    return {
        key: people_with(kind_of(key).manage) or (receivers() if key == INCOMING.key else [])
        for key in {row.kind for row in rows}
    }


def _tell(each: Round, rows: Sequence[DueRow]) -> None:
    leaders = _leaders(rows) if each.to_leaders else {}
    takers = each.of.takers()
    told: list[Told] = []
    for row in rows:
        # Of a leg it is the same fact whether somebody has taken it on meanwhile or not.
        subject = row.case_id if row.kind == INCOMING.key else row.id
        fact = f"{each.key}:{subject}:{row.due_at:%Y-%m-%d}"
        # The title stays out: a mail or a glance over somebody's shoulder tells of no case.
        fields: dict[str, str | int | date] = {"code": row.code, "due": row.due_at}
        fields |= {"task": Words(row.task)} if row.task else {"agency": row.agency}
        people = takers or row.people
        if each.to_leaders:
            people = [one for one in leaders[row.kind] if one not in people]
        leads_to = kind_of(row.kind).route, {"case_id": row.case_id}
        told += [Told(person_id, fact, fields, *leads_to) for person_id in people]
    notify_each(each.kind, told, text=each.text)
