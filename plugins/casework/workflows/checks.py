"""What is wrong with a workflow: nobody could work by it, or no deadline could be told. Each at the field that mends it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from core.api import _
from plugins.casework.workflows.changes import is_own
from plugins.casework.workflows.definition import RULES, Definition, Transition, WorkflowState

Ways = Sequence[tuple[str, str]]


class Fault(NamedTuple):
    """A fault, and the field of the editor it is mended at; "" when it is about the whole."""

    field: str
    text: str


def state_field(key: str, what: str) -> str:
    """Return the name of a field about a state."""
    return f"state-{key}-{what}"


def way_field(key: str, what: str) -> str:
    """Return the name of a field about a transition."""
    return f"way-{key}-{what}"


def problems(of: Definition) -> list[str]:
    """Return what is wrong with a workflow, each in a sentence."""
    return [each.text for each in faults(of)]


def faults(of: Definition) -> list[Fault]:
    """Return what is wrong with a workflow, and where."""
    titles = {state.key: state.title for state in of.states}
    found = [*_key_faults(of, titles), *_text_faults(of), *_name_faults(of)]
    if of.start not in titles:
        return [*found, Fault("", _("Trạng thái bắt đầu “{state}” không có.", state=of.start))]
    ways = [(source, way.target) for way in of.transitions for source in way.sources]
    return [*found, *_reach_faults(of, titles, ways), *_people_faults(of), *_time_faults(of, titles, ways)]


def _key_faults(of: Definition, titles: Mapping[str, str]) -> Iterator[Fault]:
    if len(titles) != len(of.states):
        yield Fault("", _("Có hai trạng thái cùng mã."))
    if len({each.key for each in of.transitions}) != len(of.transitions):
        yield Fault("", _("Có hai bước chuyển cùng mã."))
    for way in of.transitions:
        for key in (*way.sources, way.target):
            if key not in titles:
                text = _("Bước “{step}” dẫn tới trạng thái không có: {state}.", step=_(way.title), state=key)
                yield Fault(way_field(way.key, "title"), text)


def _name_faults(of: Definition) -> Iterator[Fault]:
    """Tell what an agency called like what is there: states, and buttons that somebody reads side by side."""
    for state in of.states:
        if any(_alike(state, other) for other in of.states):
            text = _("Đã có trạng thái tên “{title}”. Đặt tên khác.", title=_(state.title))
            yield Fault(state_field(state.key, "title"), text)
    for way in of.transitions:
        if any(_alike(way, other) and {*way.sources} & {*other.sources} for other in of.transitions):
            text = _("Đã có nút tên “{title}” ở trạng thái này. Đặt tên khác.", title=_(way.title))
            yield Fault(way_field(way.key, "title"), text)


def _alike(one: WorkflowState | Transition, other: WorkflowState | Transition) -> bool:
    names = [" ".join(_(each.title).split()).casefold() for each in (one, other)]
    return is_own(one.key) and one.key != other.key and names[0] == names[1] != ""


def _text_faults(of: Definition) -> Iterator[Fault]:
    for state in of.states:
        if not state.title.strip():
            yield Fault(state_field(state.key, "title"), _("Trạng thái chưa có tên."))
        if not state.final and not state.task.strip():
            text = _("Trạng thái “{state}” chưa ghi người giữ việc phải làm gì.", state=_(state.title))
            yield Fault(state_field(state.key, "task"), text)
    for way in of.transitions:
        if not way.title.strip():
            yield Fault(way_field(way.key, "title"), _("Bước chuyển chưa có tên."))


# ---- ways that lead nowhere --------------------------------------------------------------------------------


def _reach_faults(of: Definition, titles: Mapping[str, str], ways: Ways) -> Iterator[Fault]:
    ends = {state.key for state in of.states if state.final}
    if not ends:
        yield Fault("", _("Không có trạng thái kết thúc: việc sẽ mở mãi."))
    reached = _reached({of.start}, ways)
    leading = _reached(ends, [(target, source) for source, target in ways])
    told: set[str] = set()
    for key, title in titles.items():
        if key not in reached:
            yield Fault(
                state_field(key, "title"), _("Không bước nào dẫn tới trạng thái “{state}”.", state=_(title))
            )
        elif ends and key not in leading and key not in told:
            loop = _loop_of(key, list(titles), ways)
            told.update(loop)
            yield Fault(state_field(key, "title"), _trapped([titles[each] for each in loop] or [title], loop))


def _trapped(titles: Sequence[str], loop: Sequence[str]) -> str:
    names = ", ".join(f"“{_(title)}”" for title in titles)
    if loop:
        return _("{states} đi vòng mãi, không có lối ra tới kết thúc.", states=names)
    return _("Từ {state} không có đường nào tới kết thúc.", state=names)


def _loop_of(key: str, keys: Sequence[str], ways: Ways) -> list[str]:
    """Return the states that go round with one, itself among them; none when it never comes back to itself."""
    onward = {each: _reached({target for source, target in ways if source == each}, ways) for each in keys}
    return [each for each in keys if each in onward[key] and key in onward[each]]


def _reached(start: set[str], ways: Ways) -> set[str]:
    """Return all that ways lead to from some places, and these."""
    found = set(start)
    while more := {target for source, target in ways if source in found} - found:
        found |= more
    return found


# ---- who gets it, and by when -------------------------------------------------------------------------------


def _people_faults(of: Definition) -> Iterator[Fault]:
    ends = {state.key for state in of.states if state.final}
    for way in of.transitions:
        if way.gives == "nobody" and way.target not in ends and way.clock != "pause":
            text = _("Sau bước “{step}” không ai giữ việc.", step=_(way.title))
            yield Fault(way_field(way.key, "gives"), text)
        if way.gives in RULES and not way.to:
            text = _("Bước “{step}” chưa chọn ai nhận.", step=_(way.title))
            yield Fault(way_field(way.key, "person" if way.gives == "person" else "gives"), text)


def _time_faults(of: Definition, titles: Mapping[str, str], ways: Ways) -> Iterator[Fault]:
    """Tell where nobody could say when the work is due: parts of no deadline, and a clock that never goes on."""
    for state in of.states:
        if not 1 <= state.share <= 100:
            text = _("Phần thời gian của “{state}” phải từ 1 đến 100 %.", state=_(state.title))
            yield Fault(state_field(state.key, "share"), text)
    shares = {state.key: state.share for state in of.states if not state.final}
    # Where a case waits for others, what ends the wait is their answer, not a part of the time.
    counted = {state.key for state in of.states if not state.final and state.mark != "wait"}
    depths = depths_of(of)
    for way in of.transitions:
        if way.clock == "pause" and not _goes_on(of, way, ways):
            text = _("Sau bước “{step}” thời hạn dừng và không bước nào cho chạy tiếp.", step=_(way.title))
            yield Fault(way_field(way.key, "title"), text)
        if not way.returns and way.clock not in ("resume", "restart", "reopen") and way.target in shares:
            deep = depths.get(way.target, 0)
            before = [each for each in way.sources if each in counted and depths.get(each, deep) < deep]
            latest = max(before, key=lambda each: shares[each], default=way.target)
            if shares[way.target] < shares[latest]:
                yield Fault(state_field(way.target, "share"), _too_early(titles, shares, latest, way.target))


def _too_early(titles: Mapping[str, str], shares: Mapping[str, int], source: str, target: str) -> str:
    return _(
        "Hạn của “{state}” ({share} %) sớm hơn hạn của “{before}” ({more} %) đứng trước nó.",
        state=_(titles[target]), share=shares[target], before=_(titles[source]), more=shares[source],
    )  # fmt: skip


def _goes_on(of: Definition, pause: Transition, ways: Ways) -> bool:
    after = _reached({pause.target}, ways)
    return any(
        way.clock in ("resume", "restart", "close") and after.intersection(way.sources)
        for way in of.transitions
    )


def depths_of(of: Definition) -> dict[str, int]:
    """Return how far each state is from the start by the longest way, ways that come back left out."""
    onward = _without_loops(of)
    depth = {of.start: 0}
    for _round in of.states:
        for source, target in onward:
            if source in depth:
                depth[target] = max(depth.get(target, 0), depth[source] + 1)
    return depth


def _without_loops(of: Definition) -> list[tuple[str, str]]:
    """Return the ways between states that lead on: a walk from the start leaves out those that come back on it."""
    ways: dict[str, list[str]] = {state.key: [] for state in of.states}
    for way in of.transitions:
        for source in way.sources:
            ways.setdefault(source, []).append(way.target)
    found: list[tuple[str, str]] = []
    done: set[str] = set()

    def walk(key: str, path: tuple[str, ...]) -> None:
        done.add(key)
        for target in ways.get(key, ()):
            if target not in path and target != key:
                found.append((key, target))
                if target not in done:
                    walk(target, (*path, key))

    walk(of.start, ())
    return found
