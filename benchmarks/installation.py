"""A PostgreSQL and web servers for one benchmark, in var/bench; nothing of it is kept."""

import base64
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import requests

from scripts._lib import assets, databases
from scripts._lib.places import ROOT, STATIC, VAR
from scripts._lib.ports import free_port
from scripts._lib.postgres import Cluster
from scripts._lib.processes import Service

FOLDER = VAR / "bench"
NAMES = ("postgres", "bare", "short", "long", "start", "files")
WORKERS, THREADS = 2, 4


@dataclass
class Installation:
    """One database with the product's tables, and the settings of a web server on it."""

    app_url: str
    owner_url: str
    admin_url: str
    secret_key: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode())

    @property
    def environment(self) -> dict[str, str]:
        """What the product's programs need to know."""
        # An installed product is compiled. A machine that keeps no bytecode would compile it at every start.
        dropped = ("LIENTHONG_", "PYTHONDONTWRITEBYTECODE")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        settings = {
            "DATABASE_URL": self.app_url,
            "OWNER_DATABASE_URL": self.owner_url,
            "PUBLIC_URL": "http://localhost:8000",
            "KEYCLOAK_URL": "http://localhost:8180",
            "OIDC_CLIENT_SECRET": "unused",
            "SECRET_KEY": self.secret_key,
            "STATIC_DIR": str(STATIC),
            "FILES_DIR": str(FOLDER / "files"),
        }
        return (
            inherited
            | {f"LIENTHONG_{name}": value for name, value in settings.items()}
            | {"PYTHONPATH": str(ROOT)}
        )

    def run(self, *program: str) -> str:
        """Run a program to its end and return what it printed."""
        done = subprocess.run(
            program, check=False, capture_output=True, text=True, cwd=ROOT, env=self.environment
        )
        if done.returncode:
            raise RuntimeError(f"{program}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def furnish(self) -> dict[str, Any]:
        """Make the tables, one agency and a clerk who is signed in."""
        self.migrate()
        return json.loads(self.run(sys.executable, "-m", "benchmarks.furnish").splitlines()[-1])

    def migrate(self) -> None:
        """Make the tables."""
        self.run(str(Path(sys.executable).with_name("lienthong")), "migrate")

    def sql(self, *statements: str) -> None:
        """Run statements as superuser, each by itself."""
        opened = psycopg2.connect(self.admin_url)
        opened.autocommit = True
        with opened.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        opened.close()


class Server:
    """gunicorn with the settings of a real installation."""

    def __init__(self, name: str, app: str, environment: Mapping[str, str]) -> None:
        self.service = Service(name, FOLDER)
        self.url = ""
        self._app, self._environment = app, environment

    def start(self) -> float:
        """Start it, and return how many seconds it took until it was ready."""
        self.url = f"http://127.0.0.1:{free_port(8900)}"
        environment = {**self._environment, "WEB_CONCURRENCY": str(WORKERS), "WEB_THREADS": str(THREADS)}
        command = [
            sys.executable, "-m", "gunicorn", "-c", ROOT / "deploy" / "gunicorn.conf.py",
            "--bind", self.url.removeprefix("http://"),
            "--max-requests", "0",  # a process that ends within a measurement closes connections just used
            self._app,
        ]  # fmt: skip
        began = time.perf_counter()
        self.service.start(command, env=environment, cwd=ROOT)
        while self.service.exit_code is None and time.perf_counter() - began < 60:
            try:
                if requests.get(f"{self.url}/readyz", timeout=5).ok:
                    return time.perf_counter() - began
            except requests.RequestException:
                time.sleep(0.01)
        raise self.service.failure()

    def stop(self) -> None:
        """Stop it."""
        self.service.stop(10)

    def worker_megabytes(self) -> list[float]:
        """Return the resident memory of each web process."""
        return [_resident(child) for child in children(self.service)]


@contextmanager
def postgres() -> Iterator[Cluster]:
    """Run an empty PostgreSQL with the product's roles; their password is its own."""
    _tidy()
    assets.build()
    cluster = Cluster(FOLDER, secrets.token_urlsafe(18))
    cluster.start(55800)
    try:
        databases.prepare_roles(
            cluster.url(), dict.fromkeys(("owner_password", "app_password", "keycloak_password"), "bench")
        )
        yield cluster
    finally:
        cluster.stop()
        _tidy()


def database(cluster: Cluster, name: str, template: str = "template0") -> Installation:
    """Make a database, empty or as a copy."""
    databases.create_database(cluster.url(), name, template=template)
    app, owner = (cluster.url(name, f"lienthong_{role}", "bench") for role in ("app", "owner"))
    return Installation(app, owner, cluster.url(name))


def _tidy() -> None:
    """Stop and remove what a run left behind."""
    for name in reversed(NAMES):
        Service(name, FOLDER).stop(10)
    for name in ("postgres", "files"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)


def children(service: Service) -> list[int]:
    """Return the processes that a server has started."""
    pid = service.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


def cpu_seconds(service: Service) -> float:
    """Return the processor time that the processes of a server have used so far."""
    ticks = 0
    for child in children(service):
        fields = Path(f"/proc/{child}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
