"""The command line `lienthong`: exit code 0 is success, 1 a problem it names, 2 wrong usage; 3 see `provision plan`."""

import sys
from copy import copy
from functools import wraps
from typing import Any

import click

from core.declarations import Command
from core.settings import SettingsError, load_settings
from tenants.upkeep.terminal import check_address, clear_errors, settings_or_exit


class ModuleCommands(click.Group):
    """The built-in commands and, under each module's key, what that module registered; some of it at the top too."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        import logging

        from core.logging import configure_logging

        # What a command prints may be piped into a program, so logs go to standard error, and only the grave
        # ones. From the first moment: already looking a command up loads the modules.
        configure_logging(plain=True, level=logging.WARNING)
        return super().make_context(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._modules()})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return super().get_command(ctx, name) or self._modules().get(name)

    def _modules(self) -> dict[str, click.Command]:
        from core.app import load_modules
        from core.declarations import PluginError

        try:
            _host, catalogue = load_modules(_blocked_modules())
        except PluginError as error:
            # Help must still come up; the command that needs the modules tells the whole story.
            click.echo(f"lienthong: {error}", err=True)
            return {}
        groups: dict[str, click.Group] = {}
        at_top: dict[str, click.Command] = {}
        for manifest, declared in catalogue.of(Command).values():
            group = groups.setdefault(
                manifest.key,
                click.Group(manifest.key, help=f"{manifest.title} · Commands of the module {manifest.key}."),
            )
            command = _in_platform(declared.command)
            group.add_command(command)
            if declared.top and command.name:
                at_top[command.name] = command
        return {**at_top, **groups}


def _blocked_modules() -> tuple[str, ...]:
    """Return the modules that are left out; none where the settings do not stand yet, so that help comes up."""
    try:
        return load_settings().blocked_modules
    except SettingsError:
        return ()


def _in_platform(command: click.Command) -> click.Command:
    """Return a module's command so that it finds the platform booted, a connection open and somebody acting."""
    made = copy(command)
    if isinstance(made, click.Group):
        made.commands = {name: _in_platform(each) for name, each in made.commands.items()}
        return made
    work = command.callback
    if work is None:
        return command

    @clear_errors
    @wraps(work)
    def run(*args: Any, **kwargs: Any) -> Any:
        from core.app import boot
        from core.db import db
        from core.events import SYSTEM, acting

        boot(settings_or_exit())
        with db.connection_context(), acting(SYSTEM):
            return work(*args, **kwargs)

    made.callback = run
    return made


@click.group(cls=ModuleCommands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Vận hành một bản cài Liên Thông · Run and look after one installation of Liên Thông.

    Mỗi lệnh nói tiếng Việt trước, tiếng Anh sau dấu “·”. Mã thoát: 0 đã làm xong, 1 có điều không ổn (lời báo nói
    điều gì), 2 gọi sai · every command speaks Vietnamese first, then English.

    Settings come from LIENTHONG_* variables or from the file named in LIENTHONG_SETTINGS_FILE; see
    `lienthong settings`. Every command exits with 0 when it did what it says, 1 when something is wrong
    (the message says what), 2 when it was called wrongly. `provision plan` exits with 3 when the file would
    change something; `audit verify` with 2 also when it could not verify, so that 1 always means a broken chain.
    """


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option(
    "--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads of each process."
)
def serve(bind: str, workers: int, threads: int) -> None:
    """Phục vụ trang và API · Serve the web pages and the API with gunicorn until stopped.

    \b
    Ví dụ · example:
      lienthong serve --bind 127.0.0.1:8000 --workers 4

    Mã thoát · exit codes: 0 được dừng · stopped; 1 cài đặt sai hoặc cổng đã có chương trình khác · wrong settings, or the port is taken; 2 gọi sai · called wrongly.
    """  # noqa: D301
    import os

    settings_or_exit()
    check_address(bind)
    program = [
        sys.executable, "-m", "gunicorn", "core.app:create_app()", "--bind", bind, "--workers", str(workers),
        "--threads", str(threads), "--no-control-socket", "--config", "python:tenants.upkeep.gunicorn",
    ]  # fmt: skip
    os.execv(sys.executable, program)


@main.command()
@click.option(
    "--threads", default=4, show_default=True, type=click.IntRange(2, 32), help="Jobs run at the same time."
)
@clear_errors
def worker(threads: int) -> None:
    """Chạy việc nền · Run background jobs until stopped; SIGTERM lets the jobs in hand finish.

    \b
    Ví dụ · example:
      lienthong worker --threads 8

    Mã thoát · exit codes: 0 được dừng · stopped; 1 không bắt đầu được, có nêu lý do · could not begin, with the reason; 2 gọi sai · called wrongly.
    """  # noqa: D301
    from core.app import boot
    from core.db import db
    from core.logging import configure_logging
    from tenants.upkeep.worker import run

    settings = settings_or_exit()
    configure_logging(plain=settings.development)
    boot(settings)
    with db.connection_context():
        pass  # a role that could bypass the guard is refused here, not in the first job
    run(settings, threads=threads)


def _register() -> None:
    from tenants.cli import demo, provision
    from tenants.modules_cli import module
    from tenants.people_cli import people
    from tenants.upkeep.cli import audit, check, doctor, migrate, settings

    for command in (settings, migrate, check, doctor, audit, module, provision, people, demo):
        main.add_command(command)


_register()
