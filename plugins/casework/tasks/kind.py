"""Việc được giao: what somebody in the agency asks somebody else to do, the simplest kind of case."""

from core.api import N_
from plugins.casework.workflows.definition import CaseKind, Transition, WorkflowState

HANDLE, MANAGE = "casework.handle_tasks", "casework.manage_tasks"
ANYWHERE = ("new", "doing", "back", "review")

TASK = CaseKind(
    "casework.task",
    N_("Việc được giao"),
    prefix="VG",
    read=HANDLE,
    handle=HANDLE,
    manage=MANAGE,
    route="casework.task",
    list_route="casework.tasks",
    start="new",
    opener_names_day=True,
    states=(
        WorkflowState("new", N_("Chờ xử lý"), "new", N_("Xem và bắt đầu xử lý")),
        WorkflowState("doing", N_("Đang xử lý"), "doing", N_("Xử lý và báo cáo kết quả")),
        WorkflowState("review", N_("Chờ duyệt kết quả"), "sign", N_("Duyệt kết quả")),
        WorkflowState("back", N_("Trả lại để làm tiếp"), "back", N_("Làm tiếp theo góp ý")),
        WorkflowState("done", N_("Đã xong"), "done", final=True),
        WorkflowState("stopped", N_("Dừng xử lý"), "stop", final=True),
    ),
    transitions=(
        Transition("start", N_("Bắt đầu xử lý"), ("new",), "doing", asks=(), icon="player-play", primary=True),
        Transition(
            "report", N_("Báo cáo kết quả"), ("new", "doing", "back"), "review", gives="opener", needs_note=True,
            icon="send", primary=True,
        ),
        Transition(
            "approve", N_("Duyệt, kết thúc"), ("review",), "done", gives="nobody", clock="close", icon="check", primary=True
        ),
        Transition(
            "send_back", N_("Trả lại"), ("review",), "back", gives="previous", needs_note=True, returns=True,
            icon="arrow-back-up",
        ),
        Transition(
            "hand_over", N_("Chuyển người khác"), ("new", "doing", "back"), "new", gives="ask", asks=("note", "co", "due"),
            icon="arrow-forward-up",
        ),
        Transition(
            "stop", N_("Dừng xử lý"), ANYWHERE, "stopped", permission=MANAGE, by="anybody", gives="nobody", needs_note=True,
            clock="close", icon="player-stop",
        ),
    ),
)  # fmt: skip
