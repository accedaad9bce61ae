"""Queue what the identity provider must learn, in the transaction that changes it here.

A row says only what to look at; the reconciler reads how it should be when it gets there. So rows
for the same thing collapse into one, and running one twice does no harm.
"""

from collections.abc import Iterable
from uuid import UUID

from psycopg2.extras import execute_values

from core.db import db, new_id

Task = tuple[str, UUID | None, UUID | None]
"""(kind, agency, person): `organization` names an agency, `user` a person, `member` both."""


def queue(tasks: Iterable[Task]) -> None:
    """Note agencies, people and memberships that changed."""
    # One order for everybody, so that two transactions never wait for each other.
    unique = sorted(set(tasks), key=lambda task: tuple(map(str, task)))
    if not unique:
        return
    rows = [
        (str(new_id()), kind, tenant and str(tenant), person and str(person))
        for kind, tenant, person in unique
    ]
    with db.atomic():
        execute_values(
            db.cursor(),
            "INSERT INTO tenants.directory_task AS t (id, kind, tenant_id, person_id) VALUES %s "
            "ON CONFLICT (kind, tenant_id, person_id) DO UPDATE "
            "SET generation = t.generation + 1, attempts = 0, due_at = now(), last_error = ''",
            rows,
            template="(%s::uuid, %s, %s::uuid, %s::uuid)",
            page_size=1000,
        )


def agency_changed(tenant_id: UUID) -> None:
    """Queue an agency whose name or status changed."""
    queue([("organization", tenant_id, None)])


def person_changed(person_id: UUID) -> None:
    """Queue a person whose name, operator role or disabled flag changed."""
    queue([("user", None, person_id)])


def posts_changed(tenant_id: UUID, person_id: UUID) -> None:
    """Queue a person whose posts in one agency changed."""
    queue([("member", tenant_id, person_id)])
