"""Versions of rows in the headers of HTTP: what is read carries an ETag, what is changed names it again."""

import falcon

from core.i18n import _
from core.web.errors import BadRequest, VersionMissing
from core.web.request import Request


def row_tag(version: int) -> str:
    """Return the ETag of a row version."""
    return f'"{version}"'


def expected_version(req: Request) -> int:
    """Return the version a change was made from, for `save_version`; a tag nobody was given is no version.

    Raises VersionMissing without If-Match, BadRequest when it names several versions.
    """
    header = (req.get_header("If-Match") or "").strip()
    if not header or header == "*":
        raise VersionMissing(_("Gửi kèm If-Match với ETag của bản bạn đã đọc."))
    if "," in header:
        raise BadRequest(_("If-Match chỉ nhận một phiên bản."))
    # A proxy that compresses makes W/"3" of "3"; a row version is the same either way.
    tag = header.removeprefix("W/").strip('"')
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else 0


def answer_unchanged(req: Request, resp: falcon.Response) -> None:
    """Empty an answer whose ETag the client names in If-None-Match: 304 instead of the document."""
    tag, known = resp.get_header("ETag"), req.get_header("If-None-Match")
    if tag and known and tag in [each.strip().removeprefix("W/") for each in known.split(",")]:
        resp.status = falcon.HTTP_304
        resp.data = None
        resp.content_type = None
