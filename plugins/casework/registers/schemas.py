"""What comes in from the forms of registers, and the shape of what the API answers."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from core.api import Day, PageQuery, Text, _, format_number
from plugins.casework.deadlines.schemas import Amount
from plugins.casework.declarations import Book
from plugins.casework.registers import queries
from plugins.casework.registers.numbering import MOST_DIGITS
from plugins.casework.registers.services import MOST_NUMBER, NO_SYMBOL, format_faults, open_faults


class Limited(Amount):
    """A whole number between two others; an empty one is the lowest when that is zero."""

    def __init__(self, lowest: int, highest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._lowest, self._highest = lowest, highest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        text = str(value).strip()
        if not text and self._lowest == 0:
            return 0
        whole = re.fullmatch(r"-?[0-9]{1,18}", text)
        number = int(text) if whole else super()._deserialize(value, attr, data, **kwargs)
        if not self._lowest <= number <= self._highest:
            words = str if self._highest < 10_000 else format_number  # years bear no dot
            raise ValidationError(
                _("Từ {lowest} đến {highest}.", lowest=words(self._lowest), highest=words(self._highest))
            )
        return number


def entry_input(book: Book) -> Schema:
    """Return the form of a book: its summary, its symbol where numbers bear one today, and its own columns."""
    symbol = queries.format_on(book, queries.agency_day()).needs_symbol
    own = {f"c_{key}": Text(max_length=300) for key, _title in book.columns}
    return Schema.from_dict(
        {
            "id": fields.UUID(required=True),
            "title": Text(required=True, max_length=500),
            "symbol": Text(max_length=40, required=symbol, error_messages={"required": _(NO_SYMBOL)}),
            **own,
        }
    )()


class OpenInput(Schema):
    """A year to be opened, and where the paper book ended; all that is wrong with it is told at once."""

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book

    year = Limited(2000, 2100, required=True)
    paper_last = Limited(0, MOST_NUMBER, load_default=0)
    ground = Text(max_length=300)

    @validates_schema(skip_on_field_errors=False)
    def _fits(self, said: dict[str, Any], **_more: Any) -> None:
        if wrong := open_faults(self._book, said.get("year"), said.get("paper_last"), said.get("ground")):
            raise ValidationError(wrong)


class FormatInput(Schema):
    """How numbers of a book are written from a day on; all that is wrong with it is told at once."""

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book

    way = Text(required=True, max_length=80, data_key="format")
    digits = Limited(1, MOST_DIGITS, required=True)
    valid_from = Day(required=True)
    ground = Text(required=True, max_length=300)

    @validates_schema(skip_on_field_errors=False)
    def _fits(self, said: dict[str, Any], **_more: Any) -> None:
        if wrong := format_faults(self._book, said.get("way"), said.get("valid_from")):
            raise ValidationError(wrong)


class VoidInput(Schema):
    """Why a number is voided."""

    reason = Text(required=True, max_length=300)


class EntryQuery(PageQuery):
    """The conditions of the list of entries."""

    book = fields.String(
        metadata={"description": "Key of a book, such as casework.outgoing; the first one if left out."}
    )
    q = fields.String(
        metadata={"description": "Words of number, summary and columns; accents may be left out."}
    )
    year = fields.Integer(validate=validate.Range(2000, 2100))
    state = fields.String(validate=validate.OneOf(["", "valid", "void"]))


class EntryDocument(Schema):
    """A number of a register; `details` are the book's own columns by their keys."""

    id = fields.UUID()
    book = fields.String()
    year = fields.Integer()
    number = fields.Integer()
    text = fields.String()
    day = fields.Date()
    title = fields.String()
    details = fields.Dict(keys=fields.String(), values=fields.String())
    made_by = fields.String(allow_none=True)
    made_at = fields.AwareDateTime(format="iso")
    voided_at = fields.AwareDateTime(format="iso", allow_none=True)
    void_reason = fields.String()
    subject_type = fields.String()
    subject_id = fields.UUID()


class EntryList(Schema):
    """A page of a book; `next` is the address of the next page, empty on the last one."""

    items = fields.List(fields.Nested(EntryDocument))
    next = fields.String()


class YearDocument(Schema):
    """A year of a register: the paper book's last number, the last one given, when it was closed."""

    year = fields.Integer()
    paper_last = fields.Integer()
    last = fields.Integer()
    opened_at = fields.AwareDateTime(format="iso")
    closed_at = fields.AwareDateTime(format="iso", allow_none=True)


class RegisterDocument(Schema):
    """A register with its years, the newest first."""

    key = fields.String()
    title = fields.String()
    format = fields.String()
    years = fields.List(fields.Nested(YearDocument))


class RegisterList(Schema):
    """The registers of the agency."""

    items = fields.List(fields.Nested(RegisterDocument))
