"""Files that come with a form: spooled to disk, bounded, and trusted in nothing but their bytes."""

import errno
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import falcon
from falcon.media.multipart import MultipartFormHandler, MultipartParseError

MAX_UPLOAD_BYTES = 22_000_000
"""Above the largest file of an ordinary form, so that the form itself can say which limit it has.

A route that takes more says so (`Route.max_upload`)."""
MAX_TEXT_BYTES = 1_000_000
IN_MEMORY_BYTES = 1_000_000
DRAINED_BYTES = 100_000_000
CHUNK = 65_536
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_handler = MultipartFormHandler()
_handler.parse_options.max_body_part_buffer_size = MAX_TEXT_BYTES


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody sent; its name is for showing only."""

    name: str
    size: int
    file: IO[bytes]

    def read(self) -> bytes:
        """Return the whole content; for files whose size was checked."""
        self.file.seek(0)
        return self.file.read()


_folder: Path | None = None


def spool_into(folder: Path) -> None:
    """Keep what is being received on the files' own disk: /tmp may be small, or memory."""
    global _folder  # noqa: PLW0603 - one process serves one installation
    _folder = folder


def read_multipart(req: falcon.Request, max_bytes: int = 0) -> tuple[dict[str, Any], dict[str, list[Upload]]]:
    """Return the text fields and the files of a `multipart/form-data` body.

    Raises HTTPContentTooLarge for a body above `max_bytes` (or MAX_UPLOAD_BYTES), 400 for one that is
    malformed, 507 when the disk is full.
    """
    limit = max(max_bytes, MAX_UPLOAD_BYTES)
    if (req.content_length or 0) > limit:
        _drain(req)
        raise falcon.HTTPContentTooLarge(code=limit)
    files: dict[str, list[Upload]] = {}
    try:
        return _parts(req, files), files
    except BaseException as error:
        for uploads in files.values():
            for upload in uploads:
                upload.file.close()
        if isinstance(error, OSError) and error.errno in FULL:
            _drain(req)
            raise falcon.HTTPInsufficientStorage from error
        raise


def _parts(req: falcon.Request, files: dict[str, list[Upload]]) -> dict[str, Any]:
    texts: dict[str, list[str]] = {}
    for part in _handler.deserialize(req.bounded_stream, req.content_type, req.content_length):
        name = part.name or ""
        if part.filename is None:
            texts.setdefault(name, []).append(_text(req, part))
        elif part.filename:
            files.setdefault(name, []).append(_spooled(part))
    return {name: values if len(values) > 1 else values[0] for name, values in texts.items()}


def _text(req: falcon.Request, part: Any) -> str:
    """Return a text field. Raises HTTPContentTooLarge, 400 for bytes that are no text."""
    try:
        part.get_data()
    except MultipartParseError as error:
        # Longer than a text may be, and most of it is still on its way.
        _drain(req)
        raise falcon.HTTPContentTooLarge from error
    return part.get_text() or ""


def _spooled(part: Any) -> Upload:
    # Closed with the request that holds it.
    file: Any = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES, dir=_spool())  # noqa: SIM115
    try:
        while chunk := part.stream.read(CHUNK):
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    return Upload(part.filename.replace("\\", "/").rpartition("/")[2], size, file)


def _spool() -> str | None:
    if _folder is None:
        return None
    _folder.mkdir(parents=True, exist_ok=True)
    return str(_folder)


def _drain(req: falcon.Request) -> None:
    """Read the rest of a body away: a browser cut off in the middle of sending shows no answer at all."""
    left = min(req.content_length or 0, DRAINED_BYTES)
    while left > 0 and (chunk := req.bounded_stream.read(min(left, CHUNK))):
        left -= len(chunk)
