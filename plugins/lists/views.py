"""What the pages of the lists' own memory show."""

from dataclasses import dataclass
from datetime import datetime

from core.api import FormView


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewFormView:
    """view_form.html: keep the list as it is now under a name, or change what was kept."""

    form: FormView
    list_title: str
    action: str
    """Empty for a view that somebody else shares."""
    back_url: str
    is_new: bool
    delete_url: str = ""
    begin_url: str = ""
    begins: bool = False
    """Whether the list opens with this view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """run.html: one action on many rows: the plan, how far it is, what came of it."""

    list_title: str
    action: str
    state: str
    total: int
    done: int
    refused: int
    refusals: tuple[str, ...]
    effects: tuple[tuple[str, str], ...]
    """Icon and sentence: what it does beside counting."""
    in_background: bool
    go_url: str
    stop_url: str
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingView:
    """nothing.html: why nothing was done with the chosen rows."""

    text: str
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """One exported file."""

    title: str
    state: str
    count: int
    asked_at: datetime
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportsView:
    """exports.html: the reader's own exported files."""

    rows: tuple[ExportRow, ...]
    days: int
    waiting: bool
