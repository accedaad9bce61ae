"""The page before a letter is issued: what leaves, to whom, which number, and what is still in the way."""

from collections.abc import Mapping, Sequence

from core.api import (
    Blocker,
    Effect,
    Invalid,
    PlanView,
    Request,
    _,
    dispatcher,
    fold,
    format_date,
    format_number,
    tidy_text,
    url_for,
)
from plugins.casework.api import Book, LetterKind, agency_day, last_number
from plugins.letters import queries, services
from plugins.letters.composing import in_one_line, signing_lines
from plugins.letters.kinds import kind_here, may
from plugins.letters.models import Letter, Template
from plugins.letters.sheets import sheet_of
from plugins.letters.views import IssueView


def review(
    req: Request, letter: Letter, errors: Mapping[str, Sequence[str]] | None = None, context: str = ""
) -> IssueView:
    """Return what the page shows of a draft; `errors` are those of an attempt."""
    ctx = req.asker
    assert ctx.tenant is not None
    kind = kind_here(ctx, letter.kind)
    template = queries.template_on(ctx.tenant, letter.kind, agency_day())
    missing = dict(errors or services.missing_in(kind, letter, template)) or _unprintable(req, letter)
    blockers = _blockers(req, kind, letter, missing)
    plan = PlanView(
        title=_("Phát hành “{subject}”?", subject=letter.subject),
        context=context,
        effects=_effects(kind, letter, template),
        effects_title=_("Khi phát hành"),
        action=url_for(req, "letters.issue", letter_id=letter.id),
        button=_("Phát hành và cấp số"),
        back_url=url_for(req, "letters.letter", letter_id=letter.id),
        back=_("Để là dự thảo"),
        blockers=blockers,
        reason=_("Bổ sung các mục ở trên trước.") if blockers else "",
        fields=(("version", str(letter.version)),),
    )
    doubts = tuple(doubt for doubt in (_outdated(kind, letter), _doubt(letter)) if doubt)
    return IssueView(
        plan, doubts, url_for(req, "letters.edit", letter_id=letter.id) if may(ctx, "write", letter) else ""
    )


def _unprintable(req: Request, letter: Letter) -> dict[str, Sequence[str]]:
    """Return what the PDF will refuse, before a number is taken for it."""
    try:
        services.pdf_of(letter, sheet_of(req.asker, letter))
    except Invalid as problem:
        return dict(problem.errors)
    return {}


def _effects(kind: LetterKind, letter: Letter, template: Template) -> tuple[Effect, ...]:
    book = _(dispatcher().catalogue.of(Book)[kind.book][1].title)
    last = last_number(kind.book)
    number = _("Số cấp từ {book} khi phát hành. Đây là số đầu tiên của năm.", book=book)
    if last:
        number = _(
            "Số cấp từ {book} khi phát hành, số gần nhất là {last}.", book=book, last=format_number(last)
        )
    signing = [*signing_lines(letter.signer_mode, template, letter.signer_title), letter.signer_name]
    told = [
        Effect("hash", number),
        Effect(
            "calendar", _("Ngày của văn bản là hôm nay, {day}.", day=format_date(agency_day(), year=True))
        ),
    ]
    if letter.addressees:
        told.append(Effect("send", _("Gửi: {names}.", names=in_one_line(letter.addressees))))
    if letter.recipients:
        told.append(Effect("users", _("Nơi nhận: {names}.", names=in_one_line(letter.recipients))))
    told += [
        Effect("signature", _("Người ký: {names}.", names=", ".join(filter(None, signing)))),
        Effect(
            "lock",
            _("Bản PDF được giữ nguyên, không sửa được. Sai thì huỷ số với lý do và soạn văn bản khác."),
        ),
    ]
    return tuple(told)


def _outdated(kind: LetterKind, letter: Letter) -> str:
    """Say that the letter lacks a passage of the answer that it takes out, such as one mended since it was begun; it hinders nothing."""
    if not kind.carries or letter.object_id is None:
        return ""
    body = " ".join(letter.body.split())
    passages = (" ".join(tidy_text(line).split()) for line in kind.carries(letter.object_id).splitlines())
    if all(passage in body for passage in passages):
        return ""
    return _(
        "Công văn thiếu đoạn có trong câu trả lời hiện nay; có thể trả lời đã sửa sau khi soạn. Đọc lại, sửa dự thảo cho khớp."
    )


def _doubt(letter: Letter) -> str:
    """Say that the name and the post of who signs do not go together, as far as the registry knows; it hinders nothing."""
    name, title = letter.signer_name, letter.signer_title
    holders = queries.holders_of(title) if name and title else []
    if not holders or fold(name) in map(fold, holders):
        return ""
    return _(
        "{name} không giữ chức vụ “{title}” theo danh bạ; đang giữ là {holders}. Xem lại người ký.",
        name=name, title=title, holders=", ".join(holders[:3]),
    )  # fmt: skip


def _blockers(
    req: Request, kind: LetterKind, letter: Letter, missing: Mapping[str, Sequence[str]]
) -> tuple[Blocker, ...]:
    ctx, titles = req.asker, field_titles(kind)
    edit = url_for(req, "letters.edit", letter_id=letter.id) if may(ctx, "write", letter) else ""
    templates = url_for(req, "letters.templates") if ctx.can(services.SETTINGS) else ""

    def blocker(name: str, message: str) -> Blocker:
        at_template = name in ("", "signer_mode")
        asks = at_template and not templates
        return Blocker(
            f"{titles[name]}: {message}" if name in titles else message,
            detail=_("Quản trị của cơ quan lập ở “Mẫu văn bản”.") if asks else "",
            url=templates if at_template else f"{edit}#f-{name}" if edit else "",
            link_text=_("Mở mẫu văn bản") if at_template else _("Sửa dự thảo"),
        )

    return tuple(blocker(name, message) for name, messages in missing.items() for message in messages)


def field_titles(kind: LetterKind) -> dict[str, str]:
    """Return what the fields of a letter are called, by the names that forms and errors have for them."""
    return {
        "symbol": _("Ký hiệu"),
        "subject": _("Trích yếu"),
        "addressees": _("Kính gửi"),
        **{f"c_{key}": _(title) for key, title in kind.fields},
        "body": _("Nội dung"),
        "recipients": _("Nơi nhận"),
        "signer_mode": _("Thẩm quyền ký"),
        "signer_title": _("Chức vụ người ký"),
        "signer_name": _("Họ tên người ký"),
    }
