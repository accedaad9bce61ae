"""Read the file of an old site: RSS 2.0, Atom or a WordPress export. Nothing is written here.

The whole file is read before the first article is stored, so that a broken one changes nothing.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from lxml import etree
from markupsafe import escape

from core.api import N_, _, current_locale
from plugins.websites import richtext

MOST_BYTES = 200_000_000
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_SOURCE, LONGEST_CATEGORY = 300, 1000, 500, 120

ATOM = "{http://www.w3.org/2005/Atom}"
PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://www.w3.org/2005/Atom": "",
}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|urn:|tag:", re.IGNORECASE)
"""How a name begins that is nobody else's."""
_GALLERY = re.compile(r"\[gallery\b[^\[\]]{0,300}?\sids=[\"']?([\d,\s]{1,2000})[^\[\]]{0,300}\]")
WORDPRESS = "http://wordpress.org/export/"
Element = Any  # lxml publishes no types
Parts = dict[str, list[Element]]

TEXTS = {
    # about the file
    "empty": N_("Tệp trống."),
    "too_large": N_("Tệp lớn quá {max} MB. Xuất thành nhiều phần rồi nhập từng phần."),
    "packed": N_("Đây là tệp nén. Giải nén rồi nhập tệp XML bên trong."),
    "html": N_("Đây là một trang HTML, không phải tệp RSS, Atom hay bản xuất WordPress."),
    "not_xml": N_("Đây không phải tệp XML. Cần tệp RSS 2.0, Atom hoặc bản xuất WordPress."),
    "other": N_("Thẻ gốc là “{root}”: đây không phải RSS 2.0, Atom hay bản xuất WordPress."),
    "entities": N_("Tệp tự khai báo thực thể (ENTITY). Không đọc tệp như vậy; xuất lại từ trang cũ."),
    "encoding": N_("Chữ trong tệp không đúng bảng mã mà tệp khai. Lưu lại tệp bằng UTF-8 rồi nhập lại."),
    "broken": N_("XML hỏng, tệp có thể bị cắt giữa chừng: {error}"),
    # about one item
    "no_title": N_("Không có tiêu đề, lấy những chữ đầu của bài."),
    "title_cut": N_("Tiêu đề quá dài, đã cắt."),
    "date_unreadable": N_("Không đọc được ngày đăng “{date}”."),
    "date_future": N_("Ngày đăng ở tương lai, để bản nháp."),
    "date_unknown": N_("Không rõ ngày đăng, để bản nháp."),
    "no_text": N_("Bài chỉ có tiêu đề, chưa có nội dung, để bản nháp."),
    "nothing": N_("Không có tiêu đề, cũng không có chữ nào."),
    "twice": N_("Trùng mã với mục ở dòng {first}."),
    "other_type": N_("Loại “{type}” của WordPress không phải bài viết."),
    "in_trash": N_("Ở trang cũ bài này đã bỏ (“{status}”)."),
    "not_public": N_("Ở trang cũ bài này không công khai, để bản nháp."),
    "too_long": N_("Bài quá dài. Tách thành nhiều bài hoặc đính kèm tệp."),
    "pictures_many": N_("Bài có {count} ảnh, nhiều nhất {max} ảnh. Bớt ảnh hoặc tách thành nhiều bài."),
    "shortcode": N_("Bỏ mã ngắn “[{name}]” của WordPress."),
    "categories_many": N_("Bài thuộc {count} chuyên mục ở trang cũ, xếp vào “{title}”."),
    "category_new": N_("Thêm chuyên mục “{title}”."),
    "picture_missing": N_("Không thấy ảnh “{name}” trong thư mục."),
    "picture_unsure": N_("Có nhiều ảnh tên “{name}” trong thư mục, lấy “{taken}”."),
    "picture_alt": N_("Ảnh “{name}” không có mô tả, tạm ghi “{alt}”."),
    "picture_refused": N_("Không nhận ảnh “{name}”: {error}"),
    "old_links": N_("Bài còn {count} liên kết tới trang cũ, đầu tiên là {address}. Tệp ở đó phải đính kèm lại."),
    "edited": N_("Bài đã được sửa hoặc chuyển bước sau lần nhập trước, giữ nguyên."),
    "still_public": N_("Ở trang cũ bài này không công khai, ở đây vẫn đang đăng, giữ nguyên."),
    "refused": N_("Không ghi được: {error}"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to tell of a file or an item, in the language of whoever reads it."""

    code: str
    fields: dict[str, Any] = field(default_factory=dict)
    error: Mapping[str, str] = field(default_factory=dict)
    """Why something was refused, by language."""

    @property
    def text(self) -> str:
        because = {"error": self.error[current_locale()]} if self.error else {}
        return _(TEXTS[self.code], **self.fields, **because)


class Unreadable(ValueError):
    """Raised for a file that cannot be imported at all."""

    def __init__(self, line: int, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.line, self.note = line, Note(code, fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article of the old site as its file tells it; `skip` says why it is none."""

    line: int
    source: str = ""
    """What tells it from every other item, also from those of another old site."""
    bare_source: str = ""
    """What the site itself calls it, which was all that earlier versions kept; empty when that is the same."""
    title: str = ""
    summary: str = ""
    html: str = ""
    at: datetime | None = None
    categories: tuple[str, ...] = ()
    cover: str = ""
    """The address or file name of its leading picture."""
    is_page: bool = False
    is_public: bool = True
    is_wordpress: bool = False
    notes: tuple[Note, ...] = ()
    skip: Note | None = None


@dataclass(frozen=True, slots=True)
class OldSite:
    """A file that was read to its end once; its items are read again one by one, so that none is kept."""

    file: Path
    count: int
    about_pictures: dict[str, tuple[str, str]]
    """By address: alternative text and caption of what WordPress calls attachments."""
    addresses: dict[str, str]
    """Of attachments by their number."""
    first: dict[str, tuple[int, int]]
    """Which item named each source first, and its line."""
    host: str = ""
    """Where the site was found, as the file says."""

    def items(self) -> Iterator[Item]:
        """Yield the items in their order; one that comes twice is marked."""
        with self.file.open("rb") as content:
            number = 0
            for item, attachment in _items(content, []):
                if attachment is None:
                    number += 1
                    yield self._completed(number, item)

    def _completed(self, number: int, item: Item) -> Item:
        if item.is_wordpress:
            html = _GALLERY.sub(self._shown, item.html)
            item = replace(item, cover=self.addresses.get(item.cover, ""), html=html)
        first, line = self.first.get(item.source, (number, 0))
        if not item.skip and first != number:
            return replace(item, skip=Note("twice", {"first": line}))
        if not self.host or _ADDRESS.match(item.source):
            return item
        # Sites that number their articles from one each have a first.
        return replace(item, source=_fitting(f"{self.host} {item.source}"), bare_source=item.source)

    def _shown(self, gallery: re.Match[str]) -> str:
        """Return the pictures that a gallery names by their numbers; one with a number nobody has stays as it is, to be told."""
        found = [self.addresses.get(number, "") for number in re.findall(r"\d+", gallery[1])]
        pictures = (self._figure(address) for address in dict.fromkeys(filter(None, found)))
        return "\n\n".join([*pictures, *([] if all(found) else [gallery[0]])])

    def _figure(self, address: str) -> str:
        caption = escape(self.about_pictures[address][1])
        below = f"<figcaption>{caption}</figcaption>" if caption else ""
        return f'<figure><img src="{escape(address)}">{below}</figure>'


def read_site(file: Path) -> OldSite:
    """Read a whole file.

    Raises Unreadable with the line, OSError.
    """
    count = 0
    about: dict[str, tuple[str, str]] = {}
    addresses: dict[str, str] = {}
    first: dict[str, tuple[int, int]] = {}
    homes: list[str] = []
    with file.open("rb") as content:
        _require_xml(content)
        for item, attachment in _items(content, homes):
            if attachment is not None:
                addresses[attachment.number] = attachment.address
                about[attachment.address] = (attachment.alt, attachment.caption)
                continue
            count += 1
            if item.skip is None:
                first.setdefault(item.source, (count, item.line))
    return OldSite(file, count, about, addresses, first, next(filter(None, map(_host, homes)), ""))


# ---- the file ------------------------------------------------------------------------------------------------


def _require_xml(content: IO[bytes]) -> None:
    """Refuse at once, by its beginning and size, what is no XML."""
    head = content.read(1024)
    if content.seek(0, 2) > MOST_BYTES:
        raise Unreadable(0, "too_large", max=MOST_BYTES // 1_000_000)
    content.seek(0)
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"Rar!", b"7z\xbc\xaf", b"\xfd7zXZ")):
        raise Unreadable(0, "packed")
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if not start:
        raise Unreadable(0, "empty")
    if start.startswith((b"<!doctype html", b"<html")):
        raise Unreadable(1, "html")
    if not start.startswith(b"<"):
        raise Unreadable(1, "not_xml")


def _elements(content: IO[bytes], homes: list[str]) -> Iterator[Element]:
    """Yield the elements that are items, each dropped once it was read; entities and the network stay out.

    Addresses at which the file says its site is go to `homes`.
    """
    parsed = etree.iterparse(
        content, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    depth = 0
    try:
        for event, element in parsed:
            if event == "start":
                if depth == 0:
                    _require_feed(element)
                depth += 1
                continue
            depth -= 1
            is_link = (element.tag, depth) in {("link", 2), (f"{ATOM}link", 1)}
            if is_link and element.get("rel", "alternate") == "alternate":
                homes.append(element.get("href") or element.text or "")
            if element.tag in {"item", f"{ATOM}entry"}:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise _broken(error, parsed.error_log) from error


def _broken(error: etree.XMLSyntaxError, log: Any) -> Unreadable:
    # What the parser met first is the cause; what it raises may only follow from it. The error's own log
    # is that of the thread, with troubles of files before this one.
    first = next(iter(log), None)
    line, code, told = (
        (first.line, first.type, first.message) if first else (error.lineno, error.code, error.msg)
    )
    codes = etree.ErrorTypes
    if (
        code in {codes.ERR_INVALID_ENCODING, codes.ERR_UNKNOWN_ENCODING, codes.ERR_UNSUPPORTED_ENCODING}
        or "not proper UTF-8" in told
        or "encoder error" in told
    ):
        return Unreadable(line or 1, "encoding")
    return Unreadable(line or 1, "broken", error=told)


def _require_feed(root: Element) -> None:
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:
        raise Unreadable(root.sourceline or 1, "entities")
    name = etree.QName(root).localname
    if root.tag not in {"rss", f"{ATOM}feed"}:
        raise Unreadable(root.sourceline or 1, "html" if name.lower() == "html" else "other", root=name)


def _items(content: IO[bytes], homes: list[str]) -> Iterator[tuple[Item, "_Attachment | None"]]:
    for element in _elements(content, homes):
        parts = _parts(element)
        if element.tag != "item":
            yield _atom_item(element, parts), None
        elif "wp:post_type" in parts:
            yield _wordpress_item(element, parts)
        else:
            yield _rss_item(element, parts), None


# ---- one item ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Attachment:
    number: str
    address: str
    alt: str
    caption: str


def _parts(element: Element) -> Parts:
    """Return the children by their usual names, whatever prefix and version the file gives them."""
    parts: Parts = {}
    for child in element.iterchildren(tag=etree.Element):
        name = etree.QName(child)
        space = name.namespace or ""
        prefix = PREFIXES.get(space, f"{space} " if space else "")
        if space.startswith(WORDPRESS):
            prefix = "excerpt:" if space.endswith("excerpt/") else "wp:"
        parts.setdefault(f"{prefix}{name.localname}", []).append(child)
    return parts


def _text(parts: Parts, name: str) -> str:
    return "".join(parts[name][0].itertext()).strip() if name in parts else ""


def _rss_item(element: Element, parts: Parts) -> Item:
    full, short = _text(parts, "content:encoded"), _text(parts, "description")
    pictures = [
        each.get("url", "")
        for name in ("enclosure", "media:content", "media:thumbnail")
        for each in parts.get(name, ())
        if name == "media:thumbnail"
        or each.get("medium") == "image"
        or each.get("type", "").startswith("image/")
    ]
    return _item(
        element,
        source=_text(parts, "guid") or _text(parts, "link"),
        title=_text(parts, "title"),
        summary=short if full else "",
        html=full or short,
        date=_text(parts, "pubDate"),
        categories=[_text({"it": [each]}, "it") for each in parts.get("category", ())],
        cover=pictures[0] if pictures else "",
    )


def _atom_item(element: Element, parts: Parts) -> Item:
    links = parts.get("link", [])
    full, short = _atom_html(parts, "content"), _atom_html(parts, "summary")
    addresses = [each.get("href", "") for each in links if each.get("rel", "alternate") == "alternate"]
    pictures = [
        each.get("href", "")
        for each in links
        if each.get("rel") == "enclosure" and each.get("type", "").startswith("image/")
    ]
    return _item(
        element,
        source=_text(parts, "id") or (addresses[0] if addresses else ""),
        title=richtext.plain_text(_atom_html(parts, "title")),
        summary=short if full else "",
        html=full or short,
        date=_text(parts, "published") or _text(parts, "updated"),
        categories=[each.get("label") or each.get("term", "") for each in parts.get("category", ())],
        cover=pictures[0] if pictures else "",
    )


def _atom_html(parts: Parts, name: str) -> str:
    """Return an Atom text as HTML, whichever of the three ways it is written in."""
    if name not in parts:
        return ""
    element = parts[name][0]
    kind = element.get("type", "text")
    if kind != "xhtml":
        text = _text(parts, name)
        return text if kind in {"html", "text/html"} else str(escape(text))
    for each in element.iter(tag=etree.Element):
        each.tag = etree.QName(each).localname
    return "".join(etree.tostring(each, encoding="unicode", method="html") for each in element)


PUBLIC = ("publish", "future")
"""What WordPress calls an article that everybody reads, or will."""


def _wordpress_item(element: Element, parts: Parts) -> tuple[Item, _Attachment | None]:
    kind, status = _text(parts, "wp:post_type"), _text(parts, "wp:status")
    meta = dict(_metas(parts))
    if kind == "attachment":
        caption = _plain(_text(parts, "excerpt:encoded"))
        attachment = _Attachment(
            _text(parts, "wp:post_id"),
            _text(parts, "wp:attachment_url"),
            meta.get("_wp_attachment_image_alt", ""),
            caption,
        )
        return Item(line=element.sourceline or 0), attachment
    item = _item(
        element,
        source=_text(parts, "guid") or _text(parts, "link"),
        title=_text(parts, "title"),
        summary=_text(parts, "excerpt:encoded"),
        html=_text(parts, "content:encoded"),
        date=_gmt(parts) or _text(parts, "pubDate") or (_local(parts) if status in PUBLIC else ""),
        categories=[
            _text({"it": [each]}, "it")
            for each in parts.get("category", ())
            if each.get("domain", "category") == "category"
        ],
        cover=meta.get("_thumbnail_id", ""),
    )
    skip = item.skip
    if kind not in {"post", "page"}:
        skip = Note("other_type", {"type": kind})
    elif status in {"trash", "auto-draft", "inherit"}:
        skip = Note("in_trash", {"status": status})
    is_public = status in PUBLIC and not _text(parts, "wp:post_password")
    return replace(item, is_page=kind == "page", is_public=is_public, is_wordpress=True, skip=skip), None


def _metas(parts: Parts) -> Iterator[tuple[str, str]]:
    for each in parts.get("wp:postmeta", ()):
        inner = _parts(each)
        yield _text(inner, "wp:meta_key"), _text(inner, "wp:meta_value")


def _gmt(parts: Parts) -> str:
    """Return the exact time of publishing; drafts have zeros there."""
    date = _text(parts, "wp:post_date_gmt")
    return "" if not date or date.startswith("0000") else f"{date.replace(' ', 'T')}+00:00"


def _local(parts: Parts) -> str:
    """Return the time of publishing by the clock of the old site, which files made by hand may have alone."""
    date = _text(parts, "wp:post_date")
    return "" if not date or date.startswith("0000") else f"{date.replace(' ', 'T')}+07:00"


def _item(
    element: Element, *, source: str, title: str, summary: str, html: str, date: str,
    categories: list[str], cover: str,
) -> Item:  # fmt: skip
    notes = []
    at = _moment(date)
    if date and at is None:
        notes.append(Note("date_unreadable", {"date": date[:60]}))
    title, skip = _plain(title), None
    if not title:
        title = _shortened(_plain(html), 100)
        skip = None if title else Note("nothing")
        notes.append(Note("no_title"))
    if len(title) > LONGEST_TITLE:
        title = _shortened(title, LONGEST_TITLE)
        notes.append(Note("title_cut"))
    # What nothing names is the same as long as title and date are.
    source = _fitting(source) if source else _hashed(f"{title}\n{date}")
    named = (_shortened(_plain(each), LONGEST_CATEGORY) for each in categories)
    return Item(
        line=element.sourceline or 0, source=source, title=title, summary=_shortened(_plain(summary), LONGEST_SUMMARY),
        html=html, at=at, categories=tuple(dict.fromkeys(filter(None, named))), cover=cover, notes=tuple(notes),
        skip=skip,
    )  # fmt: skip


def _fitting(source: str) -> str:
    return source if len(source) <= LONGEST_SOURCE else _hashed(source)


def _hashed(words: str) -> str:
    return f"sha256:{hashlib.sha256(words.encode()).hexdigest()}"


def _host(address: str) -> str:
    """Return the host of an address, which a site keeps when its file is made another way."""
    with suppress(ValueError):
        return (urlsplit(address.strip()).hostname or "").removeprefix("www.")
    return ""


def _moment(date: str) -> datetime | None:
    """Return a time as feeds write it; one without a zone is taken as UTC."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        with suppress(ValueError, TypeError, OverflowError):
            at = read(date)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def _plain(html: str) -> str:
    """Return the words on one line; what is no tag of ours stays words, as in “a < b”."""
    if "<" not in html and "&" not in html:
        return " ".join(html.replace("\x00", "").split())
    try:
        return " ".join(richtext.plain_text(richtext.clean(html)).split())
    except richtext.TooLong:
        return ""


def _shortened(text: str, most: int) -> str:
    """Cut between words."""
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rpartition(' ')[0] or text[: most - 1]}…"
