"""How the cases of a kind go on: states, transitions, who may move them; data that an agency keeps in versions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from typing import Any, Literal, Self, TypeVar
from uuid import UUID

import orjson

from core.api import RequestContext
from plugins.casework.cases.personal import PersonalFact
from plugins.casework.models import Case

_T = TypeVar("_T")
Mark = Literal["draft", "new", "mine", "doing", "wait", "sign", "back", "done", "pub", "stop"]
Giving = Literal[
    "keep", "ask", "unit", "previous", "opener", "mover", "nobody", "person", "role", "fixed_unit"
]
RULES = ("person", "role", "fixed_unit")
"""Who gets it stands in the workflow itself: an agency's own rule, with whom in `to`."""
Asked = Literal["note", "due", "co"]
ClockAct = Literal["", "pause", "resume", "restart", "close", "reopen"]
START = ""
"""Where a case comes from when it is opened."""


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """Where a case may stand: one of the marks and its own words, and what whoever holds it must do there."""

    key: str
    title: str
    mark: Mark
    task: str = ""
    """The verb of the work list: "Soạn trả lời"; an end has none."""
    final: bool = False
    share: int = 100
    """How much of the whole deadline has passed when the work in this state is due, in percent."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from some states to one: the button, who may press it, what it asks and what it does.

    `by` is "holder" for whoever has the case now (or stands in, or is of the unit that has it), "anybody" for
    everybody with the permission, "system" for nobody: what happens elsewhere makes it. `gives` says who has it then: the same people, who the form names, a unit
    that the form names, who had it before, who opened it, who makes the move, nobody; and, by a rule of the agency, the person, the role or
    the unit that `to` names. `asks` are further fields of the form; a note
    is required when `needs_note` says so. `clock` is what happens to the deadline "whole". A `route` of the
    module's own shows its own form instead, and calls `move` from there.
    """

    key: str
    title: str
    sources: tuple[str, ...]
    target: str
    permission: str = ""
    by: Literal["holder", "anybody", "system"] = "holder"
    gives: Giving = "keep"
    asks: tuple[Asked, ...] = ("note",)
    needs_note: bool = False
    needs_file: bool = False
    clock: ClockAct = ""
    route: str = ""
    icon: str = "arrow-right"
    primary: bool = False
    main_in: tuple[str, ...] = ()
    """The states in which it is the main one, where that is not so in all it leads out of."""
    returns: bool = False
    """Sends it back: who gets it is told that it was returned, and why."""
    to: str = ""
    """Of a rule: the id of the person or unit, the key of the role."""
    quiet: bool = False
    """Has no button: the form of another transition leads this way as well."""


@dataclass(frozen=True, slots=True)
class CaseKind:
    """A kind of cases that a module tracks to their answer; its keys begin with the module's.

    `read`, `handle` and `manage` are permissions: to see cases of the kind, to work on those one holds, to work
    on all. `prefix` begins the code of each case ("BN" → BN-2026-0041). `route` is the page of one case and takes
    `case_id`, `list_route` the list. `restricted` kinds are seen only by those who have to do with a case.
    `personal` reads what is personal of a case, by its id: its page shows it masked until somebody says why.
    `later_day` says where the day of a case comes from that has no clock, or goes on after its deadline was kept, by the case.
    `answered_sql` reads of a case `c`, from the module's own table, by which day it had to be answered and on which it was: one without a
    day is judged by them, wherever early, on time and late are told.
    `refuses` tells of a person, a case and the key of a transition whether that case rules it out for them: its button is not offered.
    `reads` gives what a step is decided about, by the case and the key of the transition: texts with their titles, above its form.
    """

    key: str
    title: str
    prefix: str
    read: str
    handle: str
    manage: str
    route: str
    list_route: str
    states: tuple[WorkflowState, ...]
    transitions: tuple[Transition, ...]
    start: str
    restricted: bool = False
    personal: Callable[[UUID], Sequence[PersonalFact]] | None = None
    later_day: Callable[[Case], str] | None = None
    answered_sql: str = ""
    refuses: Callable[[RequestContext, Case, str], bool] | None = None
    reads: Callable[[Case, str], Sequence[tuple[str, str]]] | None = None
    opener: str = ""
    """Who opens cases of the kind without being of the agency: a citizen who asks."""
    opener_names_day: bool = False
    """Whoever opens one says by when it is to be done."""

    @property
    def shipped(self) -> "Definition":
        """The workflow that comes with the module."""
        return Definition(self.start, self.states, self.transitions)


@dataclass(frozen=True, slots=True)
class Definition:
    """A workflow as an agency keeps it."""

    start: str
    states: tuple[WorkflowState, ...]
    transitions: tuple[Transition, ...]

    def state(self, key: str) -> WorkflowState:
        """Return a state. Raises KeyError."""
        return {each.key: each for each in self.states}[key]

    def transition(self, key: str) -> Transition:
        """Return a transition. Raises KeyError."""
        return {each.key: each for each in self.transitions}[key]

    def ways_from(self, state: str) -> list[Transition]:
        """Return the transitions that lead out of a state, in the order they are offered."""
        return [each for each in self.transitions if state in each.sources]

    def stored(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @property
    def stamp(self) -> str:
        """Differs from that of every other definition; what definitions gain later changes none by its default."""
        said = [self.start, *map(_said, self.states), *map(_said, self.transitions)]
        return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    @classmethod
    def restore(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `stored` made; what it has gained since takes its default."""
        states = tuple(_restored(WorkflowState, each) for each in stored["states"])
        transitions = tuple(
            replace(it, sources=tuple(it.sources), asks=tuple(it.asks), main_in=tuple(it.main_in))
            for it in (_restored(Transition, each) for each in stored["transitions"])
        )
        return cls(stored["start"], states, transitions)


def _said(of: WorkflowState | Transition) -> dict[str, Any]:
    return {
        each.name: getattr(of, each.name) for each in fields(of) if getattr(of, each.name) != each.default
    }


def _restored(kind: type[_T], values: Mapping[str, Any]) -> _T:
    known = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return kind(**{name: value for name, value in values.items() if name in known})
