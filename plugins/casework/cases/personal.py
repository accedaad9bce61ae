"""Personal data of cases: what a module declares of somebody, and how it looks while nobody has said why they need it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from core.api import fold
from plugins.casework.cases.masking import FAMILIES, PLACE, Known

PersonalKind = Literal["name", "phone", "email", "id_number", "address", "text"]
HIDDEN = "•••••"
"""As long for every value: how long one is tells something too."""


@dataclass(frozen=True, slots=True)
class PersonalFact:
    """Something personal about somebody whom a case is about: the person who asks, the voter, a third person.

    `key` names it in the audit, which never holds the value; `label` is marked with N_. `kind` says what stays
    readable of it, so that officers can tell two people apart without seeing all.
    """

    key: str
    label: str
    value: str
    kind: PersonalKind = "text"

    @property
    def values(self) -> tuple[str, ...]:
        """Return each of what it holds: several stand in one fact with "; " between them."""
        return tuple(Known(each, self.kind) for each in map(str.strip, self.value.split("; ")) if each)

    @property
    def masked(self) -> str:
        """Return it as everybody may see it."""
        return mask(self.kind, self.value)


def values_of(facts: Iterable[PersonalFact]) -> list[str]:
    """Return everything that personal facts hold, for looking into texts."""
    return [value for each in facts for value in each.values]


def mask(kind: PersonalKind, value: str) -> str:
    """Return a value with what identifies the person hidden; also for lists, exports and messages."""
    value = value.strip()
    return _MASKS[kind](value) if value else ""


def _name(value: str) -> str:
    """Keep the family name, which many bear; a word that begins a name and is none is a given name, as H'Hen Niê bears it."""
    first, *others = value.split()
    shown = first if others and fold(first) in FAMILIES else f"{first[0]}••"
    return " ".join([shown, *(f"{each[0]}••" for each in others)])


def _phone(value: str) -> str:
    digits = "".join(sign for sign in value if sign.isdigit())
    return f"{digits[:2]}•• ••• •{digits[-2:]}" if len(digits) > 6 else HIDDEN


def _email(value: str) -> str:
    name, at, host = value.partition("@")
    return f"{name[:1]}•••@{host}" if at else HIDDEN


def _id_number(value: str) -> str:
    return f"•••• •••• {value[-3:]}" if len(value) > 6 else HIDDEN


def _address(value: str) -> str:
    """Keep the commune or ward, which competence needs, wherever it stands; house and street find a person."""
    places = [piece.strip() for piece in value.split(",") if PLACE.match(piece)]
    return ", ".join([HIDDEN, *places])


_MASKS: dict[PersonalKind, Callable[[str], str]] = {
    "name": _name,
    "phone": _phone,
    "email": _email,
    "id_number": _id_number,
    "address": _address,
    "text": lambda _value: HIDDEN,
}
