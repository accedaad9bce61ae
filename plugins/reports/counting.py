"""Count cases: what a case adds to which day, kept in the transaction of each act, and folded by a job.

A case adds to the counters of the day it came in, of the day after its due date if it is still open then, and
of the day it ended. One that was answered before it ends is early, on time or late by its answer. Whenever one of
these facts is another, what it added is taken back under the old ones and added under the new ones, as signed rows:
the sum is exact at every moment, and nobody waits for a row.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from core.api import HOME_ZONE, current_tenant, db, dispatcher, new_id, sample_time
from plugins.casework.api import (
    CASE,
    CaseEvent,
    CaseOpened,
    CaseReport,
    ClockEvent,
    DeadlinesReplayed,
    answered_join,
    as_array,
    as_json,
    insert,
    insert_sql,
    kind_of,
)
from plugins.reports.models import Counted, Tally

PORTION = 1000
"""Cases that one statement looks at when all of an agency are counted."""
HALF = PORTION // 2
"""Named ones are counted in portions of which the first is never full."""
MEASURES = ("opened", "early", "on_time", "late", "overdue")
DAY = timedelta(days=1)


class Facts(NamedTuple):
    """What is counted of a case."""

    kind: str
    state: str
    unit_id: UUID | None
    sector: str
    opened_on: date
    due_on: date | None
    closed_on: date | None
    answered_on: date | None = None


class Key(NamedTuple):
    """Which counter."""

    kind: str
    dimension: str
    value: str
    day: date
    measure: str


def reports() -> dict[str, CaseReport]:
    """Return the declared reports by the kind of their cases."""
    return {key: report for key, (_owner, report) in dispatcher().catalogue.of(CaseReport).items()}


def added(facts: Facts) -> Iterator[tuple[Key, int]]:
    """Return what a case adds to which counters; the day it stops being overdue takes one away."""
    values = {"": "", "state": facts.state, "unit": str(facts.unit_id or "")}
    report = reports().get(facts.kind)  # a kind whose module is gone keeps its counters
    if report and report.sector_sql:
        values["sector"] = facts.sector
    for dimension, value in values.items():
        for day, measure, number in _days(facts):
            yield Key(facts.kind, dimension, value, day, measure), number


def _days(facts: Facts) -> Iterator[tuple[date, str, int]]:
    opened, due = facts.opened_on, facts.due_on
    yield opened, "opened", 1
    closed = facts.closed_on and max(facts.closed_on, opened)
    judged = facts.answered_on or closed
    if due is not None and (judged is None or judged > due):
        yield max(due + DAY, opened), "overdue", 1
        if judged is not None:
            yield max(judged, opened), "overdue", -1
    if closed is not None and judged is not None:
        yield closed, "on_time" if due is None or judged == due else "early" if judged < due else "late", 1


def deltas(was: Facts | None, now: Facts | None) -> Counter[Key]:
    """Return what changes in the counters when a case was so and is so now."""
    found: Counter[Key] = Counter()
    for facts, sign in ((was, -1), (now, 1)):
        for key, number in added(facts) if facts else ():
            found[key] += sign * number
    return Counter({key: number for key, number in found.items() if number})


# ---- in the transaction of the act ----------------------------------------------------------------------------


def heard(told: Sequence[CaseEvent]) -> None:
    """Count the cases anew of which facts tell; those that were just opened nobody else counts."""
    for kind, several in groupby(sorted(told, key=attrgetter("kind")), attrgetter("kind")):
        if kind in reports():
            events = list(several)
            new = all(isinstance(event, CaseOpened) for event in events)
            recount([event.object_id for event in events if event.object_id], kinds=(kind,), new=new)


def recount_moved(event: DeadlinesReplayed) -> None:
    """Count the cases anew whose deadline a changed calendar has moved."""
    rows = db.execute_sql(
        "SELECT c.kind, c.id FROM unnest(%s::uuid[]) AS moved (id) JOIN casework.case_base c ON c.tenant_id = %s AND c.id = moved.id "
        "ORDER BY c.kind",
        (as_array(event.cases), current_tenant()),
    ).fetchall()
    # By kinds: in the table of another kind nobody need look for it.
    for kind, several in groupby(rows, itemgetter(0)):
        ids = [case_id for _kind, case_id in several] if kind in reports() else []
        for start in range(0, len(ids), HALF):
            recount(ids[start : start + HALF], kinds=(kind,))


def recount_run(event: ClockEvent) -> None:
    """Count a case anew whose deadline was stopped, extended or begun again by hand."""
    if event.owner_type == CASE:
        recount([event.owner_id])


def recount(
    ids: Sequence[UUID] | None = None, *, kinds: Collection[str] | None = None, new: bool = False
) -> int:
    """Count cases of the agency in scope anew, in the running transaction; without ids all that differ.

    Return how many were counted otherwise before.
    """
    if ids is not None and sample_time():
        return 0  # sample data is counted when all of it is there
    seen = 0
    while True:
        if ids is not None and not new:
            _wait_for(ids)
        found = list(_differing(ids, kinds or reports()))
        _write(found)
        seen += len(found)
        if len(found) < PORTION:
            return seen


@dataclass(frozen=True, slots=True)
class Difference:
    """A case whose facts are others than it was counted with."""

    case_id: UUID
    was: Facts | None
    now: Facts | None


def _wait_for(ids: Sequence[UUID]) -> None:
    """Wait for whoever counts one of these cases: the statement that follows sees what they have counted."""
    db.execute_sql(
        "SELECT FROM reports.counted WHERE tenant_id = %s AND id = ANY (%s::uuid[]) FOR UPDATE",
        (current_tenant(), as_array(ids)),
    )


def _differing(ids: Sequence[UUID] | None, kinds: Collection[str]) -> Iterator[Difference]:
    parts, values = [], {"tenant": current_tenant(), "ids": as_array(ids or ()), "limit": PORTION}
    for number, key in enumerate(kinds):
        report = reports()[key]
        values |= {f"kind{number}": key, f"without{number}": list(report.without)}
        parts.append(_statement(number, report, one=ids is not None))
    if not parts:
        return
    sql = f"SELECT * FROM ({' UNION ALL '.join(parts)}) differing LIMIT %(limit)s::int"
    for case_id, counted, counts, *rest in (db.prepared if ids is not None else db.execute_sql)(
        sql, values
    ).fetchall():
        now, was = rest[: len(Facts._fields)], rest[len(Facts._fields) :]
        yield Difference(case_id, Facts(*was) if counted else None, Facts(*now) if counts else None)


def case_sql(report: CaseReport) -> str:
    """Return the facts of cases `c` as columns, in the order of `Facts`, and the tables they are read from."""

    def day(column: str) -> str:
        return f"(c.{column} AT TIME ZONE '{HOME_ZONE}')::date"

    return (
        f"c.kind, c.state, c.unit_id, coalesce({report.sector_sql or 'NULL'}, ''), "
        f"{day('opened_at')}, coalesce({day('due_at')}, a.due_on), {day('closed_at')}, a.answered_on "
        f"FROM casework.case_base c {answered_join(kind_of(report.key))}"
    )


def _statement(number: int, report: CaseReport, *, one: bool) -> str:
    now, was = (", ".join(f"{table}.{name}" for name in Facts._fields) for table in "nk")
    return f"""SELECT n.id, k.id IS NOT NULL, n.counts, {now}, {was}
        FROM (SELECT c.tenant_id, c.id, c.state <> ALL (%(without{number})s::text[]), {case_sql(report)}
            WHERE c.tenant_id = %(tenant)s::uuid AND c.kind = %(kind{number})s::text
            {"AND c.id = ANY (%(ids)s::uuid[])" if one else ""}) AS n (tenant_id, id, counts, {", ".join(Facts._fields)})
        LEFT JOIN reports.counted k ON k.tenant_id = n.tenant_id AND k.id = n.id
        WHERE CASE WHEN n.counts THEN ({was}) IS DISTINCT FROM ({now}) ELSE k.id IS NOT NULL END"""


_TALLY = ("tenant_id", "id", "kind", "dimension", "value", "day", *MEASURES)
_COUNTED = ("tenant_id", "id", *Facts._fields)
# One statement whose text is always the same: each connection plans it once, however many cases it counts.
_WRITE = f"""
    WITH tally AS ({insert_sql(Tally, _TALLY, "tally")}),
    gone AS (DELETE FROM reports.counted WHERE tenant_id = %(tenant)s::uuid AND id = ANY (%(gone)s::uuid[]))
    {insert_sql(Counted, _COUNTED, "kept")}
    ON CONFLICT (tenant_id, id) DO UPDATE SET ({", ".join(Facts._fields)}) = ROW ({", ".join(f"excluded.{name}" for name in Facts._fields)})
"""


def _write(differences: Sequence[Difference]) -> None:
    if not differences:
        return
    total = Counter[Key]()
    for (was, now), times in Counter((each.was, each.now) for each in differences).items():
        for key, number in deltas(was, now).items():
            total[key] += number * times
    tenant = current_tenant()
    kept = [
        {"tenant_id": tenant, "id": each.case_id, **each.now._asdict()}
        for each in differences
        if each.now is not None
    ]
    gone = [each.case_id for each in differences if each.now is None]
    db.prepared(
        _WRITE, {"tenant": tenant, "gone": gone, "kept": as_json(kept), "tally": as_json(_rows(total))}
    )


def add(total: Counter[Key]) -> None:
    """Add signed numbers to the counters of the agency in scope."""
    insert(Tally, _rows(total))


def _rows(total: Counter[Key]) -> list[dict[str, Any]]:
    rows: dict[tuple[Any, ...], Counter[str]] = {}
    for key, number in total.items():
        if number:
            rows.setdefault(key[:4], Counter())[key.measure] += number
    return [
        dict(
            zip(_TALLY, (current_tenant(), new_id(), *key, *(counts[each] for each in MEASURES)), strict=True)
        )
        for key, counts in rows.items()
    ]


# ---- folding --------------------------------------------------------------------------------------------------


def fold() -> int:
    """Add up the rows of each counter of the agency in scope; return how many rows there are less."""
    sums = ", ".join(f"sum({measure})::int" for measure in MEASURES)
    with db.atomic():
        gone, made = db.execute_sql(
            f"""
            WITH several AS (
                SELECT kind, dimension, value, day FROM reports.tally WHERE tenant_id = %(tenant)s
                GROUP BY kind, dimension, value, day HAVING count(*) > 1
            ), gone AS (
                DELETE FROM reports.tally t USING several s WHERE t.tenant_id = %(tenant)s AND t.kind = s.kind
                AND t.dimension = s.dimension AND t.value = s.value AND t.day = s.day RETURNING t.*
            ), made AS (
                INSERT INTO reports.tally (tenant_id, id, kind, dimension, value, day, {", ".join(MEASURES)})
                SELECT tenant_id, gen_random_uuid(), kind, dimension, value, day, {sums} FROM gone
                GROUP BY tenant_id, kind, dimension, value, day
                HAVING {" OR ".join(f"sum({measure}) <> 0" for measure in MEASURES)} RETURNING 1
            )
            SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM made)
            """,
            {"tenant": current_tenant()},
        ).fetchone()
    return int(gone - made)
