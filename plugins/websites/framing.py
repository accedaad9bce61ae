"""What stands around the public pages of other modules: head and foot of the agency's site, or of the province."""

from collections.abc import Sequence

from core.api import Crumb, PublicFrame, Request, _, installed_settings, url_for
from plugins.websites import public_queries
from plugins.websites.palettes import DEFAULT_PALETTE
from plugins.websites.public_province import province_frame
from plugins.websites.public_views import Addresses, Frame, frame, province_name


def around(req: Request, title: str, own_url: str, crumbs: Sequence[Crumb]) -> Frame:
    """Return the frame of the agency's site when it is open, else of an agency within the portal, else of the province."""
    tenant = req.public_tenant
    if tenant is None:
        return province_frame(req, title, own_url, crumbs=crumbs)
    found = public_queries.shell(english=False) if "websites" in req.public_modules else None
    if found is not None:
        return frame(
            req,
            Addresses(req, english=False, host=found["host"]),
            found,
            title,
            own_url,
            crumbs=crumbs,
            description=title,
        )
    portal = url_for(req, "websites.public_province")
    return Frame(
        title=title, name=tenant.name, line=tenant.parent_name or province_name(), palette=DEFAULT_PALETTE,
        home_url=portal, search_url="", canonical=installed_settings().public_url + own_url, description=title,
        crumbs=crumbs, portal_url=portal,
        portal_name=_("Cổng thông tin {province}", province=province_name(inside=True)),
    )  # fmt: skip


PUBLIC_FRAME = PublicFrame("websites.frame", around, order=100)
