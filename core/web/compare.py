"""Two versions of a text side by side, by lines, with the words that differ."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

CONTEXT = 2
"""Equal lines shown around each difference; longer runs are folded into one line that counts them."""
LONGEST_LINE = 2_000
"""Words are compared in lines up to this length: beyond it the work grows faster than its use."""
EFFORT = 20_000_000
"""Steps that finding the best match of a text may take; beyond it lines and words are matched by their place."""
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
    """Return two texts side by side; equal texts give nothing.

    The work is bounded whatever is sent: long texts that repeat themselves are matched less well.
    """
    if old == new:
        return ()
    matcher = _Matcher()
    before, after = old.splitlines(), new.splitlines()
    found: list[ComparedLine] = []
    for equal, i, j, k, m in matcher.stretches(before, after):
        if equal:
            found += _equal(before[i:j], first=i == 0, last=j == len(before))
        else:
            found += (_line(matcher, left, right) for left, right in zip_longest(before[i:j], after[k:m]))
    return tuple(found)


@dataclass(slots=True)
class _Matcher:
    """Finds what two sequences have in common, with an effort that all sequences of a text share.

    difflib's matching grows with the third power where lines repeat, so it gets only what it can do at once.
    """

    left: int = field(default=EFFORT)

    def stretches(self, old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
        """Return stretches that are equal or differ, as difflib's opcodes: where they begin and end on each side."""
        i = k = 0
        for start, other, length in (*_joined(self._pairs(old, new)), (len(old), len(new), 0)):
            if i < start or k < other:
                yield False, i, start, k, other
            i, k = start + length, other + length
            if length:
                yield True, start, i, other, k

    def _pairs(self, old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Return the places of equal elements, in order: the common head and tail, and the best of what is between."""
        shorter = min(len(old), len(new))
        head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
        shorter -= head
        tail = next((n for n in range(shorter) if old[-1 - n] != new[-1 - n]), shorter)
        yield from ((n, n) for n in range(head))
        for i, k in self._between(old[head : len(old) - tail], new[head : len(new) - tail]):
            yield head + i, head + k
        yield from ((len(old) - n, len(new) - n) for n in range(tail, 0, -1))

    def _between(self, old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
        if self._affords(old, new):
            for i, k, length in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
                yield from ((i + n, k + n) for n in range(length))
            return
        anchors = _anchors(old, new)
        if not anchors:
            yield from (
                (n, n) for n, (left, right) in enumerate(zip(old, new, strict=False)) if left == right
            )
            return
        i = k = 0
        for start, other in (*anchors, (len(old), len(new))):
            for left, right in self._pairs(old[i:start], new[k:other]):
                yield i + left, k + right
            if start < len(old):
                yield start, other
            i, k = start + 1, other + 1

    def _affords(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Tell whether difflib may match these, and take what it needs at worst off the effort that is left."""
        olds, news = Counter(old), Counter(new)
        steps = sum(n * news[each] for each, n in olds.items()) * min(len(old), len(new))
        if steps > self.left:
            return False
        self.left -= steps
        return True


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return where elements stand that both sides have just once, as many of them as keep their order."""
    olds, news = Counter(old), Counter(new)
    places = {each: k for k, each in enumerate(new) if news[each] == 1}
    # The longest rising sequence: the lowest end for each length, and what came before each.
    tops: list[int] = []
    chain: list[tuple[int, int, int]] = []
    ends: list[int] = []
    for i, each in enumerate(old):
        if olds[each] == 1 and (k := places.get(each)) is not None:
            length = bisect_left(tops, k)
            chain.append((i, k, ends[length - 1] if length else -1))
            tops[length : length + 1] = [k]
            ends[length : length + 1] = [len(chain) - 1]
    found: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        i, k, at = chain[at]
        found.append((i, k))
    return found[::-1]


def _joined(pairs: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Join neighbours into blocks: where each begins on both sides, and how long it is."""
    begun: tuple[int, int, int] | None = None
    for i, k in pairs:
        if begun and (i, k) == (begun[0] + begun[2], begun[1] + begun[2]):
            begun = (begun[0], begun[1], begun[2] + 1)
            continue
        if begun:
            yield begun
        begun = (i, k, 1)
    if begun:
        yield begun


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


def _line(matcher: _Matcher, old: str | None, new: str | None) -> ComparedLine:
    if old is None:
        return ComparedLine("added", new=(Piece(new or "", differs=True),))
    if new is None:
        return ComparedLine("removed", old=(Piece(old, differs=True),))
    if len(old) + len(new) > LONGEST_LINE:
        return ComparedLine("changed", (Piece(old, differs=True),), (Piece(new, differs=True),))
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    olds: list[Piece] = []
    news: list[Piece] = []
    for equal, i, j, k, m in matcher.stretches(left, right):
        olds += [Piece("".join(left[i:j]), not equal)] if j > i else []
        news += [Piece("".join(right[k:m]), not equal)] if m > k else []
    return ComparedLine("changed", tuple(olds), tuple(news))
