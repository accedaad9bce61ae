"""A person's deadlines in an agency as a calendar file (RFC 5545): code, verb and due, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from core.api import Cursor, NotFound, RequestContext, _, person_context, reading_as
from plugins.casework.work import queries
from plugins.casework.work.queries import WorkFilter, WorkRow
from plugins.casework.work.services import feed_of

if TYPE_CHECKING:
    # It takes long to load, and every process and command would wait for what only a calendar asks for.
    from icalendar import Calendar, Event

MOST = 500
"""Deadlines of one file, the nearest first."""
LASTS = timedelta(minutes=30)
ASK_AGAIN = "PT1H"


def calendar_file(secret: str) -> bytes:
    """Return the calendar of a secret address, with what its person may see at this moment.

    Raises NotFound for an address that is none any more, and for somebody who has left the agency.
    """
    feed = feed_of(secret)
    ctx = person_context(feed.person_id)
    if ctx is None:
        raise NotFound
    with reading_as(ctx.person.locale):
        return _calendar(ctx).to_ical()


def _calendar(ctx: RequestContext) -> "Calendar":
    from icalendar import Calendar

    calendar = Calendar()
    assert ctx.tenant is not None
    calendar.add("prodid", "-//Lien Thong//Work list//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Việc của tôi, {agency}", agency=ctx.tenant.short_name or ctx.tenant.name))
    calendar.add("refresh-interval;value=duration", ASK_AGAIN)
    calendar.add("x-published-ttl", ASK_AGAIN)
    for row in _rows(ctx):
        if row.due_at is not None and not row.paused:
            calendar.add_component(_event(row, row.due_at))
    return calendar


def _rows(ctx: RequestContext) -> list[WorkRow]:
    """Return what is to be done, and what waits for other agencies: its own day comes all the same."""
    at = queries.desks(ctx)
    asked = (WorkFilter(), WorkFilter(group="waiting", role="lead"))
    return [row for wanted in asked for row in queries.work(ctx, at, wanted, Cursor(), MOST).rows]


def _event(row: WorkRow, due: datetime) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", _uid(row.id))
    event.add("dtstamp", max(row.changed_at, row.given_at).astimezone(UTC))
    event.add("dtstart", (due - LASTS).astimezone(UTC))
    event.add("dtend", due.astimezone(UTC))
    event.add("summary", f"{row.code}: {_(row.task)}")
    event.add("transp", "TRANSPARENT")
    return event


def _uid(assignment_id: UUID) -> str:
    return f"{assignment_id}@lienthong"
