"""Read forms and JSON through marshmallow schemas, with messages officers understand."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields

from core.i18n import N_, _, local
from core.text import tidy_text
from core.web.errors import BadRequest, Invalid

MESSAGES = {
    "Missing data for required field.": N_("Chưa nhập."),
    "Field may not be null.": N_("Chưa nhập."),
    "Unknown field.": N_("Ở đây không nhận ô hay tham số này."),
    "Not a valid integer.": N_("Chỉ nhập số nguyên."),
    "Not a valid boolean.": N_("Chỉ chọn có hoặc không."),
    "Not a valid UUID.": N_("Lựa chọn này không còn, chọn lại."),
    "Not a valid string.": N_("Chỉ nhập chữ."),
    "Must be one of": N_("Lựa chọn này không còn, chọn lại."),
    "Invalid input type.": N_("Nội dung gửi lên không đúng kiểu."),
}
_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{4}|\d{2}))?$")


class Text(fields.String):
    """A trimmed text; empty counts as missing when `required`, and `max_length` is told in words."""

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", "")
        super().__init__(**kwargs)
        self.max_length = max_length

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        # Browsers send the lines of a text apart as CR LF, programs as LF.
        said = str(super()._deserialize(value, attr, data, **kwargs))
        text = said.replace("\r\n", "\n").replace("\xa0", " ").strip()
        if "\x00" in text:
            raise ValidationError(_("Có ký tự không in được, nhập lại."))
        if self.required and not text:
            raise self.make_error("required")
        if len(text) > self.max_length:
            raise ValidationError(_("Dài quá {max} ký tự.", max=self.max_length))
        return text


class Day(fields.Date):
    """A date as officers type it: 14/9, 14/9/2026, 14.9.26, 140926, or ISO; to 2100, as calendars go. Empty means none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date | None:  # type: ignore[override]
        text = str(value).strip()
        if not text and self.required:
            raise self.make_error("required")
        found = parse_day(text)
        if text and (found is None or found.year > 2100):
            raise ValidationError(_("Chỉ nhận ngày đến hết năm 2100.") if found else _("Ngày chưa đúng, ví dụ 14/9/2026."))  # fmt: skip
        return found


class Moment(fields.AwareDateTime):
    """A moment with its zone, as programs send it; of this century, so that it can be written in every zone."""

    default_error_messages = dict.fromkeys(("invalid", "invalid_awareness"), N_("Ghi ngày giờ kèm múi giờ, ví dụ 2026-09-14T08:00:00+07:00."))  # fmt: skip

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        if not 2000 <= (found := super()._deserialize(value, attr, data, **kwargs)).year <= 2100:
            raise ValidationError(_("Chỉ nhận ngày giờ từ năm 2000 đến năm 2100."))
        return found


class Choices(fields.List[Any]):
    """Several choices of one name; a single choice is posted as plain text."""

    def __init__(self, inner: Any, **kwargs: Any) -> None:
        kwargs.setdefault("load_default", list)
        super().__init__(inner, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        return super()._deserialize(value if isinstance(value, list) else [value], attr, data, **kwargs)


class PageQuery(Schema):
    """The parameters every list takes in its address; lists add their own conditions."""

    after = fields.String(
        metadata={"description": "Where this page begins; taken from `next` of the page before."}
    )
    before = fields.String(metadata={"description": "Where this page ends."})


def parse_day(text: str) -> date | None:
    """Return the date a person typed, or None; two-digit years are of this century."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        parts: tuple[str, str, str | None] = (text[8:], text[5:7], text[:4])
    elif re.fullmatch(r"\d{6}|\d{8}", text):
        parts = (text[:2], text[2:4], text[4:])
    elif match := _DATE.fullmatch(text):
        parts = (match[1], match[2], match[3])
    else:
        return None
    year = int(parts[2]) if parts[2] else local(datetime.now(UTC)).year
    try:
        return date(year if year > 99 else 2000 + year, int(parts[1]), int(parts[0]))
    except ValueError:
        return None


def load(schema: Schema, data: Any) -> dict[str, Any]:
    """Return the checked values of a form or document.

    Raises Invalid with `{field: [messages]}`, BadRequest for a document that is no object.
    """
    if not isinstance(data, Mapping):
        raise BadRequest(_("Nội dung gửi lên phải là một đối tượng JSON."))
    # Fields that begin with lt_ belong to the platform: they are about the form, not in it.
    given = {key: _tidied(value) for key, value in data.items() if not key.startswith(("csrf_token", "lt_"))}
    try:
        return dict(schema.load(given))
    except ValidationError as error:
        raise Invalid(_flat(error.messages_dict)) from error


def _tidied(value: Any) -> Any:
    """Return what came in with every text in it as it is stored, whichever field and module it is for."""
    if isinstance(value, str):
        return tidy_text(value)
    if isinstance(value, Mapping):
        return {key: _tidied(each) for key, each in value.items()}
    return [_tidied(each) for each in value] if isinstance(value, list) else value


def _flat(messages: Mapping[Any, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field, value in messages.items():
        if isinstance(value, Mapping):
            found.update({f"{field}.{inner}": texts for inner, texts in _flat(value).items()})
        else:
            # What goes on after a colon is a list of codes for programmers.
            found[str(field)] = [_(MESSAGES.get(str(text).partition(":")[0], str(text))) for text in value]
    return found
