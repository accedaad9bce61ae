"""Install a program that the machine lacks from a package, when it is needed."""

import importlib
import importlib.util
import subprocess
import sys
from importlib import metadata

from scripts._lib.console import Failure, disk_full, say, tells_of_full_disk
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
    said = ""
    for installer in _installers():
        done = subprocess.run([*installer, *wanted], check=False, capture_output=True, text=True, cwd=ROOT)
        if done.returncode == 0:
            importlib.invalidate_caches()
            return
        said += done.stderr[-2000:]
    if tells_of_full_disk(said):
        raise disk_full()
    raise Failure(
        f"Không cài được {', '.join(wanted)} (mạng có thông không? lý do ở dưới):\n{said}",
        f"{', '.join(wanted)} could not be installed; the reason is above. Is the network up?",
    )


def _installers() -> list[list[str]]:
    """Return the ways to install: uv, and pip where uv cannot, as with an index or certificates that only pip knows."""
    uv = VENV / "bin" / "uv"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
    return [*([[str(uv), "pip", "install", "--python", sys.executable]] if uv.exists() else []), pip]
