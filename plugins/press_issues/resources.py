"""Pages of press issues: the list, recording one, one of them, and the forms of its moves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import falcon
from marshmallow import Schema

from core.api import (
    N_,
    Conflict,
    Crumb,
    DraftView,
    FormPage,
    FormView,
    Invalid,
    NavItem,
    Option,
    Request,
    Tag,
    _,
    format_date,
    format_datetime,
    load,
    local,
    new_id,
    page,
    redirect,
    require_access,
    url_for,
)
from plugins.casework import api as casework
from plugins.casework.api import Case, CaseList, case_list, case_view, marks_of, people_options
from plugins.drafts.api import draft_view, forget, resume
from plugins.files.api import sent_files, upload_url
from plugins.notifications.api import people_with
from plugins.press_issues import queries, schemas, services
from plugins.press_issues.kinds import (
    DIRECT,
    FINDINGS,
    HANDLE,
    ISSUE,
    KINDS,
    PUBLISH,
    READ,
    SECTORS,
    SEVERITIES,
)
from plugins.press_issues.models import Issue
from plugins.press_issues.reading import read_page
from plugins.press_issues.rules import budget_words
from plugins.press_issues.schemas import ReadInput, RecordInput
from plugins.press_issues.services import NEW
from plugins.press_issues.views import ArticleLine, FormPageView, IssueView

ISSUES = case_list(ISSUE)
LIST = CaseList(
    ISSUE,
    ISSUES,
    empty=N_("Chưa có sự việc báo nêu nào"),
    new_route="press_issues.new",
    new_text=N_("Ghi sự việc"),
    links=(
        NavItem(N_("Điểm báo tuần"), "press_issues.digest", "calendar-event", READ),
        NavItem(N_("Báo cáo năm"), "press_issues.report", "table", READ),
        NavItem(N_("Nguồn tin báo chí"), "press_issues.feeds", "news", HANDLE),
        NavItem(N_("Thiết lập báo chí"), "press_issues.settings", "settings", READ),
    ),
)
NEW_DRAFT = "press_issues.new"
TITLES: dict[str, str] = {
    "title": N_("Sự việc"), "summary": N_("Tóm tắt"), "kind": N_("Loại"), "received": N_("Ngày nhận"),
    "severity": N_("Mức độ"), "sector": N_("Lĩnh vực"), "locality": N_("Địa bàn"), "leader_id": N_("Trình lãnh đạo"),
    "url": N_("Địa chỉ bài báo"), "outlet": N_("Báo, đài"), "article_title": N_("Tên bài"), "published": N_("Đăng lúc"),
    "body": N_("Nội dung bài"), "page": N_("Trang đã lưu"), "page_file": N_("Tệp trang đã lưu"), "files": N_("Tệp kèm theo"),
    "into": N_("Bài giống sự việc trước"), "note": N_("Ý kiến"), "person_id": N_("Người nhận"), "due": N_("Hạn"),
    "finding": N_("Kết luận"), "finding_note": N_("Nội dung kết luận"), "measures": N_("Biện pháp xử lý"),
    "answer": N_("Dự thảo trả lời"), "sent_on": N_("Ngày gửi báo"), "link": N_("Địa chỉ bài đăng trả lời"),
    "said": N_("Báo nêu gì"), "text": N_("Trả lời công khai"), "code": N_("Số sự việc"), "co": N_("Phối hợp"),
}  # fmt: skip


def titles() -> dict[str, str]:
    """Return the labels of all fields, for the summaries of errors."""
    return {name: _(title) for name, title in TITLES.items()}


def options(of: dict[str, str]) -> tuple[Option, ...]:
    """Return what a field offers."""
    return tuple(Option(key, _(title)) for key, title in of.items())


def able(permission: str) -> tuple[Option, ...]:
    """Return who holds a permission here, as a field offers them."""
    holders = {str(each) for each in people_with(permission)}
    return tuple(each for each in people_options(ISSUE) if each.value in holders)


def crumbs(req: Request, *last: str | Crumb) -> tuple[Crumb, ...]:
    """Return the way from the list to a page."""
    rest = (each if isinstance(each, Crumb) else Crumb(each) for each in last)
    return (Crumb(_(ISSUE.title), url_for(req, ISSUE.list_route)), *rest)


# ---- recording ---------------------------------------------------------------------------------------------------


class NewIssue:
    """The form that records an issue; "Đọc bài" fills it from a page the officer pasted or saved."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        given = {
            name: req.get_param(name) or ""
            for name in ("url", "outlet", "article_title", "published", "body")
        }
        values = {"id": str(new_id()), "title": given["article_title"][:500], **given}
        page(req, resp, "press_issues/record.html", _record_form(req, *resume(req, NEW_DRAFT, values)))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        draft = _draft(req)
        try:
            if req.form.get("do") == "read":
                form = FormView({**req.form, **_read(req), "page": "", "read": str(new_id())})
                view = _record_form(req, form, draft_view(req, f"{NEW_DRAFT}.{form.text('read')}"))
                page(req, resp, "press_issues/record.html", view)
                return
            case = services.record(req.asker, load(RecordInput(), req.form), sent_files(req, "files"))
        except Invalid as problem:
            view = _record_form(req, FormView(req.form, problem.errors), draft_view(req, draft))
            page(req, resp, "press_issues/record.html", view, status=problem.status)
        else:
            for key in {NEW_DRAFT, draft}:
                forget(req.asker, key)
            redirect(
                resp,
                url_for(req, ISSUE.route, case_id=case.id),
                toast=_("Đã ghi vào {code}.", code=case.code),
            )


def _draft(req: Request) -> str:
    """Return the draft of the form: filled from a page it is another one, or the browser would put back what was typed."""
    read = str(req.form.get("read", ""))[:36]
    return f"{NEW_DRAFT}.{read}" if read else NEW_DRAFT


def _read(req: Request) -> dict[str, str]:
    """Return what a pasted or saved page says, as fields of the form; what was typed before stays."""
    said = load(ReadInput(), req.form)
    uploads = req.uploads("page_file")
    content: bytes | str = said["page"]
    if uploads:
        if uploads[0].size > 5_000_000:
            raise Invalid(
                {"page_file": [_("Trang lớn hơn 5 MB. Lưu lại chỉ phần nội dung, hoặc dán chữ của bài.")]}
            )
        content = uploads[0].file.read()
    found = read_page(content, said["url"])
    when = f"{local(found.published_at):%d/%m/%Y %H:%M}" if found.published_at else ""
    read = {
        "url": found.url,
        "outlet": found.outlet,
        "article_title": found.title,
        "published": when,
        "body": found.text,
    }
    if not str(req.form.get("title", "")).strip():
        read["title"] = found.title
    return {name: value for name, value in read.items() if value}


def _record_form(req: Request, form: FormView, draft: DraftView) -> FormPageView:
    alike: tuple[Option, ...] = ()
    if "into" in form.errors:
        found = queries.alike(marks_of(form.text("article_title"), form.text("body")))
        alike = (*(Option(each.code, _("Gộp vào {code} “{title}”", code=each.code, title=each.title)) for each in found),
                 Option(NEW, _("Ghi thành sự việc mới")))  # fmt: skip
    return FormPageView(
        page=FormPage(
            title=_("Ghi sự việc báo nêu"), form=form, draft=draft, action=url_for(req, "press_issues.new"), button=_("Ghi sự việc"),
            back_url=url_for(req, ISSUE.list_route), back=_("Không ghi nữa"), crumbs=crumbs(req, _("Ghi sự việc báo nêu")),
            hidden=("id", "read"), titles=titles(),
        ),
        kinds=options(KINDS), severities=options(SEVERITIES), sectors=options(SECTORS), leaders=able(DIRECT), alike=alike,
        upload_url=upload_url(req),
        told=_("Đã đọc trang. Kiểm tra từng ô rồi ghi sự việc.") if form.text("read") and not form.errors else "",
    )  # fmt: skip


# ---- one issue ---------------------------------------------------------------------------------------------------


def opened(req: Request, case_id: UUID) -> tuple[Case, Issue]:
    """Return an issue for somebody who may see it. Raises Forbidden, NotFound."""
    return casework.open_page(req, case_id, ISSUE), queries.issue(case_id)


class OneIssue:
    """One issue."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        page(req, resp, "press_issues/issue.html", issue_view(req, *opened(req, case_id)))

    def on_post_withdraw(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        services.withdraw(req.asker, case_id)
        redirect(resp, url_for(req, ISSUE.route, case_id=case_id), toast=_("Đã gỡ khỏi trang công khai."))


def issue_view(
    req: Request, case: Case, issue: Issue, *, form: FormView | None = None, heading: str = ""
) -> IssueView:
    """Return what the page of an issue shows."""
    shown = case_view(
        req, case, ISSUE, facts=_facts(issue), form=form, heading=heading,
        tags=[Tag(text=_("Mức độ: {severity}", severity=_(SEVERITIES[issue.severity])))],
    )  # fmt: skip
    return IssueView.of(
        shown,
        articles=tuple(
            ArticleLine(each.title, each.outlet, each.url, each.published_at, _lines(each.text), each.sha256, each.first_issue_id != case.id)
            for each in queries.articles(case.id)
        ),
        answer=_lines(issue.answer),
        answer_title=_("Trả lời đã duyệt") if issue.approved_at else _("Dự thảo trả lời"),
        public_url=url_for(req, "press_issues.public_answer", code=case.code) if queries.is_published(case.id) else "",
    )  # fmt: skip


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line.strip())


def _facts(issue: Issue) -> list[tuple[str, str]]:
    directed = f"{issue.direction} ({format_datetime(issue.directed_at)})" if issue.directed_at else ""
    finding = f"{_(FINDINGS[issue.finding])}: {issue.finding_note}" if issue.finding else ""
    found = [
        (_("Loại"), _(KINDS[issue.kind])),
        (_("Thời hạn theo luật"), f"{budget_words(issue.budget)}. {_(issue.ground)}"),
        (_("Lĩnh vực"), _(SECTORS[issue.sector])),
        (_("Địa bàn"), issue.locality),
        (_("Chỉ đạo"), directed),
        (_("Kết luận"), finding),
        (_("Biện pháp xử lý"), issue.measures),
        (_("Ngày gửi báo"), format_date(issue.sent_on, year=True) if issue.sent_on else ""),
        (_("Báo đăng trả lời"), issue.link),
    ]
    return [(title, text) for title, text in found if text]


# ---- forms of one issue --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """The page of something done to an issue that asks for more than a note: its fields, its service."""

    key: str
    title: str
    schema: type[Schema]
    act: Callable[..., Any]
    permission: str = HANDLE

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case, issue = self._opened(req, case_id)
        values = {"version": str(case.version), **_values(case, issue)}
        view = self._view(req, case, *resume(req, self._draft(case), values))
        page(req, resp, "press_issues/act.html", view)

    def on_post(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case, _issue = self._opened(req, case_id)
        try:
            done = self.act(req.asker, case_id, load(self.schema(), req.form))
        except Invalid as problem:
            view = self._view(
                req, case, FormView(req.form, problem.errors), draft_view(req, self._draft(case))
            )
            page(req, resp, "press_issues/act.html", view, status=problem.status)
        except Conflict:
            # What was typed is in the form still; sent again, it is about the issue as it is now.
            text = _(
                "Sự việc vừa đổi: “{state}”. Xem lại rồi làm tiếp; điều bạn gõ còn nguyên.",
                state=_state(case),
            )
            form = FormView({**req.form, "version": str(case.version)}, {"": [text]})
            page(
                req,
                resp,
                "press_issues/act.html",
                self._view(req, case, form, draft_view(req, self._draft(case))),
                status=409,
            )
        else:
            forget(req.asker, self._draft(case))
            toast = _("{code}: {done}.", code=done.code, done=_(self.title))
            redirect(resp, url_for(req, ISSUE.route, case_id=case_id), toast=toast)

    def _opened(self, req: Request, case_id: UUID) -> tuple[Case, Issue]:
        case, issue = opened(req, case_id)
        require_access(req.asker, self.permission, case)
        return case, issue

    def _draft(self, case: Case) -> str:
        return f"press_issues.{self.key}.{case.id}"

    def _view(self, req: Request, case: Case, form: FormView, draft: DraftView) -> FormPageView:
        asks = frozenset(self.schema().fields)
        to_answer = self.key == "submit"
        return FormPageView(
            page=FormPage(
                title=f"{_(self.title)}: {case.title}", form=form, draft=draft, button=_(self.title),
                action=url_for(req, f"press_issues.{self.key}", case_id=case.id), back_url=url_for(req, ISSUE.route, case_id=case.id),
                back=_("Chưa làm bước này"), hidden=("version",), titles=titles(),
                crumbs=crumbs(req, Crumb(case.code, url_for(req, ISSUE.route, case_id=case.id)), _(self.title)),
            ),
            asks=asks,
            people=() if "person_id" not in asks else able(PUBLISH if to_answer else HANDLE),
            findings=options(FINDINGS), severities=options(SEVERITIES), sectors=options(SECTORS),
        )  # fmt: skip


def _state(case: Case) -> str:
    return next((_(each.title) for each in ISSUE.states if each.key == case.state), case.state)


def _values(case: Case, issue: Issue) -> dict[str, str]:
    kept = {
        name: getattr(issue, name)
        for name in (
            "severity",
            "sector",
            "locality",
            "finding",
            "finding_note",
            "measures",
            "answer",
            "link",
        )
    }
    today = format_date(casework.agency_day(), year=True)
    return {
        **kept,
        "title": case.title,
        "summary": case.text,
        "said": case.text,
        "text": issue.answer,
        "sent_on": today,
    }


def _add_article(ctx: Any, case_id: UUID, said: dict[str, Any]) -> Case:
    case = queries.case(case_id)
    services.add_article(ctx, case, said)
    return case


WAYS = {way.key: way for way in ISSUE.transitions}
ACTS = (
    Act("direct", WAYS["direct"].title, schemas.DirectInput, services.direct, DIRECT),
    Act("conclude", WAYS["conclude"].title, schemas.ConcludeInput, services.conclude),
    Act("submit", WAYS["submit"].title, schemas.SubmitInput, services.submit),
    Act("approve", WAYS["approve"].title, schemas.ActInput, services.approve, PUBLISH),
    Act("send", WAYS["send"].title, schemas.SendInput, services.send),
    Act("publish", WAYS["publish"].title, schemas.PublishInput, services.publish, PUBLISH),
    Act("join", WAYS["join"].title, schemas.JoinInput, services.join),
    Act("edit", N_("Sửa thông tin"), schemas.EditInput, services.edit),
    Act("article", N_("Thêm bài báo"), schemas.ArticleInput, _add_article),
)
