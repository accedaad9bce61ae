"""What the module declares takes effect: a case goes from its record to its answer, and agencies stay apart."""

import re
from html import unescape
from uuid import uuid4

import orjson
import pytest

from core.api import Conflict, Forbidden
from core.db import db
from plugins.casework import api as casework
from plugins.casework.api import CaseItems, CaseReport, Move
from plugins.skeleton import queries, services
from plugins.skeleton.kinds import MATTER
from plugins.skeleton.plugin import module_disable_blockers
from tenants.upkeep.doctor import health


@pytest.fixture
def agency(ground):
    return ground.agency("skeleton")


@pytest.fixture
def officer(agency):
    return agency.officer("skeleton.officer")


@pytest.fixture
def leader(agency):
    return agency.officer("skeleton.leader")


def said(**given):
    return {
        "id": uuid4(), "title": "Đề nghị sửa đèn đường", "text": "", "asked_by": "Tổ dân phố 5", "source": "letter", **given
    }  # fmt: skip


def record(officer, **given):
    with officer.working() as ctx:
        return services.record(ctx, said(**given))


def test_everybody_can_work_by_the_workflow():
    assert casework.problems(MATTER.shipped) == []


def test_a_case_is_opened_once_with_its_deadline(officer):
    case_id = uuid4()
    codes = {record(officer, id=case_id).code for _again in range(2)}
    assert len(codes) == 1
    with officer.working():
        assert casework.case(case_id).due_at is not None
        assert queries.matter(case_id).asked_by == "Tổ dân phố 5"


def test_an_answer_is_drafted_sent_back_improved_and_approved(officer, leader):
    case = record(officer)

    def draft(text, version):
        with officer.working() as ctx:
            given = {"version": version, "answer": text, "person_id": leader.person_id}
            return services.answer(ctx, case.id, given)

    def decide(step, version, note=""):
        with leader.working() as ctx:
            return casework.move(ctx, case.id, step, Move(version=version, note=note))

    first = draft("Sẽ sửa.", case.version)
    with pytest.raises(Conflict):
        draft("Sửa lại.", case.version)
    back = decide("send_back", first.version, "Ghi rõ ngày sửa")
    again = draft("Sửa xong trước ngày 15.", back.version)
    assert decide("approve", again.version).state == "answered"
    with officer.working():
        assert queries.matter(case.id).answer == "Sửa xong trước ngày 15."


def test_who_may_not_handle_is_refused(agency):
    with pytest.raises(Forbidden):
        record(agency.officer())


def test_cases_of_another_agency_stay_there(ground, officer):
    case = record(ground.agency("skeleton").officer("skeleton.officer"))
    assert case.code not in officer.get(MATTER.list_route).text
    assert officer.get(MATTER.route, case_id=case.id).status_code == 404


def test_routes_answer_only_where_the_module_is_on(ground, officer):
    assert officer.get(MATTER.list_route).status_code == 200
    assert ground.agency().officer("skeleton.officer").get(MATTER.list_route).status_code == 404


def test_pages_record_show_and_answer(officer, leader):
    form = officer.get("skeleton.new").text
    typed = {key: str(value) for key, value in said().items()}
    typed["id"] = re.search(r'name="id" value="([^"]+)"', form)[1]
    answer = officer.post("skeleton.new", typed)
    assert answer.status_code == 303
    page = officer.follow(answer.headers["Location"])
    assert "Tổ dân phố 5" not in page.text, "who asks is masked until somebody says why they read it"
    case_id = re.search(r"[0-9a-f-]{36}", answer.headers["Location"])[0]
    version = re.search(r'name="version" value="(\d+)"', officer.get("skeleton.answer", case_id=case_id).text)[1]
    wrong = officer.post("skeleton.answer", {"version": version, "answer": "", "person_id": ""}, case_id=case_id)
    assert wrong.status_code == 422
    assert "Chưa nhập." in unescape(wrong.text)
    sent = {"version": version, "answer": "Sẽ sửa.", "person_id": str(leader.person_id)}
    assert officer.post("skeleton.answer", sent, case_id=case_id).status_code == 303
    assert "Chờ duyệt trả lời" in officer.get(MATTER.list_route).text
    assert "Sẽ sửa." in leader.get("casework.case_move", case_id=case_id, transition="approve").text
    assert "Căn cứ: Quy chế làm việc của cơ quan." in officer.get(MATTER.route, case_id=case_id).text


def test_who_asks_stands_in_no_title_and_in_no_text_without_a_reason(officer, leader):
    asked = {"title": "Bà Lê Thị Bưởi xin sửa đèn", "text": "Nhà bà Bưởi, ngõ 5.", "asked_by": "Lê Thị Bưởi"}
    case = record(officer, **asked)
    assert case.title == "Bà [họ tên] xin sửa đèn"
    for page in (officer.get(MATTER.route, case_id=case.id), officer.get(MATTER.list_route)):
        assert "Bưởi" not in page.text
    why = {"fields": "asked_by", "purpose": "contact", "note": "Gọi hỏi thêm về đèn hỏng"}
    assert officer.post("casework.case_reveal", why, case_id=case.id).status_code == 303
    assert "Lê Thị Bưởi" in officer.get(MATTER.route, case_id=case.id).text
    assert "Lê Thị Bưởi" not in leader.get(MATTER.route, case_id=case.id).text


def test_the_kind_is_in_the_reports(ground):
    assert ground.platform.catalogue.of(CaseReport)[MATTER.key]


def test_the_api_lists_in_the_documented_shape(officer):
    case = record(officer)
    found = orjson.loads(officer.get("skeleton.api_matters").content)
    assert CaseItems().dump(CaseItems().load(found)) == found
    assert [line["code"] for line in found["items"]] == [case.code]


def test_open_cases_keep_the_module_switched_on(agency, officer):
    record(officer)
    with agency.at_work():
        (blocker,) = module_disable_blockers(agency.info)
    assert "1" in blocker.text


def test_the_platform_finds_nothing_wrong(ground):
    with db.connection_context():
        found = {each.key: each.health for each in health(ground.platform.catalogue)}
    assert found["core.migrations"].ok, found["core.migrations"].detail
