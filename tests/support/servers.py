"""The real PostgreSQL and the real Keycloak of the suite.

Both are started once, shared by the workers of a run and by runs at the same time, and stopped when
the last run ends. Their data stays in var/test, so that the next run starts in seconds; nothing in it
is worth keeping.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from scripts._lib import databases
from scripts._lib.console import Failure
from scripts._lib.installation import write_private
from scripts._lib.keycloak import Keycloak, Place, read_realm
from scripts._lib.packages import package_folders
from scripts._lib.places import ROOT, VAR
from scripts._lib.ports import free_port
from scripts._lib.postgres import Cluster
from scripts._lib.processes import recall, remember

FOLDER = VAR / "test"
RUNS = FOLDER / "runs"
STATE = FOLDER / "state.json"
RUN = "LT_TEST_RUN"  # in the environment: the id of the process that leads this run
SHIFT = zlib.crc32(str(ROOT).encode()) % 800
"""Added to the first port that is tried: clones that start in the same second look in different places."""
PASSWORDS = ("superuser", "owner_password", "app_password", "keycloak_password", "admin")


@dataclass(frozen=True, slots=True)
class Database:
    """One migrated database: its address for the application, the owner and the superuser."""

    app_url: str
    owner_url: str
    admin_url: str


def join() -> None:
    """Enter this process as the leader of a run; its workers find it in their environment."""
    RUNS.mkdir(parents=True, exist_ok=True)
    os.environ[RUN] = str(os.getpid())
    with _locked():
        remember(RUNS / f"{os.getpid()}.json", os.getpid())


def leave() -> None:
    """End this run, and the servers with it unless another run still uses them."""
    with _locked():
        (RUNS / f"{os.getpid()}.json").unlink(missing_ok=True)
        if not _others():
            state = _state()
            _keycloak(state).stop()
            _cluster(state).stop()


@contextmanager
def _locked() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _others() -> bool:
    """Tell whether another run is alive; the records of killed ones are dropped."""
    alive = False
    for record in RUNS.glob("*.json"):
        if record.stem == os.environ[RUN]:
            continue
        if recall(record):
            alive = True
        else:
            record.unlink(missing_ok=True)
    return alive


def _state() -> dict[str, Any]:
    """Read the passwords and ports of the servers, made up when there are none."""
    if not STATE.exists():
        state: dict[str, Any] = {name: secrets.token_urlsafe(18) for name in PASSWORDS}
        _save(state | {"port": 0, "keycloak_port": 0, "management_port": 0})
    return json.loads(STATE.read_text("utf-8"))


def _save(state: dict[str, Any]) -> None:
    # Addresses are read without the lock: a reader must find the old state or the new one, never an empty file.
    write_private(STATE, json.dumps(state))


def _cluster(state: dict[str, Any]) -> Cluster:
    cluster = Cluster(FOLDER, state["superuser"], throwaway=True)
    cluster.port = state["port"]
    return cluster


def _keycloak(state: dict[str, Any]) -> Keycloak:
    return Keycloak(FOLDER, state["keycloak_port"], state["management_port"], state["admin"])


def postgres() -> Cluster:
    """Return the running PostgreSQL with the product's roles, starting it if need be."""
    with _locked():
        return _running_postgres()


def _running_postgres() -> Cluster:
    state = _state()
    cluster = _cluster(state)
    if cluster.service.pid is None:
        try:
            cluster.start(free_port(55500 + SHIFT))
        except Failure:
            # Without fsync a crash of the machine may have spoilt the data; there is nothing to save.
            shutil.rmtree(cluster.data, ignore_errors=True)
            cluster.start(free_port(55500 + SHIFT))
        cluster.service.release()
        _save(state | {"port": cluster.port})
        databases.prepare_roles(
            cluster.url(), {name: state[name] for name in PASSWORDS if name.endswith("_password")}
        )
        _sweep(cluster)
    return cluster


def _sweep(cluster: Cluster) -> None:
    """Drop what killed runs left behind, and templates of earlier migrations."""
    with databases.session(cluster.url()) as opened:
        opened.execute("SELECT datname FROM pg_database WHERE datname ~ '^(test|template|building)_'")
        names = [name for (name,) in opened.fetchall()]
    for name in names:
        if name != _template_name():
            databases.drop_database(cluster.url(), name)


@contextmanager
def migrated_database(worker: str) -> Iterator[Database]:
    """Lend a database of its own to a worker: a copy of one that the real migrations made."""
    cluster = postgres()
    with _locked():
        template = _template(cluster)
        name = f"test_{os.environ[RUN]}_{worker}"
        databases.drop_database(cluster.url(), name)
        databases.create_database(cluster.url(), name, template=template)
    yield _addresses(cluster, name)
    databases.drop_database(cluster.url(), name)


def _addresses(cluster: Cluster, name: str) -> Database:
    state = _state()
    return Database(
        app_url=cluster.url(name, "lienthong_app", state["app_password"]),
        owner_url=cluster.url(name, "lienthong_owner", state["owner_password"]),
        admin_url=cluster.url(name),
    )


def _template(cluster: Cluster) -> str:
    """Return the migrated database to copy; one is kept for as long as its migrations stay the same."""
    name = _template_name()
    if not databases.database_exists(cluster.url(), name):
        building = name.replace("template_", "building_")
        databases.drop_database(cluster.url(), building)
        databases.create_database(cluster.url(), building)
        _migrate(_addresses(cluster, building))
        with databases.session(cluster.url()) as opened:
            opened.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    return name


def _template_name() -> str:
    """Name the template after all that decides what the migrations make."""
    digest = hashlib.sha256(metadata.version("procrastinate").encode())
    folders = [
        ROOT / "core" / "db",
        ROOT / "deploy" / "database",
        *(each / "migrations" for each in package_folders().values()),
    ]
    for path in sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".sql"}
    ):
        digest.update(f"{path}\n".encode() + path.read_bytes())
    return f"template_{digest.hexdigest()[:12]}"


def _migrate(database: Database) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIENTHONG_")}
    done = subprocess.run(
        [Path(sys.executable).with_name("lienthong"), "migrate"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={
            **environment,
            "LIENTHONG_DATABASE_URL": database.app_url,
            "LIENTHONG_OWNER_DATABASE_URL": database.owner_url,
            "LIENTHONG_PUBLIC_URL": "http://localhost:8000",
            "LIENTHONG_KEYCLOAK_URL": "http://localhost:8180",
            "LIENTHONG_OIDC_CLIENT_SECRET": "unused",
            "LIENTHONG_SECRET_KEY": secrets.token_hex(32),
        },
    )
    if done.returncode:
        raise RuntimeError(f"lienthong migrate failed:\n{done.stdout}{done.stderr}")


@dataclass(frozen=True, slots=True)
class StaffRealm:
    """A staff realm made from deploy/keycloak/staff-realm.json for one module of tests."""

    name: str
    keycloak_url: str
    client_secret: str
    directory_client_secret: str
    call: Callable[..., Any]  # call(method, path below the realm, body) -> requests.Response
    client_id: str = "lienthong"
    directory_client_id: str = "lienthong-directory"

    @property
    def issuer(self) -> str:
        """What tokens of this realm name as their issuer."""
        return f"{self.keycloak_url}/realms/{self.name}"

    def add_person(
        self, username: str, password: str, *, name: str = "Nguyễn Văn An", operator: bool = False
    ) -> str:
        """Create a person who can sign in at once, and return the subject."""
        answer = self.call(
            "POST",
            "/users",
            {
                "username": username,
                "firstName": name,
                "enabled": True,
                "credentials": [{"type": "password", "value": password, "temporary": False}],
            },
        )
        subject = str(answer.headers["Location"]).rpartition("/")[2]
        if operator:
            role = self.call("GET", "/roles/platform-operator").json()
            self.call("POST", f"/users/{subject}/role-mappings/realm", [role])
        return subject


class KeycloakServer:
    """The suite's Keycloak: make realms in it, look at it as its administrator."""

    def __init__(self, server: Keycloak) -> None:
        self.url = server.url
        self.admin = server.admin
        self.service = server.service

    @contextmanager
    def staff_realm(self, name: str, public_url: str = "http://localhost:8000") -> Iterator[StaffRealm]:
        """Make a staff realm under a name of its own, and drop it at the end."""
        client_secret, directory_secret = secrets.token_urlsafe(18), secrets.token_urlsafe(18)
        values = {
            "LIENTHONG_PUBLIC_URL": public_url,
            "LIENTHONG_OIDC_CLIENT_SECRET": client_secret,
            "LIENTHONG_DIRECTORY_CLIENT_SECRET": directory_secret,
        }
        realm = read_realm("staff", values) | {"realm": name}
        # A real hash costs 0.1 s for each sign-in; no password here is worth that.
        realm["passwordPolicy"] = "hashAlgorithm(pbkdf2-sha256) and hashIterations(1)"
        self.admin.call("POST", "", realm)

        def call(method: str, path: str, body: Any = None) -> Any:
            return self.admin.call(method, f"/{name}{path}", body)

        try:
            yield StaffRealm(name, self.url, client_secret, directory_secret, call)
        finally:
            self.admin.call("DELETE", f"/{name}")


@contextmanager
def keycloak() -> Iterator[KeycloakServer]:
    """Lend the running Keycloak, starting it if need be."""
    with _locked():
        cluster = _running_postgres()
        state = _state()
        server = _keycloak(state)
        if server.service.pid is None:
            state |= {"keycloak_port": free_port(18180 + SHIFT), "management_port": free_port(19180 + SHIFT)}
            _save(state)
            databases.create_database(cluster.url(), "keycloak", owner="keycloak")
            server = _keycloak(state)
            server.start(
                Place(
                    f"postgresql://127.0.0.1:{cluster.port}/keycloak", "keycloak", state["keycloak_password"]
                )
            )
            server.service.release()
            for realm in server.admin.call("GET", "?briefRepresentation=true").json():
                if realm["realm"] != "master":  # of a killed run
                    server.admin.call("DELETE", f"/{realm['realm']}")
    try:
        yield KeycloakServer(server)
    finally:
        server.admin.http.close()
