"""The directory of accounts that the registry is mirrored to; `sso` implements it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DirectoryOrganization:
    """An agency as the directory should hold it; `code` never changes once it exists."""

    tenant_id: UUID
    code: str
    name: str
    enabled: bool = True
    organization_id: UUID | None = None
    """What an earlier run stored; None looks it up by `tenant_id` before creating."""


@dataclass(frozen=True, slots=True)
class DirectoryUser:
    """A person as the directory should hold them; `username` never changes once it exists."""

    person_id: UUID
    username: str
    full_name: str
    email: str = ""
    enabled: bool = True
    operator: bool = False
    subject: str | None = None
    """What an earlier run stored; None creates first and, if the name is taken, looks it up."""


class DirectoryUnavailable(Exception):
    """Raised when the directory does not answer, or answers 5xx: stop, and go on later."""


class DirectoryRefused(Exception):
    """Raised when the directory refuses one entry; the text says why, without personal data."""


class Directory(Protocol):
    """Accounts and organizations in the identity provider.

    Every call may be repeated and ends in the same state. An instance serves one thread. Calls raise
    DirectoryUnavailable or DirectoryRefused.
    """

    issuer: str
    """The `iss` of tokens for the accounts kept here."""

    def ensure_organization(self, organization: DirectoryOrganization) -> UUID:
        """Create or update an organization and return its id."""

    def ensure_user(self, user: DirectoryUser) -> str:
        """Create or update an account, its enabled flag and its operator role; return its subject.

        Disabling an account also ends its sessions.
        """

    def ensure_member(self, organization_id: UUID, subject: str) -> None:
        """Make an account a member of an organization."""

    def remove_member(self, organization_id: UUID, subject: str) -> None:
        """End a membership; an account that is no member is left alone."""

    def set_password(self, subject: str, password: str, *, temporary: bool = True) -> None:
        """Set a password and forget wrong tries; a temporary one must be changed at the next sign-in."""

    def has_own_password(self, subject: str) -> bool:
        """Tell whether the account has a password that its owner need not change."""

    def set_second_factor(self, subject: str, secret: str) -> None:
        """Replace the account's TOTP secrets by one (base32, SHA-1, 6 digits, 30 seconds)."""

    def remove_second_factor(self, subject: str) -> None:
        """Take the account's TOTP secrets away; who needs one sets it up anew at the next sign-in."""

    def end_sessions(self, subject: str) -> None:
        """End the account's sessions at the identity provider."""

    def close(self) -> None:
        """Give back connections."""
