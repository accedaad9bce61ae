"""People as operators see them: where they work and are signed in, and the ways to lock them out."""

from uuid import UUID

import falcon

from core.dispatcher import dispatcher
from core.i18n import _, ngettext
from core.web.errors import Forbidden
from core.web.paging import page_of, pager, read_cursor
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from core.web.shell import initials
from tenants import console_queries, services
from tenants.console_views import PeopleSearchView, PersonLine, PersonPost, PersonView, SessionRow
from tenants.services.common import get_person
from tenants.sessions import sessions


class PeopleSearch:
    """Find a person by name or user name."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        search = (req.get_param("q") or "").strip()
        cursor = read_cursor(req, str, UUID)
        people = console_queries.find_people(search, cursor)
        shown = page_of(people, lambda found: (found.sort_key, found.id), cursor=cursor)
        rows = tuple(
            PersonLine(
                initials=initials(found.full_name),
                name=found.full_name,
                username=found.username,
                url=url_for(req, "tenants.person", person_id=found.id),
                posts=found.posts,
                disabled=found.disabled,
                operator=found.is_operator,
            )
            for found in shown.rows
        )
        view = PeopleSearchView(search=search, rows=rows, pager=pager(req, shown))
        page(req, resp, "tenants/console/people.html", view)


class PersonOverview:
    """One person's posts and sessions; ends sessions, locks and opens the account."""

    def on_get(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        person = get_person(person_id)
        itself = req.ctx is not None and req.ctx.person.id == person_id
        disabled = person.disabled_at is not None
        view = PersonView(
            name=person.full_name,
            username=person.username,
            email=person.email,
            disabled_at=person.disabled_at,
            operator=person.is_operator,
            posts=tuple(
                PersonPost(
                    agency=post.agency, unit=post.unit, position=post.position, roles=", ".join(map(_role_title, post.roles)),
                    valid_from=post.valid_from, valid_to=post.valid_to,
                )
                for post in console_queries.posts_of([person_id])
            ),
            sessions=tuple(
                SessionRow(device=each.device, address=each.address, started_at=each.started_at, seen_at=each.seen_at)
                for each in sessions().of_person(person_id)
            ),
            list_url=url_for(req, "tenants.people_search"),
            end_sessions_action=url_for(req, "tenants.person_sessions", person_id=person_id),
            disable_action="" if disabled or itself else url_for(req, "tenants.person_disable", person_id=person_id),
            restore_action=url_for(req, "tenants.person_restore", person_id=person_id) if disabled else "",
            password_url="" if disabled or itself else url_for(req, "tenants.person_password", person_id=person_id),
            passwordless=person.password_at is None,
            mail_url=url_for(req, "tenants.person_mail", person_id=person_id),
            factor_url="" if disabled or itself else url_for(req, "tenants.person_factor", person_id=person_id),
            itself=itself,
        )  # fmt: skip
        page(req, resp, "tenants/console/person.html", view)

    def on_post_sessions(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        person = get_person(person_id)
        ended = sessions().end_all(person.id)
        self._back(req, resp, person_id, ngettext("Đã ngắt {n} phiên.", "Đã ngắt {n} phiên.", ended))

    def on_post_disable(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        if req.ctx is not None and req.ctx.person.id == person_id:
            raise Forbidden(_("Bạn không tự khoá tài khoản của mình được."))
        services.disable_person(person_id)  # whoever keeps the sessions hears of it and ends them
        self._back(req, resp, person_id, _("Đã khoá tài khoản và ngắt mọi phiên."))

    def on_post_restore(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        services.restore_person(person_id)
        self._back(req, resp, person_id, _("Đã mở lại tài khoản."))

    @staticmethod
    def _back(req: Request, resp: falcon.Response, person_id: UUID, toast: str) -> None:
        redirect(resp, url_for(req, "tenants.person", person_id=person_id), toast=toast)


def _role_title(key: str) -> str:
    role = dispatcher().catalogue.roles.get(key)
    return _(role.title) if role else key
