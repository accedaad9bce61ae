"""Run a private PostgreSQL in a data folder of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg2

from scripts._lib.console import Failure, disk_full, tells_of_full_disk
from scripts._lib.ports import ATTEMPTS, free_port
from scripts._lib.postgres_programs import Account, Programs, choose_account, find_programs
from scripts._lib.processes import Service

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "jit": "off",  # compiling costs more than our short queries take
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# For a cluster that a suite may make anew at any time.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


class Cluster:
    """A data folder and the server on it; passwords are required, only loopback is listened to."""

    def __init__(self, folder: Path, password: str, *, throwaway: bool = False) -> None:
        self.data = folder / "postgres"
        self.service = Service(
            "postgres", folder, stop_signal=signal.SIGINT
        )  # ends at once, without losing a commit
        self.port = 0
        self._password = password
        self._throwaway = throwaway

    def url(self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None) -> str:
        """Return the address of a database; the superuser's password when none is given."""
        return f"postgresql://{role}:{password or self._password}@127.0.0.1:{self.port}/{database}"

    def start(self, port: int) -> None:
        """Make the cluster if it is not there, and start the server on this port or the next free one."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        major = self._major()
        programs = find_programs(major)
        account = choose_account(programs, self.data)
        if major is None:
            self._create(programs, account)
        account.own(self.data)
        _end_leftovers(self.data)
        for _attempt in range(ATTEMPTS):
            self.port = free_port(port)
            settings = {**SETTINGS, **(THROWAWAY if self._throwaway else {}), "port": str(self.port)}
            options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
            self.service.start(
                [*account.prefix, programs.folder / "postgres", "-D", self.data, *options], **account.options
            )
            if self._answers():
                return
            if not self.service.lost_its_port():  # else somebody was quicker: next port
                break
        failure = self.service.failure()
        self.service.stop(5)
        raise failure

    def stop(self) -> None:
        """Stop the server; committed data is safe even if it has to be forced."""
        self.service.stop(60)

    def _major(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text("utf-8"))
        except FileNotFoundError:
            return None

    def _create(self, programs: Programs, account: Account) -> None:
        """Run initdb beside the final place, so that an interrupted run leaves nothing that looks finished."""
        unfinished = self.data.with_name("postgres.new")
        for folder in (unfinished, self.data):
            shutil.rmtree(folder, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        account.own(unfinished)
        # What lower() and sorting do must not change with the system's C library.
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if programs.major >= 17
            else ["--locale=C.UTF-8"]
        )
        with tempfile.NamedTemporaryFile("w", prefix="lienthong-") as secret:
            secret.write(self._password)
            secret.flush()
            if account.options:
                os.chown(secret.name, account.owner, -1)
            made = subprocess.run(
                [
                    *account.prefix, programs.folder / "initdb", "--pgdata", unfinished, "--username", SUPERUSER,
                    "--auth", "scram-sha-256", "--pwfile", secret.name, "--encoding", "UTF8", "--data-checksums",
                    *locale, *(["--no-sync"] if self._throwaway else []),
                ],
                check=False, capture_output=True, text=True, cwd="/", **account.options,
            )  # fmt: skip
        if made.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            if tells_of_full_disk(made.stderr):
                raise disk_full()
            raise Failure(
                f"Không tạo được cụm PostgreSQL:\n{made.stderr}", "initdb failed; what it said is above."
            )
        unfinished.rename(self.data)

    def _answers(self) -> bool:
        """Wait until our server, and no stranger on its port, answers; False when it has given up."""
        deadline = time.monotonic() + 120  # a large recovery after a crash takes its time
        while time.monotonic() < deadline and self.service.exit_code is None:
            with suppress(psycopg2.OperationalError), closing(psycopg2.connect(self.url())) as connection:
                with connection.cursor() as cursor:
                    cursor.execute("SHOW data_directory")
                    (folder,) = cursor.fetchone() or ("",)
                if Path(folder).samefile(self.data):
                    return True
            time.sleep(0.05)
        return False


def _end_leftovers(data: Path) -> None:
    """Stop what a killed run left on this data folder, then drop a lock file that nobody holds.

    PostgreSQL itself cannot tell a dead owner from a stranger with the same process id, which is
    common after a restart of a container.
    """
    if not Path("/proc/self").exists():
        return
    for ending in (signal.SIGINT, signal.SIGKILL):
        deadline = time.monotonic() + 20
        while left := _processes_in(data):
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, ending)
            if time.monotonic() > deadline:
                break
            time.sleep(0.2)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(folder: Path) -> list[int]:
    """Find the processes that work in a folder, as every PostgreSQL process does in its data folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").samefile(folder) and (entry / "exe").readlink().name.startswith("postgres"):
                found.append(int(entry.name))
    return found
