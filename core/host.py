"""Find modules, check them one by one and boot them into one catalogue."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
import structlog
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from core import hookspecs
from core.catalogue import Catalogue, LoadedModule, build_catalogue
from core.declarations import Declared, Manifest, PluginError

ENTRY_POINT_GROUP = "lienthong.modules"
_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
# Schemas of the platform, and the first parts of its own addresses, which a module's would fall into:
# tests/rules/test_routes.py names what is missing here.
RESERVED_KEYS = frozenset({
    "core", "jobs", "public", "agency", "api", "admin", "sso", "static", "pg_catalog", "information_schema", "why",
    "agencies", "audit", "health", "logo", "me", "modules", "own", "people", "provisioning", "roles", "settings", "start", "tokens", "units",
})  # fmt: skip

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Incompatible:
    """A module left out because it asks for another hook API, or for a module left out."""

    key: str
    reason: str


class PluginHost:
    """Holds the pluggy manager and the modules registered with it."""

    def __init__(self, builtins: Iterable[ModuleType] = (), blocked: Iterable[str] = ()) -> None:
        self.manager = pluggy.PluginManager(hookspecs.PROJECT)
        self.manager.add_hookspecs(hookspecs)
        self.blocked = frozenset(blocked)
        self.incompatible: list[Incompatible] = []
        self.hooks = dict(hookspecs.DECLARE)
        self._modules: dict[str, LoadedModule] = {}
        for plugin in builtins:
            self.register(plugin)

    def discover(self, points: Iterable[EntryPoint] | None = None) -> None:
        """Register every installed module of the entry-point group `lienthong.modules`."""
        found = entry_points(group=ENTRY_POINT_GROUP) if points is None else points
        for point in sorted(found, key=lambda each: each.name):
            if point.name in self.blocked:
                log.warning("module.blocked", module=point.name)
                continue
            try:
                plugin = point.load()
            except (Exception, SystemExit) as error:  # a module that ends the process at import is no better
                raise PluginError(
                    f"Module '{point.name}' ({point.value}) could not be imported: {type(error).__name__}: {error}. "
                    f"Mend it, uninstall it, or start without it: LIENTHONG_BLOCKED_MODULES={point.name}"
                ) from error
            self.register(plugin, expected_key=point.name)

    def register(self, plugin: Any, *, expected_key: str | None = None) -> None:
        """Check a module's manifest and hook implementations and take it in.

        Raises PluginError; a module for another hook API is noted in `incompatible` instead.
        """
        manifest = _manifest_of(plugin, expected_key)
        if manifest.key in self._modules:
            raise PluginError(
                f"Two modules call themselves '{manifest.key}': {self._modules[manifest.key].plugin} and {plugin}."
            )
        if hookspecs.HOOK_API not in SpecifierSet(manifest.hook_api):
            reason = f"needs hook API {manifest.hook_api}, this platform has {hookspecs.HOOK_API}"
            self.incompatible.append(Incompatible(manifest.key, reason))
            log.error("module.incompatible", module=manifest.key, reason=reason)
            return
        try:
            if manifest.hooks:
                self._take_hooks(manifest.key, manifest.hooks)
            self.manager.register(plugin, name=manifest.key)
            _refuse_unusual_implementations(self.manager, manifest.key)
        except pluggy.PluginValidationError as error:
            # Hooks that come after a module which implements them may find that one wrong.
            key = self.manager.get_name(error.plugin) or manifest.key
            raise PluginError(f"Module '{key}' implements a hook wrongly: {error}") from error
        self._modules[manifest.key] = LoadedModule(manifest, plugin, _folder_of(plugin))

    def _take_hooks(self, key: str, hooks: ModuleType) -> None:
        """Take in the hooks that a module brings for others."""
        brought: Mapping[str, Declared] = getattr(hooks, "DECLARE", {})
        specs = {name for name in dir(hooks) if self.manager.parse_hookspec_opts(hooks, name) is not None}
        kinds = {each.kind: hook for hook, each in (*brought.items(), *self.hooks.items()) if each.what}
        # Modules that would return one class from two hooks would hide each other's in the catalogue.
        wrong = [f"{hook} is not both in DECLARE and a @hookspec" for hook in sorted(specs ^ brought.keys())]
        for hook, each in brought.items():
            if each.what and kinds[each.kind] != hook:
                wrong.append(f"{hook} returns {each.kind.__name__}, as {kinds[each.kind]} does")
            if each.check and not each.what:
                wrong.append(f"{hook} has a check, which needs a `what`")
        try:
            self.manager.add_hookspecs(hooks)
        except ValueError as error:
            wrong.insert(0, str(error))
        if wrong:
            raise PluginError(f"Module '{key}' brings its hooks wrongly: {wrong[0]}.")
        self.hooks.update(brought)

    def boot(self) -> Catalogue:
        """Order the modules, run the declare hooks and return the checked, frozen catalogue.

        Raises PluginError naming the module and the declaration that is wrong.
        """
        modules = self._in_order()
        _refuse_unknown_hooks(self.manager, modules)
        declared = {
            hook: [(module.manifest, item) for module in modules for item in self._declare(module, hook)]
            for hook in sorted(self.hooks)
        }
        return build_catalogue(modules, self.hooks, declared, self.incompatible)

    def _declare(self, module: LoadedModule, hook: str) -> list[Any]:
        implementation = implementation_of(self.manager, hook, module.key)
        if implementation is None:
            return []
        declare: Callable[[], Iterable[Any]] = implementation.function  # type: ignore[assignment]
        try:
            return list(declare())
        except Exception as error:
            raise PluginError(
                f"Module '{module.key}' failed in {hook}(): {type(error).__name__}: {error}"
            ) from error

    def _in_order(self) -> list[LoadedModule]:
        """Sort by requirement, then key; built-in modules come first, in the order given."""
        ordered = {key: module for key, module in self._modules.items() if module.manifest.builtin}
        left_out = {each.key for each in self.incompatible}
        for key in self._by_requirement():
            needed = set(self._modules[key].manifest.requires)
            if incompatible := sorted(needed & left_out):
                reason = f"requires {', '.join(incompatible)}, which is incompatible"
                self.incompatible.append(Incompatible(key, reason))
                left_out.add(key)
            elif missing := sorted(needed - ordered.keys()):
                why = (
                    "blocked by LIENTHONG_BLOCKED_MODULES" if missing[0] in self.blocked else "not installed"
                )
                raise PluginError(
                    f"Module '{key}' requires '{missing[0]}', which is {why}. "
                    f"Provide it, or start without '{key}' too (LIENTHONG_BLOCKED_MODULES)."
                )
            else:
                ordered[key] = self._modules[key]
        return list(ordered.values())

    def _by_requirement(self) -> list[str]:
        """Return the keys of the modules that are not built in, each after those it requires."""
        manifests = {key: module.manifest for key, module in sorted(self._modules.items())}
        sorter = TopologicalSorter({key: it.requires for key, it in manifests.items() if not it.builtin})
        try:
            sorter.prepare()
        except CycleError as error:
            circle = " → ".join(error.args[1])
            raise PluginError(f"Modules require each other in a circle: {circle}.") from error
        keys: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            keys += [key for key in ready if key in manifests and not manifests[key].builtin]
            sorter.done(*ready)
        return keys


def implementation_of(manager: pluggy.PluginManager, hook: str, key: str) -> pluggy.HookImpl | None:
    """Return one module's implementation of a hook."""
    caller = getattr(manager.hook, hook)
    return next((each for each in caller.get_hookimpls() if each.plugin_name == key), None)


def _manifest_of(plugin: Any, expected_key: str | None) -> Manifest:
    name = expected_key or getattr(plugin, "__name__", repr(plugin))
    manifest = getattr(plugin, "manifest", None)
    if not isinstance(manifest, Manifest):
        raise PluginError(f"Module '{name}' has no `manifest = Manifest(…)` at the top of its plugin file.")
    if expected_key and manifest.key != expected_key:
        raise PluginError(
            f"Module '{manifest.key}' is installed under the entry-point name '{expected_key}'; use one name."
        )
    if not _KEY.fullmatch(manifest.key) or (manifest.key in RESERVED_KEYS and not manifest.builtin):
        raise PluginError(
            f"Module key '{manifest.key}' must be 2–40 lower-case letters, digits and _, and not reserved."
        )
    requires: Any = manifest.requires
    if isinstance(requires, str):
        raise PluginError(f"Module '{manifest.key}': requires must be a tuple of keys: ({requires!r},).")
    try:
        SpecifierSet(manifest.hook_api)
    except InvalidSpecifier as error:
        raise PluginError(
            f"Module '{manifest.key}': hook_api {manifest.hook_api!r} is not a version range like '>=1.0,<2.0'."
        ) from error
    return manifest


def _refuse_unknown_hooks(manager: pluggy.PluginManager, modules: Iterable[LoadedModule]) -> None:
    """Refuse implementations of hooks that neither the kernel nor an installed module knows."""
    for module in modules:
        for caller in manager.get_hookcallers(module.plugin) or ():
            implementation = implementation_of(manager, caller.name, module.key)
            if not caller.has_spec() and implementation and not implementation.optionalhook:
                raise PluginError(
                    f"Module '{module.key}' implements a hook wrongly: nobody knows a hook '{caller.name}'."
                )


def _refuse_unusual_implementations(manager: pluggy.PluginManager, key: str) -> None:
    """Refuse wrappers and default arguments: the dispatcher calls each implementation by itself."""
    for caller in manager.get_hookcallers(manager.get_plugin(key)) or ():
        implementation = implementation_of(manager, caller.name, key)
        if implementation is None:
            continue
        if implementation.wrapper or implementation.hookwrapper:
            raise PluginError(f"Module '{key}': {caller.name} is a wrapper; hooks here are plain functions.")
        for each in inspect.signature(implementation.function).parameters.values():
            if each.default is not each.empty:
                raise PluginError(
                    f"Module '{key}': {caller.name} gives '{each.name}' a default; take only the arguments you use."
                )


def _folder_of(plugin: Any) -> Path:
    return Path(inspect.getfile(plugin if isinstance(plugin, ModuleType) else type(plugin))).parent
