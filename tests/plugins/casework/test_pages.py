"""The calculator and the calendars, as officers, administrators and the operator use them."""

import re
from datetime import UTC, date, datetime

import pytest

from core.api import format_date
from core.db import PLATFORM, db, scope
from plugins.casework.deadlines import calendar_services, jobs, queries, resources_calendar
from tests.plugins.casework.conftest import due_text, start
from tests.tenants import pages

ASKED = {"day": "26/8/2026", "at": "9:00", "amount": "5", "unit": "wd"}
STORM = {"kind": "off", "day": "27/8/2026", "part": "day", "name": "Nghỉ bão số 5", "ground": "Công điện 12"}
COUNTRY = {**STORM, "kind": "holiday", "day": "26/3/2031", "name": "Ngày hội của cả nước"}


@pytest.fixture
def operator(ground):
    return pages.operator(ground)


@pytest.fixture
def tidy():
    """Take the days of 2031 out of the country's calendar again."""
    yield
    with db.connection_context(), db.atomic():
        db.execute_sql(
            "UPDATE casework.national_day SET removed_at = now(), removed_number = nextval('casework.calendar_number') "
            "WHERE day >= '2031-01-01' AND removed_number IS NULL"
        )


def test_the_calculator_answers_at_an_address_that_can_be_sent_on(agency):
    lan = agency.officer()
    assert "Hạn và lý do hiện ở đây" in lan.get("casework.deadline").text
    page = lan.get("casework.deadline", query=ASKED).text
    assert "Hạn là 09:00 thứ Hai 07/9/2026" in page
    for part in (
        "Vì sao hạn là 07/9",
        f"{format_date(date(2026, 8, 31))} nghỉ hoán đổi",
        "Quốc khánh",
        '<li class="due">',
        "5 hạn",
    ):
        assert part in page
    shared = re.search(r'class="end" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert "Hạn là 09:00 thứ Hai 07/9/2026" in lan.follow(shared).text


def test_what_takes_long_is_told_by_month(agency):
    page = agency.officer().get("casework.deadline", query={**ASKED, "amount": "60"}).text
    assert '<ol class="cw-days">' not in page
    assert "Tháng 9/2026: 20 ngày làm việc, 10 ngày nghỉ" in page


@pytest.mark.parametrize("amount", ["", "99"])
def test_within_the_day_no_amount_is_asked(agency, amount):
    asked = {**ASKED, "unit": "sd", "amount": amount}
    first, again = (
        agency.officer().get("casework.deadline", query={**asked, "amount": each}) for each in ("1", amount)
    )
    assert again.status_code == 200
    assert re.search("Hạn là [^<]+", again.text)[0] == re.search("Hạn là [^<]+", first.text)[0]


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"day": "31/2/2026"}, "day", "Ngày chưa đúng"),
        ({"day": ""}, "day", "Chưa nhập"),
        ({"day": "1/1/1999"}, "day", "Ngoài lịch làm việc"),
        ({"at": "25:00"}, "at", "Giờ chưa đúng"),
        ({"amount": "năm"}, "amount", "Chỉ nhập số nguyên"),
        ({"amount": "0"}, "amount", "Thời hạn từ 1"),
        ({"amount": "-3"}, "amount", "Nhập số nguyên từ 1 trở lên."),
        ({"unit": "tuần"}, "unit", "chọn lại"),
    ],
)
def test_a_question_that_cannot_be_answered_comes_back_as_it_was_typed(agency, change, field, told):
    answer = agency.officer().get("casework.deadline", query={**ASKED, **change})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert told in answer.text
    typed = next(iter(change.values()))
    assert field == "unit" or f'value="{typed}"' in answer.text


def test_every_officer_sees_the_calendar_and_only_its_keeper_changes_it(agency, keeper):
    page = agency.officer().get("casework.calendar", query={"year": "2026"}).text
    assert "Tết Nguyên đán" in page
    assert "calendar/new" not in page
    assert agency.officer().get("casework.calendar_new").status_code == 403
    form = keeper.get("casework.calendar_new").text.partition("<main")[2].partition("</main>")[0]
    assert "Xem trước thay đổi" in form
    assert "Ctrl" not in form, "lt.js sends forms by that key which are posted"
    assert "calendar/new" in keeper.get("casework.calendar", query={"year": "2026"}).text
    assert "chưa được nhập" in keeper.get("casework.calendar", query={"year": "2040"}).text


def test_a_day_is_planned_with_what_moves_then_added(agency, keeper):
    with agency.at_work():
        clock = start("2026-08-26T09:00", title="VG-2026-0001 Trả lời kiến nghị")
    plan = keeper.get("casework.calendar_plan", query=STORM).text
    for part in (
        "1 thời hạn đang chạy thay đổi: 1 lùi lại",
        "VG-2026-0001",
        "09:00 thứ Ba 08/9/2026",
        "đã qua",
    ):
        assert part in plan
    assert due_text(agency, clock) == "2026-09-07 09:00"
    assert keeper.post("casework.calendar_plan", STORM).status_code == 303
    with agency.in_background():
        jobs.replay()
    assert due_text(agency, clock) == "2026-09-08 09:00"
    assert "Nghỉ bão số 5" in keeper.get("casework.calendar", query={"year": "2026"}).text
    again = keeper.post("casework.calendar_plan", STORM)
    assert again.status_code == 422
    assert "đã có trong lịch: Nghỉ bão số 5" in again.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ground": ""}, "ground"), ({"name": " "}, "name"), ({"day": "mai"}, "day"), ({"day": "1/1/1990"}, "day"),
        ({"kind": "swap"}, "pair"), ({"kind": "swap", "pair": STORM["day"]}, "pair"), ({"kind": "lễ"}, "kind"),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_comes_back_with_all_that_was_typed(keeper, change, field):
    for answer in (
        keeper.get("casework.calendar_plan", query={**STORM, **change}),
        keeper.post("casework.calendar_plan", {**STORM, **change}),
    ):
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        assert field == "name" or "Nghỉ bão số 5" in answer.text


def test_taking_a_day_out_asks_for_the_ground(agency, keeper):
    keeper.post("casework.calendar_plan", STORM)
    with agency.at_work():
        (row,) = [row for row in queries.days_of(2026, own=True) if row.own]
    assert "Bỏ Nghỉ bão số 5" in keeper.get("casework.calendar_remove", day_id=row.id).text
    assert keeper.post("casework.calendar_remove", {"ground": ""}, day_id=row.id).status_code == 422
    assert (
        keeper.post("casework.calendar_remove", {"ground": "Công điện 13"}, day_id=row.id).status_code == 303
    )
    assert "căn cứ Công điện 13" in keeper.get("casework.calendar", query={"year": "2026"}).text
    assert keeper.post("casework.calendar_remove", {"ground": "Lần nữa"}, day_id=row.id).status_code == 404


def test_a_swap_is_named_as_one_act(agency, keeper):
    swap = {**STORM, "kind": "swap", "day": "2026-08-27", "pair": "2026-08-29", "name": "Hoán đổi hai"}
    assert (
        "Hoán đổi 27/8 lấy 29/8/2026 (Hoán đổi hai)?" in keeper.get("casework.calendar_plan", query=swap).text
    )
    keeper.post("casework.calendar_plan", swap)
    with agency.at_work():
        rows = [row for row in queries.days_of(2026, own=True) if row.own]
    for row in rows:
        page = keeper.get("casework.calendar_remove", day_id=row.id).text
        assert "Bỏ hoán đổi 27/8 lấy 29/8/2026 (Hoán đổi hai)?" in page


def test_who_takes_a_day_out_too_late_is_told(agency, keeper, monkeypatch):
    keeper.post("casework.calendar_plan", STORM)
    with agency.at_work():
        (row,) = [row for row in queries.days_of(2026, own=True) if row.own]
        change = calendar_services.plan_removal(row.id, own=True)
        calendar_services.apply_here(change, ground="Công điện 13")
    monkeypatch.setattr(calendar_services, "plan_removal", lambda day_id, *, own: change)
    answer = keeper.post("casework.calendar_remove", {"ground": "Công điện 13"}, day_id=row.id)
    assert answer.status_code == 422
    assert "Người khác vừa bỏ ngày này khỏi lịch." in answer.text


def test_days_are_those_of_the_agency_while_utc_is_still_in_yesterday(agency, keeper, monkeypatch):
    class Early(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 8, 26, 18, 0, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(resources_calendar, "datetime", Early)
    assert "27/8/2026 đã qua" in keeper.get("casework.calendar_plan", query=STORM).text


def test_the_own_days_of_an_agency_are_nobody_elses(ground, agency, keeper):
    keeper.post("casework.calendar_plan", STORM)
    other = ground.agency()
    with agency.at_work():
        (row,) = [row for row in queries.days_of(2026, own=True) if row.own]
    stranger = other.officer("tenants.admin")
    assert "bão" not in stranger.get("casework.calendar", query={"year": "2026"}).text
    assert stranger.get("casework.calendar_remove", day_id=row.id).status_code == 404


def test_the_operator_sees_agencies_and_dates_but_no_titles_and_every_agency_follows(
    ground, agency, operator, tidy
):
    other = ground.agency()
    for each in (agency, other):
        with each.at_work():
            start("2031-03-25T09:00", title="Việc của riêng cơ quan")
    plan = operator.get("casework.national_plan", query=COUNTRY)
    assert plan.status == 200
    assert agency.info.name in plan.text
    assert "Việc của riêng cơ quan" not in plan.text
    assert operator.post("casework.national_plan", COUNTRY).status == 303
    with db.connection_context(), scope(PLATFORM), db.atomic():
        waiting = db.execute_sql(
            "SELECT queue_name FROM jobs.procrastinate_jobs WHERE task_name = %s AND status = 'todo'",
            (calendar_services.REPLAY,),
        ).fetchall()
        day = next(row for row in queries.days_of(2031, own=False) if row.day == date(2031, 3, 26))
    assert {(str(agency.info.id),), (str(other.info.id),)} <= set(waiting)
    assert "Ngày hội của cả nước" in agency.officer().get("casework.calendar", query={"year": "2031"}).text
    assert operator.post("casework.national_remove", {"ground": "QĐ 9"}, day_id=day.id).status == 303
