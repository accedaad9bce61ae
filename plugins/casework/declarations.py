"""What modules declare for registers and letters; kinds of cases, purposes and reports stand beside what uses them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass
from uuid import UUID

from core.api import Catalogue, Manifest


@dataclass(frozen=True, slots=True)
class Book:
    """A register whose numbers have no gap: each agency keeps its own, year by year (docs/registers.md).

    `format` says how a number is written until an agency decides otherwise: {so} the number, {nam} the year,
    {ky hieu} the symbol that comes with an entry; `digits` is how many the number has at least. `columns` are
    key and title of what the printed book says beside number, day and summary. `by_hand` books have a form.
    """

    key: str
    title: str
    format: str = "{so}"
    digits: int = 2
    columns: tuple[tuple[str, str], ...] = ()
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class LetterKind:
    """A kind of official letter (docs/letters.md): who reads, writes and issues it, and where its number comes from.

    `type_name` stands above the subject ("Thông báo"); a công văn has none. `core` are the paragraphs that every
    letter of the kind begins with and nobody edits; {words} in them are filled from `fields`, key and title.
    `issuers` are route and title of the page that says who may issue them, beside the permission.
    `alone` kinds are written from the navigation, others belong to an object of their module. `carries` gives the text that
    the letter of an object takes out, as it is now: who issues is told when the draft says something else.
    """

    key: str
    title: str
    book: str
    read: str
    write: str
    issue: str
    _: KW_ONLY
    type_name: str = ""
    symbol: str = ""
    core: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    issuers: tuple[str, str] | tuple[()] = ()
    alone: bool = False
    carries: Callable[[UUID], str] | None = None


def unfit_letter(module: Manifest, kind: LetterKind, known: Catalogue) -> Iterator[str]:
    """Refuse letters that nobody could number, open or fill in."""
    if kind.book not in known.of(Book):
        yield f"takes its number from '{kind.book}', which no module declares."
    for permission in (kind.read, kind.write, kind.issue):
        if permission not in known.permissions:
            yield f"names permission '{permission}', which no module declares."
    fields = {key for key, _title in kind.fields}
    for word in re.findall(r"\{(\w*)\}", " ".join(kind.core)):
        if word not in fields:
            yield f"has no field for {{{word}}}."
