"""Visits and ratings without a word about who came: numbers by day, and no address of anybody stored."""

import hashlib
import re
import secrets
import threading
import time
from collections import Counter
from uuid import UUID

from core.api import Request, db, new_id

FLUSH_SECONDS = 5.0
MOST_WAITING = 500
RATINGS_PER_HOUR = 60
"""So many ratings of one article a process takes in an hour."""
REASONS = ("unclear", "incomplete", "outdated", "wrong", "not_found")
_BOT = re.compile(
    r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|java/|go-http|lighthouse|facebookexternalhit|^$",
    re.IGNORECASE,
)


class Visits:
    """Counts in memory and appends the numbers together: a page costs no statement of its own.

    At most a few seconds of a busy process are lost when it is killed.
    """

    def __init__(self) -> None:
        self._waiting: Counter[tuple[UUID, str]] = Counter()
        self._flushed = 0.0
        self._lock = threading.Lock()

    def note(self, req: Request, article_id: str) -> None:
        """Count a visit of somebody who seems to be a person; call it inside the request's transaction."""
        if req.public_tenant is None or req.method != "GET" or _BOT.search(req.user_agent or ""):
            return
        if req.get_header("Sec-Purpose") or req.get_header("X-Moz"):
            return  # fetched beforehand; nobody looks yet
        with self._lock:
            self._waiting[req.public_tenant.id, article_id] += 1
            now = time.monotonic()
            due = now - self._flushed > FLUSH_SECONDS or len(self._waiting) >= MOST_WAITING
            if not due:
                return
            self._flushed = now
            taken, self._waiting = self._waiting, Counter()
        _append(taken)


def _append(taken: Counter[tuple[UUID, str]]) -> None:
    rows = [
        (new_id(), tenant_id, UUID(article) if article else None, n)
        for (tenant_id, article), n in taken.items()
    ]
    places = ", ".join(["(%s::uuid, %s::uuid, %s::uuid, tenants.today(), %s)"] * len(rows))
    db.execute_sql(
        # An agency that is gone meanwhile takes its numbers along, not the page of whoever reads now.
        "INSERT INTO websites.visit (id, tenant_id, article_id, day, visits) "
        f"SELECT v.* FROM (VALUES {places}) v (id, tenant_id, article_id, day, visits) "
        "JOIN tenants.tenant t ON t.id = v.tenant_id",
        [value for row in rows for value in row],
    )


class Limiter:
    """Lets one reader rate an article once an hour, and all together a bounded number of times.

    Addresses are mixed with a secret that changes every hour and never leaves the memory of this process.
    """

    def __init__(self) -> None:
        self._hour = -1
        self._secret = b""
        self._seen: set[bytes] = set()
        self._number: Counter[UUID] = Counter()
        self._lock = threading.Lock()

    def admits(self, address: str, article_id: UUID) -> bool:
        """Tell whether a rating is taken, and remember it for the hour."""
        with self._lock:
            hour = int(time.time() // 3600)
            if hour != self._hour:
                self._hour, self._secret = hour, secrets.token_bytes(16)
                self._seen.clear()
                self._number.clear()
            mark = hashlib.blake2b(
                address.encode() + article_id.bytes, key=self._secret, digest_size=12
            ).digest()
            if mark in self._seen or self._number[article_id] >= RATINGS_PER_HOUR:
                return False
            self._seen.add(mark)
            self._number[article_id] += 1
            return True


def rate(article_id: UUID, *, useful: bool, reason: str) -> None:
    """Store what a reader thought of a publication."""
    db.execute_sql(
        "INSERT INTO websites.rating (tenant_id, id, article_id, useful, reason, day) "
        "VALUES (core.app_tenant(), %s, %s, %s, %s, tenants.today())",
        (new_id(), article_id, useful, "" if useful or reason not in REASONS else reason),
    )
