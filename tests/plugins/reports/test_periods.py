"""Periods end on the 14th; the year's edge lies between 14 and 15 December."""

from datetime import date, timedelta

import pytest

from core.web.errors import BadRequest
from plugins.reports import periods


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2026-08", "2026-07-15", "2026-08-14"),
        ("2026-01", "2025-12-15", "2026-01-14"),
        ("2026-12", "2026-11-15", "2026-12-14"),
        ("2026-Q1", "2025-12-15", "2026-03-14"),
        ("2026-Q3", "2026-06-15", "2026-09-14"),
        ("2026-6M", "2025-12-15", "2026-06-14"),
        ("2026-9M", "2025-12-15", "2026-09-14"),
        ("2026", "2025-12-15", "2026-12-14"),
        ("2026-02-28..2026-03-01", "2026-02-28", "2026-03-01"),
    ],
)
def test_a_period_is_the_window_that_the_decree_gives_it(key, first, last):
    found = periods.parse(key)
    assert (found.key, found.first.isoformat(), found.last.isoformat()) == (key, first, last)


def test_days_that_somebody_chose_are_told_once():
    assert periods.parse("2026-11-27..2026-11-27").words == "Ngày 27/11/2026"
    assert periods.parse("2026-11-20..2026-11-27").words == "Từ 20/11/2026 đến 27/11/2026"
    assert periods.parse("2026-08").words == "Tháng 8/2026 (15/7–14/8/2026)"


@pytest.mark.parametrize(
    "key",
    ["", "2026-13", "2026-00", "2026-Q5", "2026-7M", "0000", "1999", "abcd-01", "2026-1", "2026-02-30..2026-03-01", "2026-03-02..2026-03-01", "2026-08 "],
)  # fmt: skip
def test_a_period_that_is_none_is_refused_in_words(key):
    with pytest.raises(BadRequest):
        periods.parse(key)


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("2026-12-14", "2026-12", 2026),
        ("2026-12-15", "2027-01", 2027),
        ("2026-12-31", "2027-01", 2027),
        ("2027-01-14", "2027-01", 2027),
        ("2027-01-15", "2027-02", 2027),
    ],
)
def test_a_day_belongs_to_one_month_and_one_year(day, month, year):
    assert periods.month_of(date.fromisoformat(day)).key == month
    assert periods.report_year(date.fromisoformat(day)) == year


@pytest.mark.parametrize(
    "key", ["2026-01", "2026-12", "2026-Q1", "2026-Q4", "2026", "2026-01-05..2026-01-11"]
)
def test_periods_follow_each_other_without_a_gap(key):
    before, after = periods.neighbours(periods.parse(key))
    assert before.last + timedelta(days=1) == periods.parse(key).first
    assert after.first - timedelta(days=1) == periods.parse(key).last
    assert periods.neighbours(after)[0] == periods.parse(key)


def test_the_running_periods_are_offered_first_and_each_once():
    found = [each.key for each in periods.offered(date(2026, 12, 20))]
    assert found[:2] == ["2027-01", "2026-12"]
    assert {"2027-Q1", "2026-Q4", "2027", "2026", "2027-6M", "2026-9M"} <= set(found)
    assert len(found) == len(set(found))
