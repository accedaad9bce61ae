"""Locks that last longer than a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from peewee import InterfaceError, OperationalError

from core.db import db


@contextmanager
def only_one(key: int, refusal: type[Exception]) -> Iterator[None]:
    """Let one process of the installation at a time do something; raise `refusal` when another one does it."""
    if not db.execute_sql("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()[0]:
        raise refusal
    try:
        yield
    finally:
        # A lost connection has given its lock back: what is to be told is the error that came of the loss.
        with suppress(InterfaceError, OperationalError):
            db.execute_sql("SELECT pg_advisory_unlock(%s)", (key,))
