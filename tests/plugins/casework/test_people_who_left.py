"""Work of who has left, of a unit that was dissolved, of a module that is off: nothing is stuck, and who manages it hears of it."""

import re
from urllib.parse import unquote

import pytest

from core.api import reading_as
from core.db import db
from core.web.errors import Invalid
from core.web.request import TOAST_COOKIE
from plugins.casework.cases import assigning
from plugins.casework.cases import queries as cases
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.lists import wanted
from plugins.casework.cases.services import Move, move
from plugins.casework.deadlines.budget import Budget
from plugins.casework.legs import services as legs
from plugins.casework.legs.services import Sending
from plugins.casework.tasks.kind import TASK
from plugins.casework.work import reminders
from plugins.notifications.models import Notification
from plugins.press_issues import services as press
from tests.plugins.casework.test_legs import Pair
from tests.plugins.casework.test_work import Office, titles
from tests.plugins.press_issues.conftest import said
from tests.support.modules import OTHER_UNIT, UNIT


@pytest.fixture
def office(agency):
    return Office(agency)


def leave(agency, officer):
    """End the posts of somebody, as the agency's administrator does."""
    with agency.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s", (officer.person_id,)
        )


def told(office, agency=None):
    """Run the morning's job, and return who was told of which work that nobody has."""
    with (agency or office.agency).in_background():
        reminders.remind()
    with (agency or office.agency).at_work():
        return [
            (each.person_id, each.fields["code"], each.fields["holder"])
            for each in Notification.select().where(Notification.kind == reminders.LEFT)
        ]


def test_who_manages_hears_once_of_work_of_somebody_who_has_left_and_gives_it_on(office):
    case = office.task("của người đã đi", due_in=5)
    office.task("của Vinh", office.vinh, due_in=5)
    leave(office.agency, office.lan)
    assert told(office) == told(office) == [(office.leader.person_id, case.code, "Hoàng Thị Lan")]
    with office.leader.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(person_id=office.vinh.person_id))
    assert sorted(titles(office.vinh)) == ["của Vinh", "của người đã đi"]


def lock(agency, officer):
    """Lock somebody's account; their posts go on."""
    with agency.at_work():
        db.execute_sql("UPDATE tenants.person SET disabled_at = now() WHERE id = %s", (officer.person_id,))


@pytest.mark.parametrize("goes", [leave, lock])
def test_nobody_gives_back_to_an_opener_who_is_not_there(office, goes):
    case = office.task("của người khác", due_in=5)
    with office.agency.at_work():
        opener = Receiver(person_id=cases.case(case.id).created_by)
        assert assigning.is_able(TASK, case, opener)
    goes(office.agency, office.leader)
    with office.agency.at_work():
        assert not assigning.is_able(TASK, case, opener)


@pytest.mark.parametrize("goes", [leave, lock])
def test_pages_and_lists_say_who_works_here_no_more_and_lead_to_giving_it_on(office, goes):
    reader = office.agency.officer("casework.officer", name="Đỗ Thu Hà")
    case = office.task("của người đã đi", due_in=5)
    words = "Hoàng Thị Lan, không còn nhận việc"
    for page in office.leader.get("casework.tasks"), office.leader.get("casework.work"):
        assert words not in page.text
    goes(office.agency, office.lan)
    assert words in office.leader.get("casework.tasks").text
    assert words in office.leader.get("casework.work").text
    page = office.leader.get("casework.task", case_id=case.id).text
    note, give = (
        "Hoàng Thị Lan không còn nhận việc ở cơ quan.",
        office.agency.url("casework.case_assign", case_id=case.id),
    )
    assert words in page
    assert f'{note} <a class="lt-link" href="{give}">Giao lại cho người khác</a>' in page
    assert (
        f"{note} Người quản lý loại việc này giao lại cho người khác."
        in reader.get("casework.task", case_id=case.id).text
    )
    assert told(office) == [(office.leader.person_id, case.code, "Hoàng Thị Lan")]
    with office.leader.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(person_id=office.vinh.person_id))
    assert "không còn nhận việc" not in office.leader.get("casework.task", case_id=case.id).text


def listed(officer, **query):
    """Return the titles of the tasks in the list under some conditions."""
    with officer.working() as ctx:
        return [row.title for row in cases.cases(ctx, TASK, wanted(query)).rows]


def test_the_list_of_a_kind_finds_what_people_who_are_gone_hold_and_it_is_given_on_at_once(office):
    locked, leader = office.agency.officer("casework.officer", name="Đỗ Thu Hà"), office.leader
    given = [office.task(f"việc {n}", office.lan, due_in=n) for n in (3, 4)]
    office.task("của Hà", locked, due_in=5)
    office.task("của Vinh", office.vinh, due_in=6)
    unit, last = office.agency.units[OTHER_UNIT], office.agency.officer("casework.officer", unit=OTHER_UNIT)
    of_unit = office.task("của phòng", due_in=7)
    with leader.working() as ctx:
        assigning.reassign(ctx, of_unit.id, Receiver(unit_id=unit))
    assert listed(leader, holder="gone") == []
    assert listed(leader, holder=str(office.lan.person_id)) == ["việc 3", "việc 4"]
    leave(office.agency, office.lan)
    lock(office.agency, locked)
    lock(office.agency, last)
    assert listed(leader, holder="gone") == ["việc 3", "việc 4", "của Hà", "của phòng"]
    assert listed(leader, holder="gone", q="viec 4") == ["việc 4"]
    assert listed(leader, holder=str(office.lan.person_id), q="4") == ["việc 4"]
    assert listed(office.vinh, holder="gone", q="viec 4") == ["việc 4"]
    assert leader.get("casework.tasks", query={"holder": "ai đó"}).status_code == 400
    conditions = f"holder={office.lan.person_id}"
    page = leader.get("casework.tasks", query={"holder": str(office.lan.person_id)}).text
    assert '<option value="gone">Không còn nhận việc' in page
    assert "Giao lại…" in page
    assert "Giao lại…" not in office.vinh.get("casework.tasks").text
    sent = {"list": "casework.tasks", "query": conditions, "id": [str(each.id) for each in given]}
    assert office.vinh.post("casework.work_assign", sent).status_code == 403
    form = leader.post("casework.work_assign", sent)
    assert "Giao lại 2 việc" in form.text
    ids = re.search('name="ids" value="([^"]+)"', form.text)[1]
    again = {
        "list": "casework.tasks",
        "query": conditions,
        "ids": ids,
        "person_id": str(office.vinh.person_id),
    }
    answer = leader.post("casework.work_assign", again)
    assert answer.headers["location"].endswith(f"{office.agency.url('casework.tasks')}?{conditions}")
    assert titles(office.vinh) == ["việc 3", "việc 4", "của Vinh"]
    sent = {
        "list": "casework.tasks",
        "query": "holder=gone",
        "all": "1",
        "person_id": str(office.vinh.person_id),
    }
    assert leader.post("casework.work_assign", sent).status_code == 303
    assert listed(leader, holder="gone") == []
    assert titles(office.vinh) == ["việc 3", "việc 4", "của Hà", "của Vinh", "của phòng"]


def test_a_unit_that_is_dissolved_with_open_work_leaves_it_with_who_manages_it(office):
    case = office.task("việc của phòng", due_in=5)
    unit = office.agency.units[OTHER_UNIT]
    last = office.agency.officer("casework.officer", unit=OTHER_UNIT)
    with office.leader.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(unit_id=unit))
    leave(office.agency, last)
    with office.agency.at_work():
        db.execute_sql(
            "UPDATE tenants.unit SET valid_from = valid_from - 400, valid_to = tenants.today() - 1 WHERE id = %s",
            (unit,),
        )
    assert told(office) == [(office.leader.person_id, case.code, OTHER_UNIT)]
    with office.leader.working() as ctx:
        with pytest.raises(Invalid) as refused:
            assigning.reassign(ctx, case.id, Receiver(unit_id=unit))
        assert "unit_id" in refused.value.errors
        assigning.reassign(ctx, case.id, Receiver(person_id=office.lan.person_id))
    assert titles(office.lan) == ["việc của phòng"]
    assert office.leader.get("casework.task", case_id=case.id).status_code == 200


def test_work_of_a_unit_whose_people_are_all_locked_is_told_and_named_so(office):
    case = office.task("việc của phòng", due_in=5)
    last = office.agency.officer("casework.officer", unit=OTHER_UNIT)
    with office.leader.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(unit_id=office.agency.units[OTHER_UNIT]))
    words = f"{OTHER_UNIT}, không còn nhận việc"
    assert words not in office.leader.get("casework.task", case_id=case.id).text
    assert told(office) == []
    lock(office.agency, last)
    for page in office.leader.get("casework.task", case_id=case.id), office.leader.get("casework.tasks"):
        assert words in page.text
    assert told(office) == told(office) == [(office.leader.person_id, case.code, OTHER_UNIT)]


@pytest.mark.parametrize("goes", [leave, lock])
def test_what_goes_back_to_somebody_who_has_left_asks_who_gets_it(office, goes):
    case = office.task("chờ duyệt", due_in=5)
    with office.lan.working() as ctx:
        move(ctx, case.id, "report", Move(version=cases.case(case.id).version, note="Xong"))
    goes(office.agency, office.lan)
    way = {"case_id": case.id, "transition": "send_back"}
    form = office.leader.get("casework.case_move", **way).text
    assert "Người nhận" in form
    version = str(version_of(office, case))
    refused = office.leader.post("casework.case_move", {"version": version, "note": "Thiếu số liệu"}, **way)
    assert refused.status_code == 422
    assert "Thiếu số liệu" in refused.text
    said = {"version": version, "note": "Thiếu số liệu", "person_id": str(office.vinh.person_id)}
    assert office.leader.post("casework.case_move", said, **way).status_code == 303
    assert titles(office.vinh) == ["chờ duyệt"]


def version_of(office, case):
    with office.agency.at_work():
        return cases.case(case.id).version


def test_a_leg_whose_officer_has_left_is_told_to_those_who_receive_legs(ground):
    pair = Pair(ground)
    leg_id = pair.send()
    pair.take(leg_id)
    leave(pair.office, pair.vinh)
    (row,) = told(None, pair.office)
    assert row[0] == pair.clerk.person_id
    assert row[2] == "Lê Quang Vinh"
    with pair.clerk.working() as ctx:
        assigning.reassign(ctx, leg_id, Receiver(person_id=pair.clerk.person_id))
    assert len(titles(pair.clerk)) == 1


def test_a_leg_outlives_the_module_that_its_receiver_has_switched_off(ground, monkeypatch):
    """An agency may not switch it off with legs open; where the operator took it away all the same, it still answers."""
    ward, office = ground.agency("press_issues"), ground.agency("press_issues")
    leader, clerk = (
        ward.officer("casework.leader", "press_issues.leader"),
        office.officer("casework.leg_clerk"),
    )
    with leader.working() as ctx:
        case = press.record(ctx, said(url="https://bao.example/duong", into="new"))
        sending = Sending(
            purpose="casework.part", ask="Cho biết", receiver_id=office.info.id, budget=Budget(3, "wd")
        )
        leg_id = legs.send_leg(ctx, case.id, sending)
    with pytest.raises(Invalid) as refused:
        office.switch("press_issues", on=False)
    assert "chặng liên thông chưa xong" in str(refused.value.errors)
    effective = ground.platform.dispatcher.effective_for
    monkeypatch.setattr(
        ground.platform.dispatcher, "effective_for",
        lambda tenant: effective(tenant) - {"press_issues"} if tenant == office.info.id else effective(tenant),
    )  # fmt: skip
    with leader.working() as ctx, pytest.raises(Invalid) as refused:
        legs.send_leg(ctx, case.id, sending)
    assert "không dùng phân hệ" in refused.value.errors["receiver_id"][0]
    assert clerk.get("casework.leg", case_id=leg_id).status_code == 200
    with clerk.working() as ctx:
        legs.take_leg(ctx, leg_id)
        assert legs.answer_leg(ctx, leg_id, "Đã sửa xong.") == 1
    assert "Đã sửa xong." in leader.get("casework.leg", case_id=leg_id).text


def test_a_unit_in_which_nobody_works_is_given_nothing(office):
    case = office.task("chờ giao", due_in=5)
    unit = office.agency.units[OTHER_UNIT]
    form = office.leader.get("casework.case_assign", case_id=case.id).text
    assert f'value="{office.agency.units[UNIT]}"' in form
    assert f'value="{unit}"' not in form
    sent = {"version": str(version_of(office, case)), "unit_id": str(unit)}
    refused = office.leader.post("casework.case_assign", sent, case_id=case.id)
    assert refused.status_code == 422
    assert f"{OTHER_UNIT} hiện chưa có ai làm việc." in refused.text
    with office.leader.working() as ctx, reading_as("en"), pytest.raises(Invalid) as problem:
        assigning.reassign(ctx, case.id, Receiver(unit_id=unit))
    assert problem.value.errors == {
        "unit_id": [f"Nobody works in {OTHER_UNIT} at present. Choose another unit or a person."]
    }
    lock(office.agency, office.agency.officer("casework.officer", unit=OTHER_UNIT))
    assert office.leader.post("casework.case_assign", sent, case_id=case.id).status_code == 422
    assert f'value="{unit}"' not in office.leader.get("casework.case_assign", case_id=case.id).text
    office.agency.officer("casework.officer", unit=OTHER_UNIT)
    assert f'value="{unit}"' in office.leader.get("casework.case_assign", case_id=case.id).text
    assert office.leader.post("casework.case_assign", sent, case_id=case.id).status_code == 303


def test_what_ended_since_a_list_was_shown_is_named_where_the_rest_is_handed_on(office):
    given = [office.task(f"việc {number}") for number in range(3)]
    for case, still in ((given[0], 2), (given[1], 1)):
        with office.lan.working() as ctx:
            move(ctx, case.id, "report", Move(version=cases.case(case.id).version, note="Xong"))
        with office.leader.working() as ctx:
            move(ctx, case.id, "approve", Move(version=cases.case(case.id).version))
        sent = {"list": "casework.tasks", "query": "", "id": [str(each.id) for each in given]}
        form = office.leader.post("casework.work_assign", sent)
        assert (form.status_code, f"Giao lại {still} việc" in form.text) == (409, True)
        assert f"không còn trong danh sách dưới đây: {given[0].code}" in form.text
    over = office.leader.post("casework.work_assign", {**sent, "id": [str(given[0].id)]})
    assert over.headers["location"].endswith(office.agency.url("casework.tasks"))
    assert "Các việc này đã có người làm xong" in unquote(over.cookies[TOAST_COOKIE].value)
