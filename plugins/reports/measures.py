"""The numbers of a report, each with what it means: how they are computed from counters, and the cases behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.api import N_


@dataclass(frozen=True, slots=True)
class Measure:
    """One number: its head, its meaning, and the condition over counted cases `k` of those it counts."""

    key: str
    title: str
    meaning: str
    condition: str
    order: str = "k.due_order"
    down: bool = False


_OPEN = "k.opened_on <= %(until)s AND (k.closed_on IS NULL OR k.closed_on > %(until)s)"
_CLOSED = "k.closed_on BETWEEN %(first)s AND %(until)s"
JUDGED = "coalesce(k.answered_on, k.closed_on)"
"""The day by which a case that ended is early, on time or late: of one that was answered before, that of its answer."""
UNJUDGED = "k.closed_on IS NULL AND k.answered_on IS NULL"
"""Which cases are overdue once their day is over."""
_ENDED = ("k.closed_on", True)

MEASURES = (
    Measure("carried", N_("Kỳ trước chuyển sang"), N_("nhận trước ngày đầu kỳ và tới ngày đó chưa xong"),
            "k.opened_on < %(first)s AND (k.closed_on IS NULL OR k.closed_on >= %(first)s)"),
    Measure("received", N_("Nhận trong kỳ"), N_("ngày nhận nằm trong kỳ"), "k.opened_on BETWEEN %(first)s AND %(until)s",
            "k.opened_on", down=True),
    Measure("closed", N_("Đã xong"),
            N_("ngày kết thúc nằm trong kỳ, kể cả việc nhận từ kỳ trước; sớm hay trễ tính theo ngày trả lời nếu đã trả lời trước khi kết thúc, theo ngày hứa nếu có lời hứa"),
            _CLOSED, *_ENDED),
    Measure("early", N_("Xong sớm"), N_("xong trước ngày đến hạn; so theo ngày, không theo giờ"),
            f"{_CLOSED} AND {JUDGED} < k.due_on", *_ENDED),
    Measure("on_time", N_("Xong đúng hạn"), N_("xong đúng ngày đến hạn, hoặc việc không có hạn"),
            f"{_CLOSED} AND (k.due_on IS NULL OR {JUDGED} = k.due_on)", *_ENDED),
    Measure("late", N_("Xong trễ"), N_("xong sau ngày đến hạn"), f"{_CLOSED} AND {JUDGED} > k.due_on", *_ENDED),
    Measure("open", N_("Đang xử lý"), N_("đến cuối kỳ chưa xong"), _OPEN),
    Measure("in_time", N_("Còn trong hạn"),
            N_("chưa xong, hạn từ cuối kỳ trở đi, hoặc không có hạn; gồm việc đang tạm dừng tính hạn và việc đã trả lời, chờ đánh giá"),
            f"{_OPEN} AND (k.due_on IS NULL OR k.due_on >= %(until)s OR k.answered_on <= %(until)s)"),
    Measure("overdue", N_("Đang quá hạn"), N_("chưa xong và ngày đến hạn trước ngày cuối kỳ; không gồm việc đã trả lời, chờ đánh giá"),
            f"{_OPEN} AND k.due_on < %(until)s AND (k.answered_on IS NULL OR k.answered_on > %(until)s)"),
)  # fmt: skip
SOON = Measure(
    "soon", N_("Sẽ quá hạn"), N_("chưa xong, ngày đến hạn từ hôm nay đến hết 6 ngày tới"),
    f"{UNJUDGED} AND k.due_on BETWEEN %(until)s AND %(until)s + 6",
)  # fmt: skip
LATENESS = Measure(
    "lateness", N_("Trễ hạn"), N_("xong trễ trong kỳ, và đang quá hạn hôm nay"),
    # Each half by its own index; together they are few beside all cases.
    f"""k.id = ANY (ARRAY(SELECT k.id FROM reports.counted k WHERE k.tenant_id = %(tenant)s AND k.kind = ANY (%(kinds)s)
        AND k.closed_on BETWEEN %(first)s AND %(until)s AND {JUDGED} > k.due_on UNION ALL
    SELECT k.id FROM reports.counted k WHERE k.tenant_id = %(tenant)s AND k.kind = ANY (%(kinds)s)
        AND {UNJUDGED} AND k.due_order < tenants.today()))""",
)  # fmt: skip
NOW = {
    "state": N_("theo trạng thái của việc lúc này, không phải của ngày nhận"),
    "unit": N_(
        "theo đơn vị đang giải quyết việc lúc này, không phải của ngày nhận; lúc chờ duyệt và khi đã xong vẫn tính cho đơn vị đã giải quyết"
    ),
}
"""What a report is divided by that a case has now."""
BY_KEY: Mapping[str, Measure] = {each.key: each for each in (*MEASURES, SOON, LATENESS)}


class Numbers(NamedTuple):
    """The numbers of a line."""

    carried: int = 0
    received: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    overdue: int = 0

    @property
    def closed(self) -> int:
        """All that were done."""
        return self.early + self.on_time + self.late

    @property
    def open(self) -> int:
        """All that are not."""
        return self.carried + self.received - self.closed

    @property
    def in_time(self) -> int:
        """Those whose day is not over."""
        return self.open - self.overdue

    def all(self) -> list[int]:
        """Return the numbers in the order of the heads."""
        return [getattr(self, each.key) for each in MEASURES]

    def plus(self, other: "Numbers") -> "Numbers":
        """Return the numbers of both."""
        return Numbers(*(one + two for one, two in zip(self, other, strict=True)))


SUMS = """coalesce(sum(opened - early - on_time - late) FILTER (WHERE day < %(first)s), 0)::int,
    coalesce(sum(opened) FILTER (WHERE day BETWEEN %(first)s AND %(until)s), 0)::int,
    coalesce(sum(early) FILTER (WHERE day BETWEEN %(first)s AND %(until)s), 0)::int,
    coalesce(sum(on_time) FILTER (WHERE day BETWEEN %(first)s AND %(until)s), 0)::int,
    coalesce(sum(late) FILTER (WHERE day BETWEEN %(first)s AND %(until)s), 0)::int,
    coalesce(sum(overdue) FILTER (WHERE day <= %(until)s), 0)::int"""
"""The fields of `Numbers` over counters."""


def window(first: Any, until: Any) -> dict[str, Any]:
    """Return the values that sums and conditions take."""
    return {"first": first, "until": until}
