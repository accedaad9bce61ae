"""The personal data of a case beside its details, and the question that must be answered before they are shown."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

import falcon
from marshmallow import Schema, fields

from core.api import (
    Choices,
    Crumb,
    Effect,
    Forbidden,
    FormView,
    Invalid,
    Option,
    PlanView,
    Request,
    Text,
    _,
    load,
    local_path,
    ngettext,
    page,
    redirect,
    require_access,
    url_for,
)
from plugins.casework.cases import queries, reveals
from plugins.casework.cases.personal import PersonalFact
from plugins.casework.cases.telling import shown_title
from plugins.casework.cases.views import PersonalLine, PersonalView, RevealView
from plugins.casework.models import Case
from plugins.casework.workflows.kinds import kind_of

MINUTES = int(reveals.SHOWN_FOR.total_seconds()) // 60


class RevealInput(Schema):
    """What somebody wants to read in full, and why."""

    fields_ = Choices(fields.String(), data_key="fields")
    purpose = Text(max_length=40)
    note = Text(max_length=reveals.MOST_NOTE)


class CaseReveal:
    """Asks what is to be read and why, and lets it be read for some minutes."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case = _seen(req, case_id)
        require_access(req.asker, kind_of(case.kind).handle, case)
        if reveals.personal_of(case):
            page(req, resp, "casework/case_reveal.html", _view(req, case, FormView()))
        else:
            here = url_for(req, kind_of(case.kind).route, case_id=case.id)
            redirect(resp, here, toast=_("Vụ việc này không có dữ liệu cá nhân."))

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case = _seen(req, case_id)
        try:
            said = load(RevealInput(), req.form)
            reveals.reveal(req.asker, case_id, said["fields_"], said["purpose"], said["note"])
        except Invalid as problem:
            view = _view(req, case, FormView(req.form, problem.errors))
            page(req, resp, "casework/case_reveal.html", view, status=problem.status)
        except Forbidden as refusal:
            # An error would take the line in the history back with it.
            reveals.refused(case.id)
            why = _("Người được giao xử lý loại việc này mới xem được.")
            page(
                req,
                resp,
                "casework/case_reveal.html",
                _view(req, case, FormView(), why),
                status=refusal.status,
            )
        else:
            told = ngettext(
                "Dữ liệu cá nhân hiện trong {n} phút.", "Dữ liệu cá nhân hiện trong {n} phút.", MINUTES
            )
            redirect(resp, f"{_back(req, case)}#cw-personal", toast=told)


def _back(req: Request, case: Case) -> str:
    """Return where whoever has read goes on: the page that asked for it, or that of the case."""
    here = url_for(req, kind_of(case.kind).route, case_id=case.id)
    return local_path(req.get_param("back"), here)


def personal_view(
    req: Request, case: Case, here: str = "", *, found: Sequence[PersonalFact] = ()
) -> PersonalView | None:
    """Return the personal data of a case as the reader may see them now; None when there are none.

    `here` is the page they stand on, when that is not the case's own: whoever has given a reason comes back to it.
    """
    found = found or reveals.personal_of(case)
    if not found:
        return None
    now = reveals.seeing(req.asker, case.id)
    return PersonalView(
        lines=[
            PersonalLine(_(each.label), each.masked, each.value if each.key in now.keys else "")
            for each in found
        ],
        until=now.until,
        seconds=int((now.until - datetime.now(UTC)).total_seconds()) + 1 if now.until else 0,
        reveal_url=url_for(req, "casework.case_reveal", case_id=case.id)
        + (f"?{urlencode({'back': here})}" if here else "")
        if reveals.may_reveal(req.asker, case) and len(now.keys) < len(found)
        else "",
        here=here or url_for(req, kind_of(case.kind).route, case_id=case.id),
    )


def _seen(req: Request, case_id: UUID) -> Case:
    case = queries.case(case_id)
    require_access(req.asker, kind_of(case.kind).read, case)
    return case


def _crumbs(req: Request, case: Case) -> tuple[Crumb, ...]:
    kind = kind_of(case.kind)
    here = url_for(req, kind.route, case_id=case.id)
    return (
        Crumb(_(kind.title), url_for(req, kind.list_route)),
        Crumb(case.code, here),
        Crumb(_("Dữ liệu cá nhân")),
    )


def _view(req: Request, case: Case, form: FormView, refused: str = "") -> RevealView:
    now, back = reveals.seeing(req.asker, case.id), local_path(req.get_param("back"), "")
    looked = ngettext("Hôm nay bạn đã xem {n} lần.", "Hôm nay bạn đã xem {n} lần.", now.today)
    return RevealView(
        plan=PlanView(
            title=_("Xem dữ liệu cá nhân"),
            context=f"{case.code} · {shown_title(case)}",
            effects=(
                Effect(
                    "clock",
                    _("Hiện trong {n} phút, chỉ với bạn, chỉ trên trang này; bản in vẫn che.", n=MINUTES),
                ),
                Effect("history", _("Tên bạn, giờ xem, xem gì và lý do ghi vào lịch sử của vụ việc.")),
                *([Effect("eye", looked)] if now.today else []),
            ),
            effects_title=_("Khi xem"),
            action=url_for(req, "casework.case_reveal", case_id=case.id)
            + (f"?{urlencode({'back': back})}" if back else ""),
            button=_("Xem trong {n} phút", n=MINUTES),
            back_url=_back(req, case),
            back=_("Không xem nữa"),
            reason=refused,
        ),
        form=form,
        crumbs=_crumbs(req, case),
        choices=[Option(each.key, _(each.label), each.masked) for each in reveals.personal_of(case)],
        purposes=[Option(key, _(title)) for key, title in reveals.PURPOSES.items()],
    )
