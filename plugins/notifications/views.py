"""What the pages of the notification centre show; the templates of the same names draw them and decide nothing."""

from dataclasses import dataclass

from core.api import Chip, FormView, Option, Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One notification."""

    text: str
    kind: str
    icon: str
    url: str
    time: str
    unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a person was told on one day, unread or read."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreView:
    """centre.html: what a person was told in this agency."""

    days: tuple[Day, ...]
    pager: Pager
    shown: int
    show: str
    shows: tuple[Option, ...]
    kind: str
    kinds: tuple[Option, ...]
    chips: tuple[Chip, ...]
    clear_url: str
    preferences_url: str
    read_url: str
    until: str
    """Up to here everything is taken as read; empty when nothing is unread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindGroup:
    """The kinds of one module: title of the module, and name and title of each field."""

    title: str
    kinds: tuple[tuple[str, str], ...]
    chosen: str
    """How they are mailed, in short: the one way, or how many go which way."""
    is_open: bool
    """Whether its table is shown at once: something in it is wrong, or there is no other group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesView:
    """preferences.html: how a person wants to be told in this agency."""

    form: FormView
    groups: tuple[KindGroup, ...]
    titles: dict[str, str]
    options: tuple[Option, ...]
    mail: str
    """Where mails go; empty when the person has no address."""
    mails_are_sent: bool
    action: str
    list_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsubscribeView:
    """unsubscribe.html: mails of one kind, or the gathered ones, end with one click."""

    kind: str
    """Empty for the mails that gather a day."""
    agency: str
    action: str
    done: bool
