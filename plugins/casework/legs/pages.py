"""The page of a leg: the same for both sides, but for who may do what, and for the receiver's own case."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from uuid import UUID

from core.api import (
    N_,
    Crumb,
    FormView,
    NotFound,
    Request,
    RequestContext,
    _,
    format_date,
    format_datetime,
    paragraphs,
    scope,
    url_for,
)
from plugins.casework.cases import queries as case_queries
from plugins.casework.cases.pages import case_view, done_before
from plugins.casework.cases.queries import CASE
from plugins.casework.deadlines.budget import more_words
from plugins.casework.deadlines.queries import case_moves
from plugins.casework.legs import clocks as leg_clocks
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs.incoming import INCOMING, TAKE_ON, WITHDRAWN
from plugins.casework.legs.lines import leg_due, state_of_leg
from plugins.casework.legs.purposes import purpose_of
from plugins.casework.legs.queries import LegRow, Line, Shared
from plugins.casework.legs.views import IncomingCaseView, LegBody, LegView, SaidLine
from plugins.casework.models import Case
from plugins.casework.work.next_work import next_work
from plugins.casework.workflows.kinds import kind_of
from plugins.files.api import FileLink, StoredFile, files_by_id, size_text, stored
from plugins.pages.api import ObjectView, object_view

_QUOTED = re.compile(r"[\s–]*“.*”", re.DOTALL)


def leg_view(req: Request, of: LegRow, form: FormView) -> LegView:
    """Return the page of a leg for whoever sent it, and for who has not taken it on yet."""
    purpose = purpose_of(of.purpose)
    object_id, kind, recall_url, goes_on = of.id, INCOMING, "", False
    crumbs: tuple[Crumb, ...] = (Crumb(_(INCOMING.title), url_for(req, INCOMING.list_route)), Crumb(of.code))
    if of.side == "sender":
        object_id = of.case_id
        case = case_queries.case(of.case_id)
        kind = kind_of(case.kind)
        goes_on = case_queries.hold_of(req.asker, case) is not None
        if leg_queries.acts_as_sender(req.asker, of, case):
            recall_url = url_for(req, "casework.leg_recall", case_id=of.id)
        req.belongs_to = url_for(req, kind.route, case_id=case.id)
        crumbs = (
            Crumb(_(kind.title), url_for(req, kind.list_route)),
            Crumb(case.code, req.belongs_to),
            Crumb(_("Chặng liên thông")),
        )
    head = object_view(
        req, of, object_type=CASE, object_id=object_id, url=url_for(req, INCOMING.route, case_id=of.id), title=of.title,
        crumbs=crumbs, state=state_of_leg(of), due=leg_due(of, leg_clocks.calendars_of([of]), datetime.now(UTC)),
        context=" · ".join((of.code, _(purpose.title), f"{of.sender} → {of.receiver}")),
    )  # fmt: skip
    mine = ""
    if head.main:
        mine = _(TAKE_ON) if of.side == "receiver" else _("Xem câu trả lời")
    told = head.tab == "details" and not of.is_withdrawn  # the sender's grounds stand in it
    body = replace(leg_body(req, of), why=leg_clocks.explained(of) if told else None)
    return LegView(
        object=_without_words(head) if of.is_withdrawn else head,
        leg=body,
        form=form,
        mine=mine,
        stuck=of.receiver if of.is_stuck else "",
        recall_url=recall_url,
        next_work=None if mine or goes_on else next_work(req, object_id, of.code, kind.key),
    )


def incoming_view(req: Request, of: LegRow, case: Case) -> IncomingCaseView:
    """Return the page of the case that the agency in scope has of a leg it got."""
    view = case_view(
        req, case, INCOMING, facts=((_("Nơi gửi"), of.sender),), context=f"{_(purpose_of(of.purpose).title)} · {of.sender}"
    )  # fmt: skip
    kept = {each.name: getattr(view, each.name) for each in fields(view)}
    if of.is_withdrawn:
        kept |= {"object": _without_words(view.object), "why": None}
        kept["steps"] = [replace(each, note="") if each.way == "asked_again" else each for each in view.steps]
    elif view.object.tab == "details":
        kept["why"] = leg_clocks.explained(of)
    return IncomingCaseView(
        **{**kept, "paragraphs": ()}, leg=leg_body(req, of), left=_left(req, case) if case.state == "returned" else ()
    )  # fmt: skip


def _without_words(head: ObjectView) -> ObjectView:
    """Leave out of title and history what they quote: of a leg that was taken back its words are not read any more."""
    entries = [replace(each, text=_QUOTED.sub("", each.text), changes=()) for each in head.history.entries]
    return replace(head, title=_(WITHDRAWN), history=replace(head.history, entries=tuple(entries)))


def _left(req: Request, case: Case) -> list[tuple[str, str]]:
    """Return the further legs of a case that go on after it: each with where it is recalled, or read by who may not."""
    open_legs = [each for each in leg_queries.legs_of(case.id) if each.done_at is None]
    return [
        (each.receiver, url_for(req, "casework.leg_recall" if leg_queries.acts_as_sender(req.asker, each, case) else INCOMING.route, case_id=each.id))
        for each in open_legs
    ]  # fmt: skip


def leg_body(req: Request, of: LegRow) -> LegBody:
    """Return what both sides read of a leg."""
    shared = leg_queries.shared_files(of)
    here = files_by_id([each.file_id for each in shared if each.owner_id != of.other_id])
    links = [(each, _file(req, of, each, here)) for each in shared]
    facts = [
        (_("Nơi gửi"), of.sender),
        (_("Nơi nhận"), of.receiver),
        (_("Mục đích"), _(purpose_of(of.purpose).title)),
        (_("Người gửi"), f"{of.sent_by_name}, {format_datetime(of.sent_at)}"),
    ]
    if of.due_at:
        facts.append((_("Hạn của chặng"), format_date(of.due_at, year=True)))
    said = leg_queries.lines(of)
    if len(of.chain) > 1:
        facts.append((_("Đã đi qua"), _chain(of)))
    limits = (
        _("{agency} chỉ thấy những gì ở trang này, không thấy phần còn lại của vụ việc.", agency=of.receiver)
        if of.side == "sender"
        else _("{agency} chỉ thấy câu trả lời và tệp gửi kèm, không thấy việc phân công, trao đổi ở cơ quan bạn.", agency=of.sender)
    )  # fmt: skip
    return LegBody(
        facts=facts,
        ask=paragraphs(of.ask),
        shared=paragraphs(of.shared),
        files=[link for each, link in links if each.owner_id == of.tenant_id],
        said=sorted([*(_said(each, links) for each in said), *_moved(of)], key=lambda each: each.at),
        limits=limits,
        unread=of.sender if of.sender_shut and of.side == "receiver" and of.done_at is None else "",
        turns=leg_clocks.turn_words(of, said),
    )


def _chain(of: LegRow) -> str:
    names = [found.name for each in of.chain if (found := leg_queries.agency(each))]
    return " → ".join([*names, of.receiver])


def _title(line: Line) -> str:
    titles = {
        "sent": _("Gửi chặng"),
        "taken": _("Tiếp nhận"),
        "returned": _("Trả lại"),
        "recalled": _("Rút lại"),
        "done": _("Dùng câu trả lời lần {n}", n=line.number),
        "again": _("Hỏi lại về câu trả lời lần {n}", n=line.number),
        "answered": _("Trả lời lần {n}", n=line.number),
        "forwarded": _("Chuyển tiếp tới {name}", name=line.text),
        # By so much more time, or to another day, which may be its first.
        "extended": _("Hạn mới") if line.text[:4].isdigit() else _("Gia hạn"),
        "paused": _("Tạm dừng thời hạn"),
        "resumed": _("Cho chạy tiếp thời hạn"),
    }
    return titles[line.kind]


def overtaken(ctx: RequestContext, of: LegRow, *, typed: bool = True) -> str:
    """Say who did what first, to whoever read a leg before that; what they `typed`, if it was more than a button, is in their form still."""
    last = leg_queries.lines(of)[-1]
    text = N_("{done}; chặng nay: {state}. Xem lại rồi làm tiếp.")
    if typed:
        text = N_("{done}; chặng nay: {state}. Xem lại rồi làm tiếp; điều bạn gõ còn nguyên.")
    done = done_before(ctx, last.person_id, last.person or last.agency, _title(last))
    return _(text, done=done, state=state_of_leg(of).text)


def _words(line: Line) -> str:
    """Return what was said; by how much a leg was extended in the reader's words, the rest as it was written."""
    more, dot, grounds = line.text.partition(". ") if line.kind == "extended" else ("", "", line.text)
    return f"{more_words(more)}{dot}{grounds}"


def _said(line: Line, links: list[tuple[Shared, FileLink]]) -> SaidLine:
    answer = line.kind == "answered"
    return SaidLine(
        title=_title(line),
        who=" · ".join(filter(None, (line.person, line.agency))),
        at=line.at,
        paragraphs=() if line.kind == "forwarded" else paragraphs(_words(line)),
        files=[
            link
            for each, link in links
            if answer and each.number == line.number and each.owner_id == line.agency_id
        ],
        answer=answer,
    )


def _moved(of: LegRow) -> list[SaidLine]:
    """Return how the calendar by which a leg is counted has moved its deadline."""
    with leg_clocks.counted(of):
        moves = case_moves(of.id)
    return [
        SaidLine(
            title=_("Chuyển hạn từ {old} sang {new}", old=format_datetime(old), new=format_datetime(new)),
            who=_("Hệ thống"),
            at=at,
            paragraphs=(_("Lịch làm việc thay đổi: {reason}", reason=reason),),
        )
        for at, old, new, reason in moves
        if old and new
    ]


# ---- files ------------------------------------------------------------------------------------------------------


def _file(req: Request, of: LegRow, each: Shared, here: dict[UUID, StoredFile]) -> FileLink:
    """Return the line of a file; what its own agency has removed since keeps its name and no address."""
    own = each.owner_id != of.other_id
    gone = own and each.file_id not in here
    url = url_for(req, "casework.leg_file", case_id=of.id, file_id=each.file_id)
    return FileLink(
        name=each.name,
        detail=size_text(each.size) + (f" · {_('đã gỡ')}" if gone else ""),
        url="" if gone else url,
    )


def shared_file(of: LegRow, file_id: UUID) -> StoredFile:
    """Return a file that one side of a leg lets the other open, read as its own agency stores it.

    Raises NotFound for any other file, and for one that was removed.
    """
    for each in leg_queries.shared_files(of):
        if each.file_id == file_id:
            # SECURITY: the line above says that this very file was shared, by the agency whose scope is entered here.
            with scope(each.owner_id):
                return stored(file_id)
    raise NotFound
