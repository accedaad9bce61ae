"""Drafts as people meet them: typing, losing the network, leaving, coming back."""

import re
from time import monotonic

import pytest
from playwright.sync_api import expect

from core.db import db
from tests.support.serving import served

pytestmark = pytest.mark.browser
KEPT = "Object.keys(sessionStorage).filter(key => key.startsWith('lt:')).length"


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as window:
        yield window


@pytest.fixture
def agency(ground):
    return ground.agency("example")


@pytest.fixture
def form(agency, window):
    """The form for a new note, before an officer."""
    page = window.of(agency.officer("example.writer"))
    page.goto(agency.url("example.new"))
    return page


def saved(page, **options):
    expect(page.locator("[data-lt-saved]")).to_have_text(re.compile(r"Đã lưu nháp lúc \d\d:\d\d"), **options)


def let_go(page):
    """Wait until the browser keeps nothing of what the server keeps."""
    until = monotonic() + 30
    while page.evaluate(KEPT):
        assert monotonic() < until, "the browser keeps it still"
        page.wait_for_timeout(50)


def test_what_is_typed_is_on_the_server_after_two_seconds_and_in_another_browser(form, agency, window):
    form.get_by_label("Tiêu đề").fill("Kết luận giao ban")
    with form.expect_response(lambda told: "Một đoạn dài" in (told.request.post_data or "")):
        form.get_by_label("Nội dung").fill("Một đoạn dài")
    saved(form)
    let_go(form)
    form.reload()
    expect(form.get_by_label("Tiêu đề")).to_have_value("")
    form.get_by_role("link", name=re.compile("Tiếp tục bản nháp")).click()
    expect(form.get_by_label("Nội dung")).to_have_value("Một đoạn dài")
    form.get_by_label("Nội dung").press("Control+Enter")
    expect(form.get_by_role("heading", level=1)).to_have_text("Kết luận giao ban")
    form.goto(agency.url("example.new"))
    expect(form.get_by_text("bản nháp chưa gửi")).to_have_count(0)
    assert window.trouble == []


def test_leaving_the_page_saves_what_the_two_seconds_did_not(form, agency):
    form.get_by_label("Tiêu đề").fill("Vội đi")
    form.goto(agency.url("example.notes"))
    form.goto(agency.url("example.new"))
    # The tab had kept it as well: it is back at once, and there is nothing left to choose.
    expect(form.get_by_label("Tiêu đề")).to_have_value("Vội đi")
    expect(form.get_by_text("bản nháp chưa gửi")).to_have_count(0)
    saved(form)


def test_without_network_the_tab_keeps_it_and_sends_it_later(form):
    form.context.set_offline(True)
    form.get_by_label("Tiêu đề").fill("Trên tàu")
    expect(form.locator("[data-lt-saved]")).to_have_text(re.compile("được giữ ở máy này"))
    assert form.evaluate(KEPT) == 1
    form.context.set_offline(False)
    saved(form)
    assert form.evaluate(KEPT) == 0


def test_a_session_that_ends_loses_nothing(form, agency):
    with agency.at_work():
        db.execute_sql("UPDATE sso.session SET idle_until = now()")
    form.get_by_label("Tiêu đề").fill("Hết phiên rồi")
    expect(form.locator("[data-lt-saved]")).to_have_text(re.compile("Phiên làm việc đã hết"))
    assert form.evaluate(KEPT) == 1


def test_saving_and_leaving_is_a_button_that_needs_no_script(agency, window):
    lan = agency.officer("example.writer")
    page = window.of(lan, java_script_enabled=False)
    page.goto(agency.url("example.new"))
    page.get_by_label("Tiêu đề").fill("Mai viết tiếp")
    page.get_by_role("button", name="Lưu nháp, thoát").click()
    expect(page.get_by_text("Đã lưu nháp. Trang đầu")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sổ tay phòng ban")
    page.goto(agency.url("example.new"))
    page.get_by_role("link", name=re.compile("Tiếp tục bản nháp")).click()
    expect(page.get_by_label("Tiêu đề")).to_have_value("Mai viết tiếp")
    page.get_by_role("button", name="Xoá nháp").click()
    expect(page.get_by_label("Tiêu đề")).to_have_value("")
    expect(page.get_by_text("bản nháp chưa gửi")).to_have_count(0)


def test_signing_out_saves_first_and_leaves_nothing_in_the_browser(form, agency):
    form.get_by_label("Tiêu đề").fill("Ra về")
    form.locator("[aria-controls=lt-account]").click()
    form.get_by_role("button", name="Đăng xuất").click()
    form.wait_for_url("**/sso/**")
    assert form.evaluate(KEPT) == 0
    with agency.at_work():
        assert db.execute_sql("SELECT fields->>'title' FROM drafts.draft").fetchall() == [("Ra về",)]


def test_what_only_the_tab_kept_meets_what_was_saved_meanwhile(agency, window):
    page, unit = window.of(agency.officer("tenants.admin")), agency.units["Văn phòng"]
    page.goto(agency.url("tenants.unit", unit_id=unit))
    page.get_by_label("Tên phòng ban").fill("Văn phòng của tôi")
    saved_first = {"name": "Văn phòng của họ", "parent_id": "", "version": "1"}
    agency.officer("tenants.admin").post("tenants.unit", saved_first, unit_id=unit)

    page.reload()
    expect(page.get_by_label("Tên phòng ban")).to_have_value("Văn phòng của tôi")
    page.get_by_role("button", name="Lưu thay đổi").click()
    expect(page.locator("[data-lt-conflict]")).to_contain_text("Văn phòng của họ")
    expect(page.locator("[data-lt-conflict]")).to_be_focused()
    assert page.title().startswith("Chưa lưu được: ")
    expect(page.get_by_label("Tên phòng ban")).to_have_value("Văn phòng của tôi")

    page.goto(agency.url("tenants.unit", unit_id=unit))
    expect(page.get_by_label("Tên phòng ban")).to_have_value("Văn phòng của họ")
    page.get_by_label("Tên phòng ban").fill("Văn phòng chung")
    page.get_by_role("button", name="Lưu thay đổi").click()
    expect(page.get_by_text("Văn phòng chung").first).to_be_visible()
    assert page.locator("[data-lt-conflict]").count() == 0


def test_a_short_text_sent_beside_a_draft_leaves_it_on_offer(agency, window):
    lan = agency.officer("example.writer")
    first = window.of(lan)
    first.goto(agency.url("example.new"))
    first.get_by_label("Tiêu đề").fill("Bản nháp quý")
    saved(first)
    other = first.context.new_page()
    other.goto(agency.url("example.new"))
    expect(other.get_by_text("bản nháp chưa gửi")).to_be_visible()
    other.get_by_label("Tiêu đề").fill("Tin ngắn")
    saved(other)
    other.get_by_label("Tiêu đề").press("Control+Enter")
    expect(other.get_by_role("heading", level=1)).to_have_text("Tin ngắn")
    other.goto(agency.url("example.new"))
    other.get_by_role("link", name=re.compile("Tiếp tục bản nháp")).click()
    expect(other.get_by_label("Tiêu đề")).to_have_value("Bản nháp quý")
    assert window.trouble == []


def test_a_text_as_long_as_the_form_takes_is_kept_on_the_server(form):
    form.get_by_label("Tiêu đề").fill("Báo cáo dài")
    form.evaluate(
        "() => { const box = document.querySelector('textarea'); box.removeAttribute('maxlength');"
        " box.value = 'Nhận xét ế ộ ữ. '.repeat(30000); box.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    saved(form, timeout=60_000)
    form.reload()
    form.get_by_role("link", name=re.compile("Tiếp tục bản nháp")).click()
    expect(form.get_by_label("Tiêu đề")).to_have_value("Báo cáo dài")
    form.wait_for_load_state()
    assert form.evaluate("document.querySelector('textarea').value.length") == 480000
