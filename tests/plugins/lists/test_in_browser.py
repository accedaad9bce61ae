"""The list in Chromium: choosing rows by mouse and keys, the bar, columns and views, and all of it without script."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browsing import PHONE, inspect, violations

pytestmark = pytest.mark.browser


@pytest.fixture
def lan(notebook):
    lan = notebook.writer(name="Hoàng Thị Lan")
    notebook.note(lan, "Đã cất từ trước")
    notebook.many(60)
    return lan


def chosen(page):
    return page.locator("[data-lt-rows] input[name=id]:checked").count()


def test_rows_are_chosen_by_mouse_range_and_key_and_the_bar_follows(browse, lan):
    page = browse(lan, "example.notes")
    bar = page.locator("#lt-bulk")
    expect(bar).to_be_hidden()
    boxes = page.locator("[data-lt-rows] input[name=id]")
    boxes.nth(1).click()
    expect(bar).to_contain_text("Đã chọn 1 dòng")
    boxes.nth(5).click(modifiers=["Shift"])
    assert chosen(page) == 5
    expect(page.locator("#lt-live")).to_have_text("Đã chọn 5 dòng")
    page.locator("tbody tr").nth(8).locator("th a").first.focus()
    page.keyboard.press("x")
    assert chosen(page) == 6
    inspect(page)
    page.keyboard.press("Escape")
    assert chosen(page) == 0
    expect(bar).to_be_hidden()
    page.locator("[data-lt-all]").check()
    assert chosen(page) == 50
    bar.get_by_label("Chọn cả 61 ghi chú khớp điều kiện").check()
    bar.get_by_role("button", name="Cất").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cất: 61 dòng")
    inspect(page)


def test_only_what_may_be_done_to_all_chosen_rows_is_offered(browse, lan):
    page = browse(lan, "example.notes")
    page.locator("[data-lt-rows] input[name=id]").first.check()
    expect(page.get_by_role("button", name="Đã nắm")).to_be_visible()
    expect(page.get_by_role("button", name="Lấy lại")).to_be_hidden()
    page.locator("#lt-bulk").get_by_role("button", name="Cất").click()
    expect(page.get_by_text("Đã cất 1 ghi chú.").first).to_be_visible()


def test_sorting_keeps_the_focus_and_the_filter_carries_the_order_on(browse, lan):
    page = browse(lan, "example.notes")
    page.get_by_role("link", name="Viết lúc").click()
    page.wait_for_url("**sort=at**")
    expect(page.locator("th[aria-sort=ascending]")).to_be_visible()
    expect(page.locator(":focus")).to_contain_text("Viết lúc")
    page.locator("#f-q").click()
    page.keyboard.type("so 5")
    page.wait_for_url("**q=so**")
    assert "sort=at" in page.url
    expect(page.locator("tbody th a").first).to_have_text("Ghi chú số 59")


def test_a_row_that_is_pressed_while_the_list_is_exchanged_is_opened(browse, lan):
    page = browse(lan, "example.notes")
    held = []

    def hold(route):
        held.append(route)

    page.route("**q=so**", hold)
    with page.expect_request("**q=so**"):
        page.locator("#f-q").fill("so 5")
    row = page.locator("tbody th").nth(2).get_by_role("link").first
    title, box = row.inner_text(), row.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.wait_for_timeout(300)  # the field is left, so that its list may be asked for once more
    for route in held:
        route.continue_()
    page.wait_for_timeout(500)
    page.mouse.up()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_a_view_is_saved_in_a_dialog_and_stands_above_the_list(browse, lan):
    page = browse(lan, "example.notes", query={"q": "so 5"})
    page.get_by_role("link", name="Lưu cách xem").click()
    dialog = page.locator("#lt-dialog")
    dialog.get_by_label("Tên cách xem").fill("Số năm")
    assert violations(page) == []
    dialog.get_by_role("button", name="Lưu cách xem").click()
    strip = page.get_by_role("navigation", name="Cách xem đã lưu")
    expect(strip.get_by_role("link", name="Số năm", exact=True)).to_have_attribute("aria-current", "page")
    inspect(page)
    page.get_by_role("link", name="Đổi cách xem Số năm").click()
    dialog.get_by_role("button", name="Mở danh sách bằng cách xem này").click()
    expect(page.get_by_text("Danh sách sẽ mở bằng cách xem này.").first).to_be_visible()


def test_columns_are_chosen_in_a_menu(browse, lan):
    page = browse(lan, "example.notes")
    page.get_by_role("button", name="Cột", exact=True).click()
    page.get_by_label("Người viết").uncheck()
    assert violations(page) == []
    page.get_by_role("button", name="Dùng các cột này").click()
    expect(page.get_by_role("columnheader", name="Người viết")).to_have_count(0)


def test_excel_downloads_and_the_button_works_again(browse, lan):
    page = browse(lan, "example.notes")
    button = page.get_by_role("button", name="Xuất Excel")
    for _twice in range(2):
        with page.expect_download() as download:
            button.click()
        assert re.fullmatch(r"Sổ tay phòng ban .*\.xlsx", download.value.suggested_filename)
        expect(button).not_to_have_attribute("aria-disabled", "true")


def test_without_script_rows_are_chosen_by_the_form_on_a_phone(browse, lan):
    page = browse(lan, "example.notes", java_script_enabled=False, viewport=PHONE)
    page.locator("[data-lt-rows] input[name=id]").first.check()
    page.locator("#lt-bulk").get_by_role("button", name="Cất").click()
    expect(page.get_by_text("Đã cất 1 ghi chú.")).to_be_visible()


def test_the_page_of_exports_and_an_empty_result_say_what_to_do(browse, lan):
    page = browse(lan, "lists.exports")
    inspect(page)
    empty = browse(lan, "example.notes", query={"q": "khongco", "state": "archived"})
    expect(empty.get_by_role("heading", name="Không có ghi chú nào khớp 2 điều kiện")).to_be_visible()
    inspect(empty)
