"""Sự việc báo nêu as a kind of cases: its words, states and who may move it."""

from core.api import N_, RequestContext, _
from plugins.casework.api import Case, CaseKind, CaseReport, Transition, WorkflowState
from plugins.press_issues.models import Issue

READ, HANDLE, DIRECT = "press_issues.read", "press_issues.handle", "press_issues.direct"
PUBLISH, MANAGE = "press_issues.publish", "press_issues.manage"
COMPILE = "press_issues.compile"

KINDS = {
    "forwarded": N_("Ý kiến, phê bình báo đăng hoặc chuyển đến"),
    "request": N_("Cơ quan báo chí yêu cầu trả lời"),
    "urgent": N_("Vụ việc đột xuất, bất thường"),
    "complaint": N_("Khiếu nại, tố cáo do báo chuyển đến"),
}
SEVERITIES = {
    "normal": N_("thông thường"),
    "serious": N_("nghiêm trọng"),
    "grave": N_("đặc biệt nghiêm trọng"),
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
    "reform": N_("Cải cách hành chính, công vụ"),
    "other": N_("Lĩnh vực khác"),
}
FINDINGS = {
    "true": N_("Báo nêu đúng"),
    "partly": N_("Báo nêu đúng một phần"),
    "false": N_("Báo nêu không đúng"),
}


def _own(key: str) -> str:
    return f"press_issues.{key}"


def _answered(case: Case, key: str) -> list[tuple[str, str]]:
    shown = key in ("approve", "send_back")
    return [(_("Dự thảo trả lời"), Issue.get_by_id(case.id).answer)] if shown else []


def _refused(ctx: RequestContext, case: Case, key: str) -> bool:
    from plugins.press_issues.queries import may_answer

    return key == "approve" and not may_answer(ctx, case.id)


ISSUE = CaseKind(
    "press_issues.issue",
    N_("Sự việc báo nêu"),
    prefix="BN",
    read=READ,
    handle=HANDLE,
    manage=MANAGE,
    route="press_issues.issue",
    list_route="press_issues.issues",
    start="new",
    reads=_answered,
    refuses=_refused,
    states=(
        WorkflowState("new", N_("Chờ chỉ đạo"), "new", N_("Cho ý kiến chỉ đạo"), share=10),
        WorkflowState("verifying", N_("Đang xác minh, xử lý"), "doing", N_("Xác minh và ghi kết luận"), share=60),
        WorkflowState("drafting", N_("Đang soạn trả lời"), "doing", N_("Soạn trả lời báo"), share=80),
        WorkflowState("redraft", N_("Trả lại để sửa"), "back", N_("Sửa dự thảo trả lời"), share=80),
        WorkflowState("review", N_("Chờ duyệt trả lời"), "sign", N_("Duyệt trả lời báo"), share=90),
        WorkflowState("approved", N_("Đã duyệt, chờ gửi báo"), "mine", N_("Gửi trả lời cho báo")),
        WorkflowState("sent", N_("Đã trả lời báo"), "done", final=True),
        WorkflowState("published", N_("Đã công khai"), "pub", final=True),
        WorkflowState("outside", N_("Không thuộc thẩm quyền"), "stop", final=True),
        WorkflowState("joined", N_("Đã gộp vào sự việc khác"), "stop", final=True),
    ),
    transitions=(
        Transition(
            "direct", N_("Chỉ đạo xử lý"), ("new",), "verifying", permission=DIRECT, by="anybody", gives="ask",
            asks=("note", "due", "co"), needs_note=True, route=_own("direct"), icon="speakerphone", primary=True,
        ),
        Transition("conclude", N_("Ghi kết luận xác minh"), ("verifying",), "drafting", route=_own("conclude"), icon="list-check", primary=True),
        Transition("submit", N_("Trình dự thảo trả lời"), ("drafting", "redraft"), "review", gives="ask", route=_own("submit"), icon="signature", primary=True),
        Transition(
            "send_back", N_("Trả lại để sửa"), ("review",), "redraft", permission=PUBLISH, gives="previous", needs_note=True,
            returns=True, icon="arrow-back-up",
        ),
        Transition(
            "approve", N_("Duyệt trả lời"), ("review",), "approved", permission=PUBLISH, by="anybody", gives="previous",
            route=_own("approve"), icon="check", primary=True,
        ),
        Transition("send", N_("Ghi đã gửi báo"), ("approved",), "sent", gives="nobody", clock="close", route=_own("send"), icon="send", primary=True),
        Transition(
            "publish", N_("Công khai trả lời"), ("sent",), "published", permission=PUBLISH, by="anybody", gives="nobody", route=_own("publish"), icon="world",
        ),
        Transition("hand_over", N_("Chuyển người xác minh"), ("verifying",), "verifying", gives="ask", asks=("note", "co", "due"), icon="arrow-forward-up"),
        Transition(
            "refuse", N_("Không thuộc thẩm quyền"), ("new", "verifying"), "outside", permission=DIRECT, by="anybody",
            gives="nobody", needs_note=True, clock="close", icon="ban",
        ),
        Transition(
            "join", N_("Gộp vào sự việc khác"), ("new", "verifying"), "joined", by="anybody", gives="nobody", clock="close",
            route=_own("join"), icon="arrows-join",
        ),
        *(
            Transition(
                f"unjoin_{target}", N_("Bỏ gộp, tách lại"), ("joined",), target, by="anybody", gives="previous", needs_note=True, clock="reopen",
                route=_own("unjoin"), icon="arrow-back-up", quiet=target != "new",
            )
            for target in ("new", "verifying")
        ),
    ),
)  # fmt: skip
REPORT = CaseReport(
    ISSUE.key, N_("Sự việc báo nêu"), sectors=SECTORS, without=("joined",), years=True,
    sector_sql="(SELECT i.sector FROM press_issues.issue i WHERE i.tenant_id = c.tenant_id AND i.id = c.id)",
)  # fmt: skip
