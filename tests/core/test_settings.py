"""Settings: what is wrong is named, secrets stay out of sight, the page of all settings is current."""

import base64
import re
from pathlib import Path

import pytest

from core.settings import Settings, SettingsError, load_settings
from tenants.upkeep.settings_page import settings_page

ROOT = Path(__file__).parents[2]
GOOD = {
    "LIENTHONG_DATABASE_URL": "postgresql://lienthong_app:mat-khau@127.0.0.1/lienthong",
    "LIENTHONG_PUBLIC_URL": "https://lienthong.example.vn",
    "LIENTHONG_KEYCLOAK_URL": "https://dangnhap.example.vn",
    "LIENTHONG_OIDC_CLIENT_SECRET": "bi-mat-1",
    "LIENTHONG_SECRET_KEY": base64.b64encode(bytes(range(32))).decode(),
}


def test_what_is_not_set_has_its_default():
    settings = load_settings(GOOD)
    assert settings.session_idle_minutes == 30
    assert settings.staff_realm == "staff"


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_setting_is_named(name):
    with pytest.raises(SettingsError, match=name):
        load_settings({key: value for key, value in GOOD.items() if key != name})


def test_an_unknown_setting_is_named_with_the_nearest_known_one():
    with pytest.raises(SettingsError, match=r"LIENTHONG_PUBLIC_ULR.*LIENTHONG_PUBLIC_URL"):
        load_settings({**GOOD, "LIENTHONG_PUBLIC_ULR": "https://x.vn"})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"LIENTHONG_POOL_SIZ": "4"}, "Không có cài đặt LIENTHONG_POOL_SIZ · Unknown setting"),
        ({"LIENTHONG_POOL_SIZE": "bốn"}, "Cài đặt LIENTHONG_POOL_SIZE sai kiểu · Setting"),
        ({"LIENTHONG_POOL_SIZE": "0"}, "Cài đặt LIENTHONG_POOL_SIZE chưa đúng · Setting"),
        ({"LIENTHONG_SECRET_KEY": "ngan"}, "Cài đặt chưa đúng · Setting LIENTHONG_SECRET_KEY"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(changes, told):
    with pytest.raises(SettingsError, match=f"^{re.escape(told)}"):
        load_settings({**GOOD, **changes})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIENTHONG_SESSION_IDLE_MINUTES", "nửa giờ"),
        ("LIENTHONG_DEVELOPMENT", "có"),
        ("LIENTHONG_PUBLIC_URL", "lienthong.example.vn"),
        ("LIENTHONG_PUBLIC_URL", "http://lienthong.example.vn"),
        ("LIENTHONG_PUBLIC_URL", "https://lienthong.example.vn/cong"),
        ("LIENTHONG_PUBLIC_URL", "https://lienthong.example.vn/"),
        ("LIENTHONG_PUBLIC_URL", "https://lienthong.example.vn:cong"),
        ("LIENTHONG_KEYCLOAK_URL", "ftp://dangnhap.example.vn"),
        ("LIENTHONG_DATABASE_URL", "mysql://lienthong_app:mat-khau@127.0.0.1/lienthong"),
        ("LIENTHONG_DATABASE_URL", ""),
        ("LIENTHONG_OWNER_DATABASE_URL", "127.0.0.1/lienthong"),
        ("LIENTHONG_SESSION_IDLE_MINUTES", "-5"),
        ("LIENTHONG_SESSION_MAX_HOURS", "0"),
        ("LIENTHONG_POOL_SIZE", "0"),
        ("LIENTHONG_FILES_QUOTA_MB", "-1"),
        ("LIENTHONG_FILES_RESERVE_MB", "-1"),
        ("LIENTHONG_SMTP_PORT", "65536"),
        ("LIENTHONG_SMTP_SECURITY", "maybe"),
        ("LIENTHONG_SECRET_KEY", "ngan"),
        ("LIENTHONG_SECRET_KEY", "_-" * 22),
    ],
)
def test_a_malformed_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        load_settings({**GOOD, name: value})


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("LIENTHONG_POOL_SIZE", "0", "must be from 1 to 1000, and is 0. Database connections"),
        ("LIENTHONG_SMTP_SECURITY", "maybe", "must be one of starttls, tls, none, and is 'maybe'"),
        ("LIENTHONG_DATABASE_URL", "mysql://x", "is not an address like postgresql://host"),
    ],
)
def test_a_refusal_says_what_would_do(name, value, hint):
    with pytest.raises(SettingsError, match=re.escape(f"{name} {hint}")):
        load_settings({**GOOD, name: value})


def test_a_refused_address_is_not_repeated_with_its_password():
    with pytest.raises(SettingsError) as refused:
        load_settings({**GOOD, "LIENTHONG_DATABASE_URL": "mysql://app:mat-khau@127.0.0.1/x"})
    assert "mat-khau" not in str(refused.value)


def test_postgresql_may_be_reached_by_a_socket_or_at_several_hosts():
    for url in (
        "postgresql:///lienthong?host=/run/postgresql",
        "postgres://app:x@one:5432,two:5432/lienthong",
    ):
        assert load_settings({**GOOD, "LIENTHONG_DATABASE_URL": url}).database_url == url


def test_plain_http_is_for_loopback_alone():
    assert load_settings({**GOOD, "LIENTHONG_PUBLIC_URL": "http://localhost:8000"}).public_url.startswith(
        "http:"
    )


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "settings.env"
    file.write_text(
        "# một dòng ghi chú\n"
        + "\n".join(f"{key}={value}" for key, value in GOOD.items())
        + "\nLIENTHONG_POOL_SIZE=5\n"
    )
    from_file = load_settings({"LIENTHONG_SETTINGS_FILE": str(file)})
    assert from_file.pool_size == 5
    assert load_settings({"LIENTHONG_SETTINGS_FILE": str(file), "LIENTHONG_POOL_SIZE": "9"}).pool_size == 9


def test_a_broken_file_is_named_with_its_line(tmp_path):
    file = tmp_path / "settings.env"
    file.write_text("LIENTHONG_POOL_SIZE=5\nchữ không có dấu bằng\n")
    with pytest.raises(SettingsError, match=r"settings\.env, line 2"):
        load_settings({**GOOD, "LIENTHONG_SETTINGS_FILE": str(file)})
    with pytest.raises(SettingsError, match="LIENTHONG_SETTINGS_FILE"):
        load_settings({**GOOD, "LIENTHONG_SETTINGS_FILE": str(tmp_path / "khong-co")})


def test_why_a_file_cannot_be_read_is_said_in_words(tmp_path):
    (tmp_path / "latin").write_bytes(b"LIENTHONG_PROVINCE_NAME=Hu\xea")
    for name, words in {"absent": "no such file", "": "it is a folder", "latin": "not text in UTF-8"}.items():
        with pytest.raises(SettingsError, match=f"cannot be read: .*{words}") as refused:
            load_settings({**GOOD, "LIENTHONG_SETTINGS_FILE": str(tmp_path / name)})
        assert "Errno" not in str(refused.value)


def test_secrets_are_not_shown():
    shown = repr(load_settings(GOOD))
    assert "https://lienthong.example.vn" in shown
    assert not [
        secret for secret in ("mat-khau", "bi-mat-1", GOOD["LIENTHONG_SECRET_KEY"]) if secret in shown
    ]


def test_the_page_of_settings_is_current():
    page = (ROOT / "docs/settings.md").read_text("utf-8")
    assert page == settings_page(), "write it again: lienthong settings --markdown > docs/settings.md"
    assert "| `LIENTHONG_POOL_SIZE` | int, 1 to 1000 |" in page
    assert "| `LIENTHONG_SMTP_SECURITY` | `starttls` or `tls` or `none` |" in page
    assert all(f"LIENTHONG_{name.upper()}" in page for name in Settings.__slots__)
