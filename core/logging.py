"""Structured logs: one JSON line each, and nothing in them that is personal or secret."""

import logging
import re
import sys
from collections.abc import MutableMapping
from traceback import extract_tb, format_exception, walk_tb
from typing import Any

import structlog

_SECRET = re.compile(r"(password|secret|token|cookie|authorization|otp)", re.IGNORECASE)
OUR_PACKAGES = frozenset({"core", "tenants", "sso", "plugins"})
MAX_TRACE_LINES = 200
_DRIVER_FACTS = ("sqlstate", "schema_name", "table_name", "column_name", "constraint_name")
_URL_PASSWORD = re.compile(r"(://[^:/@\s]+):[^@\s]+@")


def configure_logging(*, plain: bool = False, stream: Any = None, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's loggers to one stream, as JSON or plain lines."""
    trace = _full_trace if plain else _safe_trace
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    last: Any = structlog.dev.ConsoleRenderer(colors=False) if plain else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, trace, last],
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta, trace, last,
        ])
    )  # fmt: skip
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def hide_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace values whose name says that they are secret."""
    for key in event:
        if _SECRET.search(key):
            event[key] = "•••"
    return event


def describe(error: BaseException) -> str:
    """Return an error's type and, of what the database says, the names of things; values are left out.

    Messages of ordinary exceptions quote what they stumbled over, and that may be about a person. Ours
    are written without such values, so they are kept.
    """
    kind = type(error)
    said = [str(error)] if kind.__module__.partition(".")[0] in OUR_PACKAGES else []
    return ": ".join([f"{kind.__module__}.{kind.__qualname__}", *said, *database_facts(error)])


def place_of(error: BaseException, package: str = "core") -> str:
    """Return what operators may read of a foreign error: its type and place in our code, not its message.

    Messages of ordinary exceptions quote the values they stumbled over, and those are about people.
    `package` is where the code comes from, when that is a package of its own.
    """
    places = [
        f"{module}.{frame.f_code.co_name}:{line}"
        for frame, line in walk_tb(error.__traceback__)
        if (module := str(frame.f_globals.get("__name__", ""))).partition(".")[0] in OUR_PACKAGES | {package}
    ]
    # The innermost place in the code's own package tells more than where the kernel met the error.
    place = next((each for each in reversed(places) if each.startswith(f"{package}.")), (places or ["?"])[-1])
    return " ".join([f"{type(error).__name__} in {place}", *database_facts(error)])


def database_facts(error: BaseException) -> list[str]:
    """Return the names of things in what the database says of an error: `table_name=note` and the like."""
    driver = getattr(getattr(error, "orig", error), "diag", None)
    return [f"{name}={value}" for name in _DRIVER_FACTS if (value := getattr(driver, name, None))]


def _safe_trace(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    error = _error_of(event)
    lines: list[str] = []
    while error is not None and len(lines) < MAX_TRACE_LINES:
        lines.append(describe(error))
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if lines:
        event["exception"] = "\n".join(lines)
    return event


def _full_trace(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    error = _error_of(event)
    if error is not None:
        event["exception"] = _URL_PASSWORD.sub(r"\1:•••@", "".join(format_exception(error)))
    return event


def _error_of(event: MutableMapping[str, Any]) -> BaseException | None:
    given = event.pop("exc_info", None)
    if isinstance(given, BaseException):
        return given
    return given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given else None
