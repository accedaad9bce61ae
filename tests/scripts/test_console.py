"""What the scripts tell the person at the terminal."""

from types import SimpleNamespace

import pytest

from scripts._lib import console
from scripts._lib.console import Failure


def test_a_start_without_room_is_refused_with_what_is_left_and_what_is_needed(monkeypatch):
    monkeypatch.setattr(console.shutil, "disk_usage", lambda _path: SimpleNamespace(free=198_900_000))
    with pytest.raises(Failure, match="has 198 MB left, at least 300 MB are needed"):
        console.ensure_room()
