"""What lists of petitions cost: no more at 10⁵ petitions than a page needs."""

from types import SimpleNamespace

import psycopg2
import pytest

from core.db import db
from plugins.casework.cases import publishing
from plugins.voter_opinions import intakes, queries

MANY = 100_000
_CASES = """INSERT INTO casework.case_base (tenant_id, id, kind, code, title, state, workflow_id, opened_at, due_at, closed_at, folded)
    SELECT c.tenant_id, gen_random_uuid(), c.kind, 'CT-0-' || n, c.title, 'done', c.workflow_id, now() - n * interval '1 hour',
        now() - n * interval '1 hour', now(), '' FROM casework.case_base c, generate_series(1, %s) n WHERE c.id = %s"""
_PETITIONS = """INSERT INTO voter_opinions.petition (tenant_id, id, session_id, source, received_on, sector, promised_on, kept_on)
    SELECT c.tenant_id, c.id, s.id, 'meeting', c.opened_at::date, 'land', c.opened_at::date, CASE WHEN random() < 0.9 THEN c.opened_at::date END
    FROM casework.case_base c JOIN voter_opinions.session s ON s.tenant_id = c.tenant_id WHERE c.code LIKE 'CT-0-%%'"""
_ORIGINS = """INSERT INTO voter_opinions.origin (tenant_id, id, petition_id, first_petition_id, received_on, text)
    SELECT tenant_id, id, id, id, received_on, 'x' FROM voter_opinions.petition WHERE sector = 'land'"""
_ROWS = """INSERT INTO voter_opinions.intake_row (tenant_id, id, intake_id, number, content, locality, sector, received, state)
    SELECT i.tenant_id, gen_random_uuid(), i.id, n, 'x', '', 'land', '', CASE WHEN n %% 2 = 0 THEN 'ready' ELSE 'recorded' END
    FROM voter_opinions.intake i, generate_series(1, 20000) n"""
_INTAKE = """INSERT INTO voter_opinions.intake (tenant_id, id, session_id, source, received_on, file_id, name, person_id, state)
    SELECT tenant_id, gen_random_uuid(), id, 'meeting', now(), gen_random_uuid(), 'x', %s, 'ready' FROM voter_opinions.session"""


@pytest.fixture
def full(office, database):
    """An agency with a hundred thousand petitions in one session, and a file of twenty thousand rows."""
    case = office.record()
    with office.agency.at_work():
        db.execute_sql("SET LOCAL statement_timeout = 0")  # filling is not what is measured
        db.execute_sql(_CASES, (MANY, case.id))
        for sql in (_PETITIONS, _ORIGINS):
            db.execute_sql(sql)
        db.execute_sql(_INTAKE, (office.lan.person_id,))
        db.execute_sql(_ROWS)
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    tables = (
        "casework.case_base",
        *(f"voter_opinions.{each}" for each in ("petition", "origin", "intake_row", "session")),
    )
    superuser.cursor().execute("; ".join(f"ANALYZE {each}" for each in tables))
    superuser.close()
    return office


def blocks(act, module, monkeypatch):
    """Return how many blocks the statements of an act read."""
    real, read = db.execute_sql, []

    def counted(sql, values=None, *more):
        if sql.lstrip().startswith(("SELECT", "WITH")):
            (plan,) = real(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values).fetchone()
            read.append(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])
        return real(sql, values, *more)

    with monkeypatch.context() as patched:
        patched.setattr(module, "db", SimpleNamespace(execute_sql=counted))
        act()
    return sum(read)


def test_lists_read_no_more_than_a_page_of_petitions(full, monkeypatch):
    of = full.session
    with full.agency.at_work():
        intake_id = full.sql("SELECT id FROM voter_opinions.intake")[0][0]
        found = {
            name: blocks(act, module, monkeypatch)
            for name, module, act in (
                ("behind", queries, lambda: queries.behind({"session": str(of.id)})),
                ("promises", queries, lambda: queries.promises({})),
                ("late", queries, lambda: queries.promises({"stand": "late"})),
                ("counts", queries, queries.counts),
                ("public", publishing, lambda: queries.COPIES.page(full.agency.info.id, queries.START)),
                ("rows", intakes, lambda: intakes.counts(intake_id)),
                ("late rows", intakes, lambda: intakes.late_at_once(intakes.intake(intake_id))),
            )
        }
    most = {
        "behind": 1_500,
        "promises": 1_500,
        "late": 1_500,
        "counts": 1_500,
        "public": 100,
        "rows": 1_500,
        "late rows": 1_500,
    }
    assert {name: read for name, read in found.items() if read > most[name]} == {}


def test_rows_one_may_not_read_are_found_without_a_look_at_every_petition(full, monkeypatch):
    ((intake_id,),) = full.sql("SELECT id FROM voter_opinions.intake")
    colleague = full.agency.officer("voter_opinions.compiler")

    def cost():
        found = []
        with colleague.working() as ctx:
            read = blocks(lambda: found.extend(intakes.closed_rows(ctx, intake_id)), intakes, monkeypatch)
        return read, found

    read, found = cost()
    assert found == []
    assert read < 200, "of a file without any, nothing but that there are none"
    case = full.record("Tôi tố cáo ông Trưởng thôn nhận tiền hỗ trợ của dân.")
    full.act(full.lan, case, "take_out", nature="denunciation", note="Chuyển Thanh tra")
    alike = (
        "UPDATE voter_opinions.intake_row SET state = 'alike', into_id = %s WHERE number = 20000 RETURNING id"
    )
    ((row_id,),) = full.sql(alike, case.id)
    read, found = cost()
    assert found == [row_id]
    assert read < 1_500
