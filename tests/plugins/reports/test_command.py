"""`lienthong reports check` names what differs, `rebuild` puts it right; the nightly check tells operators."""

import json

import pytest
from click.testing import CliRunner

from core.db import db
from plugins.reports import checking, cli


def run(*words):
    with db.connection_context():
        return CliRunner().invoke(getattr(cli, words[0]), words[1:])


@pytest.fixture
def damaged(office):
    """An agency one of whose counters is wrong."""
    office.task(ago=2, due=None)
    office.sql("DELETE FROM reports.tally WHERE dimension = 'unit'")
    return office


def test_the_check_names_each_difference_and_only_reads(damaged):
    code = damaged.agency.info.code
    for _each in range(2):
        answer = run("check", "--tenant", code, "--json")
        told = json.loads(answer.stdout)
        assert (answer.exit_code, told["agencies"]) == (1, 1)
        (found,) = told["differences"]
        assert (found["tenant"], found["dimension"], found["measure"], found["counted"], found["actual"]) == (
            code, "unit", "opened", 0, 1,
        )  # fmt: skip
        assert "the cases say 1" in found["text_en"]
    assert "đúng là 1" in run("check", "--tenant", code).stdout


def test_rebuilding_puts_right_what_the_check_found(damaged):
    code = damaged.agency.info.code
    assert run("rebuild", "--tenant", code).exit_code == 0
    answer = run("check", "--tenant", code)
    assert (answer.exit_code, "0 bộ đếm lệch" in answer.stdout) == (0, True)


def test_a_module_without_its_tables_is_told_in_words(office, monkeypatch):
    monkeypatch.setattr(checking, "_facts", lambda: "SELECT * FROM reports.nothing_here")
    answer = run("check", "--tenant", office.agency.info.code)
    assert answer.exit_code == 1
    assert "lienthong migrate" in answer.output


def test_an_agency_that_is_not_there_is_named(ground):
    for command in ("check", "rebuild"):
        answer = run(command, "--tenant", "khong-co")
        assert answer.exit_code == 2
        assert "Không có cơ quan nào mang mã “khong-co”. · There is no agency" in answer.output


def test_operators_are_told_that_a_check_found_something(damaged):
    with damaged.agency.in_background():
        checking.check()
    with db.connection_context():
        health = checking.health()
    assert not health.ok
    assert "lệch với vụ việc" in health.detail
    with damaged.agency.in_background():
        checking.check()
    assert "khớp" in damaged.leader.get("reports.board").text
