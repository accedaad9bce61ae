"""Reports cost what they show: the leaders' page of 440 agencies reads as that of one, lists stay quick at 10⁵ cases."""

import json
import re
from uuid import UUID

import psycopg2
import pytest

from core.db import db
from core.web.paging import START
from plugins.casework.models import Case
from plugins.reports import gathering, queries
from plugins.reports.asking import asked
from plugins.reports.measures import BY_KEY
from plugins.reports.queries import Behind
from tests.support.plans import nodes

AGENCIES, CASES = 440, 100_000


def explained(sql, values):
    ((plan,),) = db.execute_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values).fetchall()
    return plan[0]


def rows_read(plan):
    """Return how many rows the scans of a plan went through."""
    return sum(
        node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0)
        for node in nodes(plan["Plan"])
        if "Scan" in node["Node Type"] and node.get("Relation Name", "").startswith(("tally", "below"))
    )


def test_the_page_of_440_agencies_reads_rows_of_the_superior_alone(office, database):
    """Counters of 440 agencies, each with a year of cases, are gathered; the statement never touches theirs."""
    top = office.agency.info.id
    with psycopg2.connect(database.admin_url) as superuser, superuser.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO reports.tally (tenant_id, id, kind, dimension, value, day, opened, early, overdue) "
            "SELECT md5('agency' || a)::uuid, gen_random_uuid(), 'casework.task', d, CASE d WHEN '' THEN '' ELSE 'new' END, "
            "tenants.today() - n, 2, 1, 1 FROM generate_series(1, %s) a, generate_series(0, 364, 5) n, unnest(ARRAY['', 'state']) d",
            (AGENCIES,),
        )
        cursor.execute(
            "INSERT INTO reports.tally (tenant_id, id, kind, dimension, value, day, opened, early, overdue) "
            "SELECT %s, gen_random_uuid(), 'casework.task', d, CASE d WHEN '' THEN '' ELSE 'new' END, tenants.today() - n, 2, 1, 1 "
            "FROM generate_series(0, 364, 5) n, unnest(ARRAY['', 'state', 'unit']) d",
            (str(top),),
        )
        cursor.execute("SELECT md5('agency' || a)::uuid FROM generate_series(1, %s) a", (AGENCIES,))
        everybody = [top, *(UUID(str(each)) for (each,) in cursor.fetchall())]
        cursor.execute("ANALYZE reports.tally")
    below = [gathering.Agency(each, str(each)[:8], str(each)[:8]) for each in everybody]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathering, "agencies_below", lambda: below)
        with office.agency.in_background():
            assert gathering.gather() >= AGENCIES
    with psycopg2.connect(database.admin_url) as superuser, superuser.cursor() as cursor:
        cursor.execute("ANALYZE reports.below")
    with office.leader.working() as ctx:
        of = asked(ctx, {"kind": "casework.task"})
        own, all_ = (explained(*queries.board_statement(of, below=each)) for each in (False, True))
        board = queries.board(of, below=True)
        assert queries.board(of, below=False).now.open == 73
    assert board.now.open == 73 * (AGENCIES + 1)
    assert len(board.places) == AGENCIES + 1
    assert rows_read(all_) <= rows_read(own) + AGENCIES + 1
    assert "tally" not in json.dumps(all_)
    assert "Seq Scan" not in json.dumps(own)


@pytest.mark.parametrize("measure", ["overdue", "received", "late", "soon"])
def test_the_cases_behind_a_number_are_read_by_an_index(office, database, measure):
    one = office.task(ago=3, due=-1)
    with office.agency.at_work():
        workflow = str(Case.get_by_id(one.id).workflow_id)
    values = {"tenant": str(office.agency.info.id), "workflow": workflow, "cases": CASES}
    with psycopg2.connect(database.admin_url) as superuser, superuser.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO casework.case_base (tenant_id, id, kind, code, title, state, workflow_id, folded) "
            "SELECT %(tenant)s, md5(%(tenant)s || n)::uuid, 'casework.task', 'VG-D-' || n, 'Việc ' || n, 'new', %(workflow)s, 'viec' "
            "FROM generate_series(1, %(cases)s) n",
            values,
        )
        cursor.execute(
            "INSERT INTO reports.counted (tenant_id, id, kind, state, opened_on, due_on, closed_on) "
            "SELECT %(tenant)s, md5(%(tenant)s || n)::uuid, 'casework.task', 'new', tenants.today() - n %% 900, tenants.today() - n %% 900 + 20, "
            "CASE WHEN n %% 50 > 0 THEN tenants.today() - n %% 900 + n %% 40 END FROM generate_series(1, %(cases)s) n",
            values,
        )
        cursor.execute("ANALYZE casework.case_base; ANALYZE reports.counted")
    with office.leader.working() as ctx:
        of = asked(ctx, {"kind": "casework.task", "period": "2026-10"})
        sql, given = queries.behind_statement(ctx, Behind(of, BY_KEY[measure]), START, 50)
        plan = explained(sql, given)
    scans = [node for node in nodes(plan["Plan"]) if node.get("Relation Name") == "counted"]
    assert scans
    assert all(re.search("Index|Bitmap", node["Node Type"]) for node in scans), scans
    assert plan["Execution Time"] < 400, "a page of fifty must not go through all cases for long"
