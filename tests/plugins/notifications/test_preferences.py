"""How people want to be told: by agency and kind, in hours of their own."""

import re
from datetime import UTC, datetime, time
from html import unescape

import pytest

from plugins.notifications import queries, timing
from plugins.notifications.timing import Schedule
from tests.plugins.notifications.post_office import KIND, PostOffice


@pytest.mark.parametrize(
    ("now", "quiet", "wanted"),
    [
        ("14:00", ("21:00", "06:00"), "14:00"),
        ("21:00", ("21:00", "06:00"), "06:00+1"),
        ("03:00", ("21:00", "06:00"), "06:00"),
        ("06:00", ("21:00", "06:00"), "06:00"),
        ("12:30", ("12:00", "13:00"), "13:00"),
        ("13:00", ("12:00", "13:00"), "13:00"),
        ("23:00", ("08:00", "08:00"), "23:00"),
    ],
)
def test_a_mail_at_once_waits_for_the_end_of_the_quiet_hours(now, quiet, wanted):
    begin, end = (time.fromisoformat(each) for each in quiet)
    clock, _plus, days = wanted.partition("+")
    found = timing.at_once(at(now), Schedule(begin, end))
    assert found == at(clock, day=4 + int(days or 0))


def test_the_gathered_mail_goes_at_the_next_time_of_the_agency():
    assert timing.digest(at("06:59"), timing.STANDARD) == at("07:00")
    assert timing.digest(at("07:00"), timing.STANDARD) == at("07:00", day=5)
    tokyo = timing.digest(at("06:00"), Schedule(zone="Asia/Tokyo"))
    assert tokyo == at("05:00", day=5)


def at(clock, day=4):
    """Return a moment of September 2026, by a clock in Việt Nam."""
    return datetime.fromisoformat(f"2026-09-{day:02}T{clock}:00+07:00").astimezone(UTC)


def form(**fields):
    return {KIND: "digest", "quiet_from": "21:00", "quiet_to": "06:00", "digest_at": "07:00", **fields}


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"quiet_from": "25:00"}, "quiet_from", "Giờ chưa đúng"),
        ({"quiet_from": "tối"}, "quiet_from", "Giờ chưa đúng"),
        ({"quiet_to": ""}, "quiet_to", "Nhập cả giờ bắt đầu"),
        ({"quiet_from": ""}, "quiet_from", "Nhập cả giờ bắt đầu"),
        ({"digest_at": ""}, "digest_at", "Chưa nhập"),
        ({"digest_at": "23:00"}, "digest_at", "nằm trong giờ yên lặng"),
        ({KIND: "sometimes"}, KIND, "Lựa chọn này không còn"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(office, fields, field, words):
    lan = office.officer()
    answer = lan.post("notifications.preferences", form(**fields))
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert words in answer.text
    if fields.get("quiet_from"):
        assert f'value="{fields["quiet_from"]}"' in answer.text
    with lan.working():
        assert queries.schedule(lan.person_id) == timing.STANDARD


def test_choices_are_kept_as_officers_type_them(office):
    lan = office.officer()
    given = form(**{KIND: "never"}, quiet_from="20h30", quiet_to="5", digest_at="6g05")
    assert lan.post("notifications.preferences", given).status_code == 303
    with lan.working():
        assert queries.schedule(lan.person_id) == Schedule(time(20, 30), time(5), time(6, 5))
        assert queries.choices(lan.person_id)[KIND] == "never"
    text = lan.get("notifications.preferences").text
    assert 'value="20:30"' in text
    lan.post("notifications.preferences", form())
    with lan.working():
        assert queries.choices(lan.person_id)[KIND] == "digest"


def test_choices_of_one_agency_are_not_those_of_another_nor_of_somebody_else(ground, office):
    lan, vinh, other = office.officer(), office.officer(), PostOffice(ground.agency("example"))
    office.choose(lan, "never")
    with vinh.working():
        assert queries.choices(vinh.person_id)[KIND] == "digest"
    with other.agency.at_work():
        assert queries.choices(lan.person_id)[KIND] == "digest"


def test_a_kind_of_a_module_that_is_off_is_not_asked_for_and_not_lost(office):
    lan = office.officer()
    office.choose(lan, "never")
    office.agency.switch("example", on=False)
    assert "Ghi chú được ghim" not in lan.get("notifications.preferences").text
    assert lan.post("notifications.preferences", form(**{KIND: "at_once"})).status_code == 303
    with lan.working():
        assert queries.choices(lan.person_id)[KIND] == "never"


def test_kinds_stand_folded_by_module_under_what_is_set(office):
    lan = office.officer()
    page = unescape(lan.get("notifications.preferences").text)
    folds = re.findall(
        r'<details class="lt-section lt-fold"( open)?><summary><h2>(.*?)</h2><span class="lt-meta lt-set">(.*?)</span>',
        page,
    )
    assert len(folds) > 1
    assert not any(opened for opened, _title, _set in folds)
    assert all(chosen for _opened, _title, chosen in folds)
    office.choose(lan, "never")
    after = dict(
        re.findall(
            r"<h2>(.*?)</h2><span class=\"lt-meta lt-set\">(.*?)</span>",
            unescape(lan.get("notifications.preferences").text),
        )
    )
    assert "Không gửi thư" in after["Sổ tay phòng ban"]
    # What is wrong stands open, so that its link leads somewhere.
    wrong = lan.post("notifications.preferences", form(**{KIND: "sometimes"})).text
    assert wrong.count('lt-fold" open') == 1
    assert wrong.index('lt-fold" open') < wrong.index(f'id="f-{KIND}"')
