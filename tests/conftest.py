"""Fixtures that every test may ask for; the servers behind them are real and shared by the run."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from playwright.sync_api import Browser, expect, sync_playwright

from core import i18n
from scripts._lib.chromium import require_chromium
from tests.support import servers
from tests.support.servers import Database, KeycloakServer, StaffRealm

CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip


PATIENCE = 30_000
"""Milliseconds until a page is said not to become what is expected: many times what it takes, for machines are busy."""


def pytest_configure(config: pytest.Config) -> None:
    """Let the leading process of a run, not its workers, answer for the servers, and everybody be patient with pages."""
    expect.set_options(timeout=PATIENCE)
    if not hasattr(config, "workerinput"):
        servers.join()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers when the last run ends."""
    if not hasattr(config, "workerinput"):
        servers.leave()


@pytest.fixture(scope="session", autouse=True)
def loggers_that_follow() -> Iterator[None]:
    """Let no logger keep the stream of the test that used it first."""
    configure = structlog.configure

    def configure_anew(*args: Any, **kwargs: Any) -> None:
        configure(*args, **{**kwargs, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", configure_anew)
        yield


@pytest.fixture(autouse=True)
def levels_that_end() -> Iterator[None]:
    """Let no test hand the next one the level at which it logged."""
    yield
    structlog.reset_defaults()


TRANSLATIONS: dict[str, dict[str, tuple[str, ...]]] = {}
"""What the sites of this worker have loaded: each is made once, and the next one's catalogues would take the place of its own."""


@pytest.fixture(autouse=True)
def catalogues_that_stay() -> Iterator[None]:
    """Let no test, and no site that is made for one, leave the next without its translations."""
    for locale, messages in i18n._messages.items():
        if messages is not TRANSLATIONS.get(locale):
            TRANSLATIONS[locale] = TRANSLATIONS.get(locale, {}) | messages
    i18n._messages.update(TRANSLATIONS)
    yield
    if TRANSLATIONS:
        i18n._messages.clear()
        i18n._messages.update(TRANSLATIONS)


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


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Lend the worker's one Chromium; every test opens contexts of its own in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
