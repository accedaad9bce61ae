"""What every page must be, whoever meets it: accessible in light, in dark and on a phone, never wider than 320 px, its menus in the window."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page

from scripts._lib.places import NPM

EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
VIOLATIONS = (
    "only => axe.run(document, {runOnly: only}).then(result => result.violations.flatMap(violation => violation.nodes.map("
    "node => violation.id + ' at ' + node.target.join(' ') + ': ' + node.failureSummary)))"
)  # fmt: skip
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
INLINE = (  # what a script has placed on the window has a style of its own
    "[...document.querySelectorAll('script:not([src],[type*=ld]), style, [style]:not(.lt-menu-panel), [onclick], [onsubmit]')]"
    ".map(found => found.outerHTML.slice(0, 120))"
)
PHONES = (320, 360, 390)
MENUS_OUTSIDE = """() => {
  const script = document.documentElement.classList.contains("lt-js"), at = scrollY, found = [];
  for (const button of document.querySelectorAll("[data-lt-menu]")) {
    if (!button.offsetParent) continue;
    button.scrollIntoView({block: "center"});
    script ? button.click() : button.focus();
    const panel = document.getElementById(button.getAttribute("aria-controls"));
    const box = panel.getBoundingClientRect();
    const reached = box.top + (script ? 0 : scrollY) >= 0 && (!script || box.bottom <= innerHeight);
    if (!box.width || box.left < 0 || box.right > innerWidth || !reached)
      found.push(`${panel.id} ${[box.left, box.top, box.right, box.bottom].map(Math.round)}`);
    script ? button.click() : button.blur();
  }
  scrollTo(0, at);
  return found;
}"""  # without script a panel stands in the page, and the page scrolls to it
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


class Inspector:
    """Looks once at each kind of page in a run; kinds differ by address, status, heading and what is open."""

    def __init__(self) -> None:
        self._seen: set[tuple[object, ...]] = set()
        self._axe = (NPM / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")

    def look_at(self, page: Page, status: int, menu: str = "") -> list[str]:
        """Return what is wrong with the page in front of somebody, if its kind has not been looked at."""
        kind = (*self._kind(page, status), menu)
        if kind in self._seen:
            return []
        self._seen.add(kind)
        before = page.viewport_size
        # Evaluated by the debugger: the page's own policy would refuse a script tag.
        page.evaluate(self._axe + ";0")
        found = [f"inline: {each}" for each in page.evaluate(INLINE)] if kind[0] == "platform" else []
        # In the dark the same page has other colours, and nothing else is different.
        for look, scheme, size, rules in (
            ("light", "light", DESKTOP, EVERYTHING), ("dark", "dark", DESKTOP, COLOURS), ("phone", "light", PHONE, EVERYTHING),
        ):  # fmt: skip
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if not menu:
                page.set_viewport_size(size)
            found += [f"{look}: {each}" for each in page.evaluate(VIOLATIONS, rules)]
        if not menu:
            page.set_viewport_size(NARROW)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > NARROW["width"]:
                found.append(f"scrolls sideways at 320 px: {width} px wide")
            if not page.locator("dialog[open]").count():
                found += self._menus_outside(page)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(before or DESKTOP)
        return [f"{page.url}: {each}" for each in found]

    @staticmethod
    def _menus_outside(page: Page) -> list[str]:
        found = []
        for width in PHONES:
            page.set_viewport_size({"width": width, "height": NARROW["height"]})
            found += [
                f"menu outside the window at {width} px: {each}" for each in page.evaluate(MENUS_OUTSIDE)
            ]
        return found

    @staticmethod
    def _kind(page: Page, status: int) -> tuple[object, ...]:
        parts = urlsplit(page.url)
        path = re.sub(r"^/t/[^/]+", "/t/*", _UUID.sub("*", parts.path))
        at_keycloak = path.startswith("/realms/")
        heading = page.locator("h1").first.text_content() if page.locator("h1").count() else ""
        return (
            "keycloak" if at_keycloak else "platform",
            "" if at_keycloak else path,
            status,
            re.sub(r"\d+", "0", (heading or "").partition("“")[0]) if at_keycloak or status >= 400 else "",
            page.locator("html").get_attribute("lang"),
            page.locator("[role=alert]:visible").count() > 0,
            page.locator("dialog[open]").count() > 0,
            "tab=" in parts.query,
        )
