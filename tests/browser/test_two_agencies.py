"""An officer with posts in two agencies signs in once and works in both."""

from playwright.sync_api import expect


def test_one_sign_in_for_two_agencies(visitor):
    lan = visitor()
    lan.open("/t/phuong-an-dong/example?state=pinned")
    assert lan.heading == "Đăng nhập"
    assert "/realms/" in lan.page.url
    expect(lan.page.locator("html")).to_have_attribute("lang", "vi")
    expect(lan.page.get_by_label("Tên đăng nhập hoặc thư công vụ")).to_be_focused()
    expect(lan.page.get_by_label("Mật khẩu", exact=True)).to_be_visible()

    lan.give_password(lan.installation.account("lanht"))
    assert lan.path == "/t/phuong-an-dong/example?state=pinned", "the page that was asked for"
    assert lan.heading == "Sổ tay phòng ban"

    lan.open("/t/phuong-an-dong/example")
    lan.switch_to("Sở Văn hoá")
    assert lan.path == "/t/so-van-hoa/", "the notebook is off there, so it is the start page"
    expect(lan.navigation).not_to_contain_text("Sổ tay phòng ban")
    lan.sees("Chuyên viên biệt phái")

    lan.switch_to("UBND phường An Đông")
    assert lan.path.rstrip("/") == "/t/phuong-an-dong"
    lan.follow("Sổ tay phòng ban", inside=lan.navigation)
    lan.follow("Viết ghi chú").fill("Tiêu đề", "Lịch trực tuần này").press("Ghi vào sổ")
    lan.toast("Đã ghi vào sổ.")
    assert lan.heading == "Lịch trực tuần này"


def test_the_switcher_keeps_the_page_where_it_exists(visitor):
    ngoc = visitor().sign_in("ngocdt", at="/t/phuong-an-dong/units")
    ngoc.sees("Phòng Kinh tế")
    ngoc.switch_to("Sở Văn hoá")
    assert ngoc.path == "/t/so-van-hoa/units"
    ngoc.sees("1 phòng ban đang hoạt động").sees_not("Phòng Kinh tế")
    ngoc.follow("Con người và vai trò", inside=ngoc.navigation).sees("Đặng Thị Ngọc", "Hoàng Thị Lan")


def test_a_wrong_password_is_told_on_the_same_page(visitor):
    lan = visitor().open("/t/phuong-an-dong")
    lan.page.get_by_label("Tên đăng nhập hoặc thư công vụ").fill("lanht")
    lan.page.get_by_label("Mật khẩu", exact=True).fill("sai rồi")
    lan.press("Đăng nhập")
    assert lan.heading == "Đăng nhập"
    expect(lan.page.get_by_role("alert")).to_contain_text("Tên đăng nhập hoặc mật khẩu chưa đúng")
    expect(lan.page.get_by_label("Tên đăng nhập hoặc thư công vụ")).to_have_value("lanht")
    lan.give_password(lan.installation.account("lanht"))
    assert lan.path.rstrip("/") == "/t/phuong-an-dong"


def test_an_agency_of_others_does_not_exist(visitor):
    lan = visitor().sign_in("lanht")
    lan.open("/t/phuong-vinh-hai", status=404)
    assert lan.heading.startswith("Không có trang này")
    lan.sees_not("Vĩnh Hải")
    lan.follow("Về “UBND phường An Đông”")


def test_without_a_post_there_is_a_page_that_says_so(visitor):
    tu = visitor().sign_in("tuvd")
    assert tu.heading == "Bạn chưa có vị trí công tác nào"
    tu.sees("Vũ Đình Tú", "tuvd")
    tu.press("Đăng xuất")
    assert tu.heading == "Bạn đã đăng xuất"
