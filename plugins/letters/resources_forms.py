"""Addresses where letters are written: a form, and the pages of what is being typed beside it."""

from typing import Any
from uuid import UUID

import falcon

from core.api import (
    Conflict,
    ConflictView,
    Crumb,
    Forbidden,
    FormView,
    Invalid,
    NotFound,
    Option,
    Request,
    _,
    current_actor,
    format_number,
    load,
    merge,
    new_id,
    page,
    redirect,
    url_for,
)
from plugins.casework.api import LetterKind, agency_day, last_number, name_of
from plugins.drafts.api import draft_view, forget, resume
from plugins.letters import queries, services
from plugins.letters.composing import MODES, core_of
from plugins.letters.issuing import field_titles
from plugins.letters.kinds import own_kinds, require_letter
from plugins.letters.lists import LETTERS
from plugins.letters.models import Letter
from plugins.letters.schemas import PREVIEW, letter_input
from plugins.letters.services import WRITTEN
from plugins.letters.sheets import sheets_view, typed_sheet
from plugins.letters.views import LetterFormView, OwnField, SheetsView
from plugins.pages.api import DraftView


class NewLetter:
    """The form for a letter of its own."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        kind = _asked(req)
        assert req.asker.tenant is not None
        template = queries.template_on(req.asker.tenant, kind.key, agency_day())
        values = {name: getattr(template, name, "") for name in WRITTEN} | {"id": str(new_id())}
        values["symbol"] = values["symbol"] or kind.symbol
        _show(req, resp, kind, None, *resume(req, _new_draft(kind), values))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        kind = _asked(req)
        if req.form.get("act") == PREVIEW:
            _show(
                req, resp, kind, None, FormView(req.form), draft_view(req, _new_draft(kind)), previewed=True
            )
            return
        try:
            words, fields = _sent(kind, req.form, is_new=True)
            letter = services.draft_letter(req.asker, kind.key, fields=fields, **words)
        except Invalid as problem:
            form, draft = FormView(req.form, problem.errors), draft_view(req, _new_draft(kind))
            _show(req, resp, kind, None, form, draft, status=problem.status)
            return
        forget(req, _new_draft(kind))
        redirect(resp, url_for(req, "letters.letter", letter_id=letter.id), toast=_("Đã lưu dự thảo."))


class EditLetter:
    """The form that changes a draft; who saves second decides where both changed the same."""

    def on_get(self, req: Request, resp: falcon.Response, letter_id: UUID) -> None:
        letter = queries.letter(letter_id)
        kind = require_letter(req.asker, "write", letter)
        if letter.state != "draft":
            redirect(resp, url_for(req, "letters.letter", letter_id=letter_id))
            return
        values = {**_words(letter), "version": str(letter.version)}
        _show(req, resp, kind, letter, *resume(req, _draft_of(letter_id), values))

    def on_post(self, req: Request, resp: falcon.Response, letter_id: UUID) -> None:
        letter = queries.letter(letter_id)
        kind = require_letter(req.asker, "write", letter)
        key = _draft_of(letter_id)
        if req.form.get("act") == PREVIEW:
            _show(req, resp, kind, letter, FormView(req.form), draft_view(req, key), previewed=True)
            return
        try:
            words, fields = _sent(kind, req.form, is_new=False)
            services.change_letter(req.asker, letter_id, fields=fields, **words)
        except Invalid as problem:
            form, told = _merged(kind, FormView(req.form, problem.errors), letter)
            _show(req, resp, kind, letter, form, draft_view(req, key), conflict=told, status=problem.status)
        except Conflict as conflict:
            form, told = _merged(kind, FormView(req.form), conflict.current)
            _show(req, resp, kind, letter, form, draft_view(req, key), conflict=told, status=409)
        else:
            forget(req, key)
            redirect(resp, url_for(req, "letters.letter", letter_id=letter_id), toast=_("Đã lưu dự thảo."))


def _asked(req: Request) -> LetterKind:
    """Return the kind that is to be written: the one of the address, or else the first there is.

    Raises NotFound for another one, Forbidden.
    """
    kinds = own_kinds(req.asker)
    if not kinds:
        raise Forbidden(permission="casework.write_letters")
    wanted = req.get_param("kind") or kinds[0].key
    found = next((kind for kind in kinds if kind.key == wanted), None)
    if found is None:
        raise NotFound
    return found


def _new_draft(kind: LetterKind) -> str:
    return f"letters.new.{kind.key}"


def _draft_of(letter_id: UUID) -> str:
    return f"letters.letter.{letter_id}"


def _sent(kind: LetterKind, form: Any, *, is_new: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the words of a form and what fills the kind's core. Raises Invalid."""
    sent = load(letter_input(kind, is_new=is_new), form)
    sent.pop("act")
    fields = {key: sent.pop(f"c_{key}") for key, _title in kind.fields}
    return sent, fields


def _words(letter: Letter) -> dict[str, str]:
    own = {f"c_{key}": text for key, text in letter.fields.items()}
    return {**{name: getattr(letter, name) for name in WRITTEN}, **own}


def _merged(kind: LetterKind, form: FormView, stored: Letter) -> tuple[FormView, ConflictView | None]:
    return merge(
        form,
        {**_words(stored), "version": str(stored.version)},
        field_titles(kind),
        who=name_of(stored.changed_by),
        at=stored.changed_at,
        own=stored.changed_by == current_actor().person_id,
    )


def modes() -> tuple[Option, ...]:
    """Return for whom somebody may sign."""
    titles = {
        "": _("Ký với chức vụ của mình"),
        "TM": _("TM. – thay mặt tập thể"),
        "KT": _("KT. – ký thay người đứng đầu"),
        "TMKT": _("TM. tập thể, KT. người đứng đầu"),
        "TL": _("TL. – thừa lệnh"),
        "TUQ": _("TUQ. – thừa uỷ quyền"),
        "Q": _("Q. – quyền cấp trưởng"),
    }
    return tuple(Option(mode, titles[mode]) for mode in MODES)


def _show(
    req: Request,
    resp: falcon.Response,
    kind: LetterKind,
    letter: Letter | None,
    form: FormView,
    draft: DraftView,
    *,
    conflict: ConflictView | None = None,
    previewed: bool = False,
    status: int = 200,
) -> None:
    last = last_number(kind.book)
    action = (
        url_for(req, "letters.edit", letter_id=letter.id)
        if letter
        else f"{url_for(req, 'letters.new')}?kind={kind.key}"
    )
    lists_all = req.asker.can(LETTERS.permission)
    back = url_for(req, "letters.letters" if lists_all else "tenants.home")
    if letter:
        back = url_for(req, "letters.letter", letter_id=letter.id)
    title = _("Sửa dự thảo") if letter else _("Soạn {kind}", kind=_(kind.title).lower())
    crumbs = [Crumb(title)]
    if letter:
        crumbs.insert(0, Crumb(letter.subject, back))
    if lists_all:
        crumbs.insert(0, Crumb(_(LETTERS.title), url_for(req, "letters.letters")))
    view = LetterFormView(
        form=form,
        title=title,
        hidden="version" if letter else "id",
        core=tuple(core_of(kind, {key: form.text(f"c_{key}") for key, _title in kind.fields})),
        fields=tuple(OwnField(f"c_{key}", _(name)) for key, name in kind.fields),
        modes=modes(),
        next_text=_("Số cấp khi phát hành, số gần nhất là {last}.", last=format_number(last))
        if last
        else _("Số cấp khi phát hành. Đây là số đầu tiên của năm."),
        action=action,
        back_url=back,
        crumbs=tuple(crumbs),
        draft=draft,
        sheets=sheets_view(typed_sheet(req.asker, kind, form)) if previewed else SheetsView(),
        conflict=conflict,
        titles=field_titles(kind),
    )
    page(req, resp, "letters/letter_form.html", view, status=status)
