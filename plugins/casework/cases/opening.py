"""Opening cases: one or many at once, by the same few statements; what others wait for is locked last."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.api import (
    HOME_ZONE,
    N_,
    Invalid,
    _,
    current_actor,
    current_tenant,
    current_time,
    db,
    emit_all,
    fold,
    new_id,
)
from plugins.casework.cases import events as facts
from plugins.casework.cases.assigning import COLUMNS as ASSIGNMENT_COLUMNS
from plugins.casework.cases.assigning import (
    NOBODY,
    Given,
    Known,
    Receiver,
    known_receivers,
    tell_receivers,
    tell_stand_ins,
)
from plugins.casework.cases.masking import masked
from plugins.casework.cases.queries import CASE, WHOLE, about, files_owner
from plugins.casework.deadlines import services
from plugins.casework.deadlines.budget import Budget
from plugins.casework.deadlines.queries import agency_calendar
from plugins.casework.deadlines.services import CLOCK_COLUMNS, LINE_COLUMNS, ClockOwner
from plugins.casework.lengths import check_length
from plugins.casework.models import Assignment, Case, Clock, ClockEntry, Step
from plugins.casework.registers.queries import agency_day
from plugins.casework.workflows.definition import START, CaseKind, WorkflowState
from plugins.casework.workflows.kinds import definition, followed_by, kind_of
from plugins.casework.writing import as_json, insert_sql, joined
from plugins.files.api import SentFiles, StoredFile, take_files
from plugins.notifications.api import posts_of

MOST_TITLE, MOST_TEXT = 500, 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case to be opened; with the same `case_id` it is opened once."""

    title: str
    text: str = ""
    case_id: UUID | None = None
    unit_id: UUID | None = None
    """Where it lies while nobody leads it; otherwise it lies with whoever does. Without it that of whoever opens it."""
    to: Receiver | None = None
    note: str = ""
    budget: Budget | None = None
    ground: str = ""
    """The rule or decision that gives the budget."""
    due: datetime | None = None
    """Instead of a budget: a moment that somebody set, which no calendar moves."""
    restricted: bool | None = None
    tags: tuple[str, ...] = ()
    search: str = ""
    """Further words the case is found by, such as the name of a newspaper."""
    received: datetime | None = None
    """When its paper came in, if that was before it is recorded: deadlines run from then."""
    at: datetime | None = None
    """When it is recorded, if that is not now."""
    files: SentFiles | None = None
    """What comes with it; taken once, with the case."""
    quiet: bool = False
    """Its first holder is told of many such cases at once, by the module."""


def open_case(kind_key: str, opening: Opening) -> Case:
    """Open a case: its code, its deadline, and who has it first; asked for again, return what was opened.

    The module checks its own permission before. Raises Invalid.
    """
    return open_cases(kind_key, [opening])[0]


def open_cases(kind_key: str, openings: Sequence[Opening]) -> list[Case]:
    """Open cases of a kind together, all or none, with as many statements as one needs; those opened already are returned.

    They get their codes in the order they are given. The counter of the codes is locked from here to the commit:
    whatever else belongs to the act, and can fail or take long, comes before. Raises Invalid for the first that
    cannot be opened.
    """
    kind = kind_of(kind_key)
    for each in openings:
        check_texts(each.title, each.text)
    asked = {each.case_id or new_id(): each for each in openings}
    with joined():
        stored = _stored([each.case_id for each in openings if each.case_id])
        fresh = [_begun(kind, case_id, each) for case_id, each in asked.items() if case_id not in stored]
        for begun in fresh:
            if begun.opening.files:
                # They are scanned for viruses, and there may be no room for them.
                begun.files = take_files(begun.opening.files, files_owner(begun.case.id))
        if fresh:
            stored |= _open(kind, fresh)
    return [stored[case_id] for case_id in asked]


@dataclass(slots=True)
class _Begun:
    """A case that is being opened."""

    case: Case
    opening: Opening
    to: Receiver
    clock: Clock | None = None
    line: dict[str, Any] | None = None
    by: datetime | None = None
    """When whoever has it first must be done, by the share that the first state gives."""
    given: Given | None = None
    files: Sequence[StoredFile] = ()


def _begun(kind: CaseKind, case_id: UUID, opening: Opening) -> _Begun:
    """Return a case as far as it is known before it has a number."""
    opener, now = current_actor().person_id, opening.at or current_time()
    case = Case(
        tenant_id=current_tenant(), id=case_id, kind=kind.key, title=opening.title, text=opening.text, unit_id=opening.unit_id,
        tags=list(opening.tags), opened_at=opening.received or now, changed_at=now, created_by=opener, due_at=opening.due,
        restricted=kind.restricted if opening.restricted is None else opening.restricted,
    )  # fmt: skip
    return _Begun(case, opening, opening.to or Receiver(person_id=opener))


def _stored(ids: Sequence[UUID]) -> dict[UUID, Case]:
    return {each.id: each for each in Case.select().where(Case.id.in_(ids))} if ids else {}


def _open(kind: CaseKind, fresh: Sequence[_Begun]) -> dict[UUID, Case]:
    workflow_id = followed_by(kind)
    states = definition(workflow_id)
    opener, receivers = fresh[0].case.created_by, {each.to for each in fresh} - {NOBODY}
    people = {opener, *(each.person_id for each in receivers)}
    posts = posts_of([each for each in people if each], kind.handle)
    known = known_receivers(kind, receivers, opener, posts)
    home = posts[opener][0].unit_id if opener in posts else None
    _begin_clocks(fresh, states.state(states.start))
    for each, code in zip(fresh, _codes(kind, [each.case.opened_at for each in fresh]), strict=True):
        each.case.workflow_id, each.case.state = workflow_id, states.start
        each.case.unit_id = each.case.unit_id or home
        _name(each, code, states.state(states.start), known)
    made = _write(fresh)
    opened = [each for each in fresh if each.case.id in made]
    emit_all([fact for each in opened for fact in _facts(each)])
    given = [each.given for each in opened if each.given and not each.opening.quiet]
    tell_receivers(kind, given)
    tell_stand_ins(kind, given)
    if len(opened) == len(fresh):
        return {each.case.id: each.case for each in opened}
    # Sent twice at once: the other one was first.
    return _stored([each.case.id for each in fresh])


def _begin_clocks(fresh: Sequence[_Begun], first: WorkflowState) -> None:
    if all(each.opening.budget is None and each.opening.due is None for each in fresh):
        return
    agency = agency_calendar()
    for each in fresh:
        if each.opening.budget is not None:
            each.clock, each.line = services.begun(
                agency, ClockOwner(CASE, each.case.id), WHOLE, each.opening.budget, each.case.opened_at, title="",
                ground=each.opening.ground,
            )  # fmt: skip
            each.case.due_at = each.clock.due_at
        if each.case.due_at is not None:
            each.by = services.due_at_share(
                agency, each.clock, each.case.opened_at, each.case.due_at, first.share, each.case.changed_at
            )


def _codes(kind: CaseKind, opened: Sequence[datetime]) -> list[str]:
    """Return the next codes of a kind, one for each moment; the counters of the years are locked until the commit."""
    years = [moment.astimezone(HOME_ZONE).year for moment in opened]
    following = {
        year: db.prepared(
            "INSERT INTO casework.case_counter AS c (tenant_id, id, kind, year, last) "
            "VALUES (%(tenant)s::uuid, %(id)s::uuid, %(kind)s::text, %(year)s::int, %(count)s::int) "
            "ON CONFLICT (tenant_id, kind, year) DO UPDATE SET last = c.last + excluded.last RETURNING last - %(count)s::int",
            {"tenant": current_tenant(), "id": new_id(), "kind": kind.key, "year": year, "count": count},
        ).fetchone()[0]
        for year, count in sorted(Counter(years).items())
    }
    codes = []
    for year in years:
        following[year] += 1
        codes.append(f"{kind.prefix}-{year}-{following[year]:04}")
    return codes


def _name(each: _Begun, code: str, state: WorkflowState, known: dict[Receiver, Known]) -> None:
    """Enter the number wherever it is said, and who has the case."""
    case, opening = each.case, each.opening
    case.code = code
    case.folded = folded(case, opening.search)
    if each.clock:
        each.clock.title = clock_title(case)
    if each.to != NOBODY:
        each.given = Given.of(
            case, state, each.to, known[each.to].name, note=opening.note, by=each.by, at=case.changed_at
        )
        if unit := known[each.to].unit_from(case.unit_id):
            case.unit_id = unit.id


_CASE_COLUMNS = (
    "tenant_id", "id", "kind", "code", "title", "text", "state", "workflow_id", "unit_id", "restricted", "tags", "delivery", "sync",
    "opened_at", "due_at", "created_by", "changed_at", "folded", "version",
)  # fmt: skip
_STEP_COLUMNS = (
    "tenant_id", "id", "case_id", "seq", "transition", "title", "from_state", "to_state", "note", "by_person", "began_at", "at",
)  # fmt: skip
_WRITE = f"""
    WITH made AS ({insert_sql(Case, _CASE_COLUMNS, "cases")} ON CONFLICT (tenant_id, id) DO NOTHING RETURNING id),
    clock AS ({insert_sql(Clock, CLOCK_COLUMNS, "clocks")} WHERE r.owner_id IN (SELECT id FROM made) RETURNING id),
    line AS ({insert_sql(ClockEntry, LINE_COLUMNS, "lines")} WHERE r.clock_id IN (SELECT id FROM clock)),
    step AS ({insert_sql(Step, _STEP_COLUMNS, "steps")} WHERE r.case_id IN (SELECT id FROM made)),
    given AS ({insert_sql(Assignment, ASSIGNMENT_COLUMNS, "given")} WHERE r.case_id IN (SELECT id FROM made))
    SELECT id FROM made
"""


def _write(fresh: Sequence[_Begun]) -> set[UUID]:
    """Store cases with all that begins with them; return those that were not there yet."""
    rows = {
        "cases": [{name: getattr(each.case, name) for name in _CASE_COLUMNS} for each in fresh],
        "clocks": [each.clock.__data__ for each in fresh if each.clock],
        "lines": [each.line for each in fresh if each.line],
        "steps": [_first_step(each) for each in fresh],
        "given": [each.given.row for each in fresh if each.given],
    }
    made = db.prepared(_WRITE, {name: as_json(each) for name, each in rows.items()}).fetchall()
    for each in fresh:
        each.case._dirty.clear()
    return {case_id for (case_id,) in made}


def _first_step(each: _Begun) -> dict[str, Any]:
    case = each.case
    return {
        "tenant_id": case.tenant_id, "id": new_id(), "case_id": case.id, "seq": 0, "transition": "open", "title": N_("Mở"),
        "from_state": START, "to_state": case.state, "note": each.opening.note, "by_person": case.created_by,
        "began_at": case.opened_at, "at": case.changed_at,
    }  # fmt: skip


def _facts(each: _Begun) -> list[Any]:
    """Return what the history and the audit say of a case that was opened, in this order."""
    named = each.opening.due is not None and kind_of(each.case.kind).opener_names_day
    return [
        *([services.started(each.clock, each.opening.ground)] if each.clock else []),
        facts.CaseOpened(**about(each.case)),
        *([facts.CaseDayNamed(**about(each.case), due=agency_day(each.opening.due))] if named else []),
        *([each.given.fact] if each.given else []),
        *(facts.CaseFileAttached(**about(each.case), file=file.name) for file in each.files),
    ]


# ---- what is said of a case ------------------------------------------------------------------------------------


def clock_title(case: Case) -> str:
    """Return what the deadline of a whole case is called."""
    return f"{case.code} {case.title}"[: services.MOST]


def folded(case: Case, search: str = "") -> str:
    """Return the words a case is found by; where it is about persons not their numbers, so that no search tells whose one is."""
    text = masked(case.text, leave=("name", "address")) if kind_of(case.kind).personal else case.text
    return fold(
        f"{case.code} {case.code.replace('-', ' ')} {case.title} {text} {search} {' '.join(case.tags)}"
    )


def check_texts(title: str, text: str) -> None:
    """Check what a case is called and says. Raises Invalid."""
    if not title.strip():
        raise Invalid({"title": [_("Chưa ghi trích yếu.")]})
    check_length("title", title, MOST_TITLE)
    check_length("text", text, MOST_TEXT)
