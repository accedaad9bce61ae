"""Files that come with a form: spooled to disk, bounded, and trusted in nothing but their bytes."""

from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import falcon
from falcon.media.multipart import MultipartFormHandler

MAX_UPLOAD_BYTES = 22_000_000
"""Above the largest file any form takes, so that the form itself can say which limit it has."""
MAX_TEXT_BYTES = 1_000_000
IN_MEMORY_BYTES = 1_000_000
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

    def read(self) -> bytes:
        """Return the whole content; for files whose size was checked."""
        self.file.seek(0)
        return self.file.read()


def read_multipart(req: falcon.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Return the text fields and the files of a `multipart/form-data` body.

    Raises HTTPContentTooLarge for a body above MAX_UPLOAD_BYTES, and 400 for one that is malformed.
    """
    if (req.content_length or 0) > MAX_UPLOAD_BYTES:
        _drain(req)
        raise falcon.HTTPContentTooLarge
    texts: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    for part in _handler.deserialize(req.bounded_stream, req.content_type, req.content_length):
        name = part.name or ""
        if part.filename is None:
            texts.setdefault(name, []).append(part.get_text() or "")
        elif part.filename:
            files[name] = _spooled(part)
    return {name: values if len(values) > 1 else values[0] for name, values in texts.items()}, files


def _spooled(part: Any) -> Upload:
    file: Any = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - closed with the request that holds it
    while chunk := part.stream.read(CHUNK):
        file.write(chunk)
    size = file.tell()
    file.seek(0)
    return Upload(part.filename.replace("\\", "/").rpartition("/")[2], size, file)


def _drain(req: falcon.Request) -> None:
    """Read the rest of a body away: a browser cut off in the middle of sending shows no answer at all."""
    left = min(req.content_length or 0, DRAINED_BYTES)
    while left > 0 and (chunk := req.bounded_stream.read(min(left, CHUNK))):
        left -= len(chunk)
