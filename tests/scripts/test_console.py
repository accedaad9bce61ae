"""What the scripts tell the person at the terminal."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from scripts._lib import console
from scripts._lib.console import Failure
from scripts._lib.places import ROOT


def test_a_start_without_room_is_refused_with_what_is_left_and_what_is_needed(monkeypatch):
    monkeypatch.setattr(console.shutil, "disk_usage", lambda _path: SimpleNamespace(free=198_900_000))
    with pytest.raises(Failure, match="has 198 MB left, at least 300 MB are needed"):
        console.ensure_room()


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("script", ["demo", "new_module", "translations"])
def test_a_reader_who_has_seen_enough_is_no_trouble(script, buffered):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", f"scripts._lib.{script}", "--help"],
        check=False, stdout=write, stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": buffered},
    )  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
