"""Small things about texts: lengths that the database holds, words as they stand inside a sentence."""

from core.api import Invalid, _

MOST_NOTE = 4_000
"""Letters of what is said beside a step, an assignment or a leg."""


def check_length(field: str, text: str, most: int) -> None:
    """Raise Invalid for a text that its column does not hold."""
    if len(text) > most:
        raise Invalid({field: [_("Dài quá {max} ký tự.", max=most)]})


def lower_first(text: str) -> str:
    """Return a title as it stands inside a sentence; abbreviations such as UBND stay as they are."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
