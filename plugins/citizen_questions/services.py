"""Everything that writes questions: what a citizen sends, each move of it, what the public reads, what the citizen says of it."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from core.api import (
    N_,
    Forbidden,
    Invalid,
    RequestContext,
    _,
    current_time,
    db,
    emit,
    fold,
    format_date,
    installed_settings,
    new_id,
    open_units,
    paragraphs,
    reading_as,
    require_access,
    require_permission,
    route_url,
)
from plugins.casework import api as casework
from plugins.casework.api import (
    Budget,
    Case,
    ClockError,
    ClockOwner,
    Opening,
    Receiver,
    Sending,
    agency_day,
)
from plugins.citizen_questions import events, guarding, queries
from plugins.citizen_questions.competence import proposal
from plugins.citizen_questions.kinds import (
    APPROVE,
    FORWARD,
    MANAGE,
    MODERATE,
    QUESTION,
    REASONS,
    TOPICS,
    known_of,
    own_facts,
)
from plugins.citizen_questions.models import Publication, Question, Setting
from plugins.files.api import DOCUMENTS, PICTURES, FileKinds, SentFiles, take_files
from plugins.notifications.api import notify, people_with, settle, take_back, write_to
from plugins.reports.api import recount

TRANSFER, TRANSFER_DAYS = "transfer", 5
ALARM, UNHAPPY, WORST = "citizen_questions.alarm", "citizen_questions.unhappy", 1
NOT_AGREED = N_("Người hỏi không đồng ý công khai. Dùng “Trả lời riêng”.")
MOST_FILES, MOST_BYTES = 3, 10_000_000
ALLOWED = FileKinds(N_("ảnh, PDF, Word, Excel, chữ"), DOCUMENTS.media_types | PICTURES.media_types)


# ---- what a citizen sends ------------------------------------------------------------------------------------------


class Asked(NamedTuple):
    """A question that was taken, with the secret that is told once."""

    case: Case
    secret: str
    again: bool = False
    """It was sent before: the secret told then opens nothing any more."""


def ask(said: dict[str, Any], files: SentFiles | None = None, *, at: datetime | None = None) -> Asked:
    """Take a question of somebody without an account; sent again it is taken once and gets another secret.

    Raises Invalid.
    """
    now, secret = at or current_time(), guarding.new_secret()
    kept = guarding.kept_of(said["id"], secret)
    with db.atomic():
        casework.hold_place(said["id"])
        if Question.update(secret=kept).where(Question.id == said["id"]).execute():
            return Asked(queries.case(said["id"]), secret, again=True)
        if files:
            if len(files.uploads) + len(files.ids) > MOST_FILES:
                raise Invalid({files.field: [_("Gửi nhiều nhất {n} tệp.", n=MOST_FILES)]})
            # Before anybody waits for a number: files are scanned for viruses.
            take_files(files, casework.files_owner(said["id"]), allowed=ALLOWED, max_bytes=MOST_BYTES)
        setting, known = queries.setting(), casework.values_of(own_facts(said))
        title, text = casework.hidden_title(said["title"], said["content"], known=known)
        case = casework.open_case(
            QUESTION.key,
            Opening(
                case_id=said["id"], title=title, text=text, tags=(TOPICS[said["topic"]],),
                budget=Budget.parse(setting.budget), ground=setting.ground or queries.DEFAULT_GROUND,
                to=Receiver(unit_id=setting.unit_id) if setting.unit_id in dict(casework.staffed_units()) else None, unit_id=setting.unit_id, at=now, quiet=True,
            ),
        )  # fmt: skip
        kept_values = {name: said[name] for name in ("topic", "name", "phone", "email", "address", "may_publish", "consent")}  # fmt: skip
        Question.insert(id=case.id, secret=kept, asked_at=now, title_hidden=True, **kept_values).execute()
        recount([case.id])
        casework.start_clock(
            ClockOwner(queries.CASE, case.id), TRANSFER, Budget(TRANSFER_DAYS, "wd"), now, title=case.code,
            ground=N_("Nghị định 20/2008/NĐ-CP: không thuộc thẩm quyền thì chuyển trong 5 ngày làm việc"),
        )  # fmt: skip
        _tell_asker(case, "asked")
    return Asked(case, secret)


MAILS: dict[str, tuple[str, str]] = {
    "asked": (N_("Đã nhận câu hỏi {code}"), N_("Chúng tôi đã nhận câu hỏi của bạn.")),
    "rejected": (N_("Về câu hỏi {code}"), N_("Chúng tôi không tiếp nhận câu hỏi này và có ghi lý do.")),
    "transferred": (
        N_("Câu hỏi {code} đã được chuyển"),
        N_("Câu hỏi của bạn đã chuyển cơ quan có thẩm quyền."),
    ),
    "reopened": (
        N_("Câu hỏi {code} được xem xét lại"),
        N_("Chúng tôi xem xét lại câu hỏi mà trước đó không tiếp nhận."),
    ),
    "answered": (N_("Đã trả lời câu hỏi {code}"), N_("Câu hỏi của bạn đã có câu trả lời.")),
    "taken_up": (
        N_("Câu hỏi {code} được trả lời thêm"),
        N_("Chúng tôi xem lại câu trả lời và sẽ trả lời thêm. Câu trả lời trước bạn vẫn đọc được."),
    ),
}


def _tell_asker(case: Case, what: str) -> None:
    """Mail who asked, if they left an address: that there is something to read, and where; never what it says."""
    found = queries.question(case.id)
    if not found.email:
        return
    url = installed_settings().public_url + route_url("citizen_questions.follow", tenant=_code_of_agency())
    subject, line = MAILS[what]
    with reading_as("vi"):  # whatever language the officer reads
        how = _("Xem bằng mã câu hỏi {code} và mã bí mật bạn đã ghi lại, tại:", code=case.code)
        # Each move of a case has its own version: a second refusal is told as the first was, a move made once once.
        key = f"{_mails_about(case.id)}{what}:{case.version}"
        write_to(found.email, key=key, subject=_(subject, code=case.code), lines=[_(line), how, url])


def _mails_about(case_id: UUID) -> str:
    """Return how the keys of all mails about a question begin."""
    return f"citizen_questions:{case_id}:"


def _code_of_agency() -> str:
    return str(db.execute_sql("SELECT code FROM tenants.tenant WHERE id = core.app_tenant()").fetchone()[0])


# ---- moves -----------------------------------------------------------------------------------------------------------


_move = partial(casework.move_as, QUESTION)


def _note(case_id: UUID, **values: Any) -> None:
    Question.update(**values).where(Question.id == case_id).execute()
    if "topic" in values:
        recount([case_id])


def transfer_clock(case_id: UUID) -> casework.Clock | None:
    """Return how the time for passing a question on runs: until somebody has said whose it is."""
    return next((each for each in casework.clocks_of(queries.CASE, case_id) if each.name == TRANSFER), None)


def _decided(case: Case, at: datetime | None) -> None:
    if clock := transfer_clock(case.id):
        casework.close_clock(clock.id, max(at or current_time(), clock.last_at), ground=N_("Đã xem xét thẩm quyền"))  # fmt: skip


def accept(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Take a question on and give it to somebody who answers it. Raises Conflict, Invalid, Forbidden, NotFound."""
    with db.atomic():
        due = casework.local_end(said["due"]) if said["due"] else None
        case = _move(ctx, case_id, "accept", said, at, to=_to(said), due=due)
        _note(case_id, topic=said["topic"])
        if TOPICS[said["topic"]] not in case.tags:
            texts = {"title": case.title, "text": case.text, "tags": (TOPICS[said["topic"]],)}
            case = casework.change_case(ctx, case.id, version=case.version, **texts)
        _decided(case, at)
    return case


def reject(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Do not take a question, with a reason that its asker reads. Raises Conflict, Invalid, Forbidden, NotFound."""
    if said["reason"] == "other" and not said["note"]:
        raise Invalid({"note": [_("Lý do khác: ghi rõ vì sao, người hỏi đọc lời này.")]})
    reason = REASONS[said["reason"]]  # its asker reads it, whatever language the officer reads
    with db.atomic():
        was_taken_on = queries.case(case_id).state != "new"
        casework.legs_of(case_id, locked=True)  # before the case, in the order of whoever gives one back
        case = _move(ctx, case_id, "reject", said, at, note=f"{reason}. {said['note']}".strip())
        if was_taken_on and said["reason"] != "complaint":
            raise Invalid(
                {"reason": [_("Câu hỏi đã được tiếp nhận: chỉ từ chối nữa khi là khiếu nại hoặc tố cáo.")]}
            )
        _note(case_id, reason=said["reason"], reason_note=said["note"])
        settle((ALARM,), str(case.id))
        _decided(case, at)
        if said["reason"] == "complaint":
            # Whoever denounces is protected, and a complaint is nobody else's either.
            casework.restrict(ctx, case)
            casework.recall_legs(case_id, at=at)
        if said["reason"] != "spam":
            _tell_asker(case, "rejected")
    return case


def reject_spam(ctx: RequestContext, case_id: UUID) -> Case:
    """Put a question away as spam, as it stands. Raises Conflict, Invalid, Forbidden, NotFound."""
    return reject(ctx, case_id, {"version": queries.case(case_id).version, "reason": "spam", "note": ""})


def reopen(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Take up a question again that was not taken, with the reason; its deadline stays, the asker has been waiting since.

    Raises Conflict, Invalid, Forbidden, NotFound.
    """
    with db.atomic():
        case = _move(ctx, case_id, "reopen", said, at, to=Receiver(ctx.person.id))
        was_told = queries.question(case_id).reason != "spam"
        casework.restrict(ctx, case, False)
        _note(case_id, reason="", reason_note="")
        if clock := transfer_clock(case_id):
            casework.reopen_clock(clock.id, ground=N_("Xem xét lại thẩm quyền"))
        if was_told:
            _tell_asker(case, "reopened")
    return case


def pass_on(ctx: RequestContext, case_id: UUID, agency_id: UUID, version: int) -> Case:
    """Pass a question on to the agency it clearly belongs to, as it stands and without its files.

    Raises Conflict, Invalid when it is not clear any more or asks for more than one click, Forbidden, NotFound.
    """
    with db.atomic():
        case = queries.case(case_id)
        require_access(ctx, MODERATE, case)
        clear = proposal(case, queries.question(case_id))
        if clear is None or clear.agency_id != agency_id:
            raise Invalid({"": [_("Không còn rõ câu hỏi thuộc cơ quan nào. Chọn cơ quan rồi chuyển.")]})
        said = {"version": version, "receiver_id": agency_id, "note": "", "late": "", "files": []}
        return transfer(ctx, case_id, said)


def transfer(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Pass a question on to the agency that may answer it; this one follows it and tells the asker.

    What it sees is what `said` holds, or else title and text with whatever looks personal hidden.
    After five working days the reason for the delay is asked. Raises Conflict, Invalid, Forbidden, NotFound.
    """
    now = at or current_time()
    with db.atomic():
        case = queries.case(case_id)
        require_access(ctx, MODERATE, case)
        if is_late(case, now) and not said["late"]:
            text = _("Đã quá {n} ngày làm việc kể từ khi nhận. Ghi lý do chuyển chậm.", n=TRANSFER_DAYS)
            raise Invalid({"late": [text]})
        shown = shared(case, queries.question(case_id)) | {name: said[name] for name in ("title", "text") if said.get(name)}  # fmt: skip
        case = _move(ctx, case_id, "transfer", said, at, note=f"{said['note']} {said['late']}".strip(), to=Receiver(ctx.person.id))  # fmt: skip
        ask = said["note"] or _("Trả lời người dân theo thẩm quyền; chúng tôi gửi câu trả lời cho người hỏi.")
        casework.send_leg(
            ctx, case.id,
            Sending(purpose=FORWARD.key, ask=ask, receiver_id=said["receiver_id"], **shown, due=_leg_due(case, now), files=said["files"]),
            at=at,
        )  # fmt: skip
        settle((ALARM,), str(case.id))
        _decided(case, at)
        _tell_asker(case, "transferred")
    return case


def passed(event: casework.LegSent | casework.LegReturned | casework.LegRecalled) -> None:
    """Let a question say who answers it now; what all have given back, or was taken back from them, waits for its own agency."""
    if event.purpose != FORWARD.title or event.object_id is None or not Question.select().where(Question.id == event.object_id).exists():  # fmt: skip
        return
    last = next((each for each in queries.passed_on(event.object_id) if each.state not in ("returned", "recalled")), None)  # fmt: skip
    if last is None:
        casework.pass_by(event.object_id, "given_back")
    _note(event.object_id, transferred_to=last.receiver if last else "", transferred_at=last and last.sent_at)


def pulled_back(event: casework.AssignmentPulledBack) -> None:
    """Let a question that a pull-back brings to wait for another agency wait for nobody who has given it back meanwhile."""
    case_id = event.object_id if event.kind == QUESTION.key else None
    if case_id and queries.case(case_id).state == "waiting" and not queries.question(case_id).transferred_to:
        casework.pass_by(case_id, "given_back")


def shared(case: Case, found: Question) -> dict[str, str]:
    """Return what another agency sees of a question unless an officer writes it otherwise."""
    known = known_of(case, found)
    return {name: casework.masked(getattr(case, name), known=known) for name in ("title", "text")}


def is_late(case: Case, now: datetime) -> bool:
    """Tell whether the time for passing a question on is over."""
    clock = transfer_clock(case.id)
    return bool(clock and clock.due_at and clock.due_at < (clock.closed_at or now))


def _leg_due(case: Case, now: datetime) -> datetime | None:
    return case.due_at if case.due_at and case.due_at > now else None


def submit(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Hand the draft of the answer to whoever approves it. Raises Conflict, Invalid, Forbidden, NotFound."""
    with db.atomic():
        case = _move(ctx, case_id, "submit", said, at, to=_to(said))
        _note(case_id, answer=said["answer"])
    return case


def reply(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Let the asker read the answer, and nobody else. Raises Conflict, Forbidden, NotFound."""
    with db.atomic():
        case = _move(ctx, case_id, "reply", said, at)
        _answered(case, at)
    return case


def take_up(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Take up an answered question again, with the reason, for a better answer by a new day.

    Its asker goes on reading what was answered; the public copy comes off. Who answered late stays late.
    Raises Conflict, Invalid, Forbidden, NotFound.
    """
    due = casework.coming_end(said["due"], at)
    with db.atomic():
        before, found = queries.case(case_id), queries.question(case_id)
        case = _move(ctx, case_id, "take_up", said, at, to=_to(said), due=due)
        queries.COPIES.take_off(ctx, case_id)
        sent = [agency_day(found.answered_at).isoformat() if found.answered_at else "", found.answer]
        _note(case_id, answered_at=None, earlier=[sent, *found.earlier])
        if before.outcome != "late":
            casework.set_due(case, due)
        recount([case_id])
        _tell_asker(case, "taken_up")
    return case


def earlier(found: Question, *, known: Sequence[str] | None = None) -> list[tuple[str, Sequence[str]]]:
    """Return what was answered before, each with its day; masked by what is `known`, whole for who asked."""
    return [
        (format_date(date.fromisoformat(day), year=True) if day else "", paragraphs(text if known is None else casework.masked(text, known=known)))
        for day, text in found.earlier
    ]  # fmt: skip


def _answered(case: Case, at: datetime | None) -> None:
    settle((ALARM,), str(case.id))
    casework.use_answers(case.id, at=at)
    if queries.question(case.id).answered_at is None:
        # What was said of an earlier answer is not said of this one.
        _note(case.id, answered_at=at or current_time(), rating=None, rating_note="", rated_at=None)
        _tell_asker(case, "answered")


def publish(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Let the asker read the answer and everybody a masked copy; what still looks personal has to be confirmed.

    Raises Conflict, Invalid, Forbidden, NotFound.
    """
    with db.atomic():
        found = queries.question(case_id)
        if not found.may_publish:
            raise Invalid({"": [_(NOT_AGREED)]})
        texts, asked = (said[name] for name in ("title", "question", "answer")), queries.case(case_id)
        casework.look_through(asked, texts, confirmed=said["leave"], known=known_of(asked, found))
        case = _move(ctx, case_id, "publish", said, at)
        _answered(case, at)
        _copy(ctx, case, queries.question(case_id), said, at)
    return case


def _copy(
    ctx: RequestContext, case: Case, found: Question, said: dict[str, Any], at: datetime | None
) -> None:
    assert ctx.tenant is not None
    texts = {name: said[name] for name in ("title", "question", "answer")}
    shown = {
        "topic": found.topic, "agency": ctx.tenant.name, "answered_by": found.transferred_to or ctx.tenant.name,
        "asked_on": agency_day(found.asked_at), "answered_on": agency_day(found.answered_at), "rating": found.rating,
        "folded": fold(" ".join((case.code, TOPICS[found.topic], *texts.values()))), **texts,
    }  # fmt: skip
    queries.COPIES.put(case, shown, at=at, moved=True)


def withdraw(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Take a question off the public page; its asker reads the answer still. Raises Conflict, Invalid, Forbidden, NotFound."""
    with db.atomic():
        case = _move(ctx, case_id, "withdraw", said, at)
        queries.COPIES.take_off(ctx, case_id)
    return case


def _to(said: dict[str, Any]) -> Receiver | None:
    return Receiver(said["person_id"]) if said["person_id"] else None


# ---- what the asker says afterwards --------------------------------------------------------------------------------


def rate(code: str, secret: str, score: int, note: str) -> None:
    """Say how one likes the answer to one's question; the last word counts. Raises Forbidden, Invalid."""
    with db.atomic():
        case, found = _of_asker(code, secret)
        if found.answered_at is None:
            raise Invalid({"score": [_("Câu hỏi này chưa có câu trả lời.")]})
        _note(case.id, rating=score, rating_note=note, rated_at=current_time())
        Publication.update(rating=score).where(Publication.id == case.id).execute()
        if found.rating != score:
            emit(events.QuestionRated(object_id=case.id, code=case.code, score=str(score)))
        if score == WORST:
            # Once for an answer, however often it is rated anew; what was said stands on the page, in no mail.
            notify(
                UNHAPPY, {*people_with(MODERATE), *people_with(APPROVE)}, fact=f"{case.id}:{case.version}",
                text=N_("{code}: người hỏi rất không hài lòng với câu trả lời"), fields={"code": case.code},
                route=QUESTION.route, route_fields={"case_id": case.id},
            )  # fmt: skip


def erase_contact(code: str, secret: str) -> None:
    """Forget who asked, because they take their consent back; the question goes on. Raises Forbidden."""
    with db.atomic():
        case, _found = _of_asker(code, secret)
        erase(case.id, case.code)


def erase(case_id: UUID, code: str) -> None:
    """Forget name and contact of who asked, and hide for good what the texts say of them; told once."""
    case, found = casework.case(case_id, QUESTION, locked=True), queries.question(case_id)
    # What looks for somebody in a text is what is forgotten here: afterwards nobody could hide it any more.
    known = known_of(case, found)
    forgotten: dict[str, Any] = dict.fromkeys(("name", "phone", "email", "address", "rating_note"), "")
    earlier = [[day, casework.masked(text, known=known)] for day, text in found.earlier]
    answer = casework.masked(found.answer, known=known)
    forgotten |= {"answer": answer, "earlier": earlier, "erased_at": current_time()}
    if Question.update(**forgotten).where(Question.id == case_id, Question.erased_at.is_null()).execute():
        casework.hide_persons(case_id, known)
        if found.email:
            take_back(found.email, about=_mails_about(case_id))
        emit(events.ContactErased(object_id=case_id, code=code))


def hide_title(case_id: UUID) -> None:
    """Let the title of a question that was taken long ago say nothing of people; what it said begins the text. Told once."""
    case, found = queries.case(case_id), queries.question(case_id)
    todo = Question.update(title_hidden=True).where(Question.id == case_id, ~Question.title_hidden)
    if todo.execute() and casework.hide_title(case_id, known_of(case, found)):
        emit(events.TitleHidden(object_id=case_id, code=case.code))


def _of_asker(code: str, secret: str) -> tuple[Case, Question]:
    found = queries.asked(code, secret)
    if found is None:
        raise Forbidden(_("Mã câu hỏi hoặc mã bí mật chưa đúng."))
    return found


def count_too(publication_id: UUID) -> None:
    """Count that somebody else wanted to know."""
    Publication.update(too=Publication.too + 1).where(Publication.id == publication_id).execute()


# ---- how the agency takes questions -----------------------------------------------------------------------------


def choose(ctx: RequestContext, said: dict[str, Any]) -> None:
    """Change how the agency takes questions; open ones keep their deadline. Raises Invalid, Forbidden."""
    require_permission(ctx, MANAGE)
    try:
        said = {**said, "budget": str(Budget.parse(said["budget"]))}
    except ClockError as error:
        raise Invalid({"budget": [str(error)]}) from error
    if said["unit_id"] and said["unit_id"] not in dict(open_units()):
        raise Invalid({"unit_id": [_("Đơn vị này không còn. Chọn đơn vị khác.")]})
    if said["unit_id"] and said["unit_id"] not in dict(queries.taking_units()):
        text = _("Không ai ở {unit} có quyền tiếp nhận câu hỏi. Chọn đơn vị khác.", unit=dict(open_units())[said["unit_id"]])  # fmt: skip
        raise Invalid({"unit_id": [text]})
    with db.atomic():
        Setting.insert(id=new_id(), **said).on_conflict(conflict_target=[Setting.tenant_id], update=said).execute()  # fmt: skip
        emit(events.SettingsChanged(budget=said["budget"]))
