"""Voter opinions in Chromium: a file of petitions, one of them split, its answer sent back and improved, the report of the session."""

from datetime import timedelta

import pytest

from plugins.voter_opinions import demo, queries
from plugins.voter_opinions.models import Origin, Petition
from plugins.voter_opinions.resources_sessions import LEFT
from tests.plugins.voter_opinions.conftest import Office
from tests.plugins.voter_opinions.test_intakes import TEXTS, row
from tests.plugins.voter_opinions.test_reading import HEAD, excel
from tests.support.browsing import inspect
from tests.support.samples import seeded
from tests.support.serving import Window, served


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as opened:
        yield opened
        assert opened.trouble == []


def test_the_sample_data_goes_through_every_state_and_is_made_once(ground):
    office = Office(ground, begun=False)
    people = (office.leader, office.lan, office.council)
    for _twice in range(2):
        seeded(demo.seed, office.agency, people, [office.works, office.health], scale=2)
    states = office.sql(
        "SELECT DISTINCT to_state FROM casework.step WHERE case_id IN (SELECT id FROM voter_opinions.petition)"
    )
    assert {each for (each,) in states} >= {"following", "done", "taken_out", "forwarded"}
    with office.agency.at_work():
        assert Origin.select().count() == 60
        assert Petition.select().count() < 60  # some repeat others
        sessions = queries.sessions()
        stands = {stand for *_rest, stand in queries.figures(sessions[-1].id)[0]}
        assert stands >= {"on_time"}
        assert any(LEFT[0].of(each, 1).rows for each in sessions)


def test_a_file_is_split_answered_sent_back_improved_and_reported(office, window: Window, tmp_path):
    lan, anh, council = window.of(office.lan), window.of(office.leader), window.of(office.council)
    hung = window.of(office.hung)
    case_url = bring_in(office, lan, tmp_path)
    split(office, lan, case_url)
    reply(office, hung, "Đang xem xét.", first=True)
    answer(office, lan, anh, case_url)
    council.goto(case_url)
    council.get_by_role("link", name="Ghi đánh giá").first.click()
    council.get_by_label("Chưa thoả đáng").check()
    council.get_by_label("Ý kiến của Đoàn ĐBQH, HĐND").fill("Chưa nêu lộ trình")
    inspect(council)
    council.get_by_role("button", name="Ghi đánh giá").click()
    council.get_by_text("Chưa thoả đáng, trả lời lại").first.wait_for()
    inspect(council)
    reply(office, hung, "Khởi công tháng 3, xong trước 30/6.", first=False)
    answer(office, lan, anh, case_url, doing=True)
    council.goto(case_url)
    council.get_by_role("link", name="Ghi đánh giá").first.click()
    council.get_by_label("Thoả đáng", exact=True).check()
    council.get_by_role("button", name="Ghi đánh giá").click()
    council.get_by_text("Đang thực hiện lời hứa").first.wait_for()
    report(office, lan)


def bring_in(office, lan, tmp_path):
    """Bring a file in, correct its wrong row, record it, and return the address of its first petition."""
    path = tmp_path / "tong-hop.xlsx"
    path.write_bytes(excel(HEAD, row(TEXTS[0]), row(TEXTS[1], day="31/2/2026"), row(TEXTS[2])).getvalue())
    lan.goto(office.agency.url("voter_opinions.petitions"))
    inspect(lan)
    lan.get_by_role("button", name="Trang khác").click()
    lan.get_by_role("link", name="Nhập từ Excel, Word").first.click()
    lan.get_by_label("Tệp kiến nghị").set_input_files(path)
    inspect(lan)
    lan.get_by_role("button", name="Đọc tệp").click()
    lan.get_by_text("Ngày chưa đúng").first.wait_for()
    inspect(lan)
    lan.get_by_role("link", name=TEXTS[1]).click()
    lan.get_by_label("Ngày nhận").fill("20/6/2026")
    inspect(lan)
    lan.get_by_role("button", name="Sửa dòng").click()
    lan.get_by_role("button", name="Ghi 3 dòng").click()
    lan.get_by_text("Đã ghi 3").first.wait_for()
    inspect(lan)
    lan.get_by_role("link", name=TEXTS[0]).click()
    lan.get_by_text("Ý kiến gốc").wait_for()
    assert lan.locator(".lt-section details > summary").first.bounding_box()["height"] >= 24
    inspect(lan)
    return lan.url.split("?")[0]


def split(office, lan, case_url):
    lan.goto(case_url)
    lan.get_by_role("link", name="Phân loại").first.click()
    lan.get_by_label("Cấp tỉnh").check()
    inspect(lan)
    lan.get_by_role("button", name="Phân loại").click()
    lan.get_by_role("link", name="Giao cơ quan giải quyết").first.click()
    lan.get_by_label("Cơ quan chủ trì").select_option(str(office.works.info.id))
    lan.get_by_label("Cơ quan phối hợp").first.select_option(str(office.health.info.id))
    inspect(lan)
    lan.get_by_role("button", name="Giao cơ quan giải quyết").click()
    lan.get_by_text("Chủ trì giải quyết kiến nghị cử tri").first.wait_for()
    inspect(lan)


def reply(office, hung, text, *, first):
    """Let the leading agency take the petition on and answer it."""
    hung.goto(office.works.url("casework.legs"))
    hung.get_by_role("link", name=TEXTS[0][:40]).first.click()
    if first:
        hung.get_by_role("link", name="Tiếp nhận…").first.click()
        hung.get_by_role("button", name="Tiếp nhận").click()
    hung.get_by_role("link", name="Trả lời…").first.click()
    hung.get_by_label("Nội dung trả lời").fill(text)
    hung.get_by_role("button", name="Trả lời").click()
    hung.get_by_text("Đã gửi câu trả lời.").first.wait_for()
    inspect(hung)


def answer(office, lan, anh, case_url, *, doing=False):
    lan.goto(case_url)
    lan.get_by_role("link", name="Trình dự thảo trả lời").first.click()
    text = lan.get_by_label("Dự thảo trả lời", exact=True).first
    assert ("xong trước 30/6" in text.input_value()) == doing
    lan.get_by_label("Đang giải quyết" if doing else "Giải trình").check()
    if doing:
        lan.get_by_role("textbox", name="Lộ trình").fill("Khởi công tháng 3")
        with office.agency.at_work():
            promised = queries.casework.agency_day() + timedelta(days=200)
        lan.get_by_label("Hứa xong ngày").fill(f"{promised:%d/%m/%Y}")
    lan.get_by_label("Người duyệt").select_option(str(office.leader.person_id))
    inspect(lan)
    lan.get_by_role("button", name="Trình dự thảo trả lời").click()
    lan.get_by_text("Chờ duyệt trả lời").first.wait_for()
    anh.goto(case_url)
    anh.get_by_role("link", name="Duyệt trả lời").first.click()
    inspect(anh)
    anh.get_by_role("button", name="Duyệt trả lời").click()
    anh.get_by_text("Đã duyệt, chờ ký gửi").first.wait_for()
    lan.goto(case_url)
    lan.get_by_role("link", name="Ghi đã ký, gửi trả lời").first.click()
    lan.get_by_label("Số, ký hiệu văn bản").fill("120/UBND-TH")
    lan.get_by_label("Người ký").fill("Phạm Ngọc Anh")
    inspect(lan)
    lan.get_by_role("button", name="Ghi đã ký, gửi trả lời").click()
    lan.get_by_text("Đã trả lời, chờ đánh giá").first.wait_for()


def report(office, lan):
    lan.goto(office.agency.url("voter_opinions.session", session_id=office.session.id))
    inspect(lan)
    lan.get_by_role("link", name="1", exact=True).first.click()
    lan.get_by_role("heading", name="Kiến nghị trong báo cáo").wait_for()
    inspect(lan)
    lan.goto(office.agency.url("voter_opinions.promises"))
    lan.get_by_role("link", name=TEXTS[0][:40]).wait_for()
    inspect(lan)


def test_every_page_stands_the_inspection(ground, window: Window):
    office = Office(ground, begun=False)
    seeded(demo.seed, office.agency, (office.leader, office.lan, office.council))
    with office.agency.at_work():
        session = queries.sessions()[0]
    page, phone = window.of(office.leader), window.of(office.lan, viewport={"width": 390, "height": 844})
    for route in (
        "petitions",
        "sessions",
        "promises",
        "intakes",
        "public",
        "new",
        "session_save",
        "meeting_new",
    ):
        for each in (page, phone):
            if route != "session_save" or each is phone:
                each.goto(office.agency.url(f"voter_opinions.{route}"))
                inspect(each)
    for each in (page, phone):
        each.goto(office.agency.url("voter_opinions.session", session_id=session.id))
        inspect(each)
    page.goto("/public/t/voter_opinions/")
    inspect(page)
