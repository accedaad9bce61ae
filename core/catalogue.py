"""Everything the modules declared, checked against each other and frozen."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from core.declarations import (
    BUILT_IN_PERMISSIONS,
    Command,
    DashboardCard,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    Permission,
    Role,
    Route,
    Subscriber,
)
from core.events import Event, after_commit_job, check_event

if TYPE_CHECKING:
    from core.host import Incompatible

PREFIXES = {
    "office": "/t/{tenant}/", "api": "/api/v1/t/{tenant}/", "admin": "/admin/", "public": "/public/{tenant}/",
    "sso": "/sso/", "root": "/",
}  # fmt: skip
_FIELD = re.compile(r"\{(\w+)(?::[^}]*)?\}")


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

    def url(self, **fields: object) -> str:
        """Return the address with its fields filled in; the rest of `fields` must not exist."""
        names = _FIELD.findall(self.template)
        unknown = set(fields) - set(names)
        missing = set(names) - set(fields)
        if unknown or missing:
            raise KeyError(f"Route '{self.name}' takes {names}, got {sorted(fields)}.")
        return _FIELD.sub(lambda match: str(fields[match.group(1)]), self.template)


@dataclass(frozen=True, slots=True)
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
    cards: tuple[tuple[Manifest, DashboardCard], ...]
    health_checks: tuple[tuple[Manifest, HealthCheck], ...]
    commands: tuple[tuple[Manifest, Command], ...]

    def manifests(self) -> list[Manifest]:
        """Return the manifests of the modules agencies can switch, in the order of requirement."""
        return [module.manifest for module in self.modules.values() if not module.manifest.builtin]

    def url(self, name: str, **fields: object) -> str:
        """Return the address of a named route."""
        return self.routes[name].url(**fields)


Declared = Mapping[str, list[tuple[LoadedModule, Any]]]


def build_catalogue(
    modules: Iterable[LoadedModule], declared: Declared, incompatible: Iterable["Incompatible"]
) -> Catalogue:
    """Check all declarations together and freeze them.

    Raises CatalogueError for duplicates, unknown references and routes without a permission.
    """
    by_key = {module.key: module for module in modules}
    _check_types(declared)
    permissions = _unique(
        "permission", declared["register_permissions"], lambda item: item.key, own_prefix=True
    )
    roles = _unique("role", declared["register_roles"], lambda item: item.key, own_prefix=True)
    routes = _addresses(declared["register_routes"])
    events = _unique("event", declared["register_events"], lambda item: item.name, own_prefix=True)
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
    declared_jobs = [*declared["register_jobs"], *after_commit]
    jobs = _unique("job", declared_jobs, lambda item: item.key, own_prefix=True)
    _unique("dashboard card", declared["register_dashboard_cards"], lambda item: item.key, own_prefix=True)
    _unique("health check", declared["register_health_checks"], lambda item: item.key, own_prefix=True)
    _check_references(
        declared, BUILT_IN_PERMISSIONS | set(permissions), routes, {event for _, event in events.values()}
    )
    return Catalogue(
        modules=MappingProxyType(by_key),
        incompatible=tuple(incompatible),
        routes=MappingProxyType(routes),
        permissions=_items(permissions),
        roles=_items(roles),
        navigation=_pairs(declared["register_navigation"], key=lambda item: (item.order, item.title)),
        events=_items(events),
        subscribers=_pairs(declared["register_subscribers"]),
        jobs=MappingProxyType({key: (module.manifest, job) for key, (module, job) in jobs.items()}),
        cards=_pairs(declared["register_dashboard_cards"], key=lambda item: (item.order, item.title)),
        health_checks=_pairs(declared["register_health_checks"]),
        commands=_pairs(declared["register_commands"]),
    )


def _check_references(
    declared: Declared, known: set[str], routes: Mapping[str, Address], events: set[type[Event]]
) -> None:
    """Refuse names that nobody declares: permissions, routes and events."""
    named = [
        *(
            (module, f"route '{route.name}'", [route.permission])
            for module, route in declared["register_routes"]
        ),
        *((module, f"role '{role.key}'", role.permissions) for module, role in declared["register_roles"]),
        *(
            (module, f"dashboard card '{card.key}'", [card.permission])
            for module, card in declared["register_dashboard_cards"]
        ),
        *(
            (module, f"navigation '{item.title}'", [item.permission])
            for module, item in declared["register_navigation"]
        ),
    ]
    for module, what, permissions in named:
        for key in set(permissions) - known:
            raise CatalogueError(
                f"Module '{module.key}': {what} names permission '{key}', which no module declares."
            )
    for module, item in declared["register_navigation"]:
        if item.route not in routes:
            raise CatalogueError(
                f"Module '{module.key}': navigation '{item.title}' leads to unknown route '{item.route}'."
            )
    for module, subscriber in declared["register_subscribers"]:
        if subscriber.event not in events:
            raise CatalogueError(
                f"Module '{module.key}' subscribes to {subscriber.event.__name__}, which no module registers."
            )


_TYPES: dict[str, type] = {
    "register_routes": Route, "register_permissions": Permission, "register_roles": Role,
    "register_navigation": NavItem, "register_events": type, "register_subscribers": Subscriber,
    "register_jobs": Job, "register_dashboard_cards": DashboardCard, "register_health_checks": HealthCheck,
    "register_commands": Command,
}  # fmt: skip


def _check_types(declared: Declared) -> None:
    for hook, items in declared.items():
        for module, item in items:
            right = isinstance(item, _TYPES[hook]) and (hook != "register_events" or issubclass(item, Event))
            if not right:
                raise CatalogueError(
                    f"Module '{module.key}': {hook}() returned {item!r}, not a {_TYPES[hook].__name__}."
                )


def _unique(
    what: str, items: list[tuple[LoadedModule, Any]], key_of: Any, *, own_prefix: bool
) -> dict[str, tuple[LoadedModule, Any]]:
    found: dict[str, tuple[LoadedModule, Any]] = {}
    for module, item in items:
        key = key_of(item)
        if key in found:
            raise CatalogueError(
                f"Modules '{found[key][0].key}' and '{module.key}' both declare {what} '{key}'."
            )
        if own_prefix and not key.startswith(f"{module.key}."):
            raise CatalogueError(f"Module '{module.key}': {what} '{key}' must start with '{module.key}.'.")
        found[key] = (module, item)
    return found


def _addresses(items: list[tuple[LoadedModule, Route]]) -> dict[str, Address]:
    found: dict[str, Address] = {}
    shapes: dict[str, Address] = {}
    for module, route in items:
        if not route.permission:
            raise CatalogueError(
                f"Module '{module.key}': route '{route.name}' names no permission; say PUBLIC if you mean it."
            )
        if not route.name.startswith(f"{module.key}."):
            raise CatalogueError(
                f"Module '{module.key}': route name '{route.name}' must start with '{module.key}.'."
            )
        if route.area in ("sso", "root") and not module.manifest.builtin:
            raise CatalogueError(f"Module '{module.key}': area '{route.area}' belongs to the platform.")
        prefix = PREFIXES[route.area] + ("" if module.manifest.builtin else f"{module.key}/")
        address = Address(route, module.manifest, (prefix + route.path.lstrip("/")))
        # Falcon would silently replace a route with the same template, so duplicates end the start.
        shape = _FIELD.sub("{}", address.template)
        if route.name in found or shape in shapes:
            other = found.get(route.name) or shapes[shape]
            raise CatalogueError(
                f"Modules '{other.module.key}' and '{module.key}' both declare "
                f"{f'route name {route.name!r}' if route.name in found else f'the address {address.template}'}."
            )
        found[route.name] = shapes[shape] = address
    return found


def _items(found: dict[str, tuple[LoadedModule, Any]]) -> Mapping[str, Any]:
    return MappingProxyType({key: item for key, (_, item) in found.items()})


def _pairs(items: list[tuple[LoadedModule, Any]], key: Any = None) -> tuple[tuple[Manifest, Any], ...]:
    pairs = [(module.manifest, item) for module, item in items]
    return tuple(sorted(pairs, key=lambda pair: key(pair[1])) if key else pairs)
