"""The first minute on a fresh machine, before anything is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path):
    """A clone without an environment, on a machine whose programs are chosen one by one."""
    shutil.copytree(
        ROOT / "scripts", tmp_path / "clone" / "scripts", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "setup.py", tmp_path / "clone")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "env", "dirname", "cat"):
        (programs / name).symlink_to(shutil.which(name))
    return tmp_path / "clone"


def run(clone, script="lienthong"):
    return subprocess.run(
        [clone / "scripts" / script],
        check=False, capture_output=True, text=True, env={"PATH": str(clone.parent / "bin"), "HOME": str(clone)},
    )  # fmt: skip


def program(clone, name, text):
    path = clone.parent / "bin" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_an_old_python_is_named_in_both_languages(clone):
    program(clone, "python3", 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')
    done = run(clone)
    assert done.returncode == 1
    assert "Cần Python 3.11 trở lên; máy này có: Python 3.9.2" in done.stderr
    assert "Python 3.11 or newer is needed; this machine has: Python 3.9.2" in done.stderr


def test_no_python_at_all_is_said(clone):
    done = run(clone)
    assert done.returncode == 1
    assert "chưa có Python · no Python" in done.stderr


def test_a_second_run_installs_nothing(clone):
    home = clone / "var" / "venv"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python").symlink_to(ROOT / "var" / "venv" / "bin" / "python")
    (home / "bin" / "lienthong").write_text('#!/bin/sh\necho ran "$@"\n')
    (home / "bin" / "lienthong").chmod(0o755)
    state = subprocess.run(
        [home / "bin" / "python", "-c", "import json, bootstrap; print(json.dumps(bootstrap.stamp()))"],
        check=True, capture_output=True, text=True, env={"PYTHONPATH": str(clone / "scripts" / "_lib"), **os.environ},
    ).stdout  # fmt: skip
    (home / "lienthong-stamp.json").write_text(state)
    done = run(clone)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "ran\n"
    assert "installing" not in done.stderr


@pytest.mark.parametrize("script", ["demo", "test", "bench", "assets", "lienthong"])
def test_every_script_is_executable_and_strict(script):
    text = (ROOT / "scripts" / script).read_text()
    assert os.access(ROOT / "scripts" / script, os.X_OK)
    assert text.startswith("#!/usr/bin/env bash\n# ")
    assert "set -euo pipefail" in text
