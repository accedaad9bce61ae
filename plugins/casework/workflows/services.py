"""Everything that writes workflows: an agency's next version, back to the module's, running cases moved over."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from core.api import (
    N_,
    Actor,
    Conflict,
    Invalid,
    NotFound,
    RequestContext,
    _,
    acting,
    current_actor,
    current_time,
    db,
    emit,
    enqueue,
    person_context,
    reading_as,
    require_permission,
)
from plugins.casework.cases import queries
from plugins.casework.cases.assigning import carry_on, end_assignments, give
from plugins.casework.cases.queries import about
from plugins.casework.cases.services import previous_holder
from plugins.casework.cases.settling import ASSIGNED
from plugins.casework.cases.stepping import write_step
from plugins.casework.models import Case, Workflow
from plugins.casework.workflows import events as facts
from plugins.casework.workflows import queries as workflow_queries
from plugins.casework.workflows.changes import differences, is_own, without_step
from plugins.casework.workflows.checks import faults
from plugins.casework.workflows.definition import CaseKind, Definition, WorkflowState
from plugins.casework.workflows.kinds import (
    Standing,
    definition,
    kind_of,
    newest,
    standing,
    store,
    workflow_for,
)
from plugins.casework.workflows.rules import receiver_faults, receiver_words
from plugins.notifications.api import Words, notify, settle

MANAGE = "casework.manage_workflows"
MOVE = "casework.move_cases_over"
STAYED = "casework.cases_stayed"
AT_ONCE = 50
"""Running cases that are moved over while the page waits; of more a job does it."""
PORTION = 100
"""Cases of one transaction of that job."""


def check(kind: CaseKind, what: Definition) -> None:
    """Refuse a workflow that nobody could work by. Raises Invalid naming the fields."""
    wrong: dict[str, list[str]] = {}
    for fault in (*faults(what), *receiver_faults(kind, what)):
        wrong.setdefault(fault.field, []).append(fault.text)
    if wrong:
        raise Invalid(wrong)


def save(ctx: RequestContext, kind: CaseKind, base: int, what: Definition, *, note: str = "") -> bool:
    """Let new cases follow another workflow; return False when nothing differs from the version that was read.

    Raises Conflict with the newest version when that is not `base`, NotFound when there never was a `base`, Invalid naming the fields, Forbidden.
    """
    require_permission(ctx, MANAGE)
    check(kind, what)
    with db.atomic():
        now = _unchanged(kind, base)
        if what == now.definition:
            return False
        made = _stored(ctx, kind, now, what, note=note, own=True)
        emit(facts.WorkflowChanged(**_told(kind, made), changes=_changes(kind, now.definition, what)))
    return True


def remove_step(ctx: RequestContext, kind: CaseKind, base: int, state: str) -> None:
    """Take an internal step out. Raises Invalid for a state of the module, and as `save` does."""
    now = standing(kind).definition
    if not is_own(state) or state not in {each.key for each in now.states}:
        raise Invalid({"": [_("Chỉ bỏ được bước nội bộ do cơ quan thêm.")]})
    save(ctx, kind, base, without_step(now, state))


def reset(ctx: RequestContext, kind: CaseKind, base: int) -> None:
    """Let new cases follow the module's own workflow again, and what a later version of the module makes of it.

    Raises Conflict, Forbidden.
    """
    require_permission(ctx, MANAGE)
    with db.atomic():
        now = _unchanged(kind, base)
        if now.own:
            made = _stored(ctx, kind, now, kind.shipped, note=N_("Về quy trình của phân hệ"), own=False)
            emit(
                facts.WorkflowReset(**_told(kind, made), changes=_changes(kind, now.definition, kind.shipped))
            )


def _unchanged(kind: CaseKind, base: int) -> Standing:
    now = standing(kind)
    if not 0 <= base <= now.number:
        raise NotFound  # no page has shown a version that never was
    if now.number != base:
        raise Conflict(newest(kind.key))  # type: ignore[arg-type]
    return now


def _stored(
    ctx: RequestContext, kind: CaseKind, now: Standing, what: Definition, *, note: str, own: bool
) -> Workflow:
    made = store(kind, what, number=now.number + 1, note=note, own=own, by=ctx.person.id)
    if made.made_by != ctx.person.id or Definition.restore(made.definition) != what:
        raise Conflict(made)  # somebody else stored a version in the same moment
    return made


def _told(kind: CaseKind, made: Workflow) -> dict[str, Any]:
    return {"object_id": made.id, "kind": kind.key, "title": kind.title, "number": made.number}


def _changes(kind: CaseKind, old: Definition, new: Definition) -> dict[str, tuple[str, str]]:
    with reading_as("vi"):  # kept for good: not in the language of whoever made it
        words = receiver_words(kind)
        found = differences(old, new, partial(words, old), partial(words, new))
    return {each.field: (each.old, each.new) for each in found}


# ---- running cases of an older version ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the cases of a state go in another version, and whether whoever had them before gets them back."""

    state: str
    back: bool = False


def gone(old: Definition, new: Definition) -> list[WorkflowState]:
    """Return the states of a version that another one does not have."""
    known = {each.key for each in new.states}
    return [each for each in old.states if each.key not in known]


class MovedOver(NamedTuple):
    """How many cases were moved over, or a job moves, and how many stayed: they came into a state that is gone while it was asked."""

    moved: int
    stayed: int = 0


def move_over(ctx: RequestContext, kind: CaseKind, number: int, landings: Mapping[str, Landing]) -> MovedOver:
    """Let the running cases of an older version follow the newest one, a job does what are many and tells then which stayed.

    What is moved already is left alone, so it may be asked for again. Raises Invalid naming the state that has
    cases and no place in the newest version, Forbidden, NotFound.
    """
    require_permission(ctx, MANAGE)
    with db.atomic():
        old = workflow_queries.version(kind, number)
        target = workflow_for(kind)
        if old.id == target.id:
            raise Invalid({"": [_("Đây là phiên bản đang dùng.")]})
        settle((STAYED,), str(old.id))
        states = workflow_queries.running(kind).get(old.id, {})
        _check_landings(definition(old.id), definition(target.id), states, landings)
        count, stayed = sum(states.values()), 0
        if count > AT_ONCE:
            args = {"old": str(old.id), "new": str(target.id), "person": str(ctx.person.id)}
            enqueue(
                MOVE,
                args={**args, "landings": {key: asdict(each) for key, each in landings.items()}},
                lock=kind.key,
            )
        elif count:
            _move_portion(kind, old.id, target, landings, count)
            stayed = _count(kind, old.id)
            count -= stayed
        if count:
            emit(facts.CasesMovedOver(**_told(kind, target), old=number, count=count))
    return MovedOver(count, stayed)


def _count(kind: CaseKind, version: UUID) -> int:
    return sum(workflow_queries.running(kind).get(version, {}).values())


def _homeless(old: Definition, new: Definition, landings: Mapping[str, Landing]) -> list[WorkflowState]:
    """Return the states that another version does not have and for whose cases no place there is named."""
    open_states = {each.key for each in new.states if not each.final}
    return [
        each
        for each in gone(old, new)
        if each.key not in landings or landings[each.key].state not in open_states
    ]


def _check_landings(
    old: Definition, new: Definition, states: Mapping[str, int], landings: Mapping[str, Landing]
) -> None:
    wrong = {
        f"to-{each.key}": [_("Chọn nơi nhận các việc đang ở “{state}”.", state=_(each.title))]
        for each in _homeless(old, new, landings)
        if states.get(each.key)
    }
    if wrong:
        raise Invalid(wrong)


def move_cases_over(old: str, new: str, person: str, landings: Mapping[str, Any]) -> None:
    """Move the running cases of a version over, portion by portion; one that was killed goes on where it stood."""
    with db.atomic():
        target = Workflow.get_by_id(UUID(new))
    kind, places = kind_of(target.kind), {key: Landing(**each) for key, each in landings.items()}
    while True:
        with db.atomic():
            ctx = person_context(UUID(person))
            if ctx is None or not ctx.can(MANAGE):
                return  # what is moved stays, what is not goes on by its own version
            with acting(Actor(ctx.person.id, ctx.person.full_name)):
                if not _move_portion(kind, UUID(old), target, places, PORTION):
                    _tell_stayed(ctx, kind, Workflow.get_by_id(UUID(old)))
                    return


def _move_portion(
    kind: CaseKind, old: UUID, target: Workflow, landings: Mapping[str, Landing], size: int
) -> int:
    """Move some of the cases over that have a place in the new version; return how many of them there were."""
    states = definition(target.id)
    homeless = [each.key for each in _homeless(definition(old), states, landings)]
    cases = workflow_queries.portion(old, size, but=homeless)
    for case_id in cases:
        case = queries.case(case_id, locked=True)
        # Who acted on it a moment ago may have closed it, or moved it to where it has no place.
        if case.workflow_id == old and case.closed_at is None and case.state not in homeless:
            landing = landings.get(case.state, Landing(case.state))
            _move_one(kind, case, target, states.state(landing.state), back=landing.back)
    return len(cases)


def _tell_stayed(ctx: RequestContext, kind: CaseKind, old: Workflow) -> None:
    """Tell who had cases moved over which of them stayed, and why."""
    if count := _count(kind, old.id):
        notify(
            STAYED, [ctx.person.id], fact=f"{old.id}:{current_time().isoformat()}",
            text=N_("{kind}: còn {count} việc theo phiên bản {number}, vì vừa sang trạng thái mà quy trình mới không có. Chuyển lần nữa để chọn nơi nhận."),
            fields={"kind": Words(kind.title), "count": count, "number": old.number},
            route="casework.workflow", route_fields={"kind": kind.key},
        )  # fmt: skip


def _move_one(kind: CaseKind, case: Case, target: Workflow, state: WorkflowState, *, back: bool) -> None:
    now = datetime.now(UTC)
    write_step(case, "moved_over", N_("Chuyển sang quy trình mới"), state.key, now)
    case.workflow_id, case.state, case.changed_at = target.id, state.key, now
    case.save_version(case.version)
    emit(facts.CaseMovedOver(**about(case), number=target.number, state=state.title))
    if back and _give_back(kind, case, state, now):
        return
    carry_on(case, state)


def _give_back(kind: CaseKind, case: Case, state: WorkflowState, at: datetime) -> bool:
    """Give a case to who had it before; tell whether that could be done, for they may have left."""
    to = previous_holder(case)
    leads = [each for each in queries.open_assignments(case.id) if each.role == "lead"]
    try:
        with db.atomic():
            end_assignments(case, "replaced", at, by=None, only=[each.id for each in leads])
            given = give(kind, case, state, to, at=at)
    except Invalid:
        return False
    if given and to:
        people = {each.person_id for each in leads if each.person_id} - {
            to.person_id,
            current_actor().person_id,
        }
        notify(
            ASSIGNED, people, fact=f"{case.id}:{case.workflow_id}", text=N_("{code} “{title}” theo quy trình mới, nay do {person} giữ"),
            fields={"code": case.code, "title": case.title, "person": queries.name_of(to.person_id, to.unit_id)},
            route=kind.route, route_fields={"case_id": case.id},
        )  # fmt: skip
    return given
