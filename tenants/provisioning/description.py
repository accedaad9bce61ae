"""What a provisioning file says, whether it is YAML or Excel: five tables of rows with their lines."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from core.i18n import N_, SOURCE, current_locale, gettext
from core.text import fold
from tenants.models import KINDS
from tenants.names import clean, control_character, shown

Raw = str | list[str]
"""A cell as the file holds it: text, or a list of texts in YAML."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a table, a column or a kind is called where the file is written, in the reader's language when shown.

    YAML has keys, workbooks Vietnamese titles; who reads English writes the keys there, which are read as well.
    """

    key: str
    title: str
    keyed: bool = False
    written: str = ""
    """As this very file has it."""

    def __str__(self) -> str:
        if self.written or self.keyed:
            return self.written or self.key
        return self.title if current_locale() == SOURCE else self.key.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Listed:
    """Several of them in a sentence."""

    names: tuple[Called, ...]

    def __str__(self) -> str:
        return ", ".join(f"“{name}”" for name in self.names)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place of the file, and what to do about it."""

    message: str
    """A Vietnamese sentence with {fields}, translated when shown."""
    sheet: str = ""
    line: int = 0
    """The line of the file, or the row of the sheet; 0 means the file as a whole."""
    fields: Mapping[str, object] = field(default_factory=dict)
    near: object = ""
    """A known name close to the one that is not known: a text, or what the file calls it."""
    cause: tuple[str, int] | None = None
    """The sheet and the line of the row that this one only follows: mend that row, and both are well."""

    def __post_init__(self) -> None:
        # The words of the file are stored with the run and printed to terminals.
        safe = {key: shown(value) if isinstance(value, str) else value for key, value in self.fields.items()}
        object.__setattr__(self, "fields", safe)

    @property
    def text(self) -> str:
        text = gettext(self.message, **self.fields)
        return text + " " + gettext("Có phải “{near}”?", near=self.near) if self.near else text


class Unreadable(Exception):
    """Raised when a file cannot be read at all; `problem` says why."""

    def __init__(self, message: str, *, line: int = 0, sheet: str = "", **fields: object) -> None:
        self.problem = Problem(message, sheet, line, fields)
        super().__init__(self.problem.text)


@dataclass(frozen=True, slots=True)
class AgencyRow:
    line: int
    code: str
    name: str
    short_name: str = ""
    kind: str = ""
    parent: str = ""
    national_code: str = ""
    administrative_code: str = ""
    old_codes: tuple[str, ...] = ()
    valid_from: date | None = None
    decision: str = ""
    address: str = ""
    phone: str = ""

    def identifiers(self) -> dict[str, Any]:
        """Return the identifiers the file states, in the shape of `TenantVersion.identifiers`."""
        stated = {
            "national": self.national_code,
            "administrative": self.administrative_code,
            "old": list(self.old_codes),
        }
        return {key: value for key, value in stated.items() if value}


@dataclass(frozen=True, slots=True)
class UnitRow:
    line: int
    agency: str
    code: str
    name: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    line: int
    username: str
    full_name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class PostRow:
    line: int
    person: str
    agency: str
    unit: str
    position: str
    roles: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    decision: str = ""


@dataclass(frozen=True, slots=True)
class ModuleRow:
    line: int
    agency: str
    module: str
    state: bool


@dataclass(slots=True)
class Description:
    """The rows of a file, and the problems of those that could not be understood whole."""

    agencies: list[AgencyRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)
    posts: list[PostRow] = field(default_factory=list)
    modules: list[ModuleRow] = field(default_factory=list)
    sheets: set[str] = field(default_factory=set)
    """The tables the file has; what it leaves out is not compared."""
    problems: list[Problem] = field(default_factory=list)
    keyed: bool = False
    """Whether tables and columns are called by their keys, as in YAML."""
    heads: dict[tuple[str, str], str] = field(default_factory=dict)
    """What the columns (table, column) are called in this file."""
    unread: set[tuple[str, int, str]] = field(default_factory=set)
    """(table, line, column) of cells that could not be read. Their rows stand here all the same, with nothing
    in that place, so that one run finds what is wrong with their other cells; none of them is applied."""

    def add(self, sheet: "Sheet", line: int, values: Mapping[str, Raw], spoilt: Collection[str] = ()) -> None:
        """Take one row in and note what is wrong with it; of the `spoilt` columns that was said already."""
        parsed: dict[str, Any] = {"line": line}
        for column in sheet.columns:
            if column.key in spoilt:
                self._leave_blank(sheet, line, column, parsed)
                continue
            try:
                value = column.read(values.get(column.key, ""))
            except BadCell as bad:
                near = bad.fields.pop("near", "")
                fields = {
                    "column": self.called(sheet.key, column.key),
                    "value": str(values[column.key])[:60] if column.key in values else "",
                    "choices": Listed(tuple(Called(*each, self.keyed) for each in column.choices.items())),
                    **bad.fields,
                }
                meant = Called(str(near), column.choices[str(near)], self.keyed) if near else ""
                self.problems.append(Problem(bad.message, sheet.key, line, fields, near=meant))
                self._leave_blank(sheet, line, column, parsed)
            else:
                if value is not None:
                    parsed[column.key] = value
        getattr(self, sheet.key).append(sheet.row(**parsed))

    def _leave_blank(self, sheet: "Sheet", line: int, column: "Column", parsed: dict[str, Any]) -> None:
        self.unread.add((sheet.key, line, column.key))
        if column.required:
            parsed[column.key] = ""

    def called(self, sheet: str, column: str = "") -> Called:
        """Return what to call a table, or a column of it, in a message about this file."""
        table = next(each for each in SHEETS if each.key == sheet)
        if not column:
            return Called(table.key, table.title, self.keyed)
        title = next(each.title for each in table.columns if each.key == column)
        return Called(column, title, self.keyed, self.heads.get((sheet, column), ""))

    @property
    def tables(self) -> Listed:
        """What the tables of a description are called."""
        return Listed(tuple(self.called(sheet.key) for sheet in SHEETS))

    def column_key(self, sheet: "Sheet", head: str) -> str | None:
        """Return the key of a head, and remember how it is written here."""
        key = sheet.column_key(head)
        if key:
            self.heads.setdefault((sheet.key, key), clean(shown(head))[:60])
        return key

    def unknown_head(self, sheet: "Sheet", head: str, line: int) -> Problem:
        """Return the problem of a head that is no column, with the nearest one."""
        names = {_plain(name): name for each in sheet.columns for name in (each.title, each.key)}
        if near := get_close_matches(_plain(head), names, n=1, cutoff=0.5):
            message = N_("Không có cột “{head}”.")
            return Problem(message, sheet.key, line, {"head": head[:60]}, near=names[near[0]])
        message = N_("Không có cột “{head}” ở bảng này. Hãy bỏ cột, hoặc đặt tên cột như trong tệp mẫu.")
        return Problem(message, sheet.key, line, {"head": head[:60]})

    @property
    def lines(self) -> int:
        """How many rows the file has, sound or not."""
        return sum(len(getattr(self, sheet.key)) for sheet in SHEETS)


class BadCell(Exception):
    """Raised by a column that cannot read a value."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, its Vietnamese head, and how a cell is read."""

    key: str
    title: str
    parse: Callable[[Raw], Any]
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    """Key → Vietnamese title of what may stand there, for columns that take nothing else."""

    def read(self, raw: Raw) -> Any:
        """Return what a cell says, None for an empty one.

        Raises BadCell, also for an empty one where something must stand.
        """
        if found := next(filter(None, (control_character(clean(text)) for text in _texts(raw))), None):
            raise BadCell(
                N_("“{column}” có ký tự điều khiển {character}. Hãy xoá ký tự đó, hoặc gõ lại ô này."),
                character=f"U+{ord(found[0]):04X}",
            )
        if raw and (isinstance(raw, list) or clean(raw)):
            return self.parse(raw)
        if self.required:
            raise BadCell(N_("Thiếu “{column}”. Hãy điền vào dòng này."))
        return None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its key, its Vietnamese name, the row it makes and its columns."""

    key: str
    title: str
    row: type
    columns: tuple[Column, ...]

    def column_key(self, head: str) -> str | None:
        """Return the key for a column head in either language, however it is accented or spaced."""
        wanted = _plain(head)
        return next(
            (each.key for each in self.columns if wanted in (_plain(each.key), _plain(each.title))), None
        )


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", fold(text)).strip()


MAX_FILE_MB = 20


def too_heavy(size: int) -> Unreadable:
    """Return the error of a file above the limit."""
    return Unreadable(
        N_("Tệp nặng {size} MB, quá giới hạn {limit} MB. Hãy chia thành nhiều tệp, mỗi tệp một phần cơ quan."),
        size=round(size / 1_000_000), limit=MAX_FILE_MB,
    )  # fmt: skip


# ---- how cells are read --------------------------------------------------------------------------


def _texts(raw: Raw) -> list[str]:
    return raw if isinstance(raw, list) else [raw]


def _text(limit: int) -> Callable[[Raw], str]:
    def parse(raw: Raw) -> str:
        if isinstance(raw, list):
            raise BadCell(N_("“{column}” chỉ nhận một giá trị, không nhận danh sách."))
        text = clean(raw)
        if len(text) > limit:
            raise BadCell(N_("“{column}” dài quá {limit} ký tự. Hãy rút gọn."), limit=limit)
        return text

    return parse


def _pattern(expression: str, message: str, limit: int = 120) -> Callable[[Raw], str]:
    matches, read = re.compile(expression), _text(limit)

    def parse(raw: Raw) -> str:
        text = read(raw)
        if not matches.fullmatch(text):
            raise BadCell(message)
        return text

    return parse


def _list_of(one: Callable[[Raw], str]) -> Callable[[Raw], tuple[str, ...]]:
    def parse(raw: Raw) -> tuple[str, ...]:
        parts = raw if isinstance(raw, list) else re.split(r"[,;\n]", raw)
        return tuple(dict.fromkeys(one(part) for part in parts if clean(part)))

    return parse


def parse_day(raw: Raw) -> date:
    """Read `2025-07-01`, `01/7/2025` or `1.7.2025`.

    Raises BadCell for anything else, and for days that do not exist.
    """
    text = _text(40)(raw)
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?", text)
    local = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text)
    found = iso or local
    parts = map(int, found.groups() if iso else reversed(found.groups())) if found else ()
    try:
        day = date(*parts)
    except (TypeError, ValueError):
        message = N_("“{value}” không phải một ngày có thật. Hãy viết ngày/tháng/năm, ví dụ 01/7/2025.")
        raise BadCell(message) from None
    if not 1900 <= day.year <= 2200:
        raise BadCell(N_("Năm trong “{value}” không hợp lý. Hãy xem lại."))
    return day


def _kind(raw: Raw) -> str:
    wanted = _plain(_text(80)(raw))
    names = {_plain(name): key for key, title in KINDS.items() for name in (gettext(title), title, key)}
    if wanted in names:
        return names[wanted]
    if near := get_close_matches(wanted, names, n=1, cutoff=0.6):
        raise BadCell(N_("Không có loại cơ quan “{value}”."), near=names[near[0]])
    raise BadCell(N_("Không có loại cơ quan “{value}”. Các loại: {choices}."))


_STATES = {"bat": True, "on": True, "true": True, "yes": True, "co": True, "1": True,
           "tat": False, "off": False, "false": False, "no": False, "khong": False, "0": False}  # fmt: skip


def _state(raw: Raw) -> bool:
    state = _STATES.get(_plain(_text(20)(raw)))
    if state is None:
        raise BadCell(N_("“{value}” không phải trạng thái. Hãy viết bật hoặc tắt."))
    return state


CODE = r"[a-z0-9]+(-[a-z0-9]+)*"
_code = _pattern(
    CODE,
    N_("“{value}” không dùng làm mã được: chỉ gồm chữ thường không dấu, số và dấu -, ví dụ so-y-te."),
    63,
)
_username = _pattern(
    r"[a-z0-9][a-z0-9._-]{1,62}",
    N_(
        "“{value}” không dùng làm tên đăng nhập được: chỉ gồm chữ thường không dấu, số và . _ -, ít nhất 2 ký tự."
    ),
    63,
)
_address = _pattern(
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    N_("“{value}” không phải địa chỉ thư điện tử. Hãy viết không dấu, ví dụ anhpn@hue.gov.vn."),
    200,
)


def _email(raw: Raw) -> str:
    return _address(raw).lower()


_national = _pattern(
    r"[0-9A-Z]+(\.[0-9A-Z]+)*",
    N_("“{value}” không phải mã định danh: chỉ gồm chữ hoa, số và dấu chấm, ví dụ H57.31."),
    35,
)
_administrative = _pattern(
    r"\d{2}|\d{5}",
    N_(
        "“{value}” không phải mã đơn vị hành chính: tỉnh có 2 chữ số, xã có 5. Nếu mất số 0 ở đầu, hãy định dạng ô là Văn bản."
    ),
    5,
)
_role = _pattern(
    r"[a-z][a-z0-9_]*\.[a-z0-9_-]+", N_("“{value}” không phải mã vai trò, ví dụ tenants.admin."), 80
)
_module = _pattern(r"[a-z][a-z0-9_]{1,39}", N_("“{value}” không phải mã phân hệ."), 40)

SHEETS: tuple[Sheet, ...] = (
    Sheet("agencies", "Cơ quan", AgencyRow, (
        Column("code", "Mã cơ quan", _code, required=True),
        Column("name", "Tên cơ quan", _text(300), required=True),
        Column("short_name", "Tên gọn", _text(120)),
        Column("kind", "Loại", _kind, choices=KINDS),
        Column("parent", "Cơ quan cấp trên", _code),
        Column("national_code", "Mã định danh", _national),
        Column("administrative_code", "Mã hành chính", _administrative),
        Column("old_codes", "Mã cũ", _list_of(_text(35))),
        Column("valid_from", "Hiệu lực từ", parse_day),
        Column("decision", "Quyết định", _text(200)),
        Column("address", "Địa chỉ", _text(300)),
        Column("phone", "Điện thoại", _text(40)),
    )),
    Sheet("units", "Phòng ban", UnitRow, (
        Column("agency", "Mã cơ quan", _code, required=True),
        Column("code", "Mã phòng", _code, required=True),
        Column("name", "Tên phòng", _text(200), required=True),
        Column("parent", "Phòng cấp trên", _code),
    )),
    Sheet("people", "Con người", PersonRow, (
        Column("username", "Tên đăng nhập", _username, required=True),
        Column("full_name", "Họ và tên", _text(120), required=True),
        Column("email", "Thư điện tử", _email),
    )),
    Sheet("posts", "Vị trí", PostRow, (
        Column("person", "Tên đăng nhập", _username, required=True),
        Column("agency", "Mã cơ quan", _code, required=True),
        Column("unit", "Mã phòng", _code, required=True),
        Column("position", "Chức danh", _text(200), required=True),
        Column("roles", "Vai trò", _list_of(_role)),
        Column("valid_from", "Từ ngày", parse_day),
        Column("valid_to", "Đến ngày", parse_day),
        Column("decision", "Quyết định", _text(200)),
    )),
    Sheet("modules", "Phân hệ", ModuleRow, (
        Column("agency", "Mã cơ quan", _code, required=True),
        Column("module", "Mã phân hệ", _module, required=True),
        Column("state", "Trạng thái", _state, required=True),
    )),
)  # fmt: skip
"""The tables of a description, in the order they depend on each other."""


def sheet_named(name: str) -> Sheet | None:
    """Return the table of a name in either language."""
    wanted = _plain(name)
    return next((each for each in SHEETS if wanted in (_plain(each.key), _plain(each.title))), None)
