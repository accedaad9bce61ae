"""Make the texts of an old site ours: paragraphs of WordPress, pictures from a folder, cleaned HTML.

Pictures are looked up by file name in the folder that the operator names, never on the network. Until they are
stored, a text names them by `stand_in(digest)`, so that the same source always gives the same text.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from urllib.parse import unquote, urlsplit
from uuid import UUID

from markupsafe import escape

from core.api import upper_first
from plugins.websites import richtext
from plugins.websites.importing import Item, Note

LONGEST_ALT, LONGEST_CAPTION = 300, 500

_IMG = re.compile(r"<img\b([^<>]*)>", re.IGNORECASE)
_STORED_IMG = re.compile(r'<img src="picture:([0-9a-f-]{36})"[^>]*>')
_FIGCAPTION = re.compile(r"\s{0,20}(?:</a>)?\s{0,20}<figcaption[^<>]{0,200}>([^<>]{1,500})", re.IGNORECASE)
_CAPTION = re.compile(r"\[caption\b[^\[\]]{0,500}\]((?:(?!\[/?caption).){0,5000})\[/caption\]", re.DOTALL)
_SHOWN = re.compile(r"((?:<a\b[^<>]*>)?\s*<img\b[^<>]*>\s*(?:</a>)?)(.*)", re.DOTALL | re.IGNORECASE)
_SHORTCODE = re.compile(r"\[/?(gallery|embed|audio|video|playlist|contact-form-7)\b[^\[\]]{0,500}\]")
_HREF = re.compile(r'<a [^<>]*?href="([^"]+)"')
_BLANK = re.compile(r"\n[ \t]*\n")
_COMMENT = re.compile(r"<!--[^<>]*-->")
_BLOCK = (
    r"(?:p|div|h[1-6]|[uod]l|li|d[td]|table|caption|t[rdh]|thead|tbody|tfoot|blockquote|figure"
    r"|section|article|aside|header|footer|address|details|summary|hr|pre|center)"
)
_OPENS = re.compile(rf"(?=<{_BLOCK}[\s/>])", re.IGNORECASE)
_STARTS_BLOCK = re.compile(rf"</?(?:{_BLOCK}|figcaption)\b", re.IGNORECASE)
_ENDS_BLOCK = re.compile(rf"</({_BLOCK})\s*>", re.IGNORECASE)
_SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.[A-Za-z]{3,4}$)")
_BETWEEN = re.compile(r"[-_+.\s]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A picture file of the folder, and what is said of it."""

    path: Path
    digest: str
    alt: str = ""
    caption: str = ""

    @property
    def stand_in(self) -> UUID:
        """Return what a text calls it until it is stored."""
        return UUID(self.digest[:32])


@dataclass(frozen=True, slots=True)
class Ready:
    """An item as it will be stored, but for the ids of its pictures."""

    item: Item
    body: str
    cover: Found | None
    pictures: Mapping[UUID, Found]
    notes: tuple[Note, ...]

    def with_ids(
        self, stored: Mapping[UUID, UUID | None], sizes: Mapping[UUID, tuple[int, int]] = MappingProxyType({})
    ) -> str:
        """Return the text naming its pictures by the ids they are stored under, without those that are not.

        Their sizes make room for them before they have come.
        """

        def place(img: re.Match[str]) -> str:
            picture_id = stored.get(UUID(img[1]))
            if picture_id is None:
                return ""
            named = img[0].replace(img[1], str(picture_id), 1)
            if picture_id not in sizes:
                return named
            width, height = sizes[picture_id]
            return f'{named.removesuffix(">")} width="{width}" height="{height}">'

        return _STORED_IMG.sub(place, self.body)


class PictureFolder:
    """The files of a folder and of those below it, by name; links out of it are not followed."""

    def __init__(self, root: Path | None) -> None:
        self._paths: dict[str, list[Path]] = {}
        self._digests: dict[Path, str] = {}
        self._root = root
        for folder, _folders, names in os.walk(root) if root else ():
            for name in sorted(names):
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    self._paths.setdefault(_key(name), []).append(path)

    def find(self, address: str) -> tuple[Path | None, bool]:
        """Return the file an address means, and whether another one might be meant as well.

        Of several of one name that one is taken whose folders agree with the address the longest.
        """
        place = _place(address)
        for name in (place.name, _SIZE.sub("", place.name)):
            paths = self._paths.get(_key(name), []) if name else []
            if paths:
                ranked = sorted(paths, key=lambda path: (-_agreement(path, place), str(path)))
                unsure = len(paths) > 1 and _agreement(ranked[0], place) == _agreement(ranked[1], place)
                return ranked[0], unsure
        return None, False

    def digest(self, path: Path) -> str:
        """Return the SHA-256 of a file, read once. Raises OSError."""
        if path not in self._digests:
            with path.open("rb") as file:
                self._digests[path] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[path]


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _place(address: str) -> PurePosixPath:
    """Return the path an address ends in; what is no address has none."""
    try:
        return PurePosixPath(unquote(urlsplit(address.strip()).path).replace("\\", "/"))
    except ValueError:
        return PurePosixPath()


def _agreement(path: Path, place: PurePosixPath) -> int:
    count = 0
    for own, wanted in zip(reversed(path.parts[:-1]), reversed(place.parts[:-1]), strict=False):
        if _key(own) != _key(wanted):
            break
        count += 1
    return count


# ---- one text ----------------------------------------------------------------------------------------------


def make_ready(item: Item, folder: PictureFolder, about: Mapping[str, tuple[str, str]]) -> Ready:
    """Clean an item's text and find its pictures. Raises richtext.TooLong, richtext.TooManyPictures, OSError."""
    if len(item.html) > richtext.MOST_INPUT:
        raise richtext.TooLong
    notes = list(item.notes)
    html = _from_wordpress(item.html, notes) if item.is_wordpress else item.html
    finder = _Finder(folder, about, notes)
    body = richtext.clean(_IMG.sub(lambda tag: finder.place(tag, html), html))
    # Only what was found here: a text from outside must not name pictures of the library.
    body = _STORED_IMG.sub(lambda img: img[0] if UUID(img[1]) in finder.found else "", body)
    if left := _old_links(body, item.source):
        notes.append(Note("old_links", {"count": len(left), "address": left[0][:200]}))
    cover = finder.find(item.cover, "", "") if item.cover else None
    richtext.require_fitting(body)
    return Ready(item, body, cover, finder.found, tuple(notes))


def _old_links(body: str, source: str) -> list[str]:
    """Return the addresses in a text that lead to the site it comes from, which will be gone."""
    own = _host(source)
    found = (unescape(address) for address in _HREF.findall(body))
    return [each for each in dict.fromkeys(found) if each.startswith("/") or (own and _host(each) == own)]


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


class _Finder:
    """Finds the pictures of one text and notes what is missing of them."""

    def __init__(
        self, folder: PictureFolder, about: Mapping[str, tuple[str, str]], notes: list[Note]
    ) -> None:
        self._folder, self._about, self._notes = folder, about, notes
        self._told: set[tuple[str, str]] = set()
        self.found: dict[UUID, Found] = {}

    def place(self, tag: re.Match[str], html: str) -> str:
        """Return an image tag that names a found picture, or nothing."""
        attributes = _attributes(tag[0])
        below = _FIGCAPTION.match(html, tag.end())
        caption = " ".join(below[1].split()) if below else ""
        found = self.find(attributes.get("src", ""), attributes.get("alt", ""), caption)
        return f'<img src="picture:{found.stand_in}" alt="{escape(found.alt)}">' if found else ""

    def find(self, address: str, alt: str, caption: str) -> Found | None:
        """Look a picture up and describe it as well as the source allows."""
        name = _place(address).name[:100] or address[:40]
        path, unsure = self._folder.find(address)
        if path is None:
            self._note("picture_missing", name=name)
            return None
        if unsure:
            self._note("picture_unsure", name=name, taken=f"{path.parent.name}/{path.name}")
        described = self._about.get(address) or self._about.get(_SIZE.sub("", address)) or ("", "")
        caption = (caption or described[1])[:LONGEST_CAPTION]
        words = " ".join((alt or described[0] or "").split())
        if not words:
            words = caption or _readable(path)
            self._note("picture_alt", name=name, alt=words[:100])
        made = Found(path, self._folder.digest(path), words[:LONGEST_ALT], caption)
        self.found.setdefault(made.stand_in, made)
        return made

    def _note(self, code: str, *, name: str, **fields: str) -> None:
        if (code, name) not in self._told:
            self._told.add((code, name))
            self._notes.append(Note(code, {"name": name, **fields}))


class _Attributes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            self.found.setdefault(name, value or "")


def _attributes(tag: str) -> dict[str, str]:
    parser = _Attributes()
    parser.feed(tag)
    return parser.found


def _readable(path: Path) -> str:
    """Return a file's name as words: `le-ra-quan_2019-300x200.jpg` is “Le ra quan 2019”."""
    words = _BETWEEN.sub(" ", _SIZE.sub("", path.name).rpartition(".")[0]).strip()
    return upper_first(words) or path.name


def _from_wordpress(html: str, notes: list[Note]) -> str:
    """Turn what WordPress makes of a text only when it shows it into HTML: captions, paragraphs, short codes."""
    html = _CAPTION.sub(_figure, html.replace("\r\n", "\n"))
    codes = dict.fromkeys(found[1] for found in _SHORTCODE.finditer(html))
    notes.extend(Note("shortcode", {"name": name}) for name in codes)
    html = _COMMENT.sub("\n\n", _SHORTCODE.sub("", html))
    html = _ENDS_BLOCK.sub(r"\g<0>\n\n", _OPENS.sub("\n\n", html))
    return "\n".join(_paragraph(part.strip()) for part in _BLANK.split(html) if part.strip())


def _paragraph(part: str) -> str:
    """Make a paragraph of what stands between blank lines and blocks; the end of a block around it stays behind it."""
    if _STARTS_BLOCK.match(part):
        return part
    end = _ENDS_BLOCK.search(part)
    text = part[: end.start()] if end else part
    outer = end[0] if end and end[1].lower() != "p" else ""
    return f"<p>{text.strip().replace(chr(10), '<br>')}</p>{outer}"


def _figure(found: re.Match[str]) -> str:
    shown = _SHOWN.match(found[1].strip())
    if shown is None:
        return found[1]
    return f"\n\n<figure>{shown[1]}<figcaption>{escape(richtext.plain_text(shown[2]).strip())}</figcaption></figure>\n\n"
