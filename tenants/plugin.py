"""What the registry of agencies declares."""

from core.declarations import (
    OPERATOR,
    Health,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    Permission,
    Role,
    Route,
)
from core.events import Event
from core.hookspecs import HOOK_API, hookimpl
from core.i18n import N_, _, ngettext
from tenants import events, jobs, queries
from tenants.provisioning import runs
from tenants.resources.console import Agencies, Agency, AgencyGrant, AgencySuspension
from tenants.resources.console_people import PeopleSearch, PersonOverview
from tenants.resources.health import InstallationHealth
from tenants.resources.jobs import JobCancelling, JobRetry, Jobs
from tenants.resources.provisioning import Provision, ProvisionPlan, ProvisionProgress

manifest = Manifest(
    key="tenants", title=N_("Cơ quan"), summary=N_("Cơ quan, phòng ban, con người, vai trò và phân hệ"),
    version=HOOK_API, builtin=True, icon="building",
)  # fmt: skip


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission("tenants.manage_people", N_("Giao và thôi giao vị trí công tác")),
        Permission("tenants.manage_units", N_("Lập, đổi và đóng phòng ban")),
        Permission("tenants.manage_roles", N_("Lập vai trò riêng của cơ quan")),
        Permission("tenants.manage_modules", N_("Bật và tắt phân hệ")),
        Permission("tenants.manage_settings", N_("Sửa thông tin chung của cơ quan")),
        Permission("tenants.view_audit", N_("Xem nhật ký của cơ quan")),
    ]


@hookimpl
def register_roles() -> list[Role]:
    return [Role("tenants.admin", N_("Quản trị cơ quan"), tuple(each.key for each in register_permissions()))]


@hookimpl
def register_routes() -> list[Route]:
    people, runs_, plans, suspension = PersonOverview(), ProvisionProgress(), ProvisionPlan(), AgencySuspension()
    run = "provisioning/{run_id:uuid}"
    person = "people/{person_id:uuid}"
    return [
        Route("admin", "", Agencies(), "tenants.agencies", OPERATOR),
        Route("admin", "agencies/{code}", Agency(), "tenants.agency", OPERATOR),
        Route("admin", "agencies/{code}/suspend", suspension, "tenants.agency_suspend", OPERATOR, "suspend"),
        Route("admin", "agencies/{code}/resume", suspension, "tenants.agency_resume", OPERATOR, "resume"),
        Route("admin", "agencies/{code}/modules/{key}", AgencyGrant(), "tenants.agency_grant", OPERATOR),
        Route("admin", "provisioning", Provision(), "tenants.provision", OPERATOR),
        Route("admin", f"{run}/plan", plans, "tenants.provision_plan", OPERATOR),
        Route("admin", f"{run}/errors", plans, "tenants.provision_errors", OPERATOR, "errors"),
        Route("admin", run, runs_, "tenants.provision_run", OPERATOR),
        Route("admin", f"{run}/stop", runs_, "tenants.provision_stop", OPERATOR, "stop"),
        Route("admin", f"{run}/resume", runs_, "tenants.provision_resume", OPERATOR, "resume"),
        Route("admin", f"{run}/retry", runs_, "tenants.provision_retry", OPERATOR, "retry"),
        Route("admin", "people", PeopleSearch(), "tenants.people_search", OPERATOR),
        Route("admin", person, people, "tenants.person", OPERATOR),
        Route("admin", f"{person}/sessions", people, "tenants.person_sessions", OPERATOR, "sessions"),
        Route("admin", f"{person}/disable", people, "tenants.person_disable", OPERATOR, "disable"),
        Route("admin", f"{person}/restore", people, "tenants.person_restore", OPERATOR, "restore"),
        Route("admin", "jobs", Jobs(), "tenants.jobs", OPERATOR),
        Route("admin", "jobs/{job_id:int}/retry", JobRetry(), "tenants.job_retry", OPERATOR),
        Route("admin", "jobs/{job_id:int}/cancel", JobCancelling(), "tenants.job_cancel", OPERATOR),
        Route("admin", "health", InstallationHealth(), "tenants.health", OPERATOR),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(N_("Cơ quan"), "tenants.agencies", "building-community", OPERATOR, "console", 10),
        NavItem(N_("Tạo và cập nhật"), "tenants.provision", "table-import", OPERATOR, "console", 20),
        NavItem(N_("Người dùng"), "tenants.people_search", "users", OPERATOR, "console", 30),
        NavItem(N_("Sức khoẻ"), "tenants.health", "heartbeat", OPERATOR, "operation", 10),
        NavItem(N_("Hàng đợi công việc"), "tenants.jobs", "stack-2", OPERATOR, "operation", 20),
    ]


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            "tenants.mirror", jobs.mirror_directory, N_("Cập nhật tài khoản ở dịch vụ đăng nhập"),
            schedule="* * * * *", per_tenant=False,
        ),
        Job("tenants.provision", runs.apply_run, N_("Áp dụng danh sách cơ quan"), per_tenant=False),
        Job(
            "tenants.notice_dates", jobs.notice_dates, N_("Rà các vị trí hết hạn theo ngày"),
            schedule="5 0 * * *", per_tenant=False,
        ),
    ]  # fmt: skip


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [HealthCheck("tenants.mirror", N_("Tài khoản ở dịch vụ đăng nhập"), _mirror_health)]


def _mirror_health() -> Health:
    state = queries.mirror_state()
    if state.failing:
        text = ngettext(
            "{n} mục chưa cập nhật được: {error}",
            "{n} mục chưa cập nhật được: {error}",
            state.failing,
            error=state.last_error,
        )
        return Health(ok=False, detail=text)
    if state.waiting:
        return Health(
            ok=True, warning=True, detail=ngettext("{n} mục đang chờ", "{n} mục đang chờ", state.waiting)
        )
    return Health(ok=True, detail=_("Mọi tài khoản đã khớp"))
