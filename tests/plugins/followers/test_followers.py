"""People follow the objects they see, and nothing else."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest

from core.db import db
from plugins.example import jobs, services
from plugins.followers.api import follow, followers_of, unfollow
from plugins.notifications import queries as notifications
from tests.plugins.example.notebook import Notebook
from tests.support.modules import OTHER_UNIT

TYPE = "example.note"


@pytest.fixture
def notebook(ground):
    return Notebook(ground.agency("example"))


def names(notebook, note_id):
    with notebook.agency.at_work():
        return [each.name for each in followers_of(TYPE, note_id)]


def told(officer):
    """Return the sentences an officer was told, newest first."""
    with officer.working() as ctx:
        return [row.text for row in notifications.notifications(ctx, notifications.Filter()).rows]


def offered(answer):
    """Return the hidden fields of the button on an object's page."""
    form = re.search(
        r'<form method="post" action="[^"]*/followers/\w+">(.*?)</form>', answer.text, re.DOTALL
    )[1]
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    }


def test_following_and_stopping_by_the_button_on_the_page(notebook):
    lan, vinh = notebook.writer(), notebook.reader(name="Lê Quang Vinh")
    note_id = notebook.note(lan)
    page = vinh.get("example.note", note_id=note_id)
    assert "Chưa ai theo dõi" in page.text
    answer = vinh.post("followers.follow", offered(page))
    assert answer.headers["Location"] == notebook.agency.url("example.note", note_id=note_id)
    assert vinh.post("followers.follow", offered(page)).status_code == 303
    assert names(notebook, note_id) == ["Lê Quang Vinh"]
    followed = vinh.get("example.note", note_id=note_id)
    assert "Thôi theo dõi" in followed.text
    vinh.post("followers.unfollow", offered(followed))
    assert names(notebook, note_id) == []


def test_nobody_follows_what_no_page_offered_them(notebook):
    lan, hung = notebook.writer(), notebook.writer(unit=OTHER_UNIT)
    note_id = notebook.note(lan)
    form = offered(lan.get("example.note", note_id=note_id))
    for changed in ({}, {"object": str(uuid4())}, {"mark": ""}, {"mark": "x" * 32}):
        assert hung.post("followers.follow", {**form, **changed}).status_code == 400
    assert lan.post("followers.follow", {**form, "object": str(uuid4())}).status_code == 400
    assert names(notebook, note_id) == []


def test_a_mark_of_one_agency_is_none_in_another(notebook, ground):
    lan = notebook.writer()
    form = offered(lan.get("example.note", note_id=notebook.note(lan)))
    stranger = ground.agency("example").officer("example.writer")
    assert stranger.post("followers.follow", form).status_code == 400


def test_the_api_follows_counts_and_leaves_out_who_has_left(notebook):
    lan, vinh = notebook.writer(name="Hoàng Thị Lan"), notebook.reader(name="Lê Quang Vinh")
    note_id = notebook.note(lan)
    for officer in (lan, vinh):
        with officer.working() as ctx:
            follow(ctx, TYPE, note_id)
    assert names(notebook, note_id) == ["Hoàng Thị Lan", "Lê Quang Vinh"]
    with notebook.agency.at_work():
        from tenants.models import Membership

        Membership.update(valid_to="2020-01-01", valid_from="2019-01-01").where(
            Membership.person_id == vinh.person_id
        ).execute()
    assert names(notebook, note_id) == ["Hoàng Thị Lan"]
    with lan.working() as ctx:
        unfollow(ctx, TYPE, note_id)
    assert names(notebook, note_id) == []


def test_followers_of_another_agency_are_not_seen(notebook, ground):
    lan = notebook.writer()
    note_id = notebook.note(lan)
    with lan.working() as ctx:
        follow(ctx, TYPE, note_id)
    with ground.agency("example").at_work():
        assert followers_of(TYPE, note_id) == []


def test_followers_are_told_once_when_a_note_changes(notebook):
    lan, vinh, hai = notebook.writer(), notebook.reader(), notebook.reader()
    note_id = notebook.note(lan)
    for officer in (lan, vinh, hai):
        with officer.working() as ctx:
            follow(ctx, TYPE, note_id)
    with hai.working() as ctx:
        services.acknowledge(ctx, note_id)
    with lan.working() as ctx:
        services.change_note(ctx, note_id, version=1, title="Giao ban", body="Dời sang 14 giờ.")
    assert told(vinh) == [services.FOLLOWED]
    assert told(hai) == [services.KNOWN], "who knew it and follows it hears of it once"
    assert told(lan) == [], "who changed it knows"
    with lan.working() as ctx:
        services.change_note(ctx, note_id, version=2, title="Giao ban", body="Dời sang 15 giờ.")
    assert told(vinh) == told(hai)[:1] * 2 == [services.FOLLOWED] * 2


def test_a_follower_who_may_no_longer_see_it_is_not_told(notebook):
    lan, hung = notebook.writer(), notebook.writer(unit=OTHER_UNIT)
    note_id = notebook.note(lan)
    with hung.working() as ctx:
        follow(ctx, TYPE, note_id)
    with lan.working() as ctx:
        services.change_note(ctx, note_id, version=1, title="Giao ban", body="Dời sang 14 giờ.")
    assert told(hung) == []


def test_who_followed_a_deleted_note_is_forgotten(notebook):
    lan = notebook.writer()
    gone = notebook.note(lan, archived_at=datetime.now(UTC) - timedelta(days=31))
    kept = notebook.note(lan)
    for note_id in (gone, kept):
        with lan.working() as ctx:
            follow(ctx, TYPE, note_id)
    with notebook.agency.at_work():
        jobs.delete_expired()
    assert (names(notebook, gone), len(names(notebook, kept))) == ([], 1)


def test_a_change_costs_the_same_however_many_follow(notebook, monkeypatch):
    lan, statements = notebook.writer(), []
    execute = db.obj.execute_sql
    monkeypatch.setattr(db.obj, "execute_sql", lambda *sql: statements.append(sql) or execute(*sql))
    costs = []
    for followers in (1, 1, 6):  # the first time each statement is prepared as well
        note_id = notebook.note(lan)
        for _ in range(followers):
            with notebook.reader().working() as ctx:
                follow(ctx, TYPE, note_id)
        with lan.working() as ctx:
            statements.clear()
            services.change_note(ctx, note_id, version=1, title="Giao ban", body="Dời sang 14 giờ.")
            costs.append(len(statements))
    assert costs[1] == costs[2]
