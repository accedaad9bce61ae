"""Give somebody a way in: a one-time password, or a second factor to be set up anew."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import falcon
import structlog

from core.db import db
from core.i18n import N_, _, format_datetime
from core.web.components import Effect, PlanView
from core.web.errors import Forbidden
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from tenants import queries, services
from tenants.console_queries import posts_of
from tenants.interfaces import DirectoryRefused, DirectoryUnavailable
from tenants.models import Person
from tenants.password_list import Newcomer as Listed
from tenants.password_list import first_passwords, newcomers
from tenants.resources.common import agency, authority
from tenants.services.common import get_person
from tenants.services.passwords import why_no_factor, why_no_password
from tenants.services.posts import get_post
from tenants.services.units import get_unit
from tenants.sessions import sessions
from tenants.views import AccessPlanView, FirstPasswordsView, Newcomer, PasswordSheetView, PasswordSlipView

log = structlog.get_logger()

MOST_SHOWN = 200
"""How many of those who wait for a first password a plan names; the others come when these are done."""
ON_A_SHEET = 25
"""First passwords given at once: the identity provider takes a tenth of a second for each, and their reader waits."""
WITHIN = 10.0
"""Seconds in which the last turn begins: a button is locked for fifteen, and pressed again it would lose the sheet."""
A_FEW = 20
"""So many of those who wait are looked at for whether any is within the reader's reach."""
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
        post = get_post(post_id)
        person = get_person(post.person_id)
        return AccessPlanView(
            kind="again" if person.password_at else "first",
            person=person.full_name,
            username=person.username,
            action=url_for(req, "tenants.post_password", post_id=post_id),
            back_url=url_for(req, "tenants.people"),
            list_title=_("Con người và vai trò"),
            unit=get_unit(post.unit_id).name,
            blocker=why_no_password(authority(req), person),
        )


class FirstPasswords:
    """First passwords for those who have used none: whom is ticked in the plan, as many as a sheet takes."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp)

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        sent = req.form.get("id", ())
        chosen = _marked([sent] if isinstance(sent, str) else sent)
        if not chosen:
            self._show(req, resp, 422, _("Chọn ít nhất một người."), chosen)
            return
        units = {each.person.id: each.unit for each in newcomers(tenant_id=agency(req).id, unused=True)}
        by, order = authority(req), list(chosen)
        sheet = first_passwords(by, {key: chosen[key] for key in order[:ON_A_SHEET]}, within=WITHIN)
        if not sheet.given:
            status = 503 if sheet.left or sheet.late else 422 if sheet.refused else 200
            self._show(req, resp, status, _(TROUBLES[status]) if status in TROUBLES else "", chosen)
            return
        list_url = url_for(req, "tenants.people")
        view = PasswordSheetView(
            slips=tuple(
                PasswordSlipView(
                    person=person.full_name, username=person.username, password=password, address=sessions().address,
                    unit=units.get(person.id, ""), back_url=list_url, list_title="",
                )
                for person, password in sorted(sheet.given, key=lambda pair: order.index(pair[0].id))
            ),
            known=sheet.known,
            refused=sheet.refused,
            left=sheet.left,
            late=sheet.late,
            more_url=url_for(req, "tenants.first_passwords")
            if any(not why_no_password(by, each.person) for each in newcomers(tenant_id=agency(req).id))
            else "",
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
        chosen: Mapping[UUID, datetime | None] | None = None,
    ) -> None:
        waiting = newcomers(tenant_id=agency(req).id, unused=True)
        by = authority(req)
        told = [(each, why_no_password(by, each.person)) for each in waiting[:MOST_SHOWN]]
        given = [each for each, why in told if not why and each.person.password_at is None]
        again = [each for each, why in told if not why and each.person.password_at]
        marks = {each.person.id: each.person.password_at for each, _why in told}
        if not told or (chosen and not marks.items() & chosen.items()):
            if chosen:
                text = _("Những người này đã được cấp mật khẩu. Tờ phiếu chỉ hiện một lần vì không nơi nào lưu mật khẩu; lỡ mất thì cấp lại cho ai chưa dùng.")  # fmt: skip
            else:
                text = _("Ai cũng đã đăng nhập rồi. Ai quên mật khẩu thì đặt lại cho từng người.")
            redirect(resp, url_for(req, "tenants.people"), toast=text)
            return
        effects = [
            Effect(icon="key", text=_("Mật khẩu dùng một lần của những người này hiện ra một lần duy nhất, thành phiếu để in.")),
            Effect(icon="lock", text=_("Mỗi người phải đặt mật khẩu riêng ngay khi đăng nhập lần đầu.")),
            Effect(icon="history", text=_("Nhật ký ghi ai làm, cho ai, lúc nào; không ghi mật khẩu.")),
        ]  # fmt: skip
        if len(given) + len(again) > ON_A_SHEET:
            text = _(
                "Mỗi tờ nhiều nhất {most} phiếu; ai được chọn mà chưa tới lượt thì ở tờ sau.", most=ON_A_SHEET
            )
            effects.append(Effect(icon="files", text=text))
        all_again = chosen is None and req.get_param("again") == "1"
        plan = PlanView(
            title=_("Cấp mật khẩu lần đầu"),
            effects=effects,
            action=url_for(req, "tenants.first_passwords"),
            button=_("Cấp mật khẩu lần đầu"),
            back_url=url_for(req, "tenants.people"),
            back=_("Để sau"),
            reason="" if given or again else _("Không có ai để cấp"),
            effects_title=_("Khi cấp"),
        )
        view = FirstPasswordsView(
            plan=plan,
            list_url=plan.back_url,
            given=tuple(
                _listed(each, is_chosen=_is_ticked(place, each, chosen, not all_again))
                for place, each in enumerate(given)
            ),
            again=tuple(
                _listed(each, is_chosen=_is_ticked(place, each, chosen, all_again))
                for place, each in enumerate(again)
            ),
            again_url="" if all_again else f"{plan.action}?again=1",
            most=ON_A_SHEET,
            left_out=tuple(_listed(each, why) for each, why in told if why),
            trouble=trouble,
        )
        page(req, resp, "tenants/first_passwords.html", view, status=status)


def _is_ticked(place: int, each: Listed, chosen: Mapping[UUID, Any] | None, these: bool) -> bool:
    """Tell what a form shows: what was sent, or of the group that is meant as many as a sheet takes."""
    return each.person.id in chosen if chosen is not None else these and place < ON_A_SHEET


def _listed(of: Listed, why_not: str = "", *, is_chosen: bool = False) -> Newcomer:
    person, at = of.person, of.person.password_at
    return Newcomer(
        id=f"{person.id} {at.isoformat()}" if at else str(person.id), name=person.full_name, username=person.username,
        unit=of.unit, why_not=why_not, is_chosen=is_chosen, since=format_datetime(at) if at else "",
    )  # fmt: skip


def _marked(texts: Sequence[str]) -> dict[UUID, datetime | None]:
    """Return who was ticked, each with when the password to be replaced was given; nonsense chooses nobody."""
    found: dict[UUID, datetime | None] = {}
    for text in texts:
        key, _space, at = text.partition(" ")
        with suppress(ValueError):
            found[UUID(key)] = datetime.fromisoformat(at) if at else None
    return found


def first_passwords_url(req: Request) -> str:
    """Return where those who have used no password are given one; empty when the reader may give nobody any."""
    found, by = queries.newcomers_here(A_FEW + 1), authority(req)
    some = len(found) > A_FEW or any(not why_no_password(by, each) for each in found)
    return url_for(req, "tenants.first_passwords") if some else ""


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
            unit="; ".join(f"{post.unit}, {post.agency}" for post in posts_of([person_id])),
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
        unit=plan.unit,
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
