"""The tree passes its own linters: pyproject.toml says which rules, and gives a reason for each left out."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTERS = {
    "ruff": ["ruff", "check", "--quiet", "--output-format=concise", "."],
    "mypy": ["mypy", "--no-error-summary"],
}


@pytest.mark.parametrize("name", LINTERS)
def test_linter_finds_nothing(name):
    command = [sys.executable, "-m", *LINTERS[name]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"
