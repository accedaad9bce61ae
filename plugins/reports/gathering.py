"""Figures of a whole province: gathered from the counters of the agencies below, so that its page reads no more than one agency's."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from core.api import current_tenant, db, new_id, reading, scope
from plugins.casework.api import agency_day, kind_of
from plugins.reports.counting import DAY, MEASURES, reports
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


def gather() -> int:
    """Gather the counters of the agencies under the one in scope, and what is late there for longest.

    Return how many agencies. A run too many gathers the same; a run that was killed leaves what there was.
    """
    own = current_tenant()
    with db.atomic():
        today, agencies = agency_day(), agencies_below()
    rows: list[tuple[Any, ...]] = []
    late: list[dict[str, Any]] = []
    for start in range(0, len(agencies), AT_ONCE):
        some = agencies[start : start + AT_ONCE]
        ids = [each.id for each in some]
        with reading(ids), db.atomic():
            rows += _counters(ids, today)
            late += _late(some)
    late.sort(key=lambda each: str(each["due_on"]))
    with scope(own), db.atomic():
        for table in ("below", "gathered"):
            db.execute_sql(f"DELETE FROM reports.{table} WHERE tenant_id = %s", (own,))
        if agencies:
            _store(rows)
            Gathered.insert(id=new_id(), agencies=len(agencies), late=late[:LONGEST]).execute()
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


_LATE = """
    SELECT k.tenant_id, k.id, c.kind, c.code, CASE WHEN c.restricted THEN '' ELSE c.title END, c.state, k.due_on, w.name
    FROM unnest(%(ids)s::uuid[]) AS agency (id) CROSS JOIN unnest(%(kinds)s::text[]) AS kind (key)
    CROSS JOIN LATERAL (
        SELECT * FROM reports.counted k WHERE k.tenant_id = agency.id AND k.kind = kind.key AND k.closed_on IS NULL
        AND k.due_order < tenants.today() ORDER BY k.due_order, k.id LIMIT %(each)s
    ) k JOIN casework.case_base c ON c.tenant_id = k.tenant_id AND c.id = k.id
    LEFT JOIN LATERAL (
        SELECT coalesce((SELECT name FROM tenants.current_agency WHERE tenant_id = l.receiver_id), l.outside) AS name
        FROM casework.leg l WHERE l.tenant_id = c.tenant_id AND l.case_id = c.id AND l.done_at IS NULL AND l.answers = 0
        ORDER BY l.due_order LIMIT 1
    ) w ON true
"""
EACH = 20
"""So many of one agency and kind stand in the list of what is late for longest."""


def _late(some: Sequence[Agency]) -> list[dict[str, Any]]:
    names = {each.id: each for each in some}
    rows = db.execute_sql(_LATE, {"ids": list(names), "kinds": list(reports()), "each": EACH}).fetchall()
    found = []
    for tenant_id, case_id, kind, code, title, state, due_on, waits in rows:
        states = {each.key: each.title for each in kind_of(kind).states}
        found.append(
            {
                "agency": str(tenant_id), "agency_code": names[tenant_id].code, "agency_name": names[tenant_id].name,
                "case": str(case_id), "kind": kind, "code": code, "title": "" if kind_of(kind).restricted else title,
                "state": states.get(state, state), "due_on": due_on.isoformat(), "waits_for": waits or "",
            }
        )  # fmt: skip
    return found


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
