"""What scripts/demo refuses before it touches anything, in both languages."""

import subprocess
import sys

import pytest

from scripts._lib import extras, ports, services
from scripts._lib.console import Failure
from scripts._lib.places import ROOT


def demo(*options):
    return subprocess.run(
        [sys.executable, "-m", "scripts._lib.demo", *options],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )


@pytest.mark.parametrize(
    ("option", "value", "asked"),
    [("--port", "99999", "1 đến 65535"), ("--port", "tám", "1 đến 65535"), ("--scale", "9", "0.01 đến 3")],
)
def test_a_number_out_of_range_is_refused_with_its_option(option, value, asked):
    done = demo("--status", option, value)
    assert done.returncode == 2
    assert f"argument {option}: “{value}”: cần một số từ {asked} · a number from" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_of_root_is_not_called_used(monkeypatch):
    monkeypatch.setattr(ports.os, "geteuid", lambda: 1000)
    assert "Port 80 is for root alone; choose one from 1024 on." in str(ports.asked_port_in_use(80))
    assert "Port 8000 is in use" in str(ports.asked_port_in_use(8000))


def installing(monkeypatch, *codes, said=""):
    """Let the installers end one after the other with these codes; return what was called."""
    called, ends = [], iter(codes)

    def run(command, **_options):
        called.append(command)
        return subprocess.CompletedProcess(command, next(ends), "", said)

    monkeypatch.setattr(extras, "_installers", lambda: [["uv"], ["pip"]])
    monkeypatch.setattr(extras.subprocess, "run", run)
    return called


def test_pip_installs_what_uv_cannot(monkeypatch):
    called = installing(monkeypatch, 2, 0, said="invalid peer certificate")
    extras.require("java", "no_such_module_here")
    assert [command[0] for command in called] == ["uv", "pip"]


@pytest.mark.parametrize(
    ("said", "told"), [("No route to host", "Is the network up?"), ("No space left on device", "is full")]
)
def test_what_cannot_be_installed_says_why_and_what_to_do(monkeypatch, said, told):
    installing(monkeypatch, 2, 1, said=said)
    with pytest.raises(Failure, match=told):
        extras.require("java", "no_such_module_here")


@pytest.mark.parametrize(
    ("full", "told"), [(True, "The disk of .* is full"), (False, "“lienthong check” failed")]
)
def test_a_command_that_fails_on_a_full_disk_is_told_as_that(monkeypatch, full, told):
    monkeypatch.setattr(services, "environment", dict)
    monkeypatch.setattr(
        services.subprocess, "run", lambda command, **_options: subprocess.CompletedProcess(command, 1)
    )
    monkeypatch.setattr(services, "is_full", lambda: full)
    with pytest.raises(Failure, match=told):
        services.run_command("check")
