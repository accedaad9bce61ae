"""Cases opened one by one or many together: the same rows, few statements, numbers without a gap."""

import threading
from contextlib import suppress
from io import BytesIO
from uuid import uuid4

import pytest

from core import audit
from core.db import db
from core.web.errors import Invalid
from core.web.uploads import Upload
from plugins.casework.cases import queries
from plugins.casework.cases import services as case_services
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.events import CaseFileAttached
from plugins.casework.cases.opening import Opening, open_case, open_cases
from plugins.casework.cases.services import Move
from plugins.casework.deadlines.budget import Budget
from plugins.casework.models import Assignment, Case, Clock, ClockEntry, Step
from plugins.casework.tasks.kind import TASK
from plugins.casework.tasks.services import open_task
from plugins.files.api import SentFiles, files_of
from plugins.notifications.models import Notification
from tests.plugins.casework.test_cases import Office

MOST_STATEMENTS = 15
"""The commit, the counters of the reports, the notification and who stands in among them."""
MOST_OF_AN_ACT = 25
"""With the reading of the case before it, a savepoint, what told of the work before taken as read, and in whose place one acts."""
TAKERS, TURNS, AT_ONCE = 4, 6, 5


class Desk(Office):
    """The same, with an act that is timed."""

    def hand_over(self, ctx, case, **said):
        """Give a case to Lan once more."""
        version = queries.case(case.id).version
        to = Receiver(self.lan.person_id)
        case_services.move(ctx, case.id, "hand_over", Move(version=version, note="Tiếp", to=to, **said))


@pytest.fixture
def office(agency):
    return Desk(agency)


def opening(office, number=1, **said):
    told = {
        "title": f"Đèn đường số {number}", "text": "Chưa sửa.", "budget": Budget.parse("15wd"), "ground": "Điều 18",
        "to": Receiver(office.lan.person_id), "unit_id": min(office.agency.units.values()), "tags": ("hạ tầng",),
    }  # fmt: skip
    return Opening(**{**told, **said})


def counted(monkeypatch, work):
    """Return how many statements go to PostgreSQL."""
    seen = []
    plain = type(db.obj)._execute_cursor

    def spy(self, sql, *values, **options):
        seen.append(sql)
        return plain(self, sql, *values, **options)

    with monkeypatch.context() as patch:
        patch.setattr(type(db.obj), "_execute_cursor", spy)
        work()
    return len([sql for sql in seen if "PREPARE" not in sql])


def test_a_case_costs_few_statements_and_thirty_cost_no_more(office, monkeypatch):
    with office.leader.working():
        open_case(TASK.key, opening(office))  # calendar and workflow are read once by a process
        one = counted(monkeypatch, lambda: open_case(TASK.key, opening(office)))
        many = counted(
            monkeypatch, lambda: open_cases(TASK.key, [opening(office, number) for number in range(30)])
        )
    assert many == one <= MOST_STATEMENTS - 1  # without the commit


def everything_of(case):
    """Return what stands of a case, without ids, moments and numbers."""
    own = ("title", "text", "state", "tags", "restricted", "unit_id", "created_by", "version", "due_at")
    held = Assignment.get(Assignment.case_id == case.id)
    clock = Clock.get(Clock.owner_id == case.id)
    line = ClockEntry.get(ClockEntry.clock_id == clock.id)
    (step,) = Step.select().where(Step.case_id == case.id)
    stored = Case.get_by_id(case.id)
    return {
        "case": [getattr(stored, name) for name in own],
        "words": stored.words.replace(case.code.rpartition("-")[2], "N").replace(case.code.lower(), "C"),
        "held": (held.person_id, held.task, held.given_by, held.seen_at, held.due_at, held.role),
        "clock": (clock.budget_amount, clock.budget_unit, clock.state, clock.due_at, clock.original_due),
        "named": clock.title == f"{case.code} {case.title}",
        "line": (line.seq, line.kind, line.ground, line.made_by),
        "step": (step.seq, step.transition, step.title, step.from_state, step.to_state, step.by_person),
        "history": [each.text.replace(case.code, "C") for each in audit.history("casework.case", case.id)],
        "told": [
            (each.person_id, each.kind, each.fields["title"])
            for each in Notification.select()
            if each.route_fields == {"case_id": str(case.id)}
        ],
        "counted": db.execute_sql(
            "SELECT kind, state, unit_id, due_on FROM reports.counted WHERE id = %s", (case.id,)
        ).fetchall(),
    }


def test_many_together_are_what_each_would_be_alone(office):
    with office.leader.working():
        alone = open_case(TASK.key, opening(office))
        at = alone.opened_at
        first, second = open_cases(TASK.key, [opening(office, at=at), opening(office, at=at)])
        assert everything_of(first) == everything_of(second) == everything_of(alone)
        assert len(everything_of(first)["told"]) == len(everything_of(first)["counted"]) == 1
        numbers = [int(each.code.rpartition("-")[2]) for each in (alone, first, second)]
        assert numbers == list(range(numbers[0], numbers[0] + 3))
        assert Case.get_by_id(second.id).code == second.code


def test_what_is_opened_already_is_returned_and_takes_no_number(office):
    with office.leader.working():
        known = open_case(TASK.key, opening(office, case_id=uuid4()))
        fresh = uuid4()
        again, new = open_cases(
            TASK.key, [opening(office, 7, case_id=known.id), opening(office, 8, case_id=fresh)]
        )
        assert (again.id, again.code, again.title) == (known.id, known.code, known.title)
        assert int(new.code.rpartition("-")[2]) == int(known.code.rpartition("-")[2]) + 1
        assert Step.select().where(Step.case_id == known.id).count() == 1


def test_one_that_cannot_be_opened_keeps_all_from_it_and_writes_nothing(office):
    with office.leader.working():
        stranger = opening(office, to=Receiver(uuid4()))
        with pytest.raises(Invalid):
            open_cases(TASK.key, [opening(office), stranger])
        # The checks come first, so that nothing of it stands even though the transaction goes on.
        assert Case.select().count() == Clock.select().count() == 0
        assert open_case(TASK.key, opening(office)).code.endswith("-0001")


class RolledBack(Exception):
    """Somebody changed their mind."""


def test_numbers_have_no_gap_when_many_open_together_and_some_roll_back(office):
    lost = []

    def work(taker):
        for turn in range(TURNS):
            with office.leader.working(), suppress(RolledBack), db.atomic():
                several = [opening(office, number) for number in range(1 + (taker + turn) % AT_ONCE)]
                open_cases(TASK.key, several)
                if (taker + turn) % 3 == 0:
                    lost.append(turn)
                    raise RolledBack

    threads = [threading.Thread(target=work, args=(number,)) for number in range(TAKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = sum(
        1 + (taker + turn) % AT_ONCE for taker in range(TAKERS) for turn in range(TURNS) if (taker + turn) % 3
    )
    with office.agency.at_work():
        numbers = sorted(int(each.code.rpartition("-")[2]) for each in Case.select())
    assert numbers == list(range(1, kept + 1))
    assert len(lost) == TAKERS * TURNS // 3


def test_an_act_costs_few_statements_however_many_have_a_part_in_it(office, monkeypatch):
    vinh = office.vinh.person_id
    with office.leader.working() as ctx:
        first, second = open_cases(TASK.key, [opening(office), opening(office)])
        office.hand_over(ctx, first)
        alone = counted(monkeypatch, lambda: office.hand_over(ctx, first))
        office.hand_over(ctx, second, co=(vinh,))
        together = counted(monkeypatch, lambda: office.hand_over(ctx, second, co=(vinh, ctx.person.id)))
        held = Assignment.select().where(Assignment.case_id == second.id, Assignment.done_at.is_null())
        assert {each.role for each in held} == {"lead", "co"}
        ends = {each.ending for each in Assignment.select().where(Assignment.done_at.is_null(False))}
    assert ends == {"done", "replaced"}
    assert alone <= MOST_OF_AN_ACT
    assert together <= alone + 2  # those who are told of another kind of work


def test_files_are_taken_before_the_counter_of_numbers_is_locked_and_once(office, counters):
    said = {
        "id": uuid4(), "title": "Họp", "text": "", "person_id": None, "due": None, "restricted": False,
        "files": SentFiles("files", uploads=(Upload("giay-moi.txt", 8, BytesIO(b"giay moi")),)),
    }  # fmt: skip
    with office.leader.working() as ctx:
        case = open_task(ctx, said)
        assert open_task(ctx, said).id == case.id
        assert [each.name for each in files_of(queries.files_owner(case.id))] == ["giay-moi.txt"]
        told = db.execute_sql(
            "SELECT event FROM core.audit_entry WHERE object_id = %s", (case.id,)
        ).fetchall()
    assert told.count((CaseFileAttached.name,)) == 1
    assert counters == [0]
