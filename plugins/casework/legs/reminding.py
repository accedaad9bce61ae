"""What the morning's reminders read of legs: those that nobody has taken on, and those that were sent."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from plugins.casework.legs.incoming import INCOMING, TAKE_ON, receivers
from plugins.casework.models import IN_FORCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a round of reminders reads, in the words of SQL: rows of tables under a condition, and what each row says."""

    tables: str
    row: str
    """The table whose rows are told of, as `tables` calls it."""
    locked: str
    """Whose rows nobody changes while they are told of."""
    condition: str
    due: str
    """The day that a row is told by; rows are read in its order."""
    case_id: str
    kind: str
    code: str
    task: str = "''"
    agency: str = "''"
    """Who has it, where that is told and not what is to be done."""
    people: str
    takers: Callable[[], list[UUID]] = list
    """Who is told of what nobody has yet; otherwise whom each row names."""


# Whoever stands in for the person of an assignment hears as well.
PEOPLE = f"""
        SELECT a.person_id WHERE a.person_id IS NOT NULL
        UNION SELECT m.person_id FROM tenants.current_post m
            WHERE a.person_id IS NULL AND m.tenant_id = a.tenant_id AND m.unit_id = a.unit_id
        UNION SELECT d.stand_in_id FROM casework.delegation d WHERE d.tenant_id = a.tenant_id AND d.person_id = a.person_id
            AND {IN_FORCE}"""
# What nobody has taken on is nobody's assignment; its case will have the id of the leg.
UNTAKEN = Source(
    tables="casework.leg l", row="l", locked="l",
    condition="l.receiver_id = %(tenant)s AND l.state = 'sent' AND l.done_at IS NULL AND NOT l.paused",
    due="l.due_order", case_id="l.id", kind=f"'{INCOMING.key}'", code="l.code", task=f"'{TAKE_ON}'", people="'{}'::uuid[]", takers=receivers,
)  # fmt: skip
SILENT = replace(UNTAKEN, due="l.sent_at", takers=list)
"""Since when nobody has taken them on, whatever day they have: told to leaders."""
_OPEN = "l.tenant_id = %(tenant)s AND l.done_at IS NULL AND l.state <> 'answered'"
# Whoever has the case of a leg and who sent it are to chase it, whether it was taken on or not.
SENT = Source(
    tables="casework.leg l", row="l", locked="l", condition=f"{_OPEN} AND NOT l.paused",
    due="l.due_order", case_id="l.id", kind=f"'{INCOMING.key}'", code="l.code",
    agency="coalesce((SELECT name FROM tenants.current_agency WHERE tenant_id = l.receiver_id), l.outside)",
    people=f"""ARRAY(SELECT l.sent_by WHERE l.sent_by IS NOT NULL UNION SELECT held.* FROM casework.assignment a CROSS JOIN LATERAL ({PEOPLE}) held
        WHERE a.tenant_id = l.tenant_id AND a.case_id = l.case_id AND a.role = 'lead' AND a.done_at IS NULL)""",
)  # fmt: skip
STUCK = replace(
    SENT, tables="casework.leg l JOIN tenants.tenant t ON t.id = l.receiver_id AND t.status <> 'active'",
    condition=_OPEN, due="t.suspended_at",
)  # fmt: skip
"""Those that an agency has which works no more, by the day of its suspension."""
