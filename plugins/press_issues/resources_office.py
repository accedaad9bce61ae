"""Pages about the press that are no single issue: the week, the year, who answers, rules, the public page."""

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    N_,
    BadRequest,
    Chip,
    Crumb,
    DraftView,
    FormPage,
    FormView,
    Invalid,
    Request,
    _,
    format_date,
    load,
    page,
    page_url,
    pager,
    redirect,
    url_for,
)
from plugins.casework.api import able, agency_day
from plugins.letters.api import send_made, typeset
from plugins.lists.api import EXCEL, ListColumn, ListSpec, declare_list, open_list, write_excel
from plugins.press_issues import queries, rules, schemas, services
from plugins.press_issues.kinds import DIRECT, FINDINGS, ISSUE, KINDS, MANAGE, PUBLISH, READ, SECTORS
from plugins.press_issues.pages import crumbs, options
from plugins.press_issues.queries import IssueRow
from plugins.press_issues.views import (
    BehindLine,
    BehindView,
    DigestView,
    Figure,
    ReportView,
    RuleLine,
    SettingsView,
)

STANDS: dict[str, str] = {
    "early": N_("Trả lời sớm hạn"), "on_time": N_("Trả lời đúng hạn"), "late": N_("Trả lời trễ hạn"),
    "open": N_("Đang xử lý, trong hạn"), "open_late": N_("Đang xử lý, quá hạn"), "outside": N_("Không thuộc thẩm quyền"),
}  # fmt: skip
MEANINGS: dict[str, str] = {
    "early": N_("gửi báo trước ngày hết hạn"), "on_time": N_("gửi báo đúng ngày hết hạn"), "late": N_("gửi báo sau ngày hết hạn"),
    "open": N_("chưa gửi báo, chưa tới hạn"), "open_late": N_("chưa gửi báo, đã qua hạn"),
    "outside": N_("đã kết luận không thuộc thẩm quyền"),
}  # fmt: skip

HEADS: dict[str, str] = {
    "true": N_("Đúng"), "partly": N_("Một phần"), "false": N_("Không đúng"), "early": N_("Sớm hạn"), "on_time": N_("Đúng hạn"),
    "late": N_("Trễ hạn"), "open": N_("Trong hạn"), "open_late": N_("Quá hạn"), "outside": N_("Ngoài quyền"),
}  # fmt: skip


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
            "heads": [_("Sự việc"), _("Báo, đài"), _("Chỉ đạo"), _("Hạn")],
            "parts": [
                {"title": title, "empty": empty, "rows": [_digest_cells(row) for row, _url in rows]} for title, empty, rows in view.parts
            ],
        }  # fmt: skip
        send_made(
            resp,
            typeset(DIGEST, words),
            name=f"{view.title}.pdf".replace("/", "-"),
            media_type="application/pdf",
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
            crumbs=crumbs(req, _("Điểm báo tuần")),
            parts=tuple((_(title), _(empty), _linked(req, found[key])) for key, title, empty in parts),
            previous_url=page_url(req, day=earlier.isoformat()), next_url=page_url(req, day=later.isoformat()),
            pdf_url=f"{url_for(req, 'press_issues.digest_pdf')}?day={first.isoformat()}",
        )  # fmt: skip


def _digest_cells(row: IssueRow) -> list[str]:
    due = format_date(row.due_at, year=True) if row.due_at else ""
    return [f"{row.title} ({row.code})", row.outlets or "", row.direction, due]


def _linked(req: Request, rows: Iterable[IssueRow]) -> tuple[tuple[IssueRow, str], ...]:
    return tuple((row, url_for(req, ISSUE.route, case_id=row.id)) for row in rows)


# ---- the year ----------------------------------------------------------------------------------------------------


BEHIND = declare_list(
    ListSpec(
        key="press_issues.behind",
        title=N_("Sự việc trong báo cáo năm"),
        route="press_issues.behind",
        permission=READ,
        columns=(
            ListColumn("title", N_("Sự việc"), lambda row: f"{row.code} {row.title}", fixed=True),
            ListColumn("outlets", N_("Báo, đài"), lambda row: row.outlets or ""),
            ListColumn(
                "sector", N_("Lĩnh vực"), lambda row: _(SECTORS.get(row.sector, row.sector)), kind="fit"
            ),
            ListColumn(
                "finding",
                N_("Kết luận"),
                lambda row: _(FINDINGS[row.finding]) if row.finding in FINDINGS else "",
            ),
            ListColumn("stand", N_("Kết quả"), lambda row: _(STANDS[row.stand]), kind="fit"),
            ListColumn("received", N_("Ngày nhận"), lambda row: row.received_at, kind="fit", shown=False),
            ListColumn("due", N_("Hạn"), lambda row: row.due_at, kind="fit", shown=False),
            ListColumn("sent", N_("Ngày gửi báo"), lambda row: row.sent_on, kind="fit"),
        ),
        rows=lambda _ctx, params, cursor, size: queries.behind(params, cursor, size),
        cursor=queries.KEY,
        default=("received", "descending"),
        conditions=("year", "sector", "finding", "stand"),
    )
)


class Report:
    """A report year in numbers, each with the issues behind it."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        year = _year(req)
        first, last = queries.period(year)
        view = ReportView(
            title=_("Báo cáo năm {year} về báo chí", year=year),
            context=_("Số liệu từ {first} đến {last}. Sự việc đã gộp chỉ tính một lần.", first=format_date(first, year=True), last=format_date(last, year=True)),
            crumbs=crumbs(req, _("Báo cáo năm")),
            heads=tuple((head, meaning) for head, meaning, _condition in _columns()),
            rows=tuple(
                (title, tuple(Figure(count, _behind_url(req, year, conditions)) for count, conditions in numbers))
                for title, numbers in _table(year)
            ),
            previous_url=page_url(req, year=str(year - 1)), next_url=page_url(req, year=str(year + 1)),
            excel_url=url_for(req, "press_issues.report_excel") + f"?year={year}",
        )  # fmt: skip
        page(req, resp, "press_issues/report.html", view)


class ReportExcel:
    """The same table for Excel."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        year = _year(req)
        columns: list[ListColumn] = [ListColumn("title", "", lambda row: row[0])]
        columns += [ListColumn(str(at), "", _number(at)) for at in range(len(_columns()))]
        file = io.BytesIO()
        write_excel(
            [_("Lĩnh vực"), *(head for head, _meaning, _condition in _columns())], columns, _table(year), file
        )
        resp.content_type = EXCEL
        resp.downloadable_as = f"bao-cao-bao-chi-{year}.xlsx"
        resp.data = file.getvalue()


def _number(at: int) -> Callable[[Any], object]:
    return lambda row: row[1][at][0]


def _year(req: Request) -> int:
    said = req.get_param("year") or str(queries.report_year(agency_day()))
    if not said.isdecimal() or not 2000 < int(said) < 2200:
        raise BadRequest(_("Địa chỉ này nêu một năm không có."))
    return int(said)


def _columns() -> list[tuple[str, str, dict[str, str]]]:
    """Return head, meaning and condition of each column of the report."""
    found: list[tuple[str, str, dict[str, str]]] = [(_("Tổng số"), _("nhận trong năm báo cáo"), {})]
    found += [(_(HEADS[key]), _(title), {"finding": key}) for key, title in FINDINGS.items()]
    found += [(_(HEADS[key]), _(meaning), {"stand": key}) for key, meaning in MEANINGS.items()]
    return found


def _table(year: int) -> list[tuple[str, list[tuple[int, dict[str, str]]]]]:
    """Return the rows of the report: by sector and in all, each number with its conditions."""
    counts = queries.figures(year)
    sectors = [each for each in SECTORS if any(key[0] == each for key in counts)]
    lines = [(_(SECTORS[each]), {"sector": each}) for each in sectors] + [(_("Tất cả"), {})]
    return [
        (
            title,
            [
                (_sum(counts, {**line, **condition}), {**line, **condition})
                for _head, _meaning, condition in _columns()
            ],
        )
        for title, line in lines
    ]


def _sum(counts: Mapping[tuple[str, str, str], int], wanted: Mapping[str, str]) -> int:
    names = ("sector", "finding", "stand")
    return sum(
        count
        for key, count in counts.items()
        if all(dict(zip(names, key, strict=True))[name] == value for name, value in wanted.items())
    )


def _behind_url(req: Request, year: int, conditions: Mapping[str, str]) -> str:
    told = "".join(f"&{name}={value}" for name, value in conditions.items())
    return f"{url_for(req, 'press_issues.behind')}?year={year}{told}"


class Behind:
    """The issues behind a number."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        listing = open_list(req, resp, BEHIND)
        if listing is None:
            return
        params = listing.params
        found = queries.behind(params, listing.cursor)
        labels = {**SECTORS, **FINDINGS, **STANDS}
        named = (
            ("sector", _("Lĩnh vực")),
            ("finding", _("Kết luận")),
            ("stand", _("Kết quả")),
            ("year", _("Năm báo cáo")),
        )
        chips = tuple(
            Chip(name=name, label=label, value=_(labels.get(params[name], params[name][:40])), remove_url=page_url(req, **{name: ""}))
            for name, label in named if params.get(name)
        )  # fmt: skip
        view = BehindView(
            title=_(BEHIND.title), listing=listing.view(req, found), pager=pager(req, found),
            crumbs=crumbs(req, Crumb(_("Báo cáo năm"), url_for(req, "press_issues.report")), _(BEHIND.title)),
            chips=chips, clear_url=f"{req.path}?view=all",
            rows=tuple(
                BehindLine(row.code, row.title, url, tuple(_shown(each.text(row)) for each in listing.columns if not each.fixed))
                for row, url in _linked(req, found.rows)
            ),
        )  # fmt: skip
        page(req, resp, "press_issues/behind.html", view)


def _shown(value: object) -> str:
    return format_date(value, year=True) if isinstance(value, date) else str(value or "")


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
        services.end_spokesperson(req.asker, row_id)
        redirect(resp, url_for(req, "press_issues.settings"), toast=_("Đã thôi giao phát ngôn."))

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
        crumbs=crumbs(req, _("Thiết lập báo chí")),
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
        rule_url=offered(MANAGE, "rule"), spokesperson_url=offered(DIRECT, "spokesperson"), public_setting_url=offered(MANAGE, "public_setting"),
    )  # fmt: skip
