"""The servers of an installation: start them in order, watch them, stop them in order."""

import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from scripts._lib import databases
from scripts._lib.console import Failure, disk_full, is_full, say
from scripts._lib.installation import DATABASE, KEYCLOAK_DATABASE, MAIL, Installation, environment
from scripts._lib.keycloak import Keycloak, Place, read_realm
from scripts._lib.places import ROOT, VAR
from scripts._lib.ports import (
    ATTEMPTS,
    FIRST_MAIL_PORT,
    FIRST_MANAGEMENT_PORT,
    FIRST_POSTGRES_PORT,
    asked_port_in_use,
    becomes_free,
    free_port,
    keycloak_port,
    say_moved,
)
from scripts._lib.postgres import Cluster
from scripts._lib.processes import Service

BIN = Path(sys.executable).parent
STOP_SIGNALS = {"postgres": signal.SIGINT}  # ends at once, without losing a commit


def recorded() -> dict[str, Service]:
    """Return the servers of this clone by name, in the order of starting, whoever started them."""
    names = ("postgres", "keycloak", "mail", "web", "worker")
    return {name: Service(name, VAR, STOP_SIGNALS.get(name, signal.SIGTERM)) for name in names}


def running(services: Mapping[str, Service]) -> dict[str, int]:
    """Return the process ids of those that run."""
    return {name: pid for name, service in services.items() if (pid := service.pid)}


def stop_all(services: dict[str, Service]) -> None:
    """Stop the servers, those that need the others first; also what a killed run left behind."""
    for name, service in reversed(services.items()):
        if service.pid is not None:
            say(f"        dừng · stopping {name}")
        service.stop(60 if name == "postgres" else 20)


class Services:
    """What runs for one installation; every server can be started again on its own."""

    def __init__(self, installation: Installation, *, web_may_move: bool = True) -> None:
        self.installation = installation
        self._web_may_move = web_may_move
        self.cluster = Cluster(VAR, installation.secrets["superuser"])
        self.keycloak = Keycloak(
            VAR,
            installation.keycloak_port,
            installation.management_port or FIRST_MANAGEMENT_PORT,
            installation.secrets["keycloak_admin"],
        )
        self.mail = Service("mail", VAR)
        self.web = Service("web", VAR)
        self.worker = Service("worker", VAR)

    @property
    def all(self) -> dict[str, Service]:
        """The servers by name, in the order of starting."""
        own = {} if self.installation.server else {"postgres": self.cluster.service}
        return {
            **own,
            "keycloak": self.keycloak.service,
            "mail": self.mail,
            "web": self.web,
            "worker": self.worker,
        }

    def start(self, name: str) -> None:
        """Start one server by its name; those that know another by an address it has left are stopped."""
        known = self.installation.places
        try:
            {
                "postgres": self._start_postgres,
                "keycloak": self._start_keycloak,
                "mail": self._start_mail,
                "web": self._start_web,
                "worker": self._start_worker,
            }[name]()
        finally:
            if self.installation.places != known:
                names = list(self.all)
                stop_all({later: self.all[later] for later in names[names.index(name) + 1 :]})

    def revive(self) -> None:
        """Start again what has died, and what has to learn a new address or does not serve; raises Failure."""
        self._start_missing()
        if not self._becomes_ready():
            self.web.stop(20)
            self._start_missing()

    def _start_missing(self) -> None:
        """Start what does not run; without Keycloak those who are signed in go on, without PostgreSQL nobody."""
        failures: list[Failure | OSError] = []
        for name, service in self.all.items():
            if service.pid is None:
                say(f"Khởi động lại · starting again: {name}")
                try:
                    if name == "web":
                        # The code may have moved on meanwhile, by a new module or a pull: it would never be ready.
                        run_command("migrate")
                    self.start(name)
                except (Failure, OSError) as failure:
                    failures.append(failure)
                    if name == "postgres":
                        break
        if failures:
            raise failures[0]

    def _start_postgres(self) -> None:
        """Start our PostgreSQL, or use the one given; make roles and databases, tell the application."""
        installation = self.installation
        if not installation.server:
            known = installation.postgres_port
            self.cluster.start(known or FIRST_POSTGRES_PORT)
            if known not in {0, self.cluster.port}:
                say_moved("PostgreSQL", known, self.cluster.port)
            installation.postgres_port = self.cluster.port
            installation.save()
            installation.write_settings()
        elif not installation.postgres_port:
            self._claim_server()
        passwords = {
            name: value for name, value in installation.secrets.items() if name.endswith("_password")
        }
        databases.prepare_roles(installation.admin_url, passwords)
        databases.create_database(installation.admin_url, DATABASE)
        databases.create_database(installation.admin_url, KEYCLOAK_DATABASE, owner="keycloak")
        installation.write_settings()

    def _claim_server(self) -> None:
        """Take a given server for this installation; raises Failure when another one lives in it."""
        for name in (DATABASE, KEYCLOAK_DATABASE):
            if databases.database_exists(self.installation.admin_url, name):
                raise Failure(
                    f"Máy chủ DATABASE_URL đã có cơ sở dữ liệu “{name}” của bản cài khác. Hãy dùng máy chủ khác hoặc xoá nó.",
                    f"The server of DATABASE_URL holds a database “{name}” already. Use another server, or drop it.",
                )
        self.installation.postgres_port = urlsplit(self.installation.server).port or 5432
        self.installation.save()

    def _start_keycloak(self) -> None:
        """Start Keycloak and bring its realms to what the realm files and this installation say."""
        installation = self.installation
        server = installation.server or f"postgresql://127.0.0.1:{installation.postgres_port}/"
        database = Place(
            databases.other_database(server, KEYCLOAK_DATABASE),
            "keycloak",
            installation.secrets["keycloak_password"],
        )
        keycloak_port(installation.keycloak_port)  # refuses when somebody else has it
        self.keycloak.start(database, self._realms())
        installation.management_port = self.keycloak.management_port
        installation.save()
        self._instruct_keycloak()

    def _realms(self) -> list[dict[str, Any]]:
        return [read_realm(name, self.installation.realm_values()) for name in ("staff", "citizen")]

    def _instruct_keycloak(self) -> None:
        """Tell a running Keycloak the addresses, secrets and texts of this installation."""
        for realm in self._realms():
            self.keycloak.admin.follow(realm)
            self.keycloak.admin.localize(realm["realm"], self.installation.sign_in_texts())

    def _start_mail(self) -> None:
        """Start a mail server that keeps every letter in a folder and sends none on; it moves as web does."""
        installation = self.installation
        for _attempt in range(ATTEMPTS):
            known = installation.mail_port or FIRST_MAIL_PORT
            installation.mail_port = known if becomes_free(known) else free_port(known)
            installation.save()
            installation.write_settings()
            self.mail.start(
                [
                    sys.executable, "-m", "aiosmtpd", "--nosetuid", "--listen", f"127.0.0.1:{installation.mail_port}",
                    "--class", "aiosmtpd.handlers.Mailbox", MAIL,
                ],
                env=environment(),
                cwd=ROOT,
            )  # fmt: skip
            if self._mail_answers():
                return
            if self.mail.exit_code is None or not self.mail.lost_its_port():
                break
        failure = self.mail.failure()
        self.mail.stop(5)
        raise failure

    def _mail_answers(self, seconds: float = 30) -> bool:
        """Wait until the mail server greets; False when it has ended or does not in time."""
        deadline = time.monotonic() + seconds
        while self.mail.pid is not None and time.monotonic() < deadline:
            with suppress(OSError), smtplib.SMTP("127.0.0.1", self.installation.mail_port, timeout=2):
                return self.mail.pid is not None
            time.sleep(0.1)
        return False

    def _start_web(self) -> None:
        """Start gunicorn and wait until it can serve; a port lost to somebody quicker is given up for the next."""
        trouble = ""
        for _attempt in range(ATTEMPTS):
            self._settle_web_port()
            self.web.start(
                [
                    sys.executable, "-m", "gunicorn", "-c", ROOT / "deploy" / "gunicorn.conf.py",
                    "--bind", f"127.0.0.1:{self.installation.web_port}", "core.app:create_app()",
                ],
                env=environment(LIENTHONG_OWNER_DATABASE_URL=""),
                cwd=ROOT,
            )  # fmt: skip
            if self._becomes_ready(60):
                return
            trouble = self.trouble()
            if self.web.exit_code is None or not self.web.lost_its_port():
                break
        failure = self.web.failure()
        runs = self.web.exit_code is None
        self.web.stop(5)
        if runs:
            raise Failure(
                f"web chạy nhưng chưa sẵn sàng: {trouble}. Hãy chạy lại ./scripts/demo.",
                f"web runs but is not ready: {trouble}. Run ./scripts/demo again.",
            )
        raise failure

    def _settle_web_port(self) -> None:
        """Keep the port of the web pages, or move on when somebody else has taken it meanwhile."""
        installation = self.installation
        known = installation.web_port
        if becomes_free(known):
            return
        if not self._web_may_move:
            raise asked_port_in_use(known)
        installation.web_port = free_port(known)
        say_moved("web", known, installation.web_port)
        installation.save()
        installation.write_settings()
        if self.keycloak.service.pid is not None:  # else it hears of it when it starts
            self._instruct_keycloak()

    def _becomes_ready(self, seconds: float = 15) -> bool:
        """Wait until the web server can serve; False when it has ended or cannot in time."""
        deadline = time.monotonic() + seconds
        while self.trouble():
            if time.monotonic() > deadline or self.web.pid is None:
                return False
            time.sleep(0.1)
        return True

    def trouble(self) -> str:
        """Say why the web server cannot serve; empty when it can."""
        return web_trouble(self.installation)

    def _start_worker(self) -> None:
        """Start the worker of the job queue."""
        self.worker.start(
            [BIN / "lienthong", "worker"], env=environment(LIENTHONG_OWNER_DATABASE_URL=""), cwd=ROOT
        )


def web_trouble(installation: Installation) -> str:
    """Say why the web server of an installation cannot serve; empty when /readyz answers that it can."""
    with requests.Session() as http:
        http.trust_env = False  # a proxy of the machine has no business on loopback
        return _readiness(http, f"http://127.0.0.1:{installation.web_port}/readyz")


def _readiness(http: requests.Session, address: str) -> str:
    try:
        answer = http.get(address, timeout=5)
        return "" if answer.status_code == requests.codes.ok else str(answer.json()["trouble"])
    except requests.ConnectionError:
        return "nobody answers"
    except (requests.RequestException, ValueError, LookupError, TypeError) as error:
        return f"no sensible answer ({type(error).__name__})"


def run_command(*arguments: str | Path) -> None:
    """Run the command line inside the installation; raises Failure with what it said."""
    done = subprocess.run(
        [BIN / "lienthong", *arguments],
        check=False,
        env=environment(),
        cwd=ROOT,
        stdout=sys.stderr,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode == -signal.SIGINT:
        raise KeyboardInterrupt
    if done.returncode:
        if is_full():  # whatever the command has said of it
            raise disk_full()
        command = " ".join(["lienthong", *map(str, arguments)])
        raise Failure(
            f"Lệnh “{command}” không thành công (mã {done.returncode}); lý do ở ngay trên. Chạy lại là làm tiếp.",
            f"“{command}” failed (code {done.returncode}); the reason is above. Starting again goes on from there.",
        )
