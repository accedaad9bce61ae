"""The keeper of workflows in Chromium: an internal step, a look before saving, running cases moved over; personal data."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from plugins.casework.cases import reveals
from plugins.casework.cases.opening import Opening, open_case
from plugins.casework.cases.personal import PersonalFact
from plugins.casework.tasks.kind import TASK
from tests.support.browsing import PHONE, inspect
from tests.support.serving import Window, served

ASKER = (
    PersonalFact("name", "Họ tên", "Nguyễn Văn Lợi", "name"),
    PersonalFact("phone", "Số điện thoại", "0912 345 612", "phone"),
    PersonalFact("address", "Địa chỉ", "Kiệt 131 Trần Phú, phường Thuận Hoá", "address"),
)


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as opened:
        yield opened
        # What was refused on purpose is told by the browser too.
        assert [each for each in opened.trouble if "422" not in each] == []


def test_the_keeper_puts_in_a_step_looks_saves_and_moves_running_cases(ground, window: Window):
    agency = ground.agency("press_issues")
    keeper = agency.officer("casework.workflow_keeper", "casework.leader", name="Nguyễn Quản Trị")
    with keeper.working():
        open_case(TASK.key, Opening(title="Rà soát"))
    page = window.of(keeper)
    page.goto(agency.url("casework.workflows"))
    seen(page)
    page.get_by_role("link", name="Việc được giao", exact=True).last.click()
    page.get_by_role("heading", level=1, name="Quy trình: Việc được giao").wait_for()
    seen(page)
    page.get_by_role("link", name="Thêm bước nội bộ").click()
    page.get_by_label("Đặt ở đâu").select_option(label="Ở “Đang xử lý”, trước khi “Báo cáo kết quả”")
    page.get_by_label("Tên trạng thái").fill("Tổ trưởng xem trước")
    page.get_by_label("Việc phải làm").fill("Xem trước")
    page.get_by_label("Nút chuyển tới bước này").fill("Gửi tổ trưởng xem")
    seen(page)
    page.get_by_role("button", name="Lưu thành phiên bản mới").click()
    page.get_by_text("Bản riêng của cơ quan, phiên bản 2").wait_for()
    page.get_by_text("Khác bản trước").click()
    seen(page)
    page.get_by_role("link", name="Sửa quy trình", exact=True).click()
    page.locator("#f-state-review-share").fill("20")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("alert").wait_for()
    seen(page)
    page.locator("#f-state-review-share").fill("100")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_text("Không thấy chỗ nào phải sửa").wait_for()
    page.locator("#f-state-doing-title").fill("Đang rà soát")
    page.get_by_role("button", name="Lưu thành phiên bản mới").click()
    page.get_by_text("phiên bản 3").first.wait_for()
    page.get_by_role("link", name="Chuyển việc đang chạy…").click()
    page.get_by_role("button", name="Chuyển 1 việc").wait_for()
    seen(page)
    page.get_by_role("button", name="Chuyển 1 việc").click()
    page.get_by_text("Đã chuyển 1 việc.").first.wait_for()


def test_the_picture_of_a_long_workflow_scrolls_in_its_frame_by_keyboard(ground, window: Window):
    agency = ground.agency("press_issues")
    keeper = agency.officer("casework.workflow_keeper")
    page = window.of(keeper)
    page.set_viewport_size(PHONE)
    page.goto(agency.url("casework.workflows"))
    page.get_by_role("link", name="Sự việc báo nêu", exact=True).last.click()
    frame = page.locator(".wf-frame")
    frame.wait_for()
    seen(page)
    assert frame.evaluate("it => it.scrollWidth > it.clientWidth")
    frame.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert frame.evaluate("it => it.scrollLeft") > 0


def test_personal_data_is_read_in_a_dialog_and_masks_itself_again(ground, window: Window, monkeypatch):
    monkeypatch.setattr(reveals, "SHOWN_FOR", timedelta(seconds=12))
    object.__setattr__(TASK, "personal", lambda _case_id: ASKER)
    try:
        officer = ground.agency().officer("casework.leader")
        with officer.working():
            open_case(TASK.key, Opening(case_id=uuid4(), title="Nạo vét mương"))
        page = window.of(officer)
        page.goto(officer.agency.url("casework.tasks"))
        page.get_by_role("link", name="Nạo vét mương").first.click()
        page.get_by_text("Nguyễn V•• L••").first.wait_for()
        seen(page)
        page.get_by_role("link", name="Xem đầy đủ…").click()
        page.get_by_label("Số điện thoại").check()
        page.get_by_label("Để làm gì?").select_option(label="Liên hệ xác minh nội dung")
        page.get_by_label("Ghi thêm").fill("Hẹn giờ kiểm tra mương sáng thứ Hai.")
        seen(page)
        page.get_by_role("button", name=re.compile("^Xem trong")).click()
        page.get_by_text("0912 345 612").wait_for()
        seen(page)
        page.emulate_media(media="print")
        assert not page.get_by_text("0912 345 612").is_visible()
        page.emulate_media(media="screen")
        page.get_by_text("0912 345 612").wait_for(state="detached", timeout=20_000)
    finally:
        object.__setattr__(TASK, "personal", None)


def seen(page):
    """Look at a page as everybody may: light, dark, on a phone, never wider than the window."""
    page.wait_for_load_state()
    inspect(page)
