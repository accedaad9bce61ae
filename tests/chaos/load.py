"""Officers at work: they write notes and read their lists without pause, and remember every answer."""

import http.client
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit
from uuid import uuid4

import orjson

from core.web.request import SESSION_COOKIE
from tests.chaos.conftest import Installation

PATIENCE = 60  # seconds a request may take; longer is a hang


@dataclass
class Load:
    """What several officers saw."""

    installation: Installation
    answers: Counter = field(default_factory=Counter)
    """(method, status) → how often."""
    acknowledged: set[tuple[str, str]] = field(default_factory=set)
    """(agency, title) of the notes the web said it had written."""
    sent: set[tuple[str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    """Answers that nothing can excuse."""
    broken: int = 0
    """Connections that ended without an answer."""
    slowest: float = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _numbers: count = field(default_factory=count)

    @contextmanager
    def at_work(self, people: int = 8):
        """Let people work in threads of their own while the block runs."""
        threads = [threading.Thread(target=self._work, args=(number,)) for number in range(people)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(2 * PATIENCE)
        assert not any(thread.is_alive() for thread in threads)

    def count(self, *statuses: int) -> int:
        """Return how many answers had one of these statuses."""
        return sum(number for (_, status), number in self.answers.items() if status in statuses)

    def check(self) -> None:
        """Check that every answer was right, and that what was acknowledged is stored, once."""
        assert not self.wrong, self.wrong[:5]
        assert {status for _, status in self.answers} <= {200, 201, 503}, self.answers
        stored = Counter(self.installation.stored())
        assert [each for each in self.acknowledged if stored[each] != 1] == []
        assert [each for each in stored if each not in self.sent or stored[each] > 1] == []

    def _work(self, number: int) -> None:
        officer = self.installation.officers[number % 2]
        worker = _Worker(self, officer.agency.info, officer.token, str(officer.agency.units["Văn phòng"]))
        while not self._stop.is_set():
            worker.write(f"{officer.agency.info.code} {next(self._numbers)}")
            worker.read()
            worker.read()
        worker.close()

    def note(self, method: str, status: int, seconds: float) -> None:
        with self._lock:
            self.answers[method, status] += 1
            self.slowest = max(self.slowest, seconds)

    def note_broken(self) -> None:
        with self._lock:
            self.broken += 1


class _Worker:
    """One officer's browser: one connection, kept alive."""

    def __init__(self, load: Load, agency, token: str, unit: str) -> None:
        self._load, self._agency, self._unit = load, agency, unit
        self._headers = {
            "Cookie": f"{SESSION_COOKIE}={token}",
            "X-CSRF-Token": load.installation.tokens[token],
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
        }
        self._path = f"/api/v1/t/{agency.code}/example/notes"
        self._connection: http.client.HTTPConnection | None = None

    def write(self, title: str) -> None:
        key = (str(self._agency.id), title)
        self._load.sent.add(key)
        document = {"id": str(uuid4()), "unit_id": self._unit, "title": title}
        if self._ask("POST", f"{self._path}/new", orjson.dumps(document))[0] == 201:
            self._load.acknowledged.add(key)

    def read(self) -> None:
        status, document = self._ask("GET", self._path)
        if status == 200:
            for line in document["items"]:
                if not line["title"].startswith((self._agency.code, "Sổ", "Chào")):
                    self._load.wrong.append(line["title"])

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict]:
        began = time.monotonic()
        try:
            if self._connection is None:
                host = urlsplit(self._load.installation.url).netloc.replace("localhost", "127.0.0.1")
                self._connection = http.client.HTTPConnection(host, timeout=PATIENCE)
            self._connection.request(method, path, body, self._headers)
            answer = self._connection.getresponse()
            document = orjson.loads(answer.read() or b"{}")
        except TimeoutError:
            self._load.wrong.append(f"{method} {path} took longer than {PATIENCE} s")
            self.close()
            return 0, {}
        except (OSError, http.client.HTTPException):
            self._load.note_broken()
            self.close()
            time.sleep(0.02)
            return 0, {}
        self._load.note(method, answer.status, time.monotonic() - began)
        if answer.status == 503 and (
            document.get("type") != "/problems/unavailable" or not answer.headers["Retry-After"]
        ):
            self._load.wrong.append(f"503 that does not say so: {document}")
        elif answer.status not in (200, 201, 503):
            self._load.wrong.append(f"{method} {answer.status}: {document}")
        return answer.status, document

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
