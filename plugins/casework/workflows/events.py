"""What happens to workflows; the audit keeps these lines for good."""

from dataclasses import dataclass
from typing import Any, ClassVar

from core.api import N_, Event, _, lower_first
from plugins.casework.cases.events import CaseEvent


@dataclass(frozen=True, kw_only=True)
class WorkflowEvent(Event):
    """What they have in common: they are about how the agency works, not about one case."""

    object_type: ClassVar[str] = "casework.workflow"
    about_agency: ClassVar[bool] = True
    kind: str
    title: str
    number: int

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        return lower_first(_(value)) if field == "title" else value


@dataclass(frozen=True, kw_only=True)
class WorkflowChanged(WorkflowEvent):
    """An agency has a new version of a workflow; `changes` says what differs, in the words of whoever made it."""

    name: ClassVar[str] = "casework.workflow_changed"
    label: ClassVar[str] = N_("sửa quy trình {title}, nay là phiên bản {number}")


@dataclass(frozen=True, kw_only=True)
class WorkflowReset(WorkflowEvent):
    """An agency works by the module's own workflow again."""

    name: ClassVar[str] = "casework.workflow_reset"
    label: ClassVar[str] = N_("đưa quy trình {title} về bản của phân hệ, nay là phiên bản {number}")


@dataclass(frozen=True, kw_only=True)
class CasesMovedOver(WorkflowEvent):
    """Running cases of an older version are let go on by a newer one."""

    name: ClassVar[str] = "casework.cases_moved_over"
    label: ClassVar[str] = N_(
        "chuyển {count} việc đang chạy của quy trình {title} từ phiên bản {old} sang phiên bản {number}"
    )
    old: int
    count: int


@dataclass(frozen=True, kw_only=True)
class CaseMovedOver(CaseEvent):
    """A running case goes on by another version of its workflow."""

    name: ClassVar[str] = "casework.case_moved_over"
    label: ClassVar[str] = N_("chuyển {code} sang quy trình phiên bản {number}: {state}")
    number: int
    state: str

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        return _(value) if field == "state" else value


ALL = (WorkflowChanged, WorkflowReset, CasesMovedOver, CaseMovedOver)
