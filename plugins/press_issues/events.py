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


ALL = (
    ArticleAdded, RuleAdded, SpokespersonNamed, SpokespersonEnded, PublicPageSwitched,
)  # fmt: skip
