"""Fill the page shell from the request: navigation, agency switcher, account."""

from functools import partial
from urllib.parse import unquote

from core.catalogue import Catalogue
from core.context import Person, RequestContext
from core.db import db
from core.declarations import OPERATOR, NavItem
from core.dispatcher import Dispatcher
from core.i18n import N_, _, current_locale, format_date
from core.settings import Settings
from core.text import lower_first
from core.web.request import TOAST_COOKIE, Request
from core.web.security import is_signed, signature
from core.web.shell import Account, NavLink, NavSection, ShellView, SwitcherEntry, Theme, Toast

SECTIONS = {
    "work": "",
    "modules": N_("Phân hệ"),
    "agency": N_("Quản trị cơ quan"),
    "console": "",
    "operation": N_("Vận hành"),
}
CONSOLE_SECTIONS = frozenset({"console", "operation"})
TOP_BAR = frozenset({"search", "bell"})
START_PAGES = frozenset({"/", "/admin", "/t/{tenant}"})
PINNED_PER_PAGE = 3
BOUND = 1000


class Navigation:
    """Builds the shell of a page for one person; asks modules for badges only where a transaction is open for them."""

    def __init__(self, settings: Settings, dispatcher: Dispatcher) -> None:
        self._settings = settings
        self._dispatcher = dispatcher
        self._catalogue: Catalogue = dispatcher.catalogue

    def shell(self, req: Request) -> ShellView:
        """Return the shell for the request in hand; without a person it is the bare public frame."""
        ctx, settings = req.ctx, self._settings
        console = ctx is not None and ctx.operator and f"{req.path}/".startswith("/admin/")
        tenant = ctx.tenant if ctx else req.public_tenant
        name, detail, home = "Liên Thông", settings.province_name, "/"
        if console:
            name, detail, home = settings.operator_name, self._whole_province(), "/admin/"
        elif tenant:
            name, home = tenant.short_name or tenant.name, f"/t/{tenant.code}/"
        offered = self._offered(ctx, console) if ctx else []
        top = _top_bar(offered)
        search, bell = top.get("search"), top.get("bell")
        return ShellView(
            name=name,
            detail=detail,
            home_url=home,
            path=req.relative_uri if req.method == "GET" else req.path,
            theme=_theme(ctx),
            console=console,
            logo_url=tenant.logo_url if tenant and not console else "",
            account=_account(ctx),
            sections=self._sections(req, ctx, console, offered) if ctx else (),
            switcher=self._switcher(req, ctx, console) if ctx else (),
            search_url=search.url if search else "",
            search_hint=search.title if search else "",
            notifications_url=bell.url if bell else "",
            notifications_count=bell.count if bell else "",
            platform_label=settings.platform_label,
            support=", ".join(filter(None, (settings.support_phone, settings.support_email))),
            toast=_toast(req),
        )

    def _offered(self, ctx: RequestContext, console: bool) -> list[tuple[NavItem, str, int]]:
        """Return the lines this person may follow here, with their addresses and badges."""
        found: list[tuple[str, NavItem, str]] = []
        badges = db.in_transaction()
        for manifest, item in self._catalogue.of(NavItem).values():
            address = self._catalogue.routes[item.route]
            if item.permission not in ctx.permissions or _of_console(item) != console:
                continue
            if not self._dispatcher.belongs(
                item.permission, ctx.tenant.id if badges and ctx.tenant else None
            ):
                continue
            if not address.tenanted:
                found.append((manifest.key, item, address.url()))
            elif ctx.tenant is not None and manifest.key in ctx.modules:
                found.append((manifest.key, item, address.url(tenant=ctx.tenant.code)))
        asked = [(key, partial(item.badge, ctx)) for key, item, _url in found if badges and item.badge]
        numbers = iter(self._dispatcher.badges(asked))
        return [(item, url, next(numbers) if badges and item.badge else 0) for _key, item, url in found]

    def _whole_province(self) -> str:
        """Return what tells the operator's hat from that of the same body's own agency."""
        name = self._settings.province_name
        return _("Vận hành toàn {province}", province=lower_first(name) if current_locale() == "vi" else name)

    def _sections(
        self, req: Request, ctx: RequestContext, console: bool, offered: list[tuple[NavItem, str, int]]
    ) -> tuple[NavSection, ...]:
        links: dict[str, list[NavLink]] = {section: [] for section in SECTIONS}
        exact = any(self._leads_here(req, item) for item, _url, _number in offered)
        for item, url, number in offered:
            if item.section in TOP_BAR:
                continue
            links[item.section].append(
                NavLink(
                    title=_(item.title),
                    url=url,
                    icon=item.icon,
                    current=self._leads_here(req, item) if exact else self._is_above(req, item, url),
                    count=_counted(number),
                    alert=number < 0,
                    pinned=sum(len(each) for each in links.values()) < PINNED_PER_PAGE,
                )
            )
        if not console and ctx.tenant is None:
            # A page outside every agency still leads somewhere. The console's body is an agency too, so its name tells nothing.
            links["work"] = [
                NavLink(title=each.detail, url=each.url, icon="adjustments")
                if each.url == "/admin/"
                else NavLink(title=each.name, url=each.url, icon="building-community")
                for each in self._switcher(req, ctx, console)
            ]
        return tuple(
            NavSection(title=_(title) if title else "", links=tuple(links[section]))
            for section, title in SECTIONS.items()
            if links[section]
        )

    def _leads_here(self, req: Request, item: NavItem) -> bool:
        resource = self._catalogue.routes[item.route].route.resource
        return req.address is not None and req.address.route.resource is resource

    def _is_above(self, req: Request, item: NavItem, url: str) -> bool:
        # A detail page belongs to the list above it; start pages are above everything, so they do not count.
        address, here = self._catalogue.routes[item.route], req.belongs_to or req.path
        return address.pattern not in START_PAGES and here.startswith(url.rstrip("/") + "/")

    def _switcher(self, req: Request, ctx: RequestContext, console: bool) -> tuple[SwitcherEntry, ...]:
        same_page = ""
        if (
            req.address is not None
            and req.address.template.startswith("/t/{tenant}/")
            and req.address.template.count("{") == 1
        ):
            same_page = f"?go={req.address.name}"
        entries: dict[str, SwitcherEntry] = {}
        for post in ctx.posts:
            details = [post.position, post.unit_name]
            if post.valid_to:
                details.append(_("đến {date}", date=format_date(post.valid_to)))
            entries.setdefault(
                post.tenant.code,
                SwitcherEntry(
                    name=post.tenant.short_name or post.tenant.name,
                    detail=", ".join(part for part in details if part),
                    url=f"/t/{post.tenant.code}/{same_page}",
                    current=not console and ctx.tenant is not None and post.tenant.id == ctx.tenant.id,
                ),
            )
        if ctx.operator:
            entries["/admin/"] = SwitcherEntry(
                name=self._settings.operator_name,
                detail=self._whole_province(),
                url="/admin/",
                current=console,
            )
        return tuple(entries.values())


def _of_console(item: NavItem) -> bool:
    """Tell whether a line stands in the operator's console; of the top bar, what only operators may follow."""
    return item.section in CONSOLE_SECTIONS or (item.section in TOP_BAR and item.permission == OPERATOR)


def _top_bar(offered: list[tuple[NavItem, str, int]]) -> dict[str, NavLink]:
    """Return the search field and the bell, where modules offer them."""
    return {
        item.section: NavLink(title=_(item.title), url=url, icon=item.icon, count=_counted(number))
        for item, url, number in offered
        if item.section in TOP_BAR
    }


def _counted(number: int) -> str:
    return "1.000+" if abs(number) >= BOUND else str(abs(number)) if number else ""


def account_key(person: Person) -> str:
    """Return what pages call a person, to tell people apart who use one browser; it opens nothing and names nobody."""
    return signature("account", str(person.id))[:12]


def _account(ctx: RequestContext | None) -> Account | None:
    if ctx is None:
        return None
    return Account(
        key=account_key(ctx.person),
        name=ctx.person.full_name,
        username=ctx.person.username,
        shortcuts=ctx.person.shortcuts,
        in_agency=ctx.tenant is not None and bool(ctx.own_posts),
    )


def _theme(ctx: RequestContext | None) -> Theme:
    theme = ctx.person.theme if ctx else "auto"
    return theme if theme in ("light", "dark") else "auto"  # type: ignore[return-value]


def _toast(req: Request) -> Toast | None:
    """Return the sentence a redirect left for this page; a part of a page leaves it to the next whole one."""
    value = (req.get_cookie_values(TOAST_COOKIE) or [""])[0]
    if not value or req.is_htmx:
        return None
    text, _bar, rest = value.partition("|")
    undo, _bar, mark = rest.partition("|")
    told, back = unquote(text), unquote(undo)
    return Toast(text=told, undo_url=back if is_signed(mark, "undo", told, back) else "")
