"""The operator's console: all agencies, and one agency as the operator sees it — settings, never dossiers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import urlencode
from uuid import UUID

import falcon

from core.context import TenantInfo
from core.db import db, scope
from core.declarations import Manifest
from core.dispatcher import dispatcher
from core.i18n import N_, _, format_date, format_number, ngettext
from core.web.components import Counter, Effect, FormView, PlanView
from core.web.forms import load
from core.web.paging import PAGE_SIZE, Cursor, chips, page_of, page_url, pager, read_cursor
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from tenants import console_queries, queries, services
from tenants.console_queries import Trouble
from tenants.console_views import (
    AgenciesView,
    AgencyRow,
    AgencyView,
    FigureHead,
    ModuleHead,
    RevisedRow,
    State,
    TileGroup,
    TreeNode,
    VersionRow,
)
from tenants.models import KINDS, today
from tenants.queries import Leave
from tenants.resources.agency_figures import FigureColumn, figures_of
from tenants.resources.common import Refusal, attempt, day_text, form_again
from tenants.resources.console_agency import ADMINISTRATORS, administrators, agency_of, agency_settings
from tenants.resources.console_grants import (
    decided,
    grant_rows,
    open_work,
    plan_stopping,
    refuse_clashes,
    seen_mark,
    told,
)
from tenants.resources.modules import public_pages
from tenants.schemas import WithdrawalSchema
from tenants.services.common import lock_agency
from tenants.sessions import sessions

SHORT_LETTERS = 3
REVISED_SHOWN = 10
TROUBLE = "trouble"
"""The condition "needs a look" of the list, beside the states of an agency."""
STATUSES = {TROUBLE: N_("Cần xem, lỗi"), "suspended": N_("Tạm ngừng")}


class Agencies:
    """All agencies of the installation."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        search, kind, status = asked_for(req)
        troubles = console_queries.troubles()
        tiles = {
            each[0]: (each[1], state_of(each[2], troubles.get(each[0], ())))
            for each in console_queries.overview()
        }
        troubled = [tenant_id for tenant_id, (_kind, state) in tiles.items() if state in ("warn", "bad")]
        cursor = read_cursor(req, str, UUID)
        lines = listed(req, troubles, cursor, PAGE_SIZE)
        shown = page_of(lines, lambda line: (line.folded, line.id), cursor=cursor)
        ids = [line.id for line in shown.rows]
        seen, figures = sessions().seen_in(ids), figures_of(ids)
        modules = dispatcher().catalogue.manifests()
        groups = {key: tuple(state for of, state in tiles.values() if of == key) for key in KINDS}
        states = [state for _kind, state in tiles.values()]
        view = AgenciesView(
            total=len(states),
            ok=states.count("ok"),
            warn=states.count("warn"),
            bad=states.count("bad"),
            off=states.count("off"),
            checked_at=datetime.now(UTC),
            groups=tuple(
                TileGroup(title=_(KINDS[key]), tiles=found) for key, found in groups.items() if found
            ),
            tree=_tree(req, groups, kind, status),
            shortcuts=_shortcuts(req, status, len(troubled), states.count("off")),
            modules=tuple(
                ModuleHead(title=_(each.title), short=_short(each), icon=each.icon) for each in modules
            ),
            rows=tuple(
                _row(req, line, modules, troubles.get(line.id, ()), seen.get(line.id), figures)
                for line in shown.rows
            ),
            figures=tuple(
                FigureHead(title=each.title, meaning=each.meaning, alert=each.alert) for each in figures
            ),
            pager=pager(req, shown, _total(search, status, groups.get(kind, ()) if kind else states)),
            search=search,
            kind=kind,
            status=status,
            chips=chips(
                req,
                q=(_("Tìm"), search),
                kind=(_("Nhóm"), _(KINDS[kind]) if kind in KINDS else ""),
                status=(_("Tình trạng"), _(STATUSES[status]) if status in STATUSES else ""),
            ),
            clear_url=req.path,
            provision_url=url_for(req, "tenants.provision"),
            excel_url=_with_conditions(req, url_for(req, "tenants.agencies_excel")),
            revised=tuple(
                RevisedRow(
                    name=line.name,
                    before=line.before,
                    url=url_for(req, "tenants.agency", code=line.code),
                    since=line.since,
                    decision=line.decision,
                )
                for line in console_queries.revised(REVISED_SHOWN)
            ),
        )
        page(req, resp, "tenants/console/agencies.html", view)


class Agency:
    """One agency: dated versions, modules with the operator's leave, state."""

    def on_get(self, req: Request, resp: falcon.Response, code: str) -> None:
        self.show(req, resp, agency_of(code))

    @staticmethod
    def show(
        req: Request,
        resp: falcon.Response,
        tenant: TenantInfo,
        refusal: Refusal | None = None,
        typed: Mapping[str, Leave] = MappingProxyType({}),
    ) -> None:
        with scope(tenant.id):
            cards, people = queries.module_cards(), queries.people_count()
            modules = grant_rows(cards, queries.grants(), typed)
            units, roles = len(queries.units()), queries.roles()
            settings, administers = agency_settings(), administrators()
        mirror = console_queries.mirror_state(tenant.id)
        versions = queries.versions(tenant.id)
        now = next((line for line in versions if line.valid_from <= today()), versions[-1])
        works_there = any(post.tenant.id == tenant.id for post in (req.ctx.posts if req.ctx else ()))
        view = AgencyView(
            form=form_again(req, refusal) if refusal else FormView(),
            name=tenant.name,
            status=tenant.status,  # type: ignore[arg-type]
            facts=tuple(
                (title, text)
                for title, text in (
                    (_("Tên gọn"), tenant.short_name),
                    (_("Loại"), _(KINDS[tenant.kind])),
                    (_("Thuộc"), tenant.parent_name),
                    (_("Mã trên nền tảng"), tenant.code),
                    (_("Mã định danh"), now.identifiers.get("national", "")),
                    (_("Quản trị"), administers or _("chưa có ai")),
                )
                if text
            ),
            counters=(
                Counter(value=format_number(people), label=_("Người"), url=_agency_url(req, "tenants.agency_people", tenant)),
                Counter(
                    value=format_number(next((role.people for role in roles if role.key == ADMINISTRATORS), 0)), label=_("Quản trị"),
                    url=f"{_agency_url(req, 'tenants.agency_people', tenant)}?role={ADMINISTRATORS}",
                ),
                Counter(value=format_number(units), label=_("Phòng ban"), url=_agency_url(req, "tenants.agency_units", tenant)),
                Counter(value=format_number(len(roles)), label=_("Vai trò"), url=_agency_url(req, "tenants.agency_roles", tenant)),
                Counter(value=str(sum(card.in_effect for card in cards)), label=_("Phân hệ đang bật"), url="#lt-modules"),
            ),
            settings=settings,
            withdraw_action=_agency_url(req, "tenants.agency_withdraw", tenant),
            versions=tuple(_version(line, first=line is versions[-1]) for line in versions),
            modules=modules,
            grants_action=_agency_url(req, "tenants.agency_grants", tenant),
            list_url=url_for(req, "tenants.agencies"),
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
        )  # fmt: skip
        page(req, resp, "tenants/console/agency.html", view, status=refusal.status if refusal else 200)


class AgencyWithdrawal:
    """Take back a version of an agency that has not begun."""

    def on_post(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = agency_of(code)
        since = load(WithdrawalSchema(), req.form)["since"]
        services.withdraw_revision(tenant.id, since)
        text = _("Đã bỏ lần đổi từ {day}.", day=format_date(since, year=True))
        redirect(resp, _agency_url(req, "tenants.agency", tenant), toast=text)


class AgencySuspension:
    """Close an agency's pages, after saying what that ends, or open them again."""

    def on_get_suspend(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = agency_of(code)
        if tenant.status != "active":
            self._idle(req, resp, tenant)
            return
        with scope(tenant.id), db.atomic():
            effects = _effects_of_suspending(tenant)
        plan = PlanView(
            title=_("Tạm ngừng {agency}?", agency=tenant.name),
            effects=effects,
            action=url_for(req, "tenants.agency_suspend", code=code),
            button=_("Tạm ngừng cơ quan"),
            back_url=_agency_url(req, "tenants.agency", tenant),
            back=_("Giữ hoạt động"),
            danger=True,
        )
        page(req, resp, "core/plan.html", plan)

    def on_post_suspend(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = agency_of(code)
        if tenant.status != "active":
            self._idle(req, resp, tenant)
            return
        services.suspend_agency(tenant.id)
        redirect(
            resp,
            _agency_url(req, "tenants.agency", tenant),
            toast=_("Đã tạm ngừng {agency}.", agency=tenant.name),
        )

    @staticmethod
    def _idle(req: Request, resp: falcon.Response, tenant: TenantInfo) -> None:
        text = _("{agency} đang không hoạt động nên không có gì để tạm ngừng.", agency=tenant.name)
        redirect(resp, _agency_url(req, "tenants.agency", tenant), toast=text)

    def on_post_resume(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = agency_of(code)
        services.resume_agency(tenant.id)
        text = _("{agency} hoạt động trở lại.", agency=tenant.name)
        redirect(resp, _agency_url(req, "tenants.agency", tenant), toast=text)


def _effects_of_suspending(tenant: TenantInfo) -> tuple[Effect, ...]:
    """Return what ends for people and the public while the agency in scope is suspended, and what its modules have open."""
    people = queries.people_count()
    shut_out = ngettext(
        "{n} người không mở được trang của cơ quan này, có hiệu lực ngay.",
        "{n} người không mở được trang của cơ quan này, có hiệu lực ngay.",
        people,
    )
    effects = [
        Effect("lock", shut_out),
        Effect("users", _("Vị trí của họ ở cơ quan khác không bị ảnh hưởng.")),
        Effect("plug-connected-x", _("Mã truy cập API của cơ quan ngừng được nhận.")),
    ]
    effective = dispatcher().effective_for(tenant.id)
    modules = [each.manifest for key, each in dispatcher().catalogue.modules.items() if key in effective]
    if public := ", ".join(
        f"“{_(each.title)}”" for each in modules if each.switchable and public_pages(each.key)
    ):
        closed = _(
            "Người dân không mở được trang công khai của {titles}, kể cả ở tên miền riêng.", titles=public
        )
        effects.append(Effect("world-off", closed))
    effects += open_work(tenant, modules)
    kept = _("Dữ liệu, vị trí, vai trò giữ nguyên; cho hoạt động lại là dùng tiếp được.")
    return (*effects, Effect("database", kept))


class AgencyGrants:
    """Which modules the operator lets an agency use: one form, with a plan before something is taken away."""

    def on_post(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant, wanted = agency_of(code), decided(req)

        def check() -> None:
            refuse_clashes(req, wanted, queries.grants())

        def save() -> None:
            lock_agency()
            check()
            services.set_grants(tenant.id, wanted)

        with scope(tenant.id):
            refusal = attempt(check)
        stopped = services.stopped_by(tenant.id, {key: leave.allowed for key, leave in wanted.items()})
        if not refusal and stopped and req.form.get("seen") != seen_mark(stopped):
            page(req, resp, "core/plan.html", plan_stopping(req, tenant, wanted, stopped))
            return
        with scope(tenant.id):
            refusal = refusal or attempt(save)
        if refusal:
            Agency.show(req, resp, tenant, refusal, wanted)
            return
        redirect(resp, f"{_agency_url(req, 'tenants.agency', tenant)}#lt-modules", toast=told(wanted))


def asked_for(req: Request) -> tuple[str, str, str]:
    """Return the conditions of the list of agencies: words, kind and status."""
    search, kind, status = ((req.get_param(name) or "").strip() for name in ("q", "kind", "status"))
    return search, kind, status


def listed(
    req: Request, troubles: Mapping[UUID, Sequence[Trouble]], cursor: Cursor, limit: int
) -> list[queries.AgencyLine]:
    """Return the agencies somebody has asked for; a suspended one is shut, whatever else is wrong there."""
    search, kind, status = asked_for(req)
    return queries.agencies(
        search=search,
        kind=kind,
        status="active" if status == TROUBLE else status,
        among=troubles if status == TROUBLE else None,
        cursor=cursor,
        limit=limit,
    )


def _with_conditions(req: Request, url: str) -> str:
    asked = {
        name: value for name, value in zip(("q", "kind", "status"), asked_for(req), strict=True) if value
    }
    return f"{url}?{urlencode(asked)}" if asked else url


def _agency_url(req: Request, name: str, tenant: TenantInfo) -> str:
    return url_for(req, name, code=tenant.code)


def state_of(status: str, troubles: Sequence[Trouble]) -> State:
    if status != "active":
        return "off"
    if any(each.kind in ("mirror", "failed") for each in troubles):
        return "bad"
    return "warn" if troubles else "ok"


def reason_of(trouble: Trouble) -> str:
    count = trouble.count
    if trouble.kind == "mirror":
        return ngettext(
            "{n} thay đổi chưa sang được hệ thống đăng nhập",
            "{n} thay đổi chưa sang được hệ thống đăng nhập",
            count,
        )
    if trouble.kind == "failed":
        return ngettext("{n} việc nền lỗi, đã thôi thử", "{n} việc nền lỗi, đã thôi thử", count)
    if trouble.kind == "retrying":
        return ngettext("{n} việc nền lỗi, đang thử lại", "{n} việc nền lỗi, đang thử lại", count)
    return ngettext("Phân hệ lỗi {n} lần trong một giờ qua", "Phân hệ lỗi {n} lần trong một giờ qua", count)


def _total(search: str, status: str, among: Sequence[State]) -> str:
    """Return how many agencies the list has, as far as the tiles tell."""
    return "" if search or status else str(len(among))


def _tree(
    req: Request, groups: Mapping[str, Sequence[State]], kind: str, status: str
) -> tuple[TreeNode, ...]:
    children = tuple(
        TreeNode(
            title=_(KINDS[key]), url=page_url(req, kind=key, status=""), count=len(found), current=key == kind
        )
        for key, found in groups.items()
        if found
    )
    everything = sum(node.count for node in children)
    url = page_url(req, kind="", status="")
    return (
        TreeNode(
            title=_("Tất cả"), url=url, count=everything, current=not (kind or status), children=children
        ),
    )


def _shortcuts(req: Request, status: str, *counts: int) -> tuple[TreeNode, ...]:
    return tuple(
        TreeNode(
            title=_(STATUSES[key]), url=page_url(req, kind="", status=key), count=count, current=key == status
        )
        for key, count in zip(STATUSES, counts, strict=True)
    )


def _short(module: Manifest) -> str:
    """Return the column head of a module: the first letters of its title's words."""
    return "".join(word[0] for word in _(module.title).split()[:SHORT_LETTERS]).upper()


def _row(
    req: Request,
    line: queries.AgencyLine,
    modules: list[Manifest],
    troubles: Sequence[Trouble],
    seen_at: datetime | None,
    figures: Sequence[FigureColumn],
) -> AgencyRow:
    return AgencyRow(
        name=line.short_name,
        code=line.national_code or line.code,
        url=url_for(req, "tenants.agency", code=line.code),
        parent=line.parent_name,
        state=state_of(line.status, troubles),
        reason=reason_of(troubles[0]) if troubles else "",
        people=line.people,
        figures=tuple(each.of(line.id) for each in figures),
        seen_at=seen_at,
        cells=tuple(
            "on" if each.key in line.modules else "no" if each.key in line.not_allowed else "off"
            for each in modules
        ),
    )


def _version(line: queries.VersionLine, *, first: bool) -> VersionRow:
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
        withdraw_day=day_text(line.valid_from) if line.valid_from > today() and not first else "",
        current=line.valid_from <= today() and (line.valid_to is None or line.valid_to >= today()),
    )
