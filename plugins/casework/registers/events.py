"""What happens to registers; the audit keeps these lines for good."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class RegisterEvent(Event):
    """What the facts about a register have in common; `register` is its title."""

    object_type: ClassVar[str] = "casework.register"
    milestone: ClassVar[bool] = True
    told: ClassVar[tuple[str, ...]] = ("register", "number")
    register: str
    book: str


@dataclass(frozen=True, kw_only=True)
class RegisterOpened(RegisterEvent):
    """A year of a register began, after the paper book's last number if there was one."""

    name: ClassVar[str] = "casework.register_opened"
    label: ClassVar[str] = N_("mở {register} năm {year}, số cuối của sổ giấy là {paper_last}")
    year: int
    paper_last: int
    ground: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterBegun(RegisterEvent):
    """The first number of a year opened it."""

    name: ClassVar[str] = "casework.register_begun"
    label: ClassVar[str] = N_("mở {register} năm {year} khi cấp số đầu tiên")
    year: int


@dataclass(frozen=True, kw_only=True)
class RegisterClosed(RegisterEvent):
    """A year of a register ended; nothing in it changes any more."""

    name: ClassVar[str] = "casework.register_closed"
    label: ClassVar[str] = N_("khoá {register} năm {year}: số cuối {last}, {voided} số đã huỷ")
    year: int
    last: int
    voided: int


@dataclass(frozen=True, kw_only=True)
class NumberFormatSet(RegisterEvent):
    """The numbers of a register are written in another way from a day on."""

    name: ClassVar[str] = "casework.register_format_set"
    label: ClassVar[str] = N_("đổi cách ghi số của {register} từ {valid_from}: {format}; căn cứ {ground}")
    valid_from: date
    format: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class EntryEvent(RegisterEvent):
    """What the facts about one number have in common; whoever gave it hears of it by `subject_id`."""

    object_type: ClassVar[str] = "casework.register_entry"
    number: str
    subject_type: str
    subject_id: UUID


@dataclass(frozen=True, kw_only=True)
class NumberTaken(EntryEvent):
    """Something was entered and got the next number."""

    name: ClassVar[str] = "casework.number_taken"
    label: ClassVar[str] = N_("vào {register}, cấp số {number}")


@dataclass(frozen=True, kw_only=True)
class NumberVoided(EntryEvent):
    """A number is not valid any more; it stays in the book and is not given again."""

    name: ClassVar[str] = "casework.number_voided"
    label: ClassVar[str] = N_("huỷ số {number} của {register}: {reason}")
    reason: str


ALL = (RegisterOpened, RegisterBegun, RegisterClosed, NumberFormatSet, NumberTaken, NumberVoided)
