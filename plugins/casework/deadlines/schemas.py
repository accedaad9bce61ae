"""What comes in from the forms of calendars and deadlines."""

import re
from datetime import time
from typing import Any

from marshmallow import Schema, ValidationError, fields

from core.api import Day, Text, _

_TIME = re.compile(r"(\d{1,2})\s*(?:[:hg.]\s*(\d{2})?)?")


class TimeOfDay(fields.Field[time]):
    """A time as officers type it: 9:00, 9h00, 09."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> time:
        found = _TIME.fullmatch(str(value).strip().lower())
        if not str(value).strip():
            raise self.make_error("required")
        if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise ValidationError(_("Giờ chưa đúng, ví dụ 09:00."))
        return time(int(found[1]), int(found[2] or 0))


class Amount(fields.Field[int]):
    """A whole number above zero; how large it may be depends on its unit."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        text = str(value).strip()
        if not text:
            raise self.make_error("required")
        if not re.fullmatch(r"[0-9]{1,6}", text):
            below = re.fullmatch(r"-[0-9]+", text)
            raise ValidationError(_("Nhập số nguyên từ 1 trở lên.") if below else _("Chỉ nhập số nguyên."))
        return int(text)


class Choice(fields.String):
    """One of a few answers."""

    def __init__(self, *known: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._known = known

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if value not in self._known:
            raise ValidationError(_("Lựa chọn này không còn, chọn lại."))
        return str(value)


class DeadlineQuery(Schema):
    """The calculator: when it was received, and how much time there is."""

    day = Day(required=True)
    at = TimeOfDay(required=True)
    amount = Amount(required=True)
    unit = Choice("wd", "h", "cd", "sd", required=True)


class NewDays(Schema):
    """A day off, a day worked or a swap, with who decided it."""

    kind = Choice("holiday", "off", "work", "swap", required=True)
    day = Day(required=True)
    pair = Day(load_default=None)
    part = Choice("day", "morning", "afternoon", load_default="day")
    name = Text(required=True, max_length=120)
    ground = Text(required=True, max_length=300)


class Removal(Schema):
    """Why a day is taken out of the calendar."""

    ground = Text(required=True, max_length=300)
