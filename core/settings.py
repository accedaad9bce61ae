"""Settings by environment or file, with types, defaults and help."""

import base64
import binascii
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError
from marshmallow.fields import Boolean, Integer, String

from core.process import OfProcess

PREFIX = "LIENTHONG_"
FILE_VARIABLE = "LIENTHONG_SETTINGS_FILE"
SECRET_KEY_BYTES = 32
POSTGRESQL = ("postgresql", "postgres")
WEB = ("https", "http")
PETABYTE_IN_MB = 1_000_000_000
_ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+", re.ASCII)
_PARSERS: dict[Any, Any] = {str: String(), int: Integer(), bool: Boolean()}


class SettingsError(Exception):
    """Raised when a setting is missing, unknown or malformed; names it and says what to do."""


def _setting(
    meaning: str,
    default: Any = MISSING,
    *,
    secret: bool = False,
    within: tuple[int, int] | None = None,
    choices: tuple[str, ...] = (),
    schemes: tuple[str, ...] = (),
) -> Any:
    """Declare a setting: what it is, and which numbers, words or addresses it may be."""
    metadata = {
        "help": meaning, "secret": secret, "within": within, "choices": choices, "schemes": schemes,
        "empty": default == "",
    }  # fmt: skip
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One installation's settings; secrets never appear in `repr`."""

    database_url: str = _setting(
        "PostgreSQL of the application role lienthong_app, `postgresql://…`.",
        secret=True,
        schemes=POSTGRESQL,
    )
    owner_database_url: str = _setting(
        "PostgreSQL of the role lienthong_owner, used by `lienthong migrate` and `check` only.",
        "",
        secret=True,
        schemes=POSTGRESQL,
    )
    public_url: str = _setting(
        "The address people use, without a path: `https://lienthong.hue.gov.vn`.", schemes=WEB
    )
    province_name: str = _setting("The province shown on pages.", "Thành phố Huế")
    operator_name: str = _setting("The IT centre shown in the operator console.", "Trung tâm Chuyển đổi số")
    platform_label: str = _setting(
        "The platform's registered label, shown at the foot of every page.", "LT-01"
    )
    support_phone: str = _setting("The support number shown at the foot of every page.", "")
    support_email: str = _setting("The help desk's e-mail, shown where the support number is.", "")
    keycloak_url: str = _setting("Keycloak's address, without the realm.", schemes=WEB)
    staff_realm: str = _setting("The realm in which staff sign in.", "staff")
    oidc_client_id: str = _setting("The platform's confidential client in the staff realm.", "lienthong")
    oidc_client_secret: str = _setting("That client's secret.", secret=True)
    directory_client_id: str = _setting(
        "The service account that mirrors agencies and people.", "lienthong-directory"
    )
    directory_client_secret: str = _setting("That service account's secret.", "", secret=True)
    secret_key: str = _setting(
        "32 random bytes in base64: encrypts tokens at rest, signs form tokens.", secret=True
    )
    session_idle_minutes: int = _setting(
        "A session without a request ends after this many minutes.", 30, within=(1, 1440)
    )
    session_max_hours: int = _setting(
        "A session ends after this many hours, used or not.", 10, within=(1, 168)
    )
    pool_size: int = _setting(
        "Database connections per web worker; at least its threads.", 8, within=(1, 1000)
    )
    static_dir: Path = _setting("Where the built static files are.", Path("var/static"))
    files_dir: Path = _setting(
        "Where uploaded files are kept; one folder for all web processes and the worker, on a disk that is backed up.",
        Path("var/files"),
    )
    files_quota_mb: int = _setting(
        "How much one agency may store, in MB; 0 is no limit.", 50_000, within=(0, PETABYTE_IN_MB)
    )
    files_reserve_mb: int = _setting(
        "So much of the files' disk stays free, in MB: beyond that nothing is taken.",
        1_000,
        within=(0, PETABYTE_IN_MB),
    )
    clamav: str = _setting(
        "ClamAV's daemon that looks through uploaded files: `tcp://127.0.0.1:3310` or `unix:///run/clamav/clamd.ctl`. "
        "Empty: nothing is scanned, and nothing says so.",
        "",
    )
    smtp_host: str = _setting(
        "The mail server that takes the platform's mails. Empty: no mails are sent.", ""
    )
    smtp_port: int = _setting(
        "The mail server's port: 587 with `starttls`, 465 with `tls`.", 587, within=(1, 65_535)
    )
    smtp_security: str = _setting(
        "How the way to the mail server is protected; `none` is for a network of your own.",
        "starttls",
        choices=("starttls", "tls", "none"),
    )
    smtp_ca_file: Path | None = _setting(
        "The certificate of the authority that signed the mail server's, when it is one of your own.", None
    )
    smtp_user: str = _setting("The account at the mail server, if it asks for one.", "")
    smtp_password: str = _setting("That account's password.", "", secret=True)
    mail_from: str = _setting("The address mails come from; required with a mail server.", "")
    mail_from_name: str = _setting("The name mails come from.", "Liên Thông")
    blocked_modules: tuple[str, ...] = _setting("Modules to leave out at start, separated by commas.", ())
    development: bool = _setting(
        "Shows the component catalogue and reloads templates; never on a real installation.", False
    )

    def __repr__(self) -> str:
        shown = (
            f"{each.name}={getattr(self, each.name)!r}"
            for each in fields(self)
            if not each.metadata["secret"]
        )
        return f"Settings({', '.join(shown)})"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment, and from the file it names in LIENTHONG_SETTINGS_FILE.

    The environment wins over the file. Raises SettingsError.
    """
    environ = os.environ if environ is None else environ
    values = _read_file(environ.get(FILE_VARIABLE, "")) | {
        k: v for k, v in environ.items() if k.startswith(PREFIX)
    }
    values.pop(FILE_VARIABLE, None)
    known = {PREFIX + each.name.upper(): each for each in fields(Settings)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        near = get_close_matches(unknown[0], known, n=1, cutoff=0.8)
        raise SettingsError(
            f"Không có cài đặt {unknown[0]} · Unknown setting {unknown[0]}. "
            + (f"Có phải · Did you mean {near[0]}? " if near else "")
            + "Mọi cài đặt · All settings: docs/settings.md"
        )
    arguments: dict[str, Any] = {}
    for name, each in known.items():
        if name in values:
            arguments[each.name] = value = _parse(name, values[name], each.type)
            if complaint := next(_unfit(value, each.metadata), ""):
                raise SettingsError(f"Cài đặt {name} chưa đúng · Setting {name} {complaint}")
        elif each.default is MISSING:
            raise SettingsError(
                f"Thiếu cài đặt {name} · Setting {name} is missing: {each.metadata['help']} Set it in the environment or in {FILE_VARIABLE}."
            )
    settings = Settings(**arguments)
    if complaint := next(_contradictions(settings), ""):
        raise SettingsError(f"Cài đặt chưa đúng · Setting {PREFIX}{complaint}")
    return settings


installed_settings = OfProcess[Settings]("settings are installed")


def _read_file(path: str) -> dict[str, str]:
    if not path:
        return {}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"Không đọc được tệp cài đặt · The settings file {path} named in {FILE_VARIABLE} cannot be read: {_why(error)}."
        ) from error
    found = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, separator, value = line.partition("=")
            if not separator:
                raise SettingsError(f"{path}, line {number} · dòng {number}: viết · write NAME=value.")
            found[name.strip()] = value.strip()
    return found


def _why(error: OSError | UnicodeDecodeError) -> str:
    """Say in words why a file cannot be read."""
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return "there is no such file"
        case PermissionError():
            return "the user who starts this may not read it"
        case IsADirectoryError():
            return "it is a folder"
        case UnicodeDecodeError():
            return "it is not text in UTF-8"
    return error.strerror or type(error).__name__


def _parse(name: str, value: str, kind: Any) -> Any:
    if kind in (Path, Path | None):
        return Path(value) if value else None
    if kind not in _PARSERS:
        return tuple(part.strip() for part in value.split(",") if part.strip())
    try:
        return _PARSERS[kind].deserialize(value)
    except ValidationError as error:
        raise SettingsError(
            f"Cài đặt {name} sai kiểu · Setting {name} is not a valid {kind.__name__}: {value!r}. See docs/settings.md"
        ) from error


def _unfit(value: Any, declared: Mapping[str, Any]) -> Iterator[str]:
    """Hold a value against what its setting declares; a value that may hold a password is not repeated."""
    if declared["within"] and not declared["within"][0] <= value <= declared["within"][1]:
        low, high = declared["within"]
        yield f"must be from {low} to {high}, and is {value}. {declared['help']}"
    if declared["choices"] and value not in declared["choices"]:
        yield f"must be one of {', '.join(declared['choices'])}, and is {value!r}. {declared['help']}"
    schemes = declared["schemes"]
    if schemes and not (value == "" and declared["empty"]) and not _is_address(value, schemes):
        yield f"is not an address like {schemes[0]}://host[:port]."


def _is_address(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        # Behind PostgreSQL's scheme libpq also takes several hosts, or none and the folder of a socket.
        return parts.scheme in schemes and (schemes is not WEB or (bool(parts.hostname) and parts.port != 0))
    except ValueError:
        return False


def _contradictions(settings: Settings) -> Iterator[str]:
    """Say what cannot stand as it is, or beside another setting, after the name it is mended at."""
    public = urlsplit(settings.public_url)
    if public.scheme == "http" and public.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield "PUBLIC_URL must be https, except on loopback: cookies are Secure."
    if public.path:
        yield "PUBLIC_URL must not have a path, nor a slash at its end."
    if settings.clamav and not re.fullmatch(r"tcp://[^/:]+:\d+|unix:///.+", settings.clamav):
        yield "CLAMAV is not tcp://host:port or unix:///path."
    if settings.smtp_host and not _ADDRESS.fullmatch(settings.mail_from):
        yield "MAIL_FROM must be an address such as lienthong@hue.gov.vn."
    if settings.smtp_host and settings.smtp_user and settings.smtp_security == "none":
        danger = "the password would travel for everybody to read"
        yield f"SMTP_SECURITY must not be none with {PREFIX}SMTP_USER: {danger}."
    if len(_decoded(settings.secret_key)) < SECRET_KEY_BYTES:
        advice = "make one with `openssl rand -base64 32`"
        yield f"SECRET_KEY is not {SECRET_KEY_BYTES} bytes or more in base64: {advice}."


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
