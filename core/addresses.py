"""The addresses of an installation: which stands where, with whose permission, and what they refuse."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from falcon.routing import CompiledRouter

from core.declarations import Document, Manifest, PluginError, Route

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
    def shape(self) -> str:
        """The pattern whatever its fields are called: two of one shape are the same address."""
        return _FIELD.sub("{}", self.pattern)

    @property
    def fields(self) -> list[str]:
        """The names of the fields in the template."""
        return list(_parsed(self.template)[0])

    @property
    def suffix(self) -> str:
        return f"_{self.route.suffix}" if self.route.suffix else ""

    @property
    def responders(self) -> dict[str, Callable[..., None]]:
        """The resource's responders by method, such as `post`."""
        found = {each: getattr(self.route.resource, f"on_{each}{self.suffix}", None) for each in METHODS}
        return {method: responder for method, responder in found.items() if responder is not None}

    def matches(self, path: str) -> bool:
        """Tell whether a path without a slash at its end may be one of this address."""
        return re.fullmatch("[^/]+".join(map(re.escape, self.shape.split("{}"))), path) is not None

    def url(self, **fields: object) -> str:
        """Return the address with its fields filled in; the rest of `fields` must not exist."""
        names, filled = _parsed(self.template)
        if fields.keys() != names.keys():
            raise KeyError(f"Route '{self.name}' takes {list(names)}, got {sorted(fields)}.")
        return filled(**fields)


def addresses(routes: Iterable[tuple[Manifest, Route]]) -> dict[str, Address]:
    """Return the address of each route by its name.

    Raises PluginError for one that breaks a rule, cannot stand or stands already.
    """
    found: dict[str, Address] = {}
    shapes: dict[str, Address] = {}
    router = CompiledRouter()
    for module, route in routes:
        complaint = next(_against_the_rules(module, route), "")
        if not complaint:
            address = Address(route, module, _prefix(module, route) + route.path.lstrip("/"))
            complaint = next(_unanswered(address), "")
        if complaint:
            raise PluginError(f"Module '{module.key}': route '{route.name}' {complaint}.")
        # Falcon would silently replace a route with the same template, so duplicates end the start.
        if other := found.get(route.name) or shapes.get(address.shape):
            twice = f"route name {route.name!r}" if route.name in found else f"the address {address.template}"
            raise PluginError(f"Modules '{other.module.key}' and '{module.key}' both declare {twice}.")
        try:
            router.add_route(address.pattern, object())
        except ValueError as error:
            raise PluginError(
                f"Module '{module.key}': the address {address.template} of route '{route.name}' cannot stand: {error}"
            ) from error
        found[route.name] = shapes[address.shape] = address
    return found


def _against_the_rules(module: Manifest, route: Route) -> Iterator[str]:
    """Say which rules of names and areas a route breaks."""
    if not route.name.startswith(f"{module.key}."):
        yield f"must have a name that starts with '{module.key}.'"
    if not route.permission:
        yield "names no permission; say PUBLIC if you mean it"
    if route.area not in PREFIXES:
        yield f"names area '{route.area}'; there are {', '.join(PREFIXES)}"
    if route.area in ("sso", "root") and not module.builtin:
        yield f"is in area '{route.area}', which belongs to the platform"
    first = route.path.partition("/")[0]
    if route.area == "portal" and module.public_root and _AGENCY_CODE.fullmatch(first):
        yield f"begins with '{first}', which could be an agency's code"


def _prefix(module: Manifest, route: Route) -> str:
    if module.builtin or (route.area in ("public", "portal") and module.public_root):
        return PREFIXES[route.area]
    return PREFIXES[route.area] + (f"{PROVINCE_WIDE}/" if route.area == "portal" else "") + f"{module.key}/"


def _unanswered(address: Address) -> Iterator[str]:
    """Say what an address lacks to be answered, and described where it is for programs."""
    resource: Any = address.route.resource
    if not address.responders:
        yield (f"leads to {type(resource).__name__}, which has no responder such as on_get{address.suffix}()")
    for method, responder in address.responders.items():
        if address.route.area == "api" and not isinstance(getattr(responder, "document", None), Document):
            yield (
                f"is in area 'api', but its responder for {method.upper()} does not say what it takes and answers; "
                "put @document(…) above it"
            )
