"""Keycloak's management port: chosen when it starts, given up for the next when somebody was quicker."""

import pytest

from scripts._lib import keycloak
from scripts._lib.console import Failure
from scripts._lib.keycloak import Keycloak, Place

DATABASE = Place("postgresql://127.0.0.1:1/keycloak", "keycloak", "x")


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A Keycloak of which only the choice of ports is real; it loses the ports in `lost` while it starts."""
    made = Keycloak(tmp_path, 8180, 9000, "x")
    made.lost, made.tried = {9000}, []
    monkeypatch.setattr(keycloak, "free_port", lambda first: first + 1 if first in made.tried else first)
    monkeypatch.setattr(keycloak, "port_is_free", lambda port: port not in made.lost)
    monkeypatch.setattr(keycloak, "find_java", lambda: "java")
    monkeypatch.setattr(keycloak, "built_keycloak", lambda _java: tmp_path)

    def start(_service, _command, **_options):
        made.service.log.parent.mkdir(exist_ok=True)
        made.service.log.write_text("ERROR: Port(s) already bound: Address already in use")
        made.tried.append(made.management_port)

    monkeypatch.setattr(keycloak.Service, "start", start)
    monkeypatch.setattr(made, "_answers", lambda: made.management_port not in made.lost)
    return made


def test_a_management_port_lost_to_somebody_quicker_is_given_up_for_the_next(server):
    server.start(DATABASE)
    assert server.tried == [9000, 9001]


def test_the_port_is_named_as_the_cause_when_it_still_fails(server):
    server.lost |= {8180, 9001, 9002}
    with pytest.raises(Failure, match="another program took its port"):
        server.start(DATABASE)
    assert server.tried == [9000], "its main port is part of everybody's identity: another one is no way out"
