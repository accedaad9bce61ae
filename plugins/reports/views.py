"""What the pages of reports show; the templates of the same names draw them and decide nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from core.api import Chip, Counter, Crumb, Option, Pager, PlanView, Tab
from plugins.casework.api import Glance
from plugins.lists.api import ListingView


class Cell(NamedTuple):
    """A number and the address of the cases behind it."""

    number: int
    url: str = ""
    late: bool = False


class Row(NamedTuple):
    """A line of a report."""

    title: str
    cells: Sequence[Cell]
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """report.html: one report, as it is now or as it was published."""

    title: str
    context: str
    crumbs: tuple[Crumb, ...]
    line_head: str
    heads: Sequence[str]
    rows: Sequence[Row]
    total: Row
    meanings: Sequence[tuple[str, str]]
    excel_url: str
    pdf_url: str
    published: str = ""
    """Who published it and when, of one that was; the filters are then left out."""
    publish_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    kind: str = ""
    kinds: Sequence[Option] = ()
    by: str = ""
    bys: Sequence[Option] = ()
    period: str = ""
    periods: Sequence[Option] = ()


class SnapshotLine(NamedTuple):
    """A published report in a list."""

    title: str
    by: str
    person: str
    at: datetime
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsView:
    """reports.html: what reports there are, and what was published."""

    reports: Sequence[tuple[str, str]]
    """Title and address."""
    snapshots: Sequence[SnapshotLine]
    board_url: str


class BehindLine(NamedTuple):
    """A case behind a number."""

    title: str
    code: str
    url: str
    cells: Sequence[object]
    late: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindView:
    """cases.html: the cases behind a number."""

    title: str
    context: str
    crumbs: tuple[Crumb, ...]
    listing: ListingView
    rows: Sequence[BehindLine]
    pager: Pager
    chips: tuple[Chip, ...]
    clear_url: str
    hidden: str = ""


class Bar(NamedTuple):
    """A bar of a chart: its share of the longest is drawn, its number is written."""

    title: str
    number: int
    share: int
    rate: str = ""
    url: str = ""
    rest: bool = False


class LateLine(NamedTuple):
    """One of the cases that are late for longest."""

    title: str
    code: str
    place: str
    reason: str
    due_on: date
    late: str
    url: str = ""


class Week(NamedTuple):
    """A day of the trend and where it stands in its picture."""

    day: date
    overdue: int
    open: int
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """board.html: what is late, where and at which step; a sentence with the finding first."""

    title: str
    context: str
    tabs: Sequence[Tab]
    kind: str
    kinds: Sequence[Option]
    period: str
    periods: Sequence[Option]
    below: bool
    figures: Sequence[Counter]
    change: str
    worse: bool
    place_title: str
    places: Sequence[Bar]
    why: Sequence[Bar]
    waiting: Sequence[Bar]
    weeks: Sequence[Week]
    top: int
    late: Sequence[LateLine]
    late_url: str
    meanings: Sequence[tuple[str, str]]
    report_url: str
    gathered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LateView:
    """late.html: what is late in the agencies below."""

    title: str
    context: str
    crumbs: tuple[Crumb, ...]
    rows: Sequence[LateLine]
    pager: Pager | None
    agency: str
    agencies: Sequence[Option]
    kind: str
    kinds: Sequence[Option]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCaseView:
    """late_case.html: one of them, as a superior may see it."""

    case: Glance
    agency: str
    context: str
    crumbs: tuple[Crumb, ...]
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishView:
    """publish.html: what publishing keeps, before it is done."""

    plan: PlanView
    crumbs: tuple[Crumb, ...]
