"""What the addresses of uploads take and answer."""

from marshmallow import Schema, fields, validate

from core.api import Text
from plugins.files.kinds import NAMED
from plugins.files.resumable import MAX_UPLOAD_BYTES


class UploadQuery(Schema):
    """What the field takes that the file is meant for."""

    kinds = fields.String(validate=validate.OneOf(NAMED), load_default="any")
    most = fields.Integer(
        validate=validate.Range(min=1),
        load_default=MAX_UPLOAD_BYTES,
        metadata={"description": "The largest file the field takes, in bytes."},
    )


class UploadInput(Schema):
    """A file that is going to come in pieces."""

    name = Text(required=True, max_length=500)
    size = fields.Integer(required=True, strict=True)


class UploadDocument(Schema):
    """How an upload stands: the next piece begins at `offset` and holds `piece` bytes at most."""

    id = fields.UUID()
    name = fields.String()
    size = fields.Integer()
    offset = fields.Integer()
    piece = fields.Integer()
    url = fields.String()


class FileDocument(Schema):
    """A stored file; `state` is ready, or held until it has been scanned."""

    id = fields.UUID()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    width = fields.Integer()
    height = fields.Integer()
    state = fields.String()
