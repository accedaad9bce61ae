"""What lists remember of people; every statement names its agency and its person."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.api import NotFound, RequestContext, current_tenant, db
from plugins.lists.models import BulkRun, Export, Preference, SavedView
from plugins.lists.spec import may_open

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


# The own views, those others share, and what was chosen: each from an index of its own.
_MEMORY = f"""
    (SELECT id, name, query, shared, true, NULL, NULL::uuid FROM lists.saved_view
    WHERE tenant_id = %(tenant)s AND list = %(list)s AND person_id = %(person)s ORDER BY name LIMIT {MOST_VIEWS})
    UNION ALL
    (SELECT id, name, query, true, false, NULL, NULL FROM lists.saved_view
    WHERE tenant_id = %(tenant)s AND list = %(list)s AND shared AND person_id <> %(person)s ORDER BY name LIMIT {MOST_VIEWS})
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, columns, view_id FROM lists.preference
    WHERE tenant_id = %(tenant)s AND list = %(list)s AND person_id = %(person)s
"""


def memory(ctx: RequestContext, key: str) -> Memory:
    """Return what is remembered for a list, by one statement: every page of every list asks."""
    rows = db.prepared(_MEMORY, {"tenant": current_tenant(), "person": ctx.person.id, "list": key}).fetchall()
    if not rows:
        return Memory()
    columns, default = next(((row[5], row[6]) for row in rows if row[5] is not None), ("", None))
    views = [ViewLine._make(row[:5]) for row in rows if row[5] is None]
    # Somebody may have stopped sharing the view that another person begins with.
    first = next((view.query for view in views if view.id == default), "")
    return Memory(columns, first, tuple(views))


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


@dataclass(frozen=True, slots=True)
class ExportLine:
    """An exported file, or one in the making."""

    id: UUID
    list: str
    title: str
    state: str
    count: int
    file_id: UUID | None
    created_at: datetime
    done_at: datetime | None
    reason: str


def exports(ctx: RequestContext) -> list[ExportLine]:
    """Return the person's own exported files, newest first."""
    rows = db.execute_sql(
        "SELECT id, list, title, state, count, file_id, created_at, done_at, reason FROM lists.export WHERE tenant_id = %s AND person_id = %s "
        "ORDER BY created_at DESC, id DESC LIMIT %s",
        (current_tenant(), ctx.person.id, EXPORTS_SHOWN),
    ).fetchall()
    return [ExportLine(*row) for row in rows]


def begins_with(ctx: RequestContext, view: SavedView) -> bool:
    """Tell whether a person's list opens with a view."""
    found = Preference.select().where(
        Preference.list == view.list, Preference.person_id == ctx.person.id, Preference.view_id == view.id
    )
    return bool(found.exists())


def is_own_export(ctx: RequestContext, export_id: UUID) -> bool:
    """Tell whether a person asked for an export, and may still open the list it was made of."""
    found = Export.select().where(Export.id == export_id, Export.person_id == ctx.person.id).first()
    return found is not None and may_open(ctx, found.list)
