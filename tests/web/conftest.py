"""A site with the kernel, one small module, and a loader that knows a handful of people."""

import base64
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
import structlog
from falcon.testing import Result, TestClient

import sso.plugin
import tenants.plugin
from core import dispatcher as dispatching
from core import plugin as core_plugin
from core.app import Platform, build_app
from core.context import LoadedContext, ModuleStates, Person, Post, TenantInfo
from core.db import db, new_id
from core.db.database import AppDatabase, connect
from core.db.ddl import create_schema, tenant_table
from core.dispatcher import Dispatcher
from core.host import PluginHost
from core.i18n import load_catalogues
from core.logging import configure_logging
from core.settings import Settings, installed_settings
from core.web import rendering
from core.web.request import SESSION_COOKIE
from core.web.security import csrf_token
from scripts._lib.places import ROOT
from tests.support import servers
from tests.web.trial import plugin as trial

SECRET = base64.b64encode(b"k" * 32).decode()
HERE = TenantInfo(new_id(), "phuong-thuan-hoa", "UBND phường Thuận Hoá")
THERE = TenantInfo(new_id(), "xa-phu-vang", "UBND xã Phú Vang")
EMPTY = TenantInfo(new_id(), "so-trong", "Sở chưa bật gì")


class FakeLoader:
    """Knows people by their session's value; agencies here and there have the trial module on."""

    def __init__(self) -> None:
        self.people: dict[str, LoadedContext] = {}
        self.agencies = {each.code: each for each in (HERE, THERE, EMPTY)}
        self.failures: list[Exception] = []

    def add(
        self,
        name: str,
        *roles: str,
        at: TenantInfo | None = HERE,
        operator: bool = False,
        second: bool = True,
        **fields: Any,
    ) -> None:
        person = Person(new_id(), name, f"Họ Tên {name}", is_operator=operator, **fields)
        posts = (Post(new_id(), at, new_id(), "Văn phòng", "Chuyên viên", roles),) if at else ()
        self.people[name] = LoadedContext(new_id(), person, posts, operator and second)

    def load(self, session_token: str | None, tenant_code: str | None) -> LoadedContext | None:
        if self.failures:
            raise self.failures.pop()
        known = self.people.get(session_token or "")
        tenant = self.agencies.get(tenant_code or "")
        return known and replace(known, tenant=tenant, modules=self._states(tenant))

    def load_token(self, token: str, tenant_code: str | None) -> LoadedContext | None:
        return None

    def tenant(self, tenant_code: str) -> tuple[TenantInfo, ModuleStates] | None:
        found = self.agencies.get(tenant_code)
        return (found, self._states(found)) if found else None

    def _states(self, tenant: TenantInfo | None) -> ModuleStates:
        return ModuleStates({"trial": tenant is not EMPTY})


class Site:
    """Sends requests as one of the people, the way a browser does."""

    def __init__(self, app: Any, loader: FakeLoader, admin_url: str, log: io.StringIO) -> None:
        self.app, self.loader, self._admin_url, self._log = app, loader, admin_url, log
        self.client = TestClient(app)

    def request(
        self, method: str, path: str, who: str | None = "clerk", *, csrf: bool = True, **options: Any
    ) -> Result:
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"} | options.pop("headers", {})
        if who:
            headers["Cookie"] = f"{SESSION_COOKIE}={who}"
        if csrf and who in self.loader.people and method != "GET":
            headers["X-CSRF-Token"] = self.token(who)
        return self.client.simulate_request(
            method, path, headers={k: v for k, v in headers.items() if v is not None}, **options
        )

    def get(self, path: str, who: str | None = "clerk", **options: Any) -> Result:
        return self.request("GET", path, who, **options)

    def post(
        self, path: str, form: dict[str, Any] | None = None, who: str | None = "clerk", **options: Any
    ) -> Result:
        if form is not None:
            options["body"] = urlencode(form, doseq=True)
            options["headers"] = {"Content-Type": "application/x-www-form-urlencoded"} | options.get(
                "headers", {}
            )
        return self.request("POST", path, who, **options)

    def token(self, who: str) -> str:
        return csrf_token(base64.b64decode(SECRET), self.loader.people[who].session_id)

    def logged(self) -> list[dict[str, Any]]:
        """Return the log's lines so far, as their readers get them."""
        return [json.loads(line) for line in self._log.getvalue().splitlines()]

    def stored(self) -> list[tuple[str, str]]:
        """Return (agency, title) of every note, as a session of its own sees them."""
        with psycopg2.connect(self._admin_url) as opened, opened.cursor() as cursor:
            cursor.execute("SELECT tenant_id::text, title FROM trial.note ORDER BY id")
            rows = cursor.fetchall()
        opened.close()
        return rows


@dataclass(frozen=True, slots=True)
class Stage:
    """What one application is made of; it is built once, because that takes a while."""

    app: Any
    loader: FakeLoader
    dispatcher: Dispatcher
    renderer: Any
    pool: AppDatabase
    lent: servers.Database
    settings: Settings

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Make these the process's own for a while."""
        before = (
            db.obj,
            dispatching.dispatcher.installed,
            rendering.renderer.installed,
            installed_settings.installed,
        )
        db.initialize(self.pool)
        installed_settings.installed = self.settings
        dispatching.dispatcher.installed, rendering.renderer.installed = self.dispatcher, self.renderer
        try:
            yield
        finally:
            db.initialize(before[0])
            dispatching.dispatcher.installed, rendering.renderer.installed, installed_settings.installed = (
                before[1:]
            )


@pytest.fixture(scope="session")
def stage(worker_id: str) -> Iterator[Stage]:
    with servers.migrated_database(f"{worker_id}_web") as lent:
        owner = connect(lent.owner_url)
        with owner.connection_context(), owner.atomic():
            create_schema(owner, "trial")
            tenant_table(owner, "trial.note", "title text NOT NULL")
            tenant_table(
                owner,
                "trial.pair",
                "other uuid, FOREIGN KEY (tenant_id, other) REFERENCES trial.pair (tenant_id, id) DEFERRABLE INITIALLY DEFERRED",
            )
        owner.close_all()
        settings = Settings(
            database_url=lent.app_url,
            public_url="https://lienthong.test",
            keycloak_url="https://id.test",
            oidc_client_secret="",
            secret_key=SECRET,
            static_dir=ROOT / "var" / "static",
        )
        host = PluginHost([core_plugin, tenants.plugin, sso.plugin])
        host.register(trial)
        catalogue = host.boot()
        load_catalogues([module.folder for module in catalogue.modules.values()])
        loader, pool, before = (
            FakeLoader(),
            connect(settings.database_url, pool_size=2),
            rendering.renderer.installed,
        )
        dispatcher = Dispatcher(host.manager, catalogue)
        app = build_app(Platform(settings, host, catalogue, dispatcher), loader)
        stage = Stage(app, loader, dispatcher, rendering.renderer.installed, pool, lent, settings)
        rendering.renderer.installed = before
        yield stage
        pool.close_all()


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    loader, log = stage.loader, io.StringIO()
    loader.people.clear()
    loader.failures.clear()
    loader.add("clerk", "trial.clerk")
    loader.add("reader", "trial.reader")
    loader.add("nobody")
    loader.add("outsider", "trial.clerk", at=THERE)
    loader.add("retired", at=None)
    loader.add("operator", at=None, operator=True)
    loader.add("halfway", at=None, operator=True, second=False)
    handlers, level = logging.root.handlers[:], logging.root.level
    configure_logging(stream=log)
    structlog.configure(cache_logger_on_first_use=False)  # the next test may want its lines elsewhere
    with stage.installed():
        yield Site(stage.app, loader, stage.lent.admin_url, log)
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    with psycopg2.connect(stage.lent.admin_url) as opened, opened.cursor() as cursor:
        cursor.execute("DELETE FROM trial.note; DELETE FROM trial.pair")
    opened.close()
