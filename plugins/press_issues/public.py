"""Phản hồi báo chí: published answers of one agency, and of the province; nothing else of a case is public."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import falcon

from core.api import (
    Crumb,
    NotFound,
    Request,
    _,
    installed_settings,
    page_text,
    read_cursor,
    reading_as,
    url_for,
)
from plugins.press_issues import queries
from plugins.press_issues.views import AnswersView, AnswerView, Frame

SHARED_SECONDS = 30


class Answers:
    """The answers of one agency, or with `of_all` of the province."""

    def __init__(self, *, of_all: bool = False) -> None:
        self.of_all = of_all

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        tenant = req.public_tenant
        if not self.of_all and (tenant is None or not queries.setting().is_public):
            raise NotFound
        with reading_as("vi"):
            found = queries.public_answers(tenant.id if tenant else None, read_cursor(req, *queries.KEY))
            own = url_for(req, "press_issues.public_all" if self.of_all else "press_issues.public")
            view = AnswersView(
                frame=_frame(req, _("Phản hồi báo chí"), own),
                intro="" if self.of_all else queries.setting().intro,
                rows=tuple((row, url_for(req, "press_issues.public_answer", tenant=row.tenant, code=row.code)) for row in found.rows),
                of_all=self.of_all,
                newer_url=_turned(own, "before", found.previous_key),
                older_url=_turned(own, "after", found.next_key),
            )  # fmt: skip
            _write(req, resp, "press_issues/public_answers.html", view)


class OneAnswer:
    """One published answer."""

    def on_get(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = req.public_tenant
        if tenant is None:
            raise NotFound
        found = queries.public_answer(tenant.id, code)
        with reading_as("vi"):
            own = url_for(req, "press_issues.public_answer", code=found.code)
            back = Crumb(_("Phản hồi báo chí"), url_for(req, "press_issues.public"))
            view = AnswerView(
                frame=_frame(req, found.title, own, back),
                answer=found,
                said=_lines(found.said),
                text=_lines(found.text),
            )
            _write(req, resp, "press_issues/public_answer.html", view)


def _lines(text: str) -> Sequence[str]:
    return [line for line in text.splitlines() if line.strip()]


def _turned(own: str, parameter: str, key: str) -> str:
    return f"{own}?{urlencode({parameter: key})}" if key else ""


def _frame(req: Request, title: str, own: str, *crumbs: Any) -> Frame:
    tenant = req.public_tenant
    portal = url_for(req, "websites.public_province")
    has_site = tenant is not None and "websites" in req.public_modules
    return Frame(
        title=title, name=tenant.name if tenant else _("Cổng thông tin điện tử"), canonical=(req.own_origin or installed_settings().public_url) + own,
        home_url=url_for(req, "websites.public_home") if has_site else portal, portal_url=portal,
        portal_name=_("Cổng thông tin {province}", province=installed_settings().province_name), is_province=tenant is None,
        line=(tenant.parent_name if tenant else "") or installed_settings().province_name, crumbs=crumbs, description=title,
    )  # fmt: skip


def _write(req: Request, resp: falcon.Response, template: str, view: Any) -> None:
    text = page_text(req, template, view)
    resp.set_header("Cache-Control", f"public, max-age=0, s-maxage={SHARED_SECONDS}")
    resp.set_header("Vary", "Accept-Encoding")
    resp.content_type = falcon.MEDIA_HTML
    resp.text = text
