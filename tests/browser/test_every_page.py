"""Every page of the catalogue, opened for inspection: axe in light, dark and on a phone, and 320 px (see inspection.py)."""

import re

from playwright.sync_api import expect

from tests.browser.test_reading import CONSOLE, OFFICE


def test_every_page_of_an_agency(visitor):
    anh = visitor().sign_in("anhpn", at="/t/phuong-an-dong")
    for path in OFFICE:
        anh.open(path)
    for row in ("people", "units"):
        anh.open(f"/t/phuong-an-dong/{row}")
        anh.press_at("main tbody tr th a >> nth=0")
    anh.open("/t/phuong-an-dong/people/new?q=vinhlq").sees("Lê Quang Vinh")


def test_every_page_of_the_console(visitor):
    phong = visitor().sign_in("phongld", at="/admin")
    for path in CONSOLE:
        phong.open(path)
    phong.open("/admin/agencies/phuong-an-dong").open("/admin/agencies/phuong-an-dong/audit")
    phong.open("/admin/people?q=lan").press_at("main tbody tr th a >> nth=0")
    phong.open("/admin/agencies/khong-co", status=404)


def test_menus_and_the_drawer(visitor):
    anh = visitor().sign_in("anhpn", at="/t/phuong-an-dong/people")
    anh.page.locator("[aria-controls=lt-account]").click()
    anh.look("account menu")
    anh.page.keyboard.press("Escape")
    anh.main.locator("tbody [data-lt-menu]").first.click()
    anh.look("row menu")

    phone = visitor(viewport={"width": 390, "height": 844}, has_touch=True).sign_in(
        "anhpn", at="/t/phuong-an-dong/people"
    )
    bottom = phone.page.get_by_role("navigation", name="Lối tắt")
    expect(bottom).to_be_visible()
    bottom.get_by_role("link", name="Danh mục").click()
    expect(phone.link("Phòng ban", phone.navigation)).to_be_in_viewport()
    phone.look("drawer")
    phone.page.keyboard.press("Escape")
    phone.main.locator("tbody [data-lt-menu]").first.click()
    phone.look("row menu on a phone")
    phone.page.keyboard.press("Escape")
    bottom.get_by_role("link", name="Danh mục").click()
    phone.follow("Phòng ban", inside=phone.navigation)
    small = phone.page.evaluate(
        "[...document.querySelectorAll('main .btn, main button, .lt-bottom a')].filter(each => each.offsetParent && each.offsetHeight < 40)"
        ".map(each => each.outerHTML.slice(0, 120))"
    )
    assert small == [], "buttons on phones are 40 px high"


def test_pages_of_the_sign_in_service(visitor):
    somebody = visitor().open("/t/phuong-an-dong")
    english = visitor().open("/sso/login").follow("English")
    expect(english.page.locator("html")).to_have_attribute("lang", "en")
    realm = somebody.installation.realm
    with somebody.arriving(400):
        somebody.page.goto(f"{realm.issuer}/protocol/openid-connect/auth?client_id=nobody")
    assert somebody.heading == "Chưa đăng nhập được"
    expect(somebody.page.get_by_role("alert")).to_be_visible()


def test_a_sign_in_that_is_too_old(visitor):
    somebody = visitor().open("/sso/callback?state=x&code=y&iss=z", status=400)
    assert re.search("đã cũ|Chưa đăng nhập được", somebody.heading)
    somebody.follow("Đăng nhập lại")
    assert somebody.heading == "Đăng nhập"
