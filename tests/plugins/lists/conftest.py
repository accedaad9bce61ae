import pytest

from tests.plugins.example.notebook import Notebook
from tests.support.browsing import browse, static_files  # noqa: F401 - fixtures of the tests here


@pytest.fixture
def notebook(ground):
    return Notebook(ground.agency("example"))
