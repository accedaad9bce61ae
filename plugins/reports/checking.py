"""Compare the counters with the cases, by a statement that shares nothing with how they are kept."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from core.api import Health, _, current_tenant, db, format_date, new_id, ngettext, unscoped
from plugins.casework.api import hold_place
from plugins.reports.counting import MEASURES, Key, add, case_sql, fold, recount, reports
from plugins.reports.models import Checked, Counted

NAMED = 200
"""Differences that are named; the first ones."""
KEPT = "30 days"


class Fault(NamedTuple):
    """A counter that says something else than the cases do."""

    kind: str
    dimension: str
    value: str
    day: date
    measure: str
    counted: int
    actual: int

    @property
    def text(self) -> str:
        """What is wrong, in a sentence."""
        return _(
            "{kind}, {what}, ngày {day}: bộ đếm “{measure}” là {counted}, đúng là {actual}.",
            kind=self.kind, what=f"{self.dimension} {self.value}".strip() or "*", day=format_date(self.day, year=True),
            measure=self.measure, counted=self.counted, actual=self.actual,
        )  # fmt: skip


def _facts() -> str:
    parts = [
        f"SELECT {case_sql(report)} WHERE c.tenant_id = %(tenant)s AND c.kind = '{key}' "
        f"AND c.state <> ALL (ARRAY[{', '.join(repr(state) for state in report.without)}]::text[])"
        for key, report in reports().items()
    ]
    return " UNION ALL ".join(parts)


_ACTUAL = """
    SELECT f.kind, d.dimension, d.value, p.day, sum(p.opened)::int AS opened, sum(p.early)::int AS early,
        sum(p.on_time)::int AS on_time, sum(p.late)::int AS late, sum(p.overdue)::int AS overdue
    FROM (SELECT *, coalesce(answered_on, closed_on) AS judged_on FROM (
        SELECT *, CASE WHEN ended IS NOT NULL THEN greatest(ended, opened_on) END AS closed_on FROM facts) e) f
    CROSS JOIN LATERAL (VALUES ('', ''), ('state', f.state), ('unit', coalesce(f.unit_id::text, '')), ('sector', f.sector))
        AS d (dimension, value)
    CROSS JOIN LATERAL (
        SELECT f.opened_on, 1, 0, 0, 0, 0
        UNION ALL SELECT f.closed_on, 0, (f.judged_on < f.due_on)::int, (f.judged_on = coalesce(f.due_on, f.judged_on))::int,
            (f.judged_on > f.due_on)::int, 0 WHERE f.closed_on IS NOT NULL
        UNION ALL SELECT greatest(f.judged_on, f.opened_on), 0, 0, 0, 0, -1 WHERE f.judged_on > f.due_on
        UNION ALL SELECT greatest(f.due_on + 1, f.opened_on), 0, 0, 0, 0, 1
            WHERE f.due_on IS NOT NULL AND (f.judged_on IS NULL OR f.judged_on > f.due_on)
    ) AS p (day, opened, early, on_time, late, overdue)
    WHERE d.dimension <> 'sector' OR f.kind = ANY (%(sorted)s)
    GROUP BY f.kind, d.dimension, d.value, p.day
"""


def faults(limit: int | None = NAMED) -> Iterator[Fault]:
    """Return the counters of the agency in scope that say something else than its cases; the first ones."""
    same = ", ".join(f"coalesce(k.{name}, 0), coalesce(a.{name}, 0)" for name in MEASURES)
    differ = " OR ".join(f"coalesce(k.{name}, 0) <> coalesce(a.{name}, 0)" for name in MEASURES)
    rows = db.execute_sql(
        f"""
        WITH facts (kind, state, unit_id, sector, opened_on, due_on, ended, answered_on) AS MATERIALIZED ({_facts()}),
        kept AS (
            SELECT kind, dimension, value, day, {", ".join(f"sum({name})::int AS {name}" for name in MEASURES)}
            FROM reports.tally WHERE tenant_id = %(tenant)s GROUP BY kind, dimension, value, day
        )
        SELECT kind, dimension, value, day, {same} FROM kept k FULL JOIN ({_ACTUAL}) a USING (kind, dimension, value, day)
        WHERE {differ} ORDER BY kind, day, dimension, value LIMIT %(limit)s
        """,
        {
            "tenant": current_tenant(),
            "limit": limit,
            "sorted": [key for key, report in reports().items() if report.sector_sql],
        },
    ).fetchall()
    for kind, dimension, value, day, *numbers in rows:
        pairs = zip(MEASURES, numbers[::2], numbers[1::2], strict=True)
        for measure, counted, actual in pairs:
            if counted != actual:
                yield Fault(kind, dimension, value, day, measure, counted, actual)


def check() -> list[Fault]:
    """Compare the counters of the agency in scope with its cases, keep what came out, and count anew what differs."""
    with db.atomic():
        found = list(faults())
        db.execute_sql(
            f"DELETE FROM reports.checked WHERE tenant_id = %s AND at < now() - interval '{KEPT}'",
            (current_tenant(),),
        )
        Checked.insert(
            id=new_id(), cases=Counted.select().count(), differences=len(found), told="\n".join(each.text for each in found[:5])[:2000]
        ).execute()  # fmt: skip
    if found:
        repair()
    fold()
    return found


def repair() -> None:
    """Make the counters of the agency in scope say what its cases do.

    Nothing is deleted: what is missing is added, as one statement saw both sides. So whatever acts and folds
    meanwhile stays right.
    """
    with db.atomic():
        hold_place(current_tenant())  # what is missing is added once
        while recount():
            pass  # an act may have counted one of these cases between our reading and writing it
        missing = Counter[Key]()
        for kind, dimension, value, day, measure, counted, actual in faults(limit=None):
            missing[Key(kind, dimension, value, day, measure)] = actual - counted
        add(missing)


def last() -> Checked | None:
    """Return when the agency in scope was checked last."""
    return Checked.select().order_by(Checked.at.desc()).first()


def health() -> Health:
    """Tell operators whether the last checks found all counters in order."""
    with unscoped(reason="the health of the counters is that of all agencies"), db.atomic():
        (wrong,) = db.execute_sql(
            "SELECT count(*) FROM (SELECT DISTINCT ON (tenant_id) differences FROM reports.checked "
            "WHERE at > now() - interval '3 days' ORDER BY tenant_id, at DESC) newest WHERE differences > 0"
        ).fetchone()
    told = ngettext(
        "Bộ đếm của {n} cơ quan lệch với vụ việc ở lần đối soát gần nhất, đã tính lại.",
        "Bộ đếm của {n} cơ quan lệch với vụ việc ở lần đối soát gần nhất, đã tính lại.",
        wrong,
    )
    return Health(not wrong, told if wrong else "", warning=bool(wrong))
