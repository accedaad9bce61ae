"""What stands on paper: the layout of Decree 30/2020, words that stay words, and PDF/A."""

import io
import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from docx import Document
from pypdf import PdfReader

from core.settings import installed_settings
from plugins.casework.api import LetterKind
from plugins.casework.letters import OFFICIAL
from plugins.letters import rendering, word
from plugins.letters.composing import compose, core_of, signing_lines
from tests.plugins.letters.desk import text_of

MM = 72 / 25.4
HEAD = SimpleNamespace(
    superior="Uỷ ban nhân dân thành phố Huế", agency_name="Uỷ ban nhân dân phường An Đông", place="An Đông",
    collective="Uỷ ban nhân dân", head_title="Chủ tịch", foot="Người liên hệ: Văn phòng",
)  # fmt: skip
WORDS = SimpleNamespace(
    symbol="UBND-VP", subject="rà soát hộ kinh doanh", addressees="Sở Nội vụ\nSở Tài chính", fields={},
    body="Thực hiện kế hoạch năm, cơ quan báo cáo.\nĐề nghị xem xét.", recipients="Như trên;\nLưu: VT, VP.",
    signer_mode="TMKT", signer_title="Phó Chủ tịch", signer_name="Lê Quang Vinh",
)  # fmt: skip
DAY = date(2026, 1, 5)
NOTICE = LetterKind(
    "every.notice", "", "every.book", "a", "b", "c", type_name="Thông báo", fields=(("ground", "Căn cứ"),),
    core=("Căn cứ {ground}, cơ quan thông báo.",),
)  # fmt: skip


@pytest.fixture(autouse=True)
def font(ground):
    """Fonts lie among the static files of the installation."""
    assert installed_settings().static_dir


def sheet(kind=OFFICIAL, head=HEAD, number="120/UBND-VP", day=DAY, **words):
    return compose(kind, head, SimpleNamespace(**{**vars(WORDS), **words}), number=number, day=day)


def placed(pdf: bytes, page: int = 0) -> list[tuple[float, float, float, str, str]]:
    """Return the words of a page: left edge and height above the foot of the paper in mm, size, font, text."""
    found = []

    def visit(text, user, matrix, font, size):
        if text.strip():
            x, y = matrix[4] * user[0] + user[4], matrix[5] * user[3] + user[5]
            found.append((x / MM, y / MM, abs(size * matrix[0]), str(font["/BaseFont"]), text.strip()))

    PdfReader(io.BytesIO(pdf)).pages[page].extract_text(visitor_text=visit)
    return found


def place_of(pdf: bytes, words: str, page: int = 0):
    return next(each for each in placed(pdf, page) if words in each[4])


def test_it_is_pdf_a_with_its_font_inside_and_says_what_it_is():
    made = rendering.pdf(sheet())
    reader = PdfReader(io.BytesIO(made))
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert reader.metadata.title == WORDS.subject
    assert reader.trailer["/Root"]["/Lang"].startswith("vi")
    box = reader.pages[0].mediabox
    assert (round(box.width / MM), round(box.height / MM)) == (210, 297)
    assert all("Tinos" in font for *_rest, font, _text in placed(made))


def test_the_cells_stand_where_the_decree_has_them():
    made = rendering.pdf(sheet())
    nation, motto, agency, number, about, dated = (
        place_of(made, words)
        for words in (
            "CỘNG HÒA XÃ HỘI",
            "Độc lập",
            "PHƯỜNG AN",
            "Số: 120/UBND-VP",
            "V/v rà soát",
            "An Đông, ngày",
        )
    )
    left, right = (agency, number, about), (nation, motto, dated)
    assert all(30 <= x < 93 for x, *_rest in left)
    assert all(95 <= x < 195 for x, *_rest in right)
    assert nation[1] > motto[1] > dated[1]
    assert agency[1] > number[1] > about[1]
    assert abs(number[1] - dated[1]) < 3, "number and day stand side by side"
    assert 297 - 25 <= nation[1] <= 297 - 20, "the top margin is 20 mm"
    assert (round(nation[2], 1), round(motto[2], 1), round(number[2], 1), round(about[2], 1)) == (
        12.5,
        13.5,
        13,
        12,
    )
    assert "Bold" in nation[3]
    assert "Italic" in dated[3]


def test_nothing_stands_in_the_margins():
    long = "\n".join(["Nội dung dài của một đoạn văn bản hành chính. " * 12] * 12)
    made = rendering.pdf(sheet(body=long))
    pages = len(PdfReader(io.BytesIO(made)).pages)
    for page in range(pages):
        words = [each for each in placed(made, page) if each[4] != str(page + 1)]
        assert min(x for x, *_rest in words) >= 29.9
        assert min(y for _x, y, *_rest in words) >= 20


def test_pages_are_numbered_on_top_from_the_second_on():
    made = rendering.pdf(sheet(body="\n".join(["Một đoạn văn bản. " * 30] * 20)))
    assert not [each for each in placed(made) if each[1] > 277 and each[4] == "1"]
    second = next(each for each in placed(made, 1) if each[1] > 277)
    assert second[4] == "2"
    assert abs(second[0] - (30 + 165 / 2)) < 3, "centred between the margins"


def test_the_signature_has_its_lines_on_the_right_and_recipients_on_the_left():
    made = rendering.pdf(sheet())
    collective, deputy, name, recipients = (
        place_of(made, words) for words in ("TM. UỶ BAN", "KT. CHỦ TỊCH", "Lê Quang Vinh", "Nơi nhận:")
    )
    assert collective[1] > deputy[1] > name[1]
    assert all(x > 105 for x, *_rest in (collective, deputy, name))
    assert recipients[0] < 31
    assert "BoldItalic" in recipients[3]


@pytest.mark.parametrize(
    ("mode", "lines"),
    [
        ("", ["Giám đốc"]),
        ("TM", ["TM. Uỷ ban nhân dân", "Giám đốc"]),
        ("KT", ["KT. Chủ tịch", "Giám đốc"]),
        ("TMKT", ["TM. Uỷ ban nhân dân", "KT. Chủ tịch", "Giám đốc"]),
        ("TL", ["TL. Chủ tịch", "Giám đốc"]),
        ("TUQ", ["TUQ. Chủ tịch", "Giám đốc"]),
        ("Q", ["Q. Giám đốc"]),
    ],
)
def test_each_authority_to_sign_has_its_lines(mode, lines):
    assert signing_lines(mode, HEAD, "Giám đốc") == lines


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 12), "ngày 12 tháng 02 năm 2026"),
        (date(2026, 11, 25), "ngày 25 tháng 11 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
    ],
)
def test_days_are_written_as_the_decree_wants(day, words):
    assert sheet(day=day).dated == f"An Đông, {words}"


def test_a_draft_has_room_for_number_and_day():
    assert re.fullmatch(r"Số: +/UBND-VP", sheet(number="", day=None).number)
    assert re.fullmatch(r"An Đông, ngày +tháng +năm +", sheet(number="", day=None).dated)


@pytest.mark.parametrize(
    "typed",
    [
        '#import "@preview/x:1.0.0": *',
        "$x^2$ *đậm* _nghiêng_ `mã`",
        "\"ngoặc kép\" 'đơn' \\ \\n #sys.inputs // chú thích /* và */",
        "= Tiêu đề <nhãn> @nhãn [ngoặc] {ngoặc}",
        "<script>alert(1)</script> &amp; {{ mẫu }} {subject}",
        '#read("/etc/passwd") #panic() #eval("1")',
    ],
)
def test_markup_that_somebody_types_stays_text(typed):
    told = text_of(
        rendering.pdf(sheet(body=typed, subject=typed, addressees=typed, signer_name=typed, recipients=typed))
    )
    assert re.sub(r"\s", "", told).count(re.sub(r"\s", "", typed)) >= 3


def test_what_fills_the_core_is_not_searched_for_fields_again():
    assert core_of(NOTICE, {"ground": "{ground} và {x}"}) == ["Căn cứ {ground} và {x}, cơ quan thông báo."]
    assert core_of(NOTICE, {}) == ["Căn cứ ……………, cơ quan thông báo."]


def test_a_typed_letter_has_its_name_above_the_subject_and_its_core_before_the_text():
    made = sheet(NOTICE, fields={"ground": "Quyết định 12"})
    assert made.about == ""
    told = text_of(rendering.pdf(made))
    assert (
        told.index("THÔNG BÁO")
        < told.index("rà soát hộ")
        < told.index("Căn cứ Quyết định 12")
        < told.index("Thực hiện")
    )


def test_a_sign_without_a_glyph_is_named():
    with pytest.raises(rendering.Unprintable) as refusal:
        rendering.pdf(sheet(body="một 😀 hai"))
    assert refusal.value.character == "😀"
    with pytest.raises(rendering.Unprintable):
        rendering.pictures(sheet(body="一"))


def test_a_word_without_end_is_broken_inside_the_margin():
    made = rendering.pdf(sheet(body="https://vi-du.vn/" + "a" * 400))
    lines = [each for each in placed(made) if "aaaa" in each[4]]
    assert len(lines) > 3, "it goes on in the next line"


def test_sixty_pages_are_set_and_their_preview_is_short():
    made = sheet(body="\n".join(f"Đoạn {number}. " + "Nội dung của văn bản. " * 34 for number in range(275)))
    assert len(PdfReader(io.BytesIO(rendering.pdf(made))).pages) >= 60
    assert rendering.shortened(made)
    pages = rendering.pictures(made)
    assert 2 <= len(pages) <= 6
    assert all(page.startswith(b"\x89PNG") for page in pages)


@pytest.mark.parametrize(
    "typed", ["Như trên\nLưu: VT, VP", "- Như trên;\n- Lưu: VT, VP.", "– Như trên ;\n-\n•  Lưu: VT, VP;"]
)
def test_lists_have_their_marks_once_whoever_typed_them(typed):
    made = sheet(recipients=typed, addressees=typed)
    assert made.recipients == made.addressees == ["- Như trên;", "- Lưu: VT, VP."]
    assert "- Như trên;" in text_of(rendering.pdf(made))
    assert "- -" not in text_of(rendering.pdf(made))
    (_head, foot) = Document(io.BytesIO(word.docx(made))).tables
    assert [each.text for each in foot.rows[0].cells[0].paragraphs] == [
        made.recipients_title,
        *made.recipients,
    ]
    assert sheet(addressees="- Sở Nội vụ;").addressees == ["Sở Nội vụ"]


def test_a_letter_of_nothing_is_still_a_sheet():
    bare = replace(
        sheet(body="", addressees="", recipients="", signer_name=""), signing=[], superior="", foot=[]
    )
    assert len(PdfReader(io.BytesIO(rendering.pdf(bare))).pages) == 1


def test_without_its_font_no_letter_is_set(monkeypatch, tmp_path):
    monkeypatch.setattr(rendering, "installed_settings", lambda: SimpleNamespace(static_dir=tmp_path))
    with pytest.raises(FileNotFoundError, match="Tinos"):
        rendering.pdf(sheet())


def test_the_word_file_says_the_same_in_the_same_order():
    made = sheet()
    document = Document(io.BytesIO(word.docx(made)))
    head, foot = ([cell.text for cell in table.rows[0].cells] for table in document.tables)
    assert head[0].splitlines() == [
        "UỶ BAN NHÂN DÂN", "THÀNH PHỐ HUẾ", "UỶ BAN NHÂN DÂN", "PHƯỜNG AN ĐÔNG", made.number, made.about,
    ]  # fmt: skip
    assert head[1].splitlines() == [made.nation, made.motto, made.dated]
    assert foot[0].splitlines()[0] == "Nơi nhận:"
    assert [line for line in foot[1].splitlines() if line] == [
        *(each.upper() for each in made.signing),
        "Lê Quang Vinh",
    ]
    told = [each.text for each in document.paragraphs if each.text]
    assert told == [made.to, *made.addressees, *made.paragraphs, *made.foot]


@pytest.mark.parametrize("typed", ["V/v ", "v/v: ", "Về việc ", "VỀ VIỆC: ", " V/v Về việc ", "V/v: "])
def test_a_letter_says_once_what_it_is_about(typed):
    made = sheet(subject=f"{typed}rà soát hộ kinh doanh")
    assert made.about == "V/v rà soát hộ kinh doanh"
    document = Document(io.BytesIO(word.docx(made)))
    assert document.tables[0].rows[0].cells[0].text.lower().count("v/v") == 1
    assert "về việc" not in text_of(rendering.pdf(made)).lower()


def test_what_stands_inside_a_subject_stays():
    assert sheet(subject="trao đổi về việc rà soát").about == "V/v trao đổi về việc rà soát"


@pytest.mark.parametrize("body", ["Uỷ ban nhân dân", "Ủy ban nhân dân", "Hội đồng nhân dân"])
def test_the_name_of_a_body_stays_in_one_line(body):
    head = SimpleNamespace(**{**vars(HEAD), "superior": "", "agency_name": f"Văn phòng {body} thành phố Huế"})
    made = sheet(head=head)
    lines = [
        re.sub(r"\s", " ", each)
        for each in PdfReader(io.BytesIO(rendering.pdf(made))).pages[0].extract_text().splitlines()
    ]
    assert any(body.upper() in each for each in lines)
    assert any("THÀNH PHỐ HUẾ" in each for each in lines)
    cell = Document(io.BytesIO(word.docx(made))).tables[0].rows[0].cells[0]
    assert body.upper().replace(" ", "\u00a0") in cell.text


@pytest.mark.parametrize("body", ["Trân trọng.", "Trân trọng", "Trân trọng./.", "Đoạn đầu.\nTrân trọng.\n"])
def test_after_the_last_paragraph_stands_that_nothing_follows(body):
    assert sheet(body=body).paragraphs[-1] == "Trân trọng./."
    assert not any(each.endswith("./.") for each in sheet(body=body).paragraphs[:-1])
