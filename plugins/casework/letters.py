"""The official letter that an agency writes of its own: công văn."""

from core.api import N_
from plugins.casework.declarations import LetterKind
from plugins.casework.registers.books import OUTGOING

READ, WRITE, ISSUE = "casework.read_letters", "casework.write_letters", "casework.issue_letters"

OFFICIAL = LetterKind("casework.official", N_("Công văn"), OUTGOING.key, READ, WRITE, ISSUE, alone=True)
