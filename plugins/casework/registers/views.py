"""What the pages of registers show; the templates of the same names draw them and decide nothing.

An empty address means that the person may not do that: no control is drawn.
"""

from dataclasses import dataclass
from datetime import date

from core.api import Chip, Crumb, FormView, Option, Pager, PlanView
from plugins.lists.api import ListingView
from plugins.pages.api import ObjectView


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """A register in the list of all."""

    title: str
    year: str
    """The newest year and where it stands, in words."""
    closed: bool
    last: str
    """The last number that was given, as it is written."""
    url: str
    book_url: str
    new_url: str = ""


@dataclass(frozen=True, slots=True)
class BooksView:
    """registers.html: the registers of an agency."""

    rows: tuple[BookLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """A number in the list of a book."""

    number: str
    title: str
    day: date
    made_by: str
    url: str
    void: str
    """Why it was voided."""
    details: str
    """What the book's own columns say, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesView:
    """register_entries.html: what was entered in a book."""

    title: str
    context: str
    rows: tuple[EntryLine, ...]
    listing: ListingView
    pager: Pager
    search: str
    book: str
    books: tuple[Option, ...]
    year: str
    years: tuple[Option, ...]
    state: str
    states: tuple[Option, ...]
    chips: tuple[Chip, ...]
    clear_url: str
    print_url: str
    book_url: str
    crumbs: tuple[Crumb, ...]
    new_url: str = ""


@dataclass(frozen=True, slots=True)
class EntryView:
    """register_entry.html: one number, what stands in the book and what happened to it."""

    object: ObjectView
    facts: tuple[tuple[str, str], ...]
    void: str
    """When, by whom and why it was voided, in words."""


@dataclass(frozen=True, slots=True)
class VoidView:
    """register_void.html: what voiding a number means, and why it is done."""

    plan: PlanView
    form: FormView
    crumbs: tuple[Crumb, ...]


@dataclass(frozen=True, slots=True)
class ColumnField:
    """A column of a book as a field of its form."""

    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntryView:
    """register_new.html: enter something by hand and give it the next number."""

    form: FormView
    heading: str
    fields: tuple[ColumnField, ...]
    needs_symbol: bool
    next_text: str
    """What number comes, without promising it."""
    action: str
    back_url: str
    crumbs: tuple[Crumb, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLine:
    """A year of a book."""

    year: int
    closed: bool
    state: str
    last: str
    count: str
    opened: str
    print_url: str
    close_url: str = ""


@dataclass(frozen=True, slots=True)
class FormatLine:
    """How numbers are written from a day on."""

    since: str
    format: str
    sample: str
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookView:
    """register_book.html: the years of a book and how its numbers are written."""

    title: str
    context: str
    years: tuple[YearLine, ...]
    formats: tuple[FormatLine, ...]
    crumbs: tuple[Crumb, ...]
    entries_url: str
    open_url: str = ""
    format_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenView:
    """register_open.html: open a year of a book."""

    form: FormView
    heading: str
    years: tuple[Option, ...]
    action: str
    back_url: str
    crumbs: tuple[Crumb, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatView:
    """register_format.html: write numbers in another way from a day on."""

    form: FormView
    heading: str
    now: str
    """How they are written today."""
    action: str
    back_url: str
    crumbs: tuple[Crumb, ...]


@dataclass(frozen=True, slots=True)
class CloseView:
    """register_close.html: what closing a year means."""

    plan: PlanView
    crumbs: tuple[Crumb, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRow:
    """A line of the printed book."""

    number: str
    day: date
    title: str
    cells: tuple[str, ...]
    void: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintView:
    """register_print.html: a year of a book as it is printed, signed and bound."""

    title: str
    agency: str
    columns: tuple[str, ...]
    rows: tuple[PrintRow, ...]
    summary: str
    crumbs: tuple[Crumb, ...]
    next_url: str = ""
    previous_url: str = ""
