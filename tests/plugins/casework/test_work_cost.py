"""The work list costs what a person has, not what there is."""

from time import perf_counter

import psycopg2
import pytest

from core.db import db
from plugins.casework.models import Case
from plugins.casework.tasks.kind import TASK
from plugins.casework.work import queries as work_queries
from plugins.casework.work.queries import WorkFilter
from tests.plugins.casework.test_work import Office, colleague_elsewhere
from tests.support.plans import nodes

EVERYBODYS = 100_000
OWN = 50
PER_CASE = 50


@pytest.fixture
def office(agency):
    return Office(agency)


def crowd(office, database):
    """Give Vinh a great many things, and Lan fifty; a case has many assignments, so that there are fewer cases."""
    with office.agency.at_work():
        one = Case.get_by_id(office.task("mẫu", office.leader).id)
    values = {
        "tenant": str(office.agency.info.id), "kind": TASK.key, "workflow": str(one.workflow_id), "cases": EVERYBODYS // PER_CASE,
        "vinh": str(office.vinh.person_id), "lan": str(office.lan.person_id), "own": OWN, "each": PER_CASE - 1,
    }  # fmt: skip
    with psycopg2.connect(database.admin_url) as superuser, superuser.cursor() as cursor:
        # Without the checks of foreign keys, which are not what is measured.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO casework.case_base (tenant_id, id, kind, code, title, state, workflow_id, folded) "
            "SELECT %(tenant)s, gen_random_uuid(), %(kind)s, 'VG-D-' || n, 'Việc ' || n, 'new', %(workflow)s, 'viec ' || n "
            "FROM generate_series(1, %(cases)s) n",
            values,
        )
        cursor.execute(
            "INSERT INTO casework.assignment (tenant_id, id, case_id, person_id, role, task, given_by, due_at) "
            "SELECT %(tenant)s, gen_random_uuid(), c.id, CASE WHEN n = 0 AND c.number <= %(own)s THEN %(lan)s::uuid ELSE %(vinh)s::uuid END, "
            "'lead', 'Xử lý', %(vinh)s, now() + (c.number * 53 + n) %% 400 * interval '1 hour' - interval '5 days' "
            "FROM (SELECT id, row_number() OVER () AS number FROM casework.case_base WHERE tenant_id = %(tenant)s AND folded LIKE 'viec%%') c "
            "CROSS JOIN generate_series(0, %(each)s) n",
            values,
        )
        # The planner knows what is there, as the database tells it by itself after a while.
        cursor.execute("ANALYZE casework.assignment; ANALYZE casework.case_base")


def explained(sql, values):
    return db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()[0][0]


def seconds(act, *given):
    began = perf_counter()
    act(*given)
    return perf_counter() - began


def test_an_index_gives_a_persons_rows_however_many_others_have(office, ground, database):
    there = colleague_elsewhere(ground, office.lan, "casework.officer")
    Office(there.agency).task("ở nơi khác", there)
    crowd(office, database)
    with office.lan.working() as ctx:
        at = work_queries.desks(ctx)
        assert len(at) == 2
        with work_queries.reading_desks(ctx, at):
            for wanted in (
                WorkFilter(),
                WorkFilter(group="late"),
                WorkFilter(group="waiting"),
                WorkFilter(role="unit"),
            ):
                found = explained(*work_queries.work_statement(ctx, at, wanted))
                scans = [each for each in nodes(found["Plan"]) if each.get("Relation Name") == "assignment"]
                assert scans, wanted
                assert all("Index Name" in each for each in scans), (
                    wanted,
                    [each["Node Type"] for each in scans],
                )
                assert all(each["Actual Rows"] <= OWN + 1 for each in scans), wanted
            assert len(work_queries.work(ctx, at, WorkFilter()).rows) == 50
            assert work_queries.counts(ctx, at, WorkFilter()).open == OWN + 1
            acts = (work_queries.work, work_queries.counts)
            quickest = [min(seconds(act, ctx, at, WorkFilter()) for _try in range(5)) for act in acts]
    assert max(quickest) < 0.5, "milliseconds; of several tries one at least is not held up by others"
