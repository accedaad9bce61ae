"""What happens to articles and sites. The audit keeps these lines for good, so no text of an article is among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class ArticleEvent(Event):
    """What the facts about one article have in common."""

    object_type: ClassVar[str] = "websites.article"
    title: str


@dataclass(frozen=True, kw_only=True)
class ArticleWritten(ArticleEvent):
    """The site has a new draft."""

    name: ClassVar[str] = "websites.article_written"
    label: ClassVar[str] = N_("viết bài “{title}”")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class ArticleChanged(ArticleEvent):
    """An article has another text; the revision of that number holds it."""

    name: ClassVar[str] = "websites.article_changed"
    label: ClassVar[str] = N_("sửa bài “{title}”, thành bản {revision}")
    field_titles: ClassVar[Mapping[str, str]] = {
        "title": N_("Tiêu đề"),
        "length": N_("Số ký tự"),
        "symbol": N_("Số, ký hiệu"),
    }
    revision: int


@dataclass(frozen=True, kw_only=True)
class ArticleSubmitted(ArticleEvent):
    """An author is done; it is the editors' turn."""

    name: ClassVar[str] = "websites.article_submitted"
    label: ClassVar[str] = N_("gửi biên tập bài “{title}”")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class ArticleForwarded(ArticleEvent):
    """An editor is done; it is the publishers' turn."""

    name: ClassVar[str] = "websites.article_forwarded"
    label: ClassVar[str] = N_("trình duyệt đăng bài “{title}”")
    milestone: ClassVar[bool] = True


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
class ArticleUnscheduled(ArticleEvent):
    """The set time no longer counts."""

    name: ClassVar[str] = "websites.article_unscheduled"
    label: ClassVar[str] = N_("bỏ hẹn giờ đăng bài “{title}”")


@dataclass(frozen=True, kw_only=True)
class ArticlePublished(ArticleEvent):
    """The public sees a revision of an article."""

    name: ClassVar[str] = "websites.article_published"
    label: ClassVar[str] = N_("đăng bài “{title}”, bản {revision}")
    milestone: ClassVar[bool] = True
    revision: int


@dataclass(frozen=True, kw_only=True)
class ArticleWithdrawn(ArticleEvent):
    """The public no longer sees an article."""

    name: ClassVar[str] = "websites.article_withdrawn"
    label: ClassVar[str] = N_("gỡ bài “{title}” khỏi trang công khai")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class ArticleExpired(ArticleEvent):
    """The set end of an article's time in public has come."""

    name: ClassVar[str] = "websites.article_expired"
    label: ClassVar[str] = N_("gỡ bài “{title}” vì đã đến giờ hẹn gỡ")
    milestone: ClassVar[bool] = True


ARTICLES = (
    ArticleWritten, ArticleChanged, ArticleSubmitted, ArticleForwarded, ArticleReturned, ArticleScheduled,
    ArticleUnscheduled, ArticlePublished, ArticleWithdrawn, ArticleExpired,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SiteEvent(Event):
    """What the facts about a site have in common."""

    object_type: ClassVar[str] = "websites.site"


@dataclass(frozen=True, kw_only=True)
class SiteChanged(SiteEvent):
    """The site is called, reached or coloured otherwise."""

    name: ClassVar[str] = "websites.site_changed"
    label: ClassVar[str] = N_("sửa thông tin trang: {fields}")
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class SiteOpened(SiteEvent):
    """The public sees the site."""

    name: ClassVar[str] = "websites.site_opened"
    label: ClassVar[str] = N_("mở trang thông tin cho công chúng")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class SiteClosed(SiteEvent):
    """The public no longer sees the site."""

    name: ClassVar[str] = "websites.site_closed"
    label: ClassVar[str] = N_("đóng trang thông tin đối với công chúng")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class SiteArranged(SiteEvent):
    """Categories, menu or links were changed."""

    name: ClassVar[str] = "websites.site_arranged"
    label: ClassVar[str] = N_("sắp xếp trang: {what} “{title}”")
    what: str
    title: str


@dataclass(frozen=True, kw_only=True)
class PictureAdded(Event):
    """The library has a new picture."""

    object_type: ClassVar[str] = "websites.picture"
    name: ClassVar[str] = "websites.picture_added"
    label: ClassVar[str] = N_("thêm ảnh “{alt}” vào thư viện")
    alt: str


@dataclass(frozen=True, kw_only=True)
class PictureChanged(Event):
    """A picture is described otherwise."""

    object_type: ClassVar[str] = "websites.picture"
    name: ClassVar[str] = "websites.picture_changed"
    label: ClassVar[str] = N_("sửa lời tả ảnh “{alt}”")
    alt: str


@dataclass(frozen=True, kw_only=True)
class PictureRemoved(Event):
    """A picture nobody uses is gone."""

    object_type: ClassVar[str] = "websites.picture"
    name: ClassVar[str] = "websites.picture_removed"
    label: ClassVar[str] = N_("bỏ ảnh “{alt}” khỏi thư viện")
    alt: str


@dataclass(frozen=True, kw_only=True)
class DomainRequested(SiteEvent):
    """An agency asks for a host name of its own."""

    name: ClassVar[str] = "websites.domain_requested"
    label: ClassVar[str] = N_("xin dùng tên miền riêng {host}")
    host: str


@dataclass(frozen=True, kw_only=True)
class DomainDropped(SiteEvent):
    """An agency no longer uses a host name."""

    name: ClassVar[str] = "websites.domain_dropped"
    label: ClassVar[str] = N_("thôi dùng tên miền riêng {host}")
    host: str


@dataclass(frozen=True, kw_only=True)
class DomainDecided(Event):
    """The IT centre has said yes or no to a host name."""

    object_type: ClassVar[str] = "websites.domain"
    name: ClassVar[str] = "websites.domain_decided"
    label: ClassVar[str] = N_("{answer} tên miền riêng {host} của {agency}")
    answer: str
    host: str
    agency: str


@dataclass(frozen=True, kw_only=True)
class ArticleOffered(ArticleEvent):
    """An agency offers a published article to the province's front page."""

    name: ClassVar[str] = "websites.article_offered"
    label: ClassVar[str] = N_("đề nghị đưa bài “{title}” lên trang chủ của tỉnh")


@dataclass(frozen=True, kw_only=True)
class ArticleRetracted(ArticleEvent):
    """An agency takes its offer back."""

    name: ClassVar[str] = "websites.article_retracted"
    label: ClassVar[str] = N_("rút bài “{title}” khỏi trang chủ của tỉnh")


@dataclass(frozen=True, kw_only=True)
class OfferDecided(Event):
    """The portal's editor has said yes or no to an article."""

    object_type: ClassVar[str] = "websites.front_item"
    name: ClassVar[str] = "websites.offer_decided"
    label: ClassVar[str] = N_("{answer} bài “{title}” trên trang chủ của tỉnh")
    answer: str
    title: str


ALL = (
    *ARTICLES, SiteChanged, SiteOpened, SiteClosed, SiteArranged, PictureAdded, PictureChanged, PictureRemoved,
    DomainRequested, DomainDropped, DomainDecided, ArticleOffered, ArticleRetracted, OfferDecided,
)  # fmt: skip
