"""What the agencies' sites declare."""

from uuid import UUID

from core.api import (
    N_,
    OPERATOR,
    Blocker,
    CardView,
    Command,
    DashboardCard,
    DemoMaker,
    Deny,
    Event,
    FileOwner,
    Job,
    Manifest,
    NavItem,
    ObjectAction,
    Permission,
    PublicFrame,
    RequestContext,
    Role,
    Route,
    SearchSource,
    TenantInfo,
    _,
    hookimpl,
    route_url,
)
from plugins.notifications.api import NotificationKind
from plugins.websites import (
    actions,
    attaching,
    cli,
    events,
    framing,
    jobs,
    public_jobs,
    public_plugin,
    public_queries,
    queries,
    resources,
    resources_api,
    resources_leaders,
    resources_lines,
    resources_pictures,
    resources_preview,
    resources_province,
    resources_revisions,
    resources_site,
    searching,
    site_queries,
    site_services,
    telling,
    turns,
)
from plugins.websites.models import Article
from plugins.websites.turns import EDIT, MANAGE, PORTAL, PUBLISH, READ, WRITE

manifest = Manifest(
    key="websites",
    category="quality",
    title=N_("Trang thông tin điện tử"),
    summary=N_(
        "Trang của cơ quan trong cổng chung: tin bài, giới thiệu, văn bản, thông báo; viết, biên tập, duyệt đăng"
    ),
    version="1.0",
    requires=("drafts", "files", "followers", "lists", "notifications", "pages"),
    icon="world",
    public_root=True,
    agency_of_host=public_queries.agency_of_host,
)
CARD_SIZE = 5


# ---- declare -----------------------------------------------------------------------------------------------


@hookimpl
def register_routes() -> list[Route]:
    return [
        *_article_routes(),
        *_api_routes(),
        *_picture_routes(),
        *_site_routes(),
        *_province_routes(),
        *public_plugin.public_routes(),
    ]


def _article_routes() -> list[Route]:
    buttons, one = resources.ArticleActions(), "{article_id:uuid}"
    return [
        Route("office", "", resources.Articles(), "websites.articles", READ),
        Route("office", "new", resources.NewArticle(), "websites.new", WRITE, max_upload=attaching.MOST_SENT),
        Route("office", one, resources.OneArticle(), "websites.article", READ),
        Route(
            "office",
            f"{one}/edit",
            resources.EditArticle(),
            "websites.edit",
            WRITE,
            max_upload=attaching.MOST_SENT,
        ),
        Route("office", f"{one}/preview", resources_preview.Preview(), "websites.preview", READ),
        Route("office", f"{one}/revisions", resources_revisions.Revisions(), "websites.revisions", READ),
        Route("office", f"{one}/restore", buttons, "websites.restore", WRITE, suffix="restore"),
        Route("office", f"{one}/submit", buttons, "websites.submit", WRITE, suffix="submit"),
        Route("office", f"{one}/forward", buttons, "websites.forward", EDIT, suffix="forward"),
        Route("office", f"{one}/return", resources.ReturnArticle(), "websites.give_back", EDIT),
        Route("office", f"{one}/publish", resources.PublishArticle(), "websites.publish", PUBLISH),
        Route("office", f"{one}/unschedule", buttons, "websites.unschedule", PUBLISH, suffix="unschedule"),
        Route("office", f"{one}/withdraw", resources.WithdrawArticle(), "websites.withdraw", PUBLISH),
        Route("office", f"{one}/put-away", buttons, "websites.put_away", WRITE, suffix="put_away"),
        Route("office", f"{one}/take-back", buttons, "websites.take_back", WRITE, suffix="take_back"),
        Route("office", f"{one}/offer", buttons, "websites.offer", PUBLISH, suffix="offer"),
        Route("office", f"{one}/retract", buttons, "websites.retract", PUBLISH, suffix="retract"),
    ]


def _api_routes() -> list[Route]:
    steps, one = resources_api.ArticleTurns(), "articles/{article_id:uuid}"
    return [
        Route("api", "articles", resources_api.ArticlesDocument(), "websites.api_articles", READ),
        Route("api", "articles/new", resources_api.NewArticleDocument(), "websites.api_new", WRITE),
        Route("api", one, resources_api.OneArticleDocument(), "websites.api_article", READ),
        Route("api", f"{one}/submit", steps, "websites.api_submit", WRITE, suffix="submit"),
        Route("api", f"{one}/forward", steps, "websites.api_forward", EDIT, suffix="forward"),
        Route("api", f"{one}/return", steps, "websites.api_return", EDIT, suffix="return"),
        Route("api", f"{one}/publish", steps, "websites.api_publish", PUBLISH, suffix="publish"),
        Route("api", f"{one}/unschedule", steps, "websites.api_unschedule", PUBLISH, suffix="unschedule"),
        Route("api", f"{one}/withdraw", steps, "websites.api_withdraw", PUBLISH, suffix="withdraw"),
        Route("api", f"{one}/put-away", steps, "websites.api_put_away", WRITE, suffix="put_away"),
        Route("api", f"{one}/take-back", steps, "websites.api_take_back", WRITE, suffix="take_back"),
    ]


def _picture_routes() -> list[Route]:
    picture, one = resources_pictures.OnePicture(), "pictures/{picture_id:uuid}"
    return [
        Route("office", "pictures", resources_pictures.Pictures(), "websites.pictures", WRITE),
        Route("office", one, picture, "websites.picture", WRITE),
        Route("office", f"{one}/image", picture, "websites.picture_image", READ, suffix="image"),
        Route("office", f"{one}/delete", picture, "websites.picture_delete", WRITE, suffix="delete"),
        Route("api", "pictures", resources_pictures.PicturesDocument(), "websites.api_pictures", WRITE),
    ]


def _site_routes() -> list[Route]:
    site, category = resources_site.SiteOverview(), resources_lines.ONE_CATEGORY
    item, link = resources_lines.ONE_MENU_ITEM, resources_lines.ONE_LINK
    one_category, one_item, one_link = (
        "site/categories/{line_id:uuid}",
        "site/menu/{line_id:uuid}",
        "site/links/{line_id:uuid}",
    )
    domain = resources_site.OwnDomain()
    return [
        Route("office", "site", site, "websites.site", MANAGE),
        Route("office", "site/open", site, "websites.open_site", MANAGE, suffix="open"),
        Route("office", "site/close", site, "websites.close_site", MANAGE, suffix="close"),
        Route("office", "site/pages", site, "websites.publish_pages", PUBLISH, suffix="pages"),
        Route("office", "site/settings", resources_site.Settings(), "websites.settings", MANAGE),
        Route("office", "site/categories", resources_lines.CATEGORIES, "websites.categories", MANAGE),
        Route("office", one_category, category, "websites.category_line", MANAGE),
        Route("office", f"{one_category}/up", category, "websites.category_up", MANAGE, suffix="up"),
        Route(
            "office", f"{one_category}/delete", category, "websites.category_delete", MANAGE, suffix="delete"
        ),
        Route("office", "site/menu", resources_lines.MENU, "websites.menu", MANAGE),
        Route("office", one_item, item, "websites.menu_line", MANAGE),
        Route("office", f"{one_item}/up", item, "websites.menu_up", MANAGE, suffix="up"),
        Route("office", f"{one_item}/delete", item, "websites.menu_delete", MANAGE, suffix="delete"),
        Route("office", "site/links", resources_lines.LINKS, "websites.links", MANAGE),
        Route("office", one_link, link, "websites.link_line", MANAGE),
        Route("office", f"{one_link}/up", link, "websites.link_up", MANAGE, suffix="up"),
        Route("office", f"{one_link}/delete", link, "websites.link_delete", MANAGE, suffix="delete"),
        Route("office", "site/leaders", resources_leaders.Leaders(), "websites.leaders", MANAGE),
        Route(
            "office",
            "site/leaders/{person_id:uuid}",
            resources_leaders.OneLeader(),
            "websites.leader",
            MANAGE,
        ),
        Route("office", "site/domain", domain, "websites.domain", MANAGE),
        Route("office", "site/domain/drop", domain, "websites.drop_domain", MANAGE, suffix="drop"),
    ]


def _province_routes() -> list[Route]:
    return [
        Route("office", "front-page", resources_province.Offers(), "websites.offers", PORTAL),
        Route("admin", "domains", resources_province.Domains(), "websites.domains", OPERATOR),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(READ, N_("Xem bài đang soạn của trang thông tin điện tử")),
        Permission(WRITE, N_("Viết bài và gửi biên tập")),
        Permission(EDIT, N_("Biên tập, trả lại và trình duyệt đăng bài")),
        Permission(PUBLISH, N_("Duyệt đăng, hẹn giờ và gỡ bài")),
        Permission(MANAGE, N_("Quản trị trang: chuyên mục, menu, liên kết, giao diện, mở trang")),
        Permission(PORTAL, N_("Biên tập trang chủ chung"), belongs=site_queries.is_portal_agency),
    ]


@hookimpl
def register_roles() -> list[Role]:
    return [
        Role("websites.author", N_("Người viết tin bài"), (READ, WRITE)),
        Role("websites.editor", N_("Biên tập viên trang thông tin"), (READ, WRITE, EDIT)),
        Role("websites.publisher", N_("Người duyệt đăng tin bài"), (READ, WRITE, EDIT, PUBLISH)),
        Role("websites.portal_editor", N_("Biên tập viên cổng chung"), (PORTAL,)),
        Role("websites.administrator", N_("Quản trị trang thông tin"), (READ, WRITE, EDIT, PUBLISH, MANAGE)),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(N_("Trang thông tin điện tử"), "websites.articles", "world", READ, badge=queries.waiting),
        NavItem(
            N_("Trang chủ chung"),
            "websites.offers",
            "news",
            PORTAL,
            badge=lambda ctx: site_queries.offers_waiting(),
        ),
        NavItem(N_("Tên miền riêng của cơ quan"), "websites.domains", "world-www", OPERATOR, "console"),
    ]


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            "websites.publish_due",
            jobs.publish_due,
            N_("Đăng và gỡ bài theo giờ hẹn"),
            # Each set time brings a job of its own; this finds what came due while the module was off.
            schedule="*/10 * * * *",
        ),
        *public_jobs.public_jobs(),
    ]


@hookimpl
def register_notifications() -> list[NotificationKind]:
    return list(telling.KINDS)


@hookimpl
def register_commands() -> list[Command]:
    return [Command(cli.import_site)]


@hookimpl
def register_public_frames() -> list[PublicFrame]:
    return [framing.PUBLIC_FRAME]


@hookimpl
def register_dashboard_cards() -> list[DashboardCard]:
    return [DashboardCard("websites.waiting", N_("Tin bài chờ bạn"), READ, _waiting_card)]


@hookimpl
def register_search() -> list[SearchSource]:
    return [
        SearchSource(
            "websites.articles",
            N_("Tin bài, văn bản"),
            READ,
            searching.found_articles,
            route="websites.articles",
            icon="news",
        )
    ]


# ---- run -----------------------------------------------------------------------------------------------------


@hookimpl
def on_module_enabled(tenant: TenantInfo) -> None:
    site_services.prepare(tenant)


@hookimpl
def seed_demo(tenant: TenantInfo, make: DemoMaker) -> None:
    from plugins.websites import demo

    demo.seed(tenant, make)


# ---- collect ---------------------------------------------------------------------------------------------------


@hookimpl
def check_access(context: RequestContext, permission: str, obj: object) -> Deny | None:
    if not isinstance(obj, Article) or permission == READ or turns.may_write(context, obj):
        return None
    return Deny(_("Bài này của người khác, chưa đến lượt bạn sửa."))


@hookimpl
def module_disable_blockers(tenant: TenantInfo) -> list[Blocker]:
    if not site_queries.is_open():
        return []
    host = site_queries.host_in_use()
    return [
        Blocker(
            _("Trang đang mở cho công chúng ở {host}", host=host)
            if host
            else _("Trang đang mở cho công chúng"),
            _("Tắt phân hệ thì người dân không mở được trang nữa. Đóng trang trước."),
            route_url("websites.site", tenant=tenant.code),
            _("Đóng trang"),
        )
    ]


@hookimpl
def file_access(context: RequestContext | None, owner: FileOwner, file_id: UUID) -> bool:
    if owner.kind == attaching.ARTICLES:
        return context.can(READ) if context is not None else public_queries.file_is_public(owner.id, file_id)
    if owner.kind != site_queries.PICTURES:
        return False
    return context.can(READ) if context is not None else public_queries.picture_is_public(owner.id)


@hookimpl
def object_actions(context: RequestContext, obj: object) -> list[ObjectAction]:
    if not isinstance(obj, Article) or context.tenant is None:
        return []
    return actions.actions_of(context, obj)


def _waiting_card(ctx: RequestContext) -> CardView:
    assert ctx.tenant is not None
    found = queries.articles(ctx, queries.Filter(state="mine"), size=CARD_SIZE)
    return CardView(
        lines=tuple(
            (
                _(turns.NEXT_STEPS[row.state], title=row.title),
                route_url("websites.article", tenant=ctx.tenant.code, article_id=row.id),
            )
            for row in found.rows
        ),
        empty=_("Không có bài nào chờ bạn."),
        url=route_url("websites.articles", tenant=ctx.tenant.code) + "?state=mine",
        link_text=_("Mở danh sách bài"),
    )
