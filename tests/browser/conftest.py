"""The journeys of a worker share one running installation."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.inspection import DESKTOP, Inspector
from tests.browser.installation import Installation, running
from tests.browser.visitor import Visitor
from tests.conftest import PATIENCE
from tests.support.browsing import put_away
from tests.support.servers import KeycloakServer

NewVisitor = Callable[..., Visitor]


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def installation(keycloak: KeycloakServer, worker_id: str) -> Iterator[Installation]:
    with running(keycloak, worker_id) as installation:
        yield installation


@pytest.fixture(scope="session")
def inspector() -> Inspector:
    return Inspector()


@pytest.fixture
def visitor(chromium: Browser, installation: Installation, inspector: Inspector) -> Iterator[NewVisitor]:
    """Open browsers; at the end of the test none of them may have had trouble, nor the server a fault."""
    contexts: list[BrowserContext] = []
    trouble: list[str] = []
    known = len(installation.faults())

    def open_browser(
        *, script: bool = True, inspect: bool = True, browser: Browser = chromium, **options: Any
    ) -> Visitor:
        context = browser.new_context(
            **{
                "viewport": DESKTOP,
                "locale": "vi-VN",
                "reduced_motion": "reduce",
                "java_script_enabled": script,
                **options,
            }
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return Visitor(context, installation, inspector if script and inspect else None, trouble)

    yield open_browser
    for context in contexts:
        put_away(context)
    trouble += installation.faults()[known:]
    assert not trouble, "\n".join(trouble)
