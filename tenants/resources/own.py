"""What a program learns of its owner: posts, departments and rights in one agency."""

import falcon

from core.declarations import document
from core.web.rendering import send_json
from core.web.request import Request
from tenants.schemas import OwnDocument


class OwnPosts:
    """The person behind a token or session, as one agency knows them."""

    @document(OwnDocument)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """Tell who asks: their posts with the departments they may write for, and what they may do here."""
        ctx = req.asker
        here = [post for post in ctx.posts if ctx.tenant and post.tenant.id == ctx.tenant.id]
        document = {
            "id": str(ctx.person.id),
            "username": ctx.person.username,
            "full_name": ctx.person.full_name,
            "posts": [
                {
                    "id": str(post.membership_id),
                    "unit": {"id": str(post.unit_id), "name": post.unit_name},
                    "position": post.position,
                    "roles": list(post.roles),
                    "valid_from": post.valid_from.isoformat() if post.valid_from else None,
                    "valid_to": post.valid_to.isoformat() if post.valid_to else None,
                }
                for post in here
            ],
            "permissions": sorted(each for each in ctx.permissions if not each.startswith("core.")),
            "read_only": ctx.token is not None and ctx.token.read_only,
        }
        send_json(resp, document)
