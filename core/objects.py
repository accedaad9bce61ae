"""What the page of one object asks of all modules: may this person, what can be done, what happened."""

from operator import attrgetter
from uuid import UUID

from core import audit
from core.context import RequestContext
from core.declarations import ObjectAction, TimelineEntry
from core.dispatcher import dispatcher
from core.web.errors import Forbidden

HISTORY = 100


def require_permission(ctx: RequestContext, permission: str) -> None:
    """Let pass whoever holds a permission in the current agency; raises Forbidden."""
    if not ctx.can(permission):
        raise Forbidden(permission=permission)


def require_access(ctx: RequestContext, permission: str, obj: object) -> None:
    """Let pass whoever holds a permission and is refused this object by no module.

    Raises Forbidden with the reason.
    """
    require_permission(ctx, permission)
    denied = dispatcher().check_access(ctx, permission, obj)
    if denied:
        raise Forbidden(denied.reason)


def object_actions(ctx: RequestContext, obj: object) -> list[ObjectAction]:
    """Return the buttons that the modules in effect offer this person for an object."""
    return dispatcher().object_actions(ctx, obj)


def object_history(
    ctx: RequestContext, obj: object, object_type: str, object_id: UUID, *, limit: int = HISTORY
) -> list[TimelineEntry]:
    """Return what happened to an object, newest first: its audit entries and what modules add to them."""
    found = audit.history(object_type, object_id, limit=limit) + dispatcher().object_timeline(ctx, obj)
    return sorted(found, key=attrgetter("at"), reverse=True)[:limit]
