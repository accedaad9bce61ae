import sys
import types

import pytest

from core.declarations import Manifest, PluginError
from core.hookspecs import hookimpl
from core.host import PluginHost
from tenants.upkeep.migrations import migration_sets
from tests.core.modules import boot, entry_point, module


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Write source files that entry points can name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    written = []

    def write(name, source):
        (tmp_path / f"{name}.py").write_text(source, "utf-8")
        written.append(name)
        return entry_point(name, name)

    yield write
    for name in written:
        sys.modules.pop(name, None)


GOOD = "from core.api import Manifest\nmanifest = Manifest('{key}', 'Tốt', '', '1')\n"


def test_an_installed_module_is_found_by_its_entry_point(installed):
    host = PluginHost()
    host.discover([installed("good", GOOD.format(key="good"))])
    assert list(host.boot().modules) == ["good"]


def test_a_module_that_raises_on_import_is_named(installed):
    point = installed("broken", "raise ZeroDivisionError('by zero')")
    with pytest.raises(
        PluginError, match=r"Module 'broken' \(broken\).*ZeroDivisionError: by zero.*BLOCKED_MODULES=broken"
    ):
        PluginHost().discover([point])


def test_a_module_that_ends_the_process_on_import_is_named(installed):
    with pytest.raises(PluginError, match=r"Module 'quitter'.*SystemExit"):
        PluginHost().discover([installed("quitter", "raise SystemExit(3)")])


def test_a_blocked_module_is_not_even_imported(installed):
    host = PluginHost(blocked=["broken"])
    host.discover(
        [installed("broken", "raise ZeroDivisionError"), installed("good", GOOD.format(key="good"))]
    )
    assert list(host.boot().modules) == ["good"]


def test_one_name_for_entry_point_and_manifest(installed):
    with pytest.raises(PluginError, match="Module 'other' is installed under the entry-point name 'good'"):
        PluginHost().discover([installed("good", GOOD.format(key="other"))])


def test_a_file_without_a_manifest_is_named(installed):
    with pytest.raises(PluginError, match="Module 'bare' has no `manifest"):
        PluginHost().discover([installed("bare", "")])


@pytest.mark.parametrize("key", ["Alpha", "a", "a-b", "1st", "a" * 41, "core", "pg_catalog"])
def test_keys_that_could_not_name_a_schema_and_an_address_are_refused(key):
    with pytest.raises(PluginError, match=f"Module key '{key}'"):
        boot(module(key))


def test_a_duplicate_key_names_the_module():
    with pytest.raises(PluginError, match="Two modules call themselves 'alpha'"):
        boot(module(), module())


def test_another_hook_api_leaves_the_module_out_and_says_so():
    catalogue = boot(module(hook_api=">=2.0"), module("beta"))
    assert list(catalogue.modules) == ["beta"]
    (left_out,) = catalogue.incompatible
    assert left_out.key == "alpha"
    assert "needs hook API >=2.0, this platform has" in left_out.reason


def test_what_requires_an_incompatible_module_is_left_out_too():
    catalogue = boot(
        module(hook_api=">=2.0"), module("beta", requires=("alpha",)), module("gamma", requires=("beta",))
    )
    assert not catalogue.modules
    assert [(each.key, each.reason) for each in catalogue.incompatible[1:]] == [
        ("beta", "requires alpha, which is incompatible"),
        ("gamma", "requires beta, which is incompatible"),
    ]


@pytest.mark.parametrize("hook_api", ["latest", "~> 1"])
def test_a_hook_api_that_is_no_range_names_the_module(hook_api):
    with pytest.raises(PluginError, match=f"Module 'alpha': hook_api '{hook_api}' is not a version range"):
        boot(module(hook_api=hook_api))


def test_a_missing_requirement_names_both_modules():
    with pytest.raises(PluginError, match="Module 'alpha' requires 'casework', which is not installed"):
        boot(module(requires=("casework",)))


def test_a_blocked_requirement_is_called_blocked():
    host = PluginHost(blocked=["casework"])
    host.register(module(requires=("casework",)))
    with pytest.raises(
        PluginError, match="Module 'alpha' requires 'casework', which is blocked by LIENTHONG_BLOCKED_MODULES"
    ):
        host.boot()


def test_requirements_written_as_one_text_are_refused():
    with pytest.raises(
        PluginError, match=r"Module 'alpha': requires must be a tuple of keys: \('casework',\)"
    ):
        boot(module(requires="casework"))


def test_a_circle_of_requirements_names_the_modules():
    with pytest.raises(PluginError, match=r"require each other in a circle: .*alpha.*") as caught:
        boot(
            module(requires=("gamma",)),
            module("beta", requires=("alpha",)),
            module("gamma", requires=("beta",)),
        )
    assert all(key in str(caught.value) for key in ("alpha", "beta", "gamma"))


def test_the_order_follows_requirements_then_keys_and_never_registration():
    modules = [
        module("zeta"),
        module("alpha", requires=("zeta",)),
        module("beta"),
        module("eta", requires=("alpha", "beta")),
    ]
    expected = ["beta", "zeta", "alpha", "eta"]
    assert list(boot(*modules).modules) == expected
    assert list(boot(*reversed(modules)).modules) == expected


def test_the_platforms_own_modules_come_first_in_their_order():
    builtin = [module("zz", builtin=True), module("aa", builtin=True)]
    assert list(boot(module("alpha", requires=("aa",)), *builtin).modules) == ["zz", "aa", "alpha"]


def test_a_module_that_raises_in_declare_is_named_with_its_hook():
    with pytest.raises(PluginError, match=r"Module 'alpha' failed in register_routes\(\): ZeroDivisionError"):
        boot(module(hooks={"register_routes": lambda: 1 / 0}))


def test_a_declare_hook_that_returns_nothing_is_named():
    with pytest.raises(PluginError, match=r"Module 'alpha' failed in register_jobs\(\): TypeError"):
        boot(module(hooks={"register_jobs": lambda: None}))


def test_an_unknown_hook_is_named():
    with pytest.raises(PluginError, match=r"Module 'alpha' implements a hook wrongly: .*register_router"):
        boot(module(hooks={"register_router": []}))


def test_an_argument_the_hook_does_not_have_is_named():
    with pytest.raises(PluginError, match=r"(?s)Module 'alpha' implements a hook wrongly: .*request"):
        boot(module(hooks={"object_actions": lambda request, obj: []}))


def test_a_default_argument_is_refused():
    # pluggy would fill it in or not, depending on its version.
    with pytest.raises(PluginError, match="Module 'alpha': seed_demo gives 'make' a default"):
        boot(module(hooks={"seed_demo": lambda tenant, make=None: None}))


def test_a_wrapper_is_refused():
    def object_actions(context, obj):
        return (yield)

    plugin = types.ModuleType("alpha")
    plugin.__file__ = __file__
    plugin.manifest = Manifest("alpha", "Alpha", "", "1")
    plugin.object_actions = hookimpl(wrapper=True)(object_actions)
    with pytest.raises(PluginError, match="Module 'alpha': object_actions is a wrapper"):
        boot(plugin)


def test_migrations_are_found_beside_the_plugin_in_the_order_of_requirement(tmp_path):
    made = []
    for key, requires in (("beta", ()), ("alpha", ("beta",)), ("empty", ())):
        each = module(key, requires=requires)
        each.__file__ = str(tmp_path / key / "plugin.py")
        if key != "empty":
            (tmp_path / key / "migrations").mkdir(parents=True)
        made.append(each)
    sets = migration_sets(boot(*made).modules.values())
    assert [(each.schema, each.directory) for each in sets] == [
        ("beta", tmp_path / "beta/migrations"),
        ("alpha", tmp_path / "alpha/migrations"),
    ]
