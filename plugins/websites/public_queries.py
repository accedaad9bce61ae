"""What the public reads: publications of open sites, one statement for a page.

Nothing here touches articles or revisions, so that no address can show what is not published.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from core.api import Cursor, Page, current_tenant, db, fold, page_of

LIST_SIZE = 15
FEED_SIZE = 30
ON_TOP = 4
"""So many of the newest news stand on top of a site's first page."""
SITEMAP_SIZE = 50_000
"""Addresses a sitemap may hold by its standard, and articles that are read for it."""
MOST_SEARCHED = 100
MOST_WORDS = 8
VISIBLE = "p.tenant_id = %(tenant)s AND (p.unpublish_at IS NULL OR p.unpublish_at > now())"
LANGUAGE = "(%(english)s = false OR p.title_en <> '')"
CATEGORIES = "websites.category c LEFT JOIN websites.category above ON above.tenant_id = c.tenant_id AND above.id = c.parent_id"
IN_ORDER = "coalesce(above.position, c.position), coalesce(above.id, c.id), c.parent_id IS NOT NULL, c.position, c.title"
"""Of categories: as staff put them, each followed by those below it."""
COVER = """(SELECT jsonb_build_object('file', c.file_id, 'alt', c.alt, 'caption', c.caption, 'width', c.width, 'height', c.height)
    FROM websites.picture c WHERE c.tenant_id = p.tenant_id AND c.id = p.cover_id)"""
CARD = f"""jsonb_build_object(
    'id', p.id, 'kind', p.kind, 'slug', p.slug, 'title', p.title, 'summary', p.summary, 'title_en', p.title_en,
    'summary_en', p.summary_en, 'published_at', p.published_at, 'updated_at', p.updated_at,
    'symbol', p.symbol, 'issued_on', p.issued_on, 'issuer', p.issuer, 'cover', {COVER})"""
PICTURE = """(SELECT jsonb_build_object('file', c.file_id, 'alt', c.alt, 'width', c.width, 'height', c.height)
    FROM websites.picture c WHERE c.tenant_id = s.tenant_id AND c.id = s.{})"""
SHELL = f"""
    'site', (SELECT to_jsonb(s) || jsonb_build_object(
            'logo', {PICTURE.format("logo_id")}, 'banner', {PICTURE.format("banner_id")})
        FROM websites.site s WHERE s.tenant_id = %(tenant)s AND (s.is_open OR %(closed_too)s)),
    'menu', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', m.id, 'parent', m.parent_id, 'title', m.title, 'title_en', m.title_en, 'target', m.target,
            'url', m.url, 'category', c.slug, 'article', p.slug, 'kind', p.kind, 'english', p.title_en <> '')
            ORDER BY m.position, m.id), '[]')
        FROM websites.menu_item m
        LEFT JOIN websites.category c ON c.tenant_id = m.tenant_id AND c.id = m.target_id
        LEFT JOIN websites.publication p ON p.id = m.target_id AND {VISIBLE}
        WHERE m.tenant_id = %(tenant)s),
    'categories', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', c.id, 'parent', c.parent_id, 'slug', c.slug, 'title', c.title, 'title_en', c.title_en)
            ORDER BY {IN_ORDER}), '[]')
        FROM {CATEGORIES} WHERE c.tenant_id = %(tenant)s),
    'pages', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'slug', p.slug, 'title', p.title, 'title_en', p.title_en) ORDER BY p.page_role, p.published_at), '[]')
        FROM websites.publication p WHERE p.kind = 'page' AND p.page_role <> '' AND {VISIBLE}),
    'host', (SELECT d.host FROM websites.domain d WHERE d.tenant_id = %(tenant)s AND d.state = 'approved'
        ORDER BY d.decided_at, d.id LIMIT 1),
    'ends', (SELECT min(p.unpublish_at) FROM websites.publication p
        WHERE p.tenant_id = %(tenant)s AND p.unpublish_at > now())
"""
NEWEST = "(SELECT coalesce(jsonb_agg(card), '[]') FROM (SELECT {card} AS card FROM websites.publication p WHERE {where} ORDER BY p.published_at DESC, p.id DESC LIMIT {limit}) newest)"


@dataclass(frozen=True, slots=True)
class Generation:
    """How often a site was changed, and when last."""

    number: int
    changed_at: datetime


def generation() -> Generation:
    """Return the agency's generation; a page made after it was read is at least as new."""
    row = db.execute_sql(
        "SELECT number, changed_at FROM websites.generation WHERE tenant_id = %s", (current_tenant(),)
    ).fetchone()
    return Generation(*row) if row else Generation(0, datetime(2026, 1, 1, tzinfo=UTC))


def _one(parts: str, english: bool, *, closed_too: bool = False, **values: Any) -> dict[str, Any] | None:
    """Return the shell of the site with the parts of a page, or None when the site is closed."""
    found: dict[str, Any] = db.execute_sql(
        f"SELECT jsonb_build_object({SHELL}{parts})",
        {"tenant": current_tenant(), "english": english, "closed_too": closed_too, **values},
    ).fetchone()[0]
    site = found["site"]
    return None if site is None or (english and not site["has_english"]) else found


def _are(kind: str) -> str:
    return f"p.kind = '{kind}' AND {VISIBLE} AND {LANGUAGE}"


def _newest(kind: str, limit: int) -> str:
    return NEWEST.format(card=CARD, where=_are(kind), limit=limit)


def home(english: bool) -> dict[str, Any] | None:
    """Return what the site's first page shows."""
    on_top = f"SELECT p.id FROM websites.publication p WHERE {_are('news')} ORDER BY p.published_at DESC, p.id DESC LIMIT {ON_TOP}"
    in_category = f"p.category_id = c.id AND {_are('news')} AND p.id NOT IN ({on_top})"
    return _one(
        f"""
        , 'newest', {_newest("news", ON_TOP)}, 'notices', {_newest("notice", 5)}, 'documents', {_newest("document", 5)},
        'sections', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'slug', c.slug, 'title', c.title,
                'title_en', c.title_en, 'cards', {NEWEST.format(card=CARD, where=in_category, limit=4)})
                ORDER BY {IN_ORDER}), '[]')
            FROM {CATEGORIES} WHERE c.tenant_id = %(tenant)s AND c.on_home),
        'links', (SELECT coalesce(jsonb_agg(jsonb_build_object('heading', l.heading, 'title', l.title, 'title_en', l.title_en, 'url', l.url)
                ORDER BY l.position, l.id), '[]')
            FROM websites.link l WHERE l.tenant_id = %(tenant)s)
        """,
        english,
    )


def newest_news(english: bool) -> dict[str, Any] | None:
    """Return the shell of an open site with its newest news."""
    return _one(f", 'newest', {_newest('news', 5)}", english)


def article(slug: str, kinds: tuple[str, ...], english: bool) -> dict[str, Any] | None:
    """Return one publication with what stands around it."""
    beside = f"p.id <> o.id AND p.kind = o.kind AND p.category_id IS NOT DISTINCT FROM o.category_id AND {VISIBLE} AND {LANGUAGE}"
    return _one(
        f"""
        , 'article', (SELECT {CARD} || jsonb_build_object('body', CASE WHEN %(english)s THEN p.body_en ELSE p.body END,
                'page_role', p.page_role, 'category_id', p.category_id, 'file_ids', p.file_ids,
                'pictures', (SELECT coalesce(jsonb_object_agg(c.id, jsonb_build_array(c.file_id, c.alt)), '{{}}') FROM websites.picture c
                    WHERE c.tenant_id = p.tenant_id AND c.id::text IN (
                        SELECT named[1] FROM regexp_matches(p.body || p.body_en, 'picture:([0-9a-f-]{{36}})', 'g') named)))
            FROM websites.publication p
            WHERE p.slug = %(slug)s AND p.kind = ANY (%(kinds)s) AND {VISIBLE} AND {LANGUAGE}),
        'related', (SELECT {NEWEST.format(card=CARD, where=beside, limit=4)} FROM websites.publication o
            WHERE o.tenant_id = %(tenant)s AND o.slug = %(slug)s)
        """,
        english,
        slug=slug,
        kinds=list(kinds),
    )


def around_draft(
    article_id: UUID, kind: str, category_id: UUID | None, english: bool
) -> dict[str, Any] | None:
    """Return what will stand around a text that is not published, of a closed site too: for previews of staff."""
    beside = (
        "p.id <> %(article)s AND p.kind = %(kind)s AND p.category_id IS NOT DISTINCT FROM %(category)s::uuid "
        f"AND {VISIBLE} AND {LANGUAGE}"
    )
    return _one(
        f", 'related', {NEWEST.format(card=CARD, where=beside, limit=4)}",
        english,
        closed_too=True,
        article=article_id,
        kind=kind,
        category=category_id,
    )


def listing(
    english: bool,
    cursor: Cursor,
    *,
    kind: str = "",
    category: str = "",
    words: str = "",
    size: int = LIST_SIZE,
) -> tuple[dict[str, Any] | None, Page[dict[str, Any]]]:
    """Return one page of the newest publications: of a kind, or else of a category.

    A category shows all kinds that may stand under one, and what stands under the categories below it as well.
    """
    before = cursor.backward
    sign, order = (">", "ASC") if before else ("<", "DESC")
    conditions = ["p.kind <> 'page'" if category else "p.kind = %(kind)s", VISIBLE, LANGUAGE]
    if cursor.key:
        conditions.append(f"(p.published_at, p.id) {sign} (%(at)s, %(id)s)")
    if category:
        conditions.append(
            f"p.category_id IN (SELECT c.id FROM {CATEGORIES} "
            "WHERE c.tenant_id = %(tenant)s AND %(category)s IN (c.slug, above.slug))"
        )
    where = " AND ".join(conditions)
    newest = f"ORDER BY p.published_at {order}, p.id {order} LIMIT {size + 1}"
    if words:
        # Found in the view: under row-level security full text is compared row by row.
        where = (
            f"p.tenant_id = %(tenant)s AND p.id IN (SELECT p.id FROM websites.site_article p WHERE {where} "
            f"AND p.words @@ plainto_tsquery('simple', %(words)s) {newest})"
        )
    found = _one(
        f""", 'rows', (SELECT coalesce(jsonb_agg(card), '[]') FROM (SELECT {CARD} AS card FROM websites.publication p
            WHERE {where} {newest}) rows)""",
        english,
        kind=kind,
        category=category,
        words=words,
        at=cursor.key[0] if cursor.key else None,
        id=cursor.key[1] if cursor.key else None,
    )
    rows = found["rows"] if found else []
    return found, page_of(rows, lambda row: (row["published_at"], row["id"]), size, cursor)


def shell(english: bool) -> dict[str, Any] | None:
    """Return the frame of a page alone."""
    return _one("", english)


def sitemap() -> dict[str, Any] | None:
    """Return the addresses of a site, newest first."""
    card = "jsonb_build_object('kind', p.kind, 'slug', p.slug, 'updated_at', p.updated_at, 'english', p.title_en <> '')"
    return _one(f", 'rows', {NEWEST.format(card=card, where=VISIBLE, limit=SITEMAP_SIZE)}", english=False)


@dataclass(frozen=True, slots=True)
class PublicPerson:
    """Somebody whose post the agency makes known."""

    id: UUID
    name: str
    position: str
    unit: str
    unit_id: UUID


@dataclass(frozen=True, slots=True)
class PublicUnit:
    """A unit with whoever heads it."""

    name: str
    depth: int
    heads: tuple[PublicPerson, ...]


LEADERS = ("bi thu", "pho bi thu", "chu tich", "pho chu tich", "giam doc", "pho giam doc", "chanh thanh tra")
HEADS = (
    "truong phong", "quyen truong phong", "pho truong phong", "chanh van phong", "pho chanh van phong", "truong ban",
    "doi truong", "truong tram", "hieu truong", "phu trach",
)  # fmt: skip
"""How the positions that lead an agency, or one of its units, begin: folded, the highest first."""
OF_A_UNION = re.compile(
    r"(?:pho )?(?:bi thu|chu tich) (?:thuong truc )?(?:"
    r"(?:(?:cong|chi|lien|tinh|thanh|xa|phuong) )?doan(?! ket\b)|(?:lien hiep )?hoi(?! dong\b)|(?:uy ban |ub)?(?:mat tran|mttq))\b"
)
"""They lead the youth union, the trade union, an association or the front: Bí thư Đoàn, Chủ tịch Công đoàn."""


def posts() -> list[PublicPerson]:
    """Return the posts in force that lead the agency or a unit, the highest first."""
    rows = db.execute_sql(
        """
        SELECT p.id, p.full_name, m.position, u.name, u.id
        FROM tenants.current_post m
        JOIN tenants.person p ON p.id = m.person_id AND p.disabled_at IS NULL
        JOIN tenants.unit u ON u.tenant_id = m.tenant_id AND u.id = m.unit_id
        WHERE m.tenant_id = %s
        ORDER BY p.sort_key, m.id
        """,
        (current_tenant(),),
    ).fetchall()
    people = [PublicPerson(*row) for row in rows]
    return sorted((each for each in people if _rank(each) is not None), key=lambda each: _rank(each) or 0)


def leaders() -> list[PublicPerson]:
    """Return who leads the agency as a whole, the highest first."""
    return [each for each in posts() if leads_the_agency(each)]


def leads_the_agency(person: PublicPerson) -> bool:
    """Tell whether somebody leads the agency as a whole, not one unit of it."""
    rank = _rank(person)
    return rank is not None and rank < len(LEADERS)


def _rank(person: PublicPerson) -> int | None:
    position = fold(person.position)
    if OF_A_UNION.match(position):
        return None
    return next((rank for rank, word in enumerate((*LEADERS, *HEADS)) if position.startswith(word)), None)


def structure() -> list[PublicUnit]:
    """Return the units of the agency in the order of the tree, each with its heads."""
    rows = db.execute_sql(
        """
        WITH RECURSIVE tree AS (
            SELECT u.id, u.name, 0 AS depth, ARRAY[u.name, u.id::text] AS path FROM tenants.unit u
            WHERE u.tenant_id = %(tenant)s AND u.parent_id IS NULL AND u.valid_from <= tenants.today()
              AND (u.valid_to IS NULL OR u.valid_to >= tenants.today())
            UNION ALL
            SELECT u.id, u.name, tree.depth + 1, tree.path || ARRAY[u.name, u.id::text] FROM tree
            JOIN tenants.unit u ON u.tenant_id = %(tenant)s AND u.parent_id = tree.id
              AND u.valid_from <= tenants.today() AND (u.valid_to IS NULL OR u.valid_to >= tenants.today())
        )
        SELECT id, name, depth FROM tree ORDER BY path
        """,
        {"tenant": current_tenant()},
    ).fetchall()
    heads = posts()
    return [
        PublicUnit(name, min(depth, 3), tuple(each for each in heads if each.unit_id == unit_id))
        for unit_id, name, depth in rows
    ]


def picture_is_public(picture_id: UUID) -> bool:
    """Tell whether an open site shows a picture: as its logo or banner, or in a publication."""
    row = db.execute_sql(
        """
        SELECT s.logo_id IS NOT DISTINCT FROM %(picture)s OR s.banner_id IS NOT DISTINCT FROM %(picture)s OR EXISTS (
            SELECT FROM websites.shown_picture h
            JOIN websites.publication p ON p.id = h.article_id AND p.tenant_id = h.tenant_id
            WHERE h.tenant_id = %(tenant)s AND h.picture_id = %(picture)s
              AND (p.unpublish_at IS NULL OR p.unpublish_at > now()))
        FROM websites.site s WHERE s.tenant_id = %(tenant)s AND s.is_open
        """,
        {"tenant": current_tenant(), "picture": picture_id},
    ).fetchone()
    return bool(row and row[0])


def file_is_public(article_id: UUID, file_id: UUID) -> bool:
    """Tell whether an open site shows a file, in the published text of an article."""
    return db.execute_sql(
        "SELECT EXISTS (SELECT FROM websites.publication p JOIN websites.site s ON s.tenant_id = p.tenant_id AND s.is_open "
        f"WHERE p.id = %(article)s AND %(file)s = ANY (p.file_ids) AND {VISIBLE})",
        {"tenant": current_tenant(), "article": article_id, "file": file_id},
    ).fetchone()[0]


# ---- across the province ---------------------------------------------------------------------------


def search_words(typed: str) -> str:
    """Return what somebody typed as words to search for: folded, without signs, few enough."""
    return " ".join(re.findall(r"[^\W_]+", fold(typed[:MOST_SEARCHED]))[:MOST_WORDS])


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found."""

    rank: int
    code: str
    site: str
    site_en: str
    id: UUID
    kind: str
    slug: str
    title: str
    summary: str
    title_en: str
    summary_en: str
    published_at: datetime
    cover: dict[str, Any] | None = None
    """file, alt, width and height, where they were asked for."""


FOUND = "a.id, a.kind, a.slug, a.title, a.summary, a.title_en, a.summary_en, a.published_at"
IN_PROVINCE = f"""(SELECT {{number}}, a.code, a.site, a.site_en, {FOUND} FROM websites.public_article a
    WHERE {{language}} AND {{conditions}} ORDER BY a.published_at {{order}}, a.id {{order}} LIMIT {{limit}})"""
# The site is joined to the one page that was found: joined to every article it makes PostgreSQL expect a
# single match, and so read and sort all of them instead of walking from the newest until the page is full.
IN_SITE = f"""(SELECT {{number}}, s.code, s.name, s.name_en, {FOUND} FROM websites.public_site s CROSS JOIN (
        SELECT {FOUND} FROM websites.site_article a WHERE a.tenant_id = %(tenant)s AND {{conditions}}
        ORDER BY a.published_at {{order}}, a.id {{order}} LIMIT {{limit}}) a
    WHERE s.tenant_id = %(tenant)s AND {{language}} ORDER BY a.published_at {{order}}, a.id {{order}})"""


def search(
    words: str, cursor: Cursor, *, tenant_id: UUID | None = None, english: bool = False, size: int = LIST_SIZE
) -> Page[Hit]:
    """Return publications that hold all the words, those with them in the title first, then the newest.

    Without an agency the whole province is searched; an agency that is named is the one in scope.
    """
    if not words:
        return page_of([], lambda hit: (), size)
    sql, values = search_statement(words, cursor, tenant_id=tenant_id, english=english, size=size)
    hits = [Hit(*row) for row in db.execute_sql(sql, values).fetchall()]
    return page_of(hits, lambda hit: (hit.rank, hit.published_at.isoformat(), str(hit.id)), size, cursor)


def search_statement(
    words: str, cursor: Cursor, *, tenant_id: UUID | None, english: bool, size: int
) -> tuple[str, dict[str, Any]]:
    """Return the statement of a search and its values; the second half runs only when the first is short."""
    rank, at, row_id = cursor.key or (0, None, None)
    query = "plainto_tsquery('simple', %(words)s)"
    common = ["a.title_en <> ''"] if english else []
    sign, order = (">", "ASC") if cursor.backward else ("<", "DESC")
    beyond = [f"(a.published_at, a.id) {sign} (%(at)s, %(id)s)"] if cursor.key else []
    passed = ["false"]
    first = [*common, f"a.title_words @@ {query}"] + (
        beyond if rank == 0 else [] if cursor.backward else passed
    )
    second = [*common, f"a.words @@ {query}", f"NOT a.title_words @@ {query}"]
    second += beyond if rank == 1 else passed if cursor.backward else []
    form = IN_SITE if tenant_id else IN_PROVINCE
    halves = [
        form.format(
            number=number, conditions=" AND ".join(conditions), order=order, limit=size + 1,
            language="has_english" if english else "true",
        )
        for number, conditions in enumerate((first, second))
    ]  # fmt: skip
    if cursor.backward:
        halves.reverse()
    sql = f"{' UNION ALL '.join(halves)} LIMIT {size + 1}"
    return sql, {"words": words, "tenant": tenant_id, "at": at, "id": row_id}


def province_news(limit: int, english: bool = False) -> list[Hit]:
    """Return what agencies shared and the portal's editor took, the last taken first, as far as it is still published."""
    rows = db.execute_sql(
        """
        SELECT 0, a.code, a.site, a.site_en, a.id, a.kind, a.slug, a.title, a.summary, a.title_en, a.summary_en, a.published_at,
            CASE WHEN c.file_id IS NOT NULL THEN
                jsonb_build_object('file', c.file_id, 'alt', c.alt, 'width', c.width, 'height', c.height) END
        FROM websites.front_item f
        JOIN websites.public_article a ON a.tenant_id = f.tenant_id AND a.id = f.article_id
        LEFT JOIN websites.public_cover c ON c.tenant_id = f.tenant_id AND c.article_id = f.article_id
        WHERE f.state = 'accepted' AND (%s = false OR (a.has_english AND a.title_en <> ''))
        ORDER BY f.decided_at DESC, f.published_at DESC, f.id DESC LIMIT %s
        """,
        (english, limit),
    ).fetchall()
    return [Hit(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency in the list of the province; without a site it has only its name."""

    code: str
    name: str
    kind: str
    is_open: bool
    has_english: bool
    name_en: str


def agencies() -> list[AgencyLine]:
    """Return every active agency by name, and how its site is called in English, as far as it has one."""
    rows = db.execute_sql(
        """
        SELECT t.code, v.name, v.kind, s.tenant_id IS NOT NULL, coalesce(s.has_english, false), coalesce(s.name_en, '')
        FROM tenants.tenant t
        JOIN tenants.tenant_version v ON v.tenant_id = t.id AND v.valid_from <= tenants.today()
            AND (v.valid_to IS NULL OR v.valid_to >= tenants.today())
        LEFT JOIN websites.public_site s ON s.tenant_id = t.id
        WHERE t.status = 'active' ORDER BY v.name, t.id
        """
    ).fetchall()
    return [AgencyLine(*row) for row in rows]


def province_links() -> list[dict[str, Any]]:
    """Return the links of the provincial committee's own site, as far as it is open."""
    rows = db.execute_sql(
        "SELECT heading, title, title_en, url FROM websites.province_link ORDER BY position, id"
    ).fetchall()
    return [dict(zip(("heading", "title", "title_en", "url"), row, strict=True)) for row in rows]


class Foot(NamedTuple):
    """The legal lines at the foot of a page."""

    responsible: str = ""
    licence: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


def province_foot() -> Foot:
    """Return the legal lines of the provincial committee's own site, empty while it is closed."""
    row = db.execute_sql(
        "SELECT responsible, licence, address, phone, email FROM websites.province_foot ORDER BY tenant_id LIMIT 1"
    ).fetchone()
    return Foot(*row) if row else Foot()


def agency_of_host(host: str) -> str | None:
    """Return the code of the agency whose approved domain this is."""
    row = db.execute_sql(
        "SELECT t.code FROM websites.domain d JOIN tenants.tenant t ON t.id = d.tenant_id "
        "WHERE d.host = %s AND d.state = 'approved' AND t.status = 'active'",
        (host[:253],),
    ).fetchone()
    return row[0] if row else None


# ---- figures for staff ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """How an article is read: visits by day, and what readers said of it."""

    visits: tuple[tuple[date, int], ...]
    useful: int
    not_useful: int
    reasons: tuple[tuple[str, int], ...]


def figures(article_id: UUID, days: int = 30) -> Figures:
    """Return the figures of one article over the last days, those not yet folded included."""
    values = {"tenant": current_tenant(), "article": article_id, "days": days}
    visits = db.execute_sql(
        """
        SELECT day, sum(visits)::int FROM (
            SELECT day, visits FROM websites.visit_day WHERE tenant_id = %(tenant)s AND article_id = %(article)s
            UNION ALL
            SELECT day, visits FROM websites.visit WHERE tenant_id = %(tenant)s AND article_id = %(article)s) counted
        WHERE day > tenants.today() - %(days)s GROUP BY day ORDER BY day
        """,
        values,
    ).fetchall()
    ratings = db.execute_sql(
        "SELECT useful, reason, count(*) FROM websites.rating "
        "WHERE tenant_id = %(tenant)s AND article_id = %(article)s GROUP BY 1, 2 ORDER BY 3 DESC",
        values,
    ).fetchall()
    return Figures(
        visits=tuple(visits),
        useful=sum(number for useful, _, number in ratings if useful),
        not_useful=sum(number for useful, _, number in ratings if not useful),
        reasons=tuple((reason, number) for useful, reason, number in ratings if not useful and reason),
    )


def site_visits(days: int = 30) -> int:
    """Return how often pages of the agency's site were opened over the last days."""
    visits: int = db.execute_sql(
        """
        SELECT coalesce(sum(visits), 0)::bigint FROM (
            SELECT day, visits FROM websites.visit_day WHERE tenant_id = %(tenant)s
            UNION ALL SELECT day, visits FROM websites.visit WHERE tenant_id = %(tenant)s) counted
        WHERE day > tenants.today() - %(days)s
        """,
        {"tenant": current_tenant(), "days": days},
    ).fetchone()[0]
    return visits


def most_read(days: int = 30, limit: int = 20) -> list[tuple[UUID, str, int]]:
    """Return the agency's publications that were read most over the last days: id, title, visits."""
    rows = db.execute_sql(
        """
        SELECT p.id, p.title, sum(counted.visits)::int FROM (
            SELECT article_id, day, visits FROM websites.visit_day WHERE tenant_id = %(tenant)s
            UNION ALL SELECT article_id, day, visits FROM websites.visit WHERE tenant_id = %(tenant)s) counted
        JOIN websites.publication p ON p.tenant_id = %(tenant)s AND p.id = counted.article_id
        WHERE counted.day > tenants.today() - %(days)s
        GROUP BY p.id, p.title ORDER BY 3 DESC, p.id LIMIT %(limit)s
        """,
        {"tenant": current_tenant(), "days": days, "limit": limit},
    ).fetchall()
    return [(article_id, title, visits) for article_id, title, visits in rows]
