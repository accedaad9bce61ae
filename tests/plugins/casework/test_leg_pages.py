"""Legs through the pages, on both sides; the list of what came in, and what it costs."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg2
import pytest

from core.db import db
from core.web.paging import Cursor, decode_key
from core.web.request import TOAST_COOKIE
from plugins.casework.cases import assigning
from plugins.casework.cases import opening as case_opening
from plugins.casework.cases import queries as cases
from plugins.casework.cases.opening import Opening
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs.incoming import incoming_case
from plugins.casework.legs.lines import recall_warnings
from plugins.casework.legs.purposes import FORWARD, NOTIFY, OPINION
from plugins.casework.legs.queries import LegFilter
from plugins.casework.models import Case, Leg
from plugins.casework.tasks.kind import TASK
from tenants.models import Tenant
from tenants.services import suspend_agency
from tests.plugins.casework.conftest import typed, version_in
from tests.support.plans import nodes

NEXT_MONTH = f"{datetime.now(UTC) + timedelta(days=30):%d/%m/%Y}"


@pytest.fixture
def sides(ground):
    ward, office = ground.agency(), ground.agency()
    return Sides(ward, office)


class Sides:
    def __init__(self, ward, office):
        self.ward, self.office = ward, office
        self.leader = ward.officer("casework.leader", name="Phạm Ngọc Anh")
        self.clerk = office.officer("casework.leg_clerk", name="Hoàng Thị Lan")
        self.vinh = office.officer("casework.officer", name="Lê Quang Vinh")
        with self.leader.working():
            self.case = case_opening.open_case(TASK.key, Opening(title="Sửa đường thôn Đông"))

    def send(self, **more):
        fields = {
            "id": str(uuid4()), "purpose": OPINION.key, "receiver_id": str(self.office.info.id), "title": "Sửa đường",
            "ask": "Cho ý kiến về kinh phí", "text": "Đoạn 1,2 km.", "due": NEXT_MONTH,
        } | more  # fmt: skip
        return self.leader.post("casework.leg_new", fields, case_id=self.case.id)

    def leg_id(self):
        with self.ward.at_work():
            return Leg.get(Leg.case_id == self.case.id).id


def act(officer, route, leg_id, **fields):
    assert officer.get(route, case_id=leg_id).status_code == 200
    return typed(officer, route, fields, case_id=leg_id)


def marked(answer):
    """Return what the navigation of a page marks as where it belongs."""
    nav = answer.text[answer.text.index('id="lt-nav"') : answer.text.index("</nav>")]
    return re.findall(r'aria-current="page">.*?<span>(.*?)</span>', nav)


def test_a_leg_goes_to_and_fro_through_the_pages(sides):
    case_page = sides.leader.get("casework.task", case_id=sides.case.id)
    assert "Thêm chặng…" in case_page.text
    form = sides.leader.get("casework.leg_new", case_id=sides.case.id)
    assert f'<option value="{sides.office.info.id}"' in form.text
    assert str(sides.ward.info.id) not in form.text.partition("f-receiver_id")[2].partition("</select>")[0]
    assert sides.send().status_code == 303
    leg_id = sides.leg_id()
    case_page = sides.leader.get("casework.task", case_id=sides.case.id).text
    assert "Chặng liên thông" in case_page
    assert "chưa mở" in case_page
    assert "Sửa đường" in sides.clerk.get("casework.legs").text
    assert "Việc của bạn: Xem và tiếp nhận" in sides.clerk.get("casework.leg", case_id=leg_id).text
    assert "đã mở" in sides.leader.get("casework.task", case_id=sides.case.id).text
    for route in ("casework.leg", "casework.leg_recall"):
        assert marked(sides.leader.get(route, case_id=leg_id)) == ["Việc được giao"], (
            "it belongs to the case it serves"
        )
    assert marked(sides.clerk.get("casework.leg", case_id=leg_id)) == ["Liên thông đến"]
    taken = act(sides.clerk, "casework.leg_take", leg_id, person_id=str(sides.vinh.person_id), note="Xem sớm")
    assert taken.status_code == 303
    page = sides.vinh.get("casework.leg", case_id=leg_id).text
    for words in ("Việc của bạn: Xử lý và trả lời cơ quan gửi", "Đoạn 1,2 km.", "Xem sớm", "Trả lời…"):
        assert words in page
    empty = typed(sides.vinh, "casework.leg_answer", {"text": " "}, case_id=leg_id)
    assert (empty.status_code, "Chưa ghi nội dung trả lời." in empty.text) == (422, True)
    assert act(sides.vinh, "casework.leg_answer", leg_id, text="Đủ nguồn.").status_code == 303
    page = sides.leader.get("casework.leg", case_id=leg_id).text
    assert "Việc của bạn: Xem câu trả lời" in page
    assert "Đủ nguồn." in page
    assert "Xem sớm" not in page
    assert act(sides.leader, "casework.leg_again", leg_id, note="Nêu rõ nguồn nào").status_code == 303
    assert "Bổ sung câu trả lời" in sides.vinh.get("casework.leg", case_id=leg_id).text
    assert act(sides.vinh, "casework.leg_answer", leg_id, text="Nguồn xổ số.").status_code == 303
    assert accept(sides.leader, leg_id, page_of(sides.leader, leg_id)).status_code == 303
    for officer in (sides.leader, sides.vinh):
        page = officer.get("casework.leg", case_id=leg_id).text
        assert page.index("Đủ nguồn.") < page.index("Nêu rõ nguồn nào") < page.index("Nguồn xổ số.")
        for tab in ("history", "details"):
            assert officer.get("casework.leg", case_id=leg_id, query={"tab": tab}).status_code == 200


def page_of(officer, leg_id):
    return officer.get("casework.leg", case_id=leg_id).text


def accept(officer, leg_id, page):
    """Press the button on a page that was read."""
    version = re.search(r"/accept\?version=(\d+)", page)[1]
    return officer.post("casework.leg_accept", query={"version": version}, case_id=leg_id)


def test_an_answer_that_nobody_has_read_is_not_used(sides):
    sides.send()
    leg_id = sides.leg_id()
    act(sides.clerk, "casework.leg_take", leg_id, person_id=str(sides.vinh.person_id))
    act(sides.vinh, "casework.leg_answer", leg_id, text="Đủ nguồn.")
    read = page_of(sides.leader, leg_id)
    act(sides.clerk, "casework.leg_answer", leg_id, text="Xin rút lại: không có nguồn.")
    for refused in (
        accept(sides.leader, leg_id, read),
        sides.leader.post("casework.leg_accept", case_id=leg_id),
    ):
        assert refused.status_code == 422
        for words in ("vừa làm “Trả lời lần 2” trước bạn", "Xin rút lại: không có nguồn."):
            assert words in refused.text
        with sides.ward.at_work():
            assert leg_queries.leg(leg_id).state == "answered"
    assert accept(sides.leader, leg_id, page_of(sides.leader, leg_id)).status_code == 303


def test_a_day_before_the_calendars_begin_is_refused_in_words(sides):
    page = sides.send(due="1/1/2012")
    assert (page.status_code, "Ngoài lịch làm việc" in page.text) == (422, True)
    assign = {"person_id": str(sides.leader.person_id), "due": "1/1/2012"}
    page = typed(sides.leader, "casework.case_assign", assign, case_id=sides.case.id)
    assert (page.status_code, "Ngoài lịch làm việc" in page.text) == (422, True)


def test_a_form_that_is_refused_keeps_what_was_typed(sides):
    page = sides.send(receiver_id="", due="1/1/2020")
    assert page.status_code == 422
    for words in ("Hạn này đã qua.", "Đoạn 1,2 km.", "Cho ý kiến về kinh phí"):
        assert words in page.text
    page = sides.send(receiver_id="")
    assert (page.status_code, "Chưa chọn cơ quan nhận." in page.text) == (422, True)


def test_what_is_to_be_known_is_confirmed_with_one_button(sides):
    sides.send(purpose=NOTIFY.key)
    leg_id = sides.leg_id()
    assert "Xác nhận đã nhận" in sides.clerk.get("casework.leg", case_id=leg_id).text
    assert act(sides.clerk, "casework.leg_take", leg_id).status_code == 303
    assert "Đã xong" in sides.leader.get("casework.leg", case_id=leg_id).text


def test_the_work_of_the_receiver_is_found_by_its_own_people_alone(sides):
    sides.send()
    leg_id = sides.leg_id()
    act(sides.clerk, "casework.leg_take", leg_id, person_id=str(sides.vinh.person_id))
    with sides.vinh.working():
        case = incoming_case(leg_id)
        assert case.code.startswith("LT-")
        (mine,) = cases.open_assignments(leg_id)
        assert mine.person_id == sides.vinh.person_id
    assert case.code in sides.vinh.get("search.page", query={"q": "kinh phí"}).text
    assert case.code not in sides.leader.get("search.page", query={"q": "kinh phí"}).text


def test_no_transition_form_answers_past_the_leg(sides):
    sides.send()
    leg_id = sides.leg_id()
    act(sides.clerk, "casework.leg_take", leg_id)
    with sides.clerk.working():
        version = incoming_case(leg_id).version
    for key in ("answer", "return", "recall", "asked_again"):
        answer = sides.clerk.post(
            "casework.case_move", {"version": str(version), "note": "Lách"}, case_id=leg_id, transition=key
        )
        assert answer.status_code in (404, 409), key
    with sides.office.at_work():
        assert (incoming_case(leg_id).state, leg_queries.leg(leg_id).state) == ("doing", "taken")


def test_the_list_is_narrowed_and_searched_without_accents(sides):
    sides.send()
    sides.send(title="Gửi báo cáo", purpose=NOTIFY.key, due="")
    with sides.clerk.working() as ctx:

        def titles(**wanted):
            return [row.title for row in leg_queries.listed(ctx, LegFilter(**wanted)).rows]

        assert titles() == ["Sửa đường", "Gửi báo cáo"]
        assert titles(search="sua duong") == ["Sửa đường"]
        assert titles(search=sides.case.code) == ["Sửa đường", "Gửi báo cáo"]
        assert titles(stand="late") == []
        assert titles(stand="done") == []
        assert db.prepared(*leg_queries.waiting()).fetchone() == (2,)
    assert "<b>2</b>" in sides.clerk.get("tenants.home").text


def test_the_list_turns_its_pages_through_legs_with_and_without_a_day(sides):
    for number in range(5):
        sides.send(title=f"Việc {number}", due=NEXT_MONTH if number < 2 else "")
    seen, cursor = [], Cursor()
    with sides.clerk.working() as ctx:
        while True:
            page = leg_queries.listed(ctx, LegFilter(), cursor, size=2)
            seen += [row.title for row in page.rows]
            if not page.next_key:
                break
            *key, _row = decode_key(page.next_key)
            cursor = Cursor(tuple(kind(value) for kind, value in zip(leg_queries.KEY, key, strict=True)), 2)
    assert set(seen[:2]) == {"Việc 0", "Việc 1"}, "those with a day come first"
    assert sorted(seen) == [f"Việc {number}" for number in range(5)]


def test_a_page_of_the_list_reads_a_page_of_100_000_legs(sides, database):
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    cursor = superuser.cursor()
    cursor.execute("SET session_replication_role = replica")
    cursor.execute(
        "INSERT INTO casework.leg (tenant_id, id, receiver_id, case_id, chain, module, purpose, code, title, ask, sent_at, folded, "
        "due_at, state, done_at) SELECT %(ward)s, gen_random_uuid(), %(office)s, %(case)s::uuid, ARRAY[%(ward)s::uuid], 'casework', "
        "'casework.opinion', 'VG-2026-' || n, 'Việc ' || n, 'Làm', now(), 'vg 2026 ' || n, now() + n * interval '1 minute', "
        "CASE WHEN n %% 4 = 0 THEN 'done' ELSE 'taken' END, CASE WHEN n %% 4 = 0 THEN now() - n * interval '1 minute' END "
        "FROM generate_series(1, 100000) n",
        {"ward": str(sides.ward.info.id), "office": str(sides.office.info.id), "case": str(sides.case.id)},
    )
    cursor.execute("ANALYZE casework.leg")
    superuser.close()
    for who, side, names in (
        (sides.clerk, "receiver", ("leg_open_got", "leg_done_got")),
        (sides.leader, "sender", ("leg_sent_due", "leg_sent_done")),
    ):
        with who.working() as ctx:
            page = leg_queries.listed(ctx, LegFilter(side=side))
            assert len(page.rows) == 50
            second = Cursor((page.rows[-1].sort, page.rows[-1].id), 50)
            for wanted, at in (
                (LegFilter(side=side), Cursor()),
                (LegFilter(side=side), second),
                (LegFilter(stand="done", side=side), Cursor()),
            ):
                sql, values = leg_queries._statement(ctx, wanted, at, 50)
                (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
                on_legs = [node for node in nodes(document[0]["Plan"]) if node.get("Relation Name") == "leg"]
                assert [node["Index Name"] for node in on_legs] == [names[wanted.stand == "done"]]
                assert (
                    sum(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in on_legs) <= 52
                )


@pytest.mark.parametrize("status", ["suspended", "merged"])
def test_a_leg_with_an_agency_that_works_no_more_says_so_and_leads_to_taking_it_back(sides, status):
    sides.send()
    leg_id = sides.leg_id()
    words = "tạm ngừng hoặc không còn hoạt động trên hệ thống: không ai ở đó xử lý chặng này"
    assert words not in sides.leader.get("casework.leg", case_id=leg_id).text
    shut(sides.office, status)
    page = sides.leader.get("casework.leg", case_id=leg_id).text
    assert words in page
    assert "Rút lại để hỏi nơi khác" in page
    for route, fields in (
        ("casework.leg", {"case_id": leg_id}),
        ("casework.legs_sent", {}),
        (TASK.route, {"case_id": sides.case.id}),
    ):
        page = sides.leader.get(route, **fields).text
        assert "Nơi nhận tạm ngừng hoặc không còn hoạt động" in page, route
        assert "Chờ tiếp nhận" not in re.sub("<option.*?</option>", "", page), route
    act(sides.leader, "casework.leg_recall", leg_id, note="Hỏi nơi khác")
    assert words not in sides.leader.get("casework.leg", case_id=leg_id).text


@pytest.mark.parametrize("status", ["suspended", "merged"])
def test_who_got_a_leg_of_an_agency_that_works_no_more_reads_so_and_may_end_it(sides, status):
    words = "không ai ở đó đọc câu trả lời"
    sides.send()
    leg_id = sides.leg_id()
    assert words not in sides.clerk.get("casework.leg", case_id=leg_id).text
    shut(sides.ward, status)
    assert words in sides.clerk.get("casework.leg", case_id=leg_id).text
    act(sides.clerk, "casework.leg_take", leg_id, person_id=str(sides.vinh.person_id))
    assert words in sides.vinh.get("casework.leg", case_id=leg_id).text
    assert act(sides.vinh, "casework.leg_answer", leg_id, text="Đủ nguồn.").status_code == 303
    assert words in sides.vinh.get("casework.leg", case_id=leg_id).text, "nobody has read it"
    with sides.ward.at_work():
        Tenant.update(status="active").where(Tenant.id == sides.ward.info.id).execute()
    assert words not in sides.vinh.get("casework.leg", case_id=leg_id).text
    assert "Đủ nguồn." in sides.leader.get("casework.leg", case_id=leg_id).text


def shut(agency, status):
    """Let an agency work no more: suspended, and merged after that."""
    with agency.at_work():
        suspend_agency(agency.info.id)
        Tenant.update(status=status).where(Tenant.id == agency.info.id).execute()


def test_a_leader_sees_what_came_in_and_who_has_it_and_gives_it_on(sides):
    chief = sides.office.officer("casework.leader", name="Đỗ Văn Minh")
    assert "Không có việc liên thông nào đang mở" in chief.get("casework.legs").text
    sides.send()
    leg_id = sides.leg_id()
    assert "Sửa đường" in chief.get("casework.legs").text
    assert '<td class="line">Chưa ai tiếp nhận</td>' in chief.get("casework.legs").text
    assert "Tiếp nhận…" in chief.get("casework.leg", case_id=leg_id).text
    taken = act(sides.clerk, "casework.leg_take", leg_id, person_id=str(sides.vinh.person_id))
    assert taken.status_code == 303
    assert '<td class="line">Lê Quang Vinh</td>' in chief.get("casework.legs").text
    assert "Lê Quang Vinh" in chief.get("casework.leg", case_id=leg_id).text
    given = act(chief, "casework.case_assign", leg_id, person_id=str(sides.clerk.person_id))
    assert given.status_code == 303
    assert '<td class="line">Hoàng Thị Lan</td>' in chief.get("casework.legs").text


def test_a_list_of_part_of_what_came_in_says_that_it_is_a_part(sides):
    sides.send()
    page = sides.vinh.get("casework.legs").text
    assert "Sửa đường" not in page
    assert "Không có việc liên thông nào" not in page
    assert "Bạn không được giao việc liên thông nào đang mở" in page
    assert "mà bạn hoặc đơn vị bạn được giao" in page
    assert "mà bạn hoặc đơn vị bạn được giao" not in sides.clerk.get("casework.legs").text


# ---- what was sent -----------------------------------------------------------------------------------------------


def test_what_was_sent_is_listed_with_where_it_went_until_it_is_done(sides):
    sides.send()
    page = sides.leader.get("casework.legs_sent").text
    assert "Sửa đường" in page
    assert sides.office.info.name in page
    assert "Sửa đường" not in sides.leader.get("casework.legs").text
    assert "Sửa đường" not in sides.clerk.get("casework.legs_sent").text
    assert (
        typed(
            sides.leader, "casework.leg_recall", {"note": "Đã có kinh phí"}, case_id=sides.leg_id()
        ).status_code
        == 303
    )
    assert "Sửa đường" not in sides.leader.get("casework.legs_sent").text
    assert "Sửa đường" in sides.leader.get("casework.legs_sent", query={"stand": "done"}).text


def test_of_a_case_that_somebody_does_not_see_they_see_no_leg(sides):
    sides.send()
    with sides.ward.at_work():
        Case.update(restricted=True).where(Case.id == sides.case.id).execute()
    officer = sides.ward.officer("casework.officer")
    assert "Sửa đường" not in officer.get("casework.legs_sent").text
    assert "Sửa đường" in sides.leader.get("casework.legs_sent").text


def test_a_day_after_the_case_is_due_goes_out_after_one_more_tick(sides):
    with sides.ward.at_work():
        due = datetime.now(UTC) + timedelta(days=3)
        Case.update(due_at=due).where(Case.id == sides.case.id).execute()
    asked = sides.send()
    assert asked.status_code == 422
    assert "sau hạn của vụ việc" in asked.text
    assert 'name="beyond"' in asked.text
    assert f'value="{NEXT_MONTH}"' in asked.text, "nothing that was typed is lost"
    assert sides.send(beyond="on").status_code == 303
    assert sides.leg_id()


def test_whoever_was_overtaken_at_a_leg_is_told_who_did_what_and_keeps_what_was_typed(sides):
    assert sides.send(days="3", due="", ground="Điều 9").status_code == 303
    leg_id = sides.leg_id()
    form = {
        "version": version_in(sides.leader.get("casework.leg_extend", case_id=leg_id)),
        "amount": "2",
        "ground": "Quy chế số 5",
        "document": "Công văn 5",
    }
    assert sides.leader.post("casework.leg_extend", form, case_id=leg_id).status_code == 303
    with sides.ward.at_work():
        due = leg_queries.leg(leg_id).due_at
    again = sides.leader.post("casework.leg_extend", form, case_id=leg_id)
    assert again.status_code == 409
    assert "Bạn vừa làm “Gia hạn” ở một thẻ khác; chặng nay: Chờ tiếp nhận" in again.text
    assert 'value="Quy chế số 5"' in again.text
    with sides.ward.at_work():
        assert leg_queries.leg(leg_id).due_at == due, "it counts once"
    meant = {**form, "version": version_in(again)}
    assert sides.leader.post("casework.leg_extend", meant, case_id=leg_id).status_code == 303
    with sides.ward.at_work():
        assert leg_queries.leg(leg_id).due_at > due


def test_an_answer_that_is_sent_twice_is_one(sides):
    sides.send()
    leg_id = sides.leg_id()
    act(sides.clerk, "casework.leg_take", leg_id, person_id=str(sides.vinh.person_id))
    form = {"version": version_in(sides.vinh.get("casework.leg_answer", case_id=leg_id)), "text": "Đủ nguồn."}
    sent = [sides.vinh.post("casework.leg_answer", form, case_id=leg_id).status_code for _each in range(2)]
    assert sent == [303, 409]
    with sides.ward.at_work():
        assert leg_queries.leg(leg_id).answers == 1


def test_all_that_a_leg_lacks_is_named_at_once(sides):
    page = sides.send(purpose="", receiver_id="", ask=" ", due="01/01/2026")
    assert page.status_code == 422
    named = re.findall(r'<li><a href="#f-(\w+?)(?:-\w+)?">', page.text)
    assert named == ["purpose", "receiver_id", "ask", "due"]


def test_why_a_leg_was_returned_stands_in_its_row_on_the_page_of_the_senders_case(sides):
    sides.send()
    assert (
        act(sides.clerk, "casework.leg_return", sides.leg_id(), note="Thuộc Sở Xây dựng").status_code == 303
    )
    assert (
        "<p>Trả lại: Thuộc Sở Xây dựng</p>" in sides.leader.get("casework.task", case_id=sides.case.id).text
    )


def test_who_is_asked_again_is_told_so_once(sides):
    sides.send()
    leg_id = sides.leg_id()
    act(sides.clerk, "casework.leg_take", leg_id, person_id=str(sides.vinh.person_id))
    act(sides.vinh, "casework.leg_answer", leg_id, text="Đủ nguồn.")
    assert act(sides.leader, "casework.leg_again", leg_id, note="Nêu rõ nguồn nào").status_code == 303
    told = sides.vinh.get("notifications.centre").text
    assert "hỏi lại về câu trả lời chặng" in told
    assert "” bị trả lại cho bạn" not in told


def test_of_a_leg_that_is_taken_back_the_senders_questions_are_gone_and_what_the_receiver_wrote_stays(sides):
    sides.send()
    leg_id = sides.leg_id()
    act(sides.clerk, "casework.leg_take", leg_id, person_id=str(sides.vinh.person_id), note="Xem sớm")
    act(sides.vinh, "casework.leg_answer", leg_id, text="Đủ nguồn.")
    act(sides.leader, "casework.leg_again", leg_id, note="Nêu rõ nguồn nào")

    def read():
        return "".join(
            sides.vinh.get("casework.leg", case_id=leg_id, query={"tab": tab}).text
            for tab in ("details", "steps", "history")
        )

    assert read().count("Nêu rõ nguồn nào") > 1
    act(sides.leader, "casework.leg_recall", leg_id, note="Gửi nhầm")
    page = read()
    assert "Nêu rõ nguồn nào" not in page
    for words in ("Đủ nguồn.", "Gửi nhầm", "Hỏi lại"):
        assert words in page


def forwarded(sides, third):
    """Return a leg that was taken on and forwarded to a third agency, and that further one."""
    sides.send()
    leg_id = sides.leg_id()
    act(sides.clerk, "casework.leg_take", leg_id, person_id=str(sides.vinh.person_id))
    further = {
        "id": str(uuid4()),
        "purpose": FORWARD.key,
        "receiver_id": str(third.info.id),
        "ask": "Cho ý kiến",
        "title": "Sửa đường",
    }
    assert sides.vinh.post("casework.leg_new", further, case_id=leg_id).status_code == 303
    with sides.office.at_work():
        return leg_id, Leg.get(Leg.case_id == leg_id).id


def test_what_was_forwarded_and_taken_back_already_is_not_named_to_who_takes_a_complaint_out(sides, ground):
    third = ground.agency()
    _leg_id, further = forwarded(sides, third)

    def named():
        with sides.ward.at_work():
            return any(third.info.name in each for each in recall_warnings([sides.case.id]))

    assert named()
    assert act(sides.vinh, "casework.leg_recall", further, note="Hỏi nơi khác").status_code == 303
    assert not named()


def test_what_was_forwarded_of_a_leg_is_taken_back_with_it_and_who_forwarded_it_is_told(sides, ground):
    third = ground.agency()
    got = third.officer("casework.leg_clerk")
    leg_id, further = forwarded(sides, third)
    for officer, id_ in ((got, further), (sides.vinh, further), (sides.vinh, leg_id)):
        assert "Sửa đường" in officer.get("casework.leg", case_id=id_).text
    assert "cũng được rút lại" in sides.leader.get("casework.leg_recall", case_id=leg_id).text
    assert act(sides.leader, "casework.leg_recall", leg_id, note="Gửi nhầm").status_code == 303
    told = sides.vinh.get("notifications.centre").text
    assert "rút lại chặng" in told
    assert f"đã chuyển tiếp tới {third.info.name} được rút lại" in told
    assert "rút lại chặng" in got.get("notifications.centre").text
    for officer, id_ in ((got, further), (sides.vinh, further), (sides.vinh, leg_id)):
        page = officer.get("casework.leg", case_id=id_).text
        assert "Đã rút lại" in page
        assert "Sửa đường" not in page + officer.get("notifications.centre").text
        assert ("Gửi nhầm" in page) == (id_ == leg_id)
    assert "Không tính hạn" in page
    assert "Xong sớm" not in page
    assert "vẫn đang chạy" not in page
    with sides.office.at_work():
        db.execute_sql("UPDATE tenants.person SET locale = 'en' WHERE id = %s", (sides.vinh.person_id,))
    for officer, id_ in ((got, further), (sides.vinh, leg_id)):
        found = officer.get("casework.leg", case_id=id_).text + officer.get("notifications.centre").text
        assert ("Chặng đã rút lại" in found, "Leg taken back" in found) == (
            officer is got,
            officer is sides.vinh,
        )
    with sides.office.at_work():
        code = Case.get(Case.id == leg_id).code
    hits = sides.vinh.get("search.page", query={"q": code}).text
    assert ("Leg taken back" in hits, "Chặng đã rút lại" in hits) == (True, False)


def test_of_a_leg_that_is_returned_the_further_ones_are_named_to_who_had_it(sides, ground):
    leg_id, gone_on = forwarded(sides, ground.agency())
    assert "vẫn đang chạy" not in sides.vinh.get("casework.leg", case_id=leg_id).text
    assert act(sides.vinh, "casework.leg_return", leg_id, note="Không thuộc").status_code == 303
    page = sides.vinh.get("casework.leg", case_id=leg_id).text
    assert "phần đã chuyển tiếp vẫn đang chạy" in page
    assert f'href="{sides.office.url("casework.leg_recall", case_id=gone_on)}"' in page
    assert act(sides.vinh, "casework.leg_recall", gone_on, note="Đã trả lại nơi gửi").status_code == 303
    assert "vẫn đang chạy" not in sides.vinh.get("casework.leg", case_id=leg_id).text


@pytest.mark.parametrize("holds", [True, False])
def test_who_recalled_a_leg_and_still_has_the_case_is_not_told_that_nothing_is_left(sides, holds):
    sides.send()
    if not holds:
        with sides.leader.working() as ctx:
            other = sides.ward.officer("casework.officer")
            assigning.reassign(ctx, sides.case.id, assigning.Receiver(person_id=other.person_id))
            case_opening.open_case(
                TASK.key, Opening(title="Việc khác", to=assigning.Receiver(sides.leader.person_id))
            )
    act(sides.leader, "casework.leg_recall", sides.leg_id(), note="Gửi nhầm")
    after_act = replace(sides.leader, token=f"{sides.leader.token}; {TOAST_COOKIE}=done")
    told = after_act.get("casework.leg", case_id=sides.leg_id()).text
    assert (f"Bạn không còn việc nào ở {sides.case.code}." in told) == (not holds)
