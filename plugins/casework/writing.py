"""Rows that many acts write or read: by statements whose text is always the same, so that a connection plans each once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import orjson
from playhouse.postgres_ext import TSVectorField

from core.api import TenantModel, current_tenant, db

Row = Mapping[str, Any]
Model = TypeVar("Model", bound=TenantModel)


def joined() -> AbstractContextManager[Any]:
    """Join the running transaction, or begin one.

    For what checks everything before it writes and rescues nothing: a savepoint would cost a message to PostgreSQL
    and one more transaction number, and nobody goes back to it.
    """
    return nullcontext() if db.in_transaction() else db.atomic()


def in_each_agency(db: Any) -> Iterator[UUID]:
    """Go through all agencies, each in scope in its turn, for a migration that changes rows.

    It runs as the owner of the tables, whom row-level security shows and lets change no row without an agency in scope.
    """
    for (tenant_id,) in db.execute_sql("SELECT id FROM tenants.tenant ORDER BY id").fetchall():
        db.execute_sql("SELECT set_config('app.tenant_id', %s, true)", (str(tenant_id),))
        yield tenant_id
    db.execute_sql("SELECT set_config('app.tenant_id', '', true)")


def as_json(rows: Sequence[Row]) -> str:
    """Return rows as the statements of this file take them."""
    return orjson.dumps(rows, default=str).decode()


def as_array(ids: Iterable[UUID]) -> str:
    """Return ids as PostgreSQL reads an array in one word; written out one by one, a thousand take longer to read than to find."""
    return f"{{{','.join(map(str, ids))}}}"


def insert_sql(model: type[TenantModel], columns: tuple[str, ...], given: str = "rows") -> str:
    """Return the statement that inserts as many rows as there are in the JSON of a field; the columns are the same in all."""
    return _insert_sql(f"{model._meta.schema}.{model._meta.table_name}", columns, given)


@cache
def _insert_sql(table: str, columns: tuple[str, ...], given: str) -> str:
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(f'r.{name}' for name in columns)} "
        f"FROM json_populate_recordset(NULL::{table}, %({given})s::json) AS r"
    )


def insert(model: type[TenantModel], rows: Sequence[Row]) -> None:
    """Insert rows of the agency in scope; each names the same columns, its agency and its id among them."""
    if rows:
        db.prepared(insert_sql(model, tuple(rows[0])), {"rows": as_json(rows)})


# ---- reading one of them ----------------------------------------------------------------------------------------


def row_of(model: type[Model], condition: str, values: Row) -> Model | None:
    """Return the row of the agency in scope that a condition names, where it is `k`; None where there is none.

    For what every act reads: the text of the condition is always the same, so that neither we nor PostgreSQL make
    the statement anew. What only searches look in is left out.
    """
    columns = tuple(each.name for each in model._meta.sorted_fields if not isinstance(each, TSVectorField))
    sql = _row_sql(f"{model._meta.schema}.{model._meta.table_name}", columns, condition)
    found = db.prepared(sql, {"tenant": current_tenant(), **values}).fetchone()
    if found is None:
        return None
    made = model(**dict(zip(columns, found, strict=True)))
    made._dirty.clear()
    return made


@cache
def _row_sql(table: str, columns: tuple[str, ...], condition: str) -> str:
    return f"SELECT {', '.join(columns)} FROM {table} k WHERE tenant_id = %(tenant)s::uuid AND {condition}"
