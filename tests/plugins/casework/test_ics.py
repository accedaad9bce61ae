"""The feed of deadlines: a secret address for each person, and little that it tells."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from core.db import db
from plugins.casework.legs.purposes import OPINION
from plugins.casework.legs.services import Sending, send_leg
from plugins.casework.models import Assignment, Feed
from plugins.casework.work import queries as work_queries
from plugins.casework.work import services as work_services
from tests.plugins.casework.test_work import Office, colleague_elsewhere
from tests.support.racing import overtaken


@pytest.fixture
def office(agency):
    return Office(agency)


def secret_of(officer):
    """Make a feed on its page, and return the path of its address."""
    page = officer.post("casework.feed")
    assert page.headers["cache-control"] == "no-store"
    address = page.text.partition('<code class="lt-code">')[2].partition("<")[0]
    return urlsplit(address).path


def read(officer, path):
    """Read an address as a calendar program does: without a session."""
    return officer.agency.ground.client.simulate_get(path)


def test_a_program_reads_code_verb_and_due_and_nothing_else(office):
    case = office.task("Đơn của bà Lê Thị Ngọc Diệp", due_in=2)
    office.task("không hạn")
    office.task("của Vinh", office.vinh, due_in=1)
    answer = read(office.lan, secret_of(office.lan))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]) == f"{case.code}: Xem và bắt đầu xử lý"
    assert event["dtend"].dt == work_queries.start_of_today() + timedelta(days=2, hours=17)
    for told in ("Diệp", "Hoàng Thị Lan", "Phạm Ngọc Anh", office.lan.agency.info.code):
        assert told not in answer.text.replace("\r\n ", "").partition("BEGIN:VEVENT")[2]


def test_what_waits_for_another_agency_is_in_it_and_what_somebody_else_holds_is_not(office, ground):
    waits = office.task("chờ", due_in=9)
    other = ground.agency().info.id
    with office.lan.working() as ctx:
        send_leg(ctx, waits.id, Sending(purpose=OPINION.key, ask="Cho ý kiến", receiver_id=other))
    answer = read(office.lan, secret_of(office.lan))
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]).startswith(f"{waits.code}: ")
    assert not Calendar.from_ical(read(office.leader, secret_of(office.leader)).content).walk("VEVENT")


def test_lines_are_folded_and_signs_escaped(office):
    case = office.task("việc", due_in=1)
    with office.agency.at_work():
        long = "Rà soát; báo cáo, gửi\nVăn phòng " + "rất dài " * 18
        Assignment.update(task=long.strip()).where(Assignment.case_id == case.id).execute()
    answer = read(office.lan, secret_of(office.lan))
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert "Rà soát\\; báo cáo\\, gửi\\nVăn phòng" in answer.content.replace(b"\r\n ", b"").decode()


def test_a_new_address_ends_the_old_one_and_revoking_ends_it_too(office):
    office.task("việc", due_in=1)
    first = secret_of(office.lan)
    second = secret_of(office.lan)
    assert read(office.lan, first).status_code == 404
    assert read(office.lan, second).status_code == 200
    assert office.lan.post("casework.feed_end").status_code == 303
    assert read(office.lan, second).status_code == 404


def test_the_secret_is_not_kept_and_works_in_its_own_agency_alone(ground, office):
    path = secret_of(office.lan)
    secret = path.rpartition("/")[2]
    with office.agency.at_work():
        stored = Feed.get()
        assert bytes(stored.secret_hash) == work_services.digest(secret)
        assert secret not in str(stored.__data__)
    other = ground.agency()
    assert (
        office.lan.agency.ground.client.simulate_get(
            other.url("casework.feed_file", secret=secret)
        ).status_code
        == 404
    )
    assert read(office.lan, path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404


def test_of_two_first_addresses_made_at_once_the_second_is_in_force(office):
    second = overtaken((office.lan, work_services.make_feed), (office.lan, work_services.make_feed))
    assert isinstance(second, str)
    with office.agency.at_work():
        assert work_services.feed_of(second).revoked_at is None
        assert Feed.select().where(Feed.revoked_at.is_null()).count() == 1


def test_the_feed_is_of_one_agency_and_ends_with_the_post(ground, office):
    there = colleague_elsewhere(ground, office.lan, "casework.officer")
    Office(there.agency, "Trần Mỹ Hạnh").task("ở Sở", there, due_in=1)
    office.task("ở phường", due_in=1)
    path = secret_of(office.lan)
    assert len(Calendar.from_ical(read(office.lan, path).content).walk("VEVENT")) == 1
    with office.agency.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET ended_at = now() WHERE tenant_id = %s AND person_id = %s",
            (office.agency.info.id, office.lan.person_id),
        )
    assert read(office.lan, path).status_code == 404
