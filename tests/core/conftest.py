import pytest

from core import dispatcher as dispatching
from core.db import db
from core.db.database import connect
from tests.core import stage as staging
from tests.support import servers


@pytest.fixture(scope="session")
def stage_database(worker_id):
    """A database of its own, for rows come and go at will here, with the sample module's table."""
    with servers.migrated_database(f"{worker_id}_stage") as lent:
        owner = connect(lent.owner_url)
        with owner.connection_context():
            staging.migrate(owner)
        owner.close_all()
        yield lent


@pytest.fixture
def superuser(stage_database):
    """Somebody who may do anything, after having emptied every table."""
    who = staging.Superuser(stage_database.admin_url)
    tables = who(
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('core', 'jobs', 'sample') "
        "AND tablename NOT IN ('schema_migration', 'procrastinate_applied')"
    )
    who.tamper("TRUNCATE " + ", ".join(table for (table,) in tables) + " RESTART IDENTITY")
    yield who
    who.connection.close()


@pytest.fixture
def app_url(stage_database, superuser):
    """The kernel and the sample module, booted in this process on an empty database."""
    before = db.obj, dispatching.dispatcher.installed
    staging.install(stage_database.app_url)
    staging.heard.clear()
    staging.trouble.clear()
    with db.connection_context():
        yield stage_database.app_url
    db.obj.close_all()
    db.initialize(before[0])
    dispatching.dispatcher.installed = before[1]


@pytest.fixture
def stage_owner(stage_database):
    """The owner's connection, as migrations have it."""
    owner = connect(stage_database.owner_url)
    yield owner
    owner.close_all()
