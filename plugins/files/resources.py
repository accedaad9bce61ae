"""Addresses of files: downloads, previews, renditions, uploads in pieces, and the agency's space."""

from typing import Any
from uuid import UUID

import falcon

from core.api import (
    N_,
    BadRequest,
    NotFound,
    Problem,
    Request,
    _,
    dispatcher,
    document,
    load,
    page,
    redirect,
    send_json,
    url_for,
)
from plugins.files import pictures, queries, resumable
from plugins.files.kinds import NAMED, Refused
from plugins.files.models import Upload
from plugins.files.queries import StoredFile, can_be_shown, size_text
from plugins.files.resumable import PIECE_BYTES, Incomplete, WrongOffset
from plugins.files.schemas import FileDocument, UploadDocument, UploadInput, UploadQuery
from plugins.files.sending import send
from plugins.files.services import discard_unclaimed, no_room
from plugins.files.store import MB, StoreFull, received, store
from plugins.files.views import FileLine, SpaceView, UnclaimedLine

OFFSET = "Upload-Offset"


class Held(Problem):
    """The scanner has not looked at the file yet."""

    status, type = 423, "file-held"
    title = N_("Tệp đang chờ quét mã độc")


class Infected(Problem):
    """The scanner has found something in the file."""

    status, type = 423, "file-infected"
    title = N_("Tệp có mã độc, đã khoá")


# ---- files ---------------------------------------------------------------------------------------------------


class Files:
    """One file for those who may open its object; `public` ones for everybody the module lets in."""

    def on_get(self, req: Request, resp: falcon.Response, file_id: UUID) -> None:
        _send(req, resp, _opened(req, resp, file_id), inline=False)

    def on_get_view(self, req: Request, resp: falcon.Response, file_id: UUID) -> None:
        file = _opened(req, resp, file_id)
        _send(req, resp, file, inline=can_be_shown(file))

    def on_get_picture(self, req: Request, resp: falcon.Response, file_id: UUID, width: int) -> None:
        _send_picture(req, resp, _opened(req, resp, file_id), width)

    def on_get_public(self, req: Request, resp: falcon.Response, file_id: UUID) -> None:
        file = _opened(req, resp, file_id, public=True)
        _send(req, resp, file, inline=can_be_shown(file), public=True)

    def on_get_public_picture(self, req: Request, resp: falcon.Response, file_id: UUID, width: int) -> None:
        _send_picture(req, resp, _opened(req, resp, file_id, public=True), width, public=True)


class Space:
    """How much space the agency's files take."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        figures = queries.usage()
        view = SpaceView(
            used=size_text(figures.used),
            quota=size_text(figures.quota) if figures.quota else "",
            percent=min(100, round(100 * figures.used / figures.quota)) if figures.quota else 0,
            files=figures.files,
            coming=size_text(figures.coming) if figures.coming else "",
            full=figures.full,
            rows=tuple(
                FileLine(
                    name=each.name, size=size_text(each.size), at=each.created_at,
                    held=each.state == "held", infected=each.state == "infected",
                )
                for each in queries.largest()
            ),
            unclaimed=tuple(
                UnclaimedLine(
                    name=each.name, size=size_text(each.size), at=each.created_at, person=person,
                    discard_url=url_for(req, "files.discard", file_id=each.id),
                )
                for each, person in queries.unclaimed()
            ),
        )  # fmt: skip
        page(req, resp, "files/space.html", view)

    def on_post_discard(self, req: Request, resp: falcon.Response, file_id: UUID) -> None:
        discard_unclaimed(req.asker, file_id)
        redirect(resp, url_for(req, "files.space"), toast=_("Đã xoá tệp."))


# ---- uploads in pieces ------------------------------------------------------------------------------------------


class Uploads:
    """Uploads that come in pieces."""

    @document(UploadDocument, takes=UploadInput, query=UploadQuery, status=201)
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Begin an upload; its pieces are sent to the address it answers with."""
        upload = resumable.begin(req.asker, **load(UploadInput(), req.get_media()), **_limits(req))
        send_json(resp, _document(req, upload), status=201)
        resp.location = url_for(req, "files.upload", upload_id=upload.id)


class OneUpload:
    """Tells how an upload stands, takes its pieces, forgets it."""

    @document(UploadDocument)
    def on_get(self, req: Request, resp: falcon.Response, upload_id: UUID) -> None:
        """Tell how far an upload has come."""
        upload = resumable.standing(req.asker, upload_id)
        resp.set_header(OFFSET, str(upload.received))
        send_json(resp, _document(req, upload))

    @document(status=204, raw=True)
    def on_patch(self, req: Request, resp: falcon.Response, upload_id: UUID) -> None:
        """Send the next piece, with the header Upload-Offset saying at which byte it begins."""
        size = req.content_length or 0
        offset = req.get_header(OFFSET) or ""
        if not offset.isdecimal() or not 0 < size <= PIECE_BYTES:
            queries.upload(upload_id, req.asker.person.id)  # what is not there cannot be sent wrongly
            if 0 < size <= PIECE_BYTES:
                raise BadRequest(_("Thiếu đầu mục {name}: phần gửi lên bắt đầu ở byte thứ mấy.", name=OFFSET))
            raise falcon.HTTPContentTooLarge(
                description=_("Mỗi phần gửi lên có từ 1 byte đến {max} MB.", max=PIECE_BYTES // MB)
            )
        # The piece is here before the first statement: a slow line keeps a connection waiting, but no lock.
        try:
            with received(req.bounded_stream, size) as piece:
                upload = resumable.add(req.asker, upload_id, int(offset), piece, size)
        except StoreFull as error:
            raise no_room() from error
        except WrongOffset as wrong:
            _tell_offset(req, resp, wrong)
            return
        resp.set_header(OFFSET, str(upload.received))
        resp.status = falcon.HTTP_204

    @document(status=204)
    def on_delete(self, req: Request, resp: falcon.Response, upload_id: UUID) -> None:
        """Give an upload up; what has come of it is forgotten, or the file that it became, until an object has it."""
        resumable.give_up(req.asker, upload_id)
        resp.status = falcon.HTTP_204


class FinishedUpload:
    """Uploads that are complete."""

    @document(FileDocument, query=UploadQuery, status=201)
    def on_post(self, req: Request, resp: falcon.Response, upload_id: UUID) -> None:
        """Turn a complete upload into a file of the same id, checked and stored; again, until an object has it, to the same answer."""
        try:
            file = resumable.finish(req.asker, upload_id, _limits(req)["allowed"])
        except WrongOffset as wrong:
            _tell_offset(req, resp, wrong)
            return
        names = ("id", "name", "media_type", "size", "width", "height", "state")
        send_json(resp, {name: getattr(file, name) for name in names}, status=201)


# ---- from requests to answers -------------------------------------------------------------------------------------


def _opened(req: Request, resp: falcon.Response, file_id: UUID, *, public: bool = False) -> StoredFile:
    """Return a file that whoever asks may open now; that others exist is not told.

    Raises NotFound, Held, Infected.
    """
    file = queries.stored(file_id)
    modules = req.ctx.modules if req.ctx else req.public_modules
    if public and req.public_tenant is not None:
        # Who purges a shared cache by its keys takes pages and their pictures away together.
        resp.set_header("Surrogate-Key", f"site-{req.public_tenant.code} file-{file_id}")
    if not dispatcher().file_access(modules, None if public else req.asker, file.owner, file.id):
        raise NotFound
    if file.state == "ready":
        return file
    if public:
        raise NotFound
    if file.state == "held":
        raise Held(_("Tệp “{name}” đang chờ quét mã độc, chưa mở được. Thử lại sau ít phút.", name=file.name))
    raise Infected(
        _("Tệp “{name}” có mã độc nên bị khoá. Xoá tệp này và gửi lại bản sạch nếu còn cần.", name=file.name)
    )


def _send(
    req: Request, resp: falcon.Response, file: StoredFile, *, inline: bool, public: bool = False
) -> None:
    try:
        content = store().open(file.digest)
    except FileNotFoundError as error:
        raise NotFound from error
    send(
        req, resp, content, size=file.size, digest=file.digest, media_type=file.media_type, stored_at=file.created_at, name=file.name,
        inline=inline, public=public,
    )  # fmt: skip


def _send_picture(
    req: Request, resp: falcon.Response, file: StoredFile, width: int, *, public: bool = False
) -> None:
    if not file.is_picture or width not in (*pictures.WIDTHS, pictures.SHARED):
        raise NotFound
    try:
        path = pictures.rendition(store(), file.digest, width)
    except (FileNotFoundError, Refused) as error:
        raise NotFound from error
    send(
        req, resp, path, size=path.stat().st_size, digest=f"{file.digest}-{width}",
        media_type=pictures.rendition_type(width), stored_at=file.created_at, public=public,
    )  # fmt: skip


def _limits(req: Request) -> dict[str, Any]:
    """Return which kinds the field takes that an upload is meant for, and up to which size.

    Raises Invalid.
    """
    said = load(UploadQuery(unknown="exclude"), req.params)
    return {"allowed": NAMED[said["kinds"]], "max_bytes": said["most"]}


def _document(req: Request, upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id,
        "name": upload.name,
        "size": upload.size,
        "offset": upload.received,
        "piece": PIECE_BYTES,
        "url": url_for(req, "files.upload", upload_id=upload.id),
    }


def _tell_offset(req: Request, resp: falcon.Response, wrong: WrongOffset) -> None:
    """Answer 409 with where the upload goes on, so that the client need not ask."""
    kind, title = (
        ("upload-incomplete", _("Tệp chưa gửi xong, gửi tiếp phần còn thiếu"))
        if isinstance(wrong, Incomplete)
        else ("wrong-offset", _("Phần gửi lên không nối vào chỗ đã nhận"))
    )
    resp.set_header(OFFSET, str(wrong.received))
    send_json(
        resp,
        {
            "type": f"/problems/{kind}",
            "title": title,
            "status": 409,
            "instance": f"urn:request:{req.request_id}",
            "offset": wrong.received,
        },
        status=409,
    )
    resp.content_type = "application/problem+json"
