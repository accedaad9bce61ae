"""What happens in the module; the audit keeps these lines for good."""

from dataclasses import dataclass
from typing import ClassVar

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class EntryAdded(Event):
    """The agency has a new entry."""

    name: ClassVar[str] = "skeleton.entry_added"
    label: ClassVar[str] = N_("thêm mục “{title}”")
    object_type: ClassVar[str] = "skeleton.entry"
    title: str
