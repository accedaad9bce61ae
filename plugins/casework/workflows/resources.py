"""Pages of workflows: the kinds of an agency, one with its versions, what may be changed, running cases moved over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import falcon

from core.api import (
    Conflict,
    Effect,
    FormView,
    Invalid,
    NotFound,
    Option,
    PlanView,
    Request,
    _,
    load,
    page,
    redirect,
    url_for,
)
from plugins.casework.workflows import pages, queries, services
from plugins.casework.workflows.changes import (
    CORE,
    MARKS,
    differences,
    is_own,
    locked,
    places,
    with_step,
    without_step,
)
from plugins.casework.workflows.checks import state_field, way_field
from plugins.casework.workflows.definition import CaseKind, Definition, Transition
from plugins.casework.workflows.diagram import diagram
from plugins.casework.workflows.kinds import Standing, definition, kinds_among, standing
from plugins.casework.workflows.rules import receiver_words
from plugins.casework.workflows.services import Landing
from plugins.casework.workflows.views import (
    EditView,
    GoneState,
    KindLine,
    MoveOverView,
    StateRow,
    StepView,
    WayRow,
    WorkflowsView,
    WorkflowView,
)
from plugins.pages.api import DraftView, FormPage


class Workflows:
    """The kinds of cases of an agency."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        rows = [self._line(req, kind) for kind in kinds_among(req.asker.modules)]
        page(req, resp, "casework/workflows.html", WorkflowsView(rows=sorted(rows)))

    @staticmethod
    def _line(req: Request, kind: CaseKind) -> KindLine:
        now, running = standing(kind), queries.running(kind)
        counts = {workflow_id: sum(states.values()) for workflow_id, states in running.items()}
        newest = counts.pop(now.stored.id, 0) if now.stored else 0
        older = sum(counts.values())
        return KindLine(
            _(kind.title),
            url_for(req, "casework.workflow", kind=kind.key),
            pages.stands(now),
            newest + older,
            older,
        )


class OneWorkflow:
    """How cases of a kind go on, and the versions of that."""

    def on_get(self, req: Request, resp: falcon.Response, kind: str) -> None:
        of = pages.kind_here(req, kind)
        now = standing(of)
        wrong = pages.wrong_now(of, now.definition)
        view = WorkflowView(
            title=_(of.title), crumbs=pages.crumbs(req, of), stands=pages.stands(now), steps=pages.step_words(of, now.definition),
            diagram=diagram(now.definition, pages.bad_states(now.definition, wrong)),
            own_states=[
                (_(each.title), url_for(req, "casework.workflow_step_remove", kind=kind, state=each.key))
                for each in now.definition.states if is_own(each.key)
            ],
            faults=[text for texts in wrong.values() for text in texts],
            versions=pages.version_lines(req, of, now),
            edit_url=url_for(req, "casework.workflow_edit", kind=kind),
            step_url=url_for(req, "casework.workflow_step_new", kind=kind) if places(now.definition) else "",
            reset_url=url_for(req, "casework.workflow_reset", kind=kind) if now.own else "",
        )  # fmt: skip
        page(req, resp, "casework/workflow.html", view)


class EditWorkflow:
    """Titles, shares of time and receivers, looked at as a picture before they are saved."""

    def on_get(self, req: Request, resp: falcon.Response, kind: str) -> None:
        of = pages.kind_here(req, kind)
        now = standing(of)
        form = FormView(pages.edit_values(now.definition, now.number))
        page(req, resp, "casework/workflow_edit.html", _edit_view(req, of, now.definition, form))

    def on_post(self, req: Request, resp: falcon.Response, kind: str) -> None:
        of = pages.kind_here(req, kind)
        now = standing(of)
        wanted = pages.edit_input(of, now.definition)
        try:
            said = load(wanted, req.form)
            if req.form.get("act") == "preview":
                page(
                    req,
                    resp,
                    "casework/workflow_edit.html",
                    _edit_view(req, of, wanted.made, FormView(req.form), looked=True),
                )
                return
            saved = services.save(req.asker, of, said["base"], wanted.made, note=said["note"])
        except Invalid as problem:
            view = _edit_view(req, of, wanted.made, FormView(req.form, problem.errors))
            page(req, resp, "casework/workflow_edit.html", view, status=problem.status)
        except Conflict:
            typed = {**req.form, "base": str(standing(of).number)}
            view = _edit_view(req, of, wanted.made, FormView(typed, {"": [pages.overtaken(req, of)]}))
            page(req, resp, "casework/workflow_edit.html", view, status=409)
        else:
            _saved(req, resp, of, saved)


class NewStep:
    """An internal step, put before a transition."""

    def on_get(self, req: Request, resp: falcon.Response, kind: str) -> None:
        of = pages.kind_here(req, kind)
        now = standing(of)
        values = {"base": str(now.number), "share": "100", "mark": "doing", "gives": "ask"}
        page(req, resp, "casework/workflow_step.html", _step_view(req, of, now.definition, FormView(values)))

    def on_post(self, req: Request, resp: falcon.Response, kind: str) -> None:
        of = pages.kind_here(req, kind)
        now = standing(of)
        try:
            said = load(pages.StepInput(of, now.definition), req.form)
            services.save(req.asker, of, said["base"], with_step(now.definition, pages.step_of(said)))
        except Invalid as problem:
            view = _step_view(req, of, now.definition, FormView(req.form, problem.errors))
            page(req, resp, "casework/workflow_step.html", view, status=problem.status)
        except Conflict:
            form = FormView({**req.form, "base": str(standing(of).number)}, {"": [pages.overtaken(req, of)]})
            page(
                req,
                resp,
                "casework/workflow_step.html",
                _step_view(req, of, now.definition, form),
                status=409,
            )
        else:
            _saved(req, resp, of, True)


class RemoveStep:
    """What taking an internal step out means, and doing it."""

    def on_get(self, req: Request, resp: falcon.Response, kind: str, state: str) -> None:
        of = pages.kind_here(req, kind)
        now = standing(of)
        title = next((each.title for each in now.definition.states if each.key == state), "")
        if not title or not is_own(state):
            raise NotFound
        plan = _plan(req, of, now, without_step(now.definition, state))
        plan = replace(
            plan, title=_("Bỏ bước “{step}”?", step=title), button=_("Bỏ bước này"), back=_("Giữ bước này"),
            action=url_for(req, "casework.workflow_step_remove", kind=kind, state=state),
        )  # fmt: skip
        page(
            req,
            resp,
            "casework/workflow_plan.html",
            MoveOverView(plan=plan, crumbs=pages.crumbs(req, of, plan.button)),
        )

    def on_post(self, req: Request, resp: falcon.Response, kind: str, state: str) -> None:
        of = pages.kind_here(req, kind)
        _do(req, resp, of, partial(services.remove_step, req.asker, of, _base(req), state))


class ResetWorkflow:
    """What going back to the module's own workflow means, and doing it."""

    def on_get(self, req: Request, resp: falcon.Response, kind: str) -> None:
        of = pages.kind_here(req, kind)
        plan = _plan(req, of, standing(of), of.shipped)
        plan = replace(
            plan, title=_("Về quy trình của phân hệ?"), button=_("Về quy trình của phân hệ"), back=_("Giữ bản của cơ quan"),
            action=url_for(req, "casework.workflow_reset", kind=kind),
        )  # fmt: skip
        page(
            req,
            resp,
            "casework/workflow_plan.html",
            MoveOverView(plan=plan, crumbs=pages.crumbs(req, of, plan.button)),
        )

    def on_post(self, req: Request, resp: falcon.Response, kind: str) -> None:
        of = pages.kind_here(req, kind)
        _do(req, resp, of, partial(services.reset, req.asker, of, _base(req)))


class MoveOver:
    """What becomes of the running cases of an older version when they follow the newest one, and letting them."""

    def on_get(self, req: Request, resp: falcon.Response, kind: str, number: int) -> None:
        of = pages.kind_here(req, kind)
        page(req, resp, "casework/workflow_move.html", _move_view(req, of, number, FormView()))

    def on_post(self, req: Request, resp: falcon.Response, kind: str, number: int) -> None:
        of = pages.kind_here(req, kind)
        old, new = definition(queries.version(of, number).id), standing(of).definition
        landings = {
            each.key: Landing(str(req.form.get(f"to-{each.key}", "")), back=f"back-{each.key}" in req.form)
            for each in services.gone(old, new)
        }
        try:
            count, stayed = services.move_over(req.asker, of, number, landings)
        except Invalid as problem:
            view = _move_view(req, of, number, FormView(req.form, problem.errors))
            page(req, resp, "casework/workflow_move.html", view, status=problem.status)
        else:
            told = _("Đã chuyển {count}.", count=pages.counted(count))
            if count > services.AT_ONCE:
                told = _("Đang chuyển {count}; trang này cho biết còn bao nhiêu.", count=pages.counted(count))
            if stayed:
                why = _(
                    "Còn {count} theo phiên bản cũ, vì vừa sang trạng thái mà quy trình mới không có. Chuyển lần nữa để chọn nơi nhận.",
                    count=pages.counted(stayed),
                )
                told = f"{told} {why}"
            redirect(resp, url_for(req, "casework.workflow", kind=kind), toast=told)


# ---- what they share ----------------------------------------------------------------------------------------------


def _saved(req: Request, resp: falcon.Response, kind: CaseKind, saved: bool) -> None:
    number = standing(kind).number
    told = (
        _("Đã lưu phiên bản {number}. Việc mới theo phiên bản này.", number=number)
        if saved
        else _("Không có gì thay đổi.")
    )
    redirect(resp, url_for(req, "casework.workflow", kind=kind.key), toast=told)


def _base(req: Request) -> int:
    typed = str(req.form.get("base", ""))
    return int(typed) if typed.isdecimal() else -1


def _do(req: Request, resp: falcon.Response, kind: CaseKind, act: Any) -> None:
    """Do what a plan said, unless the workflow is another one now."""
    try:
        act()
    except Conflict:
        told = _("Quy trình vừa có phiên bản mới, chưa có gì thay đổi. Xem lại rồi làm tiếp.")
        redirect(resp, url_for(req, "casework.workflow", kind=kind.key), toast=told)
    else:
        _saved(req, resp, kind, True)


def _plan(req: Request, kind: CaseKind, now: Standing, new: Definition) -> PlanView:
    words = receiver_words(kind)
    found = differences(now.definition, new, partial(words, now.definition), partial(words, new))
    effects = [
        Effect("arrow-right", f"{each.field}: {' → '.join(filter(None, (each.old, each.new)))}")
        for each in found
    ]
    return PlanView(
        title="", button="", action="", back="", back_url=url_for(req, "casework.workflow", kind=kind.key),
        effects=[*effects, Effect("clock", _("Việc đang chạy giữ phiên bản của mình; việc mới theo phiên bản mới."))],
        fields=(("base", str(now.number)),),
    )  # fmt: skip


def _edit_view(
    req: Request, kind: CaseKind, of: Definition, form: FormView, *, looked: bool = False
) -> EditView:
    bad = pages.bad_states(of, form.errors)
    return EditView(
        page=FormPage(
            title=_("Sửa quy trình: {kind}", kind=_(kind.title)), form=form, draft=DraftView(key=""), hidden=("base",),
            action=url_for(req, "casework.workflow_edit", kind=kind.key), button=_("Lưu thành phiên bản mới"),
            back_url=url_for(req, "casework.workflow", kind=kind.key), back=_("Giữ quy trình hiện tại"),
            crumbs=pages.crumbs(req, kind, _("Sửa")), titles=_titles(of),
        ),
        core=_(CORE),
        states=[StateRow(each.key, _(each.title), each.final, is_own(each.key)) for each in of.states],
        ways=[_way_row(kind, of, number, way, form) for number, way in enumerate(of.transitions, 1)],
        diagram=diagram(of, bad), steps=pages.step_words(kind, of), looked=looked,
    )  # fmt: skip


def _way_row(kind: CaseKind, of: Definition, number: int, way: Transition, form: FormView) -> WayRow:
    why = locked(kind, of, way)
    return WayRow(
        key=way.key, title=_(way.title), number=number, ways=pages.way_words(of, way), locked=why,
        gives=() if why else pages.giving_options(kind, way),
        people=() if why else pages.people_for(kind, form.text(way_field(way.key, "gives"))),
    )  # fmt: skip


def _titles(of: Definition) -> dict[str, str]:
    """Return the names of the fields for the summary of errors: each with the state or step it is about."""
    parts = {"title": _("tên"), "task": _("việc phải làm"), "share": _("phần thời gian")}
    found = {
        state_field(s.key, key): f"{_(s.title)}, {name}" for s in of.states for key, name in parts.items()
    }
    ways = {"title": _("tên"), "gives": _("người nhận"), "person": _("người được chọn")}
    return found | {
        way_field(w.key, key): f"{_(w.title)}, {name}" for w in of.transitions for key, name in ways.items()
    }


def _step_view(req: Request, kind: CaseKind, of: Definition, form: FormView) -> StepView:
    where = [
        Option(
            f"{source}|{way.key}",
            _("Ở “{state}”, trước khi “{step}”", state=_(of.state(source).title), step=_(way.title)),
        )
        for source, way in places(of)
    ]
    return StepView(
        page=FormPage(
            title=_("Thêm bước nội bộ: {kind}", kind=_(kind.title)), form=form, draft=DraftView(key=""), hidden=("base",),
            action=url_for(req, "casework.workflow_step_new", kind=kind.key), button=_("Lưu thành phiên bản mới"),
            back_url=url_for(req, "casework.workflow", kind=kind.key), back=_("Không thêm nữa"),
            crumbs=pages.crumbs(req, kind, _("Thêm bước nội bộ")),
            titles={
                "place": _("Đặt ở đâu"), "title": _("Tên trạng thái"), "task": _("Việc phải làm"), "share": _("Phần thời gian (%)"),
                "mark": _("Loại bước"), "give_title": _("Nút chuyển tới bước này"), "gives": _("Ai nhận"), "person": _("Người được chọn"),
            },
        ),
        places=where, marks=[Option(key, _(title)) for key, title in MARKS.items()], gives=pages.giving_options(kind, pages.ANY),
        people=pages.people_for(kind, form.text("gives")),
    )  # fmt: skip


def _move_view(req: Request, kind: CaseKind, number: int, form: FormView) -> MoveOverView:
    old, now = queries.version(kind, number), standing(kind)
    if now.stored and old.id == now.stored.id:
        raise NotFound
    before, counts = definition(old.id), queries.running(kind).get(old.id, {})
    lost = [each for each in services.gone(before, now.definition) if counts.get(each.key)]
    held = queries.holders(old.id, [each.key for each in lost])
    total = sum(counts.values())
    return MoveOverView(
        plan=PlanView(
            title=_("Chuyển {count} đang chạy sang quy trình mới?", count=pages.counted(total)),
            context=_("{kind}, từ phiên bản {old} sang quy trình đang dùng", kind=_(kind.title), old=number),
            effects=_move_effects(before, now.definition, counts, total), effects_title=_("Khi chuyển"),
            action=url_for(req, "casework.workflow_move", kind=kind.key, number=number), button=_("Chuyển {count}", count=pages.counted(total)),
            back_url=url_for(req, "casework.workflow", kind=kind.key), back=_("Để các việc này đi hết theo phiên bản cũ"),
            reason="" if total else _("Không còn việc nào theo phiên bản này."),
        ),
        crumbs=pages.crumbs(req, kind, _("Chuyển việc đang chạy")),
        gone=[GoneState(each.key, _(each.title), pages.counted(counts[each.key]), _people(held.get(each.key, ()))) for each in lost],
        states=[Option(each.key, _(each.title)) for each in now.definition.states if not each.final],
        form=form,
    )  # fmt: skip


def _people(held: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in held) or _("chưa ai giữ")


def _move_effects(old: Definition, new: Definition, counts: Mapping[str, int], total: int) -> list[Effect]:
    kept = {each.key: each for each in new.states}
    found = []
    for state in old.states:
        count = counts.get(state.key, 0)
        if count and state.key in kept:
            text = _(
                "{count} ở “{state}”: giữ trạng thái và người giữ.",
                count=pages.counted(count),
                state=_(state.title),
            )
            if kept[state.key].task != state.task:
                text = f"{text} {_('Việc phải làm nay là “{task}”.', task=_(kept[state.key].task))}"
            found.append(Effect("circle-check", text))
    found.append(
        Effect(
            "history",
            _("Quá trình và lịch sử của từng việc ghi lần chuyển này; thời hạn cả vụ việc giữ nguyên."),
        )
    )
    if total > services.AT_ONCE:
        found.append(Effect("clock", _("Nhiều việc nên chuyển dần, không ai phải chờ trang này.")))
    return found
