"""The reference: what anybody would write by hand with Falcon and psycopg2 for this one list.

It runs the statements that the platform runs for the same address, and nothing else: no routing by
agency, no permissions, no form tokens, no logging, no headers. Its settings come from BENCH_*.
"""

import hashlib
import os
from typing import Any

import falcon
import orjson
from psycopg2.extras import register_uuid
from psycopg2.pool import ThreadedConnectionPool

FIELDS = (
    "id",
    "title",
    "excerpt",
    "pinned",
    "unit_id",
    "unit",
    "author",
    "created_at",
    "changed_at",
    "archived_at",
    "version",
)


class Notes:
    """The list of notes."""

    def __init__(self, pool: ThreadedConnectionPool, tenant: str, sql: str, values: dict[str, Any]) -> None:
        self._pool, self._sql, self._values = pool, sql, values
        self._begin = f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'; SET LOCAL app.read_tenants = ''"

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        connection = self._pool.getconn()
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                token = req.cookies["__Host-lt_session"]
                code = req.path.split("/")[4]
                cursor.execute(
                    "SELECT sso.load_context(%s, %s)", (hashlib.sha256(token.encode()).digest(), code)
                )
                if cursor.fetchone()[0] is None:
                    raise falcon.HTTPUnauthorized
                cursor.execute(self._begin)
                cursor.execute(self._sql, self._values)
                rows = cursor.fetchall()
                cursor.execute("COMMIT")
        finally:
            self._pool.putconn(connection)
        resp.content_type = falcon.MEDIA_JSON
        resp.data = orjson.dumps({"items": [dict(zip(FIELDS, row, strict=True)) for row in rows[:50]]})


class Ready:
    """Tells that the process answers."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.text = "ok"


def create_app() -> falcon.App:
    """Build the application from BENCH_URL, BENCH_TENANT, BENCH_PATH, BENCH_SQL and BENCH_VALUES (JSON)."""
    register_uuid()
    # This pool keeps no more than its minimum open, so the minimum is one for each thread.
    pool = ThreadedConnectionPool(4, 4, os.environ["BENCH_URL"], options="-c timezone=UTC -c jit=off")
    app = falcon.App()
    notes = Notes(
        pool, os.environ["BENCH_TENANT"], os.environ["BENCH_SQL"], orjson.loads(os.environ["BENCH_VALUES"])
    )
    app.add_route(os.environ["BENCH_PATH"], notes)
    app.add_route("/readyz", Ready())
    return app
