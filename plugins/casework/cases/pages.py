"""The page of one case, for the pages of every module: its head, who has it, why it is due when it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from core.api import (
    N_,
    Crumb,
    FormView,
    ObjectAction,
    Option,
    Request,
    RequestContext,
    SearchHit,
    Tag,
    _,
    dispatcher,
    format_date,
    format_datetime,
    local,
    ngettext,
    paragraphs,
    require_access,
    route_url,
    url_for,
)
from plugins.casework.cases import assigning, queries
from plugins.casework.cases.masking import masked
from plugins.casework.cases.personal import values_of
from plugins.casework.cases.queries import CASE, Around, Held, hand_of, hold_of, whole_clock
from plugins.casework.cases.reports import CaseReport
from plugins.casework.cases.resources_reveal import personal_view
from plugins.casework.cases.reveals import personal_of
from plugins.casework.cases.telling import shown_title
from plugins.casework.cases.views import CaseView, HolderLine, LinkLine, StepLine
from plugins.casework.deadlines import badges
from plugins.casework.deadlines.budget import Budget, Unit
from plugins.casework.deadlines.explaining import Explanation, moment_text, why
from plugins.casework.deadlines.queries import AgencyCalendar, agency_calendar
from plugins.casework.legs.incoming import said_title
from plugins.casework.legs.lines import lines_of
from plugins.casework.models import Case, Clock
from plugins.casework.work.next_work import next_work
from plugins.casework.workflows.definition import CaseKind, Definition
from plugins.casework.workflows.kinds import definition, followed_on, kind_of, kinds_here
from plugins.files.api import StoredFile, file_links, files_of, upload_url
from plugins.followers.api import followers_view
from plugins.pages.api import Due, ObjectView, State, object_view

GONE = N_("{name}, không còn nhận việc")
OUTCOMES = {
    "early": ("done", N_("Xong sớm")),
    "on_time": ("done", N_("Đúng hạn")),
    "late": ("back", N_("Trễ hạn")),
}


def open_page(req: Request, case_id: UUID, kind: CaseKind) -> Case:
    """Return the case of a page for somebody who may see it.

    Raises Forbidden, NotFound also for a case of another kind.
    """
    case = queries.case(case_id, kind)
    require_access(req.asker, kind.read, case)
    return case


def case_view(
    req: Request,
    case: Case,
    kind: CaseKind,
    *,
    facts: Sequence[tuple[str, str]] = (),
    tabs: Sequence[tuple[str, str, str]] = (),
    form: FormView | None = None,
    heading: str = "",
    context: str = "",
    tags: Sequence[Tag] = (),
    copy_route: str = "",
    warning: str = "",
) -> CaseView:
    """Return what casework/case.html shows; a module gives its own `facts` and `tabs`.

    `copy_route`, which takes `case_id` and `leg_id`, copies the answer of another agency into the module's draft.
    """
    ctx, clock, now = req.asker, whole_clock(case.id), datetime.now(UTC)
    of = _CasePage(
        req, case, kind, definition(case.workflow_id), clock, agency_calendar(), ctx.can(kind.handle)
    )
    (held, parts), around = queries.now_and_parts(case.id), queries.around(ctx, case)
    assigning.mark_seen(ctx, held, around.stands_in_for)
    case.hand = hand_of(ctx, [each for each in held if each.role == "lead"], around.stands_in_for)
    case.parts = _parts_of(ctx, held, around.stands_in_for)
    files = files_of(queries.files_owner(case.id))
    url = url_for(req, kind.route, case_id=case.id)
    head = case_head(
        req, case, kind, of.states, due=case_due(case, clock, of.agency, now), tabs=[*tabs, *_own_tabs(around, files, parts)], url=url,
        context=" · ".join(filter(None, (opened_words(case.opened_at, around.recorded_at), context))),
        tags=[*(Tag(text=_(each)) for each in case.tags), *tags],
    )  # fmt: skip
    task = mine(ctx, case, held)
    return CaseView(
        object=head,
        warning=warning,
        mine=task,
        next_work=None if task else next_work(req, case.id, case.code, kind.key),
        facts=[*facts, *_own_facts(around, kind)],
        holders=[_holder(each, of, now) for each in (*held, *_done_since(held, parts))],
        gone=next((each.receiver for each in held if each.gone and each.role == "lead"), ""),
        give_url=url_for(req, "casework.case_assign", case_id=case.id)
        if of.handles and ctx.can(kind.manage)
        else "",
        upload_url=upload_url(req),
        link_kinds=tuple(Option(key, _(title)) for key, title in LINKS.items()),
        followers=followers_view(req, CASE, case.id, back=url),
        form=form or FormView(),
        heading=heading,
        **of.acts(files),
        **of.tab(head.tab, copy_route=copy_route, has_legs=bool(around.legs), parts=parts),
    )


def _own_tabs(
    around: Around, files: Sequence[StoredFile], parts: Sequence[Held]
) -> list[tuple[str, str, str]]:
    return [
        ("steps", _("Quá trình"), str(around.steps + len(parts))),
        ("files", _("Tệp đính kèm"), str(len(files) or "")),
        ("talk", _("Trao đổi"), str(around.comments or "")),
        ("links", _("Liên quan"), ""),
    ]


@dataclass(frozen=True, slots=True)
class _CasePage:
    """What the parts of a case's page have in common; each part is a function of its own."""

    req: Request
    case: Case
    kind: CaseKind
    states: Definition
    clock: Clock | None
    agency: AgencyCalendar
    handles: bool
    """Whether the reader may do more than speak."""

    def acts(self, files: Sequence[StoredFile]) -> dict[str, Any]:
        """Return the files, and where what the tabs offer is sent to."""

        def address(act: str, tab: str) -> str:
            return f"{url_for(self.req, f'casework.case_{act}', case_id=self.case.id)}?tab={tab}"

        def detach(file_id: UUID) -> str:
            return url_for(self.req, "casework.case_detach", case_id=self.case.id, file_id=file_id)

        holds = self.case.hand is not None or self.req.asker.can(self.kind.manage)
        detaches = self.handles and holds and not self.case.closed_at
        return {
            "files": file_links(self.req, files, detach if detaches else None),
            "comment_url": address("comment", "talk"),
            "attach_url": address("attach", "files") if self.handles else "",
            "link_url": address("link", "links") if self.handles else "",
        }

    def tab(self, tab: str, *, copy_route: str, has_legs: bool, parts: Sequence[Held]) -> dict[str, Any]:
        """Return what one tab alone shows: it is read for that tab alone."""
        if tab == "steps":
            steps = [_step(each, self.states, self.kind) for each in queries.steps(self.case.id)]
            steps += [_part(each) for each in parts]
            return {"steps": sorted(steps, key=lambda each: each.at, reverse=True)}
        if tab == "talk":
            return {"comments": queries.comments(self.case.id)}
        if tab == "links":
            linked = queries.links(self.req.asker, self.case.id, kinds_here(self.req.asker))
            return {"links": [_link(self.req, self.case, each, self.handles) for each in linked]}
        return self._details(copy_route, has_legs) if tab == "details" else {}

    def _details(self, copy_route: str, has_legs: bool) -> dict[str, Any]:
        """Return the text, why the case is due when it is, its legs, and what is known of people."""
        req, case, kind = self.req, self.case, self.kind
        copies = copy_route if self.handles and case.closed_at is None else ""
        found = personal_of(case)
        known = values_of(found)
        return {
            "paragraphs": paragraphs(masked(case.text, known=known) if kind.personal else case.text),
            "why": why_due(case, kind, self.clock, self.agency),
            "deadline_acts": _deadline_acts(req, case, kind, self.clock) if self.clock else (),
            "legs": lines_of(req, case.id, copies) if has_legs else (),
            "personal": personal_view(req, case, found=found) if found else None,
        }


DEADLINE_ACTS = {
    "extend": (N_("Gia hạn…"), "calendar-plus"), "pause": (N_("Tạm dừng…"), "player-pause"),
    "resume": (N_("Cho chạy tiếp…"), "player-play"), "restart": (N_("Tính lại từ đầu…"), "history"),
}  # fmt: skip


def acts_on(clock: Clock) -> Sequence[str]:
    """Return what may be done to the deadline of a case as it stands; that of a leg is for who asked."""
    if clock.closed_at or clock.owner_type != CASE:
        return ()
    return ("extend", "pause", "restart") if clock.state == "running" else ("extend", "resume", "restart")


def _deadline_acts(req: Request, case: Case, kind: CaseKind, clock: Clock) -> list[tuple[str, str, str]]:
    if case.closed_at or not (req.asker.can(kind.manage) and req.asker.can(kind.handle)):
        return []
    return [
        (_(words), url_for(req, "casework.case_deadline", case_id=case.id, act=act), icon)
        for act, (words, icon) in DEADLINE_ACTS.items()
        if act in acts_on(clock)
    ]


def case_head(
    req: Request, case: Case, kind: CaseKind, states: Definition, *, due: Due, tabs: Sequence[tuple[str, str, str]], url: str,
    context: str, tags: Sequence[Tag],
) -> ObjectView:  # fmt: skip
    """Return title, state, due badge, buttons, tabs and history of a case."""
    return object_view(
        req, case, object_type=CASE, object_id=case.id, url=url, title=shown_title(case),
        crumbs=(Crumb(_(kind.title), url_for(req, kind.list_route)), Crumb(case.code)),
        state=state_of(states, case.state), due=due, tags=tags, tabs=tabs,
        context=f"{case.code} · {context}",
    )  # fmt: skip


def opened_words(received: datetime, recorded: datetime) -> str:
    """Return when a case was opened; of one that was recorded on a later day also when its paper came in."""
    at = format_datetime(recorded)
    day = _received_before(received, recorded)
    return _("Nhận ngày {day} · ghi vào sổ {time}", day=day, time=at) if day else _("Mở {time}", time=at)


def _received_before(received: datetime, recorded: datetime) -> str:
    """Return the day a paper came in if it was recorded later, or nothing."""
    return "" if local(received).date() >= local(recorded).date() else format_date(received)


def state_of(states: Definition, key: str) -> State:
    """Return the mark and the words of a state; one that a later version dropped keeps its key."""
    try:
        found = states.state(key)
    except KeyError:
        return State("doing", key)
    return State(found.mark, _(found.title))


BY_HAND = {
    "assign": N_("Giao lại"), "extend": N_("Gia hạn"), "pause": N_("Tạm dừng thời hạn"),
    "resume": N_("Cho chạy tiếp thời hạn"), "restart": N_("Tính lại từ đầu"),
}  # fmt: skip


def done_before(ctx: RequestContext, person_id: UUID | None, name: str, step: str) -> str:
    """Begin to say who did what first: somebody else, or the reader at another place."""
    if person_id == ctx.person.id:
        return _("Bạn vừa làm “{step}” ở một thẻ khác", step=step)
    return _("{name} vừa làm “{step}” trước bạn", name=name or _("Hệ thống"), step=step)


def overtaken(ctx: RequestContext, case: Case, note: str | None = None) -> str:
    """Say who did what first, to whoever read a case before that; what they typed is in their form still, or here as a `note`."""
    person_id, name, what = queries.last_act(case.id)
    done = done_before(ctx, person_id, name, _(BY_HAND.get(what, what)))
    if note is not None:
        return _(
            "{done}. Xem lại rồi chọn việc tiếp theo; điều bạn gõ còn ở đây: {note}",
            done=done,
            note=note or "–",
        )
    # Sent again, it is about the case as it is now.
    return _(
        "{done}; vụ việc nay ở “{state}”. Xem lại rồi làm tiếp; điều bạn gõ còn nguyên.",
        done=done, state=state_of(definition(case.workflow_id), case.state).text,
    )  # fmt: skip


def why_due(case: Case, kind: CaseKind, clock: Clock | None, agency: AgencyCalendar) -> Explanation | None:
    """Return why a case is due when it is: by its clock, or what set the day of one that goes on after that has ended."""
    if clock and (case.closed_at or not clock.closed_at):
        return why(clock, agency)
    if case.due_at is None:
        return None
    if kind.later_day:
        return Explanation(case.due_at, case.due_at, kind.later_day(case), ())
    if clock:
        return None
    hours, rest = divmod(case.due_at - case.opened_at, timedelta(hours=1))
    if kind.opener_names_day or rest or hours < 1:
        return Explanation(case.due_at, case.due_at, _named_day(case, kind, agency), ())
    text = _(
        "Bắt đầu {start}, thời hạn {hours} giờ liên tục, tính cả ban đêm và ngày nghỉ. Hạn là {due}.",
        start=moment_text(agency.local(case.opened_at)), hours=hours, due=moment_text(agency.local(case.due_at)),
    )  # fmt: skip
    return Explanation(case.due_at, case.due_at, text, ())


def _named_day(case: Case, kind: CaseKind, agency: AgencyCalendar) -> str:
    """Say who named the day by which a case is due."""
    due = format_date(agency.local(case.due_at), year=True)
    if not kind.opener_names_day or not (name := queries.name_of(case.created_by)):
        return _("Hạn {due} do người giao đặt, không tính theo quy định.", due=due)
    day = format_date(agency.local(case.opened_at))
    return _("Hạn {due} do {name} đặt khi mở việc, {day}.", due=due, name=name, day=day)


def case_due(case: Case, clock: Clock | None, agency: AgencyCalendar, now: datetime) -> Due:
    """Return the badge of a case."""
    if case.closed_at and is_left_out(case.kind, case.state):
        return badges.no_deadline()
    if case.due_at is None and (found := answered_due(kind_of(case.kind), [case.id])):
        return found[case.id]
    # What goes on after its deadline was kept, such as a promise that is followed, has a day and no clock.
    if clock is None or (clock.closed_at and case.closed_at is None):
        return simple_due(case.due_at, agency, now, started=case.opened_at, ended=case.closed_at)
    return badges.due_badge(
        agency.calendar, Budget(clock.budget_amount, clock.budget_unit),
        agency.local(due) if (due := case.due_at if case.closed_at else clock.due_at) else None, agency.local(now),
        started=agency.local(clock.opened_at), ended=agency.local(case.closed_at) if case.closed_at else None,
    )  # fmt: skip


def answered_due(kind: CaseKind, without_day: Sequence[UUID]) -> dict[UUID, Due]:
    """Return the badges of those cases without a day that were answered: early, on time or late by that."""
    found = queries.answered(kind, without_day) if kind.answered_sql and without_day else ()
    return {case_id: badges.done_on(due, day) for case_id, due, day in found}


def is_left_out(kind: str, state: str) -> bool:
    """Tell whether an end is neither early nor late: what was recalled, and what the report of the kind leaves out."""
    _owner, report = dispatcher().catalogue.of(CaseReport).get(kind, (None, None))
    return state == "recalled" or (report is not None and state in report.without)


def simple_due(
    due: datetime | None,
    agency: AgencyCalendar,
    now: datetime,
    *,
    started: datetime,
    ended: datetime | None = None,
    unit: Unit = "wd",
) -> Due:
    """Return the badge of something that is due without a clock of its own, such as an assignment; `unit` is that of its case."""
    if due is None:
        return badges.no_deadline()
    return badges.due_badge(
        agency.calendar, Budget(1, unit), agency.local(due), agency.local(now), started=agency.local(started),
        ended=agency.local(ended) if ended else None,
    )  # fmt: skip


def mine(ctx: RequestContext, case: Case, held: Sequence[Held]) -> str:
    """Return what a person has to do of a case, in words, or nothing; what nobody of their unit has taken is theirs too."""
    for each in held:
        if each.person_id == ctx.person.id or (each.person_id is None and each.unit_id in ctx.unit_ids):
            return _(each.task)
    if case.parts:
        return _("Phối hợp thay {name}", name=case.parts[0][1])
    if case.closed_at is None and any(each.role == "lead" for each in held):
        hand = hold_of(ctx, case)
        if hand is not None and hand != ctx.person.id:
            return _("Xử lý thay {name}", name=queries.name_of(hand))
    return ""


def _parts_of(
    ctx: RequestContext, held: Sequence[Held], stands_in_for: Collection[UUID]
) -> list[tuple[UUID, str]]:
    """Return the parts that a person does as a co-handler, their own first, then in whose place."""
    people = (ctx.person.id, *stands_in_for)
    parts = [each for each in held if each.role == "co" and each.person_id in people]
    own = [(each.id, "") for each in parts if each.person_id == ctx.person.id]
    return own + [(each.id, each.receiver) for each in parts if each.person_id != ctx.person.id]


def part_title(in_place_of: str) -> str:
    """Return what reports a part as done, one's own or somebody else's."""
    return _("Xong phần của {name}", name=in_place_of) if in_place_of else _("Xong phần tôi")


def opened_by(kind: CaseKind) -> str:
    """Return who opened a case that nobody of the agency opened."""
    return _(kind.opener) if kind.opener else _("Hệ thống")


def _own_facts(around: queries.Around, kind: CaseKind) -> list[tuple[str, str]]:
    by = _("Người gửi") if kind.opener and not around.opener else _("Người lập")
    told = ((by, around.opener or opened_by(kind)), (_("Đơn vị giữ"), around.unit))
    return [(label, text) for label, text in told if text]


def counted_in(clock: Clock | None) -> Unit:
    """Return the unit in which what is due of a case is counted, in lists (`queries.COUNTED_IN`) and on its page alike."""
    return "wd" if clock is None or clock.closed_at else clock.budget_unit


def _done_since(held: Sequence[Held], parts: Sequence[Held]) -> list[Held]:
    """Return the parts that were done while whoever leads has a case."""
    since = min((each.given_at for each in held if each.role == "lead"), default=None)
    return [
        each for each in parts if since and each.ending == "done" and each.done_at and each.done_at >= since
    ]


def _holder(each: Held, of: _CasePage, now: datetime) -> HolderLine:
    req, ctx = of.req, of.req.asker
    is_open = each.done_at is None
    me = is_open and each.person_id == ctx.person.id
    free = each.person_id is None and each.unit_id in ctx.unit_ids
    giver = format_datetime(each.given_at)
    stands_still = is_open and of.clock and of.clock.state == "paused" and each.share is not None
    if each.giver:
        # Taken on by oneself, or taken back from who had it.
        own = each.person_id == each.given_by
        giver = (
            _("giữ từ {time}", time=giver) if own else _("{name} giao {time}", name=each.giver, time=giver)
        )
    if each.done_at:
        time = format_datetime(each.done_at)
        giver = (
            _("{name} báo xong thay {time}", name=each.done_in_place, time=time)
            if each.done_in_place
            else _("báo xong {time}", time=time)
        )
    return HolderLine(
        name=_(GONE, name=each.receiver) if each.gone else each.receiver,
        task=_(each.task),
        role=_("Chủ trì") if each.role == "lead" else _("Phối hợp"),
        due=Due("paused", _("Tạm dừng"))
        if stands_still
        else simple_due(
            each.due_at, of.agency, now, started=each.given_at, ended=each.done_at, unit=counted_in(of.clock)
        ),
        since=giver,
        share=_("hạn bằng {n}% thời hạn chung", n=each.share) if each.share and each.share < 100 else "",
        note=each.note if is_open else each.reason,
        take_url=url_for(req, "casework.assignment_take", assignment_id=each.id) if free else "",
        pull_url=url_for(req, "casework.assignment_pull", assignment_id=each.id)
        if is_open and each.given_by == ctx.person.id and not each.seen_at and not me
        else "",
    )


def _step(each: queries.StepRow, states: Definition, kind: CaseKind) -> StepLine:
    who = each.person or (_("Hệ thống") if each.seq else opened_by(kind))
    if each.in_place_of:
        who = _("{name} thay {other}", name=who, other=each.in_place_of)
    if each.seq:
        length = took(int((each.at - each.began_at).total_seconds() // 60))
        since = _("sau {length}", length=length)
    else:
        since = _("nhận {day}", day=day) if (day := _received_before(each.began_at, each.at)) else ""
    left_out = is_left_out(kind.key, each.to_state)
    mark, words = OUTCOMES.get("" if left_out else each.outcome, ("", ""))
    return StepLine(
        title=f"{_(each.title)} → {state_of(states, each.to_state).text}",
        who=who,
        at=each.at,
        since=since,
        outcome=State(mark, _(words)) if mark else None,  # type: ignore[arg-type]
        note=each.note,
        way=each.transition,
    )


def _part(each: Held) -> StepLine:
    done = each.ending == "done"
    mark, words = OUTCOMES.get(each.outcome if done else "", ("", ""))
    assert each.done_at is not None
    who = each.receiver
    if done and each.done_in_place:
        who = _("{name} thay {other}", name=each.done_in_place, other=who)
    return StepLine(
        title=_("Xong phần phối hợp") if done else _("Phần phối hợp kết thúc khi chưa báo xong"), who=who, at=each.done_at,
        since="", outcome=State(mark, _(words)) if mark else None, note=each.reason if done else "",  # type: ignore[arg-type]
    )  # fmt: skip


def took(minutes: int) -> str:
    """Return how long something took, in the unit that says most."""
    if minutes < 60:
        return ngettext("{n} phút", "{n} phút", max(minutes, 0))
    if minutes < 24 * 60:
        return ngettext("{n} giờ", "{n} giờ", minutes // 60)
    return ngettext("{n} ngày", "{n} ngày", minutes // (24 * 60))


LINKS = {"related": N_("Liên quan"), "duplicate": N_("Trùng"), "follows": N_("Tiếp nối")}


def _link(req: Request, case: Case, each: queries.LinkRow, handles: bool) -> LinkLine:
    kind = kind_of(each.kind)
    stands = _("Đã kết thúc") if each.closed_at else _("Đang mở")
    return LinkLine(
        title=f"{each.code} · {each.title}",
        url=url_for(req, kind.route, case_id=each.id),
        detail=" · ".join((_(LINKS[each.link]), _(kind.title), stands)),
        remove_url=url_for(req, "casework.case_unlink", case_id=case.id, other_id=each.id) if handles else "",
    )


# ---- what may be done, as the buttons of the page ----------------------------------------------------------------


def actions(ctx: RequestContext, case: Case) -> list[ObjectAction]:
    """Return the transitions that a person may make of a case, in the order of its workflow, and what goes beside them.

    None is the main one while it is somebody else's turn: whoever may act for them has to choose so.
    """
    assert ctx.tenant is not None
    kind = kind_of(case.kind)
    code, states = ctx.tenant.code, followed_on(case)
    turn = hold_of(ctx, case) is not None
    holds = turn or ctx.can(kind.manage)
    found = [
        ObjectAction(
            f"{part_title(in_place_of)}…", route_url("casework.assignment_done", tenant=code, assignment_id=part_id),
            "check", kind.read, primary=not turn,
        )
        for part_id, in_place_of in case.parts
    ]  # fmt: skip
    for way in states.ways_from(case.state):
        permission = way.permission or kind.handle
        if way.quiet or (kind.refuses and kind.refuses(ctx, case, way.key)):
            continue
        if way.by == "anybody" or (holds and way.by == "holder"):
            if way.route:
                url = route_url(way.route, tenant=code, case_id=case.id)
            else:
                url = route_url("casework.case_move", tenant=code, case_id=case.id, transition=way.key)
            found.append(ObjectAction(_(way.title), url, way.icon, permission, primary=turn and (way.primary or case.state in way.main_in)))  # fmt: skip
    if case.closed_at is None and holds:
        url = route_url("casework.case_assign", tenant=code, case_id=case.id)
        found.append(ObjectAction(_("Giao lại…"), url, "arrow-forward-up", kind.handle))
    return found


def find(ctx: RequestContext, words: tuple[str, ...], limit: int) -> list[SearchHit]:
    """Return the cases of every kind that hold the words and that a person sees, for the global search."""
    assert ctx.tenant is not None
    kinds = {kind.key: kind for kind in kinds_here(ctx)}
    return [
        SearchHit(
            said_title(row.title),
            route_url(kinds[row.kind].route, tenant=ctx.tenant.code, case_id=row.id),
            " · ".join(
                (row.code, _(kinds[row.kind].title), _("Đã kết thúc") if row.closed_at else _("Đang mở"))
            ),
        )
        for row in queries.found(ctx, list(kinds.values()), " ".join(words), limit)
    ]
