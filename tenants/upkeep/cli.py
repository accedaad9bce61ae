"""Commands that look after an installation: `settings`, `migrate`, `check`, `doctor` and `audit verify`."""

import os
import sys

import click

from core.i18n import N_, _, reading_as
from core.settings import SettingsError, load_settings
from tenants.upkeep.terminal import clear_errors, fail, settings_or_exit

UP_TO_DATE = "Cơ sở dữ liệu đã đúng bản này · Nothing to do: the database is up to date."
STATES = {"bad": N_("LỖI"), "warn": N_("cần xem"), "absent": N_("chưa cài đặt"), "ok": N_("tốt")}


@click.command()
@click.option("--markdown", is_flag=True, help="Print docs/settings.md instead of the values in force.")
def settings(markdown: bool) -> None:
    """In các cài đặt đang dùng · Show the settings in force, one NAME=value per line; secrets as •••.

    \b
    Ví dụ · example:
      lienthong settings

    Mã thoát · exit codes: 0 xong · done; 1 một cài đặt thiếu, sai hoặc không có tên đó, có nêu tên · a setting is missing, wrong or unknown, named; 2 gọi sai · called wrongly.
    """  # noqa: D301
    from tenants.upkeep.settings_page import settings_lines, settings_page

    click.echo(settings_page() if markdown else settings_lines(settings_or_exit()), nl=not markdown)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only name the migrations that are pending.")
@clear_errors
def migrate(dry_run: bool) -> None:
    """Đưa cơ sở dữ liệu về đúng bản này · Bring the database to the state this version needs, as the owner role.

    Several processes may start it at once: one works, the others wait and find nothing left to do. A
    failing migration is rolled back whole; mend the cause and run it again.

    \b
    Ví dụ · example:
      lienthong migrate --dry-run
      lienthong migrate

    Mã thoát · exit codes: 0 đã đúng bản này · the database is up to date; 1 chưa xong, có nêu lý do · not done, with the reason; 2 gọi sai · called wrongly.
    """  # noqa: D301
    from core.app import load_modules
    from core.db.database import connect
    from tenants.upkeep.migrations import migrate as apply
    from tenants.upkeep.migrations import migration_sets, pending

    settings = settings_or_exit()
    if not settings.owner_database_url:
        fail(
            "Chưa có LIENTHONG_OWNER_DATABASE_URL: migration chạy bằng vai trò lienthong_owner · "
            "LIENTHONG_OWNER_DATABASE_URL is not set; migrations run as lienthong_owner."
        )
    _host, catalogue = load_modules(settings.blocked_modules)
    sets = migration_sets(catalogue.modules.values())
    database = connect(settings.owner_database_url, application="lienthong-migrate")
    if dry_run:
        with database.connection_context():
            waiting = pending(database, sets)
        click.echo("\n".join(waiting) or UP_TO_DATE)
        return
    applied = apply(database, sets, progress=lambda schema, name: click.echo(f"  {schema}/{name}"))
    click.echo(f"{len(applied)} migration đã chạy · applied." if applied else UP_TO_DATE)


@click.command()
@clear_errors
def check() -> None:
    """So mô hình, migration, chính sách và quyền với cơ sở dữ liệu · Compare models, migrations, policies and grants with the live database.

    \b
    Ví dụ · example:
      lienthong check

    Mã thoát · exit codes: 0 khớp hết · they agree; 1 có chỗ lệch, mỗi chỗ một dòng · one line per difference; 2 gọi sai · called wrongly.
    """  # noqa: D301
    found = _differences()
    for line in found:
        click.echo(line)
    if found:
        fail(f"{len(found)} chỗ lệch · differences.")
    click.echo(
        "Mô hình, migration, chính sách và quyền khớp với cơ sở dữ liệu · "
        "Models, migrations, policies and grants agree with the database."
    )


@click.command()
@click.option(
    "--lang",
    type=click.Choice(["vi", "en"]),
    default="vi",
    show_default=True,
    help="Ngôn ngữ · the language.",
)
@clear_errors
def doctor(lang: str) -> None:
    """Nói bản cài này đang có gì không ổn · Say in words what is wrong with this installation, if anything.

    \b
    Ví dụ · example:
      lienthong doctor
      lienthong doctor --lang en

    Mã thoát · exit codes: 0 không có lỗi · nothing is wrong; 1 có lỗi, mỗi dòng một điều · something is, in words; 2 gọi sai · called wrongly.
    """  # noqa: D301
    from tenants.upkeep.doctor import examine

    with reading_as(lang):
        findings = examine(settings_or_exit())
        for finding in findings:
            detail = f": {finding.health.detail}" if finding.health.detail else ""
            click.echo(f"{_(STATES[finding.health.state]):<12} {finding.title}{detail}")
    if not all(finding.health.ok for finding in findings):
        sys.exit(1)


@click.group()
def audit() -> None:
    """Kiểm tra nhật ký · Check the audit trail."""


@audit.command()
@click.option("--tenant", help="Only the chain of this agency (its code); default: all.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON, with the head of every chain."
)
@click.option(
    "--heads",
    type=click.Path(),
    help="JSON of an earlier run: its heads must still stand.",
)
def verify(tenant: str | None, as_json: bool, heads: str | None) -> None:
    """Kiểm tra mọi chuỗi nhật ký bằng chương trình riêng · Verify every hash chain with the separate verifier program.

    \b
    Ví dụ · example:
      lienthong audit verify --tenant so-y-te

    Mã thoát · exit codes: 0 mọi chuỗi còn nguyên · all chains hold; 1 có chuỗi hỏng, có nêu tên · one is broken (named); 2 chưa kiểm tra được: gọi sai, không có cơ quan đó, cơ sở dữ liệu không trả lời · could not verify: called wrongly, no such agency, database away.
    """  # noqa: D301
    from tenants.upkeep import audit_verify

    try:
        settings = load_settings()
    except SettingsError as error:
        click.echo(f"lienthong: {error}", err=True)
        sys.exit(2)
    options = [
        *(["--tenant", tenant] if tenant else []),
        *(["--json"] if as_json else []),
        *(["--heads", heads] if heads else []),
    ]
    # Isolated: it finds neither our packages nor, beside itself, files named like the library's modules.
    program = [sys.executable, "-I", audit_verify.__file__, *options]
    os.execve(sys.executable, program, {**os.environ, "AUDIT_DATABASE_URL": settings.database_url})


def _differences() -> list[str]:
    from core.app import load_modules
    from core.db.database import connect
    from tenants.upkeep.check import differences, known_modules, left_on
    from tenants.upkeep.migrations import migration_sets

    settings = settings_or_exit()
    _host, catalogue = load_modules(settings.blocked_modules)
    database = connect(settings.owner_database_url or settings.database_url, application="lienthong-check")
    with database.connection_context():
        found = differences(database, migration_sets(catalogue.modules.values()))
        with database.atomic():
            # The check reads all agencies, as whoever runs it may; without tables there is nothing to read.
            if not database.execute_sql("SELECT to_regclass('tenants.module_switch')").fetchone()[0]:
                return found
            database.execute_sql(
                "SELECT set_config('app.read_tenants', (SELECT coalesce(array_agg(id), '{}')::text FROM tenants.tenant), true)"
            )
            left = left_on(database, known_modules(catalogue, settings))
    return found + [
        "Module {module} is not installed and still on, in agencies: {n} ({agencies}); its schema: {schema}. Install its package again; "
        "to be rid of it switch it off there first (`lienthong module disable`).".format(**each)
        for each in left
    ]
