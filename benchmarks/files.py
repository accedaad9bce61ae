"""Files: what a gigabyte in and out costs the web process in memory."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from benchmarks.installation import Server, children, database, postgres
from benchmarks.kernel import WEB, headers
from benchmarks.table import Figure, Report
from scripts._lib.console import say

MB = 1_000_000
PIECE = 8_000_000
FORM = 48_000_000
"""What a form without script may carry, in the notebook."""
MEMORY = 60


def measure(*, size: int) -> Report:
    """Send a file in pieces, fetch it again, and send a form with a file in it."""
    report = Report("files", raw={"size": size})
    with postgres() as cluster:
        say(f"  {size // MB:,} MB in pieces of {PIECE // MB} MB")
        installation = database(cluster, "bench_files")
        made = installation.furnish()
        server = Server("files", WEB, installation.environment)
        try:
            server.start()
            visit = Visit(server, made)
            visit.warm()
            for name, work in (
                (f"{size // MB:,} MB in pieces", lambda: visit.upload(size)),
                (f"{size // MB:,} MB downloaded", visit.download),
                (f"form with {FORM // MB} MB", lambda: visit.form(FORM)),
            ):
                extra, seconds = visit.watched(work)
                report.raw[name] = {"megabytes": extra, "seconds": seconds}
                report.figures.append(
                    Figure(
                        f"extra memory of a web process: {name}",
                        extra,
                        MEMORY,
                        "MB",
                        detail=f"{seconds:.1f} s",
                    )
                )
                say(f"  {name}: {extra:.1f} MB more, {seconds:.1f} s")
        finally:
            server.stop()
    return report


class Visit:
    """A clerk who sends and fetches files."""

    def __init__(self, server: Server, made: dict[str, Any]) -> None:
        self._server, self._made = server, made
        self._session = requests.Session()
        self._session.headers.update(headers(made))
        self._file = ""
        self._note = ""

    def warm(self) -> None:
        """Write a note, and send and fetch a small file through every process, so that all code is loaded."""
        new = self._session.get(self._url("/t/{code}/example/new"), timeout=60).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', new)
        assert found
        self._session.headers["X-CSRF-Token"] = found[1]
        note = self._session.post(
            self._url("/api/v1/t/{code}/example/notes/new"),
            json={"title": "Hồ sơ", "unit_id": self._made["units"][0]},
            timeout=60,
        )
        note.raise_for_status()
        self._note = note.json()["id"]
        for _each in range(20):
            self.upload(2 * PIECE)
            self.download()
            self.form(2 * MB)

    def upload(self, size: int) -> None:
        """Send a file of so many bytes in pieces."""
        begun = self._session.post(
            self._url("/api/v1/t/{code}/files/uploads"), json={"name": "ban-do.bin", "size": size}, timeout=60
        )
        begun.raise_for_status()
        url = self._url(begun.json()["url"])
        offset = 0
        for piece in pieces(size):
            answer = self._session.patch(url, data=piece, headers={"Upload-Offset": str(offset)}, timeout=60)
            answer.raise_for_status()
            offset += len(piece)
        finished = self._session.post(f"{url}/finish", timeout=600)
        finished.raise_for_status()
        self._file = finished.json()["id"]

    def download(self) -> None:
        """Fetch the file sent last."""
        url = self._url(f"/t/{{code}}/files/{self._file}")
        with self._session.get(url, stream=True, timeout=60) as answer:
            answer.raise_for_status()
            for _chunk in answer.iter_content(1_000_000):
                pass

    def form(self, size: int) -> None:
        """Send a form with one file, as browsers without script do."""
        answer = self._session.post(
            self._url(f"/t/{{code}}/example/{self._note}/files"),
            files={"files": ("ban-ve.bin", os.urandom(size))},
            allow_redirects=False,
            timeout=600,
        )
        if answer.status_code != 303:
            raise RuntimeError(f"The form was answered with {answer.status_code}.")

    def watched(self, work: Any) -> tuple[float, float]:
        """Return by how many megabytes the largest web process grew at its peak, and how long the work took."""
        processes = children(self._server.service)
        before = {}
        for process in processes:
            Path(f"/proc/{process}/clear_refs").write_text("5", "ascii")  # the peak begins anew
            before[process] = peak(process)
        began = time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        return max(peak(process) - before[process] for process in processes), seconds

    def _url(self, path: str) -> str:
        return self._server.url + path.format(code=self._made["code"])


def pieces(size: int) -> Iterator[bytes]:
    """Yield random bytes, which no disk or network can make smaller."""
    for at in range(0, size, PIECE):
        yield os.urandom(min(PIECE, size - at))


def peak(process: int) -> float:
    """Return the largest resident memory of a process in megabytes."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024 / MB
