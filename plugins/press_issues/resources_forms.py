"""Forms of press issues: recording one from an article, and what is done to one that asks for more than a note."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import falcon

from core.api import N_, FormView, Invalid, Option, Request, _, load, local, new_id, page
from plugins.casework.api import (
    LEAVE,
    ActInput,
    Ask,
    AskView,
    Case,
    CaseAct,
    CaseFormView,
    NewCase,
    NotedInput,
    able,
    agency_day,
    hidden_in,
    marks_of,
    told_of_hidden,
    typed_day,
)
from plugins.drafts.api import draft_view
from plugins.pages.api import DraftView
from plugins.press_issues import queries, schemas, services
from plugins.press_issues.answering import LETTER
from plugins.press_issues.kinds import DIRECT, FINDINGS, HANDLE, ISSUE, KINDS, PUBLISH, SECTORS, SEVERITIES
from plugins.press_issues.reading import MOST_BYTES, read_page
from plugins.press_issues.services import NEW

ARTICLE = (
    Ask("url", N_("Địa chỉ bài báo"), section=N_("Bài báo")),
    Ask("article_title", N_("Tên bài")),
    Ask("outlet", N_("Báo, đài"), width="m"),
    Ask("published", N_("Đăng lúc"), hint=N_("Ví dụ 25/8/2026 14:02"), width="m"),
    Ask("body", N_("Nội dung bài"), "text", hint=N_("Giữ làm bằng chứng; bài gốc có thể bị sửa hoặc gỡ"), rows=8),
)  # fmt: skip
TITLE = Ask(
    "title", N_("Sự việc"), hint=N_("Việc gì, ở đâu: Đổ trộm rác xây dựng ven sông An Cựu"), section=N_("Sự việc")
)  # fmt: skip
SUMMARY = Ask("summary", N_("Tóm tắt"), "text")
CLASSED = (
    Ask("severity", N_("Mức độ"), "select", offer=SEVERITIES, width="m"),
    Ask("sector", N_("Lĩnh vực"), "select", offer=SECTORS, width="m"),
    Ask("locality", N_("Địa bàn"), width="m"),
)
LINK = Ask("link", N_("Địa chỉ bài đăng trả lời"))
NOTE = Ask("note", N_("Ý kiến"), "text", rows=3)


# ---- recording ---------------------------------------------------------------------------------------------------


class Record(NewCase):
    """The form that records an issue; "Đọc bài" fills it from a page the officer pasted or saved."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        if req.form.get("do") != "read":
            super().on_post(req, resp)
            return
        try:
            # Filled from a page it is another draft, or the browser would put back what was typed before.
            form = FormView({**req.form, **_read(req), "page": "", "read": str(new_id())})
        except Invalid as problem:
            form = FormView(req.form, problem.errors)
        view = self.shown(req, form, draft_view(req, self._key(form.text("read"))))
        page(req, resp, "press_issues/record.html", view, status=422 if form.errors else 200)

    def draft(self, req: Request) -> str:
        return self._key(str(req.form.get("read", "")))

    def _key(self, read: str) -> str:
        return f"{self.route}.{read[:36]}" if read else self.route

    def shown(self, req: Request, form: FormView, draft: DraftView, **more: Any) -> CaseFormView:
        read = form.text("read") and not form.errors
        told = _("Đã đọc trang. Kiểm tra từng ô rồi ghi sự việc.") if read else ""
        view = super().shown(req, form, draft, told=told, **more)
        sections = list(view.sections)
        if "into" in form.errors:
            into = AskView(
                name="into", title=_("Ghi vào đâu"), kind="one", optional=False, options=_earlier(form)
            )
            sections.insert(0, (_("Bài này giống sự việc đã ghi"), [into]))
        titles = {**view.page.titles, "page": _("Nội dung trang"), "into": _("Bài giống sự việc trước")}
        return replace(view, sections=sections, page=replace(view.page, hidden=("id", "read"), titles=titles))


def _earlier(form: FormView) -> tuple[Option, ...]:
    found = queries.alike(marks_of(form.text("article_title"), form.text("body")))
    joined = [
        Option(each.code, _("Gộp vào {code} “{title}”", code=each.code, title=each.title)) for each in found
    ]
    return (*joined, Option(NEW, _("Ghi thành sự việc mới")))


def _read(req: Request) -> dict[str, str]:
    """Return what a pasted or saved page says, as fields of the form; what was typed before stays. Raises Invalid."""
    said, uploads = load(schemas.ReadInput(), req.form), req.uploads("page_file")
    content: bytes | str = uploads[0].file.read(MOST_BYTES + 1) if uploads else said["page"]
    found = read_page(content, said["url"])
    read = {
        "url": found.url, "outlet": found.outlet, "article_title": found.title, "body": found.text,
        "published": f"{local(found.published_at):%d/%m/%Y %H:%M}" if found.published_at else "",
        "title": "" if str(req.form.get("title", "")).strip() else found.title,
    }  # fmt: skip
    return {name: value for name, value in read.items() if value}


def _given(req: Request) -> dict[str, str]:
    """Return what the line of a feed that is named in the address fills in."""
    asked = req.get_param_as_uuid("item")
    item = queries.item(asked) if asked else None
    if item is None:
        return {"sector": "other"}
    return {
        "url": item.url, "outlet": item.outlet, "article_title": item.title, "title": item.title[:500], "body": item.summary, "sector": "other",
        "published": f"{local(item.published_at):%d/%m/%Y %H:%M}" if item.published_at else "",
    }  # fmt: skip


RECORD = Record(
    ISSUE, "new", N_("Ghi sự việc báo nêu"), schemas.RecordInput, services.record,
    (
        *ARTICLE,
        Ask("files", N_("Ảnh chụp, tệp kèm theo"), "files"),
        TITLE,
        SUMMARY,
        Ask("kind", N_("Loại"), "select", hint=N_("Thời hạn trả lời theo luật tính từ loại này"), offer=KINDS),
        Ask("received", N_("Ngày nhận"), "date", hint=N_("Để trống nếu nhận hôm nay")),
        *CLASSED,
        Ask("leader_id", N_("Trình lãnh đạo"), "select", offer=able(ISSUE, DIRECT), blank=N_("Chọn lãnh đạo cho ý kiến"), hint=N_("Cơ quan có nhiều lãnh đạo thì phải chọn")),
    ),
    button=N_("Ghi sự việc"), values=_given, template="press_issues/record.html",
)  # fmt: skip


# ---- what is done to one -------------------------------------------------------------------------------------------


def _kept(case: Case) -> dict[str, str]:
    issue, letter = queries.issue(case.id), LETTER.issued(case)
    names = ("severity", "sector", "locality", "finding", "finding_note", "measures", "answer", "link")
    return {
        **{name: getattr(issue, name) for name in names}, "title": case.title, "summary": case.text, "sent_on": typed_day((letter and letter.issued_on) or agency_day()),
    }  # fmt: skip


def _directed(case: Case) -> dict[str, str]:
    """Begin the direction with the one that was pulled back."""
    return {"note": queries.issue(case.id).direction}


def _public(case: Case) -> dict[str, str]:
    """Return the words for the public as they are proposed."""
    issue = queries.issue(case.id)
    texts = {"title": case.title, "said": case.text, "text": issue.answer}
    return {**hidden_in(texts, ISSUE), "link": issue.link}


def _act(
    key: str, schema: Any, act: Any, asks: tuple[Ask, ...], permission: str = HANDLE, **more: Any
) -> CaseAct:
    title = next(way.title for way in ISSUE.transitions if way.key == key)
    return CaseAct(ISSUE, key, title, schema, act, asks, permission, **{"values": _kept, **more})


def _answerers(case: Case) -> dict[str, Sequence[Option]]:
    found = {str(each) for each in queries.answerers(case.id)}
    return {"person_id": [each for each in able(ISSUE, PUBLISH)() if each.value in found]}


HANDLERS = able(ISSUE, HANDLE)
ACTS = (
    _act("direct", schemas.DirectInput, services.direct, (
        Ask("note", N_("Ý kiến chỉ đạo"), "text"),
        Ask("person_id", N_("Người xác minh, xử lý"), "select", offer=HANDLERS, blank=N_("Chọn người")),
        Ask("due", N_("Hạn"), "date", hint=N_("Để trống thì theo phần thời gian của bước này")),
        Ask("co", N_("Phối hợp"), "many", offer=HANDLERS),
    ), DIRECT, values=_directed),
    _act("conclude", schemas.ConcludeInput, services.conclude, (
        Ask("finding", N_("Kết luận"), "one", offer=FINDINGS),
        Ask("finding_note", N_("Nội dung kết luận"), "text", rows=5),
        Ask("measures", N_("Biện pháp xử lý"), "text"),
    )),
    _act("submit", schemas.SubmitInput, services.submit, (
        Ask("answer", N_("Dự thảo trả lời"), "text", rows=10),
        Ask("person_id", N_("Người duyệt trả lời"), "select", blank=N_("Chọn người")),
        NOTE,
    ), offers=_answerers),
    _act("approve", ActInput, services.approve, (NOTE,), PUBLISH),
    _act("send", schemas.SendInput, services.send, (Ask("sent_on", N_("Ngày gửi báo"), "date"), LINK, NOTE), follows=LETTER.told),
    _act("publish", schemas.PublishInput, services.publish, (
        Ask("title", N_("Tên đăng")),
        Ask("said", N_("Báo nêu gì"), "text", hint=N_("Mọi người đọc được; bỏ tên, địa chỉ, số điện thoại của người dân"), rows=5),
        Ask("text", N_("Trả lời công khai"), "text", rows=10),
        LINK,
        LEAVE,
    ), PUBLISH, values=_public, follows=lambda case: told_of_hidden({"title": case.title, "said": case.text, "text": queries.issue(case.id).answer}, ISSUE)),
    _act("join", schemas.JoinInput, services.join, (
        Ask("code", N_("Số sự việc"), hint=N_("Sự việc hết hạn sớm hơn; các bài báo chuyển sang đó, bản gốc vẫn giữ. Ví dụ BN-2026-0012"), width="m"),
        NOTE,
    )),
    CaseAct(
        ISSUE, "unjoin", N_("Bỏ gộp, tách lại"), NotedInput, services.unjoin, (Ask("note", N_("Vì sao tách lại"), "text", rows=3),), HANDLE,
        follows=lambda _case: [_("Các bài báo ghi ở sự việc này trở về đây; hạn trả lời như trước khi gộp.")],
    ),
    CaseAct(ISSUE, "edit", N_("Sửa thông tin"), schemas.EditInput, services.edit, (replace(TITLE, section=""), SUMMARY, *CLASSED), values=_kept),
    CaseAct(ISSUE, "article", N_("Thêm bài báo"), schemas.ArticleInput, services.add_to, (replace(ARTICLE[0], section=""), *ARTICLE[1:]), values=lambda _case: {"id": str(new_id())}),
)  # fmt: skip
