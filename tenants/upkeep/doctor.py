"""What is wrong with an installation, in words: used by `lienthong doctor` and the console's health page."""

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from peewee import OperationalError

from core.addresses import PREFIXES
from core.catalogue import Catalogue
from core.db import db, unscoped
from core.db.database import refuse_unsafe_role
from core.declarations import Health, HealthCheck
from core.i18n import N_, _, format_number, load_catalogues
from core.settings import Settings, installed_settings
from tenants.audit_queries import check_sealing
from tenants.upkeep.check import known_modules, left_on
from tenants.upkeep.job_queue import check_queue, check_worker
from tenants.upkeep.migrations import migration_sets, pending

FREE_SPACE_WARNING = 2_000_000_000
PATIENCE = 10
"""Seconds to wait for the front page."""
HOOK_FAILURE_WINDOW = "1 hour"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and what was found."""

    key: str
    title: str
    health: Health


def examine(settings: Settings) -> list[Finding]:
    """Look at an installation from outside, whatever state it is in; never raises."""
    from core.app import boot

    # Whatever keeps the patient from standing up is told in the reader's language, so words come first.
    load_catalogues([Path(__file__).parents[1]])
    findings = [_look("core.static", N_("Tệp tĩnh của giao diện"), lambda: _static(settings))]
    try:
        platform = boot(settings)
    except Exception as error:  # the doctor reports what keeps the patient from standing up
        return [*findings, Finding("core.modules", _("Nạp các phân hệ"), Health(ok=False, detail=str(error)))]
    try:
        with db.connection_context():
            findings += health(platform.catalogue)
    except Exception as error:
        findings.append(Finding("core.database", _("Cơ sở dữ liệu"), Health(ok=False, detail=_away(error))))
        return findings + [
            _look(check.key, check.title, check.check)
            for check in _checks(platform.catalogue)
            if not check.needs_database
        ]
    if any(each.route.area == "portal" for each in platform.catalogue.routes.values()):
        # From outside alone: a web process that asks itself may wait for itself.
        findings.append(_look("core.portal", N_("Trang công khai trả lời"), lambda: _portal(settings)))
    return findings


def health(catalogue: Catalogue) -> list[Finding]:
    """Run every check on the open connection: the platform's own, then those the modules registered."""
    return [_look(check.key, check.title, check.check) for check in _checks(catalogue)]


def _checks(catalogue: Catalogue) -> list[HealthCheck]:
    own = [
        HealthCheck("core.database", N_("Vai trò trong cơ sở dữ liệu giới hạn đúng"), _role),
        HealthCheck(
            "core.migrations", N_("Cấu trúc cơ sở dữ liệu đúng bản này"), lambda: _migrations(catalogue)
        ),
        HealthCheck(
            "core.incompatible",
            N_("Mọi phân hệ tương thích"),
            lambda: _incompatible(catalogue),
            needs_database=False,
        ),
        HealthCheck(
            "core.left_on", N_("Phân hệ đang bật đều còn trong bản cài"), lambda: _left_on(catalogue)
        ),
        HealthCheck("core.hooks", N_("Phân hệ chạy không lỗi trong một giờ qua"), _hook_failures),
        HealthCheck("core.disk", N_("Đĩa còn đủ chỗ"), _disk, needs_database=False),
        HealthCheck("core.worker", N_("Tiến trình nền đang chạy"), check_worker),
        HealthCheck("core.queue", N_("Hàng đợi việc nền chạy kịp"), check_queue),
        HealthCheck("core.sealing", N_("Nhật ký được nối vào chuỗi kịp thời"), check_sealing),
    ]
    return [*own, *(check for _manifest, check in catalogue.of(HealthCheck).values())]


def _away(error: Exception) -> str:
    reason = next(iter(str(error).splitlines()), type(error).__name__)
    if not isinstance(error, OperationalError):
        return reason
    return _(
        "Không kết nối được PostgreSQL. Hãy xem máy chủ cơ sở dữ liệu có chạy không và LIENTHONG_DATABASE_URL "
        "có đúng không, rồi chạy lại. PostgreSQL trả lời: {reason}",
        reason=reason,
    )


def _look(key: str, title: str, check: Callable[[], Health]) -> Finding:
    try:
        connected = db.obj is not None and not db.is_closed()
        with db.atomic() if connected else nullcontext():
            return Finding(key, _(title), check())
    except Exception as error:  # a check that fails is itself a finding
        return Finding(
            key,
            _(title),
            Health(
                ok=False, detail=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            ),
        )


def _static(settings: Settings) -> Health:
    built = (settings.static_dir / "manifest.json").exists()
    return Health(
        built,
        "" if built else _("Chưa dựng tệp tĩnh ở {folder}: chạy scripts/assets.", folder=settings.static_dir),
    )


def _portal(settings: Settings) -> Health:
    """Ask for the front page as a citizen does: by the public address, through whatever stands before the web processes."""
    import httpx

    url = settings.public_url + PREFIXES["portal"]
    try:
        status = httpx.get(url, timeout=PATIENCE, follow_redirects=True, trust_env=False).status_code
    except httpx.HTTPError as error:
        text = _("Không tới được {url}: xem máy chủ web có chạy không, rồi tên miền, chứng chỉ và máy chủ chuyển tiếp. Chi tiết: {reason}",
            url=url, reason=str(error) or type(error).__name__)  # fmt: skip
        return Health(ok=False, detail=text)
    if status != httpx.codes.OK:
        text = _("{url} trả lời mã {status} thay cho trang. Xem nhật ký của web và của máy chủ chuyển tiếp.", url=url, status=status)  # fmt: skip
        return Health(ok=False, detail=text)
    return Health(ok=True, detail=url)


def _role() -> Health:
    refuse_unsafe_role(db.connection())
    return Health(ok=True)


def _migrations(catalogue: Catalogue) -> Health:
    missing = pending(db.obj, migration_sets(catalogue.modules.values()))
    return Health(
        not missing,
        _("Còn {n} bước chưa áp dụng: chạy lienthong migrate.", n=len(missing)) if missing else "",
    )


def _incompatible(catalogue: Catalogue) -> Health:
    left_out = "; ".join(f"{each.key}: {each.reason}" for each in catalogue.incompatible)
    return Health(not left_out, left_out)


def _left_on(catalogue: Catalogue) -> Health:
    known = known_modules(catalogue, installed_settings())
    with unscoped(reason="name the modules that agencies have on and nobody installed"), db.atomic():
        found = left_on(db, known)
    text = N_("{module}: gói đã gỡ mà còn bật ở {n} cơ quan ({agencies}). Lược đồ còn lại: {schema}. "
        "Cài lại gói; muốn bỏ hẳn thì tắt ở các cơ quan đó (lienthong module disable) rồi mới gỡ.")  # fmt: skip
    return Health(not found, " ".join(_(text, **each) for each in found))


def _hook_failures() -> Health:
    rows = db.execute_sql(
        "SELECT module, hook, sum(failures) FROM core.hook_failure WHERE last_at > now() - %s::interval GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 5",
        (HOOK_FAILURE_WINDOW,),
    ).fetchall()
    return Health(not rows, "; ".join(f"{module}.{hook}: {count}" for module, hook, count in rows))


def _disk() -> Health:
    free = shutil.disk_usage("/").free
    # In the unit of the files' store, which mostly lies on the same disk: one disk, one figure.
    return Health(
        ok=True,
        detail=_("Còn {n} GB.", n=format_number(round(free / 1e9, 1))),
        warning=free < FREE_SPACE_WARNING,
    )
