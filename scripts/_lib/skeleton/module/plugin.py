"""What the module declares: its manifest and its hooks; the work is in the other files."""

from core.api import (
    N_,
    CardView,
    DashboardCard,
    Event,
    Manifest,
    NavItem,
    Permission,
    RequestContext,
    Role,
    Route,
    _,
    hookimpl,
    route_url,
)
from plugins.skeleton import events, queries, resources

READ, WRITE = "skeleton.read", "skeleton.write"

manifest = Manifest(
    key="skeleton",
    title=N_("TÊN PHÂN HỆ"),
    summary=N_("Ghi và tra các mục của cơ quan"),
    version="0.1",
)


@hookimpl
def register_routes() -> list[Route]:
    return [
        Route("office", "", resources.Entries(), "skeleton.entries", READ),
        Route("office", "new", resources.NewEntry(), "skeleton.new", WRITE),
        Route("api", "entries", resources.EntriesDocument(), "skeleton.api_entries", READ),
        Route("api", "entries/new", resources.NewEntryDocument(), "skeleton.api_new", WRITE),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission(READ, N_("Xem các mục")), Permission(WRITE, N_("Thêm mục"))]


@hookimpl
def register_roles() -> list[Role]:
    return [Role("skeleton.writer", N_("Người ghi mục"), (READ, WRITE))]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [NavItem(N_("TÊN PHÂN HỆ"), "skeleton.entries", "puzzle", READ)]


@hookimpl
def register_events() -> list[type[Event]]:
    return [events.EntryAdded]


@hookimpl
def register_dashboard_cards() -> list[DashboardCard]:
    return [DashboardCard("skeleton.newest", N_("TÊN PHÂN HỆ"), READ, _newest)]


def _newest(ctx: RequestContext) -> CardView:
    assert ctx.tenant is not None
    url = route_url("skeleton.entries", tenant=ctx.tenant.code)
    return CardView(
        lines=tuple((row.title, url) for row in queries.entries(size=5).rows),
        empty=_("Chưa có mục nào."),
        url=url,
        link_text=_("Xem tất cả"),
    )
