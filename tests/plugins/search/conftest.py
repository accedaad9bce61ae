from tests.support.browsing import browse, static_files  # noqa: F401 - fixtures of the tests here
