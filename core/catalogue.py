"""Everything the modules declared, checked against each other and frozen."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from falcon.routing import CompiledRouter

from core.declarations import (
    BUILT_IN_PERMISSIONS,
    PUBLIC,
    Book,
    Command,
    DashboardCard,
    Document,
    Extension,
    HealthCheck,
    Job,
    LetterKind,
    MailChoice,
    Manifest,
    NavItem,
    NotificationKind,
    Permission,
    PortalTile,
    PublicFrame,
    Role,
    Route,
    SearchSource,
    Section,
    Subscriber,
)
from core.events import Event, after_commit_job, check_event
from core.hookspecs import DECLARE

if TYPE_CHECKING:
    from core.host import Incompatible

PREFIXES = {
    "office": "/t/{tenant}/", "api": "/api/v1/t/{tenant}/", "admin": "/admin/", "public": "/public/{tenant}/",
    "portal": "/public/", "sso": "/sso/", "root": "/",
}  # fmt: skip
PROVINCE_WIDE = "t"
"""Stands for the whole province where public addresses name an agency; too short for an agency's code."""
METHODS = ("get", "post", "put", "patch", "delete")
_FIELD = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_AGENCY_CODE = re.compile(r"[a-z0-9-]{2,63}")
"""What may be an agency's code, so that the province's own addresses beside it must not look like one."""


class CatalogueError(Exception):
    """Raised when declarations contradict each other; the message names module and object."""


@dataclass(frozen=True, slots=True)
class LoadedModule:
    """A registered module: its manifest, its plugin object and the folder it lives in."""

    manifest: Manifest
    plugin: Any
    folder: Path

    @property
    def key(self) -> str:
        return self.manifest.key


@cache
def _parsed(template: str) -> tuple[dict[str, None], Callable[..., str]]:
    """Return the names of a template's fields in order, and what fills them in."""
    return dict.fromkeys(_FIELD.findall(template)), _FIELD.sub(r"{\1}", template).format


@dataclass(frozen=True, slots=True)
class Address:
    """A route with its full URI template and the module it belongs to."""

    route: Route
    module: Manifest
    template: str

    @property
    def name(self) -> str:
        return self.route.name

    @property
    def tenanted(self) -> bool:
        return "{tenant}" in self.template

    @property
    def pattern(self) -> str:
        """The template as the router takes it, without the slash at the end."""
        return self.template.rstrip("/") or "/"

    @property
    def fields(self) -> list[str]:
        """The names of the fields in the template."""
        return list(_parsed(self.template)[0])

    @property
    def responders(self) -> dict[str, Callable[..., None]]:
        """The resource's responders by method, such as `post`."""
        suffix = f"_{self.route.suffix}" if self.route.suffix else ""
        found = {method: getattr(self.route.resource, f"on_{method}{suffix}", None) for method in METHODS}
        return {method: responder for method, responder in found.items() if responder is not None}

    def matches(self, path: str) -> bool:
        """Tell whether a path without a slash at its end may be one of this address."""
        parts = _FIELD.sub("{}", self.pattern).split("{}")
        return re.fullmatch("[^/]+".join(map(re.escape, parts)), path) is not None

    def url(self, **fields: object) -> str:
        """Return the address with its fields filled in; the rest of `fields` must not exist."""
        names, filled = _parsed(self.template)
        if fields.keys() != names.keys():
            raise KeyError(f"Route '{self.name}' takes {list(names)}, got {sorted(fields)}.")
        return filled(**fields)


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """The frozen sum of all declarations; the only source of routes, roles, jobs and the rest."""

    modules: Mapping[str, LoadedModule]
    incompatible: tuple["Incompatible", ...]
    routes: Mapping[str, Address]
    permissions: Mapping[str, Permission]
    roles: Mapping[str, Role]
    navigation: tuple[tuple[Manifest, NavItem], ...]
    events: Mapping[str, type[Event]]
    subscribers: tuple[tuple[Manifest, Subscriber], ...]
    jobs: Mapping[str, tuple[Manifest, Job]]
    notifications: Mapping[str, tuple[Manifest, NotificationKind]]
    cards: tuple[tuple[Manifest, DashboardCard], ...]
    search: tuple[tuple[Manifest, SearchSource], ...]
    health_checks: tuple[tuple[Manifest, HealthCheck], ...]
    commands: tuple[tuple[Manifest, Command], ...]
    portal_pages: tuple[tuple[Manifest, PortalTile], ...]
    books: Mapping[str, tuple[Manifest, Book]]
    workflows: Mapping[str, tuple[Manifest, Extension]]
    letters: Mapping[str, tuple[Manifest, LetterKind]]
    leg_purposes: Mapping[str, tuple[Manifest, Extension]]
    reports: Mapping[str, tuple[Manifest, Extension]]
    public_frames: tuple[tuple[Manifest, PublicFrame], ...]

    def manifests(self) -> list[Manifest]:
        """Return the manifests of the modules agencies can switch, in the order of requirement."""
        return [module.manifest for module in self.modules.values() if module.manifest.switchable]

    def url(self, name: str, **fields: object) -> str:
        """Return the address of a named route."""
        return self.routes[name].url(**fields)


Items = list[tuple[LoadedModule, Any]]
Found = dict[str, tuple[LoadedModule, Any]]
Declared = Mapping[str, Items]


def build_catalogue(
    modules: Iterable[LoadedModule], declared: Declared, incompatible: Iterable["Incompatible"]
) -> Catalogue:
    """Check all declarations together and freeze them.

    Raises CatalogueError for duplicates, unknown references and routes without a permission.
    """
    by_key = {module.key: module for module in modules}
    _check_manifests(by_key.values())
    _check_types(declared)
    permissions = _unique("permission", declared["register_permissions"])
    roles = _unique("role", declared["register_roles"])
    routes = _addresses(declared["register_routes"])
    events = _unique("event", declared["register_events"], attrgetter("name"))
    for module, event in declared["register_events"]:
        try:
            check_event(event)
        except TypeError as error:
            raise CatalogueError(f"Module '{module.key}': {error}") from error
    after_commit = [
        (module, after_commit_job(module.key, subscriber))
        for module, subscriber in declared["register_subscribers"]
        if subscriber.when == "after_commit"
    ]
    jobs = _unique("job", [*declared["register_jobs"], *after_commit])
    notifications = _unique("notification", declared["register_notifications"])
    _check_notifications(declared["register_notifications"])
    _unique("dashboard card", declared["register_dashboard_cards"])
    _unique("search source", declared["register_search"])
    _unique("health check", declared["register_health_checks"])
    books = _unique("book", declared["register_books"])
    workflows = _unique("workflow", declared["register_workflows"])
    letters = _unique("letter", declared["register_letters"])
    _check_letters(declared["register_letters"], permissions, books)
    purposes = _unique("leg purpose", declared["register_leg_purposes"])
    reports = _unique("report", declared["register_reports"])
    _unique("public frame", declared["register_public_frames"])
    _check_tiles(declared["register_portal_pages"], routes)
    _check_references(
        declared, BUILT_IN_PERMISSIONS | set(permissions), {event for _, event in events.values()}
    )
    _check_roles(declared["register_roles"], permissions)
    _check_navigation(declared["register_navigation"], routes)
    _check_search(declared["register_search"], routes)
    _check_commands(declared["register_commands"])
    return Catalogue(
        modules=MappingProxyType(by_key),
        incompatible=tuple(incompatible),
        routes=MappingProxyType(routes),
        permissions=_items(permissions),
        roles=_items(roles),
        navigation=_pairs(declared["register_navigation"], key=lambda item: (item.order, item.title)),
        events=_items(events),
        subscribers=_pairs(declared["register_subscribers"]),
        jobs=_owned(jobs),
        notifications=_owned(notifications),
        cards=_pairs(declared["register_dashboard_cards"], key=lambda item: (item.order, item.title)),
        search=_pairs(declared["register_search"], key=lambda item: (item.order, item.title)),
        health_checks=_pairs(declared["register_health_checks"]),
        commands=_pairs(declared["register_commands"]),
        portal_pages=_pairs(declared["register_portal_pages"], key=lambda tile: (tile.order, tile.title)),
        books=_owned(books),
        workflows=_owned(workflows),
        letters=_owned(letters),
        leg_purposes=_owned(purposes),
        reports=_owned(reports),
        public_frames=_pairs(declared["register_public_frames"], key=lambda frame: (frame.order, frame.key)),
    )


def _check_manifests(modules: Iterable[LoadedModule]) -> None:
    """Refuse modules that stand on one that can be switched off, and two at the agencies' public address."""
    found = {module.key: module.manifest for module in modules}
    for it in found.values():
        for required in it.requires:
            if it.always_on and found[required].switchable:
                raise CatalogueError(
                    f"Module '{it.key}' is always on, but requires '{required}', which can be switched off."
                )
    roots = sorted(it.key for it in found.values() if it.public_root)
    if len(roots) > 1:
        raise CatalogueError(f"Modules '{roots[0]}' and '{roots[1]}' both want the agencies' public address.")


def _check_types(declared: Declared) -> None:
    for hook, items in declared.items():
        for module, item in items:
            right = isinstance(item, DECLARE[hook])
            if hook == "register_events":
                right = isinstance(item, type) and issubclass(item, Event)
            if not right:
                wanted = "class of Event" if hook == "register_events" else DECLARE[hook].__name__
                raise CatalogueError(f"Module '{module.key}': {hook}() returned {item!r}, not a {wanted}.")


def _unique(what: str, items: Items, key_of: Callable[[Any], str] = attrgetter("key")) -> Found:
    """Return items by key; refuse a key given twice, and one without its module's name in front."""
    found: Found = {}
    for module, item in items:
        key = key_of(item)
        if key in found:
            raise CatalogueError(
                f"Modules '{found[key][0].key}' and '{module.key}' both declare {what} '{key}'."
            )
        if not key.startswith(f"{module.key}."):
            raise CatalogueError(f"Module '{module.key}': {what} '{key}' must start with '{module.key}.'.")
        found[key] = (module, item)
    return found


def _check_references(
    declared: Declared, permissions: Collection[str], events: Collection[type[Event]]
) -> None:
    """Refuse names that nobody declares: permissions and events."""
    for hook, words in {
        "register_routes": "route '{0.name}'",
        "register_dashboard_cards": "dashboard card '{0.key}'",
        "register_navigation": "navigation '{0.title}'",
        "register_search": "search source '{0.key}'",
    }.items():
        for module, item in declared[hook]:
            if item.permission not in permissions:
                raise CatalogueError(
                    f"Module '{module.key}': {words.format(item)} names permission '{item.permission}', "
                    "which no module declares."
                )
    for module, subscriber in declared["register_subscribers"]:
        if subscriber.event not in events:
            raise CatalogueError(
                f"Module '{module.key}' subscribes to {subscriber.event.__name__}, which no module registers."
            )


def _check_roles(items: Items, permissions: Found) -> None:
    """Refuse roles that give more than their module has to give: agencies hand them out."""
    for module, role in items:
        for key in role.permissions:
            if key not in permissions:
                why = "no role can give" if key in BUILT_IN_PERMISSIONS else "no module declares"
                raise CatalogueError(
                    f"Module '{module.key}': role '{role.key}' names permission '{key}', which {why}."
                )
            owner = permissions[key][0].key
            if not module.manifest.builtin and owner not in (module.key, *module.manifest.requires):
                raise CatalogueError(
                    f"Module '{module.key}': role '{role.key}' gives '{key}' of '{owner}', which it does not require."
                )


def _check_navigation(items: Items, routes: Mapping[str, Address]) -> None:
    for module, item in items:
        complaint = ""
        if item.route not in routes:
            complaint = f"leads to unknown route '{item.route}'"
        elif set(routes[item.route].fields) - {"tenant"}:
            # The navigation stands on every page: an address it cannot fill in would take them all down.
            complaint = f"leads to '{item.route}', whose address has fields of its own"
        elif item.section not in get_args(Section):
            complaint = f"names section '{item.section}'; there are {', '.join(get_args(Section))}"
        if complaint:
            raise CatalogueError(f"Module '{module.key}': navigation '{item.title}' {complaint}.")


def _check_notifications(items: Items) -> None:
    for module, kind in items:
        if kind.email not in get_args(MailChoice):
            raise CatalogueError(
                f"Module '{module.key}': notification '{kind.key}' is mailed '{kind.email}'; "
                f"there are {', '.join(get_args(MailChoice))}."
            )


def _check_letters(items: Items, permissions: Found, books: Found) -> None:
    """Refuse letters that nobody could number, open or fill in."""
    for module, kind in items:
        complaint = (
            "" if kind.book in books else f"takes its number from '{kind.book}', which no module declares"
        )
        for permission in (kind.read, kind.write, kind.issue):
            if permission not in permissions:
                complaint = f"names permission '{permission}', which no module declares"
        known = {key for key, _title in kind.fields}
        for word in re.findall(r"\{(\w*)\}", " ".join(kind.core)):
            if word not in known:
                complaint = f"has no field for {{{word}}}"
        if complaint:
            raise CatalogueError(f"Module '{module.key}': letter '{kind.key}' {complaint}.")


def _check_search(items: Items, routes: Mapping[str, Address]) -> None:
    """Refuse groups whose "show all" leads nowhere: the address has no field but the agency."""
    for module, item in items:
        if item.route and (item.route not in routes or routes[item.route].fields != ["tenant"]):
            raise CatalogueError(
                f"Module '{module.key}': search source '{item.key}' leads to '{item.route}', "
                "which is no page of an agency without further fields."
            )


def _check_tiles(items: Items, routes: Mapping[str, Address]) -> None:
    """Refuse tiles that lead to no public page of their module."""
    for module, tile in items:
        address = routes.get(tile.route)
        if address is None or address.module.key != module.key or address.route.permission != PUBLIC:
            raise CatalogueError(
                f"Module '{module.key}': tile '{tile.title}' leads to '{tile.route}', which is no public page of its own."
            )


def _check_commands(items: Items) -> None:
    found: set[tuple[str, str | None]] = set()
    for module, item in items:
        for place in (module.key, "") if item.top else (module.key,):
            name = (place, item.command.name)
            if name in found:
                raise CatalogueError(
                    f"Module '{module.key}' declares the command '{item.command.name}' twice."
                )
            found.add(name)


def _addresses(items: Items) -> dict[str, Address]:
    found: dict[str, Address] = {}
    shapes: dict[str, Address] = {}
    router = CompiledRouter()
    for module, route in items:
        address = _address(module, route)
        # Falcon would silently replace a route with the same template, so duplicates end the start.
        shape = _FIELD.sub("{}", address.pattern)
        if route.name in found or shape in shapes:
            other = found.get(route.name) or shapes[shape]
            raise CatalogueError(
                f"Modules '{other.module.key}' and '{module.key}' both declare "
                f"{f'route name {route.name!r}' if route.name in found else f'the address {address.template}'}."
            )
        try:
            router.add_route(address.pattern, object())
        except ValueError as error:
            raise CatalogueError(
                f"Module '{module.key}': the address {address.template} of route '{route.name}' cannot stand: {error}"
            ) from error
        found[route.name] = shapes[shape] = address
    return found


def _complaint(module: LoadedModule, route: Route) -> str:
    """Return which rule of names and areas a route breaks; empty when it keeps to them."""
    first = route.path.partition("/")[0]
    if not route.name.startswith(f"{module.key}."):
        return f"must have a name that starts with '{module.key}.'"
    if not route.permission:
        return "names no permission; say PUBLIC if you mean it"
    if route.area not in PREFIXES:
        return f"names area '{route.area}'; there are {', '.join(PREFIXES)}"
    if route.area in ("sso", "root") and not module.manifest.builtin:
        return f"is in area '{route.area}', which belongs to the platform"
    if route.area == "portal" and module.manifest.public_root and _AGENCY_CODE.fullmatch(first):
        return f"begins with '{first}', which could be an agency's code"
    return ""


def _address(module: LoadedModule, route: Route) -> Address:
    """Return the full address of a route that keeps to the rules."""
    complaint = _complaint(module, route)
    if complaint:
        raise CatalogueError(f"Module '{module.key}': route '{route.name}' {complaint}.")
    at_root = module.manifest.builtin or (route.area in ("public", "portal") and module.manifest.public_root)
    if route.area == "portal" and not at_root:
        prefix = f"{PREFIXES['portal']}{PROVINCE_WIDE}/{module.key}/"
    else:
        prefix = PREFIXES[route.area] + ("" if at_root else f"{module.key}/")
    address = Address(route, module.manifest, prefix + route.path.lstrip("/"))
    if not address.responders:
        suffix = f"_{route.suffix}" if route.suffix else ""
        raise CatalogueError(
            f"Module '{module.key}': route '{route.name}' leads to {type(route.resource).__name__}, "
            f"which has no responder such as on_get{suffix}()."
        )
    for method, responder in address.responders.items():
        if route.area == "api" and not isinstance(getattr(responder, "document", None), Document):
            raise CatalogueError(
                f"Module '{module.key}': route '{route.name}' is in area 'api', but its responder for "
                f"{method.upper()} does not say what it takes and answers; put @document(…) above it."
            )
    return address


def _items(found: Found) -> Mapping[str, Any]:
    return MappingProxyType({key: item for key, (_, item) in found.items()})


def _owned(found: Found) -> Mapping[str, tuple[Manifest, Any]]:
    return MappingProxyType({key: (module.manifest, item) for key, (module, item) in found.items()})


def _pairs(items: Items, key: Any = None) -> tuple[tuple[Manifest, Any], ...]:
    pairs = [(module.manifest, item) for module, item in items]
    return tuple(sorted(pairs, key=lambda pair: key(pair[1])) if key else pairs)
