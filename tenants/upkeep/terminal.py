"""How commands speak to whoever calls them: one clear line, and an exit code that scripts can trust."""

import errno
import socket
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
    """Raise BadParameter for no address, or end where nobody can listen there now; gunicorn's own words are English."""
    from gunicorn.util import parse_address

    try:
        address = parse_address(bind)
        if isinstance(address, tuple):
            with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as refused:
        fail(f"{bind}: {_of_port(refused)}.")
    except (RuntimeError, OverflowError) as error:
        raise click.BadParameter(
            f"“{bind}” không phải địa chỉ để phục vụ; viết như 127.0.0.1:8000 · “{bind}” is no address to listen on; write it as 127.0.0.1:8000.",
            param_hint="--bind",
        ) from error


def _of_port(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "đã có chương trình khác dùng cổng này; chọn cổng khác bằng --bind · another program uses this port; choose another with --bind"
    if error.errno == errno.EACCES:
        return "cổng này chỉ root dùng được; chọn cổng khác bằng --bind · this port is for root alone; choose another with --bind"
    return f"máy này không phục vụ ở địa chỉ đó được · this machine cannot listen there: {error.strerror}"


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
