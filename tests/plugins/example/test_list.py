"""The list: who sees what, in which order, page by page, and at what cost."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg2
import pytest

from core.api import Cursor
from core.db import db
from core.web.paging import decode_key, encode_key
from plugins.example import queries
from plugins.example.queries import Filter
from tests.support.modules import OTHER_UNIT, UNIT
from tests.support.plans import nodes


def test_everybody_sees_the_notes_of_their_own_units_and_the_keeper_all(notebook):
    lan, hung, keeper = notebook.writer(), notebook.writer(unit=OTHER_UNIT), notebook.keeper(unit=OTHER_UNIT)
    notebook.note(lan, "Văn phòng")
    notebook.note(hung, "Kinh tế", unit=OTHER_UNIT)
    assert notebook.titles(lan) == ["Văn phòng"]
    assert notebook.titles(hung) == ["Kinh tế"]
    assert set(notebook.titles(keeper)) == {"Văn phòng", "Kinh tế"}


def test_the_filter_never_widens_what_one_sees(notebook):
    lan, keeper = notebook.writer(), notebook.keeper()
    notebook.note(keeper, "Kinh tế", unit=OTHER_UNIT)
    units = notebook.agency.units
    assert notebook.titles(lan, unit_id=units[OTHER_UNIT]) == []
    assert notebook.titles(keeper, unit_id=units[OTHER_UNIT]) == ["Kinh tế"]
    assert notebook.titles(keeper, unit_id=units[UNIT]) == []
    assert notebook.titles(keeper, unit_id=uuid4()) == []


def test_pinned_notes_come_first_then_the_newest(notebook):
    lan, now = notebook.writer(), datetime.now(UTC)
    for title, age, pinned in (
        ("cũ", 3, False),
        ("ghim cũ", 4, True),
        ("mới", 1, False),
        ("ghim mới", 2, True),
    ):
        notebook.note(lan, title, created_at=now - timedelta(days=age), pinned=pinned)
    assert notebook.titles(lan) == ["ghim mới", "ghim cũ", "mới", "cũ"]
    assert notebook.titles(lan, state="pinned") == ["ghim mới", "ghim cũ"]


@pytest.mark.parametrize(
    "typed", ["uy ban", "UỶ BAN", "bân ủy", "uỷ", "nhân dân uỷ", "125/BC", "ban%", "dân_"]
)
def test_the_search_forgives_accents_case_and_the_order_of_words(notebook, typed):
    lan = notebook.writer()
    notebook.note(lan, "Uỷ ban nhân dân", "Báo cáo 125/BC-UBND về quý 3")
    notebook.note(lan, "Việc khác")
    expected = [] if "%" in typed or "_" in typed else ["Uỷ ban nhân dân"]
    assert notebook.titles(lan, search=typed) == expected


def test_pages_hold_every_note_once_forth_and_back(notebook):
    lan = notebook.keeper()
    notebook.many(70)
    notebook.many(60, unit=OTHER_UNIT, title="Kinh tế số")
    forth, back, cursor = [], [], Cursor()
    with lan.working() as ctx:
        while True:
            page = queries.notes(ctx, Filter(), cursor)
            forth.append([row.id for row in page.rows])
            if not page.next_key:
                break
            cursor = to_cursor(page.next_key)
        while page.previous_key:
            page = queries.notes(ctx, Filter(), to_cursor(page.previous_key, backward=True))
            back.insert(0, [row.id for row in page.rows])
        assert queries.count(ctx, Filter()) == 130
    assert [len(rows) for rows in forth] == [50, 50, 30]
    assert len({note_id for rows in forth for note_id in rows}) == 130
    assert back == forth[:-1]


def to_cursor(key, *, backward=False):
    *values, row = decode_key(key)
    return Cursor(tuple(kind(value) for kind, value in zip(queries.KEY, values, strict=True)), row, backward)


@pytest.mark.parametrize(
    "key",
    [
        (1, "yesterday", str(uuid4()), 50),
        (1, "2026-09-04T00:00:00+00:00", "7", 50),
        ("x",),
        (1, 2, 3, 4),
        (1, None, None, 4),
    ],
)
def test_a_forged_cursor_is_a_bad_request(notebook, key):
    assert notebook.writer().get("example.notes", query={"after": encode_key(*key)}).status_code == 400


# ---- the cost: the same at 10⁵ notes as at 10⁴


@pytest.fixture
def analyze(database):
    """Let the planner know how much there is."""
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    yield lambda: superuser.cursor().execute("ANALYZE example.note")
    superuser.close()


def plan_of(ctx, cursor):
    sql, values = queries._statement(ctx, Filter(), cursor, 50)
    (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values).fetchone()
    return document[0]["Plan"]


def test_a_page_costs_the_same_however_long_the_notebook_is(notebook, analyze):
    officers = {"writer": notebook.writer(), "keeper": notebook.keeper()}
    costs = {}
    for more in (10_000, 90_000):
        notebook.many(more)
        analyze()
        for who, officer in officers.items():
            with officer.working() as ctx:
                second = to_cursor(queries.notes(ctx, Filter()).next_key)
                for what, cursor in (("first", Cursor()), ("second", second)):
                    plan = plan_of(ctx, cursor)
                    check_plan(plan)
                    costs.setdefault((who, what), []).append(
                        plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
                    )
    for few, many in costs.values():
        assert many <= few * 1.3 + 5, costs


def check_plan(plan):
    found = list(nodes(plan))
    on_notes = [node for node in found if node.get("Relation Name") == "note"]
    assert [(node["Node Type"], node["Index Name"]) for node in on_notes] == [("Index Scan", "note_current")]
    assert all(node["Actual Rows"] <= 51 for node in on_notes)
    assert all(node["Actual Rows"] <= 51 * 2 for node in found if node["Node Type"] == "Sort")
