"""Who may import whom: core ← tenants ← sso; a module sees the toolkit and the api.py of what it requires."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import core.api
from core.app import load_modules

ROOT = Path(__file__).parents[2]
PRODUCT = ("core", "tenants", "sso", "plugins")
MAY_IMPORT = {"core": {"core"}, "tenants": {"core", "tenants"}, "sso": {"core", "tenants", "sso"}}
COMPOSITION_ROOT = "core/app.py"
"""The file of the kernel that puts everything together and so knows everybody."""
MODULES = sorted(path.parent for path in ROOT.glob("plugins/*/plugin.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the dotted names a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: write the import out, without dots"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_go_one_way(package):
    wrong = []
    for path in sources(package):
        place = path.relative_to(ROOT).as_posix()
        if not place.startswith(COMPOSITION_ROOT):
            wrong += [
                f"{place}:{line} imports {name}"
                for line, name in imports(path)
                if name.partition(".")[0]
                in {*PRODUCT, "tests", "scripts", "benchmarks"} - MAY_IMPORT[package]
            ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_sees_the_toolkit_and_what_it_requires(module):
    _host, catalogue = load_modules()
    requires = catalogue.modules[module.name].manifest.requires
    open_to_it = ("core.api.", f"plugins.{module.name}.", *(f"plugins.{key}.api." for key in requires))
    wrong = []
    for path in sorted(module.rglob("*.py")):
        for line, name in imports(path):
            ours = name.partition(".")[0] in {*PRODUCT, "tests", "scripts"}
            if ours and name != f"plugins.{module.name}" and not f"{name}.".startswith(open_to_it):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert not wrong, (
        "modules import from core.api only (and from the api.py of modules they require):\n"
        + "\n".join(wrong)
    )


def test_the_toolkit_lists_all_it_offers_and_offers_all_it_lists():
    tree = ast.parse((ROOT / "core/api.py").read_text("utf-8"))
    offered = [
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    listed = core.api.__all__
    assert sorted(offered) == sorted(listed)
    assert listed == sorted(listed, key=lambda name: (name.lower(), name)), "keep the list in order"
    assert all(hasattr(core.api, name) for name in listed)


def test_modules_take_only_what_the_toolkit_lists():
    taken = {
        alias.name
        for path in sources("plugins")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "core.api"
        for alias in node.names
    }
    assert taken <= set(core.api.__all__)
