"""What the search shows; pieces of text say whether they are what was looked for."""

from dataclasses import dataclass

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found; without an address it only tells."""

    title: Pieces
    detail: Pieces
    url: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one module found."""

    key: str
    title: str
    hits: tuple[Hit, ...]
    all_url: str
    """The module's own list with the same words; empty where there is none for this person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """search.html and the panel below the field: the groups that found something, and those that failed."""

    text: str
    searched: bool
    """False when what was typed is too little to look for."""
    groups: tuple[Group, ...]
    failed: tuple[str, ...]
    page_url: str
    console: bool = False
    """Whether it is the whole installation that is searched, by an operator."""

    @property
    def count(self) -> int:
        """The number of things shown."""
        return sum(len(group.hits) for group in self.groups)
