"""What the pages around signing in show; the templates of the same names draw them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.web.components import FormView, Option


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """One place where the reader is signed in."""

    title: str
    """Browser and system in words: "Chrome trên Windows"."""
    address: str
    started_at: datetime
    seen_at: datetime
    current: bool
    end_action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesView:
    """devices.html: where the reader is signed in, this device first."""

    rows: tuple[DeviceRow, ...]
    end_others_action: str = ""
    """Empty when there is only this device."""
    mail: str = ""
    """Where the reader gets mails, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyView:
    """privacy.html: what signing in keeps about people, for whom and how long."""

    operator: str
    province: str
    phone: str
    email: str
    days_kept: int
    """How long a session that is over stays known."""
    sign_in_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnavailableView:
    """unavailable.html: nobody can sign in now; the page tries again by itself."""

    retry_url: str
    every_seconds: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPostView:
    """no_post.html: signed in, but without a post in any agency."""

    name: str
    username: str
    upcoming: tuple[str, ...] = ()
    """Posts that begin later, in words: "Chuyên viên, Sở Y tế, từ 01/10/2026"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInView:
    """signed_in.html: signed in again in a window of its own, while the page that asked for it waits."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOutView:
    """signed_out.html: the session is over."""

    sign_in_url: str
    provider_told: bool
    """False when the sign-in server did not answer and will be told later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedView:
    """refused.html: a sign-in that did not end in a session, and why."""

    kind: Literal["stale", "refused", "no_account", "disabled"]
    sign_in_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiTokenRow:
    """One token of the reader in this agency."""

    name: str
    ending: str
    scope: str
    """What it gives, in words."""
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    over: bool
    revoke_action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiTokensView:
    """api_tokens.html: the reader's tokens in this agency; `made` is the one that has just been created."""

    rows: tuple[ApiTokenRow, ...]
    new_url: str
    reference_url: str
    made: str = ""
    """The token itself: shown now and never again."""
    made_name: str = ""
    example: str = ""
    """A first request with it, to copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionGroup:
    """The permissions of one module that the reader holds."""

    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiTokenFormView:
    """api_token_form.html: what a new token is called, what it gives and for how long."""

    form: FormView
    scopes: tuple[Option, ...]
    lifetimes: tuple[Option, ...]
    groups: tuple[PermissionGroup, ...]
    action: str
    list_url: str
