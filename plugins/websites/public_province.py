"""The province's own public pages: what agencies share, who they are, search over all of them."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import falcon

from core.api import (
    N_,
    Crumb,
    PortalTile,
    Request,
    _,
    dispatcher,
    installed_settings,
    page_text,
    reading_as,
    url_for,
)
from plugins.websites import public_feeds, public_queries
from plugins.websites.keeping import etag_of
from plugins.websites.palettes import DEFAULT_PALETTE
from plugins.websites.public_answers import HTML, SHARED_SECONDS, write
from plugins.websites.public_resources import search_view
from plugins.websites.public_views import (
    SMALL,
    WIDE,
    AgencyGroup,
    Frame,
    MenuLine,
    ProvinceView,
    Tile,
    Vietnamese,
    link_groups,
    province_name,
    structured,
)

NEWS = 9
FEED_SIZE = 30
KEYS = "province"
KINDS: dict[str, str] = {
    "province": N_("Uỷ ban nhân dân cấp tỉnh"),
    "department": N_("Sở, ban, ngành"),
    "department_unit": N_("Đơn vị thuộc sở, ban, ngành"),
    "ward": N_("Phường"),
    "commune": N_("Xã"),
    "special_zone": N_("Đặc khu"),
    "commune_unit": N_("Đơn vị thuộc xã, phường"),
    "other": N_("Cơ quan khác"),
}
"""Kinds of agencies as the registry names them, in the order of the page; a test holds the two alike."""


def province_frame(
    req: Request,
    title: str,
    own: str,
    other: str = "",
    *,
    english: bool = False,
    crumbs: Sequence[Crumb] = (),
) -> Frame:
    """Return what stands around a page of the province; `other` is its address in the other language."""

    def to(page: str, english: bool = english) -> str:
        return url_for(req, f"websites.public_{'en_' if english else ''}{page}")

    base, home = installed_settings().public_url, to("province")
    here, there = ("en", "vi") if english else ("vi", "en")
    menu = [(_("Trang chủ"), home), (_("Các cơ quan"), to("agencies"))]
    return Frame(
        title=title, name=public_feeds.province_title(), full_name=public_feeds.province_title(whole=True),
        line=province_name(), palette=DEFAULT_PALETTE, home_url=home, search_url=to("province_search"),
        canonical=base + own,
        description=_("Tin của các cơ quan, địa chỉ và dịch vụ công của {province}.", province=province_name(inside=True)),
        menu=tuple(MenuLine(words, url, url == own) for words, url in menu),
        other_language=other or to("province", not english),
        alternates=((here, base + own), (there, base + other)) if other else (),
        feed_url=base + to("province_feed", english=False),
        structured=structured({
            "@type": "GovernmentOrganization", "name": installed_settings().province_name, "url": base + home,
        }),
        sign_in_url="/sso/login?return_to=%2F", crumbs=crumbs, **public_queries.province_foot()._asdict(),
    )  # fmt: skip


class _ProvincePage:
    """A page of the province in one language."""

    content_type = HTML

    def __init__(self, *, english: bool = False) -> None:
        self.english = english

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        with reading_as("en" if self.english else "vi"):
            body = self.make(req).encode()
        write(req, resp, body, self.content_type, etag_of(body), KEYS, SHARED_SECONDS)

    @abstractmethod
    def make(self, req: Request) -> str:
        """Return the page."""

    def name(self, page: str, *, english: bool | None = None) -> str:
        """Return the name of a route in this page's language, or in the one given."""
        return f"websites.public_{'en_' if (self.english if english is None else english) else ''}{page}"

    def frame(self, req: Request, title: str, page: str) -> Frame:
        """Return what stands around a page of the province."""
        own, other = (
            url_for(req, self.name(page)),
            url_for(req, self.name(page, english=not self.english)),
        )
        home = url_for(req, self.name("province"))
        crumbs = () if page == "province" else (Crumb(_("Trang chủ"), home),)
        return province_frame(req, title, own, other, english=self.english, crumbs=crumbs)

    def groups(self, req: Request) -> tuple[AgencyGroup, ...]:
        """Return the agencies by their kind, in the order of the registry."""
        from_kind: dict[str, list[tuple[str, str]]] = {kind: [] for kind in KINDS}
        for each in public_queries.agencies():
            english = self.english and each.has_english
            url = (
                url_for(req, f"websites.public_{'en_' if english else ''}home", tenant=each.code)
                if each.is_open
                else ""
            )
            name = (english and each.name_en) or Vietnamese(each.name)
            from_kind.setdefault(each.kind, []).append((name, url))
        return tuple(
            AgencyGroup(kind, _(KINDS.get(kind, KINDS["other"])), tuple(found))
            for kind, found in from_kind.items()
            if found
        )


class Province(_ProvincePage):
    """The front page of the province."""

    def make(self, req: Request) -> str:
        found = public_queries.province_news(NEWS, self.english)
        in_vietnamese = self.english and not found
        if in_vietnamese:
            found = public_queries.province_news(NEWS)
        english = self.english and not in_vietnamese
        news = tuple(
            public_feeds.hit_card(req, hit, english, site=True, width=SMALL if place else WIDE)
            for place, hit in enumerate(found)
        )
        agencies_url = url_for(req, self.name("agencies"))
        view = ProvinceView(
            frame=self.frame(req, "", "province"),
            lead=news[0] if news else None,
            news=news[1:],
            tiles=tuple(
                Tile(_(tile.title), _(tile.summary), _tile_url(req, tile.route, agencies_url), tile.icon)
                for _manifest, tile in dispatcher().catalogue.of(PortalTile).values()
            ),
            groups=self.groups(req),
            agencies_url=agencies_url,
            in_vietnamese=in_vietnamese and bool(news),
            links=link_groups(public_queries.province_links(), english=self.english),
        )
        return page_text(req, "websites/public_province.html", view)


class Agencies(_ProvincePage):
    """All agencies by kind."""

    def make(self, req: Request) -> str:
        view = ProvinceView(
            frame=self.frame(req, _("Các cơ quan"), "agencies"),
            lead=None,
            news=(),
            tiles=(),
            groups=self.groups(req),
            agencies_url="",
        )
        return page_text(req, "websites/public_agencies.html", view)


class ProvinceSearch(_ProvincePage):
    """Searches all open sites."""

    def make(self, req: Request) -> str:
        around = self.frame(req, _("Tìm kiếm"), "province_search")
        return page_text(
            req, "websites/public_search.html", search_view(req, around, self.english, tenant_id=None)
        )


class ProvinceFeed(_ProvincePage):
    """The front page as Atom."""

    content_type = public_feeds.ATOM

    def make(self, req: Request) -> str:
        title = public_feeds.province_title(whole=True)
        return public_feeds.province_feed(req, title, public_queries.province_news(FEED_SIZE))


class ProvinceSitemap(_ProvincePage):
    """The list of the sites' sitemaps, for search engines."""

    content_type = public_feeds.XML

    def make(self, req: Request) -> str:
        codes = [each.code for each in public_queries.agencies() if each.is_open]
        return public_feeds.sitemap_index(
            installed_settings().public_url + url_for(req, "websites.public_sitemap", tenant=code)
            for code in codes
        )


def _tile_url(req: Request, route: str, agencies_url: str) -> str:
    """Return where a tile leads; to the list of agencies when the service is each agency's own."""
    address: Any = dispatcher().catalogue.routes[route]
    return agencies_url if address.tenanted else url_for(req, route)
