"""Migrations: one run at a time, each file whole or not at all, and no long queue behind a lock."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from peewee import OperationalError, ProgrammingError

from core.db.database import AppDatabase, connect
from scripts._lib import databases
from scripts._lib.places import ROOT
from tenants.upkeep import migrations
from tenants.upkeep.migrations import MigrationSet, migrate, pending


@pytest.fixture
def empty(live_database, worker_id) -> Iterator[AppDatabase]:
    """The owner of an empty database."""
    name = f"test_{worker_id}_migrations_{time.monotonic_ns()}"
    databases.create_database(live_database.admin_url, name)
    owner = connect(databases.other_database(live_database.owner_url, name))
    yield owner
    owner.close_all()
    databases.drop_database(live_database.admin_url, name)


class Folder:
    """A module's migrations, written by the test."""

    def __init__(self, path: Path) -> None:
        self.sets = [MigrationSet("scratch", path)]
        self._path = path

    def write(self, name: str, *statements: str) -> None:
        body = "\n".join(f"    db.execute_sql({statement!r})" for statement in statements)
        (self._path / f"{name}.py").write_text(f"def up(migrator, db):\n{body}\n")


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


def tables(owner: AppDatabase) -> list[str]:
    with owner.connection_context():
        return sorted(set(owner.get_tables("scratch")) - {"schema_migration"})


def test_files_run_once_in_order_and_are_named(empty, folder):
    folder.write("0001_one", "CREATE TABLE scratch.one ()")
    folder.write("0002_two", "ALTER TABLE scratch.one ADD COLUMN two integer")
    told = []
    with empty.connection_context():
        assert pending(empty, folder.sets) == ["scratch/0001_one", "scratch/0002_two"]
    assert migrate(empty, folder.sets, lambda *step: told.append(step)) == [
        "scratch/0001_one",
        "scratch/0002_two",
    ]
    assert told == [("scratch", "0001_one"), ("scratch", "0002_two")]
    assert migrate(empty, folder.sets) == []
    with empty.connection_context():
        assert pending(empty, folder.sets) == []


def test_a_failing_file_is_rolled_back_whole_and_runs_again_when_mended(empty, folder):
    folder.write("0001_one", "CREATE TABLE scratch.one ()")
    folder.write("0002_two", "CREATE TABLE scratch.two ()", "CREATE TABLE scratch.one ()")
    folder.write("0003_three", "CREATE TABLE scratch.three ()")
    with pytest.raises(ProgrammingError, match="already exists"):
        migrate(empty, folder.sets)
    assert tables(empty) == ["one"]
    folder.write("0002_two", "CREATE TABLE scratch.two ()")
    assert migrate(empty, folder.sets) == ["scratch/0002_two", "scratch/0003_three"]
    assert tables(empty) == ["one", "three", "two"]


def test_two_processes_at_once_apply_each_file_once(empty, folder):
    folder.write("0001_slow", "CREATE TABLE scratch.one ()", "SELECT pg_sleep(0.5)")
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from core.db.database import connect
        from tenants.upkeep.migrations import MigrationSet, migrate
        print(migrate(connect(sys.argv[1]), [MigrationSet("scratch", Path(sys.argv[2]))]))
        """
    )
    command = [sys.executable, "-c", program, url_of(empty), str(folder.sets[0].directory)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = sorted(process.communicate(timeout=120)[0].strip() for process in started)
    assert [process.returncode for process in started] == [0, 0]
    assert told == ["['scratch/0001_slow']", "[]"]


def test_a_lock_held_by_a_request_ends_the_attempt_instead_of_queueing_everyone(empty, folder, monkeypatch):
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "200ms")
    folder.write("0001_one", "CREATE TABLE scratch.one ()")
    migrate(empty, folder.sets)
    folder.write(
        "0002_column", "CREATE TABLE scratch.two ()", "ALTER TABLE scratch.one ADD COLUMN two integer"
    )
    reader = psycopg2.connect(url_of(empty))
    with reader.cursor() as cursor:
        cursor.execute("SELECT * FROM scratch.one")
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate(empty, folder.sets)
        assert tables(empty) == ["one"]
        reader.rollback()
    reader.close()
    assert migrate(empty, folder.sets) == ["scratch/0002_column"]


def test_a_statement_that_takes_too_long_is_ended(empty, folder, monkeypatch):
    monkeypatch.setattr(migrations, "STATEMENT_TIMEOUT", "100ms")
    folder.write("0001_slow", "CREATE TABLE scratch.one ()", "SELECT pg_sleep(5)")
    with pytest.raises(OperationalError, match="statement timeout"):
        migrate(empty, folder.sets)
    assert tables(empty) == []


def test_a_run_that_is_killed_leaves_nothing_half_done_and_no_lock(empty, folder):
    folder.write("0001_slow", "CREATE TABLE scratch.one ()", "SELECT pg_sleep(50)")
    program = (
        "import sys; from pathlib import Path; from core.db.database import connect; "
        "from tenants.upkeep.migrations import MigrationSet, migrate; "
        "migrate(connect(sys.argv[1]), [MigrationSet('scratch', Path(sys.argv[2]))], print)"
    )
    process = subprocess.Popen(
        [sys.executable, "-uc", program, url_of(empty), str(folder.sets[0].directory)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline()
    _wait_until_it_sleeps(empty)
    process.kill()
    process.communicate()
    folder.write("0001_slow", "CREATE TABLE scratch.one ()")
    began = time.monotonic()
    assert migrate(empty, folder.sets) == ["scratch/0001_slow"]
    assert time.monotonic() - began < 40, "PostgreSQL went on with the killed run's statement"


def _wait_until_it_sleeps(database: AppDatabase) -> None:
    """Wait for the migration under way in another process to be in the middle of its slow statement."""
    asks = (
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query ~ %s"
    )
    deadline = time.monotonic() + 40
    with database.connection_context():
        while not database.execute_sql(asks, ("^SELECT pg_sleep",)).fetchall():
            assert time.monotonic() < deadline, "the slow statement never began"
            time.sleep(0.02)


def url_of(database: AppDatabase) -> str:
    return str(database.database)
