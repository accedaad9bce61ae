"""What the templates of core/templates/core/catalogue are given: the components of the toolkit, filled with samples."""

from dataclasses import dataclass

from core.api import Chip, Column, ConflictView, Counter, FormView, Option, Pager, PlanView, Tab, Tag, Toast
from plugins.lists.api import ListingView
from plugins.pages.api import DraftView, Due, History, ObjectView, State

HERE = "#main"
"""Where the buttons and links of the samples lead."""


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """core/catalogue/index.html: the pages there are."""

    pages: tuple[tuple[str, str], ...]
    """Title and address."""


@dataclass(frozen=True, slots=True)
class Follows:
    """What `c.followers` shows; the module that follows has its own."""

    names: tuple[str, ...]
    others: int
    following: bool
    action: str = HERE
    fields: tuple[tuple[str, str], ...] = (("object_type", "example.note"),)


@dataclass(frozen=True, slots=True)
class SampleFile:
    """What `c.files` shows; the module that keeps files has its own."""

    name: str
    detail: str
    url: str = ""
    view_url: str = ""
    remove_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentView:
    """core/catalogue/<key>.html: one kind of components, with samples in the reader's language."""

    title: str
    source: str
    index_url: str
    form: FormView
    good_form: FormView
    conflict: ConflictView | None
    draft: DraftView
    toast: Toast
    plan: PlanView
    blocked: PlanView
    object: ObjectView
    whole: History
    follows: tuple[Follows, ...]
    options: tuple[Option, ...]
    counters: tuple[Counter, ...]
    tabs: tuple[Tab, ...]
    chips: tuple[Chip, ...]
    columns: tuple[Column, ...]
    listing: ListingView
    pager: Pager
    files: tuple[SampleFile, ...]
    found: tuple[tuple[str, bool], ...]
    tags: tuple[Tag, ...]
    dues: tuple[Due, ...]
    states: tuple[State, ...]
