import pytest

from core import settings as installed
from tests.plugins.files.samples import Desk


@pytest.fixture
def agency(ground):
    return ground.agency("example")


@pytest.fixture
def desk(agency):
    """An officer at work on a note that files can be attached to."""
    return Desk.open(agency)


@pytest.fixture
def setting(ground, monkeypatch):
    """Change settings of the running installation: setting(files_quota_mb=1)."""

    def change(**values):
        monkeypatch.setattr(
            installed.installed_settings, "installed", _with(installed.installed_settings(), **values)
        )

    return change


def _with(settings, **values):
    from dataclasses import replace

    return replace(settings, **values)
