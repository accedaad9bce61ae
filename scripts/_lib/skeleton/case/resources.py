"""Addresses of the module: the list, one case, the forms."""

from core.api import N_, _
from plugins.casework.api import Ask, Case, CaseAct, CaseList, CasePage, NewCase, able, case_list, masked
from plugins.skeleton import queries, services
from plugins.skeleton.kinds import DECIDE, MATTER, SOURCES
from plugins.skeleton.schemas import AnswerInput, RecordInput

MATTERS = case_list(MATTER)
LIST = CaseList(
    MATTER,
    MATTERS,
    empty=N_("Chưa có vụ việc nào"),
    new_route="skeleton.new",
    new_text=N_("Ghi vụ việc"),
)
NEW = NewCase(
    MATTER, "new", N_("Ghi vụ việc"), RecordInput, services.record,
    (
        Ask("title", N_("Trích yếu"), hint=N_("Một câu nói rõ việc gì, ở đâu")),
        Ask("text", N_("Nội dung"), "text", rows=6),
        Ask("asked_by", N_("Người đề nghị")),
        Ask("source", N_("Nguồn"), "one", offer=SOURCES),
        Ask("files", N_("Tệp đính kèm"), "files"),
    ),
)  # fmt: skip


def _written(case: Case) -> dict[str, str]:
    return {"answer": queries.matter(case.id).answer}


ANSWER = CaseAct(
    MATTER, "answer", N_("Trình dự thảo trả lời"), AnswerInput, services.answer,
    (
        Ask("answer", N_("Dự thảo trả lời"), "text", rows=10),
        Ask("person_id", N_("Người duyệt"), "select", offer=able(MATTER, DECIDE), blank=N_("Chọn người duyệt")),
    ),
    values=_written,
)  # fmt: skip


def _facts(case: Case) -> list[tuple[str, str]]:
    own = queries.matter(case.id)
    return [
        (_("Nguồn"), _(SOURCES[own.source])),
        (_("Trả lời"), masked(own.answer, known=[own.asked_by])),
    ]


PAGE = CasePage(MATTER, _facts)
