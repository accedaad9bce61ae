"""Where a person gets mails: set by an administrator of their agency, or by an operator."""

from uuid import UUID

import falcon

from core.i18n import _
from core.web.components import FormView
from core.web.forms import load
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from tenants import services
from tenants.models import Person
from tenants.resources.common import Refusal, attempt, authority, form_again, version_of
from tenants.schemas import MailSchema
from tenants.services.common import get_person
from tenants.services.posts import get_post
from tenants.services.reach import why_not_the_way_in
from tenants.views import MailFormView


class PostMail:
    """The address of somebody who works in the agency, found by their post."""

    def on_get(self, req: Request, resp: falcon.Response, post_id: UUID) -> None:
        _show(req, resp, get_person(get_post(post_id).person_id), *self._ways(req, post_id))

    def on_post(self, req: Request, resp: falcon.Response, post_id: UUID) -> None:
        _change(req, resp, get_person(get_post(post_id).person_id), *self._ways(req, post_id))

    @staticmethod
    def _ways(req: Request, post_id: UUID) -> tuple[str, str, str]:
        post = url_for(req, "tenants.post", post_id=post_id)
        return url_for(req, "tenants.post_mail", post_id=post_id), post, _("Vị trí công tác")


class PersonMail:
    """The address of anybody, set by an operator."""

    def on_get(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        person = get_person(person_id)
        _show(req, resp, person, *self._ways(req, person))

    def on_post(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        person = get_person(person_id)
        _change(req, resp, person, *self._ways(req, person))

    @staticmethod
    def _ways(req: Request, person: Person) -> tuple[str, str, str]:
        own = url_for(req, "tenants.person", person_id=person.id)
        return url_for(req, "tenants.person_mail", person_id=person.id), own, person.full_name


def _change(
    req: Request, resp: falcon.Response, person: Person, action: str, back_url: str, title: str
) -> None:
    refusal = attempt(
        lambda: services.change_mail(
            authority(req), person.id, version_of(req), **load(MailSchema(), _address(req))
        )
    )
    if refusal:
        _show(req, resp, person, action, back_url, title, refusal)
        return
    redirect(resp, back_url, toast=_("Đã lưu địa chỉ thư của {name}.", name=person.full_name))


def _address(req: Request) -> dict[str, str]:
    return {"email": str(req.form.get("email", ""))}


def _show(
    req: Request,
    resp: falcon.Response,
    person: Person,
    action: str,
    back_url: str,
    title: str,
    refusal: Refusal | None = None,
) -> None:
    blocker = why_not_the_way_in(authority(req), person)
    values = {"email": person.email, "version": str(person.version)}
    view = MailFormView(
        form=form_again(req, refusal) if refusal else FormView({} if blocker else values),
        person=person.full_name,
        username=person.username,
        action=action,
        back_url=back_url,
        list_title=title,
        blocker=blocker,
        changed=refusal is not None and refusal.stored is not None,
    )
    page(req, resp, "tenants/mail_form.html", view, status=refusal.status if refusal else 200)
