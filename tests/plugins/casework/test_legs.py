"""Legs: one row that two agencies read, what each does about it, and what neither sees of the other."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from core.db import db, reading
from core.web.errors import Forbidden, Invalid, NotFound
from core.web.uploads import Upload
from plugins.casework.cases import assigning
from plugins.casework.cases import opening as case_opening
from plugins.casework.cases import queries as cases
from plugins.casework.cases import services as case_services
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.opening import Opening
from plugins.casework.cases.services import Move
from plugins.casework.deadlines.budget import Budget
from plugins.casework.legs import events as leg_events
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs import services as legs
from plugins.casework.legs.incoming import RECEIVE, incoming_case
from plugins.casework.legs.lines import close_warnings
from plugins.casework.legs.purposes import FORWARD, NOTIFY, OPINION, PART
from plugins.casework.legs.services import Sending
from plugins.casework.models import Case, Leg
from plugins.casework.tasks.kind import TASK
from plugins.files.api import SentFiles, files_of
from plugins.notifications.api import notify
from plugins.notifications.models import Notification
from tenants.services import Authority, create_role
from tests.support.racing import crossed, overtaken

SECRET = "Ông Nguyễn Văn Bình ở thôn Đông khiếu nại lần hai"
ASK = "Cho ý kiến về nguồn kinh phí"


@pytest.fixture
def pair(ground):
    """A ward that asks, a department that is asked, and an agency that has nothing to do with it."""
    return Pair(ground)


class Pair:
    def __init__(self, ground):
        self.ground = ground
        self.ward, self.office, self.third = (ground.agency() for _number in range(3))
        self.leader = self.ward.officer("casework.leader", name="Phạm Ngọc Anh")
        self.clerk = self.office.officer("casework.leg_clerk", name="Hoàng Thị Lan")
        self.vinh = self.office.officer("casework.officer", name="Lê Quang Vinh")
        self.stranger = self.third.officer("casework.leader", "casework.leg_clerk", name="Võ Thanh Hùng")

    def case(self, title="Sửa chữa đường thôn Đông", text=SECRET, files=()):
        with self.leader.working():
            case = case_opening.open_case(TASK.key, Opening(title=title, text=text))
            if files:
                case_services.attach_files(case, sent(*files))
            return case

    def send(self, case=None, *, by=None, to=None, purpose=OPINION, **said):
        case = case or self.case()
        with (by or self.leader).working() as ctx:
            what = Sending(
                **{
                    "purpose": purpose if isinstance(purpose, str) else purpose.key,
                    "ask": ASK,
                    "receiver_id": (to or self.office).info.id,
                    **said,
                }
            )
            return legs.send_leg(ctx, case.id, what)

    def take(self, leg_id, to=None):
        with self.clerk.working() as ctx:
            legs.take_leg(ctx, leg_id, Receiver(person_id=(to or self.vinh).person_id))

    def answer(self, leg_id, text="Đủ nguồn, đồng ý.", by=None, files=()):
        with (by or self.vinh).working() as ctx:
            return legs.answer_leg(ctx, leg_id, text, sent(*files) if files else None)

    def leg(self, leg_id, agency=None):
        with (agency or self.ward).at_work():
            return leg_queries.leg(leg_id)


def sent(*names):
    return SentFiles(
        "files", uploads=tuple(Upload(name, 20, BytesIO(f"noi dung {name}".encode())) for name in names)
    )


def told(officer):
    return officer.get("notifications.centre").text


# ---- the way of a leg ---------------------------------------------------------------------------------------


def test_a_leg_is_sent_taken_on_answered_and_accepted(pair):
    case = pair.case()
    leg_id = pair.send(case, due=datetime.now(UTC) + timedelta(days=9))
    assert pair.leg(leg_id).state == "sent"
    assert "chờ cơ quan tiếp nhận" in told(pair.clerk)
    pair.take(leg_id)
    assert pair.leg(leg_id, pair.office).taken_by_name == "Hoàng Thị Lan"
    with pair.office.at_work():
        held = cases.assignments(leg_id)
        assert [(each.receiver, each.task) for each in held] == [
            ("Lê Quang Vinh", "Xử lý và trả lời cơ quan gửi")
        ]
    assert pair.answer(leg_id) == 1
    assert pair.leg(leg_id).state == "answered"
    assert "trả lời chặng" in told(pair.leader)
    with pair.leader.working() as ctx:
        legs.accept_answer(ctx, leg_id)
    assert pair.leg(leg_id).state == "done"
    with pair.office.at_work():
        assert incoming_case(leg_id).state == "answered"
        assert cases.open_assignments(leg_id) == []
    with pair.ward.at_work():
        own = cases.case(case.id)
        assert (own.closed_at, own.due_at) == (None, None)


def unread(pair):
    """Return the kinds of what each side was told of legs and has not read yet: who sends, who takes on, who works on it."""
    found = []
    for officer in (pair.leader, pair.clerk, pair.vinh):
        with officer.working():
            rows = Notification.select().where(
                Notification.person_id == officer.person_id, Notification.unread
            )
            found.append([each.kind.removeprefix("casework.") for each in rows.order_by(Notification.id)])
    return found


def test_whoever_has_a_part_of_a_leg_is_told_that_it_is_over(pair):
    leg_id = pair.send()
    pair.take(leg_id)
    with pair.vinh.working() as ctx:
        said = Move(
            version=cases.case(leg_id).version, to=Receiver(person_id=pair.vinh.person_id), co=[pair.clerk.person_id]
        )  # fmt: skip
        case_services.move(ctx, leg_id, "hand_over", said)
    pair.answer(leg_id)
    with pair.clerk.working():
        rows = Notification.select().where(
            Notification.person_id == pair.clerk.person_id, Notification.kind == "casework.assigned"
        )
        told = [(each.text.split()[-1], each.unread) for each in rows.order_by(Notification.id)]
    assert told == [("{task}", False), ("làm", True)]


def test_what_told_of_a_leg_is_read_once_it_is_another_one(pair):
    leg_id, other = pair.send(), pair.send()
    assert unread(pair) == [[], ["leg_received", "leg_received"], []]
    pair.take(leg_id)
    assert unread(pair) == [["leg_moved"], ["leg_received"], ["assigned"]]
    pair.answer(leg_id)
    assert unread(pair) == [["leg_moved"], ["leg_received"], []]
    with pair.leader.working() as ctx:
        legs.ask_again(ctx, leg_id, "Thiếu dự toán")
    assert unread(pair) == [[], ["leg_received", "leg_received"], ["leg_received"]]
    pair.answer(leg_id)
    with pair.leader.working() as ctx:
        legs.accept_answer(ctx, leg_id)
        legs.recall_leg(ctx, other, "Gửi nhầm")
    # What is left asks for nothing: the answer was used, the other one was taken back.
    assert unread(pair) == [[], ["leg_moved", "leg_received"], ["leg_moved"]]


def test_a_leg_that_is_only_to_be_known_is_late_for_nobody_once_it_is_taken_on(pair):
    known, asked = pair.send(purpose=NOTIFY), pair.send()
    for agency, officer, kind, round_ in (
        (pair.ward, pair.leader, "leg_late", "sent"), (pair.office, pair.clerk, "overdue", "over"), (pair.office, pair.clerk, "escalated", "waits"),
    ):  # fmt: skip
        with agency.at_work():
            for leg_id in (known, asked):
                notify(
                    f"casework.{kind}", [officer.person_id], fact=f"{round_}:{leg_id}:2026-01-01", text="x"
                )
    pair.take(known)
    assert unread(pair) == [["leg_late", "leg_moved"], ["leg_received", "overdue", "escalated"], []]
    pair.take(asked)
    # What is to be answered goes on being late, for both sides.
    assert unread(pair) == [["leg_late", "leg_moved", "leg_moved"], ["overdue"], ["assigned"]]


def test_what_arrives_is_told_to_whose_task_it_is_and_to_leaders_where_it_is_nobodys(pair, ground):
    chief = pair.office.officer("casework.leader", name="Đỗ Văn Minh")
    both = pair.office.officer("casework.leader", "casework.leg_clerk", name="Bùi Thu Hà")
    pair.send()
    assert "chờ cơ quan tiếp nhận" in told(pair.clerk)
    assert "chờ cơ quan tiếp nhận" in told(both), "it is their task, whatever else is"
    assert "chờ cơ quan tiếp nhận" not in told(chief)
    small = ground.agency()
    head = small.officer("casework.leader", name="Trần Mỹ Hạnh")
    pair.send(to=small)
    assert "chờ cơ quan tiếp nhận" in told(head)
    with small.at_work():
        own = create_role(Authority.operator(), "Tiếp nhận", ["casework.handle_tasks", RECEIVE])
    clerk = small.officer(own.key, name="Võ Thị Nga")
    pair.send(pair.case("Sửa cầu"), to=small)
    assert "Sửa cầu" in told(clerk)
    assert "Sửa cầu" not in told(head)


def test_answers_are_versions_and_what_was_asked_again_stands_between_them(pair):
    leg_id = pair.send(due=datetime.now(UTC) + timedelta(days=2))
    pair.take(leg_id)
    pair.answer(leg_id, "Chưa rõ.")
    later = datetime.now(UTC) + timedelta(days=5)
    with pair.leader.working() as ctx:
        legs.ask_again(ctx, leg_id, "Thiếu số liệu kinh phí", later)
    assert pair.leg(leg_id).due_at == later
    with pair.office.at_work():
        assert incoming_case(leg_id).state == "again"
        assert [each.person for each in cases.assignments(leg_id) if each.done_at is None] == [
            "Lê Quang Vinh"
        ]
    pair.answer(leg_id, "Kinh phí 1,2 tỷ đồng.")
    with pair.office.at_work():
        steps = [
            (each.transition, each.person, each.outcome, each.note) for each in reversed(cases.steps(leg_id))
        ]
    # What the sender did is no act of anybody here.
    assert steps == [
        ("open", "Hoàng Thị Lan", "", ""), ("answer", "Lê Quang Vinh", "early", ""),
        ("asked_again", None, "", "Thiếu số liệu kinh phí"), ("answer", "Lê Quang Vinh", "early", ""),
    ]  # fmt: skip
    for agency in (pair.ward, pair.office):
        with agency.at_work():
            said = [(each.kind, each.text) for each in leg_queries.lines(leg_queries.leg(leg_id))]
        assert said == [
            ("sent", ""), ("taken", ""), ("answered", "Chưa rõ."), ("again", "Thiếu số liệu kinh phí"),
            ("answered", "Kinh phí 1,2 tỷ đồng."),
        ]  # fmt: skip


def test_a_leg_is_returned_with_its_reason(pair):
    leg_id = pair.send()
    with pair.clerk.working() as ctx:
        with pytest.raises(Invalid) as refused:
            legs.return_leg(ctx, leg_id, " ")
        assert refused.value.errors == {"note": ["Chưa ghi lý do trả lại."]}
        legs.return_leg(ctx, leg_id, "Thuộc thẩm quyền Sở Xây dựng")
    assert (pair.leg(leg_id).state, pair.leg(leg_id).reason) == ("returned", "Thuộc thẩm quyền Sở Xây dựng")
    assert "trả lại chặng" in told(pair.leader)


def test_what_is_only_to_be_known_is_done_when_it_is_taken_note_of(pair):
    leg_id = pair.send(purpose=NOTIFY)
    with pair.clerk.working() as ctx:
        legs.take_leg(ctx, leg_id)
        assert incoming_case(leg_id) is None
    assert pair.leg(leg_id).state == "done"


def test_a_leg_that_is_recalled_ends_the_work_on_it(pair):
    leg_id = pair.send()
    pair.take(leg_id)
    with pair.leader.working() as ctx:
        legs.recall_leg(ctx, leg_id, "Đã tự làm được")
    with pair.office.at_work():
        assert incoming_case(leg_id).state == "recalled"
        assert cases.open_assignments(leg_id) == []
    with pytest.raises(Invalid) as refused:
        pair.answer(leg_id, by=pair.clerk)
    assert "Đã rút lại" in refused.value.errors[""][0]


def test_whoever_answered_hears_that_it_is_taken_back_in_a_further_agency_too(pair):
    chief = pair.office.officer("casework.leader", name="Đỗ Văn Minh")
    leg_id = pair.send()
    pair.take(leg_id)
    with pair.office.at_work():
        own = incoming_case(leg_id)
    further = pair.send(own, by=pair.vinh, to=pair.third, purpose=FORWARD)
    holder = pair.third.officer("casework.officer", name="Trần Thị Bình")
    with pair.stranger.working() as ctx:
        legs.take_leg(ctx, further, Receiver(person_id=holder.person_id))
    pair.answer(further, by=holder)
    pair.answer(leg_id)
    with pair.leader.working() as ctx:
        legs.recall_leg(ctx, leg_id, "Gửi nhầm")
    for each in (pair.clerk, pair.vinh, pair.stranger, holder):
        assert "rút lại chặng" in told(each)
    assert "rút lại chặng" not in told(chief)


def test_of_two_who_take_it_on_the_second_is_told(pair):
    leg_id = pair.send()
    pair.take(leg_id)
    with pair.clerk.working() as ctx, pytest.raises(Invalid) as refused:
        legs.take_leg(ctx, leg_id)
    assert "Đang xử lý" in refused.value.errors[""][0]


def test_sending_twice_under_one_id_sends_once(pair):
    case, form = pair.case(), uuid4()
    assert pair.send(case, leg_id=form) == pair.send(case, leg_id=form)
    with pair.ward.at_work():
        assert Leg.select().where(Leg.case_id == case.id).count() == 1


def test_whoever_worked_on_it_has_left_and_asking_again_tells_who_receives_legs(pair):
    leg_id = pair.send()
    pair.take(leg_id)
    pair.answer(leg_id)
    with pair.office.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s",
            (pair.vinh.person_id,),
        )
    with pair.leader.working() as ctx:
        legs.ask_again(ctx, leg_id, "Thiếu số liệu")
    with pair.office.at_work():
        assert incoming_case(leg_id).state == "again"
    assert "hỏi lại" in told(pair.clerk)


# ---- chains ---------------------------------------------------------------------------------------------------------


def test_a_leg_is_forwarded_and_never_comes_round(pair):
    leg_id = pair.send()
    pair.take(leg_id)
    with pair.office.at_work():
        mine = incoming_case(leg_id)
    further = pair.send(mine, by=pair.vinh, to=pair.third, purpose=FORWARD)
    assert pair.leg(further, pair.office).chain == [pair.ward.info.id, pair.office.info.id]
    with pair.ward.at_work():
        lines = [(each.kind, each.text) for each in leg_queries.lines(leg_queries.leg(leg_id))]
    assert lines[-1] == ("forwarded", pair.leg(further, pair.office).receiver)
    with pair.stranger.working() as ctx:
        legs.take_leg(ctx, further)
        case = incoming_case(further)
    for agency in (pair.ward, pair.office):
        with pytest.raises(Invalid) as refused:
            pair.send(case, by=pair.stranger, to=agency, purpose=FORWARD)
        assert "không chuyển vòng lại" in refused.value.errors["receiver_id"][0]
    # The one that began it sees that it went on, and nothing of the further leg itself.
    with pytest.raises(NotFound):
        pair.leg(further)


# ---- who cannot get one ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["suspended", "merged"])
def test_an_agency_that_does_not_work_gets_nothing(pair, status):
    with pair.office.at_work():
        db.execute_sql("UPDATE tenants.tenant SET status = %s WHERE id = %s", (status, pair.office.info.id))
    with pytest.raises(Invalid) as refused:
        pair.send()
    words = {"suspended": "đang tạm ngừng hoạt động", "merged": "đã sáp nhập"}
    assert words[status] in refused.value.errors["receiver_id"][0]


def test_nothing_is_asked_without_a_task_a_purpose_or_a_day_to_come(pair):
    for said, field in (
        ({"ask": " "}, "ask"),
        ({"purpose": "casework.nothing"}, "purpose"),
        ({"due": datetime.now(UTC) - timedelta(days=1)}, "due"),
        ({"receiver_id": None}, "receiver_id"),
        ({"receiver_id": pair.ward.info.id}, "receiver_id"),
        ({"files": [uuid4()]}, "files"),
    ):
        with pytest.raises(Invalid) as refused:
            pair.send(**said)
        assert list(refused.value.errors) == [field]


def test_only_who_holds_the_case_sends_and_a_closed_one_sends_nothing(pair):
    case = pair.case()
    other = pair.ward.officer("casework.officer")
    with pytest.raises(Forbidden):
        pair.send(case, by=other)
    with pair.leader.working() as ctx:
        leg_id = legs.send_leg(
            ctx, case.id, Sending(purpose=PART.key, ask=ASK, receiver_id=pair.office.info.id)
        )
        assert "Còn 1 chặng liên thông chưa xong" in close_warnings(case.id)[0]
        form = pair.leader.get("casework.case_move", case_id=case.id, transition="stop")
        assert "Còn 1 chặng liên thông chưa xong" in form.text
    with pair.leader.working() as ctx:
        case_services.move(ctx, case.id, "stop", case_services.Move(version=case.version, note="Dừng"))
    with pytest.raises(Invalid):
        pair.send(case)
    # What was asked before goes on.
    pair.take(leg_id)
    assert pair.answer(leg_id) == 1


def test_all_legs_of_a_case_are_taken_back_and_used_more_than_a_page_shows_too(pair, monkeypatch):
    monkeypatch.setattr(leg_queries, "MOST", 1)
    case = pair.case()
    sent_legs = [pair.send(case), pair.send(case)]
    for leg_id in sent_legs:
        pair.take(leg_id)
        pair.answer(leg_id)
    with pair.leader.working():
        assert len(leg_queries.legs_of(case.id)) == 1
        legs.use_answers(case.id)
    assert {pair.leg(each).state for each in sent_legs} == {"done"}
    with pair.leader.working():
        legs.recall_legs(case.id)
    assert {pair.leg(each).state for each in sent_legs} == {"recalled"}


def test_only_the_right_side_and_the_right_people_act(pair):
    leg_id = pair.send()
    acts = {
        "take": lambda ctx: legs.take_leg(ctx, leg_id),
        "return": lambda ctx: legs.return_leg(ctx, leg_id, "Trả"),
        "answer": lambda ctx: legs.answer_leg(ctx, leg_id, "Trả lời"),
        "accept": lambda ctx: legs.accept_answer(ctx, leg_id),
        "again": lambda ctx: legs.ask_again(ctx, leg_id, "Thiếu"),
        "recall": lambda ctx: legs.recall_leg(ctx, leg_id, "Thôi"),
    }
    receivers = {"take", "return", "answer"}
    for name, act in acts.items():
        wrong_side = pair.leader if name in receivers else pair.clerk
        wrong_person = pair.vinh if name in receivers else pair.ward.officer("casework.officer")
        for who in (wrong_side, wrong_person):
            with who.working() as ctx, pytest.raises(Forbidden):
                act(ctx)
        with pair.stranger.working() as ctx, pytest.raises(NotFound):
            act(ctx)
    assert pair.leg(leg_id).state == "sent"


# ---- what neither sees of the other, and a third of both ------------------------------------------------------------------


@pytest.fixture
def open_leg(pair):
    """A leg with a file and a text shared, another file and the rest of the case kept, taken on and answered."""
    case = pair.case(files=("chung.txt", "rieng.txt"))
    with pair.ward.at_work():
        files = {each.name: each.id for each in files_of(cases.files_owner(case.id))}
    leg_id = pair.send(case, title="Sửa đường", text="Đoạn 1,2 km.", files=[files["chung.txt"]])
    pair.take(leg_id)
    with pair.vinh.working() as ctx:
        case_services.comment(ctx, leg_id, "Nội bộ: chờ phòng Kế hoạch")
    pair.answer(leg_id, files=("tra-loi.txt",))
    return case, leg_id, files


def test_the_receiver_sees_what_was_chosen_and_nothing_else_of_the_case(pair, open_leg):
    case, leg_id, files = open_leg
    for officer in (pair.clerk, pair.vinh):
        page = officer.get("casework.leg", case_id=leg_id)
        assert page.status_code == 200
        assert "Đoạn 1,2 km." in page.text
        assert "chung.txt" in page.text
        assert "rieng.txt" not in page.text
        assert SECRET not in page.text
        assert officer.get("casework.task", case_id=case.id).status_code == 404
        shared = officer.get("casework.leg_file", case_id=leg_id, file_id=files["chung.txt"])
        assert (shared.status_code, shared.text) == (200, "noi dung chung.txt")
        assert officer.get("casework.leg_file", case_id=leg_id, file_id=files["rieng.txt"]).status_code == 404
        assert officer.get("files.file", file_id=files["chung.txt"]).status_code == 404
        assert "thôn Đông" not in officer.get("search.page", query={"q": "khiếu nại"}).text
    with pair.vinh.working():
        assert files_of(cases.files_owner(case.id)) == []
        for table, column in (("case_base", "id"), ("step", "case_id"), ("assignment", "case_id")):
            assert (
                db.execute_sql(f"SELECT FROM casework.{table} WHERE {column} = %s", (case.id,)).rowcount == 0
            )


def test_the_sender_sees_the_answer_and_nothing_of_the_work_on_it(pair, open_leg):
    _case, leg_id, _files = open_leg
    page = pair.leader.get("casework.leg", case_id=leg_id)
    assert page.status_code == 200
    assert "Đủ nguồn, đồng ý." in page.text
    assert "Nội bộ" not in page.text
    assert "Lê Quang Vinh" in page.text, "who answered is told"
    with pair.ward.at_work():
        (answer,) = [each for each in leg_queries.shared_files(leg_queries.leg(leg_id)) if each.number == 1]
    got = pair.leader.get("casework.leg_file", case_id=leg_id, file_id=answer.file_id)
    assert (got.status_code, got.text) == (200, "noi dung tra-loi.txt")
    assert pair.leader.get("files.file", file_id=answer.file_id).status_code == 404
    assert pair.vinh.get("files.file", file_id=answer.file_id).status_code == 200
    for route in ("casework.case_move", "casework.case_assign"):
        fields = {"transition": "hand_over"} if route.endswith("move") else {}
        assert pair.leader.get(route, case_id=leg_id, **fields).status_code == 404
    with pair.ward.at_work():
        assert db.execute_sql("SELECT FROM casework.comment WHERE case_id = %s", (leg_id,)).rowcount == 0
        assert incoming_case(leg_id) is None


def test_a_third_agency_finds_no_leg_by_any_way(pair, open_leg):
    case, leg_id, files = open_leg
    third = pair.stranger
    routes = {
        "casework.leg": {}, "casework.leg_take": {}, "casework.leg_return": {}, "casework.leg_answer": {},
        "casework.leg_again": {}, "casework.leg_recall": {}, "casework.leg_file": {"file_id": files["chung.txt"]},
    }  # fmt: skip
    for route, more in routes.items():
        assert third.get(route, case_id=leg_id, **more).status_code == 404, route
    for route in (*list(routes)[1:-1], "casework.leg_accept"):
        assert third.post(route, {"note": "Có", "text": "Có"}, case_id=leg_id).status_code == 404, route
    assert third.get("casework.leg_new", case_id=case.id).status_code == 404
    assert third.get("casework.leg_new", case_id=leg_id).status_code == 404
    assert "Sửa đường" not in third.get("casework.legs").text
    assert "Sửa đường" not in third.get("search.page", query={"q": "sửa đường"}).text
    with third.working() as ctx:
        assert leg_queries.listed(ctx, leg_queries.LegFilter()).rows == []
        for name in ("leg", "leg_line", "leg_file"):
            assert db.execute_sql(f"SELECT FROM casework.{name}").rowcount == 0
    with db.connection_context(), reading([pair.third.info.id]), db.atomic():
        assert db.execute_sql("SELECT FROM casework.leg").rowcount == 0


def test_an_officer_of_the_receiver_who_has_nothing_to_do_with_it_does_not_see_it(pair, open_leg):
    _case, leg_id, files = open_leg
    other = pair.office.officer("casework.officer")
    assert other.get("casework.leg", case_id=leg_id).status_code == 403
    assert other.get("casework.leg_file", case_id=leg_id, file_id=files["chung.txt"]).status_code == 403
    assert "Sửa đường" not in other.get("casework.legs").text
    assert "Sửa đường" in pair.vinh.get("casework.legs").text


def test_the_list_shows_who_opened_the_case_of_a_leg_what_its_page_does(pair):
    leg_id = pair.send()
    pair.take(leg_id)
    with pair.clerk.working() as ctx:
        assigning.reassign(ctx, leg_id, Receiver(person_id=pair.clerk.person_id))
    helper = pair.office.officer("casework.officer", name="Trần Thị Mai")
    assert "Sửa chữa đường" not in helper.get("casework.legs").text
    with pair.office.at_work():
        Case.update(created_by=helper.person_id).where(Case.id == leg_id).execute()
    for route, fields in (("casework.legs", {}), ("casework.leg", {"case_id": leg_id})):
        assert "Sửa chữa đường" in helper.get(route, **fields).text, route


def test_a_restricted_case_does_not_show_its_legs_to_others_of_the_sender(pair):
    with pair.leader.working():
        case = case_opening.open_case(TASK.key, Opening(title="Việc riêng", restricted=True))
    leg_id = pair.send(case)
    assert pair.ward.officer("casework.officer").get("casework.leg", case_id=leg_id).status_code == 403


def test_a_file_that_its_agency_has_removed_keeps_its_name_alone(pair, open_leg):
    case, leg_id, files = open_leg
    with pair.leader.working() as ctx:
        case_services.detach(ctx, case.id, files["chung.txt"])
    assert "chung.txt" in pair.clerk.get("casework.leg", case_id=leg_id).text
    assert pair.clerk.get("casework.leg_file", case_id=leg_id, file_id=files["chung.txt"]).status_code == 404


def test_each_agency_has_the_facts_in_its_own_audit(pair, open_leg):
    case, leg_id, _files = open_leg
    with pair.leader.working() as ctx:
        legs.ask_again(ctx, leg_id, "Thiếu số liệu")
    both = [("casework.leg_sent", "Phạm Ngọc Anh"), ("casework.leg_taken", "Hoàng Thị Lan")]
    asking = [("casework.leg_answered", "Lê Quang Vinh"), ("casework.leg_asked_again", "Phạm Ngọc Anh")]
    asked = [
        ("casework.case_moved", "Lê Quang Vinh"),
        ("casework.case_moved", pair.leg(leg_id).sender),
    ]
    for agency, object_id, expected in ((pair.ward, case.id, asking), (pair.office, leg_id, asked)):
        with agency.at_work():
            rows = db.execute_sql(
                "SELECT event, actor_name FROM core.audit_entry WHERE tenant_id = %s AND object_id = %s "
                "AND event = ANY (%s) ORDER BY id",
                (agency.info.id, object_id, ["casework.case_moved", *(each.name for each in leg_events.ALL)]),
            ).fetchall()
        assert rows == [*both, *expected]


# ---- a leg and the deadline of its case ---------------------------------------------------------------------


def test_a_leg_due_after_its_case_is_sent_only_when_the_sender_says_so(pair):
    case = pair.case()
    soon = datetime.now(UTC) + timedelta(days=4)
    with pair.ward.at_work():
        Case.update(due_at=soon).where(Case.id == case.id).execute()
    later = soon + timedelta(days=3)
    for field, said in (("due", {"due": later}), ("days", {"budget": Budget(30, "wd")})):
        with pytest.raises(Invalid) as refused:
            pair.send(case, **said)
        assert list(refused.value.errors) == [field]
        assert "sau hạn của vụ việc" in refused.value.errors[field][0]
    with pair.ward.at_work():
        assert not Leg.select().where(Leg.case_id == case.id).exists(), "nothing of a refused leg stays"
    assert pair.leg(pair.send(case, due=later, beyond=True)).due_at == later
    assert pair.leg(pair.send(case, to=pair.third, due=soon - timedelta(hours=1))).due_at < soon


def test_what_nobody_waits_for_and_what_serves_a_late_case_is_due_when_the_sender_says(pair):
    case = pair.case()
    later = datetime.now(UTC) + timedelta(days=9)
    with pair.ward.at_work():
        Case.update(due_at=later - timedelta(days=5)).where(Case.id == case.id).execute()
    pair.send(case, purpose=NOTIFY, due=later)
    with pair.ward.at_work():
        Case.update(due_at=datetime.now(UTC) - timedelta(days=5)).where(Case.id == case.id).execute()
    assert pair.leg(pair.send(case, to=pair.third, due=later)).due_at == later


def test_who_stands_in_for_the_sender_may_do_what_the_buttons_offer(pair):
    lan, vinh, hung = (pair.ward.officer("casework.officer", name=name) for name in ("Lan", "Vinh", "Hùng"))
    with lan.working() as ctx:
        case = case_opening.open_case(TASK.key, Opening(title="Sửa đường", text=""))
    leg_id = pair.send(case, by=lan)
    with lan.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(hung.person_id))
        today = datetime.now(UTC).date()
        assigning.delegate(
            ctx, vinh.person_id, since=today, until=today + timedelta(days=2), reason="Nghỉ phép"
        )
    assert "Rút lại…" in vinh.get("casework.leg", case_id=leg_id).text
    with vinh.working() as ctx:
        legs.recall_leg(ctx, leg_id, "Không cần nữa")
    assert pair.leg(leg_id).state == "recalled"


def test_an_answer_that_is_asked_about_again_at_this_moment_is_not_used(pair):
    leg_id = pair.send()
    pair.take(leg_id)
    pair.answer(leg_id)
    case_id = pair.leg(leg_id).case_id
    overtaken(
        (pair.leader, lambda ctx: legs.ask_again(ctx, leg_id, "Thiếu số liệu")),
        (pair.leader, lambda _ctx: legs.use_answers(case_id)),
    )
    assert pair.leg(leg_id).state == "again"


def test_a_leg_that_is_taken_back_while_it_is_forwarded_lets_both_agencies_come_through(pair):
    leg_id = pair.send()
    pair.take(leg_id)

    def forward():
        pair.send(pair.leg(leg_id, pair.office), by=pair.vinh, to=pair.third)

    def recall():
        with pair.leader.working() as ctx:
            legs.recall_leg(ctx, leg_id, "Không cần nữa")

    assert crossed(legs, "require_sending", forward, recall) == []
    assert pair.leg(leg_id).state == "recalled"
