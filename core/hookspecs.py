"""Every hook of the kernel; the contents page of the plugin interface. Modules bring further ones (`Manifest.hooks`).

Three modes (docs/hooks.md): *declare* runs once at boot without a database, an error stops the start
and names the module; *run* belongs to the life of a module in one agency, in order of `requires`, in
one transaction, the first error rolls back; *collect* asks the modules in effect for one agency, each
isolated, and an error in an access or blocker hook counts as "no". Nothing depends on the order of
registration. Implementations take the arguments they use, without defaults.
"""

# mypy: disable-error-code="empty-body"

from uuid import UUID

import pluggy

from core.context import RequestContext, TenantInfo
from core.declarations import (
    Blocker,
    Command,
    DashboardCard,
    Declared,
    DemoMaker,
    Deny,
    FileOwner,
    HealthCheck,
    Job,
    NavItem,
    ObjectAction,
    Permission,
    PortalTile,
    PublicFrame,
    Role,
    Route,
    SearchSource,
    Subscriber,
    TimelineEntry,
)
from core.events import Actor, Event

PROJECT = "lienthong"
HOOK_API = "1.1"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

# What each hook answers with; the host and the dispatcher refuse anything else.
DECLARE: dict[str, Declared] = {
    "register_routes": Declared(Route),
    "register_permissions": Declared(Permission, "permission"),
    "register_roles": Declared(Role, "role"),
    "register_navigation": Declared(NavItem),
    "register_events": Declared(type, "event"),
    "register_subscribers": Declared(Subscriber),
    "register_jobs": Declared(Job, "job"),
    "register_dashboard_cards": Declared(DashboardCard, "dashboard card"),
    "register_search": Declared(SearchSource, "search source"),
    "register_health_checks": Declared(HealthCheck, "health check"),
    "register_commands": Declared(Command),
    "register_portal_pages": Declared(PortalTile),
    "register_public_frames": Declared(PublicFrame, "public frame"),
}
RUN = frozenset({"on_module_enabled", "on_module_disabled", "seed_demo"})
COLLECT: dict[str, type] = {
    "module_disable_blockers": Blocker,
    "check_access": Deny,
    "object_actions": ObjectAction,
    "object_timeline": TimelineEntry,
    "file_access": bool,
}


# ---- declare: once at boot, no database ------------------------------------------------------------


@hookspec
def register_routes() -> list[Route]:
    """Return the module's addresses; each names its permission or says PUBLIC. Added in 1.0."""


@hookspec
def register_permissions() -> list[Permission]:
    """Return the module's permissions; keys start with the module's key. Added in 1.0."""


@hookspec
def register_roles() -> list[Role]:
    """Return ready-made roles that agencies can give to posts. Added in 1.0."""


@hookspec
def register_navigation() -> list[NavItem]:
    """Return lines for the navigation; shown only with their permission. Added in 1.0."""


@hookspec
def register_events() -> list[type[Event]]:
    """Return the past-tense facts the module emits; others cannot be emitted. Added in 1.0."""


@hookspec
def register_subscribers() -> list[Subscriber]:
    """Return who hears of which fact, in its transaction or after the commit. Added in 1.0."""


@hookspec
def register_jobs() -> list[Job]:
    """Return background work, on demand or by schedule; must be repeatable. Added in 1.0."""


@hookspec
def register_dashboard_cards() -> list[DashboardCard]:
    """Return cards for an agency's start page. Added in 1.0."""


@hookspec
def register_search() -> list[SearchSource]:
    """Return what the global search looks through in this module. Added in 1.1."""


@hookspec
def register_health_checks() -> list[HealthCheck]:
    """Return checks that operators see on the health page and in `lienthong doctor`. Added in 1.0."""


@hookspec
def register_commands() -> list[Command]:
    """Return commands for the command line, grouped under the module's key. Added in 1.0."""


@hookspec
def register_portal_pages() -> list[PortalTile]:
    """Return services to the public, for tiles of the province's front page. Added in 1.0."""


@hookspec
def register_public_frames() -> list[PublicFrame]:
    """Return what draws head and foot of other modules' public pages. Added in 1.1."""


# ---- run: the life of a module in one agency, in one transaction ---------------------------------------


@hookspec
def on_module_enabled(tenant: TenantInfo, actor: Actor) -> None:
    """Prepare an agency in which this module has just come into effect; must be repeatable.

    A new agency's modules that are on by default come into effect when it is created. Added in 1.0.
    """


@hookspec
def on_module_disabled(tenant: TenantInfo, actor: Actor) -> None:
    """Settle what must stop when this module goes out of effect in an agency; data stays. Added in 1.0."""


@hookspec
def seed_demo(tenant: TenantInfo, make: DemoMaker) -> None:
    """Fill an agency with believable data, the same for the same seed. Added in 1.0."""


# ---- collect: asked at run time, each module isolated --------------------------------------------------


@hookspec
def module_disable_blockers(tenant: TenantInfo) -> list[Blocker]:
    """Return why this module cannot be switched off yet; an error counts as a blocker. Added in 1.0."""


@hookspec
def check_access(context: RequestContext, permission: str, obj: object) -> Deny | None:
    """Return a Deny to refuse one object to somebody who holds the permission.

    Any Deny wins; an error counts as a refusal. Added in 1.0.
    """


@hookspec
def object_actions(context: RequestContext, obj: object) -> list[ObjectAction]:
    """Return the buttons offered for one object on its page.

    Actions the person lacks the permission for are removed by core. Added in 1.0.
    """


@hookspec
def object_timeline(context: RequestContext, obj: object) -> list[TimelineEntry]:
    """Return further lines for the history of one object, beside its audit entries. Added in 1.0."""


@hookspec
def file_access(context: RequestContext | None, owner: FileOwner, file_id: UUID) -> bool:
    """Return whether a file of an object of this module may be opened; `context` is None for the public.

    Only the owner's module is asked; an error or no answer is a refusal. Added in 1.1.
    """
