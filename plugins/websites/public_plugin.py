"""What the public side declares; `plugin.py` hands it on."""

from core.api import N_, PUBLIC, Route
from plugins.websites import public_province
from plugins.websites import public_resources as res

ARTICLES = ("news", "notice", "document")


def _pages(*, english: bool) -> list[Route]:
    """Return the pages of a site in one language."""
    way, name = ("en/", "websites.public_en_") if english else ("", "websites.public_")

    def public(path: str, resource: object, route: str) -> Route:
        return Route("public", f"{way}{path}".rstrip("/"), resource, name + route, PUBLIC)

    def portal(path: str, resource: object, route: str) -> Route:
        return Route("portal", path, resource, name + route, PUBLIC)

    here = "t/en" if english else ""
    return [
        public("", res.Home(english=english), "home"),
        public("tin", res.Listing("news", "news", N_("Tin tức"), english=english), "news"),
        public("tin/{slug}", res.Article(*ARTICLES, english=english), "article"),
        public("trang/{slug}", res.Article("page", english=english), "page"),
        public("chuyen-muc/{slug}", res.Listing("", "category", "", english=english), "category"),
        public("van-ban", res.Listing("document", "documents", N_("Văn bản"), english=english), "documents"),
        public("thong-bao", res.Listing("notice", "notices", N_("Các thông báo"), english=english), "notices"),
        public("tim-kiem", res.Search(english=english), "search"),
        public("danh-gia/{slug}", res.Rating(english=english), "rate"),
        public("{rest:path}", res.Missing(english=english), "missing"),
        portal(here, public_province.Province(english=english), "province"),
        portal(
            f"{here or 't'}/co-quan", public_province.Agencies(english=english), "agencies"
        ),
        portal(
            f"{here or 't'}/tim-kiem", public_province.ProvinceSearch(english=english), "province_search"
        ),
    ]  # fmt: skip


def public_routes() -> list[Route]:
    """Return the public addresses of sites and of the province."""
    return [
        *_pages(english=False),
        *_pages(english=True),
        Route("public", "feed.atom", res.Feed(), "websites.public_feed", PUBLIC),
        Route("public", "chuyen-muc/{slug}/feed.atom", res.Feed(), "websites.public_category_feed", PUBLIC),
        Route("public", "sitemap.xml", res.Sitemap(), "websites.public_sitemap", PUBLIC),
        Route("public", "robots.txt", res.Robots(), "websites.public_robots", PUBLIC),
        Route("portal", "feed.atom", public_province.ProvinceFeed(), "websites.public_province_feed", PUBLIC),
        Route(
            "portal",
            "sitemap.xml",
            public_province.ProvinceSitemap(),
            "websites.public_province_sitemap",
            PUBLIC,
        ),
    ]
