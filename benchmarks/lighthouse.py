"""Let Lighthouse judge pages in the local Chromium: `python -m benchmarks.lighthouse URL …`.

Pages of staff need the value of a session cookie (`--session`, or LIENTHONG_SESSION): whoever is signed in finds
it in the developer's tools of the browser. Nothing leaves the machine; the judge and its lock file are in
`benchmarks/lighthouse`, installed into var/lighthouse the first time.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from core.web.request import SESSION_COOKIE
from scripts._lib.chromium import require_chromium
from scripts._lib.npm import install_packages, node
from scripts._lib.places import VAR

HERE = Path(__file__).parent / "lighthouse"
OLDEST_NODE = 22
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
CHROMIUM = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
SECONDS = 240
ATTEMPTS = 3
MEASURED = {
    "FCP ms": "first-contentful-paint",
    "LCP ms": "largest-contentful-paint",
    "TBT ms": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
}


@dataclass(frozen=True)
class Verdict:
    """What Lighthouse found of one page."""

    scores: Mapping[str, int]
    """Of each category, 0 to 100."""
    lost: Sequence[str]
    """What cost points."""
    figures: Mapping[str, float]
    """What the score of performance is made of: it depends less on what else the machine does."""


def judge(url: str, *, session: str = "", unlisted: bool = False, desktop: bool = False) -> Verdict:
    """Let Lighthouse look at a page once.

    A page of staff, or another that search engines may not list, is not blamed for telling them so.
    Raises RuntimeError with the last words of Lighthouse when it could not judge.
    """
    program = install_packages(HERE, VAR / "lighthouse") / "lighthouse" / "cli" / "index.js"
    with tempfile.TemporaryDirectory() as folder:
        report, headers = Path(folder, "report.json"), Path(folder, "headers.json")
        headers.write_text(json.dumps({"Cookie": f"{SESSION_COOKIE}={session}"} if session else {}), "utf-8")
        options = [
            f"--output-path={report}", "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}",
            f"--extra-headers={headers}", f"--chrome-flags={CHROMIUM}", "--no-enable-error-reporting",
            *(["--preset=desktop"] if desktop else []),
            *(["--skip-audits=is-crawlable"] if session or unlisted else []),
        ]  # fmt: skip
        done = subprocess.run(
            [node(OLDEST_NODE), str(program), url, *options],
            check=False,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env={**os.environ, "CHROME_PATH": require_chromium()},
        )
        if not report.is_file():
            raise RuntimeError((done.stderr or done.stdout)[-2000:])
        found = json.loads(report.read_text("utf-8"))
    if trouble := sorted(
        {each["errorMessage"] for each in found["audits"].values() if each.get("errorMessage")}
    ):
        raise RuntimeError("; ".join(trouble))
    return read(found)


def patiently(url: str, **how: Any) -> Verdict:
    """Look at a page, and again when Lighthouse lost its measures: on a busy machine a trace breaks off now and then."""
    for attempt in range(ATTEMPTS):
        try:
            return judge(url, **how)
        except RuntimeError as error:
            if attempt == ATTEMPTS - 1:
                raise
            click.echo(f"    once more: {error}", err=True)
    raise AssertionError("unreachable")


def read(report: Mapping[str, Any]) -> Verdict:
    """Take the scores, the audits that cost points and the figures out of a report of Lighthouse."""
    categories, audits = report["categories"], report["audits"]
    scores = {key: round(100 * (categories[key]["score"] or 0)) for key in CATEGORIES}
    lost = [
        f"{key}: {audits[each['id']]['title']}"
        for key in CATEGORIES
        for each in categories[key]["auditRefs"]
        if each["weight"] and (audits[each["id"]]["score"] or 0) < 0.9
        if audits[each["id"]]["scoreDisplayMode"] in ("binary", "numeric", "metricSavings")
    ]
    figures = {name: audits.get(key, {}).get("numericValue") or 0 for name, key in MEASURED.items()}
    requests = audits.get("network-requests", {}).get("details", {}).get("items", [])
    figures |= {"requests": len(requests), "kB": sum(each.get("transferSize", 0) for each in requests) / 1000}
    return Verdict(scores, lost, figures)


def median(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the middle of several looks at one page; what cost points in one of them is kept."""
    return Verdict(
        {key: int(statistics.median_low([each.scores[key] for each in verdicts])) for key in CATEGORIES},
        sorted({line for each in verdicts for line in each.lost}),
        {name: statistics.median([each.figures[name] for each in verdicts]) for name in verdicts[0].figures},
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("urls", nargs=-1, required=True)
@click.option(
    "--session",
    envvar="LIENTHONG_SESSION",
    default="",
    help="Value of the session cookie, for pages of staff.",
)
@click.option(
    "--unlisted", is_flag=True, help="Pages that search engines may not list, as results of a search."
)
@click.option("--at-least", default=0, help="Exit with 1 when a score is lower.")
@click.option("--rounds", default=1, help="Look so often at each page and tell the median.")
@click.option("--desktop", is_flag=True, help="A desktop on a good line; without it a cheap phone on 4G.")
def main(urls: tuple[str, ...], at_least: int, rounds: int, **how: Any) -> None:
    """Judge each page and print its four scores, its figures and what cost points."""
    lowest = 100
    for url in urls:
        verdict = median([patiently(url, **how) for _round in range(rounds)])
        lowest = min(lowest, *verdict.scores.values())
        click.echo("  ".join(f"{key} {score}" for key, score in verdict.scores.items()) + f"  {url}")
        click.echo("    " + "  ".join(f"{name} {value:.4g}" for name, value in verdict.figures.items()))
        for line in verdict.lost:
            click.echo(f"    {line}")
    sys.exit(1 if lowest < at_least else 0)


if __name__ == "__main__":
    main()
