"""Forms of the registry: what is read from them, checked field by field."""

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from core.i18n import N_, _
from core.web.forms import Choices, Day, PageQuery, Text
from tenants.names import clean

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_WEBSITE = re.compile(r"(https?://)?[^\s/:]+\.[^\s]+")
_SPAN = re.compile(r"(\d{1,2})[:hg.](\d{2})?\s*[-–—]\s*(\d{1,2})[:hg.](\d{2})?")
_SEPARATOR = re.compile(r"\s*[,;]\s*|\s+và\s+")
WEEKDAYS = range(1, 8)


class FormSchema(Schema):
    """A form of a page: fields it does not know are the page's own."""

    class Meta:
        unknown = EXCLUDE


class Name(Text):
    """A name as decisions write it: in NFC, without invisible characters and double spaces."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        name = clean(super()._deserialize(value, attr, data, **kwargs))
        if self.required and not name:
            raise self.make_error("required")
        return name


class Pattern(Text):
    """A text of a fixed shape; empty is allowed unless `required`."""

    def __init__(self, pattern: re.Pattern[str], message: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pattern = pattern
        self._message = message

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text and not self._pattern.fullmatch(text):
            raise ValidationError(_(self._message))
        return text


class OptionalId(fields.UUID):
    """The id of something chosen, or None for the blank choice."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs) if value else None


class ChosenId(OptionalId):
    """The id of something that must be chosen."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not value:
            raise ValidationError(_("Chưa chọn."))
        return super()._deserialize(value, attr, data, **kwargs)


class Hours(fields.Field[list[list[str]]]):
    """The working hours of a day: "07:30–11:30, 13:30–17:00"; empty is a day off."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[list[str]]:
        text = str(value).strip()
        spans: list[list[str]] = []
        for part in _SEPARATOR.split(text) if text else []:
            match = _SPAN.fullmatch(part)
            if match is None:
                raise ValidationError(_("Viết như 07:30–11:30, 13:30–17:00."))
            hours = [f"{int(match[at]):02}:{match[at + 1] or '00'}" for at in (1, 3)]
            if any(each > "24:00" or each[3:] > "59" for each in hours):
                raise ValidationError(_("Không có giờ này trong ngày."))
            if hours[0] >= hours[1] or (spans and hours[0] < spans[-1][1]):
                raise ValidationError(_("Giờ sau phải muộn hơn giờ trước."))
            spans.append(hours)
        return spans


def hours_text(spans: list[list[str]]) -> str:
    """Return working hours as the form shows them."""
    return ", ".join("–".join(span) for span in spans)


_MAIL_MESSAGE = N_("Địa chỉ thư chưa đúng, ví dụ anhpn@hue.gov.vn.")


class PostSchema(FormSchema):
    """Give a person of the directory a post, or change a post."""

    person_id = OptionalId(load_default=None)
    unit_id = ChosenId(required=True)
    position = Name(required=True, max_length=120)
    roles = Choices(Text())
    valid_from = Day(load_default=None)
    valid_to = Day(load_default=None)
    decision = Text()


class PersonSchema(FormSchema):
    """A new person of the directory."""

    full_name = Name(required=True, max_length=120)
    username = Pattern(
        _USERNAME, N_("Chỉ dùng chữ thường không dấu, số và . _ -, ít nhất 2 ký tự."), max_length=60
    )
    email = Pattern(_EMAIL, _MAIL_MESSAGE)


class MailSchema(FormSchema):
    """Where a person gets mails."""

    email = Pattern(_EMAIL, _MAIL_MESSAGE, max_length=200)


class UnitSchema(FormSchema):
    """Set up or change a department."""

    name = Name(required=True)
    code = Pattern(_CODE, N_("Chỉ dùng chữ thường không dấu, số và gạch nối."), max_length=63)
    parent_id = OptionalId(load_default=None)
    valid_from = Day(load_default=None)


class LastDaySchema(FormSchema):
    """Close a department after a day."""

    last_day = Day(required=True)


class RoleSchema(FormSchema):
    """A role of the agency's own."""

    title = Name(required=True, max_length=80)
    permissions = Choices(Text())


class RenameSchema(FormSchema):
    """A new name from a day on, by a decision."""

    name = Name(required=True, max_length=300)
    short_name = Name(required=True, max_length=120)
    since = Day(required=True)
    decision = Text(required=True)


class WithdrawalSchema(FormSchema):
    """The day from which a new version of the agency was to hold."""

    since = Day(required=True)


class ProfileSchema(FormSchema):
    """What an agency keeps about itself."""

    address = Text(max_length=300)
    phone = Text(max_length=40)
    email = Pattern(_EMAIL, _MAIL_MESSAGE)
    website = Pattern(_WEBSITE, N_("Địa chỉ trang chưa đúng, ví dụ thuanhoa.hue.gov.vn."))
    time_zone = Text(required=True)
    hours_1 = Hours(load_default=list)
    hours_2 = Hours(load_default=list)
    hours_3 = Hours(load_default=list)
    hours_4 = Hours(load_default=list)
    hours_5 = Hours(load_default=list)
    hours_6 = Hours(load_default=list)
    hours_7 = Hours(load_default=list)


# ---- what the API answers ------------------------------------------------------------------------------------


class UnitDocument(Schema):
    """A department."""

    id = fields.UUID()
    code = fields.String()
    name = fields.String()
    parent_id = fields.UUID(allow_none=True)
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    people = fields.Integer()


class UnitList(Schema):
    """All departments, in the order of the tree."""

    items = fields.List(fields.Nested(UnitDocument))


class ModuleState(Schema):
    """A module and whether the agency uses it."""

    key = fields.String()
    title = fields.String()
    version = fields.String()
    requires = fields.List(fields.String())
    on = fields.Boolean(metadata={"description": "Switched on by the agency."})
    in_effect = fields.Boolean(metadata={"description": "Switched on, allowed, and with all it requires."})
    allowed = fields.Boolean(metadata={"description": "Allowed by the IT centre."})


class ModuleList(Schema):
    """All modules an agency can switch."""

    items = fields.List(fields.Nested(ModuleState))


class PostPerson(Schema):
    """Who holds a post."""

    id = fields.UUID()
    username = fields.String()
    full_name = fields.String()


class PostUnit(Schema):
    """Where a post is."""

    id = fields.UUID()
    name = fields.String()


class PostDocument(Schema):
    """A post: one person's work in one department."""

    id = fields.UUID()
    person = fields.Nested(PostPerson)
    unit = fields.Nested(PostUnit)
    position = fields.String()
    roles = fields.List(fields.String())
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    ended_at = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()


class PostList(Schema):
    """A page of posts; `next` is the address of the next page, empty on the last one."""

    items = fields.List(fields.Nested(PostDocument))
    next = fields.String()


class PostQuery(PageQuery):
    """The conditions of the list of posts."""

    tab = fields.String(validate=validate.OneOf(["current", "attention", "upcoming", "ended"]))
    day = fields.String(metadata={"description": "The posts of that day: 14/9/2026 or 2026-09-14."})
    q = fields.String(metadata={"description": "Parts of a name; accents may be left out."})
    unit = fields.UUID()
    role = fields.String()


class OwnPost(Schema):
    """A post of who asks; its unit is what `unit_id` of other addresses takes."""

    id = fields.UUID()
    unit = fields.Nested(PostUnit)
    position = fields.String()
    roles = fields.List(fields.String())
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)


class OwnDocument(Schema):
    """Who asks, as the agency of the address knows them."""

    id = fields.UUID()
    username = fields.String()
    full_name = fields.String()
    posts = fields.List(fields.Nested(OwnPost))
    permissions = fields.List(
        fields.String(), metadata={"description": "What this session or token may do here."}
    )
    read_only = fields.Boolean(
        metadata={"description": "Whether a token gives these rights for reading only."}
    )
