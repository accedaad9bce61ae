"""Pages and addresses of the platform itself: start, health, metrics, a person's preferences."""

import os

import falcon
import orjson
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from core.db import db
from core.dispatcher import dispatcher
from core.settings import installed_settings
from core.web.errors import Unavailable
from core.web.rendering import redirect
from core.web.request import LOCALE_COOKIE, Request
from core.web.security import local_path
from tenants.upkeep.migrations import migration_sets, pending


class Start:
    """The bare address: on to the operator's console or to the person's first agency."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        assert req.ctx is not None
        if req.ctx.posts:
            redirect(resp, f"/t/{req.ctx.posts[0].tenant.code}/")
        else:
            redirect(resp, "/admin/" if req.ctx.operator else "/sso/no-post")


class Liveness:
    """Tells that the process answers; touches nothing else."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = "ok"


class Readiness:
    """Tells whether this process can serve: database reachable, migrations applied."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        try:
            with db.connection_context():
                missing = pending(db.obj, migration_sets(dispatcher().catalogue.modules.values()))
            trouble = f"migrations are pending: {', '.join(missing)}" if missing else ""
        except Exception:  # whatever it is, the load balancer must hear "not ready"
            trouble = "the database does not answer"
        if trouble:
            resp.status = falcon.HTTP_503
            resp.set_headers(Unavailable.headers)
        resp.content_type = falcon.MEDIA_JSON
        resp.data = orjson.dumps({"ready": not trouble, **({"trouble": trouble} if trouble else {})})


class Robots:
    """Tells robots that only the public pages are for them."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.set_header("Cache-Control", "public, max-age=3600")
        resp.text = (
            "User-agent: *\nAllow: /public/\nAllow: /static/\nDisallow: /\n"
            f"Sitemap: {installed_settings().public_url}/public/sitemap.xml\n"
        )


class Metrics:
    """Prometheus figures of all web processes of this machine, or of this one where it runs alone."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        registry = REGISTRY
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        resp.content_type = CONTENT_TYPE_LATEST
        resp.data = generate_latest(registry)


class Language:
    """Remembers the language of somebody who is not signed in."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        remember_language(resp, req.form.get("locale"))
        redirect(resp, local_path(req.form.get("return_to")))


def remember_language(resp: falcon.Response, locale: object) -> None:
    """Let this browser keep a language for pages that do not know who reads them."""
    resp.set_cookie(
        LOCALE_COOKIE,
        "en" if locale == "en" else "vi",
        max_age=31_536_000,
        path="/",
        secure=True,
        same_site="Lax",
    )
