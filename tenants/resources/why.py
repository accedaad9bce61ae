"""Why somebody may not do something here, and whom to ask."""

import falcon

from core.dispatcher import dispatcher
from core.i18n import _
from core.web.components import Crumb
from core.web.errors import NotFound
from core.web.rendering import page, url_for
from core.web.request import Request
from tenants import queries
from tenants.resources.roles import module_title, role_title
from tenants.views import WhyView

GIVES_ROLES = "tenants.manage_people"
NAMED = 6


class Why:
    """One right: what it is, which roles give it, which the reader has, and who gives roles."""

    def on_get(self, req: Request, resp: falcon.Response, permission: str) -> None:
        right = dispatcher().catalogue.permissions.get(permission)
        module = permission.partition(".")[0]
        if right is None or module not in req.asker.modules:
            raise NotFound
        view = WhyView(
            crumbs=(Crumb(_("Trang đầu"), url_for(req, "tenants.start")), Crumb(_("Vì sao?"))),
            may=req.asker.can(permission),
            right=_(right.title),
            module=module_title(module),
            roles=tuple(_(title) for _key, title in queries.roles_giving(permission)),
            own=_own_roles(req),
            people_url=url_for(req, "tenants.people")
            if not req.asker.can(permission) and req.asker.can(GIVES_ROLES)
            else "",
            askable=tuple(queries.holders([key for key, _title in queries.roles_giving(GIVES_ROLES)], NAMED)),
        )
        page(req, resp, "tenants/why.html", view)


def _own_roles(req: Request) -> tuple[str, ...]:
    """Return the titles of the roles that the reader's posts in this agency give."""
    ctx = req.asker
    held = {
        role for post in ctx.posts if ctx.tenant and post.tenant.id == ctx.tenant.id for role in post.roles
    }
    return tuple(role_title(line) for line in queries.roles() if line.key in held)
