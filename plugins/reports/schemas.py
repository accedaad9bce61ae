"""What the API of reports takes and answers."""

from marshmallow import Schema, fields

from core.api import Text


class FiguresQuery(Schema):
    """Which report: a kind of cases or all, by what, and the period."""

    kind = Text(max_length=80, load_default="")
    by = Text(max_length=20, load_default="")
    period = Text(max_length=40, load_default="")
    """2026-08, 2026-Q3, 2026-6M, 2026-9M, 2026 or 2026-01-01..2026-03-31."""


class LineDocument(Schema):
    """A line of a report."""

    value = fields.String(required=True)
    title = fields.String(required=True)
    numbers = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class FiguresDocument(Schema):
    """A report in numbers, and what each number means."""

    title = fields.String(required=True)
    by = fields.String(required=True)
    period = fields.String(required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    until = fields.Date(required=True)
    lines = fields.List(fields.Nested(LineDocument), required=True)
    total = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    meanings = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
