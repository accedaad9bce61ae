"""What operators see counted in each agency: how much work is open and overdue, from the counters; no case is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.api import N_, db, unscoped

OPEN = "opened - early - on_time - late"


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of the console's list of agencies, summed up over the counters of all kinds."""

    key: str
    title: str
    meaning: str
    measure: str
    alert: bool = False

    def count(self, tenant_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return the sums of these agencies up to today."""
        with unscoped(reason="operators see how much work agencies have, and nothing of it"), db.atomic():
            rows = db.execute_sql(
                f"SELECT tenant_id, sum({self.measure})::int FROM reports.tally WHERE tenant_id = ANY (%s::uuid[]) "
                "AND dimension = '' AND day <= tenants.today() GROUP BY tenant_id",
                ([str(each) for each in tenant_ids],),
            ).fetchall()
        return dict(rows)


FIGURES = [
    Figure(
        "reports.open",
        N_("Việc mở"),
        N_(
            "Vụ việc của mọi phân hệ đã nhận mà chưa xong, tính tới hôm nay; chỉ số lượng, không mở được việc nào."
        ),
        OPEN,
    ),
    Figure(
        "reports.overdue",
        N_("Quá hạn"),
        N_("Trong số việc mở, những việc đã qua ngày hạn; thời gian tạm dừng không tính."),
        "overdue",
        alert=True,
    ),
]
