"""What happens around press issues beside the moves of their cases; the audit keeps no text of theirs."""

from dataclasses import dataclass
from typing import ClassVar

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class ArticleAdded(Event):
    """An issue has an article more."""

    name: ClassVar[str] = "press_issues.article_added"
    label: ClassVar[str] = N_("thêm bài của {outlet} vào {code}")
    object_type: ClassVar[str] = "casework.case"
    outlet: str
    code: str


@dataclass(frozen=True, kw_only=True)
class RuleAdded(Event):
    """An agency gives itself another time for a kind of issues."""

    name: ClassVar[str] = "press_issues.rule_added"
    label: ClassVar[str] = N_("đặt thời hạn trả lời báo {budget}, từ {since}")
    object_type: ClassVar[str] = "press_issues.rule"
    kind: str
    budget: str
    since: str


@dataclass(frozen=True, kw_only=True)
class SpokespersonNamed(Event):
    """Somebody may answer the press."""

    name: ClassVar[str] = "press_issues.spokesperson_named"
    label: ClassVar[str] = N_("giao {person} phát ngôn với báo chí từ {since}")
    object_type: ClassVar[str] = "press_issues.spokesperson"
    person: str
    since: str


@dataclass(frozen=True, kw_only=True)
class SpokespersonEnded(Event):
    """Somebody may not answer the press any more."""

    name: ClassVar[str] = "press_issues.spokesperson_ended"
    label: ClassVar[str] = N_("thôi giao {person} phát ngôn với báo chí")
    object_type: ClassVar[str] = "press_issues.spokesperson"
    person: str


@dataclass(frozen=True, kw_only=True)
class PublicPageSwitched(Event):
    """An agency shows its answers to the public, or does not any more."""

    name: ClassVar[str] = "press_issues.public_page_switched"
    label: ClassVar[str] = N_("đổi trang công khai phản hồi báo chí")
    object_type: ClassVar[str] = "press_issues.setting"
    is_public: bool


@dataclass(frozen=True, kw_only=True)
class FeedAdded(Event):
    """The server fetches an address from now on."""

    name: ClassVar[str] = "press_issues.feed_added"
    label: ClassVar[str] = N_("thêm nguồn tin {address}")
    object_type: ClassVar[str] = "press_issues.feed"
    address: str


@dataclass(frozen=True, kw_only=True)
class FeedStopped(FeedAdded):
    """The server fetches an address no more."""

    name: ClassVar[str] = "press_issues.feed_stopped"
    label: ClassVar[str] = N_("bỏ nguồn tin {address}")


@dataclass(frozen=True, kw_only=True)
class FeedTaken(Event):
    """A file brought articles to choose from."""

    name: ClassVar[str] = "press_issues.feed_taken"
    label: ClassVar[str] = N_("đọc tệp nguồn tin: {count} bài mới")
    count: int


@dataclass(frozen=True, kw_only=True)
class ItemLeft(Event):
    """Somebody took what a feed brought off the list."""

    name: ClassVar[str] = "press_issues.item_left"
    label: ClassVar[str] = N_("bỏ qua bài của {outlet} trong nguồn tin")
    object_type: ClassVar[str] = "press_issues.feed_item"
    outlet: str


ALL = (
    ArticleAdded, RuleAdded, SpokespersonNamed, SpokespersonEnded, PublicPageSwitched, FeedAdded, FeedStopped, FeedTaken, ItemLeft,
)  # fmt: skip
