import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from core import dispatcher as dispatching
from core.db import db
from core.db.database import connect
from core.db.migrations import MigrationSet, migrate
from tests.core import stage as staging

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("LIENTHONG_TEST_SERVER", "postgresql://postgres@127.0.0.1:55432/postgres")


@pytest.fixture(scope="session")
def stage_urls():
    """A database of its own with the kernel's tables: URLs of the superuser and of the application role."""
    name = f"stage_{os.getpid()}"
    parts = urlsplit(SERVER)
    url = lambda role: f"postgresql://{role}@{parts.hostname}:{parts.port}/{name}"  # noqa: E731
    server = psycopg2.connect(SERVER)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )
    try:
        with psycopg2.connect(url("postgres")) as database, database.cursor() as cursor:
            cursor.execute((ROOT / "deploy/database/database.sql").read_text())
        database.close()
        owner = connect(url("lienthong_owner"))
        migrate(owner, [MigrationSet("core", ROOT / "core/migrations")])
        with owner.connection_context():
            staging.migrate(owner)
        owner.close_all()
        yield url("postgres"), url("lienthong_app")
    finally:
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.close()


@pytest.fixture
def superuser(stage_urls):
    """Somebody who may do anything, after having emptied every table."""
    who = staging.Superuser(stage_urls[0])
    tables = who(
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('core', 'jobs', 'sample') "
        "AND tablename NOT IN ('schema_migration', 'procrastinate_applied')"
    )
    who.tamper("TRUNCATE " + ", ".join(table for (table,) in tables) + " RESTART IDENTITY")
    yield who
    who.connection.close()


@pytest.fixture
def app_url(stage_urls, superuser):
    """The kernel and the sample module, booted in this process on an empty database."""
    before = db.obj, dispatching._installed
    staging.install(stage_urls[1])
    staging.heard.clear()
    staging.trouble.clear()
    with db.connection_context():
        yield stage_urls[1]
    db.obj.close_all()
    db.initialize(before[0])
    dispatching._installed = before[1]


@pytest.fixture
def stage_owner(stage_urls):
    """The owner's connection, as migrations have it."""
    owner = connect(stage_urls[0].replace("postgres@", "lienthong_owner@"))
    yield owner
    owner.close_all()
