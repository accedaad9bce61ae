"""No module of cases grows without somebody saying so: what each costs in lines, and where more than 1,200 come from."""

import re
from collections import Counter
from pathlib import Path

import pytest

from core.app import load_modules

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/writing-a-module.md").read_text("utf-8")
AIM = 1_200
CEILINGS = {"press_issues": 3_015, "voter_opinions": 3_770, "citizen_questions": 2_860}
"""Lines of Python without sample data; docs/writing-a-module.md says what they are for. These only sink."""
PARTS = {
    "declarations, facts": r"plugin|events|api|cli",
    "tables": r"models|migrations/.*",
    "rules of the trade": r"kinds|rules|milestones|services|answering|masking|competence|guarding|jobs|lists",
    "what is asked": r"queries",
    "pages and forms": r"resources(_forms|_office|_sessions)?|schemas|views",
    "public pages": r"public",
    "reading what others wrote": r"reading|feeds|intakes|resources_(feeds|intakes)",
    "API": r"resources_api",
}
"""The columns of the table in the guide, by names of files."""
CASE_MODULES = sorted(
    path.parent.name
    for path in ROOT.glob("plugins/*/plugin.py")
    if path.parent.name != "casework" and "def register_workflows" in path.read_text("utf-8")
)


def lines(module: str) -> Counter:
    """Count the lines of a module by part, empty ones too, without sample data."""
    found, folder = Counter(), ROOT / "plugins" / module
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name == "__init__" or path.stem.startswith("demo"):
            continue
        part = next((part for part, names in PARTS.items() if re.fullmatch(names, name)), "")
        assert part, f"{module}/{name}.py belongs to no part of the table in docs/writing-a-module.md"
        found[part] += len(path.read_text("utf-8").splitlines())
    return found


def test_every_case_module_is_known_here():
    _host, catalogue = load_modules()
    assert set(CASE_MODULES) <= set(catalogue.modules)
    assert set(CEILINGS) <= set(CASE_MODULES)


@pytest.mark.parametrize("module", CASE_MODULES)
def test_a_module_of_cases_stays_below_its_ceiling(module):
    found = lines(module)
    assert found.total() <= CEILINGS.get(module, AIM), (
        f"{module} has {found.total()} lines. Move what other modules repeat to plugins/casework, or raise its ceiling and say why in "
        f"docs/writing-a-module.md: {dict(found)}"
    )


@pytest.mark.parametrize("module", CEILINGS)
def test_the_guide_tells_what_a_module_costs(module):
    told = re.search(rf"^\| `{module}` \|(.*)\|$", GUIDE, re.MULTILINE)
    assert told, f"docs/writing-a-module.md tells nothing of the lines of {module}"
    *parts, total = [int(number.replace(",", "")) for number in told[1].split("|")]
    found = lines(module)
    # In round numbers, so that a sentence more needs no other table.
    for name, number in zip(PARTS, parts, strict=True):
        assert abs(found[name] - number) <= max(50, number * 0.15), f"{module}, {name}: {found[name]} lines"
    assert abs(found.total() - total) <= total * 0.05, f"{module}: {found.total()} lines"
