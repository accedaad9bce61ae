"""What the agencies' sites declare."""

from core.api import (
    N_,
    CardView,
    DashboardCard,
    Deny,
    Event,
    FileOwner,
    Job,
    Manifest,
    NavItem,
    ObjectAction,
    Permission,
    PortalTile,
    RequestContext,
    Role,
    Route,
    _,
    hookimpl,
    route_url,
)
from plugins.websites import (
    actions,
    events,
    jobs,
    public_jobs,
    public_plugin,
    public_queries,
    queries,
    resources,
    resources_revisions,
    turns,
)
from plugins.websites.models import Article
from plugins.websites.turns import EDIT, MANAGE, PORTAL, PUBLISH, READ, WRITE

manifest = Manifest(
    key="websites",
    title=N_("Trang thông tin điện tử"),
    summary=N_(
        "Trang của cơ quan trong cổng của tỉnh: tin bài, giới thiệu, văn bản, thông báo; viết, biên tập, duyệt đăng"
    ),
    version="1.0",
    icon="world",
    public_root=True,
    agency_of_host=public_queries.agency_of_host,
)
CARD_SIZE = 5


# ---- declare -----------------------------------------------------------------------------------------------


@hookimpl
def register_routes() -> list[Route]:
    return [*_article_routes(), *public_plugin.public_routes()]


def _article_routes() -> list[Route]:
    buttons, one = resources.ArticleActions(), "{article_id:uuid}"
    return [
        Route("office", "", resources.Articles(), "websites.articles", READ),
        Route("office", "new", resources.NewArticle(), "websites.new", WRITE),
        Route("office", one, resources.OneArticle(), "websites.article", READ),
        Route("office", f"{one}/edit", resources.EditArticle(), "websites.edit", WRITE),
        Route("office", f"{one}/preview", resources_revisions.Preview(), "websites.preview", READ),
        Route("office", f"{one}/revisions", resources_revisions.Revisions(), "websites.revisions", READ),
        Route("office", f"{one}/restore", buttons, "websites.restore", WRITE, suffix="restore"),
        Route("office", f"{one}/submit", buttons, "websites.submit", WRITE, suffix="submit"),
        Route("office", f"{one}/forward", buttons, "websites.forward", EDIT, suffix="forward"),
        Route("office", f"{one}/return", resources.ReturnArticle(), "websites.give_back", EDIT),
        Route("office", f"{one}/publish", resources.PublishArticle(), "websites.publish", PUBLISH),
        Route("office", f"{one}/unschedule", buttons, "websites.unschedule", PUBLISH, suffix="unschedule"),
        Route("office", f"{one}/withdraw", resources.WithdrawArticle(), "websites.withdraw", PUBLISH),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(READ, N_("Xem bài đang soạn của trang thông tin điện tử")),
        Permission(WRITE, N_("Viết bài và gửi biên tập")),
        Permission(EDIT, N_("Biên tập, trả lại và trình duyệt đăng bài")),
        Permission(PUBLISH, N_("Duyệt đăng, hẹn giờ và gỡ bài")),
        Permission(MANAGE, N_("Quản trị trang: chuyên mục, menu, liên kết, giao diện, mở trang")),
        Permission(PORTAL, N_("Biên tập trang chủ cổng của tỉnh")),
    ]


@hookimpl
def register_roles() -> list[Role]:
    return [
        Role("websites.author", N_("Người viết tin bài"), (READ, WRITE)),
        Role("websites.editor", N_("Biên tập viên trang thông tin"), (READ, WRITE, EDIT)),
        Role("websites.publisher", N_("Người duyệt đăng tin bài"), (READ, WRITE, EDIT, PUBLISH)),
        Role("websites.administrator", N_("Quản trị trang thông tin"), (READ, WRITE, EDIT, PUBLISH, MANAGE)),
        Role("websites.portal_editor", N_("Biên tập viên cổng của tỉnh"), (PORTAL,)),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(N_("Trang thông tin điện tử"), "websites.articles", "world", READ, badge=queries.waiting),
    ]


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ARTICLES)


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
def register_portal_pages() -> list[PortalTile]:
    return public_plugin.portal_pages()


@hookimpl
def register_dashboard_cards() -> list[DashboardCard]:
    return [DashboardCard("websites.waiting", N_("Tin bài chờ bạn"), READ, _waiting_card)]


# ---- collect ---------------------------------------------------------------------------------------------------


@hookimpl
def check_access(context: RequestContext, permission: str, obj: object) -> Deny | None:
    if not isinstance(obj, Article) or permission == READ or turns.may_write(context, obj):
        return None
    return Deny(_("Bài này của người khác, chưa đến lượt bạn sửa."))


@hookimpl
def file_access(context: RequestContext | None, owner: FileOwner) -> bool:
    if owner.kind != "picture":
        return False
    return context.can(READ) if context else public_queries.picture_is_public(owner.id)


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
            (row.title, route_url("websites.article", tenant=ctx.tenant.code, article_id=row.id))
            for row in found.rows
        ),
        empty=_("Không có bài nào chờ bạn."),
        url=route_url("websites.articles", tenant=ctx.tenant.code) + "?state=mine",
        link_text=_("Mở danh sách bài"),
    )
