"""What a case is called before those who do not work on it: other agencies, and the agency above."""

from collections.abc import Sequence

from plugins.casework.cases.masking import masked
from plugins.casework.cases.reveals import personal_of
from plugins.casework.models import Case
from plugins.casework.workflows.definition import CaseKind
from plugins.casework.workflows.kinds import kind_of


def known_of(case: Case) -> list[str]:
    """Return what is known to tell who somebody in a case is, as its kind declares it."""
    return [value for each in personal_of(case) for value in each.values]


def told_title(title: str, kind: CaseKind, known: Sequence[str] = ()) -> str:
    """Return a title without what tells who somebody is; where a kind is not about persons, streets are places."""
    return masked(title, known=known, leave=() if kind.personal else ("address",))


def title_to_send(case: Case) -> str:
    """Return what another agency reads as the title of a case unless somebody writes another one."""
    kind = kind_of(case.kind)
    return told_title(case.title, kind, known_of(case)) if kind.personal else case.title
