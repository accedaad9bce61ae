"""Answers that a reader has already: told by ETag and date, and not sent again."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import falcon

from core.api import Request


def is_known(req: Request, resp: falcon.Response, tag: str, made_at: datetime | None = None) -> bool:
    """Give an answer its ETag and Last-Modified and tell whether the reader has it already.

    If-None-Match decides when it is sent; If-Modified-Since only without it (RFC 9110 §13.2.2). Dates of HTTP
    have no parts of a second, so they are rounded up and told only once that second has come: nothing made
    later, in this second or on another node, ever carries the same one.
    """
    resp.set_header("ETag", f'"{tag}"')
    second = math.ceil(made_at.timestamp()) if made_at else 0
    if made_at and second <= datetime.now(UTC).timestamp():
        resp.last_modified = datetime.fromtimestamp(second, UTC)
    known = req.if_none_match
    if known is not None:
        return known == ["*"] or tag in known
    if made_at is None or req.method not in {"GET", "HEAD"}:
        return False
    since = _date(req.get_header("If-Modified-Since"))
    return since is not None and second <= since.timestamp() <= datetime.now(UTC).timestamp()


def _date(text: str | None) -> datetime | None:
    """Return a date of HTTP; what is none is as good as not sent."""
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
