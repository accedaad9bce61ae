"""What the global search reads: the modules answer for their own things, the navigation for its pages."""

from core.api import RequestContext, SearchHit, SearchSource, _, dispatcher, fold

LIMIT = 5
"""So many things of a group stand on the page; its own list has the rest."""
MAX_LENGTH = 100
MAX_WORDS = 6
MIN_LENGTH = 2
SECTIONS = ("work", "modules", "agency")


def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words somebody looks for; none when that is too little to look for."""
    words = tuple(fold(text[:MAX_LENGTH]).split()[:MAX_WORDS])
    return words if sum(map(len, words)) >= MIN_LENGTH else ()


def find(ctx: RequestContext, words: tuple[str, ...]) -> list[tuple[SearchSource, list[SearchHit] | None]]:
    """Ask the modules in effect; None stands where one could not answer."""
    return dispatcher().search(ctx, words, LIMIT) if words else []


def pages(ctx: RequestContext, words: tuple[str, ...], limit: int) -> list[SearchHit]:
    """Return the pages of the navigation whose names hold the words, in either language."""
    found = []
    for manifest, item in dispatcher().catalogue.navigation:
        offered = manifest.key in ctx.modules and ctx.can(item.permission) and item.section in SECTIONS
        names = fold(f"{item.title} {_(item.title)}")
        if offered and ctx.tenant and all(word in names for word in words):
            url = dispatcher().catalogue.url(item.route, tenant=ctx.tenant.code)
            found.append(SearchHit(_(item.title), url, icon=item.icon))
    return found[:limit]
