"""One list as one person sees it now: order, columns and views of the address, with what they chose before."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from marshmallow import Schema

from core.api import (
    Column,
    Cursor,
    Invalid,
    Page,
    Request,
    RequestContext,
    _,
    load,
    page_url,
    read_cursor,
    redirect,
    url_for,
)
from plugins.lists import queries
from plugins.lists.spec import Direction, ListColumn, ListSpec
from plugins.lists.views import BulkButton, ColumnChoice, ListingView, ViewTab

NO_TITLES: Mapping[str, str] = MappingProxyType({})


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

    def view(
        self, req: Request, found: Page[Any], total: str = "", titles: Mapping[str, str] = NO_TITLES
    ) -> ListingView:
        """Return what is drawn around the rows.

        `total` is how many match; `titles` name columns that hold something else under these conditions.
        """
        spec = self.spec
        query = spec.query(self.params)
        to_lists = {"list": spec.key, "query": query}
        return ListingView(
            key=spec.key,
            query=query,
            sort=self.params.get("sort", ""),
            cols=self.params.get("cols", ""),
            columns=tuple(
                self._head(req, column, titles.get(column.key) or _(column.title)) for column in self.columns
            ),
            shown=frozenset(column.key for column in self.columns),
            views=self._tabs(req, query),
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
                BulkButton(each.key, f"{_(each.title)}…", each.icon, url_for(req, each.form))
                if each.form
                else BulkButton(each.key, _(each.title), each.icon)
                for each in spec.actions
                if self.ctx.can(each.permission)
            ),
            rows=len(found.rows),
            total=total if found.next_key or found.previous_key else "",
        )

    def _head(self, req: Request, column: ListColumn, title: str) -> Column:
        key, direction = self.sort
        now = direction if key == column.key else ""
        if column.sort is None:
            return Column(title=title, kind=column.kind, sorted=now)
        turned: Direction = column.sort
        if now:
            turned = "ascending" if now == "descending" else "descending"
        plain = (column.key, turned) == self.spec.default
        wanted = "" if plain else f"{'-' if turned == 'descending' else ''}{column.key}"
        return Column(title=title, kind=column.kind, sorted=now, sort_url=page_url(req, sort=wanted))

    def _tabs(self, req: Request, query: str) -> tuple[ViewTab, ...]:
        path = req.path
        everything = ViewTab(title=_("Tất cả"), url=f"{path}?view=all", current=not query)
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


def params_of(req: Request) -> dict[str, str]:
    """Return the fields of an address, each once."""
    return {name: value if isinstance(value, str) else value[-1] for name, value in req.params.items()}


def query_of(req: Request, schema: Schema, spec: ListSpec | None = None) -> dict[str, str]:
    """Return the fields of an address that a program asks a list with, once each may be what it is.

    A page shows more than was meant when a condition is misspelt, and a person sees that; a program would act on it all.
    Raises Invalid by the parameter, also for one that the list does not know.
    """
    params = {name: value for name, value in params_of(req).items() if value}
    load(schema, {name: value for name, value in params.items() if not spec or name not in spec.known})
    wrong = [
        name
        for name, known in (spec.known if spec else {}).items()
        if params.get(name, known[0]) not in known
    ]
    if wrong:
        raise Invalid({name: [_("Giá trị này không có trong danh sách.")] for name in wrong})
    return params


def open_list(req: Request, resp: Any, spec: ListSpec) -> Listing | None:
    """Read how a list is wanted from the address and from what the person chose before.

    None when what the person begins with was opened instead, the own first view or what waits for them: the
    answer is already there.
    """
    assert req.ctx is not None  # the gate lets nobody in without one
    memory = queries.memory(req.ctx, spec.key)
    params = params_of(req)
    if not params:
        first = memory.default_query or (spec.opens_with(req.ctx) if spec.opens_with else "")
        if first:
            redirect(resp, f"{req.path}?{first}")
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
