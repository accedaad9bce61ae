"""Servers that die are started again, and those that knew an address which is lost learn the new one."""

import smtplib
import socket
import sys

import pytest

from core.settings import load_settings
from scripts._lib import installation, services
from scripts._lib.console import Failure
from scripts._lib.installation import Installation
from scripts._lib.services import Services

# Run in the background, a shell has its children ignore SIGINT, by which PostgreSQL is asked to stop.
SLEEP = [
    sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGINT, signal.SIG_DFL); time.sleep(60)",
]  # fmt: skip


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Four servers that only sleep, on an installation in a folder of its own; PostgreSQL goes where it is told."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(services, "VAR", tmp_path)
    monkeypatch.setattr(services, "web_trouble", lambda _installation: "")
    monkeypatch.setattr(installation, "FILE", tmp_path / "installation.json")
    monkeypatch.setattr(installation, "SETTINGS", tmp_path / "settings.env")
    for name in ("prepare_roles", "create_database"):
        monkeypatch.setattr(services.databases, name, lambda *_arguments, **_options: None)
    known = Installation(
        "Thành phố Huế", web_port=8000, keycloak_port=8180, postgres_port=54320, provisioned=True
    )
    known.write_settings()
    servers = Services(known)
    started = []

    def sleeper(name):
        started.append(name)
        servers.all[name].start(SLEEP)

    def postgres(port):
        sleeper("postgres")
        servers.cluster.port = port if port not in taken else port + 1

    taken, commands = set(), []
    monkeypatch.setattr(services, "run_command", lambda *arguments: commands.append(arguments))
    monkeypatch.setattr(servers.cluster, "start", postgres)
    servers.start_mail = servers._start_mail
    for name in ("keycloak", "mail", "web", "worker"):
        monkeypatch.setattr(servers, f"_start_{name}", lambda name=name: sleeper(name))
    for name in servers.all:
        servers.start(name)
    started.clear()
    servers.taken, servers.started, servers.commands = taken, started, commands
    yield servers
    services.stop_all(servers.all)


def kill(servers, name):
    servers.all[name].stop(0)


def test_only_what_died_is_started_again(made):
    before = {name: service.pid for name, service in made.all.items()}
    kill(made, "keycloak")
    kill(made, "postgres")
    made.revive()
    assert made.started == ["postgres", "keycloak"]
    assert made.web.pid == before["web"]


def test_a_web_server_that_comes_back_finds_its_database_migrated(made):
    kill(made, "worker")
    made.revive()
    assert made.commands == []
    kill(made, "web")
    made.revive()
    assert made.commands == [("migrate",)]
    assert made.started == ["worker", "web"]


def test_when_postgresql_lost_its_port_all_who_knew_it_start_again_with_the_new_one(made):
    kill(made, "postgres")
    made.taken.add(54320)
    made.revive()
    assert made.started == ["postgres", "keycloak", "mail", "web", "worker"]
    assert Installation.load().postgres_port == 54321
    settings = load_settings({"LIENTHONG_SETTINGS_FILE": str(installation.SETTINGS)})
    assert "@127.0.0.1:54321/" in settings.database_url
    assert "@127.0.0.1:54321/" in settings.owner_database_url


def test_a_start_that_fails_after_the_move_leaves_nobody_with_the_old_address(made, monkeypatch):
    def refuse(*_arguments):
        raise Failure("không được", "PostgreSQL refused")

    kill(made, "postgres")
    made.taken.add(54320)
    monkeypatch.setattr(services.databases, "prepare_roles", refuse)
    with pytest.raises(Failure, match="PostgreSQL refused"):
        made.revive()
    assert set(services.running(made.all)) == {"postgres"}
    assert "@127.0.0.1:54321/" in installation.SETTINGS.read_text("utf-8")


def test_a_keycloak_that_does_not_come_up_keeps_the_others_from_nothing(made, monkeypatch):
    def fail():
        raise Failure("không được", "Keycloak's port is in use")

    monkeypatch.setattr(made, "_start_keycloak", fail)
    for name in ("keycloak", "web", "worker"):
        kill(made, name)
    with pytest.raises(Failure, match="Keycloak's port is in use"):
        made.revive()
    assert made.started == ["web", "worker"]


def test_a_web_server_that_lives_and_does_not_serve_is_started_again(made, monkeypatch):
    monkeypatch.setattr(made, "_becomes_ready", lambda: False)
    made.revive()
    assert made.started == ["web"]


@pytest.fixture
def stranger():
    """Another program on a port that was ours."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_the_web_that_lost_its_port_moves_and_keycloak_is_told(made, monkeypatch, stranger):
    told = []
    monkeypatch.setattr(services, "becomes_free", lambda port: port != stranger)
    monkeypatch.setattr(made, "_instruct_keycloak", lambda: told.append(made.installation.url))
    made.installation.web_port = stranger
    made._settle_web_port()
    assert made.installation.web_port != stranger
    assert told == [made.installation.url]
    settings = load_settings({"LIENTHONG_SETTINGS_FILE": str(installation.SETTINGS)})
    assert settings.public_url == made.installation.url


def test_a_web_port_that_was_asked_for_is_not_exchanged(made, monkeypatch, stranger):
    monkeypatch.setattr(services, "becomes_free", lambda port: port != stranger)
    servers = Services(made.installation, web_may_move=False)
    servers.installation.web_port = stranger
    with pytest.raises(Failure, match=f"Port {stranger} is in use"):
        servers._settle_web_port()


def test_the_mail_server_that_lost_its_port_moves_and_is_awaited(made, monkeypatch, tmp_path, stranger):
    monkeypatch.setattr(services, "MAIL", tmp_path / "mail")
    # Free when it was looked at, and lost before the server came to take it.
    looks = iter([True])
    monkeypatch.setattr(services, "becomes_free", lambda _port: next(looks, False))
    made.mail.stop(0)
    made.installation.mail_port = stranger
    made.start_mail()
    assert made.installation.mail_port != stranger
    with smtplib.SMTP("127.0.0.1", made.installation.mail_port, timeout=5) as mail:
        mail.sendmail("a@example.org", ["b@example.org"], "Subject: x\n\nx")
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1
    assert Installation.load().mail_port == made.installation.mail_port


def test_a_mail_server_that_does_not_come_up_is_told(made, monkeypatch, tmp_path):
    monkeypatch.setattr(services, "MAIL", tmp_path / "nowhere" / "mail")
    made.mail.stop(0)
    with pytest.raises(Failure, match="mail did not start"):
        made.start_mail()
    assert made.mail.pid is None
