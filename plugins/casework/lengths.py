"""Lengths of texts that the database holds."""

from core.api import Invalid, _


def check_length(field: str, text: str, most: int) -> None:
    """Raise Invalid for a text that its column does not hold."""
    if len(text) > most:
        raise Invalid({field: [_("Dài quá {max} ký tự.", max=most)]})
