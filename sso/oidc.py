"""A strict OpenID Connect client: pushed requests, PKCE, pinned issuer, verified answers.

Small on purpose. The browser sees only an opaque `request_uri` on the way out and a code on the way
back; everything else travels between our server and the provider.
"""

import base64
import hashlib
import ssl
import time
from datetime import timedelta
from functools import cache, cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import httpx

from sso.interfaces import Ask, InvalidToken, LogoutNotice, ProviderRefused, ProviderUnavailable, Tokens
from sso.tokens import Clock, KeyCache, TokenVerifier

METADATA_TTL = 3600
TIMEOUT = httpx.Timeout(5.0, connect=2.0)
MAX_ANSWER = 1_000_000
REFRESH_BEFORE_END = 30
SHORTEST_REFRESH = 30
LONGEST_REFRESH = 300
_ASKED: dict[Ask, dict[str, str]] = {
    "": {},
    "proof": {"prompt": "login"},
    "password": {"kc_action": "UPDATE_PASSWORD"},
}
_ENDPOINTS = (
    "authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint",
    "pushed_authorization_request_endpoint",
)  # fmt: skip


@cache
def _trusted_authorities() -> ssl.SSLContext:
    """Return the authorities this machine trusts; provinces run their own, which a bundled list lacks."""
    return ssl.create_default_context()


class _Pushed(NamedTuple):
    url: str
    lifetime: int
    """Seconds."""


class OidcProvider:
    """One realm seen by one confidential client; safe to share between threads."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        post_logout_redirect_uri: str,
        clock: Clock = time.time,
    ) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._redirect_uri = redirect_uri
        self._post_logout_redirect_uri = post_logout_redirect_uri
        self._clock = clock
        self._metadata: dict[str, str] = {}
        self._metadata_until = 0.0
        self._auth = httpx.BasicAuth(quote(client_id, safe=""), quote(client_secret, safe=""))
        self._verifier = TokenVerifier(issuer, client_id, KeyCache(self._read_keys, clock), clock)

    @cached_property
    def _http(self) -> httpx.Client:
        # PERF: made when first used. Reading the authorities takes longer than all other work of this file,
        # and a process should answer pages before somebody signs in.
        return httpx.Client(
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            verify=_trusted_authorities(),
            # SECURITY: one client serves everybody, so a cookie must never be kept for the next person.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    def close(self) -> None:
        """Give back connections."""
        self._http.close()

    def ping(self) -> None:
        """Read discovery anew; see IdentityProvider."""
        answer = self._json(self._send("GET", f"{self.issuer}/.well-known/openid-configuration"))
        found = {name: answer.get(name) for name in _ENDPOINTS}
        if answer.get("issuer") != self.issuer:
            raise ProviderUnavailable("Discovery speaks for another issuer.")
        # Every endpoint must lie below the issuer we were configured with.
        if not all(isinstance(url, str) and url.startswith(f"{self.issuer}/") for url in found.values()):
            raise ProviderUnavailable("Discovery names an endpoint outside the issuer.")
        self._metadata = {name: str(url) for name, url in found.items()}
        self._metadata_until = self._clock() + METADATA_TTL

    def form_lifetime(self) -> timedelta:
        """Push a request that nobody follows; see IdentityProvider."""
        return timedelta(
            seconds=self._push(state="", nonce="", code_verifier="", ask="", locale="vi").lifetime
        )

    def authorization_url(
        self, *, state: str, nonce: str, code_verifier: str, ask: Ask = "", locale: str = "vi"
    ) -> str:
        """Push the request (RFC 9126) and return the address that names it; see IdentityProvider."""
        return self._push(state=state, nonce=nonce, code_verifier=code_verifier, ask=ask, locale=locale).url

    def _push(self, *, state: str, nonce: str, code_verifier: str, ask: Ask, locale: str) -> _Pushed:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=")
        answer = self._post(
            "pushed_authorization_request_endpoint",
            {
                "client_id": self._client_id,
                "response_type": "code",
                "redirect_uri": self._redirect_uri,
                "scope": "openid",
                "state": state,
                "nonce": nonce,
                "code_challenge": challenge.decode(),
                "code_challenge_method": "S256",
                "ui_locales": locale,
                **_ASKED[ask],
            },
        )
        request_uri, lifetime = answer.get("request_uri"), answer.get("expires_in")
        if not isinstance(request_uri, str) or not isinstance(lifetime, int):
            raise ProviderUnavailable("The pushed request was not acknowledged.")
        query = urlencode({"client_id": self._client_id, "request_uri": request_uri})
        return _Pushed(f"{self._endpoint('authorization_endpoint')}?{query}", lifetime)

    def redeem(self, *, code: str, code_verifier: str, nonce: str) -> Tokens:
        """Exchange a code and verify what comes; see IdentityProvider."""
        answer = self._post(
            "token_endpoint",
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._redirect_uri,
                "code_verifier": code_verifier,
            },
        )
        return self._tokens(answer, nonce=nonce)

    def refresh(self, refresh_token: str, identity: tuple[str, str]) -> Tokens:
        """Refresh and insist on the same person and session; see IdentityProvider."""
        answer = self._post("token_endpoint", {"grant_type": "refresh_token", "refresh_token": refresh_token})
        tokens = self._tokens(answer, nonce=None)
        if (tokens.identity.subject, tokens.identity.sid) != identity:
            raise InvalidToken("refresh answered for somebody else")
        return tokens

    def logout_url(self, id_token: str) -> str:
        """Return the address of RP-initiated logout; see IdentityProvider."""
        self.ping()
        return f"{self._metadata['end_session_endpoint']}?{urlencode(self._logout_fields(id_token))}"

    def end_session(self, id_token: str) -> None:
        """End the session at the provider from here; see IdentityProvider."""
        # The same request a browser would bring; posted, so that the token stays out of access logs.
        self._send(
            "POST", self._endpoint("end_session_endpoint"), self._logout_fields(id_token), redirects=True
        )

    def read_logout_token(self, token: str) -> LogoutNotice:
        """Verify a logout token; see IdentityProvider."""
        return self._verifier.logout_token(token)

    def _logout_fields(self, id_token: str) -> dict[str, str]:
        return {
            "id_token_hint": id_token,
            "client_id": self._client_id,
            "post_logout_redirect_uri": self._post_logout_redirect_uri,
        }

    def _tokens(self, answer: dict[str, Any], *, nonce: str | None) -> Tokens:
        id_token, access_token, refresh_token = (
            answer.get(name) for name in ("id_token", "access_token", "refresh_token")
        )
        if not (
            isinstance(id_token, str) and isinstance(access_token, str) and isinstance(refresh_token, str)
        ):
            raise InvalidToken("a token is missing from the answer")
        if str(answer.get("token_type", "")).lower() != "bearer":
            raise InvalidToken("token_type")
        lifetime = answer.get("expires_in")
        seconds = lifetime if isinstance(lifetime, int) else 0
        return Tokens(
            identity=self._verifier.id_token(id_token, access_token=access_token, nonce=nonce),
            id_token=id_token,
            refresh_token=refresh_token,
            refresh_in=min(max(seconds - REFRESH_BEFORE_END, SHORTEST_REFRESH), LONGEST_REFRESH),
        )

    def _endpoint(self, name: str) -> str:
        if self._clock() >= self._metadata_until:
            self.ping()
        return self._metadata[name]

    def _read_keys(self) -> dict[str, Any]:
        return self._json(self._send("GET", self._endpoint("jwks_uri")))

    def _post(self, endpoint: str, form: dict[str, str]) -> dict[str, Any]:
        """Post a form as our client. Raises ProviderRefused on 4xx."""
        response = self._send("POST", self._endpoint(endpoint), form)
        answer = self._json(response)
        if response.status_code >= 400:
            raise ProviderRefused(str(answer.get("error", "unknown"))[:80])
        return answer

    def _send(
        self, method: str, url: str, form: dict[str, str] | None = None, *, redirects: bool = False
    ) -> httpx.Response:
        """Send a request; a redirect is an answer only where one is expected, and is never followed."""
        try:
            response = self._http.request(method, url, data=form, auth=self._auth if form else None)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(
                f"The identity provider does not answer: {type(error).__name__}."
            ) from error
        unexpected = (response.is_redirect and not redirects) or (
            method == "GET" and response.status_code != 200
        )
        if unexpected or response.status_code >= 500 or response.status_code == 429:
            raise ProviderUnavailable(f"The identity provider answered {response.status_code}.")
        return response

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        try:
            answer = response.json() if len(response.content) <= MAX_ANSWER else None
        except (ValueError, RecursionError) as error:
            raise ProviderUnavailable("The identity provider's answer cannot be read.") from error
        if not isinstance(answer, dict):
            raise ProviderUnavailable("The identity provider's answer cannot be read.")
        return answer
