"""What the global search declares: its page, the field in the top bar and the pages of the platform as a group."""

from core.api import MEMBER, N_, OPERATOR, Manifest, NavItem, Route, SearchSource, hookimpl
from plugins.search import queries, resources

manifest = Manifest(
    key="search",
    title=N_("Tìm kiếm"),
    summary=N_(
        "Tìm một lần trong mọi phân hệ của cơ quan, có dấu hay không; chỉ hiện điều người tìm được xem"
    ),
    version="1.0",
    icon="search",
    always_on=True,
    requires=("pages",),
)


@hookimpl
def register_routes() -> list[Route]:
    return [
        Route("office", "", resources.Search(), "search.page", MEMBER),
        Route("admin", "", resources.ConsoleSearch(), "search.console", OPERATOR),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(N_("Tìm trong cơ quan"), "search.page", "search", MEMBER, "search"),
        NavItem(N_("Tìm cơ quan, mã, người, việc chạy nền"), "search.console", "search", OPERATOR, "search"),
    ]


@hookimpl
def register_search() -> list[SearchSource]:
    return [
        SearchSource("search.pages", N_("Việc làm ngay"), MEMBER, queries.pages, order=1000),
        SearchSource("search.console_pages", N_("Việc làm ngay"), OPERATOR, queries.pages, order=1000),
    ]
