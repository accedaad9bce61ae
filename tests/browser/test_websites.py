"""An article's whole life, from a phone to the province's front page and away again; and a site made from nothing."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import PHONE

NEWSROOM = "/t/phuong-thanh-tan/websites"
SITE = "/public/phuong-thanh-tan"
TITLE = "Khánh thành cầu đi bộ qua sông Đào"
SUMMARY = "Cầu dài 120 mét, mở cho người đi bộ từ sáng thứ Bảy."
UNACCENTED = "cau di bo"
NEW_SITE = "/t/xa-phu-loc/websites/site"


@pytest.fixture
def open_site(installation):
    """Let the site of the newsroom be open, as its administrator has left it."""
    installation.sql(
        "UPDATE websites.site SET is_open = true, responsible = 'Phan Văn Long, Chánh Văn phòng', address = '1 Lê Lợi' "
        "WHERE tenant_id = (SELECT id FROM tenants.tenant WHERE code = 'phuong-thanh-tan')"
    )


def test_from_a_phone_to_the_front_page_and_away_again(visitor, installation, open_site):
    hanh = visitor(viewport=PHONE, has_touch=True).sign_in("hanhtm", at=NEWSROOM)
    quynh = visitor().sign_in("quynhdt", at=NEWSROOM)
    long = visitor().sign_in("longpv", at=NEWSROOM)
    people = [visitor(), visitor(script=False)]

    write(hanh)
    give_back(quynh)
    improve(hanh)
    quynh.reload().press("Trình duyệt đăng").toast("Đã trình duyệt đăng.")
    for stranger in people:
        nowhere(stranger)
    publish_tomorrow(long)
    for stranger in people:
        nowhere(stranger)
    let_tomorrow_come(installation)

    long.reload().sees("Đang công khai").follow("Xem trên trang")
    address = urlsplit(long.page.url).path
    assert address.startswith(f"{SITE}/tin/")
    long.back()
    for stranger in people:
        read(stranger, address)

    put_on_the_front_page(long, visitor().sign_in("tamnt", at="/t/van-phong-uy-ban"))
    for stranger in people:
        stranger.open("/")
        assert stranger.path == "/public/"
        stranger.follow(TITLE)
        assert stranger.path == address
        find(stranger)

    long.follow("Gỡ khỏi trang").sees("Người dân không mở được bài nữa").press("Gỡ bài").toast(
        "Đã gỡ bài khỏi trang."
    )
    for stranger in people:
        stranger.open(address, status=404)
        nowhere(stranger)
    hanh.reload().sees("Đã gỡ", SUMMARY)


def write(hanh):
    hanh.follow("Viết tin bài")
    hanh.fill("Tiêu đề", TITLE)
    hanh.page.get_by_role("textbox", name="Nội dung", exact=True).fill("Sáng thứ Bảy cầu mở cho người đi bộ.")
    hanh.press("Lưu bài").toast("Đã lưu bài nháp.")
    assert hanh.heading == TITLE
    hanh.sees("Sáng thứ Bảy cầu mở cho người đi bộ.").press("Gửi biên tập").toast("Đã gửi biên tập.")
    expect(hanh.main.get_by_role("link", name="Sửa bài")).to_have_count(0)


def give_back(quynh):
    quynh.reload().follow(TITLE).follow("Trả lại").press("Trả lại bài", status=422)
    assert quynh.errors() == ["Lý do: Chưa nhập."]
    quynh.fill("Lý do", "Thêm tóm tắt, nói rõ cầu dài bao nhiêu.").press("Trả lại bài")
    quynh.toast("Đã trả lại kèm lý do.")


def improve(hanh):
    hanh.reload().sees("Bài được trả lại", "Thêm tóm tắt, nói rõ cầu dài bao nhiêu.").follow("Sửa bài")
    hanh.fill("Tóm tắt", SUMMARY).press("Lưu bài").toast("Đã lưu bài.")
    hanh.sees(SUMMARY).press("Gửi biên tập").toast("Đã gửi biên tập.").sees_not("Bài được trả lại")


def publish_tomorrow(long):
    long.reload().follow(TITLE).follow("Đăng").sees(SUMMARY)
    long.page.get_by_label("Hẹn giờ đăng").check()
    # The next full hour is proposed; whoever empties it is asked.
    long.fill("Ngày đăng", "").fill("Giờ đăng", "").press("Duyệt và đăng", status=422)
    assert long.errors() == ["Ngày đăng: Chưa nhập ngày.", "Giờ đăng: Chưa nhập giờ, ví dụ 14:30."]
    long.fill("Ngày đăng", "31/12/2099").fill("Giờ đăng", "7h30").press("Duyệt và đăng")
    long.toast("Bài sẽ lên trang lúc 31/12/2099 07:30.")


def let_tomorrow_come(installation):
    """Move the set time, and the job that waits for it, to now."""
    installation.sql(
        "UPDATE websites.article SET publish_at = now() - interval '1 minute' WHERE title = %s", TITLE
    )
    installation.sql(
        "UPDATE jobs.procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo' AND scheduled_at > '2099-01-01'"
    )
    installation.wait_for_jobs()


def read(stranger, address):
    """Find the article on the agency's site by what is written there."""
    stranger.open(f"{SITE}/").follow(TITLE)
    assert stranger.path == address
    assert stranger.heading == TITLE
    stranger.sees(SUMMARY, "Sáng thứ Bảy cầu mở cho người đi bộ.")


def put_on_the_front_page(long, tam):
    long.button("Việc khác với mục này").click()
    long.follow("Đưa lên trang chủ chung").press("Đề nghị đưa lên").toast(
        "Đã đề nghị đưa lên trang chủ chung."
    )
    tam.follow("Trang chủ chung", inside=tam.navigation).sees(TITLE, "Uỷ ban nhân dân phường Thanh Tân")
    tam.follow(TITLE).back()
    tam.press(f"Nhận {TITLE}").toast("Đã nhận bài. Trang chủ chung hiện 9 bài nhận gần nhất")


def find(stranger):
    """Search the province without accents."""
    stranger.open("/public/")
    stranger.page.get_by_role("searchbox").fill(UNACCENTED)
    stranger.press("Tìm")
    expect(stranger.link(TITLE)).to_be_visible()


def nowhere(stranger):
    """Assert that no public page tells of the article, whoever asks for what."""
    for path in (
        f"{SITE}/",
        f"{SITE}/tin",
        f"{SITE}/tim-kiem?q=cau+di+bo",
        "/public/",
        "/public/t/tim-kiem?q=cau+di+bo",
    ):
        stranger.open(path)
        expect(stranger.page.locator("body")).not_to_contain_text(TITLE)
    for path in (f"{SITE}/feed.atom", f"{SITE}/sitemap.xml", "/public/feed.atom"):
        answer = stranger.context.request.get(stranger.installation.url + path)
        assert answer.ok, path
        assert TITLE not in answer.text()
        assert "khanh-thanh-cau" not in answer.text()


def test_a_site_from_nothing(visitor):
    giang = visitor().sign_in("giangvt", at="/t/xa-phu-loc/modules")
    stranger = visitor()
    stranger.open("/public/xa-phu-loc/", status=404)
    giang.page.get_by_role("switch", name="Phân hệ Trang thông tin điện tử").click()
    giang.press("Bật phân hệ", inside=giang.dialog).toast("Đã bật Trang thông tin điện tử.")

    giang.follow("Trang thông tin điện tử", inside=giang.navigation).follow("Trang của cơ quan")
    assert giang.path == NEW_SITE
    giang.sees("Chưa mở cho công chúng", "Mở được khi đủ các mục bắt buộc.")
    expect(giang.button("Mở trang cho công chúng")).to_be_disabled()
    giang.press_at("main li:has-text('Người chịu trách nhiệm nội dung') a")
    giang.fill("Người chịu trách nhiệm nội dung", "Vũ Trường Giang, Chánh Văn phòng")
    giang.fill("Địa chỉ", "Thôn 3, xã Phú Lộc").fill("Thư điện tử", "không phải thư")
    giang.press("Lưu thông tin trang", status=422)
    assert len(giang.errors()) == 1
    giang.fill("Thư điện tử", "phuloc@example.vn").press("Lưu thông tin trang")

    giang.toast("Đã lưu thông tin trang.").follow("Đóng, mở trang")
    giang.press("Đăng 3 trang tĩnh soạn sẵn").toast("Đã đăng 3 trang tĩnh.")
    stranger.open("/public/xa-phu-loc/", status=404)
    giang.press("Mở trang cho công chúng").toast("Trang đã mở cho công chúng.")
    giang.follow("Xem trang công khai")
    assert giang.path == "/public/xa-phu-loc/"

    stranger.open("/public/xa-phu-loc/")
    expect(stranger.page.locator("footer")).to_contain_text("Vũ Trường Giang, Chánh Văn phòng")
    expect(stranger.page.locator("footer")).to_contain_text("Thôn 3, xã Phú Lộc")
    stranger.open("/public/").follow("Danh sách").follow("Uỷ ban nhân dân xã Phú Lộc")
    assert stranger.path == "/public/xa-phu-loc/"


def test_a_text_begun_on_the_phone_is_finished_at_the_desk(visitor):
    form = f"{NEWSROOM}/new?kind=notice"
    phone = visitor(viewport=PHONE, has_touch=True).sign_in("hanhtm", at=form)
    # A form that was opened and not touched keeps nothing that could stand in for the text from the phone.
    desk = visitor().sign_in("hanhtm", at=form)
    phone.fill("Tiêu đề", "Lịch trực Tết")
    with phone.page.expect_response(
        lambda answer: "/drafts/save" in answer.url and "28 T" in (answer.request.post_data or "")
    ):
        phone.page.get_by_role("textbox", name="Nội dung", exact=True).fill("Trực từ 28 Tết.")
    expect(phone.page.locator("[data-lt-saved]")).to_contain_text("Đã lưu nháp")
    desk.reload()
    desk.follow(desk.page.locator("[data-lt-offer] a").inner_text())
    expect(desk.page.get_by_role("textbox", name="Nội dung", exact=True)).to_have_text("Trực từ 28 Tết.")
    expect(desk.field("Tiêu đề")).to_have_value("Lịch trực Tết")
    desk.press("Lưu bài").toast("Đã lưu bài nháp.").sees("Trực từ 28 Tết.")
