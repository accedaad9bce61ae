"""The kernel against a bare handler: lists as document and page, long lists, memory, cold start.

Every figure of speed is a ratio of rounds that took turns in one run under the same gunicorn, one process with
four threads, the load coming from another core.
"""

import os
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from benchmarks.ground import LONG, PYTHON, SHORT, Ground, folder, prepared
from benchmarks.load import Answered, ask
from scripts._lib.places import ROOT
from scripts._lib.processes import free_port

API = "/api/v1/t/{}/example/notes"
PAGE = "/t/{}/example"
TARGETS = {
    "list as JSON, × reference": (">=", 0.6),
    "list as page, × reference": (">=", 0.35),
    "list at 10⁶ rows, × time at 10⁴": ("<=", 1.3),
    "web worker, MB": ("<=", 150),
    "cold start to ready, s": ("<=", 3),
}


def run(*, quick: bool = False) -> int:
    """Measure, print the table and keep it as JSON; returns 1 when a target is missed."""
    rounds, seconds = (2, 1.0) if quick else (9, 3.0)
    with prepared({SHORT: 10_000, LONG: 20_000 if quick else 1_000_000}) as ground:
        figures = _measure(ground, rounds, seconds)
    missed = _report(figures)
    (folder() / "kernel.json").write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    return 1 if missed and not quick else 0


def _measure(ground: Ground, rounds: int, seconds: float) -> dict[str, float]:
    statement = _write_statement(ground)
    with (
        _serving("core.app:create_app()", ground, ready="/readyz") as (web, web_port, cold),
        _serving("benchmarks.reference:create_app()", ground, BENCH_STATEMENT=str(statement)) as (
            _bare,
            bare_port,
            _,
        ),
    ):

        def turn(port: int, path: str, code: str = SHORT) -> Answered:
            return ask(port, path.format(code), ground.token, seconds=seconds)

        turn(web_port, API), turn(web_port, PAGE), turn(bare_port, API)
        taken: dict[str, list[Answered]] = {"bare": [], "json": [], "page": [], "long": []}
        for _round in range(rounds):
            taken["bare"].append(turn(bare_port, API))
            taken["json"].append(turn(web_port, API))
            taken["long"].append(turn(web_port, API, LONG))
            taken["page"].append(turn(web_port, PAGE))
        speed = {name: [each.per_second for each in answers] for name, answers in taken.items()}
        return {
            "list as JSON, × reference": _ratio(speed["json"], speed["bare"]),
            "list as page, × reference": _ratio(speed["page"], speed["bare"]),
            "list at 10⁶ rows, × time at 10⁴": _ratio(speed["json"], speed["long"]),
            "web worker, MB": _memory_mb(web),
            "cold start to ready, s": cold,
            "reference, requests a second (this machine, this run)": statistics.median(speed["bare"]),
            "list as JSON, requests a second (this machine, this run)": statistics.median(speed["json"]),
            "list as page, requests a second (this machine, this run)": statistics.median(speed["page"]),
        }


def _ratio(ours: list[float], theirs: list[float]) -> float:
    """Return the median of the rounds' ratios: what slows a whole round slows both sides of it."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def _write_statement(ground: Ground) -> Path:
    """Write down the list's SQL as the product runs it, for the reference."""
    from core.db import scope
    from plugins.example import queries

    class Keeper:
        unit_ids = frozenset[UUID]()

        def can(self, _permission: str) -> bool:
            return True

    with scope(ground.tenants[SHORT]):
        sql, values = queries._statement(Keeper(), queries.Filter(), queries.START, queries.PAGE_SIZE)  # type: ignore[arg-type]  # noqa: SLF001
    path = folder() / "statement.json"
    path.write_bytes(
        orjson.dumps({"sql": sql, "values": values, "tenant": ground.tenants[SHORT]}, default=str)
    )
    return path


@contextmanager
def _serving(
    app: str, ground: Ground, *, ready: str = "", **extra: str
) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    """Run gunicorn with one process of four threads; yield it, its port and how long it took to answer."""
    port = free_port(8900)
    command = [
        PYTHON, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4",
        "--worker-class", "gthread", "--no-control-socket", "--keep-alive", "75",
    ]  # fmt: skip
    environment: dict[str, Any] = {**os.environ, **ground.environment(port), **extra, "PYTHONPATH": str(ROOT)}
    with (folder() / f"web-{port}.log").open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(process, f"http://127.0.0.1:{port}{ready}")
            yield process, port, time.perf_counter() - began
        finally:
            process.terminate()
            process.wait(20)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    for _try in range(1500):
        if process.poll() is not None:
            raise RuntimeError(f"The web process ended with {process.returncode}; see {folder()}.")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError as error:
            if error.code == 404:  # the reference knows one address only
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise RuntimeError(f"{url} did not answer.")


def _memory_mb(master: subprocess.Popen[bytes]) -> float:
    """Return the resident memory of the web worker, the part shared with its parent included."""
    children = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text("ascii").split()
    pages = [int(Path(f"/proc/{child}/statm").read_text("ascii").split()[1]) for child in children]
    return max(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _report(figures: dict[str, float]) -> list[str]:
    missed = []
    print(f"{'figure':<60} {'measured':>10}   target")
    for name, value in figures.items():
        sign, target = TARGETS.get(name, ("", 0.0))
        met = not sign or (value >= target if sign == ">=" else value <= target)
        if not met:
            missed.append(name)
        print(
            f"{name:<60} {value:>10.2f}   {f'{sign} {target:g}' if sign else ''}{'' if met else '   MISSED'}"
        )
    return missed
