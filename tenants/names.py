"""Names as people type them: cleaned, and made into stable codes and user names."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from random import Random

from core.i18n import N_, _
from core.settings import installed_settings
from core.text import fold, tidy_text

_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0x00AD])
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

_TONES = frozenset("\u0300\u0309\u0303\u0301\u0323")

_CITY, _PROVINCE = N_("thành phố"), N_("tỉnh")


def clean(text: str) -> str:
    """Return text in NFC without invisible characters and double spaces."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_INVISIBLE)).split())


def control_character(text: str) -> re.Match[str] | None:
    """Return the first character that controls instead of writing: no database, page or log takes it well."""
    return _CONTROL.search(text)


def shown(text: str) -> str:
    """Return text with a visible sign in place of every character that controls."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def province() -> str:
    """Return what the province of this installation is within a sentence: a city run by the centre, or a province."""
    return _(_CITY) if fold(installed_settings().province_name).startswith("thanh pho") else _(_PROVINCE)


def slug(text: str) -> str:
    """Return a stable code made of a name: `Sở Y tế` becomes `so-y-te`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


@lru_cache(maxsize=8192)
def _keys(text: str) -> tuple[str, str]:
    """Return a name without its tones and marks, and with them, however it is typed: Hoà is Hòa and not Hoa."""
    words = []
    for word in unicodedata.normalize("NFD", tidy_text(text).casefold()).split():
        tones = sorted(char for char in word if char in _TONES)
        words.append("".join(char for char in word if char not in _TONES) + "".join(tones))
    return fold(text), " ".join(words)


class TakenNames:
    """Names of agencies, to tell of a new one whose it is already.

    A name must differ from all others without its tones and marks, too. Two communes of one province may differ
    by them alone (Xã Văn Lang, Xã Văn Lăng): there the State's own code of each tells them apart.
    """

    def __init__(self) -> None:
        self._names: dict[str, list[tuple[str, str, str]]] = {}

    def add(self, text: str, code: str, owner: str) -> None:
        """Note a name, the administrative code of the agency that bears it, and what to call that agency."""
        plain, spelled = _keys(text)
        self._names.setdefault(plain, []).append((spelled, code, owner))

    def owner(self, text: str, code: str, besides: str = "") -> str:
        """Return which agency, `besides` left aside, one of this name and code would be taken for; empty when none."""
        plain, spelled = _keys(text)
        found = self._names.get(plain, ())
        return next(
            (
                owner
                for other, theirs, owner in found
                if owner != besides and (other == spelled or not (code and theirs and code != theirs))
            ),
            "",
        )


def username_of(full_name: str) -> str:
    """Return given name and initials, as offices write them: Phạm Ngọc Anh becomes `anhpn`."""
    words = [re.sub(r"[^a-z0-9]", "", word) for word in fold(full_name).split()]
    return words[-1] + "".join(word[:1] for word in words[:-1])


_FAMILIES = ("Nguyễn",) * 8 + ("Trần",) * 4 + ("Lê",) * 4 + ("Phạm", "Hoàng", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ") * 2 + (
    "Ngô", "Dương", "Lý", "Đinh", "Trương", "Huỳnh", "Mai", "Đoàn", "Cao", "Hà", "Lương", "Tạ",
)  # fmt: skip
_MEN = (
    ("Văn", "Hữu", "Quang", "Minh", "Đình", "Xuân", "Quốc", "Thanh", "Đức", "Công", "Bá", "Ngọc"),
    ("Anh", "Bình", "Cường", "Dũng", "Đạt", "Hải", "Hùng", "Huy", "Khánh", "Khoa", "Long", "Minh", "Nam", "Phong",
     "Phúc", "Quân", "Sơn", "Thắng", "Thành", "Tuấn", "Trung", "Tùng", "Việt", "Vinh"),
)  # fmt: skip
_WOMEN = (
    ("Thị", "Thị Thu", "Thị Minh", "Thị Thanh", "Ngọc", "Thuỳ", "Mỹ", "Hoàng", "Thị Kim", "Diệu", "Phương", "Bảo"),
    ("An", "Châu", "Dung", "Hà", "Hằng", "Hạnh", "Hiền", "Hoa", "Hương", "Lan", "Linh", "Loan", "Mai", "Nga", "Ngân",
     "Nhung", "Oanh", "Phương", "Quyên", "Thảo", "Thuỷ", "Trang", "Vân", "Yến"),
)  # fmt: skip


class NameMaker:
    """Makes believable names and free user names; the same seed makes the same ones."""

    def __init__(self, seed: str, taken: Iterable[str] = ()) -> None:
        self.random = Random(seed)  # noqa: S311 - sample data
        self._taken = set(taken)

    def full_name(self) -> str:
        """Return a full name."""
        middles, given = self.random.choice((_MEN, _WOMEN))
        return " ".join(map(self.random.choice, (_FAMILIES, middles, given)))

    def username(self, full_name: str) -> str:
        """Return a user name nobody has yet, numbered like offices do: `anhpn`, `anhpn2`."""
        name = base = username_of(full_name)
        number = 1
        while name in self._taken:
            number += 1
            name = f"{base}{number}"
        self._taken.add(name)
        return name
