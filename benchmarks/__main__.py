"""Run a benchmark by name: scripts/bench kernel [--quick]."""

import argparse
import sys

from benchmarks import kernel

BENCHMARKS = {"kernel": kernel.run}


def main() -> int:
    """Run what the command line names and return an exit code."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("name", choices=sorted(BENCHMARKS), help="what to measure")
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds and rows: to see that it runs, not to quote"
    )
    options = parser.parse_args()
    return BENCHMARKS[options.name](quick=options.quick)


if __name__ == "__main__":
    sys.exit(main())
