"""What other modules may import from this one, once they name `letters` in their `requires`.

letter = draft_letter(ctx, "press_issues.answer", of=Of("press_issues.case", case.id), subject=…, addressees=…, body=…)
letter_links(req, "press_issues.case", case.id)     # for the page of the case; leads to form, review and PDF
issue_letter(ctx, letter.id, version=letter.version)
typeset(FOLDER / "digest.typ", "words", {"title": …})   # a report of the module's own layout as PDF/A, in the font of letters
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.api import Request, RequestContext, _, url_for
from plugins.letters import queries
from plugins.letters.events import LetterIssued, LetterVoided
from plugins.letters.kinds import may
from plugins.letters.lists import STATES
from plugins.letters.models import Letter
from plugins.letters.queries import letters_of
from plugins.letters.rendering import Unprintable, typeset
from plugins.letters.services import Of, change_letter, discard_letter, draft_letter, issue_letter, pdf_of
from plugins.letters.sheets import send_made, sheet_of

__all__ = [
    "Letter", "LetterIssued", "LetterLink", "LetterVoided", "Of", "Unprintable", "change_letter", "discard_letter",
    "draft_letter", "issue_letter", "letter", "letter_links", "letters_of", "preview", "send_made", "typeset",
]  # fmt: skip

letter = queries.letter


@dataclass(frozen=True, slots=True)
class LetterLink:
    """One letter on the page of what it belongs to."""

    title: str
    url: str
    state: str
    number: str
    issued_on: date | None


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


def preview(ctx: RequestContext, letter: Letter) -> bytes:
    """Return the PDF of a draft as it is now; nothing is stored.

    Raises Invalid for a character that no letter can be printed with.
    """
    return pdf_of(letter, sheet_of(ctx, letter))
