"""Casework: all open deadlines counted anew when the calendar changes; the leaders' page of a whole province."""

import json
import sys
from statistics import median
from typing import Any

from benchmarks.installation import Installation, database, postgres
from benchmarks.table import Figure, Report
from scripts._lib.console import say
from scripts._lib.postgres import Cluster

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
        dashboard(cluster, report, rounds)
    return report


def dashboard(cluster: Cluster, report: Report, rounds: int) -> None:
    """Measure the leaders' page of 440 agencies against that of one, each with two years of counters."""
    installation = database(cluster, "bench_board")
    installation.migrate()
    made = json.loads(run_board(installation, "prepare"))
    say("  440 agencies with two years of counters")
    installation.sql(
        "SET session_replication_role = replica",
        f"""
        INSERT INTO reports.tally (tenant_id, id, kind, dimension, value, day, opened, early, on_time, late, overdue)
        SELECT t.id, gen_random_uuid(), 'casework.task', d.name,
            CASE d.name WHEN 'state' THEN (ARRAY['new', 'doing', 'review', 'back', 'done'])[1 + n % 5] WHEN 'unit' THEN '{made["unit"]}' ELSE '' END,
            tenants.today() - n / 2, 3, 1, 1, 0, n % 2
        FROM tenants.tenant t CROSS JOIN generate_series(0, 1460) n CROSS JOIN (VALUES (''), ('state'), ('unit')) AS d (name)
        WHERE t.id = '{made["tenant"]}' OR n % 20 = 0
        """,
        "VACUUM ANALYZE",
    )
    found = json.loads(run_board(installation, "measure", made["tenant"], made["token"], str(20 * rounds)))
    one, every = median(found["one"]), median(found["all"])
    report.raw["dashboard"] = found
    report.figures.append(
        Figure(
            "leaders' page of 440 agencies ÷ of one",
            every / one,
            1.3,
            detail=f"{every * 1000:.0f} ms against {one * 1000:.0f} ms; {found['agencies']} agencies gathered in {found['gather']:.1f} s",
        )
    )


def run_board(installation: Installation, *words: str) -> str:
    """Run the product's part of the leaders' page in a process of its own."""
    return installation.run(sys.executable, "-m", "benchmarks.board", *words).splitlines()[-1]


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
