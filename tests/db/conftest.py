"""Databases of the tests of the guard, and connections of each role to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg2
import pytest
from psycopg2.extensions import connection

from core.app import load_modules
from core.db import db, new_id
from core.db.database import AppDatabase, connect
from tenants.upkeep.migrations import MigrationSet, migration_sets
from tests.db import live
from tests.support import servers

TENANTS = "tenants.tenant"
ALL_TENANTS = f"SELECT array_agg(id) FROM {TENANTS}"


@pytest.fixture(scope="session")
def sets() -> list[MigrationSet]:
    """The migrations of every module; loading the modules also registers their models."""
    _host, catalogue = load_modules()
    return migration_sets(catalogue.modules.values())


@dataclass(frozen=True, slots=True)
class Stage:
    """A database in which policies stand alone, with one row of each of two agencies in every table."""

    lent: servers.Database
    tables: tuple[live.Table, ...]
    a: UUID
    b: UUID
    rows: dict[tuple[str, UUID], dict[str, Any]]
    """(table, agency) → the row that is stored."""


@pytest.fixture(scope="session")
def stage(worker_id: str, sets: list[MigrationSet]) -> Iterator[Stage]:
    with servers.migrated_database(f"{worker_id}_guard") as lent:
        superuser = _autocommitting(lent.admin_url)
        a, b = new_id(), new_id()
        with superuser.cursor() as cursor:
            tables = tuple(live.tenant_tables(cursor))
            live.loosen(cursor, tables)
            rows = {}
            with live.unchecked(cursor):
                for tenant in (a, b):
                    named = {"id": str(tenant), "code": f"co-quan-{tenant}", "folded": "co quan"}
                    cursor.execute(*live.insertion(TENANTS, named))
                    for table in tables:
                        rows[table.name, tenant] = table.row(tenant)
                        cursor.execute(*live.insertion(table.name, rows[table.name, tenant]))
        superuser.close()
        yield Stage(lent, tables, a, b, rows)


@pytest.fixture
def app(stage: Stage) -> Iterator[AppDatabase]:
    """The application's pool, of one connection, in place of the process's database."""
    before, pool = db.obj, connect(stage.lent.app_url, pool_size=1, all_tenants_sql=ALL_TENANTS)
    db.initialize(pool)
    try:
        with pool.connection_context():
            yield pool
    finally:
        pool.close_all()
        db.initialize(before)


@pytest.fixture(scope="module")
def live_database(worker_id: str) -> Iterator[servers.Database]:
    """A database exactly as the migrations leave it."""
    with servers.migrated_database(f"{worker_id}_live") as lent:
        yield lent


@pytest.fixture
def superuser(live_database: servers.Database) -> Iterator[connection]:
    opened = _autocommitting(live_database.admin_url)
    yield opened
    opened.close()


def _autocommitting(url: str) -> connection:
    opened = psycopg2.connect(url)
    opened.autocommit = True
    return opened
