"""A small load generator: browsers that ask again as soon as they are answered, in a process of their own.

`python -m benchmarks.client URL SECONDS CONNECTIONS [HEADER …]` prints what it saw (`Pace`) as JSON. It parses no more of HTTP than our own servers send: a status, a Content-Length, a body.
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from urllib.parse import urlsplit

from scripts._lib.places import ROOT

WARM_UP = 0.3
PATIENCE = 60
"""So long the first answers may take: a process compiles its templates for the first page, on a busy machine for seconds."""
RENEWED_AFTER = 20
"""So many answers a connection lasts. Connections kept for good stay with the process that took them: when
one process happens to get six of eight, half the machine idles and the figure tells of luck."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What one measurement of one server found."""

    answers: int
    """In the measured time."""
    asked: int
    """In all, with the warm-up."""
    median_ms: float
    p99_ms: float


def load(url: str, *, seconds: float, connections: int, headers: dict[str, str]) -> Pace:
    """Ask a server for one address for some seconds and return its pace.

    Raises RuntimeError when it answers anything but 200.
    """
    given = [f"{name}: {value}" for name, value in headers.items()]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.client", url, str(seconds), str(connections), *given],
        check=False, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{url}: {done.stderr.strip().splitlines()[-1]}")
    return Pace(**json.loads(done.stdout))


class _Browser:
    """One connection at a time: sends the request, waits for the whole answer, sends it again."""

    def __init__(self, address: tuple[str, int], request: bytes) -> None:
        self._address, self._request = address, request
        self._missing = 0
        self._head = b""
        self.asked = 0.0
        self.connect()

    def connect(self) -> None:
        """Open the connection."""
        self.socket = socket.create_connection(self._address, timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left = RENEWED_AFTER

    def ask(self) -> None:
        self.left -= 1
        self._missing, self._head = -1, b""
        self.asked = time.perf_counter()
        self.socket.sendall(self._request)

    def is_answered(self) -> bool:
        """Read what has come; True when the answer is complete."""
        data = self.socket.recv(262_144)
        if not data:
            raise RuntimeError("the server closed the connection")
        if self._missing < 0:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return False
            if not self._head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(self._head[:end].decode("latin-1").splitlines()[0])
            length = self._head.lower().index(b"\r\ncontent-length:") + 17
            size = int(self._head[length : self._head.index(b"\r\n", length)])
            self._missing = size - (len(self._head) - end - 4)
        else:
            self._missing -= len(data)
        return self._missing == 0


def run(url: str, seconds: float, connections: int, headers: list[str]) -> Pace:
    """Keep the connections busy; count what is answered once each has been answered and the warm-up is over."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", *headers, "", ""]
    selector = selectors.DefaultSelector()
    unanswered: set[_Browser] = set()
    for _ in range(connections):
        browser = _Browser((parts.hostname or "", parts.port or 80), "\r\n".join(lines).encode())
        selector.register(browser.socket, selectors.EVENT_READ, browser)
        browser.ask()
        unanswered.add(browser)
    begin = time.perf_counter() + WARM_UP
    end = begin + PATIENCE
    times: list[float] = []
    asked = 0
    while (now := time.perf_counter()) < end:
        for key, _ in selector.select(timeout=end - now):
            browser = key.data
            if browser.is_answered():
                done = time.perf_counter()
                if unanswered:
                    unanswered.discard(browser)
                    if not unanswered:
                        begin = max(begin, done)
                        end = begin + seconds
                elif begin <= done < end:
                    times.append((done - browser.asked) * 1000)
                asked += 1
                if not browser.left:
                    selector.unregister(browser.socket)
                    browser.socket.close()
                    browser.connect()
                    selector.register(browser.socket, selectors.EVENT_READ, browser)
                browser.ask()
    if len(times) < 2:
        raise RuntimeError(f"too few answers in {seconds} s, or a connection without any in {PATIENCE} s")
    return Pace(len(times), asked, median(times), quantiles(times, n=100)[98])


if __name__ == "__main__":
    print(json.dumps(asdict(run(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))))
