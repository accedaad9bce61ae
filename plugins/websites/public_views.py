"""What public pages show: plain values with addresses, made from what `public_queries` found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from markupsafe import Markup

from core.api import N_, Crumb, Request, _, installed_settings, lower_first, url_for
from plugins.files.api import SHARED
from plugins.websites import richtext
from plugins.websites.palettes import DEFAULT_PALETTE, PALETTES

KINDS = ("news", "notice", "document", "page")
MENU_PAGES = frozenset({"home", "documents", "notices"})
DESCRIPTION_LENGTH = 300
PICTURE_ROUTE = "files.public_picture"
FILE_ROUTE = "files.public"
WIDE, SMALL, LOGO = 960, 320, 160
"""Widths that pictures are asked for in; a cheap telephone loads no more than it shows."""


def page_of_kind(kind: str) -> str:
    """Return which page shows a publication of a kind."""
    return "page" if kind == "page" else "article"


class Vietnamese(str):
    """A text known to be Vietnamese, whatever the language of the page: `p.said` and `p.mark` tell readers so."""

    __slots__ = ()
    vietnamese = True


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line of the menu with the lines below it."""

    title: str
    url: str
    current: bool
    children: tuple["MenuLine", ...] = ()


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture with its alternative text."""

    url: str
    alt: str
    width: int
    height: int
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A publication as a line of a list."""

    title: str
    summary: str
    url: str
    at: datetime
    symbol: str = ""
    issued_on: date | None = None
    issuer: str = ""
    cover: PictureView | None = None
    site: str = ""


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links to other sites under a heading."""

    heading: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PreviewBar:
    """What stands above a text that staff look at before the public may."""

    text: str
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around every public page, of a site or of the province."""

    title: str
    name: str
    line: str
    palette: str
    home_url: str
    search_url: str
    canonical: str
    description: str = ""
    menu: tuple[MenuLine, ...] = ()
    logo: PictureView | None = None
    other_language: str = ""
    """The address of this page in the other language, or of its home page there."""
    alternates: tuple[tuple[str, str], ...] = ()
    """(language, absolute address) of the same page."""
    feed_url: str = ""
    share_picture: PictureView | None = None
    """What messengers show beside a link, with its address in full."""
    kind: str = "website"
    structured: Markup = Markup()
    portal_url: str = ""
    portal_name: str = ""
    """Where all agencies stand together."""
    sign_in_url: str = ""
    crumbs: Sequence[Crumb] = ()
    responsible: str = ""
    licence: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    query: str = ""
    preview: PreviewBar | None = None
    full_name: str = ""
    """The province's pages: their name with that of the province."""


@dataclass(frozen=True, slots=True)
class Section:
    """A category on the home page."""

    title: str
    url: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class HomeView:
    """The first page of a site."""

    frame: Frame
    banner: PictureView | None
    lead: Card | None
    newest: tuple[Card, ...]
    sections: tuple[Section, ...]
    notices: tuple[Card, ...]
    notices_url: str
    documents: tuple[Card, ...]
    documents_url: str
    news_url: str
    links: tuple[LinkGroup, ...]


@dataclass(frozen=True, slots=True)
class ListView:
    """One page of a list; `documents` shows numbers and dates."""

    frame: Frame
    cards: tuple[Card, ...]
    documents: bool
    searchable: bool
    query: str
    empty: str
    newer_url: str
    older_url: str
    list_url: str


@dataclass(frozen=True, slots=True)
class MissingView:
    """What stands at an address without a page, on an open site."""

    frame: Frame
    newest: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit in the structure, with its heads."""

    name: str
    depth: int
    heads: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LeaderCard:
    """Somebody who leads the agency, with what the agency says of them."""

    name: str
    position: str
    unit: str
    biography: str = ""
    duties: str = ""


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of a publication."""

    name: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class ArticleView:
    """One publication."""

    frame: Frame
    card: Card
    body: Markup
    dated: bool
    related: tuple[Card, ...]
    rate_url: str
    leaders: tuple[LeaderCard, ...] = ()
    units: tuple[UnitView, ...] = ()
    files: tuple[FileLine, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchView:
    """What was found for some words."""

    frame: Frame
    query: str
    cards: tuple[Card, ...]
    newer_url: str
    older_url: str
    province_url: str
    scope: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A service to the public."""

    title: str
    summary: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class AgencyGroup:
    """Agencies of one kind: (name, address) pairs; those without a site have no address."""

    kind: str
    title: str
    agencies: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProvinceView:
    """The front page of the province, or its list of agencies."""

    frame: Frame
    lead: Card | None
    news: tuple[Card, ...]
    tiles: tuple[Tile, ...]
    groups: tuple[AgencyGroup, ...]
    agencies_url: str
    in_vietnamese: bool = False
    """The page is English, and as nothing is translated yet the news are the Vietnamese ones."""
    links: tuple[LinkGroup, ...] = ()


_NAMED = (N_("Thành phố {name}"), N_("Tỉnh {name}"))


def province_name(*, inside: bool = False) -> str:
    """Return the province as the language of the page names it; `inside` a sentence "thành phố" is written small."""
    name = installed_settings().province_name
    for words in _NAMED:
        front = words.removesuffix("{name}")
        if name.startswith(front):
            told = _(words, name=name.removeprefix(front))
            return lower_first(told) if inside and told.startswith(front) else told
    return name


class Addresses:
    """Makes addresses of one site in one language, as the reader's own host has them."""

    def __init__(self, req: Request, english: bool, host: str | None = None) -> None:
        self._req = req
        self.english = english
        self._host = host

    def to(self, page: str, english: bool | None = None, **fields: Any) -> str:
        """Return the address of a page of this site."""
        wanted = self.english if english is None else english
        return url_for(self._req, f"websites.public_{'en_' if wanted else ''}{page}", **fields)

    def plain(self, page: str, **fields: Any) -> str:
        """Return an address that is the same in every language."""
        return url_for(self._req, f"websites.public_{page}", **fields)

    def absolute(self, url: str) -> str:
        """Return the one address that search engines and readers should keep, on the own domain when there is one."""
        tenant = self._req.public_tenant
        below = f"/public/{tenant.code}" if tenant else ""
        path = url if not url.startswith(f"{below}/") else url[len(below) :]
        if self._host and below:
            scheme, _sign, rest = installed_settings().public_url.partition("://")
            port = f":{rest.partition(':')[2]}" if ":" in rest else ""
            return f"{scheme}://{self._host}{port}{path}"
        return installed_settings().public_url + (f"{below}{path}" if self._req.own_origin else url)

    def picture(self, found: dict[str, Any] | None, width: int = WIDE) -> PictureView | None:
        """Return a picture of the site with its address in one of the widths."""
        if not found:
            return None
        return PictureView(
            self.picture_url(found["file"], width),
            Vietnamese(found["alt"]),
            found["width"],
            found["height"],
            Vietnamese(found.get("caption", "")),
        )

    def shared(self, found: dict[str, Any] | None) -> PictureView | None:
        """Return a picture as messengers show it, in the size it has then."""
        picture = self.picture(found, SHARED)
        if picture is None:
            return None
        width = min(SHARED, picture.width)
        height = round(picture.height * width / picture.width)
        return replace(picture, url=self.absolute(picture.url), width=width, height=height)

    def picture_url(self, file_id: str, width: int) -> str:
        """Return where a stored picture is found in one of the widths."""
        return url_for(self._req, PICTURE_ROUTE, file_id=file_id, width=width)

    def file_url(self, file_id: UUID) -> str:
        """Return where a file of a publication is found."""
        return url_for(self._req, FILE_ROUTE, file_id=file_id)

    def body(self, html: str, pictures: dict[str, tuple[str, str]]) -> Markup:
        """Return a stored text with addresses of its pictures; one that is gone from the library is left out.

        `pictures` has the file of each and its words in the library, which are Vietnamese on an English page too.
        """

        def address(picture_id: UUID) -> str:
            file_id, _alt = pictures.get(str(picture_id), ("", ""))
            return self.picture_url(file_id, WIDE) if file_id else ""

        return richtext.with_pictures(
            html, address, {alt for _, alt in pictures.values()} if self.english else ()
        )

    def card(self, row: dict[str, Any], width: int = SMALL) -> Card:
        """Return a publication as a line of a list."""
        issued = row.get("issued_on")
        return Card(
            title=self.said(row, "title"),
            summary=self.said(row, "summary"),
            url=self.to(page_of_kind(row["kind"]), slug=row["slug"]),
            at=datetime.fromisoformat(row["published_at"]),
            symbol=row.get("symbol", ""),
            issued_on=date.fromisoformat(issued) if issued else None,
            issuer=Vietnamese(row.get("issuer", "")),
            cover=self.picture(row.get("cover"), width),
        )

    def said(self, row: dict[str, Any], name: str) -> str:
        """Return a text in the page's language; Vietnamese where nobody translated it."""
        return said(row, name, english=self.english)


def said(row: dict[str, Any], name: str, *, english: bool) -> str:
    """Return a text in a language; Vietnamese where nobody translated it."""
    return (english and row.get(f"{name}_en")) or Vietnamese(row[name])


def cards(to: Addresses, rows: list[dict[str, Any]]) -> tuple[Card, ...]:
    """Return publications as lines of a list."""
    return tuple(to.card(row) for row in rows)


def frame(
    req: Request,
    to: Addresses,
    found: dict[str, Any],
    title: str,
    own_url: str,
    *,
    translated: str = "",
    crumbs: Sequence[Crumb] = (),
    description: str = "",
) -> Frame:
    """Return what stands around a page of a site; `translated` is its address in the other language."""
    site = found["site"]
    name = to.said(site, "name")
    other = (translated or to.to("home", english=not to.english)) if site["has_english"] else ""
    alternates = (
        (
            (("vi", "en")[to.english], to.absolute(own_url)),
            (("en", "vi")[to.english], to.absolute(translated)),
        )
        if site["has_english"] and translated
        else ()
    )
    tenant = req.public_tenant or (req.ctx.tenant if req.ctx else None)
    parent = tenant.parent_name if tenant else ""
    logo = to.picture(site["logo"], LOGO)
    return Frame(
        title=title,
        name=name,
        line=to.said(site, "tagline") or Vietnamese(parent),
        palette=site["palette"] if site["palette"] in PALETTES else DEFAULT_PALETTE,
        home_url=to.to("home"),
        search_url=to.to("search"),
        canonical=to.absolute(own_url),
        description=(description or to.said(site, "tagline") or name)[:DESCRIPTION_LENGTH],
        menu=_menu(to, found, own_url),
        logo=logo,
        other_language=other,
        alternates=alternates,
        feed_url=to.absolute(to.plain("feed")),
        share_picture=to.shared(site["logo"]),
        structured=structured(_organisation(to, site)),
        portal_url=to.plain("province"),
        portal_name=_("Cổng thông tin {province}", province=province_name(inside=True)),
        crumbs=crumbs,
        **{key: site[key] for key in ("responsible", "licence", "address", "phone", "email")},
    )


def _menu(to: Addresses, found: dict[str, Any], own_url: str) -> tuple[MenuLine, ...]:
    """Return the site's menu, or a useful one where nobody has made any."""
    lines = [
        (item["id"], item["parent"], to.said(item, "title"), _target(to, item)) for item in found["menu"]
    ]
    if not lines:
        lines = [("home", None, _("Trang chủ"), to.to("home"))]
        lines += [
            (page["slug"], None, to.said(page, "title"), to.to("page", slug=page["slug"]))
            for page in found["pages"]
            if not to.english or page["title_en"]
        ]
        lines += [
            (each["id"], each["parent"], to.said(each, "title"), to.to("category", slug=each["slug"]))
            for each in found["categories"]
        ]
        lines += [
            ("notices", None, _("Các thông báo"), to.to("notices")),
            ("documents", None, _("Văn bản"), to.to("documents")),
        ]
    children: dict[str | None, list[MenuLine]] = {}
    for _key, parent, title, url in lines:
        if parent is not None and url:
            children.setdefault(parent, []).append(MenuLine(title, url, url == own_url))
    return tuple(
        MenuLine(
            title,
            url,
            url == own_url or any(each.current for each in children.get(key, ())),
            tuple(children.get(key, ())),
        )
        for key, parent, title, url in lines
        if parent is None and (url or key in children)
    )


def _target(to: Addresses, item: dict[str, Any]) -> str:
    """Return where a line of the menu leads; empty when what it named is not published."""
    kind = item["target"]
    if kind == "url":
        return str(item["url"])
    if kind == "category":
        return to.to("category", slug=item["category"]) if item["category"] else ""
    if kind == "article":
        if not item["article"] or (to.english and not item["english"]):
            return ""
        return to.to(page_of_kind(item["kind"]), slug=item["article"])
    return to.to(kind) if kind in MENU_PAGES else ""


def structured(document: dict[str, Any]) -> Markup:
    """Return JSON-LD for the head of a page.

    SECURITY: inside a script element only `</` and `<!--` end or change it, so no `<` is left.
    """
    text = orjson.dumps({"@context": "https://schema.org", **document}).decode()
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - escaped above


def _organisation(to: Addresses, site: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "GovernmentOrganization",
        "name": site["name"],
        "url": to.absolute(to.to("home")),
        **({"address": site["address"]} if site["address"] else {}),
        **({"telephone": site["phone"]} if site["phone"] else {}),
        **({"email": site["email"]} if site["email"] else {}),
    }


def as_article(to: Addresses, around: Frame, row: dict[str, Any], site: dict[str, Any]) -> Frame:
    """Return the frame of an article's page with what share cards and search engines want to know."""
    picture = to.shared(row["cover"]) or around.share_picture
    return replace(
        around,
        kind="article",
        share_picture=picture,
        structured=structured({
            "@type": "NewsArticle" if row["kind"] in ("news", "notice") else "WebPage",
            "headline": to.said(row, "title"),
            "datePublished": row["published_at"],
            "dateModified": row["updated_at"],
            "inLanguage": "en" if to.english else "vi",
            "mainEntityOfPage": around.canonical,
            **({"image": [picture.url]} if picture else {}),
            "publisher": _organisation(to, site),
        }),
    )  # fmt: skip


def link_groups(rows: list[dict[str, Any]], *, english: bool) -> tuple[LinkGroup, ...]:
    """Return links under their headings, in the order given; those without one come first."""
    groups: dict[str, list[tuple[str, str]]] = {"": []}
    for row in rows:
        groups.setdefault(row["heading"], []).append((said(row, "title", english=english), row["url"]))
    return tuple(LinkGroup(heading, tuple(links)) for heading, links in groups.items() if links)
