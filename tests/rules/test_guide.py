"""The guide for module authors names everything there is to use, and nothing that is gone."""

import re
from pathlib import Path

import pytest

import core.api
import plugins.pages.api
from core.app import load_modules

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/writing-a-module.md").read_text("utf-8")
EXAMPLE = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "plugins/example").rglob("*.py")))


def section(title: str) -> str:
    return re.split(r"^## ", GUIDE.partition(f"## {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def names_in(title: str) -> list[str]:
    rows = "\n".join(line for line in section(title).splitlines() if line.startswith("| "))
    return sorted(re.findall(r"`(\w+)`", rows))


def test_the_guide_names_the_whole_toolkit():
    assert names_in("The toolkit") == sorted(core.api.__all__)
    assert names_in("Pages of forms and objects") == sorted(plugins.pages.api.__all__)


@pytest.mark.parametrize(("file", "alias"), [("components.html", "c"), ("lists.html", "l")])
def test_the_guide_names_every_component(file, alias):
    source = (ROOT / "core/templates/core" / file).read_text("utf-8")
    named = re.findall(rf"`{alias}\.(\w+)[`(]", section("The components"))
    assert sorted(named) == sorted(re.findall(r"\{% macro ([a-z]\w*)\(", source))


def test_the_pieces_of_code_are_running_code():
    text = section("A day") + section("The API")
    running = [
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "def test_" not in block
    ]
    assert len(running) == 3
    for block in running:
        # Where the piece stands deeper in its file, only the margin differs.
        plain = re.sub(r"^\s+", "", block.strip(), flags=re.MULTILINE)
        assert plain in re.sub(r"^\s+", "", EXAMPLE, flags=re.MULTILINE), block


def test_the_table_of_modules_is_up_to_date():
    _host, catalogue = load_modules()
    page = (ROOT / "plugins/README.md").read_text("utf-8")
    for manifest in catalogue.manifests():
        if (ROOT / "plugins" / manifest.key / "plugin.py").exists():
            requires = ", ".join(f"`{key}`" for key in manifest.requires) or "—"
            row = f"| [`{manifest.key}`]({manifest.key}/plugin.py) | {manifest.title} | {manifest.summary} | {requires} |"
            assert row in page, f"plugins/README.md needs this line:\n{row}"
    assert set(re.findall(r"^\| \[`(\w+)`\]", page, re.MULTILINE)) <= set(catalogue.modules)


def test_every_address_of_the_api_guide_is_answered_by_somebody():
    _host, catalogue = load_modules()
    text = (ROOT / "docs/api.md").read_text("utf-8")
    patterns = [re.sub(r"\{[^}]+\}", "[^/]+", route.pattern) for route in catalogue.routes.values()]
    addresses = re.findall(r"(?:https://lienthong\.example|[`\"])(/(?:api/|api-)[^\s`\"?]+)", text)
    assert len(addresses) >= 6
    for address in addresses:
        if "<" not in address:
            assert any(re.fullmatch(pattern, address) for pattern in patterns), address
