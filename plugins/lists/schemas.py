"""What comes in from the forms around a list."""

from marshmallow import EXCLUDE, Schema, fields, validate

from core.api import Choices, Text
from plugins.lists.spec import BULK_MOST


class _Loose(Schema):
    class Meta:
        unknown = EXCLUDE


class ListInput(_Loose):
    """Which list, and how it was narrowed and sorted."""

    list = Text(required=True, max_length=80)
    query = Text(max_length=2000)


class ColumnsInput(ListInput):
    """The columns to be shown."""

    column = Choices(fields.String())


class ViewInput(_Loose):
    """A view's name, and whether everybody sees it."""

    name = Text(max_length=60)
    shared = Text(max_length=2)


class BulkInput(ListInput):
    """What to do with which rows: those named, or `all` that match."""

    action = Text(required=True, max_length=80)
    all = Text(max_length=1)
    id = Choices(fields.UUID(), validate=validate.Length(max=BULK_MOST))
