"""What the pages of letters show; the templates of the same names draw them and decide nothing.

An empty address means that the person may not do that: no control is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.api import Chip, ConflictView, Crumb, FormView, Option, Pager, PlanView
from plugins.files.api import FileLink
from plugins.lists.api import ListingView
from plugins.pages.api import DraftView, ObjectView


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """One row of the list."""

    title: str
    kind: str
    url: str
    number: str
    day: date | None
    by: str
    at: datetime
    state: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersView:
    """letters.html: the letters that the reader may read."""

    rows: tuple[LetterLine, ...]
    listing: ListingView
    pager: Pager
    oldest_first: bool
    search: str
    kind: str
    kinds: tuple[Option, ...]
    state: str
    states: tuple[Option, ...]
    chips: tuple[Chip, ...]
    clear_url: str
    new_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetsView:
    """The pages of a letter as pictures; `problem` says why there are none."""

    pages: tuple[str, ...] = ()
    """Addresses, or the pictures themselves as data."""
    shortened: bool = False
    problem: str = ""
    loads: str = ""
    """Where the pictures come from, when the page does not bring them."""
    pdf_url: str = ""


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field of what fills the core of a kind."""

    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFormView:
    """letter_form.html: write a letter or change a draft, with its pages beside."""

    form: FormView
    title: str
    hidden: str
    """The field that the form carries along: `id` of a new letter, `version` of a draft."""
    core: tuple[str, ...]
    fields: tuple[OwnField, ...]
    modes: tuple[Option, ...]
    next_text: str
    action: str
    back_url: str
    crumbs: tuple[Crumb, ...]
    draft: DraftView
    sheets: SheetsView
    conflict: ConflictView | None = None
    titles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """letter.html: one letter."""

    object: ObjectView
    facts: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    sheets: SheetsView | None
    files: tuple[FileLink, ...]
    void: str = ""
    refused: str = ""
    """Why whoever has the right to issue letters may not issue this one."""
    issuers: tuple[str, str] = ("", "")
    """Where it stands who may: address and title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """preview.html: the pages of a draft, for those without script and as a part of its page."""

    title: str
    crumbs: tuple[Crumb, ...]
    sheets: SheetsView


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLine:
    """A kind of letters and whose words stand around it."""

    title: str
    url: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatesView:
    """templates.html: the agency's part of each kind of letters."""

    lines: tuple[TemplateLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateView:
    """template.html: the agency's part of one kind, the core that it cannot change, and how both look."""

    form: FormView
    title: str
    core: tuple[str, ...]
    modes: tuple[Option, ...]
    versions: tuple[str, ...]
    action: str
    back_url: str
    crumbs: tuple[Crumb, ...]
    sheets: SheetsView
    titles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LetterLink:
    """One letter on the page of what it belongs to."""

    title: str
    url: str
    mark: str
    state: str
    number: str
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class IssueView:
    """What issuing a draft means, and what looks wrong in it: who issues reads that just above the button."""

    plan: PlanView
    doubts: Sequence[str] = ()
    edit_url: str = ""


@dataclass(frozen=True, slots=True)
class CaseLettersView:
    """The letters on the page of a case, as letters/case_parts.html draws them."""

    links: tuple[LetterLink, ...] = ()
    begin_url: str = ""
    """Where one is begun; empty once there is one."""
