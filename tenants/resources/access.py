"""Give somebody a way in: a one-time password, or a second factor to be set up anew."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

import falcon
import structlog

from core.db import db
from core.i18n import N_, _
from core.web.components import Effect, PlanView
from core.web.errors import Forbidden
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from tenants import queries, services
from tenants.interfaces import DirectoryRefused, DirectoryUnavailable
from tenants.models import Person
from tenants.password_list import Newcomer as Listed
from tenants.password_list import first_passwords, newcomers
from tenants.resources.common import agency, authority, ids_of
from tenants.services.common import get_person
from tenants.services.passwords import why_no_factor, why_no_password
from tenants.services.posts import get_post
from tenants.sessions import sessions
from tenants.views import AccessPlanView, FirstPasswordsView, Newcomer, PasswordSheetView, PasswordSlipView

log = structlog.get_logger()

MOST_SHOWN = 200
"""How many of those who wait for a first password a plan names; the others come when these are done."""
ON_A_SHEET = 25
"""First passwords given at once: the identity provider takes a tenth of a second for each, and their reader waits."""
TROUBLES = {
    422: N_(
        "Máy chủ đăng nhập không nhận tài khoản này nên chưa có gì thay đổi. Báo đơn vị vận hành nền tảng xem trang Sức khoẻ."
    ),
    503: N_("Máy chủ đăng nhập chưa trả lời nên chưa có gì thay đổi. Thử lại sau vài phút."),
}
"""Why the identity provider did nothing, by the status that is answered."""


class PostPassword:
    """A one-time password for somebody who works in the agency, found by their post."""

    def on_get(self, req: Request, resp: falcon.Response, post_id: UUID) -> None:
        _show_plan(req, resp, self._plan(req, post_id))

    def on_post(self, req: Request, resp: falcon.Response, post_id: UUID) -> None:
        _issue(req, resp, get_post(post_id).person_id, lambda: self._plan(req, post_id))

    @staticmethod
    def _plan(req: Request, post_id: UUID) -> AccessPlanView:
        person = get_person(get_post(post_id).person_id)
        return AccessPlanView(
            kind="again" if person.password_at else "first",
            person=person.full_name,
            username=person.username,
            action=url_for(req, "tenants.post_password", post_id=post_id),
            back_url=url_for(req, "tenants.people"),
            list_title=_("Con người và vai trò"),
            blocker=why_no_password(authority(req), person),
        )


class FirstPasswords:
    """First passwords for those who have had none: whom is ticked in the plan, as many as a sheet takes."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp)

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        sent = req.form.get("id", ())
        chosen = ids_of([sent] if isinstance(sent, str) else sent)
        if not chosen:
            self._show(req, resp, 422, _("Chọn ít nhất một người."), chosen)
            return
        units = {each.person.id: each.unit for each in newcomers(tenant_id=agency(req).id)}
        sheet = first_passwords(authority(req), chosen[:ON_A_SHEET])
        if not sheet.given:
            status = 503 if sheet.left else 422 if sheet.refused else 200
            self._show(req, resp, status, _(TROUBLES[status]) if status in TROUBLES else "", chosen)
            return
        list_url = url_for(req, "tenants.people")
        view = PasswordSheetView(
            slips=tuple(
                PasswordSlipView(
                    person=person.full_name, username=person.username, password=password, address=sessions().address,
                    unit=units.get(person.id, ""), back_url=list_url, list_title="",
                )
                for person, password in sorted(sheet.given, key=lambda pair: chosen.index(pair[0].id))
            ),
            known=sheet.known,
            refused=sheet.refused,
            left=sheet.left,
            more_url=url_for(req, "tenants.first_passwords") if queries.has_newcomers(req.asker.person.id) else "",
            back_url=list_url,
        )  # fmt: skip
        resp.set_header("Cache-Control", "no-store")
        page(req, resp, "tenants/password_sheet.html", view)

    @staticmethod
    def _show(
        req: Request,
        resp: falcon.Response,
        status: int = 200,
        trouble: str = "",
        chosen: Sequence[UUID] | None = None,
    ) -> None:
        waiting = newcomers(tenant_id=agency(req).id)
        by = authority(req)
        told = [(each, why_no_password(by, each.person)) for each in waiting[:MOST_SHOWN]]
        given = [each for each, why in told if not why]
        if not told or (chosen and not {each.person.id for each, _why in told}.intersection(chosen)):
            if chosen:
                text = _("Những người này đã được cấp mật khẩu. Tờ phiếu chỉ hiện một lần vì không nơi nào lưu mật khẩu; lỡ mất thì đặt lại mật khẩu của từng người.")  # fmt: skip
            else:
                text = _("Không còn ai thiếu mật khẩu. Lỡ mất phiếu thì đặt lại mật khẩu của từng người.")
            redirect(resp, url_for(req, "tenants.people"), toast=text)
            return
        effects = [
            Effect(icon="key", text=_("Mật khẩu dùng một lần của những người này hiện ra một lần duy nhất, thành phiếu để in.")),
            Effect(icon="lock", text=_("Mỗi người phải đặt mật khẩu riêng ngay khi đăng nhập lần đầu.")),
            Effect(icon="history", text=_("Nhật ký ghi ai làm, cho ai, lúc nào; không ghi mật khẩu.")),
        ]  # fmt: skip
        if len(waiting) > ON_A_SHEET:
            text = _("Có {n} người đang chờ, mỗi tờ nhiều nhất {most} phiếu: số còn lại ở tờ sau.", n=len(waiting), most=ON_A_SHEET)  # fmt: skip
            effects.append(Effect(icon="files", text=text))
        plan = PlanView(
            title=_("Cấp mật khẩu lần đầu"),
            effects=effects,
            action=url_for(req, "tenants.first_passwords"),
            button=_("Cấp mật khẩu lần đầu"),
            back_url=url_for(req, "tenants.people"),
            back=_("Để sau"),
            reason="" if given else _("Không có ai để cấp"),
            effects_title=_("Khi cấp"),
        )
        view = FirstPasswordsView(
            plan=plan,
            list_url=plan.back_url,
            given=tuple(
                _listed(each, is_chosen=place < ON_A_SHEET if chosen is None else each.person.id in chosen)
                for place, each in enumerate(given)
            ),
            left_out=tuple(_listed(each, why) for each, why in told if why),
            trouble=trouble,
        )
        page(req, resp, "tenants/first_passwords.html", view, status=status)


def _listed(of: Listed, why_not: str = "", *, is_chosen: bool = False) -> Newcomer:
    person = of.person
    return Newcomer(
        id=str(person.id), name=person.full_name, username=person.username, unit=of.unit, why_not=why_not, is_chosen=is_chosen
    )  # fmt: skip


class PersonPassword:
    """A one-time password for anybody, given by an operator."""

    def on_get(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        _show_plan(req, resp, self._plan(req, person_id))

    def on_post(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        _issue(req, resp, person_id, lambda: self._plan(req, person_id))

    @staticmethod
    def _plan(req: Request, person_id: UUID) -> AccessPlanView:
        person = get_person(person_id)
        return AccessPlanView(
            kind="again" if person.password_at else "first",
            person=person.full_name,
            username=person.username,
            action=url_for(req, "tenants.person_password", person_id=person_id),
            back_url=url_for(req, "tenants.person", person_id=person_id),
            list_title=person.full_name,
            blocker=why_no_password(authority(req), person),
        )


class PersonFactor:
    """A second factor to be set up anew, by an operator's leave."""

    def on_get(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        _show_plan(req, resp, self._plan(req, get_person(person_id)))

    def on_post(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        person = get_person(person_id)
        refusal = _attempt(lambda: services.remove_second_factor(authority(req), person_id))
        if refusal:
            _show_plan(req, resp, self._plan(req, person), refusal)
            return
        toast = _("{name} thiết lập lại lớp xác thực thứ hai ở lần đăng nhập kế tiếp.", name=person.full_name)
        redirect(resp, url_for(req, "tenants.person", person_id=person_id), toast=toast)

    @staticmethod
    def _plan(req: Request, person: Person) -> AccessPlanView:
        return AccessPlanView(
            kind="factor",
            person=person.full_name,
            username=person.username,
            action=url_for(req, "tenants.person_factor", person_id=person.id),
            back_url=url_for(req, "tenants.person", person_id=person.id),
            list_title=person.full_name,
            blocker=why_no_factor(authority(req), person),
        )


def _issue(
    req: Request, resp: falcon.Response, person_id: UUID, plan_of: Callable[[], AccessPlanView]
) -> None:
    """Answer with the password itself: an address, a cookie or a second page would keep it somewhere."""
    made: list[str] = []
    refusal = _attempt(lambda: made.append(services.issue_password(authority(req), person_id)))
    plan = plan_of()
    if refusal:
        _show_plan(req, resp, plan, refusal)
        return
    view = PasswordSlipView(
        person=plan.person,
        username=plan.username,
        password=made[0],
        address=sessions().address,
        back_url=plan.back_url,
        list_title=plan.list_title,
    )
    resp.set_header("Cache-Control", "no-store")
    page(req, resp, "tenants/password_slip.html", view)


def _attempt(command: Callable[[], object]) -> tuple[int, str] | None:
    """Do it, or return status and words for why nothing was done."""
    try:
        # The request goes on to show the plan again and is committed, so the command needs a savepoint.
        with db.atomic():
            command()
    except Forbidden as error:
        return 403, error.detail
    except DirectoryUnavailable as error:
        log.warning("access.directory_unavailable", error=str(error))
        return 503, _(TROUBLES[503])
    except DirectoryRefused as error:
        log.warning("access.directory_refused", error=str(error))
        return 422, _(TROUBLES[422])
    return None


def _show_plan(
    req: Request, resp: falcon.Response, plan: AccessPlanView, refusal: tuple[int, str] | None = None
) -> None:
    status, trouble = refusal or (200, "")
    if trouble and trouble != plan.blocker:
        plan = replace(plan, trouble=trouble)
    page(req, resp, "tenants/access_plan.html", plan, status=status)
