"""What happens around petitions beside the moves of their cases; the audit keeps no text of theirs."""

from dataclasses import dataclass
from typing import ClassVar

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class SessionSaved(Event):
    """A session is known, or is known otherwise."""

    name: ClassVar[str] = "voter_opinions.session_saved"
    label: ClassVar[str] = N_("ghi “{title}”")
    object_type: ClassVar[str] = "voter_opinions.session"
    title: str


@dataclass(frozen=True, kw_only=True)
class MeetingAdded(Event):
    """Voters were met."""

    name: ClassVar[str] = "voter_opinions.meeting_added"
    label: ClassVar[str] = N_("ghi hội nghị tiếp xúc cử tri ngày {held_on}")
    object_type: ClassVar[str] = "voter_opinions.session"
    held_on: str


@dataclass(frozen=True, kw_only=True)
class OriginAdded(Event):
    """A petition was said once more."""

    name: ClassVar[str] = "voter_opinions.origin_added"
    label: ClassVar[str] = N_("gộp thêm một ý kiến trùng vào {code}")
    object_type: ClassVar[str] = "casework.case"
    code: str


@dataclass(frozen=True, kw_only=True)
class FileTaken(Event):
    """Somebody brought a file of petitions."""

    name: ClassVar[str] = "voter_opinions.file_taken"
    label: ClassVar[str] = N_("nhập tệp kiến nghị “{file}”")
    object_type: ClassVar[str] = "voter_opinions.intake"
    file: str


ALL = (SessionSaved, MeetingAdded, OriginAdded, FileTaken)
