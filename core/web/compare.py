"""Two versions of a text side by side, by lines, with the words that differ."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

CONTEXT = 2
"""Equal lines shown around each difference; longer runs are folded into one line that counts them."""
LONGEST_LINE = 2_000
"""Words are compared in lines up to this length: beyond it the work grows faster than its use."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line; `differs` when the other side has something else in its place."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line of a comparison: what stands left and right, or how many equal lines are folded away."""

    kind: Literal["same", "changed", "removed", "added", "folded"]
    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()
    folded: int = 0


def compare(old: str, new: str) -> tuple[ComparedLine, ...]:
    """Return two texts side by side; equal texts give nothing."""
    if old == new:
        return ()
    before, after = old.splitlines(), new.splitlines()
    found: list[ComparedLine] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += _equal(before[i:j], first=i == 0, last=j == len(before))
        else:
            found += (_line(left, right) for left, right in zip_longest(before[i:j], after[k:m]))
    return tuple(found)


def _equal(lines: Sequence[str], *, first: bool, last: bool) -> Iterator[ComparedLine]:
    head = 0 if first else CONTEXT
    tail = 0 if last else CONTEXT
    hidden = len(lines) - head - tail
    if hidden < 2:
        yield from map(_same, lines)
        return
    yield from map(_same, lines[:head])
    yield ComparedLine("folded", folded=hidden)
    yield from map(_same, lines[len(lines) - tail :])


def _same(line: str) -> ComparedLine:
    return ComparedLine("same", (Piece(line),), (Piece(line),))


def _line(old: str | None, new: str | None) -> ComparedLine:
    if old is None:
        return ComparedLine("added", new=(Piece(new or "", differs=True),))
    if new is None:
        return ComparedLine("removed", old=(Piece(old, differs=True),))
    if len(old) + len(new) > LONGEST_LINE:
        return ComparedLine("changed", (Piece(old, differs=True),), (Piece(new, differs=True),))
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    olds: list[Piece] = []
    news: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        differs = tag != "equal"
        olds += [Piece("".join(left[i:j]), differs)] if j > i else []
        news += [Piece("".join(right[k:m]), differs)] if m > k else []
    return ComparedLine("changed", tuple(olds), tuple(news))
