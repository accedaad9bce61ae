"""Who acts for whom, today and in the days to come."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from core.api import current_tenant, db
from plugins.casework.models import IN_FORCE

MOST = 200
"""Delegations of one person that their page reads."""


def stands_in_for(person_id: UUID) -> list[UUID]:
    """Return for whom a person acts today in the agency in scope."""
    rows = db.prepared(
        "SELECT d.person_id FROM casework.delegation d "
        f"WHERE d.tenant_id = %(tenant)s::uuid AND d.stand_in_id = %(person)s::uuid AND {IN_FORCE}",
        {"tenant": current_tenant(), "person": person_id},
    ).fetchall()
    return [each for (each,) in rows]


def standing_in_for(people: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Return who stands in today for some people of the agency in scope: the person, and who acts for them."""
    return db.prepared(
        "SELECT d.person_id, d.stand_in_id FROM casework.delegation d "
        f"WHERE d.tenant_id = %(tenant)s::uuid AND d.person_id = ANY (%(people)s::uuid[]) AND {IN_FORCE}",
        {"tenant": current_tenant(), "people": list(people)},
    ).fetchall()


class DelegationRow(NamedTuple):
    """Who acts for whom, and how long."""

    id: UUID
    person_id: UUID
    person: str
    stand_in_id: UUID
    stand_in: str
    valid_from: date
    valid_to: date
    reason: str
    nobody: bool
    """The colleague is away too on some of these days: then nobody does the work."""


def delegations(person_id: UUID) -> list[DelegationRow]:
    """Return the delegations from and to a person that are running or to come, the nearest first."""
    rows = db.execute_sql(
        "SELECT d.id, d.person_id, p.full_name, d.stand_in_id, s.full_name, d.valid_from, d.valid_to, d.reason, "
        "EXISTS (SELECT FROM casework.delegation o WHERE o.tenant_id = d.tenant_id AND o.person_id = d.stand_in_id AND o.revoked_at IS NULL "
        "AND o.valid_from <= d.valid_to AND o.valid_to >= greatest(d.valid_from, tenants.today())) "
        "FROM casework.delegation d JOIN tenants.person p ON p.id = d.person_id JOIN tenants.person s ON s.id = d.stand_in_id "
        "WHERE d.tenant_id = %(tenant)s AND d.revoked_at IS NULL AND d.valid_to >= tenants.today() "
        "AND (d.person_id = %(person)s OR d.stand_in_id = %(person)s) ORDER BY d.valid_from, d.id LIMIT %(most)s",
        {"tenant": current_tenant(), "person": person_id, "most": MOST},
    ).fetchall()
    return [DelegationRow._make(row) for row in rows]
