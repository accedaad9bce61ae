"""Everything that writes legs: each act is checked on its own side, and told to both in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from core.api import (
    N_,
    Actor,
    Forbidden,
    Invalid,
    NotFound,
    RequestContext,
    _,
    acting,
    current_actor,
    current_tenant,
    current_time,
    db,
    dispatcher,
    emit,
    fold,
    new_id,
    require_access,
    scope,
)
from plugins.casework.cases import queries as cases
from plugins.casework.cases.assigning import Receiver, require_hand
from plugins.casework.cases.opening import MOST_TEXT, MOST_TITLE, Opening, open_case
from plugins.casework.cases.queries import hold_of
from plugins.casework.cases.services import set_due
from plugins.casework.cases.settling import DUE, ESCALATED, LEG_LATE, OVERDUE, facts_of
from plugins.casework.cases.telling import shown_title
from plugins.casework.deadlines.budget import Budget
from plugins.casework.legs import adapters
from plugins.casework.legs import clocks as leg_clocks
from plugins.casework.legs import events as facts
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs.incoming import (
    INCOMING,
    RECEIVE,
    WITHDRAWN,
    incoming_case,
    receivers,
    shift,
    withdraw_words,
)
from plugins.casework.legs.purposes import LegPurpose, purpose_of, purposes_for
from plugins.casework.legs.queries import LegRow
from plugins.casework.lengths import MOST_NOTE, check_length
from plugins.casework.models import Assignment, Case, Leg, LegFile, LegLine
from plugins.casework.workflows.kinds import kind_of
from plugins.files.api import SentFiles, StoredFile, files_of, take_files
from plugins.notifications.api import Words, forget_field, notify, settle

RECEIVED, MOVED = "casework.leg_received", "casework.leg_moved"
LONGEST_CHAIN = 20
TAKEN_BACK = N_("Cơ quan gửi đã rút lại việc này.")
NO_RECEIVER = N_("Chưa chọn cơ quan nhận.")
STATES: dict[str, str] = {
    "sent": N_("Chờ tiếp nhận"),
    "taken": N_("Đang xử lý"),
    "answered": N_("Đã trả lời, chờ xem"),
    "again": N_("Bị hỏi lại"),
    "done": N_("Đã xong"),
    "returned": N_("Bị trả lại"),
    "recalled": N_("Đã rút lại"),
}

MOVES = (facts.LegAnswered, facts.LegReturned, facts.LegAskedAgain, facts.LegRecalled)


# ---- sending ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What is asked of another agency, and what of the case it may see; with the same `leg_id` it is sent once.

    The other agency sees the title, what is asked, the `text` and the `files` named here, and nothing else of the
    case. `outside` names the adapter of a system that is no agency here, instead of `receiver_id`.
    """

    purpose: str
    ask: str
    receiver_id: UUID | None = None
    title: str = ""
    text: str = ""
    due: datetime | None = None
    budget: Budget | None = None
    """Instead of a day: so much of the receiver's own working time, by its calendar."""
    ground: str = ""
    files: Sequence[UUID] = ()
    leg_id: UUID | None = None
    outside: str = ""
    beyond: bool = False
    """Whether it may be due on a later day than the case it serves."""


def send_leg(ctx: RequestContext, case_id: UUID, said: Sending, *, at: datetime | None = None) -> UUID:
    """Ask another agency for its part of a case; the case stays where it is and its deadline does not move.

    From a case that itself came by a leg this forwards it, to an agency it has not been through.
    Raises Invalid naming the field, Forbidden, NotFound.
    """
    now = at or current_time()
    with db.atomic():
        case = cases.case(case_id)
        # A leg is locked before the case it became: so does whoever sent it.
        came = leg_queries.leg(case.id, locked=True) if case.kind == INCOMING.key else None
        case = cases.case(case_id, locked=True)
        require_sending(ctx, case)
        title = (said.title or shown_title(case)).strip()
        purpose = _check_sending(ctx, case, said, title, now)
        chain = [*(came.chain if came else ()), current_tenant()]
        module = came.module if came else _module(case, purpose)
        receiver_id = _checked_receiver(said, chain, purpose, module)
        files = _chosen_files(case, said.files)
        # A form brings its own id. Mixed with the agency's it is never that of another agency's leg.
        leg_id = uuid5(current_tenant(), str(said.leg_id)) if said.leg_id else new_id()
        made = Leg.insert(
            id=leg_id, receiver_id=receiver_id, case_id=case.id, chain=chain, module=module, purpose=purpose.key, code=case.code,
            title=title, ask=said.ask.strip(), shared=said.text.strip(), due_at=said.due, sent_by=ctx.person.id, sent_at=now,
            outside=said.outside, changed_at=now, folded=fold(f"{case.code} {case.code.replace('-', ' ')} {title} {ctx.tenant.name if ctx.tenant else ''}"),
        )  # fmt: skip
        if not list(made.on_conflict_ignore().returning(Leg.id).execute()):
            return leg_id
        found = leg_queries.leg(leg_id)
        if said.budget:
            leg_clocks.begin(found, said.budget, said.ground.strip(), now)
        leg_clocks.check_in_time(found.id, now, field="days" if said.budget else "due", beyond=said.beyond)
        write_line(found, "sent", at=now)
        _share(found, files, at=now)
        tell_facts(found, facts.LegSent)
        tell_receiver(found, f"{leg_id}:sent", N_("{agency} gửi “{title}”: chờ cơ quan tiếp nhận"))
        adapters.queue(found, "sent")
        if came is not None:
            write_line(came, "forwarded", found.receiver, at=now)
            tell_facts(came, facts.LegForwarded, further=found.receiver)
            _tell_sender(came, f"{leg_id}:forwarded", N_("{agency} chuyển tiếp chặng {code} “{title}”"))
    return leg_id


def _module(case: Case, purpose: LegPurpose) -> str:
    """Return the module that the leg is about: the case's, or the purpose's when the case is one of casework itself."""
    own, asked = case.kind.partition(".")[0], purpose.key.partition(".")[0]
    return own if own != INCOMING.key.partition(".")[0] else asked


def require_sending(ctx: RequestContext, case: Case) -> None:
    """Let pass whoever may send legs in a case: who holds it, and who manages the kind.

    Raises Forbidden, and Invalid for a case that is closed.
    """
    kind = kind_of(case.kind)
    require_access(ctx, kind.handle, case)
    require_hand(ctx, kind, case)
    if case.closed_at:
        raise Invalid({"": [_("{code} đã kết thúc.", code=case.code)]})


def _check_sending(ctx: RequestContext, case: Case, said: Sending, title: str, now: datetime) -> LegPurpose:
    """Return the purpose of a leg, if what is said of it can be sent. Raises Invalid naming all that is wrong or left empty."""
    wrong: dict[str, list[str]] = {}
    purpose = next((each for each in purposes_for(ctx, case.kind) if each.key == said.purpose), None)
    if purpose is None:
        wrong["purpose"] = [_("Chưa chọn mục đích của chặng.")]
    if not said.outside and said.receiver_id is None:
        wrong["receiver_id"] = [_(NO_RECEIVER)]
    if not said.ask.strip():
        wrong["ask"] = [_("Chưa ghi cơ quan nhận phải làm gì.")]
    if said.due and said.budget:
        wrong["due"] = [_("Chọn một cách: số ngày làm việc, hoặc một ngày.")]
    elif said.due and said.due <= now:
        wrong["due"] = [_("Hạn này đã qua.")]
    if wrong or purpose is None:
        raise Invalid(wrong)
    check_length("title", title, MOST_TITLE)
    check_length("ask", said.ask, MOST_NOTE)
    check_length("text", said.text, MOST_TEXT)
    return purpose


def _checked_receiver(said: Sending, chain: Sequence[UUID], purpose: LegPurpose, module: str) -> UUID:
    """Return who gets it, if that agency can. Raises Invalid."""
    if said.outside:
        return adapters.outside_id(said.outside)
    agency = leg_queries.agency(said.receiver_id) if said.receiver_id else None
    if agency is None:
        raise Invalid({"receiver_id": [_(NO_RECEIVER)]})
    if agency.id == current_tenant():
        raise Invalid(
            {"receiver_id": [_("Đây là cơ quan của bạn. Giao lại trong cơ quan thì dùng “Giao lại”.")]}
        )
    if agency.id in chain:
        text = _(
            "Việc này đã đi qua {name}, không chuyển vòng lại. Trả lời nơi gửi thay vì chuyển.",
            name=agency.name,
        )
        raise Invalid({"receiver_id": [text]})
    if len(chain) >= LONGEST_CHAIN:
        raise Invalid(
            {"receiver_id": [_("Việc này đã chuyển qua {n} cơ quan, không chuyển thêm.", n=len(chain))]}
        )
    if agency.status != "active":
        raise Invalid({"receiver_id": [_unable(agency)]})
    effective = dispatcher().effective_for(agency.id)
    for key in (module, purpose.key.partition(".")[0]):
        if key not in effective:
            text = _(
                "{name} không dùng phân hệ “{module}” nên không nhận được chặng này. Gửi văn bản, hoặc đề nghị họ bật phân hệ.",
                name=agency.name, module=_(dispatcher().catalogue.modules[key].manifest.title),
            )  # fmt: skip
            raise Invalid({"receiver_id": [text]})
    return agency.id


def _unable(agency: leg_queries.Agency) -> str:
    if agency.status == "merged":
        return _("{name} đã sáp nhập. Chọn cơ quan tiếp nhận nhiệm vụ của họ.", name=agency.name)
    return _("{name} đang tạm ngừng hoạt động trên hệ thống, chưa nhận được việc.", name=agency.name)


def _chosen_files(case: Case, chosen: Sequence[UUID]) -> list[StoredFile]:
    """Return the files of a case that the sender chose, one by one. Raises Invalid for any other."""
    own = {each.id: each for each in files_of(cases.files_owner(case.id))}
    if set(chosen) - set(own):
        raise Invalid({"files": [_("Chỉ gửi kèm được tệp của vụ việc này. Chọn lại tệp.")]})
    waiting = [own[each].name for each in chosen if own[each].state != "ready"]
    if waiting:
        raise Invalid(
            {
                "files": [
                    _(
                        "Tệp “{name}” chưa quét mã độc xong hoặc đã bị khoá, chưa gửi đi được.",
                        name=waiting[0],
                    )
                ]
            }
        )
    return [own[each] for each in dict.fromkeys(chosen)]


# ---- what the receiver does -------------------------------------------------------------------------------------


def note_seen(of: LegRow) -> None:
    """Remember that the agency that got a leg has opened it; told once, on the row both read."""
    if of.side == "receiver" and of.seen_at is None:
        set_leg(of, seen_at=current_time(), quietly=True)


def take_leg(
    ctx: RequestContext,
    leg_id: UUID,
    to: Receiver | None = None,
    *,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Take a leg on: the agency gets a case of its own for it, in somebody's hands; what is to be known is done by it.

    Raises Invalid when somebody took it already or it was taken back, Forbidden, NotFound.
    """
    now = at or current_time()
    check_length("note", note, MOST_NOTE)
    with db.atomic():
        of = _received(ctx, leg_id, ("sent",), clerk=True)
        if purpose_of(of.purpose).answers:
            settle((RECEIVED, ESCALATED), str(of.id), f"waits:{of.id}")  # it goes on being late, if it is
            set_leg(of, state="taken", seen_at=of.seen_at or now, taken_at=now, taken_by=ctx.person.id)
            open_case(
                INCOMING.key,
                Opening(
                    case_id=of.id, title=of.title, text=of.ask, to=to or Receiver(person_id=ctx.person.id), note=note,
                    due=of.due_at, search=f"{of.code} {of.sender} {of.shared}", at=now,
                ),
            )  # fmt: skip
        else:
            _settle(of)
            set_leg(
                of, state="done", seen_at=of.seen_at or now, taken_at=now, taken_by=ctx.person.id, done_at=now,
                due_at=leg_clocks.due_by(of, now),
            )  # fmt: skip
            leg_clocks.end(of, now)
        write_line(of, "taken", at=now)
        tell_facts(of, facts.LegTaken)
        _tell_sender(of, f"{of.id}:taken", N_("{agency} đã tiếp nhận chặng {code} “{title}”"))


def return_leg(ctx: RequestContext, leg_id: UUID, reason: str, *, at: datetime | None = None) -> None:
    """Give a leg back to whoever sent it, with the reason; the sender may ask somebody else.

    Raises Invalid, Forbidden, NotFound.
    """
    now = at or current_time()
    reason = _reason(reason, _("Chưa ghi lý do trả lại."))
    with db.atomic():
        of = _received(ctx, leg_id, ("sent", "taken", "again"))
        write_return(of, reason, at=now)
        if incoming_case(of.id):
            shift(of.id, "return", note=reason, at=now)


def write_return(of: LegRow, reason: str, *, at: datetime) -> None:
    """Give a leg back in the scope of the agency or system that got it; for acts that checked who may."""
    _settle(of)
    set_leg(of, state="returned", done_at=at, reason=reason[:MOST_NOTE], seen_at=of.seen_at or at)
    leg_clocks.end(of, at)
    write_line(of, "returned", reason, at=at)
    tell_facts(of, facts.LegReturned)
    _tell_sender(of, f"{of.id}:returned", N_("{agency} trả lại chặng {code} “{title}”"))


def answer_leg(
    ctx: RequestContext,
    leg_id: UUID,
    text: str,
    files: SentFiles | None = None,
    *,
    at: datetime | None = None,
) -> int:
    """Answer a leg; a further answer stands beside the earlier ones. Return which one it is.

    Raises Invalid, Forbidden, NotFound.
    """
    now = at or current_time()
    text = _reason(text, _("Chưa ghi nội dung trả lời."), field="text", most=MOST_TEXT)
    with db.atomic():
        of = _received(ctx, leg_id, ("taken", "again", "answered"))
        number = write_answer(of, text, at=now)
        if files:
            _share(of, take_files(files, leg_queries.answer_files(of.id)), number=number, at=now)
        if case := incoming_case(of.id):
            if case.due_at is None and of.paused:
                set_due(case, leg_clocks.due_by(of, now), named=False)
            shift(of.id, "answer", at=now)
        leg_clocks.stop(of, now)  # after the case has ended: its day is the one it was answered by
    return number


def write_answer(of: LegRow, text: str, *, at: datetime) -> int:
    """Write an answer in the scope of the agency or system that answers, and tell the sender; for acts that checked who may."""
    _settle(of)
    number = of.answers + 1
    # A further answer makes nobody late who answered in time.
    ended: dict[str, Any] = {}
    if of.state != "answered":
        ended = {"answered_at": at, "due_at": leg_clocks.due_by(of, at)}
    set_leg(of, state="answered", answers=number, **ended)
    write_line(of, "answered", text, number=number, at=at)
    tell_facts(of, facts.LegAnswered, number=number)
    _tell_sender(of, f"{of.id}:{number}", N_("{agency} trả lời chặng {code} “{title}”: chờ xem"))
    return number


# ---- what the sender does -------------------------------------------------------------------------------------------


def accept_answer(ctx: RequestContext, leg_id: UUID, *, at: datetime | None = None) -> None:
    """Say that the newest answer is what was asked for: the leg is done.

    Raises Invalid, Forbidden, NotFound.
    """
    now = at or current_time()
    with db.atomic():
        _use(sent_leg(ctx, leg_id, ("answered",)), now)


def use_answers(case_id: UUID, *, at: datetime | None = None) -> None:
    """Let the newest answers of all legs of a case be what was asked for; for acts that checked who may."""
    for of in leg_queries.answered_legs(case_id):
        _use(of, at or current_time())


def _use(of: LegRow, now: datetime) -> None:
    _settle(of)
    set_leg(of, state="done", done_at=now)
    leg_clocks.end(of, now)
    write_line(of, "done", number=of.answers, at=now)
    tell_facts(of, facts.LegDone, number=of.answers)
    tell_receiver(of, f"{of.id}:done", N_("{agency} đã dùng câu trả lời chặng “{title}”"), kind=MOVED)
    adapters.queue(of, "done")


def copied_answer(
    ctx: RequestContext, case: Case, leg_id: UUID, *, at: datetime | None = None
) -> tuple[str, str]:
    """Return who answered a leg of a case, and the newest answer, for a draft in that case; the leg is done by it.

    Raises Invalid, Forbidden, NotFound also when nothing was answered.
    """
    with db.atomic():
        require_sending(ctx, case)
        of = leg_queries.leg(leg_id)
        answer = dict(leg_queries.newest_answers(case.id)).get(leg_id)
        if answer is None:
            raise NotFound
        if of.state == "answered":
            accept_answer(ctx, leg_id, at=at)
        return of.receiver, answer


def ask_again(
    ctx: RequestContext, leg_id: UUID, reason: str, due: datetime | None = None, *, beyond: bool = False, at: datetime | None = None
) -> None:  # fmt: skip
    """Say why the newest answer is not enough, and ask for another one: by a new day, or in the time that was left.

    `beyond` says that it may be a later day than the case has.

    Raises Invalid, Forbidden, NotFound.
    """
    now = at or current_time()
    reason = _reason(reason, _("Chưa ghi câu trả lời còn thiếu gì."))
    if due and due <= now:
        raise Invalid({"due": [_("Hạn này đã qua.")]})
    with db.atomic():
        write_again(sent_leg(ctx, leg_id, ("answered",)), reason, due, at=now)
        leg_clocks.check_in_time(leg_id, now, field="due", beyond=beyond)


def write_again(of: LegRow, reason: str, due: datetime | None = None, *, at: datetime) -> None:
    """Ask an answered leg again in the scope of the agency that sent it; for acts that checked who may."""
    _settle(of)
    set_leg(of, state="again", reason=reason)
    due = leg_clocks.go_on(of, due, at)
    set_leg(of, due_at=due, quietly=True)
    write_line(of, "again", reason, number=of.answers, at=at)
    tell_facts(of, facts.LegAskedAgain, number=of.answers)
    if not of.outside:
        with scope(of.receiver_id):
            if case := incoming_case(of.id):
                Case.update(due_at=due).where(Case.id == case.id).execute()
            shift(of.id, "asked_again", note=reason, by=of.sender, at=at)
    tell_receiver(of, f"{of.id}:again:{of.answers}", N_("{agency} hỏi lại về câu trả lời chặng “{title}”"))
    adapters.queue(of, "again", reason)


def recall_leg(ctx: RequestContext, leg_id: UUID, reason: str, *, at: datetime | None = None) -> None:
    """Take a leg back, with the reason, and what was forwarded of it: the receivers keep what they wrote themselves, and read no more what they were asked.

    Raises Invalid, Forbidden, NotFound.
    """
    now = at or current_time()
    reason = _reason(reason, _("Chưa ghi lý do rút lại."))
    with db.atomic():
        of = sent_leg(ctx, leg_id, ("sent", "taken", "again", "answered"))
        _take_back(of, reason, now)
        _take_back_further(of, now)


def recall_legs(case_id: UUID, *, at: datetime | None = None) -> None:
    """Take back all legs of a case, and what became of them in further agencies, in the running transaction.

    For acts that checked who may, of what nobody else may read any more. Why, the others are not told.
    """
    for of in leg_queries.legs_of(case_id, locked=True):
        if of.state != "recalled":
            _take_back(of, TAKEN_BACK, at or current_time())
        _take_back_further(of, at)


def recall_open(case_id: UUID, reason: str, *, at: datetime | None = None) -> None:
    """Take back the legs of a case that somebody still has to answer, with the reason, in the running transaction; for acts that checked who may."""
    now = at or current_time()
    for of in leg_queries.unanswered_legs(case_id, locked=True):
        _take_back(of, reason, now)
        _take_back_further(of, now)


def _take_back_further(of: LegRow, at: datetime | None) -> None:
    """Take back what became of a leg in further agencies."""
    if not of.outside:
        with scope(of.receiver_id), acting(Actor(None, of.sender, "system")):
            recall_legs(of.id, at=at)


def _take_back(of: LegRow, reason: str, now: datetime) -> None:
    """Take a leg back; of one that was done with only the words are, and when and how it was done stays."""
    _settle(of)
    is_open = of.done_at is None
    set_leg(of, state="recalled", done_at=of.done_at or now, reason=reason)
    if is_open:
        leg_clocks.end(of, now)
    write_line(of, "recalled", reason, at=now)
    tell_facts(of, facts.LegRecalled)
    tell_receiver(of, f"{of.id}:recalled", N_("{agency} rút lại chặng {code}"))  # while somebody has it
    if not of.outside:
        with scope(of.receiver_id):
            if incoming_case(of.id):
                if is_open:
                    shift(of.id, "recall", note=reason, by=of.sender, at=now)
                withdraw_words(of.id)
            _forget_title(of)
    if of.chain[0] != current_tenant():
        # Whoever forwarded it is told, and reads no more of it than who got it.
        _tell_sender(of, f"{of.id}:recalled", N_("Chặng {code} đã chuyển tiếp tới {agency} được rút lại"))
        _forget_title(of)
    adapters.queue(of, "recalled", reason)


def _forget_title(of: LegRow) -> None:
    forget_field("title", Words(WITHDRAWN), INCOMING.route, {"case_id": of.id}, since=of.sent_at)


# ---- who may -----------------------------------------------------------------------------------------------------------


def _received(ctx: RequestContext, leg_id: UUID, states: Sequence[str], *, clerk: bool = False) -> LegRow:
    """Return a leg of the agency in scope for somebody who may act on it: who receives legs, or who has this one."""
    of = leg_queries.leg(leg_id, locked=True)
    if of.side != "receiver":
        raise Forbidden(_("Chỉ cơ quan nhận làm được bước này."))
    if not ctx.can(RECEIVE):
        case = None if clerk else incoming_case(of.id)
        if case is None or not ctx.can(INCOMING.handle) or hold_of(ctx, case) is None:
            raise Forbidden(_("Chỉ người tiếp nhận liên thông hoặc người đang giữ việc làm được bước này."))
    _require_state(of, states)
    return of


def sent_leg(ctx: RequestContext, leg_id: UUID, states: Sequence[str]) -> LegRow:
    """Return a leg that the agency in scope sent, for somebody who may act on its case."""
    of = leg_queries.leg(leg_id, locked=True)
    if of.side != "sender":
        raise Forbidden(_("Chỉ cơ quan gửi làm được bước này."))
    case = cases.case(of.case_id)
    require_access(ctx, kind_of(case.kind).handle, case)
    if not leg_queries.acts_as_sender(ctx, of, case):
        raise Forbidden(_("Chỉ người gửi chặng, người giữ việc hoặc người quản lý làm được bước này."))
    _require_state(of, states)
    return of


def _require_state(of: LegRow, states: Sequence[str]) -> None:
    if of.state not in states:
        text = _("Chặng này vừa đổi: {state}. Xem lại rồi chọn việc tiếp theo.", state=_(STATES[of.state]))
        raise Invalid({"": [text]})


def as_read(leg_id: UUID, version: int, act: Callable[[], object]) -> bool:
    """Do an act on a leg that was read as `version`; return False, and do nothing, when it is another one by now.

    Raises what the act raises, NotFound.
    """
    with db.atomic():
        if leg_queries.leg(leg_id, locked=True).version != version:
            return False
        act()
    return True


def require_open(of: LegRow) -> None:
    """Let pass a leg that may still be answered. Raises Invalid."""
    _require_state(of, ("sent", "taken", "again", "answered"))


def _reason(text: str, missing: str, *, field: str = "note", most: int = MOST_NOTE) -> str:
    text = text.strip()
    if not text:
        raise Invalid({field: [missing]})
    check_length(field, text, most)
    return text


# ---- the row, its lines, and who hears of them ----------------------------------------------------------------------------


def set_leg(of: LegRow, *, quietly: bool = False, **values: Any) -> None:
    """Change what either side may change of a leg."""
    assignments = ", ".join(f"{name} = %({name})s" for name in values)
    told = "" if quietly else ", version = version + 1, changed_at = %(now)s"
    db.execute_sql(
        f"UPDATE casework.leg SET {assignments}{told} WHERE tenant_id = %(tenant)s AND id = %(id)s",
        {**values, "tenant": of.tenant_id, "id": of.id, "now": current_time()},
    )


def _sides(of: LegRow) -> dict[str, UUID]:
    """Return whom a line of the side in scope is shared with, and by which reference it hangs on the leg."""
    own = "sent_leg_id" if of.side == "sender" else "got_leg_id"
    return {"receiver_id": of.other_id, own: of.id}


def write_line(of: LegRow, kind: str, text: str = "", *, number: int = 0, at: datetime) -> None:
    LegLine.insert(
        id=new_id(), kind=kind, number=number, text=text, by_person=current_actor().person_id, at=at, **_sides(of)
    ).execute()  # fmt: skip


def _share(of: LegRow, files: Sequence[StoredFile], *, number: int = 0, at: datetime) -> None:
    for file in files:
        LegFile.insert(
            id=new_id(), file_id=file.id, number=number, name=file.name, size=file.size, shared_by=current_actor().person_id, at=at,
            **_sides(of),
        ).execute()  # fmt: skip


def tell_facts(of: LegRow, fact: type[facts.LegEvent], **fields: Any) -> None:
    """Record a fact in the audit of both agencies: in each it stands with that agency's own case.

    Where it moves the receiver's case, that move is the receiver's fact (`shift`).
    """
    agency, other = (of.sender, of.receiver) if of.side == "sender" else (of.receiver, of.sender)
    told: dict[str, Any] = {
        "leg_id": of.id, "agency": agency, "other": other, "purpose": purpose_of(of.purpose).title, "code": of.code,
        "title": of.title, "kind": INCOMING.key, **fields,
    }  # fmt: skip
    with scope(of.tenant_id):
        emit(fact(object_id=of.case_id, **told))
    if of.outside:
        return
    with scope(of.receiver_id):
        if fact not in MOVES or incoming_case(of.id) is None:
            emit(fact(object_id=of.id, **told))


def tell_receiver(of: LegRow, fact: str, text: str, *, kind: str = RECEIVED) -> None:
    """Tell whoever has a leg in the agency that got it, or had it last; before anybody has, those whose task that is."""
    if of.outside:
        return
    with scope(of.receiver_id):
        people = [each for each in (cases.last_lead(of.id), of.taken_by) if each] or receivers()
        _notify(kind, of, people, fact, text, of.sender)


def _tell_sender(of: LegRow, fact: str, text: str) -> None:
    """Tell whoever has the case of a leg in the agency that sent it, and who sent it."""
    with scope(of.tenant_id):
        leads = [each.person_id for each in cases.open_assignments(of.case_id) if each.role == "lead"]
        _notify(MOVED, of, {each for each in (*leads, of.sent_by) if each}, fact, text, of.receiver)


def _settle(of: LegRow) -> None:
    """Take as read what both agencies were told of a leg before it became what it is now; call it before telling of that."""
    told = facts_of(of.id, "waits", "leaders", "sent", "stuck")
    with scope(of.tenant_id):
        settle((MOVED, LEG_LATE), *told)
    if not of.outside:
        with scope(of.receiver_id):
            settle((RECEIVED, DUE, OVERDUE, ESCALATED), *told)


def settle_late(of: LegRow) -> None:
    """Take as read in both agencies when a leg was due and that it is late; call it before its day moves or its time stands still.

    Work on it whose day somebody named keeps that day. What was told of it has the same subject, and names the day.
    """
    if of.due_at is None:
        return  # it stands still
    with scope(of.tenant_id):
        settle((LEG_LATE,), f"sent:{of.id}")
    if of.outside:
        return
    told = facts_of(of.id, "leaders")[1:]
    with scope(of.receiver_id):
        still = (
            (Assignment.case_id == of.id) & Assignment.done_at.is_null() & Assignment.due_at.is_null(False)
        )
        held = [(each.share, f"{each.due_at:%Y-%m-%d}") for each in Assignment.select().where(still)]
        days = {f"{of.due_at:%Y-%m-%d}", *(day for share, day in held if share is not None)}
        days -= {day for share, day in held if share is None}
        settle((DUE, OVERDUE, ESCALATED), *(f"{fact}:{day}" for fact in told for day in days))


def _notify(kind: str, of: LegRow, people: Iterable[UUID], fact: str, text: str, agency: str) -> None:
    notify(
        kind,
        [each for each in people if each != current_actor().person_id],
        fact=fact,
        text=text,
        fields={"agency": agency, "code": of.code, "title": of.title},
        route=INCOMING.route,
        route_fields={"case_id": of.id},
    )
