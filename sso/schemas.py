"""What the forms of sign-in bring."""

from marshmallow import EXCLUDE, Schema, fields, validate

from core.i18n import N_
from core.web.forms import Choices, Text

SCOPES = {
    "read": N_("Chỉ đọc"),
    "all": N_("Mọi việc bạn làm được ở cơ quan này"),
    "chosen": N_("Chỉ những quyền chọn dưới đây"),
}


class ApiTokenInput(Schema):
    """A new API token; `id`, made with the form, makes sending twice harmless."""

    class Meta:
        unknown = EXCLUDE

    token_id = fields.UUID(data_key="id", required=True)
    name = Text(required=True, max_length=80)
    scope = fields.String(required=True, validate=validate.OneOf(list(SCOPES)))
    days = fields.Integer(required=True)
    permissions = Choices(fields.String())
