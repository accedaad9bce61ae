"""What operators see counted in each agency: numbers of the counters, each by one statement, and no case."""

import pytest

from core.db import db
from plugins.reports.agency_figures import FIGURES
from tests.tenants.pages import counted_statements


@pytest.fixture
def numbers():
    def numbers(*agencies):
        ids = [agency.info.id for agency in agencies]
        with db.connection_context():
            return [tuple(figure.count(ids).get(each, 0) for each in ids) for figure in FIGURES]

    return numbers


def test_open_and_overdue_work_of_each_agency(office, ground, numbers):
    idle = ground.agency()
    office.task(ago=30, due=-3)
    office.task(due=9)
    office.issue()
    office.done(office.task(ago=30, due=-20), ago=1)
    assert numbers(office.agency, idle) == [(3, 0), (1, 0)]


def test_each_number_is_one_statement_for_all_agencies(office, ground):
    ids = [office.agency.info.id, *(ground.agency().info.id for _ in range(3))]
    for figure in FIGURES:
        with db.connection_context(), counted_statements() as sent:
            figure.count(ids)
        assert sum("reports.tally" in each for each in sent) == 1
