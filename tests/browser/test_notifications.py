"""The bell: what a colleague does is told, opened, read, and mailed as one chooses."""

from playwright.sync_api import expect

AGENCY = "/t/phuong-an-dong"


def test_from_the_bell_to_the_note_and_what_is_mailed(visitor):
    vinh = visitor().sign_in("vinhlq", at=f"{AGENCY}/notifications")
    if vinh.button("Đánh dấu đã đọc hết").count():
        vinh.press("Đánh dấu đã đọc hết")  # what other journeys have left
    lan = visitor().sign_in("lanht", at=f"{AGENCY}/example/new")
    lan.fill("Tiêu đề", "Lịch trực bão số 5").press("Ghi vào sổ").press("Ghim").toast("Đã ghim lên đầu sổ.")

    vinh.open(AGENCY)
    bell = vinh.page.locator(".lt-bar a[aria-label^='Thông báo']")
    expect(bell).to_have_attribute("aria-label", "Thông báo: 1")
    with vinh.arriving(200), vinh.page.expect_navigation():
        bell.click()
    vinh.sees("Hôm nay, chưa đọc")
    with vinh.arriving(200), vinh.page.expect_navigation():
        vinh.main.get_by_role("link", name="Lịch trực bão số 5").click()
    assert vinh.heading == "Lịch trực bão số 5"
    expect(bell).to_have_attribute("aria-label", "Thông báo")

    vinh.open(f"{AGENCY}/notifications")
    vinh.page.locator("select[name=show]").select_option("unread")
    vinh.settles_at(show="unread").sees("Không có thông báo nào khớp điều kiện")
    vinh.follow("Xem tất cả").sees("Lịch trực bão số 5")

    lan.press("Bỏ ghim").press("Ghim").toast("Đã ghim lên đầu sổ.")
    vinh.reload()
    expect(bell).to_have_attribute("aria-label", "Thông báo")

    vinh.open(f"{AGENCY}/notifications/preferences").sees("Nền tảng chưa nối với máy chủ thư")
    vinh.fill("Giờ gửi thư gộp", "23:00").press("Lưu cách nhận", status=422)
    assert vinh.errors() == ["Giờ gửi thư gộp: Giờ này nằm trong giờ yên lặng; chọn giờ khác."]
    vinh.fill("Giờ gửi thư gộp", "7h30").press("Lưu cách nhận").toast("Đã lưu cách nhận thông báo.")
    expect(vinh.open(f"{AGENCY}/notifications/preferences").field("Giờ gửi thư gộp")).to_have_value("07:30")
