"""What the pages of calendars and deadlines show; the templates of the same names draw them and decide nothing."""

from dataclasses import dataclass
from datetime import date

from core.api import Crumb, FormView, Option, PlanView
from plugins.casework.deadlines.explaining import Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineView:
    """deadline.html: the calculator, and what it found."""

    form: FormView
    units: tuple[Option, ...]
    action: str
    hours: str
    """In whose hours it is counted, in words."""
    calendar_url: str
    answer: Explanation | None = None
    heading: str = ""
    share_url: str = ""
    """The address that shows the same answer to others of the agency."""


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """A day of a month: its number, what it is (its class), and that in words."""

    number: int
    state: str
    spoken: str
    today: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the year's view, in weeks from Monday; None is a day of another month."""

    title: str
    working: str
    """How many working days it has, in words."""
    weeks: tuple[tuple[CalendarCell | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """A day that is otherwise: in the list under the months."""

    day: date
    what: str
    name: str
    ground: str
    layer: str
    """Whose decision it is: the country's or the agency's."""
    remove_url: str = ""


@dataclass(frozen=True, slots=True)
class RemovedLine:
    """A day that was taken out of the calendar, and why."""

    day: date
    name: str
    ground: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarView:
    """calendar.html: a year of an agency, or of the country."""

    title: str
    context: str
    year: int
    previous_url: str
    next_url: str
    months: tuple[Month, ...]
    total: str
    days: tuple[DayLine, ...]
    removed: tuple[RemovedLine, ...]
    undecided: bool
    """Nobody has entered the days off of this year."""
    add_url: str = ""
    deadline_url: str = ""
    waiting: str = ""
    """How many deadlines wait to be counted anew, in words."""
    replay_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysFormView:
    """days_form.html: a day to be added; nothing is written before its plan was seen."""

    form: FormView
    kinds: tuple[Option, ...]
    parts: tuple[Option, ...]
    action: str
    back_url: str
    crumbs: tuple[Crumb, ...]
    heading: str


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A due date that would move."""

    agency: str
    title: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysPlanView:
    """days_plan.html: what a change of the calendar would move, before it does."""

    plan: PlanView
    form: FormView
    rows: tuple[MoveLine, ...]
    crumbs: tuple[Crumb, ...]
    with_agency: bool
    asks_ground: bool
    """A removal says why; what is added has said so already."""
    more: str = ""
