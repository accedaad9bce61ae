"""Quick look in Chromium: a row's object beside its list, by mouse and keys, and its page where there is no script."""

import pytest
from playwright.sync_api import expect

from tests.support.browsing import inspect

pytestmark = pytest.mark.browser


@pytest.fixture
def lan(notebook):
    lan = notebook.writer(name="Hoàng Thị Lan")
    notebook.note(lan, "Giấy mời họp", "Chín giờ, phòng hai.")
    notebook.note(lan, "Lịch trực", "Tuần sau đổi ca.")
    return lan


def test_a_row_is_looked_at_beside_the_list_and_the_pane_follows_and_is_remembered(browse, lan):
    page = browse(lan, "example.notes")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    pane = page.locator("#lt-peek")
    expect(pane).to_be_hidden()
    rows = page.locator("[data-lt-rows] tbody th")
    rows.nth(1).hover()
    page.wait_for_timeout(400)
    assert [each for each in asked if "/static/" not in each] == [], (
        "nothing is loaded for a pointer passing by"
    )
    address = page.url
    rows.nth(0).get_by_role("link").first.focus()
    page.keyboard.press("Space")
    expect(pane.get_by_role("heading", level=2).first).to_have_text("Lịch trực")
    expect(pane).to_contain_text("Tuần sau đổi ca.")
    expect(pane.locator("input, textarea")).to_have_count(0)
    inspect(page)
    page.keyboard.press("j")
    expect(pane).to_contain_text("Chín giờ, phòng hai.")
    assert page.url == address
    page.reload()
    expect(pane).to_contain_text("Chín giờ, phòng hai.")
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    rows.nth(1).get_by_role("link", name="Xem nhanh “Giấy mời họp”").click()
    expect(pane).to_contain_text("Chín giờ, phòng hai.")
    pane.get_by_role("button", name="Đóng xem nhanh").click()
    expect(rows.nth(1).get_by_role("link", name="Xem nhanh “Giấy mời họp”")).to_be_focused()
    page.reload()
    page.wait_for_timeout(400)
    expect(pane).to_be_hidden()


def test_without_script_it_leads_to_the_whole_page(browse, lan):
    page = browse(lan, "example.notes", java_script_enabled=False)
    expect(page.locator("#lt-peek")).to_be_hidden()
    page.get_by_role("link", name="Xem nhanh “Lịch trực”").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lịch trực")
