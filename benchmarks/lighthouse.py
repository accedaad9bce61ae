"""Let Lighthouse judge pages in the local Chromium: `python -m benchmarks.lighthouse URL …`.

Pages of staff need the value of a session cookie (`--session`, or LIENTHONG_SESSION): whoever is signed in finds
it in the developer's tools of the browser. Nothing leaves the machine; the judge and its lock file are in
`benchmarks/lighthouse`, installed into var/lighthouse the first time.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

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


def judge(url: str, *, session: str = "", desktop: bool = False) -> tuple[dict[str, int], list[str]]:
    """Return the four scores of a page, 0 to 100, and what cost points.

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
        return read(json.loads(report.read_text("utf-8")))


def read(report: Mapping[str, object]) -> tuple[dict[str, int], list[str]]:
    """Take the scores and the audits that cost points out of a report of Lighthouse."""
    categories, audits = report["categories"], report["audits"]
    assert isinstance(categories, Mapping)
    assert isinstance(audits, Mapping)
    scores = {key: round(100 * (categories[key]["score"] or 0)) for key in CATEGORIES}
    lost = [
        f"{key}: {audits[each['id']]['title']}"
        for key in CATEGORIES
        for each in categories[key]["auditRefs"]
        if each["weight"] and (audits[each["id"]]["score"] or 0) < 0.9
        if audits[each["id"]]["scoreDisplayMode"] in ("binary", "numeric", "metricSavings")
    ]
    return scores, lost


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("urls", nargs=-1, required=True)
@click.option(
    "--session",
    envvar="LIENTHONG_SESSION",
    default="",
    help="Value of the session cookie, for pages of staff.",
)
@click.option("--at-least", default=0, help="Exit with 1 when a score is lower.")
@click.option("--desktop", is_flag=True, help="A desktop on a good line; without it a cheap phone on 4G.")
def main(urls: tuple[str, ...], session: str, at_least: int, *, desktop: bool) -> None:
    """Judge each page and print its four scores and what cost points."""
    lowest = 100
    for url in urls:
        scores, lost = judge(url, session=session, desktop=desktop)
        lowest = min(lowest, *scores.values())
        click.echo("  ".join(f"{key} {score}" for key, score in scores.items()) + f"  {url}")
        for line in lost:
            click.echo(f"    {line}")
    sys.exit(1 if lowest < at_least else 0)


if __name__ == "__main__":
    main()
