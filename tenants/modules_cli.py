"""Commands that switch modules for one agency, with the same plans as the pages."""

from typing import Any

import click

from core.context import TenantInfo
from tenants.upkeep.terminal import clear_errors, fail, settings_or_exit


@click.group()
def module() -> None:
    """Xem, bật, tắt phân hệ · List modules, and switch them for one agency."""


@module.command("list")
@click.option("--tenant", help="Show what is in effect in this agency (its code).")
@clear_errors
def list_modules(tenant: str | None) -> None:
    """Liệt kê các phân hệ · List the installed modules: key, version, title, requirements; with --tenant also their state there.

    \b
    Ví dụ · example:
      lienthong module list --tenant so-y-te

    Mã thoát · exit codes: 0 xong · done; 1 không có cơ quan đó, cơ sở dữ liệu không trả lời · no such agency, no answer from the database.
    """  # noqa: D301
    from core.app import boot, load_modules
    from core.db import db

    settings, effective = settings_or_exit(), None
    if tenant:
        platform = boot(settings)
        catalogue = platform.catalogue
        with db.connection_context():
            effective = platform.dispatcher.effective_for(_tenant(tenant).id)
    else:
        _host, catalogue = load_modules(settings.blocked_modules)
    for manifest in catalogue.manifests():
        state = "" if effective is None else ("on " if manifest.key in effective else "off")
        needs = f" (requires {', '.join(manifest.requires)})" if manifest.requires else ""
        click.echo(f"{state}{' ' if state else ''}{manifest.key} {manifest.version}  {manifest.title}{needs}")
    always = [each.manifest.key for each in catalogue.modules.values() if not each.manifest.switchable]
    click.echo(f"Luôn bật, không tắt được · always on: {', '.join(always)}")
    for left_out in catalogue.incompatible:
        click.echo(f"incompatible: {left_out.key} {left_out.reason}")


@module.command()
@click.argument("key")
@click.option("--tenant", required=True, help="The agency's code.")
@clear_errors
def enable(key: str, tenant: str) -> None:
    """Bật một phân hệ ở một cơ quan · Switch a module on for one agency, with the modules it requires.

    \b
    Ví dụ · example:
      lienthong module enable press_issues --tenant so-y-te

    Mã thoát · exit codes: 0 đã bật, cả khi bật từ trước · it is on, also when it was before; 1 không bật được, kèm lý do · refused, with the reason.
    """  # noqa: D301
    _switch(key, tenant, on=True)


@module.command()
@click.argument("key")
@click.option("--tenant", required=True, help="The agency's code.")
@clear_errors
def disable(key: str, tenant: str) -> None:
    """Tắt một phân hệ ở một cơ quan · Switch a module off for one agency; says what blocks it.

    \b
    Ví dụ · example:
      lienthong module disable press_issues --tenant so-y-te

    Mã thoát · exit codes: 0 đã tắt · it is off; 1 còn việc chặn, có nêu ở từng dòng · blocked, each line says by what.
    """  # noqa: D301
    _switch(key, tenant, on=False)


def _switch(key: str, code: str, *, on: bool) -> None:
    from core.app import boot
    from core.db import db, scope
    from core.dispatcher import HookFailed
    from core.events import SYSTEM, acting
    from core.web.errors import Forbidden, Invalid
    from tenants import services

    platform = boot(settings_or_exit())
    found = platform.catalogue.modules.get(key)
    if found is None:
        fail(f"Không có phân hệ '{key}' · There is no module '{key}'. Xem · see: lienthong module list")
    if not found.manifest.switchable:
        fail(f"{key} luôn bật, không tắt được · is always on and cannot be switched.")
    with db.connection_context():
        tenant = _tenant(code)
        with scope(tenant.id), acting(SYSTEM), db.atomic():
            try:
                # A savepoint: whoever is told why must find the transaction usable still.
                with db.atomic():
                    plan = (services.enable_module if on else services.disable_module)(key)
            except (Invalid, Forbidden) as error:
                fail(_refusal(key, code, error, on=on))
            except HookFailed as error:
                fail(f"{_stays(key, code, on=on)}: {error}")
    before, already = ("", "") if _changes(plan) else (" từ trước", " already")
    state = f"đã {'bật' if on else 'tắt'}{before} ở {code}"
    click.echo(f"{key} {state} · is{already} {'on' if on else 'off'} in {code}.")


def _changes(plan: Any) -> bool:
    """Tell whether a plan that was carried out had anything to do."""
    return bool(plan.to_enable) if hasattr(plan, "to_enable") else plan.is_on


def _refusal(key: str, code: str, error: Exception, *, on: bool) -> str:
    """Return why a module stays as it was, with every blocker and where to settle it."""
    from tenants import services

    plan = (services.plan_enable if on else services.plan_disable)(key)
    lines = [
        " ".join(filter(None, (each.text.rstrip(".") + ".", each.detail, each.url))) for each in plan.blockers
    ]
    lines += [f"Cần cho · needed by: {each.title}" for each in getattr(plan, "dependents", ())]
    return "\n  ".join([f"{_stays(key, code, on=on)}:", *(lines or [str(error)])])


def _stays(key: str, code: str, *, on: bool) -> str:
    return f"{key} vẫn {'tắt' if on else 'bật'} ở {code} · stays {'off' if on else 'on'} in {code}"


def _tenant(code: str) -> TenantInfo:
    from tenants import queries

    found = queries.tenant_by_code(code)
    return found or fail(f"Không có cơ quan '{code}' · There is no agency '{code}'.")
