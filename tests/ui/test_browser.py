"""The pages in Chromium: accessible, narrow, quiet under the content policy, usable by keyboard and without script."""

import json
import re

import pytest
from playwright.sync_api import expect

from scripts._lib.places import NPM
from tests.ui import samples

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NAMES = sorted(samples.PAGES)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = f"""axe.run(document, {{runOnly: {json.dumps(RULES)}}}).then(result => result.violations.flatMap(
    violation => violation.nodes.map(node => violation.id + ': ' + node.target.join(' ') + ' ' + node.failureSummary)))"""

UNDER_THE_BAR = """() => {
    const bar = document.querySelector(".lt-bottom");
    if (!bar) return [];
    scrollTo({top: document.documentElement.scrollHeight, behavior: "instant"});
    const top = bar.getBoundingClientRect().top;
    return [...document.querySelectorAll("main :is(a, button, input, select, textarea, summary)")].filter(
        it => it.checkVisibility() && it.getBoundingClientRect().bottom > top).map(it => it.outerHTML.slice(0, 120));
}"""
"""What the fixed bar of a phone covers when a page is scrolled to its end."""


def violations(page) -> list[str]:
    # Evaluated through the debugger: the page's own policy would refuse a script tag.
    page.evaluate((NPM / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8") + ";0")
    return page.evaluate(AXE)


def drafts(page) -> int:
    return page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('lt:')).length")


def kept(page) -> None:
    """Wait until what was typed is kept."""
    for _attempt in range(600):
        if drafts(page):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the draft was not kept")


def focused(page) -> str:
    return page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


@pytest.mark.parametrize("name", NAMES)
def test_pages_are_accessible_narrow_and_quiet(open_page, trouble, name):
    page = open_page(name)
    found = {"light": violations(page)}
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    found["dark"] = page.evaluate(AXE)
    page.set_viewport_size({"width": 390, "height": 844})
    found["phone"] = page.evaluate(AXE)
    found["under the bar"] = page.evaluate(UNDER_THE_BAR)
    page.set_viewport_size({"width": 320, "height": 640})
    assert found == {"light": [], "dark": [], "phone": [], "under the bar": []}
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    own_status = f"the server responded with a status of {name[1:4]}"
    assert [each for each in trouble if own_status not in each] == []


def test_the_longest_name_of_an_agency_leaves_the_top_bar_its_buttons(open_page):
    page = open_page("home")
    for width in (320, 390, 800):
        page.set_viewport_size({"width": width, "height": 640})
        page.locator(".lt-agency b").evaluate(
            "name => { name.textContent = 'Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân thành phố Huế' }"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        agency, rest = page.locator(".lt-agency").bounding_box(), page.locator(".lt-bar-end").bounding_box()
        assert agency["x"] + agency["width"] <= rest["x"]


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_the_top_bar_stays_on_a_page_of_many_screens(open_page, options):
    page = open_page("people", **options)
    page.evaluate("document.querySelector('main').style.minHeight = '400vh'")
    page.evaluate("scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'})")
    assert page.evaluate("scrollY > 2 * innerHeight")
    assert page.locator(".lt-bar").bounding_box()["y"] == 0


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("component")])
def test_the_catalogue_is_accessible_in_english_too(open_page, trouble, name):
    page = open_page(f"{name}?lang=en")
    found = {"light": violations(page)}
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    found["dark"] = page.evaluate(AXE)
    page.set_viewport_size(PHONE["viewport"])
    found["phone"] = page.evaluate(AXE)
    assert found == {"light": [], "dark": [], "phone": []}
    assert trouble == []


def test_the_system_decides_the_theme_unless_the_person_does(open_page):
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = open_page("home?theme=dark", color_scheme="light").evaluate(ground)
    light = open_page("home?theme=light", color_scheme="dark").evaluate(ground)
    assert open_page("home?theme=auto", color_scheme="dark").evaluate(ground) == dark != light
    assert open_page("home?theme=auto", color_scheme="light").evaluate(ground) == light


def test_a_plan_opens_as_a_dialog_and_gives_the_focus_back(open_page):
    page = open_page("modules")
    page.locator(".lt-switch[aria-checked=true][href]").first.click()
    dialog = page.locator("#lt-dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("heading", name="Tắt phân hệ Ý kiến cử tri?")).to_be_visible()
    assert page.url.endswith("/modules")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert 'role="switch"' in focused(page)


def test_a_plan_is_a_page_without_script(open_page):
    page = open_page("modules", java_script_enabled=False)
    page.locator(".lt-switch[aria-checked=true][href]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tắt phân hệ Ý kiến cử tri?")
    page.get_by_role("link", name="Giữ phân hệ bật").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phân hệ của cơ quan")


def test_menus_dialogs_and_drawer_work_without_script(open_page):
    page = open_page("home", java_script_enabled=False)
    page.locator("[aria-controls=lt-account]").click()
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    page.get_by_role("link", name="Trợ giúp và phím tắt").click()
    expect(page.locator("#lt-keys")).to_be_visible()
    phone = open_page("home", java_script_enabled=False, **PHONE)
    phone.get_by_role("link", name="Mở danh mục").click()
    expect(phone.get_by_role("link", name="Nhật ký")).to_be_visible()


def test_menus_follow_arrows_and_escape(open_page):
    page = open_page("people")
    page.locator("[aria-controls=lt-switcher]").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "Trung tâm Phục vụ hành chính công" in focused(page)
    page.keyboard.press("Escape")
    assert "lt-agency" in focused(page)
    expect(page.locator("#lt-switcher")).to_be_hidden()


def test_arrows_in_a_menu_pass_over_entries_that_are_hidden(open_page):
    page = open_page("people")
    page.locator("#lt-switcher").evaluate(
        """it => it.insertAdjacentHTML("afterbegin", '<div class="lt-narrow"><a href="/x">Chỉ ở máy hẹp</a></div>')"""
    )
    page.locator("[aria-controls=lt-switcher]").click()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('#lt-switcher') !== null")


def test_a_row_menu_is_not_cut_off_by_its_table(open_page):
    page = open_page("people")
    page.locator("[data-lt-menu][aria-controls^='p-']").last.click()
    entry = page.locator(".lt-menu-panel:visible a").last
    expect(entry).to_be_in_viewport(ratio=1)
    entry.click()
    expect(page.locator("#lt-dialog")).to_be_visible()


def test_single_keys_move_and_open_until_switched_off(open_page, pages):
    page = open_page("people")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert "Hồ Thị Cầm" in focused(page)
    page.keyboard.press("/")
    page.keyboard.type("n?")
    assert page.locator("#f-q").input_value() == "n?"
    assert page.url.split("?")[0].endswith("/people")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#lt-keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/post-new")
    off = open_page("people")
    off.evaluate("document.body.dataset.ltKeys = 'off'")
    off.keyboard.press("n")
    off.wait_for_timeout(100)
    assert off.url.endswith("/people")


def test_keys_of_an_input_method_are_left_alone(open_page):
    page = open_page("people")
    page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', isComposing: true, bubbles: true}))"
    )
    page.wait_for_timeout(100)
    assert page.url.endswith("/people")


def test_filtering_keeps_the_focus_and_writes_the_address(open_page):
    page = open_page("people")
    page.locator("#f-q").click()
    page.keyboard.type("khoa")
    page.wait_for_url("**/people?*q=khoa*")
    assert 'name="q"' in focused(page)
    expect(page.locator("#lt-live")).to_have_text("6 vị trí")


def test_a_list_that_fails_goes_to_the_error_page(open_page, site):
    page = open_page("people")
    page.locator(".lt-filter").evaluate("form => form.setAttribute('hx-get', '/p/e404')")
    page.evaluate("htmx.process(document.querySelector('.lt-filter'))")
    page.locator("#f-unit").select_option("2")
    page.wait_for_url("**/e404*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Không có trang này")


def test_errors_get_the_focus_and_lead_to_their_fields(open_page):
    page = open_page("post-edit")
    assert 'role="alert"' in focused(page)
    assert page.title().startswith("Có 3 lỗi: ")
    page.get_by_role("link", name="Chưa nhập chức danh.").click()
    assert 'name="position"' in focused(page)


def test_a_second_press_sends_nothing(open_page, site):
    page = open_page("post-end")
    page.evaluate(
        "document.querySelector('form[action=\"/p/post-end\"]').addEventListener('submit', () => 0)"
    )
    page.evaluate(
        "() => { const form = document.querySelector('form[action=\"/p/post-end\"]'); const button = form.querySelector('.btn-danger');"
        " button.click(); button.click(); }"
    )
    page.wait_for_url("**/people")
    assert len(site.posts) == 1


def test_ctrl_enter_sends_the_form(open_page, site):
    page = open_page("post-edit")
    page.locator("#f-position").fill("Chuyên viên")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/people")
    assert site.posts[0][1]["position"] == ["Chuyên viên"]


def test_ctrl_enter_sends_the_form_from_a_rich_text(open_page, site):
    page = open_page("post-edit")
    page.evaluate(
        "() => document.querySelector('#f-position').insertAdjacentHTML('afterend', '<div contenteditable tabindex=0 id=rich>x</div>')"
    )
    page.locator("#rich").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/people")
    assert len(site.posts) == 1


def test_what_was_typed_survives_an_expired_session(open_page, site):
    page = open_page("unit-new")
    page.locator("#f-name").fill("Tổ văn thư")
    site.after_post = "/p/e401"  # as the gate answers: sign in first
    page.get_by_role("button", name="Lập phòng ban").click()
    page.wait_for_url("**/e401")
    page.goto(f"{site.url}/p/unit-new")
    assert page.locator("#f-name").input_value() == "Tổ văn thư"
    expect(page.get_by_text("Điều bạn gõ dở lần trước")).to_be_visible()
    page.get_by_role("button", name="Bắt đầu lại").click()
    assert page.locator("#f-name").input_value() == ""


def test_a_draft_ends_when_it_was_taken(open_page, site):
    page = open_page("unit-new")
    page.locator("#f-name").fill("Tổ văn thư")
    site.after_post = "/p/units?toast=1"
    page.get_by_role("button", name="Lập phòng ban").click()
    page.wait_for_url("**/units*")
    expect(page.locator("#lt-live")).to_have_text("Đã lưu.")
    page.goto(f"{site.url}/p/unit-new")
    assert page.locator("#f-name").input_value() == ""


def test_a_finished_act_puts_the_focus_on_the_title_unless_a_form_goes_on(open_page):
    page = open_page("units?toast=1")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.evaluate("scrollY") == 0
    expect(page.locator("#lt-live")).to_have_text("Đã lưu.")
    assert 'role="alert"' in focused(open_page("post-edit?toast=1"))
    assert focused(open_page("units")).startswith("<body")


def test_the_first_heading_of_a_page_is_its_own(open_page):
    for name in ("home", "people", "agencies"):
        page = open_page(name)
        assert page.get_by_role("heading").first.evaluate("it => it.nodeName") == "H1"
    expect(page.get_by_role("list", name="Vận hành", exact=True)).to_be_visible()


def test_nothing_stays_in_the_browser_after_signing_out_or_for_another_person(open_page, site):
    page = open_page("unit-new")
    page.locator("#f-name").fill("Tổ văn thư")
    kept(page)
    page.goto(f"{site.url}/p/agencies")  # the operator's hat belongs to another person in the samples
    assert drafts(page) == 0
    page.goto(f"{site.url}/p/unit-new")
    page.locator("#f-name").fill("Tổ văn thư")
    kept(page)
    page.locator("[aria-controls=lt-account]").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/people")
    assert drafts(page) == 0


def test_going_offline_is_told_and_typing_goes_on(open_page):
    page = open_page("unit-new")
    page.context.set_offline(True)
    note = page.locator("[data-lt-offline]")
    expect(note).to_be_visible()
    # It leaves room for the foot that stays at the lower edge.
    box, foot = note.bounding_box(), page.locator(".lt-foot.sticky").bounding_box()
    assert box["y"] + box["height"] <= page.viewport_size["height"] - foot["height"]
    page.locator("#f-name").fill("Tổ văn thư")
    page.context.set_offline(False)
    expect(page.get_by_text("Máy bạn đang mất mạng")).to_be_hidden()


def test_a_running_apply_refreshes_itself_and_stops_when_done(open_page, site):
    page = open_page("run")
    button = page.get_by_role("button", name="Dừng an toàn")
    button.focus()
    samples.PAGES["run"], kept = samples.PAGES["run-done"], samples.PAGES["run"]
    try:
        expect(page.get_by_role("heading", level=1)).to_have_text("Áp dụng xong")
        expect(page.get_by_text("440 trong tệp, 440 đã ghi")).to_be_visible()
    finally:
        samples.PAGES["run"] = kept
    page.wait_for_timeout(2500)
    expect(button).to_be_hidden()


def test_the_error_code_can_be_copied(open_page):
    page = open_page("e404", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Chép mã").click()
    expect(page.get_by_role("button", name="Đã chép")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "7K2-09R-M4X"


def test_printing_shows_the_page_without_its_controls(open_page):
    page = open_page("people")
    page.emulate_media(media="print")
    expect(page.locator(".lt-bar")).to_be_hidden()
    expect(page.locator(".lt-nav")).to_be_hidden()
    expect(page.get_by_text(re.compile(r"^Dòng \d"))).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"In bởi Phạm Ngọc Anh lúc \d\d/\d\d/\d{4} \d\d:\d\d"))
    ).to_be_visible()
    icons = page.locator("main .lt-icon").evaluate_all("all => all.map(it => getComputedStyle(it).color)")
    assert set(icons) <= {"rgb(0, 0, 0)"}
