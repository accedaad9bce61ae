"""What comes in from the forms of staff."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validate

from core.api import Day, Invalid, Moment, PageQuery, Text, _, format_date, reading_as
from plugins.websites.palettes import DEFAULT_PALETTE, PALETTES
from plugins.websites.turns import KINDS, STATES

_MAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_TIME = re.compile(r"(\d{1,2})\s*[:hg.]\s*(\d{2})?$")


class Chosen(fields.UUID):
    """One row of a list, or none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = str(value).strip()
        return super()._deserialize(text, attr, data, **kwargs) if text else None


class Html(fields.String):
    """Rich text; cleaned and measured by the service that stores it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).replace("\r\n", "\n")


class OneOf(fields.String):
    """One of a few codes."""

    def __init__(self, codes: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs, metadata={"enum": list(codes)})
        self.codes = frozenset(codes)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if text not in self.codes:
            raise ValidationError(_("Lựa chọn này không còn, chọn lại."))
        return text


class Clock(fields.Field[str]):
    """A time of day as officers type it: 14:30, 14h30, 8h. Empty means none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = str(value).strip().lower()
        if not text:
            return ""
        found = _TIME.match(text)
        hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
        if hour > 23 or minute > 59:
            raise ValidationError(_("Giờ chưa đúng, ví dụ 14:30."))
        return f"{hour:02}:{minute:02}"


class ArticleTexts(Schema):
    """The words of an article."""

    title = Text(required=True, max_length=300)
    summary = Text(max_length=1000)
    body = Html(load_default="")
    title_en = Text(max_length=300)
    summary_en = Text(max_length=1000)
    body_en = Html(load_default="")
    category_id = Chosen(load_default=None)
    cover_id = Chosen(load_default=None)
    symbol = Text(max_length=80)
    issued_on = Day(load_default=None, allow_none=True)
    issuer = Text(max_length=200)


class ArticleInput(ArticleTexts):
    """A new article; `id`, chosen by the form, makes sending twice harmless."""

    article_id = fields.UUID(data_key="id", load_default=None)
    kind = OneOf(KINDS, required=True)


class ArticleChange(ArticleTexts):
    """The new text of an article, and the version that was read before."""

    version = fields.Integer(required=True)


ARTICLE_PATCH = ArticleTexts(partial=True)
"""What a program changes of an article; the version comes in the header If-Match."""


class ReturnInput(Schema):
    """Why an article goes back."""

    reason = Text(required=True, max_length=1000)


class RestoreInput(Schema):
    """Which revision becomes the newest one again."""

    number = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))
    version = fields.Integer(required=True)


class PublishInput(Schema):
    """When an article is to be public."""

    version = fields.Integer(required=True)
    when = OneOf(("now", "later"), load_default="now")
    publish_on = Day(load_default=None, allow_none=True)
    publish_time = Clock(load_default="")
    unpublish_on = Day(load_default=None, allow_none=True)
    unpublish_time = Clock(load_default="")


def moment(day: date | None, clock: str, zone: str, field: str, *, required: bool = False) -> datetime | None:
    """Return a day and a time of day as a moment; `field` names both in what is told.

    Raises Invalid when one of the two is missing.
    """
    if day is None and not clock and not required:
        return None
    errors = {}
    if day is None:
        errors[f"{field}_on"] = [_("Chưa nhập ngày.")]
    if not clock:
        errors[f"{field}_time"] = [_("Chưa nhập giờ, ví dụ 14:30.")]
    if errors:
        raise Invalid(errors)
    assert day is not None
    hour, minute = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=ZoneInfo(zone))


def next_hour(zone: str) -> tuple[str, str]:
    """Return the day and time of the next full hour, as a form holds them."""
    return as_typed(datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1), zone)


def as_typed(at: datetime, zone: str) -> tuple[str, str]:
    """Return the day and time of a moment, as a form holds them."""
    there = at.astimezone(ZoneInfo(zone))
    with reading_as("vi"):
        return format_date(there.date(), year=True), f"{there:%H:%M}"


class Ticked(fields.Field[bool]):
    """A box of a form: sent when it is ticked, missing when it is not."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        return str(value).lower() in {"on", "true", "1"}


class Mail(Text):
    """An address for mail, or none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if text and not _MAIL.fullmatch(text):
            raise ValidationError(_("Địa chỉ thư chưa đúng, ví dụ anhpn@hue.gov.vn."))
        return text


class Phone(Text):
    """Telephone numbers as offices write them, or none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if text and len(re.findall(r"\d", text)) < 3:
            raise ValidationError(_("Số điện thoại chưa đúng, ví dụ 0234 3822 123."))
        return text


class SiteInput(Schema):
    """How a site is called, reached and coloured."""

    version = fields.Integer(required=True)
    name = Text(required=True, max_length=200)
    name_en = Text(max_length=200)
    tagline = Text(max_length=300)
    tagline_en = Text(max_length=300)
    has_english = Ticked(load_default=False)
    palette = OneOf(PALETTES, load_default=DEFAULT_PALETTE)
    logo_id = Chosen(load_default=None)
    banner_id = Chosen(load_default=None)
    responsible = Text(max_length=200)
    licence = Text(max_length=200)
    address = Text(max_length=300)
    phone = Phone(max_length=100)
    email = Mail(max_length=200)


class LeaderInput(Schema):
    """What an agency says of one of its leaders."""

    version = fields.Integer(required=True)
    biography = Text(max_length=2000)
    duties = Text(max_length=2000)


class CategoryInput(Schema):
    """A new category."""

    title = Text(required=True, max_length=120)
    title_en = Text(max_length=120)
    parent_id = Chosen(load_default=None)
    on_home = Ticked(load_default=False)


class CategoryChange(CategoryInput):
    """A category as it shall be, and the version that was read before."""

    version = fields.Integer(required=True)


class MenuInput(Schema):
    """A new line of the menu."""

    title = Text(required=True, max_length=120)
    title_en = Text(max_length=120)
    target = OneOf(("home", "category", "article", "documents", "notices", "url"), required=True)
    category_id = Chosen(load_default=None)
    article_id = Chosen(load_default=None)
    url = Text(max_length=500)
    parent_id = Chosen(load_default=None)


class MenuChange(MenuInput):
    """A line of the menu as it shall be, and the version that was read before."""

    version = fields.Integer(required=True)


class LinkInput(Schema):
    """A new link to another site."""

    heading = Text(max_length=120)
    title = Text(required=True, max_length=200)
    title_en = Text(max_length=200)
    url = Text(required=True, max_length=500)


class LinkChange(LinkInput):
    """A link as it shall be, and the version that was read before."""

    version = fields.Integer(required=True)


class PictureInput(Schema):
    """What is said of a picture: the words for those who cannot see it are not optional."""

    alt = Text(required=True, max_length=300)
    caption = Text(max_length=500)


class DomainInput(Schema):
    """A host name an agency asks for."""

    host = Text(required=True, max_length=253)


class Decision(Schema):
    """A yes or no, with its reason."""

    answer = OneOf(("yes", "no"), required=True)
    reason = Text(max_length=500)


class DomainDecision(Decision):
    """The IT centre's answer about a host name; what was approved can be taken back."""

    answer = OneOf(("yes", "no", "revoke"), required=True)
    domain_id = fields.UUID(required=True)


class OfferDecision(Decision):
    """The portal editor's answer about an article."""

    item_id = fields.UUID(required=True)
    seen = Text(load_default="offered", max_length=20)
    """The state the article was in when the editor decided."""


class PictureQuery(PageQuery):
    """Which pictures of the library; `q` is looked for in alternative texts and captions."""

    q = fields.String()


class PictureItem(Schema):
    """A picture of the library; `small` and `shown` are addresses of it in two widths."""

    id = fields.UUID()
    alt = fields.String()
    caption = fields.String()
    width = fields.Integer()
    height = fields.Integer()
    small = fields.String()
    shown = fields.String()


class PictureList(Schema):
    """A page of pictures; `next` is the address of the next page, empty on the last one."""

    items = fields.List(fields.Nested(PictureItem))
    next = fields.String()


# ---- articles for programs ---------------------------------------------------------------------------------


class PublishDocument(Schema):
    """When an article is to be public; `version` is the one that was read and is meant."""

    version = fields.Integer(required=True)
    publish_at = Moment(format="iso", load_default=None, allow_none=True)
    unpublish_at = Moment(
        format="iso",
        allow_none=True,
        metadata={
            "description": "Left out, the end that was set for the published text stays; null takes it away."
        },
    )


class ArticleQuery(PageQuery):
    """The conditions of the list of articles; `mine` as state asks for what waits for you."""

    q = fields.String(
        metadata={"description": "Words of title and text, or their beginnings; accents may be left out."}
    )
    state = fields.String(validate=validate.OneOf(["", "mine", *STATES]))
    kind = fields.String(validate=validate.OneOf(["", *KINDS]))
    category = fields.UUID()


class ArticleItem(Schema):
    """One line of the list."""

    id = fields.UUID()
    title = fields.String()
    kind = fields.String()
    state = fields.String()
    return_reason = fields.String()
    category = fields.String(allow_none=True)
    author = fields.String(allow_none=True)
    changed_by = fields.String(allow_none=True)
    changed_at = fields.AwareDateTime(format="iso")
    publish_at = fields.AwareDateTime(format="iso", allow_none=True)
    is_public = fields.Boolean()
    created_at = fields.AwareDateTime(format="iso")
    public_since = fields.AwareDateTime(format="iso", allow_none=True)


class ArticleList(Schema):
    """A page of articles; `next` is the address of the next page, empty on the last one."""

    items = fields.List(fields.Nested(ArticleItem))
    next = fields.String()


class FileDocument(Schema):
    """A file of an article, where staff find it."""

    id = fields.UUID()
    name = fields.String()
    size = fields.Integer()
    address = fields.String()


class ArticleDocument(Schema):
    """One article as staff work on it; `public_revision` says which revision the public sees, if any."""

    id = fields.UUID()
    kind = fields.String()
    state = fields.String()
    return_reason = fields.String()
    title = fields.String()
    summary = fields.String()
    body = fields.String()
    title_en = fields.String()
    summary_en = fields.String()
    body_en = fields.String()
    category_id = fields.UUID(allow_none=True)
    category = fields.String(allow_none=True)
    cover_id = fields.UUID(allow_none=True)
    symbol = fields.String()
    issued_on = fields.Date(format="iso", allow_none=True)
    issuer = fields.String()
    files = fields.List(fields.Nested(FileDocument()))
    slug = fields.String()
    author = fields.String(allow_none=True)
    created_at = fields.AwareDateTime(format="iso")
    changed_by = fields.String(allow_none=True)
    changed_at = fields.AwareDateTime(format="iso")
    revision = fields.Integer()
    public_revision = fields.Integer(allow_none=True)
    public_address = fields.String()
    publish_at = fields.AwareDateTime(format="iso", allow_none=True)
    unpublish_at = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()
