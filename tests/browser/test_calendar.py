"""A day of the calendar: its deadlines counted, a swap previewed, applied and taken back."""

from playwright.sync_api import expect

CALENDAR = "/t/phuong-an-dong/casework/calendar"


def test_a_swap_is_previewed_applied_and_moves_what_is_counted(visitor):
    anh = visitor().sign_in("anhpn", at="/t/phuong-an-dong/casework/deadline")
    anh.fill("Ngày nhận", "2/3/2026").fill("Giờ nhận", "9:00").fill("Thời hạn", "5").press("Tính hạn")
    anh.sees("Hạn là 09:00 thứ Hai 09/3/2026")
    counted = anh.path

    anh.open(f"{CALENDAR}?year=2026").follow("Thêm ngày")
    anh.main.get_by_label("Hoán đổi: nghỉ một ngày, làm bù ngày khác").check()
    anh.fill("Tên hoặc lý do", "Ngày hội của phường").press("Xem trước thay đổi", status=422)
    assert anh.errors() == ["Ngày: Chưa nhập.", "Căn cứ: Chưa nhập."]
    anh.main.locator("#f-day").fill("6/3/2026")
    anh.main.locator("#f-pair").fill("14/3/2026")
    anh.fill("Căn cứ", "Quyết định 7/QĐ-UBND").press("Xem trước thay đổi")
    anh.sees("thứ Sáu 06/3/2026: Nghỉ hoán đổi").sees("Không thời hạn nào đang chạy thay đổi").look()
    anh.press("Thêm vào lịch").toast("Đã đổi lịch. Các thời hạn đang chạy được tính lại trong ít phút.")
    anh.sees("Ngày hội của phường")

    anh.open(counted).sees("Hạn là 09:00 thứ Ba 10/3/2026").sees(
        "06/3 nghỉ hoán đổi, làm bù thứ Bảy 14/3/2026"
    )
    due = anh.main.locator(".cw-days .due")
    expect(due).to_contain_text("hạn")

    anh.open(f"{CALENDAR}?year=2026")
    anh.main.get_by_role("link", name="Bỏ Ngày hội của phường khỏi lịch").first.click()
    dialog = anh.page.locator("#lt-dialog")
    dialog.get_by_label("Căn cứ").fill("Quyết định 8/QĐ-UBND")
    anh.look()
    anh.press("Bỏ khỏi lịch", inside=dialog).sees("Đã bỏ khỏi lịch")
    anh.open(counted).sees("Hạn là 09:00 thứ Hai 09/3/2026")
