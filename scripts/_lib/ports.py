"""Which ports the servers of this checkout take."""

import errno
import socket
import time
import zlib

from scripts._lib.console import Failure, say
from scripts._lib.places import ROOT

# Each checkout begins to look elsewhere, so that a server that is down seldom loses its port to another checkout.
_SHIFT = zlib.crc32(str(ROOT).encode()) % 100
FIRST_WEB_PORT = 8000 + _SHIFT
FIRST_KEYCLOAK_PORT = 8180 + _SHIFT
FIRST_MANAGEMENT_PORT = 9000 + _SHIFT
FIRST_MAIL_PORT = 2525 + _SHIFT
FIRST_POSTGRES_PORT = 54320 + _SHIFT
LEAST_FOR_EVERYBODY = 1024
ATTEMPTS = 5
"""How often a server that lost its port to somebody quicker is started on the next one."""


def port_is_free(port: int) -> bool:
    """Try the port on loopback; another program may still take it before we do."""
    return _refusal(port) == 0


def _refusal(port: int) -> int | None:
    """Return the errno by which the system refuses the port now; 0 when it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno
    return 0


def free_port(first: int) -> int:
    """Return the first free port from `first` on."""
    for port in range(first, first + 200):
        if port_is_free(port):
            return port
    raise Failure(
        f"Không còn cổng trống nào từ {first} đến {first + 199}.",
        f"No free port between {first} and {first + 199}.",
    )


def becomes_free(port: int, seconds: float = 5) -> bool:
    """Tell whether the port is free, giving what a killed server left behind the time to end."""
    deadline = time.monotonic() + seconds
    while not port_is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def asked_port_in_use(port: int) -> Failure:
    """Say that the port the person asked for is taken, or is not for everybody to take."""
    if _refusal(port) == errno.EACCES:  # which ports are for root alone, the system decides
        return Failure(
            f"Cổng {port} chỉ root dùng được; chọn cổng từ {LEAST_FOR_EVERYBODY} trở lên.",
            f"Port {port} is for root alone; choose one from {LEAST_FOR_EVERYBODY} on.",
        )
    return Failure(f"Cổng {port} đang được dùng; chọn cổng khác.", f"Port {port} is in use; choose another.")


def web_port(asked: int | None, known: int) -> int:
    """Choose the port of the web pages: the one asked for or none, else the last one or the next free."""
    if asked is not None:
        if not port_is_free(asked):
            raise asked_port_in_use(asked)
        return asked
    first = known or FIRST_WEB_PORT
    port = free_port(first)
    if port != first:
        say_moved("web", first, port)
    return port


def keycloak_port(known: int) -> int:
    """Keep Keycloak's port for good: its address is part of everybody's identity."""
    if known and not becomes_free(known):
        raise Failure(
            f"Cổng {known} của Keycloak đang bị chương trình khác dùng (một bản cài khác?). Hãy dừng chương trình đó "
            f"(ss -ltnp 'sport = :{known}') rồi chạy lại; hoặc --reset để bắt đầu lại ở cổng khác, dữ liệu sẽ mất.",
            f"Keycloak's port {known} is in use by another program (another installation?). Stop that program "
            f"(ss -ltnp 'sport = :{known}') and start again; or --reset starts anew on another port, without the data.",
        )
    return known or free_port(FIRST_KEYCLOAK_PORT)


def say_moved(name: str, known: int, port: int) -> None:
    """Tell the person that a server is somewhere else now."""
    say(f"        {name}: cổng {known} đang được dùng · port {known} is in use → {port}")
