"""What several commands need: whose rights bound a change, one lock per agency, and one for the tree of all."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from core.context import RequestContext
from core.db import current_tenant, db
from core.events import current_actor
from core.web.errors import NotFound
from tenants.models import Person, Tenant

_TREE_LOCK = 0x4C54_7472_6565_0000  # "LTtree"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who gives rights, and which they hold in the agency; None means the operator, who is not bounded."""

    person_id: UUID | None
    permissions: frozenset[str] | None = None

    @classmethod
    def of(cls, ctx: RequestContext) -> Self:
        """Return the authority of the person who asks."""
        return cls(ctx.person.id, None if ctx.operator else ctx.permissions)

    @classmethod
    def operator(cls) -> Self:
        """Return the authority of the IT centre, under the name of whoever acts now."""
        return cls(current_actor().person_id)

    def holds(self, permissions: frozenset[str]) -> bool:
        return self.permissions is None or permissions <= self.permissions


def get_person(person_id: UUID) -> Person:
    """Return a person.

    Raises NotFound.
    """
    person = Person.get_or_none(Person.id == person_id)
    if person is None:
        raise NotFound
    return person


def lock_agency() -> Tenant:
    """Return the agency in scope, locked until the transaction ends.

    Changes that look at several rows before they write (the last administrator, what a module
    requires) take this lock first, so that two of them cannot both pass.
    """
    tenant = Tenant.select().where(Tenant.id == current_tenant()).for_update().first()
    if tenant is None:
        raise NotFound
    return tenant


def lock_tree() -> None:
    """Wait until nobody else changes names or parents of agencies, and let nobody until the transaction ends.

    A name or a parent is right or wrong beside those of all other agencies. Take this lock before `lock_agency`:
    two that hold one each and want the other would wait for ever.
    """
    db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_TREE_LOCK,))
