"""Running cases of a version are counted and moved over by an index, however many others an agency has."""

import psycopg2

from core.db import db
from plugins.casework.tasks.kind import TASK
from plugins.casework.workflows import queries as workflow_queries
from plugins.casework.workflows.kinds import store, workflow_for
from tests.support.plans import nodes

CASES, RUNNING = 100_000, 300


def test_the_open_cases_of_an_old_version_are_found_by_an_index(agency, database):
    with agency.at_work():
        old = workflow_for(TASK)
        new = store(TASK, TASK.shipped, number=2)
    with psycopg2.connect(database.admin_url) as superuser, superuser.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO casework.case_base (tenant_id, id, kind, code, title, state, workflow_id, folded, closed_at) "
            "SELECT %(tenant)s, gen_random_uuid(), %(kind)s, 'VG-D-' || n, 'Việc ' || n, 'new', "
            "CASE WHEN n <= %(running)s THEN %(old)s::uuid ELSE %(new)s::uuid END, 'viec', CASE WHEN n > %(running)s AND n % 4 > 0 THEN now() END "
            "FROM generate_series(1, %(cases)s) n".replace("n % 4", "n %% 4"),
            {
                "tenant": str(agency.info.id), "kind": TASK.key, "old": str(old.id), "new": str(new.id), "cases": CASES, "running": RUNNING,
            },
        )  # fmt: skip
        cursor.execute("ANALYZE casework.case_base")
    with agency.at_work():
        found = workflow_queries.running(TASK)
        assert (found[old.id], sum(found[new.id].values())) == ({"new": RUNNING}, (CASES - RUNNING) // 4)
        plan = db.execute_sql(
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT id FROM casework.case_base WHERE tenant_id = %s AND workflow_id = %s "
            "AND closed_at IS NULL AND state <> ALL (%s) ORDER BY state, id LIMIT 100",
            (agency.info.id, old.id, ["gone"]),
        ).fetchone()[0][0]
        assert {each.get("Index Name") for each in nodes(plan["Plan"])} - {None} == {"case_base_workflow"}
        assert len(workflow_queries.portion(old.id, 100, but=["gone"])) == 100
