"""The whole platform in this process, with people and agencies, and visitors who come with a browser."""

import base64
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import falcon.testing
import psycopg2
from psycopg2.extras import register_uuid

from core import app as core_app
from core import dispatcher as dispatching
from core.db import db, new_id
from core.settings import Settings
from core.web.request import SESSION_COOKIE
from core.web.security import csrf_token
from sso import api
from sso.services import digest
from tenants.models import today
from tests.sso.browsing import PASSWORD, PUBLIC_URL, Browser
from tests.support.servers import Database


class Site:
    """One installation on an empty database."""

    def __init__(
        self, database: Database, issuer: str, client_secret: str, stack: ExitStack, **settings: Any
    ) -> None:
        self.issuer = issuer
        url, _realms, realm = issuer.rpartition("/realms/")
        self.settings = Settings(
            database_url=database.app_url, public_url=PUBLIC_URL, keycloak_url=url, staff_realm=realm,
            oidc_client_secret=client_secret, secret_key="k" * 43 + "=", **settings,
        )  # fmt: skip
        before = db.obj, dispatching.dispatcher.installed
        self.app = core_app.create_app(self.settings)
        stack.callback(self._restore, before)
        stack.callback(api.sign_in().provider.close)
        self.client = falcon.testing.TestClient(self.app)
        register_uuid()
        self._superuser = psycopg2.connect(database.admin_url)
        self._superuser.autocommit = True
        stack.callback(self._superuser.close)
        self.reset(stack)

    def reset(self, stack: ExitStack) -> None:
        """Forget everything; visitors' browsers are closed with the stack."""
        self.stack = stack
        api.sign_in()._silent_until = 0.0
        api.sign_in().provider._metadata_until = 0.0
        api.sign_in().provider._verifier._keys._next_for_unknown = {True: 0.0, False: 0.0}
        self.empty()

    def _restore(self, before: tuple[Any, Any]) -> None:
        db.obj.close_all()
        db.initialize(before[0])
        dispatching.dispatcher.installed = before[1]

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement as somebody for whom no policy holds."""
        with self._superuser.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def empty(self) -> None:
        """Forget everything."""
        tables = self.sql(
            "SELECT string_agg(format('%%I.%%I', schemaname, tablename), ', ') FROM pg_tables "
            "WHERE schemaname IN ('core', 'tenants', 'sso', 'jobs') "
            "AND tablename NOT IN ('schema_migration', 'procrastinate_applied')"
        )[0][0]
        self.sql(
            f"SET session_replication_role = replica; TRUNCATE {tables} RESTART IDENTITY CASCADE; RESET session_replication_role"
        )

    # -- the registry -------------------------------------------------------------------------------

    def person(
        self, username: str, *, operator: bool = False, subject: str | None = None, locale: str = "vi"
    ) -> UUID:
        """Register a person; without a subject they are tied to their account at the first sign-in."""
        person_id = new_id()
        self.sql(
            "INSERT INTO tenants.person (id, username, issuer, subject, full_name, sort_key, folded, is_operator, locale) "
            "VALUES (%s, %s, %s, %s, %s, 'a', 'a', %s, %s)",
            person_id, username, self.issuer if subject else None, subject, f"Người {username}", operator, locale,
        )  # fmt: skip
        return person_id

    def agency(self, code: str) -> UUID:
        """Register an agency with one unit."""
        tenant_id = new_id()
        self.sql("INSERT INTO tenants.tenant (id, code, folded) VALUES (%s, %s, 'a')", tenant_id, code)
        self.sql(
            "INSERT INTO tenants.tenant_version (id, tenant_id, kind, name, short_name, valid_from) "
            "VALUES (%s, %s, 'ward', %s, %s, '2025-07-01')",
            new_id(), tenant_id, f"UBND {code}", code,
        )  # fmt: skip
        self.sql(
            "INSERT INTO tenants.unit (tenant_id, id, code, name, valid_from) VALUES (%s, %s, 'vp', 'Văn phòng', '2025-07-01')",
            tenant_id, new_id(),
        )  # fmt: skip
        return tenant_id

    def post(
        self,
        person_id: UUID,
        tenant_id: UUID,
        *roles: str,
        first: date | None = None,
        last: date | None = None,
    ) -> UUID:
        """Give a person a post in an agency's unit."""
        post_id = new_id()
        self.sql(
            "INSERT INTO tenants.membership (tenant_id, id, person_id, unit_id, position, valid_from, valid_to) "
            "SELECT %s, %s, %s, id, 'Chuyên viên', %s, %s FROM tenants.unit WHERE tenant_id = %s",
            tenant_id, post_id, person_id, first or today() - timedelta(days=30), last, tenant_id,
        )  # fmt: skip
        for role in roles:
            self.sql(
                "INSERT INTO tenants.membership_role (tenant_id, id, membership_id, role) VALUES (%s, %s, %s, %s)",
                tenant_id, new_id(), post_id, role,
            )  # fmt: skip
        return post_id

    def sessions(self) -> list[tuple[str, ...]]:
        """Return how each session stands: "live" or why it ended."""
        return [
            row[0]
            for row in self.sql(
                "SELECT CASE WHEN ended_at IS NULL THEN 'live' ELSE end_reason END FROM sso.session ORDER BY id"
            )
        ]

    def let_pass(self, interval: str) -> None:
        """Make everything sessions remember of time older."""
        self.sql(
            "UPDATE sso.session SET created_at = created_at - %s::interval, seen_at = seen_at - %s::interval, "
            "idle_until = idle_until - %s::interval, expires_at = expires_at - %s::interval, refresh_at = refresh_at - %s::interval",
            *[interval] * 5,
        )  # fmt: skip

    def visitor(self) -> "Visitor":
        """Somebody with a browser of their own."""
        return Visitor(self)


class Visitor:
    """A browser: its cookies at our site, and itself at the identity provider."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}
        self.provider = Browser(site.issuer)
        site.stack.callback(self.provider.close)

    @property
    def session(self) -> str | None:
        return self.cookies.get(SESSION_COOKIE)

    def get(self, path: str, **headers: str) -> falcon.testing.Result:
        return self._send("GET", path, headers, None)

    def post(self, path: str, *, token: str | None = None, **fields: str) -> falcon.testing.Result:
        """Send a form, with the token of the visitor's own pages unless another is given."""
        fields["csrf_token"] = self.form_token() if token is None else token
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, headers, urlencode(fields))

    def form_token(self) -> str:
        """Return the token that forms on the visitor's pages carry."""
        found = self.site.sql("SELECT id FROM sso.session WHERE token_hash = %s", digest(self.session or ""))
        return (
            csrf_token(base64.b64decode(self.site.settings.secret_key + "=="), found[0][0]) if found else ""
        )

    def begin(self, return_to: str = "/sso/devices") -> str:
        """Ask to sign in and return where the browser is sent."""
        answer = self.get(f"/sso/login?{urlencode({'return_to': return_to})}")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def come_back(self, url: str, username: str, password: str = PASSWORD) -> falcon.testing.Result:
        """Sign in at the provider and follow it back to us."""
        return self.callback(**self.provider.sign_in(url, username, password))

    def callback(self, **answer: str) -> falcon.testing.Result:
        return self.get(f"/sso/callback?{urlencode(answer)}")

    def sign_in(self, username: str, return_to: str = "/sso/devices") -> falcon.testing.Result:
        return self.come_back(self.begin(return_to), username)

    def is_signed_in(self) -> bool:
        """Tell whether our site knows the browser; the sign-in page sends such visitors on at once."""
        before = dict(self.cookies)
        location = self.get("/sso/login?return_to=/known").headers.get("location")
        self.cookies = before
        return location == "/known"

    def _send(
        self, method: str, path: str, headers: dict[str, str], body: str | None
    ) -> falcon.testing.Result:
        parts = urlsplit(path)
        if self.cookies:
            headers = headers | {
                "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            }
        answer = self.site.client.simulate_request(
            method,
            parts.path,
            query_string=parts.query,
            headers={"Accept": "text/html", **headers},
            body=body,
        )
        for name, cookie in answer.cookies.items():
            if cookie.expires is not None and cookie.expires.year == 1970:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = cookie.value
        return answer
