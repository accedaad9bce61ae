"""Ask the same address over and over on kept-open connections, with as little work on this side as possible."""

import socket
import statistics
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Answered:
    """What a round of requests found."""

    per_second: float
    median_ms: float


def ask(port: int, path: str, cookie: str, *, seconds: float, connections: int = 4) -> Answered:
    """Send requests for some seconds; raises RuntimeError for any answer other than 200."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/html,application/json\r\n"
        f"Cookie: __Host-lt_session={cookie}\r\n\r\n"
    ).encode()
    times: list[float] = []
    failures: list[str] = []
    stop = time.perf_counter() + seconds

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            while time.perf_counter() < stop and not failures:
                began = time.perf_counter()
                connection.sendall(request)
                head = _answer(connection)
                times.append(time.perf_counter() - began)
                if not head.startswith(b"HTTP/1.1 200"):
                    failures.append(head[:120].decode("latin-1"))

    threads = [threading.Thread(target=work) for _each in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures or not times:
        raise RuntimeError(f"{path}: {failures[0] if failures else 'no answer'}")
    return Answered(len(times) / (time.perf_counter() - began), statistics.median(times) * 1000)


def _answer(connection: socket.socket) -> bytes:
    """Read one answer whole and return its head."""
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        chunk = connection.recv(262_144)
        if not chunk:
            raise RuntimeError("the connection was closed")
        data += chunk
    head = data[:end]
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    missing = length - (len(data) - end - 4)
    while missing > 0:
        missing -= len(connection.recv(262_144))
    return head
