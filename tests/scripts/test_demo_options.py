"""What scripts/demo refuses before it touches anything, in both languages."""

import argparse
import errno
import socket
import subprocess
import sys
from functools import partial

import pytest

from scripts._lib import demo as demo_script
from scripts._lib import extras, ports, services
from scripts._lib.console import Failure
from scripts._lib.installation import Installation
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


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ["--det"],
            "unrecognized arguments: --det",
        ),  # a shortened one would be handed on and detach again, without end
        (["--rese"], "unrecognized arguments: --rese"),
        (["--stop", "--detach"], "not allowed with argument --stop"),
        (["--status", "--reset"], "not allowed with argument --status"),
    ],
)
def test_shortened_and_contrary_options_are_refused(options, told):
    done = demo(*options)
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (errno.EACCES, "Port 80 is for root alone; choose one from 1024 on."),
        (errno.EADDRINUSE, "Port 80 is in use"),
    ],
)
def test_a_port_of_root_is_not_called_used(monkeypatch, refusal, told):
    class Refusing(socket.socket):
        def bind(self, _address):
            raise OSError(refusal, "refused")

    monkeypatch.setattr(ports.socket, "socket", Refusing)
    assert told in str(ports.asked_port_in_use(80))


def test_another_share_of_a_year_than_the_installation_has_is_refused(monkeypatch):
    known = Installation("Thành phố Huế", seeded=True, scale=0.1)
    monkeypatch.setattr(Installation, "load", lambda: known)
    options = argparse.Namespace(province=None, scale=1.0, port=None)
    for ask in (partial(demo_script._prepare, options), partial(demo_script.revive, 0, options)):
        with pytest.raises(Failure, match=r"is 0\.1 of a year; use --reset to start anew with 1\."):
            ask()


def test_forgetting_leaves_no_letter_and_no_file_behind(monkeypatch, tmp_path):
    for folder in ("files", "mail/new", "venv"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setattr(demo_script, "VAR", tmp_path)
    for name in ("SETTINGS", "PROVINCE_FILE", "ACCOUNTS", "FILE"):
        monkeypatch.setattr(demo_script, name, tmp_path / name)
    monkeypatch.setattr(Installation, "load", lambda: None)
    demo_script.forget()
    assert [each.name for each in tmp_path.iterdir()] == ["venv"]


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
