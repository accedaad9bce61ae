"""What comes in from forms and programs, and the shape of what the API answers."""

from marshmallow import Schema, fields, validate

from core.api import PageQuery, Text


class NoteInput(Schema):
    """A new note; `id`, chosen by the sender, makes sending twice harmless."""

    note_id = fields.UUID(data_key="id", load_default=None)
    unit_id = fields.UUID(
        required=True,
        metadata={
            "description": "A unit of one of your posts, as `/api/v1/t/{tenant}/tenants/me` lists them."
        },
    )
    title = Text(required=True, max_length=200)
    body = Text(max_length=20_000)


class NoteChange(Schema):
    """The new text of a note, and the version that was read before."""

    version = fields.Integer(required=True)
    title = Text(required=True, max_length=200)
    body = Text(max_length=20_000)


NOTE_PATCH = NoteChange(partial=True, exclude=("version",))
"""What a program changes of a note; the version comes in the header If-Match."""


class NoteQuery(PageQuery):
    """The conditions of the list of notes."""

    q = fields.String(metadata={"description": "Words of title and text; accents may be left out."})
    unit = fields.UUID()
    state = fields.String(validate=validate.OneOf(["", "pinned", "archived"]))


class NoteLine(Schema):
    """One line of the list; `excerpt` is the beginning of the text."""

    id = fields.UUID()
    title = fields.String()
    excerpt = fields.String()
    pinned = fields.Boolean()
    unit_id = fields.UUID()
    unit = fields.String()
    author = fields.String(allow_none=True)
    created_at = fields.AwareDateTime(format="iso")
    changed_at = fields.AwareDateTime(format="iso")
    archived_at = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()


class NoteList(Schema):
    """A page of notes; `next` is the address of the next page, empty on the last one."""

    items = fields.List(fields.Nested(NoteLine))
    next = fields.String()


class NoteDocument(Schema):
    """One note with its whole text."""

    id = fields.UUID()
    title = fields.String()
    body = fields.String()
    pinned = fields.Boolean()
    unit_id = fields.UUID()
    unit = fields.String()
    author = fields.String(allow_none=True)
    created_at = fields.AwareDateTime(format="iso")
    changed_at = fields.AwareDateTime(format="iso")
    archived_at = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()
