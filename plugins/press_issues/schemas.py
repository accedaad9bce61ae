"""What comes in from the forms of press issues and from programs, and the shape of what the API answers."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields

from core.api import Choices, Day, Text, _
from plugins.casework.api import ActInput, CaseItem, FormInput, NotedInput, OptionalId, one_of
from plugins.press_issues.kinds import FINDINGS, KINDS, SECTORS, SEVERITIES
from plugins.press_issues.reading import parse_when


class When(fields.String):
    """A moment as newspapers write it: 25/8/2026 14:02, 14:02 25-08-2026, ISO; empty means unknown."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime | None:  # type: ignore[override]
        text = str(value).strip()
        found = parse_when(text) if text else None
        if text and found is None:
            raise ValidationError(_("Chưa hiểu ngày giờ này. Ví dụ 25/8/2026 14:02."))
        return found


class ArticleInput(FormInput):
    """An article; its text is kept as evidence."""

    id = OptionalId()
    url = Text(max_length=1000)
    outlet = Text(required=True, max_length=200)
    article_title = Text(required=True, max_length=500)
    published = When(load_default=None)
    body = Text(max_length=100_000)


class ReadInput(FormInput):
    """A page to be read: pasted, or a file that comes beside."""

    url = Text(max_length=1000)
    page = Text(max_length=900_000)


class IssueInput(FormInput):
    """What officers say of an issue."""

    title = Text(required=True, max_length=500)
    summary = Text(max_length=20_000)
    severity = one_of(SEVERITIES, "normal")
    sector = one_of(SECTORS, "other")
    locality = Text(max_length=200)


class RecordInput(IssueInput, ArticleInput):
    """A new issue with its first article; `id`, chosen by the sender, makes sending twice harmless."""

    id = fields.UUID(required=True)  # type: ignore[assignment]
    kind = one_of(KINDS, "forwarded")
    received = Day(load_default=None)
    leader_id = OptionalId()
    into = Text(
        max_length=60,
        metadata={
            "description": "`new`, or the code of the issue the article joins, when it is like an earlier one."
        },
    )


class EditInput(IssueInput):
    version = fields.Integer(required=True)


class DirectInput(NotedInput):
    person_id = OptionalId()
    co = Choices(fields.UUID())
    due = Day(load_default=None)


class ConcludeInput(ActInput):
    finding = one_of(FINDINGS)
    finding_note = Text(required=True, max_length=4000)
    measures = Text(max_length=4000)


class SubmitInput(ActInput):
    answer = Text(required=True, max_length=20_000)
    person_id = OptionalId()


class SendInput(ActInput):
    sent_on = Day(required=True)
    link = Text(max_length=1000)


class PublishInput(ActInput):
    title = Text(max_length=300)
    said = Text(required=True, max_length=20_000)
    text = Text(required=True, max_length=20_000)
    link = Text(max_length=1000)
    leave = fields.Boolean(load_default=False)


class JoinInput(ActInput):
    code = Text(required=True, max_length=60)


class RuleInput(FormInput):
    kind = one_of(KINDS)
    valid_from = Day(required=True)
    budget = Text(required=True, max_length=20)
    ground = Text(required=True, max_length=300)


class SpokespersonInput(FormInput):
    person_id = OptionalId()
    code = Text(max_length=60)
    valid_from = Day(required=True)
    valid_to = Day(load_default=None)
    ground = Text(required=True, max_length=300)


class SettingInput(FormInput):
    is_public = fields.Boolean(load_default=False)
    intro = Text(max_length=1000)


class FeedInput(FormInput):
    address = Text(max_length=1000)


class ArticleDocument(Schema):
    """An article of an issue; `sha256` is that of the kept text."""

    outlet = fields.String()
    title = fields.String()
    url = fields.String()
    published_at = fields.AwareDateTime(format="iso", allow_none=True)
    sha256 = fields.String()


class IssueDocument(CaseItem):
    """One issue with its articles."""

    text = fields.String()
    kind = fields.String()
    severity = fields.String()
    sector = fields.String()
    locality = fields.String()
    ground = fields.String()
    finding = fields.String()
    sent_on = fields.Date(allow_none=True)
    link = fields.String()
    articles = fields.List(fields.Nested(ArticleDocument))
