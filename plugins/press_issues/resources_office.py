"""Pages about the press that are no single issue: the week, the year, who answers, rules, the public page."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    N_,
    BadRequest,
    FormView,
    Invalid,
    Request,
    _,
    format_date,
    load,
    page,
    page_url,
    redirect,
    url_for,
)
from plugins.casework.api import able, agency_day, crumbs, options
from plugins.letters.api import send_made, typeset
from plugins.pages.api import DraftView, FormPage
from plugins.press_issues import queries, rules, schemas, services
from plugins.press_issues.kinds import COMPILE, DIRECT, FINDINGS, ISSUE, KINDS, PUBLISH
from plugins.press_issues.queries import IssueRow
from plugins.press_issues.views import DigestView, RuleLine, SettingsView

DIGEST = Path(__file__).parent / "templates" / "press_issues" / "digest.typ"


# ---- the week ----------------------------------------------------------------------------------------------------


class Digest:
    """A week for leaders, to be read or printed."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        page(req, resp, "press_issues/digest.html", self._view(req))

    def on_get_pdf(self, req: Request, resp: falcon.Response) -> None:
        view = self._view(req)
        assert req.asker.tenant is not None
        words = {
            "agency": req.asker.tenant.name, "title": view.title, "context": view.context,
            "heads": [_("Sự việc"), _("Báo, đài"), _("Chỉ đạo"), _("Hạn, trả lời")],
            "parts": [
                {"title": title, "empty": empty, "rows": [_digest_cells(row, when) for row, _url, when in rows]} for title, empty, rows in view.parts
            ],
        }  # fmt: skip
        name = f"{view.title}.pdf".replace("/", "-")
        send_made(
            resp, typeset(DIGEST, "words", words, strict=False), name=name, media_type="application/pdf"
        )

    @staticmethod
    def _view(req: Request) -> DigestView:
        try:
            day = date.fromisoformat(req.get_param("day") or agency_day().isoformat())
            first = day - timedelta(days=day.weekday())
            earlier, later, last = (first + timedelta(days=days) for days in (-7, 7, 6))
        except (ValueError, OverflowError) as error:
            raise BadRequest(_("Địa chỉ này nêu một ngày không có.")) from error
        found = queries.week(first)
        parts = (
            ("new", N_("Báo nêu trong tuần"), N_("Tuần này chưa ghi sự việc nào.")),
            ("late", N_("Quá hạn, chưa trả lời"), N_("Không có sự việc nào quá hạn.")),
            ("due", N_("Đến hạn trong bảy ngày tới"), N_("Không có sự việc nào đến hạn.")),
            ("answered", N_("Đã trả lời báo trong tuần"), N_("Tuần này chưa trả lời sự việc nào.")),
        )
        return DigestView(
            title=_("Điểm báo tuần {first}–{last}", first=format_date(first), last=format_date(last, year=True)),
            context=_("{new} sự việc mới, {late} quá hạn, {answered} đã trả lời.", **{key: len(rows) for key, rows in found.items()}),
            crumbs=crumbs(req, ISSUE, _("Điểm báo tuần")),
            parts=tuple((_(title), _(empty), _linked(req, found[key])) for key, title, empty in parts),
            previous_url=page_url(req, day=earlier.isoformat()), next_url=page_url(req, day=later.isoformat()),
            pdf_url=f"{url_for(req, 'press_issues.digest_pdf')}?day={first.isoformat()}",
        )  # fmt: skip


def _digest_cells(row: IssueRow, when: str) -> list[str]:
    return [f"{row.title} ({row.code})", row.outlets or "", row.direction, when]


def _when(row: IssueRow) -> str:
    """Return when newspapers were answered and what was found, or until when they must be."""
    if row.sent_on is None:
        return format_date(row.due_at, year=True) if row.due_at else ""
    said = _("Trả lời {day}", day=format_date(row.sent_on, year=True))
    return f"{said}: {_(FINDINGS[row.finding])}" if row.finding else said


def _linked(req: Request, rows: Iterable[IssueRow]) -> tuple[tuple[IssueRow, str, str], ...]:
    return tuple((row, url_for(req, ISSUE.route, case_id=row.id), _when(row)) for row in rows)


class Report:
    """The year of the press, 15/12 to 14/12, among the reports of all kinds of cases."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        redirect(resp, f"{url_for(req, 'reports.report')}?kind={ISSUE.key}&by=sector")


# ---- what the agency keeps ------------------------------------------------------------------------------------------


class Settings:
    """Who may answer, the rules of time, and whether the public reads the answers."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        page(req, resp, "press_issues/settings.html", _settings_view(req, FormView(_chosen())))

    def on_post_rule(self, req: Request, resp: falcon.Response) -> None:
        self._do(req, resp, schemas.RuleInput(), services.add_rule, _("Đã thêm quy định thời hạn."))

    def on_post_spokesperson(self, req: Request, resp: falcon.Response) -> None:
        self._do(req, resp, schemas.SpokespersonInput(), services.name_spokesperson, _("Đã giao phát ngôn."))

    def on_post_public(self, req: Request, resp: falcon.Response) -> None:
        self._do(req, resp, schemas.SettingInput(), services.choose_public, _("Đã lưu."))

    def on_post_end(self, req: Request, resp: falcon.Response, row_id: UUID) -> None:
        told, codes = _("Đã thôi giao phát ngôn."), ", ".join(services.end_spokesperson(req.asker, row_id))
        more = _("{codes} chờ người này duyệt trả lời: mở ra và giao lại cho người khác.", codes=codes) if codes else ""  # fmt: skip
        redirect(resp, url_for(req, "press_issues.settings"), toast=f"{told} {more}".strip())

    def _do(
        self, req: Request, resp: falcon.Response, schema: Any, act: Callable[..., None], toast: str
    ) -> None:
        try:
            act(req.asker, load(schema, req.form))
        except Invalid as problem:
            view = _settings_view(req, FormView({**_chosen(), **req.form}, problem.errors))
            page(req, resp, "press_issues/settings.html", view, status=problem.status)
        else:
            redirect(resp, url_for(req, "press_issues.settings"), toast=toast)


def _chosen() -> dict[str, str]:
    chosen = queries.setting()
    return {"is_public": "on" if chosen.is_public else "", "intro": chosen.intro}


def _settings_view(req: Request, form: FormView) -> SettingsView:
    ctx, today, found = req.asker, agency_day(), rules.all_rules()
    now = {kind: rules.rule_for(kind, today, found) for kind in KINDS}
    labels = {
        "kind": _("Loại"), "valid_from": _("Từ ngày"), "valid_to": _("Đến hết ngày"), "budget": _("Thời hạn"), "ground": _("Căn cứ"),
        "person_id": _("Người phát ngôn"), "code": _("Số sự việc"), "intro": _("Lời giới thiệu"),
    }  # fmt: skip

    def offered(permission: str, route: str) -> str:
        return url_for(req, f"press_issues.{route}") if ctx.can(permission) else ""

    return SettingsView(
        page=FormPage(title=_("Thiết lập báo chí"), form=form, draft=DraftView(key=""), action="", button="", back_url="", back="", titles=labels),
        crumbs=crumbs(req, ISSUE, _("Thiết lập báo chí")),
        rules=tuple(
            RuleLine(
                kind=_(KINDS[each.kind]), since=each.valid_from, budget=rules.budget_words(each.budget), own=each.own,
                ground=each.ground if each.own else _(each.ground), now=each == now[each.kind],
            )
            for each in found
        ),
        spokespeople=tuple(
            (each, url_for(req, "press_issues.spokesperson_end", row_id=each.id) if ctx.can(DIRECT) else "")
            for each in queries.spokespeople()
        ),
        kinds=options(KINDS), people=able(ISSUE, PUBLISH)() if ctx.can(DIRECT) else (),
        public_url=url_for(req, "press_issues.public") if queries.setting().is_public else "",
        rule_url=offered(COMPILE, "rule"), spokesperson_url=offered(DIRECT, "spokesperson"), public_setting_url=offered(COMPILE, "public_setting"),
    )  # fmt: skip
