"""The pages with sample modules, and visitors who open them: administrators, officers, operators."""

import html
import re
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from uuid import UUID, uuid4

from falcon.testing import Result

from core.context import RequestContext
from core.db import db
from core.declarations import CardView, DashboardCard, NavItem, Route
from core.events import SYSTEM, acting
from core.hookspecs import hookimpl
from core.web.request import SESSION_COOKIE, TOAST_COOKIE
from sso.services import digest
from tenants import services
from tests.support.modules import Agency, Ground, Stage
from tests.tenants.stage import SampleModule

ADMIN = "tenants.admin"
BOUNDARY = "lt-boundary"


class Board:
    """A page of a sample module."""

    def on_get(self, req, resp) -> None:
        resp.text = "board"

    on_post = on_get


def build(database) -> tuple[Stage, dict[str, SampleModule]]:
    """Boot the platform with alpha (on, with a page and a card), beta that needs alpha, gamma that is restricted."""
    alpha = SampleModule("alpha", default_on=True, category="work")
    beta = SampleModule("beta", requires=("alpha",), category="voice")
    gamma = SampleModule("gamma", restricted=True, category="quality")

    def render(ctx: RequestContext) -> CardView:
        if "card" in alpha.fails:
            raise RuntimeError("card")
        return CardView(lines=(("Việc thứ nhất", "/x"),), url="/y", link_text="Mở hết")

    @hookimpl
    def register_routes():
        return [Route("office", "board", Board(), "alpha.board", "alpha.read")]

    @hookimpl
    def register_navigation():
        return [NavItem("Bảng tin", "alpha.board", "news", "alpha.read")]

    @hookimpl
    def register_dashboard_cards():
        return [DashboardCard("alpha.card", "Bảng tin", "alpha.read", render)]

    alpha.register_routes, alpha.register_navigation = register_routes, register_navigation
    alpha.register_dashboard_cards = register_dashboard_cards
    modules = {each.__name__: each for each in (alpha, beta, gamma)}
    return Stage.build(database, *modules.values()), modules


@dataclass(frozen=True)
class Site:
    """The pages, and the sample modules to play with."""

    ground: Ground
    modules: dict[str, SampleModule]


@dataclass(frozen=True)
class Answer:
    """An answer as a visitor sees it."""

    status: int
    text: str
    location: str
    toast: str
    raw: Result

    @property
    def words(self) -> str:
        """The text of the page without its markup."""
        body = re.sub(r"<(script|style|template).*?</\1>", " ", self.text, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def rows(self) -> list[str]:
        """The heads of the rows of the page's tables, without what only wide screens show below."""
        found = re.findall(
            r'<th scope="row"[^>]*>(.*?)(?:<span class="lt-sub lt-wide">.*?)?</th>',
            self.text,
            flags=re.DOTALL,
        )
        return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in found]

    def value(self, name: str) -> str:
        """What the field of a form holds."""
        found = re.search(rf'<(?:input|textarea)[^>]*\bname="{name}"[^>]*>', self.text)
        assert found, f"no field {name}"
        held = re.search(r'value="([^"]*)"', found[0])
        return html.unescape(held[1]) if held else ""

    def links(self, part: str) -> list[str]:
        """The addresses on the page that contain a text."""
        return list(
            dict.fromkeys(
                html.unescape(url)
                for url in re.findall(r'(?:href|action)="([^"]+)"', self.text)
                if part in url
            )
        )


@dataclass
class Visitor:
    """Somebody signed in, at one agency or at the console."""

    ground: Ground
    person_id: UUID
    token: str
    base: dict[str, Any] = field(default_factory=dict)

    def url(self, route: str, **fields: Any) -> str:
        address = self.ground.platform.catalogue.routes[route]
        return address.url(**({**self.base, **fields} if address.tenanted else fields))

    def get(self, route: str, query: dict[str, Any] | None = None, **fields: Any) -> Answer:
        url = route if route.startswith("/") else self.url(route, **fields)
        return self._send("GET", f"{url}?{urlencode(query)}" if query else url)

    def post(
        self,
        route: str,
        form: dict[str, Any] | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
        **fields: Any,
    ) -> Answer:
        url = route if route.startswith("/") else self.url(route, **fields)
        form = {"csrf_token": self.csrf_token, **(form or {})}
        if files is None:
            return self._send(
                "POST",
                url,
                body=urlencode(form, doseq=True),
                content_type="application/x-www-form-urlencoded",
            )
        body = b"".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in form.items()
        )
        for name, (file_name, content) in files.items():
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n\r\n'
            body += head.encode() + content + b"\r\n"
        return self._send(
            "POST",
            url,
            body=body + f"--{BOUNDARY}--\r\n".encode(),
            content_type=f"multipart/form-data; boundary={BOUNDARY}",
        )

    @property
    def csrf_token(self) -> str:
        page = self._send("GET", "/agencies")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found, page.status
        return found[1]

    def _send(self, method: str, url: str, **options: Any) -> Answer:
        headers = {
            "Cookie": f"{SESSION_COOKIE}={self.token}",
            "Accept": "*/*",
            "Sec-Fetch-Site": "same-origin",
        }
        parts = urlsplit(url)
        result = self.ground.client.simulate_request(
            method, parts.path, query_string=parts.query, headers=headers, host="localhost", **options
        )
        toast = result.cookies.get(TOAST_COOKIE)
        return Answer(
            result.status_code, result.content.decode(errors="replace"), result.headers.get("Location", ""),
            unquote(toast.value) if toast else "", result,
        )  # fmt: skip


def session_for(person_id: UUID, *, operator: bool = False) -> str:
    """Sign somebody in and return the value of the cookie."""
    token = secrets.token_urlsafe(32)
    with db.connection_context():
        db.execute_sql(
            "INSERT INTO sso.session (id, token_hash, person_id, subject, sid, operator, idle_until, expires_at, refresh_at) VALUES "
            "(%s, %s, %s, '', '', %s, now() + interval '1 day', now() + interval '1 day', now() + interval '1 day')",
            (uuid4(), digest(token), person_id, operator),
        )
    return token


def member(agency: Agency, *roles: str, **fields: Any) -> Visitor:
    """Give somebody a post with these roles and sign them in."""
    officer = agency.officer(*roles, **fields)
    return Visitor(agency.ground, officer.person_id, officer.token, {"tenant": agency.info.code})


def operator(ground: Ground) -> Visitor:
    """Sign an operator in, with a second factor."""
    with db.connection_context(), acting(SYSTEM), db.atomic():
        person = services.register_person(f"vanhanh.{uuid4().hex[:8]}", "Nguyễn Quốc Khánh", is_operator=True)
    return Visitor(ground, person.id, session_for(person.id, operator=True))


@contextmanager
def counted_statements():
    """Count the statements the process sends; yields a list that grows."""
    sent: list[str] = []
    original = type(db.obj).execute_sql

    def counting(self, sql, *arguments, **options):
        sent.append(sql)
        return original(self, sql, *arguments, **options)

    type(db.obj).execute_sql = counting
    try:
        yield sent
    finally:
        type(db.obj).execute_sql = original
