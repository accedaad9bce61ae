import pytest

from tests.every_hook_plugin import plugin
from tests.support.modules import Stage


@pytest.fixture(scope="session")
def stage(database):
    return Stage.build(database, plugin)


@pytest.fixture
def ground(stage):
    plugin.seen.clear()
    with stage.in_place() as ready:
        yield ready
    plugin.trouble.clear()


@pytest.fixture
def agency(ground):
    """An agency with the module switched on."""
    made = ground.agency("every")
    plugin.seen.clear()
    return made


@pytest.fixture
def reader(agency):
    """Somebody who holds the module's role."""
    return agency.officer("every.reader")
