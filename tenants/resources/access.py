"""Give somebody a way in: a one-time password, or a second factor to be set up anew."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import falcon
import structlog

from core.db import db
from core.i18n import _
from core.web.errors import Forbidden
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from tenants import services
from tenants.interfaces import DirectoryRefused, DirectoryUnavailable
from tenants.models import Person
from tenants.resources.common import authority
from tenants.services.passwords import why_no_factor, why_no_password
from tenants.services.people import get_person
from tenants.services.posts import get_post
from tenants.sessions import sessions
from tenants.views import AccessPlanView, PasswordSlipView

log = structlog.get_logger()


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
        return 503, _("Máy chủ đăng nhập chưa trả lời nên chưa có gì thay đổi. Thử lại sau vài phút.")
    except DirectoryRefused as error:
        log.warning("access.directory_refused", error=str(error))
        return 422, _(
            "Máy chủ đăng nhập không nhận tài khoản này nên chưa có gì thay đổi. Báo đơn vị vận hành nền tảng xem trang Sức khoẻ."
        )
    return None


def _show_plan(
    req: Request, resp: falcon.Response, plan: AccessPlanView, refusal: tuple[int, str] | None = None
) -> None:
    status, trouble = refusal or (200, "")
    if trouble and trouble != plan.blocker:
        plan = replace(plan, trouble=trouble)
    page(req, resp, "tenants/access_plan.html", plan, status=status)
