"""Vietnamese names in alphabetical order, as keys computed here and stored in columns.

PostgreSQL's Vietnamese collation needs ICU, which not every installation has, and an index on an expression is
not used under row-level security: so keys are plain text compared byte by byte.
"""

import re
import unicodedata

_ALPHABET = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Above the two characters kept for spaces and for signs, so that "An Bình" comes before "Anh".
_LETTER = {letter: chr(ord("0") + position) for position, letter in enumerate(_ALPHABET)}
_SPACE, _SIGN = ".", "/"
_END = " "  # below every other character of a key: the shorter word comes first

# The order of the tones in Vietnamese dictionaries: level, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_MARKS = {("a", "\u0306"): "ă", ("a", "\u0302"): "â", ("e", "\u0302"): "ê", ("o", "\u0302"): "ô",
          ("o", "\u031b"): "ơ", ("u", "\u031b"): "ư"}  # fmt: skip


def sort_key(text: str) -> str:
    """Return a key in Vietnamese alphabetical order: letters decide first, tones between equal letters."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", " ".join(text.casefold().split())):
        if char in _TONES and tones:
            tones[-1] = _TONES[char]
        elif unicodedata.combining(char):
            if letters and (letters[-1], char) in _MARKS:
                letters[-1] = _MARKS[letters[-1], char]
        else:
            letters.append(char)
            tones.append("0")
    primary = "".join(_SPACE if c == " " else _LETTER.get(c, _SIGN) for c in letters)
    return primary + _END + "".join(tones)


def name_sort_key(full_name: str) -> str:
    """Return a key that orders people as Vietnamese lists do: given name, then family and middle names."""
    names = re.split(r"\s+", full_name.strip())
    return sort_key(names[-1]) + _END + sort_key(" ".join(names[:-1]))
