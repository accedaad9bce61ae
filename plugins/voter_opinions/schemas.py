"""What comes in from the forms of voter opinions and from programs, and the shape of what the API answers."""

from marshmallow import Schema, ValidationError, fields, validates_schema

from core.api import Day, Text, _
from plugins.casework.api import ActInput, CaseItem, FormInput, NotedInput, OptionalId, one_of
from plugins.voter_opinions.kinds import BODIES, LEVELS, MEETINGS, NATURES, OUTCOMES, SECTORS, SOURCES

LONGEST = 20_000


class SessionInput(FormInput):
    id = fields.UUID(required=True)
    version = fields.Integer(load_default=None)
    body = one_of(BODIES, "council")
    title = Text(required=True, max_length=200)
    opens_on = Day(required=True)
    closes_on = Day(required=True)
    answer_by = Day(load_default=None)
    extraordinary = fields.Boolean(load_default=False)


class MeetingInput(FormInput):
    id = fields.UUID(required=True)
    session_id = fields.UUID(required=True)
    kind = one_of(MEETINGS, "before")
    held_on = Day(required=True)
    place = Text(required=True, max_length=300)
    deputies = Text(max_length=500)


class ContentInput(FormInput):
    """What a voter asks, and where."""

    content = Text(required=True, max_length=LONGEST)
    locality = Text(max_length=200)
    sector = one_of(SECTORS, "other")


class RecordInput(ContentInput):
    """A petition; `id`, chosen by the sender, makes sending twice harmless."""

    id = fields.UUID(required=True)
    session_id = fields.UUID(required=True)
    meeting_id = OptionalId()
    source = one_of(SOURCES, "meeting")
    received_on = Day(load_default=None)
    title = Text(max_length=300)
    into = Text(max_length=60, metadata={"description": "The code of the petition that this one repeats."})
    is_new = fields.Boolean(
        load_default=False, metadata={"description": "It is another matter than the petition it is like."}
    )


class RowInput(ContentInput):
    """A row of a file, read or corrected; one that is left out needs no text and may have too long a one."""

    id = fields.UUID(load_default=None)
    content = Text(max_length=5 * LONGEST)
    received = Day(load_default=None)
    way = one_of({"record": "", "join": "", "leave": ""}, "record")

    @validates_schema(skip_on_field_errors=False)
    def _left_out(self, said: dict[str, object], **_more: object) -> None:
        text = "-" if said.get("way") == "leave" else str(said.get("content", "-"))
        if text == "":
            raise ValidationError({"content": self.fields["content"].make_error("required").messages})
        if len(text) > LONGEST:
            raise ValidationError({"content": [_("Dài quá {max} ký tự.", max=LONGEST)]})


class IntakeInput(FormInput):
    id = fields.UUID(required=True)
    session_id = fields.UUID(required=True)
    meeting_id = OptionalId()
    source = one_of(SOURCES, "meeting")
    received_on = Day(load_default=None)


class EditInput(ActInput):
    title = Text(required=True, max_length=300)
    locality = Text(max_length=200)
    sector = one_of(SECTORS)


class ClassifyInput(ActInput):
    sector = one_of(SECTORS)
    level = one_of(LEVELS)


class SplitInput(ActInput):
    lead_id = fields.UUID(required=True)
    ask = Text(required=True, max_length=4000)
    due = Day(load_default=None)
    beyond = fields.Boolean(load_default=False)
    part_1 = OptionalId()
    ask_1 = Text(max_length=4000)
    part_2 = OptionalId()
    ask_2 = Text(max_length=4000)
    part_3 = OptionalId()
    ask_3 = Text(max_length=4000)


class SubmitInput(ActInput):
    text = Text(required=True, max_length=LONGEST)
    outcome = one_of(OUTCOMES)
    roadmap = Text(max_length=4000)
    promised_on = Day(load_default=None)
    person_id = OptionalId()


class SendInput(ActInput):
    document = Text(required=True, max_length=200)
    signer = Text(required=True, max_length=200)
    sent_on = Day(required=True)


class AssessInput(ActInput):
    verdict = one_of({"enough": "", "not_enough": ""})
    due = Day(load_default=None)


class KeepInput(NotedInput):
    kept_on = Day(required=True)


class PostponeInput(NotedInput):
    promised_on = Day(required=True)


class TakeOutInput(NotedInput):
    nature = one_of(NATURES)


class JoinInput(ActInput):
    code = Text(required=True, max_length=60)


class PublishInput(ActInput):
    title = Text(max_length=300)
    said = Text(required=True, max_length=LONGEST)
    text = Text(required=True, max_length=LONGEST)
    until = Day(load_default=None)
    leave = fields.Boolean(load_default=False)


class AnswerDocument(Schema):
    """An answer that was sent."""

    number = fields.Integer()
    text = fields.String()
    outcome = fields.String()
    roadmap = fields.String()
    promised_on = fields.Date(allow_none=True)
    document = fields.String()
    sent_on = fields.Date(allow_none=True)
    verdict = fields.String()


class PetitionDocument(CaseItem):
    """One petition with the answers that were sent."""

    text = fields.String()
    session_id = fields.UUID()
    source = fields.String()
    received_on = fields.Date()
    locality = fields.String()
    sector = fields.String()
    level = fields.String()
    outcome = fields.String()
    promised_on = fields.Date(allow_none=True)
    kept_on = fields.Date(allow_none=True)
    originals = fields.Integer()
    answers = fields.List(fields.Nested(AnswerDocument))
