"""What the global search shows of articles: their title, where they stand, and the place that holds the words."""

import re

from core.api import RequestContext, SearchHit, _, route_url
from plugins.pages.api import mark_words
from plugins.websites import queries, richtext
from plugins.websites.turns import KINDS, STATES

BEFORE, SHOWN = 40, 160
"""Characters before the first word found, and altogether."""


def found_articles(ctx: RequestContext, words: tuple[str, ...], limit: int) -> list[SearchHit]:
    """Return the articles that hold the words, as a person with the right to read them sees them."""
    assert ctx.tenant is not None
    rows = queries.best(ctx, " ".join(words), limit)
    texts = queries.beginnings([row.id for row in rows])
    found = []
    for row in rows:
        stands = [KINDS.get(row.kind, row.kind), STATES.get(row.state, ("", row.state))[1]]
        parts = [row.category, *map(_, stands), excerpt(texts.get(row.id, ""), words)]
        url = route_url("websites.article", tenant=ctx.tenant.code, article_id=row.id)
        found.append(SearchHit(row.title, url, " · ".join(filter(None, parts))))
    return found


def excerpt(html: str, words: tuple[str, ...]) -> str:
    """Return the part of a text around the first word that was found, or its beginning."""
    # The stored text was cut somewhere, perhaps inside a tag.
    text = " ".join(richtext.plain_text(re.sub(r"<[^>]*$", "", html)).split())
    at = 0
    for piece, is_found in mark_words(text, words):
        if is_found:
            break
        at += len(piece)
    if at >= len(text):
        at = 0
    start = 0 if at <= BEFORE else text.find(" ", at - BEFORE, at) + 1 or at
    part = text[start : start + SHOWN]
    return f"{'…' if start else ''}{part.rstrip()}{'…' if start + SHOWN < len(text) else ''}"
