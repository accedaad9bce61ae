"""Lengths of texts that the database holds."""

from core.api import Invalid, _

MOST_NOTE = 4_000
"""Letters of what is said beside a step, an assignment or a leg."""
MOST_REASON = 1_000
"""Of what a co-handler says of their part, and of what an assignment ended with."""


def check_length(field: str, text: str, most: int) -> None:
    """Raise Invalid for a text that its column does not hold."""
    if len(text) > most:
        raise Invalid({field: [_("Dài quá {max} ký tự.", max=most)]})
