"""Fixtures that every test may ask for; the servers behind them are real and shared by the run."""

import re
from collections.abc import Iterator

import pytest

from scripts._lib.chromium import require_chromium
from tests.support import servers
from tests.support.servers import Database, KeycloakServer, StaffRealm


def pytest_configure(config: pytest.Config) -> None:
    """Let the leading process of a run, not its workers, answer for the servers."""
    if not hasattr(config, "workerinput"):
        servers.join()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers when the last run ends."""
    if not hasattr(config, "workerinput"):
        servers.leave()


@pytest.fixture(scope="session")
def database(worker_id: str) -> Iterator[Database]:
    """Lend this worker a database that the real migrations made."""
    with servers.migrated_database(worker_id) as lent:
        yield lent


@pytest.fixture(scope="session")
def database_url(database: Database) -> str:
    """Return the address for the application's role."""
    return database.app_url


@pytest.fixture(scope="session")
def owner_database_url(database: Database) -> str:
    """Return the address for the role that owns the tables."""
    return database.owner_url


@pytest.fixture(scope="session")
def keycloak() -> Iterator[KeycloakServer]:
    """Lend the run's real Keycloak."""
    with servers.keycloak() as lent:
        yield lent


@pytest.fixture(scope="module")
def staff_realm(
    keycloak: KeycloakServer, request: pytest.FixtureRequest, worker_id: str
) -> Iterator[StaffRealm]:
    """Make a staff realm for this module of tests alone."""
    module = re.sub(r"\W+", "-", request.module.__name__)
    with keycloak.staff_realm(f"{module}-{worker_id}") as realm:
        yield realm


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the Chromium to drive with Playwright."""
    return require_chromium()
