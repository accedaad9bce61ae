"""Rendered public pages, kept in this process while nothing of their site has changed."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

MOST_BYTES = 8_000_000
MOST_OF_ONE = 1_000_000
"""A longer one, such as the sitemap of a large site, is made anew: it would drive out all others."""
KEPT_SECONDS = 60.0
"""What the registry of units and people tells may change without the site; such pages are a minute old at most."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was made."""

    body: bytes
    content_type: str
    surrogate_key: str
    generation: int
    ends: datetime | None
    """When something of the site stops being public by itself."""
    made: float
    made_at: datetime
    etag: str
    article_id: str = ""


class Pages:
    """The newest pages up to a number of bytes.

    A page is given out only for the generation of its site that the request itself read from the database,
    so that a withdrawn article cannot be shown by it.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, generation: int, now: datetime) -> Kept | None:
        """Return a page that still holds."""
        with self._lock:
            kept = self._pages.get(key)
            if kept is None:
                return None
            if (
                kept.generation != generation
                or (kept.ends is not None and kept.ends <= now)
                or kept.made + KEPT_SECONDS < time.monotonic()
            ):
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            return kept

    def keep(self, key: Hashable, page: Kept) -> None:
        """Keep a page that is not too long, and drop the oldest ones for it."""
        with self._lock:
            self._drop(key)
            if len(page.body) > MOST_OF_ONE:
                return
            self._pages[key] = page
            self._bytes += len(page.body)
            while self._bytes > self._most:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _drop(self, key: Hashable) -> None:
        page = self._pages.pop(key, None)
        self._bytes -= len(page.body) if page else 0


def etag_of(body: bytes) -> str:
    """Return what tells two versions of a page apart, in every process alike."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()
