"""Rich text as the public may see it: an allow-list cleans what people write, paste and import.

Pictures are named without an address, `<img src="picture:<id>">`, so that a text stays right on whichever
address the site is shown; `with_pictures` gives them one. Everything here takes time in proportion to the text.
"""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import nh3
from markupsafe import Markup, escape

from core.api import tidy_text

MOST_INPUT = 8_000_000
"""So many characters are cleaned at most: a page saved by Word with its styles has five million."""
MOST_STORED = 500_000
DEEPEST, MOST_ATTRIBUTES = 150, 500
"""A text with more than these loses its tags: the time a parser takes for them grows with the square."""

BLOCKS = frozenset({"h2", "h3", "h4", "p", "ul", "ol", "table", "blockquote", "figure", "hr"})
_TAGS = frozenset({
    *BLOCKS, "li", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "a", "img", "figcaption",
    "strong", "em", "u", "sub", "sup", "br",
})  # fmt: skip
_ALIKE = {
    "b": "strong",
    "i": "em",
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
    "div": "p",
    "section": "p",
    "center": "p",
}
"""Tags that Word and other editors use for what we have another word for."""
_DROPPED = frozenset(
    {"script", "style", "title", "xml", "noscript", "template", "iframe", "object", "svg", "math"}
)
"""Their content goes with them; of every other unknown tag the words stay."""
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
}
_NUMBERS = {"width", "height", "colspan", "rowspan", "start"}
_PICTURE = re.compile(r"picture:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_IMG = re.compile(r'<img src="(picture:[0-9a-f-]{36})"([^>]*)>')
_IMG_WITHOUT = re.compile(r"<img(?! src=)[^>]*>")
_ALIKE_TAG = re.compile(rf"<(/?)({'|'.join(_ALIKE)})>")
_SPACES = re.compile(r"(?:&nbsp;|\s){2,}")
_EMBEDDED = re.compile(r"""(["'])data:[^"']*\1""")
_EMPTY = re.compile(r"<(p|h2|h3|h4|li|blockquote|em|strong|u|figure|figcaption)>(?:\s|&nbsp;|<br>)*</\1>")
_BLOCK_START = re.compile(r"<(?:" + "|".join(sorted(BLOCKS)) + r")\b")
_BREAKS = re.compile(r"</(?:p|h2|h3|h4|li|tr|caption|figcaption|blockquote)>|<br>|<hr>")
_TAG = re.compile(r"<[^>]*>")
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)([^<>]*)")
_NEVER_NEST = frozenset({
    "p", "li", "td", "th", "tr", "dd", "dt", "tbody", "thead", "tfoot", "option",
    "br", "img", "hr", "input", "meta", "link", "col", "wbr", "area", "base", "embed", "source", "track", "param",
})  # fmt: skip
"""Elements without an end, or that the next one of their kind ends."""
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


class TooLong(ValueError):
    """Raised for a text above what is cleaned at all."""


def clean(html: str) -> str:
    """Return HTML of the allow-list alone, without what Word and other editors leave in a text.

    Raises TooLong.
    """
    if len(html) > MOST_INPUT:
        raise TooLong
    html = html.replace("\x00", "").replace("&nbsp;", "\xa0")
    if not html.strip():
        return ""
    html = _EMBEDDED.sub('""', html)
    if not _is_tame(html):
        html = _without_tags(html)
    # Tidied after the parser, which turns `&#8238;` into the mark it stands for.
    once = tidy_text(_sanitise(html, _TAGS | set(_ALIKE)))
    # The parser has closed and escaped everything, so that tags without attributes can be told by their letters.
    once = _ALIKE_TAG.sub(lambda found: f"<{found[1]}{_ALIKE[found[2]]}>", once)
    once = _SPACES.sub(_one_space, once)
    for _round in range(3):
        once = _EMPTY.sub("", once)
    if len(once) > MOST_STORED * 2:
        raise TooLong
    if not _BLOCK_START.search(once):
        once = _paragraphs(once)
    # A second time: a paragraph inside a paragraph is now two.
    twice = _IMG_WITHOUT.sub("", _sanitise(once, _TAGS))
    return _EMPTY.sub("", _EMPTY.sub("", twice)).strip()


def _sanitise(html: str, tags: frozenset[str] | set[str]) -> str:
    return nh3.clean(
        html,
        tags=set(tags),
        clean_content_tags=set(_DROPPED),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel", "picture"},
        link_rel="noopener",
        strip_comments=True,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value an attribute may keep, or None."""
    if (tag, name) == ("img", "src"):
        return value if _PICTURE.fullmatch(value) else None
    if (tag, name) == ("a", "href") and value.strip().lower().startswith("picture:"):
        return None
    if name in _NUMBERS:
        return value if value.isascii() and value.isdigit() and len(value) <= 4 else None
    if name == "scope":
        return value if value in {"row", "col"} else None
    return value


def _is_tame(html: str) -> bool:
    """Tell whether tags are nested and attributes heaped as in a text, counting in one go."""
    depth = 0
    for found in _OPEN_OR_CLOSE.finditer(html):
        if len(found[3]) > MOST_ATTRIBUTES and len(found[3].split()) > MOST_ATTRIBUTES:
            return False
        if found[2].lower() in _NEVER_NEST or found[3].endswith("/"):
            continue
        depth = max(depth - 1, 0) if found[1] else depth + 1
        if depth > DEEPEST:
            return False
    return True


def _one_space(run: re.Match[str]) -> str:
    """Return a space for a run with hard spaces in it; other white space means nothing and stays."""
    return " " if "&nbsp;" in run[0] else run[0]


def _without_tags(html: str) -> str:
    """Return the words alone, with a line for each block that was closed."""
    return str(escape(unescape(_TAG.sub("", _BREAKS.sub("\n\n", html)))))


def _paragraphs(text: str) -> str:
    """Return a text without blocks in paragraphs: what somebody typed into the plain field."""
    return "".join(
        f"<p>{'<br>'.join(line.strip() for line in part.strip().splitlines())}</p>"
        for part in _PARAGRAPHS.split(text)
        if part.strip()
    )


def with_pictures(html: str, address: Callable[[UUID], str]) -> Markup:
    """Return cleaned HTML for a page, its pictures at their addresses; one without an address is left out."""

    def place(found: re.Match[str]) -> str:
        url = address(UUID(found[1].partition(":")[2]))
        return f'<img src="{escape(url)}"{found[2]} loading="lazy">' if url else ""

    return Markup(_IMG.sub(place, html))  # noqa: S704 - what is stored has passed clean()


def pictures_in(html: str) -> set[UUID]:
    """Return the pictures a text shows."""
    return {UUID(found[1]) for found in _PICTURE.finditer(html)}


def plain_text(html: str) -> str:
    """Return the words of a text, a line for each block."""
    text = unescape(_TAG.sub("", _BREAKS.sub("\n", html)))
    return "\n".join(line for line in (" ".join(each.split()) for each in text.splitlines()) if line)
