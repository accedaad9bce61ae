import pytest

from core.db import db
from plugins.files import api
from tests.support.modules import ground, stage  # noqa: F401 - fixtures of every test below


@pytest.fixture
def counters(monkeypatch):
    """How many counters of case numbers were locked whenever a file was stored, for an agency without any case."""
    seen, plain = [], api.store

    def spy(*told, **options):
        seen.append(db.execute_sql("SELECT count(*) FROM casework.case_counter").fetchone()[0])
        return plain(*told, **options)

    monkeypatch.setattr(api, "store", spy)
    return seen
