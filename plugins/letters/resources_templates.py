"""Addresses where an agency keeps its own part of letters: its names, place, signatory, recipients."""

from types import SimpleNamespace

import falcon

from core.api import (
    Crumb,
    FormView,
    Invalid,
    NotFound,
    Request,
    _,
    format_date,
    format_datetime,
    load,
    page,
    redirect,
    url_for,
)
from plugins.casework.api import LetterKind, agency_day
from plugins.letters import queries, services
from plugins.letters.composing import compose, core_of
from plugins.letters.kinds import kind_here, kinds_here
from plugins.letters.models import Template
from plugins.letters.queries import TemplateRow
from plugins.letters.resources_forms import modes
from plugins.letters.schemas import PREVIEW, TemplateInput
from plugins.letters.sheets import sheets_view
from plugins.letters.views import SheetsView, TemplateLine, TemplatesView, TemplateView

EVERY = "all"
"""Stands in addresses for the template of all kinds that have none of their own."""
PARTS = (
    "superior", "agency_name", "place", "symbol", "collective", "head_title", "signer_mode", "signer_title",
    "signer_name", "recipients", "foot",
)  # fmt: skip


class Templates:
    """The agency's part of each kind of letters."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        rows = queries.template_rows()
        kinds = [("", _("Mọi loại văn bản")), *((kind.key, _(kind.title)) for kind in kinds_here(req.asker))]
        lines = tuple(
            TemplateLine(title=title, url=_url(req, key), detail=_in_force(rows, key)) for key, title in kinds
        )
        page(req, resp, "letters/templates.html", TemplatesView(lines=lines))


class OneTemplate:
    """The form of one kind: parts of the agency around a core that it cannot change."""

    def on_get(self, req: Request, resp: falcon.Response, kind: str) -> None:
        declared = _declared(req, kind)
        key = declared.key if declared else ""
        assert req.asker.tenant is not None
        stored = queries.template_on(req.asker.tenant, key, agency_day())
        values = {name: getattr(stored, name) for name in PARTS}
        values["valid_from"] = f"{agency_day():%d/%m/%Y}"
        _show(req, resp, declared, FormView(values))

    def on_post(self, req: Request, resp: falcon.Response, kind: str) -> None:
        declared = _declared(req, kind)
        if req.form.get("act") == PREVIEW:
            _show(req, resp, declared, FormView(req.form), previewed=True)
            return
        try:
            sent = load(TemplateInput(), req.form)
            sent.pop("act")
            services.set_template(req.asker, declared.key if declared else "", **sent)
        except Invalid as problem:
            _show(req, resp, declared, FormView(req.form, problem.errors), status=problem.status)
            return
        told = _("Đã lưu mẫu, dùng từ {day}.", day=format_date(sent["valid_from"], year=True))
        redirect(resp, url_for(req, "letters.templates"), toast=told)


def _declared(req: Request, key: str) -> LetterKind | None:
    """Return the kind of an address, None for all kinds. Raises NotFound."""
    return None if key == EVERY else kind_here(req.asker, key)


def _url(req: Request, key: str) -> str:
    return url_for(req, "letters.template", kind=key or EVERY)


def _in_force(rows: list[TemplateRow], key: str) -> str:
    """Return in words since when a kind has the words that it has."""
    today = agency_day()
    now = next((row for row in rows if row.kind == key and row.valid_from <= today), None)
    if now:
        return _("Dùng từ {day}", day=format_date(now.valid_from, year=True))
    return _("Theo mẫu của mọi loại văn bản") if key else _("Chưa lập; văn bản chưa phát hành được")


def _version(row: TemplateRow) -> str:
    return _(
        "Từ {day}: {name} lập {time}",
        day=format_date(row.valid_from, year=True),
        name=row.made_by or _("Hệ thống"),
        time=format_datetime(row.made_at),
    )


def _show(
    req: Request,
    resp: falcon.Response,
    kind: LetterKind | None,
    form: FormView,
    *,
    previewed: bool = False,
    status: int = 200,
) -> None:
    key = kind.key if kind else ""
    title = _("Mẫu {kind}", kind=_(kind.title).lower()) if kind else _("Mẫu của mọi loại văn bản")
    shown = kind or next(iter(kinds_here(req.asker)), None)
    if shown is None:
        raise NotFound
    view = TemplateView(
        form=form,
        title=title,
        core=tuple(core_of(kind, {key: f"[{_(name)}]" for key, name in kind.fields})) if kind else (),
        modes=modes(),
        versions=tuple(_version(row) for row in queries.template_rows() if row.kind == key),
        action=_url(req, key),
        back_url=url_for(req, "letters.templates"),
        crumbs=(Crumb(_("Mẫu văn bản"), url_for(req, "letters.templates")), Crumb(title)),
        sheets=_sample(shown, form) if previewed else SheetsView(),
        titles=_titles(),
    )
    page(req, resp, "letters/template.html", view, status=status)


def _sample(kind: LetterKind, form: FormView) -> SheetsView:
    """Return a letter of invented words in the agency's part as it is being typed."""
    parts = {name: form.text(name)[:500] for name in PARTS}
    own = {key: f"[{_(title)}]" for key, title in kind.fields}
    body = _("Nội dung của văn bản đứng ở đây.")
    words = SimpleNamespace(
        subject=_("trích yếu của văn bản"), addressees=_("Nơi nhận văn bản"), body=body, fields=own, **parts
    )
    return sheets_view(compose(kind, Template(**parts), words))


def _titles() -> dict[str, str]:
    return {
        "valid_from": _("Dùng từ ngày"),
        "superior": _("Cơ quan chủ quản"),
        "agency_name": _("Tên cơ quan"),
        "place": _("Địa danh"),
        "symbol": _("Ký hiệu"),
        "collective": _("Tập thể khi ký thay mặt"),
        "head_title": _("Chức vụ người đứng đầu"),
        "signer_mode": _("Thẩm quyền ký"),
        "signer_title": _("Chức vụ người ký"),
        "signer_name": _("Họ tên người ký"),
        "recipients": _("Nơi nhận"),
        "foot": _("Thông tin liên hệ"),
    }
