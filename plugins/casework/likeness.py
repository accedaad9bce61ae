"""How alike two texts are: of each the smallest fingerprints of its word triples are kept and compared."""

from collections.abc import Sequence
from hashlib import blake2b

from core.api import fold

KEPT = 64
"""Fingerprints of an article: enough to tell two thirds from a half, small enough to read for hundreds."""
RUN = 3
ALIKE = 0.5
"""From here on an officer is asked whether it is the same matter."""
MOST_WORDS = 4_000


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
