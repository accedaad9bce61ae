"""What the pages about the press share."""

from core.api import Crumb, Option, Request, _, url_for
from plugins.press_issues.kinds import ISSUE


def crumbs(req: Request, *last: str | Crumb) -> tuple[Crumb, ...]:
    """Return the way from the list to a page."""
    rest = (each if isinstance(each, Crumb) else Crumb(each) for each in last)
    return (Crumb(_(ISSUE.title), url_for(req, ISSUE.list_route)), *rest)


def options(of: dict[str, str]) -> tuple[Option, ...]:
    """Return what a field offers."""
    return tuple(Option(key, _(title)) for key, title in of.items())
