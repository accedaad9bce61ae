"""Language, theme and keys: everybody reads and works as they like."""

import re

import pytest
from playwright.sync_api import expect

from core.app import load_modules
from core.web.shell import initials

VIETNAMESE = re.compile(
    "[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE
)
NAMES = {
    "Liên Thông", "Thành phố Huế", "Trung tâm Chuyển đổi số", "Tiếng Việt",
    "Văn thư trực, Biên tập hỏi đáp", "1520/QĐ-UBND", "Trần Mỹ Hạnh, Phó Chủ tịch",  # examples of what officers type
}  # fmt: skip
WORDS = """() => {
    const found = [document.title];
    const walk = (node) => {
        if (node.nodeType === Node.TEXT_NODE) found.push(node.textContent);
        if (node.nodeType !== Node.ELEMENT_NODE || node.matches('script, [lang=vi]')) return;
        for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-label', 'data-lt-busy', 'data-lt-say']) {
            if (node.hasAttribute(name)) found.push(node.getAttribute(name));
        }
        (node.content || node).childNodes.forEach(walk);
    };
    walk(document.body);
    return found.map(text => text.trim()).filter(Boolean);
}"""


ELSEWHERE = {
    "lists.view_new": "keeps the list it is opened from",
    "press_issues.digest_pdf": "is a file",
    "reports.report_excel": "is a file",
    "reports.report_pdf": "is a file",
    "voter_opinions.row": "is a row of a file that was read in",
    "voter_opinions.behind": "is behind a number of a session's report",
    "tenants.agencies_excel": "is a file",
    "reports.late": "is of agencies that have others below them",
}


def pages(*areas):
    """Return the addresses of all pages that need no object, in the agency where lists are full."""
    _host, catalogue = load_modules()
    return sorted(
        address.url(**({"tenant": "phuong-an-dong"} if address.tenanted else {}))
        for address in catalogue.routes.values()
        if address.route.area in areas
        and "get" in address.responders
        and address.fields in ([], ["tenant"])
        and "/_" not in address.template  # for developers, on no real installation
        and address.name not in ELSEWHERE
    )


OFFICE = [*pages("office"), "/agencies", "/sso/devices", "/api-reference"]
CONSOLE = pages("admin")


@pytest.fixture
def data(installation):
    """Everything that people have named or written, longest first; it is the same in any language."""
    names = installation.sql(
        "SELECT name FROM casework.national_day UNION SELECT ground FROM casework.national_day UNION "
        "SELECT name FROM tenants.tenant_version UNION SELECT short_name FROM tenants.tenant_version "
        "UNION SELECT name FROM tenants.unit UNION SELECT full_name FROM tenants.person "
        "UNION SELECT position FROM tenants.membership UNION SELECT decision FROM tenants.membership "
        "UNION SELECT title FROM tenants.role "
        "UNION SELECT title FROM example.note UNION SELECT body FROM example.note UNION SELECT name FROM files.file "
        "UNION SELECT value FROM core.audit_entry, jsonb_each_text(data) "
        "UNION SELECT name FROM websites.site UNION SELECT title FROM websites.category "
        "UNION SELECT title FROM websites.menu_item UNION SELECT title FROM websites.article"
    )
    texts = {part.strip() for (text,) in names for part in (text or "").splitlines()} - {""}
    return sorted(texts | {initials(text) for text in texts} | NAMES, key=len, reverse=True)


def untranslated(visitor, data):
    """Return the lines of a page that are neither English nor in the database."""
    lines = {line.strip() for text in visitor.page.evaluate(WORDS) for line in text.splitlines()}
    return [
        f"{visitor.path}: {line[:200]}" for line in sorted(lines) if VIETNAMESE.search(without(line, data))
    ]


def without(line, data):
    beginning = line.removesuffix("…")
    if beginning != line and any(text.startswith(beginning) for text in data):
        return ""
    for text in data:
        line = line.replace(text, "")
    return line


def in_english(visitor):
    visitor.choose_in_account_menu("English")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    return visitor


def test_an_agencys_pages_in_english(visitor, data):
    ngoc = in_english(visitor().sign_in("ngocdt", at="/t/phuong-an-dong"))
    try:
        found = [line for path in OFFICE for line in untranslated(ngoc.open(path), data)]
        found += untranslated(ngoc.open("/t/phuong-an-dong/nowhere", status=404), data)
        found += untranslated(ngoc.open("/t/phuong-an-dong/people/new?new=1"), data)
        ngoc.press_at("form[data-lt-draft] .btn-primary", status=422)
        found += untranslated(ngoc, data)
        assert not found, "\n".join(found)
    finally:
        ngoc.open("/t/phuong-an-dong").choose_in_account_menu("Tiếng Việt")
    expect(ngoc.page.locator("html")).to_have_attribute("lang", "vi")


def test_the_sign_in_speaks_the_language_of_before(visitor):
    yen = in_english(visitor().sign_in("yennt"))
    yen.choose_in_account_menu("Sign out")
    assert yen.heading == "You have signed out"
    yen.follow("Sign in again")
    assert yen.heading == "Sign in"
    yen.give_password(yen.installation.account("yennt"))
    yen.choose_in_account_menu("Tiếng Việt")


def test_the_console_in_english(visitor, data):
    phong = in_english(visitor().sign_in("phongld", at="/admin"))
    try:
        found = [line for path in CONSOLE for line in untranslated(phong.open(path), data)]
        found += untranslated(phong.open("/admin/agencies/phuong-an-dong"), data)
        found += untranslated(phong.open("/admin/agencies/phuong-an-dong/audit"), data)
        assert not found, "\n".join(found)
    finally:
        phong.open("/admin").choose_in_account_menu("Tiếng Việt")


def test_the_theme_stays_dark(visitor):
    ngoc = visitor().sign_in("ngocdt", at="/t/so-van-hoa")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = ngoc.page.evaluate(ground)
    ngoc.choose_in_account_menu("Tối")
    expect(ngoc.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    dark = ngoc.page.evaluate(ground)
    assert dark != light
    ngoc.open("/t/so-van-hoa/units")
    assert ngoc.page.evaluate(ground) == dark
    ngoc.choose_in_account_menu("Theo máy")
    assert ngoc.page.evaluate(ground) == light


def test_keys(visitor):
    ngoc = visitor().sign_in("ngocdt", at="/t/phuong-an-dong/people")
    press = ngoc.page.keyboard.press
    press("/")
    expect(ngoc.page.locator("[data-lt-search]")).to_be_focused()
    ngoc.page.keyboard.type("n?")
    assert ngoc.page.locator("[data-lt-search]").input_value() == "n?"
    ngoc.open("/t/phuong-an-dong/people")
    press("?")
    expect(ngoc.dialog.get_by_role("heading", name="Trợ giúp và phím tắt")).to_be_visible()
    ngoc.look()
    press("Escape")
    expect(ngoc.dialog).to_have_count(0)
    press("j")
    press("j")
    second = ngoc.main.locator("tbody tr").nth(1).locator("a").first
    expect(second).to_be_focused()
    with ngoc.page.expect_navigation():
        press("n")
    assert ngoc.heading == "Thêm vị trí công tác"
    with ngoc.page.expect_navigation():
        press("g")
        press("v")
    assert ngoc.heading == "Trang đầu"


def test_tab_goes_through_the_shell_in_order(visitor):
    ngoc = visitor().sign_in("ngocdt", at="/t/phuong-an-dong/units")
    tab = lambda: ngoc.page.keyboard.press("Tab")  # noqa: E731
    tab()
    expect(ngoc.link("Tới nội dung")).to_be_focused()
    expect(ngoc.focused).to_be_in_viewport()
    order = []
    for _step in range(7):
        tab()
        order.append(
            ngoc.page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
            )
        )
        outline = ngoc.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", f"no focus ring on {order[-1]}"
    assert order[0] == "Trang đầu"
    assert "UBND phường An Đông" in order[1]
    assert order[2:4] == ["Tìm trong cơ quan", "Trợ giúp và phím tắt"]
    assert order[4].startswith("Thông báo")
    assert "Đặng Thị Ngọc" in order[5]
    assert order[6].startswith("Việc của tôi"), "the navigation comes next"

    ngoc.reload()
    tab()
    ngoc.page.keyboard.press("Enter")
    tab()
    expect(ngoc.link("Lập phòng ban")).to_be_focused()


def test_menus_by_keyboard(visitor):
    ngoc = visitor().sign_in("ngocdt", at="/t/phuong-an-dong/units")
    switcher = ngoc.page.locator("[aria-controls=lt-switcher]")
    switcher.focus()
    ngoc.page.keyboard.press("Enter")
    expect(switcher).to_have_attribute("aria-expanded", "true")
    ngoc.page.keyboard.press("ArrowDown")
    ngoc.page.keyboard.press("Escape")
    expect(switcher).to_be_focused()
    expect(switcher).to_have_attribute("aria-expanded", "false")
    ngoc.page.keyboard.press("Enter")
    entries = ngoc.page.locator("#lt-switcher a")
    for number in range(entries.count()):
        ngoc.page.keyboard.press("ArrowDown")
        expect(entries.nth(number)).to_be_focused()
        if "Sở Văn hoá" in entries.nth(number).inner_text():
            break
    with ngoc.page.expect_navigation():
        ngoc.page.keyboard.press("Enter")
    assert ngoc.path == "/t/so-van-hoa/units"


def test_single_keys_can_be_switched_off(visitor):
    ngoc = visitor().sign_in("ngocdt", at="/t/phuong-an-dong/units")
    keys = ngoc.page.get_by_role("group", name="Phím tắt một chữ")
    ngoc.page.locator("[aria-controls=lt-account]").click()
    ngoc.press("Tắt", inside=keys)
    ngoc.page.keyboard.press("n")
    ngoc.page.keyboard.press("?")
    ngoc.page.wait_for_timeout(300)
    assert ngoc.heading == "Phòng ban"
    expect(ngoc.dialog).to_have_count(0)
    ngoc.page.locator("[aria-controls=lt-account]").click()
    ngoc.press("Bật", inside=keys)
    with ngoc.page.expect_navigation():
        ngoc.page.keyboard.press("n")
    assert ngoc.heading == "Lập phòng ban"
