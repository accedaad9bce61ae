"""The commands as operators and scripts use them: what they print and the exit code."""

import json
import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from click.testing import CliRunner

import core.app
import core.logging
from core.db import PLATFORM, db, scope
from core.i18n import load_catalogues
from tenants import cli, people_cli, queries, reconciler
from tenants.interfaces import DirectoryUnavailable
from tenants.models import DirectoryTask, Tenant
from tenants.upkeep import command_line
from tenants.upkeep.command_line import main

FILE = """
agencies:
  - {code: so-y-te, name: Sở Y tế, kind: department}
people:
  - {username: anhpn, full_name: Phạm Ngọc Anh}
"""


@pytest.fixture
def run(stage, tmp_path, directory, monkeypatch):
    """Run `lienthong` on the stage's database."""
    monkeypatch.setattr(command_line, "settings_or_exit", lambda: None)
    monkeypatch.setattr(cli, "settings_or_exit", lambda: None)
    monkeypatch.setattr(people_cli, "settings_or_exit", lambda: None)
    monkeypatch.setattr(core.app, "boot", lambda settings: SimpleNamespace(catalogue=stage.catalogue))
    monkeypatch.setattr(reconciler.directories, "installed", lambda: directory)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.yaml").write_text(FILE, "utf-8")

    # The runner's streams are gone after each command; a logger that kept one would fail later tests.
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    monkeypatch.setattr(
        core.logging, "configure_logging", lambda **_: structlog.configure(wrapper_class=quiet)
    )
    yield lambda *arguments: CliRunner().invoke(main, arguments, catch_exceptions=False)
    structlog.reset_defaults()


def test_a_plan_tells_by_its_exit_code(run, tmp_path):
    assert run("provision", "plan", "file.yaml").exit_code == 3
    assert run("provision", "apply", "file.yaml", "--yes").exit_code == 0
    assert run("provision", "plan", "file.yaml").exit_code == 0
    (tmp_path / "file.yaml").write_text(FILE.replace("department", "vương quốc"), "utf-8")
    result = run("provision", "plan", "file.yaml")
    assert result.exit_code == 1
    assert "dòng 3" in result.stderr


def test_a_file_that_cannot_be_opened_or_written_is_told_in_both_languages(run, tmp_path):
    load_catalogues([Path(cli.__file__).parent])
    for asked, vietnamese, english in (
        ("khong-co.yaml", "Không có tệp này.", "There is no such file."),
        (".", "Đây là thư mục.", "This is a folder."),
    ):
        told = run("provision", "plan", asked)
        assert told.exit_code == 1
        assert told.stderr.index(vietnamese) < told.stderr.index(english)
        assert "No such file" not in told.stderr
    run("provision", "apply", "file.yaml", "--yes")  # somebody waits for a password
    (tmp_path / "folder").mkdir()
    for option, told in (
        ("--passwords", "đã có, chọn tên khác · exists"),
        ("--accounts", "đây là thư mục · this"),
    ):
        command = ("demo", "seed") if option == "--accounts" else ("provision", "apply", "file.yaml", "--yes")
        folder = run(*command, option, "folder")
        assert (folder.exit_code, told in folder.stderr) == (1, True)
    for command, told in (
        ("provision province Huế", "đây là thư mục · this"),
        ("people passwords", "đã có, chọn"),
    ):
        folder = run(*command.split(), "--out", "folder")
        assert (folder.exit_code, told in folder.stderr) == (1, True)
    for command in (("provision", "province", "Huế"), ("people", "passwords")):
        nowhere = run(*command, "--out", "khong-co/a")
        assert (nowhere.exit_code, "không có thư mục đó · there is no such folder" in nowhere.stderr) == (
            1,
            True,
        )


@pytest.mark.parametrize("name", ["S? Y t?", "?y ban", "Ph\ufffdng", "Sá»Ÿ Y táº¿"])
def test_a_plan_warns_of_words_that_lost_their_letters(run, tmp_path, name):
    (tmp_path / "file.yaml").write_text(FILE.replace("name: Sở Y tế", f"name: '{name}'"), "utf-8")
    told = run("provision", "plan", "file.yaml")
    assert told.exit_code == 3
    assert "CẢNH BÁO" in told.stderr
    assert f"“{name}”" in told.stderr
    warning = json.loads(run("provision", "plan", "file.yaml", "--json").stdout)["garbled"]
    assert (warning["line"], warning["sheet"]) == (3, "agencies")
    (tmp_path / "file.yaml").write_text(FILE, "utf-8")
    assert json.loads(run("provision", "plan", "file.yaml", "--json").stdout)["garbled"] is None


def test_a_plan_as_json(run):
    shown = json.loads(run("provision", "plan", "file.yaml", "--json").stdout)
    assert [(row["table"], row["line"]) for row in shown["added"]] == [("agencies", 3), ("people", 5)]
    assert (shown["errors"], shown["changed"], shown["unchanged"], shown["removed"]) == ([], [], 0, [])


def test_errors_as_json_in_both_languages(run, tmp_path):
    (tmp_path / "bad.yaml").write_text("units:\n- {agency: so-y-t, code: p, name: P}", "utf-8")
    (problem,) = json.loads(run("provision", "plan", "bad.yaml", "--json").stdout)["errors"]
    assert (problem["line"], problem["sheet"]) == (2, "units")
    (tmp_path / "worse.yaml").write_bytes("agencies: []".encode("utf-16"))
    (problem,) = json.loads(run("provision", "plan", "worse.yaml", "--json").stdout)["errors"]
    assert "UTF-16" in problem["message"]
    assert run("provision", "plan", "nowhere.yaml", "--json").exit_code == 1


def test_apply_writes_and_brings_keycloak_up_to_date(run, directory):
    result = run("provision", "apply", "file.yaml")
    assert result.exit_code == 0
    assert "2 thay đổi" in result.stdout
    assert "[1/2] so-y-te" in result.stderr
    assert set(directory.users) == {"anhpn"}
    assert DirectoryTask.select().count() == 0
    with scope(PLATFORM), db.atomic():
        told = db.execute_sql(
            "SELECT data->>'file' FROM core.audit_entry WHERE event = 'tenants.description_applied'"
        ).fetchall()
    assert [text.partition(" · ")[0] for (text,) in told] == ["file.yaml"]
    assert told[0][0].endswith(f"lienthong provision apply, {cli._account()}")


def test_apply_of_a_file_with_errors_writes_nothing(run, tmp_path):
    (tmp_path / "bad.yaml").write_text(FILE + "units:\n- {agency: so-y-t, code: p, name: P}", "utf-8")
    assert run("provision", "apply", "bad.yaml").exit_code == 1
    assert Tenant.select().count() == 0


def test_a_plan_shows_causes_and_folds_what_follows(run, tmp_path):
    (tmp_path / "bad.yaml").write_text(
        FILE.replace("department", "vương quốc") + "units:\n" + "".join(f"- {{agency: so-y-te, code: p{n}, name: P{n}}}\n" for n in range(9)), "utf-8"
    )  # fmt: skip
    result = run("provision", "plan", "bad.yaml")
    assert "10 lỗi ở 10 dòng" in result.stdout
    assert result.stderr.count("LỖI") == 1
    assert "kéo theo 9 dòng" in result.stderr
    errors = json.loads(run("provision", "plan", "bad.yaml", "--json").stdout)["errors"]
    assert [each["cause"] for each in errors] == [None] + [{"sheet": "agencies", "line": 3}] * 9
    assert run("provision", "apply", "bad.yaml").stderr.count("LỖI") == 1


PROVINCE = """
agencies:
  - {{code: ubnd, name: Uỷ ban nhân dân thành phố {name}, kind: province, national_code: {national}, administrative_code: "{code}"}}
"""


def name_of_the_only_agency():
    with db.connection_context():
        (agency,) = queries.agencies()
    return agency.name


@pytest.mark.parametrize("national", ["H17", "''"])
def test_the_file_of_another_province_is_taken_only_when_that_is_said(run, tmp_path, national):
    load_catalogues([Path(cli.__file__).parent])
    (tmp_path / "hue.yaml").write_text(PROVINCE.format(name="Huế", national="H57", code=46), "utf-8")
    (tmp_path / "other.yaml").write_text(PROVINCE.format(name="Đà Nẵng", national=national, code=48), "utf-8")
    assert "CẢNH BÁO" not in run("provision", "plan", "hue.yaml").stderr
    assert run("provision", "apply", "hue.yaml").exit_code == 0
    planned = run("provision", "plan", "other.yaml")
    assert planned.exit_code == 3
    assert planned.stderr.startswith("CẢNH BÁO")
    assert json.loads(run("provision", "plan", "other.yaml", "--json").stdout)["elsewhere"][
        "message_en"
    ].endswith("file?")
    refused = run("provision", "apply", "other.yaml", "--yes")
    assert refused.exit_code == 1
    assert "--other-province" in refused.stderr
    assert name_of_the_only_agency() == "Uỷ ban nhân dân thành phố Huế"
    assert run("provision", "apply", "other.yaml", "--yes", "--other-province").exit_code == 0
    assert name_of_the_only_agency() == "Uỷ ban nhân dân thành phố Đà Nẵng"


def test_apply_without_keycloak_leaves_the_rest_to_the_worker(run, directory):
    def away(number):
        raise DirectoryUnavailable("connection refused")

    directory.before_call = away
    result = run("provision", "apply", "file.yaml", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["keycloak"]["left"] == 2
    assert Tenant.select().count() == 1

    directory.before_call = lambda number: None
    assert json.loads(run("provision", "apply", "file.yaml", "--json").stdout) == {
        "written": 0, "failed": {}, "keycloak": {"done": 2, "refused": 0, "left": 0, "unavailable": ""},
    }  # fmt: skip


def test_an_agency_that_fails_is_named(run, stage):
    stage.modules["delta"].fails.add("on_module_enabled")
    result = run("provision", "apply", "file.yaml")
    assert result.exit_code == 1
    assert "so-y-te" in result.stderr


def test_a_province_is_written_to_a_file(run, tmp_path):
    assert run("provision", "province", "hue", "--out", "hue.yaml").exit_code == 0
    assert run("provision", "plan", "hue.yaml").exit_code == 3
    assert run("provision", "province", "Huê").stdout == (tmp_path / "hue.yaml").read_text("utf-8")
    unknown = run("provision", "province", "Quảng Bình")
    assert unknown.exit_code == 1
    assert "Did you mean: Quảng Trị?" in unknown.stderr


def test_seeding_too_early_says_what_to_do_first(run, tmp_path):
    result = run("demo", "seed", "--accounts", "accounts.json")
    assert result.exit_code == 1
    assert "provision" in result.stderr


@pytest.mark.parametrize("command", [("plan",), ("apply",), ("province",)])
def test_help_is_worth_reading(run, command):
    assert len(run("provision", *command, "--help").stdout.splitlines()) > 8
