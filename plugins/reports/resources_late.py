"""What is late in the agencies below: the list, and one case of it as a superior may see it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    Crumb,
    NotFound,
    Option,
    Pager,
    Request,
    _,
    format_date,
    format_datetime,
    page,
    pager,
    read_cursor,
    redirect,
    route_url,
    url_for,
)
from plugins.casework.api import Glance, kind_of
from plugins.lists.api import params_of
from plugins.reports import gathering, lists, overseeing
from plugins.reports.asking import Asked, asked
from plugins.reports.gathering import Agency
from plugins.reports.models import Gathered
from plugins.reports.resources import kind_options
from plugins.reports.views import LateCaseView, LateLine, LateView


def late_below(
    req: Request, gathered: Gathered, of: Asked, why: str = "", most: int | None = None
) -> tuple[LateLine, ...]:
    """Return what is late for longest in the agencies below as it was gathered, of some marks of states alone if told."""
    marks = why.split(",") if why else []
    found = [
        each
        for each in gathered.late
        if each["kind"] in of.keys and (not marks or each.get("mark", "doing") in marks)
    ]
    return _lines(req, of, found[:most])


def _lines(req: Request, of: Asked, rows: Sequence[Mapping[str, Any]]) -> tuple[LateLine, ...]:
    opened = overseeing.opened(req.asker, rows)
    return tuple(_line(req, of, each, opened) for each in rows)


def _line(req: Request, of: Asked, each: Mapping[str, Any], opened: Collection[UUID]) -> LateLine:
    due = date.fromisoformat(each["due_on"])
    reason = (
        _("Chờ {agency} trả lời", agency=each["waits_for"]) if each["waits_for"] else _(str(each["state"]))
    )
    topic = [_(tag) for tag in str(each.get("topic") or "").split(" · ") if tag]
    title = " · ".join((_(str(each["title"])), *topic)) if topic else each["title"]
    return LateLine(
        title or _("Việc chỉ người liên quan thấy"), each["code"], each["agency_name"], reason, due,
        lists.late_words((of.today - due).days), _url(req, each, opened),
    )  # fmt: skip


def _url(req: Request, each: Mapping[str, Any], opened: Collection[UUID]) -> str:
    """Return the address of a case where the reader works, or of what a superior is told of it; nothing without the right."""
    if any(str(post.tenant.id) == each["agency"] for post in req.asker.posts):
        return route_url(kind_of(each["kind"]).route, tenant=each["agency_code"], case_id=UUID(each["case"]))
    if UUID(each["case"]) in opened:
        return url_for(req, "reports.late_case", agency_id=UUID(each["agency"]), case_id=UUID(each["case"]))
    return ""


class Late:
    """What is late in the agencies below: in one of them now, in all of them for longest as it was gathered."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        params = params_of(req)
        of = asked(req.asker, {"kind": params.get("kind", "")})
        gathered = gathering.gathered()
        if gathered is None:
            raise NotFound
        below, chosen = gathering.agencies_below(), params.get("agency", "")
        agency = next((each for each in below if str(each.id) == chosen), None)
        rows, turns, context = self._rows(req, of, gathered, agency, params.get("why", ""))
        view = LateView(
            title=_("Quá hạn ở {agency}", agency=agency.name) if agency else _("Quá hạn lâu nhất ở các cơ quan trực thuộc"),
            context=context,
            crumbs=(Crumb(_("Điều hành công việc"), _board_url(req)), Crumb(_("Quá hạn lâu nhất"))),
            rows=rows,
            pager=turns,
            agency=str(agency.id) if agency else "",
            agencies=tuple(Option(str(each.id), each.name) for each in below),
            kind=of.kind,
            kinds=kind_options(req),
        )  # fmt: skip
        page(req, resp, "reports/late.html", view)

    def _rows(
        self, req: Request, of: Asked, gathered: Gathered, agency: Agency | None, why: str
    ) -> tuple[tuple[LateLine, ...], Pager | None, str]:
        if agency is None:
            told = _(
                "Đến {at}; mỗi cơ quan và loại việc nhiều nhất {most} việc.",
                at=format_datetime(gathered.at),
                most=gathering.EACH,
            )
            return late_below(req, gathered, of, why), None, told  # fmt: skip
        kinds = [key for key in overseeing.kinds_told(req.asker, [agency.id])[agency.id] if key in of.keys]
        found = gathering.late_of(agency, kinds, read_cursor(req, *gathering.KEY))
        return (
            _lines(req, of, found.rows),
            pager(req, found),
            _("Tính đến lúc này, trễ lâu nhất trước."),
        )


def _board_url(req: Request) -> str:
    return url_for(req, "reports.board") + "?scope=below"


class LateCase:
    """Why one case of an agency below is late and who has it; nothing of what is in it."""

    def on_get(self, req: Request, resp: falcon.Response, agency_id: UUID, case_id: UUID) -> None:
        agency, found = overseeing.look(req.asker, agency_id, case_id)
        here = f"{url_for(req, 'reports.late')}?agency={agency.id}"
        if found is None:
            redirect(resp, here, toast=_("Việc này đã xong hoặc không còn quá hạn."))
            return
        resp.set_header("Cache-Control", "no-store")
        page(req, resp, "reports/late_case.html", _case_view(req, agency, found, here))


def _case_view(req: Request, agency: Agency, found: Glance, here: str) -> LateCaseView:
    return LateCaseView(
        case=found,
        agency=agency.name,
        context=" · ".join(filter(None, (found.code, found.kind, agency.name))),
        crumbs=(
            Crumb(_("Điều hành công việc"), _board_url(req)),
            Crumb(_("Quá hạn ở {agency}", agency=agency.name), here),
            Crumb(found.code),
        ),
        facts=tuple(
            (label, text)
            for label, text in (
                (_("Cơ quan"), agency.name),
                (_("Đơn vị giữ"), found.unit),
                (_("Ngày nhận"), format_date(found.opened_at, year=True)),
            )
            if text
        ),
    )
