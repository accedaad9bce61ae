"""With which unit a case lies: with that of whoever was chosen to deal with it or took it, also while others approve it and after its end."""

from functools import partial

import pytest

from core import audit
from core.db import db
from plugins.casework.cases import assigning, queries
from plugins.casework.cases import services as case_services
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.opening import Opening, open_case
from plugins.casework.cases.services import Move
from plugins.casework.tasks.kind import TASK
from plugins.casework.work import services as work
from plugins.casework.workflows.kinds import store
from plugins.casework.workflows.services import move_cases_over
from tenants import services as tenants
from tests.plugins.casework.test_cases import Office, move
from tests.plugins.casework.test_opening import counted
from tests.plugins.casework.test_workflows import changed
from tests.support.modules import OTHER_UNIT, UNIT


class Offices(Office):
    """The same, with somebody of another unit."""

    def __init__(self, agency):
        super().__init__(agency)
        self.binh = agency.officer("casework.officer", unit=OTHER_UNIT, name="Trần Văn Bình")

    def lies_with(self, case):
        """Return the name of the unit a case lies with."""
        with self.agency.at_work():
            unit_id = queries.case(case.id).unit_id
        return next((name for name, each in self.agency.units.items() if each == unit_id), None)

    def lead_of(self, case):
        with self.agency.at_work():
            (found,) = queries.open_assignments(case.id)
        return found.id

    def reassign(self, case, **to):
        with self.leader.working() as ctx:
            assigning.reassign(ctx, case.id, Receiver(**to))

    def post(self, officer, unit, *roles):
        """Give somebody a further post."""
        with self.agency.at_work():
            tenants.grant_post(
                tenants.Authority.operator(),
                officer.person_id,
                self.agency.units[unit],
                "Kiêm nhiệm",
                roles=roles,
            )


@pytest.fixture
def office(agency):
    return Offices(agency)


def given_by_rule(office, key, **rule):
    """Let the agency say who gets tasks after a step."""
    with office.agency.at_work():
        store(TASK, changed(key, **rule), number=9, own=True)


def test_what_is_opened_lies_with_whoever_has_it(office):
    assert office.lies_with(office.task(office.binh)) == OTHER_UNIT
    assert office.lies_with(office.task(office.leader)) == UNIT
    with office.leader.working():
        pile = open_case(
            TASK.key, Opening(title="Của phòng", to=Receiver(unit_id=office.agency.units[OTHER_UNIT]))
        )
        kept = open_case(TASK.key, Opening(title="Tự làm"))
    assert (office.lies_with(pile), office.lies_with(kept)) == (OTHER_UNIT, UNIT)


def test_page_and_list_say_where_it_lies(office):
    case = office.task(office.binh)
    assert f"Đơn vị giữ</dt><dd>{OTHER_UNIT}" in office.leader.get(
        "casework.task", case_id=case.id
    ).text.replace("\n", "")
    for unit, found in ((OTHER_UNIT, True), (UNIT, False)):
        listed = office.leader.get("casework.tasks", query={"unit": str(office.agency.units[unit])}).text
        assert (case.code in listed) is found


@pytest.mark.parametrize("how", ["step", "again", "unit", "bulk"])
def test_it_goes_with_whoever_is_chosen_and_comes_back_when_pulled_back(office, how):
    case = office.task()
    if how == "step":
        move(office.lan, case, "hand_over", to=Receiver(office.binh.person_id))
    elif how == "again":
        office.reassign(case, person_id=office.binh.person_id)
    elif how == "unit":
        office.reassign(case, unit_id=office.agency.units[OTHER_UNIT])
    else:
        with office.leader.working() as ctx:
            work.give_on(ctx, [office.lead_of(case)], Receiver(office.binh.person_id))
    assert office.lies_with(case) == OTHER_UNIT
    who, lead = office.lan if how == "step" else office.leader, office.lead_of(case)
    with who.working() as ctx:
        assigning.pull_back(ctx, lead)
    assert office.lies_with(case) == UNIT


def test_what_was_opened_for_somebody_else_comes_back_to_the_unit_that_opened_it(office):
    case = office.task(office.binh)
    lead = office.lead_of(case)
    with office.leader.working() as ctx:
        assigning.pull_back(ctx, lead)
    assert office.lies_with(case) == UNIT


def test_a_closed_case_stays_with_the_unit_that_dealt_with_it(office):
    case = office.task(office.binh)
    seen = []
    for who, key in (
        (office.binh, "report"),
        (office.leader, "send_back"),
        (office.binh, "report"),
        (office.leader, "approve"),
    ):
        move(who, case, key, note="Xong")
        seen.append(office.lies_with(case))
    assert seen == [OTHER_UNIT] * 4


@pytest.mark.parametrize("rule", ["chosen", "role", "person", "unit"])
def test_whoever_approves_does_not_get_it_for_their_unit(office, rule):
    boss = office.agency.officer("casework.leader", unit=UNIT, name="Phan Văn Trị")
    to = {
        "chosen": {"gives": "ask"}, "role": {"gives": "role", "to": "casework.leader"},
        "person": {"gives": "person", "to": str(boss.person_id)},
        "unit": {"gives": "fixed_unit", "to": str(office.agency.units[UNIT])},
    }  # fmt: skip
    given_by_rule(office, "report", **to[rule])
    case = office.task(office.binh)
    move(office.binh, case, "report", note="Xong", to=Receiver(boss.person_id) if rule == "chosen" else None)
    assert office.lies_with(case) == OTHER_UNIT
    lead = office.lead_of(case)
    if rule == "unit":
        with boss.working() as ctx:
            assigning.take(ctx, lead)
    else:
        office.reassign(case, person_id=office.lan.person_id)
    assert office.lies_with(case) == OTHER_UNIT, "somebody else approves it now"


def test_a_clerk_whom_a_rule_names_gets_it_without_their_unit(office):
    given_by_rule(office, "hand_over", gives="role", to="casework.leader")
    case = office.task(office.binh)
    move(office.binh, case, "hand_over")
    assert office.lies_with(case) == OTHER_UNIT


def test_what_a_rule_gives_to_a_unit_lies_with_it_once_somebody_takes_it(office):
    given_by_rule(office, "hand_over", gives="fixed_unit", to=str(office.agency.units[OTHER_UNIT]))
    case = office.task()
    move(office.lan, case, "hand_over")
    assert office.lies_with(case) == UNIT
    lead = office.lead_of(case)
    with office.binh.working() as ctx:
        assigning.take(ctx, lead)
    assert office.lies_with(case) == OTHER_UNIT


def test_of_several_posts_one_of_its_unit_counts_then_one_that_may_handle_it_then_the_first_code(office):
    third = "Phòng Địa chính"
    with office.agency.at_work():
        for name, code in ((UNIT, "10"), (OTHER_UNIT, "20"), (third, "30")):
            if name == third:
                office.agency.units[third] = tenants.create_unit(third).id
            db.execute_sql(
                "UPDATE tenants.unit SET code = %s WHERE id = %s", (code, office.agency.units[name])
            )
    office.post(office.binh, third, "casework.officer")
    case = office.task()
    office.reassign(case, person_id=office.binh.person_id)
    assert office.lies_with(case) == OTHER_UNIT, "of both the one with the first code"
    other = office.task()
    office.reassign(other, unit_id=office.agency.units[third])
    office.reassign(other, person_id=office.binh.person_id)
    assert office.lies_with(other) == third, "it lies there already"
    office.post(office.vinh, third, "casework.officer")
    with office.agency.at_work():
        db.execute_sql("DELETE FROM tenants.membership_role WHERE membership_id IN (SELECT id FROM tenants.membership WHERE person_id = %s "
                       "AND unit_id = %s)", (office.vinh.person_id, office.agency.units[UNIT]))  # fmt: skip
    last = office.task(office.binh)
    office.reassign(last, person_id=office.vinh.person_id)
    assert office.lies_with(last) == third, "in the other one he handles nothing"


def test_who_had_it_before_gets_it_back_without_another_unit(office):
    case = office.task()
    office.reassign(case, person_id=office.binh.person_id)
    with office.agency.at_work():
        now = queries.case(case.id).workflow_id
        new = store(TASK, changed("start", title="Bắt đầu"), number=9, own=True).id
    admin = office.agency.officer("casework.workflow_keeper")
    with office.agency.in_background():
        move_cases_over(str(now), str(new), str(admin.person_id), {"new": {"state": "new", "back": True}})
    with office.agency.at_work():
        (lead,) = queries.open_assignments(case.id)
    assert (lead.person_id, office.lies_with(case)) == (office.lan.person_id, OTHER_UNIT)


def test_the_history_says_where_it_went_when_no_step_does(office):
    case = office.task()
    office.reassign(case, person_id=office.vinh.person_id)  # of the same unit
    office.reassign(case, person_id=office.binh.person_id)
    with office.leader.working():
        told = [each.text for each in audit.history("casework.case", case.id)]
    assert [text for text in told if "sang" in text] == [f"chuyển {case.code} sang {OTHER_UNIT}"]


def test_a_step_costs_no_more_where_it_leads_to_another_unit(office, monkeypatch):
    case, costs = office.task(), []
    for who, to in ((office.lan, office.vinh), (office.vinh, office.lan), (office.lan, office.binh)):
        move(who, case, "start")
        with who.working() as ctx:
            said = Move(version=queries.case(case.id).version, to=Receiver(to.person_id))
            costs.append(counted(monkeypatch, partial(case_services.move, ctx, case.id, "hand_over", said)))
    assert costs[1] == costs[2]
