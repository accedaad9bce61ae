"""The kinds of cases that modules declare, and the versions of their workflows."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from uuid import UUID

from core.api import NotFound, RequestContext, current_tenant, db, dispatcher, new_id
from plugins.casework.models import Case, Workflow
from plugins.casework.workflows.definition import CaseKind, Definition

KEPT = 2_000
"""Versions of workflows that a process remembers; they never change."""


def kind_of(key: str) -> CaseKind:
    """Return a declared kind of cases.

    Raises NotFound.
    """
    found = dispatcher().catalogue.of(CaseKind).get(key)
    if found is None:
        raise NotFound
    return found[1]


def all_kinds() -> list[CaseKind]:
    """Return the kinds of all modules that are installed."""
    return [kind for _manifest, kind in dispatcher().catalogue.of(CaseKind).values()]


def kinds_here(ctx: RequestContext) -> list[CaseKind]:
    """Return the kinds of the modules in effect that a person may see in the agency of a request."""
    return [kind for kind in kinds_among(ctx.modules) if ctx.can(kind.read)]


def kinds_among(modules: Collection[str]) -> list[CaseKind]:
    """Return the kinds that some modules declare."""
    found = dispatcher().catalogue.of(CaseKind).values()
    return [kind for manifest, kind in found if manifest.key in modules]


def definition(workflow_id: UUID) -> Definition:
    """Return a version of a workflow of the agency in scope."""
    return _definition(current_tenant(), workflow_id)


def definition_in(tenant_id: UUID, workflow_id: UUID) -> Definition:
    """Return a version of a workflow of one of the agencies that are read together."""
    return _definition(tenant_id, workflow_id)


@lru_cache(KEPT)
def _definition(tenant_id: UUID, workflow_id: UUID) -> Definition:
    row = db.execute_sql(
        "SELECT definition FROM casework.workflow WHERE tenant_id = %s AND id = %s", (tenant_id, workflow_id)
    ).fetchone()
    if row is None:
        raise NotFound
    return Definition.restore(row[0])


def newest(kind: str) -> Workflow | None:
    """Return the version of a workflow that new cases of the agency in scope follow."""
    return Workflow.select().where(Workflow.kind == kind).order_by(Workflow.number.desc()).first()


@dataclass(frozen=True, slots=True)
class Standing:
    """The workflow that the next case of a kind follows in an agency."""

    number: int
    """Of the newest version that is stored; 0 when none is yet."""
    definition: Definition
    own: bool = False
    stored: Workflow | None = None
    """None when the module's own is not stored yet: the next case does that."""


def standing(kind: CaseKind) -> Standing:
    """Return the workflow that the next case follows: the agency's own, or the one that comes with the module.

    A workflow that the agency changed itself stays until the agency takes the module's new one over.
    """
    found = newest(kind.key)
    if found is not None and (found.own or found.shipped == kind.shipped.stamp):
        return Standing(found.number, definition(found.id), found.own, found)
    return Standing(found.number if found else 0, kind.shipped)


def workflow_for(kind: CaseKind) -> Workflow:
    """Return the version that a new case follows, stored first if the module brings one that is not stored."""
    now = standing(kind)
    return now.stored or store(kind, kind.shipped, number=now.number + 1)


def followed_by(kind: CaseKind) -> UUID:
    """Return the id of that version, without reading what it says where it is the newest already."""
    row = db.prepared(
        "SELECT id, own, shipped FROM casework.workflow WHERE tenant_id = %(tenant)s::uuid AND kind = %(kind)s::text "
        "ORDER BY number DESC LIMIT 1",
        {"tenant": current_tenant(), "kind": kind.key},
    ).fetchone()
    if row is not None and (row[1] or row[2] == _shipped_stamp(kind)):
        return cast(UUID, row[0])
    return cast(UUID, workflow_for(kind).id)


def followed_on(case: Case) -> Definition:
    """Return what a case goes on by: its own version while it runs; what has ended is taken up again as the next case begins.

    Where the newest version has no such end any more, its own says what can be done.
    """
    own = definition(case.workflow_id)
    if case.closed_at is None:
        return own
    now = standing(kind_of(case.kind)).definition
    return now if any(each.key == case.state and each.final for each in now.states) else own


@lru_cache
def _shipped_stamp(kind: CaseKind) -> str:
    return kind.shipped.stamp


def store(
    kind: CaseKind,
    what: Definition,
    *,
    number: int,
    note: str = "",
    own: bool = False,
    by: UUID | None = None,
) -> Workflow:
    """Store a version, `own` when the agency made it; of two stored under one number at once the first holds."""
    made = Workflow(
        tenant_id=current_tenant(), id=new_id(), kind=kind.key, number=number, definition=what.stored(), note=note, own=own,
        shipped=kind.shipped.stamp, made_by=by,
    )  # fmt: skip
    Workflow.insert(**made.__data__).on_conflict_ignore().execute()
    return Workflow.get(
        Workflow.kind == kind.key, Workflow.number == number, Workflow.tenant_id == current_tenant()
    )
