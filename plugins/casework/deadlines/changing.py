"""Deadlines changed by hand, each time on a ground: of cases by who manages them, of legs by the agency that asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from core.api import (
    N_,
    Conflict,
    Forbidden,
    Invalid,
    RequestContext,
    _,
    current_time,
    db,
    emit,
    reading_as,
    require_access,
    scope,
)
from plugins.casework.cases import events as case_facts
from plugins.casework.cases import queries as cases
from plugins.casework.cases.pages import acts_on
from plugins.casework.cases.queries import about, whole_clock
from plugins.casework.cases.services import set_due
from plugins.casework.cases.settling import settle_late
from plugins.casework.deadlines import services
from plugins.casework.deadlines.budget import more_words
from plugins.casework.legs import adapters
from plugins.casework.legs import clocks as leg_clocks
from plugins.casework.legs import events as facts
from plugins.casework.legs import services as legs
from plugins.casework.legs.incoming import incoming_case
from plugins.casework.legs.queries import LegRow
from plugins.casework.models import Assignment, Case, Clock
from plugins.casework.registers.queries import agency_day
from plugins.casework.workflows.kinds import kind_of

Act = Literal["extend", "pause", "resume", "restart"]
WAITS = ("sent", "taken", "again")
"""In these states a leg waits for the agency that got it."""
LATER = N_("Chọn ngày sau hôm nay, và sau hạn hiện nay của chặng nếu đã có.")
LACKING = {
    "amount": N_("Chưa ghi gia hạn thêm bao nhiêu."),
    "due": LATER,
    "ground": N_("Chưa ghi căn cứ: điều khoản hoặc quyết định cho phép."),
    "document": N_("Chưa ghi văn bản cho phép: số, ngày, cơ quan ban hành."),
}
"""What is said of each field that a change needs and that was left empty, in the order of its form."""


def needed_for(act: str, *, has_clock: bool = True, has_day: bool = True) -> frozenset[str]:
    """Return what a change of the deadline of a case or a leg needs; what has no clock is given another day, its first on a ground alone."""
    more = {"amount" if has_clock else "due"} if act == "extend" else set()
    return frozenset({"ground", *more} | ({"document"} if has_day else set()))


def wrong_in(
    said: Mapping[str, Any], needed: frozenset[str], found: Mapping[str, list[str]] = {}
) -> dict[str, list[str]]:
    """Return what is wrong in a change: what was `found` already, and every field that it needs and that is empty."""
    wrong = {
        name: [_(text)]
        for name, text in LACKING.items()
        if name in needed and not str(said.get(name) or "").strip()
    }
    wrong |= found
    places = list(LACKING)
    return {
        name: wrong[name]
        for name in sorted(wrong, key=lambda name: places.index(name) if name in places else -1)
    }


# ---- cases ------------------------------------------------------------------------------------------------------


def change_deadline(
    ctx: RequestContext, case_id: UUID, act: Act, *, version: int, amount: int | None = None, ground: str, document: str
) -> Case:  # fmt: skip
    """Extend, stop or let go on the deadline of a case, on a ground and by a document; for who manages the kind.

    Raises Conflict when the case was moved or changed since it was read as `version`, Invalid, Forbidden, NotFound.
    """
    with db.atomic():
        case = cases.case(case_id, locked=True)
        require_keeper(ctx, case)
        if case.version != version:
            raise Conflict(case)
        clock = whole_clock(case.id)
        if clock is None or act not in acts_on(clock) or case.closed_at:
            raise Invalid({"": [_("Thời hạn của {code} vừa đổi. Xem lại rồi chọn.", code=case.code)]})
        _check({"amount": amount, "ground": ground, "document": document}, needed_for(act))
        clock = _recorded(clock, act, amount, ground, document)
        case.due_at, case.changed_at = clock.due_at, current_time()
        case.save_version(version)
        # Work whose day somebody named keeps it, and is late still.
        follows = (
            (Assignment.case_id == case.id) & Assignment.done_at.is_null() & Assignment.share.is_null(False)
        )
        settle_late(*(each.id for each in Assignment.select(Assignment.id).where(follows)))
        emit(
            case_facts.DeadlineChanged(
                **about(case), what=_WHAT[act], ground=ground.strip(), document=document.strip()
            )
        )
    return case


def require_keeper(ctx: RequestContext, case: Case) -> None:
    """Let pass whoever may change the deadline of a case. Raises Forbidden."""
    kind = kind_of(case.kind)
    require_access(ctx, kind.handle, case)
    if not ctx.can(kind.manage):
        raise Forbidden(_("Chỉ người quản lý loại việc này đổi được thời hạn."))


_WHAT: dict[Act, str] = {
    "extend": N_("gia hạn"), "pause": N_("tạm dừng"), "resume": N_("cho chạy tiếp"), "restart": N_("tính lại từ đầu"),
}  # fmt: skip


def _check(said: Mapping[str, Any], needed: frozenset[str]) -> None:
    if wrong := wrong_in(said, needed):
        raise Invalid(wrong)


def _recorded(clock: Clock, act: Act, amount: int | None, ground: str, document: str) -> Clock:
    at = max(current_time(), clock.last_at)
    return services.record(
        clock.id, act, at, ground=ground.strip(), document=document.strip(), amount=amount if act == "extend" and amount else 0
    )  # fmt: skip


# ---- legs -------------------------------------------------------------------------------------------------------


def extend_leg(
    ctx: RequestContext, leg_id: UUID, *, amount: int | None = None, due: datetime | None = None, ground: str, document: str,
    beyond: bool = False,
) -> None:  # fmt: skip
    """Give the other agency more time for a leg: so much more of its working time, or a later day where one was named.

    `beyond` says that it may be a later day than the case has.

    Raises Invalid, Forbidden, NotFound.
    """
    with db.atomic():
        of = legs.sent_leg(ctx, leg_id, WAITS)
        clock = _open_clock(of)
        _check(
            {"amount": amount, "due": due, "ground": ground, "document": document},
            needed_for("extend", has_clock=clock is not None, has_day=of.has_day),
        )
        legs.settle_late(of)
        text = (
            N_("{agency} gia hạn chặng “{title}”")
            if of.has_day
            else N_("{agency} đặt hạn cho chặng “{title}”")
        )
        if clock is not None:
            with leg_clocks.counted(of):
                _recorded(clock, "extend", amount, ground, document)
            more = f"{amount or 0}{clock.budget_unit}"
        else:
            more = _later_day(of, due, ground)
        leg_clocks.check_in_time(of.id, current_time(), field="amount" if clock else "due", beyond=beyond)
        _tell(
            of,
            "extended",
            facts.LegExtended,
            ground,
            document,
            text,
            more=more,
        )


def _later_day(of: LegRow, due: datetime | None, ground: str) -> str:
    if due is None or due <= max(filter(None, (of.due_at, current_time()))):
        raise Invalid({"due": [_(LATER)]})
    services.check_words(ground)
    legs.set_leg(of, due_at=due)
    if not of.outside:
        with scope(of.receiver_id):
            if case := incoming_case(of.id):
                set_due(case, due, named=False)
    return agency_day(due).isoformat()


def pause_leg(ctx: RequestContext, leg_id: UUID, *, ground: str, document: str) -> None:
    """Let the time for a leg stand still on a ground and by a document. Raises Invalid, Forbidden, NotFound."""
    _run_leg(
        ctx,
        leg_id,
        "pause",
        facts.LegPaused,
        ground,
        document,
        N_("{agency} tạm dừng thời hạn chặng “{title}”"),
    )


def resume_leg(ctx: RequestContext, leg_id: UUID, *, ground: str, document: str) -> None:
    """Let the time for a leg go on, with what was left of it. Raises Invalid, Forbidden, NotFound."""
    _run_leg(
        ctx,
        leg_id,
        "resume",
        facts.LegResumed,
        ground,
        document,
        N_("{agency} cho chạy tiếp thời hạn chặng “{title}”"),
    )


def _run_leg(
    ctx: RequestContext,
    leg_id: UUID,
    act: Act,
    fact: type[facts.LegEvent],
    ground: str,
    document: str,
    text: str,
) -> None:
    with db.atomic():
        of = legs.sent_leg(ctx, leg_id, WAITS)
        clock = _open_clock(of)
        if clock is None:
            raise Invalid(
                {"": [_("Chặng này hẹn một ngày, không tính theo giờ làm việc nên không tạm dừng được.")]}
            )
        _check({"ground": ground, "document": document}, needed_for(act))
        legs.settle_late(of)
        with leg_clocks.counted(of):
            _recorded(clock, act, None, ground, document)
        _tell(of, f"{act}d", fact, ground, document, text)


def _open_clock(of: LegRow) -> Clock | None:
    clock = leg_clocks.clock_of(of)
    return None if clock is None or clock.closed_at else clock


def _tell(
    of: LegRow, kind: str, fact: type[facts.LegEvent], ground: str, document: str, text: str, more: str = ""
) -> None:
    now = current_time()
    grounds = ", ".join(filter(None, (ground.strip(), document.strip())))
    said = ". ".join(filter(None, (more, grounds)))
    legs.set_leg(of, state=of.state)  # whoever looks at an older version is told
    legs.write_line(of, kind, said, at=now)
    legs.tell_facts(of, fact, **({"more": more} if more else {}))
    legs.tell_receiver(of, f"{of.id}:{kind}:{now:%Y%m%d%H%M%S%f}", text, kind=legs.MOVED)
    with reading_as("vi"):  # what other systems read
        adapters.queue(of, kind, ". ".join(filter(None, (more_words(more), grounds))))
