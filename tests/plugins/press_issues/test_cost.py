"""What lists of press issues cost: no more at 10⁵ issues than a page needs."""

from types import SimpleNamespace

import psycopg2
import pytest

from core.db import db
from plugins.press_issues import queries
from tests.plugins.press_issues.conftest import today

MANY = 100_000
_CASES = """INSERT INTO casework.case_base (tenant_id, id, kind, code, title, state, workflow_id, opened_at, due_at, closed_at, folded)
    SELECT c.tenant_id, gen_random_uuid(), c.kind, 'BN-0-' || n, c.title, 'sent', c.workflow_id, now() - n * interval '1 hour',
        now() - n * interval '1 hour', now(), '' FROM casework.case_base c, generate_series(1, %s) n WHERE c.id = %s"""
_ISSUES = """INSERT INTO press_issues.issue (tenant_id, id, kind, received_at, budget, ground, severity, sector, sent_on)
    SELECT tenant_id, id, 'request', opened_at, '30cd', 'x', 'normal', 'land', opened_at::date FROM casework.case_base WHERE code LIKE 'BN-0-%%'"""
_ARTICLES = """INSERT INTO press_issues.article (tenant_id, id, issue_id, first_issue_id, outlet, title, sha256, added_at)
    SELECT tenant_id, gen_random_uuid(), id, id, 'x', 'x', 'x', received_at FROM press_issues.issue WHERE ground = 'x'"""


@pytest.fixture
def full(newsroom, database):
    """An agency with a hundred thousand answered issues and one that is open."""
    case = newsroom.record()
    with newsroom.agency.at_work():
        db.execute_sql("SET LOCAL statement_timeout = 0")  # filling is not what is measured
        db.execute_sql(_CASES, (MANY, case.id))
        db.execute_sql(_ISSUES)
        db.execute_sql(_ARTICLES)
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    superuser.cursor().execute(
        "ANALYZE casework.case_base; ANALYZE press_issues.issue; ANALYZE press_issues.article"
    )
    superuser.close()
    return newsroom


def blocks(act, monkeypatch):
    """Return how many blocks the statements of an act read, and what it returned."""
    real, read = db.execute_sql, []

    def counted(sql, values=None, *more):
        if sql.lstrip().startswith("SELECT") and ("press_issues." in sql or "casework." in sql):
            (plan,) = real(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values).fetchone()
            read.append(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])
        return real(sql, values, *more)

    with monkeypatch.context() as patched:
        patched.setattr(queries, "db", SimpleNamespace(execute_sql=counted))
        found = act()
    return sum(read), found


def test_lists_read_no_more_than_a_page_of_issues(full, monkeypatch):
    with full.agency.at_work():
        for act, most in (
            (lambda: queries.week(today()), 400),
            (lambda: queries.alike([1, 2, 3]), 6_000),
        ):
            read, _found = blocks(act, monkeypatch)
            assert 0 < read < most
