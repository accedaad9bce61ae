"""What comes in from the forms of letters."""

from collections.abc import Callable

from marshmallow import Schema, ValidationError, fields, validate

from core.api import Day, Text
from plugins.casework.api import LetterKind
from plugins.letters.composing import MODES
from plugins.letters.lengths import LIMITS, check_text

PREVIEW = "preview"


def letter_input(kind: LetterKind, *, is_new: bool) -> Schema:
    """Return the form of a kind: the words of every letter, and what fills its core."""
    own = {f"c_{key}": Text(max_length=LIMITS["field"]) for key, _title in kind.fields}
    known = (
        {"letter_id": fields.UUID(data_key="id")} if is_new else {"version": fields.Integer(required=True)}
    )
    words = {
        name: Text(max_length=LIMITS[name], required=name == "subject", validate=_checked(name))
        for name in ("symbol", "subject", "addressees", "body", "recipients", "signer_title", "signer_name")
    }
    mode = fields.String(load_default="", validate=validate.OneOf(MODES))
    return Schema.from_dict({**known, **words, "signer_mode": mode, **own, "act": Text()})()


def _checked(name: str) -> Callable[[str], None]:
    """Return what refuses a text as the service would, so that all errors of a form are told at once."""

    def check(text: str) -> None:
        if problem := check_text(name, text):
            raise ValidationError(problem)

    return check


class IssueInput(Schema):
    """The draft that was read before it is issued."""

    version = fields.Integer(required=True)


class TemplateInput(Schema):
    """The agency's part of letters from a day on."""

    valid_from = Day(required=True)
    superior = Text(max_length=200)
    agency_name = Text(max_length=200, required=True)
    place = Text(max_length=80, required=True)
    symbol = Text(max_length=LIMITS["symbol"])
    collective = Text(max_length=120)
    head_title = Text(max_length=120)
    signer_mode = fields.String(load_default="", validate=validate.OneOf(MODES))
    signer_title = Text(max_length=120)
    signer_name = Text(max_length=120)
    recipients = Text(max_length=LIMITS["recipients"])
    foot = Text(max_length=500)
    act = Text()
