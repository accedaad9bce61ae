"""Values that the shared components of `core/components.html` draw; pages put them in their views.

All text is already in the reader's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, NamedTuple

from core.declarations import Blocker
from core.text import tidy_text


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

    @property
    def read(self) -> str:
        """Return marks of what the form showed when it was opened; from them it is told who changed what."""
        return self.text("lt_read") or " ".join(
            f"{name}={mark}" for name, mark in marks_of(self.values).items()
        )


def same_text(value: str | Sequence[str]) -> str:
    """Return a value as it is compared: lines as programs end them, choices in one order."""
    text = value if isinstance(value, str) else " ".join(sorted(filter(None, value)))
    return tidy_text(text).replace("\r\n", "\n").strip()


def marks_of(values: Mapping[str, str | Sequence[str]]) -> dict[str, str]:
    """Return a short mark of each value, the same for the same text."""
    return {
        name: blake2b(same_text(value).encode(), digest_size=6).hexdigest() for name, value in values.items()
    }


class Clash(NamedTuple):
    """A field that two people changed: what is stored, what was typed, the stored values, which is to be taken."""

    name: str
    title: str
    stored: str
    typed: str
    values: str | Sequence[str]
    take: str = ""

    @property
    def long(self) -> bool:
        """Whether it is compared line by line."""
        return max(len(self.stored), len(self.typed)) > 120 or "\n" in self.stored + self.typed


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """Somebody saved first: what is to be decided, and what was put together; made by merge()."""

    text: str
    """Who saved, and when."""
    before: str = ""
    """Marks of what the form showed before; a form that is refused is asked from them once more."""
    clashes: Sequence[Clash] = ()
    taken: Sequence[str] = ()
    """Titles of the fields that only the other changed."""
    kept: Sequence[str] = ()
    """Titles of the fields that only the reader changed."""


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
    name: str = ""
    """The field of the address that the condition stands in."""


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


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step on the way to this page; the last one has no address."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that will happen, or will stay as it is, with the icon that goes before it."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """What core/plan.html shows: what would happen, what is in the way, and the button that does it."""

    title: str
    """Asks or names the act: "Gộp 3 ý kiến?"."""
    effects: Sequence[Effect]
    action: str
    button: str
    back_url: str
    back: str
    """What stays without it: "Giữ riêng từng ý kiến"."""
    blockers: Sequence[Blocker] = ()
    reason: str = ""
    """Why the button is disabled, in the words beside it; empty when it is not."""
    effects_title: str = ""
    context: str = ""
    danger: bool = False
    fields: Sequence[tuple[str, str]] = ()
    """Name and value of what the form carries along unseen."""

    @property
    def plan(self) -> "PlanView":
        """Itself, for a template that shows nothing else."""
        return self
