"""What the global search reads: the modules answer for their own things, the navigation for its pages."""

from functools import partial

from core.api import OPERATOR, NavItem, RequestContext, SearchHit, SearchSource, _, db, dispatcher, fold

LIMIT = 5
"""So many things of a group stand on the page; its own list has the rest."""
MAX_LENGTH = 100
MAX_WORDS = 6
MIN_LENGTH = 2
PATIENCE = "1s"
SECTIONS = {"work": False, "modules": False, "agency": False, "console": True, "operation": True}
"""What of the navigation is found, and whether it stands in the operator's console."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words somebody looks for; none when that is too little to look for."""
    words = tuple(fold(text[:MAX_LENGTH]).split()[:MAX_WORDS])
    return words if sum(map(len, words)) >= MIN_LENGTH else ()


def find(
    ctx: RequestContext, words: tuple[str, ...], *, console: bool = False
) -> list[tuple[SearchSource, list[SearchHit] | None]]:
    """Ask the sources this person may use here; None stands where one failed or took too long.

    Those for operators answer in the console alone: what is found in an agency is of that agency.
    """
    found: list[tuple[SearchSource, list[SearchHit] | None]] = []
    for manifest, source in dispatcher().catalogue.of(SearchSource).values() if words else ():
        if (console or manifest.key in ctx.modules) and _is_asked(source, ctx, console):
            ask = partial(_ask, source, ctx, words)
            found.append((source, dispatcher().isolated(manifest.key, "register_search", ask, None)))
    return found


def _is_asked(source: SearchSource, ctx: RequestContext, console: bool) -> bool:
    return (source.permission == OPERATOR) == console and ctx.can(source.permission)


def _ask(source: SearchSource, ctx: RequestContext, words: tuple[str, ...]) -> list[SearchHit]:
    """Return what a source finds; it has a second, for somebody is typing."""
    (patience,) = db.execute_sql("SHOW statement_timeout").fetchone()
    db.execute_sql("SELECT set_config('statement_timeout', %s, true)", (PATIENCE,))
    hits = list(source.find(ctx, words, LIMIT))[:LIMIT]
    if not all(isinstance(hit, SearchHit) for hit in hits):
        raise TypeError("A search source answers with SearchHit alone.")
    # After an error the savepoint takes the limit back by itself.
    db.execute_sql("SELECT set_config('statement_timeout', %s, true)", (patience,))
    return hits


def pages(ctx: RequestContext, words: tuple[str, ...], limit: int) -> list[SearchHit]:
    """Return the pages of the navigation whose names hold the words, in either language; of the console without an agency."""
    found, console = [], ctx.tenant is None
    for manifest, item in dispatcher().catalogue.of(NavItem).values():
        here = SECTIONS.get(item.section) == console and (console or manifest.key in ctx.modules)
        names = fold(f"{item.title} {_(item.title)}")
        if here and ctx.can(item.permission) and all(word in names for word in words):
            fields = {"tenant": ctx.tenant.code} if ctx.tenant else {}
            found.append(
                SearchHit(_(item.title), dispatcher().catalogue.url(item.route, **fields), icon=item.icon)
            )
    return found[:limit]
