"""Registers in Chromium: entering, voiding and printing, by everybody and on every screen."""

import re

import pytest

from plugins.casework import demo
from plugins.casework.registers.books import OUTGOING
from plugins.casework.registers.queries import agency_day
from tests.support.browsing import inspect
from tests.support.samples import seeded
from tests.support.serving import Window, served

PAGES = (
    ("casework.registers", {}),
    ("casework.register_entries", {}),
    ("casework.register", {"book": OUTGOING.key}),
    ("casework.register_new", {"book": OUTGOING.key}),
    ("casework.register_open", {"book": OUTGOING.key}),
    ("casework.register_format", {"book": OUTGOING.key}),
)


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as opened:
        yield opened
        assert opened.trouble == []


def test_a_clerk_enters_a_document_voids_its_number_and_prints_the_book(agency, window: Window):
    clerk = agency.officer("casework.register_keeper")
    seeded(demo.seed, agency, [clerk])
    page = window.of(clerk)
    for route, fields in PAGES:
        page.goto(agency.url(route, **fields))
        inspect(page)
    page.goto(agency.url("casework.register_new", book=OUTGOING.key))
    page.get_by_label("Ký hiệu").fill("UBND-VP")
    page.get_by_label("Trích yếu").fill("Công văn về lịch tiếp công dân quý I")
    page.get_by_role("button", name="Vào sổ và cấp số").click()
    page.wait_for_url("**/register-entries/*")
    number = page.locator("h1").inner_text().removeprefix("Số ")
    assert number.endswith("/UBND-VP")
    inspect(page)
    page.get_by_role("link", name="Huỷ số…").first.click()
    page.get_by_label("Lý do huỷ").fill("Vào sổ hai lần")
    inspect(page)
    page.get_by_role("button", name="Huỷ số").click()
    page.get_by_text("Đã huỷ").first.wait_for()
    page.goto(agency.url("casework.register_entries") + "?q=tiep cong dan&state=void")
    assert page.locator("table s").first.inner_text() == number
    with agency.at_work():
        year = agency_day().year
    page.goto(agency.url("casework.register_print", book=OUTGOING.key, year=year))
    inspect(page)
    page.emulate_media(media="print")
    assert page.locator(".cw-signing").is_visible()
    assert not page.get_by_role("button", name="In sổ").is_visible()
    assert (
        page.locator("table.cw-book tr").filter(has_text="Vào sổ hai lần").locator("s").first.inner_text()
        == number
    )
    wide, high = re.search(
        rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", page.pdf(prefer_css_page_size=True)
    ).groups()
    assert float(wide) > float(high) > 590, "the book is printed on A4, landscape"
