"""Giving somebody something to do."""

from typing import Any

from core.api import RequestContext, db, require_permission
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.opening import Opening, open_case
from plugins.casework.cases.services import coming_end
from plugins.casework.models import Case
from plugins.casework.tasks.kind import HANDLE, TASK


def open_task(ctx: RequestContext, said: dict[str, Any]) -> Case:
    """Give somebody, or oneself, something to do by a day.

    Raises Invalid, Forbidden.
    """
    require_permission(ctx, HANDLE)
    with db.atomic():
        return open_case(
            TASK.key,
            Opening(
                case_id=said["id"], title=said["title"], text=said["text"], restricted=said["restricted"],
                to=Receiver(person_id=said["person_id"] or ctx.person.id), due=coming_end(said["due"]),
                files=said.get("files"),
            ),
        )  # fmt: skip
