"""The figures of public pages: an article kept and made anew against a bare handler, and search over 10⁵ articles."""

import json
import sys
from statistics import median, quantiles
from typing import Any

import requests

from benchmarks import client
from benchmarks.installation import Installation, Server, cpu_seconds, database, postgres
from benchmarks.kernel import WEB, Measured
from benchmarks.site import fill_sql
from benchmarks.table import Figure, Report
from scripts._lib.console import say
from scripts._lib.processes import Service

BARE = "benchmarks.bare_page:create_app()"
UNCACHED = "benchmarks.bare_page:uncached()"
NAMES = ("bare", "kept", "anew")


def measure(*, rounds: int, seconds: float, connections: int, rows: int) -> Report:
    """Measure the three servers in turn, round after round, then the searches."""
    report = Report(
        "pages", raw={"rounds": rounds, "seconds": seconds, "connections": connections, "rows": rows}
    )
    with postgres() as cluster:
        installation = database(cluster, "bench_pages")
        made = furnish(installation)
        say(f"  PostgreSQL, {rows:,} articles")
        installation.sql(*fill_sql(made, rows))
        environment = installation.environment
        bare = {
            "BENCH_URL": installation.app_url, "BENCH_TENANT": made["tenant"], "BENCH_SQL": made["sql"],
            "BENCH_VALUES": json.dumps(made["values"]),
        }  # fmt: skip
        servers = {
            "bare": Server("bare", BARE, environment | bare),
            "kept": Server("short", WEB, environment),
            "anew": Server("long", UNCACHED, environment),
        }
        try:
            for server in servers.values():
                server.start()
            path = f"/public/{made['code']}/tin/{made['slug']}"
            check_equal(servers, path)
            paces = run(servers, cluster.service, path, rounds, seconds, connections)
        finally:
            for server in servers.values():
                server.stop()
        searches = json.loads(
            installation.run(sys.executable, "-m", "benchmarks.site", "search", made["tenant"]).splitlines()[
                -1
            ]
        )
    report.raw |= {"paces": paces, "searches": searches}
    report.figures += figures(paces, searches, rows)
    return report


def furnish(installation: Installation) -> dict[str, Any]:
    """Make the tables, the agency and its site."""
    installation.migrate()
    return dict(
        json.loads(installation.run(sys.executable, "-m", "benchmarks.site", "make").splitlines()[-1])
    )


def check_equal(servers: dict[str, Server], path: str) -> None:
    """Make sure that reference and product show the same article."""
    title = requests.get(servers["bare"].url + path, timeout=30).json()["article"]["title"]
    for name in ("kept", "anew"):
        if title not in requests.get(servers[name].url + path, timeout=30).text:
            raise RuntimeError(f"{name} does not show what the reference found: {title}")


def run(
    servers: dict[str, Server],
    postgres_service: Service,
    path: str,
    rounds: int,
    seconds: float,
    connections: int,
) -> dict[str, list[Measured]]:
    """Return what every round found; the first one warms caches up and does not count."""
    found: dict[str, list[Measured]] = {name: [] for name in NAMES}
    for number in range(rounds + 1):
        for name in NAMES:
            before = [cpu_seconds(each) for each in (servers[name].service, postgres_service)]
            pace = client.load(servers[name].url + path, seconds=seconds, connections=connections, headers={})
            after = [cpu_seconds(each) for each in (servers[name].service, postgres_service)]
            web, postgres_ms = (
                1000 * (late - early) / pace.asked for early, late in zip(before, after, strict=True)
            )
            if number:
                found[name].append(Measured(pace.answers / seconds, pace.median_ms, web, postgres_ms))
        if number:
            say(
                f"  {number}/{rounds}  "
                + " · ".join(
                    f"{name} {each[-1].per_second:.0f}/s {each[-1].web_ms:.2f} + {each[-1].postgres_ms:.2f} ms"
                    for name, each in found.items()
                )
            )
    return found


def figures(paces: dict[str, list[Measured]], searches: dict[str, list[float]], rows: int) -> list[Figure]:
    """Compute the figures; ratios are taken round by round, and of these the median."""

    def ratio(name: str) -> float:
        return median(a.per_second / b.per_second for a, b in zip(paces[name], paces["bare"], strict=True))

    def told(name: str) -> str:
        per_second, web, postgres_ms = (
            median(getattr(each, key) for each in paces[name])
            for key in ("per_second", "web_ms", "postgres_ms")
        )
        return f"{per_second:.0f}/s ({web:.2f} + {postgres_ms:.2f} ms)"

    return [
        Figure("public article, kept ÷ bare handler", ratio("kept"), 0.8, at_least=True, detail=f"{told('kept')}; bare {told('bare')}"),
        Figure("public article, made anew ÷ bare handler", ratio("anew"), 0.4, at_least=True, detail=f"{told('anew')}; bare {told('bare')}"),
        *(
            Figure(
                f"search in the {name}, {rows:,} articles, 95th percentile", quantiles(times, n=20)[18], 50, "ms",
                detail=f"{len(times)} searches, median {median(times):.1f} ms, slowest {max(times):.1f} ms",
            )
            for name, times in searches.items()
        ),
    ]  # fmt: skip
