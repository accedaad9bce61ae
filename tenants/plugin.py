"""What the registry of agencies declares."""

from core.declarations import (
    MEMBER,
    OPERATOR,
    PUBLIC,
    SIGNED_IN,
    Health,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    Permission,
    Role,
    Route,
    SearchSource,
)
from core.events import Event
from core.hookspecs import HOOK_API, hookimpl
from core.i18n import N_, _, ngettext
from tenants import console_queries, events, hookspecs, jobs
from tenants.provisioning import runs
from tenants.resources import platform
from tenants.resources.access import FirstPasswords, PersonFactor, PersonPassword, PostPassword
from tenants.resources.audit import AgencyAudit, Audit
from tenants.resources.console import Agencies, Agency, AgencyGrants, AgencySuspension, AgencyWithdrawal
from tenants.resources.console_agency import AgencyPeople, AgencyRoles, AgencyUnits
from tenants.resources.console_people import PeopleSearch, PersonOverview
from tenants.resources.console_workbook import AgenciesWorkbook
from tenants.resources.health import InstallationHealth
from tenants.resources.home import AgencyChoice, Home, LogoPicture, Preferences
from tenants.resources.jobs import JobCancelling, JobRetry, Jobs
from tenants.resources.mail import PersonMail, PostMail
from tenants.resources.modules import ModuleDisabling, ModuleEnabling, Modules, ModulesDocument
from tenants.resources.own import OwnPosts
from tenants.resources.people import NewPost, OnePost, People, PeopleDocument, PostEnd
from tenants.resources.provisioning import Provision, ProvisionPlan, ProvisionProgress
from tenants.resources.roles import NewRole, OneRole, RoleDeletion, Roles
from tenants.resources.settings import LogoSetting, Renaming, Settings
from tenants.resources.units import NewUnit, OneUnit, UnitClosing, Units, UnitsDocument
from tenants.resources.why import Why
from tenants.search import find_agencies, find_anybody, find_jobs, find_people

manifest = Manifest(
    key="tenants", title=N_("Cơ quan"), summary=N_("Cơ quan, phòng ban, con người, vai trò và phân hệ"),
    version=HOOK_API, builtin=True, icon="building", hooks=hookspecs,
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
    return [*_platform_routes(), *_office_routes(), *_api_routes(), *_console_routes()]


def _platform_routes() -> list[Route]:
    """Return what stands outside every agency: the bare address, what supervisors and robots ask, the language."""
    return [
        Route("root", "/", platform.Start(), "tenants.begin", SIGNED_IN),
        Route("root", "/healthz", platform.Liveness(), "tenants.healthz", PUBLIC),
        Route("root", "/readyz", platform.Readiness(), "tenants.readyz", PUBLIC),
        Route("root", "/metrics", platform.Metrics(), "tenants.metrics", PUBLIC),
        Route("root", "/robots.txt", platform.Robots(), "tenants.robots", PUBLIC),
        Route("root", "/language", platform.Language(), "tenants.language", PUBLIC),
    ]


def _office_routes() -> list[Route]:
    people, units, roles = "tenants.manage_people", "tenants.manage_units", "tenants.manage_roles"
    modules, settings = "tenants.manage_modules", "tenants.manage_settings"
    home, renaming = Home(), Renaming()
    return [
        Route("root", "agencies", AgencyChoice(), "tenants.choose_agency", SIGNED_IN),
        Route("root", "preferences", Preferences(), "tenants.preferences", SIGNED_IN),
        Route("office", "", home, "tenants.home", MEMBER),
        Route("office", "start", home, "tenants.start", MEMBER, "start"),
        Route("office", "why/{permission}", Why(), "tenants.why", MEMBER),
        Route("office", "logo/{digest}", LogoPicture(), "tenants.logo", MEMBER),
        Route("office", "people", People(), "tenants.people", people),
        Route("office", "people/new", NewPost(), "tenants.post_new", people),
        Route("office", "people/passwords", FirstPasswords(), "tenants.first_passwords", people),
        Route("office", "people/{post_id:uuid}", OnePost(), "tenants.post", people),
        Route("office", "people/{post_id:uuid}/end", PostEnd(), "tenants.post_end", people),
        Route("office", "people/{post_id:uuid}/mail", PostMail(), "tenants.post_mail", people),
        Route("office", "people/{post_id:uuid}/password", PostPassword(), "tenants.post_password", people),
        Route("office", "units", Units(), "tenants.units", units),
        Route("office", "units/new", NewUnit(), "tenants.unit_new", units),
        Route("office", "units/{unit_id:uuid}", OneUnit(), "tenants.unit", units),
        Route("office", "units/{unit_id:uuid}/close", UnitClosing(), "tenants.unit_close", units),
        Route("office", "roles", Roles(), "tenants.roles", roles),
        Route("office", "roles/new", NewRole(), "tenants.role_new", roles),
        Route("office", "roles/{role_id:uuid}", OneRole(), "tenants.role", roles),
        Route("office", "roles/{role_id:uuid}/delete", RoleDeletion(), "tenants.role_delete", roles),
        Route("office", "modules", Modules(), "tenants.modules", modules),
        Route("office", "modules/{key}/enable", ModuleEnabling(), "tenants.module_enable", modules),
        Route("office", "modules/{key}/disable", ModuleDisabling(), "tenants.module_disable", modules),
        Route("office", "settings", Settings(), "tenants.settings", settings),
        Route("office", "settings/logo", LogoSetting(), "tenants.logo_set", settings),
        Route("office", "settings/name", renaming, "tenants.rename", settings),
        Route("office", "settings/name/withdraw", renaming, "tenants.rename_withdraw", settings, "withdraw"),
        Route("office", "audit", Audit(), "tenants.audit", "tenants.view_audit"),
    ]


def _api_routes() -> list[Route]:
    return [
        Route("api", "me", OwnPosts(), "tenants.api_me", MEMBER),
        Route("api", "people", PeopleDocument(), "tenants.api_people", "tenants.manage_people"),
        Route("api", "units", UnitsDocument(), "tenants.api_units", "tenants.manage_units"),
        Route("api", "modules", ModulesDocument(), "tenants.api_modules", "tenants.manage_modules"),
    ]


def _console_routes() -> list[Route]:
    agencies, suspension, people = Agencies(), AgencySuspension(), PersonOverview()
    runs_, plans = ProvisionProgress(), ProvisionPlan()
    run = "provisioning/{run_id:uuid}"
    person = "people/{person_id:uuid}"
    return [
        Route("admin", "", agencies, "tenants.console", OPERATOR),
        Route("admin", "agencies", agencies, "tenants.agencies", OPERATOR),
        Route("admin", "agencies.xlsx", AgenciesWorkbook(), "tenants.agencies_excel", OPERATOR),
        Route("admin", "agencies/{code}", Agency(), "tenants.agency", OPERATOR),
        Route("admin", "agencies/{code}/audit", AgencyAudit(), "tenants.agency_audit", OPERATOR),
        Route("admin", "agencies/{code}/people", AgencyPeople(), "tenants.agency_people", OPERATOR),
        Route("admin", "agencies/{code}/units", AgencyUnits(), "tenants.agency_units", OPERATOR),
        Route("admin", "agencies/{code}/roles", AgencyRoles(), "tenants.agency_roles", OPERATOR),
        Route("admin", "audit", Audit(), "tenants.platform_audit", OPERATOR),
        Route("admin", "agencies/{code}/withdraw", AgencyWithdrawal(), "tenants.agency_withdraw", OPERATOR),
        Route("admin", "agencies/{code}/suspend", suspension, "tenants.agency_suspend", OPERATOR, "suspend"),
        Route("admin", "agencies/{code}/resume", suspension, "tenants.agency_resume", OPERATOR, "resume"),
        Route("admin", "agencies/{code}/modules", AgencyGrants(), "tenants.agency_grants", OPERATOR),
        Route("admin", "provisioning", Provision(), "tenants.provision", OPERATOR),
        Route("admin", f"{run}/plan", plans, "tenants.provision_plan", OPERATOR),
        Route("admin", f"{run}/errors", plans, "tenants.provision_errors", OPERATOR, "errors"),
        Route("admin", run, runs_, "tenants.provision_run", OPERATOR),
        Route("admin", f"{run}/stop", runs_, "tenants.provision_stop", OPERATOR, "stop"),
        Route("admin", f"{run}/resume", runs_, "tenants.provision_resume", OPERATOR, "resume"),
        Route("admin", f"{run}/retry", runs_, "tenants.provision_retry", OPERATOR, "retry"),
        Route("admin", "people", PeopleSearch(), "tenants.people_search", OPERATOR),
        Route("admin", person, people, "tenants.person", OPERATOR),
        Route("admin", f"{person}/mail", PersonMail(), "tenants.person_mail", OPERATOR),
        Route("admin", f"{person}/sessions", people, "tenants.person_sessions", OPERATOR, "sessions"),
        Route("admin", f"{person}/disable", people, "tenants.person_disable", OPERATOR, "disable"),
        Route("admin", f"{person}/restore", people, "tenants.person_restore", OPERATOR, "restore"),
        Route("admin", f"{person}/password", PersonPassword(), "tenants.person_password", OPERATOR),
        Route("admin", f"{person}/second-factor", PersonFactor(), "tenants.person_factor", OPERATOR),
        Route("admin", "jobs", Jobs(), "tenants.jobs", OPERATOR),
        Route("admin", "jobs/{job_id:int}/retry", JobRetry(), "tenants.job_retry", OPERATOR),
        Route("admin", "jobs/{job_id:int}/cancel", JobCancelling(), "tenants.job_cancel", OPERATOR),
        Route("admin", "health", InstallationHealth(), "tenants.health", OPERATOR),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(N_("Trang đầu"), "tenants.start", "home", MEMBER, "work", 0),
        NavItem(N_("Con người và vai trò"), "tenants.people", "users", "tenants.manage_people", "agency", 10),
        NavItem(N_("Phân hệ"), "tenants.modules", "puzzle", "tenants.manage_modules", "agency", 20),
        NavItem(N_("Phòng ban"), "tenants.units", "sitemap", "tenants.manage_units", "agency", 30),
        NavItem(N_("Vai trò"), "tenants.roles", "shield-check", "tenants.manage_roles", "agency", 40),
        NavItem(
            N_("Cài đặt cơ quan"), "tenants.settings", "settings", "tenants.manage_settings", "agency", 50
        ),
        NavItem(N_("Nhật ký"), "tenants.audit", "history", "tenants.view_audit", "agency", 60),
        NavItem(N_("Cơ quan, đơn vị"), "tenants.agencies", "building-community", OPERATOR, "console", 10),
        NavItem(N_("Tạo và cập nhật"), "tenants.provision", "table-import", OPERATOR, "console", 20),
        NavItem(N_("Con người"), "tenants.people_search", "users", OPERATOR, "console", 30),
        NavItem(N_("Sức khoẻ"), "tenants.health", "heartbeat", OPERATOR, "operation", 10),
        NavItem(N_("Việc chạy nền"), "tenants.jobs", "stack-2", OPERATOR, "operation", 20),
        NavItem(N_("Nhật ký"), "tenants.platform_audit", "history", OPERATOR, "operation", 30),
    ]


@hookimpl
def register_search() -> list[SearchSource]:
    return [
        SearchSource("tenants.people", N_("Con người"), MEMBER, find_people, "tenants.people", "user", 500),
        SearchSource(
            "tenants.agencies",
            N_("Cơ quan, đơn vị"),
            OPERATOR,
            find_agencies,
            "tenants.agencies",
            "building-community",
            10,
        ),
        SearchSource(
            "tenants.anybody", N_("Con người"), OPERATOR, find_anybody, "tenants.people_search", "user", 20
        ),
        SearchSource("tenants.jobs", N_("Việc chạy nền"), OPERATOR, find_jobs, icon="stack-2", order=30),
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
            "tenants.forget_runs", runs.forget_old_runs, N_("Xoá các tệp danh sách đã cũ"),
            schedule="20 2 * * *", per_tenant=False,
        ),
        Job(
            "tenants.notice_dates", jobs.notice_dates, N_("Rà các vị trí hết hạn theo ngày"),
            schedule="5 0 * * *", per_tenant=False,
        ),
    ]  # fmt: skip


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [HealthCheck("tenants.mirror", N_("Tài khoản ở dịch vụ đăng nhập khớp với sổ"), _mirror_health)]


def _mirror_health() -> Health:
    state = console_queries.mirror_state()
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
