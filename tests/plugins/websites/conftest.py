import pytest

from tests.plugins.websites.press import Press


@pytest.fixture
def press(ground):
    """An agency with an open site."""
    return Press(ground)
