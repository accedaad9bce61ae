"""The mirror against the real Keycloak, reached through a line that can be cut in the middle."""

import socket
import socketserver
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from sso.directory import KeycloakDirectory
from tenants.models import DirectoryTask, Person, Tenant
from tenants.reconciler import reconcile

AGENCIES, PEOPLE = 6, 40


class Line:
    """Forwards connections to a server; cut, it drops what it carries and takes no more."""

    def __init__(self, target: tuple[str, int]) -> None:
        line = self
        self.open, self.cut_after, self.carried = True, 0, 0
        self.sockets: list[socket.socket] = []

        class Forward(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if not line.open:
                    return
                with suppress(OSError), socket.create_connection(target) as server:
                    line.sockets += [self.request, server]
                    back = threading.Thread(target=line.pump, args=(server, self.request), daemon=True)
                    back.start()
                    line.pump(self.request, server, count=True)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address = True, True

        self.server = Server(("127.0.0.1", 0), Forward)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def pump(self, source: socket.socket, sink: socket.socket, *, count: bool = False) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
                if count:
                    self.carried += 1
                    if self.carried == self.cut_after:
                        self.cut()

    def cut(self) -> None:
        self.open = False
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.open, self.cut_after, self.carried = True, 0, 0


@pytest.fixture
def line(staff_realm):
    parts = urlsplit(staff_realm.keycloak_url)
    line = Line((parts.hostname, parts.port))
    yield line
    line.server.shutdown()
    line.server.server_close()


def test_keycloak_gone_in_the_middle_of_apply_nothing_is_lost_and_nothing_double(
    stage, staff_realm, line, tmp_path
):
    lines = [
        "agencies:",
        *(f"- {{code: co-quan-{n}, name: Cơ quan {n}, kind: other}}" for n in range(AGENCIES)),
        "units:",
    ]
    lines += [f"- {{agency: co-quan-{n}, code: van-phong, name: Văn phòng}}" for n in range(AGENCIES)]
    lines += [
        "people:",
        *(f"- {{username: nguoi{n}, full_name: Nguyễn Văn {n}, email: n{n}@x.vn}}" for n in range(PEOPLE)),
        "posts:",
    ]
    lines += [
        f"- {{person: nguoi{n}, agency: co-quan-{n % AGENCIES}, unit: van-phong, position: X}}"
        for n in range(PEOPLE)
    ]
    path = tmp_path / "file.yaml"
    path.write_text("\n".join(lines), "utf-8")
    assert stage.apply(path).failed == {}

    def make():
        return KeycloakDirectory(
            keycloak_url=line.url, realm=staff_realm.name, client_id="lienthong-directory",
            client_secret=staff_realm.directory_client_secret,
        )  # fmt: skip

    for cut_after in (7, 25, 60):
        line.mend()
        line.cut_after = cut_after
        outcome = reconcile(make, everything=True)
        assert outcome.unavailable, f"the line was to be cut after {cut_after} messages"
        assert outcome.left
    assert {task.attempts for task in DirectoryTask.select()} == {0}

    line.mend()
    outcome = reconcile(make, everything=True)
    assert (outcome.left, outcome.refused, outcome.unavailable) == (0, 0, "")
    users = staff_realm.call("GET", "/users?max=500&search=nguoi").json()
    assert len(users) == PEOPLE
    assert {user["id"] for user in users} == {person.subject for person in Person.select()}
    organizations = staff_realm.call("GET", "/organizations?max=500").json()
    assert {each["id"] for each in organizations} == {str(each.organization_id) for each in Tenant.select()}
    assert len(organizations) == AGENCIES
    members = [
        len(staff_realm.call("GET", f"/organizations/{each['id']}/members?max=500").json())
        for each in organizations
    ]
    assert sum(members) == PEOPLE
