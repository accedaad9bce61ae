"""Addresses of letters: the list, the form with its pages beside, one letter, its files, issuing it."""

from collections.abc import Callable
from uuid import UUID

import falcon

from core.api import (
    Conflict,
    Crumb,
    Invalid,
    Option,
    Request,
    RequestContext,
    _,
    bounded,
    chips,
    format_date,
    format_datetime,
    load,
    page,
    pager,
    paragraphs,
    redirect,
    upper_first,
    url_for,
)
from plugins.casework.api import LetterKind, agency_day, name_of
from plugins.files.api import file_links, stored, view_url
from plugins.letters import lists, queries, services, word
from plugins.letters.composing import core_of, in_one_line, signing_lines
from plugins.letters.events import LetterEvent
from plugins.letters.issuing import review
from plugins.letters.kinds import own_kinds, readable_kinds, require_letter, why_not
from plugins.letters.lists import LETTERS, MARKS, STATES
from plugins.letters.models import Letter
from plugins.letters.queries import LetterRow
from plugins.letters.schemas import IssueInput
from plugins.letters.sheets import send_made, sheet_of, sheets_view
from plugins.letters.views import LetterLine, LettersView, LetterView, PreviewView, SheetsView
from plugins.lists.api import open_list
from plugins.pages.api import ObjectView, State, object_view

PDF, WORD = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Letters:
    """The list of letters."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        ctx = req.asker
        listing = open_list(req, resp, LETTERS)
        if listing is None:
            return
        wanted = lists.wanted(ctx, listing.params)
        found = queries.letters(wanted, listing.cursor)
        total = "" if wanted.search else bounded(queries.count(wanted), queries.BOUND)
        kinds = tuple(Option(kind.key, _(kind.title)) for kind in readable_kinds(ctx))
        states = tuple(Option(key, _(title)) for key, title in STATES.items())
        labels = {each.value: each.label for each in (*kinds, *states)}
        kind = listing.params.get("kind", "") if len(wanted.kinds) == 1 < len(kinds) else ""
        view = LettersView(
            rows=tuple(
                _line(req, row, {option.value: option.label for option in kinds}) for row in found.rows
            ),
            listing=listing.view(req, found, total),
            pager=pager(req, found, total),
            oldest_first=wanted.oldest_first,
            search=wanted.search,
            kind=kind,
            kinds=kinds,
            state=wanted.state,
            states=states,
            chips=chips(
                req,
                {"view": "all"},
                q=(_("Tìm"), wanted.search),
                kind=(_("Loại"), labels.get(kind, "")),
                state=(_("Tình trạng"), labels.get(wanted.state, "")),
            ),
            clear_url=f"{req.path}?view=all",
            new_url=url_for(req, "letters.new") if own_kinds(ctx) else "",
        )
        page(req, resp, "letters/letters.html", view)


class OneLetter:
    """One letter."""

    def on_get(self, req: Request, resp: falcon.Response, letter_id: UUID) -> None:
        letter = queries.letter(letter_id)
        kind = require_letter(req.asker, "read", letter)
        page(req, resp, "letters/letter.html", _letter_view(req, letter, kind))


class Preview:
    """The pages of a draft as pictures; those of an issued letter are its PDF."""

    def on_get(self, req: Request, resp: falcon.Response, letter_id: UUID) -> None:
        letter = queries.letter(letter_id)
        require_letter(req.asker, "read", letter)
        title = _("Xem trước “{subject}”", subject=letter.subject)
        view = PreviewView(
            title=title,
            crumbs=(*_crumbs(req), Crumb(letter.subject, _url(req, letter)), Crumb(_("Xem trước"))),
            sheets=sheets_view(sheet_of(req.asker, letter)),
        )
        page(req, resp, "letters/preview.html", view)


class LetterFiles:
    """A letter as PDF, of a draft made now and of an issued one as it was kept, and as a Word file."""

    def on_get(self, req: Request, resp: falcon.Response, letter_id: UUID) -> None:
        letter = queries.letter(letter_id)
        require_letter(req.asker, "read", letter)
        if letter.file_id:
            redirect(resp, view_url(req, letter.file_id))
            return
        made = services.pdf_of(letter, sheet_of(req.asker, letter))
        name = services.file_name(letter.subject, _("Dự thảo"), "pdf")
        send_made(resp, made, name=name, media_type=PDF, inline=True)

    def on_get_word(self, req: Request, resp: falcon.Response, letter_id: UUID) -> None:
        letter = queries.letter(letter_id)
        require_letter(req.asker, "read", letter)
        name = services.file_name(letter.subject, letter.number or _("Dự thảo"), "docx")
        send_made(resp, word.docx(sheet_of(req.asker, letter)), name=name, media_type=WORD)


class Issue:
    """What issuing a letter means, and issuing it."""

    def on_get(self, req: Request, resp: falcon.Response, letter_id: UUID) -> None:
        letter = queries.letter(letter_id)
        require_letter(req.asker, "issue", letter)
        if letter.state != "draft":
            redirect(resp, _url(req, letter))
            return
        page(req, resp, "letters/issue.html", review(req, letter))

    def on_post(self, req: Request, resp: falcon.Response, letter_id: UUID) -> None:
        letter = queries.letter(letter_id)
        require_letter(req.asker, "issue", letter)
        try:
            issued = services.issue_letter(req.asker, letter_id, **load(IssueInput(), req.form))
        except Invalid as problem:
            page(req, resp, "letters/issue.html", review(req, letter, problem.errors), status=problem.status)
        except Conflict as conflict:
            told = _("Dự thảo vừa được sửa. Đọc lại bản mới trước khi phát hành.")
            page(req, resp, "letters/issue.html", review(req, conflict.current, context=told), status=409)
        else:
            told = _("Đã phát hành, số {number}.", number=issued.number)
            redirect(resp, _url(req, issued), toast=told)


class Discard:
    """Throws a draft away."""

    def on_post(self, req: Request, resp: falcon.Response, letter_id: UUID) -> None:
        services.discard_letter(req.asker, letter_id)
        back = (
            url_for(req, "letters.letters")
            if req.asker.can(LETTERS.permission)
            else url_for(req, "tenants.home")
        )
        redirect(resp, back, toast=_("Đã bỏ dự thảo."))


class BeginCaseLetter:
    """The button that begins the letter of a case (`case_letters.CaseLetter`)."""

    def __init__(self, begin: Callable[[RequestContext, UUID], Letter]) -> None:
        self._begin = begin

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        try:
            letter = self._begin(req.asker, case_id)
        except Invalid as problem:
            # The button is not offered then; whoever posts anyway reads why, on a page that leads back.
            raise Invalid(problem.errors, next(iter(problem.errors.values()))[0]) from problem
        redirect(resp, url_for(req, "letters.edit", letter_id=letter.id))


# ---- from rows to views ------------------------------------------------------------------------------------


def _url(req: Request, letter: Letter) -> str:
    return url_for(req, "letters.letter", letter_id=letter.id)


def _crumbs(req: Request) -> tuple[Crumb, ...]:
    """Return the way to a letter; whoever reads letters of one module alone has no list of all of them."""
    if not req.asker.can(LETTERS.permission):
        return ()
    return (Crumb(_(LETTERS.title), url_for(req, "letters.letters")),)


def _line(req: Request, row: LetterRow, kinds: dict[str, str]) -> LetterLine:
    return LetterLine(
        title=upper_first(row.subject),
        kind=kinds.get(row.kind, row.kind),
        url=url_for(req, "letters.letter", letter_id=row.id),
        number=row.number,
        day=row.issued_on,
        by=row.made_by or _("Hệ thống"),
        at=row.made_at,
        state=_(STATES.get(row.state, row.state)),
        mark=MARKS.get(row.state, "draft"),
    )


def _letter_view(req: Request, letter: Letter, kind: LetterKind) -> LetterView:
    is_draft = letter.state == "draft"
    sheets = SheetsView(
        loads=url_for(req, "letters.preview", letter_id=letter.id),
        pdf_url=url_for(req, "letters.pdf", letter_id=letter.id),
    )
    void = ""
    if letter.state == "void":
        void = _("Số {number} đã huỷ: {reason}", number=letter.number, reason=letter.void_reason)
    return LetterView(
        object=_object(req, letter, kind),
        facts=_facts(req, letter),
        paragraphs=() if is_draft else (*core_of(kind, letter.fields), *paragraphs(letter.body)),
        sheets=sheets if is_draft else None,
        files=file_links(req, [stored(letter.file_id)]) if letter.file_id else (),
        void=void,
        refused=why_not(req.asker, "issue", letter) if is_draft and req.asker.can(kind.issue) else "",
        issuers=(url_for(req, kind.issuers[0]), _(kind.issuers[1])) if kind.issuers else ("", ""),
    )  # fmt: skip


def _object(req: Request, letter: Letter, kind: LetterKind) -> ObjectView:
    told = [
        _(
            "{name} soạn {time}",
            name=name_of(letter.made_by) or _("Hệ thống"),
            time=format_datetime(letter.made_at),
        )
    ]
    if letter.changed_by:
        told.append(
            _(
                "{name} sửa {time}",
                name=name_of(letter.changed_by),
                time=format_datetime(letter.changed_at),
            )
        )
    return object_view(
        req,
        letter,
        object_type=LetterEvent.object_type,
        object_id=letter.id,
        url=_url(req, letter),
        title=upper_first(letter.subject),
        crumbs=(*_crumbs(req), Crumb(_(kind.title))),
        state=State(MARKS[letter.state], _(STATES[letter.state])),  # type: ignore[arg-type]
        context=" · ".join(told),
    )


def _facts(req: Request, letter: Letter) -> tuple[tuple[str, str], ...]:
    assert req.asker.tenant is not None
    template = (
        queries.template(letter.template_id)
        if letter.template_id
        else queries.template_on(req.asker.tenant, letter.kind, agency_day())
    )
    signing = [*signing_lines(letter.signer_mode, template, letter.signer_title), letter.signer_name]
    told = (
        (_("Số, ký hiệu"), letter.number or _("Cấp khi phát hành")),
        (_("Ngày"), format_date(letter.issued_on, year=True) if letter.issued_on else _("Ngày phát hành")),
        (_("Kính gửi"), in_one_line(letter.addressees)),
        (_("Nơi nhận"), in_one_line(letter.recipients)),
        (_("Người ký"), ", ".join(filter(None, signing))),
        (_("Người phát hành"), name_of(letter.issued_by)),
    )
    return tuple((title, text) for title, text in told if text)
