import pytest

from tests.plugins.websites.newsroom import Newsroom


@pytest.fixture
def newsroom(ground):
    return Newsroom(ground.agency("websites"))
