"""Files as people send them: what is read, and what is said of files that are broken or hostile."""

import io
import re
import unicodedata
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core.i18n import load_catalogues, reading_as
from tenants.provisioning import readers
from tenants.provisioning.description import SHEETS, Unreadable
from tenants.provisioning.readers import read_description

YAML = """
# mô tả
agencies:
  - {code: so-y-te, name: Sở Y tế, kind: Sở, ban, ngành}
"""
HEADS = {sheet.key: [column.title for column in sheet.columns] for sheet in SHEETS}


@pytest.fixture
def read(tmp_path):
    def of(content: str | bytes, name: str = "province.yaml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_description(path)

    return of


@pytest.fixture
def workbook(tmp_path):
    """Write sheets given as {name: rows} and read them."""

    def of(sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "province.xlsx"
        book.save(path)
        return read_description(path)

    return of


def refused(read, content, name="province.yaml") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(content, name)
    return caught.value


# -- what is read -----------------------------------------------------------------------------------------


def test_yaml_rows_know_their_lines(read):
    description = read(
        "agencies:\n  - code: so-y-te\n    name: Sở Y tế\n    valid_from: 1/7/2025\n    old_codes: [000.00.10.H57, H57.9]\n"
        "  - {mã cơ quan: so-noi-vu, tên cơ quan: Sở Nội vụ, kind: Sở — ban — ngành}\n"
    )
    first, second = description.agencies
    assert (first.line, first.valid_from, first.old_codes) == (
        2,
        date(2025, 7, 1),
        ("000.00.10.H57", "H57.9"),
    )
    assert (second.line, second.kind) == (6, "department")


def test_a_workbook_says_the_same_as_yaml(workbook, read):
    sheet = workbook(
        {
            "Cơ quan": [
                ["Mã cơ quan", "Tên cơ quan", "Loại", "Hiệu lực từ", "Mã hành chính"],
                ["so-y-te", "Sở  Y tế", "Phường", date(2025, 7, 1), "01864"],
            ],
            "posts": [
                ["person", "agency", "unit", "position", "roles"],
                ["anhpn", "so-y-te", "van-phong", "Chánh", "tenants.admin; a.b"],
            ],
            "Ghi chú": [["bất kỳ"], ["=1+1"]],
        }
    )
    yaml = read(
        "agencies:\n- {code: so-y-te, name: Sở Y tế, kind: ward, valid_from: 2025-07-01, administrative_code: '01864'}\n"
        "posts:\n- {person: anhpn, agency: so-y-te, unit: van-phong, position: Chánh, roles: [tenants.admin, a.b]}\n"
    )
    assert not sheet.problems
    assert [(r.code, r.name, r.kind, r.valid_from, r.administrative_code) for r in sheet.agencies] == [
        (r.code, r.name, r.kind, r.valid_from, r.administrative_code) for r in yaml.agencies
    ]
    assert sheet.posts[0].roles == yaml.posts[0].roles
    assert sheet.agencies[0].line == 2


def test_text_is_made_one_spelling(read):
    decomposed = unicodedata.normalize("NFD", "Sở Y tế")
    row = read(f"agencies:\n- {{code: a1, name: '\ufeff{decomposed}\u00a0 Huế'}}").agencies[0]
    assert row.name == "Sở Y tế Huế"


def test_english_and_vietnamese_words_for_on_and_off(read):
    rows = read("modules:\n" + "".join(f"- {{agency: a1, module: m{n}, state: {word}}}\n" for n, word in enumerate(
        ("bật", "on", "Yes", "tắt", "off", "không"), 10))).modules  # fmt: skip
    assert [row.state for row in rows] == [True, True, True, False, False, False]


# -- files that cannot be used ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x7fELF" + bytes(range(256)) * 2 + bytes(600), "không phải Excel"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(1, 256)) * 4, "không phải Excel"),
        (YAML.encode("utf-16"), "UTF-16"),
        (YAML.encode("utf-16-be"), "UTF-16"),
        (b"agencies:\n- {code: a1, name: S\xf5\xcc Y t\xea\xec}", "Windows-1258"),
        (b"agencies:\n- {code: a1, name: S\xe9 }", "UTF-8"),
        ("agencies:\n- {code: [1", "YAML"),
        ("\tagencies: []", "YAML"),
        ("chào", "bảng"),
        ("- code: a1", "bảng"),
        ("agencies: {code: a1}", "bảng"),
        ("agencies:\n- {code: a1, name: {x: y}}", "bảng"),
        ("agencies:\n- {code: a1, name: [[x]]}", "bảng"),
        ("agencies: []\n---\nunits: []", "---"),
        ("agencies:\n- {code: a1, code: b1, name: x}", "hai lần"),
        ("# không có gì", "bảng"),
        ("", "trống"),
        (b"\xd0\xcf\x11\xe0 old excel", ".xls"),
        (b"PK\x03\x04 not a zip", ".xlsx"),
        ("[" * 100_000, "YAML"),
        ("agencies: " + "[" * 100_000, "YAML"),
        ("agencies:\n- code: a\n  name: x: y", "dấu hai chấm ở chỗ không được có"),
        ("agencies:\n- {code: a, name: b", "thiếu dấu phẩy hoặc dấu đóng ngoặc"),
        ("agencies:\n  - code: a\n name: x", "YAML"),
        ("agencies:\n - code: a\n -name: x", "mỗi mục mở đầu bằng “- ”"),
        ("agencies:\n- code: 'a'b", "tên cột hoặc tên bảng"),
        ('agencies:\n- code: "a', "nháy mở mà không đóng"),
        ("agencies:\n- code: @a", "đặt giá trị trong nháy"),
        ('agencies:\n- code: "\\q"', "Không đúng cú pháp YAML."),
    ],
)
def test_unusable_files_are_refused_with_what_to_do(read, content, words):
    told = str(refused(read, content))
    assert words in told
    assert not re.search(r"\b(found|expected|not|the)\b", told), "no words of a library"


def test_a_text_that_calls_itself_a_workbook_is_told_so(tmp_path):
    path = tmp_path / "don-vi.xlsx"
    path.write_text("agencies: []\n", "utf-8")
    with pytest.raises(Unreadable, match="không phải tệp Excel"):
        read_description(path)


def test_a_wrong_encoding_is_shown_with_its_line(read):
    assert refused(read, b"agencies:\n- {code: a1,\n  name: S\xf5}").problem.line == 3


def test_aliases_are_refused_before_they_multiply(read):
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(30))
    assert "&" in str(refused(read, "agencies:\n- &row {code: a1, name: x}\n- *row"))
    assert "&" in str(refused(read, bomb))


def test_a_file_beyond_the_limit_is_not_opened(tmp_path, monkeypatch):
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    monkeypatch.setattr(Path, "open", lambda *args, **kwargs: pytest.fail("opened"))
    with pytest.raises(Unreadable, match="50 MB"):
        read_description(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "nowhere.yaml", tmp_path):
        with pytest.raises(Unreadable):
            read_description(path)


def test_a_workbook_that_unpacks_too_large_is_refused(read):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * 250_000_000)
    assert len(packed.getvalue()) < 1_000_000
    assert "200 MB" in str(refused(read, packed.getvalue(), "province.xlsx"))


def test_xml_entities_in_a_workbook_do_not_expand(read, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "agencies"
    book.save(tmp_path / "book.xlsx")
    lol = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
        f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "book.xlsx") as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content = f"{lol}]><worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>&i;</t></is></c></row></sheetData></worksheet>".encode()
            new.writestr(name, content)
    try:
        description = read(packed.getvalue(), "province.xlsx")
    except Unreadable:
        return
    assert sum(len(problem.text) for problem in description.problems) < 10_000


def test_a_file_full_of_errors_is_given_up(read, monkeypatch):
    monkeypatch.setattr(readers, "MAX_PROBLEMS", 50)
    assert "50" in str(refused(read, "units:\n" + "- {agency: X}\n" * 60))


# -- rows with problems -----------------------------------------------------------------------------------


def test_every_problem_names_its_line_and_the_rest_is_read(read):
    description = read(
        "agencies:\n- {code: Sở-Y-Tế, name: x}\n- {code: a1}\n- {code: a2, name: x, valid_from: 31/2/2026}\n"
        "- {code: a3, name: x, kind: vương quốc}\n- {code: a4, name: x, administrative_code: 1864}\n- {code: a5, name: x}\n"
        "people:\n- {username: anh pn, full_name: x}\n- {username: anhpn, full_name: x, email: hiệu.trưởng@hue.gov.vn}\n"
        "phonebook:\n- {x: y}\n"
    )
    assert [(p.sheet, p.line) for p in description.problems] == [
        ("agencies", 2), ("agencies", 3), ("agencies", 4), ("agencies", 5), ("agencies", 6), ("people", 9), ("people", 10), ("", 11),
    ]  # fmt: skip
    assert [row.code for row in description.agencies] == ["", "a1", "a2", "a3", "a4", "a5"]
    assert {line for sheet, line, _column in description.unread if sheet == "agencies"} == {2, 3, 4, 5, 6}


def test_an_unknown_column_is_shown_with_the_nearest_one(read):
    (problem,) = read("agencies:\n- {code: a1, name: x, tên cơ quang: y}").problems
    assert "Tên cơ quan" in problem.text


def test_missing_columns_formulas_and_cell_errors_of_a_workbook(workbook):
    description = workbook(
        {
            "agencies": [HEADS["agencies"][:1], ["so-y-te"]],
            "units": [
                HEADS["units"],
                ["so-y-te", "van-phong", "=A1&B1", None],
                ["so-y-te", "p2", "#REF!", ""],
            ],
        }
    )
    assert [(p.sheet, p.line) for p in description.problems if "Thiếu cột" in p.text] == [("agencies", 1)]
    assert any("C2" in p.text and "công thức" in p.text for p in description.problems)
    # Rows of a column that is missing, and those with a formula, are looked through all the same.
    assert [row.code for row in description.agencies] == ["so-y-te"]
    assert [row.code for row in description.units] == ["van-phong", "p2"]
    assert not any("Thiếu “" in p.text for p in description.problems)


def test_a_workbook_with_other_sheets_names_those_found_and_those_expected(workbook):
    load_catalogues([Path(readers.__file__).parents[1]])
    with pytest.raises(Unreadable) as caught:
        workbook({"Trang tính1": [["Tên", "Số"]], "Ghi chú": []})
    for words in ("“Trang tính1”, “Ghi chú”", "“Cơ quan”", "“Vị trí”"):
        assert words in caught.value.problem.text
    with reading_as("en"):
        assert "The file has: “Trang tính1”, “Ghi chú”" in caught.value.problem.text
        assert "“agencies”, “units”" in caught.value.problem.text
    load_catalogues([])


def test_a_missing_column_is_told_with_those_found_and_those_expected(workbook):
    load_catalogues([Path(readers.__file__).parents[1]])
    problem = workbook({"Cơ quan": [["Mã cơ quan", "Gọi là", "", "Loại"], ["so-y-te", "Sở Y tế"]]}).problems[
        -1
    ]
    for words in (
        "Thiếu cột: “Tên cơ quan”",
        "“Mã cơ quan”, “Gọi là”, “Loại”",
    ):
        assert words in problem.text
    with reading_as("en"):
        assert "The head row has: “Mã cơ quan”, “Gọi là”, “Loại”" in problem.text
    load_catalogues([])


def test_a_message_calls_tables_columns_and_kinds_as_its_file_does(read, workbook):
    load_catalogues([Path(readers.__file__).parents[1]])
    wrong = "agencies:\n- {code: a1, short_name: [x, y], kind: wards}\n- {Mã cơ quan: a2, Tên: A}\nagency: []"
    told = [problem.text for problem in read(wrong).problems]
    assert told[0] == "Thiếu “name”. Hãy điền vào dòng này."
    assert told[1].startswith("“short_name” chỉ nhận một giá trị")
    assert told[2] == "Không có loại cơ quan “wards”. Có phải “ward”?"
    assert told[3] == "Không có cột “Tên”. Có phải “Tên gọn”?"
    assert "Các bảng: “agencies”, “units”" in told[-1]
    sheet = {"agencies": [["Code", "Tên cơ quan", "kind"], ["", "A", "wards"], ["a1", "", "ward"]]}
    vietnamese, english = [], []
    for problem in workbook(sheet).problems:
        vietnamese.append(problem.text)
        with reading_as("en"):
            english.append(problem.text)
    assert vietnamese[0] == "Thiếu “Code”. Hãy điền vào dòng này."
    assert vietnamese[1] == "Không có loại cơ quan “wards”. Có phải “Phường”?"
    assert english[1].endswith("“ward”?")
    assert english[2] == "“Tên cơ quan” is missing. Fill it in on this row."
    load_catalogues([])


def test_the_nearest_kind_or_column_is_named_and_a_long_list_only_where_none_comes_near(read, workbook):
    heads = ["Mã cơ quan", "Tên cơ quan", "Loại", "Ghi chép nội bộ"]
    (column, near, far) = workbook(
        {"Cơ quan": [heads, ["a1", "A", "Sở ban nghành"], ["a2", "B", "vương quốc"]]}
    ).problems
    assert column.text == (
        "Không có cột “Ghi chép nội bộ” ở bảng này. Hãy bỏ cột, hoặc đặt tên cột như trong tệp mẫu."
    )
    assert near.text == "Không có loại cơ quan “Sở ban nghành”. Có phải “Sở, ban, ngành”?"
    assert "Các loại: “Uỷ ban nhân dân cấp tỉnh”, “Sở, ban, ngành”" in far.text


def test_tabs_in_yaml_are_named_with_their_line(read):
    for text in ("agencies:\n\t- {code: a1, name: A}", "agencies:\n- code: a1\n\tname: A"):
        with pytest.raises(Unreadable) as refused:
            read(text)
        assert (
            refused.value.problem.text
            == "Đầu dòng này có dấu tab, mà YAML không nhận. Hãy dùng dấu cách, không dùng tab."
        )
        assert refused.value.problem.line == text.count("\n") + 1


def test_problems_are_told_in_english_too(read):
    load_catalogues([Path(readers.__file__).parents[1]])
    (problem,) = read("agencies:\n- {code: a1, name: x, kind: vương quốc}").problems
    with reading_as("en"):
        assert problem.text.startswith("There is no kind of agency")
    load_catalogues([])


@settings(max_examples=150, deadline=None)
@given(content=st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    with suppress(Unreadable):
        read_description(path)


CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["so-y-te", "1/7/2025", "H57", "bật", ""]),
    st.lists(st.text(max_size=5), max_size=3),
)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.dictionaries(st.sampled_from([c.key for c in SHEETS[0].columns]), CELLS), max_size=5))
def test_any_row_becomes_a_row_or_problems(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "rows.yaml"
    path.write_text(yaml.safe_dump({"agencies": rows or [{}]}, allow_unicode=True), "utf-8")
    with suppress(Unreadable):
        description = read_description(path)
        assert len(description.agencies) == max(len(rows), 1)


def test_every_table_and_column_is_documented():
    page = (Path(__file__).parents[2] / "docs/provisioning.md").read_text("utf-8")
    for sheet in SHEETS:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{sheet.key}` {sheet.title} |"))
        for column in sheet.columns:
            mark = "**" if column.required else ""
            assert f"{mark}`{column.key}`{mark} {column.title}" in row
    for limit in (
        f"{readers.MAX_FILE_MB} MB",
        f"{readers.MAX_UNPACKED_MB} MB",
        f"{readers.MAX_ROWS:,}".replace(",", " "),
    ):
        assert limit in page


# -- characters that control ------------------------------------------------------------------------------


@pytest.mark.parametrize("escape", [r"\0", r"\x01", r"\e", r"\x7f", r"\u202e", r"\uFFFF"])
@pytest.mark.parametrize(
    "row", ['code: a, name: "A%sB"', 'code: "a%sb", name: A', 'code: a, name: A, old_codes: ["x%sy"]']
)
def test_a_control_character_is_an_error_of_its_line_and_column(read, row, escape):
    description = read("agencies:\n- {%s, kind: other}\n" % (row % escape))
    (problem,) = description.problems
    assert (problem.sheet, problem.line) == ("agencies", 2)
    assert [line for _sheet, line, _column in description.unread] == [2]
    assert "ký tự điều khiển U+" in problem.text
    assert str(problem.fields["column"]) in ("code", "name", "old_codes")


def test_no_control_character_of_a_file_reaches_a_message(read):
    problems = read('"bảng\\0": []\nagencies:\n- {"mã\\e": a, code: "\\0", name: A}\n').problems
    assert len(problems) == 3
    assert all(problem.text.isprintable() for problem in problems)


@pytest.mark.parametrize("character", ["\0", "\x01", "\x7f", "\uffff"])
def test_a_bare_control_character_is_named_with_its_place(read, character):
    error = refused(read, f"agencies:\n- {{code: a, name: A{character}B}}\n")
    assert error.problem.line == 2
    assert "thứ 20 " in str(error)


def test_a_control_character_in_a_workbook(workbook):
    description = workbook({"agencies": [["code", "name"], ["a", "A"], ["b", "B_x0000_"], ["c", "C_x000D_"]]})
    (problem,) = description.problems
    assert (problem.line, str(problem.fields["column"])) == (3, "name")
    assert [row.name for row in description.agencies] == ["A", "", "C"]
