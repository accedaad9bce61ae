"""Who must act: hand-over, co-handlers, what is pulled back, taken over, and done in somebody's place."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Self
from uuid import UUID

from core.api import (
    N_,
    Conflict,
    Event,
    Forbidden,
    Invalid,
    NotFound,
    RequestContext,
    _,
    current_actor,
    current_tenant,
    current_time,
    db,
    emit,
    emit_all,
    format_date,
    new_id,
    require_access,
)
from plugins.casework.cases import delegations, queries
from plugins.casework.cases import events as facts
from plugins.casework.cases.queries import (
    CASE,
    WHOLE,
    Held,
    OpenAssignment,
    about,
    due_of,
    hold_of,
    hold_place,
    whole_clock,
)
from plugins.casework.cases.settling import ASSIGNED, DUE, OVERDUE, RETURNED, facts_of, settle_work
from plugins.casework.cases.standing_in import problem_with, rights_of
from plugins.casework.cases.stepping import outcome_of, write_step
from plugins.casework.deadlines.queries import agency_calendar, clocks_of
from plugins.casework.deadlines.services import due_at_share, reopen_clock
from plugins.casework.lengths import MOST_NOTE, MOST_REASON, check_length
from plugins.casework.models import Assignment, Case, Delegation, Step
from plugins.casework.registers.queries import agency_day
from plugins.casework.workflows.definition import CaseKind, Definition, WorkflowState
from plugins.casework.workflows.kinds import definition, kind_of
from plugins.casework.writing import as_json, insert, insert_sql
from plugins.notifications.api import PostOf, Told, Words, notify, notify_each, people_with, posts_of, settle

Ending = Literal["done", "returned", "pulled", "replaced"]
COLUMNS = (
    "tenant_id", "id", "case_id", "person_id", "unit_id", "role", "task", "note", "given_by", "given_at", "seen_at", "due_at", "share",
    "unit_before",
)  # fmt: skip
"""Of an assignment that is open; the others have their defaults."""
LONGEST_AWAY = 366
"""Days of one delegation: more is a change of posts."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets something to do: a person, or a unit in which somebody takes it."""

    person_id: UUID | None = None
    unit_id: UUID | None = None


NOBODY = Receiver()


class Unit(NamedTuple):
    """A unit of the agency in scope."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who can get something: what they are called, and of which units they are."""

    name: str
    units: Mapping[UUID, str]
    """The one before others comes first."""

    def unit_from(self, unit_id: UUID | None) -> Unit | None:
        """Return the unit to which a case goes with them from where it lies; None where it stays, for they are of that one too."""
        return None if unit_id in self.units else Unit(*next(iter(self.units.items())))


# ---- giving -----------------------------------------------------------------------------------------------------


def give(
    kind: CaseKind, case: Case, state: WorkflowState, to: Receiver | None, *, co: Sequence[Receiver] = (), note: str = "",
    due: datetime | None = None, at: datetime | None = None, returned: bool = False, after: Sequence[Event] = (),
    told: bool = True, notified: bool = True, chosen: bool = False,
) -> bool:  # fmt: skip
    """Give a case to whoever leads and to its co-handlers, in the running transaction, and tell them; tell whether anybody got it.

    Without a `due` that somebody named whoever leads has the share of the deadline that the state gives, others
    the whole. The facts of what led to it come `after` which it was given; unless it is `told` that is no fact of its
    own, and unless whoever leads is `notified` what led to it tells them. Where somebody has `chosen` who leads, the case
    lies with their unit from then on. Raises Invalid for somebody who does not work here or may not handle the kind.
    """
    leads = [to] if to and to != NOBODY else []
    known = known_receivers(kind, {*leads, *co}, case.created_by) if leads or co else {}
    by = share_due(case, state.share, at or current_time()) if leads and due is None else None
    led = [Given.of(case, state, each, known[each].name, note=note, due=due, by=by, at=at) for each in leads]
    joined = [
        Given.of(case, state, each, known[each].name, role="co", note=note, due=due, at=at) for each in co
    ]
    unit = known[leads[0]].unit_from(case.unit_id) if leads and chosen and not is_decided(state) else None
    _store(case, [each.row for each in (*led, *joined)], unit)
    given = [each.fact for each in (*led, *joined) if told]
    # What led to it, if there is something, tells those who count cases.
    elsewhere = [facts.CaseUnitChanged(**about(case), unit=unit.name)] if unit and not after else []
    emit_all([*after, *given, *elsewhere])
    if notified:
        tell_receivers(kind, led, returned=returned)
    tell_receivers(kind, joined)
    tell_stand_ins(kind, [*led, *joined])
    return bool(led or joined)


def is_decided(state: WorkflowState) -> bool:
    """Tell whether who has a case in a state only approves or signs it: it stays with the unit that dealt with it."""
    return state.mark == "sign"


_GIVE_ELSEWHERE = (
    f"WITH given AS ({insert_sql(Assignment, COLUMNS, 'given')}) "
    "UPDATE casework.case_base SET unit_id = %(unit)s::uuid WHERE tenant_id = %(tenant)s::uuid AND id = %(case)s::uuid"
)


def _store(case: Case, rows: Sequence[dict[str, Any]], unit: Unit | None) -> None:
    """Store who has a case and, by the same statement, the other unit with which it lies then."""
    if unit is None:
        insert(Assignment, rows)
        return
    given = {"tenant": current_tenant(), "case": case.id, "unit": unit.id, "given": as_json(rows)}
    db.prepared(_GIVE_ELSEWHERE, given)
    case.unit_id = unit.id


@dataclass(frozen=True, slots=True)
class Given:
    """A case that somebody gets, before it is stored: whoever opens many cases stores all of these at once."""

    case: Case
    to: Receiver
    made: Assignment
    fact: facts.CaseAssigned

    @classmethod
    def of(
        cls, case: Case, state: WorkflowState, to: Receiver, name: str, *, role: Literal["lead", "co"] = "lead", note: str = "",
        due: datetime | None = None, by: datetime | None = None, at: datetime | None = None,
    ) -> Self:  # fmt: skip
        """Return it; `name` is the receiver's, as `known_receivers` gave it.

        `due` is a day that somebody named, `by` what the share of the deadline gives otherwise.
        """
        giver, at = current_actor().person_id, at or current_time()
        made = Assignment(
            tenant_id=current_tenant(), id=new_id(), case_id=case.id, person_id=to.person_id, unit_id=to.unit_id, role=role,
            task=_task(state, role), note=note, given_by=giver, given_at=at, due_at=due or by or case.due_at,
            share=None if due else state.share if role == "lead" else 100,
            seen_at=at if to.person_id and to.person_id == giver else None,
            unit_before=case.unit_id if role == "lead" else None,
        )  # fmt: skip
        fact = (facts.CaseTakenOn if giver and to.person_id == giver else facts.CaseAssigned)(
            **about(case), receiver=name, task=made.task, assignment_id=made.id,
        )  # fmt: skip
        return cls(case, to, made, fact)

    @property
    def row(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {name: getattr(self.made, name) for name in COLUMNS}


def tell_receivers(kind: CaseKind, given: Sequence[Given], *, returned: bool = False) -> None:
    """Tell people of what they got, but for who gave it; each notification leads to its case."""
    units = {each.to.unit_id: _people_of(each.to.unit_id) for each in given if each.to.person_id is None}
    told = [
        _told(kind, each.case, person_id, str(each.made.id), task=Words(each.made.task))
        for each in given
        for person_id in ([each.to.person_id] if each.to.person_id else units[each.to.unit_id])
        if person_id != each.made.given_by
    ]
    words = N_("{code} “{title}” bị trả lại cho bạn") if returned else N_("{code} “{title}”: {task}")
    if told:
        notify_each(RETURNED if returned else ASSIGNED, told, text=words)


def tell_stand_ins(kind: CaseKind, given: Sequence[Given]) -> None:
    """Tell who acts for those who are away, as far as they may see it: nobody else would know of it."""
    people = {
        each.to.person_id for each in given if each.to.person_id and each.to.person_id != each.made.given_by
    }
    away = delegations.standing_in_for(sorted(people)) if people else ()
    if not away:
        return
    able = people_with(kind.read)
    names = queries.names(sorted({person_id for person_id, _stand_in in away}))
    told = [
        _told(
            kind, each.case, stand_in, str(each.made.id), task=Words(each.made.task), person=names[person_id]
        )
        for each in given
        for person_id, stand_in in away
        if person_id == each.to.person_id and stand_in in able and stand_in != each.made.given_by
    ]
    if told:
        notify_each(ASSIGNED, told, text=N_("{code} “{title}”: {task} (thay {person})"))


def _task(state: WorkflowState, role: str) -> str:
    return state.task if role == "lead" else N_("Phối hợp")


def known_receivers(
    kind: CaseKind,
    receivers: Collection[Receiver],
    opener: UUID | None,
    posts: Mapping[UUID, Sequence[PostOf]] | None = None,
) -> dict[Receiver, Known]:
    """Return what those are called who get something, and their units; `posts` of the people among them if they were read already.

    Raises Invalid for the first who cannot get it.
    """
    if posts is None:
        people = {each.person_id for each in receivers if each.person_id}
        posts = posts_of(people, kind.handle) if people else {}
    units = dict(queries.staffed_units()) if any(each.person_id is None for each in receivers) else {}
    return {
        to: _known_person(to.person_id, posts.get(to.person_id, ()), opener) if to.person_id else _known_unit(to.unit_id, units)
        for to in receivers
    }  # fmt: skip


def _known_person(person_id: UUID, posts: Sequence[PostOf], opener: UUID | None) -> Known:
    # Who opened it gets it back even without the right to handle others'.
    if posts and (posts[0].able or person_id == opener):
        return Known(posts[0].name, {each.unit_id: each.unit for each in posts})
    name = queries.name_of(person_id)
    text = N_("{name} không có quyền xử lý loại việc này ở cơ quan. Chọn người khác.")
    if name and not posts:
        text = N_("{name} không còn làm việc ở cơ quan hoặc đang bị khoá tài khoản. Chọn người khác.")
    text = _(text, name=name or _("Người này"))
    raise Invalid({"person_id": [text]})


def _known_unit(unit_id: UUID | None, units: Mapping[UUID, str]) -> Known:
    if unit_id is None or unit_id not in units:
        raise Invalid({"unit_id": [_no_unit(unit_id)]})
    return Known(units[unit_id], {unit_id: units[unit_id]})


def _no_unit(unit_id: UUID | None) -> str:
    if name := queries.name_of(None, unit_id):
        return _("{unit} hiện chưa có ai làm việc. Chọn đơn vị khác hoặc chọn người.", unit=name)
    return _("Đơn vị này không còn. Chọn đơn vị khác.")


def require_hand(
    ctx: RequestContext, kind: CaseKind, case: Case, held: Sequence[OpenAssignment] | None = None
) -> UUID | None:
    """Let pass who holds a case, and who manages the kind; return whom the person stands in for, if anybody.

    Raises Forbidden.
    """
    hand = hold_of(ctx, case, held)
    if hand is None and not ctx.can(kind.manage):
        raise Forbidden(
            _("Việc này đang do người khác giữ. Người giữ hoặc người quản lý mới làm được bước này.")
        )
    # Who manages the kind and stands in acts in the place of who is away.
    return None if hand == ctx.person.id else hand


def is_able(kind: CaseKind, case: Case, to: Receiver) -> bool:
    """Tell whether somebody who had to do with a case can still get it: they may have left, their unit may be closed."""
    try:
        return bool(known_receivers(kind, [to], case.created_by))
    except Invalid:
        return False


def _people_of(unit_id: UUID | None) -> list[UUID]:
    rows = db.execute_sql(
        "SELECT DISTINCT person_id FROM tenants.current_post WHERE tenant_id = %s AND unit_id = %s",
        (current_tenant(), unit_id),
    ).fetchall()
    return [each for (each,) in rows]


def _with_stand_ins(people: Sequence[UUID]) -> list[UUID]:
    return [*people, *(stand_in for _person, stand_in in delegations.standing_in_for(people))]


def tell(kind: str, case: Case, people: Iterable[UUID], *, fact: str, text: str, **fields: str) -> None:
    """Tell people, but for who acts, of a fact about a case; the notification leads to the case."""
    declared, acting = kind_of(case.kind), current_actor().person_id
    told = [_told(declared, case, each, fact, **fields) for each in sorted(set(people)) if each != acting]
    if told:
        notify_each(kind, told, text=text)


def _told(kind: CaseKind, case: Case, person_id: UUID, fact: str, **fields: str) -> Told:
    words = {"code": case.code, "title": case.title, **fields}
    return Told(person_id, fact, words, kind.route, {"case_id": case.id})


_END = (
    "UPDATE casework.assignment a SET done_at = r.done_at, done_by = %(by)s::uuid, ending = r.ending, reason = %(reason)s::text, "
    "outcome = r.outcome FROM json_to_recordset(%(rows)s::json) AS r (id uuid, done_at timestamptz, ending text, outcome text) "
    "WHERE a.tenant_id = %(tenant)s::uuid AND a.id = r.id AND a.done_at IS NULL"
)


def end_assignments(
    case: Case,
    ending: Ending,
    at: datetime,
    *,
    by: UUID | None,
    reason: str = "",
    only: Sequence[UUID] | None = None,
    held: Sequence[OpenAssignment] | None = None,
) -> None:
    """End what is open of a case, `held` if that was read already: whoever held it was early, on time or late.

    What told them of it is taken as read.
    """
    over = [
        each
        for each in (queries.open_assignments(case.id) if held is None else held)
        if only is None or each.id in only
    ]
    ended = [
        {
            "id": each.id, "done_at": max(at, each.given_at), "ending": how,
            "outcome": outcome_of(due, at) if how == "done" and due else "",
        }
        for each in over
        for how, due in [(ending if each.role == "lead" or ending == "pulled" else "replaced", due_of(case, each))]
    ]  # fmt: skip
    if ended:
        db.prepared(
            _END,
            {"tenant": current_tenant(), "by": by, "reason": reason[:MOST_REASON], "rows": as_json(ended)},
        )
        settle_work(case, over)


def share_due(case: Case, share: int, given: datetime) -> datetime | None:
    """Return when work that is given then is due: at its share of the whole deadline."""
    if case.due_at is None or share >= 100:
        return case.due_at
    return due_at_share(agency_calendar(), whole_clock(case.id), case.opened_at, case.due_at, share, given)


def carry_on(case: Case, state: WorkflowState) -> None:
    """Let whoever keeps a case see what comes next, and by when as far as nobody named the day."""
    leads = (Assignment.case_id == case.id) & Assignment.done_at.is_null() & (Assignment.role == "lead")
    for each in Assignment.select().where(leads):
        values: dict[str, Any] = {"task": state.task}
        if each.share is not None:
            values["share"] = state.share
            if case.due_at is not None:  # while its clock stands still the day that was stays
                values["due_at"] = share_due(case, state.share, each.given_at)
        Assignment.update(values).where(Assignment.id == each.id).execute()


# ---- what those who hold something do ------------------------------------------------------------------------------


def mark_seen(ctx: RequestContext, held: Iterable[Held], stands_in_for: Collection[UUID] = ()) -> None:
    """Remember that whoever has to act has opened the case, or who stands in for them: from then on it cannot be pulled back."""
    for each in held:
        reads = each.person_id == ctx.person.id or (
            each.person_id in stands_in_for and each.given_by != ctx.person.id
        )
        if reads and each.seen_at is None:
            unseen = (Assignment.id == each.id) & Assignment.done_at.is_null() & Assignment.seen_at.is_null()
            Assignment.update(seen_at=current_time()).where(unseen).execute()


def take(ctx: RequestContext, assignment_id: UUID) -> Case:
    """Take what the own unit has to do; of two who take it the first has it.

    Raises Invalid when somebody has it already, Forbidden, NotFound.
    """
    with db.atomic():
        case, found = _assignment(assignment_id)
        require_access(ctx, kind_of(case.kind).handle, case)
        if found.unit_id not in ctx.unit_ids:
            raise Forbidden(_("Việc này giao cho đơn vị khác."))
        free = (
            (Assignment.id == assignment_id) & Assignment.person_id.is_null() & Assignment.done_at.is_null()
        )
        now = current_time()
        moves = found.unit_id != case.unit_id and not is_decided(
            definition(case.workflow_id).state(case.state)
        )
        if moves:
            case = queries.case(case.id, locked=True)  # before the assignment, as by all who change both
        if not Assignment.update(person_id=ctx.person.id, seen_at=now).where(free).execute():
            raise Invalid({"": [_("Đã có người nhận việc này.")]})
        settle((ASSIGNED, RETURNED), str(found.id))
        # It goes on being late, if it is, for who has it now; of the case of a leg also for who has another part of it.
        held = queries.open_assignments(case.id)
        having = _with_stand_ins([ctx.person.id, *(each.person_id for each in held if each.person_id)])
        settle((DUE, OVERDUE), *facts_of(found.id), *facts_of(case.id), but=having)
        taken: list[Event] = [facts.AssignmentTaken(**about(case))]
        if moves:
            case.unit_id = found.unit_id
            Case.update(unit_id=found.unit_id).where(Case.id == case.id).execute()
            taken.append(facts.CaseUnitChanged(**about(case), unit=queries.name_of(None, found.unit_id)))
        emit_all(taken)
    return case


def own_part(ctx: RequestContext, assignment_id: UUID) -> tuple[Case, Assignment]:
    """Return a case and the part of it that somebody does, or that they do in somebody's place.

    Raises Forbidden, NotFound.
    """
    case, found = _assignment(assignment_id)
    require_access(ctx, kind_of(case.kind).read, case)
    people = {ctx.person.id, *delegations.stands_in_for(ctx.person.id)}
    if found.role != "co" or found.person_id not in people:
        raise Forbidden(_("Chỉ người phối hợp báo xong phần của mình."))
    return case, found


def finish_co(ctx: RequestContext, assignment_id: UUID, *, note: str = "") -> Case:
    """Report that one's part as a co-handler is done; whoever leads is told.

    Raises Invalid, Forbidden, NotFound.
    """
    check_length("note", note, MOST_REASON)
    with db.atomic():
        case, found = own_part(ctx, assignment_id)
        now = current_time()
        done = Assignment.update(
            done_at=now, done_by=ctx.person.id, ending="done", reason=note,
            outcome=outcome_of(due, now) if (due := due_of(case, found)) else "",
        ).where(Assignment.id == found.id, Assignment.done_at.is_null())  # fmt: skip
        if done.execute():
            settle_work(case, [found])
            person = "" if found.person_id == ctx.person.id else queries.name_of(found.person_id)
            fact: Event = facts.CoWorkDone(**about(case))
            text = N_("{name} đã xong phần phối hợp ở {code} “{title}”")
            if person:
                fact = facts.CoWorkDoneInPlace(**about(case), in_place_of=person)
                text = N_("{name} thay {person} đã xong phần phối hợp ở {code} “{title}”")
            emit(fact)
            held = queries.open_assignments(case.id)
            leads = [each.person_id for each in held if each.role == "lead" and each.person_id]
            tell(
                ASSIGNED,
                case,
                leads,
                fact=f"{found.id}:co",
                text=text,
                name=ctx.person.full_name,
                person=person,
            )
        else:
            _check_same(Assignment.get_by_id(found.id), ctx.person.id, note)
    return case


def _check_same(part: Assignment, person_id: UUID, note: str) -> None:
    """Let somebody say twice that a part is done; what a second person says of it, or in other words, must not be lost."""
    if part.ending != "done":
        raise Invalid({"": [_("Phần phối hợp này đã kết thúc khi việc chuyển bước.")]})
    if (part.done_by, part.reason) != (person_id, note):
        text = _("{name} đã báo xong phần này. Điều bạn viết chưa được ghi: còn cần thì ghi vào Trao đổi.", name=queries.name_of(part.done_by))  # fmt: skip
        raise Invalid({"": [text]})


def tell_parts_over(case: Case, held: Sequence[OpenAssignment], *, but: Collection[UUID | None] = ()) -> None:
    """Tell co-handlers who had not finished that a case went on without them, but for those who have it anew."""
    text = N_("{code} “{title}” đã chuyển bước, phần phối hợp của bạn không còn phải làm")
    parts = {
        each.person_id: each
        for each in held
        if each.role == "co" and each.person_id and each.person_id not in but
    }
    away = delegations.standing_in_for(list(parts)) if parts else ()
    for person_id, each in parts.items():
        people = [person_id, *(stand_in for person, stand_in in away if person == person_id)]
        tell(ASSIGNED, case, people, fact=f"{each.id}:over", text=text)


def pull_back(ctx: RequestContext, assignment_id: UUID) -> Case:
    """Take back what one has just given and nobody has opened: the case is where it was before.

    Raises Invalid when it was opened or moved on, Forbidden, NotFound.
    """
    with db.atomic():
        case, found = _assignment(assignment_id)
        kind = kind_of(case.kind)
        require_access(ctx, kind.read, case)
        if found.given_by != ctx.person.id:
            raise Forbidden(_("Chỉ người giao rút lại được."))
        case = queries.case(case.id, locked=True)
        # Who takes it, or opens it, at this moment was first.
        found = Assignment.select().where(Assignment.id == assignment_id).for_update().get()
        if found.done_at or found.seen_at:
            raise Invalid(
                {
                    "": [
                        _(
                            "Người nhận đã mở việc này, không rút lại được nữa. Trao đổi với họ hoặc chờ họ trả lại."
                        )
                    ]
                }
            )
        now = current_time()
        end_assignments(case, "pulled", now, by=ctx.person.id, only=[found.id])
        _tell_pulled(case, found)
        if found.role == "lead":
            _step_back(ctx, kind, case, found, now)
        name = queries.name_of(found.person_id, found.unit_id)
        emit(facts.AssignmentPulledBack(**about(case), receiver=name))
    return case


def _tell_pulled(case: Case, found: Assignment | OpenAssignment) -> None:
    """Tell those who had been told of an assignment that it is theirs no more."""
    people = _with_stand_ins([found.person_id]) if found.person_id else _people_of(found.unit_id)
    text = N_("{code} “{title}” đã được người giao rút lại, bạn không phải xử lý nữa")
    tell(ASSIGNED, case, people, fact=f"{found.id}:pulled", text=text)


def _step_back(ctx: RequestContext, kind: CaseKind, case: Case, found: Assignment, now: datetime) -> None:
    """Put a case back with whoever gave it, due when it was, and to where it was if the step before was what gave it.

    Raises Invalid where that step took up a case that was closed, and where its workflow knows no more where it was.
    """
    last = Step.select().where(Step.case_id == case.id).order_by(Step.seq.desc()).first()
    states = definition(case.workflow_id)
    # Given without a step, it was given after the last one.
    gave = last.seq > 0 and last.at >= found.given_at
    undone = gave and last.by_person == ctx.person.id and last.to_state == case.state
    if undone:
        if problem := _no_way_back(states, last.from_state):
            raise Invalid({"": [problem]})
        _end_joined(case, found, now)
        _run_again(case, last.at)
        write_step(case, "pull_back", N_("Rút lại"), last.from_state, now, by=ctx.person.id)
        case.state = last.from_state
    case.unit_id, case.changed_at = found.unit_before or case.unit_id, now
    case.save_version(case.version)
    state = states.state(case.state)
    if not state.final:
        _give_back(ctx, kind, case, state, _had_before(case, found, ctx.person.id), now)
        if undone:
            _give_parts_back(kind, case, state, found)


def _end_joined(case: Case, found: Assignment, now: datetime) -> None:
    """End the parts of co-handlers whom a step named that is taken back, and tell them."""
    joined = [each for each in queries.open_assignments(case.id) if each.given_at == found.given_at]
    end_assignments(case, "pulled", now, by=found.given_by, held=joined)
    for each in joined:
        _tell_pulled(case, each)


def _run_again(case: Case, since: datetime) -> None:
    """Let clocks run again that ended with the step that is taken back."""
    for each in clocks_of(CASE, case.id):
        if each.closed_at and each.closed_at >= since:
            clock = reopen_clock(each.id, ground=N_("Rút lại"))
            if clock.name == WHOLE:
                case.due_at = clock.due_at


def _give_parts_back(kind: CaseKind, case: Case, state: WorkflowState, found: Assignment) -> None:
    """Give co-handlers anew what the step that is taken back cut off, due when it was; but for who can have it no more."""
    cut_off = (Assignment.role == "co") & (Assignment.ending == "replaced") & (Assignment.done_at == found.given_at)  # fmt: skip
    for each in Assignment.select().where(Assignment.case_id == case.id, cut_off):
        to, due = Receiver(each.person_id, each.unit_id), each.due_at if each.share is None else None
        if is_able(kind, case, to):
            settle((ASSIGNED,), f"{each.id}:over")
            give(kind, case, state, None, co=[to], note=each.note, due=due, at=each.given_at)


def _no_way_back(states: Definition, key: str) -> str:
    """Say why no step can be taken back to a state, or nothing."""
    before = next((each for each in states.states if each.key == key), None)
    if before is None:
        return _(
            "Quy trình nay không còn bước trước đó nên không rút lại được. Giao cho người khác thay vì rút lại."
        )
    if before.final:
        return _("Việc vừa được mở lại nên không rút lại được. Giao cho người khác thay vì rút lại.")
    return ""


def _give_back(
    ctx: RequestContext, kind: CaseKind, case: Case, state: WorkflowState, had: Assignment | None, now: datetime
) -> None:  # fmt: skip
    """Give a case to whoever had it, due and seen as they had it; to who pulled it back if nobody did, or they can have it no more."""
    to = Receiver(person_id=ctx.person.id)
    if had and had.person_id and is_able(kind, case, last := Receiver(had.person_id, had.unit_id)):
        to = last
    due, given = (None, now) if had is None else (had.due_at if had.share is None else None, had.given_at)
    # That it is back with who took it back is said by the taking back itself.
    mine = to.person_id == ctx.person.id
    give(kind, case, state, to, due=due, at=given, told=not mine)
    if had and not mine:
        back = (Assignment.case_id == case.id) & Assignment.done_at.is_null() & (Assignment.role == "lead")
        Assignment.update(seen_at=had.seen_at).where(back).execute()


def _had_before(case: Case, found: Assignment, person_id: UUID) -> Assignment | None:
    """Return what was given on by a person, theirs or somebody else's: taking it back wins nobody time."""
    return (
        Assignment.select()
        .where(
            (Assignment.case_id == case.id) & (Assignment.role == "lead") & (Assignment.done_at == found.given_at)
            & ((Assignment.person_id == person_id) | (Assignment.done_by == person_id))
        )
        .first()
    )  # fmt: skip


def reassign(
    ctx: RequestContext, case_id: UUID, to: Receiver, *, note: str = "", due: datetime | None = None, version: int | None = None
) -> Case:  # fmt: skip
    """Give a case to somebody else without moving it; for whoever holds it, and who manages the kind.

    Whoever has it already gets it anew where a day or a word is said with it.
    Raises Conflict when it was moved, given or changed since it was read as `version`, Invalid, Forbidden, NotFound.
    """
    check_length("note", note, MOST_NOTE)
    if to == Receiver():
        raise Invalid({"person_id": [_("Chưa chọn người nhận.")]})
    with db.atomic():
        case = queries.case(case_id, locked=True)
        kind = kind_of(case.kind)
        require_access(ctx, kind.handle, case)
        if version not in (None, case.version):
            raise Conflict(case)
        if case.closed_at:
            raise Invalid({"": [_("{code} đã kết thúc.", code=case.code)]})
        if not ctx.can(kind.manage) and hold_of(ctx, case) is None:
            raise Forbidden(
                _("Việc này đang do người khác giữ. Người giữ hoặc người quản lý mới giao lại được.")
            )
        leads = [each for each in queries.open_assignments(case.id) if each.role == "lead"]
        has_it = to.person_id and [each.person_id for each in leads] == [to.person_id]
        if has_it and due is None and not note.strip():
            return case
        now = current_time()
        end_assignments(case, "replaced", now, by=ctx.person.id, held=leads)
        state = definition(case.workflow_id).state(case.state)
        give(kind, case, state, to, note=note, due=due, at=now, chosen=True)
        case.changed_at = now
        case.save_version(case.version)
    return case


def case_of(assignment_id: UUID) -> UUID:
    """Return which case an assignment is of. Raises NotFound."""
    return _assignment(assignment_id)[0].id


def _assignment(assignment_id: UUID) -> tuple[Case, Assignment]:
    found = Assignment.get_or_none(Assignment.id == assignment_id)
    if found is None:
        raise NotFound
    return queries.case(found.case_id), found


# ---- while somebody is away --------------------------------------------------------------------------------------------


def delegate(
    ctx: RequestContext,
    stand_in_id: UUID,
    *,
    since: date,
    until: date,
    reason: str,
    person_id: UUID | None = None,
    partly: bool = False,
) -> list[str]:
    """Let a colleague act for oneself from a day to a day; whoever manages people may do so for somebody else.

    Return the names of those for whom one was to stand in on these days: they are told, and so is who manages their work.
    `partly` says that work of kinds which the colleague may not handle is to wait. Raises Invalid, Forbidden.
    """
    person_id = person_id or ctx.person.id
    if person_id != ctx.person.id and not ctx.can("tenants.manage_people"):
        raise Forbidden(_("Chỉ người quản lý nhân sự nhờ xử lý thay cho người khác được."))
    wrong: dict[str, list[str]] = {}
    here = {each.id: each.name for each in queries.colleagues([stand_in_id])}
    person = queries.name_of(person_id)
    if stand_in_id not in here or stand_in_id == person_id:
        wrong["stand_in_id"] = [_("Chọn một đồng nghiệp đang làm ở cơ quan.")]
    if days := _days_problem(since, until):
        wrong["until"] = [days]
    if not reason.strip():
        wrong["reason"] = [_("Chưa ghi lý do: nghỉ phép, đi công tác, đi học.")]
    check_length("reason", reason, 300)
    with db.atomic():
        # Two who ask each other at the same moment wait for each other.
        for each in sorted({person_id, stand_in_id}):
            hold_place(each)
        if not {"stand_in_id", "until"} & wrong.keys():
            problem = problem_with(
                person_id, stand_in_id, here[stand_in_id], since=since, until=until, partly=partly
            )
            if problem:
                wrong["stand_in_id"] = [problem]
        if wrong:
            raise Invalid(wrong)
        made = new_id()
        # The database keeps the days of one person apart; who asks at the same moment waits for the other.
        stored = Delegation.insert(
            id=made, person_id=person_id, stand_in_id=stand_in_id, valid_from=since, valid_to=until, reason=reason.strip(), made_by=ctx.person.id,
        ).on_conflict_ignore().returning(Delegation.id)  # fmt: skip
        if not list(stored.execute()):
            raise Invalid({"since": [_("Những ngày này đã nhờ người khác. Thôi nhờ người đó trước.")]})
        emit(
            facts.DelegationMade(
                object_id=made, person=person, stand_in=here[stand_in_id],
                since=format_date(since, year=True), until=format_date(until, year=True),
            )
        )  # fmt: skip
        notify(
            ASSIGNED, [each for each in (stand_in_id, person_id) if each != ctx.person.id], fact=f"{made}", fields={
                "person": person, "since": since, "until": until,
            }, text=N_("Bạn xử lý thay {person} từ {since} đến hết {until}"), route="casework.work",
        )  # fmt: skip
        return _tell_left(person_id, person, since, until, fact=made)


def _tell_left(person_id: UUID, name: str, since: date, until: date, *, fact: UUID) -> list[str]:
    """Tell those for whom somebody who goes away now was to stand in, and who manages their work; return their names."""
    left = Delegation.select().where(
        Delegation.stand_in_id == person_id, Delegation.revoked_at.is_null(),
        Delegation.valid_from <= until, Delegation.valid_to >= since,
    )  # fmt: skip
    people = sorted({each.person_id for each in left})
    names = queries.names(people)
    for person in people:
        managers = {each for kind in rights_of(person).kinds for each in people_with(kind.manage)}
        notify(
            ASSIGNED, {person, *managers} - {person_id}, fact=f"{fact}:{person}", fields={
                "name": name, "person": names[person], "since": since, "until": until,
            }, text=N_("{name}, người xử lý thay {person}, cũng vắng từ {since} đến hết {until}: việc của {person} cần người khác"),
            route="casework.delegations",
        )  # fmt: skip
    return [names[each] for each in people]


def _days_problem(since: date, until: date) -> str:
    """Return why nobody can be asked to stand in for these days, or nothing."""
    if until < since:
        return _("Ngày cuối sớm hơn ngày đầu.")
    if until < agency_day():
        return _("Những ngày này đã qua.")
    if (until - since).days > LONGEST_AWAY:
        return _("Nhờ xử lý thay dài nhất {n} ngày.", n=LONGEST_AWAY)
    return ""


def end_delegation(ctx: RequestContext, delegation_id: UUID) -> None:
    """Stop a delegation now; nothing happens when it is over already.

    Raises Forbidden, NotFound.
    """
    with db.atomic():
        found = Delegation.get_or_none(Delegation.id == delegation_id)
        if found is None:
            raise NotFound
        if ctx.person.id not in (found.person_id, found.stand_in_id) and not ctx.can("tenants.manage_people"):
            raise Forbidden(_("Việc nhờ này là của người khác."))
        ended = Delegation.update(revoked_at=current_time()).where(
            Delegation.id == found.id, Delegation.revoked_at.is_null()
        )
        if ended.execute():
            names = queries.names([found.person_id, found.stand_in_id])
            emit(
                facts.DelegationEnded(
                    object_id=found.id,
                    person=names.get(found.person_id, ""),
                    stand_in=names.get(found.stand_in_id, ""),
                )
            )
