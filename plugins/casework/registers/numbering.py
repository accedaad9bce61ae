"""How a number of a register is written: `{số}/{ký hiệu}` and the like, in plain text that officers edit."""

import re
from dataclasses import dataclass

from core.api import _, fold

NUMBER, YEAR, SYMBOL = "so", "nam", "ky hieu"
"""The names between braces, as `fold` leaves them: with or without accents they are the same."""
MOST_DIGITS = 8
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A way to write numbers; short ones get zeros in front until they have `digits`."""

    text: str
    digits: int

    @property
    def needs_symbol(self) -> bool:
        """Whether each entry brings a symbol of its own, such as BC-UBND."""
        return SYMBOL in _places(self.text)

    @property
    def shown(self) -> str:
        """The same as officers write it, with accents."""
        names = {NUMBER: _("{số}"), YEAR: _("{năm}"), SYMBOL: _("{ký hiệu}")}
        return _PLACE.sub(lambda found: names[_name(found[1])], self.text)

    def written(self, number: int, year: int, symbol: str = "") -> str:
        """Return a number as documents bear it."""
        values = {NUMBER: f"{number:0{self.digits}d}", YEAR: str(year), SYMBOL: symbol}
        return _PLACE.sub(lambda found: values[_name(found[1])], self.text)


def problem_of(text: str) -> str:
    """Return why a format cannot be used, in words, or nothing."""
    places = _places(text)
    unknown = [found[1] for found in _PLACE.finditer(text) if _name(found[1]) not in (NUMBER, YEAR, SYMBOL)]
    if unknown:
        return _(
            "Không có “{name}”. Trong ngoặc nhọn chỉ ghi số, năm hoặc ký hiệu.", name="{" + unknown[0] + "}"
        )
    if places.count(NUMBER) != 1:
        return _("Phải có {place} đúng một lần, ở chỗ của số thứ tự.", place=_("{số}"))
    if re.search(r"[{}]", _PLACE.sub("", text)):
        return _("Thiếu một nửa ngoặc nhọn.")
    return ""


def _places(text: str) -> list[str]:
    return [_name(found[1]) for found in _PLACE.finditer(text)]


def _name(written: str) -> str:
    return " ".join(fold(written).replace("_", " ").split())
