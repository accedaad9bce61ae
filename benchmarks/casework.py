"""Casework: how long it takes to count all open deadlines anew when the calendar changes."""

import json
import sys
from statistics import median
from typing import Any

from benchmarks.installation import Installation, database, postgres
from benchmarks.table import Figure, Report
from scripts._lib.console import say

FULL = 200_000
"""Open clocks that the target is about."""
SECONDS = 30


def measure(*, clocks: int, rounds: int) -> Report:
    """Change the calendar of an agency again and again; each time all its clocks are replayed, and the same is only written."""
    report = Report("casework", raw={"clocks": clocks, "rounds": rounds})
    with postgres() as cluster:
        say(f"  PostgreSQL, {clocks:,} open clocks")
        installation = database(cluster, "bench_casework")
        installation.migrate()
        tenant = json.loads(run(installation, "prepare"))["tenant"]
        fill(installation, tenant, clocks)
        found = json.loads(run(installation, "measure", tenant, str(rounds)))
    report.raw |= found
    report.figures += figures(found["rounds"], clocks)
    return report


def run(installation: Installation, *words: str) -> str:
    """Run the product's part in a process of its own, with the rights of the worker."""
    return installation.run(sys.executable, "-m", "benchmarks.replay", *words).splitlines()[-1]


def fill(installation: Installation, tenant: str, clocks: int) -> None:
    """Write clocks that began in the five weeks before the day that will be off; each third was paused and resumed."""
    begun = (
        "timestamptz '2026-06-01 09:00+07' + (i % 35) * interval '1 day' + (i % 480) * interval '1 minute'"
    )
    entry = "INSERT INTO casework.clock_entry (tenant_id, id, clock_id, seq, kind, at, ground)"
    installation.sql(
        "SET session_replication_role = replica",
        f"""
        INSERT INTO casework.clock (tenant_id, id, owner_type, owner_id, name, title, budget_amount, budget_unit,
            opened_at, last_at, original_due, due_at, calendar)
        SELECT '{tenant}', gen_random_uuid(), 'casework.case', gen_random_uuid(), 'whole', 'Trả lời kiến nghị số ' || i,
            (ARRAY[15, 60, 30, 20])[1 + i % 4], (ARRAY['wd', 'h', 'cd', 'wd'])[1 + i % 4], {begun}, {begun}, {begun}, {begun}, 'none'
        FROM generate_series(1, {clocks}) i
        """,
        f"{entry} SELECT tenant_id, gen_random_uuid(), id, 0, 'start', opened_at, 'Điều 18' FROM casework.clock",
        *(
            f"{entry} SELECT tenant_id, gen_random_uuid(), id, {seq}, '{kind}', opened_at + interval '{seq} days', 'Điều 9' "
            "FROM casework.clock WHERE extract(day FROM opened_at)::int % 3 = 0"
            for seq, kind in ((1, "pause"), (2, "resume"))
        ),
        "VACUUM ANALYZE",
        "CHECKPOINT",
    )


def figures(rounds: list[dict[str, Any]], clocks: int) -> list[Figure]:
    """Compute the figures; the ratio is taken round by round, and of these the median."""
    seconds = median(each["replay"] for each in rounds)
    moved = median(each["moved"] for each in rounds)
    spent = " + ".join(f"{median(each[name] for each in rounds):.1f}" for name in ("web", "postgres"))
    return [
        Figure(
            f"replay of {FULL:,} open clocks",
            seconds * FULL / clocks,
            SECONDS,
            "s",
            detail=f"{clocks / seconds:,.0f} clocks/s, {moved:,.0f} of {clocks:,} moved; {spent} s of processor",
        ),
        Figure(
            "replay ÷ only writing the same due dates",
            median(each["replay"] / each["bare"] for each in rounds),
            3,
            detail=f"{seconds:.1f} s against {median(each['bare'] for each in rounds):.1f} s",
        ),
        Figure(
            "preview of a change, 50,000 clocks at most",
            median(each["preview"] for each in rounds),
            8,
            "s",
        ),
    ]
