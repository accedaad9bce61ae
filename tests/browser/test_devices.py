"""Where somebody is signed in, and how a session ends."""

from playwright.sync_api import expect

from tests.conftest import CHROMIUM_ARGUMENTS

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0"


def test_a_session_is_ended_from_another_device(visitor):
    yen = visitor().sign_in("yennt")
    elsewhere = visitor(user_agent=FIREFOX).sign_in("yennt", at="/t/phuong-an-dong/example")
    yen.page.locator("[aria-controls=lt-account]").click()
    yen.follow("Thiết bị đã đăng nhập").sees("máy bạn đang dùng")
    yen.press("Đăng xuất", inside=yen.row("Firefox trên Windows")).toast("Đã kết thúc phiên ở thiết bị đó")
    expect(yen.row("Firefox trên Windows")).to_have_count(0)
    yen.installation.wait_for_jobs()
    elsewhere.reload()
    assert elsewhere.heading == "Đăng nhập"
    elsewhere.give_password(elsewhere.installation.account("yennt"))
    assert elsewhere.path == "/t/phuong-an-dong/example"

    yen.reload().press("Đăng xuất mọi thiết bị khác").toast("Đã kết thúc 1 phiên")
    yen.installation.wait_for_jobs()
    elsewhere.reload()
    assert elsewhere.heading == "Đăng nhập"


def test_after_signing_out_the_back_button_shows_nothing(visitor):
    yen = visitor().sign_in("yennt", at="/t/phuong-an-dong/example")
    yen.sees("Sổ tay phòng ban")
    yen.choose_in_account_menu("Đăng xuất")
    assert yen.heading == "Bạn đã đăng xuất"
    yen.back()
    assert yen.heading == "Đăng nhập"
    assert yen.page.get_by_text("Sổ tay phòng ban").count() == 0
    yen.open("/sso/signed-out").follow("Đăng nhập lại")
    assert yen.heading == "Đăng nhập", "the session at Keycloak is over as well"


def test_back_shows_nothing_where_a_browser_keeps_whole_pages(chromium, chromium_path, visitor):
    # Ordinary browsers keep pages for Back; under test they do so only when asked.
    keeping = chromium.browser_type.launch(
        executable_path=chromium_path,
        args=CHROMIUM_ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yen = visitor(browser=keeping, inspect=False).sign_in("yennt", at="/t/phuong-an-dong/example")
    yen.follow("Trang đầu", inside=yen.navigation).choose_in_account_menu("Đăng xuất")
    yen.page.go_back()
    expect(yen.page.locator("h1")).to_have_text("Đăng nhập")
    keeping.close()


def test_nothing_private_is_kept_by_the_browser(visitor):
    yen = visitor().sign_in("yennt", at="/t/phuong-an-dong/example")
    kept = (
        "Object.keys(sessionStorage).concat(Object.keys(localStorage)).filter(key => key.startsWith('lt:'))"
    )
    with yen.page.expect_response("**/example") as answer:
        yen.reload()
    assert answer.value.headers["cache-control"] == "no-store"
    yen.choose_in_account_menu("Đăng xuất")
    assert yen.page.evaluate(kept) == []
    names = {cookie["name"] for cookie in yen.context.cookies(yen.installation.url) if "lt" in cookie["name"]}
    assert "__Host-lt_session" not in names
