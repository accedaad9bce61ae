"""Ports: each checkout has its own, one that is taken is passed over, Keycloak's never moves."""

import shutil
import socket
import subprocess
import sys

import pytest

from scripts._lib import ports
from scripts._lib.console import Failure
from scripts._lib.places import ROOT
from scripts._lib.ports import free_port, port_is_free


def test_a_used_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not port_is_free(port)
        assert free_port(port) != port


def test_no_port_left_is_said(monkeypatch):
    monkeypatch.setattr("scripts._lib.ports.port_is_free", lambda port: False)
    with pytest.raises(Failure, match="No free port between 8000 and 8199"):
        free_port(8000)


def test_keycloak_never_moves(monkeypatch):
    monkeypatch.setattr(ports, "becomes_free", lambda port: False)
    with pytest.raises(Failure, match="Keycloak's port 8180 is in use"):
        ports.keycloak_port(8180)


def test_the_web_moves_unless_a_port_was_asked_for(monkeypatch):
    monkeypatch.setattr(ports, "port_is_free", lambda port: port != 8000)
    assert ports.web_port(None, 8000) == 8001
    assert ports.web_port(8005, 8000) == 8005
    with pytest.raises(Failure, match="Port 8000 is in use"):
        ports.web_port(8000, 0)


def test_checkouts_begin_to_look_in_different_places(tmp_path):
    shown = (
        "import scripts._lib.ports as p; print(*[v for k, v in vars(p).items() if k.startswith('FIRST_')])"
    )
    firsts = []
    for name in ("one", "two", "three", "four"):
        package = tmp_path / name / "scripts" / "_lib"
        package.mkdir(parents=True)
        for module in ("ports", "console", "places"):
            shutil.copy(ROOT / "scripts" / "_lib" / f"{module}.py", package)
        done = subprocess.run(
            [sys.executable, "-c", shown], check=True, capture_output=True, text=True, cwd=tmp_path / name
        )
        firsts.append(done.stdout.split())
    # Two of them may meet by chance, but no server begins at the same port everywhere.
    assert [len(set(ports)) > 1 for ports in zip(*firsts, strict=True)] == [True] * 5
