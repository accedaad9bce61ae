"""Figures of a whole province, gathered from the counters of the agencies below.

Its page reads no more rows than that of one agency.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from core.api import (
    PAGE_SIZE,
    START,
    Cursor,
    Page,
    current_tenant,
    db,
    new_id,
    page_of,
    reading,
    scope,
)
from plugins.casework.api import agency_day, hold_place, kind_of, told_title
from plugins.reports.counting import DAY, MEASURES, reports
from plugins.reports.measures import JUDGED, UNJUDGED
from plugins.reports.models import Gathered

AT_ONCE = 40
"""Agencies of one statement: row-level security looks each row up among them."""
TREND = 400
"""Days back that are kept one by one; what is older is one number."""
LONGEST = 200


class Agency(NamedTuple):
    """An agency below."""

    id: UUID
    code: str
    name: str


_BELOW = """
    WITH RECURSIVE below AS (
        SELECT tenant_id FROM tenants.current_agency WHERE parent_id = %s
        UNION SELECT a.tenant_id FROM tenants.current_agency a JOIN below b ON a.parent_id = b.tenant_id
    )
    SELECT a.tenant_id, a.code, coalesce(nullif(a.short_name, ''), a.name) FROM tenants.current_agency a
    JOIN below USING (tenant_id) WHERE a.status <> 'merged' ORDER BY a.name
"""


def agencies_below() -> list[Agency]:
    """Return the agencies under the one in scope, however deep, and that one itself first; alone it has none."""
    own = current_tenant()
    found = [Agency._make(row) for row in db.execute_sql(_BELOW, (own,)).fetchall()]
    if not found:
        return []
    mine = db.execute_sql(
        "SELECT tenant_id, code, coalesce(nullif(short_name, ''), name) FROM tenants.current_agency WHERE tenant_id = %s",
        (own,),
    ).fetchone()
    return [Agency._make(mine), *found]


def has_below() -> bool:
    """Tell whether figures of agencies below have been gathered for the agency in scope."""
    return Gathered.select().exists()


def gathered() -> Gathered | None:
    """Return what was gathered last from the agencies below, if anything was."""
    return Gathered.select().first()


def gather() -> int:
    """Gather the counters of the agencies under the one in scope, and what is late there for longest.

    Return how many agencies. A run too many gathers the same; a run that was killed leaves what there was.
    """
    own = current_tenant()
    with db.atomic():
        today, agencies = agency_day(), agencies_below()
    rows: list[tuple[Any, ...]] = []
    late: list[tuple[Agency, Sequence[Any]]] = []
    for start in range(0, len(agencies), AT_ONCE):
        some = agencies[start : start + AT_ONCE]
        ids = [each.id for each in some]
        with reading(ids), db.atomic():
            rows += _counters(ids, today) + _lateness(ids, today)
            late += _late(some)
    told = [_told(*each) for each in sorted(late, key=lambda each: each[1][7])[:LONGEST]]
    with scope(own), db.atomic():
        hold_place(own)  # figures gathered twice at once, by the job and by the command, would count twice
        for table in ("below", "gathered"):
            db.execute_sql(f"DELETE FROM reports.{table} WHERE tenant_id = %s", (own,))
        if agencies:
            _store(rows)
            Gathered.insert(id=new_id(), agencies=len(agencies), late=told).execute()
    return len(agencies)


def _counters(ids: Sequence[UUID], today: Any) -> list[tuple[Any, ...]]:
    """Return counters by day for all, and up to today by state and by agency; what will be overdue stays by day."""
    sums = ", ".join(f"sum({name})::int" for name in MEASURES)
    return db.execute_sql(
        f"""
        SELECT kind, '' AS dimension, '' AS value, greatest(day, %(old)s) AS at, {sums} FROM reports.tally
        WHERE tenant_id = ANY (%(ids)s) AND dimension = '' GROUP BY kind, at
        UNION ALL
        SELECT kind, 'state', value, %(today)s, {sums} FROM reports.tally
        WHERE tenant_id = ANY (%(ids)s) AND dimension = 'state' AND day <= %(today)s GROUP BY kind, value
        UNION ALL
        SELECT kind, 'agency', tenant_id::text, %(today)s, {sums} FROM reports.tally
        WHERE tenant_id = ANY (%(ids)s) AND dimension = '' AND day <= %(today)s GROUP BY kind, tenant_id
        """,
        {"ids": list(ids), "today": today, "old": today - TREND * DAY},
    ).fetchall()


_LATENESS = """
    SELECT k.kind, 'lateness' AS dimension, ({days})::text AS value, k.{day} AS at, 0, 0, 0, {late}, {overdue} FROM reports.counted k
    WHERE k.tenant_id = ANY (%(ids)s) AND {condition} GROUP BY k.kind, value, at
"""


def _lateness(ids: Sequence[UUID], today: Any) -> list[tuple[Any, ...]]:
    """Return by how many days what ended late was late, by the day it ended; and since when the rest is, by its due date."""
    done = _LATENESS.format(
        days=f"{JUDGED} - k.due_on", day="closed_on", late="count(*)::int", overdue="0",
        condition=f"k.closed_on >= %(old)s AND {JUDGED} > k.due_on",
    )  # fmt: skip
    open_ = _LATENESS.format(
        days="''", day="due_on", late="0", overdue="count(*)::int",
        condition=f"{UNJUDGED} AND k.due_on IS NOT NULL",
    )  # fmt: skip
    values = {"ids": list(ids), "old": today - TREND * DAY}
    return db.execute_sql(f"{done} UNION ALL {open_}", values).fetchall()


_LATE = """
    SELECT k.tenant_id, k.id, c.kind, c.code, CASE WHEN c.restricted THEN '' ELSE c.title END, c.tags, c.state, k.due_on, w.name
    FROM {cases} k JOIN casework.case_base c ON c.tenant_id = k.tenant_id AND c.id = k.id
    LEFT JOIN LATERAL (
        SELECT coalesce((SELECT name FROM tenants.current_agency WHERE tenant_id = l.receiver_id), l.outside) AS name
        FROM casework.leg l WHERE l.tenant_id = c.tenant_id AND l.case_id = c.id AND l.done_at IS NULL AND l.answers = 0
        ORDER BY l.due_order LIMIT 1
    ) w ON true
"""
_LONGEST = f"""
    unnest(%(ids)s::uuid[]) AS agency (id) CROSS JOIN unnest(%(kinds)s::text[]) AS kind (key) CROSS JOIN LATERAL (
        SELECT * FROM reports.counted k WHERE k.tenant_id = agency.id AND k.kind = kind.key AND {UNJUDGED}
        AND k.due_order < tenants.today() ORDER BY k.due_order, k.id LIMIT %(each)s
    )
"""
_OF_ONE = f"""
    (SELECT * FROM reports.counted k WHERE k.tenant_id = %(agency)s AND k.kind = ANY (%(kinds)s) AND {UNJUDGED}
        AND k.due_order < tenants.today() {{beyond}} ORDER BY k.due_order {{way}}, k.id {{way}} LIMIT %(limit)s)
"""
EACH = 20
"""So many of one agency and kind stand in the list of what is late for longest."""
KEY = (date.fromisoformat, UUID)


def _late(some: Sequence[Agency]) -> list[tuple[Agency, Sequence[Any]]]:
    rows = db.execute_sql(
        _LATE.format(cases=_LONGEST),
        {"ids": [each.id for each in some], "kinds": list(reports()), "each": EACH},
    ).fetchall()
    names = {each.id: each for each in some}
    return [(names[row[0]], row) for row in rows]


class _Late(NamedTuple):
    case_id: UUID
    kind: str
    code: str
    title: str
    tags: Sequence[str]
    state: str
    due_on: date
    waits_for: str | None


def _told(agency: Agency, row: Sequence[Any]) -> dict[str, Any]:
    """Return what is told of a late case outside its agency; names in its title, and title, topic and whom a restricted one waits for are not."""
    it = _Late(*row[1:])
    kind = kind_of(it.kind)
    states = {each.key: each for each in kind.states}
    title = "" if kind.restricted else told_title(it.title, kind)
    if kind.personal and title:
        # Who asks writes the title, names and all; what it is about is enough for the list of another agency.
        title = kind.title
    return {
        "agency": str(agency.id), "agency_code": agency.code, "agency_name": agency.name, "case": str(it.case_id), "kind": it.kind,
        "code": it.code, "title": title, "topic": " · ".join(it.tags) if kind.personal and title else "",
        "state": states[it.state].title if it.state in states else it.state,
        "mark": states[it.state].mark if it.state in states else "doing",
        "due_on": it.due_on.isoformat(), "waits_for": it.waits_for or "" if title else "",
    }  # fmt: skip


def late_of(
    agency: Agency, kinds: Sequence[str], cursor: Cursor = START, size: int = PAGE_SIZE
) -> Page[dict[str, Any]]:
    """Return a page of what is late in one agency below as it is now, what is late for longest first."""
    values: dict[str, Any] = {"agency": agency.id, "kinds": list(kinds), "limit": size + 1}
    way, sign = ("DESC", "<") if cursor.backward else ("ASC", ">")
    if cursor.key:
        values |= dict(zip(("at", "after"), cursor.key, strict=True))
    beyond = f"AND (k.due_order, k.id) {sign} (%(at)s, %(after)s)" if cursor.key else ""
    cases = _OF_ONE.format(beyond=beyond, way=way)
    with reading([agency.id]), db.atomic():
        sql = f"{_LATE.format(cases=cases)} ORDER BY k.due_order {way}, k.id {way}"
        rows = [_told(agency, row) for row in db.execute_sql(sql, values).fetchall()]
    return page_of(rows, lambda row: (row["due_on"], row["case"]), size, cursor)


def _store(rows: Sequence[tuple[Any, ...]]) -> None:
    """Write what was gathered; what several portions of agencies have of one day is added up."""
    total: dict[tuple[Any, ...], list[int]] = {}
    for row in rows:
        sums = total.setdefault(row[:4], [0] * len(MEASURES))
        for place, number in enumerate(row[4:]):
            sums[place] += number
    if not total:
        return
    db.execute_sql(
        f"INSERT INTO reports.below (tenant_id, id, kind, dimension, value, day, {', '.join(MEASURES)}) "
        "SELECT %s, gen_random_uuid(), * FROM jsonb_to_recordset(%s::jsonb) AS r (kind text, dimension text, value text, day date, "
        f"{', '.join(f'{name} int' for name in MEASURES)})",
        (
            current_tenant(),
            orjson.dumps(
                [
                    dict(zip(("kind", "dimension", "value", "day", *MEASURES), (*key, *sums), strict=True))
                    for key, sums in total.items()
                ]
            ).decode(),
        ),
    )
