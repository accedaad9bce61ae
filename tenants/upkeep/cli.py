"""Commands that look after an installation: `settings`, `migrate`, `check`, `doctor` and `audit verify`."""

import os
import sys

import click

from core.settings import SettingsError, load_settings
from tenants.upkeep.terminal import clear_errors, fail, settings_or_exit


@click.command()
@click.option("--markdown", is_flag=True, help="Print docs/settings.md instead of the values in force.")
def settings(markdown: bool) -> None:
    """Show the settings in force, one NAME=value per line; secrets as •••."""
    from tenants.upkeep.settings_page import settings_lines, settings_page

    click.echo(settings_page() if markdown else settings_lines(settings_or_exit()), nl=not markdown)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only name the migrations that are pending.")
@clear_errors
def migrate(dry_run: bool) -> None:
    """Bring the database to the state this version needs, as the owner role.

    Several processes may start it at once: one works, the others wait and find nothing left to do. A
    failing migration is rolled back whole; mend the cause and run it again.
    """
    from core.app import load_modules
    from core.db.database import connect
    from tenants.upkeep.migrations import migrate as apply
    from tenants.upkeep.migrations import migration_sets, pending

    settings = settings_or_exit()
    if not settings.owner_database_url:
        fail("LIENTHONG_OWNER_DATABASE_URL is not set; migrations run as lienthong_owner.")
    _host, catalogue = load_modules(settings.blocked_modules)
    sets = migration_sets(catalogue.modules.values())
    database = connect(settings.owner_database_url, application="lienthong-migrate")
    if dry_run:
        with database.connection_context():
            for name in pending(database, sets):
                click.echo(name)
        return
    applied = apply(database, sets, progress=lambda schema, name: click.echo(f"  {schema}/{name}"))
    click.echo(
        f"{len(applied)} migrations applied." if applied else "Nothing to do: the database is up to date."
    )


@click.command()
@clear_errors
def check() -> None:
    """Compare models, migrations, policies and grants with the live database.

    Exit code 0 when they agree; 1 and one line per difference otherwise.
    """
    found = _differences()
    for line in found:
        click.echo(line)
    if found:
        fail(f"{len(found)} differences.")
    click.echo("Models, migrations, policies and grants agree with the database.")


@click.command()
@clear_errors
def doctor() -> None:
    """Say in words what is wrong with this installation, if anything."""
    from tenants.upkeep.doctor import examine

    words = {"bad": "LỖI", "warn": "cần xem", "absent": "chưa cài đặt", "ok": "tốt"}
    findings = examine(settings_or_exit())
    for finding in findings:
        click.echo(
            f"{words[finding.health.state]:<12} {finding.title}"
            + (f": {finding.health.detail}" if finding.health.detail else "")
        )
    if not all(finding.health.ok for finding in findings):
        sys.exit(1)


@click.group()
def audit() -> None:
    """Check the audit trail."""


@audit.command()
@click.option("--tenant", help="Only the chain of this agency (its code); default: all.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON, with the head of every chain."
)
@click.option(
    "--heads",
    type=click.Path(exists=True, dir_okay=False),
    help="JSON of an earlier run: its heads must still stand.",
)
def verify(tenant: str | None, as_json: bool, heads: str | None) -> None:
    """Verify every hash chain with the separate verifier program.

    Exit code 0 when all chains hold, 1 when one is broken (named), 2 when it could not verify: called
    wrongly, no such agency, database away.
    """
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
    from tenants.upkeep.check import differences
    from tenants.upkeep.migrations import migration_sets

    settings = settings_or_exit()
    _host, catalogue = load_modules(settings.blocked_modules)
    database = connect(settings.owner_database_url or settings.database_url, application="lienthong-check")
    with database.connection_context():
        return differences(database, migration_sets(catalogue.modules.values()))
