"""Keeping registers: all books of an agency, their years, opening and closing, how numbers are written."""

from collections.abc import Sequence
from urllib.parse import urlencode

import falcon

from core.api import (
    N_,
    Crumb,
    Effect,
    FormView,
    Invalid,
    NotFound,
    Option,
    PlanView,
    Request,
    _,
    format_date,
    format_datetime,
    format_number,
    load,
    lower_first,
    ngettext,
    page,
    redirect,
    url_for,
)
from plugins.casework.declarations import Book
from plugins.casework.registers import queries, services
from plugins.casework.registers.books import book_here, books_here
from plugins.casework.registers.numbering import NumberFormat
from plugins.casework.registers.queries import YearRow
from plugins.casework.registers.schemas import FormatInput, OpenInput
from plugins.casework.registers.services import ENTER, KEEP
from plugins.casework.registers.views import (
    BookLine,
    BooksView,
    BookView,
    CloseView,
    FormatLine,
    FormatView,
    OpenView,
    YearLine,
)

SAMPLE = 7
OPENED = {
    "opened": N_("Đã mở sổ năm {year}."),
    "changed": N_("Sổ năm {year} đã mở từ trước; đã ghi lại số cuối của sổ giấy."),
    "unchanged": N_("Sổ năm {year} đã mở từ trước, không có gì thay đổi."),
}


class Books:
    """The registers of an agency."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        books = books_here(req.asker)
        newest: dict[str, YearRow] = {}
        this_year = queries.agency_day().year
        rows = queries.years(*(book.key for book in books))
        # One that was opened ahead is not in use yet.
        for row in sorted(rows, key=lambda row: row.year > this_year):
            newest.setdefault(row.book, row)
        lines = tuple(_book_line(req, book, newest.get(book.key), this_year) for book in books)
        page(req, resp, "casework/registers.html", BooksView(lines))


class OneBook:
    """A book: its years and how its numbers are written."""

    def on_get(self, req: Request, resp: falcon.Response, book: str) -> None:
        _show_book(req, resp, book_here(req.asker, book))


class OpenYear:
    """The form that opens a year of a book."""

    def on_get(self, req: Request, resp: falcon.Response, book: str) -> None:
        declared = book_here(req.asker, book)
        year = str(_next_year(declared, queries.years(declared.key)))
        _show_open(req, resp, declared, FormView({"year": year, "paper_last": "0"}))

    def on_post(self, req: Request, resp: falcon.Response, book: str) -> None:
        declared = book_here(req.asker, book)
        try:
            said = load(OpenInput(declared), req.form)
            opened = services.open_register(req.asker, declared, **said)
        except Invalid as problem:
            _show_open(req, resp, declared, FormView(req.form, problem.errors), problem.status)
            return
        redirect(resp, _book_url(req, declared), toast=_(OPENED[opened], year=said["year"]))


class CloseYear:
    """What closing a year of a book means, and closing it."""

    def on_get(self, req: Request, resp: falcon.Response, book: str, year: int) -> None:
        _show_close(req, resp, book_here(req.asker, book), year)

    def on_post(self, req: Request, resp: falcon.Response, book: str, year: int) -> None:
        declared = book_here(req.asker, book)
        try:
            services.close_register(req.asker, declared, year=_year(declared, year).year)
        except Invalid as problem:
            _show_close(req, resp, declared, year, problem.status)
            return
        redirect(resp, _book_url(req, declared), toast=_("Đã khoá sổ năm {year}.", year=year))


class NewFormat:
    """The form that has numbers written in another way from a day on."""

    def on_get(self, req: Request, resp: falcon.Response, book: str) -> None:
        declared = book_here(req.asker, book)
        today = queries.agency_day()
        now = queries.format_on(declared, today)
        form = {"format": now.shown, "digits": str(now.digits), "valid_from": f"{today:%d/%m/%Y}"}
        _show_format(req, resp, declared, FormView(form))

    def on_post(self, req: Request, resp: falcon.Response, book: str) -> None:
        declared = book_here(req.asker, book)
        try:
            services.set_format(req.asker, declared, **load(FormatInput(declared), req.form))
        except Invalid as problem:
            _show_format(req, resp, declared, FormView(req.form, problem.errors), problem.status)
            return
        told = _("Đã đổi cách ghi số. Số đã cấp giữ nguyên.")
        redirect(resp, _book_url(req, declared), toast=told)


# ---- from rows to views --------------------------------------------------------------------------------------


def _book_url(req: Request, book: Book) -> str:
    return url_for(req, "casework.register", book=book.key)


def _entries_url(req: Request, book: Book) -> str:
    return f"{url_for(req, 'casework.register_entries')}?{urlencode({'book': book.key})}"


def _crumbs(req: Request, book: Book, here: str) -> tuple[Crumb, ...]:
    return (
        Crumb(_("Sổ đăng ký"), url_for(req, "casework.registers")),
        Crumb(_(book.title), _book_url(req, book)),
        Crumb(here),
    )


def _year(book: Book, year: int) -> YearRow:
    """Return a year of a book.

    Raises NotFound.
    """
    found = next((row for row in queries.years(book.key) if row.year == year), None)
    if found is None:
        raise NotFound
    return found


def _next_year(book: Book, opened: Sequence[YearRow]) -> int:
    """Return the year to offer: one that is not opened yet, else one whose paper book's last number can still be set anew; 0 for none."""
    this_year = queries.agency_day().year
    years = sorted((this_year, this_year + 1), key=lambda year: year in {row.year for row in opened})
    return next((year for year in years if not services.opening_problem(book, year)), 0)


def _state(row: YearRow, this_year: int) -> str:
    if row.closed_at:
        return _("Khoá {time}", time=format_datetime(row.closed_at))
    return _("Đang dùng") if row.year <= this_year else _("Từ năm {year}", year=row.year)


def _last(row: YearRow) -> str:
    return str(row.last) if row.last else _("chưa có")


def _book_line(req: Request, book: Book, newest: YearRow | None, this_year: int) -> BookLine:
    year = _("Mở khi cấp số đầu tiên")
    if newest:
        year = _("Năm {year}: {state}", year=newest.year, state=lower_first(_state(newest, this_year)))
    return BookLine(
        title=_(book.title),
        year=year,
        closed=bool(newest and newest.closed_at),
        last=_last(newest) if newest else _("chưa có"),
        url=_entries_url(req, book),
        book_url=_book_url(req, book),
        new_url=url_for(req, "casework.register_new", book=book.key)
        if book.by_hand and req.asker.can(ENTER)
        else "",
    )


def _show_book(req: Request, resp: falcon.Response, book: Book) -> None:
    keeps, today = req.asker.can(KEEP), queries.agency_day()
    rows = queries.years(book.key)
    used_before = any(row.year < today.year and not row.closed_at for row in rows)
    view = BookView(
        title=_(book.title),
        context=_("Còn sổ năm trước chưa khoá.")
        if used_before
        else _("Số liên tục trong từng năm, không cấp lại."),
        years=tuple(_year_line(req, book, row, today.year, keeps=keeps) for row in rows),
        formats=_formats(book, today.year),
        crumbs=(*_crumbs(req, book, "")[:1], Crumb(_(book.title))),
        entries_url=_entries_url(req, book),
        open_url=url_for(req, "casework.register_open", book=book.key)
        if keeps and _next_year(book, rows)
        else "",
        format_url=url_for(req, "casework.register_format", book=book.key) if keeps else "",
    )
    page(req, resp, "casework/register_book.html", view)


def _year_line(req: Request, book: Book, row: YearRow, this_year: int, *, keeps: bool) -> YearLine:
    at = format_datetime(row.opened_at)
    opened = (
        _("{name} mở {time}", name=row.opened_by, time=at)
        if row.opened_by
        else _("Tự mở {time}, khi cấp số đầu tiên", time=at)
    )
    if row.paper_last:
        opened += " · " + _("số 1–{last} ở sổ giấy: {ground}", last=row.paper_last, ground=row.ground)
    count = ngettext("{n} số", "{n} số", row.count)
    if row.voided:
        count += ", " + _("{n} đã huỷ", n=format_number(row.voided))
    fields = {"book": book.key, "year": row.year}
    return YearLine(
        year=row.year,
        closed=bool(row.closed_at),
        state=_state(row, this_year) + (f", {row.closed_by}" if row.closed_by else ""),
        last=_last(row),
        count=count,
        opened=opened,
        print_url=url_for(req, "casework.register_print", **fields),
        close_url=url_for(req, "casework.register_close", **fields) if keeps and not row.closed_at else "",
    )


def _formats(book: Book, year: int) -> tuple[FormatLine, ...]:
    declared = NumberFormat(book.format, book.digits)
    told = [
        (format_date(row.valid_from, year=True), row.format, row.ground) for row in queries.formats(book.key)
    ]
    told.append((_("Từ đầu"), declared, _("Cách ghi có sẵn của sổ")))
    return tuple(
        FormatLine(since, way.shown, way.written(SAMPLE, year, _sample_symbol()), ground)
        for since, way, ground in told
    )


def _sample_symbol() -> str:
    return "BC-UBND"


def _show_open(req: Request, resp: falcon.Response, book: Book, form: FormView, status: int = 200) -> None:
    heading = _("Mở sổ")
    year = queries.agency_day().year
    view = OpenView(
        form=form,
        heading=heading,
        years=tuple(Option(str(each), str(each)) for each in (year, year + 1)),
        action=url_for(req, "casework.register_open", book=book.key),
        back_url=_book_url(req, book),
        crumbs=_crumbs(req, book, heading),
    )
    page(req, resp, "casework/register_open.html", view, status=status)


def _show_format(req: Request, resp: falcon.Response, book: Book, form: FormView, status: int = 200) -> None:
    heading = _("Đổi cách ghi số")
    today = queries.agency_day()
    now = queries.format_on(book, today)
    view = FormatView(
        form=form,
        heading=heading,
        now=now.written(SAMPLE, today.year, _sample_symbol()),
        action=url_for(req, "casework.register_format", book=book.key),
        back_url=_book_url(req, book),
        crumbs=_crumbs(req, book, heading),
    )
    page(req, resp, "casework/register_format.html", view, status=status)


def _show_close(req: Request, resp: falcon.Response, book: Book, year: int, status: int = 200) -> None:
    row = _year(book, year)
    if row.closed_at:
        redirect(resp, _book_url(req, book), toast=_("Sổ này đã khoá."))
        return
    title = _("Khoá {register} năm {year}?", register=lower_first(_(book.title)), year=year)
    problem = services.closing_problem(queries.year(book.key, year))
    view = CloseView(
        PlanView(
            title=title,
            effects=(
                Effect(
                    "hash",
                    _("Số cuối là {last}, trong đó {voided} số đã huỷ.", last=_last(row), voided=row.voided),
                ),
                Effect("lock", _("Sổ năm này không cấp và không huỷ số nữa; vẫn xem, tìm và in được.")),
                Effect("calendar-plus", _("Số của năm sau bắt đầu lại từ 1, sổ tự mở khi cấp số đầu tiên.")),
                Effect("history", _("Việc khoá được ghi vào nhật ký và không rút lại được.")),
            ),
            action=url_for(req, "casework.register_close", book=book.key, year=year),
            button=_("Khoá sổ"),
            back_url=_book_url(req, book),
            back=_("Để sổ mở"),
            effects_title=_("Khi khoá sổ"),
            danger=True,
            reason=problem,
        ),
        _crumbs(req, book, title),
    )
    page(req, resp, "casework/register_close.html", view, status=status)
