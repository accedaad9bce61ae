"""Serve the sample pages with the real style sheets, scripts and security headers, without database or sign-in."""

import json
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from core.i18n import LOCALES, load_catalogues, use_locale
from core.web.security import SecurityHeaders
from core.web.static import URL_PREFIX, StaticFiles
from core.web.templates import environment
from scripts._lib import assets
from scripts._lib.places import ROOT, STATIC
from tests.ui import samples

PACKAGES = [ROOT / "core", ROOT / "tenants", ROOT / "sso"]


class Pages:
    """Renders sample pages in the product's own template environment."""

    def __init__(self) -> None:
        assets.build()
        load_catalogues(PACKAGES)
        folders = [folder / "templates" for folder in PACKAGES]
        self._environments = {
            lang: environment(lang, folders, StaticFiles(STATIC), development=False) for lang in LOCALES
        }

    def render(self, name: str, theme: samples.Theme = "light", lang: str = "vi", **shell: Any) -> str:
        use_locale(lang)
        template, view, frame = samples.page(name, theme, **shell)
        return (
            self._environments[lang]
            .get_template(template)
            .render(
                view=view,
                shell=frame,
                url=lambda route, **_: f"/p/{route}",
                request_id="7K2-09R-M4X",
            )
        )


class Site:
    """The running site and what it was sent: tests read `posts` and set `answer`."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.posts: list[tuple[str, dict[str, list[str]]]] = []
        self.after_post = "/p/people"
        self.headers = dict(SecurityHeaders("http://127.0.0.1", "http://127.0.0.1")._headers)
        # Stricter than the product: pages need no pictures in addresses.
        policy = self.headers["Content-Security-Policy"]
        self.headers["Content-Security-Policy"] = policy.replace(" data:", "")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": self}))
        self.url = f"http://127.0.0.1:{self.server.server_port}"


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path.startswith(URL_PREFIX):
            path = STATIC / address.path.removeprefix(URL_PREFIX)
            self._answer(200, path.read_bytes(), mimetypes.guess_type(path)[0] or "application/octet-stream")
            return
        asked = {key: values[0] for key, values in parse_qs(address.query).items()}
        name = Path(address.path).name
        if name == "sso.session":
            # Whoever's page asks is still signed in.
            account = samples.page(Path(urlsplit(self.headers["Referer"]).path).name)[2].account
            who = account.key if account else ""
            self._answer(200, json.dumps({"who": who, "token": ""}).encode(), "application/json")
            return
        if name == "logo.svg":
            self._answer(200, (ROOT / "core" / "static" / "favicon.svg").read_bytes(), "image/svg+xml")
            return
        status = int(name[1:4]) if name.startswith(("e4", "e5")) else 200
        if name not in samples.PAGES:
            name, status = "e404", 404
        shell = {"toast": samples.Toast(text="Đã lưu.")} if asked.get("toast") else {}
        theme = cast(samples.Theme, asked.get("theme", "light"))
        page = self.site.pages.render(name, theme, asked.get("lang", "vi"), **shell)
        self._answer(status, page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        self.site.posts.append((self.path, parse_qs(body, keep_blank_values=True)))
        self.send_response(303)
        self.send_header("Location", self.site.after_post)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in self.site.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing: the tests read what matters from the site."""


@contextmanager
def running(pages: Pages) -> Iterator[Site]:
    """Serve until the block ends."""
    site = Site(pages)
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join()
