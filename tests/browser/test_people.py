"""An administrator gives, changes and takes away posts; the person's next click already follows."""

import pytest
from playwright.sync_api import expect

from tests.browser.installation import Account

HERE = "/t/xa-hoa-binh"


@pytest.fixture
def duc(visitor):
    """The agency's one administrator."""
    return visitor().sign_in("ducnv", at=f"{HERE}/people")


def test_a_post_from_the_first_day_to_the_last(duc, visitor):
    duc.follow("Thêm vị trí")
    duc.fill("Tên đăng nhập", "chaubm").press("Tìm").sees("Không ai có tên đăng nhập “chaubm”")
    duc.follow("Thêm người mới vào danh bạ")

    # Errors: counted in the title, listed with links, tied to their fields, and nothing typed is lost.
    duc.fill("Họ và tên", "Bùi Minh Châu").fill("Từ ngày", "31/2").tick("Người ghi sổ tay")
    duc.press("Giao vị trí", status=422)
    assert duc.page.title().startswith("Có 3 lỗi: ")
    assert duc.errors() == [
        "Phòng: Chưa chọn.",
        "Chức danh: Chưa nhập.",
        "Từ ngày: Ngày chưa đúng, ví dụ 14/9/2026.",
    ]
    expect(duc.main.locator("[role=alert]")).to_be_focused()
    for label in ("Phòng", "Chức danh", "Từ ngày"):
        expect(duc.field(label)).to_have_attribute("aria-invalid", "true")
    expect(duc.field("Họ và tên")).to_have_value("Bùi Minh Châu")
    expect(duc.field("Từ ngày")).to_have_value("31/2")
    expect(duc.main.get_by_role("checkbox", name="Người ghi sổ tay")).to_be_checked()
    duc.page.get_by_role("link", name="Ngày chưa đúng").click()
    expect(duc.field("Từ ngày")).to_be_focused()

    duc.fill("Từ ngày", "01/7/2026").choose("Phòng", "Phòng Văn hoá - Xã hội").fill(
        "Chức danh", "Chuyên viên"
    )
    duc.press("Giao vị trí").toast("Đã giao Bùi Minh Châu vị trí Chuyên viên.")

    # The way in comes next: a password on one page, to be handed out, and to be changed at once.
    assert duc.heading == "Cấp mật khẩu lần đầu cho Bùi Minh Châu?"
    duc.press("Cấp mật khẩu lần đầu").sees("rời trang này là không xem lại được nữa")
    username, password = duc.main.locator("code").all_inner_texts()
    assert username == "chaubm"
    duc.follow("Đã giao cho người nhận")
    expect(duc.row("Bùi Minh Châu")).to_contain_text("Người ghi sổ tay")
    duc.installation.mirror()
    duc.installation.accounts["chaubm"] = Account("chaubm", password)
    chau = visitor().sign_in("chaubm", at=f"{HERE}/example")
    assert chau.heading == "Đặt mật khẩu mới"
    chau.page.get_by_label("Mật khẩu mới", exact=True).fill("một câu khác, cũng dài")
    chau.page.get_by_label("Nhập lại mật khẩu mới").fill("một câu khác, cũng dài")
    chau.press("Đặt mật khẩu")
    assert chau.path == f"{HERE}/example"
    chau.follow("Viết ghi chú")

    # Another role: no sign-in is needed for it to count.
    duc.follow("Bùi Minh Châu").tick("Người ghi sổ tay", on=False).tick("Người đọc sổ tay").press(
        "Lưu thay đổi"
    )
    duc.toast("Đã lưu vị trí của Bùi Minh Châu.")
    chau.fill("Tiêu đề", "Viết dở").press("Ghi vào sổ", status=403)
    chau.open(f"{HERE}/example")
    expect(chau.link("Viết ghi chú")).to_have_count(0)

    row = duc.row("Bùi Minh Châu")
    duc.button("Việc với Bùi Minh Châu", row).click()
    duc.link("Thôi giao vị trí…", row).click()
    expect(duc.dialog.get_by_role("heading", name="Thôi giao vị trí của Bùi Minh Châu?")).to_be_visible()
    expect(duc.dialog).to_contain_text("Bùi Minh Châu thôi vào được cơ quan này từ lần bấm kế tiếp.")
    duc.look()
    duc.press("Thôi giao ngay", inside=duc.dialog).toast("Đã thôi giao Bùi Minh Châu vị trí Chuyên viên.")
    duc.sees_not("Bùi Minh Châu")
    chau.reload(status=404)
    chau.open("/")
    assert chau.heading == "Bạn chưa có vị trí công tác nào"
    chau.sees("Bùi Minh Châu")


def test_the_last_administrator_stays(duc):
    duc.follow("Nguyễn Văn Đức").tick("Quản trị cơ quan", on=False).press("Lưu thay đổi", status=403)
    duc.sees("Đây là quản trị cuối cùng của cơ quan.")
    duc.open(f"{HERE}/people").follow("Nguyễn Văn Đức")
    duc.link("Thôi giao vị trí…").click()
    expect(duc.dialog).to_contain_text("Đây là quản trị cuối cùng của cơ quan.")
    expect(duc.button("Thôi giao ngay", duc.dialog)).to_be_disabled()
    duc.look()


def test_the_list_is_filtered_and_read_at_another_day(duc):
    duc.page.get_by_label("Tìm tên, chức danh").fill("ho thi cam")
    expect(duc.main.locator("tbody tr")).to_have_count(1)
    duc.sees("Hồ Thị Cẩm")
    duc.open(f"{HERE}/people?day=1/1/2020").sees("Không có vị trí nào khớp điều kiện")
    duc.open(f"{HERE}/people?day=hôm%20qua").sees("Ngày “hôm qua” chưa đúng")


def test_a_department_is_set_up_moved_and_closed(duc):
    duc.follow("Phòng ban", inside=duc.navigation).follow("Lập phòng ban")
    duc.fill("Mã", "Phòng 1").press("Lập phòng ban", status=422)
    assert len(duc.errors()) == 2
    expect(duc.field("Mã")).to_have_value("Phòng 1")
    duc.fill("Tên phòng ban", "Tổ Tiếp dân").fill("Mã", "").choose("Thuộc", "Văn phòng")
    duc.press("Lập phòng ban").toast("Đã lập Tổ Tiếp dân.")
    duc.follow("Tổ Tiếp dân").fill("Tên phòng ban", "Tổ Tiếp công dân").press("Lưu thay đổi")
    duc.toast("Đã lưu Tổ Tiếp công dân.").follow("Tổ Tiếp công dân")
    duc.press("Đóng phòng ban").toast("Tổ Tiếp công dân đóng sau ngày")
    duc.follow("Văn phòng").press("Đóng phòng ban", status=422)
    duc.sees("Chưa đóng được phòng", "Còn người giữ vị trí ở phòng này sau ngày đó.")


def test_a_role_of_the_agencys_own(duc):
    duc.follow("Vai trò", inside=duc.navigation).follow("Đặt vai trò riêng")
    duc.tick("Lập, đổi và đóng phòng ban").press("Đặt vai trò", status=422)
    assert duc.errors() == ["Tên vai trò: Chưa nhập."]
    expect(duc.field("Tên vai trò")).to_have_attribute("aria-invalid", "true")
    expect(duc.main.get_by_role("checkbox", name="Lập, đổi và đóng phòng ban")).to_be_checked()
    duc.fill("Tên vai trò", "Tổ chức bộ máy").press("Đặt vai trò").toast("Đã đặt vai trò Tổ chức bộ máy.")
    duc.follow("Tổ chức bộ máy").press("Xoá vai trò").toast("Đã xoá vai trò Tổ chức bộ máy.")
    duc.sees_not("Tổ chức bộ máy")


def test_settings_and_a_logo(duc):
    duc.follow("Cài đặt cơ quan", inside=duc.navigation)
    duc.fill("Thư điện tử", "không phải thư").fill("Thứ Hai", "25:00").press("Lưu cài đặt", status=422)
    assert len(duc.errors()) == 2
    duc.fill("Thư điện tử", "hoabinh@example.vn").fill("Thứ Hai", "7:30-11:30, 13:30-17:00").press(
        "Lưu cài đặt"
    )
    expect(duc.field("Thứ Hai")).to_have_value("07:30–11:30, 13:30–17:00")
    duc.page.get_by_label("Tệp ảnh").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    duc.sees("a.png")
    duc.press("Dùng ảnh này", status=422)
    duc.sees("Chọn tệp").sees("Chưa chọn tệp nào")
    duc.main.get_by_role("alert").first.wait_for()
    duc.open(f"{HERE}/settings/name").fill("Tên đầy đủ", "").press("Đổi tên cơ quan", status=422)
    assert duc.errors()
