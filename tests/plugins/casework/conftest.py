import re
from contextlib import closing
from datetime import date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from uuid import uuid4

import psycopg2
import pytest

from core.db import db, scope
from core.i18n import HOME_ZONE
from plugins.casework.deadlines import queries, services
from plugins.casework.deadlines.budget import Budget
from plugins.casework.deadlines.services import ClockOwner
from plugins.casework.models import Clock


@pytest.fixture
def agency(ground):
    return ground.agency()


@pytest.fixture
def keeper(agency):
    """Who keeps the settings of the agency, and with them its calendar."""
    return agency.officer("tenants.admin")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME_ZONE)


def migrate_again(database, migration, *, before=""):
    """Run a migration as `lienthong migrate` does: as the owner, whom row-level security binds; all of it or nothing."""
    with closing(psycopg2.connect(database.owner_url)) as owner, owner, owner.cursor() as cursor:
        if before:
            cursor.execute(before)
        run = SimpleNamespace(execute_sql=lambda sql, values=None: (cursor.execute(sql, values), cursor)[1])
        import_module(f"plugins.{migration}").up(None, run)


def working_day(agency, ahead: int = 1) -> date:
    """Return the day at whose end, or in the course of which, so many working days from now on are over."""
    now = datetime.now(HOME_ZONE)
    with agency.at_work():
        calendar = queries.agency_calendar().calendar
    day, minute = now.date(), now.hour * 60 + now.minute
    if any(minute <= first for first, _last in calendar.spans(day)[:1]):
        # Before work begins the day itself is the first that counts.
        day -= timedelta(days=1)
    for _each in range(ahead):
        day = calendar.next_working(day + timedelta(days=1))
    return day


def typed(officer, route, form=None, **fields):
    """Send a form as somebody does who has it open: with the version that it carries."""
    return officer.post(
        route, {"version": version_in(officer.get(route, **fields)), **(form or {})}, **fields
    )


def version_in(page) -> str:
    """Return the version that the form of a page carries; nothing when it is no form."""
    found = re.search(r'name="version" value="(\d+)"', page.text)
    return found[1] if found else ""


def start(text: str, budget: str = "5wd", title: str = "Trả lời kiến nghị") -> Clock:
    """Start a clock of something in the agency in scope."""
    return services.start_clock(
        ClockOwner("casework.case", uuid4()), "whole", Budget.parse(budget), local(text),
        title=title, ground="Điều 18 Nghị định 237/2026",
    )  # fmt: skip


def due_text(agency, clock: Clock) -> str | None:
    """Return when a stored clock is due, as the agency's clocks on the wall show it."""
    with db.connection_context(), scope(agency.info.id), db.atomic():
        stored = Clock.get_by_id(clock.id)
        return f"{stored.due_at.astimezone(HOME_ZONE):%Y-%m-%d %H:%M}" if stored.due_at else None


@pytest.fixture
def every_day_works(monkeypatch):
    """Remind on a working day, whatever day the tests run on."""
    monkeypatch.setattr("plugins.casework.deadlines.calendars.Calendar.works_on", lambda self, day: True)
