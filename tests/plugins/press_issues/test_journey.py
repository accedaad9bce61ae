"""Press issues in Chromium: from an article to its published answer, by everybody and on every screen."""

from datetime import date

import pytest

from plugins.press_issues import demo
from plugins.press_issues.models import Issue
from tests.plugins.press_issues.test_reading import OLD_STYLE
from tests.support.browsing import inspect
from tests.support.samples import neighbour, seeded
from tests.support.serving import Window, served


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as opened:
        yield opened
        assert opened.trouble == []


def test_the_sample_data_goes_through_every_state_letters_and_other_agencies_and_is_made_once(
    newsroom, ground
):
    newsroom.has_letterhead(since=date(2020, 1, 1))
    other = neighbour(ground, "press_issues")
    for _twice in range(2):
        seeded(demo.seed, newsroom.agency, (newsroom.leader, newsroom.lan), [other], scale=1.5, days=40)
    states = newsroom.sql(
        "SELECT DISTINCT to_state FROM casework.step WHERE case_id IN (SELECT id FROM press_issues.issue)"
    )
    assert {each for (each,) in states} >= {"new", "verifying", "drafting", "review", "sent", "published"}
    legs = newsroom.sql("SELECT DISTINCT state FROM casework.leg WHERE tenant_id = core.app_tenant()")
    assert {each for (each,) in legs} >= {"done"}
    letters = newsroom.sql(
        "SELECT number, issued_on, issued_at AT TIME ZONE 'Asia/Ho_Chi_Minh' FROM letters.letter WHERE state = 'issued' ORDER BY issued_at"
    )
    assert letters
    assert [day for _number, day, _at in letters] == [at.date() for _number, _day, at in letters]
    with newsroom.agency.at_work():
        assert Issue.select().count() == 45


def test_an_article_goes_from_two_agencies_to_the_letter_and_to_the_public(newsroom, window: Window, ground):
    newsroom.opened_public_page()
    newsroom.has_letterhead()
    lan, anh = window.of(newsroom.lan), window.of(newsroom.leader)
    here = recorded(newsroom, lan)
    directed(newsroom, anh, here)
    others = [ground.agency("press_issues") for _each in range(2)]
    asked(lan, here, others)
    for agency, words in zip(
        others, ("Đã xử phạt tiểu thương lấn chiếm.", "Đã cấp kinh phí sửa mái."), strict=True
    ):
        answered(window, agency, words)
    drafted(newsroom, lan, here)
    step(anh, here, "Duyệt trả lời")
    anh.get_by_role("button", name="Duyệt trả lời").click()
    anh.wait_for_url(here)
    lettered(lan, anh, here)
    published(lan, anh, here)


def recorded(newsroom, lan) -> str:
    """Record an article from its saved page; return where its issue is."""
    lan.goto(newsroom.agency.url("press_issues.new"))
    inspect(lan)
    lan.get_by_label("Địa chỉ bài báo").fill("https://www.bao.example/cho")
    lan.get_by_text("Điền sẵn từ bài báo: tải trang đã lưu lên hoặc dán nội dung").click()
    lan.get_by_label("Nội dung trang").fill(OLD_STYLE)
    lan.get_by_role("button", name="Đọc bài").click()
    lan.get_by_text("Đã đọc trang.").wait_for()
    assert lan.get_by_label("Tên bài").input_value() == "Chợ xuống cấp"
    inspect(lan)
    lan.get_by_role("button", name="Ghi sự việc").click()
    lan.get_by_text("Bản lưu làm bằng chứng").wait_for()
    inspect(lan)
    return lan.url.split("?")[0]


def step(page, here, link, **fields) -> None:
    """Open the form of a step and fill it in."""
    page.goto(here)
    page.get_by_role("link", name=link).first.click()
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).first.fill(value)
    inspect(page)


def directed(newsroom, anh, here) -> None:
    step(anh, here, "Chỉ đạo xử lý", Ý_kiến_chỉ_đạo="Ban quản lý chợ báo cáo trong 5 ngày.")
    anh.get_by_label("Người xác minh, xử lý").select_option(str(newsroom.lan.person_id))
    anh.get_by_role("button", name="Chỉ đạo xử lý").click()
    anh.wait_for_url(here)


def asked(lan, here, others) -> None:
    """Ask two agencies one after the other: the second form brings what the first one said."""
    step(lan, here, "Giao cơ quan khác xử lý, trả lời…")
    assert lan.get_by_label("Yêu cầu").input_value() == "Ban quản lý chợ báo cáo trong 5 ngày."
    lan.get_by_label("Cơ quan nhận", exact=True).select_option(str(others[0].info.id))
    lan.get_by_role("button", name="Gửi và giao thêm cơ quan khác").click()
    lan.get_by_text(f"Đã gửi chặng tới {others[0].info.name}.").first.wait_for()
    lan.get_by_label("Cơ quan nhận", exact=True).select_option(str(others[1].info.id))
    lan.get_by_role("button", name="Gửi chặng").click()
    lan.get_by_role("heading", name="Chặng liên thông").wait_for()


def answered(window, agency, words) -> None:
    """Take the leg on in another agency and answer it."""
    page = window.of(agency.officer("casework.leg_clerk", "casework.leader"))
    page.goto(agency.url("casework.legs"))
    page.get_by_role("link", name="Chợ xuống cấp").first.click()
    page.get_by_role("link", name="Tiếp nhận…").first.click()
    page.get_by_role("button", name="Tiếp nhận").click()
    page.get_by_text("Đã tiếp nhận.").first.wait_for()
    page.get_by_role("link", name="Trả lời…").first.click()
    page.get_by_label("Nội dung trả lời").fill(words)
    page.get_by_role("button", name="Trả lời").click()
    page.get_by_text("Đã gửi câu trả lời.").first.wait_for()


def drafted(newsroom, lan, here) -> None:
    """Copy both answers into the draft, conclude, and hand the draft in."""
    lan.goto(here)
    inspect(lan)
    for at in range(2):
        lan.get_by_role("button", name="Chép vào dự thảo").nth(at).click()
        lan.get_by_text("vào dự thảo.").first.wait_for()
        lan.goto(here)
    step(lan, here, "Ghi kết luận xác minh", Nội_dung_kết_luận="Mái dột 40 m².")
    lan.get_by_label("Báo nêu đúng", exact=True).check()
    lan.get_by_role("button", name="Ghi kết luận xác minh").click()
    lan.wait_for_url(here)
    step(lan, here, "Trình dự thảo trả lời")
    draft = lan.get_by_label("Dự thảo trả lời")
    for words in ("Đã xử phạt tiểu thương lấn chiếm.", "Đã cấp kinh phí sửa mái."):
        assert words in draft.input_value()
    draft.fill("Phường đã sửa mái chợ.")
    lan.get_by_label("Người duyệt trả lời").select_option(str(newsroom.leader.person_id))
    lan.get_by_role("button", name="Trình dự thảo trả lời").click()
    lan.wait_for_url(here)


def lettered(lan, anh, here) -> None:
    """Write the letter beside its preview; the leader issues it and it gets its number."""
    lan.goto(here)
    lan.get_by_role("button", name="Soạn công văn trả lời").first.click()
    lan.locator("#letter-sheets img").first.wait_for()
    assert "Phường đã sửa mái chợ." in lan.get_by_label("Nội dung").input_value()
    inspect(lan)
    lan.get_by_role("button", name="Lưu dự thảo").click()
    lan.get_by_text("Đã lưu dự thảo.").first.wait_for()
    anh.goto(here)
    inspect(anh)
    anh.get_by_role("link", name="trả lời thông tin báo nêu").first.click()
    anh.get_by_role("link", name="Phát hành…").first.click()
    anh.get_by_role("button", name="Phát hành và cấp số").click()
    anh.get_by_text("Đã phát hành, số 01/UBND-VP.").first.wait_for()
    lan.goto(f"{here}?tab=files")
    lan.get_by_text("01-UBND-VP").first.wait_for()


def published(lan, anh, here) -> None:
    """Note that the letter went out and let the public read the answer."""
    step(lan, here, "Ghi đã gửi báo")
    lan.get_by_text("Gửi công văn số 01/UBND-VP").wait_for()
    lan.get_by_role("button", name="Ghi đã gửi báo").click()
    lan.wait_for_url(here)
    step(anh, here, "Công khai trả lời", Báo_nêu_gì="Mái chợ dột.")
    anh.get_by_role("button", name="Công khai trả lời").click()
    anh.get_by_role("link", name="Xem trên trang công khai").click()
    anh.get_by_text("Phường đã sửa mái chợ.").wait_for()
    inspect(anh)


def test_every_page_stands_the_inspection(newsroom, window: Window):
    newsroom.has_letterhead(since=date(2020, 1, 1))
    seeded(demo.seed, newsroom.agency, (newsroom.leader, newsroom.lan), days=60)
    page, phone = window.of(newsroom.leader), window.of(newsroom.lan, viewport={"width": 390, "height": 844})
    for route in ("issues", "digest", "settings", "feeds", "public"):
        for each in (page, phone):
            each.goto(newsroom.agency.url(f"press_issues.{route}"))
            inspect(each)
    page.goto("/public/t/press_issues/")
    inspect(page)
