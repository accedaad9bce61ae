"""The cases of this module: their words, where they may stand, who may move them."""

from collections.abc import Sequence
from uuid import UUID

from core.api import N_, _
from plugins.casework.api import (
    Case,
    CaseKind,
    CaseReport,
    PersonalFact,
    Transition,
    WorkflowState,
    hidden_places,
    masked,
    names_in,
)
from plugins.skeleton.models import Matter

READ, HANDLE, DECIDE, MANAGE = "skeleton.read", "skeleton.handle", "skeleton.decide", "skeleton.manage"
SOURCES = {"letter": N_("Văn bản gửi đến"), "meeting": N_("Nêu tại cuộc họp"), "phone": N_("Qua điện thoại")}


def personal(case_id: UUID) -> Sequence[PersonalFact]:
    """Return what is personal of a case, in its facts and in its texts: masked until somebody says why they read it."""
    found = Matter.get_or_none(Matter.id == case_id)
    if found is None:
        return ()
    case = Case.get_by_id(case_id)
    known = [found.asked_by, *names_in(case.title, case.text, found.answer)]
    return (
        PersonalFact("asked_by", N_("Người đề nghị"), found.asked_by, "name"),
        hidden_places(known, case.text, found.answer),
    )


def drafted(case: Case, key: str) -> Sequence[tuple[str, str]]:
    """Return what the approval of a draft is about: it stands above the form, masked as on the page of the case."""
    if key not in ("approve", "send_back"):
        return ()
    own = Matter.get_by_id(case.id)
    texts = ((_("Nội dung"), case.text), (_("Dự thảo trả lời"), own.answer))
    return [(title, masked(text, known=[own.asked_by])) for title, text in texts]


MATTER = CaseKind(
    "skeleton.matter",
    N_("TÊN PHÂN HỆ"),
    prefix="CASEPREFIX",
    read=READ,
    handle=HANDLE,
    manage=MANAGE,
    route="skeleton.matter",
    list_route="skeleton.matters",
    start="new",
    personal=personal,
    reads=drafted,
    states=(
        WorkflowState("new", N_("Mới tiếp nhận"), "new", N_("Xử lý và soạn trả lời"), share=70),
        WorkflowState("redo", N_("Trả lại để sửa"), "back", N_("Sửa dự thảo trả lời"), share=80),
        WorkflowState("review", N_("Chờ duyệt trả lời"), "sign", N_("Duyệt trả lời"), share=90),
        WorkflowState("answered", N_("Đã trả lời"), "done", final=True),
        WorkflowState("outside", N_("Không thuộc thẩm quyền"), "stop", final=True),
    ),
    transitions=(
        # A `route` is a form of this module's own (resources.py); the others are asked by casework's.
        Transition(
            "answer", N_("Trình dự thảo trả lời"), ("new", "redo"), "review", gives="ask", route="skeleton.answer",
            icon="signature", primary=True,
        ),
        Transition(
            "approve", N_("Duyệt, trả lời"), ("review",), "answered", permission=DECIDE, gives="nobody", clock="close",
            icon="check", primary=True,
        ),
        Transition(
            "send_back", N_("Trả lại để sửa"), ("review",), "redo", permission=DECIDE, gives="previous", needs_note=True,
            returns=True, icon="arrow-back-up",
        ),
        Transition(
            "hand_over", N_("Chuyển người xử lý"), ("new", "redo"), "new", gives="ask", asks=("note", "co", "due"),
            icon="arrow-forward-up",
        ),
        Transition(
            "refuse", N_("Không thuộc thẩm quyền"), ("new",), "outside", permission=DECIDE, by="anybody", gives="nobody",
            needs_note=True, clock="close", icon="ban",
        ),
    ),
)  # fmt: skip
REPORT = CaseReport(
    MATTER.key, MATTER.title, sector_title=N_("Nguồn"), sectors=SOURCES,
    sector_sql="(SELECT m.source FROM skeleton.matter m WHERE m.tenant_id = c.tenant_id AND m.id = c.id)",
)  # fmt: skip
