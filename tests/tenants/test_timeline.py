"""Stories of sample data: told in the order of time whichever agency they are of, up to now and no further."""

from datetime import UTC, datetime, timedelta

import psycopg2
import pytest

from core.clock import current_time
from core.db import current_tenant, db, scope
from tenants import services
from tenants.demo import dated_facts
from tenants.timeline import Timeline, may_date_facts

NOW = datetime.now(UTC)


@pytest.fixture
def two(stage):
    return [services.create_agency(code, name=code, kind="ward").id for code in ("phuong-a", "phuong-b")]


def story(told, *days_ago):
    for days in days_ago:
        yield NOW - timedelta(days=days)
        told.append((days, current_tenant(), (NOW - current_time()).days))


def test_acts_of_several_agencies_happen_in_the_order_of_their_days(two):
    told, months, timeline = [], [], Timeline()
    for tenant_id, days in zip(two, ((40, 20, 2), (30, 10, -3, -4)), strict=True):
        with scope(tenant_id):
            timeline.plan(story(told, *days))
    with db.atomic():
        assert timeline.run(lambda month, acts: months.append(acts)) == 5
    first, second = two
    assert told == [(40, first, 40), (30, second, 30), (20, first, 20), (10, second, 10), (2, first, 2)]
    assert months == sorted(months)
    assert current_time() - datetime.now(UTC) < timedelta(seconds=1)


def test_an_act_that_fails_ends_it_all_and_leaves_nothing(two):
    def fails():
        yield NOW - timedelta(days=3)
        services.create_unit("Phòng mới")
        yield NOW - timedelta(days=2)
        raise Stumbled

    timeline = Timeline()
    with scope(two[0]):
        timeline.plan(fails())
    with pytest.raises(Stumbled), db.atomic():
        timeline.run()
    with scope(two[0]):
        assert not db.execute_sql("SELECT FROM tenants.unit WHERE name = 'Phòng mới'").fetchall()


class Stumbled(Exception):
    pass


def test_the_right_to_date_facts_is_lent_and_taken_back(stage, owner_database_url):
    assert not may_date_facts()
    with dated_facts(owner_database_url):
        assert may_date_facts()
    assert not may_date_facts()


def test_what_ended_the_making_of_sample_data_is_heard_though_the_server_is_away(
    owner_database_url, monkeypatch
):
    def gone(_url):
        raise psycopg2.OperationalError("Connection refused")

    with pytest.raises(RuntimeError, match="No space left"), dated_facts(owner_database_url):  # noqa: PT012
        monkeypatch.setattr("tenants.demo._take_back", gone)
        raise RuntimeError("No space left")
    monkeypatch.undo()
    with dated_facts(owner_database_url):
        pass  # takes back what was left lent
