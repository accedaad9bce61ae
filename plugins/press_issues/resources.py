"""Pages of press issues: the list, and one of them with its articles and the answer."""

from uuid import UUID

import falcon

from core.api import (
    N_,
    FormView,
    Invalid,
    NavItem,
    Request,
    Tag,
    _,
    format_date,
    format_datetime,
    page,
    paragraphs,
    redirect,
    url_for,
)
from plugins.casework.api import Case, CaseList, case_list, case_view, open_page
from plugins.press_issues import answering, queries, services
from plugins.press_issues.kinds import FINDINGS, HANDLE, ISSUE, KINDS, PUBLISH, READ, SECTORS, SEVERITIES
from plugins.press_issues.models import Issue
from plugins.press_issues.rules import budget_words
from plugins.press_issues.views import ArticleLine, IssueView

ISSUES = case_list(ISSUE)
LIST = CaseList(
    ISSUE,
    ISSUES,
    empty=N_("Chưa có sự việc báo nêu nào"),
    new_route="press_issues.new",
    new_text=N_("Ghi sự việc"),
    links=(
        NavItem(N_("Điểm báo tuần"), "press_issues.digest", "calendar-event", READ),
        NavItem(N_("Báo cáo năm"), "press_issues.report", "table", "reports.read"),
        NavItem(N_("Nguồn tin báo chí"), "press_issues.feeds", "news", HANDLE),
        NavItem(N_("Thiết lập báo chí"), "press_issues.settings", "settings", READ),
    ),
)


class OneIssue:
    """One issue."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case = open_page(req, case_id, ISSUE)
        page(req, resp, "press_issues/issue.html", issue_view(req, case, queries.issue(case_id)))

    def on_post_copy(self, req: Request, resp: falcon.Response, case_id: UUID, leg_id: UUID) -> None:
        try:
            agency = answering.copy_answer(req.asker, case_id, leg_id)
        except Invalid as problem:
            case = open_page(req, case_id, ISSUE)
            view = issue_view(req, case, queries.issue(case_id), FormView({}, problem.errors))
            page(req, resp, "press_issues/issue.html", view, status=problem.status)
        else:
            text = _("Đã chép câu trả lời của {agency} vào dự thảo.", agency=agency)
            redirect(resp, url_for(req, ISSUE.route, case_id=case_id), toast=text)


def issue_view(req: Request, case: Case, issue: Issue, form: FormView | None = None) -> IssueView:
    """Return what the page of an issue shows."""
    shown = case_view(
        req, case, ISSUE, facts=_facts(issue, case), form=form, copy_route="press_issues.copy_answer" if case.state in answering.WRITABLE else "",
        tags=[Tag(text=_("Mức độ: {severity}", severity=_(SEVERITIES[issue.severity])))],
        warning=_(services.NOT_NAMED) if case.state == "review" and req.asker.can(PUBLISH) and not queries.may_answer(req.asker, case.id) else "",
    )  # fmt: skip
    return IssueView.of(
        shown,
        articles=tuple(
            ArticleLine(each.title, each.outlet, each.url, each.published_at, paragraphs(each.text), each.sha256, each.first_issue_id != case.id)
            for each in queries.articles(case.id)
        ),
        answer=paragraphs(issue.answer),
        letters=answering.LETTER.shown(req, case),
        answer_title=_("Trả lời đã duyệt") if issue.approved_at and case.state not in (*answering.WRITABLE, "review") else _("Dự thảo trả lời"),
        public_url=url_for(req, "press_issues.public_answer", code=case.code) if queries.COPIES.has(case.id) else "",
    )  # fmt: skip


def _facts(issue: Issue, case: Case) -> list[tuple[str, str]]:
    """Return the facts of an issue; a direction that was pulled back is none any more."""
    directed, joined = case.state != "new" and issue.directed_at, case.state == "joined"
    told = f"{issue.direction} ({format_datetime(directed)})" if directed else ""
    finding = f"{_(FINDINGS[issue.finding])}: {issue.finding_note}" if issue.finding else ""
    found = [
        (_("Loại"), _(KINDS[issue.kind])),
        (_("Gộp vào"), queries.case(issue.joined_into).code if joined and issue.joined_into else ""),
        (_("Thời hạn theo luật"), "" if joined else f"{budget_words(issue.budget)}. {_(issue.ground)}"),
        (_("Lĩnh vực"), _(SECTORS[issue.sector])),
        (_("Địa bàn"), issue.locality),
        (_("Chỉ đạo"), told),
        (_("Kết luận"), finding),
        (_("Biện pháp xử lý"), issue.measures),
        (_("Ngày gửi báo"), format_date(issue.sent_on, year=True) if issue.sent_on else ""),
        (_("Báo đăng trả lời"), issue.link),
    ]
    return [(title, text) for title, text in found if text]
