"""What is done to one case of any kind: moved, given, commented, linked, files attached; each leads back to its page."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    Conflict,
    Crumb,
    FormView,
    Invalid,
    NotFound,
    Option,
    Request,
    RequestContext,
    _,
    current_time,
    format_date,
    load,
    ngettext,
    page,
    paragraphs,
    redirect,
    require_access,
    url_for,
)
from plugins.casework.cases import assigning, queries, services
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.pages import case_view, overtaken, part_title, state_of
from plugins.casework.cases.schemas import AssignInput, CommentInput, LinkInput, MoveInput, PartInput
from plugins.casework.cases.services import Move
from plugins.casework.cases.telling import shown_title
from plugins.casework.cases.views import MoveView
from plugins.casework.legs.lines import NAMED, close_warnings
from plugins.casework.lengths import MOST_REASON
from plugins.casework.models import Case
from plugins.casework.workflows.definition import RULES, CaseKind, Transition
from plugins.casework.workflows.kinds import followed_on, kind_of
from plugins.drafts.api import draft_view, forget, resume
from plugins.files.api import sent_files, upload_url
from plugins.notifications.api import people_with
from plugins.pages.api import DraftView, FormPage


class CaseMove:
    """The form of a transition."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID, transition: str) -> None:
        case, kind, way = _found(req, case_id, transition)
        services.require_turn(req.asker, kind, case, way, queries.open_assignments(case.id))
        values = {"version": str(case.version)}
        page(
            req,
            resp,
            "casework/case_move.html",
            _move_view(req, case, kind, way, *resume(req, _draft(case, way), values)),
        )

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID, transition: str) -> None:
        case, kind, way = _found(req, case_id, transition)
        form = FormView(req.form)
        try:
            said = load(MoveInput(), req.form)
            services.move(req.asker, case_id, transition, move_of(said, req))
        except Invalid as problem:
            form = FormView(req.form, problem.errors)
            view = _move_view(req, case, kind, way, form, draft_view(req, _draft(case, way)))
            page(req, resp, "casework/case_move.html", view, status=problem.status)
        except Conflict as conflict:
            self._overtaken(req, resp, conflict.current, kind)
        else:
            forget(req, _draft(case, way))
            redirect(
                resp,
                url_for(req, kind.route, case_id=case_id),
                toast=_("{code}: {done}.", code=case.code, done=_(way.title)),
            )

    @staticmethod
    def _overtaken(req: Request, resp: falcon.Response, now: Any, kind: CaseKind) -> None:
        """Show the case as it is now, and who was first."""
        text = overtaken(req.asker, now, FormView(req.form).text("note"))
        view = case_view(
            req,
            queries.case(now.id),
            kind,
            form=FormView(req.form, {"": [text]}),
            heading=_("Việc này vừa đổi"),
        )
        page(req, resp, "casework/case.html", view, status=409)


class CaseAssign:
    """The form that gives a case to somebody else as it stands."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case, kind = _open(req, case_id)
        form = FormView({"version": str(case.version)})
        page(req, resp, "casework/case_move.html", _assign_view(req, case, kind, form))

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case, kind = _open(req, case_id)
        try:
            said = load(AssignInput(), req.form)
            to = Receiver(said["person_id"], None if said["person_id"] else said["unit_id"])
            assigning.reassign(
                req.asker, case_id, to, note=said["note"], due=_end(said["due"]), version=said["version"]
            )
        except Invalid as problem:
            view = _assign_view(req, case, kind, FormView(req.form, problem.errors))
            page(req, resp, "casework/case_move.html", view, status=problem.status)
        except Conflict:
            now = queries.case(case_id)
            form = FormView({**req.form, "version": str(now.version)}, {"": [overtaken(req.asker, now)]})
            page(req, resp, "casework/case_move.html", _assign_view(req, now, kind, form), status=409)
        else:
            redirect(
                resp,
                url_for(req, kind.route, case_id=case_id),
                toast=_("Đã giao lại {code}.", code=case.code),
            )


class CaseParts:
    """Comments, files and links of a case."""

    def on_post_comment(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        def act() -> str:
            services.comment(req.asker, case_id, load(CommentInput(), req.form)["text"])
            return _("Đã gửi.")

        self._do(req, resp, case_id, act, _("Chưa gửi được"), tab="talk")

    def on_post_attach(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        def act() -> str:
            count = services.attach(req.asker, case_id, sent_files(req, "files"))
            return ngettext("Đã đính kèm {n} tệp.", "Đã đính kèm {n} tệp.", count)

        self._do(req, resp, case_id, act, _("Chưa đính kèm được tệp"), tab="files")

    def on_post_detach(self, req: Request, resp: falcon.Response, case_id: UUID, file_id: UUID) -> None:
        def act() -> str:
            services.detach(req.asker, case_id, file_id)
            return _("Đã bỏ tệp.")

        self._do(req, resp, case_id, act, _("Chưa bỏ được tệp"), tab="files")

    def on_post_link(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        def act() -> str:
            said = load(LinkInput(), req.form)
            services.link(req.asker, case_id, said["code"], said["how"])
            return _("Đã nối hai vụ việc.")

        self._do(req, resp, case_id, act, _("Chưa nối được"), tab="links")

    def on_post_unlink(self, req: Request, resp: falcon.Response, case_id: UUID, other_id: UUID) -> None:
        services.unlink(req.asker, case_id, other_id)
        _back(req, resp, case_id, _("Đã bỏ nối."), tab="links")

    def _do(
        self,
        req: Request,
        resp: falcon.Response,
        case_id: UUID,
        act: Callable[[], str],
        heading: str,
        *,
        tab: str,
    ) -> None:
        try:
            toast = act()
        except Invalid as problem:
            case = queries.case(case_id)
            view = case_view(
                req, case, kind_of(case.kind), form=FormView(req.form, problem.errors), heading=heading
            )
            page(req, resp, "casework/case.html", view, status=problem.status)
        else:
            _back(req, resp, case_id, toast, tab=tab)


class TakeOff:
    """Takes the answer of a case of a kind off the public page (`publishing.PublicCopies`)."""

    def __init__(self, kind: CaseKind, take_off: Callable[[RequestContext, UUID], None]) -> None:
        self._kind, self._take_off = kind, take_off

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        self._take_off(req.asker, case_id)
        redirect(
            resp, url_for(req, self._kind.route, case_id=case_id), toast=_("Đã gỡ khỏi trang công khai.")
        )


class AssignmentActions:
    """What the lines of "who has it" offer."""

    def on_post_take(self, req: Request, resp: falcon.Response, assignment_id: UUID) -> None:
        self._do(req, resp, assignment_id, assigning.take, _("Bạn đã nhận việc này."), _("Chưa nhận được"))

    def on_get_done(self, req: Request, resp: falcon.Response, assignment_id: UUID) -> None:
        case, part = assigning.own_part(req.asker, assignment_id)
        if part.done_at:
            return _back(req, resp, case.id, _("Phần phối hợp này đã kết thúc."))
        return page(req, resp, "casework/case_move.html", _part_view(req, assignment_id, FormView()))

    def on_post_done(self, req: Request, resp: falcon.Response, assignment_id: UUID) -> None:
        try:
            case = assigning.finish_co(req.asker, assignment_id, **load(PartInput(), req.form))
        except Invalid as problem:
            view = _part_view(req, assignment_id, FormView(req.form, problem.errors))
            page(req, resp, "casework/case_move.html", view, status=problem.status)
        else:
            _back(req, resp, case.id, _("Đã báo xong phần phối hợp."))

    def on_post_pull(self, req: Request, resp: falcon.Response, assignment_id: UUID) -> None:
        self._do(
            req,
            resp,
            assignment_id,
            assigning.pull_back,
            _("Đã rút lại, việc trở về như trước khi giao."),
            _("Không rút lại được"),
        )

    def _do(
        self,
        req: Request,
        resp: falcon.Response,
        assignment_id: UUID,
        act: Callable[..., Case],
        toast: str,
        heading: str,
    ) -> None:
        try:
            case = act(req.asker, assignment_id)
        except Invalid as problem:
            case, kind = _open(req, assigning.case_of(assignment_id))
            view = case_view(req, case, kind, form=FormView({}, problem.errors), heading=heading)
            page(req, resp, "casework/case.html", view, status=problem.status)
        else:
            _back(req, resp, case.id, toast)


# ---- from requests to services, from cases to views -----------------------------------------------------------


def move_of(said: dict[str, Any], req: Request) -> Move:
    """Return what the form of a transition said, as the service takes it."""
    to = Receiver(said["person_id"], None if said["person_id"] else said["unit_id"])
    return Move(
        version=said["version"], note=said["note"], to=None if to == Receiver() else to, co=said["co"],
        due=_end(said["due"]), files=sent_files(req, "files") or None, document=said["document"],
    )  # fmt: skip


def _end(day: date | None) -> Any:
    return services.local_end(day) if day else None


def _open(req: Request, case_id: UUID) -> tuple[Case, CaseKind]:
    case = queries.case(case_id)
    kind = kind_of(case.kind)
    require_access(req.asker, kind.read, case)
    return case, kind


def _found(req: Request, case_id: UUID, key: str) -> tuple[Case, CaseKind, Transition]:
    case, kind = _open(req, case_id)
    try:
        way = followed_on(case).transition(key)
    except KeyError:
        raise NotFound from None
    if way.route:
        # Its own form asks for more, and is not gone around.
        raise NotFound
    return case, kind, way


def _back(req: Request, resp: falcon.Response, case_id: UUID, toast: str, *, tab: str = "") -> None:
    case = queries.case(case_id)
    kind = kind_of(case.kind)
    # What was done may have taken the case out of the person's sight.
    seen = queries.is_visible(req.asker, case, kind)
    url = url_for(req, kind.route, case_id=case_id) if seen else url_for(req, kind.list_route)
    redirect(resp, f"{url}?tab={tab}" if tab and seen else url, toast=toast)


def _draft(case: Case, way: Transition) -> str:
    return f"casework.move.{case.id}.{way.key}"


def people_options(kind: CaseKind, but: UUID | None = None) -> tuple[Option, ...]:
    """Return who may be given a case of a kind: by unit, each with the position."""
    able = set(people_with(kind.handle))
    return tuple(
        Option(str(each.id), f"{each.name} · {each.position}, {each.unit}")
        for each in queries.colleagues(sorted(able))
        if each.id != but
    )


def unit_options() -> tuple[Option, ...]:
    """Return the units that may be given something: those in which somebody works."""
    return tuple(Option(str(unit_id), name) for unit_id, name in queries.staffed_units())


def shown_texts(told: Sequence[tuple[str, str]]) -> tuple[tuple[str, Sequence[str]], ...]:
    """Return texts as a form shows them above its fields, without the empty ones."""
    return tuple((title, paragraphs(text)) for title, text in told if text)


def decided_about(kind: CaseKind, case: Case, key: str) -> tuple[tuple[str, Sequence[str]], ...]:
    """Return what a step is decided about, for its form."""
    return shown_texts(kind.reads(case, key) if kind.reads else ())


def _crumbs(req: Request, case: Case, kind: CaseKind, last: str) -> tuple[Crumb, ...]:
    here = url_for(req, kind.route, case_id=case.id)
    return Crumb(_(kind.title), url_for(req, kind.list_route)), Crumb(case.code, here), Crumb(last)


def _given(case: Case, way: Transition) -> datetime:
    """Return since when whoever acts after a step has the work: who keeps it had it before."""
    held = queries.open_assignments(case.id) if way.gives == "keep" else ()
    return min((each.given_at for each in held if each.role == "lead"), default=current_time())


def _move_view(
    req: Request, case: Case, kind: CaseKind, way: Transition, form: FormView, draft: DraftView
) -> MoveView:
    states = followed_on(case)
    here = url_for(req, kind.route, case_id=case.id)
    target = states.state(way.target)
    follows = [_("Chuyển sang “{state}”.", state=state_of(states, way.target).text)]
    if target.final:
        follows += [_("Việc kết thúc, thời hạn dừng đếm."), *close_warnings(case.id)]
    elif way.clock == "pause":
        follows.append(_("Thời hạn tạm dừng từ lúc này."))
    elif way.clock == "resume":
        follows.append(_("Thời hạn chạy tiếp từ lúc này."))
    elif due := assigning.share_due(case, target.share, _given(case, way)):
        follows.append(_("Hạn của bước sau: {day}.", day=format_date(due, year=True)))
    follows += part_warnings(req, case, [way])
    asks = {
        *way.asks,
        *({"person_id"} if way.gives == "ask" else ()),
        *({"unit_id"} if way.gives == "unit" else ()),
    }
    if way.gives in (*RULES, *services.BEFORE) and not target.final:
        if (to := services.named_receiver(kind, case, way)) is None:
            asks.add("person_id")
        elif way.gives in RULES:
            follows.append(
                _(
                    "Giao cho {name}, theo quy trình của cơ quan.",
                    name=queries.name_of(to.person_id, to.unit_id),
                )
            )
    if way.needs_file:
        asks.add("files")
    label = _("Lý do") if way.returns else _("Nội dung")
    return MoveView(
        page=FormPage(
            title=f"{_(way.title)}: {shown_title(case)}", form=form, draft=draft, button=_(way.title),
            action=url_for(req, "casework.case_move", case_id=case.id, transition=way.key),
            back_url=here, back=_("Chưa làm bước này"), crumbs=_crumbs(req, case, kind, _(way.title)), hidden=("version",),
            titles={"note": label, "person_id": _("Người nhận"), "unit_id": _("Đơn vị nhận"), "due": _("Hạn"), "files": _("Tệp đính kèm")},
        ),
        asks=frozenset(asks),
        note_label=label,
        note_optional=not way.needs_note,
        people=people_options(kind) if asks & {"person_id", "co"} else (),
        units=unit_options() if "unit_id" in asks else (),
        follows=follows,
        reads=decided_about(kind, case, way.key),
        upload_url=upload_url(req),
    )  # fmt: skip


def part_warnings(req: Request, case: Case, ways: Sequence[Transition]) -> list[str]:
    """Say whose part of a case is ended, whichever of the ways a form goes, though they have not finished it."""
    held, me = queries.open_assignments(case.id), req.asker.person.id
    people = [
        each.person_id for each in held if each.role == "co" and each.person_id and each.person_id != me
    ]
    states = followed_on(case)
    if not people or not ways or not all(services.ends_parts(way, states.state(way.target)) for way in ways):
        return []
    names = queries.names(sorted(people))
    told = ", ".join([names[each] for each in people[:NAMED]] + ["…"] * (len(people) > NAMED))
    return [
        ngettext(
            "{n} người phối hợp chưa xong: {names}. Sau bước này họ không phải làm nữa.",
            "{n} người phối hợp chưa xong: {names}. Sau bước này họ không phải làm nữa.",
            len(people), names=told,
        )
    ]  # fmt: skip


def _part_view(req: Request, assignment_id: UUID, form: FormView) -> MoveView:
    case, part = assigning.own_part(req.asker, assignment_id)
    other = "" if part.person_id == req.asker.person.id else queries.name_of(part.person_id)
    kind, title = kind_of(case.kind), part_title(other)
    return MoveView(
        page=FormPage(
            title=f"{title}: {shown_title(case)}", form=form, draft=DraftView(key=""), button=title,
            action=url_for(req, "casework.assignment_done", assignment_id=assignment_id),
            back_url=url_for(req, kind.route, case_id=case.id), back=_("Chưa xong"), crumbs=_crumbs(req, case, kind, title),
            titles={"note": _("Nội dung")},
        ),
        asks=frozenset({"note"}), note_label=_("Nội dung"), note_max=MOST_REASON,
        follows=[_("Người chủ trì được báo và đọc nội dung bạn ghi.")],
    )  # fmt: skip


def _assign_view(req: Request, case: Case, kind: CaseKind, form: FormView) -> MoveView:
    title = _("Giao lại")
    view = MoveView(
        page=FormPage(
            title=f"{title}: {shown_title(case)}", form=form, draft=DraftView(key=""), button=title,
            action=url_for(req, "casework.case_assign", case_id=case.id), back_url=url_for(req, kind.route, case_id=case.id),
            back=_("Giữ người đang làm"), crumbs=_crumbs(req, case, kind, title), hidden=("version",),
            titles={"person_id": _("Người nhận"), "unit_id": _("Đơn vị nhận"), "due": _("Hạn"), "note": _("Lời dặn")},
        ),
        asks=frozenset({"person_id", "unit_id", "due", "note"}),
        note_label=_("Lời dặn"), people=people_options(kind), units=unit_options(),
        follows=[_("Trạng thái và thời hạn của vụ việc giữ nguyên; người nhận được báo ngay.")],
    )  # fmt: skip
    return replace(view, due_hint=_("Để trống thì theo hạn của bước này"))
