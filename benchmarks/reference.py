"""The yardstick: a bare Falcon + psycopg2 handler that runs the same session and list SQL, and nothing else.

It takes the SQL from the product, so that both sides always ask the database the same. It checks nothing:
no permission, no effective modules, no form token, no security headers, no log.
"""

import hashlib
import os
import threading
from typing import Any

import falcon
import orjson
import psycopg2

_local = threading.local()


class Notes:
    """The list of notes as a document."""

    def __init__(self, sql: str, values: dict[str, Any], tenant_id: str) -> None:
        self._sql, self._values, self._tenant_id = sql, values, tenant_id

    def on_get(self, req: falcon.Request, resp: falcon.Response, tenant: str) -> None:
        token = (req.get_cookie_values("__Host-lt_session") or [""])[0]
        cursor = _connection().cursor()
        cursor.execute("SELECT sso.load_context(%s, %s)", (hashlib.sha256(token.encode()).digest(), tenant))
        if cursor.fetchone()[0] is None:
            raise falcon.HTTPUnauthorized
        cursor.execute(
            f"BEGIN; SET LOCAL app.tenant_id = '{self._tenant_id}'; SET LOCAL app.read_tenants = ''"
        )
        cursor.execute(self._sql, self._values)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute("COMMIT")
        resp.content_type = falcon.MEDIA_JSON
        resp.data = orjson.dumps({"items": rows[:50]})


def _connection() -> Any:
    if not hasattr(_local, "connection"):
        _local.connection = psycopg2.connect(
            os.environ["LIENTHONG_DATABASE_URL"], options="-c timezone=UTC -c jit=off"
        )
        _local.connection.autocommit = True
    return _local.connection


def create_app() -> falcon.App:
    """Build the reference from what the measuring process wrote down."""
    with open(os.environ["BENCH_STATEMENT"], "rb") as file:  # noqa: PTH123 - as bare as can be
        statement = orjson.loads(file.read())
    app = falcon.App()
    app.add_route(
        "/api/v1/t/{tenant}/example/notes", Notes(statement["sql"], statement["values"], statement["tenant"])
    )
    return app
