import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from scripts._lib.processes import Service, recall, remember, started_at

SLEEP = [sys.executable, "-c", "import time; time.sleep(300)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(300)",
]


@pytest.fixture
def service(tmp_path):
    made = Service("sleeper", tmp_path)
    yield made
    made.stop(0)


def wait_for_log(service, words):
    deadline = time.monotonic() + 60
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


def test_a_record_is_there_as_a_whole_or_not_at_all(tmp_path, monkeypatch):
    record = tmp_path / "run" / "web.json"
    remember(record, os.getpid())
    monkeypatch.setattr(Path, "replace", lambda *_paths: None)  # the moment before it takes its place
    remember(record, 1)
    assert recall(record) == os.getpid()


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
    deadline = time.monotonic() + 60
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
    deadline = time.monotonic() + 60
    while service.exit_code is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert service.exit_code == -signal.SIGKILL
    assert service.pid is None


def test_a_taken_port_is_recognised_in_the_log(service):
    service.start([sys.executable, "-c", "print('bind: Address already in use')"])
    wait_for_log(service, "in use")
    assert service.lost_its_port()
    assert "another program took its port" in str(service.failure())


def test_a_port_that_an_earlier_start_lost_is_no_cause(service):
    service.log.parent.mkdir(parents=True)
    service.log.write_text("bind: Address already in use\n")
    service.start([sys.executable, "-c", "print('another reason')"])
    wait_for_log(service, "another")
    assert not service.lost_its_port()


def test_a_full_disk_is_recognised_in_the_log(service):
    service.start([sys.executable, "-c", "print('could not write: No space left on device')"])
    wait_for_log(service, "No space")
    assert "The disk of" in str(service.failure())
