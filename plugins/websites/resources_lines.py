"""Addresses of what the site is ordered by: categories, menu, links."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    load,
    merge,
    ngettext,
    page,
    redirect,
    url_for,
)
from plugins.websites import queries, site_queries, site_services
from plugins.websites.models import Category, Link, MenuItem
from plugins.websites.pages import category_options, site_tabs
from plugins.websites.schemas import (
    CategoryChange,
    CategoryInput,
    LinkChange,
    LinkInput,
    MenuChange,
    MenuInput,
)
from plugins.websites.views import LinesView, LineView, SiteLine

CHOSEN = {"target": "targets", "category_id": "categories", "article_id": "pages", "parent_id": "parents"}
"""Which choices of the form a value is one of."""


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
            url=url_for(req, "websites.category_line", line_id=each.id),
            up_url=url_for(req, "websites.category_up", line_id=each.id),
            delete_url="" if each.articles else url_for(req, "websites.category_delete", line_id=each.id),
        )
        for each in queries.categories(counted=True)
    )


def _category_choices() -> dict[str, Any]:
    return {
        "parents": tuple(
            Option(str(each.id), each.title) for each in queries.categories() if each.parent_id is None
        )
    }


def _category_stored(category: Category) -> dict[str, str]:
    return {
        "title": category.title,
        "title_en": category.title_en,
        "parent_id": str(category.parent_id or ""),
        "on_home": "on" if category.on_home else "",
        "version": str(category.version),
    }


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
        **{name: getattr(link, name) for name in ("title", "title_en", "url", "heading")},
        "version": str(link.version),
    }


@dataclass(frozen=True)
class OneLine:
    """One category, line of the menu or link."""

    lines: Lines
    name: str
    """Of its routes and its template."""
    table: str
    titles: Mapping[str, str]
    """What is said of it, in words."""
    schema: type[Schema]
    find: Callable[[UUID], Category | MenuItem | Link]
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

    def on_post_delete(self, req: Request, resp: falcon.Response, line_id: UUID) -> None:
        self.delete(req.asker, line_id)
        redirect(resp, url_for(req, f"websites.{self.lines.name}"), toast=_(self.deleted))

    def _merged(
        self, req: Request, form: FormView, line: Category | MenuItem | Link
    ) -> tuple[FormView, ConflictView | None]:
        choices = self.lines.choices()

        def shown(name: str, value: str | Sequence[str]) -> str:
            text = value if isinstance(value, str) else ""
            if name == "on_home":
                return _("Có") if text else _("Không")
            if name not in CHOSEN:
                return text
            return next((each.label for each in choices[CHOSEN[name]] if each.value == text), "")

        titles = {name: _(title) for name, title in self.titles.items()}
        who, own = site_queries.changer(line), line.changed_by == req.asker.person.id
        return merge(form, self.stored(line), titles, who=who, at=line.changed_at, own=own, shown=shown)

    def _show(
        self,
        req: Request,
        resp: falcon.Response,
        line: Category | MenuItem | Link,
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


class AskedLine(OneLine):
    """A line that is asked about before it goes."""

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


CATEGORIES = Lines("categories", CategoryInput, site_services.add_category, _category_rows, _category_choices)
MENU = Lines("menu", MenuInput, site_services.add_menu_item, _menu_rows, _menu_choices)
LINKS = Lines("links", LinkInput, site_services.add_link, _link_rows)

ONE_CATEGORY = OneLine(
    CATEGORIES, "category", "category",
    {
        "title": N_("Tên chuyên mục"), "title_en": N_("Tên bằng tiếng Anh"), "parent_id": N_("Thuộc chuyên mục"),
        "on_home": N_("Hiện ở trang chủ"),
    },
    CategoryChange, site_queries.category, _category_stored, site_services.change_category,
    site_services.delete_category, N_("Đã bỏ chuyên mục."),
)  # fmt: skip
ONE_MENU_ITEM = AskedLine(
    MENU, "menu", "menu_item",
    {
        "title": N_("Tên"), "title_en": N_("Chữ tiếng Anh"), "target": N_("Dẫn tới"), "url": N_("Địa chỉ"),
        "category_id": N_("Chuyên mục"), "article_id": N_("Trang tĩnh"), "parent_id": N_("Nằm dưới"),
    },
    MenuChange, site_queries.menu_item, _menu_item_stored, site_services.change_menu_item,
    site_services.delete_menu_item, N_("Đã bỏ dòng menu."),
)  # fmt: skip
ONE_LINK = AskedLine(
    LINKS, "link", "link",
    {"title": N_("Tên"), "title_en": N_("Tên bằng tiếng Anh"), "url": N_("Địa chỉ"), "heading": N_("Xếp dưới nhóm")},
    LinkChange, site_queries.link, _link_stored, site_services.change_link, site_services.delete_link,
    N_("Đã bỏ liên kết."),
)  # fmt: skip
