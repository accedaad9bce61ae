"""What comes in from forms and programs, and the shape of what the API answers."""

from marshmallow import Schema, fields, validate

from core.api import PageQuery, Text
from plugins.skeleton.kinds import SOURCES


class RecordInput(Schema):
    """A new case; `id`, chosen by the sender, makes sending twice harmless."""

    class Meta:
        unknown = "exclude"

    id = fields.UUID(required=True)
    title = Text(required=True, max_length=500)
    text = Text(max_length=20_000)
    asked_by = Text(required=True, max_length=200)
    source = fields.String(load_default="letter", validate=validate.OneOf(list(SOURCES)))


class AnswerInput(Schema):
    """The draft of an answer, and who decides about it; `version` is the one that was read."""

    class Meta:
        unknown = "exclude"

    version = fields.Integer(required=True)
    answer = Text(required=True, max_length=20_000)
    person_id = fields.UUID(required=True)


class MatterQuery(PageQuery):
    """The conditions of the list."""

    q = fields.String(metadata={"description": "Words of code, title and text; accents may be left out."})
    stand = fields.String(validate=validate.OneOf(["", "late", "closed"]))
    state = fields.String()


class MatterLine(Schema):
    """One line of the list."""

    id = fields.UUID()
    code = fields.String()
    title = fields.String()
    state = fields.String()
    opened_at = fields.AwareDateTime(format="iso")
    due_at = fields.AwareDateTime(format="iso", allow_none=True)


class MatterList(Schema):
    """A page of cases; `next` is the address of the next page, empty on the last one."""

    items = fields.List(fields.Nested(MatterLine))
    next = fields.String()
