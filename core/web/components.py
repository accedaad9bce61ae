"""Values that the shared components of `core/components.html` draw; pages put them in their views.

All text is already in the reader's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select, a radio group or a list of boxes."""

    value: str
    label: str
    hint: str = ""
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class FormView:
    """What a form shows: what was typed or stored, and what is wrong with it.

    `values` maps a field to its text (lists of texts for groups of boxes); `errors` maps a field to its
    messages in page order; the key "" holds what concerns no single field.
    """

    values: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return one field's text."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else " ".join(value)

    def chosen(self, name: str, value: str) -> bool:
        """Tell whether a choice is taken, in a single field or in a group."""
        current = self.values.get(name, "")
        return value == current if isinstance(current, str) else value in current


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """Somebody saved first: what is stored now beside what was typed."""

    text: str
    """Who saved, and when."""
    rows: tuple[tuple[str, str, str], ...]
    """Title, stored text and typed text of the fields that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """Where a form keeps what is being typed: in the browser's tab by `key`, on the server with `save_url`."""

    key: str
    page: str = ""
    """Which opening of the form this is; one that continues a draft goes on under its name."""
    save_url: str = ""
    drop_url: str = ""
    words: str = ""
    """When it was saved last, if this page continues it."""
    offered: str = ""
    """The opening that left a draft which this page may continue; the four below go with it."""
    continue_text: str = ""
    continue_url: str = ""
    saved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One tab: a link with an optional number."""

    title: str
    url: str
    count: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One cell of a counter strip; without an address it only states."""

    value: str
    label: str
    url: str = ""
    current: bool = False
    late: bool = False
    """Red: only for overdue or failed, and only above zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """An active condition of a list and the address of the list without it."""

    label: str
    value: str
    remove_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where a keyset page stands, in words, and its neighbours."""

    text: str
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A head of a table; `sort_url` makes it a link, `sorted` says which way it is sorted now."""

    title: str
    kind: Literal["", "num", "fit", "mid", "act"] = ""
    sort_url: str = ""
    sorted: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A word on a tinted ground."""

    text: str
    kind: Literal["", "cham", "ok", "warn", "bad", "wait"] = ""
    icon: str = ""
