"""Pages of việc được giao: the list, a new one, one of them."""

from uuid import UUID

import falcon

from core.api import (
    N_,
    Crumb,
    DraftView,
    FormPage,
    FormView,
    Invalid,
    Request,
    _,
    load,
    new_id,
    page,
    redirect,
    url_for,
)
from plugins.casework.case_lists import CaseList, case_list
from plugins.casework.case_pages import case_view, open_page
from plugins.casework.case_schemas import TaskInput
from plugins.casework.case_views import TaskFormView
from plugins.casework.resources_cases import people_options
from plugins.casework.task_services import open_task
from plugins.casework.tasks import TASK
from plugins.drafts.api import draft_view, forget, resume
from plugins.files.api import sent_files, upload_url

NEW_DRAFT = "casework.task_new"
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


class NewTask:
    """The form that gives something to somebody."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        page(req, resp, "casework/task_form.html", _form(req, *resume(req, NEW_DRAFT, {"id": str(new_id())})))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            case = open_task(req.asker, load(TaskInput(), req.form), sent_files(req, "files"))
        except Invalid as problem:
            view = _form(req, FormView(req.form, problem.errors), draft_view(req, NEW_DRAFT))
            page(req, resp, "casework/task_form.html", view, status=problem.status)
        else:
            forget(req.asker, NEW_DRAFT)
            redirect(
                resp,
                url_for(req, TASK.route, case_id=case.id),
                toast=_("Đã giao việc {code}.", code=case.code),
            )


def _form(req: Request, form: FormView, draft: DraftView) -> TaskFormView:
    return TaskFormView(
        page=FormPage(
            title=_("Giao việc"), form=form, draft=draft, action=url_for(req, "casework.task_new"), button=_("Giao việc"),
            back_url=url_for(req, TASK.list_route), back=_("Không giao nữa"), hidden=("id",),
            crumbs=(Crumb(_(TASK.title), url_for(req, TASK.list_route)), Crumb(_("Giao việc"))),
            titles={"title": _("Việc cần làm"), "text": _("Yêu cầu"), "person_id": _("Giao cho"), "due": _("Hạn"), "files": _("Tệp đính kèm")},
        ),
        people=people_options(TASK, but=req.asker.person.id),
        upload_url=upload_url(req),
        is_new=True,
    )  # fmt: skip
