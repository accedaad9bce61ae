"""What comes in from the forms of the work list."""

from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from core.api import Choices, Day, Text, _
from plugins.casework.cases.schemas import OptionalId


class _Ids(fields.Field[list[UUID]]):
    """Ids with spaces between, as a form carries along what was ticked."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[UUID]:
        try:
            return [UUID(each) for each in str(value).split()]
        except ValueError as error:
            raise ValidationError(_("Lựa chọn này không còn, chọn lại.")) from error


class GiveOnInput(Schema):
    """What was ticked, or is carried along, and who gets it."""

    class Meta:
        unknown = EXCLUDE

    id = Choices(fields.UUID())
    ids = _Ids(load_default=list)
    list = Text(max_length=100)
    all = Text(max_length=1)
    query = Text(max_length=2000)
    person_id = OptionalId()
    unit_id = OptionalId()
    note = Text(max_length=4000)


class _Colleague(fields.UUID):
    """A colleague; nobody chosen is told as that."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not str(value).strip():
            raise ValidationError(_("Chưa chọn đồng nghiệp."))
        return super()._deserialize(value, attr, data, **kwargs)


class DelegationInput(Schema):
    """Who acts for the person, from a day to a day, and why."""

    class Meta:
        unknown = EXCLUDE

    stand_in_id = _Colleague(required=True)
    since = Day(required=True)
    until = Day(required=True)
    reason = Text(max_length=300)
    partly = Text(max_length=2)


class _Days(fields.Integer):
    """A number of days; empty is no number."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if not str(value).strip():
            raise ValidationError(_("Chưa nhập."))
        return super()._deserialize(value, attr, data, **kwargs)


class RemindingInput(Schema):
    """When the agency reminds."""

    class Meta:
        unknown = EXCLUDE

    days_before = _Days(required=True)
    escalate_after = _Days(required=True)
    on_the_day = Text(max_length=2)
    version = fields.Integer(load_default=0)
