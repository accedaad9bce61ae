"""What the pages of voter opinions show; the templates of the same names draw them and decide nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from core.api import Chip, Crumb, Option, Pager
from plugins.casework.api import CaseView
from plugins.letters.api import CaseLettersView, LetterLink
from plugins.lists.api import ListingView
from plugins.pages.api import FormPage, State
from plugins.voter_opinions.models import Meeting, Origin, Session
from plugins.voter_opinions.queries import PetitionRow, PublicPetition


class AnswerLine(NamedTuple):
    """An answer with what was said of it."""

    title: str
    facts: Sequence[tuple[str, str]]
    paragraphs: Sequence[str]
    letter: LetterLink | None
    """The one whose number the answer bears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionView(CaseView):
    """petition.html: the case, the originals that count to it and the answers."""

    origins: Sequence[tuple[Origin, bool]] = ()
    """With whether it was recorded as another petition."""
    answers: Sequence[AnswerLine] = ()
    letters: CaseLettersView = CaseLettersView()
    public_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsView:
    """sessions.html: the sessions, the newest first."""

    title: str
    crumbs: Sequence[Crumb]
    rows: Sequence[tuple[Session, str, str, int]]
    """With the body in words, the address and how many petitions, a thousand at most."""
    new_url: str = ""


class Figure(NamedTuple):
    """A number of the report and what is behind it."""

    number: int
    url: str


class TableView(NamedTuple):
    """A table of the report: its lines have a number for each head."""

    title: str
    first: str
    heads: Sequence[tuple[str, str]]
    """Column and what it counts."""
    lines: Sequence[tuple[str, Sequence[Figure]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """session.html: the report of a session and its meetings."""

    title: str
    context: str
    crumbs: Sequence[Crumb]
    facts: Sequence[tuple[str, str]]
    tables: Sequence[TableView]
    lists: Sequence[tuple[str, str, Sequence[tuple[PetitionRow, str, date | None]], str]]
    """Heading, what an empty one says, rows with their addresses and the day that counts, and where further ones are."""
    meetings: Sequence[tuple[Meeting, str, date | None]]
    """With the kind in words and the last day for telling the press."""
    milestones: Sequence[tuple[str, str]]
    excel: tuple[str, str, str]
    pdf_url: str
    all_url: str
    meeting_url: str = ""
    edit_url: str = ""
    import_url: str = ""


class FoundLine(NamedTuple):
    """A petition of a list; the cells are those of the chosen columns."""

    code: str
    title: str
    url: str
    cells: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundView:
    """found.html: the petitions behind a number, or the promises to be kept."""

    title: str
    crumbs: Sequence[Crumb]
    rows: Sequence[FoundLine]
    listing: ListingView
    pager: Pager
    chips: Sequence[Chip]
    clear_url: str
    empty: str
    tabs: Sequence[tuple[str, str, bool]] = ()


class RowLine(NamedTuple):
    """A row of a file that was read."""

    place: str
    """The row of the sheet."""
    content: str
    facts: str
    state: State
    detail: str
    url: str
    """Empty for a row that whoever asks may not read."""
    problems: Sequence[str] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeView:
    """intake.html: what a file says, before it is recorded."""

    title: str
    context: str
    crumbs: Sequence[Crumb]
    state: str
    told: str
    read: int
    """Rows so far, while the file is read."""
    recorded: int
    to_record: int
    """Rows that will have been recorded when that is done."""
    rows: Sequence[RowLine]
    tabs: Sequence[tuple[str, str, bool]]
    """Words with their number, address and whether it is the one that is shown."""
    next_url: str
    file_url: str
    """Empty when the file holds what whoever asks may not read."""
    record_url: str = ""
    join_url: str = ""
    record_text: str = ""
    late: str = ""
    """What is said before recording when petitions would be late at once."""
    like: tuple[str, str, str] | None = None
    """That another file has many of its rows: a sentence, where that file is, and the address that leaves those rows out."""
    again_url: str = ""
    """Where another file is chosen instead of one that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakesView:
    """intakes.html: the form that takes a file, and the files that were taken."""

    page: FormPage
    sessions: Sequence[Option]
    meetings: Sequence[Option]
    sources: Sequence[Option]
    rows: Sequence[tuple[str, str, str]]
    """Name, address and how it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicListView:
    """public_petitions.html: published answers of an agency, or of the province."""

    frame: object
    rows: Sequence[tuple[PublicPetition, str]]
    of_all: bool
    newer_url: str
    older_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPetitionView:
    """public_petition.html: one of them."""

    frame: object
    petition: PublicPetition
    sector: str
    said: Sequence[str]
    text: Sequence[str]
