"""How alike two texts are: of each the smallest fingerprints of its word triples are kept and compared."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from uuid import UUID

from core.api import fold

KEPT = 64
"""Fingerprints of an article: enough to tell two thirds from a half, small enough to read for hundreds."""
RUN = 3
ALIKE = 0.5
"""From here on an officer is asked whether it is the same matter."""
MOST_WORDS = 4_000
SEEN_BY = 8
"""Of a text the smallest fingerprints it is found by: two texts half alike share one of them but for bad luck."""
SEEN, COMPARED = 200, 20
"""With one fingerprint so many texts are looked at, and so many of all are compared whole."""
NEAR = f"EXISTS (SELECT FROM unnest(marks[1:{SEEN_BY}]) mark WHERE mark = ANY (%s::bigint[]))"
"""The condition of rows that may be like texts that were `found_by` some fingerprints; `AlikeTexts` looks at no others."""


def bare_words(text: str) -> str:
    """Return the words of a text, without accents and with one space between, to look for others in them."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in fold(text)).split())


def marks_of(title: str, text: str) -> list[int]:
    """Return the fingerprints of an article's words, without accents, the smallest ones."""
    words = ["".join(sign for sign in word if sign.isalnum()) for word in fold(f"{title} {text}").split()]
    words = [word for word in words if word][:MOST_WORDS]
    runs = {" ".join(words[at : at + RUN]) for at in range(max(len(words) - RUN + 1, 1))} - {""}
    return sorted(int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), signed=True) for run in runs)[
        :KEPT
    ]


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Return which share of two articles' word triples both have, from 0 to 1, as their fingerprints tell it."""
    if not one or not other:
        return 0.0
    both = sorted({*one, *other})[: max(KEPT, min(len(one), len(other)))]
    shared = {*one} & {*other}
    return sum(mark in shared for mark in both) / len(both)


def found_by(texts: Iterable[Sequence[int]]) -> list[int]:
    """Return the fingerprints that texts are found by, as `NEAR` asks for them."""
    return sorted({mark for marks in texts for mark in marks[:SEEN_BY]})


class AlikeTexts:
    """Texts to be asked for those like another one; kept small enough for tens of thousands."""

    def __init__(self, known: Iterable[tuple[UUID, Sequence[int]]] = ()) -> None:
        self._marks: list[array[int]] = []
        self._whose: list[UUID] = []
        self._by_mark: dict[int, list[int]] = {}
        for whose, marks in known:
            self.add(whose, marks)

    def add(self, whose: UUID, marks: Sequence[int]) -> None:
        """Let further texts be compared with one."""
        for mark in marks[:SEEN_BY]:
            self._by_mark.setdefault(mark, []).append(len(self._whose))
        self._whose.append(whose)
        self._marks.append(array("q", marks))

    def like(self, marks: Sequence[int]) -> tuple[UUID, int] | None:
        """Return whose text is the likest, if one is like it at all, and how many percent."""
        near = Counter(at for mark in marks[:SEEN_BY] for at in self._by_mark.get(mark, ())[:SEEN])
        shares = [(likeness(marks, self._marks[at]), at) for at, _count in near.most_common(COMPARED)]
        share, at = max(shares, default=(0.0, 0))
        return (self._whose[at], round(share * 100)) if share >= ALIKE else None
