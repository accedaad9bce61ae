"""Give the officers and leaders of the browser tests a morning's work; runs as a program of their installation.

    python -m tests.browser.work

What is overdue began weeks ago, which no page can make; everything goes through the services of casework.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from core.api import person_context
from core.app import boot
from core.db import db, scope
from core.events import Actor, acting
from core.settings import load_settings
from plugins.casework.api import Budget, Move, Opening, Receiver, move, open_case
from plugins.casework.tasks.kind import TASK
from tenants import queries
from tenants.models import Person

GROUND = "Quy chế làm việc của Sở: báo cáo trong 5 ngày làm việc"
HIDDEN = "Danh sách kèm số điện thoại 0912 345 678"
"""Stands in the text of the overdue case, which no superior reads."""


def main() -> None:
    """Give what is to be done in both agencies."""
    boot(load_settings())
    with db.connection_context():
        health, ward = Giver("so-y-te", "minhdv"), Giver("phuong-phu-xuan", "thangpn")
        health.task("Rà soát trạm y tế thiếu thuốc", "oanhpt", ago=5, due=-2, begun=True)
        health.task(
            "Báo cáo cấp thuốc quý III",
            "tuanlv",
            ago=30,
            begun=True,
            budget=Budget.parse("5wd"),
            ground=GROUND,
            text=HIDDEN,
        )
        ward.task("Trả lời phiếu lấy ý kiến", "oanhpt", due=0, begun=True)
        ward.task("Lập danh sách tổ trưởng", "oanhpt", due=2)
        ward.task("Lập danh mục lưu trữ", "oanhpt", due=3)
        ward.task("Treo cờ ngày lễ", "", due=4)
        ward.task("Kiểm kê tài sản", "", due=5)


class Giver:
    """A leader who gives work in an agency."""

    def __init__(self, code: str, username: str) -> None:
        tenant = queries.tenant_by_code(code)
        assert tenant is not None
        self.tenant, self.leader = tenant, Person.get(username=username)

    def task(
        self,
        title: str,
        username: str,
        *,
        ago: int = 0,
        due: int | None = None,
        begun: bool = False,
        **more: Any,
    ) -> None:
        """Give somebody, or the unit, something that is due in so many days and was given so many days ago."""
        now = datetime.now(UTC)
        with scope(self.tenant.id), acting(Actor(self.leader.id, self.leader.full_name)), db.atomic():
            person = Person.get(username=username) if username else None
            unit = next(iter(queries.units()))
            to = Receiver(person_id=person.id) if person else Receiver(unit_id=unit.id)
            moment = None if due is None else now + timedelta(days=due)
            case = open_case(
                TASK.key,
                Opening(
                    title=title, to=to, at=now - timedelta(days=ago), due=moment, unit_id=unit.id, **more
                ),
            )
            if begun and person:
                with acting(Actor(person.id, person.full_name)):
                    move(
                        person_context(person.id),
                        case.id,
                        "start",
                        Move(version=case.version),
                        at=now - timedelta(days=ago),
                    )


if __name__ == "__main__":
    main()
