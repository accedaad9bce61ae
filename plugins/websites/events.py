"""What happens to articles and sites. The audit keeps these lines for good, so no text of an article is among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from core.api import N_, Event, _

Fact = TypeVar("Fact", bound=Event)


def _fact(base: type[Fact], name: str, label: str, *, milestone: bool = False) -> type[Fact]:
    """Return a fact with the fields of its base, which differs from its like by name and label alone."""
    words = "".join(word.capitalize() for word in name.split("_"))
    return type(words, (base,), {"name": f"websites.{name}", "label": label, "milestone": milestone})


@dataclass(frozen=True, kw_only=True)
class ArticleEvent(Event):
    """What the facts about one article have in common."""

    object_type: ClassVar[str] = "websites.article"
    title: str


ArticleWritten = _fact(ArticleEvent, "article_written", N_("viết bài “{title}”"), milestone=True)
ArticleSubmitted = _fact(ArticleEvent, "article_submitted", N_("gửi biên tập bài “{title}”"), milestone=True)
ArticleForwarded = _fact(
    ArticleEvent, "article_forwarded", N_("trình duyệt đăng bài “{title}”"), milestone=True
)
ArticleUnscheduled = _fact(ArticleEvent, "article_unscheduled", N_("bỏ hẹn giờ đăng bài “{title}”"))
ArticleWithdrawn = _fact(
    ArticleEvent, "article_withdrawn", N_("gỡ bài “{title}” khỏi trang công khai"), milestone=True
)
ArticleExpired = _fact(
    ArticleEvent, "article_expired", N_("gỡ bài “{title}” vì đã đến giờ hẹn gỡ"), milestone=True
)
ArticleMissed = _fact(
    ArticleEvent,
    "article_missed",
    N_("không đăng bài “{title}”: giờ đăng và giờ gỡ đã qua cả; bài về chờ duyệt đăng"),
    milestone=True,
)
ArticleHeld = _fact(
    ArticleEvent,
    "article_held",
    N_(
        "không đăng bài “{title}” vào giờ hẹn: có tệp chưa qua hoặc không qua quét mã độc; bài về chờ duyệt đăng"
    ),
    milestone=True,
)
ArticlePutAway = _fact(ArticleEvent, "article_put_away", N_("cất bài “{title}”"), milestone=True)
ArticleTakenBack = _fact(ArticleEvent, "article_taken_back", N_("lấy lại bài “{title}”"))
ArticleOffered = _fact(ArticleEvent, "article_offered", N_("đề nghị đưa bài “{title}” lên trang chủ chung"))
ArticleRetracted = _fact(ArticleEvent, "article_retracted", N_("rút bài “{title}” khỏi trang chủ chung"))


@dataclass(frozen=True, kw_only=True)
class ArticleChanged(ArticleEvent):
    """An article has another text; the revision of that number holds it."""

    name: ClassVar[str] = "websites.article_changed"
    label: ClassVar[str] = N_("sửa bài “{title}”, thành bản {revision}")
    field_titles: ClassVar[Mapping[str, str]] = {
        "title": N_("Tiêu đề"),
        "length": N_("Số ký tự"),
        "symbol": N_("Số, ký hiệu"),
        "files": N_("Tệp đính kèm"),
    }
    revision: int


@dataclass(frozen=True, kw_only=True)
class ArticleReturned(ArticleEvent):
    """An article went back to its author."""

    name: ClassVar[str] = "websites.article_returned"
    label: ClassVar[str] = N_("trả lại bài “{title}”: {reason}")
    milestone: ClassVar[bool] = True
    reason: str


@dataclass(frozen=True, kw_only=True)
class ArticleScheduled(ArticleEvent):
    """An article will be public from a set time on."""

    name: ClassVar[str] = "websites.article_scheduled"
    label: ClassVar[str] = N_("hẹn đăng bài “{title}” lúc {at}")
    milestone: ClassVar[bool] = True
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ArticleScheduledUntil(ArticleScheduled):
    """An article will be public from a set time on, and no more from another on."""

    name: ClassVar[str] = "websites.article_scheduled_until"
    label: ClassVar[str] = N_("hẹn đăng bài “{title}” lúc {at}, tự gỡ lúc {until}")
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ArticlePublished(ArticleEvent):
    """The public sees a revision of an article."""

    name: ClassVar[str] = "websites.article_published"
    label: ClassVar[str] = N_("đăng bài “{title}”, bản {revision}")
    milestone: ClassVar[bool] = True
    revision: int


ARTICLES = (
    ArticleWritten, ArticleChanged, ArticleSubmitted, ArticleForwarded, ArticleReturned, ArticleScheduled,
    ArticleScheduledUntil, ArticleUnscheduled, ArticlePublished, ArticleWithdrawn, ArticleExpired, ArticleMissed, ArticleHeld,
    ArticlePutAway, ArticleTakenBack,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CodedEvent(Event):
    """A fact that keeps codes; readers get their titles, each in the own language."""

    codes: ClassVar[Mapping[str, Mapping[str, str]]]
    """Field → code → title."""

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        # Entries from before there were codes hold the title itself.
        return _(cls.codes[field].get(value, value)) if field in cls.codes else value


@dataclass(frozen=True, kw_only=True)
class SiteEvent(Event):
    """What the facts about a site have in common."""

    object_type: ClassVar[str] = "websites.site"


SiteOpened = _fact(SiteEvent, "site_opened", N_("mở trang thông tin cho công chúng"), milestone=True)
SiteClosed = _fact(SiteEvent, "site_closed", N_("đóng trang thông tin đối với công chúng"), milestone=True)


SITE_FIELDS: Mapping[str, str] = {
    "name": N_("Tên trang"),
    "tagline": N_("Khẩu hiệu"),
    "responsible": N_("Người chịu trách nhiệm nội dung"),
    "licence": N_("Giấy phép"),
    "address": N_("Địa chỉ"),
    "phone": N_("Điện thoại"),
    "email": N_("Thư điện tử"),
    "palette": N_("Bộ màu"),
    "logo_id": N_("Biểu trưng"),
    "banner_id": N_("Ảnh đầu trang"),
    "has_english": N_("Trang có bản tiếng Anh"),
    "name_en": N_("Tên trang bằng tiếng Anh"),
    "tagline_en": N_("Khẩu hiệu bằng tiếng Anh"),
}


@dataclass(frozen=True, kw_only=True)
class SiteChanged(SiteEvent):
    """The site is called, reached or coloured otherwise."""

    name: ClassVar[str] = "websites.site_changed"
    label: ClassVar[str] = N_("sửa thông tin trang: {fields}")
    fields: list[str]

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        return [_(SITE_FIELDS.get(each, each)) for each in value] if field == "fields" else value


@dataclass(frozen=True, kw_only=True)
class SiteArranged(CodedEvent, SiteEvent):
    """Categories, menu or links were changed."""

    codes: ClassVar[Mapping[str, Mapping[str, str]]] = {"what": {
        "category_added": N_("thêm chuyên mục"),
        "category_changed": N_("sửa chuyên mục"),
        "category_removed": N_("bỏ chuyên mục"),
        "menu_item_added": N_("thêm dòng menu"),
        "menu_item_changed": N_("sửa dòng menu"),
        "menu_item_removed": N_("bỏ dòng menu"),
        "link_added": N_("thêm liên kết"),
        "link_changed": N_("sửa liên kết"),
        "link_removed": N_("bỏ liên kết"),
        "moved_up": N_("chuyển lên"),
        "leader_described": N_("sửa phần giới thiệu"),
    }}  # fmt: skip
    name: ClassVar[str] = "websites.site_arranged"
    label: ClassVar[str] = N_("sắp xếp trang: {what} “{title}”")
    what: str
    title: str


@dataclass(frozen=True, kw_only=True)
class PictureEvent(Event):
    """What the facts about one picture of the library have in common."""

    object_type: ClassVar[str] = "websites.picture"
    alt: str


PictureAdded = _fact(PictureEvent, "picture_added", N_("thêm ảnh “{alt}” vào thư viện"))
PictureChanged = _fact(PictureEvent, "picture_changed", N_("sửa lời tả ảnh “{alt}”"))
PictureRemoved = _fact(PictureEvent, "picture_removed", N_("bỏ ảnh “{alt}” khỏi thư viện"))


@dataclass(frozen=True, kw_only=True)
class DomainEvent(SiteEvent):
    """What the facts about an agency's wish for a host name of its own have in common."""

    host: str


DomainRequested = _fact(DomainEvent, "domain_requested", N_("xin dùng tên miền riêng {host}"))
DomainDropped = _fact(DomainEvent, "domain_dropped", N_("thôi dùng tên miền riêng {host}"))


@dataclass(frozen=True, kw_only=True)
class DomainDecided(CodedEvent):
    """The IT centre has said yes or no to a host name, or taken a yes back."""

    codes: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "answer": {"approved": N_("duyệt"), "refused": N_("từ chối"), "revoked": N_("thu hồi")}
    }
    object_type: ClassVar[str] = "websites.domain"
    name: ClassVar[str] = "websites.domain_decided"
    label: ClassVar[str] = N_("{answer} tên miền riêng {host} của {agency}")
    answer: str
    host: str
    agency: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class OfferDecided(CodedEvent):
    """The portal's editor has said yes or no to an article."""

    codes: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "answer": {"accepted": N_("nhận"), "refused": N_("không nhận")}
    }
    object_type: ClassVar[str] = "websites.front_item"
    name: ClassVar[str] = "websites.offer_decided"
    label: ClassVar[str] = N_("{answer} bài “{title}” trên trang chủ chung")
    answer: str
    title: str


ALL = (
    *ARTICLES, SiteChanged, SiteOpened, SiteClosed, SiteArranged, PictureAdded, PictureChanged, PictureRemoved,
    DomainRequested, DomainDropped, DomainDecided, ArticleOffered, ArticleRetracted, OfferDecided,
)  # fmt: skip
