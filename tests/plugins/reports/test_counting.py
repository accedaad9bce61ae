"""Counters: exact after any acts, in their transaction, folded without a change, and every difference is named."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import Conflict, db
from core.i18n import HOME_ZONE
from core.web.errors import Forbidden, NotFound
from plugins.casework import api as casework
from plugins.casework.api import Budget, Move, Opening, Receiver, move, open_case
from plugins.casework.cases.assigning import pull_back, reassign, take
from plugins.casework.cases.queries import open_assignments
from plugins.casework.deadlines import jobs
from plugins.casework.models import Case
from plugins.casework.tasks.kind import TASK
from plugins.casework.work.services import give_on
from plugins.casework.workflows import services as workflow_services
from plugins.casework.workflows.definition import Definition
from plugins.casework.workflows.kinds import store
from plugins.casework.workflows.services import Landing
from plugins.press_issues import services as press
from plugins.reports import checking, counting
from plugins.reports.counting import Facts, deltas
from tests.plugins.casework.conftest import migrate_again
from tests.plugins.casework.test_replay import storm
from tests.plugins.casework.test_workflows import changed
from tests.support.modules import OTHER_UNIT, UNIT
from tests.support.racing import crossed, overtaken


def today():
    return datetime.now(HOME_ZONE).date()


def total(office, measure, dimension="", value="", kind="casework.task", until=None):
    ((number,),) = office.sql(
        f"SELECT coalesce(sum({measure}), 0) FROM reports.tally WHERE kind = %s AND dimension = %s AND value = %s AND day <= %s",
        kind, dimension, value, until or today(),
    )  # fmt: skip
    return number


ACTS = st.lists(
    st.tuples(st.sampled_from(("task", "issue", "report", "approve", "send_back", "stop", "fold")), st.integers(0, 9), st.integers(-9, 9)),
    min_size=3, max_size=12,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_after_any_acts_the_counters_say_what_the_cases_do(office, acts):
    cases = []
    for act, ago, due in acts:
        if act == "task":
            cases.append(
                office.task(ago=ago, due=None if due == 9 else due, unit=UNIT if ago % 2 else OTHER_UNIT)
            )
        elif act == "issue":
            office.issue()
        elif act == "fold":
            with office.agency.at_work():
                counting.fold()
        elif cases:
            who = office.lan if act == "report" else office.leader
            with suppress(Conflict, NotFound, Forbidden):  # not every act follows every other
                office.move(cases[ago % len(cases)], act, who=who)
    assert office.faults() == []


def test_early_on_time_and_late_are_told_by_date_and_what_is_open_becomes_overdue(office):
    office.done(office.task(ago=9, due=2))  # early
    office.done(office.task(ago=9, due=0))  # on its day
    office.done(office.task(ago=9, due=None))  # without a day
    office.done(office.task(ago=9, due=-3))  # late
    office.task(ago=9, due=-1)  # overdue since today
    office.task(ago=9, due=0)  # overdue from tomorrow on
    assert [total(office, each) for each in ("opened", "early", "on_time", "late", "overdue")] == [
        6,
        1,
        2,
        1,
        1,
    ]
    assert total(office, "overdue", until=today() - timedelta(days=1)) == 1, (
        "the late one was overdue until it was done"
    )
    assert total(office, "overdue", until=today() + timedelta(days=1)) == 2
    assert office.faults() == []


def test_work_that_was_stopped_was_neither_done_in_time_nor_late(office):
    case = office.task(ago=9, due=2)
    office.move(case, "stop", who=office.leader)
    assert [total(office, each) for each in ("opened", "early", "on_time", "late")] == [0, 0, 0, 0]
    assert "Không tính hạn" in office.leader.get("casework.task", case_id=case.id).text
    assert office.faults() == []


def test_an_act_that_is_rolled_back_counts_for_nothing(office):
    before = total(office, "opened")
    with office.leader.working(), db.atomic() as act:
        open_case("casework.task", Opening(title="Không thành", at=datetime.now(UTC)))
        counted = "SELECT sum(opened) FROM reports.tally WHERE dimension = ''"
        assert db.execute_sql(counted).fetchone()[0] == before + 1
        act.rollback()
    assert total(office, "opened") == before


def test_the_sector_is_counted_in_the_transaction_that_records_it(office):
    office.issue(sector="health")
    assert total(office, "opened", "sector", "health", "press_issues.issue") == 1
    assert office.faults() == []


@pytest.mark.parametrize("how", ["step", "again", "bulk", "taken"])
def test_a_case_is_counted_at_the_unit_to_which_it_goes_and_comes_back(office, how):
    case = office.task(ago=9, due=-2)

    def overdue():
        with office.agency.at_work():
            units = {name: str(unit_id) for name, unit_id in office.agency.units.items()}
        return [total(office, "overdue", "unit", units[name]) for name in (UNIT, OTHER_UNIT)]

    def lead():
        (found,) = open_assignments(case.id)
        return found.id

    assert overdue() == [1, 0]
    to = Receiver(person_id=office.binh.person_id)
    with office.leader.working() as ctx:
        if how == "step":
            move(ctx, case.id, "hand_over", Move(version=casework.case(case.id).version, to=to))
        elif how == "again":
            reassign(ctx, case.id, to)
        elif how == "bulk":
            give_on(ctx, [lead()], to)
        else:
            reassign(ctx, case.id, Receiver(unit_id=office.agency.units[OTHER_UNIT]))
    assert (overdue(), office.faults()) == ([0, 1], [])
    board = office.leader.get("reports.board").text
    assert OTHER_UNIT in board.partition("Trễ ở đơn vị nào")[2].partition("</section>")[0]
    who = office.binh if how == "taken" else office.leader
    with who.working() as ctx:
        (take if how == "taken" else pull_back)(ctx, lead())
    assert (overdue(), office.faults()) == ([0, 1] if how == "taken" else [1, 0], [])


def test_what_a_rule_gave_to_a_unit_is_counted_there_once_somebody_takes_it(office):
    with office.agency.at_work():
        unit = office.agency.units[OTHER_UNIT]
        store(TASK, changed("hand_over", gives="fixed_unit", to=str(unit)), number=9, own=True)
    case = office.task()
    office.move(case, "hand_over")
    assert (total(office, "opened", "unit", str(unit)), office.faults()) == (0, [])
    with office.binh.working() as ctx:
        take(ctx, open_assignments(case.id)[0].id)
    assert (total(office, "opened", "unit", str(unit)), office.faults()) == (1, [])


def test_cases_of_before_are_counted_at_the_unit_of_whoever_leads_them_after_the_migration(office, database):
    cases = {name: office.task() for name in ("mine", "theirs", "pile", "approved", "ended")}
    with office.agency.at_work():
        units = office.agency.units
    to = {name: Receiver(office.binh.person_id) for name in ("theirs", "approved", "ended")} | {
        "pile": Receiver(unit_id=units[OTHER_UNIT])
    }
    for name, receiver in to.items():
        with office.leader.working() as ctx:
            reassign(ctx, cases[name].id, receiver)
    for name in ("approved", "ended"):
        office.move(cases[name], "report", who=office.binh)
    office.move(cases["ended"], "approve", who=office.leader)
    with office.agency.at_work():  # as it was written before: where it was opened, whoever had it later
        Case.update(unit_id=units[UNIT]).where(Case.id.in_([each.id for each in cases.values()])).execute()
    with office.agency.at_work():
        checking.repair()
    for _again in range(2):
        migrate_again(
            database,
            "casework.migrations.0021_cases_lie_with_leads",
            before="UPDATE casework.assignment SET unit_before = NULL",
        )
        with office.agency.at_work():
            found = {name: casework.case(each.id).unit_id for name, each in cases.items()}
        there = {name for name, unit_id in found.items() if unit_id == units[OTHER_UNIT]}
        assert there == {"theirs", "pile", "approved"}
    with office.leader.working() as ctx:
        pull_back(ctx, open_assignments(cases["theirs"].id)[0].id)
    with office.agency.at_work():
        assert casework.case(cases["theirs"].id).unit_id == units[OTHER_UNIT], (
            "where it lay before the second time"
        )
        checking.check()
    assert office.faults() == []
    assert total(office, "opened", "unit", str(units[OTHER_UNIT])) == 3


def test_a_case_that_another_version_of_its_workflow_puts_elsewhere_is_counted_there(office):
    office.task()
    ways = tuple(
        replace(way, sources=("fresh",) if way.sources == ("new",) else way.sources)
        for way in TASK.transitions
    )
    states = tuple(replace(state, key="fresh") if state.key == "new" else state for state in TASK.states)
    with office.agency.officer("casework.workflow_keeper").working() as ctx:
        store(TASK, Definition("fresh", states, ways), number=2, own=True)
        workflow_services.move_over(ctx, TASK, 1, {"new": Landing("fresh")})
    assert total(office, "opened", "state", "fresh") == 1
    assert office.faults() == []


def test_a_step_that_is_taken_back_is_counted_where_the_case_was(office):
    case = office.task()
    with office.lan.working() as ctx:
        said = Move(version=casework.case(case.id).version, to=Receiver(person_id=office.leader.person_id))
        casework.move(ctx, case.id, "start", Move(version=said.version))
        casework.move(ctx, case.id, "hand_over", replace(said, version=said.version + 1))
    assert total(office, "opened", "state", "new") == 1
    with office.lan.working() as ctx:
        pull_back(ctx, open_assignments(case.id)[0].id)
    assert total(office, "opened", "state", "doing") == 1
    assert office.faults() == []


def test_a_deadline_that_begins_later_is_counted_from_then_on(office):
    case = office.issue(kind="complaint")
    asked = {"note": "Kiểm tra", "person_id": office.lan.person_id, "co": [], "due": None}
    found = {"finding": "true", "finding_note": "Đúng", "measures": "Đã xử lý"}
    for who, act, more in ((office.leader, press.direct, asked), (office.lan, press.conclude, found)):
        with who.working() as ctx:
            act(ctx, case.id, {"version": Case.get_by_id(case.id).version, **more})
    assert total(office, "overdue", kind="press_issues.issue", until=today() + timedelta(days=60)) == 1
    assert office.faults() == []


def test_a_changed_calendar_and_a_deadline_stopped_by_hand_are_counted_at_once(office):
    said = Opening(
        title="Trả lời kiến nghị", budget=Budget.parse("3wd"), ground="Điều 18", to=Receiver(person_id=office.lan.person_id)
    )  # fmt: skip
    with office.leader.working():
        moved, stopped = (open_case(TASK.key, said) for _each in range(2))
    with office.agency.at_work():
        storm(moved.due_at.astimezone(HOME_ZONE).date())
    with office.agency.in_background():
        jobs.replay()
    ((counted, due),) = office.sql(
        "SELECT k.due_on, (c.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM reports.counted k "
        "JOIN casework.case_base c ON c.id = k.id WHERE k.id = %s",
        moved.id,
    )
    assert counted == due > moved.due_at.astimezone(HOME_ZONE).date()
    assert office.faults() == []
    with office.agency.at_work():
        clock = casework.whole_clock(stopped.id)
        casework.record(clock.id, "pause", clock.last_at, ground="Điều 9")
    assert office.faults() == []
    assert total(office, "overdue", until=today() + timedelta(days=60)) == 1, (
        "what stands still is never overdue"
    )


def test_what_was_joined_to_another_case_is_not_counted_any_more(office):
    office.issue(sector="health")
    case = office.issue(sector="health")
    office.sql("UPDATE casework.case_base SET state = 'joined' WHERE id = %s", case.id)
    assert {
        (fault.value, fault.counted, fault.actual) for fault in office.faults() if fault.dimension == "sector"
    } == {("health", 2, 1)}
    with office.agency.at_work():
        assert counting.recount() == 1
    assert total(office, "opened", kind="press_issues.issue") == 1
    assert office.faults() == []


def test_folding_changes_no_sum_and_leaves_one_row_for_a_counter(office):
    for _each in range(4):
        office.task(ago=3, due=1)
    ((rows,),) = office.sql("SELECT count(*) FROM reports.tally")
    with office.agency.at_work():
        less = counting.fold()
    ((left,),) = office.sql("SELECT count(*) FROM reports.tally")
    ((most,),) = office.sql(
        "SELECT max(n) FROM (SELECT count(*) n FROM reports.tally GROUP BY kind, dimension, value, day) t"
    )
    assert (rows - less, most) == (left, 1)
    assert total(office, "opened") == 4
    assert office.faults() == []


def test_a_difference_is_named_kept_and_put_right(office):
    office.task(ago=2, due=1)
    office.sql("DELETE FROM reports.tally WHERE dimension = 'state'")
    faults = office.faults()
    assert [(each.dimension, each.value, each.measure, each.counted, each.actual) for each in faults] == [
        ("state", "new", "opened", 0, 1),
        ("state", "new", "overdue", 0, 1),
    ]
    assert "bộ đếm “opened” là 0, đúng là 1" in faults[0].text
    with office.agency.in_background():
        checking.check()
        with db.atomic():
            kept = checking.last()
    assert (kept.differences, kept.cases) == (2, 1)
    assert "opened" in kept.told
    assert office.faults() == []


def test_counters_that_are_put_right_twice_at_once_are_right(office):
    office.task(ago=2, due=1)
    office.sql("DELETE FROM reports.tally WHERE dimension = 'state'")

    def repair():
        with office.agency.in_background():
            checking.repair()

    # The first one has found what is missing and is about to add it.
    assert crossed(checking, "add", repair, repair) == []
    assert office.faults() == []


def test_what_is_put_right_beside_a_fold_is_right(office):
    for _each in range(3):
        office.task()
    office.sql("DELETE FROM reports.tally WHERE dimension = 'state'")
    overtaken((office.leader, lambda _ctx: counting.fold()), (office.leader, lambda _ctx: checking.repair()))
    assert office.faults() == []
    office.task()
    office.sql("DELETE FROM reports.tally WHERE dimension = 'state'")
    overtaken((office.leader, lambda _ctx: checking.repair()), (office.leader, lambda _ctx: counting.fold()))
    assert office.faults() == []


def test_folding_twice_at_once_changes_no_sum(office):
    for _each in range(3):
        office.task()
    overtaken((office.leader, lambda _ctx: counting.fold()), (office.leader, lambda _ctx: counting.fold()))
    assert office.faults() == []


def test_a_case_that_is_opened_while_counters_are_put_right_is_counted_once(office, monkeypatch):
    office.task()
    office.sql("DELETE FROM reports.tally WHERE dimension = 'state'")
    opened = []

    class Between:
        """The database, with somebody who opens a case before each statement."""

        def __getattr__(self, name):
            return getattr(db, name)

        def execute_sql(self, *given):
            rival = Thread(target=lambda: opened.append(office.task()))
            rival.start()
            rival.join()
            return db.execute_sql(*given)

    with office.agency.in_background(), monkeypatch.context() as patched:
        patched.setattr(checking, "db", Between())
        checking.repair()
    assert opened
    assert total(office, "opened", "state", "new") == 1 + len(opened)
    assert office.faults() == []


def test_a_case_that_moves_while_it_is_counted_anew_is_listed_as_it_is(office):
    case = office.task()
    office.sql("UPDATE reports.counted SET state = 'lost' WHERE id = %s", case.id)

    def repair():
        with office.agency.in_background():
            checking.repair()

    assert crossed(counting, "_write", repair, lambda: office.move(case, "report")) == []
    assert office.sql(
        "SELECT k.state = c.state FROM reports.counted k JOIN casework.case_base c ON c.id = k.id"
    ) == [(True,)]
    assert office.faults() == []


def test_taking_back_what_was_added_leaves_nothing():
    day = today()
    was = Facts("casework.task", "new", None, "", day, day, None)
    assert not deltas(was, was)
    done = was._replace(state="done", closed_on=day + timedelta(days=2))
    there = deltas(None, was)
    there.update(deltas(was, done))
    there.update(deltas(done, None))
    assert not any(there.values())
