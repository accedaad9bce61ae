"""Where this clone and its installation keep their files."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
VENV = VAR / "venv"
NPM = VAR / "npm"
STATIC = VAR / "static"
RECORD = VAR / "run" / "demo.json"
"""Names the process of a demonstration that runs; light to import, because the command line looks first."""


def cache_folder() -> Path:
    """Return the user's cache folder of the product, shared by all clones; made when missing."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "lienthong"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
