"""The addresses of the button "Theo dõi"."""

from uuid import UUID

import falcon

from core.api import BadRequest, Request, _, is_signed, local_path, redirect
from plugins.followers import services


class Following:
    """Follows or stops, for an object that a page of ours has shown to this person."""

    def on_post_follow(self, req: Request, resp: falcon.Response) -> None:
        services.follow(req.asker, *_object(req))
        self._back(req, resp, _("Bạn đang theo dõi mục này."))

    def on_post_unfollow(self, req: Request, resp: falcon.Response) -> None:
        services.unfollow(req.asker, *_object(req))
        self._back(req, resp, _("Bạn đã thôi theo dõi mục này."))

    def _back(self, req: Request, resp: falcon.Response, toast: str) -> None:
        redirect(resp, local_path(req.form.get("back")), toast=toast)


def _object(req: Request) -> tuple[str, UUID]:
    """Return the object a form names.

    SECURITY: only a page that has checked the reader's access hands out the mark, so nobody follows what
    they may not see, nor learns by trying which ids there are.
    """
    ctx = req.asker
    assert ctx.tenant is not None  # the route belongs to an agency
    kind, name = str(req.form.get("object_type")), str(req.form.get("object"))
    if not is_signed(req.form.get("mark"), "follow", ctx.tenant.code, kind, name):
        raise BadRequest(_("Mở lại trang của mục này rồi bấm theo dõi."))
    return kind, UUID(name)
