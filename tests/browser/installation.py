"""A running installation for browsers: web, worker and a realm of the suite's Keycloak, on its own database."""

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
import pyotp
import requests

from scripts._lib import assets
from scripts._lib.places import ROOT, STATIC, VAR
from scripts._lib.ports import free_port
from scripts._lib.processes import Service, recall
from tests.support import servers
from tests.support.servers import Database, KeycloakServer, StaffRealm

FOLDERS = VAR / "test"
PREFIX = "browser-"
FIRST_PORT = 8500
STEP = 30  # seconds a one-time code is valid
PATIENCE = 120  # seconds for what is done in one on a quiet machine


@dataclass
class Account:
    """Somebody who can sign in."""

    username: str
    password: str
    otp: str = ""
    cookies: list[Any] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)

    def code(self) -> str:
        """Return a one-time code that has not been used; Keycloak takes each of them once."""
        totp = pyotp.TOTP(self.otp)
        while True:
            now = time.time()
            for at in (
                now,
                now + STEP,
            ):  # one step off is allowed; that of before may be over when it arrives
                code = totp.at(int(at))
                if code not in self._used:
                    self._used.add(code)
                    return code
            time.sleep(STEP - now % STEP)


class Installation:
    """What runs, who can sign in, and a way into the database for what no page can do."""

    def __init__(
        self, url: str, database: Database, realm: StaffRealm, folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.url = url
        self.realm = realm
        self.folder = folder
        self.accounts: dict[str, Account] = {}
        self.web = Service("web", folder)
        self.worker = Service("worker", folder)
        self._database = database
        self._environment = environment

    def account(self, username: str) -> Account:
        """Return an account by its user name."""
        return self.accounts[username]

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement as somebody for whom no policy holds."""
        connection = psycopg2.connect(self._database.admin_url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def subject(self, username: str) -> str:
        """Return the id of an account at Keycloak."""
        return self.realm.call("GET", f"/users?exact=true&username={username}").json()[0]["id"]

    def end_at_keycloak(self, username: str) -> None:
        """End somebody's sessions as Keycloak's administrator does, and wait until the platform has heard of it."""
        self.realm.call("POST", f"/users/{self.subject(username)}/logout")
        deadline = time.monotonic() + PATIENCE
        live = (
            "SELECT 1 FROM sso.session s JOIN tenants.person p ON p.id = s.person_id "
            "WHERE p.username = %s AND s.ended_at IS NULL"
        )
        while self.sql(live, username):
            assert time.monotonic() < deadline, "no back-channel logout arrived"
            time.sleep(0.1)

    def mirror(self) -> None:
        """Bring Keycloak up to date now, not within a minute as the worker does: nobody changes anything by an empty file."""
        nothing = self.folder / "nothing.yaml"
        nothing.write_text("people: []\n", "utf-8")
        self.run("provision", "apply", nothing)

    def run(self, *arguments: str | Path) -> None:
        """Run the command line inside the installation."""
        command = [Path(sys.executable).with_name("lienthong"), *arguments]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=self._environment, cwd=ROOT
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def fill(self, program: str) -> None:
        """Run a program of the tests inside the installation, for what takes days to come about."""
        done = subprocess.run(
            [sys.executable, "-m", program],
            check=False,
            capture_output=True,
            text=True,
            env=self._environment,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    def wait_for_jobs(self) -> None:
        """Wait until the worker has nothing to do at once."""
        deadline = time.monotonic() + PATIENCE
        due = "SELECT 1 FROM jobs.procrastinate_jobs WHERE status IN ('todo', 'doing') AND coalesce(scheduled_at, now()) <= now()"
        while self.sql(due):
            assert time.monotonic() < deadline, self.worker.tail()
            time.sleep(0.1)

    def faults(self) -> list[str]:
        """Return what the web server logged as its own fault."""
        return [
            line
            for line in self.web.tail(100_000).splitlines()
            if '"level": "error"' in line or "Traceback" in line
        ]

    def start(self) -> None:
        """Start web and worker."""
        gunicorn = [
            sys.executable, "-m", "gunicorn", "-c", ROOT / "deploy" / "gunicorn.conf.py",
            "--bind", self.url.removeprefix("http://"), "core.app:create_app()",
        ]  # fmt: skip
        worker = [Path(sys.executable).with_name("lienthong"), "worker"]
        self.web.start(gunicorn, env=self._environment, cwd=ROOT)
        self.worker.start(worker, env=self._environment, cwd=ROOT)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.web.exit_code is None:
            try:
                if requests.get(f"{self.url}/readyz", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise self.web.failure()

    def stop(self) -> None:
        """Stop web and worker."""
        for service in (self.worker, self.web):
            service.stop(10)


@contextmanager
def running(keycloak: KeycloakServer, worker: str) -> Iterator[Installation]:
    """Bring up an installation with the people of description.yaml, and take it down again."""
    _sweep()
    assets.build()
    folder = FOLDERS / f"{PREFIX}{os.environ[servers.RUN]}-{worker}"
    # The realm must know the address long before the server takes it: each process looks in another place.
    url = f"http://localhost:{free_port(FIRST_PORT + os.getpid() % 500)}"
    with (
        servers.migrated_database(f"{worker}_browser") as database,
        keycloak.staff_realm(folder.name, url) as realm,
    ):
        environment = _environment(url, database, realm, folder)
        installation = Installation(url, database, realm, folder, environment)
        try:
            installation.accounts = _furnish(environment, folder)
            installation.start()
            yield installation
        finally:
            installation.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Stop what killed runs left behind."""
    for folder in FOLDERS.glob(f"{PREFIX}*"):
        run = folder.name.removeprefix(PREFIX).partition("-")[0]
        if recall(servers.RUNS / f"{run}.json") is None:
            for name in ("worker", "web"):
                Service(name, folder).stop(5)
            shutil.rmtree(folder, ignore_errors=True)


def _environment(url: str, database: Database, realm: StaffRealm, folder: Path) -> dict[str, str]:
    settings = {
        "DATABASE_URL": database.app_url,
        "PUBLIC_URL": url,
        "KEYCLOAK_URL": realm.keycloak_url,
        "STAFF_REALM": realm.name,
        "OIDC_CLIENT_SECRET": realm.client_secret,
        "DIRECTORY_CLIENT_SECRET": realm.directory_client_secret,
        "SECRET_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "STATIC_DIR": str(STATIC),
        "FILES_DIR": str(folder / "files"),
        "SUPPORT_PHONE": "1900 0000",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LIENTHONG_")}
    return {
        **inherited, "WEB_CONCURRENCY": "2", "PYTHONPATH": str(ROOT),
        **{f"LIENTHONG_{name}": value for name, value in settings.items()},
    }  # fmt: skip


def _furnish(environment: Mapping[str, str], folder: Path) -> dict[str, Account]:
    folder.mkdir(parents=True)
    accounts = folder / "accounts.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.furnish", accounts],
        check=False, capture_output=True, text=True, env=environment, cwd=ROOT,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"tests.browser.furnish failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return {name: Account(name, **each) for name, each in json.loads(accounts.read_text("utf-8")).items()}
