"""The four servers of an installation: start them in order, watch them, stop them in order."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import requests

from scripts._lib import databases
from scripts._lib.console import Failure, say
from scripts._lib.installation import DATABASE, KEYCLOAK_DATABASE, Installation, environment
from scripts._lib.keycloak import Keycloak, Place, read_realm
from scripts._lib.places import ROOT, VAR
from scripts._lib.postgres import Cluster
from scripts._lib.processes import Service

BIN = Path(sys.executable).parent
STOP_SIGNALS = {"postgres": signal.SIGINT}  # ends at once, without losing a commit


def recorded() -> dict[str, Service]:
    """Return the servers of this clone by name, in the order of starting, whoever started them."""
    names = ("postgres", "keycloak", "web", "worker")
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

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.cluster = Cluster(VAR, installation.secrets["superuser"])
        self.keycloak = Keycloak(
            VAR,
            installation.keycloak_port,
            installation.management_port,
            installation.secrets["keycloak_admin"],
        )
        self.web = Service("web", VAR)
        self.worker = Service("worker", VAR)

    @property
    def all(self) -> dict[str, Service]:
        """The servers by name, in the order of starting."""
        own = {} if self.installation.server else {"postgres": self.cluster.service}
        return {**own, "keycloak": self.keycloak.service, "web": self.web, "worker": self.worker}

    def start_postgres(self) -> None:
        """Start our PostgreSQL, or use the one given; make roles and databases."""
        installation = self.installation
        if not installation.server:
            self.cluster.start(installation.postgres_port or 54320)
            installation.postgres_port = self.cluster.port
            installation.save()
        elif not installation.postgres_port:
            self._claim_server()
        passwords = {
            name: value for name, value in installation.secrets.items() if name.endswith("_password")
        }
        databases.prepare_roles(installation.admin_url, passwords)
        databases.create_database(installation.admin_url, DATABASE)
        databases.create_database(installation.admin_url, KEYCLOAK_DATABASE, owner="keycloak")

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

    def start_keycloak(self) -> None:
        """Start Keycloak and bring its realms to what the realm files and this installation say."""
        server = self.installation.server or f"postgresql://127.0.0.1:{self.installation.postgres_port}/"
        database = Place(
            databases.other_database(server, KEYCLOAK_DATABASE),
            "keycloak",
            self.installation.secrets["keycloak_password"],
        )
        realms = [read_realm(name, self.installation.realm_values()) for name in ("staff", "citizen")]
        self.keycloak.start(database, realms)
        self.keycloak.wait()
        for realm in realms:
            self.keycloak.admin.follow(realm)
            self.keycloak.admin.localize(realm["realm"], self.installation.sign_in_texts())

    def start_web(self) -> None:
        """Start gunicorn and wait for its first answer."""
        self.web.start(
            [
                sys.executable, "-m", "gunicorn", "-c", ROOT / "deploy" / "gunicorn.conf.py",
                "--bind", f"127.0.0.1:{self.installation.web_port}", "core.app:create_app()",
            ],
            env=environment(LIENTHONG_OWNER_DATABASE_URL=""),
            cwd=ROOT,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        trouble = ""
        while time.monotonic() < deadline and self.web.exit_code is None:
            try:
                answer = requests.get(f"http://127.0.0.1:{self.installation.web_port}/readyz", timeout=5)
                if answer.ok:
                    return
                trouble = answer.json()["trouble"]
            except requests.RequestException:
                pass
            time.sleep(0.1)
        failure = self.web.failure()
        self.web.stop(5)
        if trouble:
            raise Failure(
                f"web chạy nhưng chưa sẵn sàng: {trouble}. Hãy chạy lại ./scripts/demo.",
                f"web runs but is not ready: {trouble}. Run ./scripts/demo again.",
            )
        raise failure

    def start_worker(self) -> None:
        """Start the worker of the job queue."""
        self.worker.start(
            [BIN / "lienthong", "worker"], env=environment(LIENTHONG_OWNER_DATABASE_URL=""), cwd=ROOT
        )

    def start(self, name: str) -> None:
        """Start one server by its name."""
        {
            "postgres": self.start_postgres,
            "keycloak": self.start_keycloak,
            "web": self.start_web,
            "worker": self.start_worker,
        }[name]()


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
        command = " ".join(["lienthong", *map(str, arguments)])
        raise Failure(
            f"Lệnh “{command}” không thành công (mã {done.returncode}); lý do ở ngay trên. Chạy lại là làm tiếp.",
            f"“{command}” failed (code {done.returncode}); the reason is above. Starting again goes on from there.",
        )
