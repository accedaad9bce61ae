"""Lists as Word writes them: paragraphs that each say their level and carry their sign, made lists again.

The editor in the browser does the same before it shows what was pasted (`static/js/editor.js`); here it is for texts
that come otherwise. Every expression stops at the next tag, so that the time stays in proportion to the text.
"""

import re

DEEPEST = 9
"""So many levels Word has."""
KINDS = frozenset({"a", "A", "i", "I"})
"""How an ordered list may count otherwise than by 1, 2, 3: HTML's own names."""

_ITEM = re.compile(r"<p\b[^<>]*mso-list:\s{0,9}l\d+\s{1,9}level(\d)[^<>]*>", re.IGNORECASE)
_END = re.compile(r"</p\s{0,9}>|<p\b", re.IGNORECASE)
_SIGN = re.compile(r"<span\b[^<>]*mso-list:\s{0,9}ignore[^<>]*>", re.IGNORECASE)
_SPAN = re.compile(r"<(/?)span\b[^<>]*>", re.IGNORECASE)
_NOTHING = re.compile(r"<!--[^<>]{0,200}-->|<!\[[^<>]{0,200}>|&nbsp;|\s")
_TAG = re.compile(r"<[^<>]*>")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
_NUMBER = re.compile(r"\(?(\d{1,4}|[a-z\u0111]|[ivxl]+)[.)]", re.IGNORECASE)


def real_lists(html: str) -> str:
    """Return a text with the lists of Word as lists; any other text as it is."""
    parts: list[str] = []
    opened: list[str] = []
    at = 0
    while found := _ITEM.search(html, at):
        between = html[at : found.start()]
        if _NOTHING.sub("", between):
            _close(parts, opened, 0)
            parts.append(between)
        end = _END.search(html, found.end())
        item_end = end.start() if end else len(html)
        at = end.end() if end and end[0].startswith("</") else item_end
        sign, item = _without_sign(html[found.end() : item_end])
        _open(parts, opened, min(int(found[1]) or 1, len(opened) + 1, DEEPEST), _NUMBER.match(sign))
        parts.append(item)
    _close(parts, opened, 0)
    parts.append(html[at:])
    return "".join(parts)


def _open(parts: list[str], opened: list[str], level: int, number: re.Match[str] | None) -> None:
    """Begin an item on a level: in the list that is open there, or in a new one."""
    tag = "ol" if number else "ul"
    _close(parts, opened, level)
    if len(opened) == level and opened[-1] != tag:
        _close(parts, opened, level - 1)
    if len(opened) == level:
        parts.append("</li><li>")
        return
    parts.append(f"<ol{_counted(number[1])}><li>" if number else "<ul><li>")
    opened.append(tag)


def _counted(sign: str) -> str:
    """Return how a list counts whose first sign this is, and from where, as attributes."""
    kind, first, small = "", 1, sign.lower()
    if sign.isdigit():
        first = int(sign)
    elif small == "i" or len(small) > 1:
        values = [_ROMAN[each] for each in small]
        pairs = zip(values, [*values[1:], 0], strict=True)
        kind, first = "i", sum(-each if each < after else each for each, after in pairs)
    elif small.isascii():
        kind, first = "a", ord(small) - ord("a") + 1
    kind = kind if sign == small else kind.upper()
    return (f' type="{kind}"' if kind else "") + (f' start="{first}"' if first > 1 else "")


def _close(parts: list[str], opened: list[str], level: int) -> None:
    while len(opened) > level:
        parts.append(f"</li></{opened.pop()}>")


def _without_sign(item: str) -> tuple[str, str]:
    """Return the sign of an item, a dot or a number, and the item without it."""
    sign = _SIGN.search(item)
    if sign is None:
        return "", item
    depth, end = 0, len(item)
    for span in _SPAN.finditer(item, sign.start()):
        depth += -1 if span[1] else 1
        if depth == 0:
            end = span.end()
            break
    return _NOTHING.sub("", _TAG.sub("", item[sign.start() : end])), item[: sign.start()] + item[end:]
