"""Following for the objects of other modules.

followers=followers_view(req, "example.note", note.id)    # in the view of the object's page, after require_access
{{ c.followers(view.followers) }}                         # in its template
for each in followers_of("example.note", note.id): ...    # whoever tells them checks that they may still see it
"""

from uuid import UUID

from core.api import Request, page_url, sign, url_for
from plugins.followers import queries
from plugins.followers.queries import Followed
from plugins.followers.services import follow, forget_object, unfollow
from plugins.followers.views import FollowersView

__all__ = [
    "Followed",
    "FollowersView",
    "follow",
    "followers_of",
    "followers_view",
    "forget_object",
    "unfollow",
]

SHOWN = 8


def followers_of(object_type: str, object_id: UUID) -> list[Followed]:
    """Return who follows an object and still works in the agency."""
    return queries.followers(object_type, object_id)


def followers_view(req: Request, object_type: str, object_id: UUID, *, back: str = "") -> FollowersView:
    """Return the followers of an object the reader may see, and the button to become one.

    `back` is the page to come back to, when this one is shown at an address that cannot be opened again.
    """
    assert req.ctx is not None
    assert req.ctx.tenant is not None
    found = queries.followers(object_type, object_id)
    following = any(each.person_id == req.ctx.person.id for each in found)
    return FollowersView(
        names=tuple(each.name for each in found[:SHOWN]),
        others=max(0, len(found) - SHOWN),
        following=following,
        action=url_for(req, "followers.unfollow" if following else "followers.follow"),
        fields=(
            ("object_type", object_type),
            ("object", str(object_id)),
            ("mark", sign("follow", req.ctx.tenant.code, object_type, str(object_id))),
            ("back", back or page_url(req)),
        ),
    )
