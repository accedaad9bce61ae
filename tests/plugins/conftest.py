from tests.support.modules import _platform, ground  # noqa: F401 - fixtures of every test below
