"""What comes in from the forms of legs."""

from typing import Any

from marshmallow import Schema, fields

from core.api import Choices, Day, Text
from plugins.casework.cases.schemas import OptionalId
from plugins.casework.deadlines.schemas import Amount


class OptionalAmount(Amount):
    """A whole number above zero, or none when nothing was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"load_default": None, **kwargs})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int | None:  # type: ignore[override]
        return super()._deserialize(value, attr, data, **kwargs) if str(value).strip() else None


class LegInput(Schema):
    """What is asked of another agency, and what of the case it may see."""

    class Meta:
        unknown = "exclude"

    id = fields.UUID(required=True)
    purpose = Text(max_length=80)
    receiver_id = OptionalId()
    title = Text(max_length=500)
    ask = Text(max_length=4000)
    text = Text(max_length=20_000)
    days = OptionalAmount()
    ground = Text(max_length=300)
    due = Day(load_default=None)
    beyond = fields.Boolean(load_default=False)
    files = Choices(fields.UUID())


class LegActInput(Schema):
    """What an act on a leg asks, and as which version the leg was read; which of it counts, the act says."""

    class Meta:
        unknown = "exclude"

    version = fields.Integer(required=True)
    note = Text(max_length=4000)
    text = Text(max_length=20_000)
    due = Day(load_default=None)
    beyond = fields.Boolean(load_default=False)
    amount = OptionalAmount()
    ground = Text(max_length=300)
    document = Text(max_length=300)
    person_id = OptionalId()
    unit_id = OptionalId()


class DeadlineInput(Schema):
    """What changes the deadline of a case, on which ground and by which document, and as which version it was read."""

    class Meta:
        unknown = "exclude"

    version = fields.Integer(required=True)
    amount = OptionalAmount()
    ground = Text(max_length=300)
    document = Text(max_length=300)
