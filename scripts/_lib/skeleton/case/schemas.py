"""What comes in from forms and programs."""

from marshmallow import Schema, fields, validate

from core.api import Text
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
