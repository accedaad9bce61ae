"""The IT centre's operator: second factor, agencies, descriptions of agencies, people, the state of the installation."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.installation import Account

BROKEN = """\
agencies:
  - {code: phuong-an-dong, name: Uỷ ban nhân dân phường An Đông, kind: ward}
  - {code: xa-suoi-trong, name: Uỷ ban nhân dân xã Suối Trong, kind: commune}
  - {code: Xã Suối Đục, name: Uỷ ban nhân dân xã Suối Đục, kind: commune}
  - {code: xa-suoi-trong, name: Uỷ ban nhân dân xã Suối Trong hai, kind: commune}
  - {code: xa-suoi-sau, name: Uỷ ban nhân dân xã Suối Sâu, kind: commune}
units:
  - {agency: xa-suoi-trong, code: van-phong, name: Văn phòng}
  - {agency: xa-khong-co, code: van-phong, name: Văn phòng}
  - {agency: xa-suoi-sau, code: van-phong, name: Văn phòng}
"""
MENDED = """\
agencies:
  - {code: xa-suoi-trong, name: Uỷ ban nhân dân xã Suối Trong, short_name: UBND xã Suối Trong, kind: commune, valid_from: 2025-07-01}
  - {code: xa-suoi-duc, name: Uỷ ban nhân dân xã Suối Đục, short_name: UBND xã Suối Đục, kind: commune, valid_from: 2025-07-01}
units:
  - {agency: xa-suoi-trong, code: van-phong, name: Văn phòng}
  - {agency: xa-suoi-duc, code: van-phong, name: Văn phòng}
people:
  - {username: quangtv, full_name: Trương Văn Quang}
posts:
  - {person: quangtv, agency: xa-suoi-trong, unit: van-phong, position: Chánh Văn phòng, roles: [tenants.admin], valid_from: 2025-07-01}
"""


@pytest.fixture
def khanh(visitor):
    return visitor().sign_in("khanhnq", at="/admin")


def yaml(text: str) -> dict[str, object]:
    return {"name": "danh-sach.yaml", "mimeType": "application/yaml", "buffer": text.encode()}


def test_the_console_opens_with_a_second_factor_only(visitor):
    khanh = visitor().open("/admin")
    account = khanh.installation.account("khanhnq")
    khanh.give_password(Account(account.username, account.password))
    assert khanh.heading == "Nhập mã xác thực"
    khanh.page.get_by_label("Mã xác thực").fill("000000")
    khanh.press("Xác nhận")
    khanh.sees("Mã chưa đúng, đã hết hạn hoặc vừa dùng rồi.")
    expect(khanh.page.get_by_label("Mã xác thực")).to_have_attribute("aria-invalid", "true")
    khanh.page.get_by_label("Mã xác thực").fill(account.code())
    khanh.press("Xác nhận")
    assert re.fullmatch(r"\d+ cơ quan, đơn vị", khanh.heading)
    expect(khanh.page.locator(".lt-bar")).to_contain_text("Trung tâm Chuyển đổi số")

    lan = visitor().sign_in("lanht")
    lan.open("/admin", status=404)


def test_who_has_no_second_factor_sets_one_up(visitor):
    son = visitor().open("/admin")
    account = son.installation.account("sonlh")
    son.give_password(account)
    assert son.heading == "Thiết lập mã xác thực"
    son.follow("Không quét được, nhập khoá bằng tay")
    account.otp = son.page.locator("#kc-totp-secret-key").inner_text().replace(" ", "")
    son.page.get_by_label("Mã xác thực").fill(account.code())
    son.press("Lưu và đi tiếp")
    # Setting it up is not proving it: that takes one more round.
    son.give_password(account)
    assert "cơ quan, đơn vị" in son.heading


def test_an_agency_is_suspended_and_resumed(khanh, visitor):
    thao = visitor().sign_in("thaoln", at="/t/xa-hoa-binh")
    khanh.page.get_by_label("Tìm tên, mã cơ quan").fill("hoa binh")
    khanh.settles_at(q="hoa binh")
    expect(khanh.main.locator("#list tbody tr")).to_have_count(1)
    khanh.follow("UBND xã Hoà Bình").sees("Đang hoạt động")

    khanh.follow("Tạm ngừng…").sees("người không mở được trang của cơ quan này, có hiệu lực ngay.")
    khanh.look()
    khanh.press("Tạm ngừng cơ quan")
    khanh.sees("Tạm ngừng")
    thao.reload(status=404)
    thao.open("/", status=200)
    khanh.press("Cho hoạt động lại").sees("Đang hoạt động")
    thao.open("/t/xa-hoa-binh")
    khanh.follow("Nhật ký", inside=khanh.main).sees("Nguyễn Quốc Khánh")


def test_a_module_that_is_not_allowed_is_gone(khanh, visitor):
    thao = visitor().sign_in("thaoln", at="/t/xa-hoa-binh/example")
    khanh.open("/admin/agencies/xa-hoa-binh")
    grant(khanh, "Không cho dùng", "Đang thanh tra")
    # Its use is stopped here, so the page says first what that takes away.
    khanh.sees("Không cho").press("Không cho dùng")
    thao.reload(status=404)
    expect(thao.navigation).not_to_contain_text("Sổ tay phòng ban")
    duc = visitor().sign_in("ducnv", at="/t/xa-hoa-binh/modules")
    switch = duc.page.get_by_role("switch", name="Phân hệ Sổ tay phòng ban")
    expect(switch).to_have_attribute("aria-disabled", "true")
    duc.sees("Do thành phố quản lý")

    khanh.open("/admin/agencies/xa-hoa-binh")
    grant(khanh, "Theo mặc định: được dùng", "")
    thao.open("/t/xa-hoa-binh/example").sees("Sổ tay phòng ban")


def grant(khanh, choice, note):
    khanh.page.get_by_label("Cho phép Sổ tay phòng ban").select_option(label=choice)
    khanh.page.get_by_label("Lý do cho Sổ tay phòng ban").fill(note)
    khanh.press("Lưu phép dùng")


def test_agencies_come_from_a_file(khanh):
    khanh.follow("Tạo và cập nhật", inside=khanh.navigation)
    khanh.press("Lập kế hoạch", status=422).sees("Chọn một tệp .xlsx, .yaml hoặc .yml.")
    khanh.page.get_by_label("Sổ Excel hoặc tệp YAML").set_input_files(yaml("agencies: [\n"))
    khanh.press("Lập kế hoạch", status=422)
    assert len(khanh.errors()) == 1

    khanh.page.get_by_label("Sổ Excel hoặc tệp YAML").set_input_files(yaml(BROKEN))
    khanh.press("Lập kế hoạch")
    assert re.fullmatch(r"Kế hoạch: \d+ thay đổi, 5 lỗi ở 5 dòng", khanh.heading)
    lines = [row.split("\t")[0].strip() for row in khanh.row("Lỗi").all_inner_texts()]
    assert lines == ["3", "4", "5", "9", "8"], "the lines of the file, what follows from others last"
    with khanh.page.expect_download() as download:
        khanh.link("Tải tệp 5 lỗi").click()
    assert download.value.path().read_text("utf-8-sig").count("\n") == 6
    expect(khanh.button("Áp dụng 2 thay đổi")).to_be_disabled()
    khanh.sees("Áp dụng được khi đã chọn bỏ qua dòng lỗi")
    khanh.tick("Bỏ qua 5 dòng lỗi, áp dụng phần còn lại")
    expect(khanh.button("Áp dụng 2 thay đổi")).to_be_enabled()

    khanh.follow("Nạp tệp khác").sees("Chưa áp dụng")
    khanh.page.get_by_label("Sổ Excel hoặc tệp YAML").set_input_files(yaml(MENDED))
    khanh.press("Lập kế hoạch")
    assert khanh.heading == "Kế hoạch: 6 thay đổi"
    khanh.sees("Uỷ ban nhân dân xã Suối Đục", "Trương Văn Quang")
    khanh.press("Áp dụng 6 thay đổi")
    expect(khanh.main.get_by_role("progressbar")).to_be_visible()
    # The worker may be quick; if it is not, the page follows it by itself.
    expect(khanh.page.locator("h1")).to_have_text("Áp dụng xong", timeout=60_000)
    khanh.sees("2 trên 2 cơ quan", "Đối soát").look("finished")

    khanh.open("/admin").sees("UBND xã Suối Trong")
    khanh.open("/admin/provisioning")
    khanh.page.get_by_label("Sổ Excel hoặc tệp YAML").set_input_files(yaml(MENDED))
    khanh.press("Lập kế hoạch")
    assert khanh.heading == "Kế hoạch: không có gì thay đổi"


def test_somebodys_sessions_are_ended(khanh, visitor):
    thao = visitor().sign_in("thaoln", at="/t/xa-hoa-binh")
    khanh.follow("Con người", inside=khanh.navigation)
    khanh.page.get_by_label("Tên hoặc tên đăng nhập").fill("le nhat thao")
    khanh.settles_at(q="le nhat thao")
    khanh.follow("Lê Nhật Thảo", press=500).sees("Đang đăng nhập ở", "Chuyên viên")
    khanh.press("Đăng xuất khỏi mọi nơi").toast("Đã ngắt").sees("Không ở đâu.")
    khanh.installation.wait_for_jobs()
    thao.reload()
    assert thao.heading == "Đăng nhập", "neither here nor at Keycloak is anything left of the session"


def test_somebody_is_locked_out(khanh, visitor):
    nga = visitor().sign_in("ngavt", at="/t/xa-hoa-binh/example")
    khanh.open("/admin/people?q=ngavt").follow("Võ Thị Nga")
    khanh.link("Khoá tài khoản…").click()
    expect(khanh.dialog).to_contain_text("Mọi phiên đang mở bị ngắt ngay")
    khanh.look()
    khanh.press("Khoá tài khoản", inside=khanh.dialog).sees("Tài khoản khoá từ")
    khanh.installation.wait_for_jobs()
    khanh.installation.mirror()
    nga.reload()
    assert nga.heading == "Đăng nhập"
    nga.give_password(nga.installation.account("ngavt"))
    nga.sees("Tài khoản này đang khoá.")
    khanh.press("Mở lại tài khoản").sees("Tài khoản đang dùng được")


def test_the_state_of_the_installation_is_told(khanh):
    khanh.follow("Sức khoẻ", inside=khanh.navigation)
    khanh.sees(
        "Tiến trình nền đang chạy",
        "Hàng đợi việc nền chạy kịp",
        "Nhật ký được nối vào chuỗi kịp thời",
        "Ghi chú quá hạn được xoá",
    )
    assert khanh.main.locator(".lt-tag.bad").count() == 0, khanh.main.inner_text()
    khanh.follow("Việc chạy nền", inside=khanh.navigation).sees("Không có việc nào lỗi")
    expect(khanh.main).not_to_contain_text("Không thấy tiến trình nền")
    khanh.follow("Nhật ký", inside=khanh.navigation).sees("Nhật ký nguyên vẹn")
