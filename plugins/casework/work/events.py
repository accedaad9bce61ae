"""What happens to feeds of deadlines and to the rules of reminding; the audit keeps these lines for good."""

from dataclasses import dataclass
from typing import ClassVar

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class FeedMade(Event):
    """Somebody has a secret address for their deadlines."""

    name: ClassVar[str] = "casework.feed_made"
    label: ClassVar[str] = N_("tạo địa chỉ lịch hạn riêng")
    object_type: ClassVar[str] = "casework.feed"
    person: str


@dataclass(frozen=True, kw_only=True)
class FeedEnded(Event):
    """A secret address leads nowhere any more."""

    name: ClassVar[str] = "casework.feed_ended"
    label: ClassVar[str] = N_("thu hồi địa chỉ lịch hạn riêng")
    object_type: ClassVar[str] = "casework.feed"
    person: str


@dataclass(frozen=True, kw_only=True)
class RemindingChanged(Event):
    """The agency reminds at other times."""

    name: ClassVar[str] = "casework.reminding_changed"
    label: ClassVar[str] = N_(
        "đổi quy tắc nhắc hạn: nhắc trước {before} ngày làm việc, nhắc sáng ngày đến hạn: {on_the_day}, báo lãnh đạo sau {after} ngày quá hạn"
    )
    object_type: ClassVar[str] = "casework.reminding"
    about_agency: ClassVar[bool] = True
    before: int
    on_the_day: bool
    after: int


ALL = (FeedMade, FeedEnded, RemindingChanged)
