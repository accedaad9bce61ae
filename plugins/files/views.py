"""What the page of files shows."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One of the largest files; the name leads to it when the reader may open it."""

    name: str
    size: str
    at: datetime
    held: bool
    infected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclaimedLine:
    """A file that was sent, but nothing it is for was saved."""

    name: str
    size: str
    at: datetime
    person: str
    discard_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceView:
    """space.html: how much of its space the agency takes, what takes most of it, and what belongs to nothing yet."""

    used: str
    quota: str
    """Empty when there is no limit."""
    percent: int
    files: int
    coming: str
    """What unfinished uploads have reserved; empty when nothing."""
    full: bool
    rows: tuple[FileLine, ...]
    unclaimed: tuple[UnclaimedLine, ...] = ()
