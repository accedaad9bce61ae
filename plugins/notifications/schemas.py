"""What comes in from the forms of the notification centre."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from core.api import N_, Moment, PageQuery, Text, _
from plugins.notifications import timing

HOW = {"at_once": N_("Gửi thư ngay"), "digest": N_("Gộp vào thư hằng ngày"), "never": N_("Không gửi thư")}
"""How a kind is mailed, in words."""
_TIME = re.compile(r"(\d{1,2})(?:\s*[:.hg]\s*(\d{2})?)?", re.IGNORECASE)


class TimeOfDay(fields.Field[time | None]):
    """A time as officers type it: 21:00, 21h30, 7g. Empty means none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> time | None:
        text = str(value).strip()
        if not text:
            if self.required:
                raise self.make_error("required")
            return None
        found = _TIME.fullmatch(text)
        try:
            if found:
                return time(int(found[1]), int(found[2] or 0))
        except ValueError:
            pass
        raise ValidationError(_("Giờ chưa đúng, ví dụ 21:00."))


class _Hours(Schema):
    quiet_from = TimeOfDay(load_default=None)
    quiet_to = TimeOfDay(load_default=None)
    digest_at = TimeOfDay(required=True)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        begin, end = data["quiet_from"], data["quiet_to"]
        if (begin is None) != (end is None):
            missing = "quiet_to" if end is None else "quiet_from"
            raise ValidationError(
                {missing: [_("Nhập cả giờ bắt đầu và giờ kết thúc, hoặc bỏ trống cả hai.")]}
            )
        if timing.is_quiet(data["digest_at"], timing.Schedule(begin, end)):
            raise ValidationError({"digest_at": [_("Giờ này nằm trong giờ yên lặng; chọn giờ khác.")]})


def preferences(kinds: Iterable[str]) -> Schema:
    """Return the schema of the form: the hours, and one choice for each kind, named by the kind's key."""
    own = {
        attribute(key): fields.String(
            data_key=key,
            load_default=None,
            validate=validate.OneOf(list(HOW), error=_("Lựa chọn này không còn, chọn lại.")),
        )
        for key in kinds
    }
    return type("Preferences", (_Hours,), dict(own))(unknown=EXCLUDE)


def attribute(key: str) -> str:
    """Return the name under which a checked choice is found; a dot would lead into a document."""
    return key.replace(".", "__")


class ReadAll(Schema):
    """Up to when everything is taken as read."""

    until = Moment(format="iso", load_default=lambda: datetime.now(UTC))


# ---- the API ---------------------------------------------------------------------------------------------


class NotificationQuery(PageQuery):
    """The conditions of the list."""

    unread = fields.Boolean(metadata={"description": "Only what is not read yet."})
    kind = Text(max_length=100, metadata={"description": "Only one kind, by its key."})


class NotificationDocument(Schema):
    """One fact that the person was told of; `url` opens what it is about and takes it as read."""

    id = fields.UUID()
    kind = fields.String()
    text = fields.String()
    unread = fields.Boolean()
    created_at = fields.AwareDateTime(format="iso")
    url = fields.String()


class NotificationList(Schema):
    """A page of notifications, unread first, then the newest; `next` is the address of the next page."""

    items = fields.List(fields.Nested(NotificationDocument))
    next = fields.String()


class ReadDocument(Schema):
    """How many notifications were unread until now."""

    read = fields.Integer()
