import json
import os
import signal
import socket
import sys
import time

import pytest

from scripts._lib.console import Failure
from scripts._lib.processes import Service, free_port, port_is_free, recall, remember, started_at

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


@pytest.fixture
def service(tmp_path):
    made = Service("sleeper", tmp_path)
    yield made
    made.stop(0)


def wait_for_log(service, words):
    deadline = time.monotonic() + 10
    while words not in service.tail() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_later_run_finds_the_process_by_its_record(service, tmp_path):
    service.start(SLEEP)
    assert Service("sleeper", tmp_path).pid == service.pid


def test_a_stranger_with_the_same_id_is_left_alone(service):
    service.record.parent.mkdir(parents=True)
    service.record.write_text(json.dumps({"pid": os.getpid(), "started": "another moment"}))
    service.stop()
    assert service.pid is None


def test_a_broken_record_means_not_running(tmp_path):
    record = tmp_path / "half.json"
    record.write_text('{"pid": 1')
    assert recall(record) is None


def test_a_dead_process_is_not_running_even_before_it_is_waited_for(tmp_path):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    record = tmp_path / "zombie.json"
    remember(record, os.getpid())
    known = json.loads(record.read_text())
    record.write_text(json.dumps({**known, "pid": pid}))
    deadline = time.monotonic() + 5
    while started_at(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert started_at(pid) is None
    os.waitpid(pid, 0)


def test_stopping_ends_a_process_that_ignores_the_signal(service):
    service.start(DEAF)
    wait_for_log(service, "deaf")
    pid = service.pid
    service.stop(0.2)
    assert started_at(pid) is None
    assert not service.record.exists()


def test_the_exit_code_of_a_killed_process_is_known(service):
    service.start(SLEEP)
    os.kill(service.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while service.exit_code is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert service.exit_code == -signal.SIGKILL
    assert service.pid is None


def test_a_full_disk_is_recognised_in_the_log(service):
    service.start([sys.executable, "-c", "print('could not write: No space left on device')"])
    wait_for_log(service, "No space")
    assert "The disk of" in str(service.failure())


def test_a_used_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not port_is_free(port)
        assert free_port(port) != port


def test_no_port_left_is_said(monkeypatch):
    monkeypatch.setattr("scripts._lib.processes.port_is_free", lambda port: False)
    with pytest.raises(Failure, match="No free port between 8000 and 8199"):
        free_port(8000)
