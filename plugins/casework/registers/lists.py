"""What the list of a register is made of: its columns, conditions and rows."""

from collections.abc import Mapping
from typing import Any, cast

from core.api import N_, Cursor, NotFound, Page, RequestContext, _
from plugins.casework.registers import queries
from plugins.casework.registers.books import books_here, kept_book
from plugins.casework.registers.queries import EntryRow, Filter, State
from plugins.lists.api import ListColumn, ListSpec, declare_list


def wanted(ctx: RequestContext, params: Mapping[str, str]) -> Filter:
    """Return the conditions of an address; without a book it is the first one of the agency.

    Raises NotFound for a book that the agency does not have: another book's numbers would be taken for its.
    """
    here = [book.key for book in books_here(ctx)]
    book, year, state = (params.get(name, "") for name in ("book", "year", "state"))
    if book and book not in here:
        raise NotFound
    return Filter(
        book=book or here[0],
        search=params.get("q", "").strip()[:200],
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        state=cast("State", state) if state in ("valid", "void") else "",
        oldest_first=ENTRIES.sorting(params) == ("number", "ascending"),
    )


def rows(ctx: RequestContext, params: Mapping[str, str], cursor: Cursor, size: int) -> Page[EntryRow]:
    """Return a page of a book under the conditions of an address."""
    return queries.entries(wanted(ctx, params), cursor, size)


def details_text(row: EntryRow) -> str:
    """Return what the book's own columns say of an entry, in one line."""
    told = [(title, row.details.get(key, "")) for key, title in kept_book(row.book).columns]
    return " · ".join(f"{_(title)}: {text}" for title, text in told if text)


def _state(row: Any) -> str:
    return _("Đã huỷ: {reason}", reason=row.void_reason) if row.voided_at else _("Đã cấp")


def _by(row: Any) -> str:
    return row.made_by or _("Hệ thống")


ENTRIES = declare_list(
    ListSpec(
        key="casework.register_entries",
        title=N_("Sổ đăng ký"),
        route="casework.register_entries",
        permission="casework.read_registers",
        columns=(
            ListColumn("number", N_("Số"), lambda row: row.text, kind="fit", sort="descending", fixed=True),
            ListColumn("day", N_("Ngày"), lambda row: row.day, kind="fit"),
            ListColumn("title", N_("Trích yếu"), lambda row: row.title, fixed=True),
            ListColumn("details", N_("Thông tin khác"), details_text, shown=False),
            ListColumn("by", N_("Người vào sổ"), _by, kind="fit"),
            ListColumn("state", N_("Tình trạng"), _state, kind="fit"),
        ),
        rows=rows,
        cursor=queries.KEY,
        default=("number", "descending"),
        conditions=("q", "book", "year", "state"),
    )
)
