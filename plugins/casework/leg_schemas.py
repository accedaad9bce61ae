"""What comes in from the forms of legs."""

from marshmallow import Schema, fields

from core.api import Choices, Day, Text
from plugins.casework.case_schemas import OptionalId


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
    due = Day(load_default=None)
    files = Choices(fields.UUID())


class LegActInput(Schema):
    """What an act on a leg asks; which of it counts, the act says."""

    class Meta:
        unknown = "exclude"

    note = Text(max_length=4000)
    text = Text(max_length=20_000)
    due = Day(load_default=None)
    person_id = OptionalId()
    unit_id = OptionalId()
