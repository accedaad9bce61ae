"""Start, recognise and stop the processes of an installation, also those that an earlier run left behind."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts._lib.console import Failure, disk_full, tells_of_full_disk
from scripts._lib.installation import write_private

LOG_LIMIT = 20_000_000
_PORT_TAKEN_WORDS = ("address already in use", "already bound", "connection in use")


@dataclass(slots=True)
class Service:
    """One long-running program: its log, and a record by which a later run finds it again.

    The record holds the process id and the moment of its start, because ids are used again.
    """

    name: str
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _log_start: int = field(default=0, repr=False)

    @property
    def log(self) -> Path:
        """The file that takes the program's output."""
        return self.folder / "log" / f"{self.name}.log"

    @property
    def record(self) -> Path:
        """The file that names the running process."""
        return self.folder / "run" / f"{self.name}.json"

    def start(
        self, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        """Start the program in a session of its own, so that Ctrl-C reaches only who stops it in order."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        if self._child is not None:
            self._child.poll()  # a dead predecessor is taken off the system's books
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                start_new_session=True,
                **options,
            )
        remember(self.record, self._child.pid)

    @property
    def pid(self) -> int | None:
        """The id of the running process; None when it is not running."""
        if self._child is not None and self._child.poll() is not None:
            return None
        return recall(self.record)

    @property
    def exit_code(self) -> int | None:
        """How the process of this run ended; None while it runs or when it was started by another run."""
        return None if self._child is None else self._child.poll()

    def release(self) -> None:
        """Let the process outlive this one; from now on it is known by its record alone."""
        if self._child is not None:
            self._child.returncode = 0  # or its handle would complain of a child that still runs
            self._child = None

    def stop(self, seconds: float = 30) -> None:
        """Ask the process to end, then end its whole group by force; does nothing when it is not running."""
        pid = self.pid
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, self.stop_signal)
                if not self._gone(pid, seconds):
                    os.killpg(pid, signal.SIGKILL)
                    self._gone(pid, 10)
        if self._child is not None and self._child.poll() is None:
            # The record was lost, or belongs to another start: the child is ours all the same.
            self._child.kill()
            self._child.wait(10)
        self.record.unlink(missing_ok=True)

    def _gone(self, pid: int, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            gone = started_at(pid) is None
            if self._child is not None:
                self._child.poll()  # a child that nobody waits for would stay a zombie
            if gone:
                return True
            time.sleep(0.05)
        return False

    def tail(self, lines: int = 15) -> str:
        """Return the end of the log."""
        try:
            return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def lost_its_port(self) -> bool:
        """Tell whether the program, since its last start, has complained that its port is taken."""
        with suppress(FileNotFoundError), self.log.open("rb") as log:
            log.seek(self._log_start)
            said = log.read().decode("utf-8", "replace").lower()
            return any(words in said for words in _PORT_TAKEN_WORDS)
        return False

    def failure(self) -> Failure:
        """Say that the program did not come up, with the end of its log."""
        end = self.tail()
        if tells_of_full_disk(end):
            return disk_full()
        if self.lost_its_port():
            return Failure(
                f"{self.name} không khởi động được vì cổng của nó bị chương trình khác chiếm; chạy lại ./scripts/demo. "
                f"Nhật ký: {self.log}",
                f"{self.name} did not start because another program took its port; run ./scripts/demo again. "
                f"Log: {self.log}",
            )
        return Failure(
            f"{self.name} không khởi động được. Cuối nhật ký {self.log}:\n{end}\n",
            f"{self.name} did not start; the end of its log is shown above.",
        )


def remember(record: Path, pid: int) -> None:
    """Write down a process so that `recall` finds it."""
    write_private(record, json.dumps({"pid": pid, "started": started_at(pid)}))


def recall(record: Path) -> int | None:
    """Return the id of the recorded process if that very process still runs."""
    try:
        known = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return known["pid"] if known["started"] and started_at(known["pid"]) == known["started"] else None


def started_at(pid: int) -> str | None:
    """Return when a process started, in the system's own terms; None when it is gone or a zombie."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        if Path("/proc/self").exists():
            return None
        shown = subprocess.run(
            ["ps", "-o", "stat=,lstart=", "-p", str(pid)], check=False, capture_output=True, text=True
        )
        return None if shown.stdout.strip()[:1] in {"", "Z"} else shown.stdout.split(maxsplit=1)[1].strip()
    return None if state == "Z" else rest[18]
