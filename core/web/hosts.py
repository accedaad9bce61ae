"""The host name a request names: the installation's own, an agency's own domain, or nobody's."""

import time
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

import falcon

from core.addresses import PREFIXES
from core.db import db
from core.web.errors import Misdirected
from core.web.request import Request
from core.web.static import URL_PREFIX

Find = Callable[[str], str | None]
KEPT_SECONDS = 2.0
"""A domain that is taken away ends within this time."""
MOST_KEPT = 1000
ANY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})
"""Load balancers and supervisors ask for these by address."""


class Hosts:
    """Leads an agency's own domain to its public pages, and refuses names that nobody owns.

    SECURITY: only `Host` counts, never X-Forwarded-Host. On an own domain every address is one below the
    agency's public pages, so that there is no sign-in, staff page or API. Where no module knows domains,
    and on a developer's machine, which has many names, no name is refused.
    """

    def __init__(self, public_url: str, find: Find | None) -> None:
        parts = urlsplit(public_url)
        self._host = (parts.hostname or "").lower()
        self._scheme = parts.scheme
        self._port = f":{parts.port}" if parts.port else ""
        self._find = find
        self._strict = not _is_loopback(self._host)
        self._kept: dict[str, tuple[str | None, float]] = {}

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        try:
            host = req.host_name = req.host.lower().rstrip(".")
        except ValueError as error:  # its port is no number
            raise Misdirected from error
        if host == self._host or self._find is None or req.path in ANY_HOST:
            return
        code = self._agency(host, self._find)
        if code is None:
            if self._strict:
                raise Misdirected
            return
        req.own_origin = f"{self._scheme}://{host}{self._port}"
        if not req.path.startswith(URL_PREFIX):
            req.path = f"{PREFIXES['public'].format(tenant=code)}{req.path.lstrip('/')}".rstrip("/")

    def _agency(self, host: str, find: Find) -> str | None:
        """Return the code of the agency whose domain this is, as it was a moment ago."""
        now = time.monotonic()
        code, until = self._kept.get(host, (None, 0.0))
        if until > now:
            return code
        with db.connection_context():
            code = find(host)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[host] = (code, now + KEPT_SECONDS)
        return code


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
