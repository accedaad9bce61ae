"""Commands of calendars and clocks: `lienthong deadline …`."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import click

from core.api import HOME_ZONE, _, agency_id, db, reading_as, scope
from plugins.casework.deadlines import explaining, queries
from plugins.casework.deadlines.budget import Budget, ClockError
from plugins.casework.deadlines.calendars import Calendar
from plugins.casework.deadlines.clocks import Entry

Answer = TypeVar("Answer")


@click.command()
@click.option("--start", metavar="MOMENT", help="When it was received: 2026-08-26T09:00, local time.")
@click.option(
    "--budget",
    metavar="BUDGET",
    help="5wd (working days), 40h (working hours), 7cd (calendar days) or sd (the same day).",
)
@click.option("--tenant", metavar="CODE", help="Count in the hours and on the days of this agency.")
@click.option("--json", "as_json", is_flag=True, help="Print `due`, `lines` and `lines_en` as JSON.")
def deadline(start: str | None, budget: str | None, tenant: str | None, *, as_json: bool) -> None:
    """Tính hạn và nói vì sao · Say when something is due, and why, line by line.

    Without --tenant it is counted in eight hours a day, 07:00–11:30 and 13:30–17:00, Monday to Friday, on the
    country's calendar.

    \b
    Ví dụ · example:
      lienthong deadline --start 2026-08-26T09:00 --budget 5wd

    Mã thoát · exit codes: 0 xong · done; 1 cơ sở dữ liệu không trả lời · no answer from the database; 2 viết sai, có nêu chỗ sai · something was written wrongly.
    """  # noqa: D301
    given = _in_both(lambda: (_start(start), Budget.parse(budget or "")))
    calendar, today = _in_both(lambda: _calendar(tenant))
    told = {}
    for language in ("vi", "en"):
        with reading_as(language):
            told[language] = _in_both(lambda: _explained(calendar, *given, today))
    vi, en = told["vi"], told["en"]
    assert vi.due is not None  # it only began
    if as_json:
        answer = {"due": f"{vi.due:%Y-%m-%dT%H:%M}", "lines": _lines(vi), "lines_en": _lines(en)}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join([f"{vi.due:%Y-%m-%dT%H:%M}", "", *_lines(vi), "", *_lines(en)]))


def _explained(
    calendar: Calendar, start: datetime, budget: Budget, today: datetime
) -> explaining.Explanation:
    return explaining.explain(calendar, budget, [Entry("start", start)], today=today.date())


def _lines(told: explaining.Explanation) -> list[str]:
    return [told.sentence, *(line.text for line in told.lines)]


def _start(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        moment = None
    if (
        moment is None
        or moment.tzinfo is not None
        or "T" not in (text or "").strip().upper().replace(" ", "T")
    ):
        raise ClockError(
            _("Lúc bắt đầu (--start) viết là 2026-08-26T09:00: ngày, chữ T, giờ và phút ở nơi nhận."), "start"
        )
    return moment


def _calendar(code: str | None) -> tuple[Calendar, datetime]:
    if code is None:
        return queries.standard_calendar(), datetime.now(HOME_ZONE)
    tenant_id = agency_id(code)
    if tenant_id is None:
        raise ClockError(_("Không có cơ quan nào mang mã “{code}”.", code=code))
    with scope(tenant_id), db.atomic():
        agency = queries.agency_calendar()
    return agency.calendar, agency.local(datetime.now(HOME_ZONE))


def _in_both(work: Callable[[], Answer]) -> Answer:
    """Return what `work` returns; what is wrong is told in both languages, with exit code 2."""
    try:
        return work()
    except ClockError:
        told = []
        for language in ("vi", "en"):
            with reading_as(language):
                try:
                    work()
                except ClockError as error:
                    told.append(str(error))
        raise click.UsageError("\n".join(told)) from None
