"""The work list: what a person has to do everywhere, and nothing of anybody else's."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import unquote
from uuid import uuid4

import pytest

from core.api import Cursor, cursor_of
from core.db import db
from core.web.errors import Invalid
from core.web.request import TOAST_COOKIE
from plugins.casework import demo
from plugins.casework.cases import assigning, delegations, queries
from plugins.casework.cases import services as case_services
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.opening import Opening, open_case
from plugins.casework.cases.services import Move
from plugins.casework.models import Assignment, Case, Clock, WorkVisit
from plugins.casework.tasks.kind import TASK
from plugins.casework.tasks.services import open_task
from plugins.casework.work import queries as work_queries
from plugins.casework.work import services as work_services
from plugins.casework.work.queries import WorkFilter
from plugins.lists import jobs
from plugins.lists.models import BulkRun
from tenants import services
from tests.support.modules import OTHER_UNIT, UNIT, Officer
from tests.support.racing import crossed, overtaken
from tests.support.samples import seeded


@pytest.fixture
def office(agency):
    """A leader who gives, and two officers."""
    return Office(agency)


class Office:
    def __init__(self, agency, leader="Phạm Ngọc Anh"):
        self.agency = agency
        self.leader = agency.officer("casework.leader", name=leader)
        self.lan = agency.officer("casework.officer", name="Hoàng Thị Lan")
        self.vinh = agency.officer("casework.officer", name="Lê Quang Vinh")

    def task(self, title, to=None, *, due_in=None, by=None, restricted=False):
        """Give somebody something that is due in so many days from today; negative ones are past."""
        with (by or self.leader).working() as ctx:
            case = open_task(
                ctx,
                {
                    "id": uuid4(), "title": title, "text": "", "person_id": (to or self.lan).person_id, "due": None,
                    "restricted": restricted,
                },
            )  # fmt: skip
            if due_in is not None:
                due = work_queries.start_of_today() + timedelta(days=due_in, hours=17)
                Assignment.update(due_at=due).where(Assignment.case_id == case.id).execute()
                Case.update(due_at=due).where(Case.id == case.id).execute()
        return case


def colleague_elsewhere(ground, officer, *roles):
    """Give an officer a post in another agency too, and return them as they work there."""
    other = ground.agency()
    with other.at_work():
        services.grant_post(
            services.Authority.operator(),
            officer.person_id,
            other.units["Văn phòng"],
            "Chuyên viên biệt phái",
            roles=roles,
        )
    return Officer(other, officer.person_id, officer.name, officer.token)


def titles(officer, cursor=None, size=50, **wanted):
    with officer.working() as ctx:
        at = work_queries.desks(ctx)
        with work_queries.reading_desks(ctx, at):
            found = work_queries.work(ctx, at, WorkFilter(**wanted), cursor or Cursor(), size)
            return [row.title for row in found.rows]


def number_beside(officer, kind=TASK):
    with officer.working() as ctx:
        asked = work_queries.own_badge(kind)(ctx)
        return asked if isinstance(asked, int) else int(db.prepared(*asked).fetchone()[0])


def counts(officer, **wanted):
    with officer.working() as ctx:
        at = work_queries.desks(ctx)
        with work_queries.reading_desks(ctx, at):
            return work_queries.counts(ctx, at, WorkFilter(**wanted))


# ---- whose work ---------------------------------------------------------------------------------------------


def test_the_number_beside_a_module_is_of_ones_own_work_here_and_below_nought_what_is_late(ground, office):
    office.task("của tôi", due_in=2)
    office.task("cũng của tôi")
    office.task("của Vinh", office.vinh, due_in=-5)
    elsewhere = colleague_elsewhere(ground, office.lan, "casework.officer")
    assert (number_beside(office.lan), number_beside(office.vinh), number_beside(office.leader)) == (2, -1, 0)
    assert number_beside(elsewhere) == 0
    office.task("quá hạn", due_in=-3)
    assert number_beside(office.lan) == -1
    assert "Ngoài danh sách này" not in office.lan.get("casework.work").text, (
        "its own numbers are in the list already"
    )


def test_a_person_sees_their_own_by_due_date_and_nobody_elses(office):
    office.task("không hạn")
    office.task("ngày kia", due_in=2)
    office.task("quá hạn", due_in=-3)
    office.task("của Vinh", office.vinh, due_in=-5)
    assert titles(office.lan) == ["quá hạn", "ngày kia", "không hạn"]
    assert titles(office.vinh) == ["của Vinh"]
    assert titles(office.leader) == []
    page = office.lan.get("casework.work").text
    assert "của Vinh" not in page
    assert page.index("quá hạn") < page.index("ngày kia")


def test_work_of_all_ones_agencies_stands_in_one_list(ground, office):
    there = colleague_elsewhere(ground, office.lan, "casework.officer")
    other = Office(there.agency, "Trần Mỹ Hạnh")
    case = other.task("ở Sở", there, due_in=-1)
    office.task("ở phường", due_in=1)
    assert titles(office.lan) == titles(there) == ["ở Sở", "ở phường"]
    page = office.lan.get("casework.work").text
    assert there.agency.url("casework.task", case_id=case.id) in page
    narrowed = office.lan.get("casework.work", query={"agency": office.agency.info.code}).text
    assert "ở Sở" not in narrowed
    assert titles(office.vinh) == [], "who works in one agency alone sees nothing of the other"


def test_a_post_without_the_right_or_a_module_that_is_off_leaves_its_work_out(ground, office, monkeypatch):
    there = colleague_elsewhere(ground, office.lan, "casework.officer")
    other = Office(there.agency)
    other.task("ở Sở", there)
    office.task("ở phường")
    assert len(titles(office.lan)) == 2
    effective = ground.platform.dispatcher.effective_for
    monkeypatch.setattr(
        ground.platform.dispatcher, "effective_for",
        lambda tenant: effective(tenant) - {"casework"} if tenant == there.agency.info.id else effective(tenant),
    )  # fmt: skip
    assert titles(office.lan) == ["ở phường"]
    monkeypatch.undo()
    with there.agency.at_work():
        db.execute_sql("DELETE FROM tenants.membership_role WHERE tenant_id = %s", (there.agency.info.id,))
    assert titles(office.lan) == ["ở phường"]


def test_a_units_work_is_there_until_somebody_takes_it(office):
    outside = office.agency.officer("casework.officer", unit=OTHER_UNIT)
    case = office.task("việc của phòng")
    with office.lan.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(unit_id=office.agency.units["Văn phòng"]))
    assert titles(office.vinh) == titles(office.vinh, role="unit") == ["việc của phòng"]
    assert titles(outside) == []
    assert "chưa ai nhận" in office.vinh.get("casework.work").text
    with office.vinh.working() as ctx:
        (given,) = queries.open_assignments(case.id)
    sent = {"list": "casework.work", "query": "", "action": "take", "id": [str(given.id)]}
    assert office.vinh.post("lists.bulk", sent).status_code == 303
    assert titles(office.lan) == []
    assert titles(office.vinh, role="lead") == ["việc của phòng"]


def test_a_stand_in_sees_it_while_it_lasts_and_is_told_whose_it_is(office):
    office.task("hồ sơ của Lan")
    today = work_queries.start_of_today().date()
    with office.lan.working() as ctx:
        assigning.delegate(
            ctx, office.vinh.person_id, since=today, until=today + timedelta(days=3), reason="Nghỉ phép"
        )
    assert titles(office.vinh) == titles(office.vinh, role="away") == ["hồ sơ của Lan"]
    page = office.vinh.get("casework.work").text
    assert "Bạn đang xử lý thay Hoàng Thị Lan đến hết" in page
    assert "thay Hoàng Thị Lan" in page
    with office.lan.working() as ctx:
        assigning.end_delegation(ctx, delegations.delegations(ctx.person.id)[0].id)
    assert titles(office.vinh) == []


def test_restricted_work_that_waits_elsewhere_stays_with_who_has_to_do_with_it(office):
    secret = office.task("đơn tố cáo", restricted=True)
    assert titles(office.leader, group="waiting") == ["đơn tố cáo"]
    manager = office.agency.officer("casework.leader", name="Trần Mỹ Hạnh")
    with manager.working() as ctx:
        assigning.reassign(ctx, secret.id, Receiver(person_id=office.vinh.person_id))
    assert titles(manager, group="waiting") == []
    assert titles(office.vinh) == ["đơn tố cáo"]


def test_who_had_it_for_a_unit_and_gave_it_on_sees_that_it_waits(office):
    with office.leader.working():
        opening = Opening(title="đơn tố cáo", restricted=True, to=Receiver(unit_id=office.agency.units[UNIT]))
        case = open_case(TASK.key, opening)
    with office.vinh.working() as ctx:
        lan = Receiver(person_id=office.lan.person_id)
        case_services.move(ctx, case.id, "hand_over", Move(version=case.version, to=lan))
    assert titles(office.vinh, group="waiting") == ["đơn tố cáo"]


# ---- headings and counters ----------------------------------------------------------------------------------------


def test_counters_and_headings_agree(office):
    for days in (-8, -1, 0, 3, 7, 8, None):
        office.task(f"việc {days}", due_in=days)
    office.task("nhờ Vinh", office.vinh, by=office.lan)
    assert counts(office.lan)._asdict() == {"late": 2, "today": 1, "week": 2, "later": 2, "waiting": 1}
    for group, number in counts(office.lan)._asdict().items():
        assert len(titles(office.lan, group=group)) == number, group
    page = office.lan.get("casework.work").text
    found = [page.index(f'id="cw-{group}"') for group in ("late", "today", "week", "later", "waiting")]
    assert found == sorted(found)
    assert "Bạn có 2 việc quá hạn và 1 việc đến hạn hôm nay" in page
    assert "Lê Quang Vinh đang giữ" in page


def test_work_whose_clock_stands_still_is_not_late(office):
    case = office.task("chờ bổ sung", due_in=-2)
    assert counts(office.lan).late == 1
    with office.agency.at_work():
        Case.update(due_at=None).where(Case.id == case.id).execute()
        Clock.insert(
            id=uuid4(), owner_type="casework.case", owner_id=case.id, name="whole", title="x", budget_amount=5, budget_unit="wd",
            state="paused", opened_at=datetime.now(UTC), last_at=datetime.now(UTC), original_due=datetime.now(UTC), calendar="0",
        ).execute()  # fmt: skip
    assert (counts(office.lan).late, counts(office.lan).later) == (0, 1)
    assert titles(office.lan, group="late") == []
    assert "Tạm dừng" in office.lan.get("casework.work").text


def test_the_navigation_counts_all_there_is_to_do_or_in_red_what_is_late(ground, office):
    office.task("việc đang chờ", due_in=3)
    office.task("việc hôm nay", due_in=0)
    assert counted(office.lan.get("casework.work").text) == "<b>2</b>"
    office.task("việc quá hạn", due_in=-1)
    assert counted(office.lan.get("casework.work").text) == '<b class="alert-count">1</b>'
    there = colleague_elsewhere(ground, office.lan, "casework.officer")
    Office(there.agency, "Trần Mỹ Hạnh").task("quá hạn ở Sở", there, due_in=-1)
    assert counted(office.lan.get("casework.work").text) == '<b class="alert-count">2</b>'
    with office.lan.working() as ctx:
        assert work_queries.begins(ctx)
    with office.vinh.working() as ctx:
        assert not work_queries.begins(ctx)


def counted(page):
    """Return the number beside the work list in the navigation."""
    line = page.partition('<nav class="lt-nav"')[2].partition("list-check")[2].partition("</a>")[0]
    return line.rpartition("</span>")[2]


@pytest.mark.parametrize("typed", ["ho ngheo", "HỘ NGHÈO", "ngheo ra", "VG-"])
def test_the_search_forgives_accents_and_order(office, typed):
    office.task("Rà soát hộ nghèo")
    office.task("Việc khác", due_in=1)
    expected = {"Rà soát hộ nghèo", "Việc khác"} if typed == "VG-" else {"Rà soát hộ nghèo"}
    assert set(titles(office.lan, search=typed)) == expected


def test_pages_hold_each_thing_once_forth_and_back(office):
    for number in range(7):
        office.task(f"việc {number}", due_in=number % 3 if number else None)
    seen, cursor = [], Cursor()
    with office.lan.working() as ctx:
        at = work_queries.desks(ctx)
        while True:
            found = work_queries.work(ctx, at, WorkFilter(), cursor, 3)
            seen.append([row.title for row in found.rows])
            if not found.next_key:
                break
            cursor = cursor_of(found.next_key, *work_queries.KEY)
        back = cursor_of(found.previous_key, *work_queries.KEY, backward=True)
        assert [row.title for row in work_queries.work(ctx, at, WorkFilter(), back, 3).rows] == seen[1]
    assert [len(each) for each in seen] == [3, 3, 1]
    assert len({title for each in seen for title in each}) == 7


# ---- the page -------------------------------------------------------------------------------------------------------


def test_the_agencys_address_leads_to_the_work_when_there_is_some(office):
    assert office.lan.get("tenants.home").status_code == 200
    office.task("việc", due_in=-1)
    answer = office.lan.get("tenants.home")
    assert (answer.status_code, answer.headers["location"]) == (303, office.agency.url("casework.work"))
    page = office.lan.get("tenants.start")
    assert page.status_code == 200
    assert '<b class="alert-count">1</b>' in page.text, "late work is the number in the navigation, in red"


def test_an_empty_list_says_so_and_one_emptied_by_conditions_names_the_way_out(office):
    assert "Bạn không có việc nào đang chờ." in office.lan.get("casework.work").text
    office.task("việc")
    page = office.lan.get("casework.work", query={"q": "không có gì như thế"}).text
    assert "Không có việc nào khớp 1 điều kiện" in page


def test_what_came_since_the_last_visit_is_marked_with_a_word(office):
    office.task("cũ")
    assert ">Mới<" not in office.lan.get("casework.work").text, "a first visit has nothing to compare with"
    with office.agency.at_work():
        past = datetime.now(UTC) - timedelta(hours=2)
        WorkVisit.update(last_at=past, before_at=past).execute()
        Assignment.update(given_at=past - timedelta(hours=1)).execute()
        Case.update(changed_at=past - timedelta(hours=1)).execute()
    office.task("vừa giao")
    for _visit in range(2):  # looking again at once is the same visit
        page = office.lan.get("casework.work").text
        assert page.count(">Mới<") == 1
        assert page.index("vừa giao") < page.index(">Mới<")


def test_what_one_has_opened_for_oneself_is_no_change(office):
    office.lan.get("casework.work")
    with office.agency.at_work():
        past = datetime.now(UTC) - timedelta(hours=2)
        WorkVisit.update(last_at=past, before_at=past).execute()
    with office.lan.working() as ctx:
        open_case(TASK.key, Opening(title="tự giao", to=Receiver(person_id=ctx.person.id)))
    page = office.lan.get("casework.work").text
    assert "tự giao" in page
    assert "Có thay đổi" not in page


def test_several_are_given_to_a_colleague_at_once_or_none_of_them(office):
    first, second = office.task("việc một"), office.task("việc hai")
    foreign = office.task("của người khác", office.leader)
    with office.lan.working():
        ids = {case.id: str(queries.open_assignments(case.id)[0].id) for case in (first, second, foreign)}
    form = office.lan.post(
        "casework.work_assign", {"id": [ids[first.id], ids[second.id]], "list": "casework.work"}
    )
    assert form.status_code == 200
    assert "Giao lại 2 việc" in form.text
    assert "việc một" in form.text
    sent = {"ids": f"{ids[first.id]} {ids[foreign.id]}", "person_id": str(office.vinh.person_id)}
    refused = office.lan.post("casework.work_assign", sent)
    assert refused.status_code == 422
    assert foreign.code in refused.text
    assert titles(office.vinh) == [], "none of them is given when one cannot be"
    sent["ids"] = f"{ids[first.id]} {ids[second.id]}"
    assert office.lan.post("casework.work_assign", sent).status_code == 303
    assert set(titles(office.vinh)) == {"việc một", "việc hai"}


def given_to(office, *cases):
    """Return the ids of what whoever has some cases is to do."""
    with office.agency.at_work():
        return [queries.open_assignments(case.id)[0].id for case in cases]


def test_what_its_receiver_has_already_is_not_counted_as_given(office):
    mine, his = office.task("việc một"), office.task("việc hai", office.vinh)
    for cases, told in (((mine, his), "Đã giao lại 1 việc."), ((mine, his), "Không có gì thay đổi")):
        ids = " ".join(map(str, given_to(office, *cases)))
        sent = {"ids": ids, "person_id": str(office.vinh.person_id)}
        answer = office.leader.post("casework.work_assign", sent)
        assert told in unquote(answer.cookies[TOAST_COOKIE].value)
    assert set(titles(office.vinh)) == {"việc một", "việc hai"}


def test_two_who_give_the_same_things_at_once_in_another_order_wait_for_each_other(office):
    ids = given_to(office, office.task("việc một"), office.task("việc hai"))

    def act(chosen):
        with office.leader.working() as ctx:
            work_services.give_on(ctx, chosen, Receiver(person_id=office.vinh.person_id))

    wrong = crossed(assigning, "end_assignments", lambda: act(ids), lambda: act(ids[::-1]))
    assert [type(each) for each in wrong] == [Invalid], "who came second is told"
    assert set(titles(office.vinh)) == {"việc một", "việc hai"}


def test_what_went_on_while_it_was_given_stays_with_who_has_it_then(office):
    case = office.task("việc một")
    (given,) = given_to(office, case)

    def report(ctx):
        said = Move(version=queries.case(case.id).version, note="Xong")
        case_services.move(ctx, case.id, "report", said)

    def give(ctx):
        work_services.give_on(ctx, [given], Receiver(person_id=office.vinh.person_id))

    second = overtaken((office.lan, report), (office.leader, give))
    assert isinstance(second, Invalid)
    assert f"{case.code}: Việc này đã có người làm xong hoặc chuyển đi." in second.errors[""]
    assert titles(office.leader) == ["việc một"]
    assert titles(office.vinh) == []


def test_what_was_given_on_meanwhile_is_left_out_and_the_rest_is_given(office):
    cases = [office.task(f"việc {n}") for n in range(3)]
    with office.lan.working() as ctx:
        ids = [str(queries.open_assignments(each.id)[0].id) for each in cases]
        assigning.reassign(ctx, cases[1].id, Receiver(person_id=office.leader.person_id))
    sent = {"ids": " ".join(reversed(ids)), "person_id": str(office.vinh.person_id), "note": "Bàn giao"}
    answer = office.lan.post("casework.work_assign", sent)
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert f"không còn trong danh sách dưới đây: {cases[1].code}." in page
    assert "Giao lại 2 việc" in page
    assert "Bàn giao" in page
    assert page.index("việc 0</li>") < page.index("việc 2</li>"), "by code"
    assert "việc 1</li>" not in page
    assert titles(office.vinh) == []
    left = re.search('name="ids" value="([^"]+)"', page)[1]
    assert office.lan.post("casework.work_assign", {**sent, "ids": left}).status_code == 303
    assert set(titles(office.vinh)) == {"việc 0", "việc 2"}
    assert office.lan.post("casework.work_assign", {**sent, "ids": left}).status_code == 303, (
        "nothing is left"
    )


@pytest.fixture
def many(ground, office):
    """Return 52 things Lan has to do about streets, beside one that is another's, one elsewhere and one only helped with."""
    for number in range(51):
        office.task(f"Ổ gà đường số {number}", due_in=3)
    last = office.task("Ổ gà đường cuối", due_in=9)
    other = office.task("Cây đổ", due_in=1)
    helped = office.task("Ổ gà đường người khác", office.vinh)
    there = Office(colleague_elsewhere(ground, office.lan, "casework.officer").agency, "Trần Mỹ Hạnh")
    there.task("Ổ gà đường nơi khác", office.lan, due_in=1)
    with office.leader.working():
        assigning.insert(
            Assignment,
            [{
                "tenant_id": office.agency.info.id, "id": uuid4(), "case_id": helped.id, "person_id": office.lan.person_id, "unit_id": None,
                "role": "co", "task": "Phối hợp", "note": "", "given_by": office.leader.person_id, "given_at": datetime.now(UTC),
                "seen_at": None, "due_at": None, "share": 100,
            }],
        )  # fmt: skip
    return last, other


def run_over(office, run):
    with office.agency.in_background():
        jobs.bulk(str(run.id))


def runs(office):
    with office.agency.at_work():
        return list(BulkRun.select().order_by(BulkRun.created_at))


def test_all_that_match_here_are_given_as_a_plan_and_taken_back(office, many):
    last, _other = many
    words = {"q": "ổ gà"}
    page = office.lan.get("casework.work", query=words).text
    assert "Chọn cả 53 việc ở cơ quan này khớp điều kiện" in page
    asked = {"all": "1", "query": "q=%E1%BB%95+g%C3%A0", "list": "casework.work"}
    form = office.lan.post("casework.work_assign", asked).text
    assert "Giao lại 52 việc" in form
    assert "và 2 việc nữa" in form
    for nobody in ("", str(office.agency.officer(name="Người chỉ xem").person_id)):
        refused = office.lan.post("casework.work_assign", {**asked, "person_id": nobody})
        assert (refused.status_code, runs(office)) == (422, [])
    sent = {**asked, "person_id": str(office.vinh.person_id), "note": "Bàn giao"}
    assert office.lan.post("casework.work_assign", sent).status_code == 303
    (run,) = runs(office)
    plan = office.lan.get("lists.run", run_id=run.id).text
    assert "“Giao lại” với 52 dòng" in plan
    assert "Người nhận: Lê Quang Vinh" in plan
    assert titles(office.vinh, size=100) == ["Ổ gà đường người khác"], "a plan gives nothing"
    assert office.vinh.get("lists.run", run_id=run.id).status_code == 404
    office.lan.post("lists.run_go", run_id=run.id)
    for _again in range(2):
        run_over(office, run)
    assert len(titles(office.vinh, size=100)) == 53
    assert titles(office.lan, size=100) == ["Cây đổ", "Ổ gà đường nơi khác", "Ổ gà đường người khác"]
    report = office.lan.get("lists.run", run_id=run.id).text
    assert "Đã giao lại 52 việc." in report
    assert office.agency.url("lists.run_undo", run_id=run.id) in report
    office.vinh.get("casework.task", case_id=last.id)
    office.lan.post("lists.run_undo", run_id=run.id)
    back = runs(office)[-1]
    office.lan.post("lists.run_go", run_id=back.id)
    run_over(office, back)
    assert len(titles(office.lan, search="ổ gà", size=100)) == 51 + 2
    assert "Người nhận đã mở việc này" in office.lan.get("lists.run", run_id=back.id).text


def test_what_was_planned_is_given_only_by_who_still_may(office, many):
    last, _other = many
    sent = {"all": "1", "query": "q=%E1%BB%95+g%C3%A0", "person_id": str(office.vinh.person_id)}
    office.lan.post("casework.work_assign", sent)
    (run,) = runs(office)
    with office.leader.working() as ctx:
        assigning.reassign(ctx, last.id, Receiver(person_id=office.leader.person_id))
    office.lan.post("lists.run_go", run_id=run.id)
    run_over(office, run)
    assert titles(office.leader) == ["Ổ gà đường cuối"]
    report = office.lan.get("lists.run", run_id=run.id).text
    assert f"“{last.code}”: Việc này đã có người làm xong hoặc chuyển đi." in report
    assert office.agency.url("lists.run_undo", run_id=run.id) not in report


def test_a_run_without_a_receiver_gives_nothing(office):
    case = office.task("việc")
    with office.lan.working():
        (given,) = queries.open_assignments(case.id)
    office.lan.post("lists.bulk", {"list": "casework.work", "action": "assign", "id": [str(given.id)]})
    assert titles(office.lan) == ["việc"]
    assert [run.refused for run in runs(office)] == [1]


def test_a_delegation_is_made_and_ended_on_its_page(office):
    day = f"{work_queries.start_of_today().date():%d/%m/%Y}"
    wrong = office.lan.post(
        "casework.delegations",
        {"stand_in_id": str(office.vinh.person_id), "since": day, "until": day, "reason": ""},
    )
    assert wrong.status_code == 422
    assert "Chưa ghi lý do" in wrong.text
    nobody = office.lan.post(
        "casework.delegations", {"stand_in_id": "", "since": day, "until": day, "reason": "Nghỉ phép"}
    )
    assert (nobody.status_code, "Chưa chọn đồng nghiệp." in nobody.text) == (422, True)
    sent = {"stand_in_id": str(office.vinh.person_id), "since": day, "until": day, "reason": "Nghỉ phép"}
    assert office.lan.post("casework.delegations", sent).status_code == 303
    page = office.lan.get("casework.delegations").text
    assert "Lê Quang Vinh xử lý thay bạn" in page
    with office.lan.working() as ctx:
        delegation = delegations.delegations(ctx.person.id)[0].id
    stranger = office.agency.officer("casework.officer")
    assert stranger.post("casework.delegation_end", delegation_id=delegation).status_code == 403
    assert office.vinh.post("casework.delegation_end", delegation_id=delegation).status_code == 303
    assert "xử lý thay bạn" not in office.lan.get("casework.delegations").text


def test_who_is_locked_out_is_not_offered_and_cannot_stand_in(office):
    gone = office.agency.officer("casework.officer", name="Bùi Văn Khoá")
    with office.agency.at_work():
        db.execute_sql("UPDATE tenants.person SET disabled_at = now() WHERE id = %s", (gone.person_id,))
    page = office.lan.get("casework.delegations").text
    assert ("Lê Quang Vinh" in page, "Bùi Văn Khoá" in page) == (True, False)
    answer = asked_to_stand_in(office.lan, gone)
    assert (answer.status_code, "Chọn một đồng nghiệp đang làm ở cơ quan." in answer.text) == (422, True)


def asked_to_stand_in(who, whom, since=0, until=3, **more):
    """Let somebody name a colleague on the page, from a day to a day from today on; return what the page answers."""
    today = work_queries.start_of_today().date()
    days = {"since": f"{today + timedelta(days=since):%d/%m/%Y}", "until": f"{today + timedelta(days=until):%d/%m/%Y}"}  # fmt: skip
    return who.post(
        "casework.delegations",
        {"stand_in_id": str(whom.person_id), **days, "reason": "Nghỉ phép", **more},
    )


def test_days_that_have_passed_are_not_stood_in_for(office):
    past = asked_to_stand_in(office.lan, office.vinh, -5, -1)
    assert (past.status_code, "Những ngày này đã qua." in past.text) == (422, True)
    assert asked_to_stand_in(office.lan, office.vinh, -5, 0).status_code == 303


def test_whoever_is_away_stands_in_for_nobody(office):
    assert asked_to_stand_in(office.lan, office.vinh, 0, 3).status_code == 303
    each_other = asked_to_stand_in(office.vinh, office.lan, 2, 5)
    assert each_other.status_code == 422
    assert "Hoàng Thị Lan cũng vắng từ" in each_other.text
    assert "đã nhờ Lê Quang Vinh. Chọn người khác hoặc ngày khác." in each_other.text
    assert asked_to_stand_in(office.vinh, office.lan, 4, 5).status_code == 303


def test_a_stand_in_who_goes_away_too_is_told_to_whom_it_concerns(office):
    anh, mai = (office.agency.officer(role, name=name) for role, name in (
        ("casework.leader", "Phạm Ngọc Anh"), ("casework.officer", "Trần Thị Mai"),
    ))  # fmt: skip
    office.task("việc của Lan")
    assert asked_to_stand_in(office.lan, office.vinh, 0, 5).status_code == 303
    assert "cũng vắng" not in office.lan.get("casework.delegations").text
    toast = unquote(asked_to_stand_in(office.vinh, mai, 3, 8).cookies["lt_toast"].value)
    assert "Bạn không xử lý thay Hoàng Thị Lan được những ngày này; họ và người quản lý đã được báo." in toast
    page = office.vinh.get("casework.delegations").text
    assert "bạn cũng vắng, những ngày đó việc không ai làm" in page
    assert (
        "người này cũng vắng, những ngày đó việc không ai làm" in office.lan.get("casework.delegations").text
    )
    told = "Lê Quang Vinh, người xử lý thay Hoàng Thị Lan, cũng vắng từ"
    for who, hears in ((office.lan, True), (anh, True), (office.vinh, False), (mai, False)):
        assert (told in who.get("notifications.centre").text) is hears
    later = asked_to_stand_in(mai, office.lan, 9, 9)
    assert "Bạn không xử lý thay" not in unquote(later.cookies["lt_toast"].value)


def test_a_stand_in_who_may_not_do_the_work_is_told_of_before_and_refused(office):
    office.task("việc của Lan")
    clerk = office.agency.officer("tenants.admin", name="Đào Văn Kho")
    assert "Đào Văn Kho" in (page := unescape(office.lan.get("casework.delegations").text))
    assert "không xử lý được việc nào của bạn" in page
    assert page.count("không xử lý được") == 1, "of the others nothing is said"
    assert asked_to_stand_in(office.lan, clerk, partly="on").status_code == 422
    refused = asked_to_stand_in(office.lan, clerk)
    assert refused.status_code == 422
    assert "Đào Văn Kho không có quyền xử lý Việc được giao" in refused.text
    assert 'name="partly"' not in refused.text, "nobody would do anything"


def test_work_that_a_stand_in_may_not_do_waits_where_somebody_says_so(ground):
    agency = ground.agency("press_issues")
    chief = agency.officer("casework.leader", "press_issues.leader", name="Phạm Ngọc Anh")
    vinh = agency.officer("casework.officer", name="Lê Quang Vinh")
    page = unescape(chief.get("casework.delegations").text)
    assert "Quyền của riêng bạn không chuyển theo việc:" in page
    assert "Duyệt trả lời" in page
    assert "không xử lý được: Sự việc báo nêu" in page
    refused = asked_to_stand_in(chief, vinh)
    assert refused.status_code == 422
    assert "Lê Quang Vinh không có quyền xử lý Sự việc báo nêu" in refused.text
    assert 'name="partly"' in refused.text
    assert 'name="partly"' not in page
    assert asked_to_stand_in(chief, vinh, partly="on").status_code == 303
    page = unescape(chief.get("casework.delegations").text)
    assert "chưa bắt đầu" not in page
    assert "không có quyền: " in page
    assert "Việc được giao (Dừng xử lý)" in page


def test_of_many_kinds_the_first_three_are_named(ground):
    modules = ("press_issues", "voter_opinions", "citizen_questions")
    agency = ground.agency(*modules)
    chief = agency.officer("casework.leader", *(f"{each}.leader" for each in modules))
    hint = re.search(r"Quyền của riêng bạn[^<]+", unescape(chief.get("casework.delegations").text))[0]
    assert hint.count("; ") == 3
    assert re.search(r"; … và \d loại khác\. Người", hint)


def test_the_list_goes_to_excel_and_is_kept_as_a_view(office):
    office.task("việc", due_in=-1)
    saved = office.lan.post(
        "lists.view_new",
        {"list": "casework.work", "query": "group=late", "id": str(uuid4()), "name": "Trễ của tôi"},
    )
    assert saved.status_code == 303
    assert "Trễ của tôi" in unescape(office.lan.get("casework.work").text)
    assert office.lan.post("lists.export", {"list": "casework.work", "query": ""}).status_code == 200


# ---- what it costs -----------------------------------------------------------------------------------------------------


def test_a_page_costs_a_few_statements_however_much_there_is(office, monkeypatch):
    execute, costs = db.obj.execute_sql, []

    def open_page():
        asked = []
        with monkeypatch.context() as patch:
            patch.setattr(db.obj, "execute_sql", lambda *sql: asked.append(sql) or execute(*sql))
            assert office.lan.get("casework.work").status_code == 200
        costs.append(len(asked))

    office.task("việc")
    open_page()
    open_page()
    for number in range(12):
        office.task(f"việc {number}", due_in=number)
    open_page()
    assert costs[2] <= costs[1], costs


# ---- the demonstration ---------------------------------------------------------------------------------------------------


def test_the_demonstration_brings_work_of_every_kind_once(office):
    for _again in range(2):
        seeded(demo.seed, office.agency, (office.leader, office.lan, office.vinh), scale=0.1)
        with office.agency.at_work():
            assert Case.select().count() > 2 * len(demo.WORK)
            assert {each.state for each in Case.select()} == {"new", "doing", "back", "review", "done"}
    found = counts(office.lan)
    assert min(found.late, found.later) > 0
    assert found.late + found.today + found.week + found.later == found.open
    assert counts(office.leader).waiting > 0
    assert "Bạn đang xử lý thay Lê Quang Vinh" in office.lan.get("casework.work").text
