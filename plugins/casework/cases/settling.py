"""What people were told to do is taken as read once it is done, or somebody else's, whoever did it."""

from collections.abc import Iterable
from uuid import UUID

from core.api import current_actor, current_tenant, current_time, db
from plugins.casework.cases.delegations import standing_in_for
from plugins.casework.cases.queries import OpenAssignment
from plugins.casework.models import Assignment, Case
from plugins.casework.workflows.kinds import kind_of
from plugins.notifications.api import people_with, settle

ASSIGNED, RETURNED = "casework.assigned", "casework.returned"
DUE, OVERDUE, ESCALATED = "casework.due", "casework.overdue", "casework.escalated"
LEFT, LEG_LATE = "casework.nobody_left", "casework.leg_late"
WORK = (ASSIGNED, RETURNED, DUE, OVERDUE)
ROUNDS = ("before", "today", "over")
"""What whoever has something is reminded of each morning; of a leg, also those who are to take it on."""


def facts_of(subject: UUID, *more: str) -> list[str]:
    """Return what somebody was told of an assignment or a leg, and by the rounds of reminding that are named."""
    return [str(subject), *(f"{key}:{subject}" for key in (*ROUNDS, *more))]


def settle_work(case: Case, ended: Iterable[OpenAssignment | Assignment]) -> None:
    """Take as read what told of assignments that have ended, for who had them, stood in, acts, or leads what was late; call it before telling what comes next."""
    # Of the case of a leg people are reminded by its own id; that it is late stays so for who leads until it is answered.
    acting, facts, late = current_actor().person_id, facts_of(case.id), False
    people = {acting} if acting else set()
    for each in ended:
        people.update([each.person_id] if each.person_id else people_of(each.unit_id))
        facts += facts_of(each.id, "leaders")
        late = late or (each.due_at is not None and each.due_at < current_time())
    if late:
        people.update(people_with(kind_of(case.kind).manage))  # they were told of it
    people.update(stand_in for _person, stand_in in standing_in_for(sorted(people)))
    settle((*WORK, ESCALATED, LEFT), people, *facts)


def people_of(unit_id: UUID | None) -> list[UUID]:
    """Return who works in a unit of the agency in scope."""
    rows = db.execute_sql(
        "SELECT DISTINCT person_id FROM tenants.current_post WHERE tenant_id = %s AND unit_id = %s",
        (current_tenant(), unit_id),
    ).fetchall()
    return [each for (each,) in rows]
