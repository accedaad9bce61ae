"""Who follows what; every statement names the agency."""

from typing import NamedTuple
from uuid import UUID

from core.api import current_tenant, db

MOST = 500


class Followed(NamedTuple):
    """Somebody who follows an object."""

    person_id: UUID
    name: str


def followers(object_type: str, object_id: UUID, limit: int = MOST) -> list[Followed]:
    """Return who follows an object and still works in the agency, those who came first before the others."""
    rows = db.execute_sql(
        "SELECT f.person_id, p.full_name FROM followers.follower f JOIN tenants.person p ON p.id = f.person_id "
        "WHERE f.tenant_id = %(tenant)s AND f.object_type = %(type)s AND f.object_id = %(id)s AND EXISTS ("
        "SELECT FROM tenants.membership m WHERE m.tenant_id = %(tenant)s AND m.person_id = f.person_id AND m.ended_at IS NULL "
        "AND (m.valid_to IS NULL OR m.valid_to >= tenants.today())) ORDER BY f.since, f.id LIMIT %(limit)s",
        {"tenant": current_tenant(), "type": object_type, "id": object_id, "limit": limit},
    ).fetchall()
    return [Followed._make(row) for row in rows]
