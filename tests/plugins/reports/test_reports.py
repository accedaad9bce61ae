"""Reports: numbers with their cases, who sees them, what was published, Excel and PDF."""

import io
import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from core.db import ScopeError, db, reading, scope
from plugins.casework import demo as casework_demo
from plugins.casework.api import Opening, open_case
from plugins.casework.tasks.kind import TASK
from plugins.reports import asking, checking, demo, documents, gathering, periods, queries
from plugins.reports.counting import recount
from tests.plugins.letters.desk import text_of
from tests.plugins.reports.test_counting import today
from tests.support.racing import crossed
from tests.support.samples import seeded

NUMBERS = ("carried", "received", "closed", "early", "on_time", "late", "open", "in_time", "overdue")


@pytest.fixture
def worked(office):
    """An agency in which something of everything happened."""
    office.done(office.task(ago=60, due=-50, unit="Văn phòng", title="Nhận kỳ trước, xong trễ"))
    office.task(ago=60, due=-40, unit="Văn phòng", title="Nhận kỳ trước, quá hạn")
    office.task(ago=60, due=5, unit="Phòng Kinh tế", title="Nhận kỳ trước, còn hạn")
    office.done(office.task(ago=0, due=3, unit="Phòng Kinh tế", title="Xong sớm"))
    office.done(office.task(ago=0, due=0, title="Xong đúng hạn"))
    with office.agency.at_work():
        open_case(TASK.key, Opening(title="Không hạn, của không ai"))
    return office


def days(back):
    return (today() - timedelta(days=back)).isoformat()


def asked(**more):
    return {"kind": "casework.task", "by": "unit", "first": days(20), "last": days(0), **more}


def api(officer, **more):
    given = {"kind": "casework.task", "by": "unit", "period": f"{days(20)}..{days(0)}", **more}
    return officer.get("reports.api_figures", query=given).json


def test_a_report_tells_carried_over_received_done_and_open_and_adds_up(worked):
    found = api(worked.leader)
    total = found["total"]
    assert [total[key] for key in NUMBERS] == [3, 3, 3, 1, 1, 1, 3, 2, 1]
    assert total["carried"] + total["received"] == total["closed"] + total["open"]
    lines = {line["title"]: line["numbers"] for line in found["lines"]}
    assert set(lines) == {"Văn phòng", "Phòng Kinh tế", "Chưa ghi"}
    assert [lines["Văn phòng"][key] for key in ("carried", "late", "overdue")] == [2, 1, 1]
    for key in NUMBERS:
        assert sum(line[key] for line in lines.values()) == total[key], key


def test_every_number_leads_to_just_so_many_cases(worked):
    """Whatever is a link on the page opens a list of as many rows as it says."""
    page = worked.leader.get("reports.report", query=asked()).text
    links = re.findall(r'href="([^"]*/reports/cases\?[^"]*)">([\d.]+)</a>', page)
    assert len(links) > 15
    for url, number in links:
        rows = worked.leader.follow(unescape(url)).text
        assert rows.count("lt-peeks") == int(number), url


def test_what_is_carried_over_was_received_before_and_not_done_by_then(office):
    """The edge of the year: one of 14/12 is carried into the next year, one of 15/12 is received in it."""
    year = periods.whole_year(periods.report_year(today()))
    before, first = (today() - year.first).days + 1, (today() - year.first).days
    office.task(ago=before, due=400, title="Ngày 14/12")
    office.task(ago=first, due=400, title="Ngày 15/12")
    office.done(office.task(ago=before + 5, due=400, title="Xong ngày 14/12"), ago=before)
    office.done(office.task(ago=before + 5, due=400, title="Xong ngày 15/12"), ago=first)
    total = api(office.leader, period=year.key)["total"]
    assert (total["carried"], total["received"], total["closed"]) == (2, 1, 1)
    asked_for = {"kind": "casework.task", "period": year.key, "measure": "carried"}
    text = office.leader.get("reports.cases", query=asked_for).text
    assert "Ngày 14/12" in text
    assert "Xong ngày 15/12" in text
    assert ">Ngày 15/12" not in text


def test_the_meaning_of_each_number_stands_on_the_page(worked):
    page = worked.leader.get("reports.report", query=asked()).text
    assert "so theo ngày, không theo giờ" in page
    assert "nhận trước ngày đầu kỳ và tới ngày đó chưa xong" in page


def test_sectors_are_those_of_the_module_with_its_words(office):
    office.issue(sector="health")
    office.issue(sector="land")
    found = office.leader.get(
        "reports.api_figures", query={"kind": "press_issues.issue", "by": "sector"}
    ).json
    assert [(line["value"], line["title"], line["numbers"]["received"]) for line in found["lines"]] == [
        ("land", "Đất đai, môi trường", 1),
        ("health", "Y tế", 1),
    ]
    assert found["period"] == str(periods.report_year(today())), "this report is made by the year"


@pytest.mark.parametrize(
    "wrong", [{"period": "2026-13"}, {"by": "agency' OR 1"}, {"first": "hôm qua"}, {"measure": "all"}]
)  # fmt: skip
def test_an_address_that_asks_for_nonsense_is_refused_in_words(office, wrong):
    answer = office.leader.get("reports.cases", query={"kind": "casework.task", **wrong})
    assert answer.status_code == 400
    assert re.search("kỳ báo cáo không có|không chia theo|Ngày trong địa chỉ|con số không có", answer.text)


# ---- who sees what -------------------------------------------------------------------------------------------


def test_who_may_not_see_a_kind_of_cases_sees_none_of_its_numbers(office):
    office.issue()
    reader = office.agency.officer("reports.reader", "casework.officer")
    assert reader.get("reports.report", query={"kind": "press_issues.issue"}).status_code == 404
    assert reader.get("reports.cases", query={"kind": "press_issues.issue"}).status_code == 404
    assert "Sự việc báo nêu" not in reader.get("reports.reports").text
    assert api(reader, kind="", by="kind")["lines"] == []
    assert office.agency.officer("casework.officer").get("reports.report").status_code == 403


def test_a_restricted_case_is_counted_and_its_title_stays_hidden(office):
    office.task(ago=9, due=-3, title="Việc kín của lãnh đạo", restricted=True)
    reader = office.agency.officer("reports.reader", "casework.officer")
    assert api(reader)["total"]["overdue"] == 1
    page = reader.get("reports.cases", query={"kind": "casework.task"}).text
    assert "Việc kín" not in page
    assert "Còn 1 việc chỉ người liên quan thấy" in page
    assert "Việc kín" in office.leader.get("reports.cases", query={"kind": "casework.task"}).text
    assert "Việc kín" not in reader.get("reports.board").text


def test_another_agency_sees_nothing(worked, ground):
    other = ground.agency("press_issues").officer("reports.leader", "casework.leader")
    assert api(other)["total"]["open"] == 0
    snapshot = publish(worked)
    assert other.get("reports.snapshot", snapshot_id=snapshot).status_code == 404
    assert other.get("reports.late").status_code == 404


# ---- what was published --------------------------------------------------------------------------------------


def publish(office, **more):
    snapshot_id = uuid4()
    form = {
        "kind": "casework.task",
        "by": "unit",
        "period": f"{days(20)}..{days(0)}",
        "id": str(snapshot_id),
        **more,
    }
    answer = office.leader.post("reports.publish", form)
    assert answer.status_code == 303, answer.text
    assert office.leader.post("reports.publish", form).status_code == 303  # pressed twice, kept once
    return snapshot_id


def test_what_was_published_does_not_change_and_says_who_and_when(worked):
    snapshot = publish(worked)
    before = worked.leader.get("reports.snapshot", snapshot_id=snapshot).text
    worked.task(ago=2, due=-1, title="Sau khi chốt")
    after = worked.leader.get("reports.snapshot", snapshot_id=snapshot).text
    table = re.compile(r"<table.*?</table>", re.DOTALL)
    assert table.search(before)[0] == table.search(after)[0]
    assert api(worked.leader)["total"]["received"] == 4
    assert "Phạm Ngọc Anh chốt lúc" in after
    assert "/reports/cases" not in table.search(after)[0], "its cases may have moved on since"
    assert len(worked.sql("SELECT 1 FROM reports.snapshot")) == 1
    assert len(worked.sql("SELECT 1 FROM core.audit_entry WHERE object_id = %s", snapshot)) == 1
    for statement in ("UPDATE reports.snapshot SET title = 'x'", "DELETE FROM reports.snapshot"):
        with pytest.raises(Exception, match="permission denied"):
            worked.sql(statement)


def test_a_snapshot_of_all_kinds_is_for_those_who_see_all_of_them(worked):
    worked.issue()
    snapshot = publish(worked, kind="", by="kind")
    reader = worked.agency.officer("reports.reader", "casework.officer")
    assert reader.get("reports.snapshot", snapshot_id=snapshot).status_code == 403
    assert "Tổng hợp mọi loại việc" not in reader.get("reports.reports").text
    assert reader.post("reports.publish", {"id": str(uuid4())}).status_code == 403


def test_the_list_of_what_was_published_shows_each_reader_theirs_however_many_others_are_newer(
    worked, monkeypatch
):
    monkeypatch.setattr(queries, "SNAPSHOTS", 2)
    worked.issue()
    mine = publish(worked)
    publish(worked, by="agency")
    for _number in range(3):
        publish(worked, kind="press_issues.issue")
    page = worked.agency.officer("reports.reader", "casework.officer").get("reports.reports").text
    assert re.findall(r"/reports/snapshots/([0-9a-f-]{36})", page) == [str(mine)]


def test_sample_data_holds_reports_that_a_leader_published_as_each_month_was_over(office):
    for _again in range(2):
        seeded(demo.seed, office.agency, (office.leader, office.lan))
    kept = office.sql("SELECT made_by, first, last, made_at FROM reports.snapshot ORDER BY first")
    assert len(kept) == demo.MONTHS
    for person_id, first, last, made_at in kept:
        assert person_id == office.leader.person_id
        assert first < last < made_at.date() <= last + timedelta(days=12)
    page = office.leader.get("reports.reports").text
    assert "Chưa chốt báo cáo nào" not in page


def test_reports_of_sample_data_hold_the_numbers_of_their_period(office):
    def seed(make):
        casework_demo.seed(make)
        demo.seed(make)

    seeded(seed, office.agency, (office.leader, office.lan))
    with office.agency.at_work():
        checking.repair()
    kept = office.sql("SELECT period, content FROM reports.snapshot ORDER BY first")
    assert len(kept) == demo.MONTHS
    with office.leader.working() as ctx:
        now = [documents.table(asking.asked(ctx, {"period": period})) for period, _content in kept]
    received = now[0].keys.index("received")
    assert sum(each.total[received] for each in now)
    assert [content["total"] for _period, content in kept] == [each.total for each in now]


def test_excel_and_pdf_say_what_the_page_says(worked):
    sheet = load_workbook(io.BytesIO(worked.leader.get("reports.report_excel", query=asked()).content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("Đơn vị", "Kỳ trước chuyển sang", "Nhận trong kỳ")
    total = next(row for row in rows if row[0] == "Tất cả")
    assert list(total[1:10]) == [3, 3, 3, 1, 1, 1, 3, 2, 1]
    assert any(row[0] == "Xong trễ" and "sau ngày đến hạn" in str(row[1]) for row in rows)
    said = text_of(worked.leader.get("reports.report_pdf", query=asked()).content)
    for word in (
        "Việc được giao",
        "Văn phòng",
        "Kỳ trước chuyển sang",
        "Tất cả 3 3 3 1 1 1 3 2 1",
        "Cách tính",
    ):
        assert word in said
    snapshot = publish(worked)
    worked.task(ago=2, due=-1)
    kept = text_of(worked.leader.get("reports.snapshot_pdf", snapshot_id=snapshot).content)
    assert "Tất cả 3 3 3 1 1 1 3 2 1" in kept
    assert "Phạm Ngọc Anh chốt lúc" in kept
    assert worked.leader.get("reports.snapshot_excel", snapshot_id=snapshot).status_code == 200


# ---- leaders -------------------------------------------------------------------------------------------------


def test_from_the_red_figure_to_the_late_case_and_its_reason(worked):
    board = worked.leader.get("reports.board").text
    assert "1 việc đang quá hạn" in board
    assert re.search(r"Đến \d\d?/\d\d? \d\d:\d\d\.", board), (
        "the moment it was counted at, not that it was now"
    )
    assert "Nhận kỳ trước, quá hạn" in board
    url = unescape(re.search(r'<li class="late"><a href="([^"]+)"', board)[1])
    listed = worked.leader.follow(url).text
    assert "Chưa bắt đầu" in listed or "Mới" in listed or "Chờ" in listed
    case = unescape(re.search(r'<th scope="row"><a href="([^"]+)">Nhận kỳ trước, quá hạn', listed)[1])
    assert "Quá hạn" in worked.leader.follow(case).text
    why = unescape(re.search(r'href="([^"]+by=state[^"]+)"', board)[1])
    assert "Nhận kỳ trước, quá hạn" in worked.leader.follow(why).text


def test_who_has_left_is_named_so_behind_a_number_and_on_the_leaders_page(office):
    office.task(ago=30, due=-3)
    board = office.leader.get("reports.board").text
    url = unescape(re.search(r'href="([^"]+by=state[^"]+)"', board)[1])
    assert "không còn nhận việc" not in office.leader.follow(url).text
    office.sql("UPDATE tenants.person SET disabled_at = now() WHERE id = %s", office.lan.person_id)
    assert "Hoàng Thị Lan, không còn nhận việc" in office.leader.follow(url).text
    assert "Hoàng Thị Lan, không còn nhận việc" in office.leader.get("reports.board").text


def test_why_it_is_late_is_told_in_words_that_fit_every_kind(office):
    office.task(ago=30, due=-3)
    office.move(office.task(ago=30, due=-3), "report")
    board = office.leader.get("reports.board", query={"kind": "casework.task"}).text
    assert "Mới, chưa xử lý" in board
    assert ">Chờ duyệt<" in board
    for words in ("Chờ chỉ đạo", "chờ ký"):
        assert words not in board, words


def test_the_board_counts_as_the_report_and_looks_a_week_back_and_ahead(office):
    office.task(ago=30, due=-20)
    office.task(ago=30, due=-3)
    office.task(ago=30, due=2)
    board = office.leader.get("reports.board").text
    assert "2 việc đang quá hạn" in board
    assert "Thêm 1 việc quá hạn so với tuần trước." in board
    assert re.search(r"<b>1</b><span>sẽ quá hạn trong 7 ngày tới", board)


def medians(officer, **query):
    """Return the median days late as the leaders' page tells it, and of how many cases."""
    text = officer.get("reports.board", query={"kind": "casework.task", **query}).text
    return re.search(r"<b>([^<]+)</b><span>trung vị số ngày trễ, của (\d+) việc<", text).groups()


def test_the_median_of_days_late_counts_what_ended_late_and_what_is_overdue(office, province):
    top, _beside = province
    gather(top)
    leader = top.officer("reports.leader", "casework.leader")
    assert medians(office.leader) == medians(leader, scope="below") == ("–", "0")
    office.done(office.task(ago=30, due=-2))  # ended today, 2 days late
    office.done(office.task(ago=30, due=3))  # early
    office.done(office.task(ago=400, due=-390), ago=380)  # late by 10 days, in another period
    office.task(ago=30, due=-5)
    office.task(ago=30, due=5)
    assert medians(office.leader) == ("3,5 ngày", "2")
    office.task(ago=30, due=-9)
    gather(top)
    assert medians(office.leader) == medians(leader, scope="below") == ("5 ngày", "3")
    board = office.leader.get("reports.board", query={"kind": "casework.task"}).text
    behind = re.search(r'href="([^"]+measure=lateness[^"]*)"', board)[1].replace("&amp;", "&")
    page = office.leader.follow(behind).text
    assert len(re.findall(r'<th scope="row">', page)) == 3, "the list behind it holds the same"


@pytest.fixture
def province(ground, office):
    """An agency above the one of `office`, and one beside it."""
    top, beside = ground.agency("press_issues", kind="province"), ground.agency("press_issues")
    for agency in (office.agency, beside):
        with agency.at_work():
            db.execute_sql(
                "UPDATE tenants.tenant_version SET parent_id = %s WHERE tenant_id = %s",
                (top.info.id, agency.info.id),
            )
    return top, beside


def gather(agency):
    with agency.in_background():
        return gathering.gather()


def test_figures_that_are_gathered_twice_at_once_count_once(worked, province):
    top, _beside = province
    twice = [lambda: gather(top)] * 2
    assert crossed(gathering, "_store", *twice) == []
    with top.at_work():
        told = db.execute_sql(
            "SELECT count(*), count(DISTINCT (kind, dimension, value, day)) FROM reports.below"
        ).fetchone()
        assert told[0] == told[1] > 0
        assert gathering.Gathered.select().count() == 1


def test_a_superior_sees_the_agencies_below_as_they_were_gathered(worked, province):
    top, beside = province
    assert gather(top) == 3
    leader = top.officer("reports.leader", "casework.leader", "press_issues.leader")
    board = leader.get("reports.board", query={"scope": "below"}).text
    assert "1 việc đang quá hạn" in board
    assert "Nhận kỳ trước, quá hạn" in board
    assert worked.agency.info.name in unescape(board)
    lines = leader.get(
        "reports.api_figures", query={"by": "agency", "period": f"{days(20)}..{days(0)}"}
    ).json["lines"]
    assert [(line["value"], line["numbers"]["overdue"]) for line in lines] == [
        (str(worked.agency.info.id), 1)
    ]
    late = leader.get("reports.late").text
    assert "Nhận kỳ trước, quá hạn" in late
    assert 'data-label="Hạn"' in late, "a phone shows no heads"
    assert "/casework/tasks/" not in late, "a case of another agency is not theirs to open"
    # Gathered again it is the same.
    gather(top)
    assert "1 việc đang quá hạn" in leader.get("reports.board", query={"scope": "below"}).text
    clerk = top.officer("reports.reader", "casework.leader")
    assert "Các cơ quan trực thuộc" not in clerk.get("reports.board", query={"scope": "below"}).text
    assert clerk.get("reports.late").status_code == 403
    assert clerk.get("reports.report", query={"by": "agency"}).status_code == 400
    assert gather(beside) == 0


def test_gathering_leaves_the_title_of_a_restricted_case_where_it_is(office, province):
    top, _beside = province
    office.task(ago=9, due=-3, title="Việc kín của lãnh đạo", restricted=True)
    gather(top)
    leader = top.officer("reports.leader", "casework.leader")
    assert "Việc kín" not in leader.get("reports.late").text
    assert "Việc chỉ người liên quan thấy" in leader.get("reports.late").text
    with top.at_work():
        (kept,) = db.execute_sql("SELECT late::text FROM reports.gathered").fetchone()
    assert "kín" not in kept


def test_counters_are_written_in_their_own_agency_alone(office, ground):
    other = ground.agency()
    office.task()
    with office.agency.at_work(), scope(other.info.id), db.atomic():
        assert db.execute_sql("SELECT count(*) FROM reports.tally").fetchone()[0] == 0
    with db.connection_context(), reading([office.agency.info.id]), pytest.raises(ScopeError):
        recount()
