"""The clock: acts of sample data happen on their own day, and nobody but the owner lets facts say so."""

from datetime import UTC, datetime, timedelta

import pytest
from peewee import ProgrammingError

from core.clock import current_time, happening, sample_time
from core.db import db, new_id, scope
from core.events import acting, emit
from tenants import audit_queries
from tenants.upkeep import sealing
from tests.core.stage import A, NoteMoved
from tests.core.test_audit import LAN, breaks, happen

LONG_AGO = datetime(2026, 1, 5, 2, 30, tzinfo=UTC)
LEND = "GRANT INSERT (at) ON core.audit_entry TO lienthong_app"
TAKE_BACK = "REVOKE INSERT (at) ON core.audit_entry FROM lienthong_app"


@pytest.fixture
def lent(superuser):
    """The right to date facts, while the owner lends it."""
    superuser(LEND)
    yield
    superuser(TAKE_BACK)


def happen_at(at, *, dates_facts=True):
    with scope(A), acting(LAN), happening(at, dates_facts=dates_facts), db.atomic():
        emit(NoteMoved(title="Việc cũ"))


def test_time_stands_still_in_an_act_and_goes_on_after_it():
    with happening(LONG_AGO):
        assert current_time() == sample_time() == LONG_AGO
        first, second = new_id(), new_id()
    assert sample_time() is None
    assert datetime.now(UTC) - current_time() < timedelta(minutes=1)
    assert first < second < new_id()
    assert first.int >> 80 == int(LONG_AGO.timestamp() * 1000) + 1


def test_nobody_dates_a_fact_without_the_owner(app_url):
    with pytest.raises(ProgrammingError, match="permission denied"):
        happen_at(LONG_AGO)
    happen_at(LONG_AGO, dates_facts=False)
    with scope(A), db.atomic():
        (line,) = audit_queries.entries()
    assert line.shown.at > LONG_AGO + timedelta(days=1)


def test_facts_of_earlier_days_stand_in_their_place_and_the_chain_holds(app_url, lent):
    happen(2)
    assert sealing.seal_all() == 2
    for days in (9, 3, 6):
        happen_at(LONG_AGO + timedelta(days=days))
    assert sealing.seal_all() == 3
    assert breaks(app_url) == []
    with scope(A), db.atomic():
        told = [line.shown.at for line in audit_queries.entries()]
        assert told == sorted(told, reverse=True)
        assert told[-3:] == [LONG_AGO + timedelta(days=days) for days in (9, 6, 3)]
        day = (LONG_AGO + timedelta(days=6)).date()
        assert len(audit_queries.entries(since=day, until=day)) == 1
