"""Where people arrive: an agency's start page, the choice of an agency, and what they set for themselves."""

from functools import partial
from typing import Any

import falcon

from core.context import Post, RequestContext
from core.declarations import CardView, DashboardCard, NavItem
from core.dispatcher import dispatcher
from core.i18n import _, ngettext
from core.web.errors import NotFound
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from core.web.security import local_path
from tenants import queries, services
from tenants.models import today
from tenants.resources.platform import remember_language
from tenants.views import ChooseAgencyView, HomeCard, HomeView, PostCard

MANAGE_MODULES, MANAGE_PEOPLE = "tenants.manage_modules", "tenants.manage_people"
MANAGE_SETTINGS = "tenants.manage_settings"
SHORTCUTS = {"on": True, "off": False}


class Home:
    """An agency's start page for its members."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        wanted = req.get_param("go")
        if wanted is not None:
            redirect(resp, _same_page(req, wanted) or url_for(req, "tenants.home"))
            return
        begins = _begins(req)
        if begins:
            redirect(resp, begins)
            return
        self.on_get_start(req, resp)

    def on_get_start(self, req: Request, resp: falcon.Response) -> None:
        posts = sorted(req.asker.posts, key=lambda post: not _is_here(req.asker, post))
        cards = _cards(req.asker)
        view = HomeView(
            today=today(),
            cards=cards,
            steps=() if any(_says_something(card) for card in cards) else _next_steps(req),
            posts=tuple(post_card(req, post) for post in posts),
            any_module=any(
                manifest.key in req.asker.modules for manifest in dispatcher().catalogue.manifests()
            ),
            modules_url=url_for(req, "tenants.modules") if req.asker.can(MANAGE_MODULES) else "",
        )
        page(req, resp, "tenants/home.html", view)


class AgencyChoice:
    """The agencies somebody works in, for a person who asked for none of them."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        if not req.asker.posts and not req.asker.operator:
            redirect(resp, url_for(req, "sso.no_post"))
            return
        view = ChooseAgencyView(
            posts=tuple(post_card(req, post) for post in req.asker.posts),
            console_url=url_for(req, "tenants.agencies") if req.asker.operator else "",
        )
        page(req, resp, "tenants/choose_agency.html", view)


class Preferences:
    """Language, theme and shortcuts of the person who asks."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        chosen: dict[str, Any] = {name: req.form[name] for name in ("locale", "theme") if name in req.form}
        if req.form.get("shortcuts") in SHORTCUTS:
            chosen["shortcuts"] = SHORTCUTS[req.form["shortcuts"]]
        if chosen:
            services.set_preferences(req.asker.person.id, **chosen)
        if "locale" in chosen:
            remember_language(resp, chosen["locale"])
        redirect(resp, local_path(req.form.get("return_to")))


class LogoPicture:
    """An agency's logo; its name is the digest of its bytes, so browsers may keep it."""

    def on_get(self, req: Request, resp: falcon.Response, digest: str) -> None:
        found = queries.logo(digest)
        if found is None:
            raise NotFound
        resp.content_type, resp.data = found
        resp.set_header("Cache-Control", "private, max-age=31536000, immutable")


def post_card(req: Request, post: Post) -> PostCard:
    """Return one of the reader's posts as a card."""
    return PostCard(
        agency=post.tenant.name,
        position=post.position,
        unit=post.unit_name,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
        url=url_for(req, "tenants.home", tenant=post.tenant.code),
        current=_is_here(req.asker, post),
    )


def _is_here(ctx: RequestContext, post: Post) -> bool:
    return ctx.tenant is not None and post.tenant.id == ctx.tenant.id


def _same_page(req: Request, name: str) -> str:
    """Return the address of a page of another agency in this one, if it exists here for this person."""
    address = dispatcher().catalogue.routes.get(name)
    ctx = req.asker
    if address is None or address.route.area != "office" or address.fields != ["tenant"]:
        return ""
    here = (
        address.module.key in ctx.modules
        and address.route.permission in ctx.permissions
        and "get" in address.responders
    )
    return url_for(req, name) if here and name not in ("tenants.home", "tenants.start") else ""


def _begins(req: Request) -> str:
    """Return where this person begins the day here, when a module has something for them to begin with."""
    ctx = req.asker
    for manifest, item in dispatcher().catalogue.of(NavItem).values():
        if item.begins and manifest.key in ctx.modules and item.permission in ctx.permissions:
            ask = partial(item.begins, ctx)
            if dispatcher().isolated(manifest.key, "begins", ask, instead=False):
                return url_for(req, item.route)
    return ""


def _says_something(card: HomeCard) -> bool:
    """Tell whether a card has lines, or has to say that it failed."""
    return card.view is None or bool(card.view.lines)


def _next_steps(req: Request) -> tuple[tuple[str, str, str], ...]:
    """Return what an administrator has not done yet: what, how it stands now, and the page to do it on."""
    can = req.asker.can
    steps = []
    if can(MANAGE_MODULES):
        count = sum(card.allowed and not card.is_on for card in queries.module_cards())
        if count:
            text = ngettext("{n} phân hệ bật được", "{n} phân hệ bật được", count)
            url = url_for(req, "tenants.modules")
            steps.append((_("Chọn phân hệ cho cơ quan"), text, f"{url}?tab=off"))
    if can(MANAGE_PEOPLE):
        roleless, people = queries.roleless_count(), queries.people_count()
        title, url = _("Thêm người, giao vai trò"), url_for(req, "tenants.people")
        if roleless:
            text = ngettext("{n} người chưa có vai trò nào", "{n} người chưa có vai trò nào", roleless)
            steps.append((title, text, f"{url}?tab=attention"))
        elif people < 2:
            text = ngettext("{n} người đang có vị trí", "{n} người đang có vị trí", people)
            steps.append((title, text, url))
    if can(MANAGE_SETTINGS):
        profile = queries.profile()
        if not (profile.address and profile.phone):
            text = _("Chưa có địa chỉ hoặc điện thoại")
            steps.append((_("Ghi cài đặt cơ quan"), text, url_for(req, "tenants.settings")))
    return tuple(steps)


def _cards(ctx: RequestContext) -> tuple[HomeCard, ...]:
    """Ask the modules in effect for their cards; one that fails says so in its place."""
    cards = []
    for manifest, card in dispatcher().catalogue.of(DashboardCard).values():
        if manifest.key in ctx.modules and card.permission in ctx.permissions:
            nothing: CardView | None = None
            view = dispatcher().isolated(manifest.key, "dashboard_card", partial(card.render, ctx), nothing)
            if view is None or view.lines or view.empty:
                cards.append(HomeCard(title=_(card.title), view=view))
    return tuple(cards)
