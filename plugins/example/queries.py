"""What pages, the API and hooks ask of the notebook; every statement names its agency."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from core.api import (
    PAGE_SIZE,
    START,
    Counting,
    Cursor,
    FileOwner,
    Health,
    NotFound,
    Page,
    RequestContext,
    current_tenant,
    db,
    dispatcher,
    fold,
    ngettext,
    open_units,
    page_of,
    unscoped,
)
from plugins.example.models import Note

State = Literal["", "pinned", "archived"]
BOUND = 1000
KEEP_ARCHIVED = timedelta(days=30)
KEY = (bool, datetime.fromisoformat, UUID)
"""What the list is sorted by, as `read_cursor` takes it: pinned, written at, id."""
MAX_WORDS = 6


# ---- who sees what: one predicate for lists, objects and badges ----------------------------------------


def visible_units(ctx: RequestContext) -> list[UUID] | None:
    """Return the units whose notes a person sees here; None is all of them."""
    return None if ctx.can("example.manage") else sorted(ctx.unit_ids)


def is_visible(ctx: RequestContext, note: Note) -> bool:
    """Tell whether a person sees a note."""
    units = visible_units(ctx)
    return units is None or note.unit_id in units


def files_owner(note_id: UUID) -> FileOwner:
    """Return what the files of a note belong to."""
    return FileOwner("example", "note", note_id)


# ---- the list ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to."""

    search: str = ""
    unit_id: UUID | None = None
    state: State = ""
    oldest_first: bool = False


class NoteRow(NamedTuple):
    """One line of a list, as pages and the API need it."""

    id: UUID
    title: str
    excerpt: str
    pinned: bool
    unit_id: UUID
    unit: str
    author: str | None
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None
    version: int


# Each unit gives its first notes from the index that is in the order of the list, so that a page costs
# the same however long the notebooks are; one sort of a few pages brings the units together.
_NOTES = """
    FROM tenants.unit u CROSS JOIN LATERAL (
        SELECT * FROM example.note
        WHERE tenant_id = %(tenant)s AND unit_id = u.id AND {conditions}
        ORDER BY pinned {order}, created_at {order}, id {order} LIMIT {most}
    ) n
    WHERE u.tenant_id = %(tenant)s{units}
"""
# By a subquery PostgreSQL expects as many units of everybody, and keeps one plan for all.
_OWN = " AND {unit} = ANY ((SELECT %(units)s::uuid[])::uuid[])"
_COLUMNS = """
    SELECT n.id, n.title, CASE WHEN length(n.body) > 160 THEN left(n.body, 159) || '…' ELSE n.body END, n.pinned, n.unit_id, u.name,
        (SELECT full_name FROM tenants.person WHERE id = n.author_id),
        n.created_at, n.changed_at, n.archived_at, n.version
"""
_STATES: dict[State, str] = {
    "": "archived_at IS NULL",
    "pinned": "archived_at IS NULL AND pinned",
    "archived": "archived_at IS NOT NULL",
}


def notes(
    ctx: RequestContext, wanted: Filter, cursor: Cursor = START, size: int = PAGE_SIZE
) -> Page[NoteRow]:
    """Return a page of the notes a person sees: pinned ones first, then the newest; or the other way round."""
    rows = [NoteRow._make(row) for row in db.prepared(*_statement(ctx, wanted, cursor, size)).fetchall()]
    return page_of(rows, _key, size, cursor)


def _statement(ctx: RequestContext, wanted: Filter, cursor: Cursor, size: int) -> tuple[str, dict[str, Any]]:
    upwards = cursor.backward != wanted.oldest_first
    order = "ASC" if upwards else "DESC"
    conditions, values = _conditions(ctx, wanted)
    if cursor.key:
        conditions += f" AND (pinned, created_at, id) {'>' if upwards else '<'} (%(pinned)s, %(at)s, %(id)s)"
        values |= dict(zip(("pinned", "at", "id"), cursor.key, strict=True))
    units = _OWN.format(unit="u.id") if values["units"] is not None else ""
    source = _NOTES.format(conditions=conditions, order=order, most=size + 1, units=units)
    sql = (
        f"{_COLUMNS} {source} ORDER BY n.pinned {order}, n.created_at {order}, n.id {order} LIMIT {size + 1}"
    )
    return sql, values


def count(ctx: RequestContext, wanted: Filter) -> int:
    """Return how many notes a list holds, counting to a thousand at most."""
    conditions, values = _conditions(ctx, wanted)
    if values["units"] is not None:
        conditions += _OWN.format(unit="unit_id")
    return db.prepared(
        f"SELECT count(*) FROM (SELECT FROM example.note WHERE tenant_id = %(tenant)s AND {conditions} LIMIT {BOUND}) counted",
        values,
    ).fetchone()[0]


def _conditions(ctx: RequestContext, wanted: Filter) -> tuple[str, dict[str, Any]]:
    units = visible_units(ctx)
    if wanted.unit_id is not None:
        units = [wanted.unit_id] if units is None or wanted.unit_id in units else []
    conditions = _STATES[wanted.state]
    values: dict[str, Any] = {"tenant": current_tenant(), "units": units}
    for number, word in enumerate(fold(wanted.search).split()[:MAX_WORDS]):
        # strpos needs no escaping. It reads every note of the units until a page is full, which is
        # quick for notebooks; a module with millions of texts needs an index made for searching.
        conditions += f" AND strpos(folded, %(word{number})s) > 0"
        values[f"word{number}"] = word
    return conditions, values


def _key(row: NoteRow) -> tuple[int, str, str]:
    return int(row.pinned), row.created_at.isoformat(), str(row.id)


# ---- one note -------------------------------------------------------------------------------------------


def note(note_id: UUID) -> Note:
    """Return a note of the agency in scope; whether a person sees it is for the caller to ask.

    Raises NotFound.
    """
    found = Note.select().where(Note.id == note_id).first()
    if found is None:
        raise NotFound
    return found


class Names(NamedTuple):
    """Whose a note is, in words."""

    unit: str
    author: str | None
    changed_by: str | None


def names(of: Note) -> Names:
    """Return the names of a note's unit and people."""
    row = db.execute_sql(
        "SELECT (SELECT name FROM tenants.unit WHERE tenant_id = %s AND id = %s), "
        "(SELECT full_name FROM tenants.person WHERE id = %s), (SELECT full_name FROM tenants.person WHERE id = %s)",
        (current_tenant(), of.unit_id, of.author_id, of.changed_by),
    ).fetchone()
    return Names._make(row)


class Acknowledged(NamedTuple):
    """Who has taken note, and when."""

    person_id: UUID
    name: str
    at: datetime


def acknowledged(note_id: UUID) -> list[Acknowledged]:
    """Return who has taken note of a note, in order."""
    rows = db.execute_sql(
        "SELECT a.person_id, p.full_name, a.at FROM example.acknowledgement a JOIN tenants.person p ON p.id = a.person_id "
        "WHERE a.tenant_id = %s AND a.note_id = %s ORDER BY a.at LIMIT %s",
        (current_tenant(), note_id, BOUND),
    ).fetchall()
    return [Acknowledged._make(row) for row in rows]


# ---- units, badge, card, blockers, health -----------------------------------------------------------------


def unit_name(unit_id: UUID) -> str | None:
    """Return the name of a unit of the agency in scope."""
    row = db.execute_sql(
        "SELECT name FROM tenants.unit WHERE tenant_id = %s AND id = %s", (current_tenant(), unit_id)
    ).fetchone()
    return row[0] if row else None


def people_of(unit_id: UUID) -> list[UUID]:
    """Return the people who hold a post in a unit of the agency in scope today."""
    rows = db.execute_sql(
        "SELECT DISTINCT person_id FROM tenants.current_post WHERE tenant_id = %s AND unit_id = %s",
        (current_tenant(), unit_id),
    ).fetchall()
    return [person_id for (person_id,) in rows]


def units_of(ctx: RequestContext) -> list[tuple[UUID, str]]:
    """Return the units in whose notebooks a person writes: the own ones, or all for who keeps them."""
    if visible_units(ctx) is None:
        return open_units()
    return list({post.unit_id: (post.unit_id, post.unit_name) for post in ctx.own_posts}.values())


_UNREAD = f"""
    SELECT count(*) FROM (
        SELECT FROM example.note n
        WHERE n.tenant_id = %(tenant)s{_OWN.format(unit="n.unit_id")} AND n.pinned AND n.archived_at IS NULL
        AND n.author_id IS DISTINCT FROM %(person)s AND NOT EXISTS (
            SELECT FROM example.acknowledgement a
            WHERE a.tenant_id = %(tenant)s AND a.note_id = n.id AND a.person_id = %(person)s
        )
        LIMIT {BOUND}
    ) counted
"""


def unread(ctx: RequestContext) -> Counting:
    """Count the pinned notes of the own units that a person has not taken note of yet."""
    return Counting(
        _UNREAD, {"tenant": current_tenant(), "units": list(ctx.unit_ids), "person": ctx.person.id}
    )


def pinned_units() -> list[tuple[str, int]]:
    """Return the units of the agency in scope that have pinned notes, and how many."""
    return db.execute_sql(
        "SELECT u.name, count(*) FROM example.note n JOIN tenants.unit u ON u.tenant_id = n.tenant_id AND u.id = n.unit_id "
        "WHERE n.tenant_id = %s AND n.pinned AND n.archived_at IS NULL GROUP BY u.code, u.name ORDER BY u.code",
        (current_tenant(),),
    ).fetchall()


def deletion_health() -> Health:
    """Tell whether the nightly job deletes in every agency what has been put away for long enough."""
    with unscoped(reason="the health of the nightly deletion is that of all agencies"), db.atomic():
        overdue = db.execute_sql(
            "SELECT DISTINCT tenant_id FROM example.note WHERE archived_at < now() - %s - interval '2 days'",
            (KEEP_ARCHIVED,),
        ).fetchall()
    # Where the module is off its jobs rest, and so do the notes.
    late = sum("example" in dispatcher().effective_for(tenant_id) for (tenant_id,) in overdue)
    told = ngettext("{n} cơ quan còn ghi chú quá hạn xoá.", "{n} cơ quan còn ghi chú quá hạn xoá.", late)
    return Health(not late, told if late else "")


# ---- for the command line ---------------------------------------------------------------------------------


def export() -> list[tuple[str, str, str, str | None, datetime]]:
    """Return every current note of the agency in scope: unit, title, text, author, time."""
    return db.execute_sql(
        "SELECT u.name, n.title, n.body, p.full_name, n.created_at FROM example.note n "
        "JOIN tenants.unit u ON u.tenant_id = n.tenant_id AND u.id = n.unit_id LEFT JOIN tenants.person p ON p.id = n.author_id "
        "WHERE n.tenant_id = %s AND n.archived_at IS NULL ORDER BY u.code, n.pinned DESC, n.created_at DESC",
        (current_tenant(),),
    ).fetchall()
