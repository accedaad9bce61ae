"""Commands of sign-in: begin, finish, confirm and end sessions.

A session is a row; the browser holds its random token and we hold the token's hash. Our own limits
(idle, absolute) always end it. Besides, it is confirmed at the identity provider every few minutes:
a refusal of the session ends it at once, silence or a refusal of our client does not, because people at
work must be able to go on while the sign-in server is down or set up wrongly.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import structlog
from peewee import IntegrityError, PeeweeException, fn

from core.db import db, new_id
from core.jobs import enqueue
from sso.interfaces import (
    Ask,
    ClocksDiffer,
    Identity,
    IdentityProvider,
    InvalidToken,
    ProviderRefused,
    ProviderUnavailable,
    Tokens,
    UnknownKey,
    Unreadable,
)
from sso.models import LogoutToken, Session, SignInAttempt
from tenants.models import Person

if TYPE_CHECKING:
    from sso.vault import Vault

FORM_LIFETIME = timedelta(minutes=30)
"""How long the provider keeps its sign-in form open (`accessCodeLifespanLogin`)."""
ATTEMPT_LIFETIME = FORM_LIFETIME + timedelta(minutes=5)
"""How long the request behind a form is kept, here and at the provider (`parRequestUriLifespan`): a form outlives none."""
RETRY_PAUSE = 60
"""Seconds between confirmations while the provider is silent."""
KEEP_ENDED = timedelta(days=30)
TOLD_AT_ONCE = 5
"""More sessions than these are left to jobs, so that no page waits for them."""

_UNASKED = frozenset({"access_token", "id_token", "token_type"})
"""What only the implicit flow brings, which we never ask for."""

Reason = Literal["signed_out", "replaced", "ended_by_person", "ended_by_operator", "provider", "disabled"]
log = structlog.get_logger()


def new_secret() -> str:
    """Return 256 random bits for a state, a nonce, a PKCE verifier or a session."""
    return secrets.token_urlsafe(32)


class SignInFailed(Exception):
    """Raised when a sign-in ends without a session; `kind` selects the page that explains it."""

    def __init__(self, kind: Literal["stale", "refused", "no_account", "disabled"], detail: str = "") -> None:
        super().__init__(f"{kind} {detail}")
        self.kind = kind


class SecondFactorMissing(Exception):
    """Raised when an operator came without a second factor and should prove one now."""

    def __init__(self, return_to: str) -> None:
        super().__init__("an operator signed in without a second factor")
        self.return_to = return_to


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: where to send the browser, and the cookie that ties it to this browser."""

    url: str
    cookie: str
    value: str


@dataclass(frozen=True, slots=True)
class Device:
    """What is remembered of the browser that signs in."""

    title: str
    address: str


def digest(secret: str) -> bytes:
    """Return what the database keeps of a random secret."""
    return hashlib.sha256(secret.encode()).digest()


def attempt_cookie(state: str) -> str:
    """Return the name of the cookie of one sign-in; each tab has its own."""
    return f"__Host-lt_signin_{digest(state).hex()[:16]}"


class SignInService:
    """Signs people in and keeps their sessions; one per process."""

    def __init__(
        self, provider: IdentityProvider, vault: "Vault", *, idle: timedelta, maximum: timedelta
    ) -> None:
        self.provider = provider
        self._vault = vault
        self._idle = idle
        self._maximum = maximum
        self._silent_until = 0.0

    # -- signing in ---------------------------------------------------------------------------------

    def begin(self, *, return_to: str, locale: str, ask: Ask = "") -> Begun:
        """Begin a sign-in that will come back to `return_to`. Raises ProviderUnavailable."""
        state, nonce, verifier, browser = new_secret(), new_secret(), new_secret(), new_secret()
        try:
            url = self.provider.authorization_url(
                state=state, nonce=nonce, code_verifier=verifier, ask=ask, locale=locale
            )
        except ProviderRefused as error:
            log.exception("sign_in.misconfigured", code=error.code)
            raise ProviderUnavailable("The identity provider does not accept our client.") from error
        attempt_id = new_id()
        SignInAttempt.create(
            id=attempt_id,
            state_hash=digest(state),
            browser_hash=digest(browser),
            secrets=self._vault.seal({"nonce": nonce, "verifier": verifier}, attempt_id.bytes),
            return_to=return_to,
            fresh=ask == "proof",
            expires_at=_now() + ATTEMPT_LIFETIME,
        )
        return Begun(url, attempt_cookie(state), browser)

    def finish(
        self, answer: Mapping[str, Any], *, browser: str | None, device: Device, previous: UUID | None
    ) -> tuple[str, str]:
        """Finish a sign-in with the provider's answer; return the new session's token and where to go.

        `browser` is the value of the attempt's cookie. `previous` is the session the browser had; it
        ends, because signing in never keeps an id that somebody may have planted. Raises SignInFailed,
        SecondFactorMissing or ProviderUnavailable; the attempt is spent in each case.
        """
        attempt = self._take_attempt(answer.get("state"), browser)
        if answer.get("iss") != self.provider.issuer or not _UNASKED.isdisjoint(answer):
            raise SignInFailed("refused", "answer")
        code = answer.get("code")
        if "error" in answer or not isinstance(code, str) or not code:
            # Most often the person left the form open until the provider forgot about it.
            raise SignInFailed("stale" if answer.get("error") == "temporarily_unavailable" else "refused")
        tokens = self._redeem(attempt, code)
        identity = tokens.identity
        if identity.is_operator and not identity.second_factor and not attempt.fresh:
            raise SecondFactorMissing(attempt.return_to)
        try:
            person_id = _person_of(identity)
        except SignInFailed:
            self._let_go(tokens)
            raise
        if previous is not None:
            self.end("replaced", session_id=previous)
        token = new_secret()
        now = _now()
        session_id = new_id()
        Session.create(
            id=session_id,
            token_hash=digest(token),
            person_id=person_id,
            subject=identity.subject,
            sid=identity.sid,
            operator=identity.is_operator and identity.second_factor,
            device=device.title,
            address=device.address,
            tokens=self._sealed(tokens, session_id),
            idle_until=now + self._idle,
            expires_at=now + self._maximum,
            refresh_at=now + timedelta(seconds=tokens.refresh_in),
        )
        log.info("sign_in.finished", session=str(session_id), operator=identity.is_operator)
        return token, attempt.return_to

    def _take_attempt(self, state: object, browser: str | None) -> SignInAttempt:
        """Take an attempt out of the table, so that its state works once and in one browser only."""
        if not isinstance(state, str) or browser is None:
            raise SignInFailed("stale")
        taken = list(
            SignInAttempt.delete()
            .where(SignInAttempt.state_hash == digest(state), SignInAttempt.expires_at > fn.now())
            .returning(SignInAttempt)
            .execute()
        )
        if not taken or not hmac.compare_digest(bytes(taken[0].browser_hash), digest(browser)):
            raise SignInFailed("stale")
        attempt: SignInAttempt = taken[0]
        return attempt

    def _redeem(self, attempt: SignInAttempt, code: str) -> Tokens:
        try:
            secrets = self._vault.open(attempt.secrets, attempt.id.bytes)
            return self.provider.redeem(code=code, code_verifier=secrets["verifier"], nonce=secrets["nonce"])
        except UnknownKey as error:
            raise ProviderUnavailable(str(error)) from error
        except (ProviderRefused, InvalidToken, Unreadable) as error:
            log.warning("sign_in.refused", why=str(error))
            # The code was used, has expired, or its person has just been disabled: signing in again tells which.
            gone = isinstance(error, ProviderRefused) and error.code == "invalid_grant"
            raise SignInFailed("stale" if gone else "refused") from error

    def _let_go(self, tokens: Tokens) -> None:
        """End the provider's session of somebody we do not take in, so that another account can be used."""
        try:
            self.provider.end_session(tokens.id_token)
        except ProviderUnavailable:
            log.warning("sign_in.left_signed_in_at_provider")

    # -- living sessions ----------------------------------------------------------------------------

    def touch(self, session_id: UUID) -> None:
        """Note that a session is in use."""
        Session.update(seen_at=fn.now(), idle_until=fn.least(_now() + self._idle, Session.expires_at)).where(
            Session.id == session_id, Session.ended_at.is_null()
        ).execute()

    def confirm(self, session_id: UUID) -> None:
        """Ask the provider whether a session still stands, and end it if not.

        One request does this while others go on: the row is locked, and who finds it locked has
        nothing to do. While the provider is silent nobody waits for it more than once a minute.
        """
        if time.monotonic() < self._silent_until:
            self.touch(session_id)
            return
        with db.atomic():
            due = (
                Session.select()
                .where(Session.id == session_id, Session.ended_at.is_null(), Session.refresh_at <= fn.now())
                .for_update("FOR UPDATE SKIP LOCKED")
                .first()
            )
            if due is None:
                return
            try:
                tokens = self._refreshed(due)
            except (ProviderUnavailable, UnknownKey, ClocksDiffer) as error:
                self._silent_until = time.monotonic() + RETRY_PAUSE
                log.warning("session.unconfirmed", why=str(error))
                self._keep(due, RETRY_PAUSE)
            except (ProviderRefused, InvalidToken, Unreadable) as error:
                log.info("session.refused", session=str(session_id), why=str(error))
                self.end("provider", session_id=session_id)
            else:
                self._keep(
                    due,
                    tokens.refresh_in,
                    tokens=self._sealed(tokens, due.id),
                    # Losing the role takes effect here; gaining it needs a new sign-in with a second factor.
                    operator=due.operator and tokens.identity.is_operator,
                )

    def _refreshed(self, session: Session) -> Tokens:
        kept = self._vault.open(session.tokens, session.id.bytes)
        try:
            return self.provider.refresh(kept["refresh"], (session.subject, session.sid))
        except ProviderRefused as error:
            if error.code == "invalid_grant":
                raise
            # Any other no is about our client, such as a secret that was changed on one side: it says nothing of the person.
            raise ProviderUnavailable(
                f"The identity provider does not accept our client: {error.code}."
            ) from error

    def _keep(self, session: Session, seconds: int, **changes: Any) -> None:
        now = _now()
        Session.update(
            seen_at=now,
            idle_until=min(now + self._idle, session.expires_at),
            refresh_at=now + timedelta(seconds=seconds),
            **changes,
        ).where(Session.id == session.id).execute()

    def _sealed(self, tokens: Tokens, session_id: UUID) -> bytes:
        return self._vault.seal({"refresh": tokens.refresh_token, "id": tokens.id_token}, session_id.bytes)

    # -- ending -------------------------------------------------------------------------------------

    def sign_out(self, session_id: UUID) -> str | None:
        """End the browser's own session; return where the browser ends the one at the provider.

        None when it does not answer: it is told later, by a job. None also when nothing was kept to tell it.
        """
        session = Session.get_or_none(Session.id == session_id, Session.ended_at.is_null())
        if session is None:
            return None
        try:
            kept = session.tokens and self._vault.open(session.tokens, session.id.bytes)
            url = self.provider.logout_url(kept["id"]) if kept else None
        except (ProviderUnavailable, Unreadable):
            url = None
        self.end("signed_out", session_id=session_id, tell_provider=url is None)
        return url

    def end(
        self, reason: Reason, *, session_id: UUID | None = None, person_id: UUID | None = None,
        sid: str | None = None, subject: str | None = None, tell_provider: bool = False, keep: UUID | None = None,
    ) -> int:  # fmt: skip
        """End the live sessions that all given names fit, but for `keep`; return how many.

        With `tell_provider` they are ended there too: without it, their browsers would be signed in
        again without a question.
        """
        names = {
            Session.id: session_id, Session.person_id: person_id, Session.sid: sid, Session.subject: subject,
        }  # fmt: skip
        named = [column == value for column, value in names.items() if value is not None]
        if not named:
            raise ValueError("Ending every session of the installation is nobody's wish: name whose.")
        changes = {"ended_at": fn.now(), "end_reason": reason} | ({} if tell_provider else {"tokens": None})
        query = Session.update(**changes).where(Session.ended_at.is_null(), *named)
        if keep is not None:
            query = query.where(Session.id != keep)
        ended = list(query.returning(Session.id, Session.sid).execute())
        if ended:
            log.info("session.ended", reason=reason, count=len(ended))
        if tell_provider:
            kept = Session.get_or_none(Session.id == keep) if keep else None
            self._tell_provider([each.id for each in ended if kept is None or each.sid != kept.sid])
        return len(ended)

    def _tell_provider(self, session_ids: Sequence[UUID]) -> None:
        """End sessions at the provider: at once after the commit, and by a job in case that fails."""
        for session_id in session_ids:
            enqueue("sso.end_at_provider", args={"session_id": str(session_id)})

        def now() -> None:
            # Not before the commit: the provider answers by telling us to end what we still hold locked.
            try:
                for session_id in session_ids[:TOLD_AT_ONCE]:
                    self.end_at_provider(session_id)
            except (ProviderUnavailable, PeeweeException) as error:
                log.warning("session.provider_told_later", why=type(error).__name__)

        db.after_commit(now)

    def end_at_provider(self, session_id: UUID) -> None:
        """End the provider's session of an ended one, so that its browser has to sign in anew.

        Raises ProviderUnavailable; running it again does no harm.
        """
        session = Session.get_or_none(Session.id == session_id, Session.ended_at.is_null(False))
        if session is None or session.tokens is None:
            return
        try:
            self.provider.end_session(self._vault.open(session.tokens, session.id.bytes)["id"])
        except Unreadable:
            log.warning("session.unreadable", session=str(session_id))
        Session.update(tokens=None).where(Session.id == session_id).execute()

    def honour_logout(self, token: str) -> int:
        """End the sessions a back-channel logout token names; return how many.

        Raises InvalidToken, also for a token that was honoured before, or ProviderUnavailable.
        """
        notice = self.provider.read_logout_token(token)
        try:
            with db.atomic():
                expires_at = datetime.fromtimestamp(notice.expires_at + 60, UTC)
                LogoutToken.create(id=notice.token_id, expires_at=expires_at)
        except IntegrityError as error:
            raise InvalidToken("played again") from error
        return self.end("provider", sid=notice.sid or None, subject=None if notice.sid else notice.subject)


def purge() -> None:
    """Forget attempts and logout tokens that have expired, and sessions that ended a month ago."""
    SignInAttempt.delete().where(SignInAttempt.expires_at < fn.now()).execute()
    LogoutToken.delete().where(LogoutToken.expires_at < fn.now()).execute()
    Session.delete().where(fn.coalesce(Session.ended_at, Session.expires_at) < _now() - KEEP_ENDED).execute()


def _person_of(identity: Identity) -> UUID:
    """Return the person an identity belongs to, tying it to a registered name once. Raises SignInFailed."""
    same = (Person.issuer == identity.issuer) & (Person.subject == identity.subject)
    person = Person.get_or_none(same)
    if person is None:
        claimed = (
            Person.update(issuer=identity.issuer, subject=identity.subject)
            .where(Person.username == identity.username, Person.subject.is_null())
            .execute()
        )
        person = Person.get_or_none(same) if claimed else None
    if person is None:
        log.warning("sign_in.unknown_person")
        raise SignInFailed("no_account")
    if person.disabled_at is not None:
        raise SignInFailed("disabled")
    if person.password_at is None or person.password_unused:
        # Perhaps given by somebody else than the platform, but given and used: no list of first passwords must replace it.
        used = Person.update(password_at=fn.coalesce(Person.password_at, fn.now()), password_unused=False)
        used.where(Person.id == person.id).execute()
    return UUID(str(person.id))


def _now() -> datetime:
    return datetime.now(UTC)
