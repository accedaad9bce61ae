"""Run a Keycloak of this clone on loopback, and keep its realms in step with deploy/keycloak/."""

import json
import os
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from scripts._lib.console import Failure
from scripts._lib.keycloak_program import JAVA_OPTIONS, built_keycloak, find_java
from scripts._lib.places import ROOT, STATIC
from scripts._lib.ports import ATTEMPTS, free_port, port_is_free
from scripts._lib.processes import Service

REALM_FILES = ROOT / "deploy" / "keycloak"
ADMIN = "admin"
THREADS = "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory"


@dataclass(frozen=True, slots=True)
class Place:
    """The database of a Keycloak: its `postgresql://` address without a user, and who may enter."""

    url: str
    user: str
    password: str


class Keycloak:
    """One server with a home folder of its own; the programs are shared with other clones."""

    def __init__(self, folder: Path, port: int, management_port: int, admin_password: str) -> None:
        self.home = folder / "keycloak"
        self.service = Service("keycloak", folder)
        self.url = f"http://localhost:{port}"
        self.admin = Admin(self.url, admin_password)
        self.port = port
        self.management_port = management_port
        self._admin_password = admin_password

    def start(
        self, database: Place, realms: Sequence[Mapping[str, Any]] = (), options: Sequence[str] = ()
    ) -> None:
        """Start the server and wait until it answers; realms that do not exist yet are imported.

        The management port may be another one than before: nobody but us needs to know it.
        """
        for _attempt in range(ATTEMPTS):
            self._launch(database, realms, options)
            if self._answers():
                return
            # Minutes may pass between our look at the ports and the moment the server takes them.
            if not (self.service.lost_its_port() and port_is_free(self.port)):
                break
        failure = self.service.failure()
        self.service.stop(5)
        raise failure

    def _launch(self, database: Place, realms: Sequence[Mapping[str, Any]], options: Sequence[str]) -> None:
        java = find_java()
        self._furnish(built_keycloak(java), realms)
        self.management_port = free_port(self.management_port)
        # What kc.sh runs, without the shell around it: the process we know is Keycloak itself.
        self.service.start(
            [
                java, *JAVA_OPTIONS,
                f"-Dkc.home.dir={self.home}", f"-Djboss.server.config.dir={self.home / 'conf'}",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                f"-Djava.util.concurrent.ForkJoinPool.common.threadFactory={THREADS}",
                "-Dpicocli.disable.closures=true",
                "-cp", self.home / "lib" / "quarkus-run.jar", "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
                "start", "--optimized", "--import-realm", "--cache=local",
                "--http-enabled=true", "--http-host=127.0.0.1", f"--http-port={self.port}",
                f"--http-management-port={self.management_port}", f"--hostname={self.url}",
                "--db-pool-max-size=20", "--log-level=INFO,io.smallrye.health:ERROR", *options,
            ],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("KC_")},
                "KC_DB_URL": f"jdbc:{database.url}",
                "KC_DB_USERNAME": database.user,
                "KC_DB_PASSWORD": database.password,
                "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
                "KC_BOOTSTRAP_ADMIN_PASSWORD": self._admin_password,
            },
        )  # fmt: skip

    def _answers(self, seconds: float = 240) -> bool:
        """Wait until the server is ready at both its ports; False when it has given up."""
        deadline = time.monotonic() + seconds
        # A stranger may sit on one of our ports, but hardly on both.
        places = (f"http://127.0.0.1:{self.management_port}/health/ready", f"{self.url}/realms/master")
        while time.monotonic() < deadline and self.service.exit_code is None:
            with suppress(requests.RequestException):
                if all(self.admin.http.get(place, timeout=5).ok for place in places):
                    return True
            time.sleep(0.3)
        return False

    def stop(self) -> None:
        """Stop the server."""
        self.service.stop(20)

    def _furnish(self, programs: Path, realms: Sequence[Mapping[str, Any]]) -> None:
        """Lay out the home folder: shared programs, our themes, the realms to import."""
        imports = self.home / "data" / "import"
        for stale in (imports, self.home / "data" / "tmp", self.home / "themes"):
            shutil.rmtree(stale, ignore_errors=True)
        for folder in (imports, self.home / "themes", self.home / "conf", self.home / "providers"):
            folder.mkdir(parents=True, exist_ok=True)
        imports.chmod(0o700)  # the realm files hold client secrets
        (self.home / "lib").unlink(missing_ok=True)
        (self.home / "lib").symlink_to(programs / "lib")
        for theme in (REALM_FILES / "themes").glob("*/"):
            shutil.copytree(theme, self.home / "themes" / theme.name)
            _add_fonts(self.home / "themes" / theme.name / "login" / "resources" / "fonts")
        for realm in realms:
            (imports / f"{realm['realm']}-realm.json").write_text(json.dumps(realm), "utf-8")


class Admin:
    """The few calls of the Admin API that starting and testing need."""

    def __init__(self, url: str, password: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False  # a proxy of the machine has no business on loopback
        self._password = password

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Call `/admin/realms` + path as the administrator; raises requests.HTTPError."""
        answer = self._send(method, path, body)
        if answer.status_code == requests.codes.unauthorized:  # the token lives for a minute
            self._sign_in()
            answer = self._send(method, path, body)
        answer.raise_for_status()
        return answer

    def follow(self, realm: Mapping[str, Any]) -> None:
        """Bring an existing realm and its clients to what the realm file says now.

        Addresses and secrets change with the installation; an import never touches a realm that exists.
        """
        name = quote(realm["realm"])
        self.call("PUT", f"/{name}", {key: value for key, value in realm.items() if not isinstance(value, list)
                                      and key not in {"components", "roles", "clientScopeMappings"}})  # fmt: skip
        for client in realm.get("clients", []):
            found = self.call("GET", f"/{name}/clients?clientId={quote(client['clientId'])}").json()
            if found:
                self.call("PUT", f"/{name}/clients/{found[0]['id']}", {**client, "id": found[0]["id"]})
            else:
                self.call("POST", f"/{name}/clients", client)

    def localize(self, realm: str, texts: Mapping[str, Mapping[str, str]]) -> None:
        """Set texts of the sign-in pages, by language and key; others stay as they are."""
        for language, named in texts.items():
            self.call("POST", f"/{quote(realm)}/localization/{language}", dict(named))

    def _send(self, method: str, path: str, body: Any) -> requests.Response:
        return self.http.request(method, f"{self.url}/admin/realms{path}", json=body, timeout=60)

    def _sign_in(self) -> None:
        answer = self.http.post(
            f"{self.url}/realms/master/protocol/openid-connect/token",
            data={
                "grant_type": "password",
                "client_id": "admin-cli",
                "username": ADMIN,
                "password": self._password,
            },
            timeout=60,
        )
        answer.raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _add_fonts(folder: Path) -> None:
    """Give the sign-in pages the platform's font; without built static files the system's serves."""
    for font in (STATIC / "vendor" / "inter").glob("*.woff2"):
        folder.mkdir(exist_ok=True)
        shutil.copy(font, folder / re.sub(r"\.[0-9a-f]{10}(?=\.woff2$)", "", font.name))


def read_realm(name: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Read deploy/keycloak/NAME-realm.json with its `${LIENTHONG_…}` filled in.

    The names are LIENTHONG_PUBLIC_URL, LIENTHONG_OIDC_CLIENT_SECRET and LIENTHONG_DIRECTORY_CLIENT_SECRET.
    Keycloak's own `${…}` message keys stay.
    """

    def fill(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise Failure(
                f"Tệp realm {name} dùng {found[0]}, không có giá trị.",
                f"Realm file {name}: no value for {found[0]}.",
            )
        return json.dumps(values[found[1]])[1:-1]

    text = (REALM_FILES / f"{name}-realm.json").read_text("utf-8")
    return json.loads(re.sub(r"\$\{(LIENTHONG_\w+)\}", fill, text))
