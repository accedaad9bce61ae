"""What stands around the rows of a list: views, columns, export and work on many rows; drawn by core/lists.html.

All text is already in the reader's language; an empty address means that the control is not shown.
"""

from dataclasses import dataclass

from core.web.components import Column


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


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkButton:
    """Something that can be done to the chosen rows."""

    key: str
    title: str
    icon: str = ""


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
