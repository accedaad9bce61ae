"""Who asks, where, and what they may do: loaded once per request by one query."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from core.declarations import Manifest
from core.i18n import HOME_ZONE
from core.process import OfProcess


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff, known to Keycloak by (issuer, subject)."""

    id: UUID
    username: str
    full_name: str
    email: str = ""
    locale: str = "vi"
    theme: str = "auto"
    shortcuts: bool = True
    is_operator: bool = False


@dataclass(frozen=True, slots=True)
class TenantInfo:
    """An agency as pages and services need it."""

    id: UUID
    code: str
    name: str
    short_name: str = ""
    kind: str = ""
    parent_name: str = ""
    time_zone: str = HOME_ZONE.key
    logo_url: str = ""
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Post:
    """One person's work in one unit of one agency, with its roles."""

    membership_id: UUID
    tenant: TenantInfo
    unit_id: UUID
    unit_name: str
    position: str
    roles: tuple[str, ...] = ()
    own_permissions: tuple[str, ...] = ()
    """Permissions that come from roles the agency made itself."""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class ModuleStates:
    """What was decided about modules in one agency, by key; where nobody decided, the manifest speaks."""

    switches: Mapping[str, bool] = field(default_factory=dict)
    """Switched on or off by the agency."""
    grants: Mapping[str, bool] = field(default_factory=dict)
    """Allowed or denied by the operator."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Why, where the operator said so; requests are loaded without it."""

    def wants(self, module: Manifest) -> bool:
        """Tell whether the agency has a module switched on, allowed or not."""
        return self.switches.get(module.key, module.default_on)

    def allows(self, module: Manifest) -> bool:
        """Tell whether the operator lets the agency use a module."""
        return self.grants.get(module.key, not module.restricted)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """The personal token a program shows: how much of the person's rights it gives."""

    id: UUID
    name: str
    read_only: bool = False
    permissions: frozenset[str] | None = None
    """None for all that the person holds at the moment."""

    def narrows(self, permissions: frozenset[str]) -> frozenset[str]:
        """Return what remains of a person's permissions through this token."""
        return permissions if self.permissions is None else permissions & self.permissions


@dataclass(frozen=True, slots=True)
class LoadedContext:
    """What the one query found: session or token, person, current posts, and the agency asked for."""

    session_id: UUID
    """Of the session, or of the token that stands for one."""
    person: Person
    posts: tuple[Post, ...]
    operator: bool
    """True when this session proved the operator role and a second factor."""
    tenant: TenantInfo | None = None
    modules: ModuleStates = ModuleStates()
    """Of the agency asked for."""
    token: ApiToken | None = None
    """With a token there are no posts but those in its agency, and no operator."""


class ContextLoader(Protocol):
    """Finds out who asks; `sso` implements it over the tables of `tenants`."""

    def load(self, session_token: str | None, tenant_code: str | None) -> LoadedContext | None:
        """Return what is known of a session, or None when it is missing, over or its person disabled."""

    def load_token(self, token: str, tenant_code: str | None) -> LoadedContext | None:
        """Return what is known of an API token, or None when it is unknown, over or its person is out of post."""

    def tenant(self, tenant_code: str) -> tuple[TenantInfo, ModuleStates] | None:
        """Return an active agency and what was decided about its modules, for pages without a session."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Everything a responder or service may ask about the request in hand."""

    request_id: str
    session_id: UUID
    person: Person
    posts: tuple[Post, ...]
    operator: bool
    csrf_token: str
    tenant: TenantInfo | None = None
    modules: frozenset[str] = frozenset()
    """Keys of the modules in effect in the current agency."""
    permissions: frozenset[str] = frozenset()
    """What the person may do in the current agency, or the token they came with."""
    token: ApiToken | None = None

    def can(self, permission: str) -> bool:
        """Tell whether the person holds a permission in the current agency."""
        return permission in self.permissions

    @property
    def own_posts(self) -> tuple[Post, ...]:
        """The person's posts in the current agency."""
        return tuple(post for post in self.posts if self.tenant and post.tenant.id == self.tenant.id)

    @property
    def unit_ids(self) -> frozenset[UUID]:
        """The units of the current agency in which the person works."""
        return frozenset(post.unit_id for post in self.own_posts)

    def __repr__(self) -> str:
        # Contexts end up in tracebacks; names and addresses must not.
        return f"<RequestContext {self.request_id}>"


person_contexts = OfProcess[Callable[[UUID], RequestContext | None]]("reader of people's rights is installed")
"""Where people's rights are read for work without a request."""


def person_context(person_id: UUID) -> RequestContext | None:
    """Return what somebody may do in the agency in scope right now, for a job that works in their name.

    None when the person is disabled or holds no post there any more: then the job must not go on.
    """
    return person_contexts()(person_id)
