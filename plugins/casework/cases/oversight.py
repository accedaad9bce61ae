"""What may be told above an agency of one of its late cases: that it is late, why, and who has it; never what is in it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from core.api import NotFound, _, db, format_datetime
from plugins.casework.cases import queries
from plugins.casework.cases.masking import masked
from plugins.casework.cases.pages import GONE, case_due, counted_in, simple_due, state_of, why_due
from plugins.casework.cases.queries import whole_clock
from plugins.casework.cases.telling import known_of, told_title
from plugins.casework.cases.views import HolderLine
from plugins.casework.deadlines.budget import Unit
from plugins.casework.deadlines.explaining import Explanation
from plugins.casework.deadlines.queries import AgencyCalendar, agency_calendar
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs.clocks import calendars_of
from plugins.casework.legs.lines import leg_due, state_of_leg
from plugins.casework.legs.purposes import purpose_of
from plugins.casework.models import Case
from plugins.casework.workflows.kinds import definition, kind_of
from plugins.pages.api import Due, State


class LegGlance(NamedTuple):
    """Whom the case waits for, and how late that is; not what was asked or answered."""

    receiver: str
    purpose: str
    sent_at: datetime
    state: State
    due: Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A late case as the agency above sees it. Texts, files, comments, notes and what is personal are not among it."""

    code: str
    title: str
    kind: str
    unit: str
    opened_at: datetime
    state: State
    due: Due
    why: Explanation | None
    holders: Sequence[HolderLine]
    legs: Sequence[LegGlance]


def glance(case_id: UUID, kinds: Collection[str]) -> Glance | None:
    """Return what may be told of a case of the agency in scope; None when it is not late any more.

    Raises NotFound, also for a restricted case and one of another kind than those.
    """
    case = queries.case(case_id)
    kind = kind_of(case.kind)
    # SECURITY: who has nothing to do with a restricted case does not learn of it, however high they stand.
    if case.kind not in kinds or case.restricted or kind.restricted:
        raise NotFound
    agency, now, clock = agency_calendar(), datetime.now(UTC), whole_clock(case.id)
    due = case_due(case, clock, agency, now)
    if due.kind != "late":
        return None
    known = known_of(case)
    legs = [each for each in leg_queries.legs_of(case.id) if each.done_at is None]
    calendars = calendars_of(legs)
    return Glance(
        code=case.code,
        title=told_title(case.title, kind, known),
        kind=_(kind.title),
        unit=_unit(case),
        opened_at=case.opened_at,
        state=state_of(definition(case.workflow_id), case.state),
        due=due,
        why=_without_persons(told, known) if (told := why_due(case, kind, clock, agency)) else None,
        holders=[_holder(each, agency, now, counted_in(clock)) for each in queries.open_now(case.id)],
        legs=[
            LegGlance(each.receiver, _(purpose_of(each.purpose).title), each.sent_at, state_of_leg(each), leg_due(each, calendars, now))
            for each in legs
        ],
    )  # fmt: skip


def _unit(case: Case) -> str:
    row = db.execute_sql(
        "SELECT name FROM tenants.unit WHERE tenant_id = %s AND id = %s", (case.tenant_id, case.unit_id)
    ).fetchone()
    return row[0] if row else ""


def _without_persons(told: Explanation, known: Sequence[str]) -> Explanation:
    """Hide persons in the grounds: officers write them, "chờ bà … bổ sung" among them."""
    hidden = (line._replace(text=masked(line.text, known=known)) for line in told.lines)
    return replace(told, lines=tuple(hidden))


def _holder(each: queries.Held, agency: AgencyCalendar, now: datetime, unit: Unit) -> HolderLine:
    return HolderLine(
        name=_(GONE, name=each.receiver) if each.gone else each.receiver,
        task=_(each.task),
        role=_("Chủ trì") if each.role == "lead" else _("Phối hợp"),
        due=simple_due(each.due_at, agency, now, started=each.given_at, unit=unit),
        since=_("giữ từ {time}", time=format_datetime(each.given_at)),
    )
