"""HTML of anybody, brought into a shape whose parsing takes time in proportion to its length.

A parser's time grows with the square of open elements and of attributes, and what is one tag, one comment or one
script is told differently by different programs. So tags are read here in one go, by the rules of the HTML
standard, and written anew: only ours, only with attributes of ours, never deeper than people write. What becomes
of it is judged by the sanitiser afterwards; nothing here has to be safe.
"""

import re
from collections.abc import Iterator

DEEPEST, DEEPEST_FORMATTING = 150, 6
"""So many elements, and so many of those that only change letters, are open at once; of others the words stay."""

_NAMES = {
    **{name: name for name in (
        "h2", "h3", "h4", "p", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
        "blockquote", "figure", "figcaption", "a", "img", "strong", "em", "u", "sub", "sup", "br", "hr",
    )},
    "b": "strong", "i": "em", "h1": "h2", "h5": "h4", "h6": "h4", "div": "p", "section": "p", "center": "p",
}  # fmt: skip
"""Our tags, and those that Word and other editors use for what we have another word for."""
TAGS = frozenset(_NAMES.values())
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "ol": {"start", "type"},
}
DROPPED = frozenset(
    {"script", "style", "title", "xml", "noscript", "template", "iframe", "object", "svg", "math", "del"}
)
"""Their content goes with them, as what was deleted with changes tracked; of every other unknown tag the words stay."""
_MAY_COMMENT = frozenset({"a", "div", "hr", "span"})
_COMMENT = re.compile(r"mso-element:\s{0,9}comment-list|\bmsocom(?:txt|anchor|off)\b", re.IGNORECASE)
"""Attributes by which Word marks its comments, and their signs in the text: these go as well."""

_NEVER_NEST = frozenset({
    "p", "li", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "a", "img", "br", "hr",
})  # fmt: skip
"""Elements without an end, or that the next one of their kind ends."""
_FORMATTING = frozenset({"strong", "em", "u", "sub", "sup"})
_HEADINGS = frozenset({"h2", "h3", "h4"})
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][^\s/>]*+)
    ((?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+|(?=>)))?+)*+)
    [\s/]*+(>|\Z)""",
    re.VERBOSE,
)
"""One tag, to its end or that of the text; possessive throughout, so that no character is looked at twice."""
_ATTRIBUTE = re.compile(
    r"""([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)(?:"|\Z)|'([^']*+)(?:'|\Z)|([^\s>"'][^\s>]*+)|(?=>|\Z)))?+"""
)


def rewrite(html: str) -> str:
    """Return the words of a text between tags of ours."""
    written: list[str] = []
    opened: list[str] = []
    for text, closes, name, attributes in _read(html):
        if text:
            written.append(text.replace("<", "&lt;"))
        elif closes:
            if _closes(name, opened):
                written.append(f"</{name}>")
        elif name in _NEVER_NEST or _opens(name, opened):
            written.append(f"<{name}{_kept(name, attributes)}>")
    return "".join(written)


def _read(html: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield text, or a tag of ours: whether it closes, our name of it, its attributes as they stand."""
    place, absent = 0, set[str]()
    while place < len(html):
        start = html.find("<", place)
        if start < 0:
            yield html[place:], "", "", ""
            return
        if start > place:
            yield html[place:start], "", "", ""
        tag = _TAG.match(html, start)
        if tag is None:
            place = _after_other(html, start)
            if place == start + 1:
                yield "<", "", "", ""
            continue
        place = tag.end()
        name = tag[2].lower()
        if not tag[4]:
            yield html[start:], "", "", ""  # a tag without an end is none: its words are kept
            return
        if (
            not tag[1]
            and name not in absent
            and (name in DROPPED or (name in _MAY_COMMENT and _COMMENT.search(tag[3])))
        ):
            place = _after_dropped(html, name, place, absent)
        elif name in _NAMES:
            yield "", tag[1], _NAMES[name], tag[3]


def _after_other(html: str, start: int) -> int:
    """Return where a comment, a declaration or an instruction ends; a sign alone is one character."""
    following = html[start + 1 : start + 2]
    if html.startswith("<!--", start):
        for short in ("<!-->", "<!--->"):
            if html.startswith(short, start):
                return start + len(short)
        end = html.find("-->", start + 4)
        return end + 3 if end >= 0 else len(html)
    if following not in {"!", "?", "/"} or len(html) == start + 1:
        return start + 1
    end = html.find(">", start)
    return end + 1 if end >= 0 else len(html)


def _after_dropped(html: str, name: str, place: int, absent: set[str]) -> int:
    """Return where the content of a dropped element ends; one that is never closed goes alone."""
    if name == "hr":
        return place
    depth, nests = 1, name not in DROPPED or name == "del"
    for tag in re.compile(rf"<(/?){name}(?=[\s/>])", re.IGNORECASE).finditer(html, place):
        depth += -1 if tag[1] else nests
        if not depth:
            return html.find(">", tag.end()) + 1 or len(html)
    absent.add(name)  # nor is it closed further on: it is not looked for again
    return len(html) if name in {"script", "style"} else place


def _opens(name: str, opened: list[str]) -> bool:
    """Tell whether one element more may be opened, and note it."""
    if len(opened) >= DEEPEST:
        return False
    if name in _FORMATTING and sum(each in _FORMATTING for each in opened) >= DEEPEST_FORMATTING:
        return False
    opened.append(name)
    return True


def _closes(name: str, opened: list[str]) -> bool:
    """Tell whether an end tag has something to end, and note it.

    Never fewer elements are noted than a parser holds open: what it closes besides is left noted.
    """
    if name in _NEVER_NEST:
        return True
    for place in range(len(opened) - 1, -1, -1):
        each = opened[place]
        if each == name or (name in _HEADINGS and each in _HEADINGS):
            del opened[place]
            return True
        # A table's cells keep what is around them open, a block what only lowers or lifts letters.
        if (each == "table" and name != "table") or (name in {"sub", "sup"} and each not in _FORMATTING):
            return False
    return False


def _kept(name: str, attributes: str) -> str:
    """Return the attributes a tag of ours may have, each once."""
    wanted = ATTRIBUTES.get(name)
    if not wanted or not attributes:
        return ""
    kept: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(attributes):
        key = found[1].lower()
        if key in wanted and key not in kept:
            kept[key] = found[2] or found[3] or found[4] or ""
    # What stands there is escaped already, but for the sign around it.
    return "".join(f' {key}="{value.replace(chr(34), "&quot;")}"' for key, value in kept.items())
