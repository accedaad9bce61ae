"""What stands around the public pages of modules: the frame of the portal, or of the agency's site when it has one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import falcon

from core.api import Crumb, Page, Request, _, installed_settings, page_text, url_for

SHARED_SECONDS = 30
"""How long a cache in front may keep a public page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFrame:
    """What websites/public_base.html asks of its view, as `frame`."""

    title: str
    name: str
    canonical: str
    home_url: str
    description: str
    line: str = ""
    palette: str = "indigo"
    crumbs: Sequence[Any] = ()
    structured: str = "{}"
    preview: None = None
    alternates: Sequence[Any] = ()
    feed_url: str = ""
    kind: str = "website"
    share_picture: str = ""
    logo: None = None
    search_url: str = ""
    other_language: str = ""
    sign_in_url: str = ""
    menu: Sequence[Any] = ()
    is_province: bool = False
    address: str = ""
    phone: str = ""
    email: str = ""
    responsible: str = ""
    licence: str = ""
    portal_url: str = ""
    portal_name: str = ""
    full_name: str = ""


def public_frame(req: Request, title: str, own_url: str, *crumbs: Crumb) -> PublicFrame:
    """Return the frame of a public page that stands at an address of this platform."""
    tenant, settings = req.public_tenant, installed_settings()
    portal = url_for(req, "websites.public_province")
    has_site = tenant is not None and "websites" in req.public_modules
    return PublicFrame(
        title=title, name=tenant.name if tenant else _("Cổng thông tin điện tử"),
        canonical=(req.own_origin or settings.public_url) + own_url,
        home_url=url_for(req, "websites.public_home") if has_site else portal, portal_url=portal,
        portal_name=_("Cổng thông tin {province}", province=settings.province_name), is_province=tenant is None,
        line=(tenant.parent_name if tenant else "") or settings.province_name, crumbs=crumbs, description=title,
    )  # fmt: skip


def send_public(
    req: Request, resp: falcon.Response, template: str, view: Any, *, shared: bool = True, status: int = 200
) -> None:
    """Answer with a public page; `shared` pages are the same for everybody, and caches may keep them a little."""
    resp.status = falcon.code_to_http_status(status)
    resp.text = page_text(req, template, view)
    resp.content_type = falcon.MEDIA_HTML
    kept = f"public, max-age=0, s-maxage={SHARED_SECONDS}" if shared else "no-store"
    resp.set_header("Cache-Control", kept)
    resp.set_header("Vary", "Accept-Encoding")


def turning(own_url: str, found: Page[Any], **conditions: str) -> tuple[str, str]:
    """Return the addresses of the newer and the older page of a public list, empty where there is none."""

    def to(parameter: str, key: str) -> str:
        asked = {name: value for name, value in {**conditions, parameter: key}.items() if value}
        return f"{own_url}?{urlencode(asked)}" if key else ""

    return to("before", found.previous_key), to("after", found.next_key)
