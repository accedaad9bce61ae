"""How commands speak to whoever calls them: one clear line, and an exit code that scripts can trust."""

import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import wraps
from importlib.metadata import entry_points
from typing import Any, NoReturn, TypeVar

import click

from core.settings import Settings, SettingsError, load_settings

F = TypeVar("F", bound=Callable[..., Any])


def fail(message: str) -> NoReturn:
    """End the command with exit code 1 and a message on standard error."""
    click.echo(f"lienthong: {message}", err=True)
    sys.exit(1)


def of_file(error: OSError) -> str:
    """Return why a file cannot be written, in both languages; the system's own words are English."""
    told = {
        FileNotFoundError: "không có thư mục đó · there is no such folder",
        NotADirectoryError: "không có thư mục đó · there is no such folder",
        IsADirectoryError: "đây là thư mục · this is a folder",
        PermissionError: "không được ghi vào đây · not allowed to write here",
    }
    return told.get(type(error)) or f"không ghi được · cannot be written: {error.strerror}"


def check_address(bind: str) -> None:
    """Raise BadParameter, in both languages, for what gunicorn cannot listen on; its own words are English."""
    from gunicorn.util import parse_address

    try:
        parse_address(bind)
    except RuntimeError as error:
        raise click.BadParameter(
            f"“{bind}” không phải địa chỉ để phục vụ; viết như 127.0.0.1:8000 · “{bind}” is no address to listen on; write it as 127.0.0.1:8000.",
            param_hint="--bind",
        ) from error


def settings_or_exit() -> Settings:
    """Return the installation's settings, or end with the name of the one that is wrong."""
    try:
        settings = load_settings()
    except SettingsError as error:
        fail(str(error))
    if settings.blocked_modules:
        _refuse_unknown_modules(settings.blocked_modules)
    return settings


def _refuse_unknown_modules(blocked: Iterable[str]) -> None:
    """End where a name misspelt would leave a broken module in."""
    from core.host import ENTRY_POINT_GROUP

    names = [each.name for each in entry_points(group=ENTRY_POINT_GROUP)]
    for unknown in sorted(set(blocked).difference(names)):
        near = "".join(f" Có phải · Did you mean {name}?" for name in get_close_matches(unknown, names, n=1))
        fail(f"LIENTHONG_BLOCKED_MODULES: không có phân hệ {unknown} · there is no module {unknown}.{near}")


def clear_errors(command: F) -> F:
    """End with one clear line for troubles that are the operator's to mend, not a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from peewee import OperationalError

        from core.db.database import UnsafeRole
        from core.declarations import PluginError

        try:
            return command(*args, **kwargs)
        except (PluginError, UnsafeRole, SettingsError) as error:
            fail(str(error))
        except OperationalError as error:
            fail(
                f"PostgreSQL không trả lời như phải trả lời · does not answer as it should: {str(error).splitlines()[0]}. "
                "Xem thêm · see: lienthong doctor"
            )

    return run  # type: ignore[return-value]
