"""Every component is in the living catalogue, in each of its pages' languages."""

import re
from pathlib import Path

import pytest

from plugins.showcase.samples import COMPONENTS

TEMPLATES = Path(__file__).parents[2] / "core/templates/core"
PAGES = {path.stem: path.read_text("utf-8") for path in sorted((TEMPLATES / "catalogue").glob("*.html"))}


@pytest.mark.parametrize(("file", "alias"), [("components.html", "c"), ("lists.html", "l")])
def test_every_macro_is_shown_in_the_catalogue(file, alias):
    source = (TEMPLATES / file).read_text("utf-8")
    macros = set(re.findall(r"\{% macro ([a-z]\w*)\(", source))
    shown = {name for text in PAGES.values() for name in re.findall(rf"\b{alias}\.(\w+)\(", text)}
    missing = sorted(macros - shown)
    assert not missing, f"show these in a page of core/templates/core/catalogue: {', '.join(missing)}"
    assert shown <= macros


def test_every_page_of_the_catalogue_is_listed_and_has_its_template():
    assert set(COMPONENTS) == set(PAGES) - {"index", "frame"}
