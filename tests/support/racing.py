"""Two people who act at once: the second begins while the first has not committed yet, as two pressed buttons do."""

import threading
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

from core.db import db
from tests.support.modules import Officer

LONGEST = 20
_WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
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
        rival.start()
        until = monotonic() + LONGEST
        # It waits for what the first has locked, or is done already where nothing keeps it.
        while rival.is_alive() and monotonic() < until and not db.execute_sql(_WAITS).fetchone()[0]:
            sleep(0.05)
    rival.join(timeout=LONGEST)
    assert came, "the second never came through"
    return came[0]
