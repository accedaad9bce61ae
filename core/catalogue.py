"""Everything the modules declared, checked against each other and frozen."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from core.addresses import Address, addresses
from core.declarations import (
    BUILT_IN_PERMISSIONS,
    OPERATOR,
    PUBLIC,
    Command,
    Declared,
    Manifest,
    NavItem,
    Permission,
    PluginError,
    PortalTile,
    Role,
    SearchSource,
    Section,
    Subscriber,
)
from core.events import Event, after_commit_job, check_event

if TYPE_CHECKING:
    from core.host import Incompatible

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class LoadedModule:
    """A registered module: its manifest, its plugin object and the folder it lives in."""

    manifest: Manifest
    plugin: Any
    folder: Path

    @property
    def key(self) -> str:
        return self.manifest.key


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """The frozen sum of all declarations; the only source of routes, roles, jobs and the rest."""

    modules: Mapping[str, LoadedModule]
    incompatible: tuple["Incompatible", ...]
    routes: Mapping[str, Address]
    permissions: Mapping[str, Permission]
    roles: Mapping[str, Role]
    events: Mapping[str, type[Event]]
    declared: Mapping[type, Mapping[str, tuple[Manifest, Any]]]
    """Everything else by its class; `of` returns it."""

    def manifests(self) -> list[Manifest]:
        """Return the manifests of the modules agencies can switch, in the order of requirement."""
        return [module.manifest for module in self.modules.values() if module.manifest.switchable]

    def of(self, kind: type[Item]) -> Mapping[str, tuple[Manifest, Item]]:
        """Return what modules declared of a class, each with its module: by key, in its order where it has one."""
        return self.declared.get(kind, {})

    def given_by(self, roles: Iterable[str]) -> set[str]:
        """Return the permissions that declared roles give together; what an agency declared itself gives none here."""
        return {each for key in roles if key in self.roles for each in self.roles[key].permissions}

    def url(self, name: str, **fields: object) -> str:
        """Return the address of a named route."""
        return self.routes[name].url(**fields)


OWN = frozenset({"register_routes", "register_permissions", "register_roles", "register_events"})
"""Hooks whose answers have a field of their own in the catalogue."""
Returned = Mapping[str, list[tuple[Manifest, Any]]]
"""Hook → what the modules returned from it."""


def build_catalogue(
    modules: Iterable[LoadedModule],
    hooks: Mapping[str, Declared],
    declared: Returned,
    incompatible: Iterable["Incompatible"],
) -> Catalogue:
    """Check all declarations together and freeze them.

    Raises PluginError for duplicates, unknown references and routes without a permission.
    """
    by_key = {module.key: module for module in modules}
    _check_manifests({key: module.manifest for key, module in by_key.items()})
    _check_types(hooks, declared)
    after_commit = [
        (module, after_commit_job(module.key, subscriber))
        for module, subscriber in declared["register_subscribers"]
        if subscriber.when == "after_commit"
    ]
    declared = {**declared, "register_jobs": [*declared["register_jobs"], *after_commit]}
    found = {hook: MappingProxyType(_by_key(each.what, declared[hook])) for hook, each in hooks.items()}

    def plain(hook: str) -> Mapping[str, Any]:
        return MappingProxyType({key: item for key, (_module, item) in found[hook].items()})

    catalogue = Catalogue(
        modules=MappingProxyType(by_key),
        incompatible=tuple(incompatible),
        routes=MappingProxyType(addresses(declared["register_routes"])),
        permissions=plain("register_permissions"),
        roles=plain("register_roles"),
        events=plain("register_events"),
        declared=MappingProxyType(
            {hooks[hook].kind: items for hook, items in found.items() if hook not in OWN}
        ),
    )
    brought = ((hook, f"{each.what} '{{0.key}}' ", each.check) for hook, each in hooks.items() if each.check)
    for hook, words, complaints in (*CHECKS, *brought):
        for module, item in declared[hook]:
            if complaint := next(complaints(module, item, catalogue), ""):
                raise PluginError(f"Module '{module.key}': {words.format(item)}{complaint}")
    _check_commands(catalogue.of(Command).values())
    return catalogue


def _check_manifests(modules: Mapping[str, Manifest]) -> None:
    """Refuse modules that stand on one that can be switched off, and two at the agencies' public address."""
    for it in modules.values():
        for required in it.requires:
            if it.always_on and modules[required].switchable:
                raise PluginError(
                    f"Module '{it.key}' is always on, but requires '{required}', which can be switched off."
                )
    roots = sorted(it.key for it in modules.values() if it.public_root)
    if len(roots) > 1:
        raise PluginError(f"Modules '{roots[0]}' and '{roots[1]}' both want the agencies' public address.")


def _check_types(hooks: Mapping[str, Declared], declared: Returned) -> None:
    for hook, items in declared.items():
        kind, event = hooks[hook].kind, hook == "register_events"
        wanted = "class of Event" if event else kind.__name__
        for module, item in items:
            if not isinstance(item, kind) or (event and Event not in getattr(item, "__mro__", ())):
                raise PluginError(f"Module '{module.key}': {hook}() returned {item!r}, not a {wanted}.")


def _by_key(what: str, items: Sequence[tuple[Manifest, Any]]) -> dict[str, tuple[Manifest, Any]]:
    """Return items by key; refuse a key given twice, and one without its module's name in front.

    What has no keys is numbered.
    """
    found: dict[str, tuple[Manifest, Any]] = {}
    for number, (module, item) in enumerate(sorted(items, key=_place)):
        key = f"{module.key}.{number}" if not what else item.name if what == "event" else item.key
        if first := found.get(key):
            raise PluginError(f"Modules '{first[0].key}' and '{module.key}' both declare {what} '{key}'.")
        if not key.startswith(f"{module.key}."):
            raise PluginError(f"Module '{module.key}': {what} '{key}' must start with '{module.key}.'.")
        found[key] = (module, item)
    return found


def _place(pair: tuple[Manifest, Any]) -> tuple[int, str]:
    """Return where an item stands among its kind; what has no order stays as modules require one another."""
    item = pair[1]
    order = getattr(item, "order", None)
    return (order, getattr(item, "title", "")) if isinstance(order, int) else (0, "")


# -- what an item may be refused for, in words that go on from its name -------------------------------


def _event(module: Manifest, event: type[Event], known: Catalogue) -> Iterator[str]:
    try:
        check_event(event)
    except TypeError as error:
        yield str(error)


def _subscriber(module: Manifest, subscriber: Subscriber, known: Catalogue) -> Iterator[str]:
    if subscriber.event not in known.events.values():
        yield "which no module registers."


def _permission(module: Manifest, item: Any, known: Catalogue) -> Iterator[str]:
    if item.permission not in known.permissions and item.permission not in BUILT_IN_PERMISSIONS:
        yield f"names permission '{item.permission}', which no module declares."


def _role(module: Manifest, role: Role, known: Catalogue) -> Iterator[str]:
    """Refuse roles that give more than their module has to give: agencies hand them out."""
    for key in role.permissions:
        owner = key.partition(".")[0]
        if key not in known.permissions:
            why = "no role can give" if key in BUILT_IN_PERMISSIONS else "no module declares"
            yield f"names permission '{key}', which {why}."
        elif not module.builtin and owner not in (module.key, *module.requires):
            yield f"gives '{key}' of '{owner}', which it does not require."


def _navigation(module: Manifest, item: NavItem, known: Catalogue) -> Iterator[str]:
    if item.route not in known.routes:
        yield f"leads to unknown route '{item.route}'."
    elif set(known.routes[item.route].fields) - {"tenant"}:
        # The navigation stands on every page: an address it cannot fill in would take them all down.
        yield f"leads to '{item.route}', whose address has fields of its own."
    if item.section not in get_args(Section):
        yield f"names section '{item.section}'; there are {', '.join(get_args(Section))}."


def _search(module: Manifest, source: SearchSource, known: Catalogue) -> Iterator[str]:
    """Refuse groups whose "show all" leads nowhere: the address has no field but the agency, in the console none."""
    fields = [] if source.permission == OPERATOR else ["tenant"]
    if source.route and (source.route not in known.routes or known.routes[source.route].fields != fields):
        yield f"leads to '{source.route}', which is no page of an agency without further fields."


def _tile(module: Manifest, tile: PortalTile, known: Catalogue) -> Iterator[str]:
    address = known.routes.get(tile.route)
    if address is None or address.module is not module or address.route.permission != PUBLIC:
        yield f"leads to '{tile.route}', which is no public page of its own."


CHECKS: tuple[tuple[str, str, Callable[[Manifest, Any, Catalogue], Iterator[str]]], ...] = (
    ("register_events", "", _event),
    ("register_subscribers", "subscribes to {0.event.__name__}, ", _subscriber),
    ("register_routes", "route '{0.name}' ", _permission),
    ("register_dashboard_cards", "dashboard card '{0.key}' ", _permission),
    ("register_roles", "role '{0.key}' ", _role),
    ("register_navigation", "navigation '{0.title}' ", _permission),
    ("register_navigation", "navigation '{0.title}' ", _navigation),
    ("register_search", "search source '{0.key}' ", _permission),
    ("register_search", "search source '{0.key}' ", _search),
    ("register_portal_pages", "tile '{0.title}' ", _tile),
)
"""Hook, how a refusal names its item, and what the item may be refused for."""


def _check_commands(commands: Iterable[tuple[Manifest, Command]]) -> None:
    found: set[tuple[str, str | None]] = set()
    for module, item in commands:
        places = {(module.key, item.command.name), *([("", item.command.name)] if item.top else [])}
        if found & places:
            raise PluginError(f"Module '{module.key}' declares the command '{item.command.name}' twice.")
        found |= places
