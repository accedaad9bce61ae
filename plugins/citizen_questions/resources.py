"""Pages of citizens' questions for officers: the list, one of them, and the forms of its moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from uuid import UUID

import falcon

from core.api import (
    N_,
    Conflict,
    FormView,
    Invalid,
    NavItem,
    Option,
    Request,
    Tag,
    _,
    format_date,
    format_datetime,
    ngettext,
    page,
    paragraphs,
    redirect,
    url_for,
)
from plugins.casework import api as casework
from plugins.casework.api import (
    HIDDEN,
    ActInput,
    Ask,
    Case,
    CaseAct,
    CaseList,
    able,
    agency_day,
    case_list,
    case_view,
    masked,
    proposals,
)
from plugins.citizen_questions import competence, queries, schemas, services
from plugins.citizen_questions.kinds import (
    APPROVE,
    FORWARD,
    HANDLE,
    MODERATE,
    QUESTION,
    RATINGS,
    READ,
    REASONS,
    TOPICS,
    known_of,
)
from plugins.citizen_questions.models import Question
from plugins.citizen_questions.views import ProposalView, PublishView, QuestionView
from plugins.files.api import files_of
from plugins.lists.api import BulkAction
from plugins.notifications.api import people_with
from plugins.pages.api import DraftView

QUESTIONS = case_list(
    QUESTION,
    (
        BulkAction(
            "spam", N_("Bỏ tin rác"), MODERATE, services.reject_spam, N_("Đã bỏ {n} tin rác."), icon="trash",
            effects=(("ban", N_("Câu hỏi đã chọn không được tiếp nhận, lý do là tin rác; người gửi không nhận thư báo.")),),
        ),
    ),
)  # fmt: skip
LIST = CaseList(
    QUESTION,
    QUESTIONS,
    empty=N_("Chưa có câu hỏi nào"),
    tags=tuple(TOPICS.values()),
    tags_text=N_("Mọi lĩnh vực"),
    bulk={"spam": "reject"},
    links=(
        NavItem(N_("Thống kê hỏi đáp"), "citizen_questions.figures", "table", READ),
        NavItem(N_("Cách tiếp nhận"), "citizen_questions.settings", "settings", READ),
    ),
)


MORE_TIME = timedelta(days=7)
"""What is proposed for a better answer."""


class OneQuestion:
    """One question."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case, found = casework.open_page(req, case_id, QUESTION), queries.question(case_id)
        hint = casework.complaint_hint(case)
        shown = case_view(req, case, QUESTION, facts=_facts(found), tags=_alarm(case, found), warning=hint)
        published = queries.COPIES.has(case.id)
        known = known_of(case, found)
        view = QuestionView.of(
            shown,
            answer=paragraphs(masked(found.answer, known=known)),
            answer_title=_("Đã trả lời") if found.answered_at else _("Dự thảo trả lời"),
            earlier=services.earlier(found, known=known),
            public_url=url_for(req, "citizen_questions.public_answer", code=case.code) if published else "",
            rating=_(RATINGS[str(found.rating)]) if found.rating else "",
            rating_note=paragraphs(found.rating_note),
            waits=_waits(req, case, found),
            proposal=_proposal(req, case, found),
        )
        page(req, resp, "citizen_questions/question.html", view)


class PassOn:
    """Passes a question on to the agency it clearly belongs to, with one click."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID, agency_id: UUID) -> None:
        del agency_id
        queries.question(case_id)
        redirect(resp, url_for(req, "citizen_questions.transfer", case_id=case_id))

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID, agency_id: UUID) -> None:
        here, version = url_for(req, QUESTION.route, case_id=case_id), str(req.form.get("version", ""))
        try:
            case = services.pass_on(req.asker, case_id, agency_id, int(version) if version.isdecimal() else 0)
        except Invalid as problem:
            (told,) = next(iter(problem.errors.values()))
            redirect(resp, url_for(req, "citizen_questions.transfer", case_id=case_id), toast=told)
        except Conflict:
            redirect(
                resp, here, toast=_("Người khác vừa xử lý câu hỏi này, chưa chuyển. Xem lại rồi làm tiếp.")
            )
        else:
            told = _("{code}: đã chuyển {agency}. Rút lại được khi nơi nhận chưa tiếp nhận.", code=case.code, agency=queries.question(case_id).transferred_to)  # fmt: skip
            redirect(resp, here, toast=told)


def _proposal(req: Request, case: Case, found: Question) -> ProposalView | None:
    """Return whose question it clearly is, for who may pass it on while that needs no reason."""
    if case.state not in ("new", "doing", "returned") or not req.asker.can(MODERATE):
        return None
    clear = None if services.is_late(case, datetime.now(UTC)) else competence.proposal(case, found)
    if clear is None:
        return None
    url = url_for(req, "citizen_questions.pass_on", case_id=case.id, agency_id=clear.agency_id)
    return ProposalView(clear.why, clear.agency, url, case.version)


def _facts(found: Question) -> list[tuple[str, str]]:
    moved = found.transferred_at and f"{found.transferred_to}, {format_datetime(found.transferred_at)}"
    refused = found.reason and f"{_(REASONS[found.reason])}. {found.reason_note}".strip()
    facts = [
        (_("Lĩnh vực"), _(TOPICS.get(found.topic, found.topic))),
        (_("Công khai"), _("Người hỏi đồng ý, sau khi che thông tin cá nhân") if found.may_publish else _("Người hỏi không đồng ý")),
        (_("Đã chuyển"), moved or ""),
        (_("Lý do không tiếp nhận"), refused),
        (_("Liên hệ của người hỏi"), _("Đã xoá {date}", date=format_date(agency_day(found.erased_at), year=True)) if found.erased_at else ""),
    ]  # fmt: skip
    return [(label, text) for label, text in facts if text]


def _alarm(case: Case, found: Question) -> list[Tag]:
    """Say how near the day is on which leaving a question becomes an offence."""
    if case.closed_at:
        return []
    left = (queries.alarm_day(case, found) - agency_day()).days
    if left > queries.ALARM_DAYS - queries.FIRST_ALARM:
        return []
    if left < 0:
        return [Tag(text=_("Đã quá {n} ngày", n=queries.ALARM_DAYS))]
    return [Tag(text=ngettext("Còn {n} ngày tới mốc 45 ngày", "Còn {n} ngày tới mốc 45 ngày", left))]


def _waits(req: Request, case: Case, found: Question) -> str:
    """Say until when a new question can be passed on, who can refuse a complaint, and why an answer cannot be published."""
    if case.state == "approved" and not found.may_publish:
        return _(services.NOT_AGREED)
    if case.state in ("doing", "redraft", "waiting", "returned") and not req.asker.can(MODERATE):
        who = casework.some_names(people_with(MODERATE))
        return who and _("Là khiếu nại, tố cáo thì đừng trả lời: báo {names} để từ chối.", names=who)
    if case.state not in ("new", "returned"):
        return ""
    clock = services.transfer_clock(case.id)
    if clock is None or clock.due_at is None:
        return ""
    until = format_datetime(clock.due_at)
    if clock.due_at < datetime.now(UTC):
        return _("Đã quá hạn chuyển theo thẩm quyền ({until}). Chuyển bây giờ phải ghi lý do.", until=until)
    return _("Không thuộc thẩm quyền thì chuyển trước {until}, trong 5 ngày làm việc.", until=until)


# ---- forms of one question ------------------------------------------------------------------------------------------


def _topic(case: Case) -> Mapping[str, str]:
    return {"topic": queries.question(case.id).topic}


def _new_day(_case: Case) -> Mapping[str, str]:
    return {"due": casework.typed_day(casework.agency_calendar().worked(agency_day() + MORE_TIME))}


def _receivers() -> Sequence[Option]:
    return [Option(str(agency_id), name) for agency_id, name in queries.receivers()]


def _shared(case: Case) -> Mapping[str, str]:
    return services.shared(case, queries.question(case.id))


def _files(case: Case) -> Mapping[str, Sequence[Option]]:
    ready = (each for each in files_of(casework.files_owner(case.id)) if each.state == "ready")
    return {"files": [Option(str(each.id), each.name) for each in ready]}


def _draft(case: Case) -> Mapping[str, str]:
    """Begin the answer with what stands there, or with what the other agency said."""
    said, _agency = casework.newest_answer(case.id, FORWARD.key)
    return {"answer": queries.question(case.id).answer or said}


def _told(case: Case) -> Sequence[str]:
    said, agency = casework.newest_answer(case.id, FORWARD.key)
    return [_("{agency} đã trả lời; câu trả lời nằm sẵn trong ô bên dưới.", agency=agency)] if said else []


PARTS = {"title": N_("Tiêu đề"), "question": N_("Nội dung hỏi"), "answer": N_("Trả lời")}


def _texts(case: Case) -> dict[str, str]:
    return {"title": case.title, "question": case.text, "answer": queries.question(case.id).answer}


def _masked(case: Case) -> Mapping[str, str]:
    """Return the words for the public as they are proposed; a title that was hidden in and begins the text stands there once."""
    texts = casework.hidden_in(_texts(case), known=known_of(case, queries.question(case.id)))
    return {**texts, "question": texts["question"].removeprefix(f"{texts['title']}\n\n")}


@dataclass(frozen=True, slots=True)
class Publish(CaseAct):
    """The form of the public copy: what the checker proposes to hide is marked in the texts above it."""

    def shown(self, req: Request, case: Case, form: FormView, draft: DraftView) -> PublishView:
        view = super(Publish, self).shown(req, case, form, draft)
        known, left = known_of(case, queries.question(case.id)), req.method == "POST"
        texts = {name: form.text(name) for name in PARTS} if left else _texts(case)
        known += casework.names_in(*texts.values())
        personal = casework.personal_view(req, case, url_for(req, self.route, case_id=case.id))
        # SECURITY: what was written is read with a reason, here as on the page of the case; what the officer sent, at once.
        whole = left or casework.is_revealed(req.asker, case.id, "content")
        marked = tuple((_(PARTS[name]), _pieces(text, known, whole)) for name, text in texts.items())
        kept = {each.name: getattr(view, each.name) for each in fields(view)}
        found = tuple(each for each in marked if len(each[1]) > 1)
        return PublishView(**kept, marked=found, left=left, whole=whole, personal=personal)


def _pieces(text: str, known: Sequence[str], whole: bool) -> tuple[tuple[str, str], ...]:
    """Cut a text at what may be personal, each piece with what would stand in its place, and itself only as a `whole`."""
    pieces, at = [], 0
    for each in proposals(text, known=known):
        pieces += [(text[at : each.start], ""), (each.text if whole else "", HIDDEN[each.kind])]
        at = each.end
    return (*pieces, (text[at:], ""))


def _hidden(case: Case) -> Sequence[str]:
    """Say how much the checker proposes to hide."""
    return casework.told_of_hidden(_texts(case), known=known_of(case, queries.question(case.id)))


_NOTE = Ask("note", N_("Ghi chú nội bộ"), "text", rows=2)
ACTS = (
    CaseAct(
        QUESTION, "accept", N_("Tiếp nhận, giao trả lời"), schemas.AcceptInput, services.accept,
        (
            Ask("topic", N_("Lĩnh vực"), "select", offer=TOPICS, width="m"),
            Ask("person_id", N_("Giao cho"), "select", offer=able(QUESTION, HANDLE), blank=N_("Chọn người soạn trả lời")),
            Ask("due", N_("Hạn nội bộ"), "date", hint=N_("Để trống thì theo hạn chung")),
            _NOTE,
        ),
        MODERATE, values=_topic,
    ),
    CaseAct(
        QUESTION, "reject", N_("Không tiếp nhận"), schemas.RejectInput, services.reject,
        (
            Ask("reason", N_("Lý do"), "one", offer=REASONS),
            Ask("note", N_("Lời giải thích cho người hỏi"), "text", hint=N_("Người hỏi đọc được lời này khi tra cứu. Khiếu nại, tố cáo: ghi nơi tiếp công dân")),
        ),
        MODERATE, recalls=lambda case: [case.id],
        offers=lambda case: {} if case.state == "new" else {"reason": [Option("complaint", _(REASONS["complaint"]))]},
        follows=lambda _case: [_("Là khiếu nại hoặc tố cáo thì từ lúc này chỉ bạn, người đã giữ câu hỏi và người quản lý đọc được, đơn vị thì không.")],
    ),
    CaseAct(
        QUESTION, "reopen", N_("Mở lại câu hỏi"), casework.NotedInput, services.reopen,
        (Ask("note", N_("Vì sao mở lại"), "text", rows=3, hint=N_("Chỉ cán bộ đọc được; người hỏi được báo là câu hỏi được xem xét lại")),),
        MODERATE, follows=lambda case: [
            _("Bạn giữ câu hỏi này. Hạn trả lời giữ như cũ, vì người hỏi đã chờ từ lúc gửi."),
            *([_("Cán bộ khác của cơ quan lại đọc được câu hỏi này.")] if case.restricted else ()),
        ],
    ),
    CaseAct(
        QUESTION, "take_up", N_("Mở lại để trả lời thêm"), schemas.TakeUpInput, services.take_up,
        (
            Ask("note", N_("Vì sao mở lại"), "text", rows=3, hint=N_("Chỉ cán bộ đọc được; người hỏi được báo là câu hỏi được xem xét lại")),
            Ask("person_id", N_("Giao cho"), "select", offer=able(QUESTION, HANDLE), blank=N_("Chọn người soạn trả lời")),
            Ask("due", N_("Trả lời thêm trước hết ngày"), "date"),
        ),
        MODERATE, values=_new_day,
        follows=lambda _case: [
            _("Người hỏi vẫn đọc được câu trả lời trước và được báo là cơ quan trả lời thêm."),
            _("Bản đã công khai được gỡ; công khai lại khi có câu trả lời mới."),
            _("Lần trước trả lời đúng hạn thì tính theo ngày mới; đã trễ thì vẫn là trễ."),
        ],
    ),
    CaseAct(
        QUESTION, "transfer", N_("Chuyển theo thẩm quyền"), schemas.TransferInput, services.transfer,
        (
            Ask("receiver_id", N_("Cơ quan có thẩm quyền"), "select", offer=_receivers, blank=N_("Chọn cơ quan")),
            Ask("title", N_("Tiêu đề gửi cơ quan nhận")),
            Ask("text", N_("Nội dung gửi cơ quan nhận"), "text", rows=8, hint=N_("Chỗ giống thông tin cá nhân đã che sẵn; chỉ ghi lại điều họ cần để trả lời")),
            Ask("note", N_("Lời nhắn cho cơ quan nhận"), "text", rows=3),
            Ask("files", N_("Tệp gửi kèm"), "many"),
            Ask("late", N_("Lý do chuyển chậm"), hint=N_("Chỉ ghi khi đã quá 5 ngày làm việc")),
        ),
        MODERATE, offers=_files, values=_shared,
        follows=lambda _case: [
            _("Cơ quan nhận thấy tiêu đề và nội dung ghi ở đây; không thấy họ tên, liên hệ của người hỏi."),
            _("Bạn theo dõi câu hỏi này; câu trả lời của họ về đây để gửi người dân."),
        ],
    ),
    CaseAct(
        QUESTION, "submit", N_("Trình dự thảo trả lời"), schemas.SubmitInput, services.submit,
        (
            Ask("answer", N_("Trả lời"), "text", rows=10, hint=N_("Viết cho người hỏi đọc: kết luận trước, căn cứ sau")),
            Ask("person_id", N_("Người duyệt"), "select", offer=able(QUESTION, APPROVE), blank=N_("Chọn người duyệt")),
            _NOTE,
        ),
        values=_draft, follows=_told,
    ),
    CaseAct(QUESTION, "reply", N_("Trả lời riêng"), ActInput, services.reply, (_NOTE,),
            follows=lambda _case: [_("Chỉ người hỏi đọc được câu trả lời, bằng mã bí mật của họ.")]),
    Publish(
        QUESTION, "publish", N_("Trả lời và công khai"), schemas.PublishInput, services.publish,
        (
            Ask("title", N_("Tiêu đề")),
            Ask("question", N_("Nội dung hỏi"), "text", rows=8),
            Ask("answer", N_("Trả lời"), "text", rows=8),
            casework.LEAVE,
        ),
        MODERATE, values=_masked, follows=_hidden, template="citizen_questions/publish.html",
    ),
    CaseAct(QUESTION, "withdraw", N_("Gỡ khỏi trang công khai"), casework.NotedInput, services.withdraw,
            (Ask("note", N_("Lý do gỡ"), "text", rows=3),), MODERATE),
)  # fmt: skip
