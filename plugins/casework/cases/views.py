"""What the pages of cases show; the templates of the same names draw them and decide nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from core.api import Chip, Crumb, FormView, Option, Pager, PlanView
from plugins.casework.cases.queries import CommentRow
from plugins.casework.deadlines.explaining import Explanation
from plugins.casework.lengths import MOST_NOTE
from plugins.files.api import FileLink
from plugins.followers.api import FollowersView
from plugins.lists.api import ListingView
from plugins.pages.api import Due, FormPage, ObjectView, State


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderLine:
    """Who has to do what of a case, by when; the buttons are addresses, empty when they are not offered."""

    name: str
    task: str
    role: str
    due: Due
    since: str
    share: str = ""
    """How much of the whole time it has, in words; empty when that is all, or a day was named."""
    note: str = ""
    take_url: str = ""
    pull_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A move of a case: what, who gave it to whom, when, and how it ended: form 06 reads the same."""

    title: str
    who: str
    at: datetime
    since: str
    """How long after the step before, or when the paper of a case that was recorded later came in; empty where neither."""
    outcome: State | None
    note: str = ""
    way: str = ""
    """The key of the move."""


class LinkLine(NamedTuple):
    """Another case that has to do with this one."""

    title: str
    url: str
    detail: str
    remove_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLine:
    """A row of "Chặng liên thông": who asks whom for what, how it stands, by when."""

    sender: str
    receiver: str
    purpose: str
    title: str
    detail: str
    url: str
    state: State
    due: Due
    ask: str = ""
    """The first words of what is asked: several legs of a case may bear its title."""
    late: bool = False
    returned: Sequence[str] = ()
    """Why the receiver gave it back."""
    answer: Sequence[str] = ()
    """The newest answer, a line each."""
    copy_url: str = ""
    """Where the answer is copied into the module's draft; empty when it is not offered."""


class PersonalLine(NamedTuple):
    """Something personal as the reader may see it now; `masked` is what paper and everybody else gets."""

    label: str
    masked: str
    full: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalView:
    """The personal data of a case beside its details."""

    lines: Sequence[PersonalLine]
    until: datetime | None = None
    seconds: int = 0
    """How long it is still shown in full."""
    reveal_url: str = ""
    here: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealView:
    """casework/case_reveal.html: what somebody wants to read in full, and why."""

    plan: PlanView
    form: FormView
    crumbs: Sequence[Crumb]
    choices: Sequence[Option]
    purposes: Sequence[Option]


class NextWork(NamedTuple):
    """What whoever has just done their part goes on with; without a title there is nothing left."""

    list_url: str
    code: str
    """Of the case whose page it is."""
    title: str = ""
    task: str = ""
    url: str = ""
    when: str = ""
    late: bool = False
    agency: str = ""
    """Where, if it is another than that of the page."""
    kind: str = ""
    """Of which kind, if it is another: the way there leads out of what the reader is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """casework/case.html: one case; modules extend it and fill in what only they know."""

    object: ObjectView
    warning: str = ""
    """What whoever decides about it should look at first."""
    mine: str = ""
    """What the reader has to do, when it is theirs."""
    next_work: NextWork | None = None
    """What they go on with, right after they have done their part."""
    facts: Sequence[tuple[str, str]] = ()
    paragraphs: Sequence[str] = ()
    holders: Sequence[HolderLine] = ()
    gone: str = ""
    """Who leads and does no work here any more."""
    give_url: str = ""
    """Where whoever manages the kind gives it to somebody else."""
    steps: Sequence[StepLine] = ()
    why: Explanation | None = None
    deadline_acts: Sequence[tuple[str, str, str]] = ()
    """What the reader may do to the deadline: words, address, icon."""
    comments: Sequence[CommentRow] = ()
    comment_url: str = ""
    files: Sequence[FileLink] = ()
    attach_url: str = ""
    upload_url: str = ""
    links: Sequence[LinkLine] = ()
    link_url: str = ""
    link_kinds: Sequence[Option] = ()
    followers: FollowersView | None = None
    legs: Sequence[LegLine] = ()
    personal: PersonalView | None = None
    form: FormView = field(default_factory=FormView)
    heading: str = ""
    """What could not be done, above the errors of a form of this page."""

    @classmethod
    def of(cls, case: "CaseView", **more: Any) -> Self:
        """Return a module's view of a case, with what only the module knows."""
        return cls(**{each.name: getattr(case, each.name) for each in fields(CaseView)}, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """casework/case_move.html: what a transition asks, and what will follow."""

    page: FormPage
    asks: frozenset[str]
    note_label: str
    people: Sequence[Option] = ()
    units: Sequence[Option] = ()
    follows: Sequence[str] = ()
    """What will happen, each in a sentence."""
    reads: Sequence[tuple[str, Sequence[str]]] = ()
    """What is decided about: a title and the paragraphs under it."""
    upload_url: str = ""
    note_optional: bool = True
    note_max: int = MOST_NOTE
    due_hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """A field of casework/case_form.html."""

    name: str
    title: str
    kind: str
    optional: bool
    hint: str = ""
    options: Sequence[Option] = ()
    blank: str = ""
    rows: int = 4
    width: str = ""
    maxlength: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFormView:
    """casework/case_form.html: a form that opens a case or does something to one, without a template of the module's."""

    page: FormPage
    sections: Sequence[tuple[str, Sequence[AskView]]]
    upload_url: str
    follows: Sequence[str] = ()
    """What will happen, each in a sentence."""
    told: str = ""
    """What has been done already, above the form."""
    reads: Sequence[tuple[str, Sequence[str]]] = ()
    """What is decided about: a title and the paragraphs under it."""

    @property
    def has_files(self) -> bool:
        """Whether files come with the form."""
        return any(ask.kind == "files" for _heading, asks in self.sections for ask in asks)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One row of a list of cases."""

    id: UUID
    title: str
    url: str
    detail: str
    holder: str
    unit: str
    state: State
    due: Due
    opened_at: datetime
    can: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesView:
    """casework/cases.html: the cases of a kind."""

    title: str
    context: str
    rows: Sequence[CaseLine]
    listing: ListingView
    pager: Pager
    search: str
    stand: str
    stands: Sequence[Option]
    state: str
    states: Sequence[Option]
    unit: str
    units: Sequence[Option]
    holder: str
    holders: Sequence[Option]
    chips: Sequence[Chip]
    clear_url: str
    more: str = ""
    new_url: str = ""
    new_text: str = ""
    empty: str = ""
    ended: tuple[str, str] | None = None
    """That there are ended cases where none is open, and the address of those."""
    tag: str = ""
    tags: Sequence[Option] = ()
    tags_text: str = ""
    links: Sequence[tuple[str, str, str]] = ()
    """Other pages of the module: words, address, icon."""
