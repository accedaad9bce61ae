"""The work list in Chromium: a morning's work done by keyboard in two agencies, and the list on a phone."""

import pytest
from playwright.sync_api import expect

from plugins.casework.cases import queries
from plugins.casework.cases import services as case_services
from plugins.casework.cases.services import Move
from tests.plugins.casework.test_work import Office, colleague_elsewhere, titles
from tests.support.browsing import inspect, violations
from tests.support.serving import Window, served


@pytest.fixture
def office(agency):
    return Office(agency)


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as opened:
        yield opened
        assert opened.trouble == []


def begun(office, title, to, **given):
    """Give somebody something that they have begun already: what is left is to report."""
    case = office.task(title, to, **given)
    with to.working() as ctx:
        case_services.move(ctx, case.id, "start", Move(version=queries.case(case.id).version))
    return case


def test_an_officer_of_two_agencies_clears_the_morning_by_keyboard(ground, office, window: Window):
    there = colleague_elsewhere(ground, office.lan, "casework.officer")
    begun(Office(there.agency, "Trần Mỹ Hạnh"), "Báo cáo của Sở", there, due_in=-2)
    begun(office, "Rà soát hộ nghèo", office.lan, due_in=0)
    begun(office, "Lập danh mục lưu trữ", office.lan, due_in=3)
    page = window.of(office.lan)
    page.goto(office.agency.url("tenants.home"))
    assert page.locator("h1").inner_text() == "Việc của tôi"
    assert page.locator(".lt-group").all_inner_texts() == ["Quá hạn1 việc", "Hôm nay1 việc", "Tuần tới1 việc"]
    inspect(page)

    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Báo cáo của Sở"
    page.keyboard.press("Space")
    page.locator("#lt-peek h2", has_text="Báo cáo của Sở").wait_for()
    expect(page.locator("#lt-peek")).to_contain_text("Việc của bạn: Xử lý và báo cáo kết quả")
    assert violations(page) == []
    for left in ("Rà soát hộ nghèo", "Lập danh mục lưu trữ", ""):
        page.keyboard.press("e")
        page.wait_for_url("**/move/report")
        expect(page.locator(":focus")).to_have_attribute("name", "note")
        page.keyboard.type("Đã làm xong.")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/tasks/*")
        # The list of whichever agency the case was of shows the same work.
        page.keyboard.press("g")
        page.keyboard.press("v")
        page.wait_for_load_state()
        if left:
            page.locator("h1", has_text="Việc của tôi").wait_for()
            # What has moved up to the place of the row that was opened is in hand.
            expect(page.locator(":focus")).to_have_text(left)
    assert titles(office.lan) == []


def test_ticked_work_is_handed_on_by_keyboard(office, window: Window):
    for number in range(3):
        office.task(f"việc {number}", due_in=number)
    page = window.of(office.lan)
    page.goto(office.agency.url("casework.work"))
    for _row in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    assert page.locator("[data-lt-count]").inner_text() == "Đã chọn 2 việc"
    assert violations(page) == []
    page.get_by_role("button", name="Giao lại…").press("Enter")
    page.locator("h1", has_text="Giao lại 2 việc").wait_for()
    inspect(page)
    option = page.locator("#f-person_id option", has_text="Lê Quang Vinh").inner_text()
    page.get_by_label("Người nhận").select_option(label=option)
    page.get_by_role("button", name="Giao lại").press("Enter")
    page.wait_for_url("**/work")
    assert titles(office.vinh) == ["việc 0", "việc 1"]


def test_all_that_match_are_planned_for_a_colleague_from_one_page(office, window: Window):
    for number in range(52):
        office.task(f"việc {number}")
    page = window.of(office.lan)
    page.goto(office.agency.url("casework.work"))
    page.get_by_label("Chọn mọi việc ở cơ quan này").check()
    page.get_by_label("Chọn cả 52 việc ở cơ quan này khớp điều kiện").check()
    assert violations(page) == []
    page.get_by_role("button", name="Giao lại…").press("Enter")
    page.locator("h1", has_text="Giao lại 52 việc").wait_for()
    inspect(page)
    option = page.locator("#f-person_id option", has_text="Lê Quang Vinh").inner_text()
    page.get_by_label("Người nhận").select_option(label=option)
    page.get_by_role("button", name="Giao lại").press("Enter")
    page.get_by_text("Người nhận: Lê Quang Vinh").wait_for()
    inspect(page)
    assert len(titles(office.lan, size=100)) == 52


def test_the_list_on_a_phone_and_its_other_pages(office, window: Window):
    office.task("Đề nghị nạo vét mương thoát nước kiệt 131 Trần Phú, ngập sau mỗi trận mưa lớn", due_in=-7)
    office.task("Kết quả ra quân Ngày Chủ nhật xanh", due_in=0)
    office.task("Việc nhờ", office.vinh, by=office.lan)
    page = window.of(office.lan, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(office.agency.url("tenants.home"))
    assert page.locator(".lt-bottom a").first.inner_text().strip() == "Việc của tôi"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".cw-work tbody tr").first.bounding_box()["y"] < 430, "half a screen is left for work"
    assert violations(page) == []
    page.locator(".lt-count a", has_text="Chờ nơi khác").click()
    page.wait_for_url("**group=waiting**")
    expect(page.locator(".cw-work tbody tr")).to_have_count(1)
    page.set_viewport_size({"width": 1440, "height": 900})
    for route in ("casework.delegations", "casework.feed"):
        page.goto(office.agency.url(route))
        inspect(page)
    admin = window.of(office.agency.officer("tenants.admin"))
    admin.goto(office.agency.url("casework.reminding"))
    inspect(admin)
