"""Row-level security, table by table: what one agency's scope can never reach of another's."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import psycopg2
import pytest
from peewee import DatabaseError

from core.db import db, new_id, reading, scope, unscoped
from tests.db import live
from tests.db.conftest import Stage

REFUSED = "42501"


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that leaves nothing behind."""
    with db.atomic() as transaction:
        yield
        transaction.rollback()


def run(sql: str, *values: Any) -> Any:
    return db.execute_sql(sql, values)


def outcome(stage: Stage, sql: str, values: tuple[Any, ...] = ()) -> int | str:
    """Return how many rows a statement touched, or the SQLSTATE that refused it; its words must not leak."""
    try:
        with db.atomic():
            return run(sql, *values).rowcount
    except DatabaseError as error:
        if f"{live.CANARY}{stage.b}" in str(error):
            pytest.fail(f"The error tells of another agency: {error}")
        return error.orig.pgcode


def contents(table: live.Table) -> set[str]:
    return {text for (text,) in run(f"SELECT t::text FROM {table.name} t").fetchall()}


def test_there_are_tables_to_guard(stage):
    assert len(stage.tables) > 5


class TestReading:
    """Every way to look at rows shows those of the scope and no others."""

    def test_one_agency_sees_its_rows_alone(self, stage, app, subtests):
        for tenant in (stage.a, stage.b):
            with scope(tenant), undone():
                for table in stage.tables:
                    with subtests.test(table=table.name):
                        assert run(f"SELECT tenant_id FROM {table.name}").fetchall() == [(tenant,)]

    def test_naming_another_agency_or_its_row_finds_nothing(self, stage, app, subtests):
        with scope(stage.a), undone():
            for table in stage.tables:
                foreign = stage.rows[table.name, stage.b]
                with subtests.test(table=table.name):
                    assert run(f"SELECT FROM {table.name} WHERE tenant_id = %s", stage.b).rowcount == 0
                    assert run(f"SELECT FROM {table.name} WHERE id = %s", foreign["id"]).rowcount == 0

    @pytest.mark.parametrize("in_transaction", [True, False])
    def test_no_scope_sees_nothing(self, stage, app, subtests, in_transaction):
        with undone() if in_transaction else nullcontext():
            for table in stage.tables:
                with subtests.test(table=table.name):
                    assert contents(table) == set()

    def test_a_reading_scope_sees_its_agencies_and_no_others(self, stage, app, subtests):
        stranger = new_id()
        for ids, seen in (((stage.a, stage.b), 2), ((stage.b, stranger), 1), ((stranger,), 0), ((), 0)):
            with reading(ids), undone():
                for table in stage.tables:
                    with subtests.test(table=table.name, agencies=len(ids)):
                        assert run(f"SELECT FROM {table.name}").rowcount == seen

    def test_leaving_the_scope_reads_every_agency(self, stage, app, subtests):
        with unscoped(reason="the test counts what is there"), undone():
            for table in stage.tables:
                with subtests.test(table=table.name):
                    assert run(f"SELECT FROM {table.name}").rowcount == 2

    def test_a_condition_is_never_tried_on_a_hidden_row(self, stage, app, subtests):
        """A condition that fails on a certain value would tell whether another agency has it."""
        with scope(stage.a), undone():
            for table in stage.tables:
                with subtests.test(table=table.name):
                    oracle = f"SELECT FROM {table.name} t WHERE 1 / (CASE WHEN strpos(t::text, %s) > 0 THEN 0 ELSE 1 END) = 1"
                    assert outcome(stage, oracle, (str(stage.b),)) == 1

    def test_copying_out_is_filtered_and_copying_in_is_not_possible(self, stage, app, subtests):
        for table in stage.tables:
            with subtests.test(table=table.name), scope(stage.a), undone():
                cursor, out = app.connection().cursor(), io.StringIO()
                cursor.copy_expert(f"COPY {table.name} (tenant_id) TO STDOUT", out)
                assert out.getvalue() == f"{stage.a}\n"
                with pytest.raises(psycopg2.errors.FeatureNotSupported):
                    cursor.copy_expert(f"COPY {table.name} FROM STDIN", io.StringIO(""))

    def test_planner_statistics_hide_guarded_values(self, stage, app, subtests):
        opened = psycopg2.connect(stage.lent.owner_url)
        with opened, opened.cursor() as cursor:
            cursor.execute("ANALYZE")
        opened.close()
        with scope(stage.a), undone():
            for table in stage.tables:
                schema, name = table.name.split(".")
                with subtests.test(table=table.name):
                    assert (
                        run(
                            "SELECT FROM pg_stats WHERE schemaname = %s AND tablename = %s", schema, name
                        ).rowcount
                        == 0
                    )


Attack = Callable[[live.Table, Stage], tuple[str, tuple[Any, ...]]]


def _upsert(whose: str, ending: str) -> Attack:
    def attack(table: live.Table, stage: Stage) -> tuple[str, tuple[Any, ...]]:
        row = stage.rows[table.name, getattr(stage, whose)]
        sql, values = live.insertion(table.name, row, f'ON CONFLICT ON CONSTRAINT "{table.key}" DO {ending}')
        places = {"A": f"'{stage.a}'", "B": f"'{stage.b}'"}
        for letter, place in places.items():
            sql = sql.replace(f"= {letter}", f"= {place}")
        return sql, values

    return attack


ATTACKS: dict[str, Attack] = {
    "insert": lambda t, s: live.insertion(t.name, t.row(s.b)),
    "copy to it": lambda t, s: live.insertion(t.name, s.rows[t.name, s.a] | {"tenant_id": str(s.b)}),
    "update its rows": lambda t, s: (f"UPDATE {t.name} SET id = id WHERE tenant_id = %s", (s.b,)),
    "update its row": lambda t, s: (
        f"UPDATE {t.name} SET id = %s WHERE id = %s",
        (new_id(), s.rows[t.name, s.b]["id"]),
    ),
    "move a row to it": lambda t, s: (f"UPDATE {t.name} SET tenant_id = %s", (s.b,)),
    "move its row away": lambda t, s: (
        f"UPDATE {t.name} SET tenant_id = %s WHERE tenant_id = %s",
        (s.a, s.b),
    ),
    "delete its rows": lambda t, s: (f"DELETE FROM {t.name} WHERE tenant_id = %s", (s.b,)),
    "delete its row": lambda t, s: (
        f"DELETE FROM {t.name} WHERE id = %s RETURNING *",
        (s.rows[t.name, s.b]["id"],),
    ),
    "lock its row": lambda t, s: (f"SELECT FROM {t.name} WHERE tenant_id = %s FOR UPDATE", (s.b,)),
    "upsert its row": _upsert("b", "UPDATE SET id = excluded.id"),
    "upsert its row to own": _upsert("b", "UPDATE SET tenant_id = A"),
    "upsert own row to it": _upsert("a", "UPDATE SET tenant_id = B"),
    "insert its row if missing": _upsert("b", "NOTHING"),
    "merge": lambda t, s: (
        f"MERGE INTO {t.name} t USING (SELECT %s::uuid AS whose) o ON t.tenant_id = o.whose WHEN MATCHED THEN DELETE",
        (s.b,),
    ),
}
"""Ways to write agency B's rows; none may touch one, whatever the scope."""

SCOPES: dict[str, Callable[[Stage], AbstractContextManager[None]]] = {
    "another agency's": lambda s: scope(s.a),
    "no": lambda s: nullcontext(),
    "a reading": lambda s: reading([s.a, s.b]),
    "every": lambda s: unscoped(reason="the test tries to write in it"),
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("where", SCOPES)
def test_no_write_reaches_another_agency(stage, app, subtests, where, attack):
    for table in stage.tables:
        with subtests.test(table=table.name), undone():
            with SCOPES[where](stage):
                assert outcome(stage, *ATTACKS[attack](table, stage)) in (0, REFUSED)
            with reading([stage.a, stage.b]):
                assert run(f"SELECT tenant_id FROM {table.name} ORDER BY tenant_id").fetchall() == [
                    (stage.a,),
                    (stage.b,),
                ]
                assert (
                    run(
                        f"SELECT FROM {table.name} WHERE id = %s", stage.rows[table.name, stage.b]["id"]
                    ).rowcount
                    == 1
                )


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = gen_random_uuid()", "DELETE FROM {}"])
def test_a_write_to_all_rows_touches_the_scope_alone(stage, app, subtests, statement):
    for table in stage.tables:
        with subtests.test(table=table.name), undone():
            with reading([stage.b]):
                before = contents(table)
            with scope(stage.a):
                # Nobody deletes a row that another agency reads as well.
                touched = 0 if table.other and statement.startswith("DELETE") else 1
                assert outcome(stage, statement.format(table.name)) == touched
            with reading([stage.b]):
                assert contents(table) == before


def test_reading_scopes_write_nothing_not_even_own_rows(stage, app, subtests):
    for where in (reading([stage.a]), unscoped(reason="the test tries to write in it")):
        with where, undone():
            for table in stage.tables:
                with subtests.test(table=table.name):
                    assert outcome(stage, f"UPDATE {table.name} SET id = id") == 0
                    assert outcome(stage, f"DELETE FROM {table.name}") == 0
                    assert outcome(stage, *live.insertion(table.name, table.row(stage.a))) == REFUSED


def test_the_owner_of_the_tables_is_held_by_the_policies_too(stage, subtests):
    owner = psycopg2.connect(stage.lent.owner_url)
    with owner, owner.cursor() as cursor:
        for table in stage.tables:
            with subtests.test(table=table.name):
                cursor.execute(f"SELECT FROM {table.name}")
                assert cursor.rowcount == 0
                cursor.execute(f"DELETE FROM {table.name}")
                assert cursor.rowcount == 0
        owner.rollback()
    owner.close()


class TestEnumeration:
    """Nothing tells whether another agency has a value."""

    def test_every_value_of_another_agency_is_free(self, stage, app, subtests):
        """Unique keys and exclusions begin with the agency: the same ids, codes and all do not collide."""
        for table in stage.tables:
            with subtests.test(table=table.name), scope(stage.a), undone():
                run(f"DELETE FROM {table.name}")
                copy = stage.rows[table.name, stage.b] | {"tenant_id": str(stage.a)}
                assert outcome(stage, *live.insertion(table.name, copy)) == 1

    def test_a_reference_to_another_agencys_row_fails_as_one_to_nothing(
        self, live_database, superuser, subtests
    ):
        """The words must be the same too, but for the id that was sent."""
        a, b = new_id(), new_id()
        cursor = superuser.cursor()
        tables = {table.name: table for table in live.tenant_tables(cursor)}
        for table in tables.values():
            for key in table.foreign_keys:
                if key.target in tables:
                    with subtests.test(table=table.name, key=key.name):
                        target, nothing = tables[key.target].row(b), tables[key.target].row(b)
                        told = [_refusal(cursor, table, key, a, target, sent) for sent in (target, nothing)]
                        assert told[0] == told[1]
                        assert "is not present in table" in told[0]


def _refusal(
    cursor: Any,
    table: live.Table,
    key: live.ForeignKey,
    tenant: Any,
    target: dict[str, Any],
    sent: dict[str, Any],
) -> str:
    """Return the words with which one foreign key refuses a row that points at the row `sent`."""
    cursor.execute("BEGIN")
    try:
        with live.unchecked(cursor):
            live.loosen(cursor, [table, live.Table(key.target, "", (), ())], keep=key.name)
            cursor.execute(*live.insertion(key.target, target))
        cursor.execute("SET LOCAL ROLE lienthong_app")
        cursor.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
        pointing = {
            here: sent[there]
            for here, there in zip(key.columns, key.target_columns, strict=True)
            if here != "tenant_id"
        }
        with pytest.raises(psycopg2.errors.ForeignKeyViolation) as refused:
            cursor.execute(*live.insertion(table.name, table.row(tenant, **pointing)))
        words = str(refused.value)
        for value in pointing.values():
            words = words.replace(str(value), "…")
        return words
    finally:
        cursor.execute("ROLLBACK")


ESCAPES = [
    "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {} OWNER TO lienthong_app",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP POLICY tenant_read ON {}",
    "CREATE POLICY everything ON {} USING (true)",
    "CREATE TRIGGER look BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE look AS ON INSERT TO {} DO NOTHING",
    "TRUNCATE {}",
    "DROP TABLE {}",
    "GRANT SELECT ON {} TO PUBLIC",
    "SET LOCAL row_security = off; SELECT FROM {}",
]


@pytest.mark.parametrize("statement", ESCAPES)
def test_the_application_cannot_lift_the_guard_of_a_table(stage, app, subtests, statement):
    for table in stage.tables:
        with subtests.test(table=table.name), scope(stage.a), undone():
            told = outcome(stage, statement.format(table.name))
            # GRANT without the right to is a warning in PostgreSQL; it must not have granted anything.
            assert (
                told == REFUSED
                or not run("SELECT has_table_privilege('public', %s, 'select')", table.name).fetchone()[0]
            )


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE lienthong_owner",
        "SET ROLE lienthong_context",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION lienthong_owner",
        "SET session_replication_role = replica",
        "ALTER ROLE lienthong_app BYPASSRLS",
        "CREATE ROLE mine",
        "CREATE SCHEMA mine",
        "CREATE TABLE core.mine ()",
        "CREATE TABLE public.mine ()",
        "CREATE TEMPORARY TABLE mine ()",
        "CREATE FUNCTION core.mine() RETURNS void LANGUAGE sql AS ''",
        "CREATE OR REPLACE FUNCTION core.app_tenant() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "ALTER FUNCTION core.app_tenant() SET app.tenant_id = ''",
        "COPY tenants.tenant TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')",
    ],
)
def test_the_application_cannot_become_somebody_else(stage, app, statement):
    with undone():
        assert outcome(stage, statement) == REFUSED
