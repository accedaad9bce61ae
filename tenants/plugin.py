"""What the registry of agencies declares."""

from core.declarations import Health, HealthCheck, Job, Manifest, Permission, Role
from core.events import Event
from core.hookspecs import HOOK_API, hookimpl
from core.i18n import N_, _, ngettext
from tenants import events, jobs, queries

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
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            "tenants.mirror", jobs.mirror_directory, N_("Cập nhật tài khoản ở dịch vụ đăng nhập"),
            schedule="* * * * *", per_tenant=False,
        ),
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
