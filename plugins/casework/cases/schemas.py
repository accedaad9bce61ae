"""What comes in from the forms of cases."""

from collections.abc import Iterable
from typing import Any

from marshmallow import Schema, fields, validate

from core.api import Choices, Day, Text
from plugins.casework.lengths import MOST_REASON


class OptionalId(fields.UUID):
    """An id, or none when nothing was chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"load_default": None, **kwargs})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs) if str(value).strip() else None


class FormInput(Schema):
    """What a form sends; whatever else it carries, such as its token, is left out."""

    class Meta:
        unknown = "exclude"


class ActInput(FormInput):
    """What every act on a case says: the version that was read, and a note."""

    version = fields.Integer(required=True)
    note = Text(max_length=4000)


class NotedInput(ActInput):
    """What an act says that has to say why, or where to."""

    note = Text(required=True, max_length=4000)


class PartInput(FormInput):
    """What a co-handler says of their part."""

    note = Text(max_length=MOST_REASON)


def one_of(offered: Iterable[str], default: str = "") -> fields.String:
    """Return a field for one of some values; without a default one must be chosen."""
    given: dict[str, Any] = {"load_default": default} if default else {"required": True}
    return fields.String(**given, validate=validate.OneOf(list(offered)))


class AssignInput(Schema):
    """Who gets a case as it stands, as which version it was read."""

    version = fields.Integer(required=True)
    person_id = OptionalId()
    unit_id = OptionalId()
    due = Day(load_default=None)
    note = Text(max_length=4000)


class MoveInput(AssignInput):
    """What a transition asks; which of it counts, its definition says."""

    class Meta:
        unknown = "exclude"

    co = Choices(fields.UUID())
    document = Text(max_length=300)


class CommentInput(Schema):
    """A comment."""

    text = Text(max_length=4000)


class LinkInput(Schema):
    """Another case, by its code."""

    code = Text(max_length=60)
    how = fields.String(load_default="related", validate=validate.OneOf(["related", "duplicate", "follows"]))


class TaskInput(Schema):
    """Something to be done, given to somebody."""

    class Meta:
        unknown = "exclude"

    id = fields.UUID(required=True)
    title = Text(required=True, max_length=500)
    text = Text(max_length=20_000)
    person_id = OptionalId()
    due = Day(load_default=None)
    restricted = fields.Boolean(load_default=False)
