"""What citizens and delegates bring is counted in the act that opens and sorts it, by the module's own column."""

from core.db import db
from plugins.reports import checking
from tests.plugins.citizen_questions.conftest import desk
from tests.plugins.voter_opinions.conftest import Office as Delegates

__all__ = ["desk"]


def counted(agency, kind):
    """Return how many cases of each sector were counted, once the counters agree with the cases."""
    with agency.at_work():
        assert list(checking.faults()) == []
        return db.execute_sql(
            "SELECT value, sum(opened) FROM reports.tally WHERE dimension = 'sector' AND kind = %s GROUP BY 1 HAVING sum(opened) > 0",
            (kind,),
        ).fetchall()


def test_a_petition_is_counted_by_its_sector(ground):
    office = Delegates(ground)
    case = office.record(sector="health")
    assert counted(office.agency, case.kind) == [("health", 1)]


def test_a_question_is_counted_by_its_topic(desk):
    desk.ask()
    ((_topic, number),) = counted(desk.agency, "citizen_questions.question")
    assert number == 1
