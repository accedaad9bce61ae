"""What was entered in registers: the list of a book, one number, entering and voiding, the printed book, the API."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import falcon

from core.api import (
    Crumb,
    Effect,
    FormView,
    Invalid,
    NotFound,
    Option,
    PlanView,
    Request,
    _,
    bounded,
    chips,
    document,
    format_date,
    format_datetime,
    format_number,
    load,
    lower_first,
    new_id,
    page,
    pager,
    read_cursor,
    redirect,
    require_access,
    send_json,
    send_page,
    url_for,
)
from plugins.casework.declarations import Book
from plugins.casework.registers import lists, queries, services
from plugins.casework.registers.books import book_here, books_here, kept_book
from plugins.casework.registers.events import EntryEvent
from plugins.casework.registers.lists import ENTRIES
from plugins.casework.registers.queries import EntryRow
from plugins.casework.registers.schemas import (
    EntryDocument,
    EntryList,
    EntryQuery,
    RegisterList,
    VoidInput,
    entry_input,
)
from plugins.casework.registers.services import BY_HAND, ENTER, KEEP
from plugins.casework.registers.views import (
    ColumnField,
    EntriesView,
    EntryLine,
    EntryView,
    NewEntryView,
    PrintRow,
    PrintView,
    VoidView,
)
from plugins.lists.api import open_list, query_of
from plugins.pages.api import State, object_view

PRINTED = 500
"""So many numbers are on one page to be printed; the next ones are one click away."""


# ---- pages -----------------------------------------------------------------------------------------------


class Entries:
    """The list of a book."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        ctx = req.asker
        listing = open_list(req, resp, ENTRIES)
        if listing is None:
            return
        wanted = lists.wanted(ctx, listing.params)
        book = book_here(ctx, wanted.book)
        found = queries.entries(wanted, listing.cursor)
        total = "" if wanted.search else bounded(queries.count(wanted), queries.BOUND)
        years = tuple(Option(str(row.year), str(row.year)) for row in queries.years(book.key))
        states = (Option("valid", _("Đã cấp")), Option("void", _("Đã huỷ")))
        view = EntriesView(
            title=_(book.title),
            context=_("Số nhỏ nhất trước.") if wanted.oldest_first else _("Số mới nhất trước."),
            rows=tuple(_line(req, row) for row in found.rows),
            listing=listing.view(req, found, total),
            pager=pager(req, found, total),
            search=wanted.search,
            book=book.key,
            books=tuple(Option(each.key, _(each.title)) for each in books_here(ctx)),
            year=str(wanted.year or ""),
            years=years,
            state=wanted.state,
            states=states,
            chips=chips(
                req,
                {"view": "all"},
                q=(_("Tìm"), wanted.search),
                year=(_("Năm"), str(wanted.year or "")),
                state=(_("Tình trạng"), {each.value: each.label for each in states}.get(wanted.state, "")),
            ),
            clear_url=f"{req.path}?{urlencode({'book': book.key, 'view': 'all'})}",
            print_url=_print_url(req, book.key, wanted.year or int(years[0].value)) if years else "",
            book_url=url_for(req, "casework.register", book=book.key),
            crumbs=(Crumb(_("Sổ đăng ký"), url_for(req, "casework.registers")), Crumb(_(book.title))),
            new_url=_new_url(req, book) if book.by_hand and ctx.can(ENTER) else "",
        )
        page(req, resp, "casework/register_entries.html", view)


class OneEntry:
    """One number."""

    def on_get(self, req: Request, resp: falcon.Response, entry_id: UUID) -> None:
        row = queries.entry(entry_id)
        book = kept_book(row.book)
        facts = [
            (_("Số"), row.text),
            (_("Ngày"), format_date(row.day, year=True)),
            (_("Trích yếu"), row.title),
            *((_(title), row.details[key]) for key, title in book.columns if row.details.get(key)),
            (_("Người vào sổ"), row.made_by or _("Hệ thống")),
        ]
        void = ""
        if row.voided_at:
            void = _("Đã huỷ {time}: {reason}", time=format_datetime(row.voided_at), reason=row.void_reason)
        head = object_view(
            req, row, object_type=EntryEvent.object_type, object_id=row.id,
            title=_("Số {number}", number=row.text), crumbs=_crumbs(req, book, row.text),
            state=State("stop", _("Đã huỷ")) if row.voided_at else State("done", _("Đã cấp")),
            context=row.title,
        )  # fmt: skip
        page(req, resp, "casework/register_entry.html", EntryView(head, tuple(facts), void))


class NewEntry:
    """The form that enters something by hand and gives it the next number."""

    def on_get(self, req: Request, resp: falcon.Response, book: str) -> None:
        _show_form(req, resp, _by_hand(req, book), FormView({"id": str(new_id())}))

    def on_post(self, req: Request, resp: falcon.Response, book: str) -> None:
        declared = _by_hand(req, book)
        try:
            given = load(entry_input(declared), req.form)
            own = {key.removeprefix("c_"): text for key, text in given.items() if key.startswith("c_")}
            entry = services.enter_by_hand(
                req.asker,
                declared,
                entry_id=given["id"],
                title=given["title"],
                symbol=given["symbol"],
                details=own,
            )
        except Invalid as problem:
            _show_form(req, resp, declared, FormView(req.form, problem.errors), problem.status)
            return
        told = _("Đã vào sổ, số {number}.", number=entry.text)
        redirect(resp, url_for(req, "casework.register_entry", entry_id=entry.id), toast=told)


class VoidEntry:
    """What voiding a number means, and voiding it."""

    def on_get(self, req: Request, resp: falcon.Response, entry_id: UUID) -> None:
        _show_void(req, resp, queries.entry(entry_id), FormView())

    def on_post(self, req: Request, resp: falcon.Response, entry_id: UUID) -> None:
        row = queries.entry(entry_id)
        try:
            services.void_by_hand(req.asker, entry_id, **load(VoidInput(), req.form))
        except Invalid as problem:
            _show_void(req, resp, row, FormView(req.form, problem.errors), problem.status)
            return
        told = _("Đã huỷ số {number}. Số này không cấp lại.", number=row.text)
        redirect(resp, url_for(req, "casework.register_entry", entry_id=entry_id), toast=told)


class PrintedBook:
    """A year of a book with all its columns, as it is printed, signed and bound."""

    def on_get(self, req: Request, resp: falcon.Response, book: str, year: int) -> None:
        declared = book_here(req.asker, book)
        kept = next((row for row in queries.years(book) if row.year == year), None)
        if kept is None:
            raise NotFound
        first = req.get_param_as_int("from", min_value=1, max_value=services.MOST_NUMBER) or 1
        rows = queries.part_of(book, year, first, PRINTED)
        ctx = req.asker
        assert ctx.tenant is not None
        title = _("{register} năm {year}", register=_(declared.title), year=year)
        view = PrintView(
            title=title,
            agency=ctx.tenant.name,
            columns=tuple(_(name) for _key, name in declared.columns),
            rows=tuple(_printed(declared, row) for row in rows[:PRINTED]),
            summary=_summary(kept),
            crumbs=_crumbs(req, declared, _("Năm {year}", year=year)),
            next_url=f"{req.path}?from={rows[PRINTED].number}" if len(rows) > PRINTED else "",
            previous_url=req.path if first > 1 else "",
        )
        page(req, resp, "casework/register_print.html", view)


# ---- the API -----------------------------------------------------------------------------------------------


class RegistersDocument:
    @document(RegisterList)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the registers of the agency with their years. Needs casework.read_registers."""
        books = books_here(req.asker)
        years = queries.years(*(book.key for book in books))
        items = [
            {
                "key": book.key,
                "title": _(book.title),
                "format": way.text,
                "years": [asdict(row) for row in years if row.book == book.key],
            }
            for book, way in zip(books, queries.formats_on(books, queries.agency_day()), strict=True)
        ]
        send_json(resp, {"items": [_only(item) for item in items]})


class EntriesDocument:
    @document(EntryList, query=EntryQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the numbers of a register, the newest first. Needs casework.read_registers."""
        found = queries.entries(
            lists.wanted(req.asker, query_of(req, EntryQuery())), read_cursor(req, *queries.KEY)
        )
        send_page(req, resp, found, [row._asdict() for row in found.rows])


class OneEntryDocument:
    @document(EntryDocument)
    def on_get(self, req: Request, resp: falcon.Response, entry_id: UUID) -> None:
        """Read one number of a register. Needs casework.read_registers."""
        send_json(resp, queries.entry(entry_id)._asdict())


# ---- from requests to queries, from rows to views -----------------------------------------------------------


def _by_hand(req: Request, key: str) -> Book:
    book = book_here(req.asker, key)
    if not book.by_hand:
        raise NotFound
    return book


def _only(item: dict[str, Any]) -> dict[str, Any]:
    names = ("year", "paper_last", "last", "opened_at", "closed_at")
    return {**item, "years": [{name: row[name] for name in names} for row in item["years"]]}


def _new_url(req: Request, book: Book) -> str:
    return url_for(req, "casework.register_new", book=book.key)


def _print_url(req: Request, book: str, year: int) -> str:
    return url_for(req, "casework.register_print", book=book, year=year)


def _crumbs(req: Request, book: Book, here: str) -> tuple[Crumb, ...]:
    entries = f"{url_for(req, 'casework.register_entries')}?{urlencode({'book': book.key})}"
    return (
        Crumb(_("Sổ đăng ký"), url_for(req, "casework.registers")),
        Crumb(_(book.title), entries),
        Crumb(here),
    )


def _line(req: Request, row: EntryRow) -> EntryLine:
    return EntryLine(
        number=row.text,
        title=row.title,
        day=row.day,
        made_by=row.made_by or _("Hệ thống"),
        url=url_for(req, "casework.register_entry", entry_id=row.id),
        void=row.void_reason,
        details=lists.details_text(row),
    )


def _show_form(req: Request, resp: falcon.Response, book: Book, form: FormView, status: int = 200) -> None:
    heading = _("Vào {register}", register=lower_first(_(book.title)))
    today = queries.agency_day()
    year, way = queries.year(book.key, today.year), queries.format_on(book, today)
    text = _("Cấp khi vào sổ. Đây là số đầu tiên của năm {year}.", year=today.year)
    if year and year.last:
        text = _("Cấp khi vào sổ, số gần nhất là {number}.", number=year.last)
    view = NewEntryView(
        form=form,
        heading=heading,
        fields=tuple(ColumnField(f"c_{key}", _(title)) for key, title in book.columns),
        needs_symbol=way.needs_symbol,
        next_text=text,
        action=_new_url(req, book),
        back_url=f"{url_for(req, 'casework.register_entries')}?{urlencode({'book': book.key})}",
        crumbs=_crumbs(req, book, heading),
    )
    page(req, resp, "casework/register_new.html", view, status=status)


def _show_void(req: Request, resp: falcon.Response, row: EntryRow, form: FormView, status: int = 200) -> None:
    require_access(req.asker, KEEP, row)
    if row.voided_at:
        redirect(resp, url_for(req, "casework.register_entry", entry_id=row.id), toast=_("Số này đã huỷ."))
        return
    title = _("Huỷ số {number}?", number=row.text)
    falls = Effect("file-text", _("Văn bản mang số này thành “Đã huỷ” theo; bản PDF giữ lại làm chứng cứ."))
    view = VoidView(
        plan=PlanView(
            title=title,
            effects=(
                Effect(
                    "strikethrough",
                    _("“{title}” vẫn ở trong sổ, được gạch ngang kèm lý do.", title=row.title),
                ),
                *((falls,) if row.subject_type != BY_HAND else ()),
                Effect("ban", _("Số này không cấp lại cho văn bản khác.")),
                Effect("history", _("Việc huỷ được ghi vào nhật ký và không rút lại được.")),
            ),
            action=url_for(req, "casework.register_void", entry_id=row.id),
            button=_("Huỷ số"),
            back_url=url_for(req, "casework.register_entry", entry_id=row.id),
            back=_("Giữ số này"),
            effects_title=_("Khi huỷ số"),
            danger=True,
            reason=services.voiding_problem(row),
        ),
        form=form,
        crumbs=_crumbs(req, kept_book(row.book), title),
    )
    page(req, resp, "casework/register_void.html", view, status=status)


def _printed(book: Book, row: EntryRow) -> PrintRow:
    return PrintRow(
        number=row.text,
        day=row.day,
        title=row.title,
        cells=tuple(row.details.get(key, "") for key, _title in book.columns),
        void=_("Đã huỷ: {reason}", reason=row.void_reason) if row.voided_at else "",
    )


def _summary(kept: queries.YearRow) -> str:
    text = _(
        "Sổ này có {count} số, từ {first} đến {last}, trong đó {voided} số đã huỷ.",
        count=format_number(kept.count), first=kept.paper_last + 1, last=kept.last, voided=kept.voided,
    ) if kept.count else _("Sổ này chưa có số nào.")  # fmt: skip
    if kept.paper_last:
        text += " " + _("Số 1–{last} ở sổ giấy: {ground}.", last=kept.paper_last, ground=kept.ground)
    if kept.closed_at:
        text += " " + _("Khoá sổ {time}.", time=format_datetime(kept.closed_at))
    return text
