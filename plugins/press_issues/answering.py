"""Where the answer to the press comes from and how it leaves: legs to other agencies, the letter with its number."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from core.api import (
    N_,
    Deny,
    Forbidden,
    Invalid,
    LetterKind,
    RequestContext,
    _,
    db,
    format_date,
    require_access,
)
from plugins.casework import api as casework
from plugins.casework.api import Case, LegPurpose
from plugins.files.api import DOCUMENTS, open_content, store, stored
from plugins.letters.api import Letter, LetterIssued, Of, draft_letter, letter, letters_of
from plugins.press_issues import queries
from plugins.press_issues.kinds import HANDLE, ISSUE, PUBLISH, READ
from plugins.press_issues.models import Issue

WRITABLE = ("new", "verifying", "drafting", "redraft")
"""Where the draft of the answer may still change: later somebody has to approve it first."""
MOST = 20_000
"""Characters of an answer."""


# ---- other agencies ------------------------------------------------------------------------------------------------


def _first(case: Case) -> Mapping[str, str]:
    told = [f"{each.outlet}: {each.title} {each.url}".strip() for each in queries.articles(case.id)]
    return {
        "ask": queries.issue(case.id).direction,
        "text": "\n".join(filter(None, [case.text, *told])),
    }


PART = LegPurpose(
    "press_issues.part", N_("Giao cơ quan khác xử lý, trả lời"),
    N_("Cơ quan nhận xác minh, xử lý điều báo nêu và trả lời; cơ quan bạn vẫn trả lời báo"), kinds=(ISSUE.key,), first=_first,
)  # fmt: skip


def copy_answer(ctx: RequestContext, case_id: UUID, leg_id: UUID) -> str:
    """Put what another agency answered under the draft of the answer, once; return which agency.

    Raises Invalid once the draft is with whoever approves it, Forbidden, NotFound.
    """
    with db.atomic():
        case = queries.case(case_id)
        if case.state not in WRITABLE:
            text = _("Dự thảo đã trình, không chép thêm. Trả lại để sửa trước.")
            raise Invalid({"": [text]})
        agency, answer = casework.copied_answer(ctx, case, leg_id)
        issue = Issue.select().where(Issue.id == case_id).for_update().get()
        told = f"{agency}: {answer}"
        if told not in issue.answer:
            answer = f"{issue.answer}\n{told}".strip()
            Issue.update(answer=answer[:MOST]).where(Issue.id == case_id).execute()
    return agency


# ---- the letter ------------------------------------------------------------------------------------------------------


ANSWER = LetterKind(
    "press_issues.answer", N_("Công văn trả lời báo chí"), "casework.outgoing", READ, HANDLE, PUBLISH,
    core=(N_("Về thông tin {outlet} nêu trong bài “{article}”, {agency} trả lời như sau:"),),
    fields=(("outlet", N_("Báo, đài")), ("article", N_("Tên bài")), ("agency", N_("Cơ quan trả lời"))),
)  # fmt: skip
SUBJECT = N_("trả lời thông tin báo nêu: {title}")
"""What stands on paper is Vietnamese, whoever reads the page."""
ISSUED = ("approved", "sent", "published")
"""Where the letter may be issued."""


def letters_about(case_id: UUID) -> list[Letter]:
    """Return the letters of an issue that are not void, the newest first."""
    return [each for each in letters_of(ISSUE.key, case_id) if each.state != "void"]


def issued_letter(case_id: UUID) -> Letter | None:
    """Return the letter that went out with its number."""
    return next((each for each in letters_about(case_id) if each.state == "issued"), None)


def may_begin(ctx: RequestContext, case: Case, issue: Issue) -> bool:
    """Tell whether the letter of an issue may be begun: there is an answer and no letter yet."""
    open_ = case.state in ("drafting", "redraft", "review", "approved")
    return open_ and bool(issue.answer) and ctx.can(HANDLE) and not letters_about(case.id)


def begin_letter(ctx: RequestContext, case_id: UUID) -> Letter:
    """Draft the letter of an issue from its answer, or return the one there is. Raises Invalid, Forbidden, NotFound."""
    case, issue = queries.case(case_id), queries.issue(case_id)
    require_access(ctx, HANDLE, case)
    with db.atomic():
        if earlier := letters_about(case_id):
            return earlier[0]
        if not issue.answer:
            raise Invalid({"": [_("Chưa có dự thảo trả lời để soạn công văn.")]})
        articles, count = queries.articles(case_id), len(letters_of(ISSUE.key, case_id))
        assert ctx.tenant is not None
        outlets = list(dict.fromkeys(each.outlet for each in articles))
        about = {"outlet": ", ".join(outlets), "article": articles[0].title, "agency": ctx.tenant.name}
        # Two officers who begin at once begin one letter; after a void one there is another.
        return draft_letter(
            ctx, ANSWER.key, letter_id=uuid5(case_id, f"letter {count}"), of=Of(ISSUE.key, case_id),
            fields={name: text[:200] for name, text in about.items()}, subject=SUBJECT.format(title=case.title)[:300],
            addressees="\n".join(outlets), body=issue.answer,
        )  # fmt: skip


def attach_letter(event: LetterIssued) -> None:
    """Put the PDF of an issued answer among the files of its issue: what happens when a letter is issued."""
    issued = letter(event.object_id) if event.object_id else None
    if issued is None or issued.kind != ANSWER.key or issued.object_id is None or issued.file_id is None:
        return
    pdf = stored(issued.file_id)
    with open_content(pdf) as content:
        store(content, name=pdf.name, owner=casework.files_owner(issued.object_id), allowed=DOCUMENTS)


def letter_access(ctx: RequestContext, permission: str, obj: object) -> Deny | None:
    """Let a letter be issued by who may answer the press, once its issue is approved; read and written like the issue."""
    if not isinstance(obj, Letter) or obj.kind != ANSWER.key or obj.object_id is None:
        return None
    case = queries.case(obj.object_id)
    try:
        require_access(ctx, READ, case)
    except Forbidden:
        return Deny(_("Việc này chỉ người liên quan thấy."))
    if permission != PUBLISH:
        return None
    if case.state not in ISSUED:
        return Deny(_("Trả lời chưa được duyệt nên chưa phát hành công văn."))
    if not queries.may_answer(ctx, case.id):
        return Deny(_("Bạn chưa được giao hoặc uỷ quyền phát ngôn cho sự việc này. Xem Người phát ngôn."))
    return None


def told_of_letter(case: Case) -> list[str]:
    """Return what whoever notes the sending should know of the letter."""
    found = letters_about(case.id)
    if not found:
        return [_("Chưa có công văn trả lời. Ghi đã gửi báo khi cơ quan trả lời bằng cách khác.")]
    first = found[0]
    if first.state != "issued":
        return [_("Công văn trả lời còn là dự thảo, chưa có số và ngày.")]
    day = format_date(first.issued_on, year=True) if first.issued_on else ""
    return [_("Gửi công văn số {number} ngày {day}.", number=first.number, day=day)]
