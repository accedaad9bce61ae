"""The letters of an object as its page shows them."""

from uuid import UUID

from core.api import Request, _, upper_first, url_for
from plugins.letters.kinds import may
from plugins.letters.lists import MARKS, STATES
from plugins.letters.queries import letters_of
from plugins.letters.views import LetterLink


def letter_links(req: Request, object_type: str, *object_ids: UUID) -> tuple[LetterLink, ...]:
    """Return the letters of objects that the reader may read, the newest first; one statement, however many."""
    return tuple(
        LetterLink(
            upper_first(each.subject),
            url_for(req, "letters.letter", letter_id=each.id),
            MARKS[each.state],
            _(STATES[each.state]),
            each.number,
            each.issued_on,
        )
        for each in letters_of(object_type, *object_ids)
        if may(req.asker, "read", each)
    )
