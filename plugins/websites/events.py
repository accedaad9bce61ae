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
