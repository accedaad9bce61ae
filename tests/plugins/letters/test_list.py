"""The list of letters costs the same however many there are."""

import psycopg2
import pytest

from core.api import Cursor
from core.db import db
from plugins.letters import queries
from plugins.letters.queries import Filter

MANY = """
    INSERT INTO letters.letter (tenant_id, id, kind, subject, folded)
    SELECT %s, gen_random_uuid(), CASE WHEN n %% 10 = 0 THEN 'casework.official' ELSE 'press.answer' END, 'a', 'a'
    FROM generate_series(1, %s) n
"""


@pytest.fixture
def analyze(database):
    """Let the planner know how much there is."""
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    yield lambda: superuser.cursor().execute("ANALYZE letters.letter")
    superuser.close()


def cost_of(wanted, cursor):
    sql, values = queries.statement(wanted, cursor)
    (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values).fetchone()
    plan = document[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def test_a_page_costs_the_same_at_a_hundred_thousand_letters(desk, analyze):
    conditions = [
        Filter(("casework.official",)),
        Filter(("casework.official", "press.answer")),
        Filter(("press.answer",), state="draft"),
    ]
    costs = []
    for more in (10_000, 90_000):
        with desk.agency.at_work():
            db.execute_sql("SET LOCAL statement_timeout = 0")  # filling is not what is measured
            db.execute_sql(MANY, (desk.agency.info.id, more))
        analyze()
        with desk.agency.at_work():
            last = queries.letters(conditions[0]).rows[-1]
            costs.append(
                [
                    cost_of(each, cursor)
                    for each in conditions
                    for cursor in (Cursor(), Cursor(key=(last.made_at, last.id)))
                ]
            )
    assert all(many <= few * 1.3 + 10 for few, many in zip(*costs, strict=True)), costs
