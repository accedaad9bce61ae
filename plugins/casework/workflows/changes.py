"""What an agency may change in a workflow of its own, and what the module's code and the law hold fast."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.api import N_, Change, _
from plugins.casework.workflows.definition import (
    CaseKind,
    Definition,
    Giving,
    Mark,
    Transition,
    WorkflowState,
)

OWN = "own_"
"""Keys of an agency's own steps begin so; a module's never do."""
GIVES: dict[Giving, str] = {
    "keep": N_("Người đang giữ làm tiếp"),
    "ask": N_("Người chuyển chọn người nhận"),
    "unit": N_("Người chuyển chọn đơn vị nhận"),
    "previous": N_("Người giữ trước đó"),
    "opener": N_("Người mở việc"),
    "mover": N_("Người làm bước này"),
    "person": N_("Một người cụ thể"),
    "role": N_("Người giữ vai trò"),
    "fixed_unit": N_("Một đơn vị"),
    "nobody": N_("Không ai"),
}
MARKS: dict[Mark, str] = {
    "doing": N_("Đang làm"),
    "sign": N_("Chờ duyệt, ký"),
    "wait": N_("Chờ nơi khác"),
}
CORE = N_(
    "Trạng thái và bước của phân hệ không bỏ được: biểu mẫu, thời hạn theo luật và báo cáo của phân hệ gọi đúng chúng. "
    "Cơ quan đổi được tên, lời nhắc việc, phần thời gian, người nhận, và thêm bước nội bộ ở giữa."
)


def is_own(key: str) -> bool:
    """Tell whether the agency added a state or transition itself."""
    return key.startswith(OWN)


def locked(kind: CaseKind, of: Definition, way: Transition) -> str:
    """Return why an agency cannot say who gets the case after a transition; nothing when it can."""
    shipped = next((each for each in kind.transitions if each.key == way.key), way)
    if of.state(way.target).final:
        return _("Việc kết thúc ở đây, không ai nhận tiếp.")
    if way.by == "system":
        return _("Việc tự chuyển theo điều xảy ra ở nơi khác.")
    if shipped.gives == "nobody":
        return _("Việc chờ nơi khác, không ai giữ.")
    if shipped.gives == "mover":
        return _("Ai làm bước này thì giữ việc.")
    if way.route and shipped.gives in ("ask", "unit"):
        return _("Mẫu riêng của phân hệ hỏi người nhận.")
    return ""


def offered(way: Transition) -> list[Giving]:
    """Return the rules that need nobody named; a form of the module's own asks for nobody it does not ask for now."""
    simple: list[Giving] = ["keep", "previous", "opener"]
    return simple if way.route else ["keep", "ask", "unit", "previous", "opener"]


# ---- an internal step ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalStep:
    """A state that an agency puts before a transition: whoever has the case gives it there first, then it goes on."""

    key: str
    title: str
    task: str
    share: int
    mark: Mark
    source: str
    before: str
    give_title: str
    gives: Giving
    to: str = ""


def places(of: Definition) -> list[tuple[str, Transition]]:
    """Return where a step may be put: a state, and the transition onward from it that the step stands before."""
    return [
        (state.key, way)
        for state in of.states
        for way in of.ways_from(state.key)
        if way.by != "system" and not (way.returns or is_own(way.key) or way.target in (of.start, state.key))
    ]


def with_step(of: Definition, step: InternalStep) -> Definition:
    """Return a workflow with a step more. The transition after it keeps its key, form and effects: the module's code finds it.

    What happens elsewhere, and what anybody with the right may do from the state before, may be done from it too.
    """
    state = WorkflowState(step.key, step.title, step.mark, step.task, share=step.share)
    at = [each.key for each in of.states].index(step.source) + 1
    ways: list[Transition] = []
    for way in of.transitions:
        if way.key == step.before:
            ways.append(_into(step))
            sources = tuple(step.key if each == step.source else each for each in way.sources)
            ways += [replace(way, sources=sources), _back(step)]
        elif step.source in way.sources and way.by != "holder":
            ways.append(replace(way, sources=(*way.sources, step.key)))
        else:
            ways.append(way)
    return Definition(of.start, (*of.states[:at], state, *of.states[at:]), tuple(ways))


def _into(step: InternalStep) -> Transition:
    return Transition(
        f"{step.key}_in",
        step.give_title,
        (step.source,),
        step.key,
        gives=step.gives,
        to=step.to,
        primary=True,
    )


def _back(step: InternalStep) -> Transition:
    return Transition(
        f"{step.key}_back", N_("Trả lại"), (step.key,), step.source, gives="previous", needs_note=True, returns=True,
        icon="arrow-back-up",
    )  # fmt: skip


def without_step(of: Definition, key: str) -> Definition:
    """Return a workflow without an internal step: what led out of it leads out of the state before again."""
    (source,) = of.transition(f"{key}_in").sources
    gone = {f"{key}_in", f"{key}_back"}

    def moved(way: Transition) -> Transition:
        sources = dict.fromkeys(source if each == key else each for each in way.sources)
        return replace(way, sources=tuple(sources), target=source if way.target == key else way.target)

    ways = tuple(moved(way) for way in of.transitions if way.key not in gone)
    return Definition(of.start, tuple(each for each in of.states if each.key != key), ways)


# ---- what differs ---------------------------------------------------------------------------------------------


def differences(
    old: Definition,
    new: Definition,
    old_words: Callable[[Transition], str],
    new_words: Callable[[Transition], str],
) -> list[Change]:
    """Return what differs between two versions, as a reader says it; the words say who gets a case in each."""
    return [*_state_changes(old, new), *_way_changes(old, new, old_words, new_words)]


def _state_changes(old: Definition, new: Definition) -> Iterator[Change]:
    before, after = ({each.key: each for each in of.states} for of in (old, new))
    for key, state in after.items():
        was = before.get(key)
        if was is None:
            yield Change(_("Thêm trạng thái"), "", _(state.title))
            continue
        name = _("Trạng thái “{state}”", state=_(was.title))
        pairs = (
            (_("tên"), _(was.title), _(state.title)),
            (_("việc phải làm"), was.task and _(was.task), state.task and _(state.task)),
            (_("phần thời gian"), f"{was.share} %", f"{state.share} %"),
        )
        yield from _told(name, pairs)
    for key in before:
        if key not in after:
            yield Change(_("Bỏ trạng thái"), "", _(before[key].title))


def _way_changes(
    old: Definition,
    new: Definition,
    old_words: Callable[[Transition], str],
    new_words: Callable[[Transition], str],
) -> Iterator[Change]:
    before, after = ({each.key: each for each in of.transitions} for of in (old, new))

    titles = {state.key: _(state.title) for of in (old, new) for state in of.states}

    def stands(*keys: str) -> str:
        # By the newer title on both sides: a state that has another name is told of once, as that.
        return " · ".join(titles[key] for key in keys)

    for key, way in after.items():
        was = before.get(key)
        if was is None:
            yield Change(
                _("Thêm bước"),
                "",
                f"{_(way.title)}: {stands(*way.sources)} → {stands(way.target)}",
            )
            continue
        pairs = (
            (_("tên"), _(was.title), _(way.title)),
            (_("từ"), stands(*was.sources), stands(*way.sources)),
            (_("tới"), stands(was.target), stands(way.target)),
            (_("người nhận"), old_words(was), new_words(way)),
        )
        yield from _told(_("Bước “{step}”", step=_(was.title)), pairs)
    for key in before:
        if key not in after:
            yield Change(_("Bỏ bước"), "", _(before[key].title))


def _told(name: str, pairs: Sequence[tuple[str, str, str]]) -> Iterator[Change]:
    for what, old, new in pairs:
        if old != new:
            yield Change(f"{name}, {what}", old, new)
