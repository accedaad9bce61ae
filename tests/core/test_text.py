import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import begins_formula, fold, lower_first, tidy_text, upper_first
from tenants.sorting import name_sort_key, sort_key


def test_fold_drops_tones_marks_case_and_extra_spaces():
    assert fold("  Đặng   Thị\tỐc Ưởng ") == "dang thi oc uong"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Tờ trình\u202e fdp.exe", "Tờ trình fdp.exe"),
        ("phươ\u0300ng\u200b Thuâ\u0323n\ufeff", "phường Thuận"),
        ("ký\u200d hiệu \u200cmới\u200d\ndòng\u200c", "ký hiệu mới\ndòng"),
        (
            "\U0001f469\u200d\U0001f33e và \u0645\u06cc\u200c\u062e",
            "\U0001f469\u200d\U0001f33e và \u0645\u06cc\u200c\u062e",
        ),
    ],
)
def test_hidden_marks_go_and_joiners_stay_where_they_mean_something(given, kept):
    assert tidy_text(given) == kept
    assert tidy_text(kept) == kept


@given(st.text())
def test_fold_is_stable_and_blind_to_the_form_of_unicode(text):
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    "words",
    [
        ["ma", "mà", "mả", "mã", "má", "mạ", "mă", "mâ", "mb"],
        ["da", "dư", "đa", "đư", "e", "ê", "g"],
        ["An", "An Bình", "Anh", "Ân", "Ba"],
        ["Phòng 1", "Phòng 10", "Phòng Nội vụ"],
        ["o", "ô", "ơ", "p", "u", "ư", "v"],
    ],
)
def test_sort_key_follows_the_vietnamese_alphabet(words):
    keys = [sort_key(word) for word in words]
    assert keys == sorted(set(keys))


def test_letters_decide_before_tones():
    assert sorted(["lạ", "làm", "lan", "la"], key=sort_key) == ["la", "lạ", "làm", "lan"]


def test_people_are_listed_by_given_name_then_family_name():
    names = ["Lê Văn An", "Trần An", "Nguyễn Thị Ánh", "Đỗ Bình", "Bùi Bình Minh"]
    keys = [name_sort_key(name) for name in names]
    assert keys == sorted(set(keys))


@given(st.lists(st.text(alphabet="aàảãáạăâdđeêoôơuư bn", min_size=1, max_size=6)))
def test_keys_sort_alike_in_python_and_as_bytes(words):
    keys = [sort_key(word) for word in words]
    assert sorted(keys) == sorted(keys, key=str.encode)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_table_program_takes_for_a_formula_is_known(sign):
    assert begins_formula(f"{sign}HYPERLINK(1)")
    assert not begins_formula(f"Sở Y tế {sign}1")
    assert not begins_formula("")


def test_words_stand_alone_with_a_capital_letter_and_inside_a_sentence_without():
    assert [upper_first(each) for each in ("đường hỏng", "UBND xã", "")] == ["Đường hỏng", "UBND xã", ""]
    assert lower_first("Sổ văn bản của UBND") == "sổ văn bản của UBND"
    assert [lower_first(each) for each in ("UBND xã", "Đơn", "")] == ["UBND xã", "đơn", ""], (
        "abbreviations stay"
    )
