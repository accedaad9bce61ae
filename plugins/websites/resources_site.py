"""Addresses of the site's administrator: opening, settings, categories, menu, links, own domain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import falcon
from marshmallow import Schema

from core.api import (
    N_,
    Conflict,
    ConflictView,
    Effect,
    FormView,
    Invalid,
    Option,
    PlanView,
    Request,
    RequestContext,
    _,
    format_datetime,
    load,
    merge,
    ngettext,
    object_history,
    page,
    redirect,
    url_for,
)
from plugins.websites import domain_services, public_queries, queries, site_queries, site_services
from plugins.websites.events import SITE_FIELDS, SiteEvent
from plugins.websites.models import Category, Link, MenuItem, Site
from plugins.websites.pages import category_options, cover_of, picture_options, site_tabs
from plugins.websites.palettes import PALETTES
from plugins.websites.schemas import (
    CategoryChange,
    CategoryInput,
    DomainInput,
    LinkChange,
    LinkInput,
    MenuChange,
    MenuInput,
    SiteInput,
)
from plugins.websites.views import (
    CategoryView,
    CheckLine,
    DomainView,
    LinesView,
    LineView,
    ReadLine,
    SettingsView,
    SiteLine,
    SiteView,
)

MOST_READ = 10
LINE_FIELDS = {
    "title": N_("Tên"),
    "title_en": N_("Chữ tiếng Anh"),
    "target": N_("Dẫn tới"),
    "category_id": N_("Chuyên mục"),
    "article_id": N_("Trang tĩnh"),
    "url": N_("Địa chỉ"),
    "parent_id": N_("Nằm dưới"),
    "heading": N_("Xếp dưới nhóm"),
}
"""What is said of a line of the menu or a link, in words."""


class SiteOverview:
    """Whether the site is open, and what it still lacks."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        site, standing = site_queries.site(), site_queries.standing()
        view = SiteView(
            name=site.name,
            is_open=site.is_open,
            checks=_checks(req, site, standing),
            possible=not site_services.missing(site, standing),
            drafts=len(standing.drafts),
            open_url=url_for(req, "websites.open_site"),
            close_url=url_for(req, "websites.close_site"),
            publish_url=url_for(req, "websites.publish_pages"),
            history=tuple(object_history(req.asker, site, SiteEvent.object_type, site.id)),
            tabs=site_tabs(req, "site"),
            list_url=url_for(req, "websites.articles"),
            public_url=url_for(req, "websites.public_home") if site.is_open else "",
            visits=public_queries.site_visits(),
            most_read=tuple(
                ReadLine(
                    title=title, url=url_for(req, "websites.article", article_id=article_id), visits=visits
                )
                for article_id, title, visits in public_queries.most_read(limit=MOST_READ)
            ),
        )
        page(req, resp, "websites/staff_site.html", view)

    def on_post_open(self, req: Request, resp: falcon.Response) -> None:
        site_services.set_open(req.asker, is_open=True)
        redirect(resp, url_for(req, "websites.site"), toast=_("Trang đã mở cho công chúng."))

    def on_get_close(self, req: Request, resp: falcon.Response) -> None:
        site = site_queries.site()
        page(req, resp, "websites/staff_close.html", _closing(req, site))

    def on_post_close(self, req: Request, resp: falcon.Response) -> None:
        site_services.set_open(req.asker, is_open=False)
        redirect(resp, url_for(req, "websites.site"), toast=_("Trang đã đóng đối với công chúng."))

    def on_post_pages(self, req: Request, resp: falcon.Response) -> None:
        count = site_services.publish_static_pages(req.asker)
        redirect(resp, url_for(req, "websites.site"), toast=_("Đã đăng {n} trang tĩnh.", n=count))


def _closing(req: Request, site: Site) -> PlanView:
    """Return what closing the site does, with what it concerns in numbers."""
    articles = sum(site_queries.standing().counts.values())
    front, host = site_queries.on_front_page(), site_queries.host_in_use()
    visits = public_queries.site_visits()
    return PlanView(
        title=_("Đóng trang của cơ quan?"),
        context=site.name,
        effects=(
            Effect(
                "world-off",
                ngettext(
                    "Người dân không mở được {n} bài, trang đang đăng nữa.",
                    "Người dân không mở được {n} bài, trang đang đăng nữa.",
                    articles,
                ),
            ),
            *(
                [
                    Effect(
                        "news",
                        ngettext(
                            "{n} tin của cơ quan rời trang chủ chung.",
                            "{n} tin của cơ quan rời trang chủ chung.",
                            front,
                        ),
                    )
                ]
                if front
                else []
            ),
            *(
                [Effect("world-www", _("Tên miền {host} không còn dẫn tới trang nào.", host=host))]
                if host
                else []
            ),
            Effect(
                "eye",
                ngettext("30 ngày qua trang có {n} lượt xem.", "30 ngày qua trang có {n} lượt xem.", visits),
            ),
            Effect("archive", _("Bài và cài đặt còn nguyên; mở lại được bất cứ lúc nào.")),
        ),
        effects_title=_("Khi đóng trang"),
        action=url_for(req, "websites.close_site"),
        button=_("Đóng trang"),
        back_url=url_for(req, "websites.site"),
        back=_("Để trang mở"),
        danger=True,
        reason="" if site.is_open else _("Trang đang đóng."),
    )


def _checks(req: Request, site: Site, standing: site_queries.Standing) -> tuple[CheckLine, ...]:
    settings, articles = url_for(req, "websites.settings"), url_for(req, "websites.articles")
    pages = f"{articles}?kind=page"
    lacking = site_services.missing(site, standing)
    rows = (
        (_("Người chịu trách nhiệm nội dung"), "responsible" not in lacking, True, settings),
        (_("Địa chỉ, điện thoại hoặc thư điện tử"), "contact" not in lacking, True, settings),
        (_("Trang giới thiệu đã đăng"), "introduction" not in lacking, True, pages),
        (_("Trang cơ cấu tổ chức đã đăng"), "structure" not in lacking, True, pages),
        (_("Trang lãnh đạo cơ quan đã đăng"), "leaders" not in lacking, True, pages),
        (_("Có ít nhất một tin bài"), standing.articles > 0, False, articles),
        (_("Biểu trưng của cơ quan"), site.logo_id is not None, False, settings),
    )
    return tuple(
        CheckLine(text=text, done=done, required=required, url=url) for text, done, required, url in rows
    )


class Settings:
    """How the site is called, reached and coloured."""

    NAMES = (
        "name", "name_en", "tagline", "tagline_en", "palette", "responsible", "licence", "address", "phone", "email",
    )  # fmt: skip

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView(self._stored(site_queries.site())))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            site_services.change_site(req.asker, **load(SiteInput(), req.form))
        except Invalid as problem:
            form, told = self._merged(req, FormView(req.form, problem.errors), site_queries.site())
            self._show(req, resp, form, conflict=told, status=problem.status)
        except Conflict as conflict:
            form, told = self._merged(req, FormView(req.form), conflict.current)
            self._show(req, resp, form, conflict=told, status=409)
        else:
            redirect(resp, url_for(req, "websites.settings"), toast=_("Đã lưu thông tin trang."))

    def _merged(self, req: Request, form: FormView, site: Site) -> tuple[FormView, ConflictView | None]:
        def shown(name: str, value: str | Sequence[str]) -> str:
            text = value if isinstance(value, str) else ""
            if name in ("logo_id", "banner_id"):
                return {each.value: each.label for each in picture_options(text)}.get(text, "")
            if name == "has_english":
                return _("Có") if text else _("Không")
            return _(PALETTES[text]) if name == "palette" and text in PALETTES else text

        who, own = site_queries.changer(site), site.changed_by == req.asker.person.id
        titles = {name: _(title) for name, title in SITE_FIELDS.items()}
        return merge(form, self._stored(site), titles, who=who, at=site.changed_at, own=own, shown=shown)

    def _stored(self, site: Site) -> dict[str, str]:
        return {
            **{name: getattr(site, name) for name in self.NAMES},
            "has_english": "on" if site.has_english else "",
            "logo_id": str(site.logo_id or ""),
            "banner_id": str(site.banner_id or ""),
            "version": str(site.version),
        }

    def _show(
        self,
        req: Request,
        resp: falcon.Response,
        form: FormView,
        *,
        conflict: ConflictView | None = None,
        status: int = 200,
    ) -> None:
        view = SettingsView(
            form=form,
            palettes=tuple(Option(key, _(title)) for key, title in PALETTES.items()),
            pictures=picture_options(form.text("logo_id"), form.text("banner_id")),
            pictures_url=url_for(req, "websites.api_pictures"),
            logo=cover_of(req, form.text("logo_id")),
            banner=cover_of(req, form.text("banner_id")),
            action=url_for(req, "websites.settings"),
            tabs=site_tabs(req, "settings"),
            list_url=url_for(req, "websites.articles"),
            conflict=conflict,
            without_english=tuple(site_queries.without_english()) if form.text("has_english") else (),
        )
        page(req, resp, "websites/staff_settings.html", view, status=status)


@dataclass(frozen=True)
class Lines:
    """A list of the site with the form for one more."""

    name: str
    """Of its route, its template and its tab."""
    schema: type[Schema]
    add: Callable[..., None]
    rows: Callable[[Request], tuple[SiteLine, ...]]
    choices: Callable[[], dict[str, Any]] = dict
    """What the form offers."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView({"on_home": "on", "target": "category"}))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            self.add(req.asker, **load(self.schema(), req.form))
        except Invalid as problem:
            self._show(req, resp, FormView(req.form, problem.errors), problem.status)
            return
        redirect(resp, url_for(req, f"websites.{self.name}"), toast=_("Đã thêm."))

    def _show(self, req: Request, resp: falcon.Response, form: FormView, status: int = 200) -> None:
        view = LinesView(
            form=form,
            rows=self.rows(req),
            action=url_for(req, f"websites.{self.name}"),
            tabs=site_tabs(req, self.name),
            list_url=url_for(req, "websites.articles"),
            **self.choices(),
        )
        page(req, resp, f"websites/staff_{self.name}.html", view, status=status)


def _category_rows(req: Request) -> tuple[SiteLine, ...]:
    return tuple(
        SiteLine(
            title=each.title,
            detail=" · ".join(
                [
                    ngettext("{n} bài", "{n} bài", each.articles),
                    *([_("có ở trang chủ")] if each.on_home else []),
                ]
            ),
            depth=1 if each.parent_id else 0,
            url=url_for(req, "websites.category_form", category_id=each.id),
            up_url=url_for(req, "websites.category_up", category_id=each.id),
            delete_url="" if each.articles else url_for(req, "websites.category_delete", category_id=each.id),
        )
        for each in queries.categories(counted=True)
    )


def _parents(but: UUID | None = None) -> tuple[Option, ...]:
    return tuple(
        Option(str(each.id), each.title)
        for each in queries.categories()
        if each.parent_id is None and each.id != but
    )


class OneCategory:
    """One category."""

    def on_get(self, req: Request, resp: falcon.Response, category_id: UUID) -> None:
        category = site_queries.category(category_id)
        self._show(req, resp, category, FormView(self._stored(category)))

    def on_post(self, req: Request, resp: falcon.Response, category_id: UUID) -> None:
        category = site_queries.category(category_id)
        try:
            site_services.change_category(req.asker, category_id, **load(CategoryChange(), req.form))
        except Invalid as problem:
            form, told = self._merged(req, FormView(req.form, problem.errors), category)
            self._show(req, resp, category, form, conflict=told, status=problem.status)
        except Conflict as conflict:
            form, told = self._merged(req, FormView(req.form), conflict.current)
            self._show(req, resp, category, form, conflict=told, status=409)
        else:
            redirect(resp, url_for(req, "websites.categories"), toast=_("Đã lưu chuyên mục."))

    def on_post_up(self, req: Request, resp: falcon.Response, category_id: UUID) -> None:
        site_services.move_up(req.asker, "category", category_id)
        redirect(resp, url_for(req, "websites.categories"))

    def on_post_delete(self, req: Request, resp: falcon.Response, category_id: UUID) -> None:
        site_services.delete_category(req.asker, category_id)
        redirect(resp, url_for(req, "websites.categories"), toast=_("Đã bỏ chuyên mục."))

    def _merged(
        self, req: Request, form: FormView, category: Category
    ) -> tuple[FormView, ConflictView | None]:
        def shown(name: str, value: str | Sequence[str]) -> str:
            text = value if isinstance(value, str) else ""
            if name == "on_home":
                return _("Có") if text else _("Không")
            parents = {each.value: each.label for each in _parents(category.id)}
            return parents.get(text, "") if name == "parent_id" else text

        titles = {
            "title": _("Tên chuyên mục"),
            "title_en": _("Tên bằng tiếng Anh"),
            "parent_id": _("Thuộc chuyên mục"),
            "on_home": _("Hiện ở trang chủ"),
        }
        who, own = site_queries.changer(category), category.changed_by == req.asker.person.id
        return merge(
            form, self._stored(category), titles, who=who, at=category.changed_at, own=own, shown=shown
        )

    def _stored(self, category: Category) -> dict[str, str]:
        return {
            "title": category.title,
            "title_en": category.title_en,
            "parent_id": str(category.parent_id or ""),
            "on_home": "on" if category.on_home else "",
            "version": str(category.version),
        }

    def _show(
        self,
        req: Request,
        resp: falcon.Response,
        category: Category,
        form: FormView,
        *,
        conflict: ConflictView | None = None,
        status: int = 200,
    ) -> None:
        view = CategoryView(
            form=form,
            title=category.title,
            parents=_parents(category.id),
            action=url_for(req, "websites.category_form", category_id=category.id),
            back_url=url_for(req, "websites.categories"),
            list_url=url_for(req, "websites.articles"),
            conflict=conflict,
        )
        page(req, resp, "websites/staff_category.html", view, status=status)


def _menu_rows(req: Request) -> tuple[SiteLine, ...]:
    titles = {option.value: option.label for option in _targets()}
    return tuple(
        SiteLine(
            title=each.title,
            detail=" · ".join(
                [
                    each.target_title or each.url or titles.get(each.target, each.target),
                    *(
                        [_("người dân không thấy dòng này: trang chưa đăng hoặc đã gỡ")]
                        if each.is_hidden
                        else []
                    ),
                ]
            ),
            depth=1 if each.parent_id else 0,
            url=url_for(req, "websites.menu_line", line_id=each.id),
            up_url=url_for(req, "websites.menu_up", line_id=each.id),
            delete_url=url_for(req, "websites.menu_delete", line_id=each.id),
        )
        for each in site_queries.menu()
    )


def _menu_choices() -> dict[str, Any]:
    return {
        "targets": _targets(),
        "categories": category_options(),
        "pages": tuple(Option(str(page_id), title) for page_id, title in site_queries.static_pages()),
        "parents": tuple(
            Option(str(each.id), each.title) for each in site_queries.menu() if each.parent_id is None
        ),
    }


def _targets() -> tuple[Option, ...]:
    return (
        Option("category", _("Một chuyên mục")),
        Option("article", _("Một trang tĩnh")),
        Option("documents", _("Danh sách văn bản")),
        Option("notices", _("Danh sách thông báo")),
        Option("home", _("Trang chủ")),
        Option("url", _("Một địa chỉ khác")),
    )


def _link_rows(req: Request) -> tuple[SiteLine, ...]:
    return tuple(
        SiteLine(
            title=each.title,
            detail=f"{each.heading} · {each.url}" if each.heading else each.url,
            depth=0,
            url=url_for(req, "websites.link_line", line_id=each.id),
            up_url=url_for(req, "websites.link_up", line_id=each.id),
            delete_url=url_for(req, "websites.link_delete", line_id=each.id),
        )
        for each in site_queries.links()
    )


def _menu_item_stored(item: MenuItem) -> dict[str, str]:
    names = ("title", "title_en", "target", "url")
    return {
        **{name: getattr(item, name) for name in names},
        "category_id": str(item.target_id) if item.target == "category" else "",
        "article_id": str(item.target_id) if item.target == "article" else "",
        "parent_id": str(item.parent_id or ""),
        "version": str(item.version),
    }


def _link_stored(link: Link) -> dict[str, str]:
    return {
        **{name: getattr(link, name) for name in ("title", "url", "heading")},
        "version": str(link.version),
    }


@dataclass(frozen=True)
class OneLine:
    """One line of the menu or one link."""

    lines: Lines
    name: str
    """Of its routes and its template."""
    table: str
    schema: type[Schema]
    find: Callable[[UUID], MenuItem | Link]
    stored: Callable[[Any], dict[str, str]]
    change: Callable[..., None]
    delete: Callable[[RequestContext, UUID], None]
    deleted: str

    def on_get(self, req: Request, resp: falcon.Response, line_id: UUID) -> None:
        line = self.find(line_id)
        self._show(req, resp, line, FormView(self.stored(line)))

    def on_post(self, req: Request, resp: falcon.Response, line_id: UUID) -> None:
        line = self.find(line_id)
        try:
            self.change(req.asker, line_id, **load(self.schema(), req.form))
        except Invalid as problem:
            form, told = self._merged(req, FormView(req.form, problem.errors), line)
            self._show(req, resp, line, form, conflict=told, status=problem.status)
        except Conflict as conflict:
            form, told = self._merged(req, FormView(req.form), conflict.current)
            self._show(req, resp, line, form, conflict=told, status=409)
        else:
            redirect(resp, url_for(req, f"websites.{self.lines.name}"), toast=_("Đã lưu."))

    def on_post_up(self, req: Request, resp: falcon.Response, line_id: UUID) -> None:
        site_services.move_up(req.asker, self.table, line_id)
        redirect(resp, url_for(req, f"websites.{self.lines.name}"))

    def on_get_delete(self, req: Request, resp: falcon.Response, line_id: UUID) -> None:
        """Say what goes with it."""
        line, below = self.find(line_id), site_queries.menu_below(line_id)
        also = ngettext(
            "{n} dòng nằm dưới cũng bị bỏ: {titles}.",
            "{n} dòng nằm dưới cũng bị bỏ: {titles}.",
            len(below),
            titles=", ".join(f"“{each}”" for each in below),
        )
        stays = _("Trang mà dòng này dẫn tới vẫn còn, chỉ thôi được dẫn tới từ đây.")
        plan = PlanView(
            title=_("Bỏ “{title}”?", title=line.title),
            effects=(*([Effect("list-tree", also)] if below else []), Effect("link-off", stays)),
            action=url_for(req, f"websites.{self.name}_delete", line_id=line_id),
            button=_("Bỏ"),
            back_url=url_for(req, f"websites.{self.lines.name}"),
            back=_("Giữ lại"),
            danger=True,
        )
        page(req, resp, "core/plan.html", plan)

    def on_post_delete(self, req: Request, resp: falcon.Response, line_id: UUID) -> None:
        self.delete(req.asker, line_id)
        redirect(resp, url_for(req, f"websites.{self.lines.name}"), toast=_(self.deleted))

    def _merged(
        self, req: Request, form: FormView, line: MenuItem | Link
    ) -> tuple[FormView, ConflictView | None]:
        choices = self.lines.choices()
        named = {
            "target": "targets",
            "category_id": "categories",
            "article_id": "pages",
            "parent_id": "parents",
        }

        def shown(name: str, value: str | Sequence[str]) -> str:
            text = value if isinstance(value, str) else ""
            if name not in named:
                return text
            return next((each.label for each in choices[named[name]] if each.value == text), "")

        titles = {name: _(LINE_FIELDS[name]) for name in self.stored(line) if name in LINE_FIELDS}
        who, own = site_queries.changer(line), line.changed_by == req.asker.person.id
        return merge(form, self.stored(line), titles, who=who, at=line.changed_at, own=own, shown=shown)

    def _show(
        self,
        req: Request,
        resp: falcon.Response,
        line: MenuItem | Link,
        form: FormView,
        *,
        conflict: ConflictView | None = None,
        status: int = 200,
    ) -> None:
        choices = self.lines.choices()
        if "parents" in choices:
            choices["parents"] = tuple(each for each in choices["parents"] if each.value != str(line.id))
        view = LineView(
            form=form,
            title=line.title,
            action=url_for(req, f"websites.{self.name}_line", line_id=line.id),
            back_url=url_for(req, f"websites.{self.lines.name}"),
            list_url=url_for(req, "websites.articles"),
            conflict=conflict,
            **choices,
        )
        page(req, resp, f"websites/staff_{self.name}_line.html", view, status=status)


CATEGORIES = Lines(
    "categories",
    CategoryInput,
    site_services.add_category,
    _category_rows,
    lambda: {"parents": _parents()},
)
MENU = Lines("menu", MenuInput, site_services.add_menu_item, _menu_rows, _menu_choices)
LINKS = Lines("links", LinkInput, site_services.add_link, _link_rows)


ONE_MENU_ITEM = OneLine(
    MENU, "menu", "menu_item", MenuChange, site_queries.menu_item, _menu_item_stored, site_services.change_menu_item,
    site_services.delete_menu_item, N_("Đã bỏ dòng menu."),
)  # fmt: skip
ONE_LINK = OneLine(
    LINKS, "link", "link", LinkChange, site_queries.link, _link_stored, site_services.change_link,
    site_services.delete_link, N_("Đã bỏ liên kết."),
)  # fmt: skip


class OwnDomain:
    """The agency's own host name."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView())

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            domain_services.request_domain(req.asker, **load(DomainInput(), req.form))
        except Invalid as problem:
            self._show(req, resp, FormView(req.form, problem.errors), problem.status)
            return
        redirect(
            resp,
            url_for(req, "websites.domain"),
            toast=_("Đã gửi đề nghị tới đơn vị vận hành nền tảng."),
        )

    def on_post_drop(self, req: Request, resp: falcon.Response) -> None:
        domain_services.drop_domain(req.asker)
        redirect(resp, url_for(req, "websites.domain"), toast=_("Đã thôi dùng tên miền riêng."))

    def _show(self, req: Request, resp: falcon.Response, form: FormView, status: int = 200) -> None:
        domain = site_queries.own_domain()
        mark, state = domain_state(domain.state) if domain else ("", "")
        view = DomainView(
            form=form,
            host=domain.host if domain else "",
            mark=mark,
            state=state,
            reason=domain.reason if domain else "",
            decided=decided_words(site_queries.decider(domain), domain.decided_at) if domain else "",
            in_use=site_queries.host_in_use() if domain and domain.state != "approved" else "",
            action=url_for(req, "websites.domain"),
            drop_url=url_for(req, "websites.drop_domain"),
            tabs=site_tabs(req, "domain"),
            list_url=url_for(req, "websites.articles"),
        )
        page(req, resp, "websites/staff_domain.html", view, status=status)


def domain_state(state: str) -> tuple[str, str]:
    """Return mark and words of a host name's state."""
    words = {
        "requested": ("wait", _("Chờ đơn vị vận hành nền tảng duyệt")),
        "approved": ("done", _("Đã duyệt")),
        "refused": ("back", _("Không được duyệt")),
        "revoked": ("stop", _("Đã thu hồi")),
    }
    return words.get(state, ("wait", state))


def decided_words(name: str | None, at: datetime | None) -> str:
    """Return who decided about a host name and when; empty while nobody has."""
    return _("{name} quyết định {at}", name=name, at=format_datetime(at)) if name and at else ""
