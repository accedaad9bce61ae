"""What people were told to do is taken as read once it is done, or somebody else's, whoever did it."""

from collections.abc import Collection
from uuid import UUID

from plugins.casework.cases.queries import OpenAssignment
from plugins.casework.models import Assignment, Case
from plugins.notifications.api import settle

ASSIGNED, RETURNED = "casework.assigned", "casework.returned"
DUE, OVERDUE, ESCALATED = "casework.due", "casework.overdue", "casework.escalated"
LEFT, LEG_LATE = "casework.nobody_left", "casework.leg_late"
WORK = (ASSIGNED, RETURNED, DUE, OVERDUE)
ROUNDS = ("before", "today", "over")
"""What whoever has something is reminded of each morning; of a leg, also those who are to take it on."""


def facts_of(subject: UUID, *more: str) -> list[str]:
    """Return what somebody was told of an assignment or a leg, and by the rounds of reminding that are named."""
    return [str(subject), *(f"{key}:{subject}" for key in (*ROUNDS, *more))]


def settle_work(case: Case, ended: Collection[OpenAssignment | Assignment]) -> None:
    """Take as read what anybody was told of assignments that have ended; call it before telling what comes next."""
    found = [fact for each in ended for fact in facts_of(each.id, "leaders")]
    if any(each.role == "lead" for each in ended):
        # Of the case of a leg people are reminded by its own id; that it is late stays so for who leads until it is answered.
        found += facts_of(case.id)
    settle((*WORK, ESCALATED, LEFT), *found)


def settle_late(*assignments: UUID) -> None:
    """Take as read when assignments were due and that they are late: their day has moved, or their time stands still."""
    settle((DUE, OVERDUE, ESCALATED), *(fact for each in assignments for fact in facts_of(each, "leaders")))
