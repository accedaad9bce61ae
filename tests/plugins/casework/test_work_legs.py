""" "Chờ nơi khác": what waits for other agencies, since when and until when, and comes back with their answers."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from core.api import format_date
from plugins.casework.cases import assigning
from plugins.casework.legs import services as legs
from plugins.casework.legs.services import Sending
from plugins.casework.models import Assignment, Case, Leg
from plugins.casework.work.queries import start_of_today
from tests.plugins.casework.test_legs import ASK, Pair
from tests.plugins.casework.test_work import counts, titles


@pytest.fixture
def pair(ground):
    return Pair(ground)


def due(pair, case, days):
    with pair.ward.at_work():
        moment = datetime.now(UTC) + timedelta(days=days)
        Case.update(due_at=moment).where(Case.id == case.id).execute()
        Assignment.update(due_at=moment).where(Assignment.case_id == case.id).execute()


def stand(pair):
    """Return what the leader has to do, and what waits elsewhere."""
    counted = counts(pair.leader)
    mine, elsewhere = titles(pair.leader), titles(pair.leader, group="waiting")
    assert (counted.open, counted.waiting) == (len(mine), len(elsewhere)), (
        "counters count what the list shows"
    )
    return mine, elsewhere


def test_a_case_waits_with_the_agency_since_when_and_until_when_and_comes_back_with_the_answer(pair):
    case = pair.case("Sửa đường")
    due(pair, case, 9)
    assert stand(pair) == (["Sửa đường"], [])
    until = datetime.now(UTC) + timedelta(days=4)
    leg_id = pair.send(case, due=until)
    assert stand(pair) == ([], ["Sửa đường"])
    page = unescape(pair.leader.get("casework.work").text)
    assert f"chờ {pair.leg(leg_id).receiver} từ " in page
    assert f"hạn {format_date(until)}" in page
    pair.take(leg_id)
    assert stand(pair) == ([], ["Sửa đường"])
    pair.answer(leg_id)
    assert stand(pair) == (["Sửa đường"], [])
    with pair.leader.working() as ctx:
        legs.ask_again(ctx, leg_id, "Thiếu số liệu")
    assert stand(pair) == ([], ["Sửa đường"])
    pair.answer(leg_id)
    with pair.leader.working() as ctx:
        legs.accept_answer(ctx, leg_id)
    assert stand(pair) == (["Sửa đường"], [])


def test_of_several_the_first_that_comes_back_brings_the_case_back(pair):
    case = pair.case("Sửa đường")
    due(pair, case, 9)
    first, _second = pair.send(case), pair.send(case, to=pair.third)
    page = unescape(pair.leader.get("casework.work").text)
    assert page.count("chờ ") >= 2
    with pair.clerk.working() as ctx:
        legs.return_leg(ctx, first, "Không thuộc thẩm quyền")
    assert stand(pair) == (["Sửa đường"], []), "somebody else must be asked"
    with pair.leader.working() as ctx:
        legs.send_leg(
            ctx, case.id, Sending(purpose="casework.part", ask=ASK, receiver_id=pair.office.info.id)
        )
    assert stand(pair) == ([], ["Sửa đường"])


def test_what_has_come_back_and_what_is_still_out_stand_in_one_row(pair):
    case = pair.case("Sửa đường")
    due(pair, case, 9)
    answered, late = pair.send(case), pair.send(case, to=pair.third)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with pair.ward.at_work():
        Leg.update(due_at=yesterday).where(Leg.id == late).execute()
    pair.take(answered)
    pair.answer(answered)
    assert stand(pair) == (["Sửa đường"], [])
    page = unescape(pair.leader.get("casework.work").text)
    assert "1 trả lời chờ xem; " in page
    assert f"chờ {pair.leg(late).receiver} từ " in page
    assert f"quá hạn {format_date(yesterday)}" in page
    assert f"chờ {pair.leg(answered).receiver}" not in page
    with pair.leader.working() as ctx:
        legs.accept_answer(ctx, answered)
    assert "chờ xem" not in unescape(pair.leader.get("casework.work").text)


def test_what_is_over_its_own_day_is_the_holders_to_chase_and_says_for_whom_it_waits(pair):
    case = pair.case("Sửa đường")
    due(pair, case, -2)
    leg_id = pair.send(case, due=datetime.now(UTC) + timedelta(days=1))
    with pair.ward.at_work():
        Leg.update(due_at=datetime.now(UTC) - timedelta(days=1)).where(Leg.id == leg_id).execute()
    assert stand(pair) == (["Sửa đường"], [])
    assert counts(pair.leader).late == 1
    page = unescape(pair.leader.get("casework.work").text)
    assert f"chờ {pair.leg(leg_id).receiver} từ " in page
    assert "quá hạn " in page
    assert titles(pair.leader, role="lead") == ["Sửa đường"]


def test_what_is_only_to_be_known_and_work_of_others_moves_nothing(pair):
    case = pair.case("Sửa đường")
    due(pair, case, 9)
    pair.send(case, purpose="casework.notify")
    assert stand(pair) == (["Sửa đường"], [])
    leg_id = pair.send(case)
    pair.take(leg_id)
    assert len(titles(pair.vinh)) == 1, "the receiver's own work is theirs"


def test_what_waits_is_never_among_what_is_to_do_whatever_the_role(pair):
    waits, goes_on = pair.case("Sửa đường"), pair.case("Thay cống")
    for case in (waits, goes_on):
        due(pair, case, 9)
    pair.send(waits)
    deputy = pair.ward.officer("casework.leader", name="Trần Thị Bình")
    with pair.leader.working() as ctx:
        day = start_of_today().date()
        assigning.delegate(ctx, deputy.person_id, since=day, until=day, reason="Đi công tác")
    lists = {
        (name, role, group): titles(who, role=role, group=group)
        for name, who in (("leader", pair.leader), ("deputy", deputy))
        for role in ("", "lead", "co", "unit", "away")
        for group in ("", "waiting")
    }
    for name, role in (("leader", ""), ("leader", "lead"), ("deputy", ""), ("deputy", "away")):
        assert (lists[name, role, ""], lists[name, role, "waiting"]) == (["Thay cống"], ["Sửa đường"])
    assert not any(
        lists[name, role, "waiting"]
        for name, role in (("leader", "co"), ("leader", "unit"), ("deputy", "lead"))
    )
    for (name, role, group), found in lists.items():
        counted = counts(pair.leader if name == "leader" else deputy, role=role)
        assert (counted.waiting if group else counted.open) == len(found), (
            "counters count what the list shows"
        )


def test_the_headings_say_what_is_counted(pair):
    waits, goes_on = pair.case("Sửa đường"), pair.case("Thay cống")
    for case in (waits, goes_on):
        due(pair, case, 9)
    pair.send(waits)
    page = unescape(pair.leader.get("casework.work").text)
    assert page.index("Tất cả phải làm") < page.index("Chờ nơi khác")
    assert "1 việc, ngoài số phải làm" in page
    alone = unescape(pair.leader.get("casework.work", query={"group": "waiting"}).text)
    assert "ngoài số phải làm" not in alone
    lead = unescape(pair.leader.get("casework.work", query={"role": "lead"}).text)
    assert "1 việc, ngoài số phải làm" in lead
