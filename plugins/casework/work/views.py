"""What the pages of the work list show; the templates of the same names draw them and decide nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from core.api import Chip, Counter, Crumb, Option, Pager
from plugins.lists.api import ListingView
from plugins.pages.api import Due, FormPage, State


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLine:
    """One thing to be done: the verb first, then where it comes from, then when it is due."""

    id: UUID
    title: str
    url: str
    task: str
    about: str
    """Kind and code."""
    source: str
    """From whom; for what waits elsewhere, who has it."""
    agency: str
    """Empty in the agency of the page."""
    note: str
    news: str
    """What is new since the last visit, in a word."""
    state: State
    due: Due
    can: str = ""
    here: bool = True
    """Whether it belongs to the agency of the page: only there can it be ticked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkGroup:
    """Rows under one heading."""

    key: str
    title: str
    count: str
    rows: Sequence[WorkLine]
    more_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkView:
    """casework/work.html: what a person has to do, in all their agencies."""

    context: str
    banners: Sequence[str]
    listed: frozenset[str]
    """The lists whose number in the navigation counts what stands here too; numbers of others are told beside it."""
    counters: Sequence[Counter]
    groups: Sequence[WorkGroup]
    done: bool
    """Whether everything that waited for the reader is done, though something waits elsewhere."""
    listing: ListingView
    pager: Pager
    search: str
    group: str
    kind: str
    kinds: Sequence[Option]
    role: str
    roles: Sequence[Option]
    agency: str
    agencies: Sequence[Option]
    chips: Sequence[Chip]
    clear_url: str
    rows: int
    ticks: bool
    more: str
    delegations_url: str
    feed_url: str
    start_url: str
    new_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveOnView:
    """casework/work_assign.html: somebody who gets several things at once."""

    page: FormPage
    titles: Sequence[str]
    others: int
    """How many more there are."""
    every: bool
    """Whether these are all that match and can be given."""
    people: Sequence[Option]
    units: Sequence[Option]


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """Somebody who acts for somebody."""

    text: str
    since: date
    until: date
    reason: str
    now: bool
    end_url: str
    stays: str = ""
    """What does not go along, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationsView:
    """casework/delegations.html: who acts for the reader and for whom the reader acts, and the form for one more."""

    page: FormPage
    rows: Sequence[DelegationLine]
    people: Sequence[Option]
    hint: str = ""
    """Which rights stay with whoever is away."""
    partly: bool = False
    """Whether the form asks to leave undone what the colleague may not do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """casework/feed.html: the secret address of a person's deadlines."""

    crumbs: Sequence[Crumb]
    make_url: str
    made: str = ""
    """The address, on the one page that shows it."""
    since: datetime | None = None
    read_at: datetime | None = None
    end_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindingView:
    """casework/reminding.html: when the agency reminds."""

    page: FormPage
