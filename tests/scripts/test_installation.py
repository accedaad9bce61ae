import json
import stat

import pytest

from core.settings import load_settings
from scripts._lib import demo, installation, services
from scripts._lib.console import Failure
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


def test_the_application_accepts_the_settings_file(made, monkeypatch):
    made.write_settings()
    settings = load_settings({"LIENTHONG_SETTINGS_FILE": str(installation.SETTINGS)})
    assert settings.public_url == "http://localhost:8000"
    assert settings.database_url.startswith("postgresql://lienthong_app:")
    assert stat.S_IMODE(installation.SETTINGS.stat().st_mode) == 0o600


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


def test_keycloak_never_moves(monkeypatch):
    monkeypatch.setattr(demo, "port_is_free", lambda port: False)
    with pytest.raises(Failure, match="Keycloak's port 8180 is in use"):
        demo._keycloak_port(8180)


def test_the_web_moves_unless_a_port_was_asked_for(monkeypatch):
    monkeypatch.setattr(demo, "port_is_free", lambda port: port != 8000)
    monkeypatch.setattr(demo, "free_port", lambda port: 8001 if port == 8000 else port)
    assert demo._web_port(None, 8000) == 8001
    assert demo._web_port(8005, 8000) == 8005
    with pytest.raises(Failure, match="Port 8000 is in use"):
        demo._web_port(8000, 0)


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
    assert demo.status() == 0  # still starting
    demo.READY.touch()
    capsys.readouterr()
    assert demo.status() == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["pids"] == {"demo": 4242, "postgres": 1, "keycloak": 2, "web": 3}
    assert "worker" in shown.err
    assert "keycloak" not in shown.err


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
