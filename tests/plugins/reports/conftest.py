from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from core.db import db
from plugins.casework import api as casework
from plugins.casework.api import Move, Opening, Receiver, move, open_case
from plugins.casework.tasks.kind import TASK
from plugins.press_issues import services as press
from plugins.reports import checking
from tests.plugins.press_issues.conftest import said
from tests.support.modules import OTHER_UNIT, UNIT


@pytest.fixture
def office(ground):
    return Office(ground.agency("press_issues"))


class Office:
    """An agency with a leader who sees all, and somebody who works."""

    def __init__(self, agency):
        self.agency = agency
        roles = ("casework.leader", "press_issues.leader", "reports.leader")
        self.leader = agency.officer(*roles, name="Phạm Ngọc Anh")
        self.lan = agency.officer("casework.officer", "press_issues.compiler", name="Hoàng Thị Lan")
        self.binh = agency.officer("casework.officer", unit=OTHER_UNIT, name="Trần Văn Bình")

    def task(self, *, ago=0, due=None, unit=UNIT, title="Rà soát danh sách hộ nghèo", restricted=False):
        """Give something `ago` days ago, to somebody of a unit, that is due in so many days from now."""
        now, to = datetime.now(UTC), {UNIT: self.lan, OTHER_UNIT: self.binh}[unit]
        with self.leader.working():
            return open_case(
                TASK.key,
                Opening(
                    title=title, to=Receiver(person_id=to.person_id), at=now - timedelta(days=ago), due=None if due is None else now + timedelta(days=due), restricted=restricted,
                ),
            )  # fmt: skip

    def move(self, case, key, *, ago=0, who=None):
        """Move a case as it was moved some days ago."""
        with (who or self.lan).working() as ctx:
            version = casework.case(case.id).version
            at = datetime.now(UTC) - timedelta(days=ago)
            return move(ctx, case.id, key, Move(version=version, note="Xong"), at=at)

    def done(self, case, *, ago=0):
        """Bring a task to its end."""
        self.move(case, "report", ago=ago, who=self.leader)
        self.move(case, "approve", ago=ago, who=self.leader)

    def issue(self, **given):
        """Record a press issue."""
        with self.leader.working() as ctx:
            return press.record(ctx, said(url=f"https://bao.example/{uuid4()}", into="new", **given))

    def faults(self):
        with self.agency.at_work():
            return list(checking.faults())

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self.agency.at_work():
            yield

    def sql(self, statement, *values):
        with self.agency.at_work():
            cursor = db.execute_sql(statement, values)
            return cursor.fetchall() if cursor.description else None
