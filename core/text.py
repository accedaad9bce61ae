"""Vietnamese text as people type, search and read it."""

import re
import unicodedata

_BARRED = "\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u200b\u2060\ufeff"
_LATIN = "\u0000-\u036f\u1e00-\u1eff"
_HIDDEN = re.compile(
    rf"[{_BARRED}]|(?:(?<=[{_LATIN}])|^)[\u200c\u200d]+|[\u200c\u200d]+(?=[{_LATIN}]|$)", re.MULTILINE
)
"""Marks that turn text around or that nobody sees. Joiners mean something in emoji and in scripts such as Arabic,
so they stay between two signs that are no Latin letters."""


def tidy_text(text: str) -> str:
    """Return text as it is stored: composed (NFC), without marks of direction and signs of no width.

    SECURITY: with a right-to-left mark a text reads otherwise than programs take it, and two names that look
    the same differ.
    """
    return unicodedata.normalize("NFC", text if text.isascii() else _HIDDEN.sub("", text))


def fold(text: str) -> str:
    """Return text for searching: lower case, no tones or marks, đ as d, single spaces."""
    lower = unicodedata.normalize("NFKC", tidy_text(text)).casefold()
    plain = unicodedata.normalize("NFKD", lower).replace("đ", "d")
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def upper_first(text: str) -> str:
    """Return words of a sentence as they stand alone, with a capital letter."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Return a title as it stands inside a sentence; abbreviations such as UBND stay as they are."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def begins_formula(text: str) -> bool:
    """Tell whether a table program may take text for a formula, in a cell or read from a CSV file it was saved to."""
    return text.startswith(("=", "+", "-", "@", "\t", "\r"))


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the lines of a text that say something, for pages that draw each as a paragraph."""
    return tuple(line for line in text.splitlines() if line.strip())
