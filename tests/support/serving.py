"""The platform of a test in a real browser: its application behind a socket, officers already signed in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from playwright.sync_api import Browser, BrowserContext, Page

from core.web.request import SESSION_COOKIE
from tests.support.browsing import put_away
from tests.support.modules import Ground, Officer


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing: the platform logs by itself."""


@dataclass
class Window:
    """Browsers of officers, and what the pages complained about."""

    browser: Browser
    url: str
    trouble: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def of(self, officer: Officer, **options: Any) -> Page:
        """Open an empty page in a browser of this officer's own."""
        context = self.browser.new_context(
            base_url=self.url, **{"viewport": {"width": 1440, "height": 900}, **options}
        )
        self._contexts.append(context)
        context.add_cookies(
            [
                {
                    "name": SESSION_COOKIE, "value": officer.token, "url": "https://localhost", "secure": True, "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )  # fmt: skip
        page = context.new_page()
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on(
            "console",
            lambda said: self.trouble.append(said.text) if said.type in ("error", "warning") else None,
        )
        return page

    def close(self) -> None:
        for context in self._contexts:
            put_away(context)


@contextmanager
def served(ground: Ground, browser: Browser) -> Iterator[Window]:
    """Serve the platform of a test until the block ends."""
    server = make_server("127.0.0.1", 0, ground.client.app, _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    # Browsers take cookies of secure sites from "localhost" too.
    window = Window(browser, f"http://localhost:{server.server_port}")
    try:
        yield window
    finally:
        window.close()
        server.shutdown()
        server.server_close()
        thread.join()
