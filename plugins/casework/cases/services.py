"""Everything that writes cases: each act is checked, moves the case in one transaction, and leaves its fact."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from core.api import (
    N_,
    SYSTEM,
    Conflict,
    Invalid,
    NotFound,
    RequestContext,
    _,
    acting,
    changed,
    current_actor,
    current_time,
    db,
    dispatcher,
    emit,
    fold,
    new_id,
    require_access,
    require_permission,
)
from plugins.casework.cases import events as facts
from plugins.casework.cases import queries
from plugins.casework.cases.assigning import (
    Receiver,
    carry_on,
    end_assignments,
    give,
    is_able,
    require_hand,
    share_due,
    tell,
    tell_parts_over,
)
from plugins.casework.cases.masking import masked
from plugins.casework.cases.opening import MOST_TEXT, MOST_TITLE, check_texts, clock_title, folded
from plugins.casework.cases.queries import CASE, WHOLE, OpenAssignment, about, due_of, whole_clock
from plugins.casework.cases.settling import ASSIGNED, RETURNED, settle_late
from plugins.casework.cases.stepping import outcome_of, write_step
from plugins.casework.deadlines import services
from plugins.casework.deadlines.budget import Budget, ClockError
from plugins.casework.deadlines.queries import agency_calendar
from plugins.casework.deadlines.services import ClockOwner
from plugins.casework.lengths import MOST_NOTE, check_length
from plugins.casework.models import Assignment, Case, CaseLink, Clock, Comment
from plugins.casework.registers.queries import agency_day
from plugins.casework.workflows.definition import RULES, CaseKind, Definition, Transition, WorkflowState
from plugins.casework.workflows.kinds import definition, followed_by, followed_on, kind_of
from plugins.casework.workflows.rules import receiver_by_rule
from plugins.files.api import SentFiles, files_of, remove, take_files
from plugins.notifications.api import Words, forget_field, settle

COMMENTED = "casework.commented"
BEFORE = ("opener", "previous")
"""Transitions that give a case to somebody who had to do with it: they may have left since."""


# ---- moving ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What the form of a transition said."""

    version: int
    note: str = ""
    to: Receiver | None = None
    co: Sequence[UUID] = ()
    due: datetime | None = None
    files: SentFiles | None = None
    document: str = ""
    """The document that allows a pause or a new beginning of the deadline."""


def move(ctx: RequestContext, case_id: UUID, key: str, said: Move, *, at: datetime | None = None) -> Case:
    """Move a case by a transition of its own version of the workflow; taken up after its end it follows the newest.

    Whoever held it is done with it, early, on time or late; who is given it is told. Raises Conflict when the
    case was moved or changed since it was read as `said.version`, Invalid naming the field, Forbidden with the
    reason, NotFound.
    """
    at = at or current_time()
    with db.atomic():
        case = queries.case(case_id, locked=True)
        kind = kind_of(case.kind)
        require_access(ctx, kind.read, case)
        states = followed_on(case)
        way = _way(states, key)
        if case.version != said.version or case.state not in way.sources:
            raise Conflict(case)
        held = queries.open_assignments(case.id)
        in_place_of = require_turn(ctx, kind, case, way, held)
        receiver = _receiver(ctx, kind, case, way, said)
        target = states.state(way.target)
        _check_move(case, way, said, receiver, final=target.final)
        _take_sent(case, way, said)
        # When whoever held it should have been done.
        due = min((day for each in held if each.role == "lead" and (day := due_of(case, each))), default=None)
        write_step(
            case, way.key, way.title, way.target, at, note=said.note, by=current_actor().person_id, in_place_of=in_place_of, due=due,
        )  # fmt: skip
        if ends_parts(way, target):
            _end_work(ctx, case, way, said, receiver, held, at)
        if states != definition(case.workflow_id):
            case.workflow_id = followed_by(kind)
        case.state = target.key
        _run_clock(case, way, said, at)
        end_or_reopen(case, target, at)
        case.changed_at = current_time()
        case.save_version(said.version)
        moved = _moved(case, way, target.title, in_place_of)
        if not ends_parts(way, target):
            carry_on(case, target)
            _settle_asked(held, {ctx.person.id, in_place_of or ctx.person.id})
        lead = None if way.gives == "keep" or target.final else receiver
        give(
            kind, case, target, lead, co=[Receiver(person_id=each) for each in said.co], note=said.note, due=said.due, at=at,
            returned=way.returns, after=[moved], chosen=_is_chosen(way, said, receiver),
        )  # fmt: skip
    return case


def ends_parts(way: Transition, target: WorkflowState) -> bool:
    """Tell whether a step ends the work of whoever has a case, also that of co-handlers who have not finished."""
    return way.gives != "keep" or target.final


def _is_chosen(way: Transition, said: Move, receiver: Receiver | None) -> bool:
    """Tell whether somebody chose who leads now, or took the work: not who had it before, and whom a rule names."""
    return way.gives == "mover" or (receiver == said.to and way.gives not in RULES)


def _take_sent(case: Case, way: Transition, said: Move) -> None:
    """Attach the files of a move. Raises Invalid, also where a case has none and the step needs one."""
    if said.files:
        attach_files(case, said.files)
    if way.needs_file and not files_of(queries.files_owner(case.id)):
        raise Invalid({"files": [_("Bước này cần ít nhất một tệp đính kèm.")]})


def _end_work(
    ctx: RequestContext, case: Case, way: Transition, said: Move, to: Receiver | None, held: Sequence[OpenAssignment], at: datetime
) -> None:  # fmt: skip
    """End the work of whoever held a case, done or sent back; co-handlers who do not have it anew are told."""
    back = way.returns and way.gives != "keep"
    reason = said.note if back else ""
    end_assignments(case, "returned" if back else "done", at, by=ctx.person.id, reason=reason, held=held)
    tell_parts_over(case, held, but={*said.co, to.person_id if to else None})


def _settle_asked(held: Sequence[OpenAssignment], acting: Collection[UUID]) -> None:
    """Take as read what asked whoever acts for the step; who has the work and did not take the step reads it still."""
    mine = (str(each.id) for each in held if each.role == "lead" and each.person_id in acting)
    settle((ASSIGNED, RETURNED), *mine)


def move_as(
    kind: CaseKind, ctx: RequestContext, case_id: UUID, key: str, said: Mapping[str, Any], at: datetime | None, **more: Any
) -> Case:  # fmt: skip
    """Move a case of a kind as a module's own form said: version and note are the form's. Raises as `move` does."""
    queries.case(case_id, kind)
    return move(
        ctx, case_id, key, Move(**{"version": said["version"], "note": said.get("note", ""), **more}), at=at
    )


def pass_by(case_id: UUID, key: str, *, at: datetime | None = None) -> None:
    """Move a case by a transition that nobody presses, in the running transaction: what happened elsewhere makes it.

    Whoever has it goes on with it, and reads what comes next. One whose own workflow knows no such way from where it stands, stays.
    """
    case = queries.case(case_id, locked=True)
    states, now = definition(case.workflow_id), at or current_time()
    way = next((each for each in states.ways_from(case.state) if each.key == key), None)
    if way is None:
        return
    target = states.state(way.target)
    write_step(case, way.key, way.title, way.target, now)
    case.state, case.changed_at = target.key, current_time()
    case.save_version(case.version)
    carry_on(case, target)
    with acting(SYSTEM):
        emit(_moved(case, way, target.title, None))


def end_or_reopen(case: Case, target: WorkflowState, at: datetime) -> None:
    """Write down when a case that comes to a state has ended, and whether it was early or late; or that it goes on."""
    if not target.final:
        if case.closed_at is not None:
            case.closed_at, case.outcome = None, ""  # taken up again: it is due when it was
        return
    # From one end to another, such as published after answered, it stays as early or late as it was.
    if case.closed_at is None:
        case.closed_at, case.outcome = at, outcome_of(case.due_at, at)


def _way(states: Definition, key: str) -> Transition:
    try:
        return states.transition(key)
    except KeyError:
        raise NotFound from None


def _moved(case: Case, way: Transition, state: str, in_place_of: UUID | None) -> facts.CaseMoved:
    told: dict[str, Any] = {
        **about(case), "done": way.title, "state": state, "transition": way.key, "to_state": case.state,
    }  # fmt: skip
    if in_place_of is None:
        return facts.CaseMoved(**told)
    return facts.CaseMovedInPlace(**told, in_place_of=queries.name_of(in_place_of))


def require_turn(
    ctx: RequestContext, kind: CaseKind, case: Case, way: Transition, held: Sequence[OpenAssignment]
) -> UUID | None:
    """Let pass whoever may move the case so; return whom the person stands in for, if anybody.

    Raises Forbidden.
    """
    require_permission(ctx, way.permission or kind.handle)
    if way.by == "system":
        raise NotFound
    return None if way.by == "anybody" else require_hand(ctx, kind, case, held)


def _check_move(case: Case, way: Transition, said: Move, receiver: Receiver | None, *, final: bool) -> None:
    wrong: dict[str, list[str]] = {}
    if way.needs_note and not said.note.strip():
        wrong["note"] = [_("Chưa ghi lý do.") if way.returns else _("Chưa ghi nội dung.")]
    if len(said.note) > MOST_NOTE:
        wrong["note"] = [_("Dài quá {max} ký tự.", max=MOST_NOTE)]
    if way.gives == "ask" and (said.to is None or said.to.person_id is None):
        wrong["person_id"] = [_("Chưa chọn người nhận.")]
    if way.gives == "unit" and (said.to is None or said.to.unit_id is None):
        wrong["unit_id"] = [_("Chưa chọn đơn vị nhận.")]
    if (way.gives in RULES or (way.gives in BEFORE and not final)) and receiver is None:
        wrong["person_id"] = [
            _("Quy trình giao bước này cho người nay không còn nhận được. Chọn người nhận.")
        ]
    if said.due and said.due <= case.opened_at:
        wrong["due"] = [_("Hạn này sớm hơn lúc mở việc.")]
    if wrong := wrong | _unasked(way, said, final=final):
        raise Invalid(wrong)


def _unasked(way: Transition, said: Move, *, final: bool) -> dict[str, list[str]]:
    """Return what was said that a step does not ask; a form of the module's own knows what it asks, but nobody gets what ends."""
    wrong = {}
    if final or not way.route:
        if said.co and "co" not in way.asks:
            wrong["co"] = [_("Bước này không thêm người phối hợp.")]
        if said.due and "due" not in way.asks:
            wrong["due"] = [_("Bước này không đặt hạn cho người nhận.")]
    return wrong


def _receiver(
    ctx: RequestContext, kind: CaseKind, case: Case, way: Transition, said: Move
) -> Receiver | None:
    if way.gives in ("ask", "unit"):
        return said.to
    if way.gives == "mover":
        return Receiver(person_id=ctx.person.id)
    if way.gives in (*BEFORE, *RULES):
        # A form of the module's own asks for nobody: then whoever acts has it, and can give it on.
        acting = Receiver(person_id=ctx.person.id) if way.route else None
        return named_receiver(kind, case, way) or said.to or acting
    return None


def named_receiver(kind: CaseKind, case: Case, way: Transition) -> Receiver | None:
    """Return who gets a case by a transition that names them; None when they are not there any more: then the form asks."""
    if way.gives in RULES:
        return receiver_by_rule(kind, case, way)
    to = opener_of(case) if way.gives == "opener" else previous_holder(case)
    if to is None or is_able(kind, case, to):
        return to
    left = Receiver(unit_id=to.unit_id) if to.person_id and to.unit_id else None
    return left if left and is_able(kind, case, left) else None


def opener_of(case: Case) -> Receiver | None:
    """Return who opened a case, if a person did."""
    return Receiver(person_id=case.created_by) if case.created_by else None


def previous_holder(case: Case) -> Receiver | None:
    """Return who had the case before those who have it now, or who opened it; who acted in somebody's place did not have it.

    Of what nobody in a unit had taken it is whoever did it; what was pulled back counts as never given, and
    so does what somebody had who was given it anew, with another day or word.
    """
    leads = list(Assignment.select().where(Assignment.case_id == case.id, Assignment.role == "lead"))
    since = max((each.given_at for each in leads if each.done_at is None), default=None)
    having = {each.person_id for each in leads if each.done_at is None and each.person_id}
    had = [
        each
        for each in leads
        if each.done_at
        and each.ending != "pulled"
        and (since is None or each.done_at <= since)
        and not (each.ending == "replaced" and each.person_id in having)
    ]
    if not had:
        return opener_of(case)
    before = max(had, key=lambda each: (each.done_at, each.id))
    return Receiver(person_id=before.person_id or before.done_by, unit_id=before.unit_id)


def _run_clock(case: Case, way: Transition, said: Move, at: datetime) -> None:
    """Let the transition do to the case's deadline what it says; a case without one has nothing to stop."""
    if not way.clock:
        return
    clock = whole_clock(case.id)
    if clock is None or (clock.closed_at is None) == (way.clock == "reopen"):
        return
    ground = said.note.strip() or way.title
    at = max(at, clock.last_at)  # a machine whose time was put back stops nobody
    if way.clock == "close":
        clock = services.close_clock(clock.id, at, ground=ground[:300])
        case.due_at = clock.due_at
        return
    if way.clock == "reopen":
        case.due_at = services.reopen_clock(clock.id, ground=ground[:300]).due_at
        return
    wanted = {"pause": "running", "resume": "paused"}.get(way.clock, clock.state)
    if clock.state == wanted:
        clock = services.record(clock.id, way.clock, at, ground=ground[:300], document=said.document)
        case.due_at = clock.due_at


def start_deadline(case: Case, budget: Budget, at: datetime, *, ground: str) -> None:
    """Let the deadline of a whole case begin, in the running transaction: of one that had none when it was opened."""
    clock = services.start_clock(
        ClockOwner(CASE, case.id), WHOLE, budget, at, title=clock_title(case), ground=ground,
    )  # fmt: skip
    case.due_at = clock.due_at
    services.lead(clock, agency_calendar())


def set_due(case: Case, due: datetime | None, *, named: bool = True) -> None:
    """Let a case whose deadline was kept go on to a further day, or without one, in the running transaction.

    Whoever was `named` a day has the new one too; without it they keep theirs.
    """
    case.due_at = due
    Case.update(due_at=due).where(Case.id == case.id).execute()
    still = (Assignment.case_id == case.id) & Assignment.done_at.is_null()
    moved = [each for each in Assignment.select().where(still) if named or each.share is not None]
    for each in moved:
        day = due if each.share is None else share_due(case, each.share, each.given_at)
        Assignment.update(due_at=day).where(Assignment.id == each.id).execute()
    settle_late(*(each.id for each in moved))


RESTRICTED = N_("Nội dung hạn chế")
"""What a case that was restricted is called where people were told of it before."""


def restrict(ctx: RequestContext, case: Case, restricted: bool = True) -> None:
    """Let a case be seen from now on only by who has to do with it, or by all again, in the running transaction.

    Whoever decides that has to do with it: they go on seeing what they did. The unit it had come to does not, and what
    anybody was told of it says its title no more.
    """
    kind = kind_of(case.kind)
    case.restricted = restricted
    Case.update(restricted=restricted).where(Case.id == case.id).execute()
    if restricted:
        forget_field("title", Words(RESTRICTED), kind.route, {"case_id": case.id}, since=case.opened_at)
    if not queries.is_visible(ctx, case, kind):
        me, now = ctx.person.id, current_time()
        Assignment.insert(
            id=new_id(), case_id=case.id, person_id=me, role="co", task=N_("Hạn chế người xem"), given_by=me, given_at=now, seen_at=now,
            done_at=now, done_by=me, ending="done",
        ).execute()  # fmt: skip


# ---- what stands beside a case --------------------------------------------------------------------------------------


def change_case(
    ctx: RequestContext, case_id: UUID, *, version: int, title: str, text: str, tags: Iterable[str] = (), search: str = ""
) -> Case:  # fmt: skip
    """Change the facts of a case that was read as `version`.

    Raises Conflict, Invalid, Forbidden, NotFound.
    """
    check_texts(title, text)
    with db.atomic():
        case = queries.case(case_id, locked=True)
        kind = kind_of(case.kind)
        require_access(ctx, kind.handle, case)
        if case.version != version:
            raise Conflict(case)
        before = {"title": case.title, "length": len(case.text), "tags": " · ".join(case.tags)}
        case.title, case.text, case.tags = title, text, list(tags)
        case.folded, case.changed_at = folded(case, search), current_time()
        case.save_version(version)
        now = {"title": case.title, "length": len(case.text), "tags": " · ".join(case.tags)}
        emit(facts.CaseChanged(**about(case), changes=changed(before, now)))
    return case


def hide_persons(case_id: UUID, known: Sequence[str]) -> None:
    """Hide for good what tells in a case who somebody is, in the running transaction; `known` is what is to be forgotten.

    Raises NotFound.
    """
    case = queries.case(case_id, locked=True)
    reword(case, masked(case.title, known=known), masked(case.text, known=known))


def hide_title(case_id: UUID, known: Sequence[str]) -> bool:
    """Hide what a title tells of who somebody is, and tell whether there was anything.

    It is done in the running transaction; the title stands before the text then. Raises NotFound.
    """
    case = queries.case(case_id, locked=True)
    title = masked(case.title, known=known)
    if title == case.title:
        return False
    text = f"{case.title}\n\n{case.text}"
    # Of a text that has no room for it nothing is cut off: the title then says less, and only of people.
    reword(case, title, text if len(text) <= MOST_TEXT else case.text)
    return True


def reword(case: Case, title: str, text: str) -> None:
    """Let a case say something else of people for good, wherever it is found or told of, in the running transaction."""
    case.title, case.text = title[:MOST_TITLE], text
    case.folded = folded(case)
    case.save_version(case.version)  # a form that was opened before still holds what is hidden now
    named = (Clock.owner_type == CASE) & (Clock.owner_id == case.id) & (Clock.name == WHOLE)
    Clock.update(title=clock_title(case)).where(named).execute()


def add_words(case: Case, words: str) -> None:
    """Let a case be found by further words, in the running transaction; by each once, however often it is said."""
    known = set(case.folded.split())
    new = [word for word in dict.fromkeys(fold(words).split()) if word not in known]
    if not new:
        return
    more = f" {' '.join(new)}"
    case.folded += more
    # Added to what is stored: somebody else may have added words since the case was read.
    Case.update(folded=Case.folded.concat(more)).where(Case.id == case.id).execute()


def set_words(case: Case, words: str) -> None:
    """Let a case be found by what it says and by these further words alone, in the running transaction."""
    case.folded = folded(case, words)
    Case.update(folded=case.folded).where(Case.id == case.id).execute()


def comment(ctx: RequestContext, case_id: UUID, text: str) -> None:
    """Write beside a case; those who have it and those who follow it are told.

    Raises Invalid, Forbidden, NotFound.
    """
    text = text.strip()
    if not text:
        raise Invalid({"text": [_("Chưa viết gì.")]})
    check_length("text", text, MOST_NOTE)
    with db.atomic():
        case = queries.case(case_id)
        require_access(ctx, kind_of(case.kind).read, case)
        made = new_id()
        Comment.insert(id=made, case_id=case.id, author_id=ctx.person.id, text=text).execute()
        emit(facts.CaseCommented(**about(case)))
        tell(
            COMMENTED,
            case,
            _concerned(case),
            fact=str(made),
            text=N_("{name} trao đổi ở {code} “{title}”"),
            name=ctx.person.full_name,
        )


def _concerned(case: Case) -> list[UUID]:
    """Return who holds a case and who opened it."""
    people = [each.person_id for each in queries.open_assignments(case.id)]
    return [each for each in {*people, case.created_by} if each]


def link(ctx: RequestContext, case_id: UUID, code: str, how: str = "related") -> None:
    """Link a case with another of the agency that the person sees too; a link that is there stays.

    Raises Invalid, Forbidden, NotFound.
    """
    with db.atomic():
        case = queries.case(case_id)
        require_access(ctx, kind_of(case.kind).handle, case)
        other = queries.case_by_code(code)
        # A case that the person may not see is told of as one that does not exist.
        if other is None or other.id == case.id or not queries.is_visible(ctx, other, kind_of(other.kind)):
            raise Invalid(
                {"code": [_("Không có vụ việc số “{code}” ở cơ quan này.", code=code.strip()[:60])]}
            )
        made = CaseLink.insert(
            id=new_id(), case_id=case.id, other_id=other.id, kind=how, made_by=ctx.person.id
        )
        if list(made.on_conflict_ignore().returning(CaseLink.id).execute()):
            emit(facts.CaseLinked(**about(case), other=other.code))


def unlink(ctx: RequestContext, case_id: UUID, other_id: UUID) -> None:
    """Take a link away; nothing happens when it is gone already.

    Raises Forbidden, NotFound.
    """
    with db.atomic():
        case = queries.case(case_id)
        require_access(ctx, kind_of(case.kind).handle, case)
        other = queries.case(other_id)
        either = ((CaseLink.case_id == case_id) & (CaseLink.other_id == other_id)) | (
            (CaseLink.case_id == other_id) & (CaseLink.other_id == case_id)
        )
        if CaseLink.delete().where(either).execute():
            emit(facts.CaseUnlinked(**about(case), other=other.code))


def attach(ctx: RequestContext, case_id: UUID, sent: SentFiles) -> int:
    """Attach files to a case; return how many.

    Raises Invalid, Forbidden, NotFound.
    """
    if not sent:
        raise Invalid({sent.field: [_("Chưa chọn tệp nào.")]})
    with db.atomic():
        case = queries.case(case_id)
        require_access(ctx, kind_of(case.kind).handle, case)
        return attach_files(case, sent)


def attach_files(case: Case, sent: SentFiles) -> int:
    """Attach files to a case in the running transaction; for acts that checked who may. Raises Invalid."""
    taken = take_files(sent, queries.files_owner(case.id))
    for file in taken:
        emit(facts.CaseFileAttached(**about(case), file=file.name))
    return len(taken)


def detach(ctx: RequestContext, case_id: UUID, file_id: UUID) -> None:
    """Take a file off a case that goes on; nothing happens when it is gone already.

    Raises Invalid also where another module keeps what the file is a copy of, Forbidden, NotFound.
    """
    with db.atomic():
        case = queries.case(case_id)
        kind = kind_of(case.kind)
        require_access(ctx, kind.handle, case)
        require_hand(ctx, kind, case)
        if case.closed_at:
            raise Invalid({"": [_("{code} đã kết thúc.", code=case.code)]})
        for file in files_of(queries.files_owner(case.id)):
            if file.id == file_id:
                if denied := dispatcher().check_access(ctx, kind.handle, file):
                    raise Invalid({"": [denied.reason]})
                remove(file_id)
                emit(facts.CaseFileDetached(**about(case), file=file.name))


def is_past(case: Case, at: datetime | None = None) -> bool:
    """Tell whether the day by which a case was due is over; days are compared, not hours."""
    return case.due_at is not None and agency_day(case.due_at) < agency_day(at)


def local_end(day: date) -> datetime:
    """Return when a day's work ends in the agency in scope: what a deadline given as a day means.

    Raises Invalid for a day that its calendar does not reach.
    """
    agency = agency_calendar()
    try:
        return agency.aware(agency.calendar.closing(agency.calendar.next_working(day)))
    except ClockError as error:
        raise Invalid({"due": [str(error)]}) from error


def coming_end(day: date | None, at: datetime | None = None) -> datetime | None:
    """Return the same of a day that somebody sets in the field `due`, if they set one. Raises Invalid for one that is over."""
    if day and day < agency_day(at):
        raise Invalid({"due": [_("Hạn này đã qua.")]})
    return local_end(day) if day else None
