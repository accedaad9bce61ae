"""What the pages of the notebook show; the templates of the same names draw them and decide nothing.

An empty address means that the person may not do that: no control is drawn.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from core.api import Chip, ConflictView, FormView, Option, Pager
from plugins.example.queries import Acknowledged
from plugins.files.api import FileLink
from plugins.followers.api import FollowersView
from plugins.lists.api import ListingView
from plugins.pages.api import DraftView, ObjectView


class NoteLine(NamedTuple):
    """One row of the list; fifty are made for a page, and tuples are made quickest."""

    id: str
    can: str
    """What may be done to it among many."""
    title: str
    excerpt: str
    url: str
    pinned: bool
    unit: str
    author: str
    at: datetime
    """When it was written, or put away."""
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class WayOut:
    """The condition to give up when nothing matches, and how many notes there are then."""

    chip: Chip
    count: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesView:
    """notes.html: the notes of the reader's units."""

    rows: tuple[NoteLine, ...]
    listing: ListingView
    more: str
    pager: Pager
    kept_days: int
    """So long is a note kept that was put away."""
    oldest_first: bool
    search: str
    unit: str
    units: tuple[Option, ...]
    state: str
    states: tuple[Option, ...]
    chips: tuple[Chip, ...]
    way_out: WayOut | None
    clear_url: str
    new_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """note.html: one note, who has taken note of it, what happened to it and what can be done."""

    object: ObjectView
    paragraphs: tuple[str, ...]
    archived_at: datetime | None
    deleted_on: datetime | None
    """When a note that was put away will be deleted."""
    files: tuple[FileLink, ...]
    acknowledged: tuple[Acknowledged, ...]
    form: FormView
    """The field in which files are chosen."""
    followers: FollowersView
    attach_url: str = ""
    upload_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFormView:
    """note_form.html: write a note or change one; `conflict` is there when somebody else saved first."""

    form: FormView
    is_new: bool
    units: tuple[Option, ...]
    """Where a new note may go."""
    action: str
    back_url: str
    list_url: str
    heading: str
    draft: DraftView
    conflict: ConflictView | None = None
