"""What stands around the public pages of modules: the frame of the portal, or of the agency's site when it has one."""

from typing import Any
from urllib.parse import urlencode

import falcon

from core.api import Crumb, NotFound, Page, PublicFrame, Request, dispatcher, page_text

SHARED_SECONDS = 30
"""How long a cache in front may keep a public page."""


def public_frame(req: Request, title: str, own_url: str, *crumbs: Crumb) -> object:
    """Return what stands around a public page, for its view's `frame`: the first answer in their order.

    Raises NotFound where no module has public sites.
    """
    for _owner, declared in dispatcher().catalogue.of(PublicFrame).values():
        if (made := declared.make(req, title, own_url, crumbs)) is not None:
            return made
    raise NotFound


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
