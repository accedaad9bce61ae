"""What the morning's reminders read of legs: those that nobody has taken on, and those that were sent."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from plugins.casework.legs.incoming import receivers
from plugins.casework.models import IN_FORCE


class Source(NamedTuple):
    """What a round of reminders reads, in which order, and how it is told."""

    sql: str
    order: str
    takers: Callable[[], list[UUID]] = list
    """Who is told of what nobody has yet; otherwise whom each row names."""
    names_agency: bool = False
    """Whether a row names the agency that has it, not what is to be done."""


# Whoever stands in for the person of an assignment hears as well.
PEOPLE = f"""
        SELECT a.person_id WHERE a.person_id IS NOT NULL
        UNION SELECT m.person_id FROM tenants.current_post m
            WHERE a.person_id IS NULL AND m.tenant_id = a.tenant_id AND m.unit_id = a.unit_id
        UNION SELECT d.stand_in_id FROM casework.delegation d WHERE d.tenant_id = a.tenant_id AND d.person_id = a.person_id
            AND {IN_FORCE}"""
# What nobody has taken on is nobody's assignment; its case will have the id of the leg.
_UNTAKEN = """
    SELECT a.id, a.id, %(kind)s, a.code, %(task)s, {at}, '{{{{}}}}'::uuid[] FROM casework.leg a
    WHERE a.receiver_id = %(tenant)s AND a.state = 'sent' AND a.done_at IS NULL AND NOT a.paused
        AND {at} >= %(since)s AND {at} < %(until)s {{beyond}} ORDER BY {at}, a.id LIMIT %(limit)s
    FOR SHARE OF a SKIP LOCKED
"""
# Whoever has the case of a leg and who sent it are to chase it, whether it was taken on or not.
_SENT = f"""
    SELECT l.id, l.id, %(kind)s, l.code, coalesce((SELECT name FROM tenants.current_agency WHERE tenant_id = l.receiver_id), l.outside),
        {{at}}, ARRAY(SELECT l.sent_by WHERE l.sent_by IS NOT NULL UNION SELECT held.* FROM casework.assignment a CROSS JOIN LATERAL ({PEOPLE}) held
            WHERE a.tenant_id = l.tenant_id AND a.case_id = l.case_id AND a.role = 'lead' AND a.done_at IS NULL)
    FROM casework.leg l {{shut}} WHERE l.tenant_id = %(tenant)s AND l.done_at IS NULL AND l.state <> 'answered'
        AND {{at}} >= %(since)s AND {{at}} < %(until)s {{more}} {{{{beyond}}}} ORDER BY {{at}}, l.id LIMIT %(limit)s
    FOR SHARE OF l SKIP LOCKED
"""
_SHUT = "JOIN tenants.tenant t ON t.id = l.receiver_id AND t.status <> 'active'"

UNTAKEN = Source(_UNTAKEN.format(at="a.due_order"), "a.due_order, a.id", takers=receivers)
SILENT = Source(_UNTAKEN.format(at="a.sent_at"), "a.sent_at, a.id")
"""Since when nobody has taken them on, whatever day they have: told to leaders."""
SENT = Source(
    _SENT.format(at="l.due_order", shut="", more="AND NOT l.paused"), "l.due_order, l.id", names_agency=True
)
STUCK = Source(
    _SENT.format(at="t.suspended_at", shut=_SHUT, more=""), "t.suspended_at, l.id", names_agency=True
)
"""Those that an agency has which works no more, by the day of its suspension."""
