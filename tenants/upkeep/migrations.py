"""Apply each module's migrations, in the order of what they require, under one lock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from peewee import PostgresqlDatabase
from playhouse.migrations import Runner

from core.catalogue import LoadedModule
from core.db.ddl import APP_ROLE, create_schema

LOCK_KEY = 0x4C54_6D69_6772  # "LTmigr": one migration run at a time, whichever process starts it
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "60s"
WAIT_FOR_OTHER_RUN = "120s"


@dataclass(frozen=True, slots=True)
class MigrationSet:
    """The migrations of one module: its schema and the folder of numbered files."""

    schema: str
    directory: Path


def migration_sets(modules: Iterable[LoadedModule]) -> list[MigrationSet]:
    """Return the migrations of every module, in the order they must run."""
    found = [MigrationSet(each.key, each.folder / "migrations") for each in modules]
    return [each for each in found if each.directory.is_dir()]


def migrate(
    database: PostgresqlDatabase,
    sets: Iterable[MigrationSet],
    progress: Callable[[str, str], None] = lambda schema, name: None,
) -> list[str]:
    """Apply pending migrations as the owner role and return `schema/name` of each.

    A failing file is rolled back whole; files before it stay, so that the run can be repeated.
    Locks held by running requests end the attempt after four seconds instead of queueing everyone.
    """
    applied: list[str] = []
    with database.connection_context():
        database.execute_sql(f"SET lock_timeout = '{WAIT_FOR_OTHER_RUN}'")
        database.execute_sql("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        try:
            database.execute_sql(
                f"SET lock_timeout = '{LOCK_TIMEOUT}'; SET statement_timeout = '{STATEMENT_TIMEOUT}'"
            )
            for each in sets:
                create_schema(database, each.schema)
                runner = Runner(database, str(each.directory), schema=each.schema)
                for migration in runner.status():
                    if not migration.applied:
                        progress(each.schema, migration.name)
                        runner.up(migration.name)
                        applied.append(f"{each.schema}/{migration.name}")
                if runner.migrations():
                    database.execute_sql(f'GRANT SELECT ON "{each.schema}".schema_migration TO {APP_ROLE}')
        finally:
            database.execute_sql("SELECT pg_advisory_unlock(%s)", (LOCK_KEY,))
    return applied


def pending(database: PostgresqlDatabase, sets: Iterable[MigrationSet]) -> list[str]:
    """Return `schema/name` of the migrations that are not applied yet."""
    return [
        f"{each.schema}/{migration.name}"
        for each in sets
        for migration in Runner(database, str(each.directory), schema=each.schema).status()
        if not migration.applied
    ]
