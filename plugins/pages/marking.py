"""Which words of a text a search found."""

import unicodedata
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from core.api import fold


def mark_words(text: str, words: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """Cut text into pieces and tell which of them folded words found; joined they are the text again."""
    plain: list[str] = []
    origin: list[int] = []
    for position, char in enumerate(text):
        # A letter by itself folds to itself, to several or, as a combining mark, to none.
        folded = " " if char.isspace() else fold(char)
        plain += folded
        origin += [position] * len(folded)
    found = [False] * len(text)
    searched = "".join(plain)
    for word in filter(None, words):
        at = searched.find(word)
        while at >= 0:
            for position in range(origin[at], origin[at + len(word) - 1] + 1):
                found[position] = True
            at = searched.find(word, at + len(word))
    for position, char in enumerate(text):
        if position and unicodedata.combining(char):
            found[position] = found[position - 1]
    pieces = (
        (hit, "".join(char for char, _hit in group))
        for hit, group in groupby(zip(text, found, strict=True), itemgetter(1))
    )
    return tuple((piece, hit) for hit, piece in pieces)
