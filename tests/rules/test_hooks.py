"""Every hook is documented with its exact signature, tested under its name and used by a module of ours."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from core import hookspecs
from core.app import load_modules
from core.host import implementation_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/hooks.md").read_text("utf-8")
_HOST, CATALOGUE = load_modules()
BROUGHT = [each.manifest.hooks for each in CATALOGUE.modules.values() if each.manifest.hooks]
"""The hooks that modules of ours bring for others."""
SPECS = {name: value for each in (hookspecs, *BROUGHT) for name, value in vars(each).items()}
HOOKS = {
    **dict.fromkeys(_HOST.hooks, "declare"),
    **dict.fromkeys(hookspecs.RUN, "run"),
    **dict.fromkeys(hookspecs.COLLECT, "collect"),
}
EXAMPLE = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "plugins").rglob("*.py")))

each_hook = pytest.mark.parametrize("hook", sorted(HOOKS))


def signature(hook: str) -> str:
    """Return a hook as Python writes it, with plain names of types: check_access(obj: object) -> Deny | None."""
    written = str(inspect.signature(SPECS[hook]))
    return hook + re.sub(r"[\w.]+\.(\w+)", r"\1", written)


def chapter(hook: str) -> str:
    """Return a hook's chapter of docs/hooks.md."""
    heading = f"### `{signature(hook)}`\n"
    assert PAGE.count(heading) == 1, f"docs/hooks.md needs this chapter, once:\n{heading}"
    return re.split(r"^##", PAGE.partition(heading)[2], maxsplit=1, flags=re.MULTILINE)[0]


def test_every_hook_has_its_mode():
    specified = {name for name, value in SPECS.items() if hasattr(value, f"{hookspecs.PROJECT}_spec")}
    assert specified == set(HOOKS)
    assert len(HOOKS) == len(_HOST.hooks) + len(hookspecs.RUN) + len(hookspecs.COLLECT)


@each_hook
def test_every_hook_says_in_the_code_what_to_return_and_since_when(hook):
    said = inspect.getdoc(SPECS[hook])
    assert re.match(r"[A-Z][^.]*[.;]", said), hook
    assert re.search(r"Added in \d+\.\d+\.", said), hook


@each_hook
def test_every_hook_has_a_chapter_with_mode_and_return(hook):
    text = chapter(hook)
    assert f"**Mode** {HOOKS[hook]}" in text
    for part in ("**When**", "**Return**", "**Errors**"):
        assert part in text, f"{hook}: the chapter lacks {part}"


def test_the_page_has_no_chapter_of_a_hook_that_is_gone():
    assert set(re.findall(r"^### `(\w+)\(", PAGE, re.MULTILINE)) == set(HOOKS)


@each_hook
def test_the_examples_on_the_page_are_running_code(hook):
    (block,) = re.findall(r"```python\n(.*?)```", chapter(hook), re.DOTALL)
    assert f"def {hook}(" in block
    assert block.strip() in EXAMPLE, f"{hook}: the example is in no module of ours any more:\n{block}"


@each_hook
def test_every_hook_has_a_test_of_its_name(hook):
    tree = ast.parse((ROOT / "tests/every_hook_plugin/test_hooks.py").read_text("utf-8"))
    assert f"test_hook_{hook}" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@each_hook
def test_every_hook_is_used_by_a_module_of_ours(hook):
    users = [key for key in CATALOGUE.modules if implementation_of(_HOST.manager, hook, key)]
    assert users, f"no module uses {hook}: take it out, and bring it back with a module that needs it"
