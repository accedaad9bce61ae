"""What happens to cases; the audit keeps these lines for good, so what people wrote is not among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from core.api import N_, Event, _, lower_first


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Event):
    """What the facts about one case have in common."""

    object_type: ClassVar[str] = "casework.case"
    told: ClassVar[tuple[str, ...]] = ("code",)
    code: str
    title: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class CaseOpened(CaseEvent):
    """An agency has a case more."""

    name: ClassVar[str] = "casework.case_opened"
    label: ClassVar[str] = N_("mở {code} “{title}”")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class CaseDayNamed(CaseEvent):
    """Whoever opened a case named the day by which it is due."""

    name: ClassVar[str] = "casework.case_day_named"
    label: ClassVar[str] = N_("đặt hạn {code}: {due}")
    due: date


@dataclass(frozen=True, kw_only=True)
class CaseMoved(CaseEvent):
    """A case stands elsewhere in its workflow."""

    name: ClassVar[str] = "casework.case_moved"
    label: ClassVar[str] = N_("{done} {code}: {state}")
    milestone: ClassVar[bool] = True
    done: str
    """The act, as its button says it."""
    state: str
    """The title of the state it is in now."""
    transition: str
    to_state: str
    in_place_of: str = ""
    """The name of whom the person stood in for."""

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        if field == "done":
            return lower_first(_(value))
        return _(value) if field == "state" else value


@dataclass(frozen=True, kw_only=True)
class CaseMovedInPlace(CaseMoved):
    """The same, by somebody who stands in for another."""

    name: ClassVar[str] = "casework.case_moved_in_place"
    label: ClassVar[str] = N_("thay {in_place_of} {done} {code}: {state}")


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(CaseEvent):
    """Somebody has to act on a case."""

    name: ClassVar[str] = "casework.case_assigned"
    label: ClassVar[str] = N_("giao {code} cho {receiver}: {task}")
    receiver: str
    task: str
    assignment_id: UUID

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        return lower_first(_(value)) if field == "task" else value


@dataclass(frozen=True, kw_only=True)
class CaseTakenOn(CaseAssigned):
    """Somebody has given a case to themselves."""

    name: ClassVar[str] = "casework.case_taken_on"
    label: ClassVar[str] = N_("tự nhận {code}: {task}")


@dataclass(frozen=True, kw_only=True)
class AssignmentPulledBack(CaseEvent):
    """What was given was taken back before it was opened."""

    name: ClassVar[str] = "casework.assignment_pulled_back"
    label: ClassVar[str] = N_("rút lại việc đã giao cho {receiver} ở {code}")
    receiver: str


@dataclass(frozen=True, kw_only=True)
class AssignmentTaken(CaseEvent):
    """Somebody of the unit took what the unit had to do."""

    name: ClassVar[str] = "casework.assignment_taken"
    label: ClassVar[str] = N_("nhận xử lý {code}")


@dataclass(frozen=True, kw_only=True)
class CaseUnitChanged(CaseEvent):
    """A case lies with another unit without a step that tells so."""

    name: ClassVar[str] = "casework.case_unit_changed"
    label: ClassVar[str] = N_("chuyển {code} sang {unit}")
    unit: str


@dataclass(frozen=True, kw_only=True)
class CoWorkDone(CaseEvent):
    """A co-handler has done their part."""

    name: ClassVar[str] = "casework.co_work_done"
    label: ClassVar[str] = N_("xong phần phối hợp ở {code}")


@dataclass(frozen=True, kw_only=True)
class CoWorkDoneInPlace(CoWorkDone):
    """The same, by somebody who stands in for the co-handler."""

    name: ClassVar[str] = "casework.co_work_done_in_place"
    label: ClassVar[str] = N_("thay {in_place_of} xong phần phối hợp ở {code}")
    in_place_of: str


@dataclass(frozen=True, kw_only=True)
class CaseChanged(CaseEvent):
    """The facts of a case are others."""

    name: ClassVar[str] = "casework.case_changed"
    label: ClassVar[str] = N_("sửa thông tin {code}")
    field_titles: ClassVar[Mapping[str, str]] = {
        "title": N_("Trích yếu"),
        "length": N_("Số ký tự nội dung"),
        "tags": N_("Nhãn"),
        "unit": N_("Đơn vị giữ"),
    }

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        return " · ".join(_(tag) for tag in value.split(" · ") if tag) if field == "tags" and value else value


@dataclass(frozen=True, kw_only=True)
class CaseCommented(CaseEvent):
    """Somebody wrote beside a case."""

    name: ClassVar[str] = "casework.case_commented"
    label: ClassVar[str] = N_("trao đổi ở {code}")


@dataclass(frozen=True, kw_only=True)
class CaseLinked(CaseEvent):
    """A case has to do with another one."""

    name: ClassVar[str] = "casework.case_linked"
    label: ClassVar[str] = N_("nối {code} với {other}")
    other: str


@dataclass(frozen=True, kw_only=True)
class CaseUnlinked(CaseEvent):
    """A case has nothing to do with another one any more."""

    name: ClassVar[str] = "casework.case_unlinked"
    label: ClassVar[str] = N_("bỏ nối {code} với {other}")
    other: str


@dataclass(frozen=True, kw_only=True)
class CaseFileAttached(CaseEvent):
    """A case has a file more."""

    name: ClassVar[str] = "casework.file_attached"
    label: ClassVar[str] = N_("đính kèm {file} vào {code}")
    file: str


@dataclass(frozen=True, kw_only=True)
class CaseFileDetached(CaseEvent):
    """A case has a file less."""

    name: ClassVar[str] = "casework.file_detached"
    label: ClassVar[str] = N_("bỏ tệp {file} khỏi {code}")
    file: str


@dataclass(frozen=True, kw_only=True)
class DeadlineChanged(CaseEvent):
    """Somebody who manages such cases changed the deadline of one, on a ground."""

    name: ClassVar[str] = "casework.deadline_changed"
    label: ClassVar[str] = N_("{what} thời hạn của {code}. Căn cứ: {ground}, {document}")
    milestone: ClassVar[bool] = True
    what: str
    ground: str
    document: str

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        return _(value) if field == "what" else value


@dataclass(frozen=True, kw_only=True)
class PersonalDataSeen(CaseEvent):
    """Somebody read personal data of a case in full; which, and why, never the data."""

    name: ClassVar[str] = "casework.personal_data_seen"
    label: ClassVar[str] = N_("xem dữ liệu cá nhân ở {code}: {what}. Lý do: {purpose}. {note}")
    told: ClassVar[tuple[str, ...]] = ("code", "what", "purpose")
    what: list[str]
    purpose: str
    note: str

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        if field == "what":
            return [lower_first(_(each)) for each in value]
        return lower_first(_(value)) if field == "purpose" else value


@dataclass(frozen=True, kw_only=True)
class PersonalDataRefused(CaseEvent):
    """Somebody who may not asked to read personal data of a case."""

    name: ClassVar[str] = "casework.personal_data_refused"
    label: ClassVar[str] = N_("không được xem dữ liệu cá nhân ở {code}")


@dataclass(frozen=True, kw_only=True)
class AnswerPublished(CaseEvent):
    """The public may read how a case was answered."""

    name: ClassVar[str] = "casework.answer_published"
    label: ClassVar[str] = N_("công khai trả lời {code}")


@dataclass(frozen=True, kw_only=True)
class AnswerWithdrawn(CaseEvent):
    """The public may not read it any more."""

    name: ClassVar[str] = "casework.answer_withdrawn"
    label: ClassVar[str] = N_("gỡ trả lời {code} khỏi trang công khai")


@dataclass(frozen=True, kw_only=True)
class LeftUnmasked(CaseEvent):
    """Somebody published what looks like personal data, having been asked."""

    name: ClassVar[str] = "casework.left_unmasked"
    label: ClassVar[str] = N_("công khai {code} khi còn {number} chỗ giống thông tin cá nhân, đã xác nhận")
    number: int


@dataclass(frozen=True, kw_only=True)
class DelegationMade(Event):
    """Somebody acts for somebody else for some days."""

    name: ClassVar[str] = "casework.delegation_made"
    label: ClassVar[str] = N_("nhờ {stand_in} xử lý thay {person} từ {since} đến {until}")
    object_type: ClassVar[str] = "casework.delegation"
    person: str
    stand_in: str
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class DelegationEnded(Event):
    """Somebody does not act for somebody else any more."""

    name: ClassVar[str] = "casework.delegation_ended"
    label: ClassVar[str] = N_("thôi nhờ {stand_in} xử lý thay {person}")
    object_type: ClassVar[str] = "casework.delegation"
    person: str
    stand_in: str


ALL = (
    CaseOpened, CaseDayNamed, CaseMoved, CaseMovedInPlace, CaseAssigned, CaseTakenOn, AssignmentPulledBack, AssignmentTaken, CaseUnitChanged, CoWorkDone,
    CoWorkDoneInPlace, CaseChanged, CaseCommented, CaseLinked, CaseUnlinked, CaseFileAttached, CaseFileDetached,
    DeadlineChanged, PersonalDataSeen, PersonalDataRefused, AnswerPublished, AnswerWithdrawn, LeftUnmasked, DelegationMade, DelegationEnded,
)  # fmt: skip
