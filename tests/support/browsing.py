"""The test's own ground in Chromium: real pages of real agencies, opened as an officer who is signed in.

    def test_the_panel(browse, ground):
        lan = ground.agency("example").officer("example.writer")
        page = browse(lan, "example.notes")
        assert violations(page) == []

The application runs in this process, on a port of its own; nothing is signed in through Keycloak.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from core.web.request import SESSION_COOKIE
from scripts._lib import assets
from scripts._lib.places import NPM
from tests.support.modules import Ground, Officer

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = f"""axe.run(document, {{runOnly: {json.dumps(RULES)}}}).then(result => result.violations.flatMap(
    violation => violation.nodes.map(node => violation.id + ': ' + node.target.join(' ') + ' ' + node.failureSummary)))"""
PHONE = {"width": 390, "height": 844}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing: the application logs its requests itself."""


@pytest.fixture(scope="session")
def static_files() -> None:
    """Build the static files before the platform reads their list."""
    assets.build()


@pytest.fixture
def browse(static_files: None, ground: Ground, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of an agency as an officer; what the browser complains about ends the test."""
    server = make_server("localhost", 0, ground.client.app, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://localhost:{server.server_port}"
    contexts, trouble = [], []

    def open_page(
        officer: Officer, route: str, *, query: dict[str, str] | None = None, **options: Any
    ) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        context.add_cookies(
            [
                {
                    "name": SESSION_COOKIE,
                    "value": officer.token,
                    "url": "https://localhost/",
                    "secure": True,
                    "httpOnly": True,
                }
            ]
        )
        page = context.new_page()
        page.on(
            "console", lambda said: trouble.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(f"{url}{officer.agency.url(route)}{'?' + urlencode(query) if query else ''}")
        return page

    yield open_page
    for context in contexts:
        put_away(context)
    server.shutdown()
    server.server_close()
    assert trouble == []


def put_away(context: BrowserContext) -> None:
    """Close a browser whose pages may be on their way somewhere: Chromium sometimes never closes such a page."""
    for page in context.pages:
        with suppress(Error):  # it had arrived meanwhile
            page.goto("about:blank")
    context.close()


def violations(page: Page) -> list[str]:
    """Return what axe finds in a page as it is now."""
    # Evaluated through the debugger: the page's own policy would refuse a script tag.
    page.evaluate((NPM / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8") + ";0")
    return page.evaluate(AXE)


def inspect(page: Page) -> None:
    """Fail unless a page is accessible in light and dark and on a phone, and never scrolls sideways."""
    page.wait_for_load_state()  # a link that was just followed has only begun to show its page
    found = {"light": violations(page)}
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    found["dark"] = page.evaluate(AXE)
    page.set_viewport_size(PHONE)
    found["phone"] = page.evaluate(AXE)
    page.set_viewport_size({"width": 320, "height": 640})
    assert not any(found.values()), found
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320, width
    page.evaluate("delete document.documentElement.dataset.bsTheme")
    page.set_viewport_size({"width": 1440, "height": 900})
