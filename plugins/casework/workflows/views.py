"""What the pages of workflows show; the templates of the same names draw them and decide nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from core.api import Change, Crumb, FormView, Option, PlanView
from plugins.casework.workflows.diagram import Diagram
from plugins.pages.api import FormPage


class KindLine(NamedTuple):
    """A kind of cases and the workflow its next case follows."""

    title: str
    url: str
    stands: str
    running: int
    older: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowsView:
    """casework/workflows.html: the kinds of cases of an agency."""

    rows: Sequence[KindLine]


class StepWords(NamedTuple):
    """A transition in words; the picture has the same number."""

    title: str
    ways: str
    receiver: str
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A version: who made it when, what it changed, and the cases that still follow it."""

    number: int
    maker: str
    made_at: datetime
    note: str
    current: bool
    running: int
    changes: Sequence[Change] = ()
    move_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowView:
    """casework/workflow.html: how cases of a kind go on."""

    title: str
    crumbs: Sequence[Crumb]
    stands: str
    diagram: Diagram
    steps: Sequence[StepWords]
    own_states: Sequence[tuple[str, str]]
    """Internal steps: title, and the address that takes one out."""
    faults: Sequence[str]
    versions: Sequence[VersionLine]
    edit_url: str
    step_url: str
    reset_url: str = ""


class StateRow(NamedTuple):
    """The fields of a state."""

    key: str
    title: str
    final: bool
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRow:
    """The fields of a transition; `locked` says why the receiver is not among them."""

    key: str
    title: str
    number: int
    ways: str
    locked: str = ""
    gives: Sequence[Option] = ()
    people: Sequence[Option] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditView:
    """casework/workflow_edit.html: titles, shares and receivers, with the picture of what is typed."""

    page: FormPage
    core: str
    states: Sequence[StateRow]
    ways: Sequence[WayRow]
    diagram: Diagram
    steps: Sequence[StepWords]
    looked: bool = False
    """It was looked at and nothing is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """casework/workflow_step.html: an internal step."""

    page: FormPage
    places: Sequence[Option]
    marks: Sequence[Option]
    gives: Sequence[Option]
    people: Sequence[Option]


@dataclass(frozen=True, slots=True)
class GoneState:
    """A state with cases that the newest version does not have, and who has them."""

    key: str
    title: str
    count: str
    holders: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOverView:
    """casework/workflow_move.html: what becomes of the running cases of an older version."""

    plan: PlanView
    crumbs: Sequence[Crumb]
    gone: Sequence[GoneState] = ()
    states: Sequence[Option] = ()
    form: FormView = field(default_factory=FormView)
