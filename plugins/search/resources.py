"""The address of the global search: a page, or the panel below the field while somebody types."""

from urllib.parse import urlencode

import falcon

from core.api import Request, RequestContext, SearchHit, SearchSource, _, dispatcher, page, url_for
from plugins.pages.api import mark_words
from plugins.search import queries
from plugins.search.views import Group, Hit, SearchView


class Search:
    """What the agency holds of some words, by module."""

    route = "search.page"
    console = False

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        assert req.ctx is not None  # the gate lets nobody in without one
        text = " ".join((req.get_param("q") or "").split())[: queries.MAX_LENGTH]
        words = queries.words_of(text)
        found = queries.find(req.ctx, words, console=self.console)
        view = SearchView(
            text=text,
            searched=bool(words),
            groups=tuple(_group(req, source, hits, words, text) for source, hits in found if hits),
            failed=tuple(_(source.title) for source, hits in found if hits is None),
            page_url=f"{url_for(req, self.route)}?{urlencode({'q': text})}",
            console=self.console,
        )
        quick = req.is_htmx and req.get_param("part") == "quick"
        page(req, resp, "search/quick.html" if quick else "search/search.html", view)


class ConsoleSearch(Search):
    """What the installation holds of some words: agencies, people, background work, pages of the console."""

    route = "search.console"
    console = True


def _group(
    req: Request, source: SearchSource, hits: list[SearchHit], words: tuple[str, ...], text: str
) -> Group:
    return Group(
        key=source.key.replace(".", "-"),
        title=_(source.title),
        hits=tuple(
            Hit(
                title=mark_words(hit.title, words),
                detail=mark_words(hit.detail, words),
                url=hit.url,
                icon=hit.icon or source.icon,
            )
            for hit in hits
        ),
        all_url=_all_url(req, req.ctx, source, text),
    )


def _all_url(req: Request, ctx: RequestContext | None, source: SearchSource, text: str) -> str:
    if not source.route or ctx is None:
        return ""
    permission = dispatcher().catalogue.routes[source.route].route.permission
    return f"{url_for(req, source.route)}?{urlencode({'q': text})}" if ctx.can(permission) else ""
