import pytest

from tests.plugins.notifications.post_office import PostOffice


@pytest.fixture
def office(ground):
    """An agency in which things happen that people are told of."""
    return PostOffice(ground.agency("example"))
