import unicodedata

import pytest

from plugins.pages.api import mark_words


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Nạo vét mương kiệt 131 Trần Phú", ("muong", "tran"), "Nạo vét [mương] kiệt 131 [Trần] Phú"),
        ("Uỷ ban Đỗ", ("do", "uy"), "[Uỷ] ban [Đỗ]"),
        (unicodedata.normalize("NFD", "họp tổ"), ("hop",), unicodedata.normalize("NFD", "[họp] tổ")),
        ("an an toàn", ("an",), "[an] [an] to[àn]"),
        ("Kế hoạch", ("ke hoach",), "[Kế hoạch]"),
        ("ngân", ("nga", "gan"), "[ngân]"),
        ("Không có", ("xyz", ""), "Không có"),
        ("", ("a",), ""),
    ],
)
def test_found_words_are_marked_with_their_accents(text, words, shown):
    pieces = mark_words(text, words)
    assert "".join(f"[{piece}]" if hit else piece for piece, hit in pieces) == shown
    assert "".join(piece for piece, _hit in pieces) == text
