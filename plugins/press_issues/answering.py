"""Where the answer to the press comes from and how it leaves: legs to other agencies, the letter with its number."""

from collections.abc import Mapping
from uuid import UUID

from core.api import N_, Invalid, RequestContext, _, db
from plugins.casework import api as casework
from plugins.casework.api import Case, LegPurpose, LetterKind
from plugins.letters.api import CaseLetter, Of, Written
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
    return {"ask": queries.issue(case.id).direction, "text": "\n".join(filter(None, [case.text, *told]))}


PART = LegPurpose(
    "press_issues.part", N_("Giao cơ quan khác xử lý, trả lời"),
    N_("Cơ quan nhận xác minh, xử lý điều báo nêu và trả lời; cơ quan bạn vẫn trả lời báo"), kinds=(ISSUE.key,), first=_first,
)  # fmt: skip


def copy_answer(ctx: RequestContext, case_id: UUID, leg_id: UUID) -> str:
    """Put what another agency answered under the draft of the answer, once; return which agency. Raises Invalid once the draft is with whoever approves it, Forbidden, NotFound."""
    with db.atomic():
        case = queries.case(case_id)
        if case.state not in WRITABLE:
            raise Invalid({"": [_("Dự thảo đã trình, không chép thêm. Trả lại để sửa trước.")]})
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
    issuers=("press_issues.settings", N_("Người phát ngôn")), carries=lambda case_id: queries.issue(case_id).answer,
)  # fmt: skip
SUBJECT = N_("trả lời thông tin báo nêu: {title}")
"""What stands on paper is Vietnamese, whoever reads the page."""


def _written(ctx: RequestContext, case: Case) -> Written | None:
    answer, articles = queries.issue(case.id).answer, queries.articles(case.id)
    if not answer or not articles:
        return None
    assert ctx.tenant is not None
    outlets = list(dict.fromkeys(each.outlet for each in articles))
    about = {"outlet": ", ".join(outlets), "article": articles[0].title, "agency": ctx.tenant.name}
    return Written(SUBJECT.format(title=case.title), outlets, answer, about)


def _refused(ctx: RequestContext, case: Case) -> str:
    if queries.may_answer(ctx, case.id):
        return ""
    return _("Bạn chưa được giao hoặc uỷ quyền phát ngôn cho sự việc này. Xem Người phát ngôn.")


LETTER = CaseLetter(
    ANSWER, ISSUE, of=lambda case: Of(ISSUE.key, case.id), case_of=queries.case, written=_written, refuses=_refused,
    begun_in=("drafting", "redraft", "review", "approved"), issued_in=("approved", "sent", "published"),
)  # fmt: skip
