"""Read a description from YAML or Excel without trusting the file.

The file is the work of many hands and may be broken or hostile: size is checked before it is opened,
YAML is read as a stream of events (no aliases, no nesting beyond what a table needs), a workbook's
unpacked size is checked before it is unpacked, and formulas are refused instead of evaluated.
"""

import errno
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import yaml

from core.i18n import N_
from tenants.names import clean, shown
from tenants.provisioning.description import (
    MAX_FILE_MB,
    Description,
    Listed,
    Problem,
    Raw,
    Sheet,
    Unreadable,
    sheet_named,
    too_heavy,
)

MAX_UNPACKED_MB = 200
MAX_ROWS = 200_000
MAX_COLUMNS = 40
MAX_PROBLEMS = 1_000
MAX_NAMES, MAX_NAME = 12, 60

NO_TABLE = N_("Tệp này không phải Excel (.xlsx) cũng không phải YAML. Hãy chọn lại tệp.")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
"""What YAML does not allow in a file; written as an escape it reaches the cell and is refused there."""
_NO_YAML = N_(
    "Không đúng cú pháp YAML. Xem lại dấu cách đầu dòng, dấu hai chấm và ngoặc ở dòng này và dòng trên."
)
_SYNTAX = {
    "mapping values are not allowed": N_("Không đúng cú pháp YAML: dấu hai chấm ở chỗ không được có. Giá trị có dấu hai chấm thì đặt trong nháy; đầu dòng phải thẳng hàng."),
    "expected ',' or": N_("Không đúng cú pháp YAML: thiếu dấu phẩy hoặc dấu đóng ngoặc ở dòng này hoặc dòng trên."),
    "expected ':'": N_("Không đúng cú pháp YAML: sau tên cột phải có dấu hai chấm và một dấu cách."),
    "expected '-' indicator": N_("Không đúng cú pháp YAML: mỗi mục mở đầu bằng “- ”, thẳng hàng với mục trên. Xem lại dấu cách đầu dòng."),
    "expected key": N_("Không đúng cú pháp YAML: chỗ này phải là tên cột hoặc tên bảng. Xem lại dấu cách đầu dòng."),
    "unexpected end of stream": N_("Không đúng cú pháp YAML: có dấu nháy mở mà không đóng."),
    "cannot start any token": N_("Không đúng cú pháp YAML: giá trị không được mở đầu bằng ký tự ở đây. Hãy đặt giá trị trong nháy."),
}  # fmt: skip
"""What the parser says, in English alone, and what we say instead."""
_TABBED = re.compile(r" *\t\s*\S")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_description(path: Path) -> Description:
    """Read a file; what is wrong with single rows is in `problems` of the result.

    Raises Unreadable when the file as a whole cannot be used.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_MB * 1_000_000:
            raise too_heavy(size)
        if size == 0:
            raise Unreadable(N_("Tệp trống. Hãy kiểm tra đã lưu tệp chưa."))
        with path.open("rb") as file:
            start = file.read(8)
            file.seek(0)
            if start.startswith(b"PK") or path.suffix.lower() in {".xlsx", ".xlsm"}:
                description = _read_workbook(file)
            elif start.startswith(b"\xd0\xcf\x11\xe0"):
                raise Unreadable(
                    N_(
                        "Đây là tệp Excel đời cũ (.xls) hoặc có mật khẩu. Hãy lưu lại thành .xlsx, bỏ mật khẩu."
                    )
                )
            else:
                description = _read_yaml(_decode(file.read()))
    except OSError as error:
        raise _not_opened(error) from error
    if not description.sheets and not description.problems:
        raise Unreadable(
            N_("Tệp không có bảng nào. Cần ít nhất một trong: {sheets}."), sheets=description.tables
        )
    return description


def _not_opened(error: OSError) -> Unreadable:
    """Say why in the reader's language: the system's own words are English."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Unreadable(N_("Không có tệp này. Hãy xem lại đường dẫn."))
    if isinstance(error, IsADirectoryError):
        return Unreadable(N_("Đây là thư mục. Hãy chọn tệp ở trong đó."))
    if isinstance(error, PermissionError):
        return Unreadable(N_("Tài khoản đang chạy lệnh không được đọc tệp này."))
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return Unreadable(N_("Không đọc được tệp; hệ điều hành báo {code}."), code=code)


def _listed(names: Iterable[str]) -> str:
    """Return names of the file's own in quotes, as many and as long as a message bears."""
    found = [clean(shown(name))[:MAX_NAME] for name in names]
    quoted = [f"“{name}”" for name in found if name]
    return ", ".join(quoted[:MAX_NAMES]) + (", …" if len(quoted) > MAX_NAMES else "")


# ---- text ----------------------------------------------------------------------------------------


def _decode(content: bytes) -> str:
    start = content[:1000]
    # In UTF-16 every other byte of Latin letters is zero; anything else with zeros is no text at all.
    zeros = sorted((start[::2].count(0), start[1::2].count(0)))
    if start.count(0) and zeros[0] * 10 > zeros[1]:
        raise Unreadable(NO_TABLE)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or zeros[1] * 4 > len(start):
        raise Unreadable(N_("Tệp lưu ở bảng mã UTF-16. Hãy lưu lại ở UTF-8 (Save as → Encoding → UTF-8)."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Old Vietnamese encodings put a letter on a control character here and there; programs do everywhere.
        if sum(byte < 32 and byte not in b"\t\n\r" for byte in start) * 50 > len(start):
            raise Unreadable(NO_TABLE) from error
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            N_("Dòng này không phải UTF-8; tệp có vẻ lưu ở {guess}. Hãy lưu lại ở UTF-8 (Save as → Encoding → UTF-8)."),
            line=line, guess=_guess(content),
        ) from error  # fmt: skip
    if found := _UNREADABLE.search(text):
        before = text[: found.start()]
        raise Unreadable(
            N_("Ký tự thứ {position} của dòng này là ký tự điều khiển {character}. Hãy xoá ký tự đó."),
            line=before.count("\n") + 1, position=found.start() - before.rfind("\n"), character=f"U+{ord(found[0]):04X}",
        )  # fmt: skip
    return text


def _guess(content: bytes) -> str:
    """Name the likely old encoding: Windows-1258 writes tones as letters of their own."""
    tones = sum(content.count(bytes([byte])) for byte in (0xCC, 0xD2, 0xDE, 0xEC, 0xF2))
    return "Windows-1258" if tones else "TCVN3, VNI, Windows-1252"


# ---- YAML ----------------------------------------------------------------------------------------


def _read_yaml(text: str) -> Description:
    description = Description(keyed=True)
    try:
        events = yaml.parse(text, Loader=_Loader)
        for name, line, rows in _tables(events):
            sheet = sheet_named(name)
            if sheet is None:
                description.problems.append(
                    Problem(
                        N_("Không có bảng “{name}”. Các bảng: {sheets}."),
                        "",
                        line,
                        {"name": name[:60], "sheets": description.tables},
                    )
                )
            elif sheet.key in description.sheets:
                description.problems.append(
                    Problem(N_("Bảng “{name}” có hai lần. Hãy gộp làm một."), sheet.key, line, {"name": name})
                )
            if sheet is None or sheet.key in description.sheets:
                for _ in rows:  # the stream goes on behind this table
                    pass
                continue
            description.sheets.add(sheet.key)
            for row_line, values in rows:
                _take_yaml_row(description, sheet, row_line, values)
    except (yaml.YAMLError, RecursionError) as error:
        if tabbed := next((n for n, line in enumerate(text.split("\n"), 1) if _TABBED.match(line)), 0):
            raise Unreadable(
                N_("Đầu dòng này có dấu tab, mà YAML không nhận. Hãy dùng dấu cách, không dùng tab."),
                line=tabbed,
            ) from error
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or ""
        message = next((text for words, text in _SYNTAX.items() if words in problem), _NO_YAML)
        raise Unreadable(message, line=mark.line + 1 if mark else 0) from error
    return description


def _take_yaml_row(description: Description, sheet: Sheet, line: int, values: Mapping[str, Raw]) -> None:
    mapped: dict[str, Raw] = {}
    for head, value in values.items():
        key = description.column_key(sheet, head)
        if key is None:
            _note(description, description.unknown_head(sheet, head, line))
        else:
            mapped[key] = value
    description.add(sheet, line, mapped)
    _limit(description, line)


def _tables(events: Iterator[Any]) -> Iterator[tuple[str, int, Iterator[tuple[int, dict[str, Raw]]]]]:
    """Yield each top-level table as (name, line, rows); the shape is fixed, so is the depth."""
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            break
        if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            raise _shape(event)
    for event in events:
        if isinstance(event, yaml.MappingEndEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
            break
        name, line = _scalar(event), event.start_mark.line + 1
        following = next(events)
        if isinstance(following, yaml.ScalarEvent) and not following.value:
            yield name, line, iter(())
        elif isinstance(following, yaml.SequenceStartEvent) and not following.anchor:
            yield name, line, _rows(events)
        else:
            raise _shape(following)
    for event in events:
        if not isinstance(event, yaml.DocumentEndEvent | yaml.StreamEndEvent):
            raise Unreadable(
                N_("Tệp có nhiều tài liệu YAML. Hãy bỏ dấu --- ở giữa."), line=event.start_mark.line + 1
            )


def _rows(events: Iterator[Any]) -> Iterator[tuple[int, dict[str, Raw]]]:
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            return
        line = event.start_mark.line + 1
        if not isinstance(event, yaml.MappingStartEvent) or event.anchor:
            raise _shape(event)
        yield line, _row(events)


def _row(events: Iterator[Any]) -> dict[str, Raw]:
    values: dict[str, Raw] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        head = _scalar(event)
        if head in values:
            raise Unreadable(
                N_("“{head}” có hai lần trong một mục."), line=event.start_mark.line + 1, head=head[:60]
            )
        values[head] = _value(events)
    return values


def _value(events: Iterator[Any]) -> Raw:
    event = next(events)
    if not isinstance(event, yaml.SequenceStartEvent) or event.anchor:
        return _scalar(event)
    items: list[str] = []
    for item in events:
        if isinstance(item, yaml.SequenceEndEvent):
            break
        items.append(_scalar(item))
    return items


def _scalar(event: Any) -> str:
    if not isinstance(event, yaml.ScalarEvent) or event.anchor:
        raise _shape(event)
    plain_null = event.style is None and event.value in ("~", "null")
    return "" if plain_null else event.value


def _shape(event: Any) -> Unreadable:
    line = event.start_mark.line + 1
    if getattr(event, "anchor", None):
        return Unreadable(N_("Không dùng neo và bí danh của YAML (& và *). Hãy viết giá trị ra."), line=line)
    return Unreadable(
        N_("Tệp phải là các bảng ({sheets}), mỗi bảng là danh sách các dòng “- cột: giá trị”."),
        line=line, sheets=Description(keyed=True).tables,
    )  # fmt: skip


# ---- Excel ---------------------------------------------------------------------------------------


def _read_workbook(file: BinaryIO) -> Description:
    # PERF: a fifth of a second at the start of every process, for a page that is used once a year.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    description = Description()
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked > MAX_UNPACKED_MB * 1_000_000:
            raise Unreadable(
                N_("Tệp Excel bung ra quá {limit} MB. Hãy xoá các cột, hàng và hình thừa rồi lưu lại."),
                limit=MAX_UNPACKED_MB,
            )
        file.seek(0)
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        ParseError,
        NotImplementedError,
    ) as error:
        raise Unreadable(
            N_("Đây không phải tệp Excel .xlsx đọc được. Hãy mở bằng Excel rồi lưu lại thành .xlsx.")
        ) from error
    names: list[str] = []
    try:
        for worksheet in workbook.worksheets:
            names.append(worksheet.title)
            sheet = sheet_named(worksheet.title)
            if sheet is None:
                # Offices keep notes and code lists on further sheets.
                continue
            description.sheets.add(sheet.key)
            worksheet.reset_dimensions()
            _read_worksheet(description, sheet, worksheet.iter_rows(max_col=MAX_COLUMNS))
    except (zipfile.BadZipFile, KeyError, ValueError, ParseError) as error:
        raise Unreadable(N_("Tệp Excel bị hỏng giữa chừng. Hãy mở bằng Excel rồi lưu lại.")) from error
    finally:
        workbook.close()
    if not description.sheets:
        raise Unreadable(
            N_("Không trang tính nào mang tên cần có. Tệp có: {found}. Cần ít nhất một trong: {sheets}. Hãy đổi tên trang tính."),
            found=_listed(names), sheets=description.tables,
        )  # fmt: skip
    return description


def _read_worksheet(description: Description, sheet: Sheet, rows: Iterator[tuple[Any, ...]]) -> None:
    keys: list[str | None] = []
    for number, cells in enumerate(rows, 1):
        if not any(cell.value not in (None, "") for cell in cells):
            continue
        if not keys:
            keys = _heads(description, sheet, number, cells)
            if not any(keys):
                return
            continue
        missing = {each.key for each in sheet.columns if each.required} - set(keys)
        spoilt = {key for key, cell in zip(keys, cells, strict=False) if key and cell.data_type in ("f", "e")}
        for cell in cells:
            if problem := _cell_problem(sheet, number, cell):
                _note(description, problem)
        values: dict[str, Raw] = {
            key: _cell_text(cell.value)
            for key, cell in zip(keys, cells, strict=False)
            if key and key not in spoilt
        }
        # A cell or a column that was told of already is not missing as well.
        description.add(sheet, number, values, missing | spoilt)
        _limit(description, number)


def _cell_problem(sheet: Sheet, number: int, cell: Any) -> Problem | None:
    """Return what is wrong with a cell that holds no value of its own."""
    if cell.data_type == "f":
        message = N_("Ô {cell} là công thức. Hãy dán giá trị (Paste special → Values) thay cho công thức.")
        return Problem(message, sheet.key, number, {"cell": cell.coordinate})
    if cell.data_type == "e":
        message = N_("Ô {cell} báo lỗi {value}. Hãy sửa ô này.")
        return Problem(message, sheet.key, number, {"cell": cell.coordinate, "value": str(cell.value)})
    return None


def _heads(description: Description, sheet: Sheet, number: int, cells: tuple[Any, ...]) -> list[str | None]:
    keys: list[str | None] = []
    for cell in cells:
        head = _cell_text(cell.value)
        key = description.column_key(sheet, head) if head else None
        if head and key is None:
            _note(description, description.unknown_head(sheet, head, number))
        elif key in keys and key:
            _note(
                description,
                Problem(N_("Cột “{head}” có hai lần. Hãy bỏ một cột."), sheet.key, number, {"head": head}),
            )
        keys.append(key)
    missing = tuple(
        description.called(sheet.key, each.key)
        for each in sheet.columns
        if each.required and each.key not in keys
    )
    if missing:
        _note(description, Problem(
            N_("Thiếu cột: {columns}. Hàng tiêu đề có: {found}. Hãy thêm cột thiếu vào hàng tiêu đề."),
            sheet.key, number,
            {"columns": Listed(missing), "found": _listed(_cell_text(cell.value) for cell in cells)},
        ))  # fmt: skip
    return keys


def _cell_text(value: object) -> str:
    from openpyxl.utils.escape import unescape

    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unescape(str(value))  # Excel keeps characters that XML cannot hold as _x0007_


def _note(description: Description, problem: Problem) -> None:
    description.problems.append(problem)
    _stop_at_too_many(description)


def _limit(description: Description, line: int) -> None:
    if len(description.people) + len(description.posts) + len(description.units) > MAX_ROWS:
        raise Unreadable(
            N_("Tệp có hơn {limit} dòng. Hãy chia thành nhiều tệp."),
            line=line,
            limit=f"{MAX_ROWS:,}".replace(",", "."),
        )
    _stop_at_too_many(description)


def _stop_at_too_many(description: Description) -> None:
    if len(description.problems) > MAX_PROBLEMS:
        raise Unreadable(
            N_("Tệp có hơn {limit} lỗi. Đây có lẽ không phải tệp mô tả cơ quan."), limit=MAX_PROBLEMS
        )
