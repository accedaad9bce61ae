"""What `c.followers` of the components shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowersView:
    """Who follows an object, and whether the reader is one of them."""

    names: tuple[str, ...]
    others: int
    """How many more there are than names are shown."""
    following: bool
    action: str
    fields: tuple[tuple[str, str], ...]
    """What the button sends: the object, the page to come back to, and the mark that a page of ours offered it."""
