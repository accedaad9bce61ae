"""The departments of an agency: the tree, setting one up, changing and closing it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import falcon
from marshmallow import Schema

from core.declarations import document
from core.i18n import _
from core.web.components import ConflictView, FormView, Option, same_text
from core.web.forms import load
from core.web.rendering import page, redirect, send_json, url_for
from core.web.request import Request
from tenants import queries, services
from tenants.models import Unit, today
from tenants.resources.common import Refusal, attempt, day_text, form_again, merged, typed, version_of
from tenants.resources.open_work import work_left
from tenants.schemas import LastDaySchema, UnitList, UnitSchema
from tenants.services.units import get_unit
from tenants.views import UnitFormView, UnitRow, UnitsView

MANAGE_PEOPLE = "tenants.manage_people"


class Units:
    """The departments as a tree."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        sees_people = req.ctx is not None and req.ctx.can(MANAGE_PEOPLE)
        rows = tuple(
            unit_row(
                line,
                edit_url=url_for(req, "tenants.unit", unit_id=line.id),
                people_url=url_for(req, "tenants.people") if sees_people else "",
            )
            for line in queries.units()
        )
        page(req, resp, "tenants/units.html", UnitsView(rows=rows, add_url=url_for(req, "tenants.unit_new")))


def unit_row(line: queries.UnitLine, *, edit_url: str = "", people_url: str = "") -> UnitRow:
    """Return a department as a row; `people_url` is the list of people that it narrows."""
    return UnitRow(
        name=line.name,
        code=line.code,
        depth=line.depth,
        people=line.people,
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        edit_url=edit_url,
        people_url=f"{people_url}?unit={line.id}" if people_url else "",
    )


class UnitsDocument:
    @document(UnitList)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the departments, each above those it is made of."""
        load(Schema(), req.params)
        send_json(resp, {"items": [_document(line) for line in queries.units()]})


class NewUnit:
    """Set up a department."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        _show(req, resp, FormView({"valid_from": day_text(today())}))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        refusal = attempt(lambda: services.create_unit(**load(UnitSchema(), req.form)))
        if refusal:
            _show(req, resp, form_again(req, refusal), refusal=refusal)
            return
        redirect(resp, url_for(req, "tenants.units"), toast=_("Đã lập {unit}.", unit=req.form["name"]))


class OneUnit:
    """One department: its name and place."""

    def on_get(self, req: Request, resp: falcon.Response, unit_id: UUID) -> None:
        unit = get_unit(unit_id)
        _show(req, resp, FormView(_values(unit)), unit=unit)

    def on_post(self, req: Request, resp: falcon.Response, unit_id: UUID) -> None:
        unit = get_unit(unit_id)
        refusal = attempt(
            lambda: services.change_unit(
                unit_id, version_of(req), **load(UnitSchema(only=["name", "parent_id"]), req.form)
            )
        )
        if refusal:
            _show(req, resp, form_again(req, refusal), unit=unit, refusal=refusal)
            return
        redirect(resp, url_for(req, "tenants.units"), toast=_("Đã lưu {unit}.", unit=req.form["name"]))


class UnitClosing:
    """Close a department after a day."""

    def on_post(self, req: Request, resp: falcon.Response, unit_id: UUID) -> None:
        unit = get_unit(unit_id)
        refusal = attempt(
            lambda: services.close_unit(unit_id, version_of(req), **load(LastDaySchema(), req.form))
        )
        if refusal:
            now = get_unit(unit_id)
            errors = refusal.errors or {"": [_("Người khác vừa sửa phòng ban này. Xem lại rồi đóng.")]}
            _show(
                req,
                resp,
                FormView(_values(now)),
                unit=now,
                closing=FormView(typed(req), errors),
                refusal=refusal,
            )
            return
        redirect(
            resp,
            url_for(req, "tenants.units"),
            toast=_("{unit} đóng sau ngày {day}.", unit=unit.name, day=req.form["last_day"]),
        )


def _show(
    req: Request,
    resp: falcon.Response,
    form: FormView,
    *,
    unit: Unit | None = None,
    closing: FormView | None = None,
    refusal: Refusal | None = None,
) -> None:
    lines = queries.units()
    conflict = None
    if refusal and unit and closing is None:
        stored = refusal.stored if isinstance(refusal.stored, Unit) else unit
        form, conflict = _merged(req, form, stored, lines)
    view = UnitFormView(
        form=form,
        parents=_parents(lines, unit),
        action=url_for(req, "tenants.unit", unit_id=unit.id) if unit else url_for(req, "tenants.unit_new"),
        back_url=url_for(req, "tenants.units"),
        is_new=unit is None,
        people=next((line.people for line in lines if unit and line.id == unit.id), 0),
        close_form=closing or FormView({"last_day": day_text(today())}),
        close_action=url_for(req, "tenants.unit_close", unit_id=unit.id)
        if unit and unit.valid_to is None
        else "",
        work_left=work_left(unit_id=unit.id) if unit and unit.valid_to is None else (),
        conflict=conflict,
    )
    page(req, resp, "tenants/unit_form.html", view, status=refusal.status if refusal else 200)


def _parents(lines: list[queries.UnitLine], unit: Unit | None) -> tuple[Option, ...]:
    """Return the open units a unit may belong to: not itself, not what is below it."""
    options, below = [], -1
    for line in lines:
        # The lines are in the order of the tree, so what is deeper than the unit follows it directly.
        if unit and line.id == unit.id:
            below = line.depth
        elif below >= 0 and line.depth <= below:
            below = -1
        if below < 0 and line.valid_to is None:
            options.append(Option(str(line.id), "\u2003" * line.depth + line.name))
    return tuple(options)


def _values(unit: Unit) -> dict[str, str | list[str]]:
    return {
        "name": unit.name,
        "code": unit.code,
        "parent_id": str(unit.parent_id or ""),
        "valid_from": day_text(unit.valid_from),
        "version": str(unit.version),
    }


def _merged(
    req: Request, form: FormView, stored: Unit, lines: list[queries.UnitLine]
) -> tuple[FormView, ConflictView | None]:
    names = {str(line.id): line.name for line in lines}

    def shown(name: str, value: str | Sequence[str]) -> str:
        text = same_text(value)
        return names.get(text, "") if name == "parent_id" else text

    titles = {"name": _("Tên phòng ban"), "parent_id": _("Thuộc")}
    return merged(req, form, _values(stored), titles, shown, "tenants.unit", stored.id)


def _document(line: queries.UnitLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "code": line.code,
        "name": line.name,
        "parent_id": line.parent_id,
        "valid_from": line.valid_from,
        "valid_to": line.valid_to,
        "people": line.people,
    }
