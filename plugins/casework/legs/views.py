"""What the pages of legs show; the templates of the same names draw them and decide nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.api import Chip, FormView, Option, Pager
from plugins.casework.cases.views import CaseView, NextWork
from plugins.casework.deadlines.explaining import Explanation
from plugins.files.api import FileLink
from plugins.lists.api import ListingView
from plugins.pages.api import Due, FormPage, ObjectView, State


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """What one side did and said, with the files it let the other open."""

    title: str
    who: str
    at: datetime
    paragraphs: Sequence[str] = ()
    files: Sequence[FileLink] = ()
    answer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LegBody:
    """casework/leg_parts.html: a leg as both sides read it."""

    facts: Sequence[tuple[str, str]]
    ask: Sequence[str]
    shared: Sequence[str]
    files: Sequence[FileLink]
    said: Sequence[SaidLine]
    limits: str
    """What the reader's side sees of the other's file, in a sentence."""
    unread: str = ""
    """The agency that sent it and works no more, while something is still asked of the reader."""
    turns: Sequence[tuple[str, str]] = ()
    """How long each side has had it, in working time."""
    why: Explanation | None = None
    """Why it is due when it is, where the case beside it does not say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegView:
    """casework/leg.html: a leg for whoever sent it, and for who has not taken it on yet."""

    object: ObjectView
    leg: LegBody
    form: FormView
    """What could not be done with a button of this page."""
    mine: str = ""
    next_work: NextWork | None = None
    stuck: str = ""
    """The agency that should act and works no more."""
    recall_url: str = ""
    """Where it is taken back from there, by who may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingCaseView(CaseView):
    """casework/incoming.html: the case that an agency has of a leg it got."""

    leg: LegBody
    left: Sequence[tuple[str, str]] = ()
    """Further legs that go on although this one has ended without an answer: which agency has each, and where it is recalled."""


class AgencyOption(NamedTuple):
    """An agency to choose from; those of one superior stand together."""

    group: str
    options: Sequence[Option]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFormView:
    """casework/leg_form.html: what is asked of another agency, and what of the case it may see."""

    page: FormPage
    purposes: Sequence[Option]
    agencies: Sequence[AgencyOption]
    files: Sequence[Option]
    chosen: str = ""
    case_due: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegActView:
    """casework/leg_act.html: what an act on a leg asks."""

    page: FormPage
    asks: frozenset[str]
    label: str
    follows: Sequence[str] = ()
    case_due: str = ""
    """The day of the case itself, where a day of the leg is asked."""
    hint: str = ""
    people: Sequence[Option] = ()
    units: Sequence[Option] = ()
    upload_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegListLine:
    """One row of a list of legs; `other` is the agency on the other side."""

    id: UUID
    title: str
    url: str
    detail: str
    purpose: str
    other: str
    holder: str
    state: State
    due: Due
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LegsView:
    """casework/legs.html: what came in by legs, or what was sent."""

    title: str
    context: str
    empty: str
    turn: tuple[str, str]
    """The list of the other side: words and address."""
    rows: Sequence[LegListLine]
    listing: ListingView
    pager: Pager
    search: str
    stand: str
    stands: Sequence[Option]
    chips: Sequence[Chip]
    clear_url: str
