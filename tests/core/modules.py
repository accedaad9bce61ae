"""Modules made up on the spot, to see what the host says to them."""

import types
from importlib.metadata import EntryPoint

from core.declarations import Manifest, Route, document
from core.hookspecs import hookimpl
from core.host import ENTRY_POINT_GROUP, PluginHost


class Page:
    """A resource that answers nothing."""

    @document()
    @document()
    def on_get(self, req, resp):
        """Answer nothing."""


def module(key="alpha", *, manifest=None, hooks=(), **fields):
    """Return a module `key` whose hooks are functions, or lists that its declare hooks return."""
    made = types.ModuleType(key)
    made.__file__ = __file__
    made.manifest = manifest or Manifest(key, key.title(), "", "1.0", **fields)
    for name, hook in dict(hooks).items():
        function = hook if callable(hook) else _returning(hook)
        function.__name__ = name
        setattr(made, name, hookimpl(function))
    return made


def _returning(items):
    return lambda: items


def route(
    key="alpha", name="home", path="", permission="core.member", area="office", resource=None, suffix=None
):
    return Route(area, path, resource or Page(), f"{key}.{name}", permission, suffix)


def boot(*modules):
    """Register modules as if they were installed, and boot them."""
    host = PluginHost()
    for each in modules:
        host.register(each)
    return host.boot()


def entry_point(name, value):
    return EntryPoint(name, value, ENTRY_POINT_GROUP)
