"""A leader above opens a late case of an agency below: why it is late and who has it, and nothing that is in it."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest

from core.db import db
from core.web.paging import Cursor
from plugins.casework.api import Opening, Receiver, open_case, record, whole_clock
from plugins.casework.tasks.kind import TASK
from plugins.citizen_questions.kinds import QUESTION
from plugins.reports import gathering
from tests.plugins.citizen_questions.conftest import Desk
from tests.tenants.pages import counted_statements

SUPERIOR = ("reports.superior", "casework.leader", "citizen_questions.leader")
SECRET = "Hồ sơ hộ Trần Thị Hoa, căn cước 046090001234"


@pytest.fixture
def above(ground):
    return Above(ground)


@pytest.fixture
def long_ago():
    """Return a moment so many days ago."""
    return lambda days: datetime.now(UTC) - timedelta(days=days)


class Above:
    """A province, a ward under it that answers citizens, and a ward that is not under it."""

    def __init__(self, ground):
        self.top = ground.agency("press_issues", "citizen_questions", kind="province")
        self.desk = Desk(ground.agency("press_issues", "citizen_questions"))
        self.ward, self.beside = self.desk.agency, ground.agency("citizen_questions")
        with self.ward.at_work():
            db.execute_sql(
                "UPDATE tenants.tenant_version SET parent_id = %s WHERE tenant_id = %s",
                (self.top.info.id, self.ward.info.id),
            )
        self.head = self.top.officer(*SUPERIOR, name="Nguyễn Thị Bình")

    def gather(self):
        with self.top.in_background():
            gathering.gather()

    def late(self, long_ago, desk=None, **given):
        """Ask something long ago that an officer has since; its case is late."""
        desk = desk or self.desk
        case = desk.ask(
            at=long_ago(60), **{"title": f"Ông Trần Văn Hùng hỏi: {SECRET}", "content": SECRET, **given}
        ).case
        desk.act(desk.lan, case, "accept", person_id=desk.vinh.person_id, note=SECRET, at=long_ago(50))
        return case

    def look(self, case, officer=None, agency=None):
        return (officer or self.head).get(
            "reports.late_case", agency_id=(agency or self.ward).info.id, case_id=case.id
        )

    def told(self, agency):
        with agency.at_work():
            return db.execute_sql(
                "SELECT data FROM core.audit_entry WHERE event = 'reports.late_case_seen'"
            ).fetchall()


def test_from_the_red_figure_of_the_province_to_the_case_and_its_reason(above, long_ago):
    case = above.late(long_ago)
    above.gather()
    board = above.head.get("reports.board", query={"scope": "below"}).text
    url = unescape(re.search(r'<li class="late"><a href="([^"]+)"', board)[1])
    listed = above.head.follow(url).text
    for listing in (board, listed):
        assert "Dân hỏi · Đất đai, nhà ở" in listing or "Dân hỏi · Kinh doanh" in listing
        assert "Trần Văn Hùng" not in listing
        assert "Trần Thị Hoa" not in listing
    # From the bar of the agency: what is late there now.
    bar = unescape(re.search(r'href="([^"]+/late\?agency=[^"]+)"', board)[1])
    assert case.code in above.head.follow(bar).text
    why = unescape(re.search(r'href="([^"]+/late\?why=[^"]+)"', board)[1])
    assert case.code in above.head.follow(why).text
    page = above.head.follow(unescape(re.search(r'href="([^"]+/late/[^"]+)"', listed)[1])).text
    for words in (
        case.code,
        "Đang soạn trả lời",
        "Quá hạn",
        "Lê Quang Vinh",
        "Soạn trả lời người dân",
        "Vì sao hạn là ",
        "15 ngày làm việc",
    ):
        assert words in page, words


def test_nothing_of_the_content_and_nothing_personal_is_told(above, long_ago):
    case = above.late(long_ago)
    with above.ward.at_work(), above.desk.lan.working():
        record(
            whole_clock(case.id).id,
            "pause",
            long_ago(40),
            ground="Chờ bà Trần Thị Hoa bổ sung, gọi 0912 345 678",
        )
        record(whole_clock(case.id).id, "resume", long_ago(39), ground="Đã bổ sung")
    page = above.look(case)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "Chờ bà [họ tên] bổ sung, gọi [số điện thoại]" in page.text
    for hidden in ("Trần Văn Hùng", "Trần Thị Hoa", "046090001234", "0912", "hoa@example.vn"):
        assert hidden not in page.text, hidden
    assert "[họ tên] hỏi: Hồ sơ hộ [họ tên], căn cước [số giấy tờ]" in page.text


def test_a_name_in_the_title_of_any_kind_is_not_told_to_the_agency_above(above, long_ago):
    with above.ward.at_work():
        leader = above.ward.officer("casework.leader")
    with leader.working():
        open_case(
            TASK.key,
            Opening(
                title="Chi trả cho bà Trần Thị Hoa", due=long_ago(10), to=Receiver(person_id=leader.person_id)
            ),
        )
    above.gather()
    board = above.head.get("reports.board", query={"scope": "below"}).text
    with above.top.at_work():
        told = [each["title"] for each in gathering.gathered().late]
    assert told == ["Chi trả cho bà [họ tên]"]
    assert "Trần Thị Hoa" not in board


def test_that_somebody_looked_stands_in_both_agencies(above, long_ago):
    case = above.late(long_ago)
    above.look(case)
    for agency in (above.ward, above.top):
        ((data,),) = above.told(agency)
        assert (data["code"], data["superior"]) == (case.code, above.top.info.name)
    history = unescape(
        above.desk.lan.get("citizen_questions.question", query={"tab": "history"}, case_id=case.id).text
    )
    assert f"của {above.top.info.name} xem vì sao {case.code} quá hạn" in re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", "", history)
    )


def test_whoever_has_not_the_right_is_refused_and_sees_no_link(above, long_ago):
    case = above.late(long_ago)
    above.gather()
    for roles in (
        ("reports.leader", "citizen_questions.leader"),
        ("reports.reader",),
        ("citizen_questions.leader",),
    ):
        officer = above.top.officer(*roles)
        assert above.look(case, officer).status_code == 403, roles
    leader = above.top.officer("reports.leader", "citizen_questions.leader")
    listed = leader.get("reports.late").text
    assert case.code in listed
    assert f"/late/{above.ward.info.id}" not in listed
    assert above.told(above.ward) == []


def test_only_late_cases_of_agencies_below_that_are_not_restricted_are_opened(above, ground, long_ago):
    case, fresh = above.late(long_ago), above.desk.ask().case
    beside = Desk(above.beside)
    foreign = above.late(long_ago, beside)
    own = above.late(long_ago, Desk(above.top))
    restricted = above.late(long_ago)
    with above.ward.at_work():
        db.execute_sql("UPDATE casework.case_base SET restricted = true WHERE id = %s", (restricted.id,))
    assert above.look(case).status_code == 200
    for wrong, agency in (
        (foreign, above.beside),
        (foreign, above.ward),
        (own, above.top),
        (restricted, above.ward),
    ):
        assert above.look(wrong, agency=agency).status_code == 404
    assert above.head.get("reports.late_case", agency_id=uuid4(), case_id=case.id).status_code == 404
    # In time, or done meanwhile: back to the list, which says so.
    assert above.look(fresh).status_code == 303
    # From beside and from below nobody looks up.
    for agency in (above.beside, above.ward):
        assert above.look(own, agency.officer(*SUPERIOR), above.top).status_code == 404
    assert len(above.told(above.ward)) == 1


def test_a_kind_that_is_not_theirs_or_not_in_effect_is_not_told(above, long_ago):
    case = above.late(long_ago)
    above.gather()
    tasks_only = above.top.officer("reports.superior", "casework.leader")
    assert above.look(case, tasks_only).status_code == 404
    assert case.code not in tasks_only.get("reports.late").text
    with above.ward.at_work():
        # The operator takes the module back while work is open; the agency itself could not.
        db.execute_sql("UPDATE tenants.module_grant SET allowed = false WHERE module = 'citizen_questions'")
        db.execute_sql("UPDATE tenants.module_switch SET is_on = false WHERE module = 'citizen_questions'")
    assert above.look(case).status_code == 404
    assert case.code not in above.head.get("reports.late", query={"agency": str(above.ward.info.id)}).text
    # What was gathered before is told of still, and leads nowhere.
    gathered = above.head.get("reports.late").text
    assert case.code in gathered
    assert str(case.id) not in gathered


def test_a_moved_agency_is_told_of_no_more(above, long_ago):
    case = above.late(long_ago)
    with above.ward.at_work():
        db.execute_sql(
            "UPDATE tenants.tenant_version SET parent_id = NULL WHERE tenant_id = %s", (above.ward.info.id,)
        )
    assert above.look(case).status_code == 404


def test_what_is_late_in_one_agency_comes_in_pages(above, long_ago):
    cases = {str(above.late(long_ago, title=f"Câu hỏi {number}").id) for number in range(3)}
    agency = gathering.Agency(above.ward.info.id, above.ward.info.code, above.ward.info.name)
    with above.top.at_work():
        first = gathering.late_of(agency, [QUESTION.key], size=2)
        last = first.rows[-1]
        after = Cursor((date.fromisoformat(last["due_on"]), UUID(last["case"])))
        rest = gathering.late_of(agency, [QUESTION.key], after, size=2)
    assert [len(first.rows), len(rest.rows)] == [2, 1]
    assert {each["case"] for each in (*first.rows, *rest.rows)} == cases


@pytest.mark.parametrize("address", ["reports.board", "reports.late"])
def test_twenty_late_cases_of_many_agencies_cost_as_many_statements_as_two(above, ground, long_ago, address):
    def give(agency, number):
        with agency.at_work():
            leader = agency.officer("casework.leader")
        with leader.working():
            for _each in range(number):
                to = Receiver(person_id=leader.person_id)
                open_case(TASK.key, Opening(title="Rà soát", due=long_ago(10), to=to))

    def asked():
        above.gather()
        above.head.get(address, query={"scope": "below"})  # each connection prepares its statements once
        with counted_statements() as found:
            text = above.head.get(address, query={"scope": "below"}).text
        assert re.search("/late/[0-9a-f]{8}-", text)
        return [*found]

    give(above.ward, 2)
    few = asked()
    for agency in (ground.agency(), ground.agency(), ground.agency()):
        with agency.at_work():
            db.execute_sql(
                "UPDATE tenants.tenant_version SET parent_id = %s WHERE tenant_id = %s",
                (above.top.info.id, agency.info.id),
            )
        give(agency, 6)
    many = asked()
    assert len(many) == len(few), many
