import psycopg2
import pytest

from core import dispatcher as dispatching
from core.db import db
from core.events import SYSTEM, acting
from core.settings import installed_settings
from tests.tenants import pages
from tests.tenants import stage as staging


@pytest.fixture
def empty(database):
    """The worker's database without a row in it."""
    connection = psycopg2.connect(database.admin_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables "
            "WHERE schemaname IN ('core', 'tenants', 'sso', 'jobs') "
            "AND tablename NOT IN ('schema_migration', 'procrastinate_applied')"
        )
        tables = cursor.fetchone()[0]
        cursor.execute(f"SET session_replication_role = replica; TRUNCATE {tables} RESTART IDENTITY CASCADE")
    connection.close()
    return database


@pytest.fixture
def stage(empty):
    """The registry with its sample modules, on an empty database, acted on by the platform itself."""
    before = db.obj, dispatching.dispatcher.installed, installed_settings.installed
    booted = staging.install(empty.app_url)
    with db.connection_context(), acting(SYSTEM):
        yield booted
    db.obj.close_all()
    db.initialize(before[0])
    dispatching.dispatcher.installed, installed_settings.installed = before[1:]


@pytest.fixture
def directory():
    return staging.MemoryDirectory()


@pytest.fixture(scope="session")
def site_stage(database):
    """The whole platform with the sample modules of the pages, booted once."""
    return pages.build(database)


@pytest.fixture
def site(site_stage):
    """The pages on the worker's database; the sample modules are as new."""
    stage, modules = site_stage
    for module in modules.values():
        module.blockers.clear()
        module.fails.clear()
    with stage.in_place() as ground:
        yield pages.Site(ground, modules)


@pytest.fixture
def agency(site):
    return site.ground.agency()


@pytest.fixture
def admin(agency):
    """An administrator of the agency."""
    return pages.member(agency, pages.ADMIN, name="Phạm Ngọc Anh")


@pytest.fixture
def operator(site):
    return pages.operator(site.ground)
