"""What the pages show; the templates of the same names draw them and decide nothing."""

from dataclasses import dataclass

from core.api import FormView, Pager
from plugins.skeleton.queries import EntryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesView:
    """entries.html: the entries of the agency."""

    rows: tuple[EntryRow, ...]
    pager: Pager
    search: str
    new_url: str
    """Empty for those who may not add any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFormView:
    """entry_form.html: the form for a new entry."""

    form: FormView
    action: str
    list_url: str
