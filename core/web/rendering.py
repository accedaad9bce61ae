"""Turn view dataclasses into pages: templates never see models and never query."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

import falcon
import orjson

from core.addresses import PREFIXES
from core.catalogue import Catalogue
from core.i18n import LOCALES, current_locale
from core.process import OfProcess
from core.web.conditions import row_tag
from core.web.navigation import Navigation
from core.web.paging import Page, page_url
from core.web.request import TOAST_COOKIE, Request
from core.web.security import form_token, sign
from core.web.static import StaticFiles
from core.web.templates import environment


class Renderer:
    """The template environment of the process and the pages made with it."""

    def __init__(
        self,
        catalogue: Catalogue,
        navigation: Navigation,
        static: StaticFiles,
        *,
        development: bool,
        public_url: str = "",
    ) -> None:
        self.catalogue = catalogue
        self.public_url = public_url
        self._navigation = navigation
        folders = [module.folder / "templates" for module in catalogue.modules.values()]
        self._environments = {
            language: environment(language, folders, static, development=development) for language in LOCALES
        }

    def page(
        self, req: Request, resp: falcon.Response, template: str, view: Any = None, *, status: int = 200
    ) -> None:
        """Answer with a page; `view` is a frozen dataclass the template documents."""
        # Imported macros are shared by all requests and see globals only, so the token reaches them this way.
        form_token.set(req.ctx.csrf_token if req.ctx else "")
        shell = self._navigation.shell(req)
        text = self.text(req, template, view, shell=shell, request_id=req.request_id)
        resp.status = falcon.code_to_http_status(status)
        resp.content_type = "text/html; charset=utf-8"
        resp.text = text
        if req.get_cookie_values(TOAST_COOKIE) and not req.is_htmx:
            resp.unset_cookie(TOAST_COOKIE, path="/")

    def text(self, req: Request, template: str, view: Any, **around: Any) -> str:
        """Return a page as text; without what stands `around` it, such as a public one, for whoever asks."""
        found = self._environments[current_locale()].get_template(template)
        return found.render(view=view, url=partial(self.url, req), **around)

    def url(self, req: Request, name: str, **fields: Any) -> str:
        """Return the address of a named route, in the request's own agency unless another is named."""
        address = self.catalogue.routes[name]
        tenant = (req.ctx.tenant if req.ctx else None) or req.public_tenant
        if tenant is not None and address.tenanted:
            fields.setdefault("tenant", tenant.code)
        url = address.url(**fields)
        if not req.own_origin:
            return url
        # An agency's own domain has the agency's public pages at its root, and nothing else.
        here = PREFIXES["public"].format(tenant=tenant.code) if tenant else ""
        return url[len(here) - 1 :] if here and url.startswith(here) else self.public_url + url


renderer = OfProcess[Renderer]("renderer is installed")


def page(req: Request, resp: falcon.Response, template: str, view: Any = None, *, status: int = 200) -> None:
    """Answer with a page; `view` is a frozen dataclass the template documents."""
    renderer().page(req, resp, template, view, status=status)


def url_for(req: Request, name: str, **fields: Any) -> str:
    """Return the address of a named route, in the request's own agency unless `tenant` names another."""
    return renderer().url(req, name, **fields)


def page_text(req: Request, template: str, view: Any) -> str:
    """Return a page without the staff's shell as text, for answers that are kept or compared."""
    return renderer().text(req, template, view)


def redirect(resp: falcon.Response, url: str, *, toast: str = "", undo: str = "") -> None:
    """Go on to another page after a finished action, with a sentence about what was done.

    `undo` is an address of ours that takes it back when it is posted to, by an action with a fact of its own.
    """
    resp.status = falcon.HTTP_303
    resp.location = url
    if toast:
        text = quote(toast)
        if undo:
            # SECURITY: a sibling site can plant this cookie, but not the mark without which no button is made of it.
            text += f"|{quote(undo)}|{sign('undo', toast, undo)}"
        resp.set_cookie(
            TOAST_COOKIE, text, max_age=60, path="/", http_only=True, secure=True, same_site="Lax"
        )


def send_json(resp: falcon.Response, document: Any, *, status: int = 200) -> None:
    """Answer with a JSON document of plain values, UUIDs and dates; its ETag begins with its `version`."""
    resp.status = falcon.code_to_http_status(status)
    resp.content_type = falcon.MEDIA_JSON
    resp.data = body = orjson.dumps(document)
    version = document.get("version") if isinstance(document, Mapping) else None
    if isinstance(version, int):
        resp.set_header("ETag", row_tag(version, body))


def send_page(req: Request, resp: falcon.Response, found: Page[Any], items: Sequence[Any]) -> None:
    """Answer with one page of a list as JSON, and where the next one is: `next` is empty on the last."""
    following = page_url(req, after=found.next_key) if found.next_key else ""
    if following:
        resp.append_link(following, "next")
    send_json(resp, {"items": items, "next": following})
