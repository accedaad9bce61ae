"""What happens to many rows at once; each row's own fact stands beside these."""

from dataclasses import dataclass
from typing import Any, ClassVar

from core.api import N_, Event, _


@dataclass(frozen=True, kw_only=True)
class ListEvent(Event):
    """What the facts about one list have in common: its title is kept as modules write it, and translated to read."""

    told: ClassVar[tuple[str, ...]] = ("title", "action")
    title: str

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        return _(value) if field in ("title", "action") else value


@dataclass(frozen=True, kw_only=True)
class ListExported(ListEvent):
    """Somebody took a list away as a file."""

    name: ClassVar[str] = "lists.exported"
    label: ClassVar[str] = N_("xuất Excel {count} dòng của “{title}”")
    count: int


@dataclass(frozen=True, kw_only=True)
class BulkDone(ListEvent):
    """One action was done to many rows."""

    name: ClassVar[str] = "lists.bulk_done"
    label: ClassVar[str] = N_("làm “{action}” với {count} dòng của “{title}”, {refused} dòng không được")
    action: str
    count: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class ViewShared(ListEvent):
    """A way to look at a list stands above everybody's list."""

    name: ClassVar[str] = "lists.view_shared"
    label: ClassVar[str] = N_("dùng chung cách xem “{view}” của “{title}”")
    view: str


@dataclass(frozen=True, kw_only=True)
class ViewUnshared(ListEvent):
    """A way to look at a list no longer stands above everybody's list."""

    name: ClassVar[str] = "lists.view_unshared"
    label: ClassVar[str] = N_("thôi dùng chung cách xem “{view}” của “{title}”")
    view: str


ALL = (ListExported, BulkDone, ViewShared, ViewUnshared)
