"""Addresses of the module: read the request, call a service or a query, show the result."""

import falcon

from core.api import (
    FormView,
    Invalid,
    Request,
    RequestContext,
    _,
    load,
    new_id,
    page,
    page_url,
    pager,
    read_cursor,
    redirect,
    send_json,
    url_for,
)
from plugins.skeleton import queries, services
from plugins.skeleton.schemas import EntryInput
from plugins.skeleton.views import EntriesView, EntryFormView


class Entries:
    """The list."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        found = queries.entries(_search(req), read_cursor(req, *queries.KEY))
        view = EntriesView(
            rows=tuple(found.rows),
            pager=pager(req, found),
            search=_search(req),
            new_url=url_for(req, "skeleton.new") if _ctx(req).can("skeleton.write") else "",
        )
        page(req, resp, "skeleton/entries.html", view)


class NewEntry:
    """The form for a new entry."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView({"id": str(new_id())}))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            services.add_entry(_ctx(req), **load(EntryInput(), req.form))
        except Invalid as problem:
            self._show(req, resp, FormView(req.form, problem.errors), status=problem.status)
            return
        redirect(resp, url_for(req, "skeleton.entries"), toast=_("Đã thêm mục."))

    def _show(self, req: Request, resp: falcon.Response, form: FormView, status: int = 200) -> None:
        view = EntryFormView(
            form=form, action=url_for(req, "skeleton.new"), list_url=url_for(req, "skeleton.entries")
        )
        page(req, resp, "skeleton/entry_form.html", view, status=status)


class EntriesDocument:
    """The list as JSON (schemas.EntryList)."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        found = queries.entries(_search(req), read_cursor(req, *queries.KEY))
        following = page_url(req, after=found.next_key) if found.next_key else ""
        send_json(resp, {"items": [row._asdict() for row in found.rows], "next": following})


class NewEntryDocument:
    """An entry added by a program (schemas.EntryInput); answers with its id."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        entry_id = services.add_entry(_ctx(req), **load(EntryInput(), req.get_media()))
        send_json(resp, {"id": entry_id}, status=201)


def _ctx(req: Request) -> RequestContext:
    assert req.ctx is not None  # the gate lets nobody in without one
    return req.ctx


def _search(req: Request) -> str:
    return (req.get_param("q") or "").strip()[:200]
