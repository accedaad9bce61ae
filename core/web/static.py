"""Serve the built static files: hashed names, compressed beforehand, kept by browsers for a year."""

import mimetypes
from pathlib import Path

import falcon
import orjson

from core.web.errors import NotFound
from core.web.request import Request

URL_PREFIX = "/static/"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


class StaticFiles:
    """The files listed in the manifest that `scripts/assets` writes; nothing else is served."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        manifest = directory / "manifest.json"
        # Logical path → hashed path; without a build the pages say which step is missing.
        self._hashed: dict[str, str] = orjson.loads(manifest.read_bytes()) if manifest.exists() else {}
        self._served = frozenset(self._hashed.values())

    def url(self, path: str) -> str:
        """Return the address of a file by its logical path.

        Raises KeyError when the file was not built.
        """
        if path not in self._hashed:
            raise KeyError(f"Static file {path!r} was not built; run scripts/assets.")
        return URL_PREFIX + self._hashed[path]

    def __call__(self, req: Request, resp: falcon.Response, **fields: str) -> None:
        """Falcon sink for everything below /static/; `path` is the rest of the address."""
        path = fields["path"]
        if path not in self._served or req.method not in ("GET", "HEAD"):
            raise NotFound
        resp.content_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        resp.set_header("Cache-Control", "public, max-age=31536000, immutable")
        resp.set_header("Vary", "Accept-Encoding")
        accepted = req.get_header("Accept-Encoding") or ""
        source = self._directory / path
        for name, ending in ENCODINGS:
            compressed = source.with_name(source.name + ending)
            if name in accepted and compressed.exists():
                resp.set_header("Content-Encoding", name)
                source = compressed
                break
        if req.method == "HEAD":  # nobody would read the stream, nor close it
            resp.content_length = source.stat().st_size
        else:
            resp.set_stream(source.open("rb"), source.stat().st_size)
