"""Forms of cases without a template: a module names the fields it asks, the schema says what each must be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

import falcon
from marshmallow import Schema
from marshmallow.fields import Field

from core.api import (
    Conflict,
    Crumb,
    FormView,
    Invalid,
    Option,
    Request,
    Route,
    Text,
    _,
    load,
    new_id,
    page,
    redirect,
    require_access,
    url_for,
)
from plugins.casework.cases.pages import open_page, overtaken
from plugins.casework.cases.resources import decided_about, part_warnings, people_options, shown_texts
from plugins.casework.cases.telling import shown_title
from plugins.casework.cases.views import AskView, CaseFormView
from plugins.casework.legs.lines import close_warnings, recall_warnings
from plugins.casework.models import Case
from plugins.casework.workflows.definition import CaseKind
from plugins.casework.workflows.kinds import followed_on
from plugins.drafts.api import draft_view, forget, resume
from plugins.files.api import sent_files, upload_url
from plugins.notifications.api import people_with
from plugins.pages.api import DraftView, FormPage

Offer = Mapping[str, str] | Callable[[], Sequence[Option]]
MAX_UPLOAD = 60_000_000
"""How much a form with files may bring at once when the browser sends them with it, in bytes."""
Asking = Literal["line", "text", "select", "one", "many", "date", "check", "files"]


@dataclass(frozen=True, slots=True)
class Ask:
    """A field of a form. Whether it must be filled in and how long it may be, its field of the schema says.

    `kind` is how it is asked: a line, a text of `rows`, one of a list or of rings ("one"), several ("many"), a date,
    a box to tick, files. `offer` is what there is to choose, as titles by value or read when the form is shown.
    A `section` is the heading that begins above the field.
    """

    name: str
    title: str
    kind: Asking = "line"
    hint: str = ""
    offer: Offer | None = None
    blank: str = ""
    rows: int = 4
    width: str = ""
    section: str = ""

    def options(self) -> tuple[Option, ...]:
        """Return what there is to choose."""
        if callable(self.offer):
            return tuple(self.offer())
        return tuple(Option(value, _(title)) for value, title in (self.offer or {}).items())

    def view(self, schema: Schema) -> AskView:
        """Return what the template draws."""
        field = schema.fields.get(self.name)
        return AskView(
            name=self.name, title=_(self.title), kind=self.kind, hint=self.hint and _(self.hint), options=self.options(),
            blank=self.blank and _(self.blank), rows=self.rows, width=self.width, optional=self._is_optional(field),
            maxlength=str(field.max_length) if isinstance(field, Text) else "",
        )  # fmt: skip

    def _is_optional(self, field: Field[Any] | None) -> bool:
        """Tell whether it may be left out; of rings one is always chosen where the schema has a default."""
        return field is None or not (field.required or (self.kind == "one" and field.load_default))


def able(kind: CaseKind, permission: str) -> Callable[[], Sequence[Option]]:
    """Offer the people of the agency who hold a permission, by unit, each with the position."""

    def offer() -> Sequence[Option]:
        holders = {str(each) for each in people_with(permission)}
        return [each for each in people_options(kind) if each.value in holders]

    return offer


def typed_day(day: date) -> str:
    """Return a day as a field takes it, in every language: to begin a form with."""
    return f"{day:%d/%m/%Y}"


def _no_values(*_of: Any) -> dict[str, Any]:
    return {}


def _no_lines(*_of: Any) -> Sequence[Any]:
    return ()


@dataclass(frozen=True, slots=True)
class _CaseForm:
    """What forms about cases share: `act` does what was asked and returns the case it was done to."""

    kind: CaseKind
    key: str
    title: str
    schema: type[Schema]
    act: Callable[..., Any]
    asks: tuple[Ask, ...]
    permission: str = ""
    """Who may, beside the rules of the workflow; who handles cases of the kind when nothing is said."""

    @property
    def route(self) -> str:
        """The route's name: that of the module, then the key."""
        return f"{self.kind.key.partition('.')[0]}.{self.key}"

    @property
    def needed(self) -> str:
        """The permission that opens the page."""
        return self.permission or self.kind.handle

    def said(self, req: Request) -> dict[str, Any]:
        """Return what was sent, with the files as `act` takes them. Raises Invalid."""
        files = {each.name: sent_files(req, each.name) for each in self.asks if each.kind == "files"}
        return {**load(self.schema(), req.form), **files}

    def sections(
        self, offers: Mapping[str, Sequence[Option]] | None = None
    ) -> list[tuple[str, list[AskView]]]:
        """Return the fields under their headings; `offers` are what there is to choose for this case."""
        found: list[tuple[str, list[AskView]]] = []
        schema = self.schema()
        for ask in self.asks:
            if ask.section or not found:
                found.append((ask.section and _(ask.section), []))
            view = ask.view(schema)
            found[-1][1].append(replace(view, options=(offers or {}).get(ask.name, view.options)))
        return found

    def titles(self) -> dict[str, str]:
        """Return the labels of the fields, for the summary of errors."""
        return {each.name: _(each.title) for each in self.asks}

    def view(
        self, req: Request, shown: FormPage, offers: Mapping[str, Sequence[Option]] | None = None, **more: Any
    ) -> CaseFormView:
        """Return what casework/case_form.html shows."""
        return CaseFormView(page=shown, sections=self.sections(offers), upload_url=upload_url(req), **more)


@dataclass(frozen=True, slots=True)
class NewCase(_CaseForm):
    """The form that opens a case. `act(ctx, said)` opens it; its schema has an `id`, so that sending twice opens one.

    For what is no case itself and may be changed, `values` has the `version` that is read.
    """

    button: str = ""
    values: Callable[[Request], Mapping[str, str | Sequence[str]]] = _no_values
    """What stands in the form at first."""
    template: str = "casework/case_form.html"
    """One of the module's that extends it, for a form that does more than ask."""
    lands: Callable[[Request, Any], tuple[str, str]] | None = None
    """For what is no case itself: from what `act` returned, the page that follows and what it tells."""
    follows: Sequence[str] = ()
    """What will happen, each in a sentence."""
    reads: Callable[[Request, FormView], Sequence[tuple[str, str]]] = _no_lines
    """What the form is about: texts with their titles, above it."""
    leaves: Callable[[Request, FormView], str] | None = None
    """For what is no case itself: the page to go back to without it."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        first = {"id": str(new_id()), **self.values(req)}
        page(req, resp, self.template, self.shown(req, *resume(req, self.route, first)))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            done = self.act(req.asker, self.said(req))
        except Invalid as problem:
            view = self.shown(req, FormView(req.form, problem.errors), draft_view(req, self.draft(req)))
            page(req, resp, self.template, view, status=problem.status)
        except Conflict as conflict:
            # Sent again, it is about what is stored now.
            told = _(
                "Người khác vừa sửa mục này. Mở bản mới ở thẻ khác để so, rồi ghi lại; điều bạn gõ còn nguyên."
            )
            form = FormView({**req.form, "version": str(conflict.current.version)}, {"": [told]})
            page(
                req, resp, self.template, self.shown(req, form, draft_view(req, self.draft(req))), status=409
            )
        else:
            for key in {self.route, self.draft(req)}:
                forget(req, key)
            url, toast = (self.lands or self._case_page)(req, done)
            redirect(resp, url, toast=toast)

    def _case_page(self, req: Request, case: Case) -> tuple[str, str]:
        return url_for(req, self.kind.route, case_id=case.id), _("Đã ghi {code}.", code=case.code)

    def draft(self, req: Request) -> str:
        """Return the key under which what is typed is kept."""
        return self.route

    def shown(self, req: Request, form: FormView, draft: DraftView, **more: Any) -> CaseFormView:
        """Return the page around a form."""
        back = url_for(req, self.kind.list_route)
        shown = FormPage(
            title=_(self.title), form=form, draft=draft, action=url_for(req, self.route), button=_(self.button or self.title),
            back_url=self.leaves(req, form) if self.leaves else back, back="", crumbs=(Crumb(_(self.kind.title), back), Crumb(_(self.title))),
            hidden=tuple(each for each in ("id", "version") if form.text(each)), titles=self.titles(),
        )  # fmt: skip
        return self.view(
            req,
            shown,
            follows=tuple(_(each) for each in self.follows),
            reads=shown_texts(self.reads(req, form)),
            **more,
        )


@dataclass(frozen=True, slots=True)
class CaseAct(_CaseForm):
    """Something done to a case that asks for more than a note: a transition with a `route`, or a change of its facts.

    `act(ctx, case_id, said)` does it; its schema has the `version` that was read. Whoever was overtaken keeps what
    was typed and sees how the case stands now.
    """

    values: Callable[[Case], Mapping[str, str | Sequence[str]]] = _no_values
    """What stands in the form at first."""
    follows: Callable[[Case], Sequence[str]] = _no_lines
    """What will happen, each in a sentence."""
    offers: Callable[[Case], Mapping[str, Sequence[Option]]] = _no_values
    """What there is to choose, by field, where that depends on the case."""
    template: str = "casework/case_form.html"
    """One of the module's that extends it, for an act that shows more than it asks."""
    recalls: Callable[[Case], Sequence[UUID]] | None = None
    """The cases whose legs it takes back where it is about a complaint or denunciation; other acts that end a case leave legs alone."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case = self._opened(req, case_id)
        first = {"version": str(case.version), **self.values(case)}
        page(
            req,
            resp,
            self.template,
            self.shown(req, case, *resume(req, self._draft(case), first)),
        )

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case = self._opened(req, case_id)
        draft = self._draft(case)
        try:
            done = self.act(req.asker, case_id, self.said(req))
        except Invalid as problem:
            view = self.shown(req, case, FormView(req.form, problem.errors), draft_view(req, draft))
            page(req, resp, self.template, view, status=problem.status)
        except Conflict:
            form = FormView({**req.form, "version": str(case.version)}, {"": [overtaken(req.asker, case)]})
            page(
                req,
                resp,
                self.template,
                self.shown(req, case, form, draft_view(req, draft)),
                status=409,
            )
        else:
            forget(req, draft)
            toast = _("{code}: {done}.", code=done.code, done=_(self.title))
            redirect(resp, url_for(req, self.kind.route, case_id=case_id), toast=toast)

    def shown(self, req: Request, case: Case, form: FormView, draft: DraftView) -> CaseFormView:
        """Return the page around a form."""
        here = url_for(req, self.kind.route, case_id=case.id)
        crumbs = (Crumb(_(self.kind.title), url_for(req, self.kind.list_route)), Crumb(case.code, here))
        shown = FormPage(
            title=f"{_(self.title)}: {shown_title(case)}", form=form, draft=draft, action=url_for(req, self.route, case_id=case.id),
            button=_(self.title), back_url=here, back=_("Chưa làm bước này"), crumbs=(*crumbs, Crumb(_(self.title))),
            hidden=tuple(each for each in ("id", "version") if form.text(each)), titles=self.titles(),
        )  # fmt: skip
        # What would be hidden is told of the case's own words, not of those that were sent and refused.
        told = () if form.errors and "leave" in self.titles() else tuple(self.follows(case))
        if case.closed_at is None and self._may_end(case):
            told += tuple(recall_warnings(self.recalls(case)) if self.recalls else close_warnings(case.id))
        ways = [each for each in followed_on(case).ways_from(case.state) if each.route == self.route]
        told += tuple(part_warnings(req, case, ways))
        return self.view(
            req, shown, self.offers(case), follows=told, reads=decided_about(self.kind, case, self.key)
        )

    def _may_end(self, case: Case) -> bool:
        states = followed_on(case)
        return any(
            each.route == self.route and states.state(each.target).final for each in states.transitions
        )

    def _opened(self, req: Request, case_id: UUID) -> Case:
        case = open_page(req, case_id, self.kind)
        require_access(req.asker, self.needed, case)
        return case

    def _draft(self, case: Case) -> str:
        return f"{self.route}.{case.id}"


def form_routes(*forms: NewCase | CaseAct) -> list[Route]:
    """Return the office routes of forms: `<key>` of those that open cases, `<case>/<key>` of acts."""
    return [
        Route(
            "office", each.key if isinstance(each, NewCase) else f"{{case_id:uuid}}/{each.key}", each, each.route, each.needed,
            max_upload=MAX_UPLOAD if any(ask.kind == "files" for ask in each.asks) else 0,
        )
        for each in forms
    ]  # fmt: skip
