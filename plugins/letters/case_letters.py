"""The letter by which a case is answered: begun from its answer, issued once that is approved, kept among its files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from core.api import (
    N_,
    Deny,
    Forbidden,
    Invalid,
    Request,
    RequestContext,
    Route,
    Subscriber,
    _,
    db,
    emit,
    format_date,
    require_access,
    url_for,
)
from plugins.casework import api as casework
from plugins.casework.api import AssignmentPulledBack, Case, CaseKind, LetterKind, NumberTaken
from plugins.files.api import DOCUMENTS, StoredFile, files_of, open_content, rename, store, stored
from plugins.letters import queries
from plugins.letters.events import (
    CaseAnswerIssued,
    CaseAnswerVoided,
    LetterEvent,
    LetterIssued,
    LetterVoided,
)
from plugins.letters.linking import letter_links
from plugins.letters.models import Letter
from plugins.letters.resources import BeginCaseLetter
from plugins.letters.services import Of, draft_letter
from plugins.letters.views import CaseLettersView

LONGEST_FIELD, LONGEST_SUBJECT = 200, 300
VOID = N_("đã huỷ")
"""What the name of a void letter's PDF ends with among the files of its case, in the language of letters."""
NOT_APPROVED = N_("Trả lời chưa được duyệt nên chưa phát hành công văn.")


class Written(NamedTuple):
    """What stands in a new letter."""

    subject: str
    addressees: Sequence[str]
    body: str
    fields: Mapping[str, str]


def _nothing(_ctx: RequestContext, _case: Case) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class CaseLetter:
    """How cases of a kind are answered by letters of a kind.

    `of` says what the letter of a case belongs to: the case itself, or one of several answers of it, nothing while there
    is none; `case_of` is the way back. `written` is what a new letter says, nothing while there is nothing to write.
    `refuses` says why somebody may not issue the letter of a case, beside the permission and the state of the case.
    """

    letter: LetterKind
    kind: CaseKind
    of: Callable[[Case], Of]
    case_of: Callable[[UUID], Case]
    written: Callable[[RequestContext, Case], Written | None]
    begun_in: tuple[str, ...]
    """States in which a letter may be begun."""
    issued_in: tuple[str, ...]
    """States in which it may be issued: the answer is approved."""
    refuses: Callable[[RequestContext, Case], str] = _nothing

    @property
    def route(self) -> str:
        """The name of the route that begins the letter of a case."""
        return f"{self.kind.key.partition('.')[0]}.letter"

    def of_case(self, case: Case) -> list[Letter]:
        """Return the letters of a case that are not void, the newest first."""
        of = self.of(case)
        return [each for each in queries.letters_of(of.type, of.id) if each.state != "void"] if of.id else []

    def issued(self, case: Case) -> Letter | None:
        """Return the letter that went out with its number."""
        return next((each for each in self.of_case(case) if each.state == "issued"), None)

    def shown(self, req: Request, case: Case, *earlier: UUID) -> CaseLettersView:
        """Return what the page of a case shows of its letters, with those of `earlier` answers."""
        of = self.of(case)
        links = letter_links(req, of.type, of.id, *earlier) if of.id else ()
        begins = case.state in self.begun_in and req.asker.can(self.letter.write) and not self.of_case(case)
        may = begins and self.written(req.asker, case) is not None
        return CaseLettersView(links, url_for(req, self.route, case_id=case.id) if may else "")

    def begin(self, ctx: RequestContext, case_id: UUID) -> Letter:
        """Draft the letter of a case from its answer, or return the one there is. Raises Invalid, Forbidden, NotFound."""
        with db.atomic():
            # Of two officers who begin at once the second waits, and gets the letter of the first.
            case = casework.case(case_id, self.kind, locked=True)
            require_access(ctx, self.letter.write, case)
            if earlier := self.of_case(case):
                return earlier[0]
            of, said = self.of(case), self.written(ctx, case)
            if said is None or of.id is None:
                raise Invalid({"": [_("Chưa có dự thảo trả lời để soạn công văn.")]})
            return draft_letter(
                ctx, self.letter.key, of=of, subject=said.subject[:LONGEST_SUBJECT],
                fields={name: text[:LONGEST_FIELD] for name, text in said.fields.items()}, addressees="\n".join(said.addressees),
                body=said.body,
            )  # fmt: skip

    def attach(self, event: LetterIssued) -> None:
        """Put the PDF of an issued letter among the files of its case: what happens when a letter is issued."""
        if found := self._found(event):
            case, pdf = found
            with open_content(pdf) as content:
                store(content, name=pdf.name, owner=casework.files_owner(case.id), allowed=DOCUMENTS)
            emit(CaseAnswerIssued(**casework.about(case), number=event.number))

    def mark_void(self, event: LetterVoided) -> None:
        """Tell a case that its letter is void, and its files by the name of the PDF: what happens when a letter is voided."""
        if found := self._found(event):
            case, pdf = found
            for copy in files_of(casework.files_owner(case.id)):
                if copy.digest == pdf.digest:
                    rename(copy.id, f"{copy.name.removesuffix('.pdf')} ({VOID}).pdf")
            emit(CaseAnswerVoided(**casework.about(case), number=event.number, reason=event.reason))

    def hold(self, event: NumberTaken) -> None:
        """Let nobody take the approval back from here on: what happens when the letter gets its number.

        Raises Forbidden when somebody has taken it back since the letter was opened.
        """
        if event.subject_type != LetterEvent.object_type:
            return
        letter = queries.letter(event.subject_id)
        if letter.kind == self.letter.key and letter.object_id:
            # Before the PDF claims the agency's space: whoever moves a case locks the case first, too.
            case = casework.case(self.case_of(letter.object_id).id, locked=True)
            if case.state not in self.issued_in:
                raise Forbidden(_(NOT_APPROVED))

    def keep_approved(self, event: AssignmentPulledBack) -> None:
        """Let the answer that a letter took out stay approved: what happens when something is pulled back. Raises Invalid."""
        if event.kind != self.kind.key or event.object_id is None:
            return
        case = casework.case(event.object_id)
        if case.state in self.issued_in or (letter := self.issued(case)) is None:
            return
        last = casework.steps(case.id)[0]
        if last.transition == "pull_back" and last.from_state in self.issued_in:
            text = _("Công văn số {number} đã phát hành theo trả lời này nên không rút lại được. Huỷ số công văn trước.", number=letter.number)  # fmt: skip
            raise Invalid({"": [text]})

    def subscribers(self) -> list[Subscriber]:
        """Return what happens in a case when its letter is issued or voided, and what keeps the answer approved that it took out."""
        return [
            Subscriber(NumberTaken, self.hold),
            Subscriber(LetterIssued, self.attach),
            Subscriber(LetterVoided, self.mark_void),
            Subscriber(AssignmentPulledBack, self.keep_approved),
        ]

    def _found(self, event: LetterEvent) -> tuple[Case, StoredFile] | None:
        """Return the case that a letter of this kind answers, and the PDF of the letter."""
        letter = queries.letter(event.object_id) if event.object_id else None
        if letter is None or letter.kind != self.letter.key or not letter.object_id or not letter.file_id:
            return None
        return self.case_of(letter.object_id), stored(letter.file_id)

    def access(self, ctx: RequestContext, permission: str, obj: object) -> Deny | None:
        """Let a letter be read and written like its case, and issued once the answer is approved: for `check_access`."""
        if not isinstance(obj, Letter) or obj.kind != self.letter.key or obj.object_id is None:
            return None
        case = self.case_of(obj.object_id)
        try:
            require_access(ctx, self.letter.read, case)
        except Forbidden:
            return Deny(_("Việc này chỉ người liên quan thấy."))
        if permission != self.letter.issue:
            return None
        if case.state not in self.issued_in:
            return Deny(_(NOT_APPROVED))
        reason = self.refuses(ctx, case)
        return Deny(reason) if reason else None

    def told(self, case: Case) -> list[str]:
        """Return what whoever notes that the answer went out should know of the letter."""
        found = self.of_case(case)
        if not found:
            return [_("Chưa có công văn trả lời. Vẫn ghi được khi cơ quan trả lời bằng cách khác.")]
        first = found[0]
        if first.state != "issued":
            return [_("Công văn trả lời còn là dự thảo, chưa có số và ngày.")]
        day = format_date(first.issued_on, year=True) if first.issued_on else ""
        return [_("Gửi công văn số {number} ngày {day}.", number=first.number, day=day)]

    def check_day(self, case: Case, day: date, field: str = "sent_on") -> None:
        """Refuse a day of sending before that of the letter. Raises Invalid."""
        letter = self.issued(case)
        if letter and letter.issued_on and day < letter.issued_on:
            signed = format_date(letter.issued_on, year=True)
            text = _(
                "Công văn số {number} ký ngày {day}, chưa thể gửi trước ngày đó.",
                number=letter.number,
                day=signed,
            )
            raise Invalid({field: [text]})

    def routes(self) -> list[Route]:
        """Return the route that begins the letter of a case."""
        return [
            Route(
                "office", "{case_id:uuid}/letter", BeginCaseLetter(self.begin), self.route, self.letter.write
            )
        ]
