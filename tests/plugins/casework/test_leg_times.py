"""The time for a leg: counted on the receiver's calendar, told to both, stopped on a ground, and whose turn took how long."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from core.api import format_date, new_id, reading_as
from core.i18n import HOME_ZONE
from core.web.errors import Forbidden, Invalid
from plugins.casework.cases import assigning
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.opening import Opening, open_case
from plugins.casework.cases.queries import open_assignments, whole_clock
from plugins.casework.cases.services import local_end
from plugins.casework.deadlines import changing as deadline_services
from plugins.casework.deadlines import jobs, queries, services
from plugins.casework.deadlines.budget import Budget, more_words
from plugins.casework.deadlines.queries import STANDARD_WEEK
from plugins.casework.legs import clocks as leg_clocks
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs import services as legs
from plugins.casework.legs.incoming import incoming_case
from plugins.casework.legs.lines import leg_due
from plugins.casework.legs.queries import Line
from plugins.casework.models import Assignment, Case, Step
from plugins.casework.tasks.services import open_task
from plugins.notifications.api import notify
from plugins.reports import checking
from tests.plugins.casework.conftest import local, typed, version_in, working_day
from tests.plugins.casework.test_legs import Pair, unread
from tests.plugins.casework.test_replay import storm
from tests.plugins.casework.test_work import titles

GROUND, DOCUMENT = "Điều 9 Quy chế phối hợp", "Công văn 12/UBND-VX"


@pytest.fixture
def pair(ground):
    return Pair(ground)


def send(pair, days=3, **said):
    return pair.send(budget=Budget(days, "wd"), ground=GROUND, **said)


def due_day(pair, leg_id, agency=None):
    due = pair.leg(leg_id, agency).due_at
    return due and due.astimezone(HOME_ZONE).date()


def act(pair, name, leg_id, **said):
    with pair.leader.working() as ctx:
        getattr(deadline_services, name)(ctx, leg_id, **{"ground": GROUND, "document": DOCUMENT, **said})


def test_the_time_is_counted_on_the_receivers_calendar_and_explained_to_both(pair):
    first = working_day(pair.office)
    with pair.office.at_work():
        storm(first)
    leg_id = send(pair, 2)
    assert due_day(pair, leg_id) == due_day(pair, leg_id, pair.office) == working_day(pair.office, 2)
    assert working_day(pair.office, 2) > working_day(pair.ward, 2)
    for officer in (pair.leader, pair.clerk):
        page = officer.get("casework.leg", case_id=leg_id).text
        assert "Vì sao hạn của chặng là ngày này?" in page
        assert "Nghỉ bão số 5" in page
    pair.take(leg_id)
    page = pair.vinh.get("casework.leg", case_id=leg_id).text
    assert page.count("Vì sao hạn") == 1
    assert "Nghỉ bão số 5" in page


def test_a_calendar_that_changes_at_the_receiver_moves_the_leg_its_case_and_whoever_has_it(pair):
    leg_id = send(pair, 2)
    pair.take(leg_id)
    before = due_day(pair, leg_id)
    with pair.ward.at_work():
        storm(working_day(pair.ward))
    with pair.ward.in_background():
        jobs.replay()
    assert due_day(pair, leg_id) == before, "the sender's days off are not the receiver's"
    with pair.office.at_work():
        storm(working_day(pair.office))
    with pair.office.in_background():
        jobs.replay()
    moved = pair.leg(leg_id)
    assert due_day(pair, leg_id) > before
    with pair.office.at_work():
        assert incoming_case(leg_id).due_at == moved.due_at
        assert Assignment.get(Assignment.case_id == leg_id).due_at == moved.due_at
    assert "Lịch làm việc thay đổi" in pair.vinh.get("notifications.centre").text


def test_a_leg_that_nobody_has_taken_is_moved_with_word_to_both_sides_and_a_line_in_its_history(pair):
    leg_id = send(pair, 2)
    with pair.office.at_work():
        storm(working_day(pair.office))
    with pair.office.in_background():
        jobs.replay()
        jobs.replay()
    code = pair.leg(leg_id).code
    for officer, told, other in (
        (pair.leader, "Hạn mới của chặng đã gửi", "chờ tiếp nhận: "),
        (pair.clerk, "Hạn mới của việc liên thông chờ tiếp nhận", "chặng đã gửi: "),
    ):
        notices = officer.get("notifications.centre").text
        assert len(re.findall(f"{told}: {code}", notices)) == 1
        assert f"{other}{code}" not in notices
        page = officer.get("casework.leg", case_id=leg_id).text
        assert page.count("Chuyển hạn từ") == 1
        assert "Lịch làm việc thay đổi: Nghỉ bão số 5" in page


def test_both_sides_read_the_days_left_as_the_receivers_calendar_counts_them(pair):
    case = pair.case()
    leg_id = send(pair, 8, case=case)
    left = re.compile(r"Còn (\d+) ngày làm việc")

    def told(officer, route, **params):
        return set(left.findall(officer.get(route, **params).text))

    (before,) = told(pair.leader, "casework.leg", case_id=leg_id)
    first, freed = working_day(pair.office, 2), working_day(pair.office, 3)
    saturday = first + timedelta(days=(5 - first.weekday()) % 7 + 14)
    with pair.office.at_work():
        storm(first)
        storm(freed, kind="swap", pair=saturday, name="Làm bù")
    # The job that moves the deadline has not run: what is left is two days less already, for both.
    expected = {str(int(before) - 2)}
    assert told(pair.leader, "casework.leg", case_id=leg_id) == expected
    assert told(pair.leader, "casework.task", case_id=case.id) == expected
    assert told(pair.leader, "casework.legs_sent") == expected
    assert told(pair.clerk, "casework.leg", case_id=leg_id) == expected
    assert told(pair.clerk, "casework.legs") == expected
    pair.take(leg_id)
    for officer in (pair.leader, pair.vinh):
        assert told(officer, "casework.leg", case_id=leg_id) == expected
    with pair.ward.at_work():
        rows = leg_queries.legs_of(case.id)
        assert set(leg_clocks.calendars_of([*rows, *rows])) == {pair.office.info.id}
        assert leg_clocks.calendars_of([]) == {}


@pytest.mark.parametrize(
    ("acts", "named"),
    [
        (["extend"], False),
        (["pause", "resume"], False),
        (["extend"], True),
        (["later"], False),
        (["later"], True),
    ],
)
def test_a_leg_whose_day_is_put_off_is_late_no_more_on_either_side(pair, acts, named):
    soon = datetime.now(UTC) + timedelta(days=1)
    leg_id = pair.send(due=soon) if acts == ["later"] else send(pair)
    pair.take(leg_id)
    for agency, officers, round_, kind in (
        (pair.ward, [pair.leader], "sent", "leg_late"), (pair.office, [pair.clerk, pair.vinh], "over", "overdue"),
        (pair.office, [pair.clerk], "leaders", "escalated"), (pair.office, [pair.clerk], "waits", "escalated"),
    ):  # fmt: skip
        with agency.at_work():
            fact = f"{round_}:{leg_id}:{pair.leg(leg_id).due_at:%Y-%m-%d}"
            notify(f"casework.{kind}", [each.person_id for each in officers], fact=fact, text="x")
    if named:
        with pair.office.at_work():
            own = datetime.now(UTC) - timedelta(days=9)
            Assignment.update(due_at=own, share=None).where(Assignment.case_id == leg_id).execute()
            notify("casework.overdue", [pair.vinh.person_id], fact=f"over:{leg_id}:{own:%Y-%m-%d}", text="x")
    for each in acts:
        more = {"extend": {"amount": 5}, "later": {"due": soon + timedelta(days=9)}}.get(each, {})
        act(pair, f"{each.replace('later', 'extend')}_leg", leg_id, **more)
    late = [
        [each for each in kinds if each in ("leg_late", "overdue", "escalated")] for kinds in unread(pair)
    ]
    # Since when nobody took it on has nothing to do with its day.
    assert late == [[], ["escalated"], ["overdue"] if named else []]


def test_a_day_that_somebody_named_says_who_and_when(pair):
    ahead = datetime.now(UTC) + timedelta(days=20)
    today = format_date(datetime.now(HOME_ZONE))
    leg_id = pair.send(due=ahead)
    said = f"Hạn {format_date(ahead, year=True)} do Phạm Ngọc Anh đặt khi gửi chặng, {today}."
    for officer in (pair.leader, pair.clerk):
        assert said in officer.get("casework.leg", case_id=leg_id).text
    pair.take(leg_id)
    assert said in pair.vinh.get("casework.leg", case_id=leg_id).text
    later = ahead + timedelta(days=3)
    act(pair, "extend_leg", leg_id, due=later, amount=None)
    said = f"Hạn {format_date(later, year=True)} do Phạm Ngọc Anh đặt, {today}."
    for officer in (pair.leader, pair.vinh):
        page = officer.get("casework.leg", case_id=leg_id).text
        assert said in page
        assert page.count("Vì sao hạn") == 1


def test_a_day_named_when_asked_again_takes_the_place_of_the_clock(pair):
    leg_id = send(pair, 3)
    pair.take(leg_id)
    pair.answer(leg_id)
    later = datetime.now(UTC) + timedelta(days=20)
    with pair.leader.working() as ctx:
        legs.ask_again(ctx, leg_id, "Thiếu số liệu", later)
    for officer in (pair.leader, pair.vinh):
        page = officer.get("casework.leg", case_id=leg_id).text
        assert f"Hạn {format_date(later, year=True)} có từ khi Phạm Ngọc Anh hỏi lại" in page
        assert "thời hạn 3 ngày làm việc" not in page


@pytest.mark.parametrize("way", ["returned", "recalled"])
def test_a_leg_that_is_over_promises_no_day(pair, way):
    leg_id = send(pair, 3)
    pair.take(leg_id)
    if way == "returned":
        with pair.clerk.working() as ctx:
            legs.return_leg(ctx, leg_id, "Không thuộc thẩm quyền")
        readers, words = (pair.leader, pair.vinh), "trả lại; thời hạn không còn tính."
    else:
        with pair.leader.working() as ctx:
            legs.recall_leg(ctx, leg_id, "Gửi nhầm")
        readers, words = (pair.leader,), "rút lại; thời hạn không còn tính."
    for officer in readers:
        page = officer.get("casework.leg", case_id=leg_id).text
        assert words in page
        assert "Hạn là" not in page
        assert "Vì sao hạn" not in page
        assert "cw-days" not in page


def test_a_leg_that_was_done_and_taken_back_later_ended_when_it_was_done(pair):
    leg_id = send(pair, 3)
    pair.take(leg_id)
    pair.answer(leg_id)
    with pair.leader.working() as ctx:
        legs.accept_answer(ctx, leg_id)
    done = pair.leg(leg_id).done_at
    case_id = pair.leg(leg_id).case_id
    with pair.ward.at_work():
        legs.recall_legs(case_id)
    assert (pair.leg(leg_id).state, pair.leg(leg_id).done_at) == ("recalled", done)
    page = pair.leader.get("casework.leg", case_id=leg_id).text
    assert "rút lại; thời hạn không còn tính." not in page
    assert "thời hạn 3 ngày làm việc" in page


@pytest.mark.parametrize("way", ["returned", "recalled"])
def test_a_leg_that_stands_still_ends_though_somebody_has_it_by_a_share(pair, way):
    leg_id = send(pair)
    pair.take(leg_id)
    with pair.office.at_work():
        Assignment.update(share=80).where(Assignment.case_id == leg_id).execute()
    act(pair, "pause_leg", leg_id)
    if way == "returned":
        with pair.clerk.working() as ctx:
            legs.return_leg(ctx, leg_id, "Không thuộc thẩm quyền")
    else:
        with pair.leader.working() as ctx:
            legs.recall_leg(ctx, leg_id, "Gửi nhầm")
    assert pair.leg(leg_id).state == way


def test_a_leg_of_which_no_line_tells_explains_nothing(pair, monkeypatch):
    leg_id = pair.send(due=datetime.combine(working_day(pair.office, 2), local("2026-01-01T15:00").timetz()))
    of = pair.leg(leg_id)
    with pair.office.at_work():
        assert leg_clocks.explained(of) is not None
        monkeypatch.setattr(leg_clocks, "lines", lambda _of: [])
        assert leg_clocks.explained(of) is None


def test_a_task_says_who_named_its_day(pair):
    with pair.leader.working() as ctx:
        said = {
            "id": new_id(),
            "title": "Rà soát hộ nghèo",
            "text": "",
            "restricted": False,
            "person_id": None,
        }
        case = open_task(ctx, {**said, "due": working_day(pair.ward, 3)})
    due = format_date(working_day(pair.ward, 3), year=True)
    today = format_date(datetime.now(HOME_ZONE))
    page = pair.leader.get("casework.task", case_id=case.id).text
    assert f"Hạn {due} do Phạm Ngọc Anh đặt khi mở việc, {today}." in page
    history = pair.leader.get("casework.task", case_id=case.id, query={"tab": "history"}).text
    assert f"đặt hạn {case.code}: {format_date(working_day(pair.ward, 3))}" in history


def test_parts_of_one_case_are_told_apart_by_what_is_asked(pair):
    case = pair.case()
    pair.send(case, purpose="casework.part", ask="Rà soát hộ nghèo")
    pair.send(case, purpose="casework.part", ask="Rà soát nhà tạm " + "và nhà dột nát " * 20)
    page = pair.leader.get("casework.task", case_id=case.id).text
    assert "Yêu cầu: Rà soát hộ nghèo</p>" in page
    assert re.search("Yêu cầu: Rà soát nhà tạm [^<]{10,80}…</p>", page)


def test_a_calendar_where_nobody_receives_legs_is_told_to_who_names_people(pair):
    third = pair.ground.agency()
    admin = third.officer("tenants.admin")
    leg_id = pair.send(to=third, budget=Budget(2, "wd"))
    with third.at_work():
        storm(working_day(third))
    with third.in_background():
        jobs.replay()
    told = f"Hạn mới của việc liên thông chờ tiếp nhận: {pair.leg(leg_id).code}"
    assert told in admin.get("notifications.centre").text


def test_the_time_stands_still_while_the_sender_reads_and_goes_on_with_what_was_left(pair, monkeypatch):
    leg_id = send(pair, 3)
    pair.take(leg_id)
    answered = datetime.now(UTC)
    pair.answer(leg_id)
    first = pair.leg(leg_id)
    assert (first.state, ended(pair, leg_id)) == ("answered", ("done", "early", ["early"]))
    assert first.due_at is not None, "the day it was answered by stays"
    later = datetime.combine(working_day(pair.office, 4), local("2026-01-01T09:00").timetz())
    with pair.leader.working() as ctx:
        legs.ask_again(ctx, leg_id, "Thiếu số liệu", at=later)
    again = pair.leg(leg_id)
    with pair.office.at_work():
        place = queries.agency_calendar()
        left = place.calendar.position(place.local(first.due_at)) - place.calendar.position(
            place.local(answered)
        )
        new = place.calendar.position(place.local(again.due_at)) - place.calendar.position(place.local(later))
        assert incoming_case(leg_id).due_at == again.due_at
    assert abs(new - left) <= 1, "what the sender took is not the receiver's"
    with pair.leader.working() as ctx:
        deadline_services.extend_leg(ctx, leg_id, amount=1, ground=GROUND, document=DOCUMENT)
    assert pair.leg(leg_id).due_at > again.due_at


def test_an_extension_is_told_in_the_language_of_whoever_reads(pair):
    counted, named = (
        send(pair),
        pair.send(due=datetime.combine(working_day(pair.office, 2), local("2026-01-01T15:00").timetz())),
    )
    day = working_day(pair.office, 15)
    with pair.leader.working() as ctx, reading_as("en"):
        deadline_services.extend_leg(ctx, counted, amount=3, ground=GROUND, document=DOCUMENT)
        due = datetime.combine(day, local("2026-01-01T15:00").timetz())
        deadline_services.extend_leg(ctx, named, due=due, ground=GROUND, document=DOCUMENT, beyond=True)
    for leg_id, told in ((counted, "3 ngày làm việc"), (named, format_date(day, year=True))):
        page = pair.leader.get("casework.leg", case_id=leg_id).text
        assert f"{told}. {GROUND}" in page
        assert "working" not in page
        assert told in pair.leader.get("casework.leg", case_id=leg_id, query={"tab": "history"}).text
    assert more_words("vài ngày") == "vài ngày", "what was stored in words stays"


def test_a_leg_with_a_named_day_is_due_later_by_what_the_sender_took(pair):
    named = datetime.combine(working_day(pair.office, 2), local("2026-01-01T15:00").timetz())
    leg_id = pair.send(due=named)
    pair.take(leg_id)
    pair.answer(leg_id)
    with pair.leader.working() as ctx:
        legs.ask_again(ctx, leg_id, "Thiếu số liệu", at=datetime.now(UTC) + timedelta(days=5))
    assert pair.leg(leg_id).due_at > named
    day = working_day(pair.office, 15)
    act(pair, "extend_leg", leg_id, due=datetime.combine(day, named.timetz()))
    assert due_day(pair, leg_id) == day
    with pair.office.at_work():
        assert incoming_case(leg_id).due_at == pair.leg(leg_id, pair.office).due_at
    with pytest.raises(Invalid):
        act(pair, "pause_leg", leg_id)


def ended(pair, leg_id):
    """Return the badge of a leg, and how its case and the steps that ended it were for the agency that got it."""
    with pair.ward.at_work():
        of = leg_queries.leg(leg_id)
        badge = leg_due(of, leg_clocks.calendars_of([of]), datetime.now(UTC)).kind
    with pair.office.at_work():
        steps = Step.select().where(Step.case_id == leg_id, Step.to_state == "answered").order_by(Step.seq)
        return badge, incoming_case(leg_id).outcome, [each.outcome for each in steps]


@pytest.mark.parametrize(("paused", "badge", "outcome"), [(0, "done", "early"), (30, "done-late", "late")])
def test_what_is_answered_while_it_is_paused_is_late_if_it_was_late_then(pair, paused, badge, outcome):
    leg_id = send(pair)
    pair.take(leg_id)
    with pair.office.at_work():
        clock = whole_clock(leg_id)
        services.record(clock.id, "pause", clock.last_at + timedelta(days=paused), ground=GROUND)
    with pair.vinh.working() as ctx:
        legs.answer_leg(ctx, leg_id, "Đủ nguồn.", at=clock.last_at + timedelta(days=paused + 10))
    assert ended(pair, leg_id) == (badge, outcome, [outcome])
    with pair.office.at_work():
        assert Assignment.get(Assignment.case_id == leg_id).outcome == outcome


def test_a_further_answer_makes_nobody_late_who_answered_in_time(pair):
    leg_id = send(pair)
    pair.take(leg_id)
    pair.answer(leg_id)
    first, before = pair.leg(leg_id).answered_at, ended(pair, leg_id)
    with pair.clerk.working() as ctx:
        legs.answer_leg(ctx, leg_id, "Bản mới.", at=datetime.now(UTC) + timedelta(days=30))
    assert before == ("done", "early", ["early"])
    assert ended(pair, leg_id) == ("done", "early", ["early", ""])
    assert pair.leg(leg_id).answered_at == first


def test_a_later_day_leaves_whoever_was_named_a_day(pair):
    leg_id = pair.send(due=datetime.combine(working_day(pair.office, 9), datetime.min.time(), HOME_ZONE))
    pair.take(leg_id)
    day = working_day(pair.office, 4)
    with pair.clerk.working() as ctx:
        assigning.reassign(ctx, leg_id, Receiver(person_id=pair.clerk.person_id), due=local_end(day))
    act(
        pair,
        "extend_leg",
        leg_id,
        due=datetime.combine(working_day(pair.office, 15), datetime.min.time(), HOME_ZONE),
    )
    with pair.office.at_work():
        assert incoming_case(leg_id).due_at == pair.leg(leg_id, pair.office).due_at
        held = Assignment.get(Assignment.case_id == leg_id, Assignment.done_at.is_null())
    assert held.due_at.astimezone(HOME_ZONE).date() == day


def test_it_is_stopped_and_let_go_on_by_the_sender_alone_on_a_ground(pair):
    leg_id = send(pair)
    pair.take(leg_id)
    for said in ({"ground": " "}, {"document": " "}):
        with pytest.raises(Invalid) as problem:
            act(pair, "pause_leg", leg_id, **said)
        assert problem.value.errors.keys() == said.keys()
    act(pair, "pause_leg", leg_id)
    assert (pair.leg(leg_id).due_at, pair.leg(leg_id).paused) == (None, True)
    with pair.office.at_work():
        assert incoming_case(leg_id).due_at is None
    assert "Tạm dừng" in pair.vinh.get("casework.work").text
    for officer in (pair.leader, pair.vinh):
        assert DOCUMENT in officer.get("casework.leg", case_id=leg_id).text
    act(pair, "resume_leg", leg_id)
    with pair.office.at_work():
        assert incoming_case(leg_id).due_at == pair.leg(leg_id, pair.office).due_at is not None
    with pair.clerk.working() as ctx, pytest.raises(Forbidden):
        deadline_services.pause_leg(ctx, leg_id, ground=GROUND, document=DOCUMENT)


def test_a_leg_has_a_budget_or_a_day_and_the_form_says_which_field_to_mend(pair):
    case = pair.case()
    form = {
        "id": "00000000-0000-4000-8000-000000000001", "purpose": "casework.opinion", "ask": "Cho ý kiến", "title": "Sửa đường",
        "receiver_id": str(pair.office.info.id),
    }  # fmt: skip
    due = f"{working_day(pair.ward, 3):%d/%m/%Y}"
    for said, told in (
        ({"days": "3", "due": due}, "Chọn một cách"),
        ({"days": "0"}, "Thời hạn từ 1"),
        ({"days": "ba"}, "số nguyên"),
    ):
        answer = pair.leader.post("casework.leg_new", {**form, **said}, case_id=case.id)
        assert answer.status_code == 422
        assert told in answer.text
        assert said["days"] in answer.text
    answer = pair.leader.post("casework.leg_new", {**form, "days": "3", "ground": GROUND}, case_id=case.id)
    assert answer.status_code == 303
    with pair.ward.at_work():
        (of,) = leg_queries.legs_of(case.id)
        assert due_day(pair, of.id) == working_day(pair.office, 3)
    page = pair.leader.get("casework.leg", case_id=of.id).text
    assert "Gia hạn…" in page
    assert GROUND in page or "3 ngày làm việc" in page
    assert pair.leader.get("casework.leg_extend", case_id=of.id).status_code == 200
    answer = typed(
        pair.leader,
        "casework.leg_extend",
        {"amount": "2", "ground": GROUND, "document": DOCUMENT},
        case_id=of.id,
    )
    assert answer.status_code == 303
    assert due_day(pair, of.id) == working_day(pair.office, 5)
    assert "gia hạn" in pair.clerk.get("notifications.centre").text
    assert pair.stranger.get("casework.leg_extend", case_id=of.id).status_code == 404


@pytest.mark.parametrize(
    ("route", "said", "field"),
    [
        ("casework.leg_again", {"note": "Thiếu số liệu", "due": "{late}"}, "due"),
        ("casework.leg_extend", {"amount": "9", "ground": GROUND, "document": DOCUMENT}, "amount"),
    ],
)
def test_a_new_day_after_the_case_is_due_is_told_in_words_and_goes_on_after_one_more_tick(
    pair, route, said, field
):
    leg_id = send(pair, 2)
    pair.take(leg_id)
    if route == "casework.leg_again":
        pair.answer(leg_id)
    own, late = working_day(pair.office, 4), working_day(pair.office, 11)
    with pair.ward.at_work():
        due = datetime.combine(own, local("2026-01-01T15:00").timetz())
        Case.update(due_at=due).where(Case.id == leg_queries.leg(leg_id).case_id).execute()
    before = due_day(pair, leg_id)
    form = {key: value.format(late=f"{late:%d/%m/%Y}") for key, value in said.items()}
    new, last = (format_date(day, year=True) for day in (late, own))
    assert f"Hạn của vụ việc là {last}" in pair.leader.get(route, case_id=leg_id).text
    refused = typed(pair.leader, route, form, case_id=leg_id)
    assert refused.status_code == 422
    assert f'href="#f-{field}"' in refused.text
    assert f"Hạn của chặng {new} sau hạn của vụ việc {last}" in refused.text
    assert due_day(pair, leg_id) == before, "nothing of it has happened"
    assert typed(pair.leader, route, {**form, "beyond": "on"}, case_id=leg_id).status_code == 303
    assert due_day(pair, leg_id) == late


def test_who_had_it_how_long_is_told_in_working_time_of_each_side():
    def line(kind, at):
        return Line(kind, 0, "", None, "", "", local(at))

    lines = [
        line("sent", "2026-03-02T09:00"), line("taken", "2026-03-02T10:00"), line("answered", "2026-03-03T09:00"),
        line("again", "2026-03-05T09:00"), line("paused", "2026-03-05T10:00"), line("resumed", "2026-03-09T09:00"),
        line("answered", "2026-03-09T11:00"), line("done", "2026-03-09T15:00"),
    ]  # fmt: skip
    calendar = queries.AgencyCalendar((STANDARD_WEEK,), (), "Asia/Ho_Chi_Minh", "0")
    found = list(leg_clocks.stretches(lines, local("2026-04-01T09:00")))
    minutes = {
        who: leg_clocks._minutes(calendar, [each for each in found if each[0] == who])
        for who in ("receiver", "sender")
    }
    assert minutes == {"receiver": (8 + 1 + 2) * 60, "sender": (16 + 2) * 60}


def test_ending_it_ends_its_time_and_leaves_the_counters_right(pair):
    for how in ("accept", "return", "recall"):
        leg_id = send(pair)
        if how == "accept":
            pair.take(leg_id)
            pair.answer(leg_id)
            with pair.leader.working() as ctx:
                legs.accept_answer(ctx, leg_id)
        elif how == "return":
            with pair.clerk.working() as ctx:
                legs.return_leg(ctx, leg_id, "Không thuộc thẩm quyền")
        else:
            with pair.leader.working() as ctx:
                legs.recall_leg(ctx, leg_id, "Thôi")
        with pair.ward.at_work():
            assert leg_clocks.clock_of(leg_queries.leg(leg_id)).closed_at is not None, how
    for agency in (pair.ward, pair.office):
        with agency.at_work():
            assert list(checking.faults()) == []


def test_a_leg_without_a_day_gets_one_that_both_sides_see(pair):
    leg_id = pair.send(pair.case())
    pair.take(leg_id)
    assert "Đặt hạn…" in pair.leader.get("casework.leg", case_id=leg_id).text
    day = working_day(pair.ward, 4)
    said = {"due": f"{day:%d/%m/%Y}", "ground": GROUND}
    assert "Đặt hạn" in pair.leader.get("casework.leg_extend", case_id=leg_id).text
    assert typed(pair.leader, "casework.leg_extend", said, case_id=leg_id).status_code == 303
    assert due_day(pair, leg_id) == day
    with pair.office.at_work():
        (held,) = open_assignments(leg_id)
        assert incoming_case(leg_id).due_at == pair.leg(leg_id, pair.office).due_at >= held.due_at
    page = pair.leader.get("casework.leg", case_id=leg_id).text
    assert ("Gia hạn…" in page, "Đặt hạn…" in page) == (True, False)
    later = {"due": f"{working_day(pair.ward, 6):%d/%m/%Y}", "ground": GROUND}
    refused = typed(pair.leader, "casework.leg_extend", later, case_id=leg_id)
    assert (refused.status_code, "Chưa ghi văn bản cho phép" in refused.text) == (422, True)
    sooner = {"due": f"{working_day(pair.ward, 3):%d/%m/%Y}", "ground": GROUND, "document": DOCUMENT}
    assert typed(pair.leader, "casework.leg_extend", sooner, case_id=leg_id).status_code == 422


def test_a_manager_extends_a_case_on_a_ground_and_by_a_document_through_its_page(pair):
    with pair.leader.working():
        case = open_case(
            "casework.task",
            Opening(title="Trả lời kiến nghị", budget=Budget(5, "wd"), ground="Điều 18"),
        )
    page = pair.leader.get("casework.task", case_id=case.id).text
    assert "Gia hạn…" in page
    fields = {"case_id": case.id, "act": "extend"}
    refused = typed(pair.leader, "casework.case_deadline", {"amount": "2", "ground": GROUND}, **fields)
    assert refused.status_code == 422
    assert "Chưa ghi văn bản cho phép" in refused.text
    done = typed(
        pair.leader,
        "casework.case_deadline",
        {"amount": "2", "ground": GROUND, "document": DOCUMENT},
        **fields,
    )
    assert done.status_code == 303
    with pair.ward.at_work():
        assert Case.get_by_id(case.id).due_at > case.due_at
        assert list(checking.faults()) == []
    page = pair.leader.get("casework.task", case_id=case.id).text
    assert "Gia hạn thêm 2 ngày làm việc" in page
    officer = pair.ward.officer("casework.officer")
    assert officer.get("casework.case_deadline", **fields).status_code == 403
    assert titles(pair.leader) == ["Trả lời kiến nghị"]


@pytest.mark.parametrize(
    ("act", "done"), [("extend", "Gia hạn"), ("pause", "Tạm dừng thời hạn"), ("restart", "Tính lại từ đầu")]
)
def test_a_change_of_a_deadline_that_is_sent_twice_counts_once(pair, act, done):
    with pair.leader.working():
        said = Opening(title="Trả lời kiến nghị", budget=Budget(5, "wd"), ground="Điều 18")
        case = open_case("casework.task", said)
    fields = {"case_id": case.id, "act": act}
    form = {
        "version": version_in(pair.leader.get("casework.case_deadline", **fields)),
        "amount": "2",
        "ground": GROUND,
        "document": DOCUMENT,
    }
    sent = [pair.leader.post("casework.case_deadline", form, **fields) for _each in range(2)]
    assert [each.status_code for each in sent] == [303, 409]
    assert f"Bạn vừa làm “{done}” ở một thẻ khác; vụ việc nay" in sent[1].text
    assert f'value="{DOCUMENT}"' in sent[1].text
    with pair.ward.at_work():
        clock = whole_clock(case.id)
        assert [each.kind for each in queries.ledger(clock.id, queries.agency_calendar())] == ["start", act]


def summary(page):
    """Return what the summary above a form leads to, in its order."""
    return re.findall(r'<li><a href="#f-(\w+)">', page.text)


def test_all_that_is_wrong_in_a_change_of_a_deadline_is_named_at_once(pair):
    with pair.leader.working():
        budget = Budget(5, "wd")
        case = open_case("casework.task", Opening(title="Trả lời kiến nghị", budget=budget, ground="Điều 18"))
    for act, sent, wrong in (
        ("extend", {}, ["amount", "ground", "document"]),
        ("extend", {"amount": "hai"}, ["amount", "ground", "document"]),
        ("extend", {"amount": "2", "ground": " "}, ["ground", "document"]),
        ("pause", {}, ["ground", "document"]),
        ("pause", {"document": DOCUMENT}, ["ground"]),
        ("restart", {"ground": "x" * 301}, ["ground", "document"]),
    ):
        page = typed(pair.leader, "casework.case_deadline", sent, case_id=case.id, act=act)
        assert (page.status_code, summary(page)) == (422, wrong), act
        assert all(f'id="f-{name}" ' in page.text for name in wrong)
        assert page.text.count('aria-invalid="true"') == len(wrong)


def test_of_a_leg_the_ground_is_named_beside_what_is_wrong_with_the_time(pair):
    counted, named = send(pair), pair.send(due=datetime.now(UTC) + timedelta(days=9))
    for leg_id, route, sent, wrong in (
        (counted, "casework.leg_extend", {}, ["amount", "ground", "document"]),
        (counted, "casework.leg_extend", {"amount": "hai"}, ["amount", "ground", "document"]),
        (counted, "casework.leg_pause", {}, ["ground", "document"]),
        (counted, "casework.leg_pause", {"ground": GROUND}, ["document"]),
        (named, "casework.leg_extend", {}, ["due", "ground", "document"]),
        (named, "casework.leg_extend", {"due": "hôm nọ"}, ["due", "ground", "document"]),
    ):
        page = typed(pair.leader, route, sent, case_id=leg_id)
        assert (page.status_code, summary(page)) == (422, wrong), (route, sent)
