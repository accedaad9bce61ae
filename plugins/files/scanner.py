"""ClamAV's daemon, asked with INSTREAM (clamd(8)); without the setting nobody is asked and nothing is claimed."""

import socket
from contextlib import closing
from typing import IO, Protocol
from urllib.parse import urlsplit

from core.api import installed_settings

CHUNK = 64 * 1024
CONNECT_SECONDS = 5
ANSWER_SECONDS = 120


class ScannerAway(Exception):
    """Raised when the scanner gives no verdict; `reason` is its own words, for operators."""


class Scanner(Protocol):
    """Looks through files."""

    def scan(self, content: IO[bytes]) -> str:
        """Return the name of what was found; empty when the file is clean. Raises ScannerAway."""

    def ping(self) -> None:
        """Return when the scanner is there. Raises ScannerAway."""

    def version(self) -> str:
        """Return the name of the program and its signatures. Raises ScannerAway."""


class Clamd:
    """A clamd on a TCP or unix socket."""

    def __init__(self, address: str) -> None:
        self._address = urlsplit(address)

    def scan(self, content: IO[bytes]) -> str:
        """Send a file in pieces and return the verdict; see Scanner.scan."""
        try:
            with closing(self._connect()) as connection:
                content.seek(0)
                self._send(connection, content)
                answer = _answer(connection)
        except OSError as error:
            raise ScannerAway(type(error).__name__) from error
        verdict = answer.removeprefix("stream: ")
        if verdict == "OK":
            return ""
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")
        raise ScannerAway(answer or "no answer")

    def ping(self) -> None:
        """Return when clamd answers PONG; see Scanner.ping."""
        answer = self._ask(b"zPING\0")
        if answer != "PONG":
            raise ScannerAway(answer or "no answer")

    def version(self) -> str:
        """Return “ClamAV 1.4.2/27800”, without the date that follows; see Scanner.version."""
        answer = self._ask(b"zVERSION\0")
        if not answer.startswith("ClamAV"):
            raise ScannerAway(answer or "no answer")
        return "/".join(answer.split("/")[:2])

    def _ask(self, command: bytes) -> str:
        try:
            with closing(self._connect()) as connection:
                connection.sendall(command)
                return _answer(connection)
        except OSError as error:
            raise ScannerAway(type(error).__name__) from error

    def _connect(self) -> socket.socket:
        if self._address.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(CONNECT_SECONDS)
            try:
                connection.connect(self._address.path)
            except OSError:
                connection.close()
                raise
        else:
            where = (self._address.hostname or "", self._address.port or 3310)
            connection = socket.create_connection(where, timeout=CONNECT_SECONDS)
        connection.settimeout(ANSWER_SECONDS)
        return connection

    def _send(self, connection: socket.socket, content: IO[bytes]) -> None:
        try:
            connection.sendall(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
            connection.sendall(bytes(4))
        except (BrokenPipeError, ConnectionResetError):
            # Above its size limit clamd says so and hangs up while we still send: its answer can be read.
            return


def _answer(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and (piece := connection.recv(4096)):
        received += piece
    return received.rstrip(b"\0").decode("utf-8", "replace").strip()


def scanner() -> Scanner | None:
    """Return the scanner of this installation, if it has one."""
    address = installed_settings().clamav
    return Clamd(address) if address else None
