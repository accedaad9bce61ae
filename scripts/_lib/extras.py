"""Install a program that the machine lacks from a package, when it is needed."""

import importlib
import importlib.util
import subprocess
import sys
from importlib import metadata

from scripts._lib.console import Failure, say
from scripts._lib.places import ROOT, VENV


def require(extra: str, module: str) -> None:
    """Make sure that `module` can be imported; it belongs to an extra of setup.py."""
    if importlib.util.find_spec(module) is not None:
        return
    wanted = [
        line.split(";")[0].strip()
        for line in metadata.requires("lienthong") or ()
        if f'extra == "{extra}"' in line
    ]
    say(f"        cài · installing {', '.join(wanted)}")
    uv = VENV / "bin" / "uv"
    command = (
        [str(uv), "pip", "install", "--python", sys.executable]
        if uv.exists()
        else [sys.executable, "-m", "pip", "install"]
    )
    done = subprocess.run([*command, *wanted], check=False, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise Failure(
            f"Không cài được {', '.join(wanted)}:\n{done.stderr[-2000:]}",
            f"{', '.join(wanted)} could not be installed.",
        )
    importlib.invalidate_caches()
