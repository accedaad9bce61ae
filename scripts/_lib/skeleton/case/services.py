"""Everything that writes: checked again here, in one transaction; the case leaves its own facts."""

from typing import Any
from uuid import UUID

from core.api import N_, Invalid, RequestContext, _, db, require_permission
from plugins.casework import api as casework
from plugins.casework.api import Budget, Case, Opening, Receiver, move_as
from plugins.notifications.api import people_with
from plugins.reports.api import recount
from plugins.skeleton.kinds import DECIDE, HANDLE, MATTER
from plugins.skeleton.models import Matter

BUDGET = Budget.parse("10wd")
"""How long an answer may take; the rule it comes from is told with the deadline of every case."""


def record(ctx: RequestContext, said: dict[str, Any]) -> Case:
    """Open a case; what is sent twice with one id is opened once.

    Raises Invalid, Forbidden.
    """
    require_permission(ctx, HANDLE)
    # More people see the title, in lists and notices, than open the case: it says nothing of who asks.
    title, text = casework.hidden_title(said["title"], said["text"], known=[said["asked_by"]])
    with db.atomic():
        case = casework.open_case(
            MATTER.key,
            Opening(
                case_id=said["id"], title=title, text=text, search=said["asked_by"],
                to=Receiver(ctx.person.id), budget=BUDGET, ground=N_("Quy chế làm việc của cơ quan"),
                files=said.get("files"),
            ),
        )  # fmt: skip
        own = Matter.insert(id=case.id, asked_by=said["asked_by"], source=said["source"])
        own.on_conflict(conflict_target=(Matter.tenant_id, Matter.id), action="IGNORE").execute()
        recount([case.id])
    return case


def answer(ctx: RequestContext, case_id: UUID, said: dict[str, Any]) -> Case:
    """Hand the draft of an answer to whoever decides.

    Raises Conflict, Invalid, Forbidden, NotFound.
    """
    if said["person_id"] not in people_with(DECIDE):
        raise Invalid({"person_id": [_("Người này không có quyền duyệt trả lời. Chọn người khác.")]})
    with db.atomic():
        case = move_as(MATTER, ctx, case_id, "answer", said, None, to=Receiver(said["person_id"]))
        Matter.update(answer=said["answer"]).where(Matter.id == case_id).execute()
    return case
