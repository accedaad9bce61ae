"""Everything that writes petitions: each act is checked, moves its case in one transaction, and leaves its fact."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid5

from core.api import (
    N_,
    Invalid,
    NotFound,
    RequestContext,
    _,
    current_actor,
    current_tenant,
    current_time,
    db,
    emit,
    emit_all,
    format_date,
    new_id,
    require_access,
    require_permission,
)
from plugins.casework import api as casework
from plugins.casework.api import Case, agency_calendar, agency_day, local_end, move_as
from plugins.notifications.api import people_with
from plugins.reports.api import recount
from plugins.voter_opinions import events, kinds, queries
from plugins.voter_opinions.answering import LETTER
from plugins.voter_opinions.kinds import APPROVE, COMPILE, HANDLE, LEAD, PETITION, REVIEW, SECTORS
from plugins.voter_opinions.models import Answer, Meeting, Origin, Petition, Session

SHORT = 140
PARTS = (1, 2, 3)
ENDED = ("returned", "recalled")
NO_MORE = N_("Trả lời cử tri đã được đánh giá thoả đáng.")
FACTS = ("body", "title", "opens_on", "closes_on", "answer_by", "extraordinary")


# ---- sessions and meetings ------------------------------------------------------------------------------------------


def save_session(ctx: RequestContext, said: dict[str, Any]) -> Session:
    """Enter a session, or change what is known of one that was read as a version; entered again, return it. Raises Conflict, Invalid, Forbidden, NotFound."""
    require_permission(ctx, COMPILE)
    with db.atomic():
        casework.hold_place(uuid5(current_tenant(), said["title"]))
        wrong: dict[str, list[str]] = {}
        if said["closes_on"] < said["opens_on"]:
            wrong["closes_on"] = [_("Ngày bế mạc sớm hơn ngày khai mạc.")]
        if Session.select().where(Session.title == said["title"], Session.id != said["id"]).exists():
            wrong["title"] = [_("Đã có kỳ họp tên này. Mở kỳ họp đó để sửa.")]
        if wrong:
            raise Invalid(wrong)
        known = Session.get_or_none(Session.id == said["id"])
        facts = {name: said.get(name, False) for name in FACTS}
        if known and said.get("version") is None and facts == {name: getattr(known, name) for name in FACTS}:
            return known
        of = known or Session(id=said["id"])
        for name in FACTS:
            setattr(of, name, facts[name])
        if known:
            of.save_version(said.get("version") or 0)  # written before, it was not read
        else:
            of.save(force_insert=True)
        emit(events.SessionSaved(object_id=of.id, title=of.title))
    return of


def add_meeting(ctx: RequestContext, said: dict[str, Any]) -> Meeting:
    """Enter a meeting with voters; sent twice it is entered once. Raises Invalid, Forbidden."""
    require_permission(ctx, HANDLE)
    session = _session(said["session_id"])
    with db.atomic():
        stored = Meeting.insert(**said).on_conflict_ignore().returning(Meeting.id).execute()
        if list(stored):
            emit(events.MeetingAdded(object_id=session.id, held_on=said["held_on"].isoformat()))
    return Meeting.get_by_id(said["id"])


def _session(session_id: UUID) -> Session:
    try:
        return queries.session(session_id)
    except NotFound as error:
        raise Invalid({"session_id": [_("Kỳ họp này không có. Chọn kỳ họp khác.")]}) from error


def checked_meeting(session: Session, meeting_id: UUID | None) -> Meeting | None:
    """Return a meeting of a session. Raises Invalid for one of another session."""
    if meeting_id is None:
        return None
    found = Meeting.get_or_none(Meeting.id == meeting_id)
    if found is None or found.session_id != session.id:
        raise Invalid({"meeting_id": [_("Hội nghị này không thuộc kỳ họp đã chọn.")]})
    return found


# ---- recording ---------------------------------------------------------------------------------------------------


def record(ctx: RequestContext, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Record a petition, or count it to the one it repeats; asked for again, return what was recorded.

    Raises Invalid, also naming the petition it is like, Forbidden.
    """
    require_permission(ctx, HANDLE)
    session = _session(said["session_id"])
    meeting = checked_meeting(session, said["meeting_id"])
    day = said["received_on"] or (meeting.held_on if meeting else agency_day(at))
    if day > agency_day():
        raise Invalid({"received_on": [_("Ngày này chưa tới.")]})
    marks = queries.marks(said["content"])
    with db.atomic():
        casework.hold_place(said["id"])
        if Origin.select().where(Origin.id == said["id"]).exists():
            return casework.case(Origin.get_by_id(said["id"]).petition_id)
        said = {**said, "received_on": day, "files": said.get("files")}
        case = _repeated(said, marks) or _open_all(ctx, session, [said], at)[0]
        if case.id != said["id"]:
            require_access(ctx, HANDLE, case)
            casework.add_words(case, said["locality"])
            emit(events.OriginAdded(object_id=case.id, code=case.code))
            if said["files"]:
                casework.attach_files(case, said["files"])
        casework.insert(Origin, [_origin(said, case.id, marks, at)])
    return case


def _repeated(said: dict[str, Any], marks: Sequence[int]) -> Case | None:
    """Return the petition that a text repeats, None for another matter. Raises Invalid when somebody has to decide."""
    if said["into"]:
        return _by_code(said["into"], "into", locked=True)
    found = None if said["is_new"] else queries.recorded([marks]).like(marks)
    if found is None:
        return None
    other, share = casework.case(found[0]), found[1]
    text = _(
        "Giống {share} % kiến nghị {code} “{title}”. Ghi số đó để gộp vào, hoặc chọn “Đây là kiến nghị khác”.",
        share=share, code=other.code, title=_(kinds.GUARDED) if other.restricted else other.title,
    )  # fmt: skip
    raise Invalid({"into": [text]})


def record_new(ctx: RequestContext, told: Sequence[dict[str, Any]]) -> None:
    """Record petitions of one session together, each a matter of its own, all or none; those recorded already stay.

    Raises Invalid for the first that cannot be recorded, Forbidden.
    """
    require_permission(ctx, HANDLE)
    known = {each.id for each in Origin.select(Origin.id).where(Origin.id.in_([said["id"] for said in told]))}
    told = [said for said in told if said["id"] not in known]
    if not told:
        return
    session = _session(told[0]["session_id"])
    checked_meeting(session, told[0]["meeting_id"])
    if max(said["received_on"] for said in told) > agency_day():
        raise Invalid({"received_on": [_("Ngày này chưa tới.")]})
    with db.atomic():
        _open_all(ctx, session, told)
        casework.insert(Origin, [_origin(said, said["id"], queries.marks(said["content"])) for said in told])


def record_repeats(ctx: RequestContext, told: Sequence[tuple[dict[str, Any], UUID]]) -> set[UUID]:
    """Count texts of one file to the petitions they repeat, or to those that a text they repeat is counted to; return which were.

    What repeats something that is not there, or not a petition of its own any more, is left. Raises Invalid, Forbidden.
    """
    require_permission(ctx, HANDLE)
    if not told:
        return set()
    checked_meeting(_session(told[0][0]["session_id"]), told[0][0]["meeting_id"])
    asked = {said["id"] for said, _into in told} | {into for _said, into in told}
    counted = dict(Origin.select(Origin.id, Origin.petition_id).where(Origin.id.in_(asked)).tuples())
    wanted = Case.select().where(Case.id.in_({counted.get(into, into) for _said, into in told}))
    with db.atomic():
        cases = {each.id: each for each in wanted.order_by(Case.id).for_update() if _stands(each)}
        fits = [(said, cases[at]) for said, into in told if (at := counted.get(into, into)) in cases]
        new = [(said, case) for said, case in fits if said["id"] not in counted]
        for case in {case.id: case for _said, case in new}.values():
            require_access(ctx, HANDLE, case)
            casework.add_words(case, " ".join({said["locality"] for said, of in new if of.id == case.id}))
        rows = [_origin(said, case.id, queries.marks(said["content"])) for said, case in new]
        casework.insert(Origin, rows)
        emit_all([events.OriginAdded(object_id=case.id, code=case.code) for _said, case in new])
    return {said["id"] for said, _case in fits}


def _origin(
    said: dict[str, Any], petition_id: UUID, marks: Sequence[int], at: datetime | None = None
) -> dict[str, Any]:
    """Return the row of what somebody asked, in their own words."""
    return {
        "tenant_id": current_tenant(), "id": said["id"], "petition_id": petition_id, "first_petition_id": petition_id,
        "meeting_id": said["meeting_id"], "received_on": said["received_on"], "text": said["content"], "locality": said["locality"],
        "raw": said.get("raw", ""), "marks": list(marks), "added_by": current_actor().person_id, "added_at": at or current_time(),
    }  # fmt: skip


def _open_all(
    ctx: RequestContext, session: Session, told: Sequence[dict[str, Any]], at: datetime | None = None
) -> list[Case]:
    """Open a case for each of several petitions."""
    agency, today, now = agency_calendar(), agency_day(at), at or current_time()

    def began(day: date) -> datetime:
        return now if day >= today else agency.aware(datetime.combine(day, time(8)))

    cases = casework.open_cases(
        PETITION.key, [_opening(ctx, said, session, began(said["received_on"]), at) for said in told]
    )
    own = ("id", "source", "received_on", "locality", "sector")
    casework.insert(Petition, [{"tenant_id": current_tenant(), "session_id": session.id, **{name: said[name] for name in own}} for said in told])  # fmt: skip
    recount([case.id for case in cases])
    return cases


def _opening(
    ctx: RequestContext, said: dict[str, Any], session: Session, received: datetime, at: datetime | None
) -> casework.Opening:
    title = said["title"] or short(said["content"])
    due = local_end(session.answer_by) if session.answer_by else None
    return casework.Opening(
        case_id=said["id"], title=title, text=said["content"], due=due, budget=None if due else casework.Budget(kinds.DAYS[session.body], "cd"),
        ground=kinds.GROUNDS[session.body], received=received, at=at, search=said["locality"],
        tags=_tags(said["locality"], said["sector"]), files=said.get("files"),
    )  # fmt: skip


def _tags(locality: str, sector: str) -> tuple[str, ...]:
    return tuple(filter(None, (locality, SECTORS[sector])))


def short(content: str, most: int = SHORT) -> str:
    """Return the beginning of a text as a title: its first sentence, or as many whole words as fit."""
    line = " ".join(content.split())
    sentence = line.partition(". ")[0].rstrip(".")
    return sentence if len(sentence) <= most else sentence[:most].rpartition(" ")[0] + "…"


def _by_code(code: str, field: str, *, locked: bool = False) -> Case:
    found = casework.case_by_code(code, locked=locked)
    if found is None or not _stands(found):
        raise Invalid({field: [_("Không có kiến nghị số “{code}”.", code=code[:60])]})
    return found


def _stands(case: Case) -> bool:
    """Tell whether a case is a petition that others can be counted to."""
    return case.kind == PETITION.key and case.state not in ("joined", "taken_out")


def edit(ctx: RequestContext, case_id: UUID, said: dict[str, Any]) -> Case:
    """Change what is said of a petition that was read as a version. Raises Conflict, Invalid, Forbidden, NotFound."""
    with db.atomic():
        casework.lock_cases(case_id)
        case = queries.case(case_id)
        _note(case_id, locality=said["locality"], sector=said["sector"])
        return casework.change_case(
            ctx, case_id, version=said["version"], title=said["title"], text=case.text, search=queries.words(case_id),
            tags=_tags(said["locality"], said["sector"]),
        )  # fmt: skip


# ---- the moves ------------------------------------------------------------------------------------------------------


def classify(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Say which sector and which level of government it is for. Raises Conflict, Invalid, Forbidden, NotFound."""
    with db.atomic():
        of = queries.petition(case_id)
        if said["sector"] != of.sector:
            case = queries.case(case_id)
            facts = {"title": case.title, "locality": of.locality} | {
                key: said[key] for key in ("sector", "version")
            }
            said = {**said, "version": edit(ctx, case_id, facts).version}
        case = move_as(PETITION, ctx, case_id, "classify", said, at)
        _note(case_id, level=said["level"])
    return case


def split(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Ask one agency to lead and others for their parts; asked again, add further agencies. Raises Conflict, Invalid, Forbidden, NotFound."""
    due = casework.coming_end(said["due"], at)
    with db.atomic():
        case = move_as(PETITION, ctx, case_id, "split", said, at)
        lead, asked = _asked_already(case_id)
        if lead and lead.receiver_id != said["lead_id"]:
            text = _(
                "{name} đang chủ trì. Rút lại chặng của họ trước khi giao cơ quan khác.", name=lead.receiver
            )
            raise Invalid({"lead_id": [text]})
        asks = [] if lead else [("lead_id", LEAD.key, said["lead_id"], said["ask"])]
        asks += [
            (f"part_{n}", kinds.PART.key, said[f"part_{n}"], said[f"ask_{n}"] or said["ask"]) for n in PARTS if said[f"part_{n}"]
        ]  # fmt: skip
        if not asks:
            raise Invalid({"part_1": [_("Chọn cơ quan phối hợp cần giao thêm.")]})
        chosen = {said["lead_id"] if lead else None}
        for field, purpose, agency_id, ask in asks:
            if agency_id in asked:
                told = _("Cơ quan này đã được giao kiến nghị này.")
                helps = _("Cơ quan này đang phối hợp. Rút lại chặng của họ trước khi giao chủ trì.")
                raise Invalid({field: [helps if field == "lead_id" else told]})
            if agency_id in chosen:
                raise Invalid({field: [_("Cơ quan này đã chọn ở ô khác.")]})
            chosen.add(agency_id)
            leg = casework.Sending(purpose=purpose, ask=ask, receiver_id=agency_id, text=case.text, due=due, beyond=said["beyond"])  # fmt: skip
            _send(ctx, case, field, leg, at)
        _note(case_id, lead_id=said["lead_id"])
    return case


def _asked_already(case_id: UUID) -> tuple[casework.LegRow | None, set[UUID | None]]:
    legs = [each for each in casework.legs_of(case_id) if each.state not in ENDED]
    lead = next((each for each in legs if each.purpose == LEAD.key), None)
    return lead, {each.receiver_id for each in legs}


def _send(ctx: RequestContext, case: Case, field: str, leg: casework.Sending, at: datetime | None) -> None:
    try:
        casework.send_leg(ctx, case.id, leg, at=at)
    except Invalid as problem:
        # The form names each agency by a field of its own.
        raise Invalid(
            {field if name == "receiver_id" else name: texts for name, texts in problem.errors.items()}
        ) from problem


def submit(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Hand the draft of the answer to whoever approves it. Raises Conflict, Invalid, Forbidden, NotFound."""
    wrong: dict[str, list[str]] = {}
    if said["person_id"] and said["person_id"] not in people_with(APPROVE):
        wrong["person_id"] = [_("Người này không có quyền duyệt trả lời cử tri. Chọn người khác.")]
    if said["outcome"] == "doing":
        if not said["roadmap"]:
            wrong["roadmap"] = [_("Đang giải quyết thì phải nêu lộ trình.")]
        if said["promised_on"] is None:
            wrong["promised_on"] = [_("Đang giải quyết thì phải hứa ngày xong.")]
        elif said["promised_on"] <= agency_day(at):
            wrong["promised_on"] = [_("Ngày hứa phải sau hôm nay.")]
    if wrong:
        raise Invalid(wrong)
    kept = {name: said[name] for name in ("text", "outcome", "roadmap", "promised_on")}
    if said["outcome"] != "doing":
        kept.update(roadmap="", promised_on=None)
    with db.atomic():
        to = casework.Receiver(said["person_id"]) if said["person_id"] else None
        case = move_as(PETITION, ctx, case_id, "submit", said, at, to=to)
        last = next(iter(queries.answers(case_id)), None)
        if last and last.sent_on is None:
            Answer.update(**kept, approved_by=None, approved_at=None).where(Answer.id == last.id).execute()
        else:
            Answer.insert(
                id=new_id(), petition_id=case_id, number=last.number + 1 if last else 1, **kept
            ).execute()
    return case


def approve(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Approve the draft of the answer. Raises Conflict, Forbidden, NotFound."""
    with db.atomic():
        case = move_as(PETITION, ctx, case_id, "approve", said, at)
        _change_answer(case_id, approved_by=ctx.person.id, approved_at=at or current_time())
    return case


def send(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Write down by which document voters were answered: the deadline ends. Raises Conflict, Invalid, Forbidden, NotFound."""
    of = queries.petition(case_id)
    if not of.received_on <= said["sent_on"] <= agency_day(at):
        text = _("Ngày ký phải từ {first} đến hôm nay.", first=format_date(of.received_on, year=True))
        raise Invalid({"sent_on": [text]})
    LETTER.check_day(queries.case(case_id), said["sent_on"])
    with db.atomic():
        case = move_as(PETITION, ctx, case_id, "send", said, at, files=said.get("files"))
        answer = _change_answer(case_id, **{name: said[name] for name in ("document", "signer", "sent_on")})
        _note(
            case_id, answered_on=said["sent_on"], outcome=answer.outcome, promised_on=answer.promised_on,
            answer_due=of.answer_due or (agency_day(case.due_at) if case.due_at else None),  # what was late once stays late
        )  # fmt: skip
        casework.set_due(case, None)
        recount([case.id])
    return case


def assess(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Write down what the delegation or council thinks of the answer; one that is not enough goes back to who leads.

    Raises Conflict, Invalid, Forbidden, NotFound.
    """
    enough, now = said["verdict"] == "enough", at or current_time()
    if not enough and not said["note"]:
        raise Invalid({"note": [_("Chưa ghi câu trả lời chưa thoả đáng ở đâu.")]})
    require_permission(ctx, REVIEW)
    with db.atomic():
        of = queries.petition(case_id)
        ways = ("follow" if of.promised_on else "assess") if enough else "not_enough"
        case = move_as(PETITION, ctx, case_id, ways, said, at)
        _change_answer(case_id, verdict=said["verdict"], verdict_note=said["note"], verdict_at=now)
        if enough:
            casework.use_answers(case_id, at=now)
            casework.recall_open(case_id, NO_MORE, at=now)
            _note(case_id, lead_id=of.lead_id)  # who was asked again has led it
            casework.set_due(case, local_end(of.promised_on) if of.promised_on else None)
        else:
            due = casework.coming_end(said["due"], at)
            for leg in casework.answered_legs(case_id):
                if leg.purpose == LEAD.key:
                    casework.write_again(leg, said["note"], due, at=now)
            # Without a new day nothing else is late: whoever answered in time has answered in time.
            in_time = of.answered_on and of.answer_due and of.answered_on <= of.answer_due
            _note(
                case_id, answered_on=None, outcome="", promised_on=None,
                answer_due=None if in_time else of.answer_due,
            )  # fmt: skip
            casework.set_due(case, due)
        recount([case.id])
    return case


def keep(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Write down that what was promised is done. Raises Conflict, Invalid, Forbidden, NotFound."""
    answered = queries.petition(case_id).answered_on
    if said["kept_on"] > agency_day(at):
        raise Invalid({"kept_on": [_("Ngày này chưa tới.")]})
    if answered and said["kept_on"] < answered:
        raise Invalid(
            {"kept_on": [_("Ngày này trước ngày trả lời {day}.", day=format_date(answered, year=True))]}
        )
    with db.atomic():
        case = move_as(PETITION, ctx, case_id, "keep", said, at, files=said.get("files"))
        _note(case_id, kept_on=said["kept_on"], outcome="resolved")
    return case


def postpone(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Promise a later day, with the reason; what is late by then stays late. Raises Conflict, Invalid, Forbidden, NotFound."""
    of = queries.petition(case_id)
    if said["promised_on"] <= max(of.promised_on or agency_day(at), agency_day(at)):
        raise Invalid({"promised_on": [_("Ngày mới phải sau ngày đã hứa và sau hôm nay.")]})
    with db.atomic():
        case = move_as(PETITION, ctx, case_id, "postpone", said, at)
        _note(case_id, promised_on=said["promised_on"])
        if not casework.is_past(case, at):
            casework.set_due(case, local_end(said["promised_on"]))
            recount([case_id])
    return case


def take_out(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Take a complaint or denunciation out: it goes the way of such papers. Raises Conflict, Invalid, Forbidden, NotFound."""
    with db.atomic():
        case = move_as(PETITION, ctx, case_id, "take_out", said, at)
        # Others read no more of it, nor of what was joined to it; whoever denounces is protected in the own agency too.
        for each in casework.joined_to(Petition, case_id):
            casework.recall_legs(each, at=at)
            if said["nature"] == "denunciation":
                _note(each, guarded=True)
                casework.restrict(ctx, case if each == case_id else queries.case(each))
        _note(case_id, nature=said["nature"])  # after its legs, in the order of whoever gives one back
    return case


def join(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Count the originals of a petition to another; both keep their history. Raises Conflict, Invalid, Forbidden, NotFound."""
    other = _by_code(said["code"], "code")
    if other.id == case_id:
        raise Invalid({"code": [_("Đây chính là kiến nghị này. Ghi số của kiến nghị khác.")]})
    with db.atomic():
        casework.lock_cases(case_id, other.id)
        other = _by_code(said["code"], "code")  # it may have been joined itself by now
        if queries.petition(other.id).answered_on is None:
            casework.keeps_day(queries.case(case_id), other)
        casework.link(ctx, case_id, other.code, "duplicate")
        case = move_as(PETITION, ctx, case_id, "join", {**said, "note": said["note"] or other.code}, at)
        casework.add_words(other, f"{case.code} {case.title} {queries.words(case_id)}")
        Origin.update(petition_id=other.id).where(Origin.petition_id == case_id).execute()
        _note(case_id, joined_into=other.id)
    return case


def unjoin(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Undo a joining: the petition goes on where it stood, due when it was, and its originals come back. Raises Conflict, Invalid, Forbidden, NotFound."""
    with db.atomic():
        into, root = queries.petition(case_id).joined_into or case_id, casework.counted_in(Petition, case_id)
        casework.lock_cases(*{case_id, into, root})
        # Somebody who was overtaken is told by the move, whichever it is.
        case = move_as(PETITION, ctx, case_id, f"unjoin_{casework.joined_from(case_id)}", said, at)
        whose = Origin.first_petition_id.in_(casework.joined_to(Petition, case_id))
        Origin.update(petition_id=case_id).where(Origin.petition_id == root, whose).execute()
        casework.unlink(ctx, case_id, into)
        _note(case_id, joined_into=None)
        for each in {into, root}:
            casework.set_words(queries.case(each), queries.words(each))
        recount([case_id])
    return case


def lead_left(event: casework.LegReturned | casework.LegRecalled) -> None:
    """Let nobody lead a petition any more whose lead gave it back or is not asked any more."""
    if event.purpose == LEAD.title:
        Petition.update(lead_id=None).where(Petition.id == event.object_id).execute()


def _note(case_id: UUID, **values: Any) -> None:
    Petition.update(**values).where(Petition.id == case_id).execute()
    if "sector" in values:
        recount([case_id])


def _change_answer(case_id: UUID, **values: Any) -> Answer:
    last = queries.answers(case_id)[0]
    Answer.update(**values).where(Answer.id == last.id).execute()
    return last


# ---- what the public reads -----------------------------------------------------------------------------------------


def publish(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Let the public read a petition and its answer, in the words given for it. Raises Conflict, Invalid, Forbidden, NotFound."""
    case, of = queries.case(case_id), queries.petition(case_id)
    require_access(ctx, COMPILE, case)
    if of.answered_on is None:
        raise Invalid({"": [_("Chưa gửi trả lời cử tri nên chưa công khai được.")]})
    if said["until"] and said["until"] < agency_day(at):
        raise Invalid({"until": [_("Ngày này đã qua.")]})
    assert ctx.tenant is not None
    shown = {
        "agency": ctx.tenant.name, "session": queries.session(of.session_id).title, "sector": of.sector,
        "title": said.get("title") or casework.hidden_in({"title": case.title, "text": case.text}, PETITION)["title"],
        "said": said["said"], "text": said["text"], "promised_on": of.promised_on, "answered_on": of.answered_on, "until": said["until"],
    }  # fmt: skip
    with db.atomic():
        case.save_version(said["version"])  # somebody else may have published it meanwhile, in other words
        casework.look_through(case, (shown["title"], said["said"], said["text"]), confirmed=said["leave"])
        queries.COPIES.put(case, shown, at=at)
    return case
