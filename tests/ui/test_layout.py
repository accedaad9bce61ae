"""A page stays where it is while it loads, and a full list stays light."""

from dataclasses import replace

import pytest

from tests.ui import samples

pytestmark = pytest.mark.browser

SHIFT = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(entry => { sum += entry.hadRecentInput ? 0 : entry.value; }))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 500);
})"""
PAGES = ("home", "people", "post-edit", "modules", "agencies", "component-object", "component-drafts")


@pytest.fixture
def full_list(monkeypatch):
    """The page of a list with its fifty rows."""
    rows = (samples.PEOPLE.rows * 9)[:50]
    template, _view, shell, fields = samples.PAGES["people"]
    monkeypatch.setitem(samples.PAGES, "fifty", (template, replace(samples.PEOPLE, rows=rows), shell, fields))
    return "fifty"


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_while_a_page_loads(open_page, name, size):
    page = open_page(name, viewport=dict(zip(("width", "height"), size, strict=True)))
    assert page.evaluate(SHIFT) < 0.02


def test_a_list_of_fifty_is_light_and_stands_still(open_page, full_list):
    page = open_page(full_list)
    assert page.locator("tbody tr").count() == 50
    assert page.evaluate("document.querySelectorAll('*').length") <= 1500
    assert page.evaluate(SHIFT) < 0.02
