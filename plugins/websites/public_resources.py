"""The public pages of agencies' sites: read the request, ask one query, make the page."""

from abc import abstractmethod
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import falcon

from core.api import (
    N_,
    START,
    BadRequest,
    Crumb,
    Cursor,
    NotFound,
    Page,
    Request,
    _,
    page_text,
    read_cursor,
    reading_as,
    redirect,
    url_for,
)
from plugins.files.api import size_text
from plugins.websites import attaching, counting, public_feeds, public_queries, site_queries
from plugins.websites.models import Leader
from plugins.websites.public_answers import AFTER, BEFORE, HTML, PLACES, Made, answer
from plugins.websites.public_views import (
    KINDS,
    WIDE,
    Addresses,
    ArticleView,
    FileLine,
    HomeView,
    LeaderCard,
    ListView,
    MissingView,
    SearchView,
    Section,
    UnitView,
    as_article,
    cards,
    frame,
    link_groups,
    page_of_kind,
)

KEY = (datetime.fromisoformat, UUID)

limiter = counting.Limiter()


class _Page:
    """A page of a site in one language."""

    in_frame = True
    """It is read by people, with the site's head and foot around it."""
    missing = N_("Bài này không còn trên trang")
    """What its page is called where there is none."""
    told_apart_by: tuple[str, ...] = ()
    """The parameters that make another page of its address."""

    def __init__(self, *, english: bool = False) -> None:
        self.english = english
        self.locale = "en" if english else "vi"

    def found(self, found: dict[str, Any] | None, part: str = "site") -> dict[str, Any]:
        """Return what was found; a closed site and a missing page are the same 404."""
        if found is None or not found.get(part):
            raise NotFound
        return found

    def on_get(self, req: Request, resp: falcon.Response, **fields: Any) -> None:
        self.answered(req, resp, **fields)

    def answered(self, req: Request, resp: falcon.Response, *, kept: bool = True, **fields: Any) -> None:
        """Answer with the page; where there is none, an open site says so in its own frame."""
        with reading_as(self.locale):
            try:
                answer(
                    req, resp, lambda: self.make(req, **fields), kept=kept, told_apart_by=self.told_apart_by
                )
            except NotFound:
                text = self._nothing_here(req)
                if not text:
                    raise
                resp.status, resp.content_type, resp.text = falcon.HTTP_404, HTML, text
                resp.set_header("Cache-Control", "no-store")

    def _nothing_here(self, req: Request) -> str:
        """Return the page that leads on from an address without a page, or nothing where no site is open.

        It says the same whether there was something once, is something in the making, or never was.
        """
        asked = dict.fromkeys((self.english, False)) if self.in_frame and req.public_tenant else ()
        for english in asked:  # a site without English says so in Vietnamese
            found = public_queries.newest_news(english)
            if found is not None:
                with reading_as("en" if english else "vi"):
                    to = Addresses(req, english, found["host"])
                    around = frame(req, to, found, _(self.missing), to.to("home"))
                    view = MissingView(around, cards(to, found["newest"]))
                    return page_text(req, "websites/public_missing.html", view)
        return ""

    @abstractmethod
    def make(self, req: Request, **fields: Any) -> Made:
        """Return the page."""


class Home(_Page):
    """The first page of a site."""

    def make(self, req: Request, **fields: Any) -> Made:
        found = self.found(public_queries.home(self.english))
        to = Addresses(req, self.english, found["host"])
        newest = cards(to, found["newest"])
        around = frame(req, to, found, "", to.to("home"), translated=to.to("home", english=not self.english))
        sections = (
            Section(
                to.said(each, "title"),
                to.to("category", slug=each["slug"]),
                cards(to, each["cards"]),
            )
            for each in found["sections"]
        )
        view = HomeView(
            frame=around,
            banner=to.picture(found["site"]["banner"]),
            lead=to.card(found["newest"][0], WIDE) if newest else None,
            newest=newest[1:],
            sections=tuple(each for each in sections if each.cards),
            notices=cards(to, found["notices"]),
            notices_url=to.to("notices"),
            documents=cards(to, found["documents"]),
            documents_url=to.to("documents"),
            news_url=to.to("news"),
            links=link_groups(found["links"], english=self.english),
        )
        return Made(page_text(req, "websites/public_home.html", view), ends=found["ends"] or "")


class Listing(_Page):
    """The newest of one kind, or of one category: there of all kinds that stand under it."""

    told_apart_by = PLACES

    def __init__(self, kind: str, page: str, title: str, *, english: bool = False) -> None:
        super().__init__(english=english)
        self.kind, self.page, self.title = kind, page, title

    def on_get(self, req: Request, resp: falcon.Response, **fields: Any) -> None:
        searched = self.kind == "document" and bool(req.get_param("q"))
        self.answered(req, resp, kept=not searched, **fields)

    def make(self, req: Request, **fields: Any) -> Made:
        slug = fields.get("slug", "")
        typed = (req.get_param("q") or "")[: public_queries.MOST_SEARCHED] if self.kind == "document" else ""
        words = public_queries.search_words(typed)
        cursor = read_cursor(req, *KEY)
        found, rows = public_queries.listing(self.english, cursor, kind=self.kind, category=slug, words=words)
        found = self.found(found)
        category = next((each for each in found["categories"] if each["slug"] == slug), None)
        if slug and category is None:
            raise NotFound
        to = Addresses(req, self.english, found["host"])
        title = to.said(category, "title") if category else _(self.title)
        given = {"slug": slug} if slug else {}
        own = to.to(self.page, **given)
        around = frame(
            req,
            to,
            found,
            title,
            own,
            translated=to.to(self.page, english=not self.english, **given),
            crumbs=_crumbs(to, found, category),
        )
        newer_url, older_url = neighbours(own, rows, q=typed)
        view = ListView(
            frame=around,
            cards=cards(to, list(rows.rows)),
            documents=self.kind == "document",
            searchable=self.kind == "document",
            query=typed,
            empty=_("Không có văn bản nào khớp.") if words else _("Chưa có nội dung ở đây."),
            newer_url=newer_url,
            older_url=older_url,
            list_url=own,
        )
        keys = (f"category-{category['id']}",) if category else ()
        return Made(page_text(req, "websites/public_list.html", view), keys=keys, ends=found["ends"] or "")


def neighbours(own_url: str, rows: Page[Any], **asked: str) -> tuple[str, str]:
    """Return the addresses of the newer and the older page of a list, empty where there is none.

    They are made of the list's own address and of what it knows to be asked for. Whatever else a reader's address
    holds would stand in the links of all who are given the kept page.
    """
    known = {name: value for name, value in asked.items() if value}

    def address(parameter: str, key: str) -> str:
        return f"{own_url}?{urlencode({**known, parameter: key})}" if key else ""

    return address(BEFORE, rows.previous_key), address(AFTER, rows.next_key)


class Article(_Page):
    """One publication: news, a notice or a document, or a static page."""

    def __init__(self, *kinds: str, english: bool = False) -> None:
        super().__init__(english=english)
        self.kinds = kinds

    def make(self, req: Request, **fields: Any) -> Made:
        slug = fields["slug"]
        found = self.found(self.found(public_queries.article(slug, self.kinds, self.english)), "article")
        row = found["article"]
        to = Addresses(req, self.english, found["host"])
        translated = (
            to.to(page_of_kind(row["kind"]), english=not self.english, slug=slug)
            if self.english or row["title_en"]
            else ""
        )
        view = article_view(req, to, found, row, translated)
        keys = (f"article-{row['id']}", *((f"category-{row['category_id']}",) if row["category_id"] else ()))
        return Made(
            page_text(req, "websites/public_article.html", view),
            keys=keys,
            article_id=row["id"],
            ends=found["ends"] or "",
        )


def article_view(
    req: Request, to: Addresses, found: dict[str, Any], row: dict[str, Any], translated: str
) -> ArticleView:
    """Return one publication with what stands around it; `translated` is its address in the other language."""
    category = next((each for each in found["categories"] if each["id"] == row["category_id"]), None)
    around = frame(
        req,
        to,
        found,
        to.said(row, "title"),
        to.to(page_of_kind(row["kind"]), slug=row["slug"]),
        translated=translated,
        crumbs=_crumbs(to, found, category, row["kind"]),
        description=to.said(row, "summary"),
    )
    role = row["page_role"]
    leaders = public_queries.leaders() if role == "leaders" else []
    said = site_queries.said_of_leaders() if leaders and not to.english else {}
    units = public_queries.structure() if role == "structure" else []
    return ArticleView(
        frame=as_article(to, around, row, found["site"]),
        card=to.card(row, WIDE),
        body=to.body(row["body"], row["pictures"]),
        dated=row["kind"] != "page",
        related=cards(to, found["related"] or []) if row["kind"] != "page" else (),
        rate_url=to.to("rate", slug=row["slug"]),
        leaders=tuple(
            LeaderCard(each.name, each.position, each.unit, *said_of(said.get(each.id))) for each in leaders
        ),
        units=tuple(
            UnitView(unit.name, unit.depth, tuple((each.name, each.position) for each in unit.heads))
            for unit in units
        ),
        files=tuple(
            FileLine(each.name, size_text(each.size), to.file_url(each.id))
            for each in attaching.files_in([UUID(file_id) for file_id in row["file_ids"]])
            if each.state == "ready"
        ),
    )


def said_of(leader: Leader | None) -> tuple[str, str]:
    """Return biography and duties; they are written in Vietnamese alone."""
    return (leader.biography, leader.duties) if leader else ("", "")


class Missing(_Page):
    """An address of a site that has no page of any kind."""

    missing = N_("Không có trang này")

    def make(self, req: Request, **fields: Any) -> Made:
        raise NotFound


class Rating(Missing):
    """Takes what a reader thinks of a publication, without knowing who it is."""

    def on_post(self, req: Request, resp: falcon.Response, slug: str) -> None:
        found = self.found(
            self.found(public_queries.article(slug, KINDS, english=False)),
            "article",
        )
        useful = req.form.get("useful")
        if useful not in ("yes", "no"):
            raise BadRequest(_("Chọn “Có ích” hoặc “Chưa có ích”."))
        article_id = UUID(found["article"]["id"])
        if limiter.admits(req.network_address, article_id):
            counting.rate(article_id, useful=useful == "yes", reason=str(req.form.get("reason", "")))
        page = "page" if found["article"]["kind"] == "page" else "article"
        redirect(resp, Addresses(req, self.english).to(page, slug=slug) + "#cam-on")


class Search(_Page):
    """Searches one site."""

    def on_get(self, req: Request, resp: falcon.Response, **fields: Any) -> None:
        with reading_as(self.locale):
            answer(req, resp, lambda: self.make(req, **fields), kept=False)

    def make(self, req: Request, **fields: Any) -> Made:
        found = self.found(public_queries.shell(self.english))
        tenant = req.public_tenant
        to = Addresses(req, self.english, found["host"])
        around = frame(
            req,
            to,
            found,
            _("Tìm kiếm"),
            to.to("search"),
            translated=to.to("search", english=not self.english),
        )
        view = search_view(req, around, self.english, tenant.id if tenant else None)
        return Made(page_text(req, "websites/public_search.html", view), ends=found["ends"] or "")


def search_view(req: Request, around: Any, english: bool, tenant_id: UUID | None) -> SearchView:
    """Return what was found for the words in the address, in a site or in the province."""
    typed = (req.get_param("q") or "")[: public_queries.MOST_SEARCHED].replace("\x00", "").strip()
    cursor = _search_cursor(req)
    found = public_queries.search(
        public_queries.search_words(typed), cursor, tenant_id=tenant_id, english=english
    )
    language = "en_" if english else ""
    province = url_for(req, f"websites.public_{language}province_search")
    newer_url, older_url = neighbours(
        url_for(req, f"websites.public_{language}search") if tenant_id else province, found, q=typed
    )
    return SearchView(
        frame=around,
        query=typed,
        cards=hit_cards(req, found.rows, english, sites=tenant_id is None),
        newer_url=newer_url,
        older_url=older_url,
        province_url=f"{province}?{urlencode({'q': typed})}" if tenant_id and typed else "",
        scope="site" if tenant_id else "province",
    )


def _search_cursor(req: Request) -> Cursor:
    return read_cursor(req, int, *KEY) if set(PLACES) & set(req.params) else START


def hit_cards(req: Request, hits: Any, english: bool, *, sites: bool) -> tuple[Any, ...]:
    """Return found publications as lines of a list, with the name of their site when several are searched."""
    return tuple(public_feeds.hit_card(req, hit, english, site=sites) for hit in hits)


def _crumbs(
    to: Addresses, found: dict[str, Any], category: dict[str, Any] | None, kind: str = ""
) -> tuple[Crumb, ...]:
    """Return the way from the home page to here, without the page itself."""
    steps = [Crumb(_("Trang chủ"), to.to("home"))]
    if category:
        above = next((each for each in found["categories"] if each["id"] == category["parent"]), None)
        steps += [
            Crumb(to.said(each, "title"), to.to("category", slug=each["slug"]))
            for each in (above, category if kind else None)
            if each
        ]
    elif kind in ("news", "notice", "document"):
        title, page = {
            "news": (_("Tin tức"), "news"),
            "notice": (_("Các thông báo"), "notices"),
            "document": (_("Văn bản"), "documents"),
        }[kind]
        steps.append(Crumb(title, to.to(page)))
    return tuple(steps)


class Feed(_Page):
    """The newest publications as Atom, of the site or of one category."""

    in_frame = False

    def make(self, req: Request, **fields: Any) -> Made:
        slug = fields.get("slug", "")
        found, rows = public_queries.listing(
            self.english, START, kind="news", category=slug, size=public_queries.FEED_SIZE
        )
        found = self.found(found)
        category = next((each for each in found["categories"] if each["slug"] == slug), None)
        if slug and category is None:
            raise NotFound
        to = Addresses(req, self.english, found["host"])
        text = public_feeds.site_feed(to, found, category, cards(to, list(rows.rows)), rows.rows)
        return Made(text, content_type=public_feeds.ATOM, ends=found["ends"] or "")


class Sitemap(_Page):
    """The addresses of a site for search engines."""

    in_frame = False

    def make(self, req: Request, **fields: Any) -> Made:
        found = self.found(public_queries.sitemap())
        return Made(
            public_feeds.site_sitemap(Addresses(req, english=False, host=found["host"]), found),
            content_type=public_feeds.XML,
            ends=found["ends"] or "",
        )


class Robots(_Page):
    """What robots may read on an agency's own domain."""

    in_frame = False

    def make(self, req: Request, **fields: Any) -> Made:
        found = self.found(public_queries.shell(english=False))
        to = Addresses(req, english=False, host=found["host"])
        text = f"User-agent: *\nDisallow: {to.to('search')}\nSitemap: {to.absolute(to.plain('sitemap'))}\n"
        return Made(text, content_type="text/plain; charset=utf-8")
