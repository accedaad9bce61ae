"""The search field in Chromium: a panel while one types, arrows, Enter, Escape, and pages without script."""

import re

import pytest
from playwright.sync_api import expect

from plugins.search import queries
from tests.plugins.example.notebook import Notebook
from tests.support.browsing import PHONE, inspect, violations

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """On a busy machine a source may not answer within the second that somebody who types has."""
    monkeypatch.setattr(queries, "PATIENCE", "10s")


@pytest.fixture
def lan(ground):
    notebook = Notebook(ground.agency("example"))
    lan = notebook.writer(name="Hoàng Thị Lan")
    for title in ("Nạo vét mương kiệt 131 Trần Phú", "Mương trước số 88 Trần Phú có muỗi", "Lịch trực"):
        notebook.note(lan, title, "Việc của cả phòng: " + title)
    return lan


def focused(page):
    return page.evaluate("document.activeElement.textContent || document.activeElement.name")


def test_the_panel_shows_what_is_found_and_enter_opens_the_first(browse, lan):
    page = browse(lan, "tenants.home")
    page.keyboard.press("/")
    page.keyboard.type("muong")
    panel = page.locator("#lt-found")
    expect(panel.get_by_role("link", name="Nạo vét mương")).to_be_visible()
    expect(panel.locator("[data-lt-for]")).to_have_attribute("data-lt-for", "muong")
    expect(page.locator("#lt-live")).to_have_text("2 kết quả")
    assert panel.locator("b.lt-hit").first.text_content() == "Mương"
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mương trước số 88 Trần Phú có muỗi")


def test_arrows_go_through_the_panel_and_escape_closes_it(browse, lan):
    page = browse(lan, "tenants.home")
    page.keyboard.press("Control+k")
    page.keyboard.type("tran phu")
    panel = page.locator("#lt-found")
    expect(panel.locator("[data-lt-for]")).to_have_attribute("data-lt-for", "tran phu")
    expect(panel.get_by_role("link", name="Nạo vét mương")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "Nạo vét mương" in focused(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "q"
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert focused(page) == "q"
    page.keyboard.type(" ")
    expect(panel.get_by_role("link", name="Nạo vét mương")).to_be_visible()
    page.mouse.click(700, 850)
    expect(panel).to_be_hidden()


def test_enter_before_the_answer_opens_the_page_of_the_search(browse, lan):
    page = browse(lan, "tenants.home")
    page.keyboard.press("/")
    page.keyboard.type("zzz")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tìm “zzz”")
    expect(page.get_by_role("heading", name="Không có gì khớp “zzz”")).to_be_visible()


def test_the_page_is_accessible_and_works_on_a_phone_without_script(browse, lan):
    page = browse(lan, "search.page", query={"q": "muong"})
    inspect(page)
    phone = browse(lan, "tenants.home", viewport=PHONE, java_script_enabled=False)
    phone.get_by_role("navigation", name="Lối tắt").get_by_role("link", name="Tìm").click()
    phone.get_by_role("searchbox", name="Tìm trong cơ quan").last.fill("lich")
    phone.get_by_role("button", name="Tìm").click()
    expect(phone).to_have_url(re.compile("q=lich"))
    expect(phone.get_by_role("link", name="Lịch trực")).to_be_visible()


def test_the_page_follows_what_is_typed(browse, lan):
    page = browse(lan, "search.page")
    inspect(page)
    page.get_by_role("searchbox", name="Tìm trong cơ quan").last.click()
    page.keyboard.type("muoi")
    page.wait_for_url("**/search?q=muoi")
    expect(page.get_by_role("main").get_by_role("link", name="có muỗi")).to_be_visible()
