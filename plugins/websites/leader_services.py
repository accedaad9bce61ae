"""What an agency writes of its leaders; names and posts are the registry's."""

from core.api import RequestContext, db, emit, new_id, require_permission
from plugins.websites import events
from plugins.websites.models import Leader
from plugins.websites.public_queries import PublicPerson
from plugins.websites.turns import MANAGE


def describe_leader(
    ctx: RequestContext, person: PublicPerson, *, version: int, biography: str = "", duties: str = ""
) -> None:
    """Say of a leader who they are and what they answer for; version 0 is the first time.

    Raises Conflict, Forbidden.
    """
    require_permission(ctx, MANAGE)
    with db.atomic():
        Leader.insert(id=new_id(), person_id=person.id, version=0).on_conflict_ignore().execute()
        leader = Leader.get(Leader.person_id == person.id)
        leader.biography, leader.duties = biography, duties
        leader.save_as(ctx.person.id, version)
        # The post, not the name: the audit is for good.
        emit(events.SiteArranged(what="leader_described", title=person.position))
