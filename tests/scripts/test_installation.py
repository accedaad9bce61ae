import json
import socket
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.settings import load_settings
from scripts._lib import demo, installation, services
from scripts._lib.console import ROOM_TO_WORK, Failure
from scripts._lib.installation import Installation
from scripts._lib.keycloak import read_realm

EXTERNAL = "postgresql://admin:secret@db.example:5433/postgres?sslmode=require"


@pytest.fixture
def made(tmp_path, monkeypatch):
    """An installation in a folder of its own."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name, file in {"FILE": "installation.json", "SETTINGS": "settings.env"}.items():
        monkeypatch.setattr(installation, name, tmp_path / file)
    monkeypatch.setattr(services, "VAR", tmp_path)
    monkeypatch.setattr(demo, "ACCOUNTS", tmp_path / "accounts.json")
    monkeypatch.setattr(demo, "RECORD", tmp_path / "demo.json")
    return Installation("Thành phố Huế", web_port=8000, keycloak_port=8180, postgres_port=54320)


def test_it_is_remembered_whole_and_readable_by_its_user_alone(made):
    made.save()
    assert Installation.load() == made
    assert stat.S_IMODE(installation.FILE.stat().st_mode) == 0o600


def test_passwords_differ_from_one_installation_to_the_next(made):
    other = Installation("Thành phố Huế")
    assert not set(made.secrets.values()) & set(other.secrets.values())
    assert "secret" not in repr(made)


@pytest.mark.parametrize("text", ["{broken", '{"harbour": 1}', "[]"])
def test_a_damaged_file_is_named_and_does_not_hinder_starting_over(made, tmp_path, monkeypatch, capsys, text):
    made.save()
    installation.FILE.write_text(text, "utf-8")
    with pytest.raises(Failure, match=r"installation\.json is damaged .*--reset"):
        demo.status()
    for name in ("VAR", "SETTINGS", "PROVINCE_FILE", "FILE"):
        monkeypatch.setattr(demo, name, getattr(installation, name) if name == "FILE" else tmp_path / name)
    demo.forget()
    assert Installation.load() is None
    told = capsys.readouterr().err
    assert "is deleted" in told
    assert f"the databases {installation.DATABASE}, {installation.KEYCLOAK_DATABASE} stay" in told


def test_damaged_accounts_are_named_by_the_status(made):
    made.save()
    demo.ACCOUNTS.write_text("[{", "utf-8")
    with pytest.raises(Failure, match=r"accounts\.json is damaged"):
        demo.status()


def test_the_application_accepts_the_settings_file(made, monkeypatch):
    made.write_settings()
    settings = load_settings({"LIENTHONG_SETTINGS_FILE": str(installation.SETTINGS)})
    assert settings.public_url == "http://localhost:8000"
    assert settings.database_url.startswith("postgresql://lienthong_app:")
    assert settings.files_reserve_mb * 1_000_000 < ROOM_TO_WORK / 2, (
        "a start with little room could store no sample file"
    )
    assert stat.S_IMODE(installation.SETTINGS.stat().st_mode) == 0o600


def test_its_processes_take_settings_from_the_file_and_two_words_from_beside_it(monkeypatch):
    for name in ("BLOCKED_MODULES", "DEVELOPMENT", "PUBLIC_URL"):
        monkeypatch.setenv(f"LIENTHONG_{name}", "x")
    given = {name for name in installation.environment() if name.startswith("LIENTHONG_")}
    assert given == {"LIENTHONG_BLOCKED_MODULES", "LIENTHONG_DEVELOPMENT", "LIENTHONG_SETTINGS_FILE"}


def test_mails_of_the_demo_go_to_its_own_server_once_there_is_one(made):
    made.write_settings()
    before = load_settings({"LIENTHONG_SETTINGS_FILE": str(installation.SETTINGS)})
    made.mail_port = 2525
    made.write_settings()
    now = load_settings({"LIENTHONG_SETTINGS_FILE": str(installation.SETTINGS)})
    assert (before.smtp_host, now.smtp_host, now.smtp_port) == ("", "127.0.0.1", 2525)


def test_a_given_server_is_used_with_its_options_and_without_its_user(made, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", EXTERNAL)
    made.postgres_port = 0
    made.settle_on_server()
    password = made.secrets["app_password"]
    assert made.server == "postgresql://db.example:5433/?sslmode=require"
    assert (
        made.database_url("app")
        == f"postgresql://lienthong_app:{password}@db.example:5433/lienthong?sslmode=require"
    )


def test_the_server_of_the_first_start_is_kept_to(made, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", EXTERNAL)
    with pytest.raises(Failure, match="data is in its own PostgreSQL"):
        made.settle_on_server()


def test_a_server_without_a_host_is_refused(made, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///postgres")
    with pytest.raises(Failure, match="must name a host"):
        made.settle_on_server()


def test_status_has_the_promised_shape_also_before_the_first_start(made, capsys):
    assert demo.status() == demo.NOT_RUNNING
    assert json.loads(capsys.readouterr().out) == {
        "url": None, "keycloak_url": None, "database_url": None, "pids": {}, "accounts": [], "ready": False,
    }  # fmt: skip


def test_status_names_the_application_role(made, capsys):
    made.save()
    demo.ACCOUNTS.write_text('[{"username": "an"}]')
    demo.status()
    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == ["url", "keycloak_url", "database_url", "pids", "accounts", "ready"]
    assert shown["database_url"] == made.database_url("app")
    assert shown["accounts"] == [{"username": "an"}]


def test_realm_files_are_filled_in_completely(made):
    for name in ("staff", "citizen"):
        assert "${LIENTHONG_" not in json.dumps(read_realm(name, made.realm_values()))


def test_a_realm_placeholder_without_a_value_is_named(made):
    with pytest.raises(Failure, match=r"no value for \$\{LIENTHONG_"):
        read_realm("staff", {})


def test_status_names_the_servers_that_died(made, capsys, tmp_path, monkeypatch):
    made.save()
    monkeypatch.setattr(demo, "READY", tmp_path / "ready")
    monkeypatch.setattr(demo, "recall", lambda _record: 4242)
    monkeypatch.setattr(demo, "running", lambda _services: {"postgres": 1, "keycloak": 2, "web": 3})
    assert demo.status() == demo.NOT_RUNNING
    assert "Starting or stopping" in capsys.readouterr().err
    demo.READY.touch()
    monkeypatch.setattr(
        demo, "web_trouble", lambda _installation: pytest.fail("asked while it starts or is dead")
    )
    capsys.readouterr()
    assert demo.status() == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["pids"] == {"demo": 4242, "postgres": 1, "keycloak": 2, "web": 3}
    assert "worker" in shown.err
    assert "keycloak" not in shown.err


def test_status_tells_of_servers_that_outlived_a_killed_demo(made, capsys, tmp_path, monkeypatch):
    made.save()
    monkeypatch.setattr(demo, "READY", tmp_path / "ready")
    demo.READY.touch()
    monkeypatch.setattr(demo, "recall", lambda _record: None)
    monkeypatch.setattr(demo, "running", lambda _services: {"postgres": 1, "web": 3})
    assert demo.status() == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["ready"] is False
    assert "killed and has left running: postgres, web" in shown.err
    assert "Has died" not in shown.err


@pytest.fixture
def up(made, tmp_path, monkeypatch):
    """A started demo of which only the word about it is real: every process lives."""
    made.save()
    for name in ("READY", "REVIVED"):
        monkeypatch.setattr(demo, name, tmp_path / name.lower())
    demo.READY.touch()
    monkeypatch.setattr(demo, "recall", lambda _record: 4242)
    monkeypatch.setattr(demo, "running", lambda services: dict.fromkeys(services, 1))
    return made


def test_status_is_ready_only_when_the_web_can_serve(up, capsys, monkeypatch):
    monkeypatch.setattr(demo, "web_trouble", lambda _installation: "")
    assert demo.status() == 0
    assert json.loads(capsys.readouterr().out)["ready"] is True
    monkeypatch.setattr(demo, "web_trouble", lambda _installation: "the database does not answer")
    assert demo.status() == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["ready"] is False
    assert "cannot serve: the database does not answer" in shown.err


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (b"200 OK\r\n\r\n{}", ""),
        (
            b'503 Service Unavailable\r\n\r\n{"trouble": "the database does not answer"}',
            "the database does not answer",
        ),
        (b"503 Service Unavailable\r\n\r\nbusy", "no sensible answer (JSONDecodeError)"),
    ],
)
def test_what_readyz_answers_decides(made, answer, trouble):
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as beside:
        made.web_port = server.getsockname()[1]
        asked = beside.submit(services.web_trouble, made)
        connection, _address = server.accept()
        with connection:
            connection.recv(10_000)
            connection.sendall(b"HTTP/1.0 " + answer)
        assert asked.result() == trouble
    assert services.web_trouble(made) == "nobody answers"


def test_a_revival_that_failed_tells_the_command_that_asked(up, monkeypatch):
    class Stuck:
        def revive(self):
            raise Failure("Cổng bị chiếm", "The port is taken")

    demo._revive(Stuck())
    with pytest.raises(Failure, match="The port is taken"):
        demo._await_revival(4242)


@pytest.mark.parametrize("what", ["--status", "--reset", "--stop"])
def test_a_wrong_province_is_refused_before_anything_else_is_done(up, what, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["demo", "--province", "Atlantis", what])
    for name in ("stop", "forget", "status"):
        monkeypatch.setattr(demo, name, lambda: pytest.fail("it was done all the same"))
    assert demo.main() == 1
    assert "There is no province “Atlantis”" in capsys.readouterr().err


def test_one_account_of_each_kind_is_announced_in_order(made, capsys, tmp_path, monkeypatch):
    def account(name, *units, roles=("example.reader",), operator=False):
        posts = [{"tenant": "so-y-te", "unit": unit, "roles": list(roles)} for unit in units]
        return {
            "username": name,
            "password": "x",
            "name": name,
            "operator": operator,
            "otp": None,
            "posts": posts,
        }

    accounts = [
        account("operator", "van-phong", roles=["tenants.admin"], operator=True),
        account("leader", "lanh-dao"),
        account("officer", "van-phong"),
        account("second-officer", "van-phong"),
        account("two", "van-phong", "van-phong"),
        account("administrator", "van-phong", roles=["tenants.admin"]),
    ]
    demo.ACCOUNTS.write_text(json.dumps(accounts), "utf-8")
    monkeypatch.setattr(demo, "READY", tmp_path / "ready")
    demo._announce(made)
    named = [line.split()[0] for line in capsys.readouterr().err.splitlines() if line.startswith("  ")]
    assert named == ["administrator", "two", "officer", "leader", "operator"]


def test_the_sign_in_page_names_the_help_desk_of_the_settings(made, monkeypatch, tmp_path):
    monkeypatch.setattr(installation, "SETTINGS", tmp_path / "settings.env")
    made.write_settings()
    written = (tmp_path / "settings.env").read_text("utf-8")
    for texts in made.sign_in_texts().values():
        assert f"LIENTHONG_SUPPORT_PHONE={texts['supportPhone']}\n" in written
        assert f"LIENTHONG_SUPPORT_EMAIL={texts['supportEmail']}\n" in written


def test_the_sign_in_page_names_the_province(made):
    assert made.sign_in_texts()["vi"]["platformName"] == "Nền tảng số dùng chung thành phố Huế"
    assert (
        Installation("Nghệ An").sign_in_texts()["vi"]["platformName"] == "Nền tảng số dùng chung tỉnh Nghệ An"
    )
