"""What the live database says about its tables, and rows made from that alone.

The tests of the guard are written against this, so that a new table is covered by itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from core.db import BaseModel, RegistryModel, new_id
from core.db.ddl import REGISTRY_COMMENT
from tenants.upkeep.check import shared_with

CANARY = "bí mật của cơ quan "
"""Begins every text of a made row, followed by the agency's id, so that a leak is recognised anywhere."""

_numbers = count(1)
_SAMPLES: dict[str, Any] = {
    "boolean": True,
    "bytea": b"\x00\xff",
    "date": "2026-08-01",
    "daterange": "[2026-08-01,2026-08-31]",
    "double precision": 0.5,
    "inet": "192.0.2.1",
    "interval": "1 day",
    "json": "{}",
    "jsonb": "{}",
    "numeric": "1.5",
    "time without time zone": "07:30",
    "timestamp with time zone": "2026-08-01T00:00:00Z",
    "timestamp without time zone": "2026-08-01T00:00:00",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that takes values."""

    name: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A reference to another table: the columns here, the table there and its columns in the same order."""

    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows belong to agencies."""

    name: str
    key: str
    """The primary key constraint."""
    columns: tuple[Column, ...]
    foreign_keys: tuple[ForeignKey, ...]
    other: str = ""
    """The column of the agency that rows are shared with; a made row is shared with one that does not exist."""

    def row(self, tenant_id: UUID, **given: Any) -> dict[str, Any]:
        """Return a value for every column, by its type alone."""
        return (
            {each.name: _value(each, tenant_id) for each in self.columns}
            | {"tenant_id": str(tenant_id)}
            | given
        )


def tenant_tables(cursor: Any) -> list[Table]:
    """Return every table that has a tenant_id and does not say why it belongs to no agency."""
    registry = {
        f"{model._meta.schema}.{model._meta.table_name}"
        for model in BaseModel.concrete_models()
        if issubclass(model, RegistryModel)
    }
    cursor.execute(
        "SELECT n.nspname || '.' || c.relname, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped "
        "WHERE c.relkind IN ('r', 'p') AND NOT coalesce(obj_description(c.oid, 'pg_class'), '') LIKE %s ORDER BY 1",
        (REGISTRY_COMMENT + "%",),
    )
    return [_table(cursor, name, oid) for name, oid in cursor.fetchall() if name not in registry]


def insertion(table: str, row: Mapping[str, Any], ending: str = "") -> tuple[str, tuple[Any, ...]]:
    """Return the statement that inserts a row, and its values."""
    names, places = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
    return f"INSERT INTO {table} ({names}) VALUES ({places}) {ending}", tuple(row.values())


@contextmanager
def unchecked(cursor: Any) -> Iterator[None]:
    """Let a superuser put rows in without triggers and foreign keys."""
    cursor.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        cursor.execute("SET session_replication_role = DEFAULT")


def loosen(cursor: Any, tables: Iterable[Table], keep: str = "") -> None:
    """Take away all that stands before the policies, so that a test meets the policies alone.

    Checks, references (but for the one to `keep`) and triggers go; the application's role may do
    everything with rows.
    """
    for table in tables:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f') AND conname <> %s",
            (table.name, keep),
        )
        for (constraint,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table.name} DROP CONSTRAINT "{constraint}"')
        cursor.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table.name} TO lienthong_app")


def _table(cursor: Any, name: str, oid: int) -> Table:
    cursor.execute(
        "SELECT attname, format_type(atttypid, NULL), attnotnull FROM pg_attribute WHERE attrelid = %s AND attnum > 0 "
        "AND NOT attisdropped AND attgenerated = '' AND attidentity = '' ORDER BY attnum",
        (oid,),
    )
    columns = tuple(Column(*row) for row in cursor.fetchall())
    cursor.execute(
        "SELECT conname, array(SELECT a.attname::text FROM unnest(conkey) WITH ORDINALITY AS k(num, at) "
        "JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.num ORDER BY k.at), confrelid::regclass::text, "
        "array(SELECT a.attname::text FROM unnest(confkey) WITH ORDINALITY AS k(num, at) "
        "JOIN pg_attribute a ON a.attrelid = confrelid AND a.attnum = k.num ORDER BY k.at) "
        "FROM pg_constraint WHERE contype = 'f' AND conrelid = %s",
        (oid,),
    )
    keys = tuple(
        ForeignKey(key, tuple(names), target, tuple(there)) for key, names, target, there in cursor.fetchall()
    )
    cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'p' AND conrelid = %s", (oid,))
    key = cursor.fetchone()[0]
    cursor.execute("SELECT coalesce(obj_description(%s, 'pg_class'), '')", (oid,))
    return Table(name, key, columns, keys, shared_with(cursor.fetchone()[0]))


def _value(column: Column, tenant_id: UUID) -> Any:
    number = next(_numbers)
    if column.type == "uuid":
        return str(new_id())
    if column.type in {"text", "character varying", "character"}:
        return f"{CANARY}{tenant_id} {number}"
    if column.type in {"smallint", "integer", "bigint"}:
        return number % 30_000
    if column.type.endswith("[]"):
        return "{}"
    if column.type not in _SAMPLES:
        raise LookupError(f"tests/db/live.py knows no sample of the type {column.type}; add one.")
    return _SAMPLES[column.type]
