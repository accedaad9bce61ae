"""What the module is made of: its manifest and the hooks it implements."""

from core.api import N_, Blocker, Manifest, NavItem, Permission, Role, Route, TenantInfo, hookimpl
from plugins.casework.api import CaseKind, CaseReport, CasesDocument, case_blockers, form_routes, own_badge
from plugins.skeleton import resources
from plugins.skeleton.kinds import DECIDE, HANDLE, MANAGE, MATTER, READ, REPORT

manifest = Manifest(
    key="skeleton",
    title=N_("TÊN PHÂN HỆ"),
    summary=N_("Tiếp nhận, xử lý và trả lời đúng hạn"),
    version="0.1",
    requires=("casework", "drafts", "files", "followers", "lists", "notifications", "reports"),
    icon="clipboard-check",
)


@hookimpl
def register_routes() -> list[Route]:
    return [
        Route("office", "", resources.LIST, MATTER.list_route, READ),
        *form_routes(resources.NEW, resources.ANSWER),
        Route("office", "{case_id:uuid}", resources.PAGE, MATTER.route, READ),
        Route("api", "matters", CasesDocument(resources.MATTERS), "skeleton.api_matters", READ),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(READ, N_("Xem vụ việc")),
        Permission(HANDLE, N_("Tiếp nhận, xử lý vụ việc")),
        Permission(DECIDE, N_("Duyệt trả lời")),
        Permission(MANAGE, N_("Quản lý mọi vụ việc")),
    ]


@hookimpl
def register_roles() -> list[Role]:
    # Who leads comes first: sample data give the first role to leaders, the next ones to those who work for them.
    return [
        Role("skeleton.leader", N_("Người duyệt trả lời"), (READ, HANDLE, DECIDE, MANAGE)),
        Role("skeleton.officer", N_("Người xử lý vụ việc"), (READ, HANDLE)),
    ]


@hookimpl
def register_workflows() -> list[CaseKind]:
    return [MATTER]


@hookimpl
def register_reports() -> list[CaseReport]:
    return [REPORT]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [NavItem(MATTER.title, MATTER.list_route, "clipboard-check", READ, badge=own_badge(MATTER))]


@hookimpl
def module_disable_blockers(tenant: TenantInfo) -> list[Blocker]:
    return case_blockers(tenant, MATTER)
