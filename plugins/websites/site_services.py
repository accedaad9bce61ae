"""Everything that writes the site itself: settings, opening, categories, menu, links."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from markupsafe import escape
from peewee import fn

from core.api import (
    N_,
    Invalid,
    NotFound,
    RequestContext,
    TenantInfo,
    _,
    db,
    emit,
    fold,
    in_both,
    new_id,
    reading_as,
    require_permission,
)
from plugins.websites import events, queries, site_queries
from plugins.websites.models import (
    Article,
    Category,
    Link,
    MenuItem,
    Publication,
    Site,
)
from plugins.websites.publishing import publish_article
from plugins.websites.services import put_article
from plugins.websites.slugs import under_free_slug
from plugins.websites.turns import MANAGE

USUAL_CATEGORIES: tuple[str, ...] = (
    N_("Tin tức, sự kiện"),
    N_("Chỉ đạo, điều hành"),
    N_("Cải cách hành chính"),
    N_("Chuyển đổi số"),
    N_("Phổ biến pháp luật"),
    N_("Văn hoá, xã hội"),
)
STATIC_PAGES: dict[str, str] = {
    "introduction": N_("Giới thiệu chung"),
    "structure": N_("Cơ cấu tổ chức"),
    "leaders": N_("Lãnh đạo cơ quan"),
}
MENU_TITLES = {
    "home": N_("Trang chủ"),
    "about": N_("Giới thiệu"),
    "documents": N_("Văn bản"),
    "notices": N_("Các thông báo"),
}
ORDERED = {"category": Category, "menu_item": MenuItem, "link": Link}


def _arranged(what: str, title: str) -> None:
    emit(events.SiteArranged(what=what, title=title))


# ---- from nothing to a site --------------------------------------------------------------------------------


def prepare(tenant: TenantInfo) -> None:
    """Give an agency its site: closed, with the usual categories, static pages and menu; what is there stays.

    Its pages are in Vietnamese, whatever the language of who switches the module on.
    """
    with db.atomic(), reading_as("vi"):
        if Site.select().exists():
            return
        contact = site_queries.contact()
        Site.insert(id=new_id(), name=tenant.name[:200], **contact._asdict()).execute()
        for number, title in enumerate(USUAL_CATEGORIES):
            _put_category(*in_both(partial(_, title)), None, on_home=number < 4)
        pages: dict[str, UUID] = {}
        for role, title in STATIC_PAGES.items():
            page = Article(
                id=new_id(),
                kind="page",
                page_role=role,
                title=_(title),
                body=_first_text(role, tenant, contact),
            )
            put_article(page, None)
            pages[role] = page.id
        _first_menu(pages)


def _first_text(role: str, tenant: TenantInfo, contact: site_queries.Contact) -> str:
    """Return what a static page says before anybody has written it: only what the registry knows."""
    if role != "introduction":
        return ""
    lines = [
        (_("Trụ sở"), contact.address),
        (_("Điện thoại"), contact.phone),
        (_("Thư điện tử"), contact.email),
    ]
    known = "".join(f"<li>{escape(title)}: {escape(value)}</li>" for title, value in lines if value)
    reach = f"<h2>{escape(_('Liên hệ'))}</h2><ul>{known}</ul>" if known else ""
    told = _(
        "{name} thực hiện chức năng, nhiệm vụ và quyền hạn theo quy định của pháp luật.", name=tenant.name
    )
    return f"<h2>{escape(_('Chức năng, nhiệm vụ'))}</h2><p>{escape(told)}</p>{reach}"


def _first_menu(pages: dict[str, UUID]) -> None:
    def put(title: str, target: str, *, parent_id: UUID | None = None, target_id: UUID | None = None) -> UUID:
        made = new_id()
        vietnamese, english = in_both(partial(_, title))
        MenuItem.insert(
            id=made,
            title=vietnamese,
            title_en=english,
            target=target,
            target_id=target_id,
            parent_id=parent_id,
            position=_end_of(MenuItem, parent_id),
        ).execute()
        return made

    put(MENU_TITLES["home"], "home")
    about = put(MENU_TITLES["about"], "article", target_id=pages["introduction"])
    for role in ("structure", "leaders"):
        put(STATIC_PAGES[role], "article", parent_id=about, target_id=pages[role])
    news = Category.select().order_by(Category.position).first()
    put(USUAL_CATEGORIES[0], "category", target_id=news.id)
    put(MENU_TITLES["documents"], "documents")
    put(MENU_TITLES["notices"], "notices")


# ---- settings, opening -----------------------------------------------------------------------------------------


def change_site(ctx: RequestContext, *, version: int, **values: Any) -> Site:
    """Change how the site is called, reached and coloured.

    Raises Conflict, Invalid for an unknown picture, Forbidden.
    """
    require_permission(ctx, MANAGE)
    for name in ("logo_id", "banner_id"):
        if values.get(name) is not None and not queries.picture_exists(values[name]):
            raise Invalid({name: [_("Lựa chọn này không còn, chọn lại.")]})
    with db.atomic():
        site = site_queries.site()
        _require_what_opened_it(site, values)
        different = sorted(name for name, value in values.items() if getattr(site, name) != value)
        if not different:
            return site
        for name in different:
            setattr(site, name, values[name])
        site.save_as(ctx.person.id, version)
        emit(events.SiteChanged(object_id=site.id, fields=different))
    return site


def _require_what_opened_it(site: Site, values: Mapping[str, Any]) -> None:
    """Refuse to take from an open site what it had to have before it opened.

    Raises Invalid.
    """
    now = {
        name: values.get(name, getattr(site, name)) for name in ("responsible", "address", "phone", "email")
    }
    told = [_("Trang đang mở cho công chúng nên mục này không được để trống.")]
    errors = {name: told for name in ("responsible", "address") if not now[name]}
    if not now["phone"] and not now["email"]:
        errors["phone"] = [_("Trang đang mở: cần số điện thoại hoặc thư điện tử.")]
    if site.is_open and errors:
        raise Invalid(errors)


def missing(site: Site, standing: site_queries.Standing) -> list[str]:
    """Return what a site must have before it may open: `responsible`, `contact`, its static pages by role."""
    found = {
        "responsible": bool(site.responsible),
        "contact": bool(site.address and (site.phone or site.email)),
        **{role: role in standing.roles for role in site_queries.ROLES},
    }
    return [name for name, there in found.items() if not there]


def set_open(ctx: RequestContext, *, is_open: bool) -> None:
    """Show the site to the public, or no longer; raises Invalid while something it must have is missing, Forbidden."""
    require_permission(ctx, MANAGE)
    with db.atomic():
        site = site_queries.locked_site()
        if site.is_open == is_open:
            return
        if is_open and missing(site, site_queries.standing()):
            told = _("Trang còn thiếu mục bắt buộc nên chưa mở được.")
            raise Invalid({"": [told]}, told)
        Site.update(is_open=is_open, version=Site.version + 1).where(Site.id == site.id).execute()
        emit((events.SiteOpened if is_open else events.SiteClosed)(object_id=site.id))


def publish_static_pages(ctx: RequestContext) -> int:
    """Publish the static pages that are still drafts, and return how many; raises Forbidden."""
    drafts = site_queries.standing().drafts
    for article_id in drafts:
        publish_article(ctx, article_id, version=queries.article(article_id).version)
    return len(drafts)


# ---- categories, menu, links -------------------------------------------------------------------------------------


def add_category(
    ctx: RequestContext,
    *,
    title: str,
    title_en: str = "",
    parent_id: UUID | None = None,
    on_home: bool = False,
) -> None:
    """Add a category at the end.

    Raises Invalid for a name that another one has and for a parent that is itself below one, Forbidden.
    """
    require_permission(ctx, MANAGE)
    with db.atomic():
        _check_title(title, None)
        _check_parent(parent_id, None)
        _put_category(title, title_en, parent_id, on_home=on_home)
        _arranged("category_added", title)


def category_titled(title: str) -> UUID:
    """Return the category of a title, made at the end and off the home page when there is none."""
    with db.atomic():
        found = _titled(title, None)
        if found is not None:
            return UUID(str(found.id))
        made = _put_category(title, "", None, on_home=False)
        _arranged("category_added", title)
    return made


def _end_of(model: Any, parent_id: UUID | None = None) -> int:
    """Return the position after the last category, line of the menu or link, of those below a parent if one is given."""
    query = model.select(fn.coalesce(fn.max(model.position) + 1, 0))
    return int((query if model is Link else query.where(model.parent_id == parent_id)).scalar())


def _put_category(title: str, title_en: str, parent_id: UUID | None, *, on_home: bool) -> UUID:
    made = new_id()

    def store(slug: str) -> None:
        Category.insert(
            id=made,
            slug=slug,
            title=title,
            title_en=title_en,
            parent_id=parent_id,
            position=_end_of(Category, parent_id),
            on_home=on_home,
        ).execute()

    under_free_slug("category", title, made, store)
    return made


def _titled(title: str, own_id: UUID | None) -> Category | None:
    """Return the first other category that a reader would take for one of this title."""
    others = Category.select(Category.id, Category.title).order_by(Category.position, Category.id)
    return next((each for each in others if fold(each.title) == fold(title) and each.id != own_id), None)


def _check_title(title: str, own_id: UUID | None) -> None:
    found = _titled(title, own_id)
    if found is not None:
        raise Invalid({"title": [_("Trang đã có chuyên mục “{title}”. Đặt tên khác.", title=found.title)]})


def _check_parent(parent_id: UUID | None, own_id: UUID | None) -> None:
    if parent_id is None:
        return
    parent = Category.select().where(Category.id == parent_id).first()
    if parent is None:
        raise Invalid({"parent_id": [_("Lựa chọn này không còn, chọn lại.")]})
    has_children = own_id is not None and Category.select().where(Category.parent_id == own_id).exists()
    if parent.parent_id is not None or parent_id == own_id or has_children:
        raise Invalid({"parent_id": [_("Chuyên mục chỉ có hai cấp.")]})


def change_category(ctx: RequestContext, category_id: UUID, *, version: int, **values: Any) -> None:
    """Change a category; its address stays, below another one it comes last. Raises Conflict, Invalid, Forbidden, NotFound."""
    require_permission(ctx, MANAGE)
    with db.atomic():
        category = site_queries.category(category_id)
        if fold(values["title"]) != fold(category.title):
            _check_title(values["title"], category_id)
        _check_parent(values.get("parent_id"), category_id)
        if values.get("parent_id", category.parent_id) != category.parent_id:
            values["position"] = _end_of(Category, values["parent_id"])
        for name, value in values.items():
            setattr(category, name, value)
        category.save_as(ctx.person.id, version)
        _arranged("category_changed", category.title)


def delete_category(ctx: RequestContext, category_id: UUID) -> None:
    """Delete a category that nothing stands under; raises Invalid, Forbidden, NotFound."""
    require_permission(ctx, MANAGE)
    with db.atomic():
        category = site_queries.category(category_id, lock=True)
        used = (
            Article.select().where(Article.category_id == category_id, Article.state != "put_away").exists()
            # Its text may have been moved since: the public still finds it here.
            or Publication.select().where(Publication.category_id == category_id).exists()
            or Category.select().where(Category.parent_id == category_id).exists()
            or MenuItem.select().where(MenuItem.target_id == category_id).exists()
        )
        if used:
            told = _(
                "Chuyên mục còn bài (tính cả bản đang đăng), chuyên mục con hoặc dòng menu. Chuyển chúng đi trước khi bỏ."
            )
            raise Invalid({"": [told]}, told)
        Article.update(category_id=None).where(Article.category_id == category_id).execute()
        Category.delete().where(Category.id == category_id).execute()
        _arranged("category_removed", category.title)


def add_menu_item(ctx: RequestContext, **values: Any) -> None:
    """Add a line at the end of the menu; raises Invalid by the field that is wrong, Forbidden."""
    require_permission(ctx, MANAGE)
    with db.atomic():
        columns = _menu_columns(None, **values)
        MenuItem.insert(id=new_id(), position=_end_of(MenuItem, columns["parent_id"]), **columns).execute()
        _arranged("menu_item_added", columns["title"])


def change_menu_item(ctx: RequestContext, line_id: UUID, *, version: int, **values: Any) -> None:
    """Change a line of the menu; under another one it comes last. Raises Conflict, Invalid, Forbidden, NotFound."""
    require_permission(ctx, MANAGE)
    with db.atomic():
        item = site_queries.menu_item(line_id)
        columns = _menu_columns(line_id, **values)
        if item.parent_id != columns["parent_id"]:
            columns["position"] = _end_of(MenuItem, columns["parent_id"])
        _put_line(ctx, item, version, columns)
        _arranged("menu_item_changed", item.title)


def _put_line(ctx: RequestContext, line: MenuItem | Link, version: int, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(line, name, value)
    line.save_as(ctx.person.id, version)


def _menu_columns(
    own_id: UUID | None,
    *,
    title: str,
    title_en: str = "",
    target: str,
    category_id: UUID | None = None,
    article_id: UUID | None = None,
    url: str = "",
    parent_id: UUID | None = None,
) -> dict[str, Any]:
    """Return what is stored of a line of the menu; raises Invalid by the field that is wrong."""
    target_id = {"category": category_id, "article": article_id}.get(target)
    errors: dict[str, list[str]] = {}
    gone = [_("Lựa chọn này không còn, chọn lại.")]
    if target == "category" and (target_id is None or not queries.category_exists(target_id)):
        errors["category_id"] = gone
    if target == "article" and not Article.select().where(Article.id == target_id).exists():
        errors["article_id"] = gone
    if target == "url" and not re.match(r"https?://|/(?!/)", url):
        errors["url"] = [_("Địa chỉ bắt đầu bằng https:// hoặc /.")]
    if parent_id is not None:
        parent = MenuItem.select().where(MenuItem.id == parent_id).first()
        if parent is None:
            errors["parent_id"] = gone
        elif parent.parent_id is not None or parent_id == own_id or site_queries.menu_below(own_id):
            errors["parent_id"] = [_("Menu chỉ có hai cấp.")]
    if errors:
        raise Invalid(errors)
    return {
        "title": title,
        "title_en": title_en,
        "target": target,
        "target_id": target_id,
        "url": url if target == "url" else "",
        "parent_id": parent_id,
    }


def delete_menu_item(ctx: RequestContext, line_id: UUID) -> None:
    """Delete a line of the menu with those below it; raises Forbidden, NotFound."""
    require_permission(ctx, MANAGE)
    with db.atomic():
        item = site_queries.menu_item(line_id)
        MenuItem.delete().where(MenuItem.id == line_id).execute()
        _arranged("menu_item_removed", item.title)


def add_link(ctx: RequestContext, **columns: Any) -> None:
    """Add a link to another site; raises Invalid, Forbidden."""
    require_permission(ctx, MANAGE)
    _check_link(columns["url"])
    with db.atomic():
        Link.insert(id=new_id(), position=_end_of(Link), **columns).execute()
        _arranged("link_added", columns["title"])


def change_link(ctx: RequestContext, line_id: UUID, *, version: int, **columns: Any) -> None:
    """Change a link; raises Conflict, Invalid, Forbidden, NotFound."""
    require_permission(ctx, MANAGE)
    _check_link(columns["url"])
    with db.atomic():
        link = site_queries.link(line_id)
        _put_line(ctx, link, version, columns)
        _arranged("link_changed", link.title)


def _check_link(url: str) -> None:
    if not re.match(r"https?://[^\s/]+", url):
        raise Invalid({"url": [_("Địa chỉ bắt đầu bằng https://.")]})


def delete_link(ctx: RequestContext, line_id: UUID) -> None:
    """Delete a link; raises Forbidden, NotFound."""
    require_permission(ctx, MANAGE)
    with db.atomic():
        link = site_queries.link(line_id)
        Link.delete().where(Link.id == line_id).execute()
        _arranged("link_removed", link.title)


def move_up(ctx: RequestContext, table: str, row_id: UUID) -> None:
    """Put a category, a line of the menu or a link before the one above it; the first one stays.

    Raises Forbidden, NotFound.
    """
    require_permission(ctx, MANAGE)
    model: Any = ORDERED[table]
    with db.atomic():
        row = model.select().where(model.id == row_id).first()
        if row is None:
            raise NotFound
        query = model.select(model.id)
        if table != "link":
            query = query.where(model.parent_id == row.parent_id)
        ids = [each for (each,) in query.order_by(model.position, model.id).for_update().tuples()]
        at = ids.index(row_id)
        if at == 0:
            return
        ids[at - 1], ids[at] = ids[at], ids[at - 1]
        for position, each in enumerate(ids):
            model.update(position=position).where(model.id == each).execute()
        _arranged("moved_up", row.title)
