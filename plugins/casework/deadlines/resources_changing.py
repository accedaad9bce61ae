"""The form that changes the deadline of a case by hand: more time, standing still, going on, beginning anew."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

import falcon

from core.api import (
    N_,
    Conflict,
    Crumb,
    FormView,
    Invalid,
    NotFound,
    Request,
    _,
    load,
    page,
    redirect,
    url_for,
)
from plugins.casework.cases import queries as case_queries
from plugins.casework.cases.pages import overtaken
from plugins.casework.cases.queries import whole_clock
from plugins.casework.cases.telling import shown_title
from plugins.casework.deadlines.changing import Act, change_deadline, needed_for, require_keeper, wrong_in
from plugins.casework.legs.resources import UNITS
from plugins.casework.legs.schemas import DeadlineInput
from plugins.casework.legs.views import LegActView
from plugins.casework.models import Case
from plugins.casework.workflows.kinds import kind_of
from plugins.drafts.api import draft_view, forget, resume
from plugins.pages.api import DraftView, FormPage


@dataclass(frozen=True, slots=True)
class Words:
    """What the form of an act says: its title, what follows, and what is told when it was done."""

    title: str
    follows: str
    toast: str


ACTS: dict[str, Words] = {
    "extend": Words(N_("Gia hạn"), N_("Hạn hiện nay dời đi; hạn gốc và căn cứ vẫn giữ trong giải thích."), N_("Đã gia hạn.")),
    "pause": Words(N_("Tạm dừng thời hạn"), N_("Vụ việc không quá hạn trong lúc tạm dừng; phần đã dùng vẫn tính."), N_("Đã tạm dừng thời hạn.")),
    "resume": Words(N_("Cho chạy tiếp thời hạn"), N_("Chạy tiếp từ bây giờ với phần thời gian còn lại."), N_("Thời hạn chạy tiếp.")),
    "restart": Words(N_("Tính lại từ đầu"), N_("Thời hạn tính lại đủ từ bây giờ; hạn gốc vẫn giữ."), N_("Đã tính lại thời hạn từ đầu.")),
}  # fmt: skip


def _draft(case: Case, act: str) -> str:
    return f"casework.case_deadline.{act}.{case.id}"


class CaseDeadline:
    """The deadline of a case, for who manages its kind."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID, act: str) -> None:
        case = self._case(req, case_id, act)
        form, draft = resume(req, _draft(case, act), {"version": str(case.version)})
        page(req, resp, "casework/leg_act.html", self._view(req, case, act, form, draft))

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID, act: str) -> None:
        case = self._case(req, case_id, act)
        try:
            change_deadline(req.asker, case_id, cast(Act, act), **load(DeadlineInput(), req.form))
        except Invalid as problem:
            draft = draft_view(req, _draft(case, act))
            errors = wrong_in(req.form, needed_for(act), problem.errors)
            view = self._view(req, case, act, FormView(req.form, errors), draft)
            page(req, resp, "casework/leg_act.html", view, status=problem.status)
        except Conflict:
            now = case_queries.case(case_id)
            form = FormView({**req.form, "version": str(now.version)}, {"": [overtaken(req.asker, now)]})
            view = self._view(req, now, act, form, draft_view(req, _draft(case, act)))
            page(req, resp, "casework/leg_act.html", view, status=409)
        else:
            forget(req, _draft(case, act))
            redirect(resp, url_for(req, kind_of(case.kind).route, case_id=case_id), toast=_(ACTS[act].toast))

    @staticmethod
    def _case(req: Request, case_id: UUID, act: str) -> Case:
        case = case_queries.case(case_id)
        if act not in ACTS:
            raise NotFound
        require_keeper(req.asker, case)
        return case

    @staticmethod
    def _view(req: Request, case: Case, act: str, form: FormView, draft: DraftView) -> LegActView:
        words, clock = ACTS[act], whole_clock(case.id)
        here = url_for(req, kind_of(case.kind).route, case_id=case.id)
        return LegActView(
            page=FormPage(
                title=f"{_(words.title)}: {shown_title(case)}", form=form, draft=draft, button=_(words.title), back_url=here, back=_("Chưa làm bước này"),
                action=url_for(req, "casework.case_deadline", case_id=case.id, act=act), crumbs=(Crumb(case.code, here), Crumb(_(words.title))),
                titles={"amount": _("Gia hạn thêm"), "ground": _("Căn cứ"), "document": _("Văn bản cho phép")}, hidden=("version",),
            ),
            asks=frozenset({"ground", "document"} | ({"amount"} if act == "extend" else set())),
            label="",
            hint=_(UNITS[clock.budget_unit]) if clock else "",
            follows=(_(words.follows),),
        )  # fmt: skip
