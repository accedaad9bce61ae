"""The letters of an object as its page shows them."""

from uuid import UUID

from core.api import Request, _, url_for
from plugins.letters.kinds import may
from plugins.letters.lists import STATES
from plugins.letters.queries import letters_of
from plugins.letters.views import LetterLink


def letter_links(req: Request, object_type: str, object_id: UUID) -> tuple[LetterLink, ...]:
    """Return the letters of an object that the reader may read, the newest first; one statement, however many."""
    return tuple(
        LetterLink(
            each.subject,
            url_for(req, "letters.letter", letter_id=each.id),
            _(STATES[each.state]),
            each.number,
            each.issued_on,
        )
        for each in letters_of(object_type, object_id)
        if may(req.asker, "read", each)
    )
