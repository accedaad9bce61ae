"""What a case is called before those who do not work on it: other agencies, and the agency above."""

from collections.abc import Sequence

from core.api import N_, _, fold
from plugins.casework.cases.masking import masked, names_in, proposals
from plugins.casework.cases.personal import PersonalFact, values_of
from plugins.casework.cases.reveals import personal_of
from plugins.casework.models import Case
from plugins.casework.workflows.definition import CaseKind
from plugins.casework.workflows.kinds import kind_of

COMPLAINING = ("khieu nai", "to cao")


def complaint_hint(case: Case) -> str:
    """Say that a case which is to be sorted out reads like a complaint or denunciation, which goes another way; else nothing."""
    told = fold(f"{case.title} {case.text}")
    if case.state != "new" or not any(each in told for each in COMPLAINING):
        return ""
    return _("Nội dung có dấu hiệu khiếu nại, tố cáo: xem có phải chuyển xử lý đơn không.")


def known_of(case: Case) -> list[str]:
    """Return what is known to tell who somebody in a case is, as its kind declares it."""
    return values_of(personal_of(case))


def hidden_places(known: Sequence[str], *texts: str) -> PersonalFact:
    """Return what is hidden in the texts of a case as one personal fact, so that it is read with a reason like the others."""
    said = dict.fromkeys(each.text for text in texts for each in proposals(text, known=known))
    return PersonalFact("content", N_("Chỗ che trong nội dung"), "; ".join(said))


def told_title(title: str, kind: CaseKind, known: Sequence[str] = ()) -> str:
    """Return a title without what tells who somebody is; where a kind is not about persons, streets are places."""
    return masked(title, known=known, leave=() if kind.personal else ("address",))


def hidden_title(title: str, text: str, *, known: Sequence[str] = ()) -> tuple[str, str]:
    """Return title and text as a case keeps them that is about persons: lists, searches and notices show the title.

    A title that had to be changed begins the text, where what it says of somebody is read with a reason.
    """
    hidden = masked(title, known=[*known, *names_in(title, text)])
    return hidden, text if hidden == title else f"{title}\n\n{text}".strip()


def shown_title(case: Case) -> str:
    """Return the title of a case as its page, the forms of its acts and, unless somebody writes another one, other agencies show it."""
    if not kind_of(case.kind).personal:
        return case.title
    return hidden_title(case.title, case.text, known=known_of(case))[0]
