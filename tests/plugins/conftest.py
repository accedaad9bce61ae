from tests.support.modules import ground, stage  # noqa: F401 - fixtures of every test below
