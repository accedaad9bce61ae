"""One list as one person sees it now: order, columns and views of the address, with what they chose before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from core.api import (
    BulkButton,
    Column,
    ColumnChoice,
    Cursor,
    ListingView,
    Page,
    Request,
    RequestContext,
    ViewTab,
    _,
    page_url,
    read_cursor,
    redirect,
    url_for,
)
from plugins.lists import queries
from plugins.lists.spec import Direction, ListColumn, ListSpec


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page of a list needs before its rows are read, and what it shows after."""

    spec: ListSpec
    params: Mapping[str, str]
    cursor: Cursor
    sort: tuple[str, Direction]
    columns: tuple[ListColumn, ...]
    memory: queries.Memory
    ctx: RequestContext

    def view(self, req: Request, found: Page[Any], total: str = "", all_title: str = "") -> ListingView:
        """Return what is drawn around the rows; `total` is how many match, `all_title` the name of the whole list."""
        spec = self.spec
        query = spec.query(self.params)
        to_lists = {"list": spec.key, "query": query}
        return ListingView(
            key=spec.key,
            query=query,
            columns=tuple(self._head(req, column) for column in self.columns),
            shown=frozenset(column.key for column in self.columns),
            views=self._tabs(req, query, all_title or _("Tất cả")),
            save_url=f"{url_for(req, 'lists.view_new')}?{urlencode(to_lists)}",
            choices=tuple(
                ColumnChoice(key=each.key, title=_(each.title), shown=each in self.columns, fixed=each.fixed)
                for each in spec.columns
            ),
            columns_url=url_for(req, "lists.columns"),
            export_url=url_for(req, "lists.export"),
            exports_url=url_for(req, "lists.exports"),
            bulk_url=url_for(req, "lists.bulk"),
            actions=tuple(
                BulkButton(key=each.key, title=_(each.title), icon=each.icon)
                for each in spec.actions
                if self.ctx.can(each.permission)
            ),
            rows=len(found.rows),
            total=total if found.next_key or found.previous_key else "",
        )

    def _head(self, req: Request, column: ListColumn) -> Column:
        key, direction = self.sort
        now = direction if key == column.key else ""
        if column.sort is None:
            return Column(title=_(column.title), kind=column.kind, sorted=now)
        turned: Direction = column.sort
        if now:
            turned = "ascending" if now == "descending" else "descending"
        plain = (column.key, turned) == self.spec.default
        wanted = "" if plain else f"{'-' if turned == 'descending' else ''}{column.key}"
        return Column(
            title=_(column.title), kind=column.kind, sorted=now, sort_url=page_url(req, sort=wanted)
        )

    def _tabs(self, req: Request, query: str, all_title: str) -> tuple[ViewTab, ...]:
        path = req.path
        everything = ViewTab(title=all_title, url=f"{path}?view=all", current=not query)
        return (
            everything,
            *(
                ViewTab(
                    title=each.name,
                    url=f"{path}?{each.query}",
                    current=each.query == query,
                    shared=each.shared,
                    edit_url=url_for(req, "lists.view", view_id=each.id),
                )
                for each in self.memory.views
            ),
        )


def open_list(req: Request, resp: Any, spec: ListSpec) -> Listing | None:
    """Read how a list is wanted from the address and from what the person chose before.

    None when the person's own first view was opened instead: the answer is already there.
    """
    assert req.ctx is not None  # the gate lets nobody in without one
    memory = queries.memory(req.ctx, spec.key)
    params = {name: value if isinstance(value, str) else value[-1] for name, value in req.params.items()}
    if not params and memory.default_query:
        redirect(resp, f"{req.path}?{memory.default_query}")
        return None
    return Listing(
        spec,
        params,
        read_cursor(req, *spec.cursor),
        spec.sorting(params),
        spec.columns_of(params.get("cols") or memory.columns),
        memory,
        req.ctx,
    )
