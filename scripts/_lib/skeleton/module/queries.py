"""What pages and the API ask; every statement names its agency."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.api import PAGE_SIZE, START, Cursor, Page, current_tenant, db, fold, page_of

KEY = (datetime.fromisoformat, UUID)
"""What the list is sorted by, as `read_cursor` takes it."""


class EntryRow(NamedTuple):
    """One line of the list, as pages and the API need it."""

    id: UUID
    title: str
    added_by: str | None
    added_at: datetime


def entries(search: str = "", cursor: Cursor = START, size: int = PAGE_SIZE) -> Page[EntryRow]:
    """Return a page of the agency's entries, newest first."""
    order, than = ("ASC", ">") if cursor.backward else ("DESC", "<")
    where, values = "tenant_id = %s", [current_tenant()]
    if search:
        where, values = f"{where} AND strpos(folded, %s) > 0", [*values, fold(search)]
    if cursor.key:
        where, values = f"{where} AND (added_at, id) {than} (%s, %s)", [*values, *cursor.key]
    rows = db.execute_sql(
        "SELECT id, title, (SELECT full_name FROM tenants.person WHERE id = added_by), added_at FROM skeleton.entry "
        f"WHERE {where} ORDER BY added_at {order}, id {order} LIMIT %s",
        (*values, size + 1),
    ).fetchall()
    return page_of([EntryRow._make(row) for row in rows], _key, size, cursor)


def _key(row: EntryRow) -> tuple[str, str]:
    return row.added_at.isoformat(), str(row.id)
