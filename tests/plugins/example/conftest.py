import pytest

from tests.plugins.example.notebook import Notebook


@pytest.fixture
def agency(ground):
    return ground.agency("example")


@pytest.fixture
def notebook(agency):
    """An agency's notebooks, without the welcome notes that switching on left there."""
    return Notebook(agency)
