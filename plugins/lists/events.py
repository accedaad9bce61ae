"""What happens to many rows at once; each row's own fact stands beside these."""

from dataclasses import dataclass
from typing import ClassVar

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class ListExported(Event):
    """Somebody took a list away as a file."""

    name: ClassVar[str] = "lists.exported"
    label: ClassVar[str] = N_("xuất Excel {count} dòng của “{title}”")
    title: str
    count: int


@dataclass(frozen=True, kw_only=True)
class BulkDone(Event):
    """One action was done to many rows."""

    name: ClassVar[str] = "lists.bulk_done"
    label: ClassVar[str] = N_("làm “{action}” với {count} dòng của “{title}”, {refused} dòng không được")
    title: str
    action: str
    count: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class ViewShared(Event):
    """A way to look at a list stands above everybody's list."""

    name: ClassVar[str] = "lists.view_shared"
    label: ClassVar[str] = N_("dùng chung cách xem “{view}” của “{title}”")
    title: str
    view: str


ALL = (ListExported, BulkDone, ViewShared)
