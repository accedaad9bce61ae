"""Ground for the tests of modules: the whole platform in this process, with agencies and officers at a word.

    def test_the_list(ground):
        agency = ground.agency("example")
        lan = agency.officer("example.writer")
        assert lan.get("example.notes").status_code == 200

Everything is real: the migrated database, the gate, the session table. Agencies are made anew for each
test, so that tests need not tidy up. A module in a package of its own borrows this by
`pytest_plugins = ["tests.conftest", "tests.support.modules"]` and is run from the platform's checkout.
"""

import atexit
import secrets
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import ModuleType
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

import pytest
from falcon.testing import Result, TestClient, create_environ

import core.app
import sso.api
from core import dispatcher as dispatching
from core import settings
from core.app import Platform
from core.catalogue import Catalogue
from core.context import RequestContext, TenantInfo
from core.db import db, scope
from core.db.database import AppDatabase, connect
from core.declarations import MEMBER
from core.events import SYSTEM, Actor, acting
from core.host import PluginHost
from core.settings import Settings
from core.web import rendering
from core.web.gate import Gate
from core.web.request import SESSION_COOKIE, Request
from scripts._lib.places import VAR
from sso import api_tokens
from sso.services import digest
from tenants import services
from tenants.queries import ALL_TENANTS_SQL
from tests.support.servers import Database

NAMES = ("Hoàng Thị Lan", "Lê Quang Vinh", "Trần Mỹ Hạnh", "Phạm Ngọc Anh", "Võ Thanh Hùng", "Nguyễn Văn Đức")
UNIT, OTHER_UNIT = "Văn phòng", "Phòng Kinh tế"
_numbers = count(1)


def make_settings(database_url: str) -> Settings:
    """Return settings of an installation that exists only in this process."""
    return Settings(
        database_url=database_url,
        public_url="http://localhost:8000",
        keycloak_url="http://localhost:8180",
        oidc_client_secret="unused",
        secret_key=b64encode(secrets.token_bytes(32)).decode(),
        static_dir=VAR / "static",
        files_dir=_folder(),
        pool_size=4,
    )


@cache
def _folder() -> Path:
    """Return a folder for files that lasts as long as the process."""
    made = mkdtemp(prefix="lienthong-files-")
    atexit.register(rmtree, made, ignore_errors=True)
    return Path(made)


@dataclass
class Officer:
    """Somebody who works in an agency and is signed in; addresses are named by their route."""

    agency: "Agency"
    person_id: UUID
    name: str
    token: str

    def get(
        self,
        route: str,
        *,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> Result:
        """Open a page or document."""
        url = self.agency.url(route, **fields)
        return self._send("GET", f"{url}?{urlencode(query)}" if query else url, headers)

    def post(
        self,
        route: str,
        form: dict[str, Any] | None = None,
        *,
        query: dict[str, str] | None = None,
        **fields: Any,
    ) -> Result:
        """Send a form, with the session's token."""
        body = urlencode({**(form or {}), "csrf_token": self.csrf_token}, doseq=True)
        url = self.agency.url(route, **fields)
        return self._send(
            "POST",
            f"{url}?{urlencode(query)}" if query else url,
            body=body,
            content_type="application/x-www-form-urlencoded",
        )

    def post_json(
        self, route: str, document: Any, *, headers: dict[str, str] | None = None, **fields: Any
    ) -> Result:
        """Send a document to the API, with the session's token."""
        return self.send_json("POST", route, document, headers=headers, **fields)

    def send_json(
        self, method: str, route: str, document: Any, *, headers: dict[str, str] | None = None, **fields: Any
    ) -> Result:
        """Send a document to the API by any method, with the session's token and further headers."""
        sent = {"X-CSRF-Token": self.csrf_token, **(headers or {})}
        return self._send(method, self.agency.url(route, **fields), json=document, headers=sent)

    def follow(self, url: str) -> Result:
        """Open an address found in an answer."""
        return self._send("GET", url)

    def api_token(self, **options: Any) -> str:
        """Make an API token of this officer for this agency; options are those of `sso.api_tokens.create`."""
        with self.working() as ctx:
            token = api_tokens.create(
                ctx, token_id=uuid4(), **{"name": "Bảng thống kê", "days": 30, **options}
            )
        assert token
        return token

    @property
    def ctx(self) -> RequestContext:
        """What a service is told of a request by this officer."""
        return self.agency.ground.context(self.token, self.agency.info.code)

    @property
    def csrf_token(self) -> str:
        return self.ctx.csrf_token

    @contextmanager
    def working(self) -> Iterator[RequestContext]:
        """Run services and queries as a request by this officer would: connection, scope, actor, transaction."""
        with db.connection_context(), scope(self.agency.info.id), acting(Actor(self.person_id, self.name)):
            ctx = self.ctx
            with db.atomic():
                yield ctx

    def _send(self, method: str, url: str, headers: dict[str, str] | None = None, **options: Any) -> Result:
        sent = {"Cookie": f"{SESSION_COOKIE}={self.token}", **(headers or {})}
        return self.agency.ground.client.simulate_request(method, url, headers=sent, **options)


@dataclass
class Agency:
    """An agency with two units and some modules switched on."""

    ground: "Ground"
    info: TenantInfo
    units: dict[str, UUID] = field(default_factory=dict)

    def officer(self, *roles: str, unit: str = UNIT, name: str = "") -> Officer:
        """Give somebody a post with these roles, and a session."""
        number = next(_numbers)
        name = name or NAMES[number % len(NAMES)]
        with self.at_work():
            person = services.register_person(f"canbo{number}.{uuid4().hex[:8]}", name)
            services.grant_post(
                services.Authority.operator(), person.id, self.units[unit], "Chuyên viên", roles=roles
            )
            token = secrets.token_urlsafe(32)
            db.execute_sql(
                "INSERT INTO sso.session (id, token_hash, person_id, subject, sid, idle_until, expires_at, refresh_at) VALUES "
                "(%s, %s, %s, '', '', now() + interval '1 day', now() + interval '1 day', now() + interval '1 day')",
                (uuid4(), digest(token), person.id),
            )
        return Officer(self, person.id, name, token)

    def switch(self, key: str, *, on: bool) -> None:
        """Switch a module on or off."""
        with self.at_work():
            (services.enable_module if on else services.disable_module)(key)

    def url(self, route: str, **fields: Any) -> str:
        """Return the address of a route in this agency."""
        return self.ground.platform.catalogue.url(route, tenant=self.info.code, **fields)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Run code as the platform itself does in this agency: connection, scope, actor, transaction."""
        with self.in_background(), db.atomic():
            yield

    @contextmanager
    def in_background(self) -> Iterator[None]:
        """Run code as the worker runs a job of this agency: connection, scope, actor, but no transaction."""
        with db.connection_context(), scope(self.info.id), acting(SYSTEM):
            yield


@dataclass
class Ground:
    """A booted platform on the worker's database, and its web application."""

    platform: Platform
    client: TestClient
    gate: Gate

    def agency(self, *modules: str, kind: str = "ward") -> Agency:
        """Make an agency with two units and these modules switched on."""
        code = f"co-quan-{next(_numbers)}-{uuid4().hex[:8]}"
        with db.connection_context(), acting(SYSTEM), db.atomic():
            agency = Agency(self, services.create_agency(code, name=f"UBND phường {code}", kind=kind))
            with scope(agency.info.id):
                agency.units = {name: services.create_unit(name).id for name in (UNIT, OTHER_UNIT)}
                for key in modules:
                    services.enable_module(key)
        return agency

    def context(self, token: str, tenant_code: str) -> RequestContext:
        """Load who asks as the gate does for a page of an agency."""
        req = Request(create_environ(headers={"Cookie": f"{SESSION_COOKIE}={token}"}))
        req.request_id = "7K2-09R-TEST"
        with _connected():
            ctx = self.gate._context(req, "office", MEMBER, tenant_code)
        assert ctx is not None
        return ctx


@contextmanager
def _connected() -> Iterator[None]:
    """Use the open connection, or open one for a moment."""
    if db.is_closed():
        with db.connection_context():
            yield
    else:
        yield


@dataclass(frozen=True)
class Stage:
    """A booted platform that can be put in place of whatever the process runs on now."""

    platform: Platform
    pool: AppDatabase
    client: TestClient
    gate: Gate
    renderer: Any
    sign_in: Any

    @classmethod
    def build(cls, database: Database, *extra: ModuleType) -> "Stage":
        """Boot the installed modules, and `extra` ones that are not installed, on a database."""
        settings = make_settings(database.app_url)
        pool = connect(
            settings.database_url, pool_size=4, all_tenants_sql=ALL_TENANTS_SQL, application="tests"
        )
        installed = core.app.load_modules

        def load_modules(blocked: tuple[str, ...] = ()) -> tuple[PluginHost, Catalogue]:
            host, _catalogue = installed(blocked)
            for module in extra:
                host.register(module)
            return host, host.boot()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(core.app, "load_modules", load_modules)
            platform = core.app.boot(settings, database=pool)
        loader = sso.api.context_loader()
        own = urlsplit(
            platform.settings.public_url
        ).netloc  # another name would be looked for among own domains
        client = TestClient(core.app.build_app(platform, loader), headers={"Host": own})
        gate = Gate(settings, platform.dispatcher, loader)
        return cls(platform, pool, client, gate, rendering.renderer.installed, sso.api.sign_in())

    @contextmanager
    def in_place(self) -> Iterator[Ground]:
        """Run the process on this platform for a while."""
        before = (
            db.obj,
            dispatching.dispatcher.installed,
            rendering.renderer.installed,
            settings.installed_settings.installed,
        )
        db.initialize(self.pool)
        dispatching.dispatcher.install(self.platform.dispatcher)
        settings.installed_settings.install(self.platform.settings)
        rendering.renderer.installed = self.renderer
        sso.api.use(self.sign_in)
        try:
            yield Ground(self.platform, self.client, self.gate)
        finally:
            self.pool.close_all()
            db.initialize(before[0])
            (
                dispatching.dispatcher.installed,
                rendering.renderer.installed,
                settings.installed_settings.installed,
            ) = before[1:]


@pytest.fixture(scope="session")
def stage(database: Database) -> Stage:
    """Boot every installed module once for the tests of a worker."""
    return Stage.build(database)


@pytest.fixture
def ground(stage: Stage) -> Iterator[Ground]:
    """The platform with every installed module, in this process and on a real database."""
    with stage.in_place() as ready:
        yield ready
