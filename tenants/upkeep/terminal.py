"""How commands speak to whoever calls them: one clear line, and an exit code that scripts can trust."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, TypeVar

import click

from core.settings import Settings, SettingsError, load_settings

F = TypeVar("F", bound=Callable[..., Any])


def fail(message: str) -> NoReturn:
    """End the command with exit code 1 and a message on standard error."""
    click.echo(f"lienthong: {message}", err=True)
    sys.exit(1)


def settings_or_exit() -> Settings:
    """Return the installation's settings, or end with the name of the one that is wrong."""
    try:
        return load_settings()
    except SettingsError as error:
        fail(str(error))


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
