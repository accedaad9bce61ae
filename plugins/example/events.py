"""What happens to notes. The audit keeps these lines for good, so a note's text is not among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class NoteEvent(Event):
    """What the facts about one note have in common."""

    object_type: ClassVar[str] = "example.note"
    title: str


@dataclass(frozen=True, kw_only=True)
class NoteWritten(NoteEvent):
    """A unit's notebook has a new note."""

    name: ClassVar[str] = "example.note_written"
    label: ClassVar[str] = N_("viết ghi chú “{title}” vào sổ của {unit}")
    milestone: ClassVar[bool] = True
    told: ClassVar[tuple[str, ...]] = ("unit",)
    unit: str


@dataclass(frozen=True, kw_only=True)
class NoteChanged(NoteEvent):
    """The text of a note is another one."""

    name: ClassVar[str] = "example.note_changed"
    label: ClassVar[str] = N_("sửa ghi chú “{title}”")
    field_titles: ClassVar[Mapping[str, str]] = {"title": N_("Tiêu đề"), "length": N_("Số ký tự")}


@dataclass(frozen=True, kw_only=True)
class NotePinned(NoteEvent):
    """A note stands above the others."""

    name: ClassVar[str] = "example.note_pinned"
    label: ClassVar[str] = N_("ghim ghi chú “{title}”")


@dataclass(frozen=True, kw_only=True)
class NoteUnpinned(NoteEvent):
    """A note stands among the others again."""

    name: ClassVar[str] = "example.note_unpinned"
    label: ClassVar[str] = N_("bỏ ghim ghi chú “{title}”")


@dataclass(frozen=True, kw_only=True)
class NoteArchived(NoteEvent):
    """A note was put away."""

    name: ClassVar[str] = "example.note_archived"
    label: ClassVar[str] = N_("cất ghi chú “{title}”")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class NoteRestored(NoteEvent):
    """A note that was put away is back."""

    name: ClassVar[str] = "example.note_restored"
    label: ClassVar[str] = N_("lấy lại ghi chú “{title}”")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class WelcomeTaken(NoteEvent):
    """The note that welcomed a unit went with the module, unchanged as it was."""

    name: ClassVar[str] = "example.welcome_taken"
    label: ClassVar[str] = N_("bỏ ghi chú hướng dẫn “{title}” chưa ai sửa")


@dataclass(frozen=True, kw_only=True)
class FileAttached(NoteEvent):
    """A note has a file more."""

    name: ClassVar[str] = "example.file_attached"
    label: ClassVar[str] = N_("đính kèm {file} vào ghi chú “{title}”")
    file: str


@dataclass(frozen=True, kw_only=True)
class FileDetached(NoteEvent):
    """A note has a file less."""

    name: ClassVar[str] = "example.file_detached"
    label: ClassVar[str] = N_("bỏ tệp {file} khỏi ghi chú “{title}”")
    file: str


@dataclass(frozen=True, kw_only=True)
class NotesDeleted(Event):
    """Notes that had been put away for long enough are gone."""

    name: ClassVar[str] = "example.notes_deleted"
    label: ClassVar[str] = N_("xoá {count} ghi chú đã cất quá {days} ngày")
    count: int
    days: int


ALL = (
    NoteWritten,
    NoteChanged,
    NotePinned,
    NoteUnpinned,
    NoteArchived,
    NoteRestored,
    WelcomeTaken,
    FileAttached,
    FileDetached,
    NotesDeleted,
)
