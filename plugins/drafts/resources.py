"""Addresses of the drafts: forms save themselves here while they are filled in."""

from contextlib import suppress
from urllib.parse import urlencode
from uuid import UUID

import falcon

from core.api import BadRequest, Invalid, Request, _, local_path, redirect, send_json, url_for
from plugins.drafts import services
from plugins.drafts.queries import continued
from plugins.drafts.words import saved_words

PAGE = "lt_page"
"""The field that says which opening of the form this is."""
LEAVE = "lt_leave"
"""The button that saves and goes; its value is where to."""
NOT_TYPED = frozenset({"csrf_token", PAGE, LEAVE})


class Save:
    """Keeps what has been typed; answers a script in words, a button with the page to go on to."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        leave = req.form.get(LEAVE)
        try:
            at = services.save(req.asker, _key(req), _page(req), _fields(req), url=_place(req))
        except Invalid as problem:
            if leave is not None:
                raise
            send_json(resp, {"text": problem.errors[""][0]}, status=problem.status)
            return
        if leave is None:
            send_json(resp, {"text": saved_words(at)})
        else:
            redirect(resp, local_path(leave), toast=_("Đã lưu nháp. Trang đầu có đường dẫn để viết tiếp."))


class Drop:
    """Throws a draft away and goes on to the page named, from where it can be taken back."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        key, page, back = _key(req), _page(req), local_path(req.get_param("back"))
        if PAGE in req.form:
            # The button of the form itself brings what was typed since the last save; it comes back as well.
            with suppress(Invalid):
                services.save(req.asker, key, page, _fields(req), url=back)
        services.drop(req.asker, key, page)
        undo = f"{url_for(req, 'drafts.restore')}?{urlencode({'key': key, 'page': page, 'back': back})}"
        redirect(resp, back, toast=_("Đã bỏ bản nháp."), undo=undo)


class Restore:
    """Takes a draft back that was thrown away, into the form it is of."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        page, back = _page(req), local_path(req.get_param("back"))
        if not services.restore(req.asker, _key(req), page):
            redirect(resp, back, toast=_("Bản nháp đã bỏ không còn: chỉ lấy lại được trong một ngày."))
            return
        redirect(resp, continued(back, page), toast=_("Đã lấy lại bản nháp."))


def _fields(req: Request) -> dict[str, str | list[str]]:
    return {name: value for name, value in req.form.items() if name not in NOT_TYPED}


def _key(req: Request) -> str:
    key = req.get_param("key") or ""
    if not 1 <= len(key) <= 200:
        raise BadRequest(_("Không rõ bản nháp của biểu mẫu nào."))
    return key


def _place(req: Request) -> str:
    """Return the page of the form; an address too long to keep is none."""
    at = req.get_param("at")
    return local_path(at) if at and len(at) <= 2000 else ""


def opening(name: object) -> UUID | None:
    """Return which opening of a form is named, if one is."""
    try:
        return UUID(str(name))
    except ValueError:
        return None


def _page(req: Request) -> UUID:
    page = opening(req.form.get(PAGE) or req.get_param("page"))
    if page is None:
        raise BadRequest(_("Không rõ bản nháp của biểu mẫu nào."))
    return page
