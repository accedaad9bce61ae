"""Cases: opened, moved through their workflow, given, pulled back, done in somebody's place; who sees them."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from itertools import product
from types import SimpleNamespace
from uuid import uuid4

import psycopg2
import pytest

from core.db import Conflict, db
from core.i18n import HOME_ZONE, format_date
from core.web.errors import Forbidden, Invalid
from core.web.paging import Cursor
from core.web.request import TOAST_COOKIE
from plugins.casework.cases import assigning, queries
from plugins.casework.cases import opening as case_opening
from plugins.casework.cases import services as case_services
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.events import CoWorkDone
from plugins.casework.cases.opening import Opening
from plugins.casework.cases.queries import CaseFilter
from plugins.casework.cases.resources import part_warnings
from plugins.casework.cases.services import Move
from plugins.casework.cases.settling import settle_work
from plugins.casework.deadlines import changing
from plugins.casework.deadlines.budget import Budget
from plugins.casework.models import Assignment, Case, Delegation
from plugins.casework.tasks.kind import TASK
from plugins.casework.tasks.services import open_task
from plugins.casework.work import next_work as following
from plugins.casework.work import reminders
from plugins.casework.workflows.kinds import followed_on, workflow_for
from plugins.files.api import files_of
from plugins.notifications.api import notify, read_all
from plugins.notifications.models import Notification
from tests.plugins.casework.conftest import migrate_again, version_in
from tests.plugins.casework.test_legs import sent
from tests.support.modules import UNIT
from tests.support.plans import nodes
from tests.support.racing import overtaken

MOST_STATEMENTS = 12
"""Of a case's page, the numbers of the navigation included; who asks is read before, for every page alike."""


def today() -> date:
    return datetime.now(HOME_ZONE).date()


@pytest.fixture
def office(agency):
    """A leader, two officers, and somebody of another unit."""
    return Office(agency)


class Office:
    def __init__(self, agency):
        self.agency = agency
        self.leader = agency.officer("casework.leader", name="Phạm Ngọc Anh")
        self.lan = agency.officer("casework.officer", name="Hoàng Thị Lan")
        self.vinh = agency.officer("casework.officer", name="Lê Quang Vinh")

    def task(self, to=None, *, by=None, due=None, restricted=False, title="Rà soát danh sách hộ nghèo"):
        with (by or self.leader).working() as ctx:
            said = {
                "id": uuid4(),
                "title": title,
                "text": "Theo Kế hoạch 12.",
                "person_id": (to or self.lan).person_id,
                "due": due,
                "restricted": restricted,
            }
            return open_task(ctx, said)


def move(officer, case, key, **said):
    with officer.working() as ctx:
        version = said.pop("version", None) or queries.case(case.id).version
        return case_services.move(ctx, case.id, key, Move(version=version, **said))


def test_a_list_of_ended_cases_alone_says_how_many_there_are(office):
    assert "Chưa có việc nào được giao" in office.lan.get("casework.tasks").text
    case = office.task()
    assert 'aria-sort="ascending"' in office.lan.get("casework.tasks").text
    move(office.lan, case, "report", note="Xong")
    move(office.leader, case, "approve")
    page = office.lan.get("casework.tasks").text
    for text in ("Không có vụ việc nào đang mở", "Có 1 nếu xem cả việc đã kết thúc.", "?stand=closed"):
        assert text in page
    ended = office.lan.get("casework.tasks", query={"stand": "closed"}).text
    assert case.code in ended
    assert "aria-sort" not in ended, "sorted by the end, which no column shows"
    assert "Có 1 nếu xem" in office.lan.get("casework.tasks", query={"q": "hộ nghèo"}).text


def state(agency, case):
    with agency.at_work():
        return queries.case(case.id).state


def holders(agency, case):
    with agency.at_work():
        return [(each.receiver, each.task) for each in queries.assignments(case.id) if each.done_at is None]


# ---- the way of a case ---------------------------------------------------------------------------------------


def test_a_case_goes_from_hand_to_hand_to_its_end(office):
    case = office.task(due=today() + timedelta(days=9))
    assert case.code.startswith(f"VG-{case.opened_at.astimezone(HOME_ZONE).year}-")
    assert holders(office.agency, case) == [("Hoàng Thị Lan", "Xem và bắt đầu xử lý")]
    started = move(office.lan, case, "start")
    assert started.version == case.version + 1
    assert holders(office.agency, case) == [("Hoàng Thị Lan", "Xử lý và báo cáo kết quả")]
    move(office.lan, case, "report", note="Đã rà soát 214 hộ.")
    assert holders(office.agency, case) == [("Phạm Ngọc Anh", "Duyệt kết quả")]
    move(office.leader, case, "send_back", note="Thiếu tổ 5")
    assert holders(office.agency, case) == [("Hoàng Thị Lan", "Làm tiếp theo góp ý")]
    move(office.lan, case, "report", note="Đã bổ sung tổ 5.")
    done = move(office.leader, case, "approve")
    assert (done.state, done.outcome) == ("done", "early")
    assert holders(office.agency, case) == []
    with office.agency.at_work():
        ends = [(each.ending, each.outcome) for each in Assignment.select().order_by(Assignment.given_at)]
        assert ends == [("done", "early"), ("returned", ""), ("done", "early"), ("done", "early")]
        told = [(each.transition, each.person, each.outcome) for each in reversed(queries.steps(case.id))]
        assert told == [
            ("open", "Phạm Ngọc Anh", ""), ("start", "Hoàng Thị Lan", "early"), ("report", "Hoàng Thị Lan", "early"),
            ("send_back", "Phạm Ngọc Anh", "early"), ("report", "Hoàng Thị Lan", "early"), ("approve", "Phạm Ngọc Anh", "early"),
        ]  # fmt: skip


def test_a_machine_whose_clock_was_put_back_makes_no_step_before_the_last_one(office):
    case = office.task()
    move(office.lan, case, "start")
    with office.lan.working() as ctx:
        said = Move(version=queries.case(case.id).version, note="Đã xong.")
        case_services.move(ctx, case.id, "report", said, at=case.opened_at - timedelta(hours=1))
    with office.agency.at_work():
        last, before, first = queries.steps(case.id)
    assert last.began_at == last.at == before.at >= before.began_at == first.at


def test_opening_twice_under_one_id_opens_once(office):
    with office.leader.working() as ctx:
        said = {
            "id": uuid4(),
            "title": "Họp",
            "text": "",
            "person_id": None,
            "due": None,
            "restricted": False,
        }
        assert open_task(ctx, said).id == open_task(ctx, said).id
        assert Case.select().where(Case.title == "Họp").count() == 1


def test_only_who_holds_it_or_manages_the_kind_moves_it(office):
    case = office.task()
    with pytest.raises(Forbidden):
        move(office.vinh, case, "start")
    move(office.lan, case, "start")
    assert state(office.agency, case) == "doing"
    move(office.leader, case, "stop", note="Trùng việc khác")
    assert state(office.agency, case) == "stopped"


def test_of_two_who_decide_at_once_the_second_is_told(office):
    case = office.task()
    move(office.lan, case, "start")
    with pytest.raises(Conflict):
        move(office.leader, case, "stop", note="Dừng", version=case.version)
    page = office.leader.post(
        "casework.case_move",
        {"version": str(case.version), "note": "Dừng"},
        case_id=case.id,
        transition="stop",
    )
    assert page.status_code == 409
    assert "Hoàng Thị Lan vừa làm “Bắt đầu xử lý” trước bạn" in page.text
    assert "Dừng" in page.text


def test_a_return_needs_its_reason(office):
    case = office.task()
    move(office.lan, case, "report", note="Xong")
    with pytest.raises(Invalid) as refused:
        move(office.leader, case, "send_back")
    assert refused.value.errors == {"note": ["Chưa ghi lý do."]}


def test_what_nobody_has_opened_is_pulled_back(office):
    case = office.task()
    move(office.lan, case, "hand_over", to=Receiver(person_id=office.vinh.person_id))
    with office.lan.working() as ctx:
        given = queries.open_assignments(case.id)[0]
        assigning.pull_back(ctx, given.id)
    assert [name for name, _task in holders(office.agency, case)] == ["Hoàng Thị Lan"]
    move(office.lan, case, "hand_over", to=Receiver(person_id=office.vinh.person_id))
    assert office.vinh.get("casework.task", case_id=case.id).status_code == 200
    with office.lan.working() as ctx, pytest.raises(Invalid):
        assigning.pull_back(ctx, queries.open_assignments(case.id)[0].id)


@pytest.mark.parametrize("way", ["step", "again"])
def test_pulling_back_wins_nobody_time(office, way):
    case = office.task(due=today() + timedelta(days=9))
    with office.agency.at_work():
        had = Assignment.get(Assignment.case_id == case.id)
        due = had.due_at - timedelta(days=12)
        Assignment.update(due_at=due, share=None).where(Assignment.id == had.id).execute()
    to = Receiver(person_id=office.vinh.person_id)
    if way == "step":
        move(office.lan, case, "hand_over", to=to)
    else:
        with office.lan.working() as ctx:
            assigning.reassign(ctx, case.id, to)
    with office.lan.working() as ctx:
        assigning.pull_back(ctx, queries.open_assignments(case.id)[0].id)
    with office.agency.at_work():
        (mine,) = Assignment.select().where(Assignment.case_id == case.id, Assignment.done_at.is_null())
        assert (mine.due_at, mine.share, mine.given_at) == (due, None, had.given_at)


@pytest.mark.parametrize("way", ["stand_in", "manager", "left"])
def test_what_somebody_gave_on_in_anothers_place_and_pulls_back_is_the_others_again(office, way):
    away(office)
    case, to = office.task(), Receiver(person_id=office.leader.person_id)
    giver = office.vinh
    assert office.lan.get("casework.task", case_id=case.id).status_code == 200
    if way == "stand_in":
        move(office.vinh, case, "hand_over", to=to)
    else:
        giver, to = office.leader, Receiver(person_id=office.vinh.person_id)
        with office.leader.working() as ctx:
            assigning.reassign(ctx, case.id, to)
    if way == "left":
        with office.agency.at_work():
            db.execute_sql(
                "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s", (office.lan.person_id,)
            )
    with giver.working() as ctx:
        assigning.pull_back(ctx, queries.open_assignments(case.id)[0].id)
    expected = "Phạm Ngọc Anh" if way == "left" else "Hoàng Thị Lan"
    assert [name for name, _task in holders(office.agency, case)] == [expected]
    if way == "stand_in":
        with giver.working() as ctx, pytest.raises(Invalid):
            assigning.pull_back(ctx, queries.open_assignments(case.id)[0].id)


def test_nothing_goes_back_to_a_state_that_its_workflow_knows_no_more(office, monkeypatch):
    case = office.task()
    move(office.lan, case, "start")
    move(office.lan, case, "hand_over", to=Receiver(person_id=office.vinh.person_id))
    monkeypatch.setattr(assigning, "definition", lambda _workflow: SimpleNamespace(states=()))
    with office.lan.working() as ctx, pytest.raises(Invalid) as refused:
        assigning.pull_back(ctx, queries.open_assignments(case.id)[0].id)
    assert "Quy trình nay không còn bước trước đó" in refused.value.errors[""][0]


def test_pulling_back_leaves_the_steps_made_before_it_was_given(office):
    case = office.task()
    move(office.lan, case, "start")
    with office.lan.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(person_id=office.vinh.person_id))
    with office.lan.working() as ctx:
        assigning.pull_back(ctx, queries.open_assignments(case.id)[0].id)
    assert state(office.agency, case) == "doing"
    assert holders(office.agency, case) == [("Hoàng Thị Lan", "Xử lý và báo cáo kết quả")]


def pull_back(officer, case):
    """Take back what whoever leads has of a case."""
    with officer.working() as ctx:
        lead = next(each for each in queries.open_assignments(case.id) if each.role == "lead")
        assigning.pull_back(ctx, lead.id)


def test_co_handlers_whom_a_step_named_have_nothing_to_do_once_it_is_pulled_back(office):
    case = office.task()
    move(office.lan, case, "hand_over", to=Receiver(office.leader.person_id), co=(office.vinh.person_id,))
    pull_back(office.lan, case)
    assert holders(office.agency, case) == [("Hoàng Thị Lan", "Xem và bắt đầu xử lý")]
    assert told(office.vinh) == [
        ("{code} “{title}”: {task}", False),
        ("{code} “{title}” đã được người giao rút lại, bạn không phải xử lý nữa", True),
    ]


@pytest.mark.parametrize("named", [False, True])
def test_co_handlers_whom_a_step_cut_off_have_their_part_again_once_it_is_pulled_back(office, named):
    case, day = office.task(), datetime.now(UTC) + timedelta(days=4)
    move(
        office.lan,
        case,
        "hand_over",
        to=Receiver(office.leader.person_id),
        co=(office.vinh.person_id,),
        note="Tổ 5",
    )
    with office.agency.at_work():
        had = Assignment.get(Assignment.case_id == case.id, Assignment.role == "co")
        if named:
            Assignment.update(due_at=day, share=None).where(Assignment.id == had.id).execute()
    move(office.leader, case, "hand_over", to=Receiver(office.lan.person_id))
    pull_back(office.leader, case)
    with office.agency.at_work():
        (part,) = Assignment.select().where(
            Assignment.case_id == case.id, Assignment.role == "co", Assignment.done_at.is_null()
        )
    assert (part.person_id, part.note, part.given_at) == (office.vinh.person_id, "Tổ 5", had.given_at)
    assert (part.due_at, part.share) == ((day, None) if named else (had.due_at, had.share))
    assert [each for each in told(office.vinh) if each[1]] == [("{code} “{title}”: {task}", True)]


def test_a_part_that_was_done_or_that_no_step_ended_stays_as_it_is_when_a_lead_is_pulled_back(office):
    case = office.task()
    move(office.lan, case, "hand_over", to=Receiver(office.leader.person_id), co=(office.vinh.person_id,))
    with office.vinh.working() as ctx:
        part = next(each for each in queries.open_assignments(case.id) if each.role == "co")
        assigning.finish_co(ctx, part.id, note="Xong tổ 5")
    move(office.leader, case, "hand_over", to=Receiver(office.lan.person_id))
    pull_back(office.leader, case)
    assert holders(office.agency, case) == [("Phạm Ngọc Anh", "Xem và bắt đầu xử lý")]
    move(office.leader, case, "hand_over", to=Receiver(office.leader.person_id), co=(office.vinh.person_id,))
    with office.leader.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(office.lan.person_id))
    pull_back(office.leader, case)
    assert sorted(name for name, _task in holders(office.agency, case)) == ["Lê Quang Vinh", "Phạm Ngọc Anh"]


def test_whoever_has_a_case_gets_a_new_day_for_it_and_is_told(office):
    case, day = office.task(), today() + timedelta(days=9)
    with office.agency.at_work():
        version = queries.case(case.id).version
    said = {
        "version": version,
        "person_id": office.lan.person_id,
        "unit_id": "",
        "note": "Gấp",
        "due": f"{day:%d/%m/%Y}",
    }
    assert office.leader.post("casework.case_assign", said, case_id=case.id).status_code == 303
    with office.agency.at_work():
        (held,) = Assignment.select().where(Assignment.case_id == case.id, Assignment.done_at.is_null())
    assert (held.person_id, held.note, held.share) == (office.lan.person_id, "Gấp", None)
    assert held.due_at.astimezone(HOME_ZONE).date() == day
    assert [unread for _text, unread in told(office.lan)] == [False, True]
    pull_back(office.leader, case)
    with office.agency.at_work():
        (again,) = Assignment.select().where(Assignment.case_id == case.id, Assignment.done_at.is_null())
    assert (again.person_id, again.due_at) == (office.lan.person_id, None)


def test_what_is_given_anew_to_whoever_has_it_goes_back_to_who_had_it_before_them(office):
    case = office.task()
    move(office.lan, case, "report", note="Xong")
    with office.leader.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(office.leader.person_id), note="Xem trước thứ sáu")
    move(office.leader, case, "send_back", note="Thiếu tổ 5")
    assert [name for name, _task in holders(office.agency, case)] == ["Hoàng Thị Lan"]


def test_a_step_takes_nobody_and_no_day_that_it_does_not_ask_for(office):
    case = office.task()
    move(office.lan, case, "report", note="Xong")
    with office.agency.at_work():
        version = queries.case(case.id).version
    for said in ({"co": str(office.vinh.person_id)}, {"due": f"{today() + timedelta(days=3):%d/%m/%Y}"}):
        sent = office.leader.post("casework.case_move", {"version": version, "note": "", **said}, case_id=case.id, transition="approve")  # fmt: skip
        assert (sent.status_code, "Bước này không" in sent.text) == (422, True)
    assert state(office.agency, case) != "done"


def told(officer):
    """Return what somebody was told of cases: the sentence and whether it is unread, the newest last."""
    with officer.working():
        rows = Notification.select().where(
            Notification.person_id == officer.person_id, Notification.kind == assigning.ASSIGNED
        )
        return [(each.text, each.unread) for each in rows.order_by(Notification.id)]


def away(office, days=5):
    """Let Vinh act for Lan from today on."""
    with office.lan.working() as ctx:
        until = today() + timedelta(days=days)
        assigning.delegate(ctx, office.vinh.person_id, since=today(), until=until, reason="Nghỉ phép")


def test_who_had_work_that_was_pulled_back_is_told_and_reads_nothing_out_of_date(office):
    case = office.task()
    move(office.lan, case, "hand_over", to=Receiver(person_id=office.vinh.person_id))
    assert told(office.vinh) == [("{code} “{title}”: {task}", True)]
    with office.lan.working() as ctx:
        assigning.pull_back(ctx, queries.open_assignments(case.id)[0].id)
    assert told(office.vinh) == [
        ("{code} “{title}”: {task}", False),
        ("{code} “{title}” đã được người giao rút lại, bạn không phải xử lý nữa", True),
    ]
    history = office.lan.get("casework.task", case_id=case.id).text
    assert "rút lại việc đã giao cho Lê Quang Vinh" in history
    assert f"giao {case.code} cho Hoàng Thị Lan" in history, "as it was opened"
    assert history.count(f"giao {case.code} cho Hoàng Thị Lan") == 1, "nobody gives it to themselves"


def unread(*officers):
    """Return the kinds of what each of some people was told of cases and has not read yet, the newest last."""
    found = []
    for officer in officers:
        with officer.working():
            rows = Notification.select().where(
                Notification.person_id == officer.person_id, Notification.unread
            )
            found.append([each.kind.removeprefix("casework.") for each in rows.order_by(Notification.id)])
    return found


@pytest.mark.usefixtures("every_day_works")
def test_what_told_of_work_is_read_once_it_is_done_handed_on_returned_or_taken(office):
    away(office)
    with office.vinh.working() as ctx:
        read_all(ctx, datetime.now(UTC))
    case, other = office.task(), office.task(title="Việc khác")
    with office.agency.at_work():
        late = datetime.now(UTC) - timedelta(days=4)
        Assignment.update(due_at=late).where(Assignment.case_id == case.id).execute()
    with office.agency.in_background():
        reminders.remind()
    asked = ["assigned", "assigned", "overdue"]
    assert unread(office.lan, office.vinh, office.leader) == [asked, asked, ["escalated"]]
    move(office.lan, case, "report", note="Xong")
    # The other one still waits for Lan, and for who stands in.
    assert unread(office.lan, office.vinh, office.leader) == [["assigned"], ["assigned"], ["assigned"]]
    move(office.leader, case, "send_back", note="Thiếu tổ 5")
    assert unread(office.lan, office.leader) == [["assigned", "returned"], []]
    with office.agency.at_work():
        unit = office.agency.units["Văn phòng"]
    with office.lan.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(unit_id=unit))
    assert unread(office.lan, office.vinh, office.leader) == [["assigned"], ["assigned"] * 2, ["assigned"]]
    with office.vinh.working() as ctx:
        (given,) = queries.open_assignments(case.id)
        assigning.take(ctx, given.id)
    assert unread(office.lan, office.vinh, office.leader) == [["assigned"], ["assigned"], []]
    move(office.lan, other, "report", note="Xong")
    assert unread(office.lan, office.vinh) == [[], []]


def test_a_step_that_is_taken_asks_for_nothing_more_though_the_work_stays(office):
    case = office.task()
    assert unread(office.lan) == [["assigned"]]
    move(office.lan, case, "start")
    assert unread(office.lan) == [[]]
    with office.agency.at_work():
        assert [each.person_id for each in queries.open_assignments(case.id)] == [office.lan.person_id]
    other = office.task(title="Việc khác")
    move(office.leader, other, "start")
    assert unread(office.lan) == [["assigned"]], "she has it still and did not begin it herself"


@pytest.mark.usefixtures("every_day_works")
def test_late_work_stays_late_for_who_takes_it_and_for_who_leads_when_a_part_ends(office):
    with office.leader.working():
        opened = Opening(title="Rà soát", to=Receiver(unit_id=office.agency.units[UNIT]))
        case = case_opening.open_case(TASK.key, opened)
    with office.agency.at_work():
        late = datetime.now(UTC) - timedelta(days=1)
        Assignment.update(due_at=late).where(Assignment.case_id == case.id).execute()
    with office.agency.in_background():
        reminders.remind()
    assert unread(office.vinh, office.lan) == [["assigned", "overdue"]] * 2
    with office.vinh.working() as ctx:
        assigning.take(ctx, queries.open_assignments(case.id)[0].id)
    # It is nobody else's any more.
    assert unread(office.vinh, office.lan) == [["overdue"], []]
    with office.vinh.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(person_id=office.lan.person_id))
    # Nobody is asked any more, whoever was told: also who works in the unit and never took it.
    assert unread(office.vinh, office.lan) == [[], ["assigned"]]


def test_a_part_that_ends_does_not_end_what_is_told_of_the_whole_case(office):
    case = office.task()
    with office.agency.at_work():
        (lead,) = queries.open_assignments(case.id)
        notify("casework.overdue", [office.lan.person_id], fact=f"over:{case.id}:2026-01-01", text="x")
        settle_work(case, [lead._replace(id=uuid4(), role="co")])
        assert (
            Notification.select().where(Notification.kind == "casework.overdue", Notification.unread).count()
        )
        settle_work(case, [lead])
        assert not Notification.select().where(Notification.unread).count()


def restricted_title(office, migrated=None):
    """Restrict a case that a unit had, by the act or as the migration finds it; return how each of its people reads of it."""
    mary = office.agency.officer("casework.officer")
    with office.leader.working() as ctx:
        opened = Opening(title="Đơn tố cáo ông Bình", to=Receiver(unit_id=office.agency.units[UNIT]))
        case = case_opening.open_case(TASK.key, opened)
        db.execute_sql("UPDATE tenants.person SET locale = 'en' WHERE id = %s", (mary.person_id,))
        if migrated:
            Case.update(restricted=True, kind="voter_opinions.petition").where(Case.id == case.id).execute()
        else:
            case_services.restrict(ctx, case)
    if migrated:
        migrate_again(migrated, "casework.migrations.0017_titles_of_restricted")
    pages = [each.get("notifications.centre").text for each in (office.lan, mary)]
    return [
        [words in page for words in (case.code, "tố cáo", "Nội dung hạn chế", "Restricted content")]
        for page in pages
    ]


HIDDEN = [[True, False, True, False], [True, False, False, True]]


def test_what_was_told_of_a_case_before_it_was_restricted_says_its_title_no_more(office):
    assert restricted_title(office) == HIDDEN


def test_what_was_told_of_cases_restricted_before_says_no_title_after_the_migration(office, database):
    assert restricted_title(office, database) == HIDDEN


def test_who_keeps_a_case_takes_it_on_in_words(office):
    case = office.task(by=office.lan)
    page = office.lan.get("casework.task", case_id=case.id).text
    assert f"tự nhận {case.code}: " in page
    assert "giữ từ " in page.split("Ai đang giữ")[1].split("</section>")[0]
    assert "Hoàng Thị Lan giao" not in page
    assert f"giao {case.code} cho" not in page


def test_a_stand_in_is_told_of_what_the_absent_get(office):
    away(office)
    before = len(told(office.vinh))
    case = office.task()
    assert told(office.vinh)[before:] == [("{code} “{title}”: {task} (thay {person})", True)]
    assert "thay Hoàng Thị Lan" in unescape(office.vinh.get("notifications.centre").text)
    # Whoever gives it knows it.
    move(office.lan, case, "start")
    with office.vinh.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(person_id=office.vinh.person_id))
        assigning.reassign(ctx, case.id, Receiver(person_id=office.lan.person_id))
    assert len(told(office.vinh)) == before + 1


def test_what_a_stand_in_has_opened_is_opened(office):
    away(office)
    case = office.task()
    with office.agency.at_work():
        (given,) = queries.open_assignments(case.id)
    assert office.vinh.get("casework.task", case_id=case.id).status_code == 200
    with office.leader.working() as ctx, pytest.raises(Invalid):
        assigning.pull_back(ctx, given.id)


def test_a_unit_gets_it_and_the_first_takes_it(office):
    with office.agency.at_work():
        unit = office.agency.units["Văn phòng"]
    case = office.task()
    with office.lan.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(unit_id=unit))
    with office.vinh.working() as ctx:
        given = queries.open_assignments(case.id)[0]
        assigning.take(ctx, given.id)
    with office.lan.working() as ctx, pytest.raises(Invalid):
        assigning.take(ctx, given.id)
    assert [name for name, _task in holders(office.agency, case)] == ["Lê Quang Vinh"]


@pytest.mark.usefixtures("every_day_works")
def test_what_somebody_takes_stays_late_for_who_stands_in_for_them(office):
    away(office)
    with office.leader.working():
        opened = Opening(title="Rà soát", to=Receiver(unit_id=office.agency.units[UNIT]))
        case = case_opening.open_case(TASK.key, opened)
    third = office.agency.officer("casework.officer")
    with office.agency.at_work():
        late = datetime.now(UTC) - timedelta(days=2)
        Assignment.update(due_at=late).where(Assignment.case_id == case.id).execute()
    with office.agency.in_background():
        reminders.remind()
    with office.lan.working() as ctx:
        assigning.take(ctx, queries.open_assignments(case.id)[0].id)
    assert ["overdue" in each for each in unread(office.lan, office.vinh, third)] == [True, True, False]


def test_what_a_unit_has_is_own_work_on_its_page_too(office):
    with office.agency.at_work():
        unit = office.agency.units["Văn phòng"]
    case = office.task()
    with office.lan.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(unit_id=unit))
    after_act = replace(office.vinh, token=f"{office.vinh.token}; {TOAST_COOKIE}=done")
    told = after_act.get("casework.task", case_id=case.id).text
    assert "Việc của bạn: " in told
    assert "Bạn không còn việc nào" not in told


def test_no_page_leads_on_to_the_case_one_is_on(office, monkeypatch):
    monkeypatch.setattr(following, "url_for", lambda *_args, **_fields: "")
    case = office.task()
    with office.lan.working() as ctx:
        req = SimpleNamespace(asker=ctx, follows_act=True)
        assert following.next_work(req, case.id, case.code, case.kind).title == ""
        assert following.next_work(req, uuid4(), "", case.kind).title == case.title


def test_what_is_taken_at_this_moment_is_not_pulled_back_any_more(office):
    with office.agency.at_work():
        unit = office.agency.units["Văn phòng"]
    case = office.task()
    with office.lan.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(unit_id=unit))
        (given,) = queries.open_assignments(case.id)
    second = overtaken(
        (office.vinh, lambda ctx: assigning.take(ctx, given.id)), (office.lan, lambda ctx: assigning.pull_back(ctx, given.id))
    )  # fmt: skip
    assert isinstance(second, Invalid)
    assert [name for name, _task in holders(office.agency, case)] == ["Lê Quang Vinh"]


def test_nothing_is_given_to_who_cannot_handle_it(office):
    stranger = office.agency.officer("casework.register_reader", name="Võ Thanh Hùng")
    case = office.task()
    with pytest.raises(Invalid) as refused:
        move(office.lan, case, "hand_over", to=Receiver(person_id=stranger.person_id))
    assert "Võ Thanh Hùng không có quyền" in refused.value.errors["person_id"][0]
    assert state(office.agency, case) == "new"


@pytest.mark.parametrize("manages", [False, True])
def test_a_stand_in_acts_in_somebodys_place_and_it_is_written_down(office, manages):
    case, stand_in = office.task(), office.leader if manages else office.vinh
    with office.lan.working() as ctx:
        assigning.delegate(
            ctx,
            stand_in.person_id,
            since=today() - timedelta(days=1),
            until=today() + timedelta(days=5),
            reason="Nghỉ phép",
        )
    move(stand_in, case, "start")
    assert "thay Hoàng Thị Lan bắt đầu xử lý" in office.leader.get("casework.task", case_id=case.id).text
    with office.agency.at_work():
        assert queries.steps(case.id)[0].in_place_of == "Hoàng Thị Lan"


@pytest.mark.parametrize("manages", [False, True])
def test_what_was_done_in_somebodys_place_goes_back_to_them(office, manages):
    case = office.task()
    if not manages:
        away(office)
    move(office.leader if manages else office.vinh, case, "report", note="Xong")
    move(office.leader, case, "send_back", note="Thiếu tổ 5")
    assert holders(office.agency, case) == [("Hoàng Thị Lan", "Làm tiếp theo góp ý")]


def test_work_of_a_unit_that_nobody_took_goes_back_to_whoever_did_it(office):
    with office.leader.working():
        opened = Opening(title="Rà soát", to=Receiver(unit_id=office.agency.units[UNIT]))
        case = case_opening.open_case(TASK.key, opened)
    move(office.vinh, case, "report", note="Xong")
    move(office.leader, case, "send_back", note="Thiếu tổ 5")
    assert holders(office.agency, case) == [("Lê Quang Vinh", "Làm tiếp theo góp ý")]


def test_what_was_returned_pulled_back_and_returned_again_goes_to_who_had_it(office):
    case = office.task()
    move(office.lan, case, "report", note="Xong")
    move(office.leader, case, "send_back", note="Thiếu tổ 5")
    with office.leader.working() as ctx:
        assigning.pull_back(ctx, queries.open_assignments(case.id)[0].id)
    move(office.leader, case, "send_back", note="Thiếu tổ 5 và tổ 6")
    assert holders(office.agency, case) == [("Hoàng Thị Lan", "Làm tiếp theo góp ý")]


def test_the_form_of_a_step_opens_for_who_may_take_it_alone(office):
    case = office.task()
    answers = [
        each.get("casework.case_move", case_id=case.id, transition="start")
        for each in (office.lan, office.leader, office.vinh)
    ]
    assert [each.status[:3] for each in answers] == ["200", "200", "403"]
    assert "Việc này đang do người khác giữ." in answers[2].text


def test_co_handlers_do_their_part(office):
    case = office.task()
    move(
        office.lan, case, "hand_over", to=Receiver(person_id=office.lan.person_id), co=[office.vinh.person_id]
    )
    with office.vinh.working() as ctx:
        mine = next(each for each in queries.open_assignments(case.id) if each.role == "co")
        assigning.finish_co(ctx, mine.id)
    assert holders(office.agency, case) == [("Hoàng Thị Lan", "Xem và bắt đầu xử lý")]


@pytest.fixture
def shared(office):
    """A task of Lan's with a part of Vinh's, and that part."""
    case = office.task()
    to = Receiver(person_id=office.lan.person_id)
    move(office.lan, case, "hand_over", to=to, co=[office.vinh.person_id])
    with office.agency.at_work():
        return case, next(each.id for each in queries.open_assignments(case.id) if each.role == "co")


def test_who_does_a_part_says_what_was_done_and_who_leads_reads_it(office, shared):
    case, part = shared
    page = office.vinh.get("casework.task", case_id=case.id).text
    assert "Xong phần tôi…" in page
    assert "được báo" in office.vinh.get("casework.assignment_done", assignment_id=part).text
    assert office.lan.get("casework.assignment_done", assignment_id=part).status_code == 403
    refused = office.vinh.post("casework.assignment_done", {"note": "x" * 1001}, assignment_id=part)
    assert refused.status_code == 422
    assert (
        office.vinh.post(
            "casework.assignment_done", {"note": "Đã rà soát tổ 5."}, assignment_id=part
        ).status_code
        == 303
    )
    for query in ({}, {"tab": "steps"}):
        assert "Đã rà soát tổ 5." in office.lan.get("casework.task", case_id=case.id, query=query).text
    assert told(office.lan)[-1] == ("{name} đã xong phần phối hợp ở {code} “{title}”", True)
    move(office.lan, case, "report", note="Xong")
    assert "Đã rà soát tổ 5." not in office.lan.get("casework.task", case_id=case.id).text, (
        "of the step before"
    )


def test_a_stand_in_does_a_part_beside_the_own_and_it_is_told_whose_it_was(office):
    case, other = office.task(), office.agency.officer("casework.officer", name="Nguyễn Thuỳ Hạnh")
    co = [office.vinh.person_id, other.person_id]
    move(office.lan, case, "hand_over", to=Receiver(person_id=office.lan.person_id), co=co)
    with other.working() as ctx:
        assigning.delegate(ctx, office.vinh.person_id, since=today(), until=today(), reason="Nghỉ phép")
    page = office.vinh.get("casework.task", case_id=case.id).text
    head = page.partition('id="lt-tabbed"')[0]
    assert "Xong phần tôi…" in head
    assert "Xong phần của Nguyễn Thuỳ Hạnh…" in head
    assert "Phối hợp · Phối hợp" not in page
    with office.agency.at_work():
        parts = {each.person_id: each.id for each in queries.open_assignments(case.id) if each.role == "co"}
    own = {"note": "Đã rà soát tổ 5."}
    office.vinh.post("casework.assignment_done", own, assignment_id=parts[office.vinh.person_id])
    page = office.vinh.get("casework.task", case_id=case.id).text
    assert "Phối hợp thay Nguyễn Thuỳ Hạnh" in page
    assert "Xong phần tôi…" not in page
    form = {"assignment_id": parts[other.person_id]}
    assert "Xong phần của Nguyễn Thuỳ Hạnh" in office.vinh.get("casework.assignment_done", **form).text
    office.vinh.post("casework.assignment_done", {"note": "Đã rà soát tổ 6."}, **form)
    assert told(office.lan)[-1][0] == "{name} thay {person} đã xong phần phối hợp ở {code} “{title}”"
    steps, history = (
        office.lan.get("casework.task", case_id=case.id, query={"tab": tab}).text
        for tab in ("steps", "history")
    )
    assert "Lê Quang Vinh thay Nguyễn Thuỳ Hạnh" in steps
    assert "thay Nguyễn Thuỳ Hạnh xong phần phối hợp" in history
    assert history.count("xong phần phối hợp") == 2
    assert "Lê Quang Vinh báo xong thay" in office.lan.get("casework.task", case_id=case.id).text
    assert (
        office.vinh.post("casework.assignment_done", {"note": "Đã rà soát tổ 6."}, **form).status_code == 303
    )
    late = other.post("casework.assignment_done", {"note": "Tổ 6 còn ba hộ."}, **form)
    assert (late.status_code, "Tổ 6 còn ba hộ." in late.text) == (422, True)
    assert "Lê Quang Vinh đã báo xong phần này" in late.text


def test_what_was_written_of_a_part_that_is_over_meanwhile_is_not_lost(office, shared):
    case, part = shared
    route, of = "casework.assignment_done", {"assignment_id": part}
    assert office.vinh.get(route, **of).status_code == 200
    move(office.lan, case, "report", note="Xong")
    refused = office.vinh.post(route, {"note": "Đã rà soát tổ 5."}, **of)
    assert refused.status_code == 422
    assert "Đã rà soát tổ 5." in refused.text
    assert "Phần phối hợp này đã kết thúc khi việc chuyển bước." in refused.text
    assert office.vinh.get(route, **of).status_code == 303, "no form for what is over"


def test_who_restricts_a_case_is_not_said_to_have_done_a_part(office):
    case = office.task()
    with office.vinh.working() as ctx:
        case_services.restrict(ctx, queries.case(case.id))
    page = office.lan.get("casework.task", case_id=case.id, query={"tab": "steps"}).text
    assert "Xong phần phối hợp" not in page


def test_a_step_says_whose_part_it_ends_and_they_are_told(office, shared):
    case, _part = shared
    stand_in = office.agency.officer("casework.officer")
    with office.vinh.working() as ctx:
        assigning.delegate(ctx, stand_in.person_id, since=today(), until=today(), reason="Nghỉ phép")
    warning = "1 người phối hợp chưa xong: Lê Quang Vinh. Sau bước này họ không phải làm nữa."
    assert warning not in office.lan.get("casework.case_move", case_id=case.id, transition="start").text
    assert warning in office.lan.get("casework.case_move", case_id=case.id, transition="report").text
    move(office.lan, case, "report", note="Xong")
    over = "{code} “{title}” đã chuyển bước, phần phối hợp của bạn không còn phải làm"
    assert told(office.vinh)[-1] == told(stand_in)[-1] == (over, True)
    page = office.lan.get("casework.task", case_id=case.id, query={"tab": "steps"}).text
    assert "Phần phối hợp kết thúc khi chưa báo xong" in page
    assert "Quá trình <span>4</span>" in page, "as many as its tab shows"


def test_a_form_warns_of_others_parts_that_each_of_its_ways_ends(office, shared):
    case, _part = shared
    more = [office.agency.officer("casework.officer", name=f"Trần Văn {name}") for name in "ABCD"]
    with office.lan.working() as ctx:
        req, held = SimpleNamespace(asker=ctx), queries.case(case.id)
        start, report = (followed_on(held).transition(key) for key in ("start", "report"))
        assert [len(part_warnings(req, held, ways)) for ways in ([report], [start, report], [])] == [1, 0, 0]
    people = [office.lan.person_id, *(each.person_id for each in more)]
    move(office.lan, case, "hand_over", to=Receiver(person_id=office.lan.person_id), co=people)
    with office.lan.working() as ctx:
        (warning,) = part_warnings(SimpleNamespace(asker=ctx), queries.case(case.id), [report])
    assert warning.startswith("4 người phối hợp")
    assert ", …" in warning
    assert office.lan.name not in warning


def test_who_has_a_part_again_is_not_told_that_it_is_over(office, shared):
    case, _part = shared
    move(
        office.lan, case, "hand_over", to=Receiver(person_id=office.lan.person_id), co=[office.vinh.person_id]
    )
    assert [text for text, _unread in told(office.vinh)] == ["{code} “{title}”: {task}"] * 2


def test_a_part_that_is_reported_done_twice_at_once_is_done_once(office, shared):
    case, part = shared
    finish = (office.vinh, lambda ctx: assigning.finish_co(ctx, part))
    assert overtaken(finish, finish).id == case.id
    with office.agency.at_work():
        facts = db.execute_sql(
            "SELECT event FROM core.audit_entry WHERE object_id = %s", (case.id,)
        ).fetchall()
    assert facts.count((CoWorkDone.name,)) == 1


def test_a_part_that_was_ended_with_its_case_stays_so(office, shared):
    case, part = shared

    def stop(ctx):
        said = Move(version=queries.case(case.id).version, note="Thôi làm")
        case_services.move(ctx, case.id, "stop", said)

    overtaken((office.leader, stop), (office.vinh, lambda ctx: assigning.finish_co(ctx, part)))
    with office.agency.at_work():
        assert Assignment.get_by_id(part).ending == "replaced"


def test_of_two_who_are_asked_at_once_to_stand_in_one_is(office):
    since, until = today(), today() + timedelta(days=5)

    def ask(colleague):
        return lambda ctx: assigning.delegate(
            ctx, colleague.person_id, since=since, until=until, reason="Nghỉ phép"
        )

    second = overtaken((office.lan, ask(office.vinh)), (office.lan, ask(office.leader)))
    assert isinstance(second, Invalid)
    assert "since" in second.errors
    with office.agency.at_work():
        assert [each.stand_in_id for each in Delegation.select()] == [office.vinh.person_id]


def test_two_who_ask_each_other_at_once_to_stand_in_are_not_both_away(office):
    def ask(colleague):
        return lambda ctx: assigning.delegate(
            ctx, colleague.person_id, since=today(), until=today() + timedelta(days=5), reason="Nghỉ phép"
        )

    second = overtaken((office.lan, ask(office.vinh)), (office.vinh, ask(office.lan)))
    assert isinstance(second, Invalid)
    assert "Hoàng Thị Lan cũng vắng" in second.errors["stand_in_id"][0]
    with office.agency.at_work():
        assert [each.person_id for each in Delegation.select()] == [office.lan.person_id]


def test_delegations_that_overlap_already_are_ended_but_for_the_first(office, database):
    superuser = psycopg2.connect(database.admin_url)
    with closing(superuser), superuser, superuser.cursor() as cursor:
        cursor.execute("ALTER TABLE casework.delegation DROP CONSTRAINT delegation_no_overlap")
    days = [(0, 5), (3, 9), (6, 12), (20, 21)]
    with office.agency.at_work():
        for number, (since, until) in enumerate(days):
            Delegation.insert(
                id=uuid4(), person_id=office.lan.person_id, stand_in_id=office.vinh.person_id, reason="Nghỉ phép",
                valid_from=today() + timedelta(days=since), valid_to=today() + timedelta(days=until),
                made_at=datetime.now(HOME_ZONE) + timedelta(seconds=number),
            ).execute()  # fmt: skip
    migrate_again(database, "casework.migrations.0014_one_stand_in")
    with office.agency.at_work():
        kept = [each.revoked_at is None for each in Delegation.select().order_by(Delegation.valid_from)]
    assert kept == [True, False, True, True]


# ---- who sees what ---------------------------------------------------------------------------------------------


def test_a_restricted_case_is_seen_by_who_has_to_do_with_it(office):
    case = office.task(restricted=True, title="Việc riêng của lãnh đạo")
    assert office.lan.get("casework.task", case_id=case.id).status_code == 200
    assert office.vinh.get("casework.task", case_id=case.id).status_code == 403
    assert "Việc riêng" not in office.vinh.get("casework.tasks").text
    assert "Việc riêng" in office.lan.get("casework.tasks").text
    with office.vinh.working() as ctx:
        assert queries.found(ctx, [TASK], "viec rieng", 5) == []
    with office.leader.working() as ctx:
        assert [row.id for row in queries.found(ctx, [TASK], "viec rieng", 5)] == [case.id]


def test_a_unit_reads_a_restricted_case_as_long_as_it_has_it(office):
    unit = Receiver(unit_id=office.agency.units[UNIT])
    with office.leader.working():
        case = case_opening.open_case(TASK.key, Opening(title="Đơn gửi riêng", restricted=True, to=unit))

    def reading(officer):
        with officer.working() as ctx:
            stand = "closed" if queries.case(case.id).closed_at else "open"
            lists = [CaseFilter(stand=stand, search=words) for words in ("", "gui rieng")]
            return {
                queries.is_visible(ctx, queries.case(case.id), TASK),
                bool(queries.found(ctx, [TASK], "gui rieng", 5)),
                *(bool(queries.cases(ctx, TASK, each).rows) for each in lists),
            }

    assert [reading(each) for each in (office.vinh, office.lan)] == [{True}, {True}]
    move(office.leader, case, "stop", note="Nhầm")
    assert [reading(each) for each in (office.vinh, office.lan, office.leader)] == [{False}, {False}, {True}]


def test_many_people_are_named_by_three_and_how_many_more(office):
    names = ("Trần Thị Bình", "Đỗ Văn An", "Vũ Hải Yến")
    more = [office.agency.officer("casework.officer", name=name).person_id for name in names]
    with office.agency.at_work():
        assert queries.some_names(more[:2]) == "Đỗ Văn An, Trần Thị Bình"
        found = [office.leader.person_id, office.lan.person_id, *more]
        assert queries.some_names(found) == "Đỗ Văn An, Phạm Ngọc Anh, Trần Thị Bình và 2 người khác"


def test_who_is_locked_or_gone_is_not_said_to_lack_the_right(office):
    case = office.task()
    locked = office.agency.officer("casework.officer", name="Trần Thị Bình")
    bare = office.agency.officer(name="Đỗ Văn An")
    with office.agency.at_work():
        db.execute_sql("UPDATE tenants.person SET disabled_at = now() WHERE id = %s", (locked.person_id,))
    for officer, words in ((locked, "đang bị khoá tài khoản"), (bare, "không có quyền xử lý")):
        with office.leader.working() as ctx, pytest.raises(Invalid) as refused:
            assigning.reassign(ctx, case.id, Receiver(person_id=officer.person_id))
        assert words in refused.value.errors["person_id"][0]


def test_the_search_lets_through_what_the_list_does(office):
    """The one is written in Python, the other in a function of the database: word by word they are the same condition."""
    with office.agency.at_work():
        (text,) = db.execute_sql("SELECT prosrc FROM pg_proc WHERE proname = 'cases_found'").fetchone()
    branch = text.split("CASE WHEN sees_all THEN '' ELSE ' AND ", 1)[1].split("' END;", 1)[0]
    searched = re.sub(r"'\n\s*'", "", branch).replace("''", "'")
    listed = queries._SEEN.replace("c.kind = ANY (%(managed)s) OR ", "")  # that is `sees_all`
    for named, numbered in (("%(selves)s", "$7"), ("%(units)s", "$8"), ("c.kind", "$2"), ("c.tenant_id", "core.app_tenant()")):  # fmt: skip
        listed = listed.replace(named, numbered)
    assert re.sub(r"\s", "", searched) == re.sub(r"\s", "", listed)


def test_cases_are_found_without_accents_and_by_code(office):
    case = office.task(title="Tu sửa đường Đống Đa")
    with office.vinh.working() as ctx:
        for words in ("duong dong da", "ĐƯỜNG", case.code, case.code.rpartition("-")[2]):
            assert case.id in [row.id for row in queries.cases(ctx, TASK, CaseFilter(search=words)).rows], (
                words
            )


def test_a_search_within_a_tag_finds_what_stands_behind_many_others(office):
    for number in range(6):
        office.task(title=f"Tu sửa đường {number}", due=today() + timedelta(days=number + 1))
    wanted = office.task(title="Tu sửa đường sau cùng", due=today() + timedelta(days=30))
    with office.vinh.working() as ctx:
        Case.update(tags=["Giao thông"]).where(Case.id == wanted.id).execute()
        for asked in (CaseFilter(tag="Giao thông"), CaseFilter(tag="Giao thông", search="duong")):
            assert [row.id for row in queries.cases(ctx, TASK, asked, size=3).rows] == [wanted.id]
        assert queries.cases(ctx, TASK, CaseFilter(tag="Y tế", search="duong"), size=3).rows == []


def test_another_agency_sees_nothing_of_it(office, ground):
    case = office.task()
    other = ground.agency().officer("casework.leader")
    assert other.get("casework.task", case_id=case.id).status_code == 404
    assert (
        other.post("casework.case_move", {"version": "1"}, case_id=case.id, transition="stop").status_code
        == 404
    )
    with other.working() as ctx:
        assert queries.cases(ctx, TASK, CaseFilter()).rows == []


def test_the_list_stands_in_the_order_of_what_is_due_and_turns_pages(office):
    for number in (3, 1, 2):
        office.task(due=today() + timedelta(days=7 * number), title=f"Việc {number}")
    office.task(title="Việc không hạn")
    with office.lan.working() as ctx:
        first = queries.cases(ctx, TASK, CaseFilter(), size=3)
        assert [row.title for row in first.rows] == ["Việc 1", "Việc 2", "Việc 3"]
        key = (first.rows[-1].sort, first.rows[-1].id)
        rest = queries.cases(ctx, TASK, CaseFilter(), Cursor(key, backward=False), size=3)
        assert [row.title for row in rest.rows] == ["Việc không hạn"]


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_a_task_is_given_and_done_through_the_pages(office):
    form = office.leader.get("casework.task_new")
    assert "Hoàng Thị Lan" in form.text
    fields = {
        "id": str(uuid4()),
        "title": "Lập báo cáo tháng 11",
        "person_id": str(office.lan.person_id),
        "due": f"{today() + timedelta(days=60):%d/%m/%Y}",
    }
    answer = office.leader.post("casework.task_new", fields)
    assert answer.status_code == 303
    with office.agency.at_work():
        case = Case.get(Case.title == "Lập báo cáo tháng 11")
    page = office.lan.get("casework.task", case_id=case.id)
    assert "Việc của bạn: Xem và bắt đầu xử lý" in page.text
    assert "Giao việc" in office.lan.get("casework.tasks").text
    form = office.lan.get("casework.case_move", case_id=case.id, transition="report")
    assert "Chuyển sang “Chờ duyệt kết quả”" in form.text
    empty = office.lan.post(
        "casework.case_move", {"version": str(case.version)}, case_id=case.id, transition="report"
    )
    assert (empty.status_code, "Chưa ghi nội dung." in empty.text) == (422, True)
    done = office.lan.post(
        "casework.case_move",
        {"version": str(case.version), "note": "Xong"},
        case_id=case.id,
        transition="report",
    )
    assert done.status_code == 303
    for tab in ("steps", "files", "talk", "links", "history"):
        assert office.leader.get("casework.task", case_id=case.id, query={"tab": tab}).status_code == 200


def test_a_comment_an_unknown_link_and_a_link(office):
    case, other = office.task(), office.task(title="Việc thứ hai")
    assert (
        office.lan.post("casework.case_comment", {"text": "Đã gọi tổ trưởng."}, case_id=case.id).status_code
        == 303
    )
    assert (
        "Đã gọi tổ trưởng." in office.leader.get("casework.task", case_id=case.id, query={"tab": "talk"}).text
    )
    wrong = office.lan.post("casework.case_link", {"code": "VG-1999-1"}, case_id=case.id)
    assert (wrong.status_code, "Không có vụ việc số “VG-1999-1”" in wrong.text) == (422, True)
    assert (
        office.lan.post("casework.case_link", {"code": other.code.lower()}, case_id=case.id).status_code
        == 303
    )
    assert "Việc thứ hai" in office.lan.get("casework.task", case_id=case.id, query={"tab": "links"}).text


def statements(monkeypatch, page) -> int:
    """Return how many statements a page takes."""
    seen: list[str] = []
    plain = type(db.obj).execute_sql

    def counted(self, sql, *values, **options):
        if not sql.startswith(("SAVEPOINT", "RELEASE", "COMMIT", "SELECT sso.load_context")):
            seen.append(sql)
        return plain(self, sql, *values, **options)

    with monkeypatch.context() as patch:
        patch.setattr(type(db.obj), "execute_sql", counted)
        assert page().status_code == 200
    return len(seen)


def test_a_page_reads_few_statements_however_long_its_history(office, monkeypatch):
    with office.leader.working():
        opening = Opening(
            title="Trả lời kiến nghị",
            budget=Budget.parse("15wd"),
            ground="Điều 18",
            to=Receiver(office.lan.person_id),
        )
        case = case_opening.open_case(TASK.key, opening)

    def page():
        return office.leader.get("casework.task", case_id=case.id)

    page()  # the workflow is read once by a process
    few = statements(monkeypatch, page)
    for _more in range(10):
        move(office.lan, case, "hand_over", to=Receiver(person_id=office.lan.person_id), note="Tiếp")
        with office.lan.working() as ctx:
            case_services.comment(ctx, case.id, "Đang làm.")
    assert statements(monkeypatch, page) == few <= MOST_STATEMENTS


# ---- deadlines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("budget", "unit"), [("30cd", "ngày"), ("15wd", "ngày làm việc")])
def test_one_deadline_has_one_number_wherever_it_stands(office, budget, unit):
    with office.leader.working():
        case = case_opening.open_case(
            TASK.key,
            Opening(
                title="Trả lời kiến nghị", budget=Budget.parse(budget), ground="Điều 18", to=Receiver(office.lan.person_id)
            ),
        )  # fmt: skip
    pages = {
        "page": office.lan.get("casework.task", case_id=case.id),
        "list": office.lan.get("casework.tasks"),
        "work": office.lan.get("casework.work"),
    }
    found = {name: set(re.findall(r"Còn \d+ ngày(?: làm việc)?", page.text)) for name, page in pages.items()}
    assert len({frozenset(each) for each in found.values()}) == 1, found
    ((said,),) = {tuple(each) for each in found.values()}
    assert re.sub(r"Còn \d+ ", "", said) == unit


def test_the_deadline_of_a_case_is_its_clock(office):
    with office.leader.working():
        case = case_opening.open_case(
            TASK.key, Opening(title="Trả lời kiến nghị", budget=Budget.parse("15wd"), ground="Điều 18"),
        )  # fmt: skip
        clock = case_services.whole_clock(case.id)
        assert clock.due_at == queries.case(case.id).due_at
    page = office.leader.get("casework.task", case_id=case.id)
    assert f"Vì sao hạn là {format_date(clock.due_at)}?" in page.text
    move(office.leader, case, "report", note="Xong")
    move(office.leader, case, "approve")
    with office.agency.at_work():
        assert case_services.whole_clock(case.id).closed_at is not None


@pytest.mark.parametrize(("act", "named"), [("extend", False), ("pause", False), ("extend", True)])
def test_work_whose_deadline_is_put_off_is_late_no_more_but_a_named_day_stays(office, act, named):
    with office.leader.working() as ctx:
        given = Opening(
            title="Trả lời", budget=Budget.parse("15wd"), ground="Điều 18", to=Receiver(office.lan.person_id)
        )
        case = case_opening.open_case(TASK.key, given)
        (held,) = queries.open_assignments(case.id)
        if named:
            Assignment.update(share=None).where(Assignment.id == held.id).execute()
        notify("casework.overdue", [office.lan.person_id], fact=f"over:{held.id}:2026-01-01", text="x")
        changing.change_deadline(
            ctx, case.id, act, version=case.version, amount=5 if act == "extend" else None, ground="Điều 19", document="Văn bản 5"
        )  # fmt: skip
    assert unread(office.lan) == [["assigned", *(["overdue"] if named else [])]]


# ---- the cost: a page of a hundred thousand cases ------------------------------------------------------------------------


@pytest.fixture
def analyze(database):
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    yield lambda: superuser.cursor().execute("ANALYZE casework.case_base, casework.assignment")
    superuser.close()


def many(office, number, at_once=20_000):
    """Open cases a minute apart; every third is closed, every tenth restricted, every seventh without a deadline."""
    for first in range(1, number, at_once):
        with office.agency.at_work():
            db.execute_sql("SET LOCAL statement_timeout = 0")  # filling is not what is measured
            db.execute_sql(
                "INSERT INTO casework.case_base (tenant_id, id, kind, code, title, state, workflow_id, restricted, opened_at, due_at, "
                "closed_at, folded) SELECT core.app_tenant(), gen_random_uuid(), %s, 'X-' || n, 'Việc ' || n, 'doing', %s, n %% 10 = 0, "
                "now() - n * interval '1 minute', CASE WHEN n %% 7 <> 0 THEN now() + (n - 3000) * interval '1 minute' END, "
                "CASE WHEN n %% 3 = 0 THEN now() - n * interval '1 minute' END, 'viec so ' || n || ' to ' || n %% 5000 "
                "FROM generate_series(%s, %s) n",
                (TASK.key, workflow_for(TASK).id, first, first + at_once - 1),
            )


def test_a_page_and_a_search_read_little_of_a_hundred_thousand_cases(office, analyze):
    many(office, 100_000)
    analyze()
    for officer, stand in product((office.leader, office.lan), ("open", "late", "closed")):
        with officer.working() as ctx:
            wanted = CaseFilter(stand=stand)
            last = queries.cases(ctx, TASK, wanted).rows[-1]
            for cursor in (Cursor(), Cursor((last.sort, last.id))):
                sql, values = queries._statement(ctx, TASK, wanted, cursor, 50)
                (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
                scans = [
                    each for each in nodes(document[0]["Plan"]) if each.get("Relation Name") == "case_base"
                ]
                assert [each["Node Type"] for each in scans] == ["Index Scan"], (stand, cursor)
                assert scans[0]["Actual Rows"] + scans[0].get("Rows Removed by Filter", 0) <= 75, (
                    stand,
                    cursor,
                )
    with office.lan.working() as ctx:
        found = queries.cases(ctx, TASK, CaseFilter(search="to 4321"))
        holding = [
            n for n in range(1, 100_001) if str(n).startswith("4321") or str(n % 5_000).startswith("4321")
        ]
        seen = [n for n in holding if n % 3 and n % 10]  # open, and not restricted
        assert {row.title for row in found.rows} == {f"Việc {n}" for n in seen}
    for stand in ("open", "late", "closed"):
        with office.lan.working() as ctx:
            # Words that all cases hold give what the list itself gives, page after page; then others beside them.
            whole, frequent = CaseFilter(stand=stand), CaseFilter(stand=stand, search="việc số")
            listed = queries.cases(ctx, TASK, whole).rows
            assert [row.id for row in queries.cases(ctx, TASK, frequent).rows] == [row.id for row in listed]
            cursor = Cursor((listed[-1].sort, listed[-1].id))
            after = [row.id for row in queries.cases(ctx, TASK, whole, cursor).rows]
            assert [row.id for row in queries.cases(ctx, TASK, frequent, cursor).rows] == after
            back = Cursor((listed[10].sort, listed[10].id), backward=True)
            assert [row.id for row in queries.cases(ctx, TASK, frequent, back, size=5).rows] == [
                row.id for row in listed[5:10]
            ]
            page = queries.cases(ctx, TASK, frequent)
            assert queries.total(ctx, TASK, frequent, Cursor(), page) == queries.FOUND
            for search, most in (("viec so", 4_000), ("99997", 4_000), ("99997 99994", 4_000)):
                wanted = CaseFilter(stand=stand, search=search)
                sql, values = queries._statement(ctx, TASK, wanted, Cursor(), 50)
                plan = db.execute_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values).fetchone()[0]
                read = plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]
                assert read <= most, (stand, search, "a walk of two thousand cases, not of all")
            assert queries.cases(ctx, TASK, CaseFilter(stand=stand, search="99997 99994")).rows == []
    with office.lan.working() as ctx:
        one = [row.title for row in queries.cases(ctx, TASK, CaseFilter(search="99997")).rows]
        assert one == ["Việc 99997"], "a rare word is found wherever its case stands in the list"


def test_what_somebody_holds_is_found_among_a_hundred_thousand_cases_by_reading_little(office, analyze):
    many(office, 100_000)
    own = [office.task(title=f"của Lan {n}").title for n in range(3)]
    analyze()
    with office.leader.working() as ctx:
        for holder, search in product((office.lan.person_id, "gone"), ("", "lan")):
            wanted = CaseFilter(holder=holder, search=search)
            sql, values = queries._statement(ctx, TASK, wanted, Cursor(), 50)
            plan = db.execute_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values).fetchone()[0]
            assert plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"] <= 1_000
            assert {row.title for row in queries.cases(ctx, TASK, wanted).rows} == (
                set() if holder == "gone" else set(own)
            )


def test_who_gives_a_case_on_that_somebody_else_gave_before_is_told_and_keeps_what_was_typed(office):
    case, other = office.task(), office.agency.officer("casework.leader", name="Đỗ Văn Sơn")
    opened = [
        version_in(each.get("casework.case_assign", case_id=case.id)) for each in (office.leader, other)
    ]
    first = {"version": opened[0], "person_id": str(office.vinh.person_id)}
    assert office.leader.post("casework.case_assign", first, case_id=case.id).status_code == 303
    second = {"version": opened[1], "person_id": str(office.lan.person_id), "note": "Làm gấp trong hôm nay"}
    told = other.post("casework.case_assign", second, case_id=case.id)
    assert told.status_code == 409
    assert "Phạm Ngọc Anh vừa làm “Giao lại” trước bạn" in told.text
    assert "Làm gấp trong hôm nay" in told.text
    with office.agency.at_work():
        assert [each.person_id for each in queries.open_assignments(case.id)] == [office.vinh.person_id]
    meant = {**second, "version": version_in(told)}
    assert other.post("casework.case_assign", meant, case_id=case.id).status_code == 303


def test_only_who_has_a_case_that_goes_on_takes_files_off_it(office):
    case = office.task()
    with office.lan.working():
        case_services.attach_files(case, sent("quyet-dinh.txt", "thua.txt"))
    with office.agency.at_work():
        files = {each.name: each.id for each in files_of(queries.files_owner(case.id))}

    def take_off(officer, name):
        return officer.post("casework.case_detach", case_id=case.id, file_id=files[name]).status_code

    remove = f"/files/{files['thua.txt']}/remove"
    tab = {"query": {"tab": "files"}, "case_id": case.id}
    assert take_off(office.vinh, "thua.txt") == 403
    assert remove not in office.vinh.get("casework.task", **tab).text
    for officer in (office.lan, office.leader):
        assert remove in officer.get("casework.task", **tab).text
    assert take_off(office.lan, "thua.txt") == 303
    with office.leader.working() as ctx:
        case_services.move(ctx, case.id, "stop", Move(version=queries.case(case.id).version, note="Thôi"))
    assert take_off(office.leader, "quyet-dinh.txt") == 422
    assert "/remove" not in office.leader.get("casework.task", **tab).text
    with office.agency.at_work():
        assert [each.name for each in files_of(queries.files_owner(case.id))] == ["quyet-dinh.txt"]
