"""What the page shell shows around every page: plain values, filled from the request by `core.web.navigation`.

All text is already in the reader's language; an empty address means that the control is not shown.
"""

from dataclasses import dataclass
from typing import Literal

Theme = Literal["auto", "light", "dark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLink:
    """One line of the navigation."""

    title: str
    url: str
    icon: str
    current: bool = False
    count: str = ""
    """The reader's open work there, already bounded ("1.000+")."""
    alert: bool = False
    """True for late work or failed health: the only reasons for red."""
    pinned: bool = False
    """True for the two or three links that also stand in the bottom bar of phones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavSection:
    """A group of the navigation; the first one usually has no title."""

    title: str
    links: tuple[NavLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitcherEntry:
    """One place where the person may work: an agency by membership, or the operator's console."""

    name: str
    detail: str
    """Position and unit, with the end date if there is one."""
    url: str
    current: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose page this is, and how that person wants it."""

    key: str
    """Distinguishes people who share a browser tab, so that nobody meets another one's draft."""
    name: str
    username: str
    shortcuts: bool = True
    in_agency: bool = False
    """Whether this is a page of an agency, where the person may make API tokens."""

    @property
    def initials(self) -> str:
        """The letters of the round badge."""
        return initials(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """One sentence about what was just done, with a way back where there is one."""

    text: str
    undo_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellView:
    """The top bar, navigation and foot of one page, for either hat.

    `console` is True when the person works as operator: then `name` is the IT centre and the sections are
    the console's own.
    """

    name: str
    detail: str
    home_url: str
    path: str
    """The page's own path and query, to come back to after a change of language or theme."""
    theme: Theme = "auto"
    console: bool = False
    logo_url: str = ""
    account: Account | None = None
    sections: tuple[NavSection, ...] = ()
    switcher: tuple[SwitcherEntry, ...] = ()
    """Shown from two entries on."""
    search_url: str = ""
    search_hint: str = ""
    notifications_url: str = ""
    notifications_count: str = ""
    platform_label: str = ""
    """The registration label that the law wants on every page."""
    support: str = ""
    """Telephone number and e-mail of the help desk."""
    toast: Toast | None = None

    @property
    def pinned(self) -> tuple[NavLink, ...]:
        """The links of the bottom bar on phones: the first alone where the search and the bell stand there too."""
        found = tuple(link for section in self.sections for link in section.links if link.pinned)
        return found[:1] if self.search_url and self.notifications_url else found


def initials(full_name: str) -> str:
    """Return the first letters of the last two words: Trần Mỹ Hạnh → MH."""
    return "".join(word[0] for word in full_name.split()[-2:]).upper()
