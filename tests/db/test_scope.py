"""The scope: which agency code works for, in Python and in PostgreSQL, whatever happens in between."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from peewee import DatabaseError, IntegrityError, InternalError, OperationalError, ProgrammingError, TextField
from playhouse.pool import PooledPostgresqlDatabase
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from structlog.testing import capture_logs

from core.db import (
    Conflict,
    Gone,
    ScopeError,
    TenantModel,
    VersionedMixin,
    current_scope,
    current_tenant,
    db,
    new_id,
    reading,
    scope,
    unscoped,
)
from core.db.database import connect
from core.db.ddl import create_schema, tenant_table
from tests.db.conftest import ALL_TENANTS


class Note(VersionedMixin, TenantModel):
    title = TextField()

    class Meta:
        schema = "scratch"
        table_name = "note"


@pytest.fixture(scope="module")
def notes(stage):
    """The table of Note, with one note in each agency."""
    owner = connect(stage.lent.owner_url)
    with owner.connection_context():
        create_schema(owner, "scratch")
        tenant_table(
            owner, "scratch.note", "title text NOT NULL, version integer NOT NULL, UNIQUE (tenant_id, title)"
        )
    pool = connect(stage.lent.app_url, pool_size=1)
    before = db.obj
    db.initialize(pool)
    with pool.connection_context():
        for tenant in (stage.a, stage.b):
            with scope(tenant), db.atomic():
                Note.create(title="chung một tên")
    pool.close_all()
    db.initialize(before)
    yield
    # A worker may come back to these tests after others.
    with owner.connection_context():
        owner.execute_sql("DROP TABLE scratch.note")
    owner.close_all()


@pytest.fixture
def a(stage, notes):
    return stage.a


@pytest.fixture
def b(stage, notes):
    return stage.b


def stored() -> list:
    """Return the agencies whose notes PostgreSQL shows now."""
    return [
        tenant
        for (tenant,) in db.execute_sql("SELECT tenant_id FROM scratch.note ORDER BY tenant_id").fetchall()
    ]


@pytest.mark.usefixtures("app")
class TestModels:
    """The friendly half of the guard: statements on models name their agency or fail."""

    def test_every_tenant_model_needs_a_scope(self, sets, app, subtests):
        for model in TenantModel.concrete_models():
            for statement in (
                model.select,
                model.insert,
                model.update,
                model.delete,
                lambda m=model: m.insert_many([]),
            ):
                with (
                    subtests.test(model=model.__name__),
                    pytest.raises(ScopeError, match="Enter `with scope"),
                ):
                    statement()

    def test_writing_needs_one_agency(self, a, b):
        for where in (reading([a, b]), unscoped(reason="the test tries to write in it")):
            with where, db.atomic():
                assert Note.select().count() == 2
                for statement in (Note.insert, Note.update, Note.delete, lambda: Note.insert_many([])):
                    with pytest.raises(ScopeError, match="only reads"):
                        statement()

    def test_rows_of_another_agency_are_neither_found_nor_changed(self, a, b):
        with scope(b), db.atomic():
            foreign = Note.get()
        with scope(a), db.atomic():
            assert Note.get_or_none(Note.id == foreign.id) is None
            foreign.title = "đổi từ bên ngoài"
            assert foreign.save() == 0
            assert Note.update(title="đổi").where(Note.id == foreign.id).execute() == 0
            assert foreign.delete_instance() == 0
            with pytest.raises(ScopeError):
                foreign.delete_instance(recursive=True)
        with scope(b), db.atomic():
            assert Note.get().title == "chung một tên"

    def test_inserting_for_another_agency_is_refused(self, a, b):
        with scope(a), db.atomic():
            with pytest.raises(ScopeError, match="another agency"):
                Note.insert(title="x", tenant_id=b)
            with pytest.raises(ProgrammingError, match="row-level security"), db.atomic():
                Note.insert_many([{"title": "x", "tenant_id": b}]).execute()
            with pytest.raises(ScopeError, match="another agency"):
                Note.create(title="x", tenant_id=b)

    def test_what_goes_round_the_model_meets_the_policies(self, a, b):
        with db.atomic():
            assert list(Note.alias().select()) == []
            assert list(Note.raw("SELECT * FROM scratch.note")) == []
        with scope(a), db.atomic():
            assert [note.tenant_id for note in Note.raw("SELECT * FROM scratch.note")] == [a]
            other = Note.alias()
            assert Note.select().join(other, on=(other.tenant_id != Note.tenant_id)).count() == 0

    def test_a_query_outside_a_transaction_says_so_instead_of_finding_nothing(self, a):
        with scope(a):
            queries = [
                Note.select(),
                Note.select().where(Note.title == "x"),
                Note.alias().select(),
                Note.raw("SELECT 1"),
            ]
            for run in (
                *(query.execute for query in queries),
                Note.select().count,
                Note.select().exists,
                Note.get,
            ):
                with pytest.raises(ScopeError, match="outside a transaction"):
                    run()

    def test_whoever_saves_second_gets_the_conflict(self, a):
        with scope(a), db.atomic() as transaction:
            first, second = Note.get(), Note.get()
            first.title, second.title = "trước", "sau"
            first.save_version(1)
            with pytest.raises(Conflict) as conflict:
                second.save_version(1)
            assert (conflict.value.current.title, conflict.value.current.version) == ("trước", 2)
            transaction.rollback()

    def test_what_somebody_deleted_meanwhile_is_gone(self, a):
        with scope(a), db.atomic() as transaction:
            first, second = Note.get(), Note.get()
            first.delete_instance()
            second.title = "sau"
            with pytest.raises(Gone):
                second.save_version(1)
            transaction.rollback()


@pytest.mark.usefixtures("app")
class TestScopes:
    """Entering, nesting and leaving."""

    def test_a_scope_reaches_transactions_before_and_after_it(self, a):
        with scope(a), db.atomic():
            assert stored() == [a]
        with db.atomic():
            with scope(a):
                assert stored() == [a]
            assert stored() == []

    def test_nested_scopes_are_restored_in_order(self, a, b):
        with scope(a), db.atomic():
            with scope(b):
                assert (stored(), current_tenant()) == ([b], b)
                with reading([a, b]):
                    assert stored() == sorted([a, b])
                    with unscoped(reason="nested in the test"):
                        assert len(stored()) == 2
                    assert stored() == sorted([a, b])
                assert (stored(), current_tenant()) == ([b], b)
            assert (stored(), current_tenant()) == ([a], a)

    def test_a_scope_ends_with_an_exception(self, a, b):
        with scope(a), db.atomic():
            with suppress(LookupError), scope(b):
                raise LookupError
            assert (stored(), current_tenant()) == ([a], a)
        with pytest.raises(ScopeError):
            current_scope()

    def test_a_scope_is_right_after_a_savepoint_was_rolled_back(self, a, b):
        with scope(a), db.atomic():
            with suppress(IntegrityError), db.atomic(), scope(b):
                Note.create(title="chung một tên")
            assert (stored(), current_tenant()) == ([a], a)
            with scope(b):
                with suppress(IntegrityError), db.atomic():
                    Note.create(title="chung một tên")
                assert (stored(), current_tenant()) == ([b], b)
            assert (stored(), current_tenant()) == ([a], a)

    def test_a_failed_transaction_leaves_no_scope_behind(self, a):
        with pytest.raises(IntegrityError), scope(a), db.atomic():
            Note.create(title="chung một tên")
        with db.atomic():
            assert stored() == []

    def test_a_lost_connection_says_so_while_scopes_are_left(self, a, stage):
        def work() -> None:
            with scope(a), db.atomic():
                pid = db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
                killer = connect(stage.lent.admin_url)
                with killer.connection_context():
                    killer.execute_sql("SELECT pg_terminate_backend(%s, 5000)", (pid,))
                killer.close_all()
                with scope(a):
                    stored()

        with pytest.raises(OperationalError):
            work()

    @pytest.mark.parametrize("wrong", ["a’; RESET ALL; --", None, 7])
    def test_only_ids_make_a_scope(self, wrong):
        with pytest.raises(ScopeError), scope(wrong):
            pass
        with pytest.raises(ScopeError), reading([wrong]):
            pass

    def test_leaving_the_scope_needs_a_reason_and_is_logged(self):
        with pytest.raises(ScopeError, match="reason"), unscoped(reason=" "):
            pass
        with capture_logs() as logs, unscoped(reason="the nightly count"):
            pass
        assert logs == [{"event": "scope.left", "reason": "the nightly count", "log_level": "info"}]


class TestPool:
    """A connection goes from hand to hand; a scope must not go with it."""

    @pytest.fixture
    def pool(self, stage, notes):
        """A pool of one connection, which nobody holds."""
        pool = connect(stage.lent.app_url, pool_size=1)
        before = db.obj
        db.initialize(pool)
        yield pool
        pool.close_all()
        db.initialize(before)

    def test_the_next_borrower_sees_nothing(self, pool, a):
        pids = set()
        with pool.connection_context(), scope(a), pool.atomic():
            pids.add(pool.execute_sql("SELECT pg_backend_pid()").fetchone())
            assert stored() == [a]
        with pool.connection_context():
            pids.add(pool.execute_sql("SELECT pg_backend_pid()").fetchone())
            assert stored() == []
            with pool.atomic():
                assert stored() == []
        assert len(pids) == 1

    def test_not_even_after_a_transaction_that_nobody_ended(self, pool, a):
        with pool.connection_context(), scope(a):
            pool.begin()
            assert stored() == [a]
        with pool.connection_context(), pool.atomic():
            assert stored() == []

    def test_not_even_after_an_error(self, pool, a):
        with pytest.raises(IntegrityError), pool.connection_context(), scope(a), pool.atomic():
            Note.create(title="chung một tên")
        with pool.connection_context(), pool.atomic():
            assert stored() == []

    def test_a_setting_for_the_whole_session_does_not_reach_the_next_transaction(self, pool, a):
        with pool.connection_context():
            pool.execute_sql(f"SET app.tenant_id = '{a}'; SET app.read_tenants = '{{{a}}}'")
        with pool.connection_context(), pool.atomic():
            assert stored() == []

    def test_threads_never_mix(self, stage, a, b):
        pool, rounds, wrong = connect(stage.lent.app_url, pool_size=4, all_tenants_sql=ALL_TENANTS), 150, []
        before = db.obj
        db.initialize(pool)

        def work(number: int) -> None:
            mine = (a, b)[number % 2]
            for turn in range(rounds):
                with pool.connection_context():
                    if turn % 3 == 2:
                        with pool.atomic():
                            seen, expected = stored(), []
                    else:
                        with scope(mine), pool.atomic():
                            seen, expected = stored(), [mine]
                if seen != expected:
                    wrong.append((number, turn, seen))

        try:
            with ThreadPoolExecutor(8) as threads:
                list(threads.map(work, range(8)))
        finally:
            pool.close_all()
            db.initialize(before)
        assert wrong == []

    def test_a_new_thread_starts_without_a_scope(self, a):
        told: list[BaseException] = []

        def work() -> None:
            try:
                current_scope()
            except ScopeError as error:
                told.append(error)

        with scope(a):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        assert told


class TestMessages:
    """BEGIN and RELEASE travel with the next statement; nothing may depend on when they are sent."""

    @pytest.fixture
    def sent(self, app, monkeypatch):
        """The messages to PostgreSQL, in short."""
        messages: list[str] = []
        original = PooledPostgresqlDatabase._execute_cursor

        def listen(database, sql, params, **options):
            settings = r"SET LOCAL app.tenant_id = '[^']*'; SET LOCAL app.read_tenants = '[^']*'; "
            messages.append(re.sub(r'"s[0-9a-f]{32}"(;$)?', "s", re.sub(settings, "", sql)))
            return original(database, sql, params, **options)

        monkeypatch.setattr(PooledPostgresqlDatabase, "_execute_cursor", listen)
        return messages

    def test_a_transaction_of_one_statement_is_two_messages(self, sent, a):
        with scope(a), db.atomic():
            db.execute_sql("SELECT 1")
        assert sent == ["BEGIN; SELECT 1", "COMMIT"]

    def test_a_transaction_without_a_statement_is_none(self, sent, a, app):
        with scope(a), db.atomic(), reading([a]):
            pass
        with suppress(LookupError), scope(a), db.atomic():
            raise LookupError
        assert sent == []
        assert app.connection().info.transaction_status == TRANSACTION_STATUS_IDLE

    def test_savepoints_are_released_with_what_comes_next(self, sent, a):
        with scope(a), db.atomic():
            for _ in range(2):
                with db.atomic():
                    db.execute_sql("SELECT 1")
            db.execute_sql("SELECT 2")
            with db.atomic():
                db.execute_sql("SELECT 3")
        assert sent == [
            "BEGIN; SAVEPOINT s",
            "SELECT 1",
            "RELEASE SAVEPOINT s; SAVEPOINT s",
            "SELECT 1",
            "RELEASE SAVEPOINT s; SELECT 2",
            "SAVEPOINT s",
            "SELECT 3",
            "RELEASE SAVEPOINT s; COMMIT",
        ]

    @pytest.mark.usefixtures("app")
    def test_what_was_done_inside_an_undone_savepoint_is_undone_too(self, a):
        with scope(a), db.atomic() as transaction:
            with suppress(LookupError), db.atomic():
                with db.atomic():
                    Note.create(title="innen")
                raise LookupError
            with db.atomic():
                Note.create(title="danach")
            assert [note.title for note in Note.select().order_by(Note.id)] == ["chung một tên", "danach"]
            transaction.rollback()

    @pytest.mark.parametrize("broken", ["SELEC", "SELECT 1/0", "SELECT * FROM nowhere"])
    @pytest.mark.usefixtures("app")
    def test_an_error_in_the_first_statement_leaves_nothing_behind(self, a, b, broken):
        with pytest.raises(DatabaseError), scope(a), db.atomic():
            db.execute_sql(broken)
        assert stored() == []
        with scope(b), db.atomic():
            with suppress(DatabaseError), db.atomic():
                db.execute_sql(broken)
            with db.atomic():
                pass
            with suppress(DatabaseError), db.atomic():
                db.execute_sql(broken)
            assert stored() == [b]

    @pytest.mark.usefixtures("app")
    def test_a_first_statement_that_was_never_sent_does_not_lose_the_beginning(self, a, monkeypatch):
        def interrupted(*args, **kwargs):
            raise KeyboardInterrupt

        with scope(a), db.atomic() as transaction:
            with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
                patch.setattr(db.obj, "cursor", interrupted)
                db.execute_sql("SELECT 1")
            Note.create(title="sau đó")
            transaction.rollback()
        with scope(a), db.atomic():
            assert Note.select().count() == 1

    @pytest.mark.usefixtures("app")
    def test_the_scope_is_the_one_of_the_first_statement(self, a, b):
        with scope(a), db.atomic():
            with scope(b):
                assert stored() == [b]
            assert stored() == [a]
        with db.atomic():
            with scope(a):
                pass
            assert stored() == []

    @pytest.mark.usefixtures("app")
    def test_a_cursor_of_the_driver_is_in_the_transaction_too(self, a):
        for cursor_of in (db.cursor, lambda: db.connection().cursor()):
            with scope(a), db.atomic():
                cursor = cursor_of()
                cursor.execute("SELECT tenant_id FROM scratch.note")
                assert cursor.fetchall() == [(a,)]

    @pytest.mark.usefixtures("app")
    def test_an_error_that_was_swallowed_is_heard_at_the_commit(self, a):
        """PostgreSQL answers COMMIT with a rollback then, and the work would be lost without a word."""

        def work() -> None:
            with scope(a), db.atomic():
                Note.create(title="mất")
                with suppress(DatabaseError):
                    db.execute_sql("SELECT 1/0")

        with pytest.raises(InternalError, match="swallowed"):
            work()
        with scope(a), db.atomic():
            assert Note.select().count() == 1

    def test_a_transaction_that_never_began_does_not_begin_for_the_next_borrower(self, stage, a):
        pool = connect(stage.lent.app_url, pool_size=1)
        pool.connect()
        pool.begin()
        pool.close()
        pool.connect()
        assert pool.execute_sql("SELECT 1").fetchall() == [(1,)]
        assert pool.connection().info.transaction_status == TRANSACTION_STATUS_IDLE
        pool.close_all()


def test_ids_are_unique_and_ordered_by_time():
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert [each.version for each in ids[:3]] == [7, 7, 7]
    assert ids[0] < new_id()
