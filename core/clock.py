"""What time it is: the machine's clock, or that of an act of sample data, which happened on another day.

Only what makes sample data (`tenants/timeline.py`) and tests set it. Whether facts in the audit may bear that time
decides the database: its owner lends the application the right to date them while a demonstration is filled.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Act:
    """An act of sample data: when it happened, and how many ids it has made."""

    at: datetime
    dates_facts: bool
    known: dict[Hashable, Any] = field(default_factory=dict)
    ids: int = 0


_act: ContextVar[_Act | None] = ContextVar("act", default=None)


def current_time() -> datetime:
    """Return what time it is."""
    return sample_time() or datetime.now(UTC)


def sample_time() -> datetime | None:
    """Return when the act of sample data happened that is being made; None in real work."""
    act = _act.get()
    return act.at if act else None


def fact_time() -> datetime | None:
    """Return when facts are to have happened, None for the database's own clock."""
    act = _act.get()
    return act.at if act and act.dates_facts else None


def id_nanoseconds() -> int | None:
    """Return the time that the next id bears, a millisecond after the last one's; None for the machine's."""
    act = _act.get()
    if act is None:
        return None
    act.ids += 1
    return int(act.at.timestamp() * 1000 + act.ids) * 1_000_000


def steady(key: Hashable, ask: Callable[[], T]) -> T:
    """Return what `ask` answers; while sample data is made it is asked once, for what no act of it changes."""
    act = _act.get()
    if act is None:
        return ask()
    if key not in act.known:
        act.known[key] = ask()
    found: T = act.known[key]
    return found


@contextmanager
def happening(
    at: datetime, *, dates_facts: bool = False, known: dict[Hashable, Any] | None = None
) -> Iterator[None]:
    """Let what this block does have happened at another time; acts that share `known` ask steady things once."""
    token = _act.set(_Act(at, dates_facts, {} if known is None else known))
    try:
        yield
    finally:
        _act.reset(token)
