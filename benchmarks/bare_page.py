"""The reference of public pages: what one would write by hand with Falcon and psycopg2 for one article.

It runs the statements that the platform runs for the same address and encodes what they found; no page, no
headers, no log. `uncached` is the product without the pages it keeps.
"""

import os
from typing import Any

import falcon
import orjson
from psycopg2.extras import register_uuid
from psycopg2.pool import ThreadedConnectionPool


class Article:
    """One article of one site."""

    def __init__(self, pool: ThreadedConnectionPool, tenant: str, sql: str, values: dict[str, Any]) -> None:
        self._pool, self._tenant, self._sql, self._values = pool, tenant, sql, values
        self._begin = f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'; SET LOCAL app.read_tenants = ''; "

    def on_get(self, req: falcon.Request, resp: falcon.Response, code: str, slug: str) -> None:
        connection = self._pool.getconn()
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT sso.load_tenant(%s)", (code,))
                if cursor.fetchone()[0] is None:
                    raise falcon.HTTPNotFound
                cursor.execute(
                    f"{self._begin}SELECT number, changed_at FROM websites.generation WHERE tenant_id = %s",
                    (self._tenant,),
                )
                cursor.fetchall()
                cursor.execute(self._sql, {**self._values, "slug": slug})
                found = cursor.fetchone()[0]
                cursor.execute("COMMIT")
        finally:
            self._pool.putconn(connection)
        resp.content_type = falcon.MEDIA_JSON
        resp.data = orjson.dumps(found)


class Ready:
    """Tells that the process answers."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.text = "ok"


def create_app() -> falcon.App:
    """Build the reference from BENCH_URL, BENCH_TENANT, BENCH_SQL and BENCH_VALUES (JSON)."""
    register_uuid()
    pool = ThreadedConnectionPool(4, 4, os.environ["BENCH_URL"], options="-c timezone=UTC -c jit=off")
    app = falcon.App()
    values = orjson.loads(os.environ["BENCH_VALUES"])
    app.add_route(
        "/public/{code}/tin/{slug}",
        Article(pool, os.environ["BENCH_TENANT"], os.environ["BENCH_SQL"], values),
    )
    app.add_route("/readyz", Ready())
    return app


def uncached() -> Any:
    """Build the product so that it makes every page anew."""
    from core.app import create_app as product
    from plugins.websites import keeping, public_answers

    public_answers.pages = keeping.Pages(most_bytes=0)
    return product()
