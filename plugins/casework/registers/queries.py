"""What is asked of registers; every statement names its agency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from core.api import (
    PAGE_SIZE,
    START,
    Cursor,
    NotFound,
    Page,
    current_tenant,
    current_time,
    db,
    fold,
    page_of,
    steady,
)
from plugins.casework.declarations import Book
from plugins.casework.models import RegisterEntry, RegisterYear
from plugins.casework.registers.numbering import NumberFormat

State = Literal["", "valid", "void"]
BOUND = 1000
KEY = (int, int)
"""What the list of a book is sorted by: year and number."""
MAX_WORDS = 6
MOST_YEARS = 50


def agency_day(at: datetime | None = None) -> date:
    """Return what day it is, or was, on the calendar that hangs in the agency in scope."""
    sql, tenant_id = "SELECT time_zone FROM tenants.profile WHERE tenant_id = %s", current_tenant()
    (zone,) = steady(("zone", tenant_id), lambda: db.execute_sql(sql, (tenant_id,)).fetchone())
    return (at or current_time()).astimezone(ZoneInfo(zone)).date()


# ---- years and formats -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year of a register with the names of who opened and closed it."""

    book: str
    year: int
    paper_last: int
    last: int
    ground: str
    opened_at: datetime
    opened_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    count: int
    voided: int


_YEARS = """
    SELECT y.book, y.year, y.paper_last, y.last, y.ground, y.opened_at,
        (SELECT full_name FROM tenants.person WHERE id = y.opened_by), y.closed_at,
        (SELECT full_name FROM tenants.person WHERE id = y.closed_by), y.last - y.paper_last,
        (SELECT count(*) FROM casework.register_entry e
            WHERE e.tenant_id = y.tenant_id AND e.book = y.book AND e.year = y.year AND e.voided_at IS NOT NULL)
    FROM casework.register_year y WHERE y.tenant_id = %s AND y.book = ANY (%s) ORDER BY y.book, y.year DESC LIMIT %s
"""


def years(*books: str) -> list[YearRow]:
    """Return the years of registers of the agency in scope, the newest first."""
    rows = db.execute_sql(_YEARS, (current_tenant(), list(books), MOST_YEARS * len(books))).fetchall()
    return [YearRow(*row) for row in rows]


def kept_books() -> list[str]:
    """Return the keys of the registers that the agency in scope has opened."""
    rows = db.execute_sql(
        "SELECT DISTINCT book FROM casework.register_year WHERE tenant_id = %s ORDER BY book LIMIT %s",
        (current_tenant(), BOUND),
    ).fetchall()
    return [book for (book,) in rows]


def year(book: str, number: int, *, locked: bool = False) -> RegisterYear | None:
    """Return a year of a register; `locked` until the transaction ends."""
    found = RegisterYear.select().where(
        RegisterYear.tenant_id == current_tenant(), RegisterYear.book == book, RegisterYear.year == number
    )
    return (found.for_update() if locked else found).first()


def last_number(book: str) -> int:
    """Return the newest number that a book has given this year; the next one is not promised by that."""
    opened = year(book, agency_day().year)
    return opened.last if opened else 0


class FormatRow(NamedTuple):
    """How numbers are written from a day on, and who decided it."""

    valid_from: date
    format: NumberFormat
    ground: str
    made_by: str | None


def formats(book: str) -> list[FormatRow]:
    """Return how the numbers of a register were and will be written, the newest first."""
    rows = db.execute_sql(
        "SELECT valid_from, format, digits, ground, (SELECT full_name FROM tenants.person WHERE id = made_by) "
        "FROM casework.register_format WHERE tenant_id = %s AND book = %s "
        "ORDER BY valid_from DESC, made_at DESC LIMIT %s",
        (current_tenant(), book, BOUND),
    ).fetchall()
    return [FormatRow(day, NumberFormat(text, digits), ground, by) for day, text, digits, ground, by in rows]


def formats_on(books: Sequence[Book], day: date) -> list[NumberFormat]:
    """Return how a number of a day is written in each book: as the agency decided, or else as the module declares."""
    rows = db.execute_sql(
        "SELECT DISTINCT ON (book) book, format, digits FROM casework.register_format "
        "WHERE tenant_id = %s AND book = ANY (%s) AND valid_from <= %s ORDER BY book, valid_from DESC, made_at DESC",
        (current_tenant(), [book.key for book in books], day),
    ).fetchall()
    decided = {book: told for book, *told in rows}
    return [NumberFormat(*decided.get(book.key, (book.format, book.digits))) for book in books]


def format_on(book: Book, day: date) -> NumberFormat:
    """Return how a number of a day is written in one book."""
    return formats_on([book], day)[0]


# ---- entries ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list of a book is narrowed to."""

    book: str
    search: str = ""
    year: int | None = None
    state: State = ""
    oldest_first: bool = False


class EntryRow(NamedTuple):
    """One line of a book."""

    id: UUID
    book: str
    year: int
    number: int
    text: str
    day: date
    title: str
    details: dict[str, str]
    made_by: str | None
    made_at: datetime
    voided_at: datetime | None
    void_reason: str
    subject_type: str
    subject_id: UUID


_ENTRIES = """
    SELECT e.id, e.book, e.year, e.number, e.text, e.day, e.title, e.details,
        (SELECT full_name FROM tenants.person WHERE id = e.made_by), e.made_at, e.voided_at, e.void_reason,
        e.subject_type, e.subject_id
    FROM casework.register_entry e WHERE e.tenant_id = %(tenant)s AND {conditions}
    ORDER BY e.year {order}, e.number {order} LIMIT %(limit)s
"""
_STATES: dict[State, str] = {
    "": "",
    "valid": " AND e.voided_at IS NULL",
    "void": " AND e.voided_at IS NOT NULL",
}


def entries(wanted: Filter, cursor: Cursor = START, size: int = PAGE_SIZE) -> Page[EntryRow]:
    """Return a page of a book of the agency in scope, the newest number first or the other way round."""
    upwards = cursor.backward != wanted.oldest_first
    conditions, values = _conditions(wanted)
    if cursor.key:
        conditions += f" AND (e.year, e.number) {'>' if upwards else '<'} (%(key_year)s, %(key_number)s)"
        values |= dict(zip(("key_year", "key_number"), cursor.key, strict=True))
    sql = _ENTRIES.format(conditions=conditions, order="ASC" if upwards else "DESC")
    rows = db.execute_sql(sql, {**values, "limit": size + 1}).fetchall()
    return page_of([EntryRow._make(row) for row in rows], lambda row: (row.year, row.number), size, cursor)


def count(wanted: Filter) -> int:
    """Return how many entries a list holds, counting to a thousand at most."""
    conditions, values = _conditions(wanted)
    sql = (
        "SELECT count(*) FROM (SELECT FROM casework.register_entry e "
        f"WHERE e.tenant_id = %(tenant)s AND {conditions} LIMIT %(bound)s) counted"
    )
    return db.execute_sql(sql, {**values, "bound": BOUND}).fetchone()[0]


def part_of(book: str, year: int, first: int, size: int) -> list[EntryRow]:
    """Return entries of a book's year in order from a number on, one more than `size` if there are more."""
    sql = _ENTRIES.format(
        conditions="e.book = %(book)s AND e.year = %(year)s AND e.number >= %(first)s", order="ASC"
    )
    values = {"tenant": current_tenant(), "book": book, "year": year, "first": first, "limit": size + 1}
    return [EntryRow._make(row) for row in db.execute_sql(sql, values).fetchall()]


def entry(entry_id: UUID) -> EntryRow:
    """Return an entry of the agency in scope.

    Raises NotFound.
    """
    sql = _ENTRIES.format(conditions="e.id = %(id)s", order="ASC")
    row = db.execute_sql(sql, {"tenant": current_tenant(), "id": entry_id, "limit": 1}).fetchone()
    if row is None:
        raise NotFound
    return EntryRow._make(row)


def number_of(book: str, subject_type: str, subject_id: UUID) -> RegisterEntry | None:
    """Return the valid number that something has in a book."""
    return (
        RegisterEntry.select()
        .where(
            RegisterEntry.tenant_id == current_tenant(),
            RegisterEntry.book == book,
            RegisterEntry.subject_type == subject_type,
            RegisterEntry.subject_id == subject_id,
            RegisterEntry.voided_at.is_null(),
        )
        .first()
    )


def _conditions(wanted: Filter) -> tuple[str, dict[str, Any]]:
    conditions = "e.book = %(book)s" + _STATES[wanted.state]
    values: dict[str, Any] = {"tenant": current_tenant(), "book": wanted.book, "year": wanted.year}
    if wanted.year is not None:
        conditions += " AND e.year = %(year)s"
    for number, word in enumerate(fold(wanted.search).split()[:MAX_WORDS]):
        # strpos needs no escaping; it reads the book in its order until a page is full.
        conditions += f" AND strpos(e.folded, %(word{number})s) > 0"
        values[f"word{number}"] = word
    return conditions, values


# ---- for the command line --------------------------------------------------------------------------------


def agencies(code: str | None) -> list[tuple[UUID, str]]:
    """Return id and code of all agencies, or of the one with a code."""
    return db.execute_sql(
        "SELECT id, code FROM tenants.tenant WHERE %(code)s::text IS NULL OR code = %(code)s ORDER BY code",
        {"code": code},
    ).fetchall()
