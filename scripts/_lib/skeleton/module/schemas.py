"""What comes in from forms and programs, and the shape of what the API answers."""

from marshmallow import Schema, fields

from core.api import PageQuery, Text


class EntryInput(Schema):
    """A new entry; `id`, chosen by the sender, makes sending twice harmless."""

    entry_id = fields.UUID(data_key="id", load_default=None)
    title = Text(required=True, max_length=200)


class EntryId(Schema):
    """What an entry that was added is called."""

    id = fields.UUID()


class EntryQuery(PageQuery):
    """The conditions of the list."""

    q = fields.String(metadata={"description": "A part of the title; accents may be left out."})


class EntryLine(Schema):
    """One line of the list."""

    id = fields.UUID()
    title = fields.String()
    added_by = fields.String(allow_none=True)
    added_at = fields.AwareDateTime(format="iso")


class EntryList(Schema):
    """A page of entries; `next` is the address of the next page, empty on the last one."""

    items = fields.List(fields.Nested(EntryLine))
    next = fields.String()
