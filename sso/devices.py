"""Name browsers for people: which one is this, told from its User-Agent line."""

from core.i18n import N_, _

_BROWSERS = (
    ("Edg", "Microsoft Edge"), ("coc_coc_browser", "Cốc Cốc"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
UNKNOWN = N_("Thiết bị khác")


def describe(user_agent: str | None) -> str:
    """Return `browser/system` of a User-Agent line; a part nobody knows is left empty."""
    line = (user_agent or "")[:500]

    def first(known: tuple[tuple[str, str], ...]) -> str:
        return next((name for mark, name in known if mark in line), "")

    return f"{first(_BROWSERS)}/{first(_SYSTEMS)}"


def title(device: str) -> str:
    """Return what `describe` found, in the reader's language."""
    browser, _slash, system = device.partition("/")
    if browser and system:
        return _("{browser} trên {system}", browser=browser, system=system)
    return browser or system or _(UNKNOWN)
