"""Borrow the platform's ground for tests; run from its checkout: `./scripts/test path/to/these/tests`."""

pytest_plugins = ["tests.conftest", "tests.support.modules"]
