"""`scripts/bench NAME`: measure against a reference in the same run."""

import os
import sys

import click

from benchmarks.table import Report


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure the product on this machine; the figures that count are ratios within one run."""


@main.command()
@click.option("--rounds", default=9, show_default=True, help="Each measures every server once, in turn.")
@click.option("--seconds", default=2.0, show_default=True, help="How long each is measured in a round.")
@click.option("--connections", default=8, show_default=True, help="Browsers that ask at the same time.")
@click.option(
    "--rows",
    default=1_000_000,
    show_default=True,
    help="Length of the long list; the short one has a hundredth.",
)
@click.option("--quick", is_flag=True, help="Few rounds and rows: to see that it runs, not to quote.")
def kernel(rounds: int, seconds: float, connections: int, rows: int, *, quick: bool) -> None:
    """Lists through all checks against a bare handler with the same SQL; long lists, memory, start."""
    from benchmarks.kernel import measure

    if quick:
        rounds, seconds, rows = 2, 1.0, 20_000
    busy = os.getloadavg()[0]
    if busy > 1:
        click.echo(
            f"  This machine is busy with other things (load {busy:.1f}); the figures will tell little.",
            err=True,
        )
    finish(measure(rounds=rounds, seconds=seconds, connections=connections, rows=rows), strict=not quick)


@main.command()
@click.option("--megabytes", default=1000, show_default=True, help="Size of the file that is sent in pieces.")
def files(megabytes: int) -> None:
    """A gigabyte in and out: how much memory it costs a web process."""
    from benchmarks.files import measure

    finish(measure(size=megabytes * 1_000_000), strict=True)


@main.command()
@click.option("--rounds", default=9, show_default=True, help="Each measures every server once, in turn.")
@click.option("--seconds", default=2.0, show_default=True, help="How long each is measured in a round.")
@click.option("--connections", default=8, show_default=True, help="Browsers that ask at the same time.")
@click.option("--rows", default=100_000, show_default=True, help="Articles of the site.")
@click.option("--quick", is_flag=True, help="Few rounds and rows: to see that it runs, not to quote.")
def pages(rounds: int, seconds: float, connections: int, rows: int, *, quick: bool) -> None:
    """Public article pages against a bare handler with the same SQL; search over many articles."""
    from benchmarks.pages import measure

    if quick:
        rounds, seconds, rows = 2, 1.0, 5_000
    finish(measure(rounds=rounds, seconds=seconds, connections=connections, rows=rows), strict=not quick)


@main.command()
@click.option("--clocks", default=200_000, show_default=True, help="Open deadlines of one agency.")
@click.option("--rounds", default=3, show_default=True, help="Each takes one more day off.")
@click.option(
    "--cases",
    default=1_000_000,
    show_default=True,
    help="Cases of the agency with many; the other has a hundredth.",
)
@click.option("--opened", default=2_000, show_default=True, help="Cases that each of two processes opens.")
@click.option(
    "--quick", is_flag=True, help="Few rounds, clocks and cases: to see that it runs, not to quote."
)
def casework(clocks: int, rounds: int, cases: int, opened: int, *, quick: bool) -> None:
    """Cases opened, listed, searched and counted; deadlines counted anew when a calendar changes."""
    from benchmarks.casework import measure

    if quick:
        clocks, rounds, cases, opened = 10_000, 1, 20_000, 200
    finish(measure(clocks=clocks, rounds=rounds, cases=cases, opened=opened), strict=not quick)


@main.command()
@click.option("--megabytes", default=130, show_default=True, help="Size of the export.")
def imports(megabytes: int) -> None:
    """An old site's export from WordPress: how long its import takes, and what it costs in memory."""
    from benchmarks.imports import measure

    finish(measure(megabytes=megabytes), strict=True)


def finish(report: Report, *, strict: bool) -> None:
    """Print and keep a report; when it counts, the exit code is 1 if a target was missed."""
    click.echo(report.text())
    click.echo(f"\n{report.save()}")
    sys.exit(1 if strict and not report.reached else 0)


if __name__ == "__main__":
    main(prog_name="scripts/bench")
