"""The kernel's figures: what all checks, the page and a long list cost, memory of a web process, its start."""

import json
from dataclasses import dataclass
from statistics import median
from typing import Any

import requests

from benchmarks import client
from benchmarks.installation import Installation, Server, cpu_seconds, database, postgres
from benchmarks.table import Figure, Report
from scripts._lib.console import say
from scripts._lib.processes import Service

STARTS = 5
WEB = "core.app:create_app()"


def measure(*, rounds: int, seconds: float, connections: int, rows: int) -> Report:
    """Measure every server in turn, round after round, so that a slow moment of the machine hits all alike."""
    report = Report(
        "kernel", raw={"rounds": rounds, "seconds": seconds, "connections": connections, "rows": rows}
    )
    with postgres() as cluster:
        say(f"  PostgreSQL, {rows // 100:,} and {rows:,} rows")
        short = database(cluster, "bench_short")
        made = short.furnish()
        long = database(cluster, "bench_long", template="bench_short")
        long.secret_key = short.secret_key
        fill(short, made, rows // 100)
        fill(long, made, rows)
        servers = {
            "bare": Server(
                "bare", "benchmarks.bare:create_app()", short.environment | bare_settings(short, made)
            ),
            "short": Server("short", WEB, short.environment),
            "long": Server("long", WEB, long.environment),
        }
        try:
            for server in servers.values():
                server.start()
            check_equal(servers, made)
            measuring = Measuring(servers, cluster.service, headers(made), seconds, connections)
            paces = measuring.run(addresses(made), rounds)
            memory = servers["short"].worker_megabytes()
        finally:
            for server in servers.values():
                server.stop()
        starts = [start_once(short) for _ in range(STARTS)]
    report.raw |= {"paces": paces, "memory": memory, "starts": starts}
    report.figures += figures(paces, memory, starts, rows)
    return report


def fill(installation: Installation, made: dict[str, Any], rows: int) -> None:
    """Write notes over the units and years; keys and triggers rest meanwhile."""
    units = "ARRAY[" + ",".join(f"'{unit}'::uuid" for unit in made["units"]) + "]"
    installation.sql(
        "SET session_replication_role = replica",
        f"""
        INSERT INTO example.note (tenant_id, id, unit_id, title, body, folded, pinned, author_id, created_at, changed_at)
        SELECT '{made["tenant"]}', gen_random_uuid(), ({units})[1 + i % {len(made["units"])}], 'Kết luận giao ban số ' || i,
            'Các phòng gửi số liệu trước 15 giờ thứ Năm; văn phòng tổng hợp, trình ký trong ngày.',
            'ket luan giao ban so ' || i, i < 12, (SELECT id FROM tenants.person LIMIT 1),
            now() - i * interval '3 minutes', now() - i * interval '3 minutes'
        FROM generate_series(1, {rows}) i
        """,
        "VACUUM ANALYZE",
        "CHECKPOINT",
    )


def bare_settings(installation: Installation, made: dict[str, Any]) -> dict[str, str]:
    """Return what the reference needs to run the same statements."""
    return {
        "BENCH_URL": installation.app_url,
        "BENCH_TENANT": made["tenant"],
        "BENCH_PATH": addresses(made)["json"],
        "BENCH_SQL": made["sql"],
        "BENCH_VALUES": json.dumps(made["values"]),
    }


def addresses(made: dict[str, Any]) -> dict[str, str]:
    """Return the list's addresses: as a document, and as a page."""
    return {"json": f"/api/v1/t/{made['code']}/example/notes", "html": f"/t/{made['code']}/example"}


def headers(made: dict[str, Any]) -> dict[str, str]:
    """Return what the clerk's browser sends."""
    return {"Cookie": f"__Host-lt_session={made['token']}", "Accept": "text/html,*/*"}


def check_equal(servers: dict[str, Server], made: dict[str, Any]) -> None:
    """Make sure that reference and product answer the same fifty rows."""
    found = {
        name: requests.get(
            f"{servers[name].url}{addresses(made)['json']}", headers=headers(made), timeout=10
        ).json()["items"]
        for name in ("bare", "short")
    }
    if found["bare"] != found["short"] or len(found["bare"]) != 50:
        raise RuntimeError("The reference does not answer what the product answers.")


@dataclass(frozen=True, slots=True)
class Measured:
    """One server's pace, and the processor time that an answer took of the web and of PostgreSQL."""

    per_second: float
    median_ms: float
    web_ms: float
    postgres_ms: float


@dataclass(frozen=True, slots=True)
class Measuring:
    """Measures servers in turn."""

    servers: dict[str, Server]
    postgres: Service
    headers: dict[str, str]
    seconds: float
    connections: int

    def run(self, paths: dict[str, str], rounds: int) -> dict[str, list[Measured]]:
        """Return what every round found of every measured address."""
        targets = {
            "bare": ("bare", "json"), "json": ("short", "json"), "html": ("short", "html"),
            "long json": ("long", "json"), "long html": ("long", "html"),
        }  # fmt: skip
        found: dict[str, list[Measured]] = {name: [] for name in targets}
        for number in range(rounds + 1):
            for name, (server, kind) in targets.items():
                measured = self._once(self.servers[server], paths[kind])
                if number:  # the first round warms caches up
                    found[name].append(measured)
            if number:
                told = (
                    f"{name} {each[-1].per_second:.0f}/s {each[-1].web_ms:.2f} + {each[-1].postgres_ms:.2f} ms"
                    for name, each in found.items()
                )
                say(f"  {number}/{rounds}  " + " · ".join(told))
        return found

    def _once(self, server: Server, path: str) -> Measured:
        before = [cpu_seconds(each) for each in (server.service, self.postgres)]
        pace = client.load(
            server.url + path, seconds=self.seconds, connections=self.connections, headers=self.headers
        )
        after = [cpu_seconds(each) for each in (server.service, self.postgres)]
        web, postgres = (
            1000 * (late - early) / pace.asked for early, late in zip(before, after, strict=True)
        )
        return Measured(pace.answers / self.seconds, pace.median_ms, web, postgres)


def start_once(installation: Installation) -> float:
    """Return the seconds from nothing to the first ready answer."""
    server = Server("start", WEB, installation.environment)
    try:
        return server.start()
    finally:
        server.stop()


def figures(
    paces: dict[str, list[Measured]], memory: list[float], starts: list[float], rows: int
) -> list[Figure]:
    """Compute the figures; ratios are taken round by round, and of these the median."""

    def ratio(over: str, under: str) -> float:
        return median(a.per_second / b.per_second for a, b in zip(paces[over], paces[under], strict=True))

    def told(name: str) -> str:
        per_second, web, postgres = (
            median(getattr(each, key) for each in paces[name])
            for key in ("per_second", "web_ms", "postgres_ms")
        )
        return f"{per_second:.0f}/s ({web:.2f} + {postgres:.2f} ms)"

    against = f"{{}}; bare {told('bare')}"
    lengths = f"{rows // 100:,} rows {{}}; {rows:,} rows {{}}"
    return [
        Figure(
            "list of 50 rows as JSON, all checks ÷ bare handler",
            ratio("json", "bare"),
            0.6,
            at_least=True,
            detail=against.format(told("json")),
        ),
        Figure(
            "the same as a page ÷ bare handler",
            ratio("html", "bare"),
            0.35,
            at_least=True,
            detail=against.format(told("html")),
        ),
        Figure(
            "time of the long list ÷ the short one, JSON",
            ratio("json", "long json"),
            1.3,
            detail=lengths.format(told("json"), told("long json")),
        ),
        Figure(
            "time of the long list ÷ the short one, page",
            ratio("html", "long html"),
            1.3,
            detail=lengths.format(told("html"), told("long html")),
        ),
        Figure("memory of a web process", max(memory), 150, "MB"),
        Figure(
            "start to ready",
            median(starts),
            3,
            "s",
            detail=f"{len(starts)} starts, slowest {max(starts):.2f} s",
        ),
    ]
