"""Find the Chromium that browser tests drive, or install it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts._lib.console import Failure, say

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OF_PLAYWRIGHT = (
    ".cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


def find_chromium() -> str | None:
    """Return the program on PATH, else the one that Playwright installed for this user."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    return next(
        (str(path) for pattern in _OF_PLAYWRIGHT for path in sorted(Path.home().glob(pattern), reverse=True)),
        None,
    )


def require_chromium() -> str:
    """Return a Chromium, installing it by the system as root and by Playwright otherwise."""
    if found := find_chromium():
        return found
    say("Cài Chromium · installing Chromium ...")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", *arguments],
                check=False,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
    if not find_chromium():
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            check=False,
            stdout=subprocess.DEVNULL,
        )
    if found := find_chromium():
        return found
    raise Failure(
        "Thiếu Chromium cho các phép thử trình duyệt. Cài đặt (Debian, Ubuntu): apt-get install chromium",
        "Chromium is missing for the browser tests. Install it (Debian, Ubuntu): apt-get install chromium",
    )
