"""Files that come with a form: spooled to disk, bounded, and trusted in nothing but their bytes."""

import io
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import falcon
from falcon.media.multipart import MultipartFormHandler, MultipartParseError

from core.i18n import _
from core.process import OfProcess

MAX_UPLOAD_BYTES = 22_000_000
"""Above the largest file of an ordinary form, so that the form itself can say which limit it has.

A route that takes more says so (`Route.max_upload`)."""
MAX_TEXT_BYTES = IN_MEMORY_BYTES = 1_000_000
DRAINED_BYTES = 100_000_000
CHUNK = 65_536

_handler = MultipartFormHandler()
_handler.parse_options.max_body_part_buffer_size = MAX_TEXT_BYTES


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody sent; its name is for showing only."""

    name: str
    size: int
    file: IO[bytes]
    """Of a file that could not be kept only the size is known. Reading it raises why: HTTPContentTooLarge for one
    beyond what the route takes, HTTPInsufficientStorage for one the disk had no room for."""

    def read(self) -> bytes:
        """Return the whole content; for files whose size was checked."""
        self.file.seek(0)
        return self.file.read()


class _LeftOut(io.RawIOBase):
    """Stands for a file that could not be kept, so that the form comes back and says so at its field."""

    def __init__(self, reason: Exception) -> None:
        self._reason = reason

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def readinto(self, buffer: Any) -> int:
        raise self._reason


def content_too_large(limit: int) -> falcon.HTTPContentTooLarge:
    """Return the error of a form that carries more than its route takes."""
    return falcon.HTTPContentTooLarge(
        description=_("Biểu mẫu này nhận tối đa {max} MB, tính cả các tệp.", max=limit // 1_000_000)
    )


spool_folder = OfProcess[Path]("folder for what comes in is installed")
"""Where what is being received lies, on the files' own disk: /tmp may be small, or memory."""


def read_multipart(req: falcon.Request, max_bytes: int = 0) -> tuple[dict[str, Any], dict[str, list[Upload]]]:
    """Return the text fields and the files of a `multipart/form-data` body.

    Of a body above `max_bytes` (or MAX_UPLOAD_BYTES), or above what the disk takes, the files that are too much
    are left out, see `Upload.file`. Raises HTTPContentTooLarge for one that is not even worth reading, 400 for one
    that is malformed.
    """
    limit = max(max_bytes, MAX_UPLOAD_BYTES)
    if (req.content_length or 0) > max(limit, DRAINED_BYTES):
        _drain(req)
        raise content_too_large(limit)
    files: dict[str, list[Upload]] = {}
    try:
        return _parts(req, files, limit), files
    except BaseException:
        for uploads in files.values():
            for upload in uploads:
                upload.file.close()
        raise


def _parts(req: falcon.Request, files: dict[str, list[Upload]], limit: int) -> dict[str, Any]:
    texts: dict[str, list[str]] = {}
    kept = 0
    for part in _handler.deserialize(req.bounded_stream, req.content_type, req.content_length):
        name = part.name or ""
        if part.filename is None:
            texts.setdefault(name, []).append(_text(req, part))
        elif part.filename:
            upload = _spooled(part, kept, limit)
            kept += 0 if isinstance(upload.file, _LeftOut) else upload.size
            files.setdefault(name, []).append(upload)
    return {name: values if len(values) > 1 else values[0] for name, values in texts.items()}


def _text(req: falcon.Request, part: Any) -> str:
    """Return a text field. Raises HTTPContentTooLarge, 400 for bytes that are no text."""
    try:
        part.get_data()
    except MultipartParseError as error:
        # Longer than a text may be, and most of it is still on its way.
        _drain(req)
        raise falcon.HTTPContentTooLarge(
            description=_(
                "Trong biểu mẫu này, mỗi ô chữ nhận tối đa {max} MB.", max=MAX_TEXT_BYTES // 1_000_000
            )
        ) from error
    return part.get_text() or ""


def _spooled(part: Any, kept: int, limit: int) -> Upload:
    """Keep a file; one that brings the form above its limit, or the disk, is read away and only measured."""
    # Closed with the request that holds it.
    file: Any = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES, dir=_spool())  # noqa: SIM115
    size = 0
    try:
        while chunk := part.stream.read(CHUNK):
            size += len(chunk)
            if not isinstance(file, _LeftOut):
                file = _written(file, chunk, kept + size, limit)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return Upload(part.filename.replace("\\", "/").rpartition("/")[2], size, file)


def _spool() -> str | None:
    if folder := spool_folder.installed:
        folder.mkdir(parents=True, exist_ok=True)
    return str(folder) if folder else None


def _written(file: Any, chunk: bytes, so_far: int, limit: int) -> Any:
    """Write on and return the file, or what stands for one that is too much for the form or the disk."""
    if so_far <= limit:
        with suppress(OSError):
            file.write(chunk)
            file.flush()
            return file
    with suppress(OSError):
        file.close()  # what it has not written yet finds no room either
    return _LeftOut(falcon.HTTPInsufficientStorage() if so_far <= limit else content_too_large(limit))


def _drain(req: falcon.Request) -> None:
    """Read the rest of a body away: a browser cut off in the middle of sending shows no answer at all."""
    left = min(req.content_length or 0, DRAINED_BYTES)
    while left > 0 and (chunk := req.bounded_stream.read(min(left, CHUNK))):
        left -= len(chunk)
