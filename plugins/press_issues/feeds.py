"""Fetching news feeds: little, soon, and from public addresses alone."""

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from core.api import N_, Invalid, _
from plugins.press_issues.reading import MOST_BYTES, check_address

if TYPE_CHECKING:
    import httpx

SECONDS, HOPS, MOST_PLACES = 10.0, 3, 4


def reason(error: Exception) -> str:
    """Return why a feed was not read, marked for translation; what a server said is not repeated."""
    if isinstance(error, Refused):
        return N_("địa chỉ nội bộ, không đọc")
    return N_("không phải RSS hoặc Atom") if isinstance(error, Invalid) else N_("không kết nối được")


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
            answer = _asked(client, address)
            try:
                if not answer.is_redirect:
                    answer.raise_for_status()
                    return _bounded(answer)
                address = urljoin(address, answer.headers["location"])
            finally:
                answer.close()
    raise Refused("too many redirects")


def _asked(client: "httpx.Client", address: str) -> "httpx.Response":
    """Return what the first place answers that a connection is made to, in the order in which the system names them."""
    from httpx import ConnectError, ConnectTimeout

    parts, places = urlsplit(address), public_ips(address)
    name, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    for host in places:
        shown = f"[{host}]" if ":" in host else host
        url = parts._replace(netloc=f"{shown}{port}", fragment="").geturl()
        asked = client.build_request(
            "GET", url, headers={"Host": f"{name}{port}"}, extensions={"sni_hostname": name}
        )
        try:
            return client.send(asked, stream=True)
        except (ConnectError, ConnectTimeout):
            if host == places[-1]:
                raise
    raise Refused(address)


def _bounded(answer: "httpx.Response") -> bytes:
    found, until = bytearray(), datetime.now(UTC) + timedelta(seconds=3 * SECONDS)
    for piece in answer.iter_bytes():
        found += piece
        if len(found) > MOST_BYTES or datetime.now(UTC) > until:
            raise Refused("too large or too slow")
    return bytes(found)


def check_public(address: str) -> None:
    """Refuse an address that would never be read; one whose name leads nowhere today may be read tomorrow. Raises Invalid."""
    try:
        public_ips(address)
    except ValueError:
        text = _("Chỉ đọc địa chỉ công khai trên mạng, cổng 80 hoặc 443; địa chỉ nội bộ thì không.")
        raise Invalid({"address": [text]}) from None
    except OSError:
        return


def public_ips(address: str) -> list[str]:
    """Return the public network addresses a web address leads to, a few of many. Raises Refused."""
    try:
        parts = urlsplit(check_address(address))
    except Invalid as error:
        raise Refused(address) from error
    if parts.port not in (None, 80, 443):
        raise Refused(address)
    found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    places = list(dict.fromkeys(str(info[4][0]) for info in found))
    if not places or not all(ipaddress.ip_address(each).is_global for each in places):
        raise Refused(address)
    return places[:MOST_PLACES]
