"""`lienthong deadline`: the answer, its reasons, and what is wrong with a question."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from core.api import format_date
from tenants.upkeep.command_line import main


@pytest.fixture
def run(ground, monkeypatch):
    """Run the command line on the platform of this process."""
    monkeypatch.setattr("tenants.upkeep.command_line.settings_or_exit", lambda: None)
    monkeypatch.setattr("core.app.boot", lambda settings: ground.platform)
    return lambda *words: CliRunner().invoke(main, list(words))


@pytest.mark.parametrize(
    ("budget", "due"),
    [
        ("5wd", "2026-09-07T09:00"),
        ("40h", "2026-09-07T09:00"),
        ("7cd", "2026-09-03T17:00"),
        ("sd", "2026-08-26T17:00"),
    ],
)
def test_the_answer_as_json(run, budget, due):
    result = run("deadline", "--start", "2026-08-26T09:00", "--budget", budget, "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["due"] == due
    assert len(answer["lines"]) == len(answer["lines_en"]) > 1


def test_the_reasons_are_told_in_both_languages_with_their_grounds(run):
    result = run("deadline", "--start", "2026-08-26T09:00", "--budget", "5wd")
    for part in (
        "2026-09-07T09:00", "Hạn là 09:00 thứ Hai 07/9/2026", f"{format_date(date(2026, 8, 31))} nghỉ hoán đổi, làm bù thứ Bảy 22/8/2026", "Quốc khánh",
        "Due 09:00 Mon 7 Sep 2026", "9441/TB-BNV", "Weekly days off",
    ):  # fmt: skip
        assert part in result.stdout


def test_an_agency_is_counted_in_its_own_hours(run, agency):
    asked = ("deadline", "--start", "2026-08-26T09:00", "--budget", "40h", "--json")
    # Seven and a half hours a day, as agencies begin.
    assert json.loads(run(*asked, "--tenant", agency.info.code).stdout)["due"] == "2026-09-07T11:30"


def test_a_year_whose_holidays_nobody_entered_is_told(run):
    answer = json.loads(run("deadline", "--start", "2035-01-02T09:00", "--budget", "1wd", "--json").stdout)
    assert any("2035" in line and "chưa được nhập" in line for line in answer["lines"])


@pytest.mark.parametrize(
    ("words", "vietnamese", "english"),
    [
        (("--start", "2026-08-26T09:00", "--budget", "5 tuần"), "Thời hạn viết là 5wd", "A budget is written as 5wd"),
        (("--start", "2026-08-26T09:00"), "Thời hạn viết là 5wd", "A budget is written as 5wd"),
        (("--start", "2026-08-26T09:00", "--budget", "0wd"), "Thời hạn từ 1", "A deadline is from 1"),
        (("--start", "26/8/2026", "--budget", "5wd"), "(--start)", "The beginning (--start)"),
        (("--start", "2026-08-26", "--budget", "5wd"), "(--start)", "The beginning (--start)"),
        (("--budget", "5wd"), "(--start)", "The beginning (--start)"),
        (("--start", "1999-01-01T09:00", "--budget", "5wd"), "Ngoài lịch", "Outside the platform's calendar"),
        (("--start", "2026-08-26T09:00", "--budget", "5wd", "--tenant", "khong-co"), "Không có cơ quan", "no agency"),
    ],
)  # fmt: skip
def test_what_was_written_wrongly_is_told_in_both_languages_and_ends_with_two(
    run, words, vietnamese, english
):
    result = run("deadline", *words)
    assert result.exit_code == 2
    assert vietnamese in result.stderr
    assert english in result.stderr
    assert not result.stdout


def test_the_command_stands_under_its_module_too(run):
    assert run("casework", "deadline", "--start", "2026-08-26T09:00", "--budget", "1wd").exit_code == 0
