"""The officer's morning and the leader's look: everything signed in for, on a running installation."""

import pytest
from playwright.sync_api import expect

WARD, HEALTH, PROVINCE = "/t/phuong-phu-xuan", "/t/so-y-te", "/t/van-phong-uy-ban"
LATE = "Báo cáo cấp thuốc quý III"


@pytest.fixture(scope="module")
def at_work(installation):
    if not installation.sql("SELECT 1 FROM casework.case_base WHERE title = 'Rà soát trạm y tế thiếu thuốc'"):
        installation.fill("tests.browser.work")  # once, also for a worker that comes back to these tests
    installation.run("reports", "rebuild")  # what a superior sees is gathered hourly
    return installation


def pressed(somebody, *keys):
    """Press keys of which the last one leads to another page."""
    with somebody.arriving(), somebody.page.expect_navigation():
        for key in keys:
            somebody.page.keyboard.press(key)
    return somebody


def in_hand(somebody, title):
    """Assert which row the keyboard is at."""
    expect(somebody.focused).to_have_text(title)


def report(somebody, words="Đã làm xong."):
    """Fill in the form of the act and send it, as it stands with the cursor in its first field."""
    assert somebody.page.url.endswith("/move/report")
    expect(somebody.focused).to_have_attribute("name", "note")
    somebody.page.keyboard.type(words)
    return pressed(somebody, "Control+Enter")


def test_an_officer_of_two_agencies_clears_the_morning_by_keyboard(visitor, at_work):
    oanh = visitor().sign_in("oanhpt", at=WARD)
    assert oanh.heading == "Việc của tôi"
    key = oanh.page.keyboard.press
    badge = oanh.navigation.locator("a[aria-current=page] b")
    assert oanh.page.locator(".lt-group").all_inner_texts() == [
        "Quá hạn1 việc",
        "Hôm nay1 việc",
        "Tuần tới4 việc",
    ]
    expect(badge).to_have_text("1")
    expect(badge).to_have_class("alert-count")
    key("?")
    expect(oanh.dialog).to_contain_text("Việc chính của trang này")
    oanh.look()
    key("Escape")

    # The most urgent is of the other agency: looked at beside the list, opened, left again, done from the list.
    key("j")
    in_hand(oanh, "Rà soát trạm y tế thiếu thuốc")
    key("Space")
    expect(oanh.page.locator("#lt-peek-title")).to_have_text("Rà soát trạm y tế thiếu thuốc")
    oanh.look("quick look")
    pressed(oanh, "Enter")
    assert oanh.path.startswith(HEALTH)
    pressed(oanh, "g", "v")
    in_hand(oanh, "Rà soát trạm y tế thiếu thuốc")
    report(pressed(oanh, "e"))
    oanh.toast("Báo cáo kết quả")
    oanh.sees("Việc tiếp theo:", "Trả lời phiếu lấy ý kiến", "Hôm nay", "UBND phường Phú Xuân")
    expect(oanh.navigation.locator("b").first).to_have_text("5")

    # The page itself leads on to the next one, in the other agency.
    pressed(oanh, "j")
    assert oanh.heading == "Trả lời phiếu lấy ý kiến"
    report(pressed(oanh, "e"))
    oanh.sees("Việc tiếp theo:", "Lập danh sách tổ trưởng")

    # Two are handed on together, two that the unit has are taken together.
    pressed(oanh, "g", "v")
    in_hand(oanh, "Lập danh sách tổ trưởng")
    for pressed_key in "xjx":
        key(pressed_key)
    expect(oanh.page.locator("[data-lt-count]")).to_have_text("Đã chọn 2 việc")
    to_button(oanh, "Giao lại…")
    pressed(oanh, "Enter")
    expect(oanh.focused).to_have_js_property("tagName", "SELECT")
    while not oanh.page.evaluate(
        "document.activeElement.selectedOptions[0].text.startsWith('Trần Khánh Hân')"
    ):
        key("ArrowDown")
    pressed(oanh, "Control+Enter").toast("Đã giao lại 2 việc.")
    for pressed_key in "jxjx":
        key(pressed_key)
    to_button(oanh, "Nhận việc")
    pressed(oanh, "Enter").toast("Đã nhận 2 việc.")
    expect(oanh.page.locator(".lt-count a", has_text="Tất cả phải làm")).to_contain_text("2")

    for left in ("Treo cờ ngày lễ", "Kiểm kê tài sản"):
        if oanh.heading == "Việc của tôi":
            key("j")
            in_hand(oanh, left)
            pressed(oanh, "Enter")
        else:
            pressed(oanh, "j")
        assert oanh.heading == left
        pressed(oanh, "e")
        pressed(oanh, "Control+Enter").sees("Việc của bạn: Xử lý và báo cáo kết quả")
        report(pressed(oanh, "e"))
    oanh.sees("Bạn đã làm hết việc đang chờ bạn.")
    pressed(oanh, "j")
    assert oanh.heading == "Việc của tôi"
    oanh.sees("Bạn đã làm hết việc đang chờ bạn.")
    assert [each[:12] for each in oanh.page.locator(".lt-group").all_inner_texts()] == ["Chờ nơi khác"]
    expect(badge).to_have_count(0)


def to_button(somebody, name):
    """Go to a button of the bar of chosen rows as somebody without a mouse does."""
    for _step in range(80):
        somebody.page.keyboard.press("Tab")
        if somebody.page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_a_leader_goes_from_the_red_figure_to_the_case_and_its_reason(visitor, at_work):
    minh = visitor().sign_in("minhdv", at=HEALTH)
    minh.open(HEALTH).follow("Điều hành công việc", inside=minh.navigation)
    assert "đang quá hạn" in minh.heading
    with minh.arriving(), minh.page.expect_navigation():
        minh.page.locator(".lt-count .late a").click()
    minh.sees(LATE, "Lê Văn Tuấn", "Đang xử lý").follow(LATE)
    minh.sees("Ai đang giữ", "Lê Văn Tuấn", "Vì sao hạn là ", "5 ngày làm việc")


def test_a_leader_of_the_province_does_so_in_an_agency_below(visitor, at_work):
    binh = visitor().sign_in("binhnt", at=PROVINCE)
    binh.open(f"{PROVINCE}/reports/board").follow("Các cơ quan trực thuộc")
    assert "đang quá hạn" in binh.heading
    with binh.arriving(), binh.page.expect_navigation():
        binh.page.locator(".lt-count .late a").click()
    binh.follow(LATE)
    binh.sees("Lê Văn Tuấn", "Vì sao hạn là ", "5 ngày làm việc", "Quá hạn")
    binh.sees_not("0912", "Danh sách kèm")
    binh.follow("Quá hạn ở Sở Y tế").sees(LATE)

    minh = visitor().sign_in("minhdv", at=f"{HEALTH}/reports/board").follow(LATE)
    minh.open(f"{minh.path}?tab=history").sees("Nguyễn Thị Bình", "xem vì sao")
