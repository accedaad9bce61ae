"""A leg in Chromium: asked, taken on, answered, asked again and used, with every page inspected on the way."""

import pytest

from plugins.casework.cases import opening as case_opening
from plugins.casework.cases.opening import Opening
from plugins.casework.models import Leg
from plugins.casework.tasks.kind import TASK
from tests.support.browsing import inspect
from tests.support.serving import Window, served


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as opened:
        yield opened
        assert opened.trouble == []


def test_two_agencies_carry_a_leg_to_its_end(ground, window: Window):
    ward, office = ground.agency(), ground.agency()
    leader = ward.officer("casework.leader", name="Phạm Ngọc Anh")
    vinh = office.officer("casework.officer", name="Lê Quang Vinh")
    with leader.working():
        case = case_opening.open_case(TASK.key, Opening(title="Trạm phát sóng ở thôn 5"))
    ask(window, leader, case, office)
    with ward.at_work():
        leg_id = Leg.get(Leg.case_id == case.id).id
    take_on(window, office.officer("casework.leg_clerk", name="Hoàng Thị Lan"), vinh)
    answer(window, vinh, leg_id)
    page = window.of(leader)
    page.goto(ward.url("casework.leg", case_id=leg_id))
    inspect(page)
    page.get_by_role("button", name="Dùng câu trả lời này").first.click()
    page.get_by_text("Đã dùng câu trả lời, chặng đã xong.").first.wait_for()


def ask(window: Window, leader, case, office) -> None:
    page = window.of(leader)
    page.goto(leader.agency.url("casework.task", case_id=case.id))
    page.goto(leader.agency.url("casework.leg_new", case_id=case.id))
    inspect(page)
    page.get_by_role("button", name="Gửi chặng").click()
    page.get_by_text("Chưa chọn mục đích của chặng.").first.wait_for()
    window.trouble.clear()  # the browser itself tells of the 422
    page.get_by_label("Xin ý kiến").check()
    page.get_by_label("Cơ quan nhận", exact=True).select_option(str(office.info.id))
    page.get_by_label("Yêu cầu").fill("Cho ý kiến về an toàn bức xạ")
    page.get_by_role("button", name="Gửi chặng").click()
    page.get_by_role("heading", name="Chặng liên thông").wait_for()
    inspect(page)


def take_on(window: Window, clerk, vinh) -> None:
    page = window.of(clerk)
    page.goto(clerk.agency.url("casework.legs"))
    inspect(page)
    page.get_by_role("link", name="Trạm phát sóng ở thôn 5").first.click()
    page.get_by_text("Việc của bạn: Xem và tiếp nhận").wait_for()
    inspect(page)
    page.get_by_role("link", name="Tiếp nhận…").first.click()
    page.get_by_label("Giao cho").select_option(str(vinh.person_id))
    inspect(page)
    page.get_by_role("button", name="Tiếp nhận").click()
    page.get_by_text("Đã tiếp nhận.").first.wait_for()


def answer(window: Window, vinh, leg_id) -> None:
    page = window.of(vinh)
    page.goto(vinh.agency.url("casework.leg", case_id=leg_id))
    inspect(page)
    page.get_by_role("link", name="Trả lời…").first.click()
    page.get_by_label("Nội dung trả lời").fill("Trong giới hạn cho phép.")
    inspect(page)
    page.get_by_role("button", name="Trả lời").click()
    page.get_by_text("Đã gửi câu trả lời.").first.wait_for()
