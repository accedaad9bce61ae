"""Verify signed tokens of one issuer: keys, signature, and every claim we rely on.

The rules are fixed here and never taken from the token or from discovery: which algorithms, which
types, which issuer, which audience. A token fails by the first rule it breaks.
"""

import base64
import binascii
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from sso.interfaces import (
    ClocksDiffer,
    Identity,
    InvalidToken,
    LogoutNotice,
    ProviderUnavailable,
    UnknownKey,
)

ALGORITHMS: Mapping[str, type[RSAKey] | type[ECKey]] = {"PS256": RSAKey, "ES256": ECKey, "RS256": RSAKey}
LOGOUT_HEADER = "logout+jwt"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LEEWAY = 30
"""Seconds two honest clocks may differ."""
KEYS_TTL = 600
KEYS_LAST_GOOD = 24 * 3600
UNKNOWN_KEY_PAUSE = 60
LOGOUT_TOKEN_AGE = 300
MAX_TOKEN = 16_384

Clock = Callable[[], float]
_SEGMENTS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class KeyCache:
    """The issuer's signing keys: read anew after ten minutes, kept a day if it cannot be reached.

    A token signed with an unknown key asks for a new reading at most once a minute, so that forged
    tokens cannot be used to flood the issuer. What anybody can send has a minute of its own: it never keeps
    the key of a token that the issuer gave us itself from being read.
    """

    def __init__(self, fetch: Callable[[], Any], clock: Clock = time.time) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, Mapping[str, Any]] = {}
        self._read_at = 0.0
        self._next_reading = 0.0
        self._next_for_unknown = {True: 0.0, False: 0.0}
        self._lock = threading.Lock()

    def find(self, kid: str, algorithm: str, *, from_anybody: bool) -> RSAKey | ECKey:
        """Return the signing key of that id.

        Raises UnknownKey, InvalidToken for a key that does not fit, and ProviderUnavailable when no keys could be had.
        """
        with self._lock:
            now = self._clock()
            if now >= self._next_reading:
                self._read(now)
            elif kid not in self._keys and now >= self._next_for_unknown[from_anybody]:
                self._next_for_unknown[from_anybody] = now + UNKNOWN_KEY_PAUSE
                self._read(now)
            if not self._keys:
                raise ProviderUnavailable("The signing keys could not be read.")
            found = self._keys.get(kid)
        if found is None:
            raise UnknownKey("unknown signing key")
        if found.get("alg", algorithm) != algorithm:
            raise InvalidToken("key of another algorithm")
        try:
            return ALGORITHMS[algorithm].import_key(dict(found))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise InvalidToken("unusable signing key") from error

    def _read(self, now: float) -> None:
        """Take over the published keys, or keep the last good ones for a day."""
        try:
            document = self._fetch()
            keys = {
                str(key["kid"]): key
                for key in document["keys"]
                if key.get("kid") and key.get("use") == "sig" and key.get("kty") in ("RSA", "EC")
            }
        except (ProviderUnavailable, KeyError, TypeError, AttributeError):
            keys = {}
        if keys:
            self._keys, self._read_at, self._next_reading = keys, now, now + KEYS_TTL
            return
        if now - self._read_at > KEYS_LAST_GOOD:
            self._keys = {}
        self._next_reading = now + (UNKNOWN_KEY_PAUSE if self._keys else 1)


class TokenVerifier:
    """Believes tokens of one issuer for one client."""

    def __init__(self, issuer: str, client_id: str, keys: KeyCache, clock: Clock = time.time) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._keys = keys
        self._clock = clock

    def id_token(self, token: str, *, access_token: str, nonce: str | None) -> Identity:
        """Verify an ID token and return whom it speaks of.

        At sign-in `nonce` must be the one we sent; a refreshed token need not repeat it.
        """
        claims = self._verified(token, header_type="JWT")
        self._check_times(claims)
        if claims.get("typ") != "ID":
            raise InvalidToken("not an ID token")
        if claims.get("azp", self._client_id) != self._client_id:
            raise InvalidToken("issued to another client")
        if nonce is not None and claims.get("nonce") != nonce:
            raise InvalidToken("nonce")
        if claims.get("at_hash") != _at_hash(access_token):
            raise InvalidToken("at_hash")
        return Identity(
            issuer=self._issuer,
            subject=_text(claims, "sub"),
            sid=_text(claims, "sid"),
            username=_text(claims, "preferred_username").lower(),
            roles=_texts(claims, "roles"),
            methods=_texts(claims, "amr"),
        )

    def logout_token(self, token: str) -> LogoutNotice:
        """Verify a back-channel logout token; whether it was seen before is the caller's to remember."""
        claims = self._verified(token, header_type=LOGOUT_HEADER)
        issued_at = self._check_times(claims)
        if self._clock() - issued_at > LOGOUT_TOKEN_AGE or claims["exp"] - issued_at > 2 * LOGOUT_TOKEN_AGE:
            raise InvalidToken("too old or valid for too long")
        events = claims.get("events")
        if not isinstance(events, dict) or events.get(LOGOUT_EVENT) != {}:
            raise InvalidToken("events")
        if "nonce" in claims:
            raise InvalidToken("a logout token must not carry a nonce")
        subject = _text(claims, "sub") if "sub" in claims else None
        sid = _text(claims, "sid") if "sid" in claims else None
        if subject is None and sid is None:
            raise InvalidToken("neither sub nor sid")
        return LogoutNotice(subject, sid, _text(claims, "jti"), float(claims["exp"]))

    def _verified(self, token: str, *, header_type: str) -> dict[str, Any]:
        """Check form, header, signature, issuer and audience; return the claims."""
        if not isinstance(token, str) or len(token) > MAX_TOKEN or not _SEGMENTS.fullmatch(token):
            raise InvalidToken("not a signed token")
        header = _json(token.partition(".")[0])
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise InvalidToken("algorithm")
        if not isinstance(kid, str) or not kid:
            raise InvalidToken("no key id")
        if str(header.get("typ", "")).lower() != header_type.lower():
            raise InvalidToken("header type")
        if set(header) - {"alg", "kid", "typ"}:
            # jku, x5u, jwk and crit would let the token say how it wants to be verified.
            raise InvalidToken("header fields")
        key = self._keys.find(kid, algorithm, from_anybody=header_type == LOGOUT_HEADER)
        try:
            payload = jws.deserialize_compact(token, key, algorithms=[algorithm]).payload
            claims = json.loads(payload)
        except (JoseError, ValueError, TypeError) as error:
            raise InvalidToken("signature") from error
        if not isinstance(claims, dict):
            raise InvalidToken("claims")
        if claims.get("iss") != self._issuer:
            raise InvalidToken("issuer")
        if claims.get("aud") not in (self._client_id, [self._client_id]):
            raise InvalidToken("audience")
        return claims

    def _check_times(self, claims: Mapping[str, Any]) -> float:
        """Require exp and iat, now within them; return iat."""
        now = self._clock()
        values = [claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)]
        if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
            raise InvalidToken("exp, iat or nbf is missing or no number")
        expires_at, issued_at, not_before = (float(value) for value in values if value is not None)
        if expires_at + LEEWAY <= now:
            raise ClocksDiffer("expired, or the clocks differ")
        if max(issued_at, not_before) - LEEWAY > now:
            raise ClocksDiffer("issued in the future: the clocks differ")
        return issued_at


def _json(segment: str) -> dict[str, Any]:
    try:
        value = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise InvalidToken("header") from error
    if not isinstance(value, dict):
        raise InvalidToken("header")
    return value


def _at_hash(access_token: str) -> str:
    """Return the left half of the SHA-256 of an access token, as OpenID Connect prescribes for …256 algorithms."""
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        raise InvalidToken(name)
    return value


def _texts(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    value = claims.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidToken(name)
    return frozenset(value)
