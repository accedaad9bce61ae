"""Addresses of the library of pictures, as pages and for the editor."""

from uuid import UUID

import falcon

from core.api import (
    FormView,
    Invalid,
    Request,
    _,
    document,
    load,
    page,
    pager,
    read_cursor,
    redirect,
    send_json,
    send_page,
    url_for,
)
from plugins.files import api as files
from plugins.websites import picture_services, site_queries
from plugins.websites.models import Picture
from plugins.websites.pages import SHOWN_WIDTH, SMALL_WIDTH, module_tabs
from plugins.websites.schemas import PictureInput, PictureItem, PictureList, PictureQuery
from plugins.websites.views import PictureLine, PicturesView, PictureView


class Pictures:
    """The library, and the form for one more picture."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView())

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            picture = _add(req)
        except Invalid as problem:
            self._show(req, resp, FormView(req.form, problem.errors), problem.status)
            return
        redirect(resp, url_for(req, "websites.picture", picture_id=picture.id), toast=_("Đã thêm ảnh."))

    def _show(self, req: Request, resp: falcon.Response, form: FormView, status: int = 200) -> None:
        search = (req.get_param("q") or "").strip()[:200]
        found = site_queries.pictures(search, read_cursor(req, *site_queries.PICTURE_KEY))
        view = PicturesView(
            form=form,
            rows=tuple(_line(req, row) for row in found.rows),
            pager=pager(req, found),
            search=search,
            action=url_for(req, "websites.pictures"),
            tabs=module_tabs(req, "pictures"),
            list_url=url_for(req, "websites.articles"),
        )
        page(req, resp, "websites/staff_pictures.html", view, status=status)


class OnePicture:
    """One picture: what is said of it, and where it is shown."""

    def on_get(self, req: Request, resp: falcon.Response, picture_id: UUID) -> None:
        picture = site_queries.picture(picture_id)
        self._show(req, resp, picture, FormView({"alt": picture.alt, "caption": picture.caption}))

    def on_post(self, req: Request, resp: falcon.Response, picture_id: UUID) -> None:
        picture = site_queries.picture(picture_id)
        try:
            picture_services.change_picture(req.asker, picture_id, **load(PictureInput(), req.form))
        except Invalid as problem:
            self._show(req, resp, picture, FormView(req.form, problem.errors), problem.status)
            return
        redirect(resp, url_for(req, "websites.pictures"), toast=_("Đã lưu lời tả ảnh."))

    def on_post_delete(self, req: Request, resp: falcon.Response, picture_id: UUID) -> None:
        picture_services.delete_picture(req.asker, picture_id)
        redirect(resp, url_for(req, "websites.pictures"), toast=_("Đã bỏ ảnh khỏi thư viện."))

    def on_get_image(self, req: Request, resp: falcon.Response, picture_id: UUID) -> None:
        """Lead to the stored picture: the editor knows a picture by its id in the library alone."""
        picture = site_queries.picture(picture_id)
        resp.status = falcon.HTTP_302
        resp.location = files.rendition_url(req, picture.file_id, SHOWN_WIDTH)

    def _show(
        self, req: Request, resp: falcon.Response, picture: Picture, form: FormView, status: int = 200
    ) -> None:
        uses = site_queries.picture_uses(picture.id)
        site_id = site_queries.site().id
        settings = url_for(req, "websites.settings")
        view = PictureView(
            form=form,
            alt=picture.alt,
            src=files.rendition_url(req, picture.file_id, SHOWN_WIDTH),
            width=picture.width,
            height=picture.height,
            uses=tuple(
                (title, settings if used == site_id else url_for(req, "websites.article", article_id=used))
                for used, title in uses
            ),
            may_change=req.asker.can(picture_services.needed_to_change(picture.id)),
            action=url_for(req, "websites.picture", picture_id=picture.id),
            delete_url="" if uses else url_for(req, "websites.picture_delete", picture_id=picture.id),
            back_url=url_for(req, "websites.pictures"),
            list_url=url_for(req, "websites.articles"),
        )
        page(req, resp, "websites/staff_picture.html", view, status=status)


class PicturesDocument:
    """The library as the editor's picker reads it, and a new picture from there."""

    @document(PictureList, query=PictureQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the pictures of the library, the newest first."""
        search = load(PictureQuery(), req.params).get("q", "")[:200]
        found = site_queries.pictures(search, read_cursor(req, *site_queries.PICTURE_KEY))
        send_page(req, resp, found, [self._document(req, row) for row in found.rows])

    @document(PictureItem, status=201, raw=True)
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Add a picture to the library: multipart/form-data with `file`, `alt` and `caption`."""
        send_json(resp, self._document(req, _add(req)), status=201)

    def _document(self, req: Request, row: Picture) -> dict[str, object]:
        return {
            "id": row.id,
            "alt": row.alt,
            "caption": row.caption,
            "width": row.width,
            "height": row.height,
            "small": files.rendition_url(req, row.file_id, SMALL_WIDTH),
            "shown": files.rendition_url(req, row.file_id, SHOWN_WIDTH),
        }


def _add(req: Request) -> Picture:
    given = {name: value for name, value in req.form.items() if name not in {"file", "file_id"}}
    upload = next(iter(req.uploads("file")), None)
    errors: dict[str, list[str]] = {}
    try:
        said = load(PictureInput(), given)
    except Invalid as problem:
        errors = problem.errors
    if upload is None:
        errors = {"file": [_("Chưa chọn ảnh.")], **errors}
    if errors:
        raise Invalid(errors)
    return picture_services.add_picture(req.asker, upload, **said)


def _line(req: Request, row: Picture) -> PictureLine:
    return PictureLine(
        id=str(row.id),
        alt=row.alt,
        caption=row.caption,
        src=files.rendition_url(req, row.file_id, SMALL_WIDTH),
        detail=f"{row.width} × {row.height}",
        url=url_for(req, "websites.picture", picture_id=row.id),
    )
