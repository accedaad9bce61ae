"""Tables of sign-in; most belong to the installation, because people sign in before any agency is known."""

from typing import Any

from peewee import SQL, BlobField, BooleanField, TextField, UUIDField
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from core.db import RegistryModel, TenantModel


class Session(RegistryModel):
    """One browser signed in by one person; the token itself is only in the browser."""

    token_hash: Any = BlobField(unique=True)
    person_id: Any = UUIDField()
    subject: Any = TextField()
    sid: Any = TextField()
    """The single sign-on session at the identity provider."""
    operator: Any = BooleanField(default=False)
    """True when the provider named the operator role and a second factor."""
    device: Any = TextField(default="")
    """Browser and system: `Chrome, Windows`."""
    address: Any = TextField(default="")
    """The network address the sign-in came from."""
    tokens: Any = BlobField(null=True)
    """Refresh and ID token, encrypted; gone once the provider knows that the session is over."""
    created_at: Any = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    seen_at: Any = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    idle_until: Any = DateTimeTZField()
    expires_at: Any = DateTimeTZField()
    refresh_at: Any = DateTimeTZField()
    ended_at: Any = DateTimeTZField(null=True)
    end_reason: Any = TextField(default="")

    class Meta:
        schema = "sso"
        table_name = "session"
        registry_reason = "A session belongs to a person, who may hold posts in several agencies."


class ApiToken(TenantModel):
    """What a program shows instead of a session: one person's rights in one agency, or a part of them."""

    person_id: Any = UUIDField()
    name: Any = TextField()
    token_hash: Any = BlobField()
    ending: Any = TextField()
    """The last characters, so that people recognise a token."""
    read_only: Any = BooleanField()
    permissions: Any = BinaryJSONField(null=True, index=False)
    """None for all that the person holds."""
    created_at: Any = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    expires_at: Any = DateTimeTZField()
    used_at: Any = DateTimeTZField(null=True)
    revoked_at: Any = DateTimeTZField(null=True)

    class Meta:
        schema = "sso"
        table_name = "api_token"


class SignInAttempt(RegistryModel):
    """A sign-in under way: used once, by the browser that began it."""

    state_hash: Any = BlobField(unique=True)
    browser_hash: Any = BlobField()
    """Of the random value in the cookie that ties the attempt to one browser."""
    secrets: Any = BlobField()
    """Nonce and PKCE verifier, encrypted."""
    return_to: Any = TextField()
    fresh: Any = BooleanField(default=False)
    """True for the second round of an operator who had to set up a second factor first."""
    expires_at: Any = DateTimeTZField()

    class Meta:
        schema = "sso"
        table_name = "sign_in_attempt"
        registry_reason = "Nobody is known yet when a sign-in begins."


class LogoutToken(RegistryModel):
    """The id of a logout token already honoured, so that it cannot be played again."""

    id: Any = TextField(primary_key=True)
    expires_at: Any = DateTimeTZField()

    class Meta:
        schema = "sso"
        table_name = "logout_token"
        registry_reason = "The identity provider speaks of its own sessions, not of agencies."
