"""Tables of petitions as offices compile them: merged cells, Word, old fonts, dates; what each says and what is refused."""

import errno
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font

from plugins.lists.api import Unreadable
from plugins.lists.old_fonts import TCVN3, VNI, code_of, decoded, unlikely
from plugins.voter_opinions.reading import MOST_ROWS, place_of, read_lines, sector_of

HEAD = ("TT", "Địa bàn", "Nội dung kiến nghị", "Lĩnh vực", "Ngày tiếp xúc")
ROAD = "Đề nghị nâng cấp đường liên thôn"
TCVN3_TEXT = "§Ò nghÞ n©ng cÊp ®­êng liªn th«n"
VNI_TEXT = "Ñeà nghò naâng caáp ñöôøng lieân thoân"


def excel(*rows, merges=(), font=""):
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for each in merges:
        sheet.merge_cells(each)
    if font:
        for row in sheet.iter_rows():
            for cell in row:
                cell.font = Font(name=font)
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def word(*tables, font=""):
    document = Document()
    for rows in tables:
        table = document.add_table(len(rows), len(rows[0]))
        for at, row in enumerate(rows):
            for cell, text in zip(table.rows[at].cells, row, strict=True):
                cell.paragraphs[0].add_run(text).font.name = font or None
    return document, saved


def saved(document):
    file = BytesIO()
    document.save(file)
    file.seek(0)
    return file


def read(file):
    return [line[1:5] for line in read_lines(file)]


def test_a_compiled_table_is_read_with_its_title_lines_numbers_and_headings():
    found = read(
        excel(
            ("TỔNG HỢP KIẾN NGHỊ CỬ TRI",), (), HEAD, ("(1)", "(2)", "(3)", "(4)", "(5)"), ("I", "Lĩnh vực y tế", None, None, None),
            (1, "Xã Phú Hồ", "Trạm y tế thiếu bác sĩ", None, date(2026, 6, 20)), (2, "Xã Phú Hồ", ROAD, "Giao thông", "20-6-2026"),
            (), (3, None, None, None, None), (4, "Xã A Lưới", None, "Y tế", "x"),
            merges=("B5:E5",),
        )
    )  # fmt: skip
    assert found == [
        ("Trạm y tế thiếu bác sĩ", "Xã Phú Hồ", "health", "20/06/2026"),
        (ROAD, "Xã Phú Hồ", "transport", "20-6-2026"),
        ("", "", "health", ""),
        ("", "Xã A Lưới", "health", "x"),
    ]


def test_a_heading_in_the_column_of_running_numbers_is_one():
    found = read(
        excel(
            HEAD, ("II. Lĩnh vực y tế",), (1, "Xã Phú Hồ", "Trạm y tế thiếu bác sĩ", None, None), ("III. Giáo dục",),
            (2, "Xã Phú Hồ", "Lớp quá đông", None, None), ("IV. Việc khác",), (3, "Xã Phú Hồ", ROAD, None, None),
            ("Đề nghị sửa đường giao thông",),
        )
    )  # fmt: skip
    assert [(content, sector) for content, _place, sector, _day in found] == [
        ("Trạm y tế thiếu bác sĩ", "health"), ("Lớp quá đông", "education"), (ROAD, "other"), ("", "other"),
    ], "what is no heading is shown, not dropped"  # fmt: skip


def test_a_line_knows_its_row_and_its_sheet():
    book = Workbook()
    book.active.append(("Tổng hợp",))
    book.active.append(())
    for sheet in (book.active, book.create_sheet()):
        for row in (HEAD, (7, "Xã Phú Hồ", ROAD, "Giao thông", "20/6/2026")):
            sheet.append(row)
    assert [place_of(line.number) for line in read_lines(saved(book))] == [(1, 4), (2, 2)]


def test_merged_cells_of_excel_speak_for_every_row_they_cover():
    found = read(
        excel(
            HEAD, (1, "Xã Phú Hồ", ROAD, "Giao thông", 46193), (2, None, "Sửa cầu", None, None), (3, "Xã Nam Đông", None, "Giao thông", None),
            merges=("B2:B3", "D2:D3", "E2:E4", "C3:C4"),
        )
    )  # fmt: skip
    assert found == [
        (ROAD, "Xã Phú Hồ", "transport", "20/06/2026"),
        ("Sửa cầu", "Xã Phú Hồ", "transport", "20/06/2026"),
        ("Sửa cầu", "Xã Nam Đông", "transport", "20/06/2026"),
    ]


def test_tables_of_word_are_read_merged_cells_and_all():
    document, save = word(
        [
            HEAD,
            ("1", "Xã Phú Hồ", ROAD, "Giao thông", "ngày 20 tháng 6 năm 2026"),
            ("2", "", "Sửa cầu", "Xây dựng", ""),
        ],
        [("3", "Xã Nam Đông", "Thêm đèn đường", "Giao thông", "2026-06-21")],
    )
    table = document.tables[0]
    table.cell(1, 1).merge(table.cell(2, 1))
    assert read(save(document)) == [
        (ROAD, "Xã Phú Hồ", "transport", "20/6/2026"),
        ("Sửa cầu", "Xã Phú Hồ", "transport", ""),
        ("Thêm đèn đường", "Xã Nam Đông", "transport", "2026-06-21"),
    ]


@pytest.mark.parametrize(
    ("head", "text", "place", "font"),
    [
        ("Néi dung kiÕn nghÞ", TCVN3_TEXT, "X· Phó Hå", ".VnTime"),
        ("Noäi dung kieán nghò", VNI_TEXT, "Xaõ Phuù Hoà", "VNI-Times"),
        ("Néi dung kiÕn nghÞ", TCVN3_TEXT, "X· Phó Hå", ""),
    ],
)
def test_old_fonts_become_unicode_and_the_text_as_it_was_is_kept(head, text, place, font):
    place_head = "§Þa bµn" if "§" in text else "Ñòa baøn"
    (line,) = read_lines(excel((place_head, head), (place, text), font=font))
    assert (line.content, line.locality) == (ROAD, "Xã Phú Hồ")
    assert text in line.raw
    document, save = word([(place_head, head), (place, text)], font=font)
    assert [each.content for each in read_lines(save(document))] == [ROAD]


def test_a_row_half_of_which_was_typed_later_is_converted_where_it_is_old():
    rows = (
        ("Địa bàn", "Nội dung kiến nghị"),
        ("Xã Phú Hồ", TCVN3_TEXT),
        ("X· Phó Hå", ROAD),
        ("Hoà Müller", VNI_TEXT),
    )
    found = list(read_lines(excel(*rows)))
    assert [each.content for each in found] == [ROAD] * 3
    assert [each.locality for each in found[:2]] == ["Xã Phú Hồ"] * 2
    assert TCVN3_TEXT in found[0].raw


@pytest.mark.parametrize("place", ["xã Phú Vang", "đường Hà Nội", "thôn An Bình"])
def test_a_cell_of_today_beside_an_old_one_is_left_alone(place):
    (line,) = read_lines(excel(("Địa bàn", "Nội dung kiến nghị"), (place, TCVN3_TEXT), font="Calibri"))
    assert (line.locality, line.content) == (place, ROAD)


def test_a_short_cell_of_an_old_row_is_read_by_the_cells_beside_it():
    (line,) = read_lines(excel(("Địa bàn", "Nội dung kiến nghị"), ("Phó Hå", TCVN3_TEXT)))
    assert line.locality == "Phú Hồ"


@pytest.mark.parametrize(
    "text",
    ["Quỳnh Lưu", "quý, quỹ, kỳ, lý, mỹ, ý", "khuỷu, nguyễn, thuở, ngoằn ngoèo, gì, giếng, yên, huỷ, quốc"],
)
def test_syllables_of_vietnamese_are_known(text):
    assert unlikely(text) == 0
    assert unlikely(f"{text} Phỳ th«ng") == 2


def test_words_of_both_times_in_one_cell_are_read_by_their_own_fonts():
    document, save = word([("Địa bàn", "Nội dung kiến nghị"), ("Xã Phú Hồ", "")])
    paragraph = document.tables[0].cell(1, 1).paragraphs[0]
    for text, font in (
        ("n©ng cÊp ®­êng ", ".VnTime"),
        ("sớm trước Tết, ", "Times New Roman"),
        ("GIAO TH\xa4NG".replace("\xa4", "¤"), ".VnTimeH"),
    ):
        paragraph.add_run(text).font.name = font
    (line,) = read_lines(save(document))
    assert line.content == "nâng cấp đường sớm trước Tết, GIAO THÔNG"
    assert "n©ng cÊp" in line.raw


def test_files_of_before_2007_or_with_a_password_are_told_what_to_do():
    with pytest.raises(Unreadable, match="đời cũ"):
        list(read_lines(BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)))


@pytest.mark.parametrize(
    "text", [ROAD, "Müller và Citroën ở Huế", "Cafe Noël", "1.200 m², 37° – «gần chợ»", "", "Hoà, thuý"]
)
def test_unicode_is_left_alone(text):
    assert code_of(text) == ""
    assert code_of(text, ".VnTime") in ("", "tcvn3")
    assert decoded(text, code_of(text)) == text


_TO_TCVN3 = {letter: chr(code) for code, letter in TCVN3.items()}
_TO_VNI = {letter: sign for sign, letter in VNI.items()}
LETTERS = "".join(sorted(set(_TO_TCVN3) & set(_TO_VNI))).lower()


@given(st.text("bcdghklmnpqrstvx" + LETTERS, max_size=40))
def test_whatever_was_written_in_an_old_code_comes_back(text):
    # Two vowels in a row may read as one with a mark in VNI; words have a consonant or an end between them.
    text = " ".join(text)
    for table, code in ((_TO_TCVN3, "tcvn3"), (_TO_VNI, "vni")):
        assert decoded("".join(table.get(sign, sign) for sign in text), code) == text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "hỏng"),
        (b"PK\x03\x04" + b"x" * 200, "hỏng"),
        ("STT;Nội dung".encode(), "hỏng"),
        (excel(("Họ tên", "Số điện thoại"), ("A", "B")).getvalue(), "Không thấy bảng"),
        (saved(Document()).getvalue(), "Không thấy bảng"),
    ],
)
def test_a_file_that_says_nothing_is_refused_in_words(content, told):
    with pytest.raises(Unreadable, match=told):
        list(read_lines(BytesIO(content)))


def damaged(kind, name, change):
    """Return a file in which one part says something else, and the same with bytes that do not even unpack."""
    rows = [HEAD, *((str(n), "Xã Phú Hồ", f"{ROAD} số {n}", "Giao thông", "20/6/2026") for n in range(200))]
    whole = excel(*rows) if kind == "xlsx" else saved(word(rows)[0])
    packed = BytesIO()
    with ZipFile(whole) as old, ZipFile(packed, "w", ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, change(old.read(each)) if each == name else old.read(each))
        at, size = new.getinfo(name).header_offset, new.getinfo(name).compress_size
    content = bytearray(packed.getvalue())
    if change is flipped:
        content[at + size // 2 : at + size // 2 + 40] = b"\xff" * 40
    if change in METHODS:
        # Where the list at the end of the file names the part: a byte there says how it is packed.
        content[content.rindex(name.encode()) - 36] = METHODS[change]
    return bytes(content)


def flipped(part):
    """Stand for what is done to the packed bytes."""
    return part


def as_bzip2(part):
    return part


def as_lzma(part):
    return part


METHODS = {as_bzip2: 12, as_lzma: 14}


def cut(part):
    return part[: len(part) // 2]


def spanned(part):
    return part.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="x"/>')


SHEET, BODY = "xl/worksheets/sheet1.xml", "word/document.xml"
DAMAGED = [
    damaged(*each)
    for each in (
        ("xlsx", SHEET, cut), ("xlsx", SHEET, flipped), ("xlsx", "xl/styles.xml", cut),
        ("docx", BODY, cut), ("docx", BODY, flipped), ("docx", BODY, spanned),
        ("xlsx", SHEET, as_bzip2), ("xlsx", SHEET, as_lzma), ("docx", BODY, as_bzip2), ("docx", BODY, as_lzma),
    )
]  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_is_told_as_one_wherever_it_breaks(content):
    with pytest.raises(Unreadable, match="hỏng"):
        list(read_lines(BytesIO(content)))


def test_a_file_on_disk_that_points_before_its_beginning_is_damaged_and_a_broken_disk_is_not(tmp_path):
    content = bytearray(excel(HEAD).getvalue())
    content[-6:-2] = b"\xff\xff\xff\x0f"  # where the list of its parts begins
    (tmp_path / "kien-nghi.xlsx").write_bytes(content)
    with (tmp_path / "kien-nghi.xlsx").open("rb") as file, pytest.raises(Unreadable, match="hỏng"):
        list(read_lines(file))

    class Disk(BytesIO):
        def read(self, *_arguments):
            raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        list(read_lines(Disk()))


def test_a_cell_over_more_columns_than_there_are_takes_no_memory():
    wide = damaged("docx", BODY, lambda part: spanned(part).replace(b'"x"', b'"900000000"'))
    assert len(list(read_lines(BytesIO(wide)))) == 200


def test_more_rows_than_are_taken_are_refused():
    rows = ((f"Kiến nghị số {n}", "Xã Phú Hồ") for n in range(MOST_ROWS + 1))
    with pytest.raises(Unreadable, match=r"20\.000"):
        for _line in read_lines(excel(("Nội dung", "Địa bàn"), *rows)):
            pass


def test_sectors_are_known_by_their_titles_and_by_words():
    assert [
        sector_of(each) for each in ("Y tế", "TÀI NGUYÊN VÀ MÔI TRƯỜNG", "Giao thông - đô thị", "Khác")
    ] == [
        "health",
        "land",
        "transport",
        "",
    ]
