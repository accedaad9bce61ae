"""Addresses where an agency says of its leaders who they are and what they answer for."""

from uuid import UUID

import falcon

from core.api import (
    Conflict,
    ConflictView,
    FormView,
    Invalid,
    NotFound,
    Request,
    _,
    load,
    merge,
    page,
    redirect,
    url_for,
)
from plugins.websites import leader_services, public_queries, site_queries
from plugins.websites.models import Leader
from plugins.websites.pages import site_tabs
from plugins.websites.public_queries import PublicPerson
from plugins.websites.schemas import LeaderInput
from plugins.websites.views import LeadersView, LeaderView, SiteLine


class Leaders:
    """Who leads the agency, as the registry has it."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        said = site_queries.said_of_leaders()
        rows = tuple(
            SiteLine(
                title=each.name,
                detail=f"{each.position} · {each.unit}",
                depth=0,
                url=url_for(req, "websites.leader", person_id=each.id),
                done=each.id in said,
            )
            for each in public_queries.leaders()
        )
        view = LeadersView(
            rows=rows, tabs=site_tabs(req, "leaders"), list_url=url_for(req, "websites.articles")
        )
        page(req, resp, "websites/staff_leaders.html", view)


class OneLeader:
    """A short biography and the duties of one leader."""

    def on_get(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        person = _leader(person_id)
        self._show(req, resp, person, FormView(_stored(site_queries.said_of(person_id))))

    def on_post(self, req: Request, resp: falcon.Response, person_id: UUID) -> None:
        person = _leader(person_id)
        try:
            leader_services.describe_leader(req.asker, person, **load(LeaderInput(), req.form))
        except Invalid as problem:
            said = site_queries.said_of(person_id)
            form, told = _merged(req, FormView(req.form, problem.errors), said)
            self._show(req, resp, person, form, conflict=told, status=problem.status)
        except Conflict as conflict:
            form, told = _merged(req, FormView(req.form), conflict.current)
            self._show(req, resp, person, form, conflict=told, status=409)
        else:
            redirect(resp, url_for(req, "websites.leaders"), toast=_("Đã lưu phần giới thiệu lãnh đạo."))

    def _show(
        self,
        req: Request,
        resp: falcon.Response,
        person: PublicPerson,
        form: FormView,
        *,
        conflict: ConflictView | None = None,
        status: int = 200,
    ) -> None:
        view = LeaderView(
            form=form,
            name=person.name,
            position=person.position,
            action=url_for(req, "websites.leader", person_id=person.id),
            back_url=url_for(req, "websites.leaders"),
            list_url=url_for(req, "websites.articles"),
            conflict=conflict,
        )
        page(req, resp, "websites/staff_leader.html", view, status=status)


def _leader(person_id: UUID) -> PublicPerson:
    found = next((each for each in public_queries.leaders() if each.id == person_id), None)
    if found is None:
        raise NotFound
    return found


def _merged(req: Request, form: FormView, leader: Leader | None) -> tuple[FormView, ConflictView | None]:
    if leader is None:
        return form, None
    titles = {"biography": _("Tiểu sử tóm tắt"), "duties": _("Nhiệm vụ được phân công")}
    who, own = site_queries.changer(leader), leader.changed_by == req.asker.person.id
    return merge(form, _stored(leader), titles, who=who, at=leader.changed_at, own=own)


def _stored(leader: Leader | None) -> dict[str, str]:
    if leader is None:
        return {"biography": "", "duties": "", "version": "0"}
    return {"biography": leader.biography, "duties": leader.duties, "version": str(leader.version)}
