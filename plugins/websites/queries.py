"""What staff pages ask about articles; every statement names its agency."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from core.api import (
    PAGE_SIZE,
    START,
    Cursor,
    NotFound,
    Page,
    RequestContext,
    current_tenant,
    db,
    fold,
    page_of,
)
from plugins.websites.models import Article, Publication, Revision
from plugins.websites.public_queries import CATEGORIES, IN_ORDER
from plugins.websites.turns import EDIT, KINDS, PUBLISH, STATES, WRITE

BOUND = 1000
KEY = (datetime.fromisoformat, UUID)
"""What the list is sorted by, as `read_cursor` takes it: changed or written at, id."""
MAX_WORDS = 6
FEW = 5000
"""So many articles that hold the words are looked up by the index of words; where more do, reading row by row
fills a page soon."""
MOST_READ = 6000


# ---- the list ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; `state` is one of STATES, "mine" (waiting for the reader) or empty: all that nobody put away.

    `search` is looked for in title and text, or in titles alone.
    """

    search: str = ""
    state: str = ""
    kind: str = ""
    category_id: UUID | None = None
    titles_only: bool = False
    sort: Literal["changed_at", "created_at"] = "changed_at"
    oldest_first: bool = False


class ArticleRow(NamedTuple):
    """One line of a list."""

    id: UUID
    title: str
    kind: str
    state: str
    return_reason: str
    category: str | None
    author: str | None
    changed_by: str | None
    changed_at: datetime
    publish_at: datetime | None
    is_public: bool
    author_id: UUID | None
    created_at: datetime
    public_since: datetime | None
    page_role: str
    first_published_at: datetime | None


# The page is cut first; names are looked up for its rows alone.
_COLUMNS = """
    SELECT a.id, a.title, a.kind, a.state, a.return_reason,
        (SELECT title FROM websites.category WHERE tenant_id = a.tenant_id AND id = a.category_id),
        (SELECT full_name FROM tenants.person WHERE id = a.author_id),
        (SELECT full_name FROM tenants.person WHERE id = a.changed_by), a.changed_at, a.publish_at,
        p.id IS NOT NULL, a.author_id, a.created_at, p.published_at, a.page_role, a.first_published_at
    FROM (SELECT * FROM websites.article WHERE tenant_id = %(tenant)s AND {conditions}
        ORDER BY {sort} {order}, id {order} LIMIT %(limit)s) a
    LEFT JOIN websites.publication p ON p.tenant_id = a.tenant_id AND p.id = a.id
    ORDER BY a.{sort} {order}, a.id {order}
"""
_WAITING = (
    "state IN ('editing', 'approval', 'returned') AND (state = 'returned' AND %(writes)s AND author_id = %(person)s "
    "OR state = 'editing' AND %(edits)s OR state = 'approval' AND %(publishes)s)"
)


def articles(
    ctx: RequestContext, wanted: Filter, cursor: Cursor = START, size: int = PAGE_SIZE
) -> Page[ArticleRow]:
    """Return a page of the agency's articles, those changed last first unless something else is wanted."""
    sql, values = _statement(ctx, wanted, cursor, size)
    rows = [ArticleRow._make(row) for row in db.execute_sql(sql, values).fetchall()]
    return page_of(rows, lambda row: (getattr(row, wanted.sort).isoformat(), str(row.id)), size, cursor)


def _statement(ctx: RequestContext, wanted: Filter, cursor: Cursor, size: int) -> tuple[str, dict[str, Any]]:
    upwards = cursor.backward != wanted.oldest_first
    order = "ASC" if upwards else "DESC"
    conditions, values = _conditions(ctx, wanted)
    if cursor.key:
        conditions += f" AND ({wanted.sort}, id) {'>' if upwards else '<'} (%(at)s, %(id)s)"
        values |= dict(zip(("at", "id"), cursor.key, strict=True))
    sql = _COLUMNS.format(conditions=conditions, order=order, sort=wanted.sort)
    return sql, {**values, "limit": size + 1}


def count(ctx: RequestContext, wanted: Filter) -> int:
    """Return how many articles a list holds, counting to a thousand at most."""
    conditions, values = _conditions(ctx, wanted)
    sql = (
        "SELECT count(*) FROM (SELECT FROM websites.article WHERE tenant_id = %(tenant)s "
        f"AND {conditions} LIMIT %(limit)s) counted"
    )
    return db.execute_sql(sql, {**values, "limit": BOUND}).fetchone()[0]


def waiting(ctx: RequestContext) -> int:
    """Return how many articles wait for this person."""
    return count(ctx, Filter(state="mine"))


def _conditions(ctx: RequestContext, wanted: Filter) -> tuple[str, dict[str, Any]]:
    conditions = ["true"]
    values: dict[str, Any] = {
        "tenant": current_tenant(),
        "person": ctx.person.id,
        "writes": ctx.can(WRITE),
        "edits": ctx.can(EDIT),
        "publishes": ctx.can(PUBLISH),
    }
    if wanted.state == "mine":
        conditions.append(_WAITING)
    elif wanted.state in STATES:
        conditions.append("state = %(state)s")
        values["state"] = wanted.state
    else:
        conditions.append("state <> 'put_away'")
    if wanted.kind in KINDS:
        conditions.append("kind = %(kind)s")
        values["kind"] = wanted.kind
    if wanted.category_id is not None:
        conditions.append("category_id = %(category)s")
        values["category"] = wanted.category_id
    if wanted.search:
        condition, found = _holding(wanted.search, "title_words" if wanted.titles_only else "words")
        conditions.append(condition)
        values |= found
    return " AND ".join(conditions), values


def _holding(typed: str, column: str) -> tuple[str, dict[str, Any]]:
    """Return the condition that an article holds what somebody typed: all the words, or their beginnings."""
    # Letters and digits alone, so that nothing in them means anything to to_tsquery.
    words = re.findall(r"[^\W_]+", fold(typed))[:MAX_WORDS]
    if not words:
        return "false", {}
    query = " & ".join(f"{word}:*" for word in words)
    rows = db.execute_sql(
        "SELECT websites.articles_with(%s, %s, %s)", (query, column == "title_words", FEW + 1)
    ).fetchall()
    if len(rows) > FEW:
        # Row-level security keeps from the planner how common the words are. Told nothing it would read and sort
        # all that match; of a CASE it takes half to be true, and so walks in the order of the list.
        common = f"CASE WHEN {column} @@ to_tsquery('simple', %(words)s) THEN true ELSE false END"
        return common, {"words": query}
    return "id = ANY (%(found)s::uuid[])", {"found": [row_id for (row_id,) in rows]}


def best(ctx: RequestContext, typed: str, size: int) -> list[ArticleRow]:
    """Return the articles that hold what somebody typed: those with it in the title first, then the newest."""
    wanted = Filter(search=typed, titles_only=True)
    found = list(articles(ctx, wanted, size=size).rows)
    if len(found) < size:
        known = {row.id for row in found}
        others = articles(ctx, replace(wanted, titles_only=False), size=size + len(known)).rows
        found += [row for row in others if row.id not in known]
    return found[:size]


def beginnings(article_ids: list[UUID]) -> dict[UUID, str]:
    """Return summary and first part of the text of articles, as stored."""
    rows = db.execute_sql(
        "SELECT id, summary || ' ' || left(body, %s) FROM websites.article WHERE tenant_id = %s AND id = ANY (%s::uuid[])",
        (MOST_READ, current_tenant(), article_ids),
    ).fetchall()
    return dict(rows)


# ---- one article -----------------------------------------------------------------------------------------


def article(article_id: UUID) -> Article:
    """Return an article of the agency in scope.

    Raises NotFound.
    """
    found = Article.select().where(Article.id == article_id).first()
    if found is None:
        raise NotFound
    return found


def locked(article_id: UUID) -> Article:
    """Return an article that nobody else changes before this transaction ends.

    Raises NotFound.
    """
    found = Article.select().where(Article.id == article_id).for_update().first()
    if found is None:
        raise NotFound
    return found


def publication(article_id: UUID) -> Publication | None:
    """Return what the public sees of an article."""
    return Publication.select().where(Publication.id == article_id).first()


def is_public(article_id: UUID) -> bool:
    """Tell whether the public sees anything of an article."""
    return Publication.select().where(Publication.id == article_id).exists()


class Names(NamedTuple):
    """Whose an article is and where it stands, in words."""

    author: str | None
    changed_by: str | None
    category: str | None


def names(of: Article) -> Names:
    """Return the names of an article's people and of its category."""
    row = db.execute_sql(
        "SELECT (SELECT full_name FROM tenants.person WHERE id = %s), (SELECT full_name FROM tenants.person WHERE id = %s), "
        "(SELECT title FROM websites.category WHERE tenant_id = %s AND id = %s)",
        (of.author_id, of.changed_by, current_tenant(), of.category_id),
    ).fetchone()
    return Names._make(row)


# ---- revisions -------------------------------------------------------------------------------------------


class RevisionRow(NamedTuple):
    """A revision as the history lists it."""

    number: int
    title: str
    saved_by: str | None
    saved_at: datetime
    is_closed: bool | None
    """It was handed on as it is."""


def revisions(article_id: UUID) -> list[RevisionRow]:
    """Return the newest revisions of an article, newest first."""
    rows = db.execute_sql(
        "SELECT r.number, r.title, p.full_name, r.saved_at, r.is_closed FROM websites.revision r "
        "LEFT JOIN tenants.person p ON p.id = r.saved_by WHERE r.tenant_id = %s AND r.article_id = %s "
        "ORDER BY r.number DESC LIMIT 200",
        (current_tenant(), article_id),
    ).fetchall()
    return [RevisionRow._make(row) for row in rows]


def revision(article_id: UUID, number: int) -> Revision:
    """Return one revision of an article.

    Raises NotFound.
    """
    found = Revision.select().where(Revision.article_id == article_id, Revision.number == number).first()
    if found is None:
        raise NotFound
    return found


# ---- what forms offer -------------------------------------------------------------------------------------


class CategoryRow(NamedTuple):
    """A category as lists and forms name it; those of the second level come after their parent."""

    id: UUID
    title: str
    slug: str
    parent_id: UUID | None
    on_home: bool
    articles: int


def categories(*, counted: bool = False) -> list[CategoryRow]:
    """Return the categories of the site in the order of the public page; the count stops at a thousand, and leaves out what was put away."""
    number = (
        "(SELECT count(*) FROM (SELECT FROM websites.article a WHERE a.tenant_id = c.tenant_id AND a.category_id = c.id "
        "AND a.state <> 'put_away' LIMIT 1000) counted)"
        if counted
        else "0"
    )
    rows = db.execute_sql(
        f"SELECT c.id, c.title, c.slug, c.parent_id, c.on_home, {number} FROM {CATEGORIES} WHERE c.tenant_id = %s ORDER BY {IN_ORDER}",
        (current_tenant(),),
    ).fetchall()
    return [CategoryRow._make(row) for row in rows]


def category_exists(category_id: UUID) -> bool:
    """Tell whether the site has a category, which then stays until the running transaction ends."""
    found = db.execute_sql(
        "SELECT FROM websites.category WHERE tenant_id = %s AND id = %s FOR KEY SHARE",
        (current_tenant(), category_id),
    )
    return found.fetchone() is not None


def picture_exists(picture_id: UUID) -> bool:
    """Tell whether the library has a picture."""
    return db.execute_sql(
        "SELECT EXISTS (SELECT FROM websites.picture WHERE tenant_id = %s AND id = %s)",
        (current_tenant(), picture_id),
    ).fetchone()[0]


def has_english() -> bool:
    """Tell whether the site is shown in English as well."""
    row = db.execute_sql(
        "SELECT has_english FROM websites.site WHERE tenant_id = %s", (current_tenant(),)
    ).fetchone()
    return bool(row and row[0])
