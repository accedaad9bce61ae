"""The hooks that casework brings for the modules that stand on it."""

# mypy: disable-error-code="empty-body"

from core.api import Declared, hookspec
from plugins.casework.cases.reports import CaseReport
from plugins.casework.declarations import Book, LetterKind, unfit_letter
from plugins.casework.legs.purposes import LegPurpose
from plugins.casework.workflows.definition import CaseKind

DECLARE = {
    "register_books": Declared(Book, "book"),
    "register_workflows": Declared(CaseKind, "workflow"),
    "register_letters": Declared(LetterKind, "letter", unfit_letter),
    "register_leg_purposes": Declared(LegPurpose, "leg purpose"),
    "register_reports": Declared(CaseReport, "report"),
}


@hookspec
def register_books() -> list[Book]:
    """Return the registers (sổ) whose numbers the module takes, each gapless in an agency and a year. Added in 1.1."""


@hookspec
def register_workflows() -> list[CaseKind]:
    """Return the kinds of cases the module tracks. Added in 1.1."""


@hookspec
def register_letters() -> list[LetterKind]:
    """Return the kinds of official letters the module issues, as PDF with a number of a register. Added in 1.1."""


@hookspec
def register_leg_purposes() -> list[LegPurpose]:
    """Return what the module may ask of other agencies. Added in 1.1."""


@hookspec
def register_reports() -> list[CaseReport]:
    """Return what is counted of the module's cases. Added in 1.1."""
