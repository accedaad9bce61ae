"""What staff pages ask about the site itself, its pictures, its own domain and what it offers to the province."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.api import Cursor, FileOwner, NotFound, Page, current_tenant, db, fold, page_of, scope
from plugins.websites.models import (
    Category,
    ChangedMixin,
    Domain,
    FrontItem,
    Leader,
    Link,
    MenuItem,
    Picture,
    Site,
)

PICTURES = "picture"
"""Kind of the files module's owner."""
PICTURE_KEY = (datetime.fromisoformat, UUID)
ROLES = ("introduction", "structure", "leaders")
"""Static pages that an open site must have."""


def site() -> Site:
    """Return the agency's site. Raises NotFound."""
    found = Site.select().first()
    if found is None:
        raise NotFound
    return found


def locked_site() -> Site:
    """Return the agency's site, which nobody opens, closes or changes before this transaction ends. Raises NotFound."""
    found = Site.select().for_update().first()
    if found is None:
        raise NotFound
    return found


def is_open() -> bool:
    """Tell whether the public sees the site."""
    return Site.select().where(Site.is_open).exists()


class Standing(NamedTuple):
    """What decides whether a site may open: published static pages by role, and published articles."""

    roles: frozenset[str]
    articles: int
    counts: dict[str, int]
    """How many are published of each role, those without one under the empty one."""
    drafts: tuple[UUID, ...]
    """Static pages with a role that are still drafts."""


def standing() -> Standing:
    """Return how far the site is."""
    tenant = current_tenant()
    published = db.execute_sql(
        "SELECT page_role, count(*) FROM websites.publication WHERE tenant_id = %s "
        "AND (unpublish_at IS NULL OR unpublish_at > now()) GROUP BY page_role",
        (tenant,),
    ).fetchall()
    drafts = db.execute_sql(
        "SELECT id FROM websites.article WHERE tenant_id = %s AND page_role <> '' AND state = 'draft' ORDER BY id",
        (tenant,),
    ).fetchall()
    roles = frozenset(role for role, _count in published if role)
    counts = dict(published)
    return Standing(roles, counts.get("", 0), counts, tuple(row[0] for row in drafts))


def on_front_page() -> int:
    """Return how many articles of the agency in scope the province's front page has taken."""
    return (
        FrontItem.select()
        .where(FrontItem.tenant_id == current_tenant(), FrontItem.state == "accepted")
        .count()
    )


# ---- categories, menu, links ---------------------------------------------------------------------------------


def category(category_id: UUID, *, lock: bool = False) -> Category:
    """Return a category, locked so that nothing is put under it. Raises NotFound."""
    query = Category.select().where(Category.id == category_id)
    found = (query.for_update() if lock else query).first()
    if found is None:
        raise NotFound
    return found


class MenuRow(NamedTuple):
    """One line of the menu; those of the second level come after their parent."""

    id: UUID
    parent_id: UUID | None
    title: str
    title_en: str
    target: str
    target_title: str | None
    url: str
    is_hidden: bool
    """The page it leads to is not published, so the public does not see the line."""


def menu() -> list[MenuRow]:
    """Return the menu in its order."""
    rows = db.execute_sql(
        "SELECT m.id, m.parent_id, m.title, m.title_en, m.target, CASE m.target "
        "WHEN 'category' THEN (SELECT title FROM websites.category WHERE tenant_id = m.tenant_id AND id = m.target_id) "
        "WHEN 'article' THEN (SELECT title FROM websites.article WHERE tenant_id = m.tenant_id AND id = m.target_id) END, m.url, "
        "m.target = 'article' AND NOT EXISTS (SELECT FROM websites.publication WHERE tenant_id = m.tenant_id AND id = m.target_id) "
        "FROM websites.menu_item m LEFT JOIN websites.menu_item p ON p.tenant_id = m.tenant_id AND p.id = m.parent_id "
        "WHERE m.tenant_id = %s ORDER BY coalesce(p.position, m.position), coalesce(p.id, m.id), m.parent_id IS NOT NULL, "
        "m.position, m.id",
        (current_tenant(),),
    ).fetchall()
    return [MenuRow._make(row) for row in rows]


def without_english() -> list[str]:
    """Return the names that readers of the English pages see in Vietnamese."""
    rows = db.execute_sql(
        "SELECT name FROM websites.site WHERE tenant_id = %(tenant)s AND name_en = '' UNION ALL "
        "SELECT tagline FROM websites.site WHERE tenant_id = %(tenant)s AND tagline <> '' AND tagline_en = '' UNION "
        "SELECT title FROM websites.category WHERE tenant_id = %(tenant)s AND title_en = '' UNION "
        "SELECT title FROM websites.menu_item WHERE tenant_id = %(tenant)s AND title_en = ''",
        {"tenant": current_tenant()},
    ).fetchall()
    return [title for (title,) in rows]


def menu_item(item_id: UUID) -> MenuItem:
    """Return a line of the menu. Raises NotFound."""
    found = MenuItem.select().where(MenuItem.id == item_id).first()
    if found is None:
        raise NotFound
    return found


def menu_below(line_id: UUID | None) -> list[str]:
    """Return the titles of the lines below one of the menu, in their order."""
    below = MenuItem.select(MenuItem.title).where(MenuItem.parent_id == line_id)
    return [title for (title,) in below.order_by(MenuItem.position, MenuItem.id).tuples()] if line_id else []


def links() -> list[Link]:
    """Return the links to other sites in their order."""
    return list(Link.select().order_by(Link.position, Link.id))


def link(link_id: UUID) -> Link:
    """Return a link. Raises NotFound."""
    found = Link.select().where(Link.id == link_id).first()
    if found is None:
        raise NotFound
    return found


def static_pages() -> list[tuple[UUID, str]]:
    """Return the static pages, for the menu to lead to."""
    return db.execute_sql(
        "SELECT id, title FROM websites.article WHERE tenant_id = %s AND kind = 'page' AND state <> 'put_away' ORDER BY title LIMIT 200",
        (current_tenant(),),
    ).fetchall()


def changer(record: ChangedMixin) -> str | None:
    """Return the name of who changed a record last, None where nobody knows."""
    row = db.execute_sql(
        "SELECT full_name FROM tenants.person WHERE id = %s", (record.changed_by,)
    ).fetchone()
    return row[0] if row else None


def said_of_leaders() -> dict[UUID, Leader]:
    """Return what the agency says of its leaders, by person; only those of whom something is said."""
    rows = Leader.select().where((Leader.biography != "") | (Leader.duties != ""))
    return {each.person_id: each for each in rows}


def said_of(person_id: UUID) -> Leader | None:
    """Return what the agency says of one leader, empty or not."""
    found: Leader | None = Leader.get_or_none(Leader.person_id == person_id)
    return found


# ---- pictures ------------------------------------------------------------------------------------------------


def picture(picture_id: UUID) -> Picture:
    """Return a picture of the library. Raises NotFound."""
    found = Picture.select().where(Picture.id == picture_id).first()
    if found is None:
        raise NotFound
    return found


def picture_owner(picture_id: UUID) -> FileOwner:
    """Return what the files module knows a picture's file by."""
    return FileOwner("websites", PICTURES, picture_id)


def pictures(search: str, cursor: Cursor, size: int = 40) -> Page[Picture]:
    """Return a page of the library, newest first."""
    query = Picture.select()
    for word in fold(search).split()[:6]:
        query = query.where(Picture.folded.contains(word))
    if cursor.key:
        at, picture_id = cursor.key
        if cursor.backward:
            query = query.where(
                (Picture.created_at > at) | ((Picture.created_at == at) & (Picture.id > picture_id))
            )
        else:
            query = query.where(
                (Picture.created_at < at) | ((Picture.created_at == at) & (Picture.id < picture_id))
            )
    order = (Picture.created_at, Picture.id)
    rows = list(query.order_by(*(each if cursor.backward else each.desc() for each in order)).limit(size + 1))
    return page_of(rows, lambda row: (row.created_at.isoformat(), str(row.id)), size, cursor)


def pictures_named(ids: set[UUID]) -> dict[UUID, Picture]:
    """Return the pictures of the library that texts name, by their ids."""
    return {each.id: each for each in Picture.select().where(Picture.id.in_(ids))} if ids else {}


def picture_uses(picture_id: UUID) -> list[tuple[UUID, str]]:
    """Return the articles that show a picture, a few of them; `None` as an id is the site itself."""
    return db.execute_sql(
        "SELECT id, title FROM websites.article WHERE tenant_id = %(tenant)s AND (cover_id = %(id)s "
        "OR strpos(body, %(named)s) > 0 OR strpos(body_en, %(named)s) > 0) UNION "
        "SELECT p.id, p.title FROM websites.shown_picture s JOIN websites.publication p ON p.tenant_id = s.tenant_id "
        "AND p.id = s.article_id WHERE s.tenant_id = %(tenant)s AND s.picture_id = %(id)s UNION "
        "SELECT id, name FROM websites.site WHERE tenant_id = %(tenant)s AND %(id)s IN (logo_id, banner_id) LIMIT 5",
        {"tenant": current_tenant(), "id": picture_id, "named": f"picture:{picture_id}"},
    ).fetchall()


def picture_is_approved(picture_id: UUID) -> bool:
    """Tell whether the site, or a text that is published or has its time set, shows a picture: its words are the public's."""
    return db.execute_sql(
        "SELECT EXISTS (SELECT FROM websites.shown_picture s JOIN websites.publication p ON p.tenant_id = s.tenant_id "
        "AND p.id = s.article_id WHERE s.tenant_id = %(tenant)s AND s.picture_id = %(id)s) OR "
        "EXISTS (SELECT FROM websites.article WHERE tenant_id = %(tenant)s AND state = 'scheduled' AND (cover_id = %(id)s "
        "OR strpos(body, %(named)s) > 0 OR strpos(body_en, %(named)s) > 0)) OR "
        "EXISTS (SELECT FROM websites.site WHERE tenant_id = %(tenant)s AND %(id)s IN (logo_id, banner_id))",
        {"tenant": current_tenant(), "id": picture_id, "named": f"picture:{picture_id}"},
    ).fetchone()[0]


# ---- own domain, front page ------------------------------------------------------------------------------------


def own_domain() -> Domain | None:
    """Return the host name the agency in scope has asked for last; the one it uses when nothing is asked for."""
    return (
        Domain.select()
        .where(Domain.tenant_id == current_tenant())
        .order_by(Domain.requested_at.desc())
        .first()
    )


def host_in_use() -> str:
    """Return the host name at which the public finds the agency in scope; empty without one."""
    approved = (Domain.tenant_id == current_tenant()) & (Domain.state == "approved")
    domain = Domain.select().where(approved).first()
    return domain.host if domain else ""


def agency_name(tenant_id: UUID) -> str:
    """Return the newest name of an agency."""
    row = db.execute_sql(
        "SELECT name FROM tenants.tenant_version WHERE tenant_id = %s ORDER BY valid_from DESC LIMIT 1",
        (tenant_id,),
    ).fetchone()
    return row[0] if row else ""


def decider(item: Domain | FrontItem) -> str:
    """Return the name of who decided about a host name or an offer; empty while nobody has."""
    row = db.execute_sql("SELECT full_name FROM tenants.person WHERE id = %s", (item.decided_by,)).fetchone()
    return row[0] if row else ""


class DomainRow(NamedTuple):
    """A host name as operators decide about it."""

    id: UUID
    host: str
    agency: str
    state: str
    reason: str
    requested_at: datetime
    requested_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    tenant_id: UUID


class Answering(NamedTuple):
    """What the public finds of an agency, and under which host name now."""

    is_open: bool
    published: int
    host: str


def answering(tenant_id: UUID) -> Answering:
    """Return what an agency's own host name would answer with."""
    with scope(tenant_id):
        return Answering(is_open(), sum(standing().counts.values()), host_in_use())


def domains() -> list[DomainRow]:
    """Return the host names of all agencies, those to be decided first."""
    rows = db.execute_sql(
        "SELECT d.id, d.host, a.name, d.state, d.reason, d.requested_at, p.full_name, d.decided_at, "
        "(SELECT full_name FROM tenants.person WHERE id = d.decided_by), d.tenant_id FROM websites.domain d "
        "JOIN tenants.current_agency a ON a.tenant_id = d.tenant_id LEFT JOIN tenants.person p ON p.id = d.requested_by "
        "ORDER BY d.state <> 'requested', d.requested_at DESC LIMIT 500"
    ).fetchall()
    return [DomainRow._make(row) for row in rows]


def offer_of(article_id: UUID) -> FrontItem | None:
    """Return what became of an article's offer to the province."""
    return (
        FrontItem.select()
        .where(FrontItem.tenant_id == current_tenant(), FrontItem.article_id == article_id)
        .first()
    )


class OfferRow(NamedTuple):
    """An article as the portal's editor decides about it."""

    id: UUID
    agency: str
    code: str
    slug: str
    title: str
    summary: str
    state: str
    reason: str
    published_at: datetime
    offered_at: datetime
    is_open: bool
    """The public sees the site of the agency."""


def offers(state: str, size: int = 100) -> list[OfferRow]:
    """Return the newest offers in a state."""
    rows = db.execute_sql(
        "SELECT f.id, a.name, a.code, f.slug, f.title, f.summary, f.state, f.reason, f.published_at, f.offered_at, "
        "EXISTS (SELECT FROM websites.public_site s WHERE s.tenant_id = f.tenant_id) FROM websites.front_item f "
        "JOIN tenants.current_agency a ON a.tenant_id = f.tenant_id WHERE f.state = %s ORDER BY f.published_at DESC, f.id LIMIT %s",
        (state, size),
    ).fetchall()
    return [OfferRow._make(row) for row in rows]


def offers_waiting() -> int:
    """Return how many offers wait for the portal's editor, counting to a thousand at most."""
    return db.execute_sql(
        "SELECT count(*) FROM (SELECT FROM websites.front_item WHERE state = 'offered' LIMIT 1000) counted"
    ).fetchone()[0]


def portal_agencies() -> list[UUID]:
    """Return the agency whose people edit the portal's front page: the province itself."""
    rows = db.execute_sql(
        "SELECT tenant_id FROM tenants.current_agency "
        "WHERE kind = 'province' AND parent_id IS NULL AND status = 'active' ORDER BY tenant_id"
    ).fetchall()
    return [tenant_id for (tenant_id,) in rows]


def is_portal_agency(tenant_id: UUID | None = None) -> bool:
    """Tell whether an agency, the one in scope unless told, is the province itself, whose portal's front page it edits."""
    row = db.execute_sql(
        "SELECT kind = 'province' AND parent_id IS NULL FROM tenants.current_agency WHERE tenant_id = %s",
        (tenant_id or current_tenant(),),
    ).fetchone()
    return bool(row and row[0])


class Contact(NamedTuple):
    """What the registry knows of an agency's address."""

    address: str
    phone: str
    email: str


def contact() -> Contact:
    """Return how the agency in scope is reached, as its settings say."""
    row = db.execute_sql(
        "SELECT address, phone, email FROM tenants.profile WHERE tenant_id = %s", (current_tenant(),)
    ).fetchone()
    return Contact(*(row or ("", "", "")))
