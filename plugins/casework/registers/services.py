"""Everything that writes registers: numbers taken and voided, years opened and closed, ways to write numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from core.api import (
    N_,
    Invalid,
    NotFound,
    RequestContext,
    _,
    current_actor,
    current_tenant,
    current_time,
    db,
    emit,
    fold,
    format_date,
    new_id,
    require_access,
)
from plugins.casework.declarations import Book
from plugins.casework.lengths import check_length
from plugins.casework.models import RegisterEntry, RegisterFormat, RegisterYear
from plugins.casework.registers import queries
from plugins.casework.registers.books import book_of, kept_book
from plugins.casework.registers.events import (
    NumberFormatSet,
    NumberTaken,
    NumberVoided,
    RegisterBegun,
    RegisterClosed,
    RegisterOpened,
)
from plugins.casework.registers.numbering import NumberFormat, problem_of

ENTER, KEEP = "casework.enter_registers", "casework.keep_registers"
BY_HAND = "casework.register_entry"
"""The subject of what officers enter themselves: the entry's own form."""
MOST_NUMBER = 1_000_000
MOST_TITLE, MOST_REASON = 500, 300
"""Characters of a summary, and of why a number is void."""
NO_SYMBOL = N_("Chưa nhập ký hiệu, ví dụ BC-UBND.")


Opened = Literal["opened", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What gets a number: the type as facts name it, and the id."""

    type: str
    id: UUID


# ---- numbers -----------------------------------------------------------------------------------------------


def take_number(
    book: str,
    subject: Subject,
    *,
    title: str,
    symbol: str = "",
    details: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> RegisterEntry:
    """Enter something in a book and give it the next number of the year, in the transaction of the act.

    Call it last in the act that needs the number, inside the act's `db.atomic()`: the book's counter is locked
    from here to the commit, and a rollback takes the number back, so no number is lost or given twice. The same
    subject has one valid number in a book; asking again returns it. The year, and what `text` looks like, is
    that of the agency's own date; the first number of a new year opens it. `symbol` fills {ký hiệu}, `details`
    the book's own columns, `title` is the summary and holds no more personal data than the book may show.
    Sample data names a moment, `at`.

    Raises Invalid when the year is closed or a symbol is missing, NotFound for an undeclared book.
    """
    if not db.in_transaction():
        raise RuntimeError("take_number belongs inside the transaction of the act that needs the number.")
    declared = book_of(book)
    check_length("title", title, MOST_TITLE)
    with db.atomic():
        year, day = _open_year(declared, at)
        if entered := queries.number_of(book, subject.type, subject.id):
            return entered
        way = queries.format_on(declared, day)
        if way.needs_symbol and not symbol.strip():
            raise Invalid({"symbol": [_(NO_SYMBOL)]})
        if year.closed_at:
            raise Invalid({"": [_closed_text(declared, year.year)]})
        number = year.last + 1
        RegisterYear.update(last=number).where(RegisterYear.id == year.id).execute()
        entry = _entry(declared, year.year, number, subject, day, title, details)
        entry.text = way.written(number, year.year, symbol.strip())
        entry.folded = _folded(entry)
        if at:
            entry.made_at = at
        RegisterEntry.insert(**entry.__data__).execute()
        emit(NumberTaken(object_id=entry.id, number=entry.text, **_about(declared), **_subject(entry)))
    return entry


def void_number(entry_id: UUID, *, reason: str) -> RegisterEntry:
    """Void a number with its reason; it stays in the book, struck through, and is never given again.

    Whoever gave it hears NumberVoided. Raises Invalid without a reason, for a closed year and for a number
    that is void already, NotFound.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": [_("Chưa ghi lý do huỷ số.")]})
    check_length("reason", reason, MOST_REASON)
    with db.atomic():
        row = queries.entry(entry_id)
        declared = kept_book(row.book)
        year = queries.year(row.book, row.year, locked=True)  # so that nobody closes it meanwhile
        if year is None or year.closed_at:
            raise Invalid({"": [_closed_text(declared, row.year)]})
        by = current_actor().person_id
        changed = RegisterEntry.update(voided_at=current_time(), voided_by=by, void_reason=reason)
        live = (RegisterEntry.id == entry_id) & RegisterEntry.voided_at.is_null()
        if not changed.where(live).execute():
            raise Invalid({"": [_("Số {number} đã huỷ trước đó.", number=row.text)]})
        entry = RegisterEntry.get_by_id(entry_id)
        emit(
            NumberVoided(
                object_id=entry_id, number=row.text, reason=reason, **_about(declared), **_subject(entry)
            )
        )
    return entry


def enter_by_hand(
    ctx: RequestContext,
    book: Book,
    *,
    entry_id: UUID,
    title: str,
    symbol: str = "",
    details: Mapping[str, str],
) -> RegisterEntry:
    """Enter something that has no module of its own; a form sent twice gets one number.

    Raises Invalid, also for a form that was entered with other content, Forbidden, NotFound for a book that
    takes nothing by hand.
    """
    require_access(ctx, ENTER, book)
    if not book.by_hand:
        raise NotFound
    with db.atomic():
        told = {key: text for key, text in details.items() if text}
        entry = take_number(book.key, Subject(BY_HAND, entry_id), title=title, symbol=symbol, details=told)
        way = queries.format_on(book, entry.day)
        written = way.written(entry.number, entry.year, symbol.strip())
        # A page that was gone back to still has the id of what it entered: the number belongs to that.
        if (entry.title, entry.details, entry.text) != (title, told, written):
            text = _(
                "Mẫu này đã vào sổ, số {number}, với nội dung khác. Mở mẫu mới để vào văn bản này.",
                number=entry.text,
            )
            raise Invalid({"": [text]})
    return entry


def void_by_hand(ctx: RequestContext, entry_id: UUID, *, reason: str) -> RegisterEntry:
    """Void a number for somebody who keeps the books.

    Raises Invalid, Forbidden, NotFound.
    """
    require_access(ctx, KEEP, queries.entry(entry_id))
    return void_number(entry_id, reason=reason)


def _open_year(book: Book, at: datetime | None) -> tuple[RegisterYear, date]:
    """Lock the counter of the year it is, opened now if nobody has, and return it with the agency's date."""
    while True:
        day = queries.agency_day(at)
        year = queries.year(book.key, day.year, locked=True) or _begin(book, day.year, at)
        # Whoever waited for the lock over New Year's midnight belongs into the new year.
        if (day := queries.agency_day(at)).year == year.year:
            return year, day


def _begin(book: Book, number: int, at: datetime | None) -> RegisterYear:
    opened = RegisterYear.insert(
        id=new_id(), book=book.key, year=number, last=0, opened_at=at or current_time()
    )
    if list(opened.on_conflict_ignore().returning(RegisterYear.id).execute()):
        emit(RegisterBegun(year=number, **_about(book)))
    year = queries.year(book.key, number, locked=True)
    assert year is not None  # it was inserted here, or by whom we waited for
    return year


def _entry(
    book: Book,
    year: int,
    number: int,
    subject: Subject,
    day: date,
    title: str,
    details: Mapping[str, str] | None,
) -> RegisterEntry:
    known = {key for key, _title in book.columns}
    if unknown := sorted(set(details or {}) - known):
        raise ValueError(f"The book '{book.key}' has no column '{unknown[0]}'.")
    return RegisterEntry(
        tenant_id=current_tenant(), id=new_id(), book=book.key, year=year, number=number, day=day, title=title,
        subject_type=subject.type, subject_id=subject.id, details=dict(details or {}), made_by=current_actor().person_id,
    )  # fmt: skip


def _folded(entry: RegisterEntry) -> str:
    return fold(" ".join([entry.text, entry.title, *entry.details.values()]))


# ---- years and formats ---------------------------------------------------------------------------------------


def open_register(
    ctx: RequestContext, book: Book, *, year: int, paper_last: int = 0, ground: str = ""
) -> Opened:
    """Open a year of a register; numbers go on after the paper book's last one.

    As long as no number was given the paper book's last one can be set anew; said once more as it is, nothing happens.
    Raises Invalid, Forbidden.
    """
    require_access(ctx, KEEP, book)
    with db.atomic():
        values = {"paper_last": paper_last, "last": paper_last, "ground": ground.strip()}
        opened = RegisterYear.insert(id=new_id(), book=book.key, year=year, opened_by=ctx.person.id, **values)
        new = bool(list(opened.on_conflict_ignore().returning(RegisterYear.id).execute()))
        stored = queries.year(book.key, year, locked=True)
        assert stored is not None
        if wrong := open_faults(book, year, paper_last, ground):
            raise Invalid(wrong)
        if not new and values == {name: getattr(stored, name) for name in values}:
            return "unchanged"
        RegisterYear.update(**values, opened_by=ctx.person.id).where(RegisterYear.id == stored.id).execute()
        emit(RegisterOpened(year=year, paper_last=paper_last, ground=ground.strip(), **_about(book)))
    return "opened" if new else "changed"


def open_faults(
    book: Book, year: int | None, paper_last: int | None, ground: str | None
) -> dict[str, list[str]]:
    """Return all that is wrong with opening a year, by field; of what is missing, nothing."""
    wrong = {}
    if year and (text := opening_problem(book, year)):
        wrong["year"] = [text]
    if paper_last and ground is not None and not ground.strip():
        wrong["ground"] = [_("Chưa ghi sổ giấy nào: tên sổ, quyển số.")]
    return wrong


def opening_problem(book: Book, year: int) -> str:
    """Return why a year cannot be opened, in words, or nothing."""
    now, stored = queries.agency_day().year, queries.year(book.key, year)
    if year not in (now, now + 1):
        return _("Chỉ mở sổ năm {year} hoặc năm {next}.", year=now, next=now + 1)
    if stored and stored.last > stored.paper_last:
        return _("Sổ năm {year} đã có số cấp ở đây, nên không mở lại.", year=year)
    return _closed_text(book, year) if stored and stored.closed_at else ""


def voiding_problem(entry: queries.EntryRow) -> str:
    """Return why a number cannot be voided any more, in words, or nothing."""
    stored = queries.year(entry.book, entry.year)
    return _closed_text(kept_book(entry.book), entry.year) if stored is None or stored.closed_at else ""


def closing_problem(year: RegisterYear | None) -> str:
    """Return why a year cannot be closed yet, in words, or nothing."""
    if year is None:
        return _("Sổ năm này chưa mở.")
    last_day = date(year.year, 12, 31)
    if queries.agency_day() < last_day:
        return _("Khoá được từ ngày {day}: trước đó còn phải cấp số.", day=format_date(last_day, year=True))
    return ""


def close_register(ctx: RequestContext, book: Book, *, year: int) -> RegisterYear:
    """Close a year of a register for good; a closed one stays as it is.

    Raises Invalid before its last day, Forbidden, NotFound.
    """
    require_access(ctx, KEEP, book)
    with db.atomic():
        stored = queries.year(book.key, year, locked=True)
        if stored is None:
            raise NotFound
        if problem := closing_problem(stored):
            raise Invalid({"": [problem]})
        if stored.closed_at is None:
            # The clock of the database, as for entries: verify compares both.
            db.execute_sql(
                "UPDATE casework.register_year SET closed_at = clock_timestamp(), closed_by = %s "
                "WHERE tenant_id = %s AND id = %s",
                (ctx.person.id, current_tenant(), stored.id),
            )
            (told,) = [row for row in queries.years(book.key) if row.year == year]
            emit(RegisterClosed(year=year, last=told.last, voided=told.voided, **_about(book)))
    return stored


def set_format(
    ctx: RequestContext, book: Book, *, valid_from: date, way: str, digits: int, ground: str
) -> None:
    """Write the numbers of a register in another way from a day on; given ones stay as they are.

    Raises Invalid, Forbidden.
    """
    require_access(ctx, KEEP, book)
    if wrong := format_faults(book, way, valid_from):
        raise Invalid(wrong)
    with db.atomic():
        RegisterFormat.insert(
            id=new_id(), book=book.key, valid_from=valid_from, format=way, digits=digits, ground=ground,
            made_by=ctx.person.id,
        ).execute()  # fmt: skip
        emit(NumberFormatSet(valid_from=valid_from, format=way, ground=ground, **_about(book)))


def format_faults(book: Book, way: str | None, valid_from: date | None) -> dict[str, list[str]]:
    """Return all that is wrong with a way to write numbers, by field; of what is missing, nothing."""
    wrong, text = {}, problem_of(way) if way else ""
    if way and not text and NumberFormat(way, 1).needs_symbol and not _has_symbols(book):
        text = _("Số của sổ này cấp tự động, không có ký hiệu riêng: bỏ {place}.", place=_("{ký hiệu}"))
    if text:
        wrong["format"] = [text]
    if valid_from and valid_from < queries.agency_day():
        wrong["valid_from"] = [_("Từ hôm nay trở đi: số đã cấp không đổi.")]
    return wrong


def _has_symbols(book: Book) -> bool:
    """Tell whether entries bring a symbol: the form asks for it, or the module's own format says so."""
    return book.by_hand or NumberFormat(book.format, book.digits).needs_symbol


def _closed_text(book: Book, year: int) -> str:
    return _(
        "{register} năm {year} đã khoá: không cấp và không huỷ số nữa.", register=_(book.title), year=year
    )


def _about(book: Book) -> dict[str, Any]:
    return {"register": book.title, "book": book.key}


def _subject(entry: RegisterEntry) -> dict[str, Any]:
    return {"subject_type": entry.subject_type, "subject_id": entry.subject_id}
