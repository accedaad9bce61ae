"""News feeds: what a file or an address brought waits for an officer; fetching reaches public addresses alone."""

import ipaddress
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from core.api import N_, Invalid, NotFound, RequestContext, _, current_tenant, db, new_id, require_permission
from plugins.press_issues.kinds import COMPILE, HANDLE
from plugins.press_issues.models import Article, Feed, FeedItem
from plugins.press_issues.reading import MOST_BYTES, Read, address_key, check_address, read_feed

if TYPE_CHECKING:
    import httpx

MOST_FEEDS, MOST_SHOWN = 20, 100
PORTION = 500
"""Lines of a feed that are kept by one statement."""
KEPT_DAYS = 30
SECONDS, HOPS = 10.0, 3


def items() -> list[FeedItem]:
    """Return what waits to be recorded or left, the newest first."""
    query = FeedItem.select().where(FeedItem.left_at.is_null())
    return list(query.order_by(FeedItem.added_at.desc(), FeedItem.id.desc()).limit(MOST_SHOWN))


def item(item_id: UUID) -> FeedItem | None:
    """Return a line that waits, if there is one of this id."""
    found: FeedItem | None = FeedItem.get_or_none(FeedItem.id == item_id, FeedItem.left_at.is_null())
    return found


def feeds() -> list[Feed]:
    """Return the addresses that are fetched."""
    return list(Feed.select().where(Feed.is_on).order_by(Feed.made_at))


def take(ctx: RequestContext, content: bytes) -> int:
    """Keep what a feed file holds for an officer to choose from; return how many are new.

    Raises Invalid, Forbidden.
    """
    require_permission(ctx, HANDLE)
    return keep(read_feed(content))


def keep(found: Iterable[Read]) -> int:
    """Keep what is neither recorded nor known yet; return how many are new."""
    keys = {address_key(each.url): each for each in found}
    known = Article.select(Article.address_key).where(Article.address_key.in_(list(keys)))
    for (key,) in known.tuples():
        del keys[key]
    rows = [
        {
            "tenant_id": current_tenant(), "id": new_id(), "address_key": key, "url": each.url, "outlet": each.outlet, "title": each.title,
            "summary": each.text[:4000], "published_at": each.published_at,
        }
        for key, each in keys.items()
    ]  # fmt: skip
    count = 0
    with db.atomic():
        for start in range(0, len(rows), PORTION):
            made = (
                FeedItem.insert_many(rows[start : start + PORTION])
                .on_conflict_ignore()
                .returning(FeedItem.id)
            )
            count += len(list(made.execute()))
    return count


def leave(ctx: RequestContext, item_id: UUID) -> None:
    """Take a line off the list, recorded or not. Raises Forbidden, NotFound."""
    require_permission(ctx, HANDLE)
    if not FeedItem.update(left_at=datetime.now(UTC)).where(FeedItem.id == item_id).execute():
        raise NotFound


def add(ctx: RequestContext, address: str) -> None:
    """Let an address be fetched. Raises Invalid, Forbidden."""
    require_permission(ctx, COMPILE)
    try:
        address = check_address(address)
    except Invalid as problem:
        raise Invalid({"address": problem.errors["url"]}) from None
    if len(feeds()) >= MOST_FEEDS:
        raise Invalid({"address": [_("Đã có {max} nguồn tin, bỏ bớt trước khi thêm.", max=MOST_FEEDS)]})
    again = {"is_on": True, "trouble": ""}
    made = Feed.insert(id=new_id(), address=address, made_by=ctx.person.id)
    made.on_conflict(conflict_target=[Feed.tenant_id, Feed.address], update=again).execute()


def stop(ctx: RequestContext, feed_id: UUID) -> None:
    """Fetch an address no more. Raises Forbidden, NotFound."""
    require_permission(ctx, COMPILE)
    if not Feed.update(is_on=False).where(Feed.id == feed_id).execute():
        raise NotFound


def fetch_all() -> None:
    """Fetch the feeds of the agency in scope: the job; one that fails says so and holds up no other."""
    import httpx

    with db.atomic():
        FeedItem.delete().where(FeedItem.added_at < datetime.now(UTC) - timedelta(days=KEPT_DAYS)).execute()
        waiting = feeds()
    for feed in waiting:
        trouble = ""
        try:
            found = read_feed(fetch(feed.address))
        except (Invalid, httpx.HTTPError, OSError, ValueError) as error:
            found, trouble = [], _reason(error)
        with db.atomic():
            keep(found)
            Feed.update(fetched_at=datetime.now(UTC), trouble=trouble).where(Feed.id == feed.id).execute()


def _reason(error: Exception) -> str:
    """Return why a feed was not read, marked for translation; what a server said is not repeated."""
    if isinstance(error, Refused):
        return N_("địa chỉ nội bộ, không đọc")
    return N_("không phải RSS hoặc Atom") if isinstance(error, Invalid) else N_("không kết nối được")


# ---- fetching ----------------------------------------------------------------------------------------------------


class Refused(ValueError):
    """Raised for an address that is not fetched: not the web, or not in public."""


def fetch(address: str) -> bytes:
    """Return what stands at a public address: little, soon, and never anything of a private network.

    SECURITY: the address that was checked is the one connected to, so that a name cannot change its mind in
    between; each redirect is checked anew; nothing is sent but the request. Raises Refused, httpx.HTTPError.
    """
    import httpx  # only the worker asks, and it is not quickly imported

    with httpx.Client(timeout=SECONDS, trust_env=False, follow_redirects=False) as client:
        for _hop in range(HOPS + 1):
            parts = urlsplit(address)
            host = public_ip(address)
            port = f":{parts.port}" if parts.port else ""
            shown = f"[{host}]" if ":" in host else host
            url = parts._replace(netloc=f"{shown}{port}", fragment="").geturl()
            name = parts.hostname or ""
            asked = client.build_request(
                "GET", url, headers={"Host": f"{name}{port}"}, extensions={"sni_hostname": name}
            )
            answer = client.send(asked, stream=True)
            try:
                if not answer.is_redirect:
                    answer.raise_for_status()
                    return _bounded(answer)
                address = urljoin(address, answer.headers["location"])
            finally:
                answer.close()
    raise Refused("too many redirects")


def _bounded(answer: "httpx.Response") -> bytes:
    found, until = bytearray(), datetime.now(UTC) + timedelta(seconds=3 * SECONDS)
    for piece in answer.iter_bytes():
        found += piece
        if len(found) > MOST_BYTES or datetime.now(UTC) > until:
            raise Refused("too large or too slow")
    return bytes(found)


def public_ip(address: str) -> str:
    """Return the public network address a web address leads to. Raises Refused."""
    try:
        parts = urlsplit(check_address(address))
    except Invalid as error:
        raise Refused(address) from error
    if parts.port not in (None, 80, 443):
        raise Refused(address)
    found = {
        info[4][0] for info in socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    }
    places = sorted(str(each) for each in found)
    if not places or not all(ipaddress.ip_address(each).is_global for each in places):
        raise Refused(address)
    return places[0]
