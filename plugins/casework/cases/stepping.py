"""The step that a case makes whenever its state becomes another, whoever moves it and on what ground."""

from datetime import datetime
from uuid import UUID

from core.api import new_id
from plugins.casework.cases import queries
from plugins.casework.deadlines import clocks
from plugins.casework.deadlines.clocks import Outcome
from plugins.casework.deadlines.queries import agency_calendar
from plugins.casework.models import Case, Step
from plugins.casework.writing import insert


def write_step(
    case: Case, key: str, title: str, to_state: str, at: datetime, *, note: str = "", by: UUID | None = None,
    in_place_of: UUID | None = None, due: datetime | None = None,
) -> None:  # fmt: skip
    """Write the next step of a case that still has the state it leaves, in the running transaction.

    `due` is when the work that the step ends should have been done; a step that ends none has no such day.
    """
    seq, began = queries.last_step(case.id) or (-1, at)
    row = {
        "tenant_id": case.tenant_id, "id": new_id(), "case_id": case.id, "seq": seq + 1, "transition": key, "title": title,
        "from_state": case.state, "to_state": to_state, "note": note, "by_person": by, "in_place_of": in_place_of,
        # The clock of the machine may have been put back since the step before.
        "began_at": began, "at": max(at, began), "outcome": outcome_of(due, at) if due else "",
    }  # fmt: skip
    insert(Step, [row])


def outcome_of(due: datetime | None, at: datetime) -> Outcome:
    """Return whether an end was early, on time or late: days are compared, not hours."""
    agency = agency_calendar()
    return clocks.outcome(agency.local(due) if due else None, agency.local(at))
