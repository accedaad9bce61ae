"""Follow and stop following. Whoever calls has checked that the person sees the object."""

from uuid import UUID

from core.api import RequestContext
from plugins.followers.models import Follower


def follow(ctx: RequestContext, object_type: str, object_id: UUID) -> None:
    """Let a person hear of what happens to an object; twice is the same as once."""
    Follower.insert(
        object_type=object_type, object_id=object_id, person_id=ctx.person.id
    ).on_conflict_ignore().execute()


def unfollow(ctx: RequestContext, object_type: str, object_id: UUID) -> None:
    """Let a person hear of it no longer."""
    Follower.delete().where(
        Follower.object_type == object_type,
        Follower.object_id == object_id,
        Follower.person_id == ctx.person.id,
    ).execute()


def forget_object(object_type: str, object_id: UUID) -> None:
    """Forget who followed an object that is gone."""
    Follower.delete().where(Follower.object_type == object_type, Follower.object_id == object_id).execute()
