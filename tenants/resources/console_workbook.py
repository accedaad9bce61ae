"""The console's list of agencies as an Excel file, with the conditions it is looked at with."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import falcon

from core.dispatcher import dispatcher
from core.i18n import HOME_ZONE, N_, _
from core.text import begins_formula
from core.web.paging import START
from core.web.request import Request
from tenants import console_queries
from tenants.models import KINDS
from tenants.resources.agency_figures import figures_of
from tenants.resources.console import listed, reason_of, state_of
from tenants.sessions import sessions

MOST = 10_000
"""More agencies no province has."""
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = {"ok": N_("tốt"), "warn": N_("cần xem"), "bad": N_("lỗi"), "off": N_("tạm ngừng")}


class AgenciesWorkbook:
    """All agencies that fulfil the conditions, each with its modules."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        now = datetime.now(UTC).astimezone(HOME_ZONE)
        resp.content_type = MEDIA_TYPE
        resp.downloadable_as = f"co-quan {now:%Y-%m-%d %H%M}.xlsx"
        resp.data = workbook(list(_rows(req)))


def _rows(req: Request) -> Iterable[Sequence[object]]:
    troubles = console_queries.troubles()
    lines = listed(req, troubles, START, MOST)
    ids = [line.id for line in lines]
    seen, figures = sessions().seen_in(ids), figures_of(ids)
    modules = dispatcher().catalogue.manifests()
    yield [
        _("Cơ quan"),
        _("Mã định danh"),
        _("Mã trên nền tảng"),
        _("Nhóm"),
        _("Thuộc"),
        _("Tình trạng"),
        _("Vì sao"),
        _("Người"),
        *(each.title for each in figures),
        _("Vào gần nhất"),
        *(_(each.title) for each in modules),
    ]
    for line in lines:
        wrong = troubles.get(line.id, ())
        yield [
            line.name,
            line.national_code,
            line.code,
            _(KINDS[line.kind]),
            line.parent_name,
            _(STATES[state_of(line.status, wrong)]),
            "; ".join(map(reason_of, wrong)),
            line.people,
            *(each.of(line.id) for each in figures),
            seen.get(line.id),
            *(_cell(each.key, line.modules, line.not_allowed) for each in modules),
        ]


def _cell(key: str, on: frozenset[str], denied: frozenset[str]) -> str:
    return _("bật") if key in on else _("không được phép") if key in denied else _("tắt")


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """Write rows below their heads; modules' lists have their own writer, which this package may not know."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "B2"
    for row in rows:
        sheet.append([_written(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _written(sheet: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value.astimezone(HOME_ZONE).replace(tzinfo=None))
        cell.number_format = "dd/mm/yyyy hh:mm"
    elif isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell = WriteOnlyCell(sheet, text)
        # SECURITY: what people typed stays text, never a formula.
        cell.data_type = "s"
        cell.quotePrefix = begins_formula(text)
    else:
        cell = WriteOnlyCell(sheet, value)
    return cell
