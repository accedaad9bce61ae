"""Connect to PostgreSQL from a URL, and refuse roles that could bypass the guard."""

import time
from functools import lru_cache
from typing import Any
from uuid import UUID

from peewee import InterfaceError, OperationalError
from psycopg2.extensions import new_array_type, new_type, register_type

from core.db.scope import Database

PROBE_AFTER_IDLE_SECONDS = 5
# A server that is gone without a word is noticed in half a minute instead of two hours.
PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}


# PERF: two values in each row of a list are ids, and most were read a moment ago.
_known_id = lru_cache(maxsize=10_000)(UUID)
_ID = new_type((2950,), "UUID", lambda text, cursor: None if text is None else _known_id(text))
register_type(_ID)
register_type(new_array_type((2951,), "UUID[]", _ID))


class UnsafeRole(RuntimeError):
    """Raised at start when the application's role could see every agency's rows."""


class AppDatabase(Database):
    """The application's pool; probes only connections that have been idle for a while."""

    _returned_at: dict[int, float]

    def __init__(self, *args: Any, refuses_unsafe_role: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._returned_at = {}
        self._role_unknown = refuses_unsafe_role

    def _connect(self) -> Any:
        opened = super()._connect()
        if self._role_unknown:
            try:
                refuse_unsafe_role(opened)
            except BaseException:
                self._close(opened, close_conn=True)
                raise
            self._role_unknown = False
        return opened

    def _is_closed(self, conn: Any) -> bool:
        idle_since = self._returned_at.get(id(conn), 0.0)
        if not conn.closed and time.monotonic() - idle_since < PROBE_AFTER_IDLE_SECONDS:
            return False
        return bool(super()._is_closed(conn))

    def _can_reuse(self, conn: Any) -> bool:
        self._returned_at[id(conn)] = time.monotonic()
        return bool(super()._can_reuse(conn))


def connect(
    url: str,
    *,
    pool_size: int = 8,
    all_tenants_sql: str = "SELECT NULL",
    application: str = "lienthong",
    refuses_unsafe_role: bool = False,
) -> AppDatabase:
    """Return a database for a `postgresql://` URL; connections open when first used.

    With `refuses_unsafe_role` the first one raises UnsafeRole unless row-level security holds for it.
    """
    return AppDatabase(
        url,
        max_connections=pool_size,
        timeout=5,
        autoconnect=False,
        all_tenants_sql=all_tenants_sql,
        **PATIENCE,
        application_name=application,
        refuses_unsafe_role=refuses_unsafe_role,
        # A statement whose process was killed ends with it, and with it the locks it holds.
        options="-c timezone=UTC -c jit=off -c idle_in_transaction_session_timeout=60s -c statement_timeout=30s "
        "-c client_connection_check_interval=5s",
    )


def refuse_unsafe_role(opened: Any) -> None:
    """Check that the role of a driver's connection is held by row-level security and cannot lift it.

    Raises UnsafeRole with what to change.
    """
    with opened.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        role, superuser, bypasses = cursor.fetchone()
        cursor.execute(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p', 'v') AND pg_has_role(current_user, c.relowner, 'member') "
            "AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_' ORDER BY 1 LIMIT 1"
        )
        owned = cursor.fetchone()
        cursor.execute(
            "SELECT polname || ' on ' || polrelid::regclass FROM pg_policy, unnest(polroles) AS named(role) "
            "WHERE role <> 0 AND pg_has_role(current_user, role, 'member') ORDER BY 1 LIMIT 1"
        )
        exempt = cursor.fetchone()
    if superuser or bypasses or owned or exempt:
        trouble = (
            "is a superuser" if superuser
            else "has BYPASSRLS" if bypasses
            else f"owns {owned[0]}" if owned
            else f"has a policy of its own, {exempt[0]}"
        )  # fmt: skip
        raise UnsafeRole(
            f"The database role {role} {trouble}, so row-level security would not hold. "
            "Point LIENTHONG_DATABASE_URL at lienthong_app (deploy/database/roles.sql)."
        )


def sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's code for an error, empty when it gave none: the connection was lost, or never came about."""
    return getattr(getattr(error, "orig", error), "pgcode", None) or ""


def is_away(error: BaseException) -> bool:
    """Tell whether an error means that PostgreSQL is not there, rather than that it refused a statement."""
    if isinstance(error, InterfaceError):
        return True
    return isinstance(error, OperationalError) and (sqlstate(error) or "08").startswith(("08", "57P"))


def is_held_up(error: BaseException) -> bool:
    """Tell whether other transactions kept a statement from its rows: a deadlock, or a lock that did not come."""
    return sqlstate(error) in ("40P01", "40001", "55P03")
