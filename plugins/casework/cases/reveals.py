"""Reading personal data of a case in full: asked for with a reason, shown for minutes, told in the case's history."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from core.api import (
    HOME_ZONE,
    N_,
    Forbidden,
    Invalid,
    RequestContext,
    _,
    current_tenant,
    db,
    emit,
    new_id,
    require_access,
)
from plugins.casework.cases import events as facts
from plugins.casework.cases import queries
from plugins.casework.cases.likeness import bare_words
from plugins.casework.cases.personal import PersonalFact
from plugins.casework.cases.queries import about
from plugins.casework.models import Case, Reveal
from plugins.casework.workflows.kinds import kind_of

SHOWN_FOR = timedelta(minutes=5)
LEAST_NOTE, MOST_NOTE = 10, 300
LEAST_TELLING = 5
"""Shorter values, such as "An", are words of many a reason."""
NUMBERS = ("phone", "id_number", "text")
"""Kinds of facts whose digits are looked for however they are spaced; those of an address are too common."""
PURPOSES = {
    "contact": N_("Liên hệ xác minh nội dung"),
    "answer": N_("Gửi trả lời, báo kết quả"),
    "compare": N_("Đối chiếu giấy tờ, tìm việc trùng"),
    "inspect": N_("Phục vụ thanh tra, giải quyết khiếu nại"),
    "other": N_("Việc khác, ghi rõ bên dưới"),
}


class Seeing(NamedTuple):
    """What a person reads in full of a case now, and until when."""

    keys: frozenset[str] = frozenset()
    until: datetime | None = None
    today: int = 0
    """How often the person has looked into personal data today, of any case here."""


def personal_of(case: Case) -> list[PersonalFact]:
    """Return the personal facts of a case that are filled in."""
    read = kind_of(case.kind).personal
    return [each for each in read(case.id) if each.value.strip()] if read else []


def seeing(ctx: RequestContext, case_id: UUID) -> Seeing:
    """Return what a person has asked to read of a case and may still see."""
    rows = db.execute_sql(
        f"SELECT case_id, fields, until, (at AT TIME ZONE '{HOME_ZONE}')::date = tenants.today() FROM casework.reveal "
        "WHERE tenant_id = %s AND person_id = %s AND at > now() - interval '1 day'",
        (current_tenant(), ctx.person.id),
    ).fetchall()
    now = datetime.now(UTC)
    open_now = [(keys, until) for of, keys, until, _today in rows if of == case_id and until > now]
    keys = frozenset(key for each, _until in open_now for key in each)
    until = min((until for _keys, until in open_now), default=None)
    return Seeing(keys, until, sum(today for _of, _keys, _until, today in rows))


def is_revealed(ctx: RequestContext, case_id: UUID, key: str) -> bool:
    """Tell whether a person has said why they read a personal fact of a case, and may see it still."""
    return key in seeing(ctx, case_id).keys


def reveal(ctx: RequestContext, case_id: UUID, keys: Sequence[str], purpose: str, note: str) -> Reveal:
    """Let a person who handles cases of the kind read some personal facts of one for some minutes.

    Raises Invalid naming the field, Forbidden, NotFound.
    """
    with db.atomic():
        case = queries.case(case_id)
        require_access(ctx, kind_of(case.kind).handle, case)
        known = {each.key: each for each in personal_of(case)}
        chosen = [known[key] for key in dict.fromkeys(keys) if key in known]
        note = note.strip()
        _check(chosen, list(known.values()), purpose, note)
        now = datetime.now(UTC)
        made = Reveal(
            tenant_id=current_tenant(), id=new_id(), case_id=case.id, person_id=ctx.person.id,
            fields=[each.key for each in chosen], purpose=purpose, note=note, at=now, until=now + SHOWN_FOR,
        )  # fmt: skip
        Reveal.insert(**made.__data__).execute()
        labels = [each.label for each in chosen]
        emit(facts.PersonalDataSeen(**about(case), what=labels, purpose=PURPOSES[purpose], note=note))
    return made


def _check(chosen: Sequence[PersonalFact], all_of: Sequence[PersonalFact], purpose: str, note: str) -> None:
    wrong: dict[str, list[str]] = {}
    if not chosen:
        wrong["fields"] = [_("Chưa chọn dữ liệu cần xem.")]
    if purpose not in PURPOSES:
        wrong["purpose"] = [_("Chưa chọn mục đích.")]
    if len(note) < LEAST_NOTE:
        wrong["note"] = [_("Ghi rõ hơn, ít nhất {min} ký tự.", min=LEAST_NOTE)]
    elif len(note) > MOST_NOTE:
        wrong["note"] = [_("Dài quá {max} ký tự.", max=MOST_NOTE)]
    elif _tells(note, all_of):
        # SECURITY: the reason is kept for good where many read it; what it is about must not be in it.
        wrong["note"] = [_("Lý do không được chứa chính dữ liệu cá nhân: bỏ tên, số hoặc địa chỉ đó ra.")]
    if wrong:
        raise Invalid(wrong)


def _tells(note: str, personal: Sequence[PersonalFact]) -> bool:
    """Tell whether a reason holds one of the values, however it is spaced or accented."""
    words, digits = bare_words(note), _digits(note)
    for each in personal:
        for said in each.values:
            value, number = bare_words(said), _digits(said)
            if len(value) >= LEAST_TELLING and f" {value} " in f" {words} ":
                return True
            if each.kind in NUMBERS and len(number) >= LEAST_TELLING and number in digits:
                return True
    return False


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def refused(case_id: UUID) -> None:
    """Keep that somebody who may not read personal data of a case asked to."""
    with db.atomic():
        emit(facts.PersonalDataRefused(**about(queries.case(case_id))))


def may_reveal(ctx: RequestContext, case: Case) -> bool:
    """Tell whether a person may ask to read the personal facts of a case they see."""
    try:
        require_access(ctx, kind_of(case.kind).handle, case)
    except Forbidden:
        return False
    return True
