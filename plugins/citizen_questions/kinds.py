"""Dân hỏi as a kind of cases: its words, states, who may move it, and what is personal of who asks."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from core.api import N_, _
from plugins.casework.api import (
    Case,
    CaseKind,
    CaseReport,
    LegPurpose,
    PersonalFact,
    PersonalKind,
    Transition,
    WorkflowState,
    hidden_places,
    masked,
    names_in,
    values_of,
)
from plugins.citizen_questions.models import Question

READ, HANDLE, MODERATE = "citizen_questions.read", "citizen_questions.handle", "citizen_questions.moderate"
APPROVE, MANAGE = "citizen_questions.approve", "citizen_questions.manage"

TOPICS = {
    "land": N_("Đất đai, nhà ở"),
    "papers": N_("Hộ tịch, giấy tờ, thủ tục"),
    "environment": N_("Môi trường, vệ sinh"),
    "transport": N_("Đường sá, giao thông"),
    "welfare": N_("Trợ cấp, bảo hiểm, việc làm"),
    "education": N_("Trường học"),
    "health": N_("Khám chữa bệnh"),
    "business": N_("Kinh doanh, chợ, thuế"),
    "order": N_("An ninh, trật tự"),
    "conduct": N_("Thái độ, cách làm việc của cán bộ"),
    "other": N_("Việc khác"),
}
REASONS = {
    "unclear": N_("Nội dung chưa rõ, không xử lý được"),
    "repeated": N_("Đã được trả lời ở câu hỏi khác"),
    "complaint": N_("Là khiếu nại hoặc tố cáo, có thủ tục riêng"),
    "abusive": N_("Có lời xúc phạm, vu khống"),
    "spam": N_("Tin rác, quảng cáo"),
    "other": N_("Lý do khác"),
}
OWN: dict[PersonalKind, str] = {"name": N_("Họ tên"), "phone": N_("Điện thoại"), "email": N_("Thư điện tử"), "address": N_("Địa chỉ")}  # fmt: skip
RATINGS = {"5": N_("Rất hài lòng"), "4": N_("Hài lòng"), "3": N_("Bình thường"), "2": N_("Không hài lòng"), "1": N_("Rất không hài lòng")}  # fmt: skip


def own_facts(said: Mapping[str, str]) -> list[PersonalFact]:
    """Return name, phone, mail and address of who asks, as the form says them and the table keeps them."""
    return [PersonalFact(key, title, said[key], key) for key, title in OWN.items()]


def known_of(case: Case, found: Question) -> list[str]:
    """Return what the checker looks for by itself: name, phone, mail and address of the asker, names said in full."""
    return [*values_of(own_facts(found.__data__)), *names_in(case.title, case.text, *answers_of(found))]


def answers_of(found: Question) -> list[str]:
    """Return everything that was answered or drafted, the newest first."""
    return [found.answer, *(text for _day, text in found.earlier)]


def personal(case_id: UUID) -> Sequence[PersonalFact]:
    """Return what is personal of who asked, and what question and answer say of them or of others."""
    found = Question.get_or_none(Question.id == case_id)
    if found is None:
        return ()
    case = Case.get_by_id(case_id)
    return (*own_facts(found.__data__), hidden_places(known_of(case, found), case.text, *answers_of(found)))


def _drafted(case: Case, key: str) -> list[tuple[str, str]]:
    if key not in ("approve", "send_back"):
        return []
    found = Question.get_by_id(case.id)
    # SECURITY: what is personal is hidden here as on the page of the question, where it is read with a reason.
    texts, known = {_("Nội dung hỏi"): case.text, _("Dự thảo trả lời"): found.answer}, known_of(case, found)
    return [(title, masked(text, known=known)) for title, text in texts.items()]


def _own(key: str) -> str:
    return f"citizen_questions.{key}"


QUESTION = CaseKind(
    "citizen_questions.question",
    N_("Dân hỏi"),
    prefix="DH",
    read=READ,
    handle=HANDLE,
    manage=MANAGE,
    route="citizen_questions.question",
    list_route="citizen_questions.questions",
    start="new",
    personal=personal,
    reads=_drafted,
    later_day=lambda _case: _("Ngày phải trả lời thêm, ghi khi mở lại câu hỏi."),
    opener=N_("Người dân"),
    refuses=lambda _ctx, case, key: key == "publish" and not Question.get_by_id(case.id).may_publish,
    states=(
        WorkflowState("new", N_("Chờ tiếp nhận"), "new", N_("Xem và tiếp nhận câu hỏi"), share=30),
        WorkflowState("doing", N_("Đang soạn trả lời"), "doing", N_("Soạn trả lời người dân"), share=70),
        WorkflowState("waiting", N_("Đã chuyển, chờ trả lời"), "wait", N_("Theo dõi và dùng câu trả lời")),
        WorkflowState("returned", N_("Không còn ở nơi nhận, xem lại"), "back", N_("Chuyển nơi khác hoặc trả lời"), share=90),
        WorkflowState("redraft", N_("Trả lại để sửa"), "back", N_("Sửa dự thảo trả lời"), share=80),
        WorkflowState("review", N_("Chờ duyệt trả lời"), "sign", N_("Duyệt trả lời người dân"), share=90),
        WorkflowState("approved", N_("Đã duyệt, chờ gửi"), "mine", N_("Gửi trả lời hoặc công khai")),
        WorkflowState("answered", N_("Đã trả lời riêng"), "done", final=True),
        WorkflowState("published", N_("Đã công khai"), "pub", final=True),
        WorkflowState("rejected", N_("Không tiếp nhận"), "stop", final=True),
    ),
    transitions=(
        Transition(
            "accept", N_("Tiếp nhận, giao trả lời"), ("new", "returned"), "doing", permission=MODERATE, by="anybody", gives="ask",
            route=_own("accept"), icon="check", primary=True,
        ),
        Transition(
            "transfer", N_("Chuyển theo thẩm quyền"), ("new", "doing", "returned"), "waiting", permission=MODERATE, by="anybody",
            gives="mover", route=_own("transfer"), icon="share",
        ),
        Transition("given_back", N_("Xem lại câu hỏi đã chuyển"), ("waiting",), "returned", by="system"),
        Transition(
            "reject", N_("Không tiếp nhận"), ("new", "doing", "waiting", "returned", "redraft"), "rejected", permission=MODERATE, by="anybody", gives="nobody",
            clock="close", route=_own("reject"), icon="ban",
        ),
        Transition(
            "reopen", N_("Mở lại câu hỏi"), ("rejected",), "new", permission=MODERATE, by="anybody", gives="mover",
            needs_note=True, clock="reopen", route=_own("reopen"), icon="restore",
        ),
        Transition(
            "take_up", N_("Mở lại để trả lời thêm"), ("answered", "published"), "doing", permission=MODERATE, by="anybody",
            gives="ask", needs_note=True, route=_own("take_up"), icon="restore",
        ),
        Transition(
            "submit", N_("Trình dự thảo trả lời"), ("doing", "redraft", "waiting", "returned"), "review", gives="ask",
            route=_own("submit"), icon="signature", primary=True,
        ),
        Transition(
            "send_back", N_("Trả lại để sửa"), ("review",), "redraft", permission=APPROVE, gives="previous",
            needs_note=True, returns=True, icon="arrow-back-up",
        ),
        Transition(
            "approve", N_("Duyệt trả lời"), ("review",), "approved", permission=APPROVE, gives="previous", icon="check",
            primary=True,
        ),
        Transition(
            "publish", N_("Trả lời và công khai"), ("approved", "answered"), "published", permission=MODERATE, by="anybody",
            gives="nobody", clock="close", route=_own("publish"), icon="world", primary=True,
        ),
        Transition(
            "reply", N_("Trả lời riêng"), ("approved",), "answered", gives="nobody", clock="close", route=_own("reply"),
            icon="send",
        ),
        Transition(
            "withdraw", N_("Gỡ khỏi trang công khai"), ("published",), "answered", permission=MODERATE, by="anybody",
            gives="nobody", route=_own("withdraw"), icon="world-off",
        ),
        Transition(
            "hand_over", N_("Chuyển người soạn"), ("doing", "redraft"), "doing", gives="ask", asks=("note", "co", "due"),
            icon="arrow-forward-up",
        ),
    ),
)  # fmt: skip

FORWARD = LegPurpose(
    "citizen_questions.forward", N_("Chuyển câu hỏi theo thẩm quyền"),
    N_("Cơ quan nhận trả lời vì thuộc thẩm quyền; nơi chuyển gửi câu trả lời cho người dân"), kinds=(QUESTION.key,),
)  # fmt: skip
REPORT = CaseReport(
    QUESTION.key, QUESTION.title, sectors=TOPICS, without=("rejected",),
    sector_sql="(SELECT o.topic FROM citizen_questions.question o WHERE o.tenant_id = c.tenant_id AND o.id = c.id)",
)  # fmt: skip
