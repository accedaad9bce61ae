"""Settings: what is wrong is named, secrets stay out of sight, the page of all settings is current."""

import base64
from pathlib import Path

import pytest

from core.settings import Settings, SettingsError, load_settings, settings_page

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
    ("name", "value"),
    [
        ("LIENTHONG_SESSION_IDLE_MINUTES", "nửa giờ"),
        ("LIENTHONG_DEVELOPMENT", "có"),
        ("LIENTHONG_PUBLIC_URL", "lienthong.example.vn"),
        ("LIENTHONG_PUBLIC_URL", "http://lienthong.example.vn"),
        ("LIENTHONG_PUBLIC_URL", "https://lienthong.example.vn/cong"),
        ("LIENTHONG_PUBLIC_URL", "https://lienthong.example.vn/"),
        ("LIENTHONG_SECRET_KEY", "ngan"),
        ("LIENTHONG_SECRET_KEY", "_-" * 22),
    ],
)
def test_a_malformed_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        load_settings({**GOOD, name: value})


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


def test_secrets_are_not_shown():
    shown = repr(load_settings(GOOD))
    assert "https://lienthong.example.vn" in shown
    assert not [
        secret for secret in ("mat-khau", "bi-mat-1", GOOD["LIENTHONG_SECRET_KEY"]) if secret in shown
    ]


def test_the_page_of_settings_is_current():
    page = (ROOT / "docs/settings.md").read_text("utf-8")
    assert page == settings_page(), "write it again: lienthong settings --markdown > docs/settings.md"
    assert all(f"LIENTHONG_{name.upper()}" in page for name in Settings.__slots__)
