"""The console's search of people: what it finds, and that it costs what it finds rather than what there is."""

import json

import psycopg2
import pytest

from core.db import db
from core.web.paging import Cursor
from tenants import console_queries, services
from tests.support.plans import nodes

PEOPLE = 20_000
COMMON, RARE = "nguyen", "trinh zuyen"


@pytest.fixture
def crowd(stage, database):
    """Many people: every third is called Nguyễn, thirty among them Trịnh Zuyên, at the end of the list."""
    with psycopg2.connect(database.admin_url) as superuser, superuser.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenants.person (id, username, full_name, sort_key, folded) "
            "SELECT gen_random_uuid(), 'nguoi.' || n, name, lpad(n::text, 6, '0'), lower(name) FROM generate_series(1, %s) n "
            "CROSS JOIN LATERAL (SELECT CASE WHEN n > %s THEN 'Trinh Zuyen ' || n WHEN n %% 3 = 0 THEN 'Nguyen Van ' || n "
            "ELSE 'Ho Thi ' || n END AS name) named",
            (PEOPLE, PEOPLE - 30),
        )
        superuser.commit()
        cursor.execute("ANALYZE tenants.person")
    superuser.close()
    yield
    with psycopg2.connect(database.admin_url) as superuser, superuser.cursor() as cursor:
        # Nobody refers to them, and the checks of foreign keys would look that up for each.
        cursor.execute(
            "SET session_replication_role = replica; DELETE FROM tenants.person WHERE username ^@ 'nguoi.'"
        )
    superuser.close()


def looked_at(text):
    """Return how many rows of the table the statements for one page read, and how they read it."""
    rows, ways = 0, set()
    for statement, values in console_queries.people_statements(text):
        answered = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).fetchone()[0]
        plan = (json.loads(answered) if isinstance(answered, str) else answered)[0]["Plan"]
        for node in nodes(plan):
            if node.get("Relation Name") == "person":
                ways.add(node["Node Type"])
                rows += node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        if plan["Actual Rows"] > console_queries.PAGE_SIZE:
            break
    return rows, ways


@pytest.mark.parametrize("text", [COMMON, RARE, "nguoi.199", "khong co ai"])
def test_a_search_reads_neither_the_whole_table_nor_more_than_it_finds(crowd, text):
    found = len(console_queries.find_people(text))
    rows, ways = looked_at(text)
    assert "Seq Scan" not in ways
    assert rows <= console_queries.NEAR + max(found, 200)


def test_pages_of_rare_and_of_common_names_go_on_where_the_last_one_ended(crowd):
    first = console_queries.find_people(COMMON, limit=20)
    second = console_queries.find_people(COMMON, Cursor((first[19].sort_key, first[19].id)), limit=20)
    assert second[0] == first[20]
    assert len(console_queries.find_people(RARE, limit=20)) == 21
    last = console_queries.find_people(RARE, limit=20)[19]
    assert len(console_queries.find_people(RARE, Cursor((last.sort_key, last.id)), limit=20)) == 10


def test_words_are_found_by_how_they_begin_in_any_order_and_user_names_from_their_first_letter(stage):
    with db.atomic():
        for username, name in (
            ("hm_anh.so-y-te", "Huỳnh Mỹ Ánh"),
            ("d.khanh", "Đỗ Quốc Khánh"),
            ("yb", "Y B’Lê Niê"),
        ):
            services.register_person(username, name)

    def names(text):
        return {each.full_name for each in console_queries.find_people(text)}

    for text in ("huynh", "Huỳnh Ánh", "anh my", "ANH hu", "hm_anh.so", "hm_a"):
        assert names(text) == {"Huỳnh Mỹ Ánh"}, text
    assert names("do kha") == {"Đỗ Quốc Khánh"}
    assert names("nie") == {"Y B’Lê Niê"}
    for text in ("uynh", "hmxanh", "%", "a", "' | !a", "--", "", "hm%"):
        assert names(text) == set(), text
