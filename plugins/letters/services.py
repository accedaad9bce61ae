"""Everything that writes letters: drafted, changed, issued with the number of a register, void with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from core.api import (
    Conflict,
    Invalid,
    RequestContext,
    TenantInfo,
    _,
    changed,
    current_actor,
    current_time,
    db,
    dispatcher,
    emit,
    fold,
    new_id,
    require_access,
    tidy_text,
    upper_first,
)
from plugins.casework.api import Book, LetterKind, NumberVoided, Subject, agency_day, take_number
from plugins.files.api import DOCUMENTS, store
from plugins.letters import queries, rendering
from plugins.letters.composing import Sheet, bare, compose, in_one_line
from plugins.letters.events import (
    LetterChanged,
    LetterDiscarded,
    LetterDrafted,
    LetterEvent,
    LetterIssued,
    LetterVoided,
    TemplateSet,
)
from plugins.letters.kinds import kind_here, require_letter
from plugins.letters.lengths import check_text
from plugins.letters.models import Letter, Template

SETTINGS = "tenants.manage_settings"
"""Who keeps an agency's settings keeps its part of letters."""
WRITTEN = (
    "symbol", "subject", "addressees", "body", "recipients", "signer_mode", "signer_title", "signer_name",
)  # fmt: skip
MANY_LINES = ("addressees", "body", "recipients")


@dataclass(frozen=True, slots=True)
class Of:
    """What a letter belongs to: the type as facts name it, and the id."""

    type: str = ""
    id: UUID | None = None


# ---- drafts ------------------------------------------------------------------------------------------------


def draft_letter(
    ctx: RequestContext,
    kind: str,
    *,
    letter_id: UUID | None = None,
    of: Of = Of(),
    fields: Mapping[str, str] | None = None,
    **text: str,
) -> Letter:
    """Begin a letter; what `text` leaves out comes from the agency's template, and may be filled in later.

    A form or program that sends the same `letter_id` twice drafts one letter. Raises Invalid, Forbidden,
    NotFound for a kind that is not in effect here.
    """
    declared = kind_here(ctx, kind)
    template = queries.template_on(_tenant(ctx), kind, agency_day())
    given = {name: getattr(template, name, "") for name in WRITTEN} | text
    given["symbol"] = given["symbol"] or declared.symbol
    letter = Letter(
        id=letter_id or new_id(), kind=kind, object_type=of.type, object_id=of.id, made_by=ctx.person.id
    )
    _fill(declared, letter, given, fields or {})
    require_access(ctx, declared.write, letter)
    with db.atomic():
        stored = Letter.insert(**letter.__data__).on_conflict_ignore().returning(Letter.id).execute()
        if not list(stored):
            found = queries.letter(letter.id)
            if (found.made_by, found.kind, found.object_id) != (ctx.person.id, kind, of.id):
                raise Invalid({"": [_("Mã này là của một văn bản khác. Mở mẫu mới để soạn.")]})
            return found
        emit(LetterDrafted(object_id=letter.id, title=letter.subject))
    return letter


def change_letter(
    ctx: RequestContext, letter_id: UUID, *, version: int, fields: Mapping[str, str], **text: str
) -> Letter:
    """Change a draft that was read as `version`.

    Raises Conflict when somebody changed it since, Invalid also when it has been issued, Forbidden, NotFound.
    """
    with db.atomic():
        letter = queries.letter(letter_id, locked=True)
        kind = require_letter(ctx, "write", letter)
        _require_draft(letter)
        if letter.version != version:
            raise Conflict(letter)
        before, told = written(letter), _told(letter)
        _fill(kind, letter, {name: getattr(letter, name) for name in WRITTEN} | text, fields)
        if written(letter) != before:
            letter.changed_by, letter.changed_at = ctx.person.id, current_time()
            letter.save_version(version)
            emit(
                LetterChanged(object_id=letter.id, title=letter.subject, changes=changed(told, _told(letter)))
            )
        return queries.letter(letter_id)


def discard_letter(ctx: RequestContext, letter_id: UUID) -> None:
    """Throw a draft away.

    Raises Invalid when it has been issued, Forbidden, NotFound.
    """
    with db.atomic():
        letter = queries.letter(letter_id, locked=True)
        require_letter(ctx, "write", letter)
        _require_draft(letter)
        Letter.delete().where(Letter.id == letter_id).execute()
        emit(LetterDiscarded(object_id=letter_id, title=letter.subject))


def _fill(kind: LetterKind, letter: Letter, text: Mapping[str, str], fields: Mapping[str, str]) -> None:
    """Put checked words into a letter. Raises Invalid with every field that is wrong."""
    if unknown := sorted((text.keys() - set(WRITTEN)) | (fields.keys() - dict(kind.fields).keys())):
        raise ValueError(f"A letter '{kind.key}' has no field '{unknown[0]}'.")
    errors: dict[str, list[str]] = {}
    tidy = {name: _tidy(name, value) for name, value in text.items()}
    if not tidy["subject"]:
        errors["subject"] = [_("Chưa nhập.")]
    for name, value in tidy.items():
        if problem := check_text(name, value):
            errors[name] = [problem]
        setattr(letter, name, value)
    filled = {key: " ".join(tidy_text(value).split()) for key, value in fields.items() if value.strip()}
    for key, value in filled.items():
        if problem := check_text("field", value):
            errors[f"c_{key}"] = [problem]
    letter.fields = filled
    letter.folded = fold(f"{letter.number} {letter.subject} {letter.addressees}")
    if errors:
        raise Invalid(errors)


def _tidy(name: str, text: str) -> str:
    """Return a text as it is stored: lines only where there may be several, no signs that no font prints."""
    text = tidy_text(text).replace("\r\n", "\n").replace("\xa0", " ").replace("\t", " ")
    return text.strip() if name in MANY_LINES else " ".join(text.split())


def written(letter: Letter) -> dict[str, Any]:
    """Return everything that somebody has written into a letter."""
    return {name: getattr(letter, name) for name in (*WRITTEN, "fields")}


def _told(letter: Letter) -> dict[str, Any]:
    """Return what the history says of a letter's words: of the text no more than its length."""
    return {"subject": letter.subject, "symbol": letter.symbol, "length": len(letter.body)}


def _require_draft(letter: Letter) -> None:
    if letter.state != "draft":
        raise Invalid(
            {"": [_("Văn bản đã phát hành, số {number}, nên không sửa được.", number=letter.number)]}
        )


def _tenant(ctx: RequestContext) -> TenantInfo:
    assert ctx.tenant is not None
    return ctx.tenant


# ---- issuing -----------------------------------------------------------------------------------------------


def issue_letter(ctx: RequestContext, letter_id: UUID, *, version: int) -> Letter:
    """Give a draft that was read as `version` its number and day, and keep it as a PDF for good.

    All of it is one transaction: the number is taken last but for what bears it, and whatever ends the act early
    gives it back. Issued already, by a second press, it is returned as it is. Raises Conflict when the draft is
    another one by now, Invalid for what is missing, a character that no font has or a closed register, Forbidden,
    NotFound.
    """
    with db.atomic():
        letter = queries.letter(letter_id, locked=True)
        kind = require_letter(ctx, "issue", letter)
        if letter.state != "draft":
            return letter
        if letter.version != version:
            raise Conflict(letter)
        template = queries.template_on(_tenant(ctx), letter.kind, agency_day())
        if missing := missing_in(kind, letter, template):
            raise Invalid(missing)
        entry = take_number(
            kind.book,
            Subject(LetterEvent.object_type, letter.id),
            title=upper_first(bare(letter.subject)),
            symbol=letter.symbol,
            details=_details(kind, letter),
        )
        sheet = compose(kind, template, letter, number=entry.text, day=entry.day)
        file = store(
            BytesIO(pdf_of(letter, sheet)),
            name=file_name(letter.subject, entry.text, "pdf"),
            owner=queries.files_owner(letter.id),
            allowed=DOCUMENTS,
        )
        letter.number, letter.entry_id, letter.issued_on = entry.text, entry.id, entry.day
        letter.state, letter.template_id, letter.file_id = "issued", template.id, file.id
        letter.issued_by, letter.issued_at = ctx.person.id, current_time()
        letter.folded = fold(f"{letter.number} {letter.subject} {letter.addressees}")
        letter.save_version(version)
        emit(LetterIssued(object_id=letter.id, title=letter.subject, number=entry.text))
        return queries.letter(letter_id)


def missing_in(kind: LetterKind, letter: Letter, template: Template) -> dict[str, list[str]]:
    """Return what a letter lacks before it may be issued, by field; "" holds what the agency's template lacks."""
    missing: dict[str, list[str]] = {}
    if template.id is None or not template.place:
        missing[""] = [_("Cơ quan chưa lập mẫu văn bản: tên cơ quan, địa danh, người ký.")]
    required = {
        "addressees": not kind.type_name,
        "body": not kind.core,
        "signer_title": True,
        "signer_name": True,
    }
    for name, needed in required.items():
        if needed and not getattr(letter, name):
            missing[name] = [_("Chưa nhập.")]
    if letter.signer_mode in ("TM", "TMKT") and not template.collective:
        missing["signer_mode"] = [_("Mẫu văn bản chưa ghi tên tập thể để ký thay mặt.")]
    if letter.signer_mode in ("KT", "TMKT", "TL", "TUQ") and not template.head_title:
        missing.setdefault("signer_mode", [_("Mẫu văn bản chưa ghi chức vụ người đứng đầu.")])
    for key, _title in kind.fields:
        if not letter.fields.get(key):
            missing[f"c_{key}"] = [_("Chưa nhập.")]
    return missing


def pdf_of(letter: Letter, sheet: Sheet) -> bytes:
    """Return a letter's sheet as PDF.

    Raises Invalid for the field with a character that no letter can be printed with.
    """
    try:
        return rendering.pdf(sheet)
    except rendering.Unprintable as error:
        raise _unprintable(error, written(letter)) from error


def _unprintable(error: rendering.Unprintable, words: Mapping[str, Any]) -> Invalid:
    """Return the error of the field that holds a character no letter can be printed with."""
    told = _("Phông chữ của văn bản không in được ký tự “{sign}”. Bỏ ký tự này.", sign=error.character)
    found = [name for name in WRITTEN if error.character in words.get(name, "")]
    found += [f"c_{key}" for key, text in words.get("fields", {}).items() if error.character in text]
    return Invalid({name: [told] for name in found[:1] or [""]})


def file_name(subject: str, number: str, ending: str) -> str:
    """Return what the file of a letter is called: its number, and what it is about."""
    return f"{number} {subject[:80].strip()}".replace("/", "-") + f".{ending}"


def _details(kind: LetterKind, letter: Letter) -> dict[str, str]:
    """Return what the register's own columns say of a letter, those that it has."""
    known = {"signatory": letter.signer_name, "recipients": in_one_line(letter.addressees)[:300]}
    columns = dict(_book(kind).columns)
    return {key: text for key, text in known.items() if key in columns and text}


def _book(kind: LetterKind) -> Book:
    return dispatcher().catalogue.of(Book)[kind.book][1]


def mark_void(event: NumberVoided) -> None:
    """Let the letter whose number was voided be void with it; its PDF stays as evidence."""
    if event.subject_type != LetterEvent.object_type:
        return
    voided = Letter.update(state="void", void_reason=event.reason, version=Letter.version + 1).where(
        Letter.id == event.subject_id, Letter.entry_id == event.object_id, Letter.state == "issued"
    )
    for letter in voided.returning(Letter).execute():
        emit(
            LetterVoided(object_id=letter.id, title=letter.subject, number=letter.number, reason=event.reason)
        )


# ---- the agency's part -------------------------------------------------------------------------------------


def set_template(ctx: RequestContext, kind: str, *, valid_from: date, **parts: str) -> None:
    """Let the agency's part of a kind of letters, or of all with an empty `kind`, be another one from a day on.

    What was issued stays as it is. Raises Invalid for a day that has passed, Forbidden, NotFound.
    """
    title = _(kind_here(ctx, kind).title) if kind else _("Mọi loại văn bản")
    template = Template(
        id=new_id(), kind=kind, valid_from=valid_from, made_by=current_actor().person_id, **parts
    )
    require_access(ctx, SETTINGS, template)
    if valid_from < agency_day():
        raise Invalid({"valid_from": [_("Từ hôm nay trở đi: văn bản đã phát hành không đổi.")]})
    with db.atomic():
        Template.insert(**template.__data__).execute()
        emit(TemplateSet(object_id=template.id, letter=title, valid_from=valid_from))
