"""What kinds of notifications that a module declares are refused for."""

import pytest

from core.app import load_modules
from core.declarations import PluginError
from plugins.notifications.declarations import NotificationKind
from tests.core.modules import module


def boot(**hooks):
    """Boot all of our modules and one more."""
    host, _catalogue = load_modules()
    host.register(module("alpha", hooks=hooks, requires=("notifications",)))
    return host.boot()


def refused(**hooks):
    with pytest.raises(PluginError) as caught:
        boot(**hooks)
    return str(caught.value)


def test_a_notification_mailed_in_an_unknown_way_is_refused():
    said = refused(register_notifications=[NotificationKind("alpha.told", "", email="sometimes")])
    assert "'alpha.told' is mailed 'sometimes'; there are at_once, digest, never" in said
