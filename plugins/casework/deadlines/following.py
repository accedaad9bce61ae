"""What follows deadlines wherever they move: cases and legs, who acts by a share of them; and who is told of a calendar."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from core.api import HOME_ZONE, N_, current_tenant, current_time, db, format_date, new_id, scope
from plugins.casework.cases.queries import LEG
from plugins.casework.deadlines import clocks
from plugins.casework.deadlines.budget import Budget
from plugins.casework.deadlines.clocks import Entry
from plugins.casework.deadlines.queries import AgencyCalendar
from plugins.casework.models import IN_FORCE, WHOLE_CLOCK, ReplayRun
from plugins.casework.writing import as_array, as_json
from plugins.notifications.api import Told, notify_each

MOVED_BY_CALENDAR = "casework.deadline_moved"
ALL_MOVED = N_("Lịch làm việc thay đổi ({reason}). Hạn mới của phần việc bạn giữ: {list}.")
SOME_MOVED = N_(
    "Lịch làm việc thay đổi ({reason}). Hạn mới của phần việc bạn giữ: {list} và {more} việc nữa."
)
SENT_MOVED = N_("Lịch làm việc tính hạn chặng thay đổi ({reason}). Hạn mới của chặng đã gửi: {list}.")
WAITING_MOVED = N_("Lịch làm việc thay đổi ({reason}). Hạn mới của việc liên thông chờ tiếp nhận: {list}.")
NAMED, REASON = 10, 300
"""Cases that a notice names, the work list shows the rest; characters of why."""


class Standing(NamedTuple):
    """Where the deadline of a whole case stands, or of the leg that a case came by; moments are local."""

    owner_type: str
    case_id: UUID
    budget: Budget
    entries: Sequence[Entry]
    """Its ledger."""
    due: datetime | None
    """None while the clock stands still."""
    moved: bool = True
    """Not when only days before its end are counted otherwise: shares of it may move all the same."""


def follow(agency: AgencyCalendar, standing: Sequence[Standing], run_id: UUID | None = None) -> list[UUID]:
    """Write deadlines where lists look, in the running transaction: cases, legs, and who acts by them; return the cases that moved.

    What moves by a run of the calendar keeps which, for who is told.
    """
    moved = [each for each in standing if each.moved]
    _legs_follow(agency, [each for each in moved if each.owner_type == LEG])
    _shares_follow(agency, [each for each in standing if each.due], run_id)
    if not moved:
        return []
    # While a clock stands still, what was given before keeps its day.
    rows = db.execute_sql(
        """
        WITH moved AS (SELECT * FROM json_to_recordset(%(moved)s::json) AS m (case_id uuid, due timestamp)
        ), held AS (
            UPDATE casework.assignment a SET due_at = m.due AT TIME ZONE %(zone)s FROM moved m
            WHERE a.tenant_id = %(tenant)s AND a.case_id = m.case_id AND a.done_at IS NULL AND a.share = 100 AND m.due IS NOT NULL
        )
        UPDATE casework.case_base c SET due_at = m.due AT TIME ZONE %(zone)s, changed_at = %(now)s FROM moved m
        WHERE c.tenant_id = %(tenant)s AND c.id = m.case_id AND c.closed_at IS NULL RETURNING c.id
        """,
        _values(agency, moved) | {"now": current_time()},
    ).fetchall()
    return [case_id for (case_id,) in rows]


def _values(agency: AgencyCalendar, moved: Sequence[Standing]) -> dict[str, Any]:
    rows = as_json([{"case_id": each.case_id, "due": each.due} for each in moved])
    return {"tenant": current_tenant(), "zone": agency.zone, "moved": rows}


def _legs_follow(agency: AgencyCalendar, legs: Sequence[Standing]) -> None:
    """Let the row that both agencies read follow; what was answered keeps the day it was answered by."""
    if legs:
        db.execute_sql(
            """
            UPDATE casework.leg l SET due_at = m.due AT TIME ZONE %(zone)s, paused = m.due IS NULL
            FROM json_to_recordset(%(moved)s::json) AS m (case_id uuid, due timestamp)
            WHERE l.id = m.case_id AND %(tenant)s IN (l.tenant_id, l.receiver_id) AND l.state IN ('sent', 'taken', 'again')
            """,
            _values(agency, legs),
        )


def _shares_follow(agency: AgencyCalendar, standing: Iterable[Standing], run_id: UUID | None) -> None:
    """Move the days of those who act by a share of a deadline; these move also where its end does not."""
    by_case = {each.case_id: each for each in standing}
    rows = db.execute_sql(
        "SELECT a.id, a.case_id, a.share, a.given_at AT TIME ZONE %s, a.due_at AT TIME ZONE %s FROM unnest(%s::uuid[]) AS c (id) "
        "JOIN casework.assignment a ON a.tenant_id = %s AND a.case_id = c.id AND a.done_at IS NULL AND a.share < 100",
        (agency.zone, agency.zone, as_array(by_case), current_tenant()),
    ).fetchall()
    begun = {
        case_id: clocks.replay(agency.calendar, by_case[case_id].budget, by_case[case_id].entries).began
        for case_id in {row[1] for row in rows}
    }
    changed = []
    for assignment_id, case_id, share, given, old in rows:
        of, began = by_case[case_id], begun[case_id]
        if began is None or of.due is None:
            continue  # it ends while it stands still: the day that was stays
        new = clocks.at_share(agency.calendar, of.budget, began, of.due, share, given)
        if new != old:
            run = run_id if old is None or new.date() != old.date() else None
            changed.append({"id": assignment_id, "due": new, "run": run})
    if changed:
        db.execute_sql(
            "UPDATE casework.assignment a SET due_at = m.due AT TIME ZONE %s, moved_by = coalesce(m.run, a.moved_by) "
            "FROM json_to_recordset(%s::json) AS m (id uuid, due timestamp, run uuid) WHERE a.tenant_id = %s AND a.id = m.id",
            (agency.zone, as_json(changed), current_tenant()),
        )


# ---- who is told ---------------------------------------------------------------------------------------------


def run_of(stamp: str, reason: str) -> UUID:
    """Return the run that counts clocks on a calendar; one that was killed is gone on with."""
    db.execute_sql(
        "INSERT INTO casework.replay_run (tenant_id, id, calendar, reason) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (tenant_id, calendar) DO NOTHING",
        (current_tenant(), new_id(), stamp, reason),
    )
    return ReplayRun.get(ReplayRun.calendar == stamp, ReplayRun.tenant_id == current_tenant()).id


class MovedWork(NamedTuple):
    """Something a person has to do whose deadline has moved."""

    person_id: UUID
    code: str
    due: date


def tell_moved() -> None:
    """Tell everybody whose deadlines moved, once for each run that is over; asked again, tell nobody anew."""
    while True:
        with db.atomic():
            run = (
                ReplayRun.select()
                .where(ReplayRun.told_at.is_null())
                .order_by(ReplayRun.id)
                .for_update()
                .first()
            )
            if run is None:
                return
            people = _by_person(_moved_work(run.id))
            for text, all_named in ((ALL_MOVED, True), (SOME_MOVED, False)):
                told = [
                    Told(person_id, f"replay:{run.id}", _words(run, rows), "casework.work")
                    for person_id, rows in people.items()
                    if (len(rows) <= NAMED) == all_named
                ]
                notify_each(MOVED_BY_CALENDAR, told, text=text)
            _tell_of_legs(run)
            db.execute_sql(
                "UPDATE casework.replay_run SET told_at = now() WHERE tenant_id = %s AND id = %s",
                (current_tenant(), run.id),
            )


def _tell_of_legs(run: ReplayRun) -> None:
    """Tell of legs that a run moved: who receives legs of those that nobody has taken on, and who holds the senders' cases of all."""
    # Taking a leg on starts clocks, so that its file stands above this one.
    from plugins.casework.legs.incoming import receivers

    moved, people = _moved_legs(run.id), receivers()
    here = current_tenant()
    waiting = [
        MovedWork(person_id, each.code, each.due)
        for each in moved
        if each.waits and each.receiver_id == here != each.tenant_id
        for person_id in people
    ]
    _tell_each(run, "waits", waiting, "casework.legs", WAITING_MOVED)
    for sender_id in sorted({each.tenant_id for each in moved}):
        with scope(sender_id):
            legs = [each for each in moved if each.tenant_id == sender_id]
            _tell_each(run, "sent", _senders(legs), "casework.legs_sent", SENT_MOVED)


def _tell_each(run: ReplayRun, part: str, rows: Sequence[MovedWork], route: str, text: str) -> None:
    told = []
    for person_id, theirs in _by_person(rows).items():
        words = _words(run, theirs)
        told.append(
            Told(
                person_id,
                f"replay:{run.id}:{part}",
                words | {"list": f"{words['list']}{'…' if words['more'] else ''}"},
                route,
            )
        )
    if told:
        notify_each(MOVED_BY_CALENDAR, told, text=text)


def _by_person(rows: Iterable[MovedWork]) -> dict[UUID, list[MovedWork]]:
    people: dict[UUID, list[MovedWork]] = {}
    for row in rows:
        people.setdefault(row.person_id, []).append(row)
    return people


class MovedLeg(NamedTuple):
    """A leg whose deadline has moved with the calendar by which it is counted."""

    tenant_id: UUID
    receiver_id: UUID
    case_id: UUID
    sent_by: UUID | None
    code: str
    due: date
    waits: bool


def _moved_legs(run_id: UUID) -> list[MovedLeg]:
    """Return the open legs that a run of the agency in scope moved, the nearest first."""
    rows = db.execute_sql(
        f"""
        SELECT l.tenant_id, l.receiver_id, l.case_id, l.sent_by, l.code, (l.due_at AT TIME ZONE '{HOME_ZONE}')::date, l.state = 'sent'
        FROM casework.clock_move m JOIN casework.clock k ON k.tenant_id = m.tenant_id AND k.id = m.clock_id
        JOIN casework.leg l ON l.id = k.owner_id AND %(tenant)s IN (l.tenant_id, l.receiver_id)
        WHERE m.tenant_id = %(tenant)s AND m.run_id = %(run)s AND k.owner_type = '{LEG}' AND k.name = 'whole'
            AND l.due_at IS NOT NULL AND NOT l.paused AND l.state IN ('sent', 'taken', 'again') ORDER BY l.due_at, l.id
        """,
        {"tenant": current_tenant(), "run": run_id},
    ).fetchall()
    return [MovedLeg._make(row) for row in rows]


def _senders(legs: Sequence[MovedLeg]) -> list[MovedWork]:
    """Return who leads the cases of legs in the agency in scope, which sent them; whoever sent a leg where nobody does."""
    rows = db.execute_sql(
        "SELECT a.case_id, a.person_id FROM unnest(%s::uuid[]) AS c (id) JOIN casework.assignment a ON a.tenant_id = %s "
        "AND a.case_id = c.id AND a.done_at IS NULL AND a.role = 'lead' AND a.person_id IS NOT NULL",
        (as_array({each.case_id for each in legs}), current_tenant()),
    ).fetchall()
    leads: dict[UUID, UUID | None] = dict(rows)
    return [
        MovedWork(person_id, each.code, each.due)
        for each in legs
        if (person_id := leads.get(each.case_id) or each.sent_by)
    ]


def _words(run: ReplayRun, rows: Sequence[MovedWork]) -> dict[str, str | int | date]:
    named = ", ".join(f"{row.code} ({format_date(row.due, year=True)})" for row in rows[:NAMED])
    return {"reason": run.reason[:REASON], "list": named, "more": max(len(rows) - NAMED, 0)}


def _moved_work(run_id: UUID) -> list[MovedWork]:
    """Return who has to act in which cases that a run moved, the nearest first: holders, untaken units, those who stand in.

    Who acts by a share of the time has perhaps the day that they had.
    """
    rows = db.execute_sql(
        f"""
        WITH work AS (
            SELECT a.tenant_id, a.person_id, a.unit_id, c.code, (a.due_at AT TIME ZONE '{HOME_ZONE}')::date AS due
            FROM casework.clock_move m JOIN casework.clock k ON k.tenant_id = m.tenant_id AND k.id = m.clock_id
            JOIN casework.case_base c ON c.tenant_id = k.tenant_id AND c.id = k.owner_id AND c.closed_at IS NULL
            JOIN casework.assignment a ON a.tenant_id = c.tenant_id AND a.case_id = c.id AND a.done_at IS NULL AND a.share IS NOT NULL
            WHERE m.tenant_id = %(tenant)s AND m.run_id = %(run)s AND {WHOLE_CLOCK}
                AND a.due_at IS NOT NULL AND (a.share = 100 OR a.moved_by = m.run_id)
        )
        SELECT DISTINCT who.id, work.code, work.due FROM work CROSS JOIN LATERAL (
            SELECT work.person_id AS id WHERE work.person_id IS NOT NULL
            UNION SELECT p.person_id FROM tenants.current_post p
                WHERE work.person_id IS NULL AND p.tenant_id = work.tenant_id AND p.unit_id = work.unit_id
            UNION SELECT d.stand_in_id FROM casework.delegation d WHERE d.tenant_id = work.tenant_id AND d.person_id = work.person_id
                AND {IN_FORCE}
        ) who ORDER BY work.due, work.code
        """,
        {"tenant": current_tenant(), "run": run_id},
    ).fetchall()
    return [MovedWork._make(row) for row in rows]
