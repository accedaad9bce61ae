"""The operator's console: all agencies, and one agency as the operator sees it — settings, never dossiers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import falcon

from core.context import TenantInfo
from core.db import scope
from core.declarations import Manifest
from core.dispatcher import dispatcher
from core.i18n import _
from core.web.components import Chip, Counter
from core.web.errors import NotFound
from core.web.paging import PAGE_SIZE, page_of, page_url, pager, read_cursor
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from tenants import console_queries, queries, services
from tenants.console_views import (
    AgenciesView,
    AgencyRow,
    AgencyView,
    GrantRow,
    ModuleHead,
    State,
    TileGroup,
    TreeNode,
    VersionRow,
)
from tenants.models import KINDS, today

GRANTS = {"default": None, "allowed": True, "denied": False}
STATES: dict[str, State] = {"active": "ok", "suspended": "off", "merged": "off"}
SHORT_LETTERS = 3


class Agencies:
    """All agencies of the installation."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        search, kind, status = ((req.get_param(name) or "").strip() for name in ("q", "kind", "status"))
        cursor = read_cursor(req, str, UUID)
        lines = queries.agencies(search=search, kind=kind, status=status, cursor=cursor, limit=PAGE_SIZE)
        shown = page_of(lines, lambda line: (line.folded, str(line.id)), cursor=cursor)
        overview = console_queries.agency_states()
        failing = console_queries.failing_agencies(line.id for line in shown.rows)
        modules = dispatcher().catalogue.manifests()
        states = [state for tiles in overview.values() for state in tiles]
        view = AgenciesView(
            total=len(states),
            ok=states.count("ok"),
            warn=states.count("warn"),
            bad=states.count("bad"),
            off=states.count("off"),
            checked_at=None,
            groups=tuple(
                TileGroup(title=_(title), tiles=tuple(overview[key])) for key, title in KINDS.items() if key in overview
            ),
            tree=_tree(req, overview, kind),
            shortcuts=(
                TreeNode(
                    title=_("Tạm ngừng"), url=page_url(req, kind="", status="suspended"),
                    count=states.count("off"), current=status == "suspended",
                ),
            ),
            modules=tuple(ModuleHead(title=_(each.title), short=_short(each), icon=each.icon) for each in modules),
            rows=tuple(_row(req, line, modules, line.id in failing) for line in shown.rows),
            pager=pager(req, shown, str(len(overview.get(kind, ()))) if kind and not search else ""),
            search=search,
            kind=kind,
            chips=_chips(req, search, kind, status),
            clear_url=req.path,
            provision_url=url_for(req, "tenants.provision"),
        )  # fmt: skip
        page(req, resp, "tenants/console/agencies.html", view)


class Agency:
    """One agency: dated versions, modules with the operator's leave, state."""

    def on_get(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = _tenant(code)
        with scope(tenant.id):
            cards, people, profile = queries.module_cards(), queries.people_count(), queries.profile()
            grants = queries.grants()
            unit_count = len(queries.units())
        mirror = console_queries.mirror_state_of(tenant.id)
        versions = queries.versions(tenant.id)
        now = versions[0] if versions else None
        works_there = any(post.tenant.id == tenant.id for post in (req.ctx.posts if req.ctx else ()))
        view = AgencyView(
            name=tenant.name,
            code=tenant.code,
            status=tenant.status,  # type: ignore[arg-type]
            facts=tuple(
                (title, text)
                for title, text in (
                    (_("Tên gọn"), tenant.short_name),
                    (_("Loại"), _(KINDS[tenant.kind])),
                    (_("Thuộc"), tenant.parent_name),
                    (_("Mã định danh"), now.identifiers.get("national", "") if now else ""),
                    (_("Địa chỉ"), profile.address),
                    (_("Điện thoại"), profile.phone),
                )
                if text
            ),
            counters=(
                Counter(value=str(people), label=_("Người")),
                Counter(value=str(unit_count), label=_("Phòng ban")),
                Counter(value=str(sum(card.in_effect for card in cards)), label=_("Phân hệ đang bật")),
            ),
            versions=tuple(_version(line) for line in versions),
            modules=tuple(_grant(req, tenant.code, card, grants) for card in cards),
            list_url=url_for(req, "tenants.agencies"),
            people_now=people,
            suspend_action=_agency_url(req, "tenants.agency_suspend", tenant)
            if tenant.status == "active"
            else "",
            resume_action=_agency_url(req, "tenants.agency_resume", tenant)
            if tenant.status == "suspended"
            else "",
            mirror_waiting=mirror.waiting,
            mirror_error=mirror.last_error if mirror.failing else "",
            audit_url=url_for(req, "tenants.agency_audit", code=tenant.code),
            open_url=url_for(req, "tenants.home", tenant=tenant.code) if works_there else "",
        )
        page(req, resp, "tenants/console/agency.html", view)


class AgencySuspension:
    """Close an agency's pages, or open them again."""

    def on_post_suspend(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = _tenant(code)
        services.suspend_agency(tenant.id)
        redirect(
            resp,
            _agency_url(req, "tenants.agency", tenant),
            toast=_("Đã tạm ngừng {agency}.", agency=tenant.name),
        )

    def on_post_resume(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = _tenant(code)
        services.resume_agency(tenant.id)
        text = _("{agency} hoạt động trở lại.", agency=tenant.name)
        redirect(resp, _agency_url(req, "tenants.agency", tenant), toast=text)


class AgencyGrant:
    """Whether the operator lets an agency use a module."""

    def on_post(self, req: Request, resp: falcon.Response, code: str, key: str) -> None:
        tenant = _tenant(code)
        choice = req.form.get("grant", "")
        if choice not in GRANTS:
            raise NotFound
        services.set_grant(tenant.id, key, GRANTS[choice], note=str(req.form.get("note", "")).strip()[:200])
        redirect(
            resp,
            _agency_url(req, "tenants.agency", tenant),
            toast=_(
                "Đã ghi phép dùng {module}.", module=_(dispatcher().catalogue.modules[key].manifest.title)
            ),
        )


def _tenant(code: str) -> TenantInfo:
    found = queries.tenant_by_code(code)
    if found is None:
        raise NotFound
    return found


def _agency_url(req: Request, name: str, tenant: TenantInfo) -> str:
    return url_for(req, name, code=tenant.code)


def _tree(req: Request, overview: Mapping[str, Sequence[State]], kind: str) -> tuple[TreeNode, ...]:
    children = tuple(
        TreeNode(
            title=_(title),
            url=page_url(req, kind=key, status=""),
            count=len(overview[key]),
            current=key == kind,
        )
        for key, title in KINDS.items()
        if key in overview
    )
    everything = sum(node.count for node in children)
    root = TreeNode(
        title=_("Tất cả"), url=page_url(req, kind="", status=""), count=everything, current=not kind
    )
    return (replace(root, children=children),)


def _short(module: Manifest) -> str:
    """Return the column head of a module: the first letters of its title's words."""
    return "".join(word[0] for word in _(module.title).split()[:SHORT_LETTERS]).upper()


def _row(req: Request, line: queries.AgencyLine, modules: list[Manifest], failing: bool) -> AgencyRow:
    return AgencyRow(
        name=line.short_name,
        code=line.national_code or line.code,
        url=url_for(req, "tenants.agency", code=line.code),
        parent=line.parent_name,
        state="bad" if failing else STATES[line.status],
        reason=_("Có hồ sơ tài khoản chưa chuyển được sang hệ thống đăng nhập") if failing else "",
        people=line.people,
        cells=tuple(
            "on" if each.key in line.modules else "no" if each.key in line.not_allowed else "off"
            for each in modules
        ),
    )


def _chips(req: Request, search: str, kind: str, status: str) -> tuple[Chip, ...]:
    active = [
        (_("Chữ"), search, "q"),
        (_("Nhóm"), _(KINDS[kind]) if kind in KINDS else "", "kind"),
        (_("Tình trạng"), _("Tạm ngừng") if status == "suspended" else "", "status"),
    ]
    return tuple(
        Chip(label=label, value=value, remove_url=page_url(req, **{name: ""}))
        for label, value, name in active
        if value
    )


def _version(line: queries.VersionLine) -> VersionRow:
    codes = [line.identifiers.get("national", ""), line.identifiers.get("administrative", "")]
    old = line.identifiers.get("old", [])
    if old:
        codes.append(_("cũ: {codes}", codes=", ".join(map(str, old))))
    return VersionRow(
        name=line.name,
        kind=_(KINDS[line.kind]),
        parent=line.parent_name,
        codes=" · ".join(str(code) for code in codes if code),
        decision=line.decision,
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        current=line.valid_from <= today() and (line.valid_to is None or line.valid_to >= today()),
    )


def _grant(req: Request, code: str, card: queries.ModuleCard, grants: Mapping[str, tuple[bool, str]]) -> GrantRow:
    key = card.manifest.key
    allowed, note = grants.get(key, (None, ""))
    return GrantRow(
        title=_(card.manifest.title),
        summary=_(card.manifest.summary),
        is_on=card.is_on,
        in_effect=card.in_effect,
        grant="default" if allowed is None else "allowed" if allowed else "denied",
        default_allowed=not card.manifest.restricted,
        note=note,
        action=url_for(req, "tenants.agency_grant", code=code, key=key),
    )
