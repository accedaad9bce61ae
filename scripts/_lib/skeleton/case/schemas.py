"""What comes in from forms and programs."""

from marshmallow import fields

from core.api import Text
from plugins.casework.api import ActInput, FormInput, one_of
from plugins.skeleton.kinds import SOURCES


class RecordInput(FormInput):
    """A new case; `id`, chosen by the sender, makes sending twice harmless."""

    id = fields.UUID(required=True)
    title = Text(required=True, max_length=500)
    text = Text(max_length=20_000)
    asked_by = Text(required=True, max_length=200)
    source = one_of(SOURCES, "letter")


class AnswerInput(ActInput):
    """The draft of an answer, and who decides about it."""

    answer = Text(required=True, max_length=20_000)
    person_id = fields.UUID(required=True)
