"""Personal data of cases: masked for everybody, read in full with a reason, for minutes, and told in the history."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.audit import history
from core.db import db
from plugins.casework.cases import reveals
from plugins.casework.cases.personal import PersonalFact, mask
from plugins.casework.cases.queries import CASE
from plugins.casework.cases.telling import shown_title
from plugins.casework.models import Reveal
from plugins.casework.tasks.kind import HANDLE, MANAGE, TASK
from plugins.casework.tasks.services import open_task

ASKER = (
    PersonalFact("name", "Họ tên", "Nguyễn Văn Lợi", "name"),
    PersonalFact("phone", "Số điện thoại", "0912 345 612", "phone"),
    PersonalFact("address", "Địa chỉ", "Kiệt 131 Trần Phú, phường Thuận Hoá", "address"),
    PersonalFact("email", "Thư điện tử", "", "email"),
)
SAID = {"fields": "phone", "purpose": "contact", "note": "Hẹn giờ kiểm tra mương sáng thứ Hai."}


@pytest.fixture
def asker():
    """Let tasks be about somebody."""
    object.__setattr__(TASK, "personal", lambda _case_id: ASKER)
    yield
    object.__setattr__(TASK, "personal", None)


@pytest.fixture
def lan(agency):
    return agency.officer("casework.officer", name="Hoàng Thị Lan")


@pytest.fixture
def case(agency, lan, asker):
    with agency.officer("casework.leader").working() as ctx:
        said = {
            "id": uuid4(),
            "title": "Nạo vét mương",
            "text": "",
            "person_id": lan.person_id,
            "due": None,
            "restricted": False,
        }
        return open_task(ctx, said)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("name", "Nguyễn Văn Lợi", "Nguyễn V•• L••"),
        ("name", "Lợi", "L••"),
        ("name", "Hồ Văn A Rất", "Hồ V•• A•• R••"),
        ("name", "H'Hen Niê", "H•• N••"),
        ("name", "Y Moan Ê-nuôl", "Y•• M•• Ê••"),
        ("phone", "+84 912 345 612", "84•• ••• •12"),
        ("phone", "113", "•••••"),
        ("email", "loi.nguyen@hue.vn", "l•••@hue.vn"),
        ("id_number", "046099001234", "•••• •••• 234"),
        ("id_number", "1234", "•••••"),
        ("address", "Kiệt 131 Trần Phú, phường Thuận Hoá", "•••••, phường Thuận Hoá"),
        ("address", "Kiệt 131 Trần Phú", "•••••"),
        ("address", "phường Phú Xuân, 12 Lê Lợi", "•••••, phường Phú Xuân"),
        ("address", "12 Lê Lợi, Phường 5, TP. Huế", "•••••, Phường 5, TP. Huế"),
        ("address", "phường Phú Xuân 12 Lê Lợi", "•••••"),
        ("text", "Con của ông Lợi", "•••••"),
        ("phone", "  ", ""),
    ],
)
def test_a_value_is_masked_so_that_two_people_can_still_be_told_apart(kind, value, shown):
    assert mask(kind, value) == shown


def page_of(officer, case):
    return officer.get("casework.task", case_id=case.id).text


def test_personal_data_is_masked_until_a_reason_is_given_and_again_when_the_minutes_are_over(
    lan, case, monkeypatch
):
    before = page_of(lan, case)
    assert "Nguyễn V•• L••" in before
    assert "Thư điện tử" not in before
    assert not any(each.value in before for each in ASKER if each.value)
    answer = lan.post("casework.case_reveal", case_id=case.id, form=SAID)
    assert answer.status_code == 303
    assert "0912" not in answer.headers["location"]
    after = page_of(lan, case)
    assert "0912 345 612" in after
    assert "Nguyễn Văn Lợi" not in after
    monkeypatch.setattr(reveals, "SHOWN_FOR", timedelta(microseconds=1))
    lan.post("casework.case_reveal", case_id=case.id, form={**SAID, "fields": "name"})
    assert "Nguyễn Văn Lợi" not in page_of(lan, case)
    with lan.working() as ctx:
        assert reveals.seeing(ctx, case.id).today == 2


def test_what_one_person_asked_to_read_nobody_else_sees_nor_is_it_seen_at_another_case(agency, lan, case):
    lan.post("casework.case_reveal", case_id=case.id, form=SAID)
    assert "0912 345 612" not in page_of(agency.officer("casework.leader"), case)
    with lan.working() as ctx:
        assert reveals.seeing(ctx, uuid4()).keys == frozenset()


def test_the_history_tells_who_read_what_and_why_and_never_the_data(agency, lan, case):
    lan.post("casework.case_reveal", case_id=case.id, form={**SAID, "fields": ["phone", "name"]})
    told = "xem dữ liệu cá nhân ở {}: số điện thoại, họ tên. Lý do: liên hệ xác minh nội dung. Hẹn giờ kiểm tra mương"
    page = (
        agency.officer("casework.leader").get("casework.task", case_id=case.id, query={"tab": "history"}).text
    )
    assert told.format(case.code) in page
    with agency.at_work():
        stored = db.execute_sql(
            "SELECT data::text FROM core.audit_entry WHERE object_id = %s", (case.id,)
        ).fetchall()
        rows = list(Reveal.select().dicts())
    assert not any(value in f"{stored}{rows}" for value in ("0912", "Lợi", "Kiệt 131"))


@pytest.mark.parametrize(
    ("said", "field", "told"),
    [
        ({"fields": []}, "fields", "Chưa chọn dữ liệu cần xem."),
        ({"fields": "bank_account"}, "fields", "Chưa chọn dữ liệu cần xem."),
        ({"purpose": "curiosity"}, "purpose", "Chưa chọn mục đích."),
        ({"note": "Cần xem"}, "note", "ít nhất 10 ký tự"),
        ({"note": "x" * 301}, "note", "Dài quá 300 ký tự."),
        ({"note": "Gọi số 0912.345.612 chiều nay"}, "note", "không được chứa chính dữ liệu cá nhân"),
        ({"note": "Gọi cho ông nguyen van loi, tổ 5"}, "note", "không được chứa chính dữ liệu cá nhân"),
    ],
)
def test_a_reason_that_is_missing_or_tells_the_data_comes_back_at_its_field(lan, case, said, field, told):
    answer = lan.post("casework.case_reveal", case_id=case.id, form={**SAID, **said})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert told in answer.text
    with lan.working():
        assert Reveal.select().count() == 0


def test_who_does_not_handle_such_cases_is_refused_and_that_is_told_too(agency, lan, case):
    object.__setattr__(TASK, "handle", MANAGE)
    try:
        page = page_of(lan, case)
        assert "Nguyễn V•• L••" in page
        assert "/reveal" not in page
        answer = lan.post("casework.case_reveal", case_id=case.id, form=SAID)
        assert answer.status_code == 403
        assert "0912" not in answer.text + page_of(lan, case)
    finally:
        object.__setattr__(TASK, "handle", HANDLE)
    with agency.at_work():
        lines = [f"{each.actor} {each.text}" for each in history(CASE, case.id)]
    assert f"Hoàng Thị Lan không được xem dữ liệu cá nhân ở {case.code}" in lines


def test_a_case_of_another_agency_is_not_there(ground, case):
    stranger = ground.agency().officer("casework.leader")
    assert stranger.post("casework.case_reveal", case_id=case.id, form=SAID).status_code == 404


def test_a_case_without_personal_data_has_nothing_to_ask_for(lan, case):
    object.__setattr__(TASK, "personal", lambda _case_id: ())
    assert "cw-personal" not in page_of(lan, case)
    assert lan.get("casework.case_reveal", case_id=case.id).status_code == 303
    assert lan.post("casework.case_reveal", case_id=case.id, form=SAID).status_code == 422


def test_each_of_several_values_in_one_fact_is_hidden_in_the_title_that_others_read(agency, case):
    several = PersonalFact("content", "Chỗ che", "Lê Văn Bình; 5 Tố Hữu;  ")
    object.__setattr__(TASK, "personal", lambda _case_id: (*ASKER, several))
    case.title = "Nạo vét mương nhà Lê Văn Bình, Nguyen Van Loi"
    with agency.at_work():
        assert shown_title(case) == "Nạo vét mương nhà [họ tên], [họ tên]"
