"""An installation on a PostgreSQL of its own, because these tests shoot at the servers."""

import os
import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg2
import pytest
import requests

from scripts._lib import databases
from scripts._lib.places import ROOT, STATIC, VAR
from scripts._lib.ports import free_port
from scripts._lib.postgres import Cluster
from scripts._lib.processes import Service, recall
from sso.vault import Vault
from tests.support import servers
from tests.support.modules import Officer, Stage

FOLDERS = VAR / "test"
PREFIX = "chaos-"
GUNICORN = ["gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "core.app:create_app()"]


@dataclass
class Installation:
    """PostgreSQL and gunicorn, two agencies with one officer each, and ways to kill."""

    folder: Path
    cluster: Cluster
    database: servers.Database
    secret_key: str
    officers: tuple[Officer, ...]
    tokens: dict[str, str]
    """Session → form token."""
    web: Service = field(init=False)
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.web = Service("web", self.folder)
        self.url = f"http://localhost:{free_port(7700 + servers.SHIFT % 250)}"

    def start_web(self, *, workers: int = 2, threads: int = 4, **settings: str) -> None:
        """Start gunicorn and wait until it is ready."""
        given = {
            "DATABASE_URL": self.database.app_url,
            "PUBLIC_URL": self.url,
            "KEYCLOAK_URL": "http://127.0.0.1:9",  # nobody answers there
            "OIDC_CLIENT_SECRET": "unused",
            "SECRET_KEY": self.secret_key,
            "STATIC_DIR": str(STATIC),
            "FILES_DIR": str(self.folder / "files"),
            **settings,
        }
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LIENTHONG_")}
        environment |= {f"LIENTHONG_{name}": value for name, value in given.items()}
        environment |= {
            "WEB_CONCURRENCY": str(workers),
            "WEB_THREADS": str(threads),
            "BIND": self.bind,
            "PYTHONPATH": str(ROOT),
        }
        self.web.start([VAR / "venv" / "bin" / "python", "-m", *GUNICORN], env=environment, cwd=ROOT)
        self.wait_until_ready()

    @property
    def bind(self) -> str:
        """Where gunicorn listens."""
        return urlsplit(self.url).netloc.replace("localhost", "127.0.0.1")

    def wait_until_ready(self, seconds: float = 90) -> float:
        """Return how long it took until the web said that it is ready."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if requests.get(f"{self.url}/readyz", timeout=5).ok:
                    return time.monotonic() - began
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise AssertionError(f"The web did not come up:\n{self.web.tail(40)}")

    def stop_web(self) -> None:
        """Stop gunicorn."""
        self.web.stop(10)

    def web_workers(self) -> list[int]:
        """Return the ids of gunicorn's worker processes."""
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text("utf-8")
        return [int(pid) for pid in children.split()]

    def restart_postgres(self, *, down: float = 0.5) -> None:
        """Stop PostgreSQL as a crash would, and start it a moment later."""
        pid = self.cluster.service.pid
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        while self.cluster.service.pid is not None:
            time.sleep(0.02)
        time.sleep(down)
        self.cluster.start(self.cluster.port)

    def stored(self) -> list[tuple[str, str]]:
        """Return (agency, title) of every note."""
        return [tuple(row) for row in self.sql("SELECT tenant_id::text, title FROM example.note")]

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement as a superuser."""
        opened = psycopg2.connect(self.database.admin_url)
        try:
            with opened, opened.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            opened.close()


@pytest.fixture(scope="module")
def installation(worker_id: str) -> Iterator[Installation]:
    _sweep()
    folder = FOLDERS / f"{PREFIX}{os.environ[servers.RUN]}-{worker_id}"
    shutil.rmtree(folder, ignore_errors=True)
    cluster = Cluster(folder, secrets.token_urlsafe(18))
    cluster.start(55700)
    try:
        passwords = {f"{role}_password": secrets.token_urlsafe(18) for role in ("owner", "app", "keycloak")}
        databases.prepare_roles(cluster.url(), passwords)
        databases.create_database(cluster.url(), "chaos")
        database = servers.Database(
            app_url=cluster.url("chaos", "lienthong_app", passwords["app_password"]),
            owner_url=cluster.url("chaos", "lienthong_owner", passwords["owner_password"]),
            admin_url=cluster.url("chaos"),
        )
        servers._migrate(database)
        made = _furnish(folder, cluster, database)
        yield made
        made.stop_web()
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _furnish(folder: Path, cluster: Cluster, database: servers.Database) -> Installation:
    stage = Stage.build(database)
    with stage.in_place() as ground:
        officers = tuple(ground.agency("example").officer("example.keeper") for _ in range(2))
        tokens = {officer.token: officer.csrf_token for officer in officers}
    made = Installation(folder, cluster, database, stage.platform.settings.secret_key, officers, tokens)
    vault = Vault(made.secret_key)
    for (session_id,) in made.sql("SELECT id::text FROM sso.session"):
        sealed = vault.seal({"refresh": "unused", "id": "unused"}, UUID(session_id).bytes)
        made.sql("UPDATE sso.session SET tokens = %s WHERE id = %s", sealed, session_id)
    return made


def _sweep() -> None:
    """Stop what killed runs left behind."""
    for folder in FOLDERS.glob(f"{PREFIX}*"):
        run = folder.name.removeprefix(PREFIX).partition("-")[0]
        if recall(servers.RUNS / f"{run}.json") is None:
            for name in ("web", "postgres"):
                Service(name, folder).stop(5)
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def web(installation: Installation) -> Iterator[Installation]:
    """The installation with its web running, on an empty notebook."""
    installation.sql("TRUNCATE example.note CASCADE")
    installation.start_web()
    yield installation
    installation.stop_web()
