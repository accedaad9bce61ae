"""Ý kiến, kiến nghị cử tri as a kind of cases: its words, states and who may move it, and what agencies are asked."""

from core.api import N_, _, format_date
from plugins.casework.api import Case, CaseKind, CaseReport, LegPurpose, Transition, WorkflowState, agency_day
from plugins.voter_opinions.models import Answer, Petition, Session

READ, HANDLE, APPROVE = "voter_opinions.read", "voter_opinions.handle", "voter_opinions.approve"
REVIEW, MANAGE = "voter_opinions.review", "voter_opinions.manage"
COMPILE = "voter_opinions.compile"

BODIES = {"national": N_("Quốc hội"), "council": N_("Hội đồng nhân dân")}
DAYS = {"national": 60, "council": 30}
"""Within how many days voters are answered when a session sets no day of its own."""
GROUNDS = {
    "national": N_("Nghị quyết liên tịch về tiếp xúc cử tri: trả lời trong 60 ngày từ khi nhận"),
    "council": N_("Thông lệ của Hội đồng nhân dân khi kỳ họp chưa ấn định: 30 ngày từ khi nhận"),
}
MEETINGS = {
    "before": N_("Trước kỳ họp"),
    "after": N_("Sau kỳ họp"),
    "residence": N_("Nơi cư trú"),
    "workplace": N_("Nơi làm việc"),
    "topic": N_("Theo chuyên đề, lĩnh vực"),
    "group": N_("Theo đối tượng cử tri"),
    "area": N_("Theo địa bàn"),
    "online": N_("Trực tuyến"),
    "single": N_("Gặp riêng cử tri"),
}
SOURCES = {
    "meeting": N_("Hội nghị tiếp xúc cử tri"),
    "delegation": N_("Đoàn đại biểu Quốc hội chuyển đến"),
    "council": N_("Thường trực Hội đồng nhân dân chuyển đến"),
    "deputy": N_("Đại biểu chuyển đến ngoài kỳ họp"),
    "letter": N_("Thư của cử tri"),
}
SECTORS = {
    "land": N_("Đất đai, môi trường"),
    "transport": N_("Giao thông, xây dựng"),
    "agriculture": N_("Nông nghiệp, nông thôn"),
    "finance": N_("Tài chính, đầu tư"),
    "health": N_("Y tế"),
    "education": N_("Giáo dục"),
    "culture": N_("Văn hoá, du lịch"),
    "labour": N_("Lao động, chính sách xã hội"),
    "security": N_("An ninh, trật tự"),
    "reform": N_("Cải cách hành chính"),
    "other": N_("Lĩnh vực khác"),
}
LEVELS = {"province": N_("Cấp tỉnh"), "commune": N_("Cấp xã"), "central": N_("Trung ương")}
NATURES = {"complaint": N_("Khiếu nại"), "denunciation": N_("Tố cáo")}
GUARDED = N_("Tố cáo: nội dung hạn chế, chỉ người liên quan xem")
"""What a denunciation that was taken out is called wherever its title is not told."""
OUTCOMES = {
    "resolved": N_("Đã giải quyết xong"),
    "doing": N_("Đang giải quyết, có lộ trình và thời hạn"),
    "explained": N_("Giải trình, cung cấp thông tin"),
}


MEETING_NOTICE = 7
"""How many working days before a meeting the press gets its plan."""


def _own(key: str) -> str:
    return f"voter_opinions.{key}"


def later_day(case: Case) -> str:
    """Say what the day of a petition is: that of its session, of a promise, or of a better answer."""
    said = Answer.select().where(Answer.petition_id == case.id, Answer.sent_on.is_null(False))
    answer, of, due = said.order_by(Answer.number.desc()).first(), Petition.get_by_id(case.id), agency_day(case.due_at)  # fmt: skip
    if answer is None:
        return _("Hạn {due} là hạn trả lời chung của {session}.", due=format_date(due, year=True), session=Session.get_by_id(of.session_id).title)  # fmt: skip
    if answer.verdict == "not_enough":
        return _("Ngày phải trả lời lại, ghi khi đánh giá câu trả lời trước là chưa thoả đáng.")
    promised = of.promised_on
    told = {"n": answer.number, "day": format_date(answer.promised_on, year=True), "due": format_date(due, year=True)}  # fmt: skip
    if due < promised:
        return _("Trả lời lần {n} hứa {day}; khi gia hạn đến {new} đã quá hạn {due}, nên trễ vẫn tính từ hạn đó.", new=format_date(promised, year=True), **told)  # fmt: skip
    extended = _("Ngày đã gia hạn; trả lời lần {n} hứa {day}.", **told)
    said = _("Ngày đã hứa trong trả lời lần {n}.", **told) if promised == answer.promised_on else extended
    off = _("Ngày hứa {new} là ngày nghỉ, hết hạn ngày làm việc kế tiếp {due}.", new=format_date(promised, year=True, weekday=True), **told)  # fmt: skip
    return f"{said} {off}" if due > promised else said


def _written(case: Case, key: str) -> list[tuple[str, str]]:
    last = key in ("approve", "send_back") and Answer.select().where(Answer.petition_id == case.id).order_by(Answer.number.desc()).first()  # fmt: skip
    if not last:
        return []
    promised = format_date(last.promised_on, year=True) if last.promised_on else ""
    return [
        (_("Kiến nghị của cử tri"), case.text), (_("Dự thảo trả lời"), last.text), (_("Kết quả"), _(OUTCOMES[last.outcome])),
        (_("Lộ trình"), last.roadmap), (_("Hứa xong"), promised),
    ]  # fmt: skip


_BEFORE_WORK, _AT_WORK = ("new", "classified"), ("classified", "waiting", "unsatisfied")

PETITION = CaseKind(
    "voter_opinions.petition",
    N_("Ý kiến, kiến nghị cử tri"),
    prefix="CT",
    read=READ,
    handle=HANDLE,
    manage=MANAGE,
    route="voter_opinions.petition",
    list_route="voter_opinions.petitions",
    start="new",
    later_day=later_day,
    answered_sql="SELECT coalesce(o.answer_due, o.answered_on), o.answered_on FROM voter_opinions.petition o WHERE o.tenant_id = c.tenant_id AND o.id = c.id",
    reads=_written,
    states=(
        WorkflowState("new", N_("Chờ phân loại"), "new", N_("Phân loại theo thẩm quyền"), share=10),
        WorkflowState("classified", N_("Chờ phân công"), "mine", N_("Giao cơ quan giải quyết hoặc soạn trả lời"), share=20),
        WorkflowState("waiting", N_("Các cơ quan đang giải quyết"), "doing", N_("Đôn đốc, tổng hợp trả lời của các cơ quan"), share=75),
        WorkflowState("review", N_("Chờ duyệt trả lời"), "sign", N_("Duyệt trả lời cử tri"), share=90),
        WorkflowState("redraft", N_("Trả lại để sửa"), "back", N_("Sửa dự thảo trả lời"), share=85),
        WorkflowState("approved", N_("Đã duyệt, chờ ký gửi"), "mine", N_("Ký, gửi văn bản trả lời")),
        WorkflowState("answered", N_("Đã trả lời, chờ đánh giá"), "wait", N_("Theo dõi đánh giá của Đoàn ĐBQH, HĐND")),
        WorkflowState("unsatisfied", N_("Chưa thoả đáng, trả lời lại"), "back", N_("Trả lời lại theo ý kiến đánh giá")),
        WorkflowState("following", N_("Đang thực hiện lời hứa"), "doing", N_("Đôn đốc thực hiện lời hứa")),
        WorkflowState("done", N_("Đã giải quyết, kết thúc"), "done", final=True),
        WorkflowState("taken_out", N_("Đã chuyển xử lý đơn"), "stop", final=True),
        WorkflowState("forwarded", N_("Đã chuyển trung ương"), "stop", final=True),
        WorkflowState("joined", N_("Đã gộp vào kiến nghị khác"), "stop", final=True),
    ),
    transitions=(
        Transition("classify", N_("Phân loại"), ("new",), "classified", route=_own("classify"), icon="category", primary=True),
        Transition("split", N_("Giao cơ quan giải quyết"), _AT_WORK, "waiting", route=_own("split"), icon="share", main_in=("classified",)),
        Transition(
            "submit", N_("Trình dự thảo trả lời"), (*_AT_WORK, "redraft"), "review", gives="ask", route=_own("submit"), icon="signature",
            primary=True,
        ),
        Transition(
            "send_back", N_("Trả lại để sửa"), ("review",), "redraft", permission=APPROVE, gives="previous", needs_note=True,
            returns=True, icon="arrow-back-up",
        ),
        Transition(
            "approve", N_("Duyệt trả lời"), ("review",), "approved", permission=APPROVE, by="anybody", gives="previous",
            route=_own("approve"), icon="check", primary=True,
        ),
        Transition(
            "send", N_("Ghi đã ký, gửi trả lời"), ("approved",), "answered", clock="close", route=_own("send"), icon="send", primary=True,
        ),
        Transition(
            "assess", N_("Ghi đánh giá"), ("answered",), "done", permission=REVIEW, by="anybody", gives="nobody", route=_own("assess"),
            icon="thumb-up", primary=True,
        ),
        Transition("follow", N_("Đánh giá thoả đáng, theo dõi lời hứa"), ("answered",), "following", permission=REVIEW, by="anybody", quiet=True),
        Transition(
            "not_enough", N_("Đánh giá chưa thoả đáng"), ("answered",), "unsatisfied", permission=REVIEW, by="anybody", needs_note=True, quiet=True,
        ),
        Transition("keep", N_("Ghi đã thực hiện lời hứa"), ("following",), "done", gives="nobody", route=_own("keep"), needs_note=True, icon="check", primary=True),
        Transition("postpone", N_("Gia hạn lời hứa"), ("following",), "following", route=_own("postpone"), needs_note=True, icon="calendar-event"),
        Transition("take_out", N_("Chuyển xử lý đơn"), _BEFORE_WORK, "taken_out", gives="nobody", clock="close", route=_own("take_out"), needs_note=True, icon="git-branch"),
        Transition("forward", N_("Chuyển trung ương"), _BEFORE_WORK, "forwarded", gives="nobody", needs_note=True, clock="close", icon="arrow-forward-up"),
        Transition("join", N_("Gộp vào kiến nghị khác"), ("new", "classified", "waiting"), "joined", by="anybody", gives="nobody", clock="close", route=_own("join"), icon="arrows-join"),
        *(
            # It goes on where it was joined from; the form finds out where that was.
            Transition(
                f"unjoin_{target}", N_("Bỏ gộp, tách lại"), ("joined",), target, by="anybody", gives="previous", needs_note=True,
                clock="reopen", route=_own("unjoin"), icon="arrow-back-up", quiet=target != "new",
            )
            for target in ("new", "classified", "waiting")
        ),
    ),
)  # fmt: skip

LEAD = LegPurpose(
    "voter_opinions.lead", N_("Chủ trì giải quyết kiến nghị cử tri"), N_("Cơ quan nhận giải quyết và trả lời, tổng hợp phần của cơ quan phối hợp"),
    kinds=(PETITION.key,),
)  # fmt: skip
PART = LegPurpose(
    "voter_opinions.part", N_("Phối hợp giải quyết kiến nghị cử tri"), N_("Cơ quan nhận trả lời phần thuộc thẩm quyền của mình"), kinds=(PETITION.key,)
)  # fmt: skip
REPORT = CaseReport(
    PETITION.key, PETITION.title, sectors=SECTORS, without=("joined", "taken_out"),
    sector_sql="(SELECT o.sector FROM voter_opinions.petition o WHERE o.tenant_id = c.tenant_id AND o.id = c.id)",
)  # fmt: skip
