"""Answer with public pages so that caches may keep them, and keep them here while their site is unchanged."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import falcon

from core.api import NotFound, Request
from plugins.pages.api import is_known
from plugins.websites import counting, public_queries
from plugins.websites.keeping import Kept, Pages, etag_of

SHARED_SECONDS = 30
"""Caches in front of the platform may keep a page so long; browsers ask each time, which costs a 304."""
HTML = "text/html; charset=utf-8"
PLACES = (AFTER, BEFORE) = ("after", "before")
"""Where in a list a reader stands: its pages are told apart by it, and it is written into their links, nothing else."""

pages = Pages()
visits = counting.Visits()


class Made:
    """A page as its maker returns it."""

    def __init__(
        self, text: str, *, content_type: str = HTML, keys: tuple[str, ...] = (), article_id: str = "", ends: str = ""
    ) -> None:  # fmt: skip
        self.text, self.content_type, self.keys = text, content_type, keys
        self.article_id = article_id
        self.ends = datetime.fromisoformat(ends) if ends else None


def answer(
    req: Request, resp: falcon.Response, make: Callable[[], Made], *, kept: bool = True, told_apart_by: tuple[str, ...] = ()
) -> None:  # fmt: skip
    """Answer with the page that is kept, with a new one, or with 304 to whoever has it already.

    Of what an address was asked with, only `told_apart_by` makes it another page.
    """
    tenant = req.public_tenant
    if tenant is None:
        raise NotFound
    generation = public_queries.generation()
    now = datetime.now(UTC)
    # Read as the pages read them: of one that is given twice, both take the last.
    asked = tuple((name, req.get_param(name)) for name in told_apart_by if name in req.params)
    key = (tenant.id, tenant.name, req.own_origin, req.path, asked)
    page = pages.get(key, generation.number, now) if kept else None
    if page is None:
        made = make()
        body = made.text.encode()
        page = Kept(
            body, made.content_type, " ".join((f"site-{tenant.code}", *made.keys)), generation.number, made.ends,
            time.monotonic(), now, etag_of(body), made.article_id,
        )  # fmt: skip
        if kept:
            pages.keep(key, page)
    if page.content_type == HTML:
        visits.note(req, page.article_id)
    rest = SHARED_SECONDS
    if page.ends is not None:
        rest = max(0, min(rest, int((page.ends - now).total_seconds())))
    write(
        req, resp, page.body, page.content_type, page.etag, page.surrogate_key, rest, page.made_at if kept else None
    )  # fmt: skip


def write(
    req: Request, resp: falcon.Response, body: bytes, content_type: str, etag: str, keys: str, seconds: int,
    made_at: datetime | None = None,
) -> None:  # fmt: skip
    """Answer with a page that caches may keep, or with 304 when the reader has this very one.

    Its date is when it was made and not when a text was last changed: a publication that ends by its time
    leaves no newer date behind.
    """
    resp.set_header("Cache-Control", f"public, max-age=0, s-maxage={seconds}")
    resp.set_header("Surrogate-Control", f"max-age={seconds}")
    resp.set_header("Surrogate-Key", keys)
    resp.set_header("Vary", "Accept-Encoding")
    if is_known(req, resp, etag, made_at):
        resp.status = falcon.HTTP_304
        return
    resp.content_type = content_type
    resp.data = body
