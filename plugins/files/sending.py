"""How stored bytes leave: streamed, by range, under names that say what they are and policies that keep them tame."""

import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import falcon

from core.api import Request
from plugins.pages.api import is_known

TAME = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'; sandbox"
"""SECURITY: nothing uploaded may run, load or send anything, and it stands in an origin of its own."""
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_BARRED = {0x0110: "D", 0x0111: "d"}  # the two letters that no normal form takes apart
NEVER_OLD = "no-cache"
"""Kept by browsers and caches, but asked about every time: what is withdrawn is gone at once. Never long, never
`immutable`, though the bytes of an address do not change: whether it may be opened does."""


def send(
    req: Request,
    resp: falcon.Response,
    path_or_file: "IO[bytes] | Path",
    *,
    size: int,
    digest: str,
    media_type: str,
    stored_at: datetime,
    name: str = "",
    inline: bool = False,
    public: bool = False,
) -> None:
    """Answer with bytes, a part of them, or the word that they have not changed."""
    etag = f'"{digest}"'
    resp.set_header("Cache-Control", f"{'public' if public else 'private'}, {NEVER_OLD}")
    resp.set_header("Accept-Ranges", "bytes")
    resp.set_header("Content-Security-Policy", TAME)
    if name:
        resp.set_header("Content-Disposition", disposition(name, inline=inline))
    if is_known(req, resp, digest, stored_at):
        resp.status = falcon.HTTP_304
        _close(path_or_file)
        return
    resp.content_type = media_type
    first, last = 0, size - 1
    wanted = _wanted(req, etag, size)
    if wanted is not None:
        first, last = wanted
        if first >= size:
            _close(path_or_file)
            resp.set_header("Content-Range", f"bytes */{size}")
            resp.status = falcon.HTTP_416
            return
        resp.status = falcon.HTTP_206
        resp.set_header("Content-Range", f"bytes {first}-{last}/{size}")
    length = last - first + 1
    if req.method == "HEAD":  # nobody would read the stream, nor close it
        _close(path_or_file)
        resp.content_length = length
        return
    file = path_or_file.open("rb") if isinstance(path_or_file, Path) else path_or_file
    file.seek(first)
    part: Any = _Part(file, length) if wanted else file
    resp.set_stream(part, length)


def disposition(name: str, *, inline: bool) -> str:
    """Return the Content-Disposition of a name: RFC 6266, with a plain form for old programs."""
    plain = unicodedata.normalize("NFKD", name.translate(_BARRED))
    ascii_name = re.sub(r'["\\%;]', "_", plain.encode("ascii", "ignore").decode()) or "tep"
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


class _Part:
    """The beginning of an open file, for an answer to a range."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file, self._left = file, length

    def read(self, size: int = -1) -> bytes:
        """Read on, as far as the range goes."""
        chunk = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _wanted(req: Request, etag: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte asked for, None for everything; one beyond the end does not exist."""
    match = _RANGE.fullmatch((req.get_header("Range") or "").replace(" ", ""))
    if match is None or not any(match.groups()) or (req.get_header("If-Range") or etag) != etag:
        return None  # several ranges and units we do not know are answered with the whole
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (size, size)
    begin, end = int(first), min(int(last or size - 1), size - 1)
    return (begin, end) if begin <= end or begin >= size else None


def _close(path_or_file: "IO[bytes] | Path") -> None:
    if not isinstance(path_or_file, Path):
        path_or_file.close()
