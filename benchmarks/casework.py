"""Casework: cases opened, listed, searched and counted; deadlines counted anew when a calendar changes."""

import json
import subprocess
import sys
from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

from benchmarks.installation import Installation, database, postgres
from benchmarks.table import Figure, Report
from core.text import fold
from scripts._lib.console import say
from scripts._lib.places import ROOT
from scripts._lib.postgres import Cluster

FULL = 200_000
"""Open clocks that the target is about."""
SECONDS = 30
SEARCHED = 200_000
"""Cases of one agency that the target of searches is about; others have theirs beside them."""


def measure(*, clocks: int, rounds: int, cases: int, opened: int) -> Report:
    """Open, list and search cases; then change a calendar again and again, replay all clocks, and only write the same."""
    report = Report("casework", raw={"clocks": clocks, "rounds": rounds, "cases": cases, "opened": opened})
    with postgres() as cluster:
        report.figures += measure_cases(database(cluster, "bench_cases"), cases, opened, report.raw)
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


def run(installation: Installation, *words: str, program: str = "replay") -> str:
    """Run the product's part in a process of its own, with the rights of the worker."""
    return installation.run(sys.executable, "-m", f"benchmarks.{program}", *words).splitlines()[-1]


# ---- cases -----------------------------------------------------------------------------------------------------


def measure_cases(installation: Installation, cases: int, opened: int, raw: dict[str, Any]) -> list[Figure]:
    """Open cases in two processes at once, then read lists and search in an agency with few cases and one with many."""
    say(f"  PostgreSQL, {cases // 100:,} and {cases:,} cases")
    installation.migrate()
    made = json.loads(run(installation, "prepare", program="cases"))
    wide = min(SEARCHED, cases)
    for name, count in (("short", cases // 100), ("wide", wide), ("long", cases)):
        fill_cases(installation, made[name], count)
    say(f"  two processes open {opened:,} cases each")
    paces = {
        "several": open_cases(installation, made["opening"], opened),
        "one": open_cases(installation, [made["long"]], opened),
        "together": open_cases(installation, made["opening"], opened, 50),
    }
    # The database counts again by itself within minutes; on a quick machine the lists are read before that.
    installation.sql("ANALYZE")
    found = json.loads(run(installation, "measure", json.dumps(made), program="cases"))
    raw |= {"found": found, "paces": paces}
    return case_figures(found, paces, cases)


WORDS = (
    ("Đơn", "Thư", "Kiến nghị", "Phản ánh", "Đề nghị"),
    ("cấp nước", "đổ rác", "đèn đường", "ngập", "trường học", "trạm y tế", "thuỷ lợi"),
)


def _titles(words: Sequence[Sequence[str]]) -> str:
    """Return an SQL text of the number i."""
    first, second = (", ".join(f"'{word}'" for word in each) for each in words)
    return f"(ARRAY[{first}])[1 + i % 5] || ' ' || (ARRAY[{second}])[1 + i / 5 % 7] || ' tổ ' || i % 97 || ' đường số ' || i % 1009"


def fill_cases(installation: Installation, made: dict[str, str], count: int) -> None:
    """Write cases with a holder each: fifty are the clerk's, the rest somebody else's; half are closed, as after some years."""
    who = "casework.assignment (tenant_id, id, case_id, person_id, role, task, given_by, due_at, done_at, ending)"
    title, plain = _titles(WORDS), _titles([[fold(word) for word in words] for words in WORDS])
    installation.sql(
        "SET session_replication_role = replica",
        f"""
        INSERT INTO casework.case_base (tenant_id, id, kind, code, title, state, workflow_id, unit_id, due_at, closed_at, folded)
        SELECT '{made["tenant"]}', gen_random_uuid(), 'casework.task', 'VG-D-' || i, {title}, 'new', '{made["workflow"]}', '{made["unit"]}',
            now() + (i * 53 % 4000) * interval '1 hour' - interval '20 days', CASE WHEN i > 50 AND i % 2 = 0 THEN now() END,
            'vg d ' || i || ' ' || {plain}
        FROM generate_series(1, {count}) i
        """,
        f"""
        INSERT INTO {who} SELECT tenant_id, gen_random_uuid(), id, CASE WHEN number <= 50 THEN '{made["clerk"]}'::uuid ELSE '{made["other"]}'::uuid END,
            'lead', 'Xử lý', '{made["other"]}', due_at, closed_at, CASE WHEN closed_at IS NULL THEN '' ELSE 'done' END
        FROM (SELECT *, substr(code, 6)::int AS number FROM casework.case_base WHERE tenant_id = '{made["tenant"]}') c
        """,
        "VACUUM ANALYZE",
        "CHECKPOINT",
    )


def open_cases(
    installation: Installation, agencies: list[Any], opened: int, portion: int = 1
) -> dict[str, float]:
    """Return how many cases two processes open in a second, together, so many in a transaction, and what one costs them."""
    command = [
        sys.executable, "-m", "benchmarks.cases", "create", json.dumps(agencies), str(opened), str(portion),
    ]  # fmt: skip
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=installation.environment, cwd=ROOT)
        for _process in range(2)
    ]
    done = [json.loads(each.communicate()[0].splitlines()[-1]) for each in started]
    return {
        "pace": sum(each["count"] / each["seconds"] for each in done),
        "processor": 1000 * sum(each["processor"] for each in done) / sum(each["count"] for each in done),
    }


def case_figures(found: dict[str, Any], paces: dict[str, dict[str, float]], cases: int) -> list[Figure]:
    """Compute the figures; ratios are taken round by round, and of these the median."""

    def ratio(over: str, under: str) -> float:
        return median(a / b for a, b in zip(found[over], found[under], strict=True))

    def told(*names: str) -> str:
        return ", ".join(f"{median(found[name]):.1f} ms" for name in names)

    lengths = f"{cases:,} ÷ {cases // 100:,} cases"
    return [
        Figure(
            "cases opened one by one by two processes, in several agencies", paces["several"]["pace"], 200, "/s", at_least=True,
            detail=f"{paces['several']['processor']:.1f} ms of Python each; both in the agency with {cases:,} cases {paces['one']['pace']:.0f}/s",
        ),
        Figure(
            "the same, fifty in a transaction", paces["together"]["pace"], 200, "/s", at_least=True,
            detail=f"{paces['together']['processor']:.1f} ms of Python each",
        ),
        Figure(f"work list, {lengths}", ratio("list_long", "list_short"), 1.3, detail=told("list_long", "list_short")),
        Figure("its counters, the same", ratio("counts_long", "counts_short"), None, detail=told("counts_long", "counts_short")),
        Figure(
            "work list against its statement alone", ratio("bare_long", "list_long"), 0.5, at_least=True,
            detail=told("bare_long", "list_long"),
        ),
        *(
            Figure(
                f"search in an agency with {count:,} cases, 95th percentile", quantiles(found[name], n=20)[18], target, "ms",
                detail=f"{len(found[name])} searches, median {median(found[name]):.1f} ms, slowest {max(found[name]):.1f} ms",
            )
            for name, count, target in (("search_wide", min(SEARCHED, cases), 50), ("search_long", cases, None))
        ),
        Figure(
            "10,000 reminders composed", found["reminder_seconds"] * 10_000 / max(found["reminders"], 1), 60, "s",
            detail=f"{found['reminders']:,} in {found['reminder_seconds']:.1f} s",
        ),
    ]  # fmt: skip


# ---- deadlines ---------------------------------------------------------------------------------------------------


def fill(installation: Installation, tenant: str, clocks: int) -> None:
    """Write clocks that began in the five weeks before the day that will be off, each of a case that somebody has.

    Each third was paused and resumed; of each fourth case somebody has to act by a share of the time. All are counted.
    Ids and rows stand in the order of time, as the product makes them.
    """
    begun = (
        "timestamptz '2026-06-01 09:00+07' + (i % 35) * interval '1 day' + (i % 480) * interval '1 minute'"
    )
    entry = "INSERT INTO casework.clock_entry (tenant_id, id, clock_id, seq, kind, at, ground)"
    installation.sql(
        "SET session_replication_role = replica",
        f"""
        INSERT INTO casework.clock (tenant_id, id, owner_type, owner_id, name, title, budget_amount, budget_unit,
            opened_at, last_at, original_due, due_at, calendar)
        SELECT '{tenant}', {_dated_id(begun)}, 'casework.case', {_dated_id(begun)}, 'whole', 'Trả lời kiến nghị số ' || i,
            (ARRAY[15, 60, 30, 20])[1 + i % 4], (ARRAY['wd', 'h', 'cd', 'wd'])[1 + i % 4], {begun}, {begun}, {begun}, {begun}, 'none'
        FROM generate_series(1, {clocks}) i ORDER BY {begun}
        """,
        f"{entry} SELECT tenant_id, gen_random_uuid(), id, 0, 'start', opened_at, 'Điều 18' FROM casework.clock",
        *(
            f"{entry} SELECT tenant_id, gen_random_uuid(), id, {seq}, '{kind}', opened_at + interval '{seq} days', 'Điều 9' "
            "FROM casework.clock WHERE extract(day FROM opened_at)::int % 3 = 0"
            for seq, kind in ((1, "pause"), (2, "resume"))
        ),
        """
        INSERT INTO casework.case_base (tenant_id, id, kind, code, title, state, workflow_id, opened_at, due_at, folded)
        SELECT tenant_id, owner_id, 'casework.task', 'VG-2026-' || row_number() OVER (), title, 'new', gen_random_uuid(),
            opened_at, due_at, 'vg 2026 ' || row_number() OVER () || ' tra loi kien nghi so cua to dan pho ve ve sinh moi truong'
        FROM casework.clock
        """,
        f"""
        INSERT INTO casework.assignment (tenant_id, id, case_id, person_id, role, task, due_at, share)
        SELECT tenant_id, {_dated_id("opened_at")}, id, md5((number % 300)::text)::uuid, 'lead', 'Xử lý', due_at, CASE WHEN number % 4 = 0 THEN 60 ELSE 100 END
        FROM (SELECT *, row_number() OVER () AS number FROM casework.case_base) c
        """,
        """
        INSERT INTO reports.counted (tenant_id, id, kind, state, opened_on, due_on)
        SELECT tenant_id, id, kind, state, (opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, (due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
        FROM casework.case_base
        """,
        "VACUUM ANALYZE",
        "CHECKPOINT",
    )


def _dated_id(moment: str) -> str:
    """Return an SQL expression of a new id that stands where one of this moment would."""
    random = "md5(random()::text)"
    return f"(lpad(to_hex((extract(epoch FROM {moment}) * 1000)::bigint), 12, '0') || '7' || left({random}, 3) || '8' || left({random}, 15))::uuid"


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
            None,
            detail=f"{seconds:.1f} s against {median(each['bare'] for each in rounds):.1f} s",
        ),
        Figure(
            "preview of a change, 50,000 clocks at most",
            median(each["preview"] for each in rounds),
            8,
            "s",
        ),
    ]
