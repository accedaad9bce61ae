"""Pages of việc được giao: the list, a new one, one of them."""

from collections.abc import Sequence
from uuid import UUID

import falcon

from core.api import N_, Option, Request, current_actor, page
from plugins.casework.cases.forms import Ask, NewCase
from plugins.casework.cases.lists import CaseList, case_list
from plugins.casework.cases.pages import case_view, open_page
from plugins.casework.cases.resources import people_options
from plugins.casework.cases.schemas import TaskInput
from plugins.casework.tasks.kind import TASK
from plugins.casework.tasks.services import open_task

TASKS = case_list(TASK)
LIST = CaseList(
    TASK,
    TASKS,
    empty=N_("Chưa có việc nào được giao"),
    new_route="casework.task_new",
    new_text=N_("Giao việc"),
)


class OneTask:
    """One of them."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case = open_page(req, case_id, TASK)
        page(req, resp, "casework/case.html", case_view(req, case, TASK))


def _others() -> Sequence[Option]:
    return people_options(TASK, but=current_actor().person_id)


NEW = NewCase(
    TASK, "task_new", N_("Giao việc"), TaskInput, open_task,
    (
        Ask("title", N_("Việc cần làm"), hint=N_("Một câu bắt đầu bằng động từ: Rà soát danh sách hộ nghèo")),
        Ask("text", N_("Yêu cầu, kết quả mong đợi"), "text", rows=5),
        Ask("person_id", N_("Giao cho"), "select", offer=_others, blank=N_("Tôi tự làm")),
        Ask("due", N_("Hạn"), "date", hint=N_("Hết giờ làm việc của ngày này; để trống nếu không tính hạn")),
        Ask("restricted", N_("Chỉ người liên quan thấy việc này"), "check"),
        Ask("files", N_("Tệp đính kèm"), "files"),
    ),
)  # fmt: skip
