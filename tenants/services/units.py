"""Departments of the agency in scope: set up, rename, move, close."""

from datetime import date
from typing import Any
from uuid import UUID

from core.db import db
from core.events import changed, emit
from core.i18n import _
from core.web.errors import Invalid, NotFound
from tenants import events
from tenants.models import Membership, Unit, today
from tenants.names import slug
from tenants.services.common import lock_agency


def create_unit(
    name: str, *, code: str = "", parent_id: UUID | None = None, valid_from: date | None = None
) -> Unit:
    """Set up a unit; without a code one is made of its name.

    Raises Invalid for a code in use or a parent that is closed or not of this agency.
    """
    with db.atomic():
        lock_agency()
        code = code or slug(name)[:63].strip("-")
        if Unit.select().where(Unit.code == code).exists():
            raise Invalid({"code": [_("Mã “{code}” đã có phòng ban dùng.", code=code)]})
        _check_parent(None, parent_id)
        _check_name(None, name, parent_id)
        unit = Unit.create(code=code, name=name, parent_id=parent_id, valid_from=valid_from or today())
        emit(events.UnitCreated(object_id=unit.id, unit=name))
    return unit


def change_unit(unit_id: UUID, expected_version: int, **fields: Any) -> Unit:
    """Rename or move a unit; `fields` are name, parent_id.

    Raises Invalid, NotFound, or Conflict when somebody saved first.
    """
    with db.atomic():
        lock_agency()
        unit = get_unit(unit_id)
        differences = changed({key: getattr(unit, key) for key in fields}, fields)
        if differences:
            parent_id = fields.get("parent_id", unit.parent_id)
            _check_parent(unit_id, parent_id)
            _check_name(unit_id, fields.get("name", unit.name), parent_id)
            for key, value in fields.items():
                setattr(unit, key, value)
            unit.save_version(expected_version)
            if "parent_id" in differences:
                old, new = (get_unit(each).name if each else "" for each in differences["parent_id"])
                differences["parent_id"] = (old, new)
            emit(events.UnitChanged(object_id=unit.id, unit=unit.name, changes=differences))
    return unit


def close_unit(unit_id: UUID, expected_version: int, *, last_day: date | None = None) -> None:
    """Close a unit after a day; what it did stays.

    Raises Invalid while somebody holds a post in it or another unit belongs to it.
    """
    last_day = last_day or today()
    with db.atomic():
        lock_agency()
        unit = get_unit(unit_id)
        if last_day < unit.valid_from:
            raise Invalid({"last_day": [_("Ngày đóng trước ngày lập phòng.")]})
        staying = Membership.ended_at.is_null() & (
            Membership.valid_to.is_null() | (Membership.valid_to > last_day)
        )
        if Membership.select().where(Membership.unit_id == unit_id, staying).exists():
            raise Invalid(
                {
                    "last_day": [
                        _("Còn người giữ vị trí ở phòng này sau ngày đó. Chuyển hoặc thôi giao trước.")
                    ]
                }
            )
        inner = Unit.select().where(
            Unit.parent_id == unit_id, Unit.valid_to.is_null() | (Unit.valid_to > last_day)
        )
        if inner.exists():
            raise Invalid(
                {"last_day": [_("Còn phòng ban thuộc phòng này. Chuyển hoặc đóng các phòng đó trước.")]}
            )
        unit.valid_to = last_day
        unit.save_version(expected_version)
        emit(events.UnitClosed(object_id=unit.id, unit=unit.name, last_day=last_day))


def get_unit(unit_id: UUID) -> Unit:
    """Return a unit of the agency in scope.

    Raises NotFound.
    """
    unit = Unit.select().where(Unit.id == unit_id).first()
    if unit is None:
        raise NotFound
    return unit


def _check_name(unit_id: UUID | None, name: str, parent_id: UUID | None) -> None:
    """Refuse the name of another open unit at the same place of the tree; elsewhere in it names may repeat."""
    place = Unit.parent_id.is_null() if parent_id is None else Unit.parent_id == parent_id
    beside = Unit.select(Unit.id, Unit.name).where(place, Unit.valid_to.is_null()).tuples()
    if any(id_ != unit_id and each.casefold() == name.casefold() for id_, each in beside):
        raise Invalid({"name": [_("Cấp này đã có phòng ban tên “{name}”. Đặt tên khác.", name=name)]})


def _check_parent(unit_id: UUID | None, parent_id: UUID | None) -> None:
    """Refuse a parent that is closed, of another agency, or below the unit itself."""
    if parent_id is None:
        return
    parents = {
        row[0]: row[1] for row in Unit.select(Unit.id, Unit.parent_id).where(Unit.valid_to.is_null()).tuples()
    }
    if parent_id not in parents:
        raise Invalid({"parent_id": [_("Không có phòng ban này, hoặc phòng đã đóng.")]})
    above: UUID | None = parent_id
    while above:
        if above == unit_id:
            raise Invalid({"parent_id": [_("Phòng cấp trên lại thuộc chính phòng này.")]})
        above = parents.get(above)
