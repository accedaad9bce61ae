"""What comes in from the public forms, from officers and from programs, and the shape of what the API answers."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from core.api import Choices, Day, Text, _
from plugins.casework.api import ActInput, CaseItem, FormInput, NotedInput, OptionalId, one_of
from plugins.citizen_questions.kinds import REASONS, TOPICS
from plugins.notifications.api import is_address


class Email(Text):
    """An address that can be written to, or none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text and not is_address(text):
            raise ValidationError(_("Địa chỉ thư chưa đúng, ví dụ ten@example.vn."))
        return text


class Phone(Text):
    """A phone number as people write it, or none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        digits = sum(sign.isdigit() for sign in text)
        if text and (not 8 <= digits <= 15 or set(text) - set("0123456789 .-+()")):
            raise ValidationError(_("Số điện thoại chưa đúng, ví dụ 0912 345 678."))
        return text


class Given(fields.UUID):
    """Somebody or something that must be chosen; a list left at its first line is nothing."""

    def __init__(self) -> None:
        super().__init__(required=True)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not str(value).strip():
            raise self.make_error("required")
        return super()._deserialize(value, attr, data, **kwargs)


class AskInput(FormInput):
    """What a citizen asks."""

    title = Text(required=True, max_length=200)
    content = Text(required=True, max_length=8_000)
    topic = one_of(TOPICS, "other")
    name = Text(required=True, max_length=120)
    phone = Phone(max_length=30)
    email = Email(max_length=200)
    address = Text(max_length=300)
    may_publish = fields.Boolean(load_default=False)
    agreed = fields.Boolean(load_default=False)
    website = Text()
    """Nobody sees it and nobody fills it in, but for machines."""


class FollowInput(FormInput):
    """Who wants to know what became of a question."""

    code = Text(required=True, max_length=40)
    secret = Text(required=True, max_length=40)


class RateInput(FollowInput):
    """How an answer is liked."""

    score = fields.Integer(required=True, validate=validate.Range(1, 5))
    note = Text(max_length=1000)


class AcceptInput(ActInput):
    topic = one_of(TOPICS)
    person_id = Given()
    due = Day(load_default=None)


class RejectInput(ActInput):
    reason = one_of(REASONS)


class TakeUpInput(NotedInput):
    person_id = Given()
    due = Day(required=True)


class TransferInput(ActInput):
    receiver_id = Given()
    title = Text(max_length=500)
    text = Text(max_length=20_000)
    late = Text(max_length=1000)
    files = Choices(fields.UUID())


class SubmitInput(ActInput):
    answer = Text(required=True, max_length=20_000)
    person_id = Given()


class PublishInput(ActInput):
    title = Text(required=True, max_length=500)
    question = Text(required=True, max_length=20_000)
    answer = Text(required=True, max_length=20_000)
    leave = fields.Boolean(load_default=False)


class SettingInput(FormInput):
    unit_id = OptionalId()
    budget = Text(required=True, max_length=20)
    ground = Text(required=True, max_length=300)
    intro = Text(max_length=1000)


class QuestionDocument(CaseItem):
    """One question; who asked is masked."""

    text = fields.String()
    topic = fields.String()
    asker = fields.String(metadata={"description": "The asker's name, masked."})
    answer = fields.String()
    answered_at = fields.DateTime(allow_none=True)
    transferred_to = fields.String()
    rating = fields.Integer(allow_none=True)
