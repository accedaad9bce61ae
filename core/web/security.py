"""Same-origin checks, form tokens and the headers every answer carries."""

import base64
import hashlib
import hmac
from contextvars import ContextVar
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID

import falcon

from core.settings import installed_settings
from core.web.request import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@lru_cache(1000)
def csrf_token(secret: bytes, session_id: UUID) -> str:
    """Return the form token of a session; nothing needs to be stored."""
    digest = hmac.new(secret, b"csrf:" + session_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


form_token: ContextVar[str] = ContextVar("form_token", default="")
"""The form token of the session whose request is in hand; the gate sets it, empty without a session."""


def sign(*parts: str) -> str:
    """Return a mark by which this session recognises what a page of ours handed out to it.

    It is no secret and opens nothing to other sessions: their token is another one.
    """
    return hmac.new(form_token.get().encode(), "\0".join(parts).encode(), hashlib.sha256).hexdigest()[:32]


def is_signed(mark: object, *parts: str) -> bool:
    """Tell whether a mark was made by `sign` for the same parts in this session."""
    return (
        bool(form_token.get())
        and isinstance(mark, str)
        and hmac.compare_digest(mark.encode(), sign(*parts).encode())
    )


def same_origin(req: Request, public_url: str) -> bool:
    """Tell whether a request may come from a page of ours.

    Sibling sites under the province's domain are "same-site", so only "same-origin" counts. Clients
    that send neither header are no browsers; the token still guards them.
    """
    site = req.get_header("Sec-Fetch-Site")
    if site:
        return site in ("same-origin", "none")
    origin = req.get_header("Origin")
    return origin is None or origin == public_url


def token_matches(req: Request, expected: str) -> bool:
    """Compare the token sent in the header or the form, in constant time."""
    sent = req.get_header("X-CSRF-Token") or req.form.get("csrf_token", "")
    return isinstance(sent, str) and hmac.compare_digest(sent.encode(), expected.encode())


def signature(purpose: str, text: str) -> str:
    """Return what proves that an address was made by us, for one purpose; `text` says what it stands for."""
    secret = base64.b64decode(installed_settings().secret_key)
    digest = hmac.new(secret, f"{purpose}:{text}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def signature_holds(purpose: str, text: str, sent: str) -> bool:
    """Compare a signature that came back in an address, in constant time."""
    return hmac.compare_digest(signature(purpose, text).encode(), sent.encode())


def local_path(value: object, default: str = "/") -> str:
    """Return an address of ours to go back to; anything else becomes the default.

    SECURITY: a scheme, a host, a backslash or a control character would lead people elsewhere.
    """
    text = value if isinstance(value, str) else ""
    safe = (
        text.startswith("/")
        and not text.startswith(("//", "/\\"))
        and text.isprintable()
        and "\\" not in text
    )
    return text if safe else default


class SecurityHeaders:
    """Adds the security headers to every answer, errors included."""

    def __init__(self, public_url: str, keycloak_url: str) -> None:
        self._public = urlsplit(public_url)
        keycloak = "{0.scheme}://{0.netloc}".format(urlsplit(keycloak_url))
        self._headers = {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
                "connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
                f"form-action 'self' {keycloak}"
            ),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        }

    def process_response(
        self, req: Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        # What people uploaded is shown under a stricter policy than pages are.
        policy = resp.get_header("Content-Security-Policy", self._headers["Content-Security-Policy"])
        resp.set_headers({**self._headers, "Content-Security-Policy": policy})
        if self._public.scheme == "https":
            # An agency's own domain may have other servers below it, which need not know https.
            own = req.host_name == self._public.hostname
            resp.set_header("Strict-Transport-Security", f"max-age=31536000{'; includeSubDomains' * own}")
        if resp.get_header("Cache-Control") is None:
            # Pages and API answers depend on who asks: nobody in between may keep them.
            resp.set_header("Cache-Control", "no-store")
            resp.set_header("Vary", "Cookie, HX-Request, Accept, Accept-Language")
