"""The modules of an agency: what is on, what may be, and what switching one would do."""

from collections.abc import Iterable
from dataclasses import replace

import falcon
from marshmallow import Schema

from core.context import TenantInfo
from core.declarations import OPERATOR, Blocker, Job, Manifest, NavItem, document
from core.dispatcher import dispatcher
from core.i18n import N_, _, format_date, ngettext
from core.text import fold
from core.web.components import Effect, Option, Tab
from core.web.forms import load
from core.web.navigation import TOP_BAR
from core.web.paging import page_url
from core.web.rendering import page, redirect, send_json, url_for
from core.web.request import Request
from tenants import queries, services
from tenants.names import province
from tenants.queries import Leave
from tenants.resources.common import Refusal, agency, attempt
from tenants.schemas import ModuleList
from tenants.services import DisablePlan, EnablePlan
from tenants.views import ModuleGroup, ModulePlanView, ModulesView, ModuleTile

CATEGORIES = {
    "work": N_("Nghiệp vụ"),
    "service": N_("Phục vụ người dân"),
    "voice": N_("Tiếng nói của dân"),
    "steering": N_("Điều hành"),
    "quality": N_("Chất lượng và kênh liên lạc"),
    "platform": N_("Nền tảng"),
}
"""Titles of the categories that manifests name, in the order of the page: last what is always on."""

SHOWN_HOLDERS = 3
"""How many of the people who can clear a blocker are named."""

TABS = {"": N_("Tất cả"), "on": N_("Đang bật"), "off": N_("Bật được"), "managed": N_("Do {province} quản lý")}


class Modules:
    """The modules of the agency by category."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        tab, search = req.get_param("tab") or "", (req.get_param("q") or "").strip()
        cards = queries.module_cards()
        in_tab = {key: [card for card in cards if key in ("", _tab_of(card))] for key in TABS}
        shown = [card for card in in_tab.get(tab, cards) if _matches(card.manifest, search)]
        always = [
            each.manifest for each in dispatcher().catalogue.modules.values() if each.manifest.always_on
        ]
        counts = {key: len(in_tab[key]) + (len(always) if key in ("", "on") else 0) for key in TABS}
        decided = queries.grants()
        tiles = [
            (card.manifest.category, _tile(req, card, decided.get(card.manifest.key, Leave()).note))
            for card in shown
        ]
        if tab not in ("off", "managed"):
            tiles += [("platform", _base(each, cards)) for each in always if _matches(each, search)]
        view = ModulesView(
            people=queries.people_count(),
            tabs=tuple(
                Tab(
                    title=_(title, province=province()),
                    url=page_url(req, tab=key),
                    count=str(counts[key]),
                    current=key == tab,
                )
                for key, title in TABS.items()
            ),
            groups=_groups(tiles),
            roleless=_roleless(cards, req.get_param("enabled") or ""),
            people_url=url_for(req, "tenants.people") if req.asker.can("tenants.manage_people") else "",
            search=search,
            tab=tab,
        )
        page(req, resp, "tenants/modules.html", view)


class ModuleEnabling:
    """Switch a module on: the plan first, then the fact."""

    def on_get(self, req: Request, resp: falcon.Response, key: str) -> None:
        plan = services.plan_enable(key)
        if plan.to_enable:
            self._show(req, resp, plan)
        else:
            toast = _("{module} đang bật sẵn.", module=_(plan.module.title))
            redirect(resp, url_for(req, "tenants.modules"), toast=toast)

    def on_post(self, req: Request, resp: falcon.Response, key: str) -> None:
        plan = services.plan_enable(key)
        refusal = attempt(lambda: services.enable_module(key))
        if refusal:
            self._show(req, resp, plan, refusal)
            return
        names = ", ".join(_(module.title) for module in plan.to_enable)
        redirect(
            resp,
            f"{url_for(req, 'tenants.modules')}?enabled={key}",
            toast=_("Đã bật {modules}.", modules=names) if names else "",
        )

    @staticmethod
    def _show(req: Request, resp: falcon.Response, plan: EnablePlan, refusal: Refusal | None = None) -> None:
        view = ModulePlanView(
            title=_(plan.module.title),
            enable=True,
            blockers=_standing_in_the_way(req, plan.blockers, refusal),
            also=tuple(
                Option(module.key, _(module.title), _(module.summary))
                for module in plan.to_enable
                if module.key != plan.module.key
            ),
            effects=_effects_on(plan.to_enable),
            path=url_for(req, "tenants.module_enable", key=plan.module.key),
            action=url_for(req, "tenants.module_enable", key=plan.module.key),
            back_url=url_for(req, "tenants.modules"),
        )
        page(req, resp, "tenants/module_plan.html", view, status=refusal.status if refusal else 200)


class ModuleDisabling:
    """Switch a module off: what stands in the way and what follows, then the fact."""

    def on_get(self, req: Request, resp: falcon.Response, key: str) -> None:
        plan = services.plan_disable(key)
        if plan.is_on:
            self._show(req, resp, plan)
        else:
            self._leave(req, resp, plan, N_("{module} đang tắt sẵn."))

    def on_post(self, req: Request, resp: falcon.Response, key: str) -> None:
        plan = services.plan_disable(key)
        refusal = attempt(lambda: services.disable_module(key))
        if refusal:
            self._show(req, resp, plan, refusal)
        elif plan.is_on:
            self._leave(req, resp, plan, N_("Đã tắt {module}. Dữ liệu còn nguyên, bật lại là thấy."))
        else:
            self._leave(req, resp, plan, N_("{module} đang tắt sẵn."))

    @staticmethod
    def _leave(req: Request, resp: falcon.Response, plan: DisablePlan, text: str) -> None:
        redirect(resp, url_for(req, "tenants.modules"), toast=_(text, module=_(plan.module.title)))

    @staticmethod
    def _show(req: Request, resp: falcon.Response, plan: DisablePlan, refusal: Refusal | None = None) -> None:
        path = url_for(req, "tenants.module_disable", key=plan.module.key)
        dependents = tuple(
            Blocker(
                _("{module} đang cần phân hệ này", module=_(each.title)),
                _("Tắt phân hệ đó trước."),
                url_for(req, "tenants.module_disable", key=each.key),
                _("Xem kế hoạch tắt"),
            )
            for each in plan.dependents
        )
        view = ModulePlanView(
            title=_(plan.module.title),
            enable=False,
            blockers=_standing_in_the_way(req, dependents + plan.blockers, refusal),
            also=(),
            effects=effects_off(plan.module) if plan.in_effect else _effects_out_of_effect(),
            path=path,
            action=path,
            back_url=url_for(req, "tenants.modules"),
        )
        page(req, resp, "tenants/module_plan.html", view, status=refusal.status if refusal else 200)


class ModulesDocument:
    @document(ModuleList)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the modules and whether they are in effect."""
        load(Schema(), req.params)
        items = [
            {
                "key": card.manifest.key,
                "title": _(card.manifest.title),
                "version": card.manifest.version,
                "requires": card.manifest.requires,
                "on": card.is_on,
                "in_effect": card.in_effect,
                "allowed": card.allowed,
            }
            for card in queries.module_cards()
        ]
        send_json(resp, {"items": items})


def _roleless(cards: Iterable[queries.ModuleCard], enabled: str) -> str:
    """Return the title of the module just switched on, while its pages open for nobody; else nothing."""
    for card in cards:
        if card.manifest.key == enabled and card.in_effect and _count_roles(enabled):
            return "" if queries.people_with(enabled) else _(card.manifest.title)
    return ""


def _standing_in_the_way(
    req: Request, blockers: tuple[Blocker, ...], refusal: Refusal | None
) -> tuple[Blocker, ...]:
    """Return what the plan knows of, or else why the attempt itself failed."""
    if blockers or refusal is None:
        return tuple(_for_reader(req, each) for each in blockers)
    return tuple(Blocker(text) for text in refusal.texts)


def _permission_at(url: str) -> str:
    """Return the permission an address of ours asks for; empty when no route has it."""
    path = url.partition("?")[0].rstrip("/") or "/"
    found = [each for each in dispatcher().catalogue.routes.values() if each.matches(path)]
    # The router prefers words to fields as well: notes/new is not a note called "new".
    return min(found, key=lambda each: len(each.fields)).route.permission if found else ""


def _for_reader(req: Request, blocker: Blocker) -> Blocker:
    """Return a blocker whose link the reader may follow; without the right it says instead who has it."""
    permission = blocker.permission or (_permission_at(blocker.url) if blocker.url else "")
    if not permission or req.asker.can(permission):
        return blocker
    # The narrowest role that somebody holds, and those who hold it; else the narrowest there is.
    found = [
        (title, queries.holders([key], SHOWN_HOLDERS)) for key, title in queries.roles_giving(permission)
    ]
    title, names = next((each for each in found if each[1]), found[0] if found else ("", []))
    role = f"“{_(title)}”"
    if names:
        who = _("Xử lý được khi có vai trò {role}; đang có: {names}.", role=role, names=", ".join(names))
    elif title:
        who = _("Xử lý được khi có vai trò {role}; chưa ai ở cơ quan có.", role=role)
    else:
        who = ""
    people = req.asker.can("tenants.manage_people")
    return replace(
        blocker,
        detail=" ".join(filter(None, (blocker.detail, who))),
        url=url_for(req, "tenants.people") if people else "",
        link_text=_("Giao vai trò cho người sẽ xử lý") if people else "",
    )


def _tab_of(card: queries.ModuleCard) -> str:
    return "managed" if not card.allowed else "on" if card.is_on else "off"


def _matches(module: Manifest, search: str) -> bool:
    return not search or fold(search) in fold(f"{_(module.title)} {_(module.summary)}")


def _groups(tiles: Iterable[tuple[str, ModuleTile]]) -> tuple[ModuleGroup, ...]:
    by_category: dict[str, list[ModuleTile]] = {}
    for category, tile in tiles:
        by_category.setdefault(category, []).append(tile)
    order = list(CATEGORIES)
    return tuple(
        ModuleGroup(title=_(CATEGORIES[key]) if key in CATEGORIES else _("Khác"), modules=tuple(found))
        for key, found in sorted(
            by_category.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else 99
        )
    )


def _tile(req: Request, card: queries.ModuleCard, note: str) -> ModuleTile:
    module = card.manifest
    route = "tenants.module_disable" if card.is_on else "tenants.module_enable"
    return ModuleTile(
        key=module.key,
        title=_(module.title),
        summary=_(module.summary),
        icon=module.icon,
        is_on=card.is_on and card.allowed,
        plan_url=url_for(req, route, key=module.key) if card.allowed else "",
        locked="" if card.allowed else _("Do {province} quản lý", province=province()),
        detail=_detail(agency(req), card),
        reason="" if card.allowed else note,
        missing=tuple(_(each.title) for each in card.missing),
    )


def _base(module: Manifest, cards: Iterable[queries.ModuleCard]) -> ModuleTile:
    """Return a module that others stand on: nobody switches it, and its lines are in the menu all the same."""
    menu = _menu_titles([module.key])
    needed = sum(card.is_on and module.key in card.manifest.requires for card in cards)
    parts = [
        ngettext("Nền cho {n} phân hệ", "Nền cho {n} phân hệ", needed) if needed else "",
        _("Có mục {titles} ở danh mục", titles=menu) if menu else "",
    ]
    return ModuleTile(
        key=module.key,
        title=_(module.title),
        summary=_(module.summary),
        icon=module.icon,
        is_on=True,
        plan_url="",
        locked=_("Luôn bật"),
        detail=". ".join(filter(None, parts)),
    )


def _detail(tenant: TenantInfo, card: queries.ModuleCard) -> str:
    if not card.allowed:
        return (
            _("Cơ quan đã bật, {province} chưa cho dùng.", province=province())
            if card.is_on
            else _("Cơ quan chưa được {province} cho dùng.", province=province())
        )
    if not card.is_on:
        roles = _count_roles(card.manifest.key)
        return (
            ngettext("Chưa bật. Thêm {n} vai trò", "Chưa bật. Thêm {n} vai trò", roles)
            if roles
            else _("Chưa bật")
        )
    # What keeps it from being switched off is the open work in it.
    open_work = dispatcher().disable_blockers(card.manifest.key, tenant) if card.in_effect else []
    parts = [each.text for each in open_work]
    if card.needed_by:
        parts.append(ngettext("Nền cho {n} phân hệ", "Nền cho {n} phân hệ", len(card.needed_by)))
    if card.changed_at:
        day = format_date(card.changed_at)
        parts.append(
            _("{name} bật ngày {day}", name=card.changed_by, day=day)
            if card.changed_by
            else _("Bật ngày {day}", day=day)
        )
    return ". ".join(parts) or _("Bật sẵn cho mọi cơ quan")


# ---- what follows from a switch, counted from what the module declares ------------------------------------


def _count_roles(key: str) -> int:
    return sum(role.startswith(f"{key}.") for role in dispatcher().catalogue.roles)


def _count_jobs(key: str) -> int:
    return sum(manifest.key == key for manifest, _job in dispatcher().catalogue.of(Job).values())


def public_pages(key: str) -> bool:
    return any(
        address.module.key == key and address.route.area == "public"
        for address in dispatcher().catalogue.routes.values()
    )


def _menu_titles(keys: Iterable[str]) -> str:
    """Return the lines that modules have in the menu of this agency, not those of operators or of other agencies."""
    wanted = set(keys)
    return ", ".join(
        f"“{_(item.title)}”"
        for manifest, item in dispatcher().catalogue.of(NavItem).values()
        if manifest.key in wanted
        and item.section not in TOP_BAR
        and item.permission != OPERATOR
        and queries.belongs_here(item.permission)
    )


def _effects_on(modules: tuple[Manifest, ...]) -> tuple[Effect, ...]:
    keys = [module.key for module in modules]
    menu, roles, jobs = _menu_titles(keys), sum(map(_count_roles, keys)), sum(map(_count_jobs, keys))
    effects = []
    if menu:
        effects.append(
            Effect(icon="eye", text=_("Mục {titles} hiện ngay ở danh mục của người có quyền.", titles=menu))
        )
    if roles:
        effects.append(
            Effect(
                icon="users",
                text=ngettext(
                    "Thêm {n} vai trò để giao cho người của cơ quan.",
                    "Thêm {n} vai trò để giao cho người của cơ quan.",
                    roles,
                ),
            )
        )
    if jobs:
        effects.append(
            Effect(
                icon="clock-play",
                text=ngettext("{n} việc nền bắt đầu chạy.", "{n} việc nền bắt đầu chạy.", jobs),
            )
        )
    if any(map(public_pages, keys)):
        effects.append(
            Effect(
                icon="world",
                text=_("Phân hệ có trang cho người dân; trang chỉ hiện khi cơ quan mở nó trong phân hệ."),
            )
        )
    effects.append(Effect(icon="database", text=_("Dữ liệu từ lần bật trước, nếu có, hiện lại nguyên vẹn.")))
    effects.append(Effect(icon="arrow-back-up", text=_("Tắt lại lúc nào cũng được ở trang này.")))
    return tuple(effects)


def _effects_out_of_effect() -> tuple[Effect, ...]:
    return (
        Effect("puzzle-off", _("Phân hệ đang không có hiệu lực ở cơ quan nên chưa có gì đổi ngay.")),
        Effect("lock", _("Khi lại được dùng, phân hệ vẫn tắt cho tới khi cơ quan bật.")),
        Effect("database", _("Dữ liệu được giữ nguyên, bật lại là thấy ngay.")),
    )


def effects_off(module: Manifest) -> tuple[Effect, ...]:
    """Return what follows in the agency in scope when a module goes out of effect."""
    people, jobs, menu = queries.people_with(module.key), _count_jobs(module.key), _menu_titles([module.key])
    effects = []
    if menu:
        effects.append(
            Effect(
                icon="eye-off",
                text=ngettext(
                    "Mục {titles} biến khỏi danh mục của {n} người.", "Mục {titles} biến khỏi danh mục của {n} người.",
                    people, titles=menu,
                ),
            )
        )  # fmt: skip
    if people:
        effects.append(
            Effect(
                icon="user-off",
                text=ngettext(
                    "{n} người có vai trò của phân hệ này thôi làm được việc ở đó; vai trò vẫn giữ.",
                    "{n} người có vai trò của phân hệ này thôi làm được việc ở đó; vai trò vẫn giữ.",
                    people,
                ),
            )
        )
    if jobs:
        effects.append(
            Effect(icon="clock-stop", text=ngettext("{n} việc nền dừng lại.", "{n} việc nền dừng lại.", jobs))
        )
    effects.append(Effect(icon="database", text=_("Dữ liệu được giữ nguyên, bật lại là thấy ngay.")))
    if public_pages(module.key):
        effects.append(Effect(icon="world-off", text=_("Trang công khai của phân hệ ngừng hiển thị.")))
    return tuple(effects)
