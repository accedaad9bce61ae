"""The notebook of a unit: write, change, meet a colleague's change, put away, find again."""

import re

from playwright.sync_api import expect

NOTEBOOK = "/t/phuong-an-dong/example"


def test_the_life_of_a_note(visitor):
    lan = visitor().sign_in("lanht", at=NOTEBOOK)
    lan.follow("Viết ghi chú")
    lan.fill("Nội dung", "Gửi giấy mời trước hai ngày làm việc.").press("Ghi vào sổ", status=422)
    assert lan.errors() == ["Tiêu đề: Chưa nhập."]
    assert lan.page.title().startswith("Có 1 lỗi: ")
    expect(lan.field("Tiêu đề")).to_have_attribute("aria-invalid", "true")
    expect(lan.field("Nội dung")).to_have_value("Gửi giấy mời trước hai ngày làm việc.")
    lan.fill("Tiêu đề", "Kết luận họp Đảng uỷ mở rộng").press("Ghi vào sổ").toast("Đã ghi vào sổ.")
    assert lan.heading == "Kết luận họp Đảng uỷ mở rộng"

    lan.follow("Sửa").fill("Nội dung", "Gửi giấy mời trước ba ngày làm việc.").press("Lưu ghi chú")
    lan.toast("Đã lưu ghi chú.").sees("trước ba ngày")

    more = lan.page.locator("#lt-head [data-lt-menu]").first
    if more.is_visible():
        more.click()
    lan.press("Cất").toast("Đã cất.").sees("Ghi chú được xoá ngày")
    lan.open(NOTEBOOK).sees_not("Kết luận họp Đảng uỷ mở rộng")
    lan.page.get_by_label("Đang dùng").select_option(label="Đã cất")
    lan.settles_at(state="archived").sees("Kết luận họp Đảng uỷ mở rộng").look()
    lan.follow("Kết luận họp Đảng uỷ mở rộng").press("Lấy lại").toast("Đã lấy lại ghi chú.")

    history = lan.main.locator(".lt-time li")
    told = [re.sub(r"\s+", " ", text) for text in history.all_inner_texts()]
    assert [next(word for word in ("lấy lại", "cất", "sửa", "viết") if f"Hoàng Thị Lan {word}" in text) for text in told] == [
        "lấy lại", "cất", "sửa", "viết",
    ]  # fmt: skip


def test_search_needs_no_accents(visitor):
    lan = visitor().sign_in("lanht", at=f"{NOTEBOOK}/new")
    lan.fill("Tiêu đề", "Đường dây nóng mùa mưa lũ").press("Ghi vào sổ")
    lan.open(NOTEBOOK)
    search = lan.page.get_by_label("Tìm trong sổ, có dấu hay không")
    search.press_sequentially("duong day nong")
    lan.settles_at(q="duong day nong").sees("Đường dây nóng mùa mưa lũ")
    expect(search).to_be_focused()
    expect(lan.page.locator("#lt-live")).to_have_text("1 ghi chú")
    assert lan.main.locator("tbody tr").count() == 1
    search.fill("không có ghi chú này")
    lan.settles_at(q="không có ghi chú này").sees("Không có ghi chú nào khớp 1 điều kiện").look()
    lan.follow("Xoá hết điều kiện").sees("Đường dây nóng mùa mưa lũ")


def test_who_saves_second_sees_both_texts(visitor):
    lan = visitor().sign_in("lanht", at=f"{NOTEBOOK}/new")
    lan.fill("Tiêu đề", "Phân công trực lễ").fill("Nội dung", "Sáng: Lan.").press("Ghi vào sổ")
    vinh = visitor().sign_in("vinhlq", at=lan.path)
    vinh.press("Đã nắm").toast("Đã báo là bạn nắm nội dung này.").follow("Sửa")
    lan.follow("Sửa").fill("Nội dung", "Sáng: Lan. Chiều: Yến.").press("Lưu ghi chú")

    vinh.fill("Nội dung", "Sáng: Vinh.").press("Lưu ghi chú", status=409)
    vinh.sees(
        "Hoàng Thị Lan vừa sửa mục này lúc",
        "1 mục cả hai cùng sửa",
        "Sáng: Lan. Chiều: Yến.",
        "Sáng: Vinh.",
    )
    expect(vinh.field("Nội dung")).to_have_value("Sáng: Vinh.")
    vinh.fill("Nội dung", "Sáng: Vinh. Chiều: Yến.").press("Lưu ghi chú").toast("Đã lưu ghi chú.")
    lan.reload().sees("Sáng: Vinh. Chiều: Yến.", "Lê Quang Vinh sửa")


def test_a_note_of_another_unit_is_not_opened(visitor):
    anh = visitor().sign_in("anhpn", at=NOTEBOOK)
    anh.follow("Kết luận giao ban số 1")
    lan = visitor().sign_in("lanht", at=NOTEBOOK)
    lan.sees_not("Kết luận giao ban số 1")
    lan.open(anh.path, status=403).sees("Sổ này của phòng khác.")


def test_long_lists_are_turned_page_by_page(visitor):
    anh = visitor().sign_in("anhpn", at=NOTEBOOK)
    assert anh.main.locator("tbody tr").count() == 50
    first = anh.main.locator("tbody tr th a").first.inner_text()
    anh.follow("Sau").sees("Kết luận giao ban số 60").sees_not("Kết luận giao ban số 1\n")
    anh.follow("Trước")
    assert anh.main.locator("tbody tr th a").first.inner_text() == first
