"""What other modules may import from this one, once they name `files` in their `requires`.

The usual way of a form, with or without script: the resource passes `sent_files(req, "files")` to its
service, which calls `take_files(sent, owner)` in its transaction.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

import falcon

from core.api import FileOwner, Invalid, NotFound, Request, Upload, _, db, route_url, url_for
from plugins.files.kinds import ANY, DOCUMENTS, NAMED, PICTURES, FileKinds
from plugins.files.pictures import SHARED, WIDTHS
from plugins.files.queries import StoredFile, can_be_shown, files_by_id, files_of, size_text, stored
from plugins.files.sending import TAME, disposition, send
from plugins.files.services import MAX_BYTES, give, remove, remove_all_of, rename, too_large
from plugins.files.services import check_file as check
from plugins.files.services import store_file as store
from plugins.files.store import store as _bytes

__all__ = [
    "ANY", "DOCUMENTS", "MAX_BYTES", "PICTURES", "SHARED", "TAME", "WIDTHS", "FileKinds", "FileLink", "FileOwner", "SentFiles", "StoredFile", "check", "disposition", "file_links", "file_url",
    "files_by_id", "files_of", "give", "open_content", "public_file_url", "public_rendition_url", "remove",
    "remove_all_of", "rename", "rendition_url", "send_file", "sent_files", "size_text", "store", "stored", "take_files", "too_large", "upload_url", "view_url",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SentFiles:
    """What a form's field of files holds: finished uploads by their ids, and files that came with the form."""

    field: str
    ids: tuple[str, ...] = ()
    uploads: tuple[Upload, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ids or self.uploads)


def sent_files(req: Request, field: str) -> SentFiles:
    """Return the files of a form's field, sent ahead by the script of `c.upload` or with the form itself."""
    ids = req.form.get(f"{field}_id") or []
    # A form's page sends each id with the name it shows: "0190…/Biên bản.pdf".
    ids = tuple(each.partition("/")[0] for each in ([ids] if isinstance(ids, str) else ids))
    return SentFiles(field, ids, tuple(req.uploads(field)))


def take_files(
    sent: SentFiles, owner: FileOwner, *, allowed: FileKinds = ANY, max_bytes: int = MAX_BYTES
) -> list[StoredFile]:
    """Store or give all files of a field to an object, or none of them.

    Raises Invalid for that field.
    """
    limits: dict[str, Any] = {"allowed": allowed, "max_bytes": max_bytes}
    try:
        if any(each.size > max_bytes for each in sent.uploads):
            raise too_large(max_bytes)
        with db.atomic():
            return [
                *(give(_uuid(each), owner, **limits) for each in sent.ids),
                *(store(each.file, name=each.name, owner=owner, **limits) for each in sent.uploads),
            ]
    except Invalid as problem:
        raise Invalid({sent.field: problem.errors["file"]}) from problem


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """One line of `c.files`; a file that cannot be opened now has no address."""

    name: str
    detail: str
    url: str = ""
    view_url: str = ""
    remove_url: str = ""


def file_links(
    req: Request, files: Iterable[StoredFile], remove_url: Callable[[UUID], str] | None = None
) -> tuple[FileLink, ...]:
    """Return what `c.files` draws; with `remove_url` each can be taken away."""
    return tuple(_link(req, each, remove_url(each.id) if remove_url else "") for each in files)


def _link(req: Request, file: StoredFile, remove_url: str) -> FileLink:
    said = {"held": _("chờ quét mã độc"), "infected": _("có mã độc, đã khoá")}.get(file.state, "")
    ready = file.state == "ready"
    return FileLink(
        name=file.name,
        detail=" · ".join(filter(None, (size_text(file.size), said))),
        url=file_url(req, file) if ready else "",
        view_url=view_url(req, file) if ready and can_be_shown(file) else "",
        remove_url=remove_url,
    )


def open_content(file: StoredFile) -> IO[bytes]:
    """Open the bytes of a file for reading. Raises FileNotFoundError."""
    return _bytes().open(file.digest)


def send_file(req: Request, resp: falcon.Response, file: StoredFile) -> None:
    """Answer with a file, for a module that has checked that whoever asks may open it, such as one another agency shared.

    Raises NotFound for one that a scanner holds or has found bad, as for one whose bytes are gone.
    """
    try:
        content = open_content(file) if file.state == "ready" else None
    except FileNotFoundError as error:
        raise NotFound from error
    if content is None:
        raise NotFound
    send(
        req, resp, content, size=file.size, digest=file.digest, media_type=file.media_type, stored_at=file.created_at, name=file.name
    )  # fmt: skip


def file_url(req: Request, file: StoredFile | UUID) -> str:
    """Return the address that downloads a file, for those who may open its object."""
    return url_for(req, "files.file", file_id=_id(file))


def view_url(req: Request, file: StoredFile | UUID) -> str:
    """Return the address that shows a picture or a PDF in the browser."""
    return url_for(req, "files.view", file_id=_id(file))


def rendition_url(req: Request, file: StoredFile | UUID, width: int) -> str:
    """Return the address of a picture in one of WIDTHS, upright and without metadata."""
    return url_for(req, "files.picture", file_id=_id(file), width=width)


def public_file_url(tenant_code: str, file: StoredFile | UUID) -> str:
    """Return the address of a file for everybody, once its module says that the public may open it."""
    return route_url("files.public", tenant=tenant_code, file_id=_id(file))


def public_rendition_url(tenant_code: str, file: StoredFile | UUID, width: int) -> str:
    """Return the address of a public picture in one of WIDTHS, upright and without metadata."""
    return route_url("files.public_picture", tenant=tenant_code, file_id=_id(file), width=width)


def upload_url(req: Request, allowed: FileKinds = ANY, max_bytes: int = MAX_BYTES) -> str:
    """Return where `c.upload` sends files in pieces.

    Larger ones, and of DOCUMENTS or PICTURES others, are refused as soon as they are chosen.
    """
    name = next((name for name, kinds in NAMED.items() if kinds == allowed), "any")
    return f"{url_for(req, 'files.uploads')}?kinds={name}&most={max_bytes}"


def _id(file: StoredFile | UUID) -> UUID:
    return file.id if isinstance(file, StoredFile) else file


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid({"file": [_("Tệp này không còn ở máy chủ. Chọn lại tệp và gửi lại.")]}) from error
