"""Whose question it is: proposed where it is clear, passed on with one click, and left to a person where it is not."""

import re

import pytest

from plugins.casework.legs import services as leg_services
from plugins.casework.models import Case
from plugins.citizen_questions import competence, queries

HEALTH = "Sở Y tế thành phố"


@pytest.fixture
def health(ground):
    """An agency that others may pass questions on to."""
    agency = ground.agency("citizen_questions")
    with agency.at_work():
        queries.db.execute_sql(
            "UPDATE tenants.tenant_version SET name = %s WHERE tenant_id = %s",
            (f"{HEALTH} {agency.info.code}", agency.info.id),
        )
    return agency


def proposed(desk, case):
    with desk.agency.at_work():
        return competence.proposal(Case.get_by_id(case.id), queries.question(case.id))


def button(page):
    """Return the address of the one-click button and the version it sends."""
    found = re.search(r'action="([^"]+/pass-on/[^"]+)".*?name="version" value="(\d+)"', page.text, re.DOTALL)
    return found and found.groups()


def test_the_agency_that_a_question_names_gets_it_with_one_click(desk, health):
    case = desk.ask(content=f"Tôi đã hỏi so y te thanh pho {health.info.code} mà chưa ai trả lời.").case
    page = desk.lan.get("citizen_questions.question", case_id=case.id)
    assert f"Câu hỏi nêu tên {HEALTH}" in page.text
    _url, version = button(page)
    fields = {"case_id": case.id, "agency_id": health.info.id}
    for _pressed in range(2):  # pressed twice it is passed on once
        assert desk.lan.post("citizen_questions.pass_on", {"version": version}, **fields).status_code == 303
    assert desk.stored(case).state == "waiting"
    legs = desk.sql("SELECT receiver_id, shared FROM casework.leg WHERE case_id = %s", case.id)
    assert [receiver for receiver, _shared in legs] == [health.info.id]
    assert "Trần Thị Hoa" not in legs[0][1]
    assert button(desk.lan.get("citizen_questions.question", case_id=case.id)) is None


def test_where_questions_of_a_topic_have_gone_the_next_one_is_proposed_to_go(desk, health, ground):
    for number in range(competence.ENOUGH):
        assert proposed(desk, desk.ask(topic="health").case) is None, number
        desk.act(desk.lan, desk.ask(topic="health").case, "transfer", receiver_id=health.info.id)
    clear = proposed(desk, desk.ask(topic="health").case)
    assert clear.agency_id == health.info.id
    assert "3 câu hỏi gần nhất về “Khám chữa bệnh”" in clear.why
    assert proposed(desk, desk.ask(topic="land").case) is None
    # One of the last went elsewhere: a person decides again.
    other = ground.agency("citizen_questions")
    desk.act(desk.lan, desk.ask(topic="health").case, "transfer", receiver_id=other.info.id)
    assert proposed(desk, desk.ask(topic="health").case) is None


def test_what_was_sent_back_proves_nothing(desk, health):
    for _each in range(competence.ENOUGH):
        case = desk.ask(topic="health").case
        desk.act(desk.lan, case, "transfer", receiver_id=health.info.id)
    ((leg_id,),) = desk.sql("SELECT id FROM casework.leg WHERE case_id = %s", case.id)
    with health.officer("casework.leg_clerk").working() as ctx:
        leg_services.return_leg(ctx, leg_id, "Không thuộc thẩm quyền")
    assert proposed(desk, desk.ask(topic="health").case) is None


def test_two_agencies_named_are_not_clear_and_neither_is_the_own_one(desk, health, ground):
    other = ground.agency("citizen_questions")
    named = f"{HEALTH} {health.info.code}, hay {other.info.name}?"
    assert proposed(desk, desk.ask(content=named).case) is None
    assert proposed(desk, desk.ask(content=f"Hỏi {desk.agency.info.name}").case) is None


def test_where_the_asker_lives_names_no_agency(desk, ground):
    ward = ground.agency("citizen_questions")
    with ward.at_work():
        queries.db.execute_sql(
            "UPDATE tenants.tenant_version SET name = %s WHERE tenant_id = %s",
            ("Uỷ ban nhân dân phường Phú Xuân Đông", ward.info.id),
        )
    home = "số 12 kiệt 45 đường Bạch Đằng, phường Phú Xuân Đông"
    assert (
        proposed(desk, desk.ask(content=f"Nhà tôi ở {home}. Trạm bơm ở Phú Mậu bao giờ chạy?").case) is None
    )
    asked = desk.ask(content=f"Nhà tôi ở {home}. Vì sao phường Phú Xuân Đông chưa trả lời?").case
    assert proposed(desk, asked).agency_id == ward.info.id


def test_one_click_is_for_who_may_moderate_and_in_time(desk, health, long_ago):
    content = f"Hỏi {HEALTH} {health.info.code}"
    case, late = desk.ask(content=content).case, desk.ask(content=content, at=long_ago(20)).case
    assert button(desk.vinh.get("citizen_questions.question", case_id=case.id)) is None
    fields = {"case_id": case.id, "agency_id": health.info.id}
    assert desk.vinh.post("citizen_questions.pass_on", {"version": 1}, **fields).status_code == 403
    assert button(desk.lan.get("citizen_questions.question", case_id=late.id)) is None
    # After five working days the reason is asked by the form; an agency that is not proposed goes there too.
    for wrong in ({**fields, "case_id": late.id}, {**fields, "agency_id": desk.agency.info.id}):
        answer = desk.lan.post("citizen_questions.pass_on", {"version": 1}, **wrong)
        assert answer.headers["location"].endswith("/transfer")
    assert desk.stored(case).state == desk.stored(late).state == "new"


def test_who_gave_a_question_back_is_not_proposed_for_it_again(desk, health):
    case = desk.ask(content=f"Tôi đã hỏi so y te thanh pho {health.info.code} mà chưa ai trả lời.").case
    assert proposed(desk, case).agency_id == health.info.id
    desk.act(desk.lan, case, "transfer", receiver_id=health.info.id)
    ((leg_id,),) = desk.sql("SELECT id FROM casework.leg WHERE case_id = %s", case.id)
    with health.officer("casework.leg_clerk").working() as ctx:
        leg_services.return_leg(ctx, leg_id, "Không thuộc chức năng của chúng tôi.")
    assert proposed(desk, case) is None
