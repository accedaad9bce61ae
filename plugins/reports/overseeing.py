"""A late case of an agency below: who above may open it, what they are told, and that they looked."""

from collections.abc import Mapping
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


def kinds_told(ctx: RequestContext, agency_id: UUID) -> list[str]:
    """Return the kinds whose late cases of an agency below a person is told of: seen here, and in effect there."""
    there = {kind.key for kind in kinds_among(dispatcher().effective_for(agency_id))}
    return [kind.key for kind in kinds_counted(ctx) if kind.key in there and not kind.restricted]


def look(ctx: RequestContext, agency_id: UUID, case_id: UUID) -> tuple[Agency, Glance | None]:
    """Return what a superior is told of a late case, None of one that is not late any more; both agencies keep that they looked.

    Raises Forbidden, NotFound.
    """
    require_permission(ctx, OVERSEE)
    assert ctx.tenant is not None
    with db.atomic():
        agency, kinds, superior = agency_below(agency_id), kinds_told(ctx, agency_id), ctx.tenant.name
        # SECURITY: the lines above say that this agency is below that of the person, who may oversee it. What is
        # read in its scope is a `Glance`, which holds nothing of the case's content.
        with scope(agency.id):
            found = glance(case_id, kinds)
            if found is not None:
                emit(LateCaseSeen(object_id=case_id, code=found.code, superior=superior, agency=agency.name))
        if found is not None:
            emit(LateCaseSeen(object_id=case_id, code=found.code, superior=superior, agency=agency.name))
    return agency, found


def opens(ctx: RequestContext, each: Mapping[str, str]) -> bool:
    """Tell whether a person may open a gathered late case as a superior; without its title it is a restricted one."""
    if not ctx.can(OVERSEE) or not each["title"] or each["agency"] == str(current_tenant()):
        return False
    return each["kind"] in kinds_told(ctx, UUID(each["agency"]))
