"""Run the whole suite, having installed what it needs; arguments go to pytest."""

import subprocess
import sys
import time

from scripts._lib import assets
from scripts._lib.chromium import require_chromium
from scripts._lib.console import Failure, explain, say
from scripts._lib.keycloak_program import built_keycloak, find_java
from scripts._lib.places import ROOT


def main() -> int:
    """Prepare, run pytest, and close with the outcome and the time; return pytest's exit code."""
    began = time.monotonic()
    try:
        require_chromium()
        built_keycloak(find_java())
        assets.build()
    except Failure as failure:
        say(f"\n{failure}")
        return 1
    except OSError as error:
        say(f"\n{explain(error)}")
        return 1
    prepared = time.monotonic()
    arguments = sys.argv[1:]
    if not any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments):
        # The browser tests are long and stand together: who is done takes from who is not.
        arguments = ["-n", "2", "--dist", "worksteal", *arguments]
    code = subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False, cwd=ROOT).returncode
    outcome = "đạt · passed" if code == 0 else f"KHÔNG ĐẠT · FAILED (pytest {code})"
    say(f"scripts/test: {outcome}")
    say(
        f"scripts/test: chuẩn bị · set-up {prepared - began:.1f} s, pytest {time.monotonic() - prepared:.1f} s"
    )
    return code


if __name__ == "__main__":
    sys.exit(main())
