"""The pool: roles it refuses, and connections that went away."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded

from core.db import database as module
from core.db.database import UnsafeRole, connect, refuse_unsafe_role


def examine(url: str) -> None:
    database = connect(url, refuses_unsafe_role=True)
    try:
        with database.connection_context():
            database.execute_sql("SELECT 1")
    finally:
        database.close_all()


def refusal(role: str | None, trouble: str) -> str:
    return (
        rf"The database role {role} {trouble}, so row-level security would not hold\. "
        r"Point LIENTHONG_DATABASE_URL at lienthong_app \(deploy/database/roles\.sql\)\."
    )


class TestRoles:
    """The process does not start as a role for which row-level security does not hold."""

    def test_the_application_role_may_serve(self, live_database):
        examine(live_database.app_url)

    @pytest.mark.parametrize(
        ("url", "trouble"), [("admin_url", "is a superuser"), ("owner_url", r"owns \w+\.\w+")]
    )
    def test_others_may_not(self, live_database, url, trouble):
        url = getattr(live_database, url)
        with pytest.raises(UnsafeRole) as refused:
            examine(url)
        assert re.fullmatch(refusal(urlsplit(url).username, trouble), str(refused.value))

    def test_a_refused_connection_is_not_kept(self, live_database):
        """Also when PostgreSQL was away at the start, so that the first connection is made for a request."""
        database = connect(live_database.owner_url, refuses_unsafe_role=True)
        for _ in range(2):
            with pytest.raises(UnsafeRole):
                database.connect()
            assert database.is_closed()
        assert (database._in_use, database._connections) == ({}, [])

    @pytest.mark.parametrize(
        ("change", "trouble"),
        [
            ("ALTER ROLE scratch_app BYPASSRLS", "has BYPASSRLS"),
            ("GRANT lienthong_owner TO scratch_app", r"owns \w+\.\w+"),
            (
                """
                CREATE VIEW core.a_view AS SELECT 1;
                ALTER VIEW core.a_view OWNER TO lienthong_context;
                GRANT lienthong_context TO scratch_app
                """,
                r"owns \w+\.\w+",
            ),
            (
                "CREATE POLICY peep ON core.audit_entry TO scratch_app USING (true)",
                "has a policy of its own, peep on core.audit_entry",
            ),
        ],
    )
    def test_nor_one_that_was_given_too_much(self, live_database, superuser, change, trouble):
        pool = connect(live_database.admin_url)
        with pool.connection_context(), pool.atomic() as transaction:
            pool.execute_sql("CREATE ROLE scratch_app NOLOGIN")
            pool.execute_sql(change)
            pool.execute_sql("SET LOCAL ROLE scratch_app")
            with pytest.raises(UnsafeRole) as refused:
                refuse_unsafe_role(pool.connection())
            transaction.rollback()
        assert re.fullmatch(refusal("scratch_app", trouble), str(refused.value))
        pool.close_all()


class TestPool:
    @pytest.fixture
    def pool(self, live_database):
        pool = connect(live_database.app_url, pool_size=1)
        yield pool
        pool.close_all()

    @staticmethod
    def pid(pool):
        return pool.execute_sql("SELECT pg_backend_pid()").fetchone()[0]

    @staticmethod
    def kill(superuser, pid):
        with superuser.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    def test_a_connection_is_used_again(self, pool):
        with pool.connection_context():
            first = self.pid(pool)
        with pool.connection_context():
            assert self.pid(pool) == first

    def test_one_that_died_while_it_was_idle_is_replaced(self, pool, superuser, monkeypatch):
        monkeypatch.setattr(module, "PROBE_AFTER_IDLE_SECONDS", 0)
        with pool.connection_context():
            first = self.pid(pool)
        self.kill(superuser, first)
        with pool.connection_context():
            assert self.pid(pool) != first

    def test_one_that_died_in_hand_is_not_given_out_again(self, pool, superuser):
        with pool.connection_context():
            self.kill(superuser, self.pid(pool))
            with pytest.raises(OperationalError):
                self.pid(pool)
        with pool.connection_context():
            assert self.pid(pool)

    def test_an_exhausted_pool_says_so_in_time(self, pool, monkeypatch):
        monkeypatch.setattr(pool, "_wait_timeout", 0.1)
        with pool.connection_context(), ThreadPoolExecutor(1) as other, pytest.raises(MaxConnectionsExceeded):
            other.submit(pool.connect).result(60)

    def test_the_session_settings_are_those_we_count_on(self, pool):
        with pool.connection_context():
            for name, value in {
                "TimeZone": "UTC",
                "statement_timeout": "30s",
                "idle_in_transaction_session_timeout": "1min",
                "client_connection_check_interval": "5s",
            }.items():
                assert pool.execute_sql(f"SHOW {name}").fetchone() == (value,)
