"""What happens to legs, told in the audit of both agencies: each fact stands in the history of the case of its side."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from core.api import N_, _, lower_first
from plugins.casework.cases.events import CaseEvent
from plugins.casework.cases.queries import is_guarded
from plugins.casework.deadlines.budget import more_words


@dataclass(frozen=True, kw_only=True)
class LegEvent(CaseEvent):
    """What they have in common; `agency` is that of whoever acted, `other` the one on the other side."""

    told: ClassVar[tuple[str, ...]] = ("code", "agency", "other", "further", "purpose")
    leg_id: UUID
    agency: str
    other: str
    purpose: str

    @classmethod
    def told_of(cls, object_id: UUID | None) -> tuple[str, ...]:
        # Whom a restricted case went to, and what for, tells what it is about.
        return ("code",) if object_id and is_guarded(object_id) else cls.told

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        return lower_first(_(value)) if field == "purpose" else value


@dataclass(frozen=True, kw_only=True)
class LegSent(LegEvent):
    """An agency asks another one."""

    name: ClassVar[str] = "casework.leg_sent"
    label: ClassVar[str] = N_("({agency}) gửi {other} chặng {purpose} của {code}")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class LegTaken(LegEvent):
    """The agency that was asked takes it on, or has taken note."""

    name: ClassVar[str] = "casework.leg_taken"
    label: ClassVar[str] = N_("({agency}) tiếp nhận chặng {purpose} của {code}")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class LegReturned(LegEvent):
    """The agency that was asked does not take it."""

    name: ClassVar[str] = "casework.leg_returned"
    label: ClassVar[str] = N_("({agency}) trả lại chặng {purpose} của {code} cho {other}")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class LegForwarded(LegEvent):
    """The agency that was asked asks a further one."""

    name: ClassVar[str] = "casework.leg_forwarded"
    label: ClassVar[str] = N_("({agency}) chuyển tiếp chặng {purpose} của {code} tới {further}")
    milestone: ClassVar[bool] = True
    further: str


@dataclass(frozen=True, kw_only=True)
class LegAnswered(LegEvent):
    """The agency that was asked has answered."""

    name: ClassVar[str] = "casework.leg_answered"
    label: ClassVar[str] = N_("({agency}) trả lời lần {number} chặng {purpose} của {code}")
    milestone: ClassVar[bool] = True
    number: int


@dataclass(frozen=True, kw_only=True)
class LegAskedAgain(LegEvent):
    """The answer is not enough."""

    name: ClassVar[str] = "casework.leg_asked_again"
    label: ClassVar[str] = N_(
        "({agency}) hỏi lại {other} về câu trả lời lần {number} chặng {purpose} của {code}"
    )
    milestone: ClassVar[bool] = True
    number: int


@dataclass(frozen=True, kw_only=True)
class LegDone(LegEvent):
    """The answer is what was asked for."""

    name: ClassVar[str] = "casework.leg_done"
    label: ClassVar[str] = N_(
        "({agency}) dùng câu trả lời lần {number} của {other}, đóng chặng {purpose} của {code}"
    )
    milestone: ClassVar[bool] = True
    number: int


@dataclass(frozen=True, kw_only=True)
class LegRecalled(LegEvent):
    """Whoever asked does not ask any more."""

    name: ClassVar[str] = "casework.leg_recalled"
    label: ClassVar[str] = N_("({agency}) rút lại chặng {purpose} của {code} đã gửi {other}")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class LegExtended(LegEvent):
    """Whoever asked gives more time."""

    name: ClassVar[str] = "casework.leg_extended"
    label: ClassVar[str] = N_("({agency}) gia hạn chặng {purpose} của {code} cho {other}: {more}")
    milestone: ClassVar[bool] = True
    more: str

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        return more_words(value) if field == "more" else super().shown(field, value)


@dataclass(frozen=True, kw_only=True)
class LegPaused(LegEvent):
    """The time for it stands still, on a ground."""

    name: ClassVar[str] = "casework.leg_paused"
    label: ClassVar[str] = N_("({agency}) tạm dừng thời hạn chặng {purpose} của {code}")


@dataclass(frozen=True, kw_only=True)
class LegResumed(LegEvent):
    """The time for it goes on."""

    name: ClassVar[str] = "casework.leg_resumed"
    label: ClassVar[str] = N_("({agency}) cho chạy tiếp thời hạn chặng {purpose} của {code}")


ALL = (
    LegExtended,
    LegPaused,
    LegResumed,
    LegSent,
    LegTaken,
    LegReturned,
    LegForwarded,
    LegAnswered,
    LegAskedAgain,
    LegDone,
    LegRecalled,
)
