"""A private PostgreSQL is started, killed and started again, under whatever user runs the suite."""

import os
import signal
import time

import psycopg2
import pytest

from scripts._lib import databases
from scripts._lib.console import Failure
from scripts._lib.ports import free_port
from scripts._lib.postgres import Cluster
from scripts._lib.postgres_programs import Programs, choose_account
from scripts._lib.processes import started_at

PASSWORDS = {"owner_password": "o'wner%s", "app_password": "app", "keycloak_password": "kc"}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    # Nobody else may enter pytest's folders, as nobody else may enter /root.
    made = Cluster(tmp_path_factory.mktemp("cluster"), "super")
    made.start(free_port(57100))
    databases.prepare_roles(made.url(), PASSWORDS)
    databases.create_database(made.url(), "lienthong")
    yield made
    made.stop()


def ask(url, query):
    with databases.session(url) as opened:
        opened.execute(query)
        return opened.fetchone()[0]


def test_roles_can_be_prepared_again(cluster):
    databases.prepare_roles(cluster.url(), PASSWORDS)
    databases.create_database(cluster.url(), "lienthong")


def test_the_application_role_is_bound(cluster):
    app = cluster.url("lienthong", "lienthong_app", "app")
    assert (
        ask(
            app, "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        is False
    )
    with pytest.raises(Failure, match="permission denied"), databases.session(app) as opened:
        opened.execute("CREATE TABLE public.mine (id int)")
    with pytest.raises(Failure, match="permission denied"), databases.session(app) as opened:
        opened.execute("CREATE SCHEMA mine")


def test_the_owner_may_make_schemas_and_hand_over_functions(cluster):
    url = databases.other_database(cluster.url(), "lienthong", "lienthong_owner", "o%27wner%25s")
    with databases.session(url) as opened:
        opened.execute("CREATE SCHEMA held; GRANT CREATE ON SCHEMA held TO lienthong_context")
        opened.execute("CREATE FUNCTION held.one() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        opened.execute("ALTER FUNCTION held.one() OWNER TO lienthong_context")
        opened.execute("DROP SCHEMA held CASCADE")


def test_nobody_enters_without_the_password(cluster):
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(cluster.url("lienthong", "lienthong_app", "guess"))


def test_text_is_lowered_as_vietnamese_wants(cluster):
    assert ask(cluster.url("lienthong"), "SELECT lower('ĐẶNG THỊ ƯỞNG')") == "đặng thị ưởng"


def test_it_starts_again_after_a_kill_with_committed_data_there(cluster):
    with databases.session(cluster.url("lienthong")) as opened:
        opened.execute("CREATE TABLE IF NOT EXISTS public.kept AS SELECT 42 AS answer")
    os.kill(cluster.service.pid, signal.SIGKILL)
    cluster.start(cluster.port)
    assert ask(cluster.url("lienthong"), "SELECT answer FROM public.kept") == 42


def test_a_lock_file_that_names_a_stranger_does_not_stop_it(cluster):
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    cluster.start(cluster.port)
    assert ask(cluster.url(), "SELECT 1") == 1


def test_a_server_left_by_a_killed_run_is_stopped_first(cluster):
    left = cluster.service.pid
    again = Cluster(cluster.data.parent, "super", throwaway=True)
    again.start(cluster.port)
    deadline = time.monotonic() + 60
    while started_at(left) is not None and time.monotonic() < deadline:
        cluster.service.exit_code  # noqa: B018 - waits for the child of this process
        time.sleep(0.05)
    assert started_at(left) is None
    assert again.service.pid != left
    assert ask(again.url(), "SELECT 1") == 1
    again.stop()
    cluster.start(cluster.port)


def test_a_port_lost_to_somebody_quicker_is_given_up_for_the_next(cluster, tmp_path, monkeypatch):
    lost = [cluster.port]
    monkeypatch.setattr(
        "scripts._lib.postgres.free_port", lambda first: lost.pop() if lost else free_port(first + 1)
    )
    made = Cluster(tmp_path, "super", throwaway=True)
    made.start(cluster.port)
    assert made.port != cluster.port
    made.stop()


def test_an_interrupted_creation_is_done_again(tmp_path):
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("15\n")
    made = Cluster(tmp_path, "super", throwaway=True)
    made.start(free_port(57200))
    assert ask(made.url(), "SELECT 1") == 1
    made.stop()
    assert not (tmp_path / "postgres.new").exists()


def test_data_of_another_major_version_is_refused_with_its_number(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Failure, match="made by PostgreSQL 9"):
        Cluster(tmp_path, "super").start(free_port(57300))


def test_an_unreachable_server_is_named():
    with (
        pytest.raises(Failure, match=r"127\.0\.0\.1:1:"),
        databases.session("postgresql://postgres:x@127.0.0.1:1/postgres"),
    ):
        pass


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://a:b@h:1/x", "postgresql://r:p@h:1/db"),
        ("postgresql://h:1/?sslmode=require", "postgresql://r:p@h:1/db?sslmode=require"),
    ],
)
def test_addresses_of_other_databases(url, expected):
    assert databases.other_database(url, "db", "r", "p") == expected


def test_a_user_without_a_name_is_told_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr("os.geteuid", lambda: 123_456)
    with pytest.raises(Failure) as refused:
        choose_account(Programs(tmp_path, 17), tmp_path / "data")
    assert "uid 123456" in str(refused.value)
    assert "/etc/passwd" in str(refused.value)
