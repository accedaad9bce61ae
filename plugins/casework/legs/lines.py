"""Legs in few words: rows of the sender's case, buttons, warnings, what keeps a module on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from textwrap import shorten
from uuid import UUID

from core.api import (
    Blocker,
    ObjectAction,
    Request,
    RequestContext,
    TenantInfo,
    _,
    format_datetime,
    ngettext,
    paragraphs,
    route_url,
    url_for,
)
from plugins.casework.cases.queries import hold_of
from plugins.casework.cases.views import LegLine
from plugins.casework.deadlines import badges
from plugins.casework.deadlines.budget import Budget
from plugins.casework.deadlines.queries import AgencyCalendar
from plugins.casework.legs import clocks as leg_clocks
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs.incoming import INCOMING, OPEN, RECEIVE
from plugins.casework.legs.purposes import purpose_of, purposes_for
from plugins.casework.legs.queries import LegRow
from plugins.casework.legs.services import STATES
from plugins.casework.models import Case
from plugins.casework.workflows.kinds import kind_of
from plugins.pages.api import Due, State

MARKS = {
    "sent": "new", "taken": "doing", "answered": "sign", "again": "back", "done": "done", "returned": "back", "recalled": "stop",
}  # fmt: skip
NAMED = 3
FIRST_WORDS = 90
"""Characters of what is asked, beside the title in the list of a case."""


def state_of_leg(of: LegRow) -> State:
    """Return the mark and the words of where a leg stands, the same on both sides."""
    if of.is_stuck:
        return State("stop", _("Nơi nhận tạm ngừng hoặc không còn hoạt động"))
    return State(MARKS[of.state], _(STATES[of.state]))  # type: ignore[arg-type]


def leg_due(of: LegRow, calendars: Mapping[UUID, AgencyCalendar], now: datetime) -> Due:
    """Return the badge of a leg, the same on both sides (`calendars_of`); whoever answered in time is not late any more."""
    agency = calendars[of.counted_by]
    if of.paused and of.state in ("sent", "taken", "again"):
        return Due("paused", _("Tạm dừng"))
    if of.due_at is None or of.state in ("returned", "recalled"):
        return badges.no_deadline()
    ended = of.answered_at if of.state in ("answered", "done") else None
    return badges.due_badge(
        agency.calendar, Budget(1, "wd"), agency.local(of.due_at), agency.local(now), started=agency.local(of.sent_at),
        ended=agency.local(ended or of.done_at) if ended or of.done_at else None,  # type: ignore[arg-type]
    )  # fmt: skip


def lines_of(req: Request, case_id: UUID, copy_route: str = "") -> tuple[LegLine, ...]:
    """Return the legs sent in a case with their newest answers, for its page."""
    found = leg_queries.legs_of(case_id)
    if not found:
        return ()
    calendars, now = leg_clocks.calendars_of(found), datetime.now(UTC)
    answers = dict(leg_queries.newest_answers(case_id)) if any(each.answers for each in found) else {}
    return tuple(
        _line(req, each, leg_due(each, calendars, now), answers.get(each.id, ""), copy_route)
        for each in found
    )


def _line(req: Request, of: LegRow, due: Due, answer: str, copy_route: str) -> LegLine:
    return LegLine(
        sender=of.sender,
        receiver=of.receiver,
        purpose=_(purpose_of(of.purpose).title),
        title=of.title,
        detail=" · ".join(_details(of)),
        url=url_for(req, INCOMING.route, case_id=of.id),
        state=state_of_leg(of),
        due=due,
        ask=shorten(of.ask, FIRST_WORDS, placeholder="…"),
        late=due.kind in ("late", "done-late"),
        returned=paragraphs(_("Trả lại: {reason}", reason=of.reason))
        if of.state == "returned" and of.reason
        else (),
        answer=paragraphs(answer),
        copy_url=url_for(req, copy_route, case_id=of.case_id, leg_id=of.id) if answer and copy_route else "",
    )


def _details(of: LegRow) -> list[str]:
    told = [_("gửi {time}", time=format_datetime(of.sent_at))]
    if of.taken_at:
        told.append(_("{name} tiếp nhận {time}", name=of.taken_by_name, time=format_datetime(of.taken_at)))
    elif of.seen_at:
        told.append(_("đã mở {time}", time=format_datetime(of.seen_at)))
    elif of.state == "sent":
        told.append(_("chưa mở"))
    if of.answers:
        told.append(ngettext("{n} lần trả lời", "{n} lần trả lời", of.answers))
    return told


def close_warnings(case_id: UUID) -> list[str]:
    """Return what whoever ends a case should know of its legs: they go on, nothing is taken back by itself."""
    found = leg_queries.open_legs(case_id=case_id)
    if not found:
        return []
    return [
        ngettext(
            "Còn {n} chặng liên thông chưa xong ({names}); kết thúc việc không rút lại chặng nào.",
            "Còn {n} chặng liên thông chưa xong ({names}); kết thúc việc không rút lại chặng nào.",
            len(found), names=_receivers(found),
        )
    ]  # fmt: skip


def recall_warnings(case_ids: Iterable[UUID]) -> list[str]:
    """Return what whoever takes complaints and denunciations out should know of the legs that are taken back (`recall_legs`)."""
    found = [
        each for case_id in case_ids for each in leg_queries.legs_of(case_id) if each.state != "recalled"
    ]
    if not found:
        return []
    told = [
        ngettext(
            "Đã gửi {n} chặng liên thông ({names}); là khiếu nại, tố cáo thì rút lại ngay, cả chặng đã xong, cơ quan nhận không đọc được nữa.",
            "Đã gửi {n} chặng liên thông ({names}); là khiếu nại, tố cáo thì rút lại ngay, cả chặng đã xong, cơ quan nhận không đọc được nữa.",
            len(found), names=_receivers(found),
        )
    ]  # fmt: skip
    if further := leg_queries.forwarded_to(found):
        text = _(
            "Nơi nhận đã chuyển tiếp tới {names}: cũng rút lại, cả ở nơi được chuyển tiếp nữa.",
            names=", ".join(further),
        )
        told.append(text)
    return told


def _receivers(found: Sequence[LegRow | leg_queries.OpenLeg]) -> str:
    names = list(dict.fromkeys(each.receiver for each in found))
    return ", ".join([*names[:NAMED], *("…" if len(names) > NAMED else "")])


def leg_blockers(tenant: TenantInfo, module: str) -> list[Blocker]:
    """Return the legs of a module's cases that an agency has not done with, for `module_disable_blockers` of that module.

    They stay readable and can be answered without the module, which is why an agency may be allowed to switch off
    once it has seen them to their end or sent them back.
    """
    found = leg_queries.open_legs(module=module)
    if not found:
        return []
    names = "; ".join(f"{each.code} ({each.sender} → {each.receiver})" for each in found[:NAMED])
    return [
        Blocker(
            ngettext("Còn {n} chặng liên thông chưa xong", "Còn {n} chặng liên thông chưa xong", len(found)),
            _(
                "Trả lời, trả lại hoặc rút lại trước: {legs}.",
                legs=names if len(found) <= NAMED else f"{names}…",
            ),
            route_url(INCOMING.list_route, tenant=tenant.code),
            _("Xem liên thông đến"),
            RECEIVE if any(each.is_waiting for each in found) else "",
        )
    ]


# ---- buttons --------------------------------------------------------------------------------------------------


def purpose_actions(ctx: RequestContext, case: Case) -> list[ObjectAction]:
    """Return the buttons of what the module of a case asks of other agencies; they stand before everything else."""
    if case.kind == INCOMING.key or not _sends(ctx, case):
        return []
    own = [each for each in purposes_for(ctx, case.kind) if case.kind in each.kinds and each.first]
    return [_new(ctx, case, f"{_(each.title)}…", f"?purpose={each.key}") for each in own]


def case_actions(ctx: RequestContext, case: Case) -> list[ObjectAction]:
    """Return what may be done about legs on the page of a case: a further one, and the acts on the one it came by."""
    if case.kind == INCOMING.key:
        return _incoming_actions(ctx, case) if _holds(ctx, case) else []
    return [_new(ctx, case, _("Thêm chặng…"))] if _sends(ctx, case) and purposes_for(ctx, case.kind) else []


def _holds(ctx: RequestContext, case: Case) -> bool:
    return ctx.can(kind_of(case.kind).manage) or hold_of(ctx, case) is not None


def _sends(ctx: RequestContext, case: Case) -> bool:
    return case.closed_at is None and _holds(ctx, case)


def _new(ctx: RequestContext, case: Case, title: str, query: str = "") -> ObjectAction:
    assert ctx.tenant is not None
    url = route_url("casework.leg_new", tenant=ctx.tenant.code, case_id=case.id)
    return ObjectAction(title, f"{url}{query}", "share", kind_of(case.kind).handle)


def _incoming_actions(ctx: RequestContext, case: Case) -> list[ObjectAction]:
    if case.state in OPEN:
        return [
            _action(ctx, "casework.leg_answer", case.id, _("Trả lời…"), "send", primary=True),
            _action(ctx, "casework.leg_new", case.id, _("Chuyển tiếp cơ quan khác…"), "share"),
            _action(ctx, "casework.leg_return", case.id, _("Trả lại nơi gửi…"), "arrow-back-up"),
        ]
    if case.state == "answered" and leg_queries.leg(case.id).state == "answered":
        return [_action(ctx, "casework.leg_answer", case.id, _("Gửi bản trả lời mới…"), "send")]
    return []


def leg_actions(ctx: RequestContext, of: LegRow) -> list[ObjectAction]:
    """Return what somebody may do on the page of a leg that is no case of the own agency."""
    if of.side == "receiver":
        if of.state != "sent":
            return []
        title = _("Tiếp nhận…") if purpose_of(of.purpose).answers else _("Xác nhận đã nhận")
        return [
            _action(ctx, "casework.leg_take", of.id, title, "check", RECEIVE, primary=True),
            _action(ctx, "casework.leg_return", of.id, _("Trả lại nơi gửi…"), "arrow-back-up", RECEIVE),
        ]
    case = Case.get_by_id(of.case_id)
    if not leg_queries.acts_as_sender(ctx, of, case):
        return []
    kind, found = kind_of(case.kind), []
    if of.state == "answered":
        found += [
            _action(ctx, "casework.leg_accept", of.id, _("Dùng câu trả lời này"), "check", kind.handle, primary=True, method="post", query=f"?version={of.version}"),
            _action(ctx, "casework.leg_again", of.id, _("Hỏi lại…"), "arrow-back-up", kind.handle),
        ]  # fmt: skip
    if of.state in ("sent", "taken", "again") and (of.has_day or purpose_of(of.purpose).answers):
        title = _("Gia hạn…") if of.has_day else _("Đặt hạn…")
        found.append(_action(ctx, "casework.leg_extend", of.id, title, "calendar-plus", kind.handle))
        clock = leg_clocks.clock_of(of)
        if of.paused:
            found.append(
                _action(ctx, "casework.leg_resume", of.id, _("Cho chạy tiếp…"), "player-play", kind.handle)
            )
        elif clock and not clock.closed_at:
            found.append(
                _action(ctx, "casework.leg_pause", of.id, _("Tạm dừng…"), "player-pause", kind.handle)
            )
    if of.done_at is None:
        found.append(_action(ctx, "casework.leg_recall", of.id, _("Rút lại…"), "x", kind.handle))
    return found


def _action(
    ctx: RequestContext, route: str, leg_id: UUID, title: str, icon: str, permission: str = INCOMING.handle,
    *, primary: bool = False, method: str = "get", query: str = "",
) -> ObjectAction:  # fmt: skip
    assert ctx.tenant is not None
    url = f"{route_url(route, tenant=ctx.tenant.code, case_id=leg_id)}{query}"
    return ObjectAction(title, url, icon, permission, method=method, primary=primary)  # type: ignore[arg-type]
