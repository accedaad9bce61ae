"""Two revisions side by side, block by block, as a person reads them."""

from html.parser import HTMLParser
from itertools import islice

from core.api import N_, ComparedLine, NotFound, _, compare, format_date, ngettext
from plugins.websites import attaching, site_queries
from plugins.websites.models import Revision
from plugins.websites.views import ComparedField

MOST_BLOCKS = 1500
"""Blocks compared at most: the time grows with the square in the worst case."""
_TITLES = {
    "title": N_("Tiêu đề"),
    "summary": N_("Tóm tắt"),
    "body": N_("Nội dung"),
    "cover_id": N_("Ảnh đại diện"),
    "title_en": N_("Tiêu đề tiếng Anh"),
    "summary_en": N_("Tóm tắt tiếng Anh"),
    "body_en": N_("Nội dung tiếng Anh"),
    "symbol": N_("Số, ký hiệu"),
    "issued_on": N_("Ngày ban hành"),
    "issuer": N_("Cơ quan ban hành"),
    "file_ids": N_("Tệp đính kèm"),
}
_SAID = {
    "h2": N_("Đề mục lớn"),
    "h3": N_("Đề mục nhỏ"),
    "h4": N_("Đề mục nhỏ"),
    "blockquote": N_("Trích dẫn"),
    "figcaption": N_("Chú thích"),
    "caption": N_("Tên bảng"),
}
"""What a reader sees by its look alone, in words."""
_BLOCKS = frozenset({*_SAID, "p", "li", "tr", "figure", "hr", "br", "table", "ul", "ol"})


def compare_revisions(old: Revision, new: Revision) -> tuple[ComparedField, ...]:
    """Return the fields that differ, in the order of the form."""
    found = []
    for name, title in _TITLES.items():
        before, after = _text(name, getattr(old, name)), _text(name, getattr(new, name))
        lines = compare(before, after)
        if lines:
            told = _counted(lines) if name.startswith("body") else _changed(before, after)
            found.append(ComparedField(title=_(title), told=told, lines=lines))
    return tuple(found)


def _changed(before: str, after: str) -> str:
    """Say what happened to a short field."""
    if before and after:
        return _("đã sửa")
    return _("đã thêm") if after else _("đã bỏ")


def _counted(lines: tuple[ComparedLine, ...]) -> str:
    """Say how much of a long text differs."""
    kinds = [line.kind for line in lines]
    changed, added, removed = (kinds.count(each) for each in ("changed", "added", "removed"))
    counted = (
        (changed, ngettext("sửa {n} đoạn", "sửa {n} đoạn", changed)),
        (added, ngettext("thêm {n} đoạn", "thêm {n} đoạn", added)),
        (removed, ngettext("bỏ {n} đoạn", "bỏ {n} đoạn", removed)),
    )
    return ", ".join(words for number, words in counted if number)


def _text(name: str, value: object) -> str:
    if not value:
        return ""
    if name == "issued_on":
        return format_date(value, year=True)  # type: ignore[arg-type]
    if name == "cover_id":
        return _picture(value)
    if name == "file_ids":
        return "\n".join(attaching.names(value))  # type: ignore[arg-type]
    return "\n".join(blocks(str(value))) if name.startswith("body") else str(value)


def _picture(picture_id: object) -> str:
    try:
        return site_queries.picture(picture_id).alt  # type: ignore[arg-type]
    except NotFound:
        return _("Ảnh không còn trong thư viện")


def blocks(html: str) -> list[str]:
    """Return cleaned HTML as lines, one for each block, with words for what only its look says."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    if len(reader.lines) <= MOST_BLOCKS:
        return reader.lines
    left = len(reader.lines) - MOST_BLOCKS
    more = ngettext("… và {n} đoạn nữa, không so ở đây", "… và {n} đoạn nữa, không so ở đây", left)
    return [*islice(reader.lines, MOST_BLOCKS), more]


class _Reader(HTMLParser):
    """Reads a text as somebody would read it out: “Đề mục lớn: …”, “• …”, a row of a table in one line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._said = ""
        self._text = ""
        self._in_row = False
        self._link = ""

    def end_line(self) -> None:
        """Take what was read as a line, unless nothing was."""
        text = " ".join(self._text.split())
        if text:
            self.lines.append(f"{self._said}{text}")
            self._said = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img":
            shown = _("Ảnh: {alt}", alt=given.get("alt") or "…")
            self._text += f" [{shown}] "
        elif tag == "a":
            self._link = given.get("href") or ""
        elif tag in {"td", "th"}:
            self._text += " | " if self._text.strip() else ""
        elif tag in _BLOCKS and not self._in_row:
            self.end_line()
            if tag in _SAID:
                self._said = f"{_(_SAID[tag])}: "
            elif tag == "li":
                self._said = "• "
            self._in_row = tag == "tr"
        elif tag in _BLOCKS:
            self._text += " "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link:
            # Where a link leads is part of what readers get.
            self._text += f" ({self._link})"
            self._link = ""
        if tag == "tr":
            self._in_row = False
        if tag in _BLOCKS and not self._in_row:
            self.end_line()
            self._said = ""

    def handle_data(self, data: str) -> None:
        self._text += data
