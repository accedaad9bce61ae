"""Addresses of the module: read the request, call a service or a query, show the result."""

import falcon

from core.api import (
    FormView,
    Invalid,
    Request,
    _,
    document,
    load,
    new_id,
    page,
    pager,
    read_cursor,
    redirect,
    send_json,
    send_page,
    url_for,
)
from plugins.skeleton import queries, services
from plugins.skeleton.schemas import EntryId, EntryInput, EntryList, EntryQuery
from plugins.skeleton.views import EntriesView, EntryFormView


class Entries:
    """The list."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        found = queries.entries(_search(req), read_cursor(req, *queries.KEY))
        view = EntriesView(
            rows=tuple(found.rows),
            pager=pager(req, found),
            search=_search(req),
            new_url=url_for(req, "skeleton.new") if req.asker.can("skeleton.write") else "",
        )
        page(req, resp, "skeleton/entries.html", view)


class NewEntry:
    """The form for a new entry."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView({"id": str(new_id())}))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            services.add_entry(req.asker, **load(EntryInput(), req.form))
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
    @document(EntryList, query=EntryQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the entries, newest first."""
        found = queries.entries(_search(req), read_cursor(req, *queries.KEY))
        send_page(req, resp, found, [row._asdict() for row in found.rows])


class NewEntryDocument:
    @document(EntryId, takes=EntryInput, status=201)
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Add an entry and answer with its id."""
        entry_id = services.add_entry(req.asker, **load(EntryInput(), req.get_media()))
        send_json(resp, {"id": entry_id}, status=201)



def _search(req: Request) -> str:
    return (req.get_param("q") or "").strip()[:200]
