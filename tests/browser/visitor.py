"""One person at a browser: goes from page to page by what is written on them, and notes every trouble on the way."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.browser.inspection import Inspector
from tests.browser.installation import Account, Installation

SIGN_IN = "Đăng nhập"
PATIENCE = 30
"""Seconds an answer may take before a test says that none came."""


class Visitor:
    """A browser of its own, at one page at a time.

    Names of links, buttons and fields are what people read. A page that answers with an error must be
    announced by `status`; every other error, a word on the console or a refused load is noted in `trouble`.
    """

    def __init__(
        self,
        context: BrowserContext,
        installation: Installation,
        inspector: Inspector | None,
        trouble: list[str],
        page: Page | None = None,
    ) -> None:
        self.context = context
        self.installation = installation
        self.trouble = trouble
        self.status = 0
        self._inspector = inspector
        self._expected = 200
        self._session_over = False
        self.page = self._watched(page or context.new_page())

    # -- going from page to page -----------------------------------------------------------------------

    def sign_in(self, username: str, at: str = "/") -> "Visitor":
        """Open a page as somebody who is not signed in yet, and sign in where that leads.

        A one-time code works once in half a minute, so operators come back with the cookies they had.
        """
        account = self.installation.account(username)
        self.context.add_cookies(account.cookies)
        self.open(at)
        if self.path.startswith("/public/"):  # the first page of strangers is the province's
            self.follow("Cán bộ đăng nhập")
        if self.heading == SIGN_IN:
            self.give_password(account)
            account.cookies = self.context.cookies() if account.otp else []
        return self

    def give_password(self, account: Account, *, status: int = 200) -> None:
        """Fill the sign-in form, and the one for the second factor where it comes."""
        if self.page.locator("#username").count():  # who signs in once more is known
            self.page.locator("#username").fill(account.username)
        self.page.locator("#password").fill(account.password)
        self.press_at("#kc-login", status=200 if account.otp else status)
        if account.otp:
            self.page.locator("#otp").fill(account.code())
            self.press_at("#kc-login", status=status)

    def open(self, path: str, *, status: int = 200) -> "Visitor":
        """Go to an address of the platform."""
        with self.arriving(status):
            self.page.goto(self.installation.url + path)
        return self

    def follow(
        self, name: str, *, inside: Locator | None = None, status: int = 200, press: int = 0
    ) -> "Visitor":
        """Follow a link to another page; `press` is how many milliseconds the mouse stays down, as a hand's does."""
        with self.arriving(status), self.page.expect_navigation():
            self.link(name, inside).click(delay=press)
        return self

    def press(self, name: str, *, inside: Locator | None = None, status: int = 200) -> "Visitor":
        """Press a button that leads to another page."""
        with self.arriving(status), self.page.expect_navigation():
            self.button(name, inside).click()
        return self

    def press_at(self, selector: str, *, status: int = 200) -> None:
        """Press what a selector names, for controls without words of their own."""
        with self.arriving(status), self.page.expect_navigation():
            self.page.locator(selector).click()

    def lose_session(self, username: str) -> "Visitor":
        """End the session behind this tab's back; until it shows a page again, what it saves by itself is refused."""
        self._session_over = True
        self.installation.end_at_keycloak(username)
        return self

    def reload(self, *, status: int = 200) -> "Visitor":
        """Load the page once more."""
        with self.arriving(status):
            self.page.reload()
        return self

    def switch_to(self, agency: str) -> "Visitor":
        """Change to another place of work with the switcher."""
        self.page.locator("[aria-controls=lt-switcher]").click()
        with self.arriving(200), self.page.expect_navigation():
            self.page.locator("#lt-switcher a").filter(has_text=agency).click()
        return self

    def choose_in_account_menu(self, name: str) -> "Visitor":
        """Press something in the menu behind the initials."""
        self.page.locator("[aria-controls=lt-account]").click()
        return self.press(name, inside=self.page.locator("#lt-account"))

    def look(self, menu: str = "") -> None:
        """Inspect what has opened over the page: a dialog, or the menu of a name, which stays as large as it opened."""
        self._inspect(menu)

    def back(self, *, status: int = 200) -> "Visitor":
        """Press the browser's Back button."""
        with self.arriving(status):
            self.page.go_back()
        return self

    def another_tab(self, page: Page | None = None) -> "Visitor":
        """Open a second tab of the same browser, or take up one that a link has opened."""
        return Visitor(self.context, self.installation, self._inspector, self.trouble, page)

    def settles_at(self, **query: str) -> "Visitor":
        """Wait until a part of the page was replaced and the address tells so."""
        wanted = {name: [value] for name, value in query.items()}
        self.page.wait_for_url(lambda url: wanted.items() <= parse_qs(urlsplit(url).query).items())
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        return self

    # -- what stands on the page -----------------------------------------------------------------------

    @property
    def path(self) -> str:
        """The page's path and query."""
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def heading(self) -> str:
        """The page's one heading."""
        return re.sub(r"\s+", " ", self.page.locator("h1").inner_text()).strip()

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def navigation(self) -> Locator:
        return self.page.locator("#lt-nav")

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")

    @property
    def focused(self) -> Locator:
        return self.page.locator(":focus")

    def link(self, name: str, inside: Locator | None = None) -> Locator:
        return _one((inside or self.page).get_by_role("link", name=_named(name)))

    def button(self, name: str, inside: Locator | None = None) -> Locator:
        return _one((inside or self.page).get_by_role("button", name=_named(name)))

    def field(self, label: str) -> Locator:
        """Return the field under a label, whatever else stands in the label."""
        return self.main.get_by_label(re.compile(rf"^{re.escape(label)}( \(.*\))?$")).first

    def row(self, text: str) -> Locator:
        """Return the row of a table that holds a text."""
        return self.main.locator("tbody tr").filter(has_text=text)

    def fill(self, label: str, text: str) -> "Visitor":
        self.field(label).fill(text)
        return self

    def choose(self, label: str, option: str) -> "Visitor":
        self.field(label).select_option(label=option)
        return self

    def tick(self, label: str, *, on: bool = True) -> "Visitor":
        self.main.get_by_role("checkbox", name=label).set_checked(on)
        return self

    def sees(self, *texts: str) -> "Visitor":
        """Assert that texts stand in the main part of the page."""
        for text in texts:
            expect(self.main).to_contain_text(text)
        return self

    def sees_not(self, *texts: str) -> "Visitor":
        for text in texts:
            expect(self.main).not_to_contain_text(text)
        return self

    def toast(self, text: str) -> "Visitor":
        """Assert the sentence about what was just done."""
        expect(self.page.locator("[data-lt-toast]")).to_contain_text(text)
        return self

    def errors(self) -> list[str]:
        """Return the lines of the error summary; each leads to a field that says the same."""
        summary = self.main.locator(".lt-note.bad[role=alert]")
        links = summary.get_by_role("link")
        for number in range(links.count()):
            target = links.nth(number).get_attribute("href") or ""
            assert self.page.locator(target).count() == 1, f"{target} leads nowhere"
        return [text.strip() for text in summary.locator("li").all_inner_texts()]

    # -- noting trouble --------------------------------------------------------------------------------

    @contextmanager
    def arriving(self, status: int = 200) -> Iterator[None]:
        """Surround what leads to another page."""
        self._expected = status
        self.status = 0
        yield
        # A form asks first whether its session is still there: what else moves meanwhile is not the answer.
        until = time.monotonic() + PATIENCE
        while not self.status and time.monotonic() < until:
            self.page.wait_for_timeout(20)
        self.page.wait_for_load_state()
        assert self.status == status, f"{self.page.url}: {self.status}, {self.page.title()}"
        self._expected = 200
        if status == 200:
            self._session_over = False
        self._inspect()

    def _inspect(self, menu: str = "") -> None:
        if self._inspector is not None:
            self.trouble += self._inspector.look_at(self.page, self.status, menu)

    def _watched(self, page: Page) -> Page:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.trouble.append(f"{page.url}: {error}"))
        page.on("response", self._on_response)
        page.on("requestfailed", self._on_failure)
        return page

    def _on_console(self, message: ConsoleMessage) -> None:
        # Failed loads are judged by their responses, which know whether they were announced.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.trouble.append(f"{self.page.url}: console: {message.text}")

    def _on_response(self, response: Response) -> None:
        request = response.request
        if (
            request.is_navigation_request()
            and request.frame == self.page.main_frame
            and not 300 <= response.status < 400
        ):
            self.status = response.status
        saves_draft = urlsplit(request.url).path.endswith("/drafts/save")
        if saves_draft and self._session_over and response.status in (401, 403):
            return  # the draft stays in the tab
        if response.status >= 400 and response.status != self._expected:
            self.trouble.append(f"{request.method} {response.url}: {response.status}")

    def _on_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # htmx drops a request that a newer one replaces
            self.trouble.append(f"{request.method} {request.url}: {request.failure}")


def _named(name: str) -> re.Pattern[str]:
    # In the browser the expression stands between slashes.
    return re.compile(rf"^\s*{re.escape(name)}\s*$".replace("/", r"\/"))


def _one(found: Locator) -> Locator:
    """Return the only one of several that can be seen: phones and desktops have controls of their own."""
    return found.locator("visible=true")
