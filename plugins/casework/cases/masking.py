"""Find in a text what may tell who somebody is, so that it can be hidden before others read it.

The checker proposes and never decides: names of streets are found where a house number stands before them, names
of people where a word before them tells that a person follows (ông, bà, cháu, bác sĩ …), where they are made as only names of people are
(Nguyễn Văn Bình, H'Hen Niê) and no street or school bears them, or where they are the asker's own. A given name alone counts where it is spoken of so
and is that of somebody whose whole name is known: "ông Bình" may as well be a bridge.
"""

import re
from bisect import bisect_left
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
_NO_BIRTH = "".join(
    rf"(?<!\b{each} )" for each in ("[Tt]uyển", "[Hh]ọc", "[Tt]hí", "[Pp]hát", "[Vv]ệ", "[Aa]n")
)
"""Before sinh: a word in which nobody is born, as tuyển sinh năm 2026."""
_NOBODY = r"(?!(?:Việt Nam|Rịa)\b)"
"""Mẹ Việt Nam anh hùng, Bà Rịa: names no person has."""
_FAMILIES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Trương|Đinh|Đoàn|Lương|Mai|Cao|Hà|Tạ|Lâm|Trịnh|Đào|Phùng|Châu|Tô"
    "|Thái|Quách|Kiều|Tống|Nghiêm|Triệu|Vương|Thân|Lưu|Hứa|Tăng|Mạc|La|Lại|Đàm|Doãn|Tôn|Chu|Khổng|Văn|Bạch|Ninh"
)
FAMILIES = frozenset(fold(_FAMILIES).split("|"))
"""Family names of the Kinh, plain: who bears one says it first and is called by the last word."""
_SMALL = rf"[^\W\d_{UPPER}]"
_ALIKE = r"(?!hoá|hóa|phòng|bản|thư|học|nghệ|chính|minh|bằng|trường|trấn|xã|tứ|sát|giác|phần)"
"""What follows in văn hoá, thị trường: no given name."""
_GOES_ON = "ở|tại|hiện|đang|sống|trú|ngụ|cư|xin|muốn|hỏi|là|sinh|nhà|có|số|địa|và|cho|nhờ|gửi|cần|làm|tuổi|kính|thường|để|này|bị|năm|dân|của|đã|không|chưa|với|được|phải|ra|vào|đi|lại|trả"
_WHOLE = (
    rf"(?:(?:{_FAMILIES}|{_FAMILIES.upper()})(?: {WORD})? (?:Văn|Thị|VĂN|THỊ)|(?:Tôn|TÔN) (?:Thất|Nữ|THẤT|NỮ))(?: {WORD}){{1,3}}"
    rf"|(?:(?:{_FAMILIES.lower()}) (?:văn|thị)|(?:nguyen|tran|pham|huynh) (?:van|thi)) {_ALIKE}{_SMALL}{{1,7}}\b"
    rf"(?: (?!(?:{_GOES_ON}|{fold(_GOES_ON)})\b){_SMALL}{{1,7}}\b)?"
)
"""Names that are made as only names of people are: with Văn or Thị after that of a family."""
_BEARERS = (
    "đường|phố|ngõ|hẻm|kiệt|ngách|phường|xã|quận|huyện|khu|khu đô thị|cầu|chợ|công viên|trường|tiểu học|trung học|đại học|mầm non|mẫu giáo|phổ thông"
    "|cao đẳng|cơ sở|nội trú|chuyên|THPT|THCS|nhà thiếu nhi|ký túc xá|kí túc xá|(?<!viên )(?<!trưởng )(?<!bộ )trạm y tế|khu tái định cư|viện|chùa|đền|lăng|tượng đài|văn hoá|văn hóa|dự án|tuyến|đoạn|ngã ba|ngã tư|nút giao|giao lộ|bến xe|chung cư"
    "|ở|tại|trên|dọc|mang tên|đặt tên|đổi tên|duong|truong|cau"
)
"""What is called after people: the name that follows is that of a place."""
_SEVERAL = r"(?:các|những|mấy|nhiều|hai|ba|bốn|\d{1,2})(?: tuyến| con)? (?:đường|phố|trường|cầu|chợ|phường|xã|ngã ba|ngã tư)"
_PLACE_NAME = rf"(?:{WORD}|\d{{1,4}})(?: (?:{WORD}|\d{{1,4}})){{0,5}}"
_BORNE = (
    rf"(?i:{_SEVERAL}):? {_PLACE_NAME}(?:(?:,|;| và| -)(?i: đường| phố| trường)? {_PLACE_NAME})*"
    rf"|(?i:{_BEARERS})(?i: (?:và )?(?:{_BEARERS})| số \d{{1,2}}){{0,4}} (?:{_PLACE_NAME}(?:(?i: và| -| giao| giao với| đến| tới| nối| cắt)(?i: đường| phố)? {_PLACE_NAME})*|{_WHOLE})"
)
_VILLAGES = r"(?<!trưởng )(?<!phó )(?:thôn|xóm|ấp|làng|buôn|bon|plei|(?<!văn )bản|thị trấn|tỉnh|sông|suối|đèo|núi|thác|ea|ia|đắk|đăk|krông|chư)"
_HIGHLAND = (
    r"(?<![\w/-])(?<!\w')(?:[HKY]'(?!(?i:h?mông|rê|roi|ho|nia)\b)[^\W\d_]{2,}"
    rf"|[AKY]-{_OFFICE}(?!(?i:lưới|roàng|ngo|đớt|dược|học|tế|pop|di|rập|tầng|phòng|khu|nhà|đường|giáo|kế|công|nhân)\b|[A-Z]+\b)[{UPPER}][^\W\d_]+)"
)
"""H'Hen, Y'Blăm, A-Rất: no common word is made so, but peoples (H'Mông), plants and communes are."""
_OF_HIGHLANDS = rf"(?:(?:{_FAMILIES}|{_FAMILIES.upper()}|Niê|Ksor|Kpă|Siu|Nay|Rơ {WORD})(?i: văn| thị)? ){{0,2}}{_HIGHLAND}(?: {WORD}){{0,3}}"
_OFFICER = (
    r"(?i:(?:phó |tổ |đội |nhóm |hiệu )?trưởng|(?:tổ |đội |hiệu )?phó|chủ tịch|bí thư|cán bộ|công chức|công an|dân quân|nhân viên|chuyên viên|giám đốc|giáo viên"
    r"|giảng viên|kế toán|bảo vệ|y sĩ|y tá|điều dưỡng|bác sĩ|dược sĩ|thư ký|thủ quỹ|lái xe|tài xế|chủ (?:nhà|trọ|quán|hộ|thầu))"
    rf"(?: (?:{_SMALL}{{1,7}}|\d{{1,3}}|UBND|HĐND|TDP)){{0,5}}"
)
_NOT_BORNE = "".join(
    rf"(?<!\b{each} )" for each in ("đường", "phố", "trường", "THPT", "THCS", "học", "non", r"số \d", "viện", "cầu", "chợ", "ở", "tại", "trên", "án")
)  # fmt: skip
_NO_TOWN = r"(?!Hà (?:Nội|Tĩnh|Nam|Giang|Đông|Tiên)|Lâm Đồng|Cao Bằng|Thái (?:Nguyên|Bình|Lan)|Hồ Chí Minh|Châu (?:Đốc|Á|Âu))"
_NO_SCHOOL = rf"(?!(?:Trường|Trung|Trạm|Bệnh|Phòng|Khoa|Sở|Mầm|Mẫu|Tiểu|Đại|Cao|Toán|Văn|Ngữ|Tiếng|Thể|Việt|Nội|Ngoại|Nhi|Sản|Răng|Tai|Mắt)\b|[{UPPER}]{{2}})"
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
    ("birth", rf"\b{_NO_BIRTH}(?i:sinh ngày|ngày sinh|sinh năm|năm sinh|ngày tháng năm sinh|sinh|SN)[ :]{{1,3}}(?P<it>\d{{1,2}}(?:[/.\-]| tháng )\d{{1,2}}(?:[/.\-]| năm )(?:\d{{4}}|\d\d)|(?:19|20)\d\d)\b"),
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
    ("name", rf"\b(?:(?i:{_SPOKEN}|thầy|đồng chí) {_OFFICER}|(?i:giáo viên)) {_NOT_BORNE}(?P<it>{_NO_TOWN}(?:{_FAMILIES})(?: {WORD}){{1,4}})"),
    ("name", rf"\b(?i:cô giáo|thầy giáo|giáo viên|bác sĩ|y tá) (?P<it>{_NO_SCHOOL}{WORD})\b(?! [{UPPER}])"),
    ("name", rf"\b(?i:(?:tôi|em|cháu|mình) tên(?: là)?|tên (?:tôi|em|cháu|mình) là):? (?P<it>{WORD})\b(?! [{UPPER}])"),
    ("name", rf"\b(?:{_BORNE}|(?:(?i:{_VILLAGES})|hồ) {_HIGHLAND}|(?P<it>{_WHOLE}|{_OF_HIGHLANDS}))"),
)  # fmt: skip
_LOWER = (
    ("name", (rf"\b(?:(?:toi|em|chau|minh) ten(?: la)?|ten (?:toi|em|chau) la|(?:toi|em|chau) la(?= (?:nguyen|tran|pham|huynh) )) "
    r"(?P<it>(?:nguyen|tran|le|pham|hoang|huynh|phan|vu|vo|dang|bui|do|ho|ngo|duong|ly|truong|dinh|doan|luong|mai|cao|ton|ha|ta)"
    rf"(?: (?!(?:{fold(_GOES_ON)})\b)[^\W\d_]{{1,7}}\b){{1,3}})")),
    ("address", r"\b(?:o|tai|nha|tru|ngu)(?: o| tai| nha| toi){0,3} (?P<it>(?:thon|xom|to dan pho) \d{1,3})\b"),
)  # fmt: skip
"""As people type who leave out marks and capitals; looked for in the plain text."""
_GIVEN = (
    re.compile(
        rf"(?:(?<!\w)(?P<before>\w{{1,20}}) )?\b(?:(?P<spoken>(?i:{_SPOKEN}|bạn|cụ))|(?i:{_KIN}|tôi))(?i: tôi| em| của tôi)?(?i: là| tên| tên là)?,?:?"
        rf"(?: {_OFFICER})? {_NOT_BORNE}(?P<it>{WORD})\b(?! [{UPPER}])"
    ),
    re.compile(rf"(?m)(?:^|[.!?,;:]) *(?P<it>{WORD})[ .!]*$"),
    re.compile(r"(?i)\b(?:tôi|toi|em|cháu|chau|mình|minh) (?:tên|ten)(?: là| la)? (?P<it>[^\W\d_]+)"),
)
"""Where a given name stands alone: spoken of with respect, below a text, and after tôi tên."""
_NO_PERSON = frozenset((
    "ấp", "bàu", "bến", "cảng", "cầu", "chợ", "cồn", "cống", "dốc", "đảo", "đầm", "đập", "đèo", "đền", "đình",
    "đồi", "đồng", "đường", "ghềnh", "hẻm", "hồ", "hòn", "hói", "kênh", "khe", "kiệt", "lạch", "làng", "lăng", "miếu",
    "mũi", "mương", "ngã", "ngõ", "núi", "phá", "phố", "rạch", "sông", "suối", "thôn", "xóm",
))  # fmt: skip
"""Words before an honorific that make it the name of a place: cầu Ông Bình, chợ Bà Hoa."""
_PLACED = re.compile(rf"\b(?:(?i:{_BEARERS}|{_VILLAGES}|{'|'.join(sorted(_NO_PERSON))})|{_FAMILIES}) $")
"""What stands before the last words of a name where they are not somebody's: phường Mỹ Hạnh, (đường) Phạm Văn Đồng."""
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
                if start >= 0:
                    _add(found, Found(start, end, kind, text[start:end]))
    own = list(_own(known))
    for kind, value in own:
        for first, last in _places(looked, value):
            over = [each for each in found if first < each.end and each.start < last]
            # What is known is hidden whole, also where a part of it was guessed.
            if all(each.kind for each in over):
                over.append(Found(first, last, kind, ""))
                longest = max(over, key=lambda each: each.end - each.start)
                start, end = min(each.start for each in over), max(each.end for each in over)
                found = [each for each in found if each not in over]
                _add(found, Found(start, end, longest.kind, text[start:end]))
    said = [(each.kind, each.text) for each in found]
    names = {value for kind, value in (*own, *said) if kind == "name"}
    for one in _parts_of_names(text, looked, names):
        _add(found, one)
    return [each for each in found if each.kind != _PUBLIC]


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


def _parts_of_names(text: str, looked: str, names: Iterable[str]) -> Iterable[Found]:
    """Yield what stands for people whose names are known: H'Hen, "Mỹ Hạnh", and a given name where it is spoken of so; not places."""
    given: set[str] = set()
    anywhere: set[str] = set()
    for name in names:
        words = re.split(r"[\s-]+", name.translate(_SAME).strip())
        if not "".join(words).replace("'", "").isalpha():
            continue
        kinh = fold(words[0]) in FAMILIES
        given.update(map(_plain, words[-1:] if kinh else (each for each in words if len(each) > 1)))
        anywhere.update(each for each in words if "'" in each)
        if len(words) > 2 and (kinh or len(words[0]) == 1):
            anywhere.add(" ".join(words[-2:] if kinh else words[:2]))
    same = text.translate(_SAME)
    for value in anywhere:
        for start, end in _places(looked, value):
            written = "'" in value or all(each[:1].isupper() for each in re.split("[ -]", same[start:end]))
            if written and not _PLACED.search(same, max(0, start - 20), start):
                yield Found(start, end, "name", text[start:end])
    for pattern in _GIVEN:
        for match in pattern.finditer(same):
            called, around = _plain(match["it"]), {"before": "", "spoken": "", **match.groupdict("")}
            known = called in given or ("'" in called and around["spoken"])
            if known and around["before"].lower() not in _NO_PERSON:
                yield Found(*match.span("it"), "name", text[slice(*match.span("it"))])


def without_homes(text: str, address: str = "") -> str:
    """Return a text without where people live, ward and town included; `address` is the asker's."""
    for each in reversed(proposals(text, known=[Known(address, "address")])):
        if each.kind == "address":
            rest = _REST.match(text, each.end)
            text = f"{text[: each.start]}…{text[rest.end() if rest else each.end :]}"
    return text


def _add(found: list[Found], one: Found) -> None:
    """Enter one in its order, unless what was found before takes its place."""
    at = bisect_left(found, one.start, key=lambda each: each.start)
    if (not at or found[at - 1].end <= one.start) and (at == len(found) or one.end <= found[at].start):
        found.insert(at, one)


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
    return (fold(sign)[:1] or sign).translate(_SAME).replace("-", " ")


def masked(text: str, *, known: Iterable[str] = (), leave: Collection[str] = ()) -> str:
    """Return a text with every proposal in its place, but for those of the kinds to leave."""
    for each in reversed(proposals(text, known=known)):
        if each.kind not in leave:
            text = f"{text[: each.start]}{HIDDEN[each.kind]}{text[each.end :]}"
    return text
