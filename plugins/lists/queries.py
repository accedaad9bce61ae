"""What lists remember of people; every statement names its agency and its person."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.api import NotFound, RequestContext, current_tenant, db
from plugins.lists.models import BulkRun, Export, SavedView

MOST_VIEWS = 30
EXPORTS_SHOWN = 50


class ViewLine(NamedTuple):
    """A saved view as the strip above a list shows it."""

    id: UUID
    name: str
    query: str
    shared: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Memory:
    """What a person chose for a list, and the views they may open."""

    columns: str = ""
    default_query: str = ""
    views: tuple[ViewLine, ...] = ()


def memory(ctx: RequestContext, key: str) -> Memory:
    """Return what is remembered for a list, by one statement: every page of every list asks."""
    rows = db.execute_sql(
        "SELECT v.id, v.name, v.query, v.shared, v.person_id = %(person)s, NULL, NULL FROM lists.saved_view v "
        "WHERE v.tenant_id = %(tenant)s AND v.list = %(list)s AND (v.person_id = %(person)s OR v.shared) "
        "UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, p.columns, p.view_id FROM lists.preference p "
        "WHERE p.tenant_id = %(tenant)s AND p.person_id = %(person)s AND p.list = %(list)s LIMIT %(limit)s",
        {"tenant": current_tenant(), "person": ctx.person.id, "list": key, "limit": MOST_VIEWS * 4},
    ).fetchall()
    if not rows:
        return Memory()
    columns, default = next(((row[5], row[6]) for row in rows if row[5] is not None), ("", None))
    views = sorted(
        (ViewLine._make(row[:5]) for row in rows if row[5] is None), key=lambda view: (not view.mine, view.name)
    )
    # Somebody may have stopped sharing the view that another person begins with.
    first = next((view.query for view in views if view.id == default), "")
    return Memory(columns, first, tuple(views[:MOST_VIEWS]))


def own_view(ctx: RequestContext, view_id: UUID) -> SavedView:
    """Return a view the person made; to anybody else it does not exist.

    Raises NotFound.
    """
    found = SavedView.select().where(SavedView.id == view_id, SavedView.person_id == ctx.person.id).first()
    if found is None:
        raise NotFound
    return found


def open_view(ctx: RequestContext, view_id: UUID) -> SavedView:
    """Return a view the person may open.

    Raises NotFound.
    """
    found = SavedView.select().where(
        SavedView.id == view_id, (SavedView.person_id == ctx.person.id) | SavedView.shared
    )
    view = found.first()
    if view is None:
        raise NotFound
    return view


def own_run(ctx: RequestContext, run_id: UUID) -> BulkRun:
    """Return a run the person planned.

    Raises NotFound.
    """
    found = BulkRun.select().where(BulkRun.id == run_id, BulkRun.person_id == ctx.person.id).first()
    if found is None:
        raise NotFound
    return found


class ExportLine(NamedTuple):
    """An exported file, or one in the making."""

    id: UUID
    list: str
    state: str
    rows: int
    created_at: datetime
    done_at: datetime | None


def exports(ctx: RequestContext) -> list[ExportLine]:
    """Return the person's own exported files, newest first."""
    rows = db.execute_sql(
        "SELECT id, list, state, rows, created_at, done_at FROM lists.export WHERE tenant_id = %s AND person_id = %s "
        "ORDER BY created_at DESC, id DESC LIMIT %s",
        (current_tenant(), ctx.person.id, EXPORTS_SHOWN),
    ).fetchall()
    return [ExportLine._make(row) for row in rows]


def own_export(ctx: RequestContext, export_id: UUID) -> Export:
    """Return an export the person asked for.

    Raises NotFound.
    """
    found = Export.select().where(Export.id == export_id, Export.person_id == ctx.person.id).first()
    if found is None:
        raise NotFound
    return found


def part_of(export_id: UUID, number: int) -> bytes | None:
    """Return a piece of an exported file."""
    row = db.execute_sql(
        "SELECT content FROM lists.export_part WHERE tenant_id = %s AND export_id = %s AND number = %s",
        (current_tenant(), export_id, number),
    ).fetchone()
    return bytes(row[0]) if row else None
