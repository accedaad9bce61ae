"""Rows that two agencies share, table by table: both read them, a third never does, and neither can pass them on."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import psycopg2
import pytest

from core.db import db, new_id, reading, scope, unscoped
from tests.db import live
from tests.db.test_guard import REFUSED, outcome, run, undone

SHARED = {"casework.leg", "casework.leg_file", "casework.leg_line"}
"""A further table that two agencies share is a matter for review."""


@pytest.fixture
def third():
    return new_id()


@pytest.fixture
def shared(stage, app):
    """Put a row of `a` for `b` into every shared table, as long as the test runs: (table, its id)."""
    rows = []
    with undone():
        with scope(stage.a):
            for table in stage.tables:
                if table.other:
                    row = table.row(stage.a) | {table.other: str(stage.b)}
                    run(*_spread(live.insertion(table.name, row)))
                    rows.append((table, row["id"]))
        yield rows


def _spread(statement):
    sql, values = statement
    return sql, *values


def test_the_tables_that_two_agencies_share_are_listed(stage):
    assert {table.name for table in stage.tables if table.other} == SHARED


def test_both_sides_read_a_shared_row_and_nobody_else_does(stage, shared, third, subtests):
    scopes: dict[str, tuple[Callable[[], AbstractContextManager[None]], int]] = {
        "who wrote it": (lambda: scope(stage.a), 1),
        "who got it": (lambda: scope(stage.b), 1),
        "a third agency": (lambda: scope(third), 0),
        "nobody": (nullcontext, 0),
        "reading who wrote it": (lambda: reading([stage.a]), 1),
        "reading who got it": (lambda: reading([third, stage.b]), 1),
        "reading others": (lambda: reading([third]), 0),
        "reading none": (lambda: reading([]), 0),
        "everything": (lambda: unscoped(reason="the test counts what is there"), 1),
    }
    for name, (enter, seen) in scopes.items():
        for table, row_id in shared:
            with subtests.test(table=table.name, scope=name), enter():
                assert run(f"SELECT FROM {table.name} WHERE id = %s", row_id).rowcount == seen


def test_only_who_is_its_tenant_writes_a_shared_row(stage, shared, third, subtests):
    for table, _row_id in shared:
        row = table.row(stage.a) | {table.other: str(stage.b)}
        for name, writer in (("who would get it", stage.b), ("a third agency", third)):
            with subtests.test(table=table.name, writer=name), scope(writer):
                assert outcome(stage, *live.insertion(table.name, row)) == REFUSED
        with subtests.test(table=table.name, writer="a reading scope"), reading([stage.a, stage.b]):
            assert outcome(stage, *live.insertion(table.name, row)) == REFUSED


def test_both_sides_change_a_shared_row_nobody_else_and_nobody_deletes_it(stage, shared, third, subtests):
    for table, row_id in shared:
        update, delete = (
            f"UPDATE {table.name} SET id = id WHERE id = %s",
            f"DELETE FROM {table.name} WHERE id = %s",
        )
        for who, touched in ((stage.a, 1), (stage.b, 1), (third, 0)):
            with subtests.test(table=table.name, who=who), scope(who):
                assert outcome(stage, update, (row_id,)) == touched
                assert outcome(stage, delete, (row_id,)) == 0
        with subtests.test(table=table.name, who="a reading scope"), reading([stage.a, stage.b]):
            assert outcome(stage, update, (row_id,)) == 0


def test_a_third_agency_cannot_make_itself_a_side(stage, shared, third, subtests):
    for table, row_id in shared:
        for column in ("tenant_id", table.other):
            with subtests.test(table=table.name, column=column), scope(third):
                assert (
                    outcome(stage, f"UPDATE {table.name} SET {column} = %s WHERE id = %s", (third, row_id))
                    == 0
                )
            with subtests.test(table=table.name, column=column, who="given away whole"), scope(stage.a):
                both = f"UPDATE {table.name} SET tenant_id = %s, {table.other} = %s WHERE id = %s"
                assert outcome(stage, both, (third, stage.b, row_id)) == REFUSED


def test_the_application_may_not_name_other_sides_nor_delete(live_database, superuser, subtests):
    """The policies let each side keep itself and name another; the rights to columns do not."""
    tables = [table for table in live.tenant_tables(superuser.cursor()) if table.other]
    asking = psycopg2.connect(live_database.app_url)
    try:
        for table in tables:
            for statement in (
                f"UPDATE {table.name} SET tenant_id = tenant_id",
                f"UPDATE {table.name} SET {table.other} = {table.other}",
                f"UPDATE {table.name} SET id = id",
                f"DELETE FROM {table.name}",
            ):
                with subtests.test(statement=statement), asking.cursor() as cursor:
                    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                        cursor.execute(statement)
                    asking.rollback()
    finally:
        asking.close()


def test_a_child_cannot_be_shared_with_another_agency_than_its_row(superuser, subtests):
    """A line of a leg names the two agencies of that leg: the reference holds both."""
    a, b, third = new_id(), new_id(), new_id()
    cursor = superuser.cursor()
    tables = {table.name: table for table in live.tenant_tables(cursor)}
    for table in (table for table in tables.values() if table.other):
        for key in (key for key in table.foreign_keys if key.target in tables and tables[key.target].other):
            parent = tables[key.target]
            row = parent.row(a) | {parent.other: str(b)}
            own, other = (a, third) if key.columns[0] == "tenant_id" else (b, third)
            pointing = {
                here: row["id"]
                for here, there in zip(key.columns, key.target_columns, strict=True)
                if there == "id"
            }
            with subtests.test(table=table.name, key=key.name):
                cursor.execute("BEGIN")
                try:
                    with live.unchecked(cursor):
                        live.loosen(cursor, [table, parent], keep=key.name)
                        cursor.execute(*live.insertion(parent.name, row))
                    cursor.execute(f"SET LOCAL ROLE lienthong_app; SET LOCAL app.tenant_id = '{own}'")
                    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
                        cursor.execute(
                            *live.insertion(table.name, table.row(own) | {table.other: str(other)} | pointing)
                        )
                finally:
                    cursor.execute("ROLLBACK")


def test_nothing_is_left_of_the_shared_rows(stage, app):
    with unscoped(reason="the test counts what is there"), db.atomic():
        assert all(run(f"SELECT FROM {name}").rowcount == 2 for name in SHARED)
