"""What the platform needs of an identity provider; Keycloak and the hostile test provider both are one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

OPERATOR_ROLE = "platform-operator"
"""The realm role of those who run the installation for the province."""

Ask = Literal["", "proof", "password"]
"""What the provider should ask besides: a new proof though a session lives, or a new password."""


class ProviderUnavailable(Exception):
    """Raised when the provider does not answer, or answers 5xx or nonsense: try again later."""


class ProviderRefused(Exception):
    """Raised when the provider answers no; `code` is its OAuth error, such as `invalid_grant`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The identity provider refused: {code}")
        self.code = code


class InvalidToken(Exception):
    """Raised for a token or answer that must not be believed; the text says which check failed."""


class UnknownKey(InvalidToken):
    """Raised for a token signed with a key that is not read yet, or never was one: nobody knows which."""


class ClocksDiffer(InvalidToken):
    """Raised for a token that is not of now: an old one, or the provider's clock and ours are apart."""


class Unreadable(Exception):
    """Raised when a sealed value was made with another key, or for another row."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an ID token speaks of: subject and single sign-on session at the provider."""

    issuer: str
    subject: str
    sid: str
    username: str
    roles: frozenset[str]
    methods: frozenset[str]
    """How the person proved who they are (`amr`): `pwd`, `otp`."""

    @property
    def is_operator(self) -> bool:
        return OPERATOR_ROLE in self.roles

    @property
    def second_factor(self) -> bool:
        return "otp" in self.methods


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a successful sign-in or refresh brought; kept encrypted, never sent to a browser."""

    identity: Identity
    id_token: str
    refresh_token: str
    refresh_in: int
    """Seconds after which the session should be confirmed by a refresh."""

    def __repr__(self) -> str:
        return "<Tokens>"


@dataclass(frozen=True, slots=True)
class LogoutNotice:
    """A verified back-channel logout: at least one of subject and sid is there."""

    subject: str | None
    sid: str | None
    token_id: str
    expires_at: float


class IdentityProvider(Protocol):
    """Signs people in. Every call may raise ProviderUnavailable; answers are verified before they return."""

    issuer: str

    def ping(self) -> None:
        """Do nothing but find out whether it answers."""

    def form_lifetime(self) -> timedelta:
        """Return how long a sign-in form works once it is open. Raises ProviderRefused."""

    def authorization_url(
        self, *, state: str, nonce: str, code_verifier: str, ask: Ask = "", locale: str = "vi"
    ) -> str:
        """Push an authorization request and return where to send the browser."""

    def redeem(self, *, code: str, code_verifier: str, nonce: str) -> Tokens:
        """Exchange an authorization code. Raises ProviderRefused or InvalidToken."""

    def refresh(self, refresh_token: str, identity: tuple[str, str]) -> Tokens:
        """Confirm that (subject, sid) is still signed in. Raises ProviderRefused or InvalidToken."""

    def logout_url(self, id_token: str) -> str:
        """Return where a browser ends the session at the provider, after checking that it answers."""

    def end_session(self, id_token: str) -> None:
        """End the session at the provider from here, without a browser."""

    def read_logout_token(self, token: str) -> LogoutNotice:
        """Verify a back-channel logout token. Raises InvalidToken."""
