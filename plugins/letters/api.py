"""What other modules may import from this one, once they name `letters` in their `requires`.

letter = draft_letter(ctx, "press_issues.answer", of=Of("press_issues.case", case.id), subject=…, addressees=…, body=…)
letter_links(req, "press_issues.case", case.id)     # for the page of the case; leads to form, review and PDF
issue_letter(ctx, letter.id, version=letter.version)
CaseLetter(ANSWER, ISSUE, …)                        # all of it for the letter that answers a case: docs/letters.md
typeset(FOLDER / "digest.typ", "words", {"title": …})   # a report of the module's own layout as PDF/A, in the font of letters
"""

from core.api import RequestContext
from plugins.casework.api import agency_day
from plugins.letters import queries
from plugins.letters.case_letters import CaseLetter, Written
from plugins.letters.events import LetterIssued, LetterVoided
from plugins.letters.linking import letter_links
from plugins.letters.models import Letter
from plugins.letters.queries import letters_of
from plugins.letters.rendering import Unprintable, typeset
from plugins.letters.services import Of, change_letter, discard_letter, draft_letter, issue_letter, pdf_of
from plugins.letters.sheets import send_made, sheet_of
from plugins.letters.views import CaseLettersView, LetterLink

__all__ = [
    "CaseLetter", "CaseLettersView", "Letter", "LetterIssued", "LetterLink", "LetterVoided", "Of", "Unprintable", "Written",
    "change_letter", "discard_letter", "draft_letter", "has_template", "issue_letter", "letter", "letter_links", "letters_of", "preview", "send_made",
    "typeset",
]  # fmt: skip

letter = queries.letter


def has_template(ctx: RequestContext, kind: str) -> bool:
    """Tell whether the agency has a template for letters of a kind today: without one none is issued."""
    assert ctx.tenant is not None
    return queries.template_on(ctx.tenant, kind, agency_day()).id is not None


def preview(ctx: RequestContext, letter: Letter) -> bytes:
    """Return the PDF of a draft as it is now; nothing is stored.

    Raises Invalid for a character that no letter can be printed with.
    """
    return pdf_of(letter, sheet_of(ctx, letter))
