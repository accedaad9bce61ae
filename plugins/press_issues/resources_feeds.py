"""The page on which officers choose from news feeds what to record."""

from typing import Any
from uuid import UUID

import falcon

from core.api import FormView, Invalid, Request, _, format_datetime, load, ngettext, page, redirect, url_for
from plugins.casework.api import crumbs
from plugins.pages.api import DraftView, FormPage
from plugins.press_issues import queries, services
from plugins.press_issues.kinds import COMPILE, ISSUE
from plugins.press_issues.reading import MOST_BYTES
from plugins.press_issues.schemas import FeedInput
from plugins.press_issues.views import FeedsView, ItemLine


class Feeds:
    """What feeds brought."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        page(req, resp, "press_issues/feeds.html", _view(req, FormView()))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        uploads = req.uploads("feed")
        try:
            count = services.take(req.asker, uploads[0].file.read(MOST_BYTES + 1) if uploads else b"")
        except Invalid as problem:
            self._again(req, resp, problem)
        else:
            self._back(req, resp, ngettext("Có {n} bài mới để chọn.", "Có {n} bài mới để chọn.", count))

    def on_post_address(self, req: Request, resp: falcon.Response) -> None:
        try:
            services.add_feed(req.asker, load(FeedInput(), req.form)["address"])
        except Invalid as problem:
            self._again(req, resp, problem)
        else:
            self._back(req, resp, _("Đã thêm nguồn tin, hai giờ đọc một lần."))

    def on_post_stop(self, req: Request, resp: falcon.Response, item_id: UUID) -> None:
        services.stop_feed(req.asker, item_id)
        self._back(req, resp, _("Đã bỏ nguồn tin."))

    def on_post_leave(self, req: Request, resp: falcon.Response, item_id: UUID) -> None:
        services.leave(req.asker, item_id)
        self._back(req, resp, _("Đã bỏ qua bài này."))

    @staticmethod
    def _again(req: Request, resp: falcon.Response, problem: Invalid) -> None:
        form = FormView(req.form, problem.errors)
        page(req, resp, "press_issues/feeds.html", _view(req, form), status=problem.status)

    @staticmethod
    def _back(req: Request, resp: falcon.Response, toast: str) -> None:
        redirect(resp, url_for(req, "press_issues.feeds"), toast=toast)


def _view(req: Request, form: FormView) -> FeedsView:
    manages = req.asker.can(COMPILE)
    return FeedsView(
        page=FormPage(
            title=_("Nguồn tin báo chí"), form=form, draft=DraftView(key=""), action=url_for(req, "press_issues.feeds"), button="",
            back_url="", back="", titles={"feed": _("Tệp RSS hoặc Atom"), "address": _("Địa chỉ nguồn tin")},
        ),
        crumbs=crumbs(req, ISSUE, _("Nguồn tin báo chí")),
        items=tuple(
            ItemLine(
                title=each.title, outlet=each.outlet, summary=each.summary[:300], published_at=each.published_at,
                record_url=f"{url_for(req, 'press_issues.new')}?item={each.id}",
                leave_url=url_for(req, "press_issues.feed_leave", item_id=each.id),
            )
            for each in queries.items()
        ),
        feeds=tuple(
            (each.address, _how(each), url_for(req, "press_issues.feed_stop", item_id=each.id) if manages else "")
            for each in queries.feeds()
        ),
        address_url=url_for(req, "press_issues.feed_address") if manages else "",
    )  # fmt: skip


def _how(feed: Any) -> str:
    if feed.fetched_at is None:
        return _("chưa đọc lần nào")
    told = _("đọc {time}", time=format_datetime(feed.fetched_at))
    return f"{told}: {_(feed.trouble)}" if feed.trouble else told
