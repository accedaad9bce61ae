"""What happens to calendars and clocks; the audit keeps these lines for good."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class DayEvent(Event):
    """What the facts about a day of a calendar have in common."""

    object_type: ClassVar[str] = "casework.calendar"
    milestone: ClassVar[bool] = True
    title: str
    days: list[date]
    ground: str


@dataclass(frozen=True, kw_only=True)
class DayAdded(DayEvent):
    """A day is not as its weekday says any more."""

    name: ClassVar[str] = "casework.day_added"
    label: ClassVar[str] = N_("thêm vào lịch làm việc: {title}, {days}; căn cứ {ground}")


@dataclass(frozen=True, kw_only=True)
class DayRemoved(DayEvent):
    """A day is as its weekday says again."""

    name: ClassVar[str] = "casework.day_removed"
    label: ClassVar[str] = N_("bỏ khỏi lịch làm việc: {title}, {days}; căn cứ {ground}")


@dataclass(frozen=True, kw_only=True)
class DeadlinesReplayed(Event):
    """Open deadlines were counted anew on a changed calendar."""

    name: ClassVar[str] = "casework.deadlines_replayed"
    label: ClassVar[str] = N_("tính lại {seen} thời hạn theo lịch mới, {moved} hạn thay đổi: {reason}")
    object_type: ClassVar[str] = "casework.calendar"
    seen: int
    moved: int
    reason: str
    cases: tuple[UUID, ...] = ()
    """Whose deadline moved: for those who hear of it in the transaction, and not kept in the audit."""

    @classmethod
    def own_fields(cls) -> list[Any]:
        return [each for each in super().own_fields() if each.name != "cases"]


@dataclass(frozen=True, kw_only=True)
class ClockEvent(Event):
    """What the facts about one clock have in common."""

    object_type: ClassVar[str] = "casework.clock"
    title: str
    owner_type: str
    owner_id: UUID
    ground: str


@dataclass(frozen=True, kw_only=True)
class ClockStarted(ClockEvent):
    """A deadline began to run."""

    name: ClassVar[str] = "casework.clock_started"
    label: ClassVar[str] = N_("bắt đầu tính thời hạn “{title}”, {budget}; căn cứ {ground}")
    milestone: ClassVar[bool] = True
    budget: str


@dataclass(frozen=True, kw_only=True)
class ClockPaused(ClockEvent):
    """A deadline stopped running."""

    name: ClassVar[str] = "casework.clock_paused"
    label: ClassVar[str] = N_("tạm dừng thời hạn “{title}”; căn cứ {ground}")


@dataclass(frozen=True, kw_only=True)
class ClockResumed(ClockEvent):
    """A deadline runs again with what was left of it."""

    name: ClassVar[str] = "casework.clock_resumed"
    label: ClassVar[str] = N_("cho chạy tiếp thời hạn “{title}”; căn cứ {ground}")


@dataclass(frozen=True, kw_only=True)
class ClockExtended(ClockEvent):
    """A deadline has more time."""

    name: ClassVar[str] = "casework.clock_extended"
    label: ClassVar[str] = N_("gia hạn “{title}” thêm {budget}; căn cứ {ground}")
    milestone: ClassVar[bool] = True
    budget: str


@dataclass(frozen=True, kw_only=True)
class ClockRestarted(ClockEvent):
    """A deadline runs from its beginning again."""

    name: ClassVar[str] = "casework.clock_restarted"
    label: ClassVar[str] = N_("tính lại từ đầu thời hạn “{title}”; căn cứ {ground}")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class ClockClosed(ClockEvent):
    """What had a deadline is done."""

    name: ClassVar[str] = "casework.clock_closed"
    label: ClassVar[str] = N_("kết thúc thời hạn “{title}”; {ground}")
    milestone: ClassVar[bool] = True


CLOCK_RUNS = (ClockPaused, ClockResumed, ClockExtended, ClockRestarted)
"""What moves the due date of a clock that was started before."""
ALL = (
    DayAdded,
    DayRemoved,
    DeadlinesReplayed,
    ClockStarted,
    ClockPaused,
    ClockResumed,
    ClockExtended,
    ClockRestarted,
    ClockClosed,
)
