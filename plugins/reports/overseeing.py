"""A late case of an agency below: who above may open it, what they are told, and that they looked."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from core.api import (
    NotFound,
    RequestContext,
    current_tenant,
    db,
    dispatcher,
    emit,
    require_permission,
    scope,
)
from plugins.casework.api import Glance, glance, kinds_among
from plugins.reports import gathering
from plugins.reports.asking import kinds_counted
from plugins.reports.events import LateCaseSeen
from plugins.reports.gathering import Agency

OVERSEE = "reports.oversee"


def agency_below(agency_id: UUID) -> Agency:
    """Return an agency under the one in scope as it is today.

    Raises NotFound for every other, the own one among them.
    """
    for each in gathering.agencies_below():
        if each.id == agency_id and agency_id != current_tenant():
            return each
    raise NotFound


def kinds_told(ctx: RequestContext, agency_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return of each agency below the kinds whose late cases a person is told of: seen here, and in effect there."""
    here = [kind.key for kind in kinds_counted(ctx) if not kind.restricted]
    there = {
        each: {kind.key for kind in kinds_among(modules)}
        for each, modules in dispatcher().effective_among(agency_ids).items()
    }
    return {each: [key for key in here if key in keys] for each, keys in there.items()}


def look(ctx: RequestContext, agency_id: UUID, case_id: UUID) -> tuple[Agency, Glance | None]:
    """Return what a superior is told of a late case, None of one that is not late any more; both agencies keep that they looked.

    Raises Forbidden, NotFound.
    """
    require_permission(ctx, OVERSEE)
    assert ctx.tenant is not None
    with db.atomic():
        agency, kinds, superior = (
            agency_below(agency_id),
            kinds_told(ctx, [agency_id])[agency_id],
            ctx.tenant.name,
        )
        # SECURITY: the lines above say that this agency is below that of the person, who may oversee it. What is
        # read in its scope is a `Glance`, which holds nothing of the case's content.
        with scope(agency.id):
            found = glance(case_id, kinds)
            if found is not None:
                emit(LateCaseSeen(object_id=case_id, code=found.code, superior=superior, agency=agency.name))
        if found is not None:
            emit(LateCaseSeen(object_id=case_id, code=found.code, superior=superior, agency=agency.name))
    return agency, found


def opened(ctx: RequestContext, rows: Sequence[Mapping[str, str]]) -> set[UUID]:
    """Return which of some gathered late cases a person may open as a superior; one without its title is restricted."""
    asked = [each for each in rows if each["title"] and each["agency"] != str(current_tenant())]
    if not asked or not ctx.can(OVERSEE):
        return set()
    told = kinds_told(ctx, {UUID(each["agency"]) for each in asked})
    return {UUID(each["case"]) for each in asked if each["kind"] in told[UUID(each["agency"])]}
