"""Addresses of reports: what there are, one of them, the cases behind a number, publishing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    BadRequest,
    Chip,
    Crumb,
    Effect,
    Option,
    PlanView,
    Request,
    _,
    bounded,
    chips,
    format_date,
    format_datetime,
    new_id,
    ngettext,
    page,
    page_url,
    pager,
    redirect,
    upper_first,
    url_for,
)
from plugins.casework.api import kind_of, name_of
from plugins.lists.api import EXCEL, open_list, params_of
from plugins.reports import documents, lists, periods, queries, services
from plugins.reports.asking import BELOW, BY, Asked, asked, groupings, kinds_counted, line_titles, options
from plugins.reports.counting import reports
from plugins.reports.documents import Table
from plugins.reports.lists import BEHIND
from plugins.reports.queries import BehindRow
from plugins.reports.views import (
    BehindLine,
    BehindView,
    Cell,
    PublishView,
    ReportsView,
    ReportView,
    Row,
    SnapshotLine,
)

PDF = "application/pdf"
LATE = ("late", "overdue")
"""The numbers that are red above zero."""


def crumbs(req: Request, *rest: Crumb | str) -> tuple[Crumb, ...]:
    """Return the way from the list of reports to a page."""
    found = [Crumb(_("Báo cáo"), url_for(req, "reports.reports"))]
    return (*found, *(each if isinstance(each, Crumb) else Crumb(each) for each in rest))


def period_options(chosen: periods.Period, today: date) -> tuple[Option, ...]:
    """Return the periods to choose from, with the one that is shown."""
    found = {each.key: each for each in (chosen, *periods.offered(today))}
    return tuple(Option(each.key, each.words) for each in found.values())


def kind_options(req: Request) -> tuple[Option, ...]:
    """Return the kinds of cases to choose from."""
    return tuple(Option(each.key, _(reports()[each.key].title)) for each in kinds_counted(req.asker))


class Reports:
    """What reports there are, and what was published."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        kinds = kinds_counted(req.asker)
        to = url_for(req, "reports.report")
        found = [(_(reports()[each.key].title), f"{to}?kind={each.key}") for each in kinds]
        if len(kinds) > 1:
            found.insert(0, (_("Tổng hợp mọi loại việc"), to))
        snapshots = (
            queries.snapshots([each.key for each in kinds], below=req.asker.can(BELOW)) if kinds else []
        )
        view = ReportsView(
            reports=found,
            snapshots=tuple(
                SnapshotLine(
                    each.title, _(BY.get(each.by, each.by)), name, each.made_at, url_for(req, "reports.snapshot", snapshot_id=each.id),
                )
                for each, name in snapshots
            ),
            board_url=url_for(req, "reports.board"),
        )  # fmt: skip
        page(req, resp, "reports/reports.html", view)


class Report:
    """One report as it is now: the page, Excel, PDF."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        of = asked(req.asker, params_of(req))
        before, after = periods.neighbours(of.period)
        view = _report_view(
            req,
            documents.table(of),
            crumbs(req, of.title),
            of=of,
            excel_url=url_for(req, "reports.report_excel") + of.query(),
            pdf_url=url_for(req, "reports.report_pdf") + of.query(),
            publish_url=url_for(req, "reports.publish") + of.query() if req.asker.can(services.PUBLISH) else "",
            previous_url=page_url(req, period=before.key, first="", last=""),
            next_url=page_url(req, period=after.key, first="", last="") if after.first <= of.today else "",
            kind=of.kind, kinds=kind_options(req), by=of.by, bys=options(groupings(req.asker, of.kind)),
            period=of.period.key, periods=period_options(of.period, of.today),
        )  # fmt: skip
        page(req, resp, "reports/report.html", view)

    def on_get_excel(self, req: Request, resp: falcon.Response) -> None:
        of = asked(req.asker, params_of(req))
        _send(resp, EXCEL, _file_name(of, "xlsx"), documents.excel(documents.table(of)))

    def on_get_pdf(self, req: Request, resp: falcon.Response) -> None:
        of = asked(req.asker, params_of(req))
        made = documents.pdf(documents.table(of), _agency(req), datetime.now(UTC))
        _send(resp, PDF, _file_name(of, "pdf"), made)


def _agency(req: Request) -> str:
    assert req.asker.tenant is not None
    return req.asker.tenant.name


def _file_name(of: Asked, ending: str) -> str:
    kind = of.kind.replace(".", "-") or "tong-hop"
    return f"bao-cao-{kind}-{of.period.key.replace('..', '-')}.{ending}"


def _send(resp: falcon.Response, media: str, name: str, data: bytes) -> None:
    resp.content_type, resp.downloadable_as, resp.data = media, name, data


def _report_view(
    req: Request, table: Table, way: tuple[Crumb, ...], *, of: Asked | None = None, **more: Any
) -> ReportView:
    """Return the view of a table; of one that is as it is now, each number leads to its cases."""
    to = url_for(req, "reports.cases")

    def cells(value: str | None, numbers: Sequence[int]) -> tuple[Cell, ...]:
        def url(key: str, number: int) -> str:
            if of is None or not number:
                return ""
            if of.by == "agency":
                # Cases of other agencies are told of while they are late, and no others.
                late = key == "overdue" and value and of.until >= of.today
                return url_for(req, "reports.late") + f"?agency={value}&kind={of.kind}" if late else ""
            if of.by == "kind" and value:
                return f"{to}{of.query(kind=value, by='', measure=key)}"
            return f"{to}{of.query(measure=key, value=value or '-' if value is not None else '')}"

        return tuple(
            Cell(number, url(key, number), key in LATE and number > 0)
            for key, number in zip(table.keys, numbers, strict=True)
        )

    return ReportView(
        title=table.title, context=table.context, crumbs=way, line_head=table.line_head, heads=table.heads, meanings=table.meanings,
        rows=tuple(Row(title, cells(value, numbers)) for value, title, numbers in table.rows),
        total=Row(_("Tất cả"), cells(None, table.total)), **more,
    )  # fmt: skip


# ---- the cases behind a number ------------------------------------------------------------------------------------


class Cases:
    """The cases behind a number."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        listing = open_list(req, resp, BEHIND)
        if listing is None:
            return
        ctx = req.asker
        of = lists.behind_of(ctx, listing.params)
        found = queries.behind(ctx, of, listing.cursor)
        hidden = queries.hidden(ctx, of)
        meaning = _(of.measure.meaning)
        view = BehindView(
            title=f"{_(of.measure.title)}: {of.asked.title}",
            context=f"{upper_first(meaning)}. {of.asked.period.words}.",
            crumbs=crumbs(req, Crumb(of.asked.title, url_for(req, "reports.report") + of.asked.query()), _(of.measure.title)),
            listing=listing.view(req, found),
            rows=tuple(_line(req, row, of, listing.columns) for row in found.rows),
            pager=pager(req, found),
            chips=_chips(req, of),
            clear_url=f"{req.path}?view=all",
            hidden=ngettext(
                "Còn {n} việc chỉ người liên quan thấy, nên không hiện ở đây.",
                "Còn {n} việc chỉ người liên quan thấy, nên không hiện ở đây.",
                hidden,
                n=bounded(hidden, queries.BOUND),
            )
            if hidden
            else "",
        )  # fmt: skip
        page(req, resp, "reports/cases.html", view)


def _line(req: Request, row: BehindRow, of: queries.Behind, columns: Sequence[Any]) -> BehindLine:
    days = lists.days_late(row, of)
    cells = tuple(_shown(each.text(row)) for each in columns if not each.fixed)
    late = ngettext("trễ {n} ngày", "trễ {n} ngày", days) if days else ""
    return BehindLine(row.title, row.code, url_for(req, kind_of(row.kind).route, case_id=row.id), cells, late)


def _shown(value: object) -> str:
    return format_date(value) if isinstance(value, date) else str(value or "")


def _chips(req: Request, of: queries.Behind) -> tuple[Chip, ...]:
    titles = line_titles(of.asked, queries.names_of(of.asked.by)) if of.values else {}
    lines = dict.fromkeys(titles.get(each, each or _("Chưa ghi")) for each in of.values)
    return chips(
        req,
        {"view": "all"},
        value=(_(BY[of.asked.by]), ", ".join(lines)),
        waits=(_("Chờ trả lời từ"), _waited(of.waits_for)),
        kind=(_("Loại việc"), of.asked.title if of.asked.kind else ""),
    )


def _waited(agency_id: str) -> str:
    return queries.agency_name(agency_id) if agency_id else ""


# ---- what was published ---------------------------------------------------------------------------------------------


class Publish:
    """What publishing keeps, and publishing."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        of = asked(req.asker, params_of(req))
        effects = [
            Effect("lock", _("Bảng số được giữ đúng như lúc này, không ai sửa hay xoá được.")),
            Effect("user", _("Ghi tên bạn và giờ chốt; ai xem được báo cáo này đều thấy.")),
            Effect(
                "refresh", _("Báo cáo đang chạy vẫn đi tiếp: việc sửa sau này không làm đổi bản đã chốt.")
            ),
        ]
        if of.period.last >= of.today:
            effects.insert(0, Effect("alert-triangle", _("Kỳ này chưa hết: số liệu chỉ đến hôm nay.")))
        view = PublishView(
            plan=PlanView(
                title=_("Chốt báo cáo “{title}”, {period}?", title=of.title, period=of.period.title),
                effects=tuple(effects),
                action=url_for(req, "reports.publish"),
                button=_("Chốt báo cáo"),
                back_url=url_for(req, "reports.report") + of.query(),
                back=_("Chưa chốt"),
                fields=(("id", str(new_id())), ("kind", of.kind), ("by", of.by), ("period", of.period.key)),
            ),
            crumbs=crumbs(req, Crumb(of.title, url_for(req, "reports.report") + of.query()), _("Chốt báo cáo")),
        )  # fmt: skip
        page(req, resp, "reports/publish.html", view)

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            snapshot_id = UUID(req.form.get("id", ""))
        except ValueError:
            raise BadRequest(_("Mở lại báo cáo rồi chốt.")) from None
        services.publish(req.asker, asked(req.asker, req.form), snapshot_id)
        redirect(
            resp,
            url_for(req, "reports.snapshot", snapshot_id=snapshot_id),
            toast=_("Đã chốt báo cáo."),
        )


class OneSnapshot:
    """A report as it was published: the page, Excel, PDF."""

    def on_get(self, req: Request, resp: falcon.Response, snapshot_id: UUID) -> None:
        found, table = services.snapshot(req.asker, snapshot_id)
        view = _report_view(
            req,
            table,
            crumbs(req, found.title),
            excel_url=url_for(req, "reports.snapshot_excel", snapshot_id=found.id),
            pdf_url=url_for(req, "reports.snapshot_pdf", snapshot_id=found.id),
            published=_published(found),
        )
        page(req, resp, "reports/report.html", view)

    def on_get_excel(self, req: Request, resp: falcon.Response, snapshot_id: UUID) -> None:
        found, table = services.snapshot(req.asker, snapshot_id)
        _send(resp, EXCEL, f"bao-cao-da-chot-{found.period}.xlsx", documents.excel(table))

    def on_get_pdf(self, req: Request, resp: falcon.Response, snapshot_id: UUID) -> None:
        found, table = services.snapshot(req.asker, snapshot_id)
        made = documents.pdf(table, _agency(req), found.made_at, _published(found))
        _send(resp, PDF, f"bao-cao-da-chot-{found.period}.pdf", made)


def _published(of: Any) -> str:
    return _(
        "{name} chốt lúc {at}",
        name=name_of(of.made_by),
        at=format_datetime(of.made_at, year=True),
    )
