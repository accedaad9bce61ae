"""How the cases of a kind go on: states, transitions, who may move them; data that an agency keeps in versions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any, Literal, Self, TypeVar

import orjson

from core.api import Extension, _

_T = TypeVar("_T")
Mark = Literal["draft", "new", "mine", "doing", "wait", "sign", "back", "done", "pub", "stop"]
Giving = Literal["keep", "ask", "unit", "previous", "opener", "nobody"]
Asked = Literal["note", "due", "co"]
ClockAct = Literal["", "pause", "resume", "restart", "close"]
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
    that the form names, who had it before, who opened it, nobody. `asks` are further fields of the form; a note
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
    returns: bool = False
    """Sends it back: who gets it is told that it was returned, and why."""
    quiet: bool = False
    """Has no button: the form of another transition leads this way as well."""


@dataclass(frozen=True, slots=True)
class CaseKind(Extension):
    """A kind of cases that a module tracks to their answer; its keys begin with the module's.

    `read`, `handle` and `manage` are permissions: to see cases of the kind, to work on those one holds, to work
    on all. `prefix` begins the code of each case ("BN" → BN-2026-0041). `route` is the page of one case and takes
    `case_id`, `list_route` the list. `restricted` kinds are seen only by those who have to do with a case.
    """

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
        """Differs from that of every other definition."""
        return sha256(orjson.dumps(self.stored(), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    @classmethod
    def restore(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `stored` made; what it has gained since takes its default."""
        states = tuple(_restored(WorkflowState, each) for each in stored["states"])
        transitions = tuple(
            replace(it, sources=tuple(it.sources), asks=tuple(it.asks))
            for it in (_restored(Transition, each) for each in stored["transitions"])
        )
        return cls(stored["start"], states, transitions)


def _restored(kind: type[_T], values: Mapping[str, Any]) -> _T:
    known = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return kind(**{name: value for name, value in values.items() if name in known})


# ---- what is wrong with a definition ------------------------------------------------------------------


def problems(of: Definition) -> list[str]:
    """Return what is wrong with a workflow, each in a sentence: nobody could work by it."""
    return list(_problems(of))


def _problems(of: Definition) -> Iterator[str]:
    titles = {state.key: state.title for state in of.states}
    yield from _key_problems(of, titles)
    if of.start not in titles:
        yield _("Trạng thái bắt đầu “{state}” không có.", state=of.start)
        return
    ends = {state.key for state in of.states if state.final}
    if not ends:
        yield _("Không có trạng thái kết thúc: việc sẽ mở mãi.")
    ways = [(source, way.target) for way in of.transitions for source in way.sources]
    reached = _reached({of.start}, ways)
    leading = _reached(ends, [(target, source) for source, target in ways])
    for key, title in titles.items():
        if key not in reached:
            yield _("Không bước nào dẫn tới trạng thái “{state}”.", state=title)
        elif ends and key not in leading:
            yield _("Từ “{state}” không có đường nào tới kết thúc.", state=title)
    yield from _people_problems(of)


def _key_problems(of: Definition, titles: Mapping[str, str]) -> Iterator[str]:
    if len(titles) != len(of.states):
        yield _("Có hai trạng thái cùng mã.")
    if len({each.key for each in of.transitions}) != len(of.transitions):
        yield _("Có hai bước chuyển cùng mã.")
    for way in of.transitions:
        for key in (*way.sources, way.target):
            if key not in titles:
                yield _("Bước “{step}” dẫn tới trạng thái không có: {state}.", step=way.title, state=key)


def _people_problems(of: Definition) -> Iterator[str]:
    for state in of.states:
        if not state.final and not state.task.strip():
            yield _("Trạng thái “{state}” chưa ghi người giữ việc phải làm gì.", state=state.title)
        if not 1 <= state.share <= 100:
            yield _("Phần thời gian của “{state}” phải từ 1 đến 100 %.", state=state.title)
    for way in of.transitions:
        ends = any(state.key == way.target and state.final for state in of.states)
        if way.gives == "nobody" and not ends and way.clock != "pause":
            yield _("Sau bước “{step}” không ai giữ việc.", step=way.title)


def _reached(start: set[str], ways: Sequence[tuple[str, str]]) -> set[str]:
    """Return all that ways lead to from some places, and these."""
    found = set(start)
    while more := {target for source, target in ways if source in found} - found:
        found |= more
    return found
