"""Two who act at once: the second begins while the first has not committed yet, as two pressed buttons do."""

import threading
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

from core.db import db
from tests.support.modules import Officer

LONGEST = 20
_WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
    "AND backend_type = 'client backend'"
)


def overtaken(first: tuple[Officer, Callable[..., Any]], second: tuple[Officer, Callable[..., Any]]) -> Any:
    """Let the first act, and the second before that is committed; return what came of the second: a value or an error.

    Each act is called with the context of its officer in a transaction of its own.
    """
    came: list[Any] = []

    def follow() -> None:
        officer, act = second
        try:
            with officer.working() as ctx:
                came.append(act(ctx))
        except Exception as error:
            came.append(error)

    rival = threading.Thread(target=follow)
    officer, act = first
    with officer.working() as ctx:
        act(ctx)
        _until_it_waits(rival)
    rival.join(timeout=LONGEST)
    assert came, "the second never came through"
    return came[0]


def _until_it_waits(rival: threading.Thread) -> None:
    """Let it begin, until it waits for what the first has locked or is done already where nothing keeps it."""
    rival.start()
    until = monotonic() + LONGEST
    while rival.is_alive() and monotonic() < until and not db.execute_sql(_WAITS).fetchone()[0]:
        sleep(0.05)
        # A transaction sees who is connected as it was when it looked first.
        db.execute_sql("SELECT pg_stat_clear_snapshot()")


def crossed(module: Any, name: str, first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Let the first act, and the second begin where the first comes to a function of a module; return the errors of both.

    Each opens its own transaction.
    """
    real, wrong = getattr(module, name), []

    def tried(act: Callable[[], Any]) -> None:
        try:
            act()
        except Exception as error:
            wrong.append(error)

    rival = threading.Thread(target=tried, args=(second,))

    def met(*given: Any, **named: Any) -> Any:
        setattr(module, name, real)
        _until_it_waits(rival)
        return real(*given, **named)

    setattr(module, name, met)
    try:
        tried(first)
    finally:
        setattr(module, name, real)
    rival.join(timeout=LONGEST)
    assert not rival.is_alive(), "the second never came through"
    return wrong
