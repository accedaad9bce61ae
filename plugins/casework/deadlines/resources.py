"""The calculator of deadlines: the same code that counts every deadline of the platform."""

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import falcon

from core.api import FormView, Invalid, Option, Request, _, format_date, load, page, url_for
from plugins.casework.deadlines import queries
from plugins.casework.deadlines.budget import Budget, ClockError, Unit
from plugins.casework.deadlines.calendars import spans_text
from plugins.casework.deadlines.clocks import Entry
from plugins.casework.deadlines.explaining import Explanation, explain
from plugins.casework.deadlines.queries import AgencyCalendar
from plugins.casework.deadlines.schemas import DeadlineQuery
from plugins.casework.deadlines.views import DeadlineView

ASKED = ("day", "at", "amount", "unit")
_FIELDS = {"budget": "amount"}
"""What a deadline that cannot be counted names → the field to mend, where that is not the day."""


class Deadline:
    """When something is due, and why; the address holds the question, so it can be sent to others."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        agency = queries.agency_calendar()
        now = agency.local(datetime.now(UTC))
        asked = {name: value for name in ASKED if (value := req.get_param(name)) is not None}
        if not asked:
            fresh = {"day": f"{now:%d/%m/%Y}", "at": f"{now:%H:%M}", "amount": "5", "unit": "wd"}
            _show(req, resp, FormView(fresh), agency)
            return
        try:
            # Within the day nobody counts days, whatever stands in that field.
            whole = {"amount": "1"} if asked.get("unit") == "sd" else {}
            answer = _answer(load(DeadlineQuery(), asked | whole), agency, now.date())
        except Invalid as problem:
            _show(req, resp, FormView(asked, problem.errors), agency, status=problem.status)
            return
        _show(req, resp, FormView(asked), agency, answer)


def _answer(given: dict[str, Any], agency: AgencyCalendar, today: date) -> Explanation:
    start = datetime.combine(given["day"], given["at"])
    try:
        budget = Budget(given["amount"], given["unit"])
        return explain(agency.calendar, budget, [Entry("start", start)], today=today)
    except ClockError as error:
        raise Invalid({_FIELDS.get(error.field, "day"): [str(error)]}) from error


def _show(
    req: Request,
    resp: falcon.Response,
    form: FormView,
    agency: AgencyCalendar,
    answer: Explanation | None = None,
    status: int = 200,
) -> None:
    week = agency.calendar.week(agency.local(datetime.now(UTC)).date())
    asked = urlencode({name: form.text(name) for name in ASKED})
    view = DeadlineView(
        form=form,
        units=_units(),
        action=url_for(req, "casework.deadline"),
        hours=spans_text(week.pattern),
        calendar_url=url_for(req, "casework.calendar"),
        answer=answer,
        heading=_("Vì sao hạn là {day}?", day=format_date(answer.due)) if answer and answer.due else "",
        share_url=f"{url_for(req, 'casework.deadline')}?{asked}" if answer else "",
    )
    page(req, resp, "casework/deadline.html", view, status=status)


def _units() -> tuple[Option, ...]:
    words: dict[Unit, str] = {
        "wd": _("ngày làm việc"),
        "h": _("giờ làm việc"),
        "cd": _("ngày, kể cả ngày nghỉ"),
        "sd": _("trong ngày, nhận trước 15:00"),
    }
    return tuple(Option(unit, text) for unit, text in words.items())
