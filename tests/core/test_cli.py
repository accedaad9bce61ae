"""The command line: help worth reading, clear errors, exit codes that scripts can trust."""

import re
import socket
from contextlib import closing
from importlib.metadata import EntryPoint, entry_points
from uuid import uuid4

import click
import psycopg2
import pytest
from click.testing import CliRunner

from core.declarations import Health
from tenants.upkeep.command_line import main
from tenants.upkeep.doctor import Finding
from tests.core.test_settings import GOOD

VIETNAMESE = re.compile(
    r"[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE
)


def commands(group=main, path=()):
    """Yield every command with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.fixture(name="run")
def runner():
    def run(*words, env=None):
        return CliRunner().invoke(main, list(words), env={"LIENTHONG_SETTINGS_FILE": None, **(env or {})})

    return run


def test_the_commands_of_the_platform_are_there():
    found = {" ".join(words) for words, _command in commands()}
    assert found >= {
        "serve", "worker", "migrate", "check", "doctor", "settings", "provision plan", "provision apply",
        "provision province", "module list", "module enable", "module disable", "audit verify", "demo seed",
    }  # fmt: skip


@pytest.mark.parametrize("words", [words for words, _command in commands()], ids=" ".join)
def test_every_command_explains_itself(run, words):
    result = run(*words, "--help")
    assert result.exit_code == 0, result.output
    assert len(result.output) > 80
    assert "Options:" in result.output


@pytest.mark.parametrize(
    "words", [words for words, each in commands() if not isinstance(each, click.Group)], ids=" ".join
)
def test_every_command_says_in_both_languages_what_it_does_how_it_is_called_and_how_it_ends(run, words):
    result = run(*words, "--help")
    first = next(line for line in result.output.splitlines()[1:] if line.strip())
    assert VIETNAMESE.search(first), first
    example = re.search(r"Ví dụ · example:\n((?: +lienthong .+\n)+)", result.output)
    assert example, result.output
    assert all(line.split()[1] in words for line in example[1].splitlines())
    assert "Mã thoát · exit codes: 0" in result.output


def test_the_doctor_speaks_english_where_asked(run):
    away = {**GOOD, "LIENTHONG_DATABASE_URL": "postgresql://lienthong_app@127.0.0.1:9/none"}
    result = run("doctor", "--lang", "en", env=away)
    assert result.exit_code == 1
    assert re.search(r"^ERROR +Database: ", result.output, re.MULTILINE)
    assert not VIETNAMESE.search(result.output.partition("Database")[0])


def test_a_module_that_breaks_at_import_can_be_blocked_for_commands_too(run, monkeypatch):
    class Broken(EntryPoint):
        def load(self):
            raise ImportError("a library is missing")

    broken = Broken("hong", "hong.plugin", "lienthong.plugins")
    monkeypatch.setattr("core.host.entry_points", lambda **kwargs: [broken, *entry_points(**kwargs)])
    assert "LIENTHONG_BLOCKED_MODULES" in run("--help", env=GOOD).output
    helped = run("example", "--help", env={**GOOD, "LIENTHONG_BLOCKED_MODULES": "hong"})
    assert helped.exit_code == 0
    assert "Commands:" in helped.output


@pytest.mark.parametrize("command", [("doctor",), ("serve",), ("worker",), ("settings",)])
def test_a_blocked_module_that_is_not_there_stops_the_start(run, command):
    refused = run(*command, env={**GOOD, "LIENTHONG_BLOCKED_MODULES": "websites, exampel"})
    assert refused.exit_code == 1
    assert "there is no module exampel. Có phải · Did you mean example?" in refused.output


@pytest.mark.parametrize(
    "words", [("khong-co",), ("module", "enable"), ("provision", "plan"), ("serve", "--workers", "0")]
)
def test_wrong_usage_ends_with_two(run, words):
    assert run(*words).exit_code == 2


@pytest.mark.parametrize("bind", ["x:y", "127.0.0.1:70000"])
def test_an_address_that_is_none_is_told_in_both_languages(run, bind):
    refused = run("serve", "--bind", bind, env=GOOD)
    assert refused.exit_code == 2
    assert f"“{bind}” không phải địa chỉ" in refused.output
    assert "no address to listen on" in refused.output


def test_a_port_that_is_taken_is_told_in_one_line(run):
    with socket.create_server(("127.0.0.1", 0)) as other:
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        refused = run("serve", "--bind", bind, env=GOOD)
    assert refused.exit_code == 1
    told = "đã có chương trình khác dùng cổng này; chọn cổng khác bằng --bind · another program uses this port; choose another with --bind"
    assert refused.output == f"lienthong: {bind}: {told}.\n"
    away = run("serve", "--bind", "203.0.113.7:8000", env=GOOD)
    assert (away.exit_code, "máy này không phục vụ ở địa chỉ đó được" in away.output) == (1, True)


@pytest.mark.parametrize(
    "words",
    [("settings",), ("check",), ("migrate",), ("doctor",), ("module", "list"), ("worker",)],
    ids=" ".join,
)
def test_a_missing_setting_ends_with_one_and_its_name(run, words):
    result = run(*words, env=dict.fromkeys(GOOD))
    assert result.exit_code == 1
    assert "LIENTHONG_DATABASE_URL" in result.output


@pytest.mark.parametrize("words", [("check",), ("module", "list", "--tenant", "so-y-te")], ids=" ".join)
def test_a_database_that_is_away_ends_with_one_and_no_traceback(run, words):
    away = {"LIENTHONG_DATABASE_URL": "postgresql://lienthong_app:mat-khau@127.0.0.1:9/none"}
    result = run(*words, env={**GOOD, **away})
    assert result.exit_code == 1
    assert "PostgreSQL" in result.output
    assert "Traceback" not in result.output
    assert "mat-khau" not in result.output


def test_the_doctor_says_what_is_wrong_in_words(run):
    result = run(
        "doctor", env={**GOOD, "LIENTHONG_DATABASE_URL": "postgresql://lienthong_app@127.0.0.1:9/none"}
    )
    assert result.exit_code == 1
    assert "Không kết nối được PostgreSQL. Hãy xem" in result.output
    assert "Traceback" not in result.output
    for further in ("Tệp tĩnh", "Đĩa còn đủ chỗ", "Máy chủ đăng nhập", "Mọi phân hệ tương thích"):
        assert further in result.output
    assert "Nhật ký được nối" not in result.output  # it needs the database


def test_the_doctor_has_a_word_for_what_is_not_set_up(run, monkeypatch):
    found = [
        Health(ok=True),
        Health(ok=True, absent=True),
        Health(ok=True, warning=True),
        Health(ok=True, warning=True, absent=True),
    ]
    monkeypatch.setattr(
        "tenants.upkeep.doctor.examine", lambda _settings: [Finding("x", "Một phần", each) for each in found]
    )
    result = run("doctor", env=GOOD)
    assert result.exit_code == 0
    words = [line.partition("Một phần")[0].strip() for line in result.output.splitlines()]
    assert words == ["tốt", "chưa cài đặt", "cần xem", "cần xem"]


def test_settings_are_shown_without_their_secrets(run):
    result = run("settings", env=GOOD)
    assert result.exit_code == 0
    shown = dict(line.split("=", 1) for line in result.stdout.splitlines())
    assert shown["LIENTHONG_PUBLIC_URL"] == GOOD["LIENTHONG_PUBLIC_URL"]
    assert shown["LIENTHONG_DATABASE_URL"] == shown["LIENTHONG_SECRET_KEY"] == "•••"
    assert shown["LIENTHONG_DIRECTORY_CLIENT_SECRET"] == ""  # not set
    assert "mat-khau" not in result.output


def test_a_dry_run_of_the_migrations_says_when_nothing_waits(run, database):
    own = {"LIENTHONG_OWNER_DATABASE_URL": database.owner_url, "LIENTHONG_DATABASE_URL": database.app_url}
    result = run("migrate", "--dry-run", env={**GOOD, **own})
    assert result.exit_code == 0, result.output
    assert "Cơ sở dữ liệu đã đúng bản này" in result.output


@pytest.fixture(name="left_on")
def agency_with_a_module_that_is_gone(database):
    """An agency that has a module on which nothing installed brings."""
    agency, code = uuid4(), f"so-y-te-{uuid4().hex[:8]}"
    with closing(psycopg2.connect(database.admin_url)) as superuser, superuser.cursor() as cursor:
        superuser.autocommit = True
        cursor.execute(
            "INSERT INTO tenants.tenant (id, code, folded) VALUES (%s, %s, %s)", (str(agency), code, code)
        )
        cursor.execute(
            "INSERT INTO tenants.module_switch (tenant_id, id, module, is_on) VALUES (%s, %s, 'phong_hop', true)",
            (str(agency), str(uuid4())),
        )
        yield code
        for table, column in (("module_switch", "tenant_id"), ("tenant", "id")):
            cursor.execute(f"DELETE FROM tenants.{table} WHERE {column} = %s", (str(agency),))


@pytest.mark.parametrize("as_owner", [True, False])
def test_the_check_names_a_module_that_is_on_and_no_longer_installed(run, database, left_on, as_owner):
    own = {"LIENTHONG_OWNER_DATABASE_URL": database.owner_url} if as_owner else {}
    result = run("check", env={**GOOD, "LIENTHONG_DATABASE_URL": database.app_url, **own})
    assert result.exit_code == 1
    assert f"Module phong_hop is not installed and still on, in agencies: 1 ({left_on})" in result.output
