"""The sample pages, as text and in a real browser."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.ui.site import Pages, Site, running

Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def pages() -> Pages:
    return Pages()


@pytest.fixture(scope="session")
def running_site(pages: Pages) -> Iterator[Site]:
    with running(pages) as site:
        yield site


@pytest.fixture
def site(running_site: Site) -> Site:
    running_site.posts.clear()
    running_site.after_post = "/p/people"
    return running_site


@pytest.fixture
def trouble() -> list[str]:
    """What browsers complained about: script errors, refused loads, violations of the content policy."""
    return []


@pytest.fixture
def open_page(chromium: Browser, site: Site, trouble: list[str]) -> Iterator[Opener]:
    """Open a sample page in a context of its own; options are those of the context."""
    contexts = []

    def open_page(path: str, **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(f"{site.url}/p/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
