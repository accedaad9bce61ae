"""What one installation of this clone remembers: its province, ports, passwords, and how far it got."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from scripts._lib.console import Failure
from scripts._lib.databases import other_database
from scripts._lib.places import STATIC, VAR

FILE = VAR / "installation.json"
SETTINGS = VAR / "settings.env"
FILES = VAR / "files"
MAIL = VAR / "mail"
FILES_RESERVE_MB = 100  # of a disk that is found large enough to start on, something is left for files
PROVINCE_FILE = VAR / "province.yaml"
ACCOUNTS = VAR / "demo-accounts.json"
DATABASE = "lienthong"
KEYCLOAK_DATABASE = "keycloak"
SUPPORT = {"supportPhone": "0234 000 0000", "supportEmail": "hotro@lienthong.example"}
"""The help desk of the demo, as the texts of the sign-in page call it."""
SECRETS = (
    "superuser", "owner_password", "app_password", "keycloak_password", "keycloak_admin",
    "oidc_client", "directory_client",
)  # fmt: skip


def _generated() -> dict[str, str]:
    """Make up all passwords, in letters that need no escaping in an address, and the key in base64."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {name: secrets.token_urlsafe(32) for name in SECRETS} | {"secret_key": key}


@dataclass(slots=True)
class Installation:
    """One installation; saved whenever it changes, readable by its user alone."""

    province: str
    server: str = ""
    """Address of the PostgreSQL given by DATABASE_URL, without user and database; empty when it is our own."""
    web_port: int = 0
    keycloak_port: int = 0
    postgres_port: int = 0
    management_port: int = 0
    mail_port: int = 0
    provisioned: bool = False
    seeded: bool = False
    scale: float = 1.0
    """How much of a year's sample data a start makes, also one that goes on where a killed one stopped."""
    secrets: dict[str, str] = field(default_factory=_generated, repr=False)

    @classmethod
    def load(cls) -> Self | None:
        """Return the installation of this clone; None when there is none yet. Raises Failure when its file is damaged."""
        try:
            return cls(**read_saved(FILE))
        except FileNotFoundError:
            return None
        except TypeError as error:
            raise _damaged(FILE) from error

    def save(self) -> None:
        """Write it down, whole or not at all."""
        write_private(FILE, json.dumps(asdict(self), indent=1, ensure_ascii=False))

    @property
    def url(self) -> str:
        """The address people use."""
        return f"http://localhost:{self.web_port}"

    @property
    def keycloak_url(self) -> str:
        """The address of the sign-in server."""
        return f"http://localhost:{self.keycloak_port}"

    @property
    def places(self) -> tuple[str, str, str, int]:
        """The addresses by which the servers know each other."""
        return self.database_url("app"), self.keycloak_url, self.url, self.mail_port

    @property
    def admin_url(self) -> str:
        """The address of PostgreSQL for making roles and databases."""
        if self.server:
            return os.environ["DATABASE_URL"]
        return f"postgresql://postgres:{self.secrets['superuser']}@127.0.0.1:{self.postgres_port}/postgres"

    def database_url(self, role: str) -> str:
        """Return the platform's database as `app` or `owner`."""
        base = self.server or f"postgresql://127.0.0.1:{self.postgres_port}/"
        return other_database(base, DATABASE, f"lienthong_{role}", self.secrets[f"{role}_password"])

    def settle_on_server(self) -> None:
        """Hold to the PostgreSQL of the first start; raises Failure when another one is given now."""
        server = _given_server()
        if self.postgres_port == 0:  # nothing has been started yet
            self.server = server
        elif self.server != server:
            raise Failure(
                f"Dữ liệu của bản cài này nằm ở {self.server or 'PostgreSQL riêng trong var/'}. "
                "Hãy đặt DATABASE_URL như lần đầu, hoặc dùng --reset.",
                f"This installation's data is in {self.server or 'its own PostgreSQL in var/'}. "
                "Set DATABASE_URL as at the first start, or use --reset.",
            )

    def write_settings(self) -> None:
        """Write the settings file that the application reads."""
        lines = {
            "DATABASE_URL": self.database_url("app"),
            "OWNER_DATABASE_URL": self.database_url("owner"),
            "PUBLIC_URL": self.url,
            "PROVINCE_NAME": self.province,
            "PLATFORM_LABEL": "LT-46-01",
            "SUPPORT_PHONE": SUPPORT["supportPhone"],
            "SUPPORT_EMAIL": SUPPORT["supportEmail"],
            "KEYCLOAK_URL": self.keycloak_url,
            "OIDC_CLIENT_ID": "lienthong",
            "OIDC_CLIENT_SECRET": self.secrets["oidc_client"],
            "DIRECTORY_CLIENT_ID": "lienthong-directory",
            "DIRECTORY_CLIENT_SECRET": self.secrets["directory_client"],
            "SECRET_KEY": self.secrets["secret_key"],
            "STATIC_DIR": STATIC,
            "FILES_DIR": FILES,
            "FILES_RESERVE_MB": FILES_RESERVE_MB,
        }
        if self.mail_port:
            lines |= {
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": self.mail_port,
                "SMTP_SECURITY": "none",
                "MAIL_FROM": SUPPORT["supportEmail"],
                "MAIL_FROM_NAME": "Liên Thông",
            }
        head = "# Written by scripts/demo at each start.\n"
        write_private(
            SETTINGS, head + "".join(f"LIENTHONG_{name}={value}\n" for name, value in lines.items())
        )

    def sign_in_texts(self) -> dict[str, dict[str, str]]:
        """Return the texts of the sign-in pages that name this installation, by language."""
        city = self.province.removeprefix("Thành phố ")
        place = f"{'tỉnh' if city == self.province else 'thành phố'} {city}"
        return {
            "vi": {"platformName": f"Nền tảng số dùng chung {place}", **SUPPORT},
            "en": {"platformName": f"The shared digital platform of {city}", **SUPPORT},
        }

    def realm_values(self) -> dict[str, str]:
        """Return what the realm files leave open."""
        return {
            "LIENTHONG_PUBLIC_URL": self.url,
            "LIENTHONG_OIDC_CLIENT_SECRET": self.secrets["oidc_client"],
            "LIENTHONG_DIRECTORY_CLIENT_SECRET": self.secrets["directory_client"],
        }


def _given_server() -> str:
    """Return the place that DATABASE_URL names, without user and database; empty when it is not set."""
    given = urlsplit(os.environ.get("DATABASE_URL", ""))
    if given.scheme and not given.hostname:
        raise Failure(
            "DATABASE_URL phải có tên máy chủ: postgresql://postgres:mật-khẩu@máy:5432/postgres",
            "DATABASE_URL must name a host: postgresql://postgres:password@host:5432/postgres",
        )
    place = given.netloc.rpartition("@")[2]
    return urlunsplit(("postgresql", place, "/", given.query, "")) if place else ""


def environment(**more: str) -> dict[str, str]:
    """Return the environment of the application's processes: the settings come from the file alone.

    Whoever writes a module says LIENTHONG_DEVELOPMENT beside it and sees the catalogue of components, or leaves
    a broken one out by LIENTHONG_BLOCKED_MODULES.
    """
    beside = ("LIENTHONG_DEVELOPMENT", "LIENTHONG_BLOCKED_MODULES")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LIENTHONG_") or name in beside
    }
    return {**inherited, "LIENTHONG_SETTINGS_FILE": str(SETTINGS), **more}


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)


def read_saved(path: Path) -> Any:
    """Read a JSON file of the installation; raises Failure when it is damaged, FileNotFoundError when there is none."""
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> Failure:
    return Failure(
        f"Tệp {path} bị hỏng (đĩa đầy, mất điện?). Chép lại từ bản lưu, hoặc bắt đầu lại từ đầu: ./scripts/demo --reset",
        f"The file {path} is damaged (disk full, power cut?). Put it back from a copy, or start over: ./scripts/demo --reset",
    )
