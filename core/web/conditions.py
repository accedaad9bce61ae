"""Versions in the headers of HTTP: what is read carries an ETag, what is changed names it again."""

import re
from hashlib import sha256

import falcon

from core.i18n import _
from core.web.errors import BadRequest, VersionMissing
from core.web.request import Request


def row_tag(version: int, document: bytes) -> str:
    """Return the ETag of a document that shows a row version.

    It carries more than the version: pinning, archiving or another name of the unit change what is shown,
    and none of them makes a change of the row itself a stale one.
    """
    return f'"{version}-{sha256(document).hexdigest()[:12]}"'


def expected_version(req: Request) -> int:
    """Return the version a change was made from, for `save_version`; a tag nobody was given is no version.

    Raises VersionMissing without If-Match or with *, which would overwrite unseen; BadRequest when it names several versions.
    """
    header = (req.get_header("If-Match") or "").strip()
    if not header or header == "*":
        raise VersionMissing(_("Gửi kèm If-Match với ETag của bản bạn đã đọc, không phải “*”."))
    if "," in header:
        raise BadRequest(_("If-Match chỉ nhận một phiên bản."))
    # A proxy that compresses makes W/"3" of "3"; a row version is the same either way.
    found = re.fullmatch(r'(?:W/)?"?([0-9]{1,9})(?:-[0-9a-f]{12}(?:-gzip|-br)?)?"?', header)
    return int(found[1]) if found else 0


def answer_unchanged(req: Request, resp: falcon.Response) -> None:
    """Empty an answer whose ETag the client names in If-None-Match: 304 instead of the document."""
    tag = resp.get_header("ETag")
    if tag and tag.strip('"') in (req.if_none_match or ()):
        resp.status = falcon.HTTP_304
        resp.data = None
        resp.content_type = None
