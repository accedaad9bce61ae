"""What the pages of the lists' own memory show."""

from dataclasses import dataclass
from datetime import datetime

from core.api import Column, FormView

# ---- around the rows of a list: drawn by core/lists.html; an empty address means that the control is not shown ----


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewTab:
    """A saved view: its name and the address it stands for."""

    title: str
    url: str
    current: bool = False
    shared: bool = False
    edit_url: str = ""
    """Where it is renamed, shared or deleted; only its maker gets there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChoice:
    """One column that can be shown or not."""

    key: str
    title: str
    shown: bool
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class BulkButton:
    """Something that can be done to the chosen rows."""

    key: str
    title: str
    icon: str = ""
    url: str = ""
    """The form that asks what it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingView:
    """One list as one person sees it now."""

    key: str
    query: str
    """What of the address belongs to the list: conditions, order, columns."""
    sort: str
    cols: str
    """Order and columns as the address names them, for the filter form to carry on."""
    columns: tuple[Column, ...]
    shown: frozenset[str]
    """The keys of the columns that are shown."""
    views: tuple[ViewTab, ...] = ()
    save_url: str = ""
    choices: tuple[ColumnChoice, ...] = ()
    columns_url: str = ""
    export_url: str = ""
    exports_url: str = ""
    bulk_url: str = ""
    actions: tuple[BulkButton, ...] = ()
    rows: int = 0
    """How many rows stand on this page."""
    total: str = ""
    """How many match in all, bounded; empty when these are all or nobody counted."""


# ---- pages of this module ----


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
    told: str
    """What was done, in the words of the action, which name the way back."""
    refused: int
    refusals: tuple[str, ...]
    effects: tuple[tuple[str, str], ...]
    """Icon and sentence: what it does beside counting."""
    in_background: bool
    go_url: str
    stop_url: str
    back_url: str
    said: str = ""
    """What was asked for the rows, such as who gets them."""
    undo_url: str = ""
    """Takes the whole run back."""


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
    reason: str
    """Why it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportsView:
    """exports.html: the reader's own exported files."""

    rows: tuple[ExportRow, ...]
    days: int
    waiting: bool
