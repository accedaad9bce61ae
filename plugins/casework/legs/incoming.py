"""What a leg is for the agency that got it: a case of its own, with the id of the leg, that its people work on."""

from datetime import datetime
from uuid import UUID

from core.api import N_, SYSTEM, Actor, _, acting, current_actor, current_time, db, emit
from plugins.casework.cases import events as facts
from plugins.casework.cases import queries
from plugins.casework.cases.assigning import Ending, Receiver, end_assignments, give, tell_parts_over
from plugins.casework.cases.queries import about
from plugins.casework.cases.services import end_or_reopen, previous_holder, reword
from plugins.casework.cases.stepping import write_step
from plugins.casework.lengths import MOST_NOTE
from plugins.casework.models import Case
from plugins.casework.tasks.kind import HANDLE, MANAGE
from plugins.casework.workflows.definition import CaseKind, Transition, WorkflowState
from plugins.casework.workflows.kinds import definition
from plugins.notifications.api import people_with

RECEIVE = "casework.receive_legs"
LAST_RESORT = "tenants.manage_people"
"""Who is told in an agency where nobody receives legs yet: those who can name somebody."""
TAKE_ON = N_("Xem và tiếp nhận")
WITHDRAWN = N_("Chặng đã rút lại")
"""What a leg that was taken back is called in the agency that got it."""
OPEN = ("doing", "again")
ENDINGS: dict[str, Ending] = {"recall": "pulled", "return": "returned"}

INCOMING = CaseKind(
    "casework.incoming_leg",
    N_("Liên thông đến"),
    prefix="LT",
    read=HANDLE,
    handle=HANDLE,
    manage=RECEIVE,
    route="casework.leg",
    list_route="casework.legs",
    start="doing",
    restricted=True,
    states=(
        WorkflowState("doing", N_("Đang xử lý"), "doing", N_("Xử lý và trả lời cơ quan gửi")),
        WorkflowState("again", N_("Bị hỏi lại"), "back", N_("Bổ sung câu trả lời")),
        WorkflowState("answered", N_("Đã trả lời"), "done", final=True),
        WorkflowState("returned", N_("Đã trả lại nơi gửi"), "stop", final=True),
        WorkflowState("recalled", N_("Nơi gửi đã rút lại"), "stop", final=True),
    ),
    transitions=(
        Transition("hand_over", N_("Chuyển người khác"), OPEN, "doing", gives="ask", asks=("note", "co", "due"), icon="arrow-forward-up"),
        # These are made by acts on the leg, on either side, with checks of their own.
        Transition("answer", N_("Trả lời"), (*OPEN, "answered"), "answered", by="system", gives="nobody"),
        Transition("return", N_("Trả lại nơi gửi"), OPEN, "returned", by="system", gives="nobody"),
        Transition("asked_again", N_("Hỏi lại"), ("answered",), "again", by="system", gives="previous"),
        Transition("recall", N_("Rút lại"), (*OPEN, "answered"), "recalled", by="system", gives="nobody"),
    ),
)  # fmt: skip


def receivers() -> list[UUID]:
    """Return whose task it is in the agency in scope to take legs on; where it is nobody's, who leads it, and last who can name somebody."""
    return people_with(RECEIVE, but=MANAGE) or people_with(RECEIVE) or people_with(LAST_RESORT)


def incoming_case(leg_id: UUID) -> Case | None:
    """Return the case that the agency in scope has of a leg it got; none before it took it on."""
    return Case.get_or_none(Case.id == leg_id, Case.kind == INCOMING.key)


def shift(case_id: UUID, key: str, *, note: str = "", by: str = "", at: datetime | None = None) -> None:
    """Move the case of a leg to where the leg's own act has brought it; who may was checked with the leg.

    What the sender did is told under its agency's name, `by`. What ends it ends the work on it; what opens it again gives it to whoever had it last.
    """
    now = at or current_time()
    with db.atomic():
        case = queries.case(case_id, locked=True)
        states = definition(case.workflow_id)
        way = states.transition(key)
        target = states.state(way.target)
        write_step(
            case, way.key, way.title, way.target, now, note=note[:MOST_NOTE], by=_actor_here(),
            due=case.due_at if target.final and not case.closed_at else None,
        )  # fmt: skip
        case.state = target.key
        end_or_reopen(case, target, now)
        if target.final:
            held = queries.open_assignments(case.id)
            end_assignments(case, ENDINGS.get(key, "done"), now, by=_actor_here(), held=held)
            if key != "recall":
                tell_parts_over(case, held)
        case.changed_at = now
        case.save_version(case.version)
        with acting(current_actor() if _actor_here() else Actor(None, by or SYSTEM.name, "system")):
            emit(
                facts.CaseMoved(
                    **about(case), done=way.title, state=target.title, transition=way.key, to_state=target.key
                )
            )
        if not target.final:
            _give_back(case, target, note)


def withdraw_words(case_id: UUID) -> None:
    """Let the case of a leg that was taken back say nothing of what was asked, in the running transaction."""
    reword(queries.case(case_id, locked=True), WITHDRAWN, "")


def said_title(title: str) -> str:
    """Return the title of a case in the reader's language where nobody wrote it: of a leg that was taken back."""
    return _(title) if title == WITHDRAWN else title


def _actor_here() -> UUID | None:
    """Return who acts, if that is somebody of the agency in scope: others' people do nothing in its cases."""
    person_id = current_actor().person_id
    return person_id if person_id and queries.colleagues([person_id]) else None


def _give_back(case: Case, state: WorkflowState, note: str) -> None:
    """Give a case that goes on to whoever led it last; if they cannot, those who receive legs are told."""
    before = previous_holder(case)
    able = people_with(INCOMING.handle)
    person_id = before and before.person_id
    here = [each.id for each in queries.colleagues([person_id])] if person_id and person_id in able else []
    with acting(SYSTEM):  # the sender gives nothing to anybody here
        give(
            INCOMING,
            case,
            state,
            Receiver(person_id=here[0]) if here else None,
            note=note[:MOST_NOTE],
            notified=False,  # by the sender's question itself
        )
