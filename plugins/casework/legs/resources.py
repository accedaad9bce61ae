"""Pages of legs: sending one, the leg itself on both sides, what each side does about it, the list of what came in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    N_,
    Crumb,
    FormView,
    Invalid,
    NotFound,
    Option,
    Request,
    _,
    bounded,
    chips,
    current_tenant,
    format_date,
    load,
    local,
    new_id,
    page,
    pager,
    redirect,
    url_for,
)
from plugins.casework.cases import queries as case_queries
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.resources import people_options, unit_options
from plugins.casework.cases.services import local_end
from plugins.casework.cases.telling import shown_title
from plugins.casework.deadlines import changing as deadline_services
from plugins.casework.deadlines.budget import Budget, ClockError
from plugins.casework.legs import clocks as leg_clocks
from plugins.casework.legs import lists as leg_lists
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs import services
from plugins.casework.legs.incoming import INCOMING, incoming_case
from plugins.casework.legs.lines import leg_due, state_of_leg
from plugins.casework.legs.lists import LEGS, SENT, SENT_ROUTE, SENT_TITLE, STANDS, leg_holder
from plugins.casework.legs.pages import incoming_view, leg_view, overtaken, shared_file
from plugins.casework.legs.purposes import FORWARD, purpose_of, purposes_for
from plugins.casework.legs.queries import LegRow, Side
from plugins.casework.legs.schemas import LegActInput, LegInput
from plugins.casework.legs.services import Sending
from plugins.casework.legs.views import AgencyOption, LegActView, LegFormView, LegListLine, LegsView
from plugins.casework.models import Case
from plugins.casework.registers.queries import agency_day
from plugins.casework.workflows.kinds import kind_of
from plugins.drafts.api import draft_view, forget, resume
from plugins.files.api import files_of, send_file, sent_files, size_text, upload_url
from plugins.lists.api import open_list
from plugins.pages.api import DraftView, Due, FormPage


@dataclass(frozen=True, slots=True)
class Legs:
    """The list of what came in, or of what was sent."""

    side: Side = "receiver"

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        listing = open_list(req, resp, LEGS if self.side == "receiver" else SENT)
        if listing is None:
            return
        asked = leg_lists.wanted(listing.params, self.side)
        found = leg_queries.listed(req.asker, asked, listing.cursor)
        total = bounded(leg_queries.count(req.asker, asked), leg_queries.BOUND)
        stands = tuple(Option(key, _(title)) for key, title in STANDS.items())
        calendars, now = leg_clocks.calendars_of(found.rows), datetime.now(UTC)
        view = LegsView(
            **self._words(req),
            rows=tuple(_list_line(req, each, leg_due(each, calendars, now)) for each in found.rows),
            listing=listing.view(req, found, total),
            pager=pager(req, found, total),
            search=asked.search,
            stand="" if asked.stand == "open" else asked.stand,
            stands=stands,
            chips=chips(
                req,
                {"view": "all"},
                q=(_("Tìm"), asked.search),
                stand=(_("Tình trạng"), {each.value: each.label for each in stands}.get(asked.stand, "")),
            ),
            clear_url=f"{req.path}?view=all",
        )
        page(req, resp, "casework/legs.html", view)

    def _words(self, req: Request) -> dict[str, Any]:
        if self.side == "receiver":
            every = req.asker.can(INCOMING.manage)
            return {
                "title": _(INCOMING.title),
                "context": _("Việc cơ quan khác nhờ hoặc chuyển; hạn gần nhất trước, không có hạn ở cuối.")
                if every
                else _("Việc cơ quan khác nhờ hoặc chuyển mà bạn hoặc đơn vị bạn được giao; hạn gần nhất trước, không có hạn ở cuối."),
                "empty": _("Không có việc liên thông nào đang mở") if every else _("Bạn không được giao việc liên thông nào đang mở"),
                "turn": (_(SENT_TITLE), url_for(req, SENT_ROUTE)),
            }  # fmt: skip
        return {
            "title": _(SENT_TITLE), "context": _("Chặng cơ quan mình gửi nơi khác, của các vụ việc bạn được xem; hạn gần nhất trước."),
            "empty": _("Không có chặng nào đã gửi đang mở"), "turn": (_(INCOMING.title), url_for(req, INCOMING.list_route)),
        }  # fmt: skip


def _list_line(req: Request, of: LegRow, due: Due) -> LegListLine:
    return LegListLine(
        id=of.id, title=of.title, url=url_for(req, INCOMING.route, case_id=of.id), detail=of.code,
        other=of.receiver if of.side == "sender" else of.sender, holder=leg_holder(of),
        purpose=_(purpose_of(of.purpose).title), state=state_of_leg(of), due=due, sent_at=of.sent_at,
    )  # fmt: skip


class OneLeg:
    """A leg, for both sides."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        show(req, resp, leg_queries.seen_leg(req.asker, case_id))

    def on_post_accept(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        leg_queries.seen_leg(req.asker, case_id)
        # The button carries as which version the leg was read: a further answer is not taken for the one that was.
        read, refused = req.get_param_as_int("version", default=0), None
        try:
            if not services.as_read(case_id, read, lambda: services.accept_answer(req.asker, case_id)):
                refused = Invalid({"": [overtaken(req.asker, leg_queries.leg(case_id), typed=False)]})
        except Invalid as problem:
            refused = problem
        if refused:
            show(req, resp, leg_queries.leg(case_id), refused)
        else:
            _back(req, resp, case_id, _("Đã dùng câu trả lời, chặng đã xong."))

    def on_get_file(self, req: Request, resp: falcon.Response, case_id: UUID, file_id: UUID) -> None:
        send_file(req, resp, shared_file(leg_queries.seen_leg(req.asker, case_id), file_id))


def show(req: Request, resp: falcon.Response, of: LegRow, refused: Invalid | None = None) -> None:
    """Answer with the page of a leg that somebody may see; the first of the receiver's people who opens it is noted."""
    services.note_seen(of)
    case = incoming_case(of.id) if of.side == "receiver" else None
    if case is None:
        view = leg_view(req, of, FormView({}, refused.errors) if refused else FormView())
        page(req, resp, "casework/leg.html", view, status=refused.status if refused else 200)
    else:
        page(req, resp, "casework/incoming.html", incoming_view(req, of, case))


def _back(req: Request, resp: falcon.Response, leg_id: UUID, toast: str) -> None:
    of = leg_queries.leg(leg_id)
    seen = of.side == "sender" or leg_queries.sees_incoming(req.asker, of)
    url = url_for(req, INCOMING.route, case_id=leg_id) if seen else url_for(req, INCOMING.list_route)
    redirect(resp, url, toast=toast)


# ---- a further leg ----------------------------------------------------------------------------------------------


class NewLeg:
    """The form that asks another agency."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case = self._case(req, case_id)
        values = {"id": str(new_id()), "title": shown_title(case), **_first(req, case)}
        page(req, resp, "casework/leg_form.html", _form(req, case, *resume(req, _new_draft(case), values)))

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case = self._case(req, case_id)
        try:
            said = load(LegInput(), req.form)
            leg_id = services.send_leg(
                req.asker,
                case_id,
                Sending(
                    purpose=said["purpose"], receiver_id=said["receiver_id"], title=said["title"], ask=said["ask"], text=said["text"],
                    due=_end(said["due"]), budget=_budget(said["days"]), ground=said["ground"], files=said["files"], leg_id=said["id"],
                    beyond=said["beyond"],
                ),
            )  # fmt: skip
        except Invalid as problem:
            view = _form(req, case, FormView(req.form, problem.errors), draft_view(req, _new_draft(case)))
            page(req, resp, "casework/leg_form.html", view, status=problem.status)
        else:
            forget(req, _new_draft(case))
            name = leg_queries.leg(leg_id).receiver
            url = url_for(req, kind_of(case.kind).route, case_id=case.id)
            if req.form.get("do") == "more":
                url = f"{url_for(req, 'casework.leg_new', case_id=case.id)}?like={leg_id}"
            redirect(resp, url, toast=_("Đã gửi chặng tới {name}.", name=name))

    @staticmethod
    def _case(req: Request, case_id: UUID) -> Case:
        case = case_queries.case(case_id)
        services.require_sending(req.asker, case)
        return case


def _first(req: Request, case: Case) -> dict[str, Any]:
    """Return what stands in the form at first: what was just sent to another agency, or what the purpose brings."""
    like, wanted = req.get_param_as_uuid("like"), req.get_param("purpose") or ""
    if like:
        of = leg_queries.leg(like)
        if of.case_id != case.id:
            raise NotFound
        files = [str(each.file_id) for each in leg_queries.shared_files(of) if each.owner_id == of.tenant_id]
        clock = leg_clocks.clock_of(of)
        due = f"{local(of.due_at):%d/%m/%Y}" if of.due_at and clock is None else ""
        return {
            "purpose": of.purpose, "title": of.title, "ask": of.ask, "text": of.shared, "due": due, "files": files,
            "days": str(clock.budget_amount) if clock and clock.budget_unit == "wd" else "",
        }  # fmt: skip
    if case.kind == INCOMING.key:
        return {"purpose": FORWARD.key}
    purpose = next((each for each in purposes_for(req.asker, case.kind) if each.key == wanted), None)
    if purpose is None:
        return {}
    return {"purpose": purpose.key, **(purpose.first(case) if purpose.first else {})}


def _new_draft(case: Case) -> str:
    return f"casework.leg_new.{case.id}"


def _form(req: Request, case: Case, form: FormView, draft: DraftView) -> LegFormView:
    kind = kind_of(case.kind)
    here = url_for(req, kind.route, case_id=case.id)
    chain = [*(leg_queries.leg(case.id).chain if case.kind == INCOMING.key else ()), current_tenant()]
    title = _("Chuyển tiếp cơ quan khác") if case.kind == INCOMING.key else _("Thêm chặng liên thông")
    return LegFormView(
        page=FormPage(
            title=f"{title}: {shown_title(case)}", form=form, draft=draft, button=_("Gửi chặng"), hidden=("id",), back_url=here,
            action=url_for(req, "casework.leg_new", case_id=case.id), back=_("Chưa gửi"),
            crumbs=(Crumb(_(kind.title), url_for(req, kind.list_route)), Crumb(case.code, here), Crumb(title)),
            titles={
                "receiver_id": _("Cơ quan nhận"), "purpose": _("Mục đích"), "title": _("Trích yếu gửi đi"), "ask": _("Yêu cầu"),
                "text": _("Nội dung cho cơ quan nhận xem"), "due": _("Hạn của chặng"), "days": _("Số ngày làm việc"), "ground": _("Căn cứ của thời hạn"), "files": _("Tệp gửi kèm"),
            },
        ),
        purposes=tuple(Option(each.key, _(each.title), _(each.hint)) for each in purposes_for(req.asker, case.kind)),
        agencies=tuple(
            AgencyOption(parent or _("Không có cơ quan cấp trên"), tuple(Option(str(each.id), each.name) for each in group))
            for parent, group in groupby(leg_queries.agencies(chain), key=lambda each: each.parent)
        ),
        files=tuple(
            Option(str(each.id), f"{each.name} ({size_text(each.size)})") for each in files_of(case_queries.files_owner(case.id))
        ),
        chosen=form.text("receiver_id"),
        case_due=format_date(agency_day(case.due_at), year=True) if case.due_at else "",
    )  # fmt: skip


def _budget(days: int | None) -> Budget | None:
    try:
        return Budget(days, "wd") if days is not None else None
    except ClockError as problem:
        raise Invalid({"days": [str(problem)]}) from problem


def _end(day: date | None) -> datetime | None:
    return local_end(day) if day else None


# ---- acts on a leg ------------------------------------------------------------------------------------------------


UNITS = {
    "wd": N_("Số ngày làm việc"),
    "h": N_("Số giờ làm việc"),
    "cd": N_("Số ngày, kể cả ngày nghỉ"),
    "sd": N_("Số ngày làm việc"),
}
"""What an extension is counted in."""


@dataclass(frozen=True, slots=True)
class Act:
    """What one act asks in its form, and the service behind it."""

    route: str
    title: str
    label: str
    follows: str
    toast: str
    do: Callable[[Request, UUID, dict[str, Any]], object]
    asks: frozenset[str]
    side: leg_queries.Side = "receiver"
    back: str = N_("Chưa làm bước này")


def _take(req: Request, leg_id: UUID, said: dict[str, Any]) -> None:
    to = Receiver(said["person_id"], None if said["person_id"] else said["unit_id"])
    services.take_leg(req.asker, leg_id, None if to == Receiver() else to, note=said["note"])


TAKE = Act(
    "casework.leg_take", N_("Tiếp nhận"), N_("Lời dặn"),
    N_("Cơ quan có một vụ việc riêng cho chặng này, người được giao thấy ở việc của mình; nơi gửi được báo."),
    N_("Đã tiếp nhận."), _take, frozenset({"note", "people"}),
)  # fmt: skip
NOTE = Act(
    "casework.leg_take", N_("Xác nhận đã nhận"), N_("Lời dặn"), N_("Chặng kết thúc; nơi gửi được báo."), N_("Đã xác nhận."), _take,
    frozenset(),
)  # fmt: skip
RETURN = Act(
    "casework.leg_return", N_("Trả lại nơi gửi"), N_("Lý do"), N_("Chặng kết thúc; nơi gửi được báo kèm lý do này."),
    N_("Đã trả lại nơi gửi."), lambda req, leg_id, said: services.return_leg(req.asker, leg_id, said["note"]), frozenset({"note"}),
)  # fmt: skip
ANSWER = Act(
    "casework.leg_answer", N_("Trả lời"), N_("Nội dung trả lời"),
    N_("Nơi gửi thấy nội dung và tệp ở đây. Các lần trả lời trước vẫn giữ nguyên."), N_("Đã gửi câu trả lời."),
    lambda req, leg_id, said: services.answer_leg(req.asker, leg_id, said["text"], sent_files(req, "files") or None),
    frozenset({"text", "files"}),
)  # fmt: skip
AGAIN = Act(
    "casework.leg_again", N_("Hỏi lại"), N_("Câu trả lời còn thiếu gì"), N_("Cơ quan nhận được báo và trả lời lần nữa."),
    N_("Đã hỏi lại."), lambda req, leg_id, said: services.ask_again(req.asker, leg_id, said["note"], _end(said["due"]), beyond=said["beyond"]),
    frozenset({"note", "due"}), "sender",
)  # fmt: skip
RECALL = Act(
    "casework.leg_recall", N_("Rút lại"), N_("Lý do"), N_("Cơ quan nhận được báo và thôi xử lý chặng này; phần họ đã chuyển tiếp cũng được rút lại."), N_("Đã rút lại."),
    lambda req, leg_id, said: services.recall_leg(req.asker, leg_id, said["note"]), frozenset({"note"}), "sender",
)  # fmt: skip


def _extend(req: Request, leg_id: UUID, said: dict[str, Any]) -> None:
    deadline_services.extend_leg(
        req.asker, leg_id, amount=said["amount"], due=_end(said["due"]), ground=said["ground"], document=said["document"],
        beyond=said["beyond"],
    )  # fmt: skip


_TIME = frozenset({"ground", "document"})
EXTEND = Act(
    "casework.leg_extend", N_("Gia hạn"), "", N_("Cơ quan nhận được báo, hai bên cùng thấy hạn mới và căn cứ."), N_("Đã gia hạn chặng."),
    _extend, _TIME | {"amount"}, "sender",
)  # fmt: skip
PAUSE = Act(
    "casework.leg_pause", N_("Tạm dừng thời hạn"), "", N_("Thời gian tạm dừng không tính cho bên nào; cơ quan nhận được báo."),
    N_("Đã tạm dừng thời hạn của chặng."),
    lambda req, leg_id, said: deadline_services.pause_leg(req.asker, leg_id, ground=said["ground"], document=said["document"]),
    _TIME, "sender",
)  # fmt: skip
RESUME = Act(
    "casework.leg_resume", N_("Cho chạy tiếp thời hạn"), "", N_("Chạy tiếp với thời gian còn lại; cơ quan nhận được báo."),
    N_("Thời hạn của chặng chạy tiếp."),
    lambda req, leg_id, said: deadline_services.resume_leg(req.asker, leg_id, ground=said["ground"], document=said["document"]),
    _TIME, "sender",
)  # fmt: skip


def _own_day(of: LegRow) -> str:
    """Return when the case is due that a leg of the agency in scope serves."""
    due = case_queries.case(of.case_id).due_at
    return format_date(agency_day(due), year=True) if due else ""


class LegAct:
    """The form of an act on a leg; what was typed is kept while the act is refused."""

    def __init__(self, act: Act) -> None:
        self._act = act

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        of = self._leg(req, resp, case_id)
        if of is None:
            return
        form, draft = resume(req, self._draft(of), {"version": str(of.version)})
        page(req, resp, "casework/leg_act.html", self._view(req, of, form, draft))

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        of = self._leg(req, resp, case_id)
        if of is None:
            return
        try:
            said = load(LegActInput(), req.form)
            done = services.as_read(case_id, said["version"], lambda: self._act.do(req, case_id, said))
        except Invalid as problem:
            form = FormView(req.form, self._errors(req, of, problem))
            view = self._view(req, of, form, draft_view(req, self._draft(of)))
            page(req, resp, "casework/leg_act.html", view, status=problem.status)
        else:
            if not done:
                self._overtaken(req, resp, leg_queries.leg(case_id))
                return
            forget(req, self._draft(of))
            first = self._act is EXTEND and not of.has_day
            _back(req, resp, case_id, _("Đã đặt hạn cho chặng.") if first else _(self._act.toast))

    def _overtaken(self, req: Request, resp: falcon.Response, now: LegRow) -> None:
        """Show the form with what was typed, and who was first; sent again, it is about the leg as it is now."""
        form = FormView({**req.form, "version": str(now.version)}, {"": [overtaken(req.asker, now)]})
        view = self._view(req, now, form, draft_view(req, self._draft(now)))
        page(req, resp, "casework/leg_act.html", view, status=409)

    def _leg(self, req: Request, resp: falcon.Response, leg_id: UUID) -> LegRow | None:
        """Return the leg, or lead whoever is on the other side of it to its page."""
        of = leg_queries.seen_leg(req.asker, leg_id)
        if of.side == self._act.side:
            if of.side == "sender":
                case = case_queries.case(of.case_id)
                req.belongs_to = url_for(req, kind_of(case.kind).route, case_id=case.id)
            return of
        sender, receiver = _("Chỉ cơ quan gửi làm được bước này."), _("Chỉ cơ quan nhận làm được bước này.")
        _back(req, resp, leg_id, sender if self._act.side == "sender" else receiver)
        return None

    def _errors(self, req: Request, of: LegRow, problem: Invalid) -> dict[str, list[str]]:
        """Return what is wrong; of a change of the deadline also what is missing beside a field that cannot be read."""
        if "ground" not in self._act.asks:
            return problem.errors
        act = "extend" if self._act is EXTEND else ""
        has_clock = leg_clocks.clock_of(of) is not None
        needed = deadline_services.needed_for(act, has_clock=has_clock, has_day=of.has_day)
        return deadline_services.wrong_in(req.form, needed, problem.errors)

    def _draft(self, of: LegRow) -> str:
        return f"{self._act.route}.{of.id}"

    def _view(self, req: Request, of: LegRow, form: FormView, draft: DraftView) -> LegActView:
        act = self._act
        if act is TAKE and not purpose_of(of.purpose).answers:
            act = NOTE
        clock = leg_clocks.clock_of(of) if act is EXTEND else None
        if act is EXTEND and clock is None:
            act = replace(act, asks=_TIME | {"later"})
            if not of.has_day:
                act = replace(act, asks=frozenset({"ground", "later"}), title=N_("Đặt hạn"))
        here = url_for(req, INCOMING.route, case_id=of.id)
        people, own = "people" in act.asks, _own_day(of) if act.asks & {"due", "amount", "later"} else ""
        return LegActView(
            page=FormPage(
                title=f"{_(act.title)}: {of.title}", form=form, draft=draft, button=_(act.title), back_url=here, back=_(act.back),
                action=url_for(req, act.route, case_id=of.id), crumbs=(Crumb(of.code, here), Crumb(_(act.title))),
                titles={
                    "note": _(act.label), "text": _(act.label), "due": _("Hạn mới"), "person_id": _("Giao cho"),
                    "unit_id": _("Đơn vị nhận"), "files": _("Tệp gửi kèm"), "amount": _("Gia hạn thêm"), "ground": _("Căn cứ"),
                    "document": _("Văn bản cho phép"),
                },
                hidden=("version",),
            ),
            asks=act.asks,
            label=_(act.label) if act.label else "",
            hint=UNITS.get(clock.budget_unit, "") and _(UNITS[clock.budget_unit]) if clock else "",
            follows=(_(act.follows), *([_("Hạn của vụ việc là {day}, không đổi theo chặng", day=own)] if own else [])),
            case_due=own,
            people=people_options(INCOMING, but=req.asker.person.id) if people else (),
            units=unit_options() if people else (),
            upload_url=upload_url(req),
        )  # fmt: skip
