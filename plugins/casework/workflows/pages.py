"""From workflows to what their pages show, and from their forms back to workflows."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, cast

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from core.api import (
    Crumb,
    NotFound,
    Option,
    Request,
    Text,
    _,
    format_datetime,
    new_id,
    ngettext,
    open_units,
    url_for,
)
from plugins.casework.cases.resources import people_options
from plugins.casework.cases.schemas import OptionalId
from plugins.casework.registers.schemas import Limited
from plugins.casework.workflows import queries as workflow_queries
from plugins.casework.workflows.changes import (
    GIVES,
    MARKS,
    OWN,
    InternalStep,
    differences,
    is_own,
    locked,
    offered,
    places,
    with_step,
)
from plugins.casework.workflows.checks import faults, state_field, way_field
from plugins.casework.workflows.definition import (
    RULES,
    CaseKind,
    Definition,
    Giving,
    Transition,
    WorkflowState,
)
from plugins.casework.workflows.kinds import Standing, kind_of, kinds_among
from plugins.casework.workflows.queries import Version
from plugins.casework.workflows.rules import receiver_faults, receiver_words, roles_handling
from plugins.casework.workflows.views import StepWords, VersionLine

LONGEST = 80


def kind_here(req: Request, key: str) -> CaseKind:
    """Return a kind of a module in effect. Raises NotFound."""
    kind = kind_of(key)
    if kind not in kinds_among(req.asker.modules):
        raise NotFound
    return kind


def crumbs(req: Request, kind: CaseKind, last: str = "") -> tuple[Crumb, ...]:
    """Return the way to a page about the workflow of a kind."""
    first = Crumb(_("Quy trình xử lý"), url_for(req, "casework.workflows"))
    if not last:
        return first, Crumb(_(kind.title))
    return first, Crumb(_(kind.title), url_for(req, "casework.workflow", kind=kind.key)), Crumb(last)


def stands(now: Standing) -> str:
    """Say whose workflow new cases follow."""
    if now.own:
        return _("Bản riêng của cơ quan, phiên bản {number}", number=now.number)
    return _("Bản của phân hệ")


def wrong_now(kind: CaseKind, of: Definition) -> dict[str, list[str]]:
    """Return what is wrong with a workflow today, by the field it is mended at."""
    found: dict[str, list[str]] = {}
    for fault in (*faults(of), *receiver_faults(kind, of)):
        found.setdefault(fault.field, []).append(fault.text)
    return found


def bad_states(of: Definition, wrong: Mapping[str, Any]) -> frozenset[str]:
    """Return the states that a fault is about."""
    names = {
        state_field(state.key, what): state.key for state in of.states for what in ("title", "task", "share")
    }
    return frozenset(names[each] for each in wrong if each in names)


def step_words(kind: CaseKind, of: Definition) -> list[StepWords]:
    """Return the transitions of a workflow in words, in the order of the numbers of its picture."""
    words = receiver_words(kind)
    return [
        StepWords(_(way.title), way_words(of, way), words(of, way), is_own(way.key)) for way in of.transitions
    ]


def way_words(of: Definition, way: Transition) -> str:
    """Say from where to where a transition leads."""
    return f"{' · '.join(_(of.state(each).title) for each in way.sources)} → {_(of.state(way.target).title)}"


def version_lines(req: Request, kind: CaseKind, now: Standing) -> list[VersionLine]:
    """Return the versions of a workflow, each with what differs from the one before."""
    found, running, words = (
        workflow_queries.versions(kind),
        workflow_queries.running(kind),
        receiver_words(kind),
    )
    current = now.stored.id if now.stored else None
    lines = []
    for place, each in enumerate(found):
        before = found[place + 1].definition if place + 1 < len(found) else each.definition
        old, new = partial(words, before), partial(words, each.definition)
        count = sum(running.get(each.id, {}).values())
        lines.append(
            VersionLine(
                number=each.number, maker=_maker(each), made_at=each.made_at, note=each.note and _(each.note),
                current=each.id == current, running=count, changes=differences(before, each.definition, old, new),
                move_url=url_for(req, "casework.workflow_move", kind=kind.key, number=each.number)
                if count and each.id != current
                else "",
            )
        )  # fmt: skip
    return lines


def _maker(each: Version) -> str:
    return each.maker or _("Phân hệ")


def overtaken(req: Request, kind: CaseKind) -> str:
    """Say who stored a version in the meantime: somebody else, or the reader at another place."""
    last = workflow_queries.versions(kind)[0]
    told = {"number": last.number, "time": format_datetime(last.made_at)}
    if last.maker_id == req.asker.person.id:
        return _(
            "Bạn vừa lưu phiên bản {number} ở một thẻ khác lúc {time}. Điều bạn gõ còn ở dưới; xem lại rồi lưu lần nữa.",
            **told,
        )
    return _(
        "{name} vừa lưu phiên bản {number} lúc {time}. Điều bạn gõ còn ở dưới; xem lại rồi lưu lần nữa.",
        name=_maker(last), **told,
    )  # fmt: skip


# ---- who gets it, as one choice ---------------------------------------------------------------------------------


def giving_options(kind: CaseKind, way: Transition) -> list[Option]:
    """Return the rules that a transition may follow: plain ones, a person, a role, a unit."""
    roles = [(f"role:{key}", f"{_(GIVES['role'])}: {title}") for key, title in roles_handling(kind)]
    units = [(f"fixed_unit:{unit_id}", f"{_(GIVES['fixed_unit'])}: {name}") for unit_id, name in open_units()]
    plain = [(each, _(GIVES[each])) for each in (*offered(way), "person")]
    found = [Option(value, label) for value, label in (*plain, *roles, *units)]
    chosen = giving_value(way)
    if chosen not in {each.value for each in found}:
        found.append(Option(chosen, f"{_(GIVES[way.gives])}: {_('không còn ở cơ quan')}"))
    return found


def giving_value(way: Transition) -> str:
    """Return the rule of a transition as a choice."""
    return f"{way.gives}:{way.to}" if way.gives in ("role", "fixed_unit") else way.gives


def given(way: Transition, value: str, person: Any) -> Transition:
    """Return a transition with another rule."""
    gives, _colon, to = value.partition(":")
    return replace(
        way,
        gives=cast(Giving, gives),
        to=str(person or "") if gives == "person" else to if gives in RULES else "",
    )


def people_for(kind: CaseKind, value: str) -> tuple[Option, ...]:
    """Return who may be named, once the rule is a person."""
    return people_options(kind) if value == "person" else ()


# ---- the editor -------------------------------------------------------------------------------------------------


def edit_values(of: Definition, number: int) -> dict[str, str]:
    """Return what stands in the editor at first."""
    found = {"base": str(number), "note": ""}
    for state in of.states:
        found[state_field(state.key, "title")] = _(state.title)
        found[state_field(state.key, "task")] = state.task and _(state.task)
        found[state_field(state.key, "share")] = str(state.share)
    for way in of.transitions:
        found[way_field(way.key, "title")] = _(way.title)
        found[way_field(way.key, "gives")] = giving_value(way)
        found[way_field(way.key, "person")] = way.to if way.gives == "person" else ""
    return found


class EditInput(Schema):
    """What the editor of a workflow sends, and in `made` the workflow that is meant; all that is wrong is told at once."""

    class Meta:
        unknown = EXCLUDE

    def __init__(self, kind: CaseKind, of: Definition) -> None:
        super().__init__()
        self._kind, self._of, self.made = kind, of, of

    base = fields.Integer(required=True)
    note = Text(max_length=300)

    @validates_schema(skip_on_field_errors=False)
    def _fits(self, said: dict[str, Any], **_more: Any) -> None:
        # What cannot be read is filled with what adds no fault elsewhere.
        filled: dict[str, Any] = edit_values(self._of, 0)
        for name in filled.keys() - said.keys():
            filled |= (
                {name: 1} if name.endswith("-share") else {name: "keep"} if name.endswith("-gives") else {}
            )
        self.made = edited(self._kind, self._of, {**filled, **said})
        wrong = wrong_now(self._kind, self.made)
        if told := {name: wrong[name] for name in wrong if name in said or name not in self.fields}:
            raise ValidationError(told)


def edit_input(kind: CaseKind, of: Definition) -> EditInput:
    """Return what the editor of a workflow sends, with a field for all that may be changed in it."""
    asked: dict[str, Any] = {}
    for state in of.states:
        asked[state_field(state.key, "title")] = Text(required=True, max_length=LONGEST)
        if not state.final:
            asked[state_field(state.key, "task")] = Text(required=True, max_length=LONGEST)
            asked[state_field(state.key, "share")] = fields.Integer(required=True)
    for way in of.transitions:
        asked[way_field(way.key, "title")] = Text(required=True, max_length=LONGEST)
        if not locked(kind, of, way):
            values = [each.value for each in giving_options(kind, way)]
            asked[way_field(way.key, "gives")] = fields.String(required=True, validate=validate.OneOf(values))
            asked[way_field(way.key, "person")] = OptionalId()
    return cast(type[EditInput], EditInput.from_dict(asked))(kind, of)


def edited(kind: CaseKind, of: Definition, said: Mapping[str, Any]) -> Definition:
    """Return a workflow with what the editor said."""
    states = tuple(_edited_state(state, said) for state in of.states)
    ways = []
    for way in of.transitions:
        made = replace(way, title=_kept(way.title, said[way_field(way.key, "title")]))
        if not locked(kind, of, way):
            made = given(made, said[way_field(way.key, "gives")], said[way_field(way.key, "person")])
        ways.append(made)
    return Definition(of.start, states, tuple(ways))


def _edited_state(state: WorkflowState, said: Mapping[str, Any]) -> WorkflowState:
    made = replace(state, title=_kept(state.title, said[state_field(state.key, "title")]))
    if state.final:
        return made
    task = _kept(state.task, said[state_field(state.key, "task")])
    return replace(made, task=task, share=said[state_field(state.key, "share")])


def _kept(stored: str, typed: str) -> str:
    """Return a title as it is stored: one that was only shown translated is not a new one."""
    return stored if typed == _(stored) else typed


# ---- an internal step -----------------------------------------------------------------------------------------------


ANY = Transition("", "", (), "", gives="ask")
"""A transition to an internal step may follow any rule."""


class StepInput(Schema):
    """An internal step of a workflow; all that is wrong with it is told at once."""

    class Meta:
        unknown = EXCLUDE

    def __init__(self, kind: CaseKind, of: Definition) -> None:
        super().__init__()
        self._kind, self._of = kind, of

    base = fields.Integer(required=True)
    place = fields.String(required=True)
    title = Text(required=True, max_length=LONGEST)
    task = Text(required=True, max_length=LONGEST)
    share = Limited(1, 100, required=True)
    mark = fields.String(required=True, validate=validate.OneOf(list(MARKS)))
    give_title = Text(required=True, max_length=LONGEST)
    gives = fields.String(required=True)
    person = OptionalId()

    @validates_schema(skip_on_field_errors=False)
    def _fits(self, said: dict[str, Any], **_more: Any) -> None:
        if wrong := _step_faults(self._kind, self._of, said):
            raise ValidationError(wrong)


def _step_faults(kind: CaseKind, of: Definition, said: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what is wrong with a step that is described in part, by the fields of its form."""
    known = {f"{source}|{way.key}": of.state(source).share for source, way in places(of)}
    wrong: dict[str, list[str]] = {}
    if "place" in said and said["place"] not in known:
        wrong["place"] = [_("Chọn chỗ đặt bước này.")]
    if "gives" in said and said["gives"] not in {each.value for each in giving_options(kind, ANY)}:
        wrong["gives"] = [_("Chọn người nhận.")]
    if not known:
        return wrong
    fits = {name: value for name, value in said.items() if name not in wrong}
    place = fits.setdefault("place", next(iter(known)))
    # What is missing is filled with what adds no fault of its own; without its place no share is too early or late.
    filled = {
        "title": "…",
        "task": "…",
        "give_title": "…",
        "mark": "doing",
        "gives": "keep",
        "person": None,
        "share": known[place],
    }
    if place != said.get("place"):
        fits.pop("share", None)
    step = step_of({**filled, **fits})
    found = step_errors(step, wrong_now(kind, with_step(of, step)))
    return wrong | {name: texts for name, texts in found.items() if not name or name in fits}


def step_of(said: Mapping[str, Any]) -> InternalStep:
    """Return the step that a form describes, under a key of its own."""
    source, _bar, before = said["place"].partition("|")
    rule = given(Transition("", "", (), ""), said["gives"], said["person"])
    return InternalStep(
        key=f"{OWN}{new_id().hex[-8:]}", source=source, before=before, gives=rule.gives, to=rule.to,
        **{name: said[name] for name in ("title", "task", "share", "mark", "give_title")},
    )  # fmt: skip


def step_errors(step: InternalStep, wrong: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return what is wrong with a workflow by the fields of the form of its new step."""
    own = {state_field(step.key, each): each for each in ("title", "task", "share")}
    own |= {way_field(f"{step.key}_in", each): each for each in ("gives", "person")}
    own[way_field(f"{step.key}_in", "title")] = "give_title"
    found: dict[str, list[str]] = {}
    for name, texts in wrong.items():
        found.setdefault(own.get(name, ""), []).extend(texts)
    return found


def counted(count: int) -> str:
    """Say how many cases."""
    return ngettext("{n} việc", "{n} việc", count)
