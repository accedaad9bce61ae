"""Everything that writes clocks: a line of the ledger, the due date that follows from it, and the fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.api import Invalid, _, current_actor, current_tenant, db, emit, new_id
from plugins.casework.cases.queries import CASE, LEG, WHOLE
from plugins.casework.deadlines import clocks, events, following, queries
from plugins.casework.deadlines.budget import Budget, ClockError
from plugins.casework.deadlines.clocks import Entry, EntryKind
from plugins.casework.deadlines.queries import AgencyCalendar
from plugins.casework.lengths import check_length
from plugins.casework.models import Clock, ClockEntry
from plugins.casework.writing import as_json, insert, insert_sql, joined

IN_HOURS = Budget(1, "h")
"""The axis of what has no clock: working time."""
MOST = 300
"""Characters of a title, a ground and a document."""
CLOCK_COLUMNS = (
    "tenant_id", "id", "owner_type", "owner_id", "name", "title", "budget_amount", "budget_unit", "state", "opened_at", "last_at",
    "original_due", "due_at", "calendar", "version",
)  # fmt: skip
LINE_COLUMNS = (
    "tenant_id", "id", "clock_id", "seq", "kind", "at", "amount", "ground", "document", "made_by",
)  # fmt: skip
_STORE = f"""
    WITH clock AS ({insert_sql(Clock, CLOCK_COLUMNS, "clocks")}
        ON CONFLICT (tenant_id, owner_type, owner_id, name) DO NOTHING RETURNING id),
    line AS ({insert_sql(ClockEntry, LINE_COLUMNS, "lines")} WHERE r.clock_id IN (SELECT id FROM clock))
    SELECT id FROM clock
"""
_FACTS = {
    "pause": events.ClockPaused,
    "resume": events.ClockResumed,
    "restart": events.ClockRestarted,
}


@dataclass(frozen=True, slots=True)
class ClockOwner:
    """What a clock hangs on: the type as facts name it, and the id."""

    type: str
    id: UUID


def start_clock(
    owner: ClockOwner, name: str, budget: Budget, at: datetime, *, title: str, ground: str, document: str = ""
) -> Clock:
    """Let a deadline run; the same one of the same owner is started once.

    `name` tells the deadlines of one owner apart, `title` says to officers what is due. `ground` is the rule
    that gives the budget. Raises Invalid.
    """
    check_length("title", title, MOST)
    with joined():
        made, line = begun(
            queries.agency_calendar(), owner, name, budget, at, title=title, ground=ground, document=document,
        )  # fmt: skip
        stored = db.prepared(
            _STORE, {"clocks": as_json([made.__data__]), "lines": as_json([line])}
        ).fetchone()
        if stored is None:
            return Clock.get(
                Clock.owner_type == owner.type, Clock.owner_id == owner.id, Clock.name == name,
                Clock.tenant_id == current_tenant(),
            )  # fmt: skip
        emit(started(made, ground))
    return made


def begun(
    agency: AgencyCalendar, owner: ClockOwner, name: str, budget: Budget, at: datetime, *, title: str, ground: str,
    document: str = "",
) -> tuple[Clock, dict[str, Any]]:  # fmt: skip
    """Return a clock that begins and the first line of its ledger, for whoever stores both. Raises Invalid."""
    check_words(ground, document)
    entry = Entry("start", agency.local(at), 0, ground, document)
    try:
        state = clocks.replay(agency.calendar, budget, [entry])
    except ClockError as error:
        raise Invalid({error.field: [str(error)]}) from error
    due = agency.aware(state.original)
    made = Clock(
        tenant_id=current_tenant(), id=new_id(), owner_type=owner.type, owner_id=owner.id, name=name, title=title,
        budget_amount=budget.amount, budget_unit=budget.unit, opened_at=at, last_at=at, calendar=agency.stamp,
        original_due=due, due_at=due,
    )  # fmt: skip
    return made, _line(made, 0, entry, at)


def started(clock: Clock, ground: str) -> events.ClockStarted:
    """Return the fact that a clock runs."""
    return events.ClockStarted(**_fact(clock, ground), budget=budget_of(clock).words)


def record(
    clock_id: UUID, kind: EntryKind, at: datetime, *, ground: str, document: str = "", amount: int = 0
) -> Clock:
    """Pause, resume, extend or restart a clock; an extension's `amount` is in the unit of its budget.

    Raises Invalid for an entry that cannot follow or has no ground, NotFound.
    """
    check_words(ground, document)
    with joined():
        clock = queries.clock(clock_id, locked=True)
        if clock.closed_at:
            raise Invalid({"": [_("Thời hạn này đã kết thúc.")]})
        agency = queries.agency_calendar()
        entries = queries.ledger(clock.id, agency)
        entry = Entry(kind, agency.local(at), amount, ground, document)
        try:
            _project(clock, agency, [*entries, entry])
        except ClockError as error:
            raise Invalid({error.field: [str(error)]}) from error
        clock.last_at = at
        clock.save_version(clock.version)
        _write(clock, len(entries), entry, at)
        lead(clock, agency)
        if kind == "extend":
            more = Budget.words_of(amount, clock.budget_unit)
            emit(events.ClockExtended(**_fact(clock, ground), budget=more))
        else:
            emit(_FACTS[kind](**_fact(clock, ground)))
    return clock


def close_clock(clock_id: UUID, at: datetime, *, ground: str) -> Clock:
    """End a clock, because what was due is done; a closed one stays as it is.

    A paused one is compared with when it would have been due, running on from its end. Raises Invalid for an
    end before its last entry, NotFound.
    """
    check_words(ground)
    with joined():
        clock = queries.clock(clock_id, locked=True)
        if clock.closed_at is None:
            if at < clock.last_at:
                raise Invalid({"at": [_("Việc này sớm hơn việc ghi trước đó của thời hạn.")]})
            if clock.due_at is None:
                clock.due_at = due_if_resumed(clock, at)
            clock.state, clock.closed_at = "closed", at
            clock.save_version(clock.version)
            lead(clock, queries.agency_calendar())
            emit(events.ClockClosed(**_fact(clock, ground)))
    return clock


def reopen_clock(clock_id: UUID, *, ground: str) -> Clock:
    """Let a clock that was closed run on where its ledger leads, as if it had not been: what ended it was taken back.

    One that runs stays as it is. Raises Invalid, NotFound.
    """
    check_words(ground)
    with joined():
        clock = queries.clock(clock_id, locked=True)
        if clock.closed_at is not None:
            agency = queries.agency_calendar()
            clock.closed_at = None
            try:
                _project(clock, agency, queries.ledger(clock.id, agency))
            except ClockError as error:
                raise Invalid({error.field: [str(error)]}) from error
            clock.save_version(clock.version)
            lead(clock, agency)
            emit(events.ClockResumed(**_fact(clock, ground)))
    return clock


def lead(clock: Clock, agency: AgencyCalendar) -> None:
    """Let what stands in lists follow the deadline of a whole case or of a leg: the day, and the days of who acts by a share of it."""
    if clock.owner_type in (CASE, LEG) and clock.name == WHOLE:
        due = agency.local(clock.due_at) if clock.due_at else None
        of = following.Standing(
            clock.owner_type, clock.owner_id, budget_of(clock), _entries(clock, agency), due
        )
        following.follow(agency, [of])


def budget_of(clock: Clock) -> Budget:
    """Return the budget a clock was started with."""
    return Budget(clock.budget_amount, clock.budget_unit)


def due_at_share(
    agency: AgencyCalendar, clock: Clock | None, opened: datetime, due: datetime, share: int, given: datetime
) -> datetime:
    """Return when a share of a deadline has passed, in percent, on the axis of its clock, for whoever is `given` it then.

    A day that somebody set has no clock: of what was `opened` then the working time until that day is shared.
    """
    budget = budget_of(clock) if clock else IN_HOURS
    entries = _entries(clock, agency) if clock else [Entry("start", agency.local(opened))]
    try:
        began = clocks.replay(agency.calendar, budget, entries).began
        if began is None:
            return due
        local = agency.local(due), share, agency.local(given)
        return agency.aware(clocks.at_share(agency.calendar, budget, began, *local))
    except ClockError:  # a day beyond the calendars of the platform
        return due


def _entries(clock: Clock, agency: AgencyCalendar) -> list[Entry]:
    """Return the ledger of a clock; of one that only began without a statement."""
    if clock.last_at == clock.opened_at:
        return [Entry("start", agency.local(clock.opened_at))]
    return queries.ledger(clock.id, agency)


def _project(clock: Clock, agency: AgencyCalendar, entries: list[Entry]) -> None:
    """Set a clock to where its ledger leads."""
    budget = budget_of(clock)
    state = clocks.replay(agency.calendar, budget, entries)
    due = clocks.due(agency.calendar, budget, state)
    clock.due_at = agency.aware(due) if due else None
    clock.state = "running" if due else "paused"
    clock.calendar = agency.stamp


def due_if_resumed(clock: Clock, at: datetime) -> datetime:
    """Return when a paused clock would be due if it ran on from a moment: without it, pausing what is late would make it on time.

    Raises Invalid.
    """
    agency, budget = queries.agency_calendar(), budget_of(clock)
    try:
        state = clocks.replay(agency.calendar, budget, queries.ledger(clock.id, agency))
        now = clocks.place(agency.calendar, budget, agency.local(at))
        return agency.aware(clocks.moment_at(agency.calendar, budget, now + state.left))
    except ClockError as error:
        raise Invalid({error.field: [str(error)]}) from error


def _write(clock: Clock, seq: int, entry: Entry, at: datetime) -> None:
    insert(ClockEntry, [_line(clock, seq, entry, at)])


def _line(clock: Clock, seq: int, entry: Entry, at: datetime) -> dict[str, Any]:
    return {
        "tenant_id": clock.tenant_id, "id": new_id(), "clock_id": clock.id, "seq": seq, "kind": entry.kind, "at": at,
        "amount": entry.amount, "ground": entry.ground, "document": entry.document, "made_by": current_actor().person_id,
    }  # fmt: skip


def _fact(clock: Clock, ground: str) -> dict[str, Any]:
    return {
        "object_id": clock.id,
        "title": clock.title,
        "owner_type": clock.owner_type,
        "owner_id": clock.owner_id,
        "ground": ground,
    }


def check_words(ground: str, document: str = "") -> None:
    """Check the ground of an entry and the document beside it. Raises Invalid."""
    check_length("ground", ground, MOST)
    check_length("document", document, MOST)
    if not ground.strip():
        raise Invalid({"ground": [_("Chưa ghi căn cứ: điều khoản hoặc quyết định cho phép.")]})
