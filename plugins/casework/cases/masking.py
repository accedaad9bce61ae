"""Find in a text what may tell who somebody is, so that it can be hidden before others read it.

The checker proposes and never decides: names of streets are found where a house number stands before them, names
of people where a word before them tells that a person follows (ông, bà, cháu, bác sĩ …) or they are the asker's own. A given name alone counts where it
is spoken of so and is that of somebody whose whole name is known: "ông Bình" may as well be a bridge.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from core.api import fold

UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_OFFICE = r"(?!(?i:chủ|phó|trưởng|bí|giám|tổ|phường|xã|thôn|đại|cán|trạm|hội|uỷ|ủy|thành|bác)\b)"
WORD = rf"(?:[{UPPER}][^\W\d_]?['’][^\W\d_]+|(?:Ê-|[{UPPER}]-{_OFFICE}[{UPPER}])[^\W\d_]+|[{UPPER}][^\W\d_]*)"
"""A word of a name, also as O'Brien, H'Hen, A-Rất, Ê-nuôl are written; after Nguyễn Văn A-Chủ tịch no name goes on."""
HIDDEN = {
    "email": "[thư điện tử]",
    "account": "[số tài khoản]",
    "id_number": "[số giấy tờ]",
    "phone": "[số điện thoại]",
    "profile": "[trang cá nhân]",
    "plate": "[biển số xe]",
    "birth": "[ngày sinh]",
    "address": "[địa chỉ]",
    "name": "[họ tên]",
}
"""What stands in the place of each kind, in the language of the text around it; it says itself what was hidden."""
_GAP = r"[ .\-]?"
_STREET = r"(?i:đường|phố|ngõ|ngách|hẻm|kiệt|tổ|thôn|ấp|xóm|khu phố)"
_IN_STREET = rf"[ ,]+{_STREET} +(?:{WORD}|\d+)(?: {WORD})*"
_NO_ALLEY = "".join(
    rf"(?<![{each[0]}{each[0].upper()}]{each[1:]} )" for each in ("kiệt", "ngõ", "ngách", "hẻm", "tổ", "phố")
)
"""Where many live: kiệt 119 đường Điện Biên Phủ is a place, not somebody's address."""
_NUMBER = r"\d{1,5}[A-Z]?(?:/\d{1,5}[A-Z]?){0,4}"
_NO_STREET = r"(?!(?i:phường|xã|thị|quận|huyện|thành|tỉnh|tổ|khu|ngày|tháng|năm|người|hộ|luật|nghị)\b)"
_NAMED = rf"{_NO_STREET}{WORD}(?: {WORD}){{1,3}}"
_LIVES = r"(?i:ở|tại|nhà|trú|ngụ)"
_SPOKEN = r"ông|bà|anh|chị|cô|chú|bác|em"
_KIN = (
    r"thầy|thầy giáo|cô giáo|bác sĩ|y tá|cháu|con|con gái|con trai|cha|bố|mẹ|vợ|chồng|em gái|em trai|anh trai|chị gái"
    r"|hàng xóm|(?<!mang )(?<!đặt )(?<!đổi )(?:họ )?tên|họ và tên|tôi là|người (?:viết|gửi|hỏi)"
)
_CALLED = rf"(?i:{_SPOKEN}|{_KIN})(?i: tôi| em| của tôi)?(?i: là| tên| tên là)?:? "
_ALLEY = r"(?i:kiệt|ngõ|ngách|hẻm)"
_STAYS = r"(?:sống|trú|ngụ|cư trú|thường trú|tạm trú)"
_DWELLS = rf"(?i:(?:hiện|đang|vẫn|hay|mới) ){{0,2}}(?i:{_STAYS} (?:ở|tại)|{_STAYS}|ở|tại)(?i: tại| trong| số| nhà){{0,2}} "
_HOME = rf"\b(?i:nhà|gia đình|(?<!bà )con|cháu|tôi|em|mẹ|má|cha|bố|ba|vợ|chồng|{_SPOKEN})(?i: tôi| em| mình| của tôi)?(?i: là| tên| tên là)?(?: {WORD}){{0,5}}(?:, \d{{1,3}} tuổi)?(?:,? | ?\(){_DWELLS}"
"""Somebody, and that they live where the next words say; many live in an alley, so its number alone tells of nobody."""
_NOBODY = r"(?!(?:Việt Nam|Rịa)\b)"
"""Mẹ Việt Nam anh hùng, Bà Rịa: names no person has."""
_PUBLIC = ""
"""What looks like personal data and is none: its place is taken, so that nothing else is seen in it."""
_PATTERNS = (
    (_PUBLIC, r"(?<![\w.])(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.[0-9A-Z]{1,5}){0,5}-\d{6}-\d{4,6}(?!\w)"),  # the code of a dossier
    ("email", r"[\w.+\-]{1,64}(?:@| ?[\[(](?i:at|a còng)[\])] ?)[\w\-]+(?:(?:\.| ?[\[(](?i:dot|chấm)[\])] ?)[\w\-]+)+"),
    ("profile", r"\b(?i:(?:www\.|m\.)?(?:facebook\.com|fb\.com|fb\.me|zalo\.me|tiktok\.com|instagram\.com)/(?!groups/|watch|share|events/|hashtag|reel))(?:profile\.php\?id=\d{5,20}|@?\w[\w.\-]{0,78}\w)"),
    ("id_number", r"(?i:hộ chiếu|passport)[^\n]{0,20}?\b(?P<it>[A-Z]\d{7,8})\b"),
    ("id_number", r"(?i:sổ đỏ|sổ hồng|giấy chứng nhận|GCN)[^\d\n]{0,60}?\b(?P<it>[A-Z]{2} ?\d{6,8})\b"),
    ("id_number", rf"(?i:BHXH|bảo hiểm xã hội|BHYT|bảo hiểm y tế|mã số thuế|MST)[^\d\n]{{0,25}}?(?P<it>(?:[A-Z]{{2}}{_GAP})?\d(?:{_GAP}\d){{8,14}})"),
    ("account", rf"(?i:số tài khoản|tài khoản|stk|account)[^\d\n]{{0,25}}(?P<it>\d(?:{_GAP}\d){{5,18}})"),
    (_PUBLIC, rf"(?<![\w.,])1[89]00(?:{_GAP}\d){{4}}(?:(?:{_GAP}\d){{2}})?(?![ .,\-]?\d)"),  # a hotline
    ("account", rf"(?<![\w.,])\d(?:{_GAP}\d){{12,18}}(?![.,]?\d)"),
    ("id_number", rf"(?<![\d.,])\d(?:{_GAP}\d){{11}}(?![.,]?\d)"),
    ("phone", rf"(?<!\d)(?<!\d[.,])(?:\(0\d{{2,4}}\)|(?:(?:\(\+84\)|\+84)(?:{_GAP}\(0\))?|0){_GAP}\d{{2}})(?:[ .\-)]{{0,3}}\d){{6,8}}(?!\d)"),
    ("phone", r"(?<![\d.,])84[35789]\d{8}(?!\d)"),
    ("plate", r"\b\d{2}[A-Z][A-Z\d]?[ .\-]{0,3}\d{3}\.?\d{1,2}\b"),
    ("birth", r"(?i:sinh ngày|ngày sinh|sinh năm|năm sinh)[ :]{1,3}(?P<it>\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}|(?:19|20)\d\d)\b"),
    ("id_number", r"(?<![\d.,])\d{3}[ .]?\d{3}[ .]?\d{3}(?![.,]?\d)(?! ?(?:đồng|đ\b|VND|triệu|tỷ|tỉ|m2|m²))"),
    ("address", rf"(?i:số nhà|nhà số|địa chỉ)[ :]+(?P<it>\d+\w?(?:/\d+\w?)*(?:{_IN_STREET})*)"),
    ("address", rf"{_NO_ALLEY}\b(?:[Ss]ố )?{_NUMBER}(?:{_IN_STREET})+"),
    ("address", rf"\b{_LIVES}(?i: ở| tại| số| nhà| tôi){{0,3}} (?P<it>{_NUMBER} {_NAMED})"),
    ("address", rf"(?:{_HOME}|\b(?i:sống|trú|ngụ) (?i:(?:ở|tại) )?)(?P<it>{_ALLEY} {_NUMBER}(?: {_NAMED})?(?:{_IN_STREET})*)"),
    ("address", rf"\b{_ALLEY} \d{{1,4}}(?:/\d{{1,4}}){{1,3}}[A-Z]?(?i: đường| phố)?(?: {_NAMED})?"),
    ("address", rf"\b{_LIVES}(?i: ở| tại| số| nhà| tôi){{0,3}} (?P<it>(?i:thôn|xóm|ấp|bản|buôn|tổ|tổ dân phố) (?:{WORD}|\d+)(?: {WORD}){{0,3}})"),
    ("address", r"\b(?i:căn hộ)(?i: số)? (?P<it>[A-Z]?\d[\w.\-]{0,6}(?i:,? (?:tầng|tòa|toà|nhà|chung cư) \w+)*)"),
    ("name", rf"\b[Tt]ôi, (?P<it>{WORD}(?: {WORD}){{1,4}}),"),
    ("name", rf"\b{_CALLED}(?P<it>{_NOBODY}{WORD}(?: {WORD}){{1,4}})"),
)  # fmt: skip
_END = "o tai hien dang song tru ngu cu xin muon hoi la sinh nha co so dia va cho nho gui can lam tuoi kinh thuong de nay bi nam dan cua"
_LOWER = (
    ("name", (rf"\b(?:(?:toi|em|chau|minh) ten(?: la)?|ten (?:toi|em|chau) la|(?:toi|em|chau) la(?= (?:nguyen|tran|pham|huynh) )) "
    r"(?P<it>(?:nguyen|tran|le|pham|hoang|huynh|phan|vu|vo|dang|bui|do|ho|ngo|duong|ly|truong|dinh|doan|luong|mai|cao|ton|ha|ta)"
    rf"(?: (?!(?:{_END.replace(' ', '|')})\b)[^\W\d_]{{1,7}}\b){{1,3}})")),
    ("address", r"\b(?:o|tai|nha|tru|ngu)(?: o| tai| nha| toi){0,3} (?P<it>(?:thon|xom|to dan pho) \d{1,3})\b"),
)  # fmt: skip
"""As people type who leave out marks and capitals; looked for in the plain text."""
_GIVEN = re.compile(
    rf"(?:(?<!\w)(?P<before>\w{{1,20}}) )?\b(?i:{_SPOKEN}|bạn|cụ) (?P<it>{WORD})\b(?! [{UPPER}])"
)
_NO_PERSON = frozenset((
    "ấp", "bàu", "bến", "cảng", "cầu", "chợ", "cồn", "cống", "dốc", "đảo", "đầm", "đập", "đèo", "đền", "đình",
    "đồi", "đồng", "đường", "ghềnh", "hẻm", "hồ", "hòn", "hói", "kênh", "khe", "kiệt", "lạch", "làng", "lăng", "miếu",
    "mũi", "mương", "ngã", "ngõ", "núi", "phá", "phố", "rạch", "sông", "suối", "thôn", "xóm",
))  # fmt: skip
"""Words before an honorific that make it the name of a place: cầu Ông Bình, chợ Bà Hoa."""
_SAME = str.maketrans("’‘ʼ´`‐‑–", "'''''---")
"""Signs that one writes for another in a name."""
_WORD_SIGN = re.compile(r"\w")
_REST = re.compile(
    rf"(?:\s*(?:[,(–-]\s*)?(?i:phường|xã|thị trấn|thị xã|quận|huyện|thành phố|tp\.?|tỉnh|đặc khu|tổ dân phố)\s+(?:\d+|{WORD}(?: {WORD})*)\)?)+"
)
"""How an address goes on after the street."""
PLACE = re.compile(
    r"(?i)\s*(?:phường|p\.|xã|đặc khu|thị trấn|thị xã|quận|huyện|thành phố|tp\.?|tỉnh)\s*"
    r"(?!.*(?:đường|phố |kiệt|ngõ|hẻm))(?:\d{1,2}|[^\W\d_][^\d/]*)$"
)
"""A piece of an address that names where many live."""
_NUMBERED = re.compile(rf"^({_NUMBER}) (?!(?i:đường|phố)\b)")
"""The number before a street, where most leave out that it is one."""
_FIRST: tuple[tuple[str, re.Pattern[str]], ...] = tuple((kind, re.compile(it)) for kind, it in _PATTERNS)
_SECOND = tuple((kind, re.compile(it)) for kind, it in _LOWER)


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text, and what it seems to be."""

    start: int
    end: int
    kind: str
    text: str


def proposals(text: str, *, known: Iterable[str] = ()) -> list[Found]:
    """Return what in a text may be personal, in its order and without overlaps.

    `known` are values of the asker, `Known` where their kind is, and names that texts beside this one hold.
    """
    found: list[Found] = []
    known = list(known)
    looked = _plain(text)
    same = text.translate(_SAME)
    for where, patterns in ((text, _FIRST), (looked, _SECOND)):
        for kind, pattern in patterns:
            for match in pattern.finditer(same if kind == "name" and where is text else where):
                start, end = match.span("it" if "it" in pattern.groupindex else 0)
                _add(found, Found(start, end, kind, text[start:end]))
    for kind, value in _own(known):
        for first, last in _places(looked, value):
            over = [each for each in found if first < each.end and each.start < last]
            # What is known is hidden whole, also where a part of it was guessed.
            if all(each.kind for each in over):
                over.append(Found(first, last, kind, ""))
                longest = max(over, key=lambda each: each.end - each.start)
                start, end = min(each.start for each in over), max(each.end for each in over)
                found = [each for each in found if each not in over]
                found.append(Found(start, end, longest.kind, text[start:end]))
    for one in _given_names(text, (*known, *(each.text for each in found if each.kind == "name"))):
        _add(found, one)
    return sorted((each for each in found if each.kind != _PUBLIC), key=lambda each: each.start)


class Known(str):
    """A value of somebody whose kind was told, as by the field it stood in: it is not guessed from the value."""

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, value: str, kind: str) -> Self:
        made = super().__new__(cls, value)
        made.kind = kind
        return made


def _kind_of(value: str) -> str:
    if isinstance(value, Known) and value.kind in HIDDEN:
        return value.kind
    if "@" in value:
        return "email"
    if not any(map(str.isalpha, value)):
        return "phone"
    return "address" if any(sign.isdigit() or sign == "," for sign in value) or PLACE.match(value) else "name"


def _own(known: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield what is known of somebody with its kind; of an address not the commune or ward, which says where help is needed."""
    for value in known:
        kind = _kind_of(value)
        for piece in value.split(",") if kind in ("name", "address") else [value]:
            if not PLACE.match(piece):
                yield kind, piece
                if kind == "address":
                    yield kind, _NUMBERED.sub(r"\1 đường ", piece.strip())


def names_in(*texts: str) -> list[str]:
    """Return the whole names that texts hold, for looking into the texts that go with them."""
    names = (each.text for text in texts for each in proposals(text) if each.kind == "name")
    return list(dict.fromkeys(name for name in names if " " in name))


def _given_names(text: str, names: Iterable[str]) -> Iterable[Found]:
    """Yield the given names, spoken of with respect, of people whose names are known, and any like K'Dung; not of places."""
    given = {
        _plain(name.split()[-1])
        for name in names
        if re.sub("[ '’-]", "", name).isalpha() and _kind_of(name) == "name"
    }
    for match in _GIVEN.finditer(text.translate(_SAME)):
        called = _plain(match["it"])
        if ("'" in called or called in given) and (match["before"] or "").lower() not in _NO_PERSON:
            yield Found(*match.span("it"), "name", text[slice(*match.span("it"))])


def without_homes(text: str, address: str = "") -> str:
    """Return a text without where people live, ward and town included; `address` is the asker's."""
    for each in reversed(proposals(text, known=[Known(address, "address")])):
        if each.kind == "address":
            rest = _REST.match(text, each.end)
            text = f"{text[: each.start]}…{text[rest.end() if rest else each.end :]}"
    return text


def _add(found: list[Found], one: Found) -> None:
    if all(one.end <= each.start or one.start >= each.end for each in found):
        found.append(one)


def _places(looked: str, value: str) -> Iterable[tuple[int, int]]:
    """Yield where a value stands as whole words in a plain text, with or without its marks."""
    sought = _plain(value.strip())
    if len(sought) < 4:
        return
    at = looked.find(sought)
    while at >= 0:
        end = at + len(sought)
        if not _WORD_SIGN.match(looked[at - 1 : at]) and not _WORD_SIGN.match(looked[end : end + 1]):
            yield at, end
        at = looked.find(sought, at + 1)


def _plain(text: str) -> str:
    """Return a text as it is compared: sign by sign, so that every place in it is the same place in the text."""
    return "".join(map(_plain_sign, text))


@lru_cache(4096)
def _plain_sign(sign: str) -> str:
    return (fold(sign)[:1] or sign).translate(_SAME)


def masked(text: str, *, known: Iterable[str] = (), leave: Collection[str] = ()) -> str:
    """Return a text with every proposal in its place, but for those of the kinds to leave."""
    for each in reversed(proposals(text, known=known)):
        if each.kind not in leave:
            text = f"{text[: each.start]}{HIDDEN[each.kind]}{text[each.end :]}"
    return text
