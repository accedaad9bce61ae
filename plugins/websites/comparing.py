"""Two revisions side by side, block by block."""

from difflib import SequenceMatcher

from core.api import N_, _, format_date
from plugins.websites.models import Revision
from plugins.websites.richtext import pictures_in, plain_text
from plugins.websites.views import ComparedField, Difference

MOST_BLOCKS = 1500
"""Blocks compared at most: the time grows with the square in the worst case."""
_TITLES = {
    "title": N_("Tiêu đề"),
    "summary": N_("Tóm tắt"),
    "body": N_("Nội dung"),
    "title_en": N_("Tiêu đề tiếng Anh"),
    "summary_en": N_("Tóm tắt tiếng Anh"),
    "body_en": N_("Nội dung tiếng Anh"),
    "symbol": N_("Số, ký hiệu"),
    "issued_on": N_("Ngày ban hành"),
    "issuer": N_("Cơ quan ban hành"),
}


def compare(old: Revision, new: Revision) -> tuple[ComparedField, ...]:
    """Return the fields that differ, in the order of the form."""
    found = []
    for name, title in _TITLES.items():
        before, after = _blocks(name, getattr(old, name)), _blocks(name, getattr(new, name))
        if before != after:
            found.append(ComparedField(title=_(title), rows=tuple(differences(before, after))))
    if pictures_in(old.body) != pictures_in(new.body) or old.cover_id != new.cover_id:
        rows = (Difference(kind="changed", old=_pictures(old), new=_pictures(new)),)
        found.append(ComparedField(title=_("Ảnh"), rows=rows))
    return tuple(found)


def differences(before: list[str], after: list[str]) -> list[Difference]:
    """Return blocks paired: same, changed, removed, added; long stretches of equal ones are shortened."""
    rows: list[Difference] = []
    matcher = SequenceMatcher(None, before[:MOST_BLOCKS], after[:MOST_BLOCKS], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            rows += _equal(before[a:b])
            continue
        paired = min(b - a, d - c)
        rows += [Difference(kind="changed", old=before[a + n], new=after[c + n]) for n in range(paired)]
        rows += [Difference(kind="removed", old=text, new="") for text in before[a + paired : b]]
        rows += [Difference(kind="added", old="", new=text) for text in after[c + paired : d]]
    return rows


def _equal(blocks: list[str]) -> list[Difference]:
    if len(blocks) > 3:
        blocks = [blocks[0], "…", blocks[-1]]
    return [Difference(kind="same", old=text, new=text) for text in blocks]


def _blocks(name: str, value: object) -> list[str]:
    if name == "issued_on":
        return [format_date(value, year=True)] if value else []  # type: ignore[arg-type]
    text = plain_text(str(value)) if name.startswith("body") else str(value)
    return [line for line in text.splitlines() if line.strip()]


def _pictures(of: Revision) -> str:
    number = len(pictures_in(of.body))
    cover = _("có ảnh đại diện") if of.cover_id else _("không có ảnh đại diện")
    return _("{n} ảnh trong bài, {cover}", n=number, cover=cover)
