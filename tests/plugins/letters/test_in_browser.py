"""Letters in Chromium: written with the sheet beside, reviewed, issued, downloaded; by everybody and on every screen."""

import io
import re

import pytest
from docx import Document
from playwright.sync_api import expect
from pypdf import PdfReader

from core.db import db
from tests.support.browsing import inspect
from tests.support.serving import served

pytestmark = pytest.mark.browser
SHEET = "#letter-sheets img"


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as opened:
        yield opened
        assert opened.trouble == []


def shown(page):
    """Return the picture of the first page, once it has come."""
    picture = page.locator(SHEET).first
    expect(picture).to_be_visible()
    return picture.get_attribute("src")


def test_a_letter_is_written_previewed_issued_and_downloaded(desk, window):
    page = window.of(desk.issuer)
    page.goto(desk.agency.url("letters.new"))
    empty = shown(page)
    page.get_by_label("Trích yếu").fill("mời họp rà soát kiến nghị")
    page.get_by_label("Kính gửi").fill("Sở Nội vụ\nSở Tài chính")
    page.get_by_label("Nội dung").fill('Thực hiện #import $x$ *b* "q" <b>.\nĐoạn hai.')
    page.get_by_label("Nơi nhận").focus()
    expect(page.locator(SHEET).first).not_to_have_attribute("src", empty)
    assert page.title().startswith("Soạn công văn"), "the preview leaves the page's name alone"
    inspect(page)
    page.get_by_role("button", name=re.compile("Lưu dự thảo")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mời họp rà soát kiến nghị")
    shown(page)
    assert page.title().startswith("Mời họp")
    inspect(page)
    page.get_by_role("link", name=re.compile("Phát hành…")).click()
    page.wait_for_url("**/issue")
    inspect(page)
    page.get_by_role("button", name="Phát hành và cấp số").click()
    expect(page.locator("main").get_by_text("01/UBND-VP").first).to_be_visible()
    inspect(page)
    with page.expect_download() as pdf:
        page.locator(".lt-files a").first.click()
    told = PdfReader(io.BytesIO(pdf.value.path().read_bytes())).pages[0].extract_text()
    assert "01/UBND-VP" in told
    assert '#import $x$ *b* "q" <b>.' in told
    with page.expect_download() as made:
        page.get_by_role("link", name="Tải bản Word").first.click()
    assert "Đoạn hai./." in [
        each.text for each in Document(io.BytesIO(made.value.path().read_bytes())).paragraphs
    ]


def test_a_preview_that_finds_the_session_ended_goes_on_when_it_is_back(desk, window):
    def lasts(interval):
        with desk.agency.at_work():
            db.execute_sql("UPDATE sso.session SET idle_until = now() + %s::interval", (interval,))

    page = window.of(desk.writer)
    page.goto(desk.agency.url("letters.new"))
    empty = shown(page)
    lasts("0")
    page.get_by_label("Trích yếu").fill("mời họp rà soát kiến nghị")
    page.get_by_label("Kính gửi").focus()
    expect(page.get_by_role("dialog")).to_contain_text("Phiên làm việc đã hết")
    lasts("1 hour")
    page.get_by_role("button", name="Đã đăng nhập, gửi tiếp").click()
    expect(page.locator(SHEET).first).not_to_have_attribute("src", empty)
    expect(page.get_by_label("Trích yếu")).to_have_value("mời họp rà soát kiến nghị")
    expect(page.get_by_role("dialog")).to_have_count(0)
    # The draft that is saved by itself may be refused too.
    assert window.trouble
    assert all("401" in each for each in window.trouble), (
        "refusals of the session that ended, and nothing else"
    )
    window.trouble.clear()


def test_lists_and_templates_hold_up_on_every_screen(desk, window):
    desk.issue(desk.draft())
    page = window.of(desk.agency.officer("casework.letter_issuer", "tenants.admin"))
    for route, fields in (
        ("letters.letters", {}),
        ("letters.templates", {}),
        ("letters.template", {"kind": "casework.official"}),
    ):
        page.goto(desk.agency.url(route, **fields))
        if route == "letters.template":
            shown(page)
        inspect(page)


def test_without_script_a_button_shows_the_sheet_and_keeps_what_was_typed(desk, window):
    page = window.of(desk.writer, java_script_enabled=False)
    page.goto(desk.agency.url("letters.new"))
    page.get_by_label("Trích yếu").fill("lịch trực")
    page.get_by_role("button", name="Xem trước").click()
    assert shown(page).startswith("data:image/png")
    expect(page.get_by_label("Trích yếu")).to_have_value("lịch trực")
    page.get_by_role("button", name=re.compile("Lưu dự thảo")).click()
    page.get_by_role("link", name="Xem trước").click()
    shown(page)
