import pytest

from tests.plugins.websites.newsroom import Newsroom
from tests.plugins.websites.press import Press


@pytest.fixture
def newsroom(ground):
    return Newsroom(ground.agency("websites"))


@pytest.fixture
def press(ground):
    """An agency with an open site."""
    return Press(ground)
