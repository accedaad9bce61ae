"""Rich text as the public may see it: an allow-list cleans what people write, paste and import.

Pictures are named without an address, `<img src="picture:<id>">`, so that a text stays right on whichever
address the site is shown; `with_pictures` gives them one. Everything here takes time in proportion to the text.
"""

import re
from collections.abc import Callable, Collection
from html import unescape
from uuid import UUID

import nh3
from markupsafe import Markup, escape

from core.api import tidy_text
from plugins.websites.tags import ATTRIBUTES, DROPPED, TAGS, rewrite
from plugins.websites.word_lists import KINDS, real_lists

MOST_INPUT = 8_000_000
"""So many characters are cleaned at most: a page saved by Word with its styles has five million."""
MOST_STORED = 500_000
MOST_PICTURES = 100
"""So many pictures stand in one text: a page with more loads for minutes on a phone."""

BLOCKS = frozenset({"h2", "h3", "h4", "p", "ul", "ol", "table", "blockquote", "figure", "hr"})
_NUMBERS = {"width", "height", "colspan", "rowspan", "start"}
_PICTURE = re.compile(r"picture:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
# Inside a value the parser has escaped every quotation mark and bracket, so that these letters are the attribute.
_IMG = re.compile(r'<img\b([^>]*) src="(picture:[0-9a-f-]{36})"([^>]*)>')
_ALT = re.compile(r'\balt="([^"]+)"')
_IMG_WITHOUT = re.compile(r'<img\b(?![^>]* src="picture:)[^>]*>')
_SPACES = re.compile(r"(?:&nbsp;|\s){2,}")
_EMPTY = re.compile(r"<(p|h2|h3|h4|li|blockquote|em|strong|u|figure|figcaption)>(?:\s|&nbsp;|<br>)*</\1>")
_BLOCK_START = re.compile(r"<(?:" + "|".join(sorted(BLOCKS)) + r")\b")
_BREAKS = re.compile(r"</(?:p|h2|h3|h4|li|tr|caption|figcaption|blockquote)>|<br>|<hr>")
_TAG = re.compile(r"<[^<>]*>")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


class Cleaned(str):
    """A text that clean() has returned and require_fitting() has let pass; it is not read again."""

    __slots__ = ()


class TooLong(ValueError):
    """Raised for a text above what is cleaned at all."""


class TooManyPictures(ValueError):
    """Raised for a text with more pictures than stand in one."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def clean(html: str) -> str:
    """Return HTML of the allow-list alone, without what Word and other editors leave in a text.

    Raises TooLong.
    """
    if len(html) > MOST_INPUT:
        raise TooLong
    html = html.replace("\x00", "").replace("&nbsp;", "\xa0")
    if not html.strip():
        return ""
    # The sanitiser gets our own tags alone, never deep, so that it takes no longer than the text is.
    html = rewrite(real_lists(html))
    if len(html) > MOST_STORED * 4:
        raise TooLong
    # Tidied after the parser, which turns `&#8238;` into the mark it stands for.
    once = _SPACES.sub(_one_space, tidy_text(_CLEANER.clean(html)))
    once = _without_empty(_A_WITHOUT.sub(r"\1", once))
    if len(once) > MOST_STORED * 2:
        raise TooLong
    if not _BLOCK_START.search(once):
        # A second time: a word that was strong across two paragraphs now is so in each.
        once = _CLEANER.clean(_paragraphs(once))
    once = _without_empty(_IMG_WITHOUT.sub("", once)).strip()
    return once if "<img" in once or "<hr" in once or plain_text(once) else ""


def _without_empty(html: str) -> str:
    """Leave out elements without words, and those that held nothing else."""
    for _round in range(3):
        html = _EMPTY.sub("", html)
    return html


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value an attribute may keep, or None."""
    if (tag, name) == ("img", "src"):
        return value if _PICTURE.fullmatch(value) else None
    # Footnotes and contents of Word lead to marks that no text keeps.
    if (tag, name) == ("a", "href") and value.strip().lower().startswith(("picture:", "#_")):
        return None
    if name in _NUMBERS:
        return value if value.isascii() and value.isdigit() and len(value) <= 4 else None
    if name == "type":
        return value if value in KINDS else None
    if name == "scope":
        return value if value in {"row", "col"} else None
    return value


def _one_space(run: re.Match[str]) -> str:
    """Return a space for a run with hard spaces in it; other white space means nothing and stays."""
    return " " if "&nbsp;" in run[0] else run[0]


_A_WITHOUT = re.compile(r"<a(?![^>]*\shref=)[^>]*>(.*?)</a>", re.DOTALL)
"""A link whose address was not allowed: its words stay."""
_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(DROPPED),
    attributes=ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto", "tel", "picture"},
    link_rel="noopener",
    strip_comments=True,
)


def _paragraphs(text: str) -> str:
    """Return a text without blocks in paragraphs: what somebody typed into the plain field."""
    return "".join(
        f"<p>{'<br>'.join(line.strip() for line in part.strip().splitlines())}</p>"
        for part in _PARAGRAPHS.split(text)
        if part.strip()
    )


def with_pictures(
    html: str, address: Callable[[UUID], str], vietnamese: Collection[str] = frozenset()
) -> Markup:
    """Return cleaned HTML for a page, its pictures at their addresses; one without an address is left out.

    Those whose words are among `vietnamese` are marked so, for pages in another language.
    """

    def place(found: re.Match[str]) -> str:
        url, alt = address(UUID(found[2].partition(":")[2])), _ALT.search(found[0]) if vietnamese else None
        lang = ' lang="vi"' if alt and unescape(alt[1]) in vietnamese else ""
        return f'<img src="{escape(url)}"{found[1]}{found[3]}{lang} loading="lazy">' if url else ""

    return Markup(_IMG.sub(place, html))  # noqa: S704 - what is stored has passed clean()


def pictures_in(html: str) -> set[UUID]:
    """Return the pictures a text shows."""
    return {UUID(found[1]) for found in _PICTURE.finditer(html)}


def require_fitting(html: str) -> None:
    """Refuse a cleaned text that is too long, or shows too many pictures. Raises TooLong, TooManyPictures."""
    if len(html) > MOST_STORED:
        raise TooLong
    if (count := html.count("<img ")) > MOST_PICTURES:
        raise TooManyPictures(count)


def has_content(html: str) -> bool:
    """Tell whether a text has words or a picture."""
    return bool(plain_text(html)) or _PICTURE.search(html) is not None


def plain_text(html: str) -> str:
    """Return the words of a text, a line for each block."""
    text = unescape(_TAG.sub("", _BREAKS.sub("\n", html)))
    return "\n".join(line for line in (" ".join(each.split()) for each in text.splitlines()) if line)
