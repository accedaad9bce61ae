"""Write a first description of a province from public data: its departments and all its communes.

Communes, their kinds and codes come from the package `vietnam-provinces`; departments are the usual
ones under the two-tier model in force since 01/7/2025. The file is a beginning that the province's IT
centre corrects: which departments there are, and every name of a person, is the province's to say.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from vietnam_provinces import Province, VietNamDivisionType, Ward

from core.text import fold, lower_first
from tenants.names import NameMaker, slug

SINCE = "2025-07-01"
NEAREST = 5
IT_CENTRE = "trung-tam-chuyen-doi-so"

# Codes of level 1 that the national list gives provinces; where it is not known here the column stays empty.
_NATIONAL = {1: "H26", 46: "H57", 48: "H17", 79: "H29"}
_COMMUNE_KINDS = {
    VietNamDivisionType.PHUONG: ("ward", "Phòng Kinh tế, Hạ tầng và Đô thị"),
    VietNamDivisionType.XA: ("commune", "Phòng Kinh tế"),
    VietNamDivisionType.DAC_KHU: ("special_zone", "Phòng Kinh tế"),
}
_DEPARTMENTS = (
    "Sở Nội vụ", "Sở Tư pháp", "Sở Tài chính", "Sở Công Thương", "Sở Nông nghiệp và Môi trường", "Sở Xây dựng",
    "Sở Khoa học và Công nghệ", "Sở Giáo dục và Đào tạo", "Sở Y tế",
)  # fmt: skip
_CULTURE = ("Sở Văn hoá, Thể thao và Du lịch",)
_CULTURE_APART = ("Sở Văn hoá và Thể thao", "Sở Du lịch")
_WITH_TOURISM = {1, 46, 79}
_FURTHER: dict[str, set[int]] = {
    "Sở Quy hoạch - Kiến trúc": {1, 79},
    "Sở An toàn thực phẩm": {79},
    "Sở Ngoại vụ": {1, 4, 11, 14, 15, 20, 22, 40, 44, 48, 66, 79, 91},
    "Sở Dân tộc và Tôn giáo": {
        4,
        8,
        11,
        12,
        14,
        15,
        19,
        20,
        25,
        38,
        40,
        44,
        51,
        52,
        56,
        66,
        68,
        75,
        79,
        86,
        91,
        92,
        96,
    },
}


# Names that people still say, by the province of today: those merged on 01/7/2025, older ones, and short ones.
_SAID: dict[int, str] = {
    1: "Hà Tây", 8: "Hà Giang", 15: "Yên Bái", 19: "Bắc Kạn, Bắc Cạn", 24: "Bắc Giang", 25: "Vĩnh Phúc, Hoà Bình",
    31: "Hải Dương", 33: "Thái Bình", 37: "Hà Nam, Nam Định", 44: "Quảng Bình", 46: "Thừa Thiên Huế",
    48: "Quảng Nam", 51: "Kon Tum", 52: "Bình Định", 56: "Ninh Thuận", 66: "Phú Yên", 68: "Đắk Nông, Đắc Nông, Bình Thuận",
    75: "Bình Phước", 79: "Bình Dương, Bà Rịa - Vũng Tàu, Sài Gòn, HCM, HCMC", 80: "Long An",
    82: "Tiền Giang", 86: "Bến Tre, Trà Vinh", 91: "Kiên Giang", 92: "Sóc Trăng, Hậu Giang", 96: "Bạc Liêu",
}  # fmt: skip


class UnknownProvince(Exception):
    """Raised for a name that is no province; `near` holds the names nearest to it, or all where none comes near."""

    def __init__(self, name: str, near: list[str]) -> None:
        super().__init__(name)
        self.near = near

    @property
    def hint(self) -> tuple[str, str]:
        """What to write instead, in both languages."""
        names = ", ".join(self.near)
        if len(self.near) > NEAREST:
            return f"Chọn một trong: {names}.", f"Choose one of: {names}."
        return f"Có phải: {names}?", f"Did you mean: {names}?"


@dataclass(frozen=True, slots=True)
class _Agency:
    code: str
    name: str
    short_name: str
    kind: str
    parent: str
    units: tuple[tuple[str, str], ...]
    administrative: str = ""
    head: str = "Chánh Văn phòng"


def find_province(name: str) -> Province:
    """Return one of the provinces by name or code, with or without accents and "tỉnh", "thành phố".

    Raises UnknownProvince.
    """
    by_name = {_bare(each.name): each for each in Province.iter_all()}
    by_name |= {f"{each.code.value:02}": each for each in by_name.values()}
    if found := by_name.get(_bare(name)):
        return found
    said = [number for number, names in _SAID.items() if _bare(name) in map(_bare, names.split(", "))]
    near = [f"{number:02}" for number in said] or get_close_matches(_bare(name), by_name, n=NEAREST)
    raise UnknownProvince(name, list(dict.fromkeys(by_name[each].name for each in near or by_name)))


def _bare(name: str) -> str:
    return re.sub(r"^(thanh pho|tinh|tp\.?)\s*", "", re.sub(r"[\s_-]+", " ", fold(name))).strip()


def describe_province(province: Province) -> str:
    """Return the description of a province as YAML."""
    agencies = list(_agencies(province))
    national = _NATIONAL.get(province.code.value, "")
    # The people are invented, so no mail to them may reach anybody (RFC 2606).
    domain = f"{province.codename.replace('_', '-')}.example"
    make = NameMaker(province.codename)
    tables: dict[str, list[dict[str, str]]] = {"agencies": [], "units": [], "people": [], "posts": []}
    for agency, number in zip(agencies, _numbers(agencies), strict=True):
        tables["agencies"].append(
            {
                "code": agency.code, "name": agency.name, "short_name": agency.short_name, "kind": agency.kind,
                "parent": agency.parent, "national_code": f"{national}{number}" if national else "",
                "administrative_code": agency.administrative, "valid_from": SINCE,
            }
        )  # fmt: skip
        tables["units"] += [
            {"agency": agency.code, "code": code, "name": name} for code, name in agency.units
        ]
        full_name = make.full_name()
        username = make.username(full_name)
        tables["people"].append(
            {"username": username, "full_name": full_name, "email": f"{username}@{domain}"}
        )
        tables["posts"].append(
            {
                "person": username, "agency": agency.code, "unit": "van-phong", "position": agency.head,
                "roles": "tenants.admin", "valid_from": SINCE,
            }
        )  # fmt: skip
    return _yaml(province, tables)


def _agencies(province: Province) -> Iterator[_Agency]:
    place = province.name if "Thành phố" in province.name else f"Tỉnh {province.name}"
    place = lower_first(place)
    top = "ubnd-" + slug(province.division_type.value.removesuffix(" trung ương"))
    office = (
        ("lanh-dao", "Lãnh đạo"),
        ("van-phong", "Văn phòng"),
        ("ke-hoach-tai-chinh", "Phòng Kế hoạch - Tài chính"),
    )
    yield _Agency(
        top,
        f"Uỷ ban nhân dân {place}",
        f"UBND {place}",
        "province",
        "",
        office[:2],
        f"{province.code.value:02}",
    )
    offices = {
        "van-phong-ubnd": ("Văn phòng Uỷ ban nhân dân", "Văn phòng UBND"),
        "van-phong-doan-dbqh-va-hdnd": (
            "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân", "Văn phòng Đoàn ĐBQH và HĐND",
        ),
    }  # fmt: skip
    for code, (name, short_name) in offices.items():
        yield _Agency(code, f"{name} {place}", f"{short_name} {place}", "department", top, office)
    number = province.code.value
    culture = _CULTURE_APART if number in _WITH_TOURISM else _CULTURE
    further = tuple(name for name, provinces in _FURTHER.items() if number in provinces)
    for name in (*_DEPARTMENTS, *culture, *further):
        yield _Agency(slug(name), f"{name} {place}", name, "department", top, office)
    yield _Agency("thanh-tra", f"Thanh tra {place}", f"Thanh tra {place}", "department", top, office)
    board = "Ban Quản lý khu kinh tế, công nghiệp"
    yield _Agency("ban-quan-ly-khu-kinh-te", f"{board} {place}", board, "department", top, office)
    for code, name, parent in (
        ("trung-tam-phuc-vu-hanh-chinh-cong", "Trung tâm Phục vụ hành chính công", "van-phong-ubnd"),
        (IT_CENTRE, "Trung tâm Chuyển đổi số", "so-khoa-hoc-va-cong-nghe"),
    ):
        head = "Trưởng phòng Hành chính"
        yield _Agency(code, f"{name} {place}", name, "department_unit", parent, office[:2], head=head)
    wards = sorted(Ward.iter_by_province(province.code), key=lambda each: each.code.value)
    slugs = Counter(slug(each.name) for each in wards)
    for ward in wards:
        # Xã Văn Lang and Xã Văn Lăng lie in one province: the administrative code tells them apart.
        suffix = f"-{ward.code.value:05}" if slugs[slug(ward.name)] > 1 else ""
        yield _commune(ward, slug(ward.name) + suffix, top)


def _commune(ward: Ward, code: str, top: str) -> _Agency:
    kind, economy = _COMMUNE_KINDS[ward.division_type]
    place = lower_first(ward.name)
    units = (
        ("lanh-dao", "Lãnh đạo"), ("van-phong", "Văn phòng HĐND và UBND"), ("kinh-te", economy),
        ("van-hoa-xa-hoi", "Phòng Văn hoá - Xã hội"), ("hanh-chinh-cong", "Trung tâm Phục vụ hành chính công"),
    )  # fmt: skip
    return _Agency(
        code, f"Uỷ ban nhân dân {place}", f"UBND {place}", kind, top, units, f"{ward.code.value:05}"
    )


def _numbers(agencies: Iterable[_Agency]) -> Iterator[str]:
    """Yield what follows the province's code: nothing, then .01… for departments, .31… for communes."""
    departments, communes = 0, 30
    for agency in agencies:
        if not agency.parent:
            yield ""
        elif agency.kind in ("ward", "commune", "special_zone"):
            communes += 1
            yield f".{communes}"
        else:
            departments += 1
            yield f".{departments:02}"


def _yaml(province: Province, tables: dict[str, list[dict[str, str]]]) -> str:
    lines = [
        f"# {province.name}: {len(tables['agencies'])} cơ quan, đơn vị theo mô hình hai cấp từ 01/7/2025.",
        "# Bản khởi đầu: mã định danh đánh theo thứ tự và tên người là ví dụ. Hãy sửa theo quyết định của tỉnh,",
        "# xem trước bằng `lienthong provision plan`, rồi áp dụng bằng `lienthong provision apply`; chạy lại bao",
        "# nhiêu lần cũng ra một kết quả. Ô trống nghĩa là không nêu, không phải xoá.",
    ]
    for table, rows in tables.items():
        lines += ["", f"{table}:"]
        lines += [
            f"  - {{{', '.join(f'{key}: {_scalar(value)}' for key, value in row.items() if value)}}}"
            for row in rows
        ]
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    plain = re.fullmatch(r"\w(?:[\w .–@/-]*\w)?", text) and not re.fullmatch(r"[\d.]+", text)
    return text if plain else json.dumps(text, ensure_ascii=False)
