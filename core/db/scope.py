"""Which agency the running code works for, told to Python and to PostgreSQL alike.

The scope lives in a ContextVar, so that it follows the thread of one request or job, and in two
transaction-bound PostgreSQL settings, which the row-level security policies read:
`app.tenant_id` (the one agency that may be written) and `app.read_tenants` (agencies that may be
read together). Both fail closed: without them no row of an agency is visible.
"""

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from peewee import DatabaseProxy, InternalError, _savepoint
from playhouse.pool import PooledPostgresqlDatabase
from psycopg2.extensions import (
    TRANSACTION_STATUS_IDLE,
    TRANSACTION_STATUS_INERROR,
    TRANSACTION_STATUS_INTRANS,
    TRANSACTION_STATUS_UNKNOWN,
)

PLATFORM = UUID(int=0)
"""The scope of facts that belong to the installation itself, not to one agency."""

log = structlog.get_logger()


class ScopeError(RuntimeError):
    """Raised when a tenant-owned table is touched without saying for which agency."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One agency to write, or several to read; `readable=None` with no tenant means every agency."""

    tenant_id: UUID | None
    readable: tuple[UUID, ...] | None = ()

    @property
    def reads_everything(self) -> bool:
        return self.tenant_id is None and self.readable is None


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


class _TheDatabase(DatabaseProxy):
    """Hands everything on, transactions and savepoints too, which peewee's own proxy makes itself."""

    def atomic(self, *args: Any, **kwargs: Any) -> Any:
        return self.obj.atomic(*args, **kwargs)

    def in_transaction(self) -> bool:
        """Tell whether a transaction is open; none is where there is no database."""
        return self.obj is not None and self.obj.in_transaction()

    def savepoint(self) -> "_Savepoint":
        return self.obj.savepoint()


db = _TheDatabase()
"""The one database of the process; the composition root initialises it with a `Database`."""


def current_scope() -> Scope:
    """Return the active scope.

    Raises ScopeError when there is none.
    """
    active = _scope.get()
    if active is None:
        raise ScopeError(
            "A tenant-owned table was touched outside any agency. "
            "Enter `with scope(tenant_id):`, `with reading(tenant_ids):` or `with unscoped(reason=…):`."
        )
    return active


def current_tenant() -> UUID:
    """Return the agency that may be written now.

    Raises ScopeError outside `scope(...)`.
    """
    tenant_id = current_scope().tenant_id
    if tenant_id is None:
        raise ScopeError(
            "This code writes or names one agency, but the active scope only reads. Use `with scope(tenant_id):`."
        )
    return tenant_id


def tenant_or_platform() -> UUID:
    """Return the agency in scope; where there is none, what happens is the platform's own."""
    try:
        return current_tenant()
    except ScopeError:
        return PLATFORM


@contextmanager
def scope(tenant_id: UUID) -> Iterator[None]:
    """Work for one agency: its rows, and only its rows, can be read and written."""
    if not isinstance(tenant_id, UUID):
        raise ScopeError(f"A scope needs the UUID of an agency, not {type(tenant_id).__name__}.")
    with _entered(Scope(tenant_id)):
        yield


@contextmanager
def reading(tenant_ids: Iterable[UUID]) -> Iterator[None]:
    """Read several agencies together; nothing can be written."""
    ids = tuple(tenant_ids)
    if not all(isinstance(each, UUID) for each in ids):
        raise ScopeError("reading() needs UUIDs of agencies.")
    with _entered(Scope(None, ids)):
        yield


@contextmanager
def unscoped(*, reason: str) -> Iterator[None]:
    """Read every agency, write none; logged, and each use is listed in a test."""
    if not reason.strip():
        raise ScopeError("unscoped() needs a reason.")
    log.info("scope.left", reason=reason)
    with _entered(Scope(None, None)):
        yield


@contextmanager
def _entered(new: Scope) -> Iterator[None]:
    outer = _scope.get()
    if new == outer:
        yield  # PostgreSQL has been told already
        return
    token = _scope.set(new)
    try:
        _tell_database(new)
        yield
    finally:
        _scope.reset(token)
        _tell_database(outer)


def _tell_database(active: Scope | None) -> None:
    """Apply a scope to a transaction that is already running; BEGIN applies it to later ones."""
    if db.in_transaction():
        db.apply(active)


class _Waiting(threading.local):
    """What a thread has still to tell PostgreSQL; it travels with the next statement."""

    begin = ""
    released = ""


class _Savepoint(_savepoint):
    """A savepoint that is released together with the next statement, or with the commit."""

    def commit(self, begin: bool = True) -> None:
        self.db.waiting.released += f"RELEASE SAVEPOINT {self.quoted_sid}; "
        if begin:
            self._begin()

    def rollback(self, begin: bool = True) -> None:
        # Savepoints inside this one end with it, released or not.
        self.db.waiting.released = ""
        super().rollback(begin)


class Database(PooledPostgresqlDatabase):
    """A pooled PostgreSQL connection whose every transaction carries the active scope.

    BEGIN and RELEASE wait for the next statement and are sent in one message with it: a round trip
    costs more than most of our statements. A transaction without a statement sends nothing at all.
    """

    def __init__(self, *args: object, all_tenants_sql: str = "SELECT NULL", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        # core does not know where agencies are registered: the composition root says it.
        self._all_tenants_sql = all_tenants_sql
        self.waiting = _Waiting()
        self._prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()

    def begin(self, isolation_level: str | None = None) -> None:
        self.waiting.begin = f"BEGIN ISOLATION LEVEL {isolation_level}; " if isolation_level else "BEGIN; "
        self.waiting.released = ""

    def commit(self) -> None:
        if self._forget_begin():
            return
        if self._status() == TRANSACTION_STATUS_INERROR:
            # PostgreSQL would answer COMMIT with a rollback, and nobody would hear of it.
            raise InternalError(
                "A statement failed and its error was swallowed: nothing of the transaction is kept."
            )
        self.execute_sql("COMMIT")

    def rollback(self) -> None:
        self.waiting.released = ""
        # A connection that was lost has nothing to roll back; the error that told so must be heard.
        if not self._forget_begin() and not self.is_lost():
            super().rollback()

    def savepoint(self) -> _Savepoint:
        return _Savepoint(self)

    def connection(self) -> Any:
        self._send_waiting()
        return super().connection()

    def cursor(self, named_cursor: Any = None) -> Any:
        self._send_waiting()
        return super().cursor(named_cursor)

    def _execute_cursor(self, sql: str, params: Any, **options: Any) -> Any:
        if options:  # such a cursor takes one statement alone; opening it sends what waits
            return super()._execute_cursor(sql, params, **options)
        begin, statements = self.waiting.begin, self._take_waiting()
        try:
            return super()._execute_cursor(statements + sql, params)
        except BaseException:
            if begin and self._status() == TRANSACTION_STATUS_IDLE:
                # BEGIN never arrived: nothing was sent, or PostgreSQL refused the message for a slip in `sql`.
                self.waiting.begin = begin
            raise

    def prepared(self, sql: str, params: Mapping[str, Any]) -> Any:
        """Run a statement that every page runs: each connection reads and plans its text only once.

        Planning takes longer than finding a few rows. The text is always the same one, its bounds written out.
        """
        prepare, execute = _numbered(sql)
        known = self._prepared.setdefault(self._state.conn, set())
        if prepare not in known:
            self.execute_sql(prepare)
            known.add(prepare)
        return self.execute_sql(execute, params)

    def _initialize_connection(self, conn: Any) -> None:
        self.waiting.begin = self.waiting.released = ""
        super()._initialize_connection(conn)

    def apply(self, active: Scope | None) -> None:
        """Put a scope into force in the running transaction."""
        if self.waiting.begin:
            return  # BEGIN will carry the scope that is active when it is sent
        if self._status() != TRANSACTION_STATUS_INTRANS:
            # A failed transaction can only be rolled back now, to a savepoint or as a whole, and rolling
            # back restores the settings that were in force before. A lost connection has none.
            return
        self.execute_sql(self.scope_statements(active))

    def is_lost(self) -> bool:
        """Tell whether PostgreSQL has ended the connection of this thread."""
        return not self.is_closed() and self._status() == TRANSACTION_STATUS_UNKNOWN

    def _status(self) -> int:
        """Return where the connection stands, as the driver knows it without asking."""
        return int(self._state.conn.info.transaction_status)

    def _take_waiting(self) -> str:
        begin, released = self.waiting.begin, self.waiting.released
        self.waiting.begin = self.waiting.released = ""
        # SECURITY: SET LOCAL dies with the transaction; a plain SET would follow the pooled connection
        # into another agency's request. Without a scope the settings are emptied, so that a plain SET
        # of somebody else's ends here.
        return f"{begin}{self.scope_statements(_scope.get())}; " if begin else released

    def _send_waiting(self) -> None:
        statements = self._take_waiting()
        if statements:
            self._state.conn.cursor().execute(statements)

    def _forget_begin(self) -> bool:
        """Tell whether BEGIN was never sent; then there is nothing to end."""
        waited, self.waiting.begin = bool(self.waiting.begin), ""
        return waited

    def execute(self, query: Any, **options: Any) -> Any:
        if not self.in_transaction() and _is_tenant_owned(query):
            # The settings are bound to a transaction: without one PostgreSQL would show no row at all.
            raise ScopeError(
                "A tenant-owned table was touched outside a transaction, where no scope is in force. "
                "Enter `with db.atomic():` inside the scope."
            )
        return super().execute(query, **options)

    def scope_statements(self, active: Scope | None) -> str:
        """Return the SQL that puts a scope, or none, into force until the transaction ends."""
        tenant = f"'{active.tenant_id}'" if active and active.tenant_id else "''"
        if active and active.reads_everything:
            return (
                f"SET LOCAL app.tenant_id = ''; "
                f"SELECT set_config('app.read_tenants', coalesce(({self._all_tenants_sql})::text, '{{}}'), true)"
            )
        readable = "{" + ",".join(map(str, active.readable)) + "}" if active and active.readable else ""
        if active and active.tenant_id is None and not readable:
            readable = "{}"
        return f"SET LOCAL app.tenant_id = {tenant}; SET LOCAL app.read_tenants = '{readable}'"


@cache
def _numbered(sql: str) -> tuple[str, str]:
    """Return the statements that prepare a statement with named fields, and that execute it."""
    fields = dict.fromkeys(re.findall(r"%\((\w+)\)s", sql))
    name = f"lt_{hashlib.sha256(sql.encode()).hexdigest()[:20]}"
    text = sql % {field: f"${number}" for number, field in enumerate(fields, 1)}
    given = f" ({', '.join(f'%({field})s' for field in fields)})" if fields else ""
    return f"PREPARE {name} AS {text}", f"EXECUTE {name}{given}"


def _is_tenant_owned(query: Any) -> bool:
    """Tell whether a query is on a tenant-owned model, or count() or exists() of one that is."""
    counted = getattr(query, "_from_list", None) or ()
    asked = (
        part
        for column in getattr(query, "_returning", None) or ()
        for part in getattr(column, "arguments", ())
    )
    return any(
        getattr(getattr(part, "model", None), "tenant_owned", False) for part in (query, *counted, *asked)
    )
