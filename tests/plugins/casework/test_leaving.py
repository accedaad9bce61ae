"""Before somebody leaves, or a department closes, its page says what they would leave undone."""

from uuid import uuid4

import pytest

from core.db import db
from plugins.casework.models import Assignment
from plugins.casework.tasks.services import open_task
from plugins.casework.work.leaving import WorkLeft, unfinished
from tenants.resources.console import _effects_of_suspending
from tests.plugins.casework.test_legs import Pair
from tests.support.modules import OTHER_UNIT


@pytest.fixture
def busy(agency):
    """An officer with two tasks, one of them overdue, and their leader."""
    leader, lan = agency.officer("casework.leader"), agency.officer("casework.officer", name="Hoàng Thị Lan")
    with leader.working() as ctx:
        for title in ("Một", "Hai"):
            said = {"id": uuid4(), "title": title, "text": "", "person_id": lan.person_id, "due": None}
            case = open_task(ctx, {**said, "restricted": title == "Hai"})
        Assignment.update(due_at=db_yesterday()).where(Assignment.case_id == case.id).execute()
    return lan


def db_yesterday():
    return db.execute_sql("SELECT now() - interval '1 day'").fetchone()[0]


def test_the_plan_of_ending_a_post_counts_what_is_left(agency, busy):
    admin = agency.officer("tenants.admin")
    (post_id,) = ids(agency, "SELECT id FROM tenants.membership WHERE person_id = %s", busy.person_id)
    page = admin.get("tenants.post_end", post_id=post_id).text
    assert "Còn 2 việc chưa xong, trong đó 1 việc quá hạn." in page
    assert "Hai" not in page, "an administrator may not read of a case"
    (own,) = ids(agency, "SELECT id FROM tenants.membership WHERE person_id = %s", admin.person_id)
    assert "việc chưa xong" not in admin.get("tenants.post_end", post_id=own).text


def test_the_page_of_a_department_counts_what_waits_in_it(agency, busy):
    admin = agency.officer("tenants.admin")
    unit_id = agency.units[OTHER_UNIT]
    assert "việc chưa xong" not in admin.get("tenants.unit", unit_id=unit_id).text
    with agency.at_work():
        Assignment.update(person_id=None, unit_id=unit_id).where(
            Assignment.person_id == busy.person_id
        ).execute()
    assert "Còn 2 việc chưa xong" in admin.get("tenants.unit", unit_id=unit_id).text


def test_the_plan_of_suspending_an_agency_counts_what_needs_no_module_that_is_switched(agency, busy):
    with agency.at_work():
        before = [each.text for each in _effects_of_suspending(agency.info)]
        db.execute_sql("UPDATE casework.case_base SET closed_at = now() WHERE title = 'Một'")
        after = [each.text for each in _effects_of_suspending(agency.info)]
    assert "Vụ việc và thời hạn: Còn 2 việc được giao chưa xong" in before
    assert "Vụ việc và thời hạn: Còn 1 việc được giao chưa xong" in after


def test_the_plan_of_suspending_counts_legs_that_came_in_untaken_and_those_that_were_sent(ground):
    pair = Pair(ground)
    pair.send()
    taken = pair.send()
    pair.take(taken)
    counted = []
    for each in (pair.office, pair.ward):
        with each.at_work():
            counted += [one.text for one in unfinished(each.info)]
    assert "Còn 2 việc cơ quan khác gửi đến chưa xong" in counted
    assert "Còn 2 chặng gửi cơ quan khác chưa xong" in counted
    pair.answer(taken)
    with pair.office.at_work():
        assert [one.text for one in unfinished(pair.office.info)] == [
            "Còn 1 việc cơ quan khác gửi đến chưa xong"
        ]


def ids(agency, sql, *values):
    with agency.at_work():
        return [row[0] for row in db.execute_sql(sql, values).fetchall()]


def test_what_is_due_earlier_today_is_not_late_yet(agency, busy):
    with agency.at_work():
        today = db.execute_sql(
            "SELECT tenants.today()::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'"
        ).fetchone()[0]
        Assignment.update(due_at=today).where(Assignment.person_id == busy.person_id).execute()
        told = WorkLeft().left(person_id=busy.person_id)
    assert "trong đó 0 việc quá hạn" in told
