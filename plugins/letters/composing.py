"""From a letter's words to what stands on the sheet: one value that the PDF and the Word file are made of."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from plugins.casework.api import LetterKind

FOLDER = Path(__file__).parent / "templates" / "letters"
MODES = ("", "TM", "KT", "TMKT", "TL", "TUQ", "Q")
"""For whom somebody signs: in their own right, for a body, for the head, by order, by authorisation, as acting head."""
LONGEST_WORD, PIECE = 60, 40
NO_BREAK = "\u200b"
MARKS = re.compile(r"^(?:[-–—•*+]\s*)+|[\s;,.]+$")
"""Before and after a line of a list: somebody types them or not, the letter has its own."""


class Head(Protocol):
    """The agency's part of a letter."""

    superior: Any
    agency_name: Any
    place: Any
    collective: Any
    head_title: Any
    foot: Any


class Words(Protocol):
    """What somebody has written."""

    symbol: Any
    subject: Any
    addressees: Any
    body: Any
    fields: Any
    recipients: Any
    signer_mode: Any
    signer_title: Any
    signer_name: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All words of a letter in the order in which Decree 30/2020 has them."""

    title: str
    agency: str
    superior: str
    agency_name: str
    nation: str
    motto: str
    number: str
    about: str
    type_name: str
    subject: str
    dated: str
    to: str
    addressees: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    recipients_title: str
    recipients: list[str] = field(default_factory=list)
    signing: list[str] = field(default_factory=list)
    signer: str
    foot: list[str] = field(default_factory=list)


@cache
def fixed_words() -> Mapping[str, Any]:
    """Return the words that the decree prescribes: in Vietnamese, whoever reads the page."""
    found: Mapping[str, Any] = json.loads((FOLDER / "words.json").read_text("utf-8"))
    return found


def compose(
    kind: LetterKind, head: Head, words: Words, *, number: str = "", day: date | None = None
) -> Sheet:
    """Return the sheet of a letter; without number and day there is room for them."""
    fixed = fixed_words()
    return Sheet(
        title=words.subject,
        agency=head.agency_name,
        superior=_place_below(head.superior),
        agency_name=_place_below(head.agency_name),
        nation=fixed["nation"],
        motto=fixed["motto"],
        number=fixed["number"].format(number=number or fixed["no_number"].format(symbol=words.symbol)),
        about="" if kind.type_name else fixed["about"].format(subject=bare(words.subject)),
        type_name=kind.type_name,
        subject=words.subject,
        dated=_dated(head.place, day),
        to=fixed["to"],
        addressees=_listed(words.addressees, alone=True),
        paragraphs=_ended([*core_of(kind, words.fields), *_lines(words.body)], fixed["end"]),
        recipients_title=fixed["recipients"],
        recipients=_listed(words.recipients),
        signing=signing_lines(words.signer_mode, head, words.signer_title),
        signer=words.signer_name,
        foot=_lines(head.foot),
    )


def core_of(kind: LetterKind, values: Mapping[str, str]) -> list[str]:
    """Return the paragraphs that the kind prescribes, with dots where nothing is filled in yet."""
    unfilled = fixed_words()["unfilled"]
    filled = {key: values.get(key) or unfilled for key, _title in kind.fields}
    # One pass over the module's own words: what somebody filled in is not searched for {words} again.
    return [re.sub(r"\{(\w*)\}", lambda found: filled[found[1]], each) for each in kind.core]


def _ended(paragraphs: list[str], end: str) -> list[str]:
    """Return paragraphs with the sign after the last that nothing follows (Decree 30/2020, Appendix III)."""
    *before, last = paragraphs or [""]
    return [*before, f"{last.removesuffix(end).rstrip().removesuffix('.')}{end}"] if last else before


def signing_lines(mode: str, head: Head, title: str) -> list[str]:
    """Return the lines above the name: for whom, and as what."""
    told = fixed_words()["signing"].get(mode, ["{title}"])
    return [each.format(collective=head.collective, head=head.head_title, title=title) for each in told]


def full_name(name: str) -> str:
    """Return an agency's name as its letters write it: without the abbreviation before it."""
    for short, full in fixed_words()["full_names"].items():
        if name.startswith(short):
            return f"{full}{name.removeprefix(short)}"
    return name


def _place_below(name: str) -> str:
    """Return an agency's name as it heads a letter: what kind of body it is, and below that of which place.

    Inside a longer name the words of a body stay in one line, and so does a place with what kind of place it is.
    """
    for body in fixed_words()["full_names"].values():
        if name.lower().startswith(body.lower()):
            return f"{name[: len(body)].rstrip()}\n{name[len(body) :].lstrip()}"
    one_line = re.compile(fixed_words()["one_line"], re.IGNORECASE)
    return one_line.sub(lambda found: found[0].replace(" ", "\u00a0"), name)


def bare(subject: str) -> str:
    """Return a subject without the "V/v" that somebody typed before it: the letter has its own."""
    return re.sub(fixed_words()["typed_about"], "", subject, flags=re.IGNORECASE)


def in_one_line(text: str) -> str:
    """Return the lines of a list in one line, without the marks that they have on paper."""
    return "; ".join(_unmarked(text))


def _dated(place: str, day: date | None) -> str:
    """Return place and date; a zero stands before days below 10 and the first two months."""
    fixed = fixed_words()
    gap = fixed["no_day"]
    if day is None:
        return str(fixed["dated"].format(place=place, day=gap, month=gap, year=gap))
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return str(fixed["dated"].format(place=place, day=f"{day.day:02}", month=month, year=day.year))


def _lines(text: str) -> list[str]:
    return [_breakable(line.strip()) for line in text.splitlines() if line.strip()]


def _unmarked(text: str) -> list[str]:
    return [each for line in text.splitlines() if (each := MARKS.sub("", line.strip()))]


def _listed(text: str, *, alone: bool = False) -> list[str]:
    """Return the lines of a list with the marks of the decree, the same on every kind of file; one `alone` needs none."""
    *before, last = [_breakable(each) for each in _unmarked(text)] or [""]
    if not last or (alone and not before):
        return [last] if last else []
    return [*(f"- {each};" for each in before), f"- {last}."]


def _breakable(line: str) -> str:
    """Return a line whose longest words may be broken, so that none runs off the paper."""
    if max(map(len, line.split()), default=0) <= LONGEST_WORD:
        return line
    return re.sub(rf"\S{{{PIECE}}}(?=\S)", lambda found: found[0] + NO_BREAK, line)
