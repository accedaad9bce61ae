"""Look whether registers are what they promise: no gap, no double, counters and closed years that agree."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from core.api import _

# One statement sees one moment, so that a number taken meanwhile is no fault.
_FAULTS = """
    WITH entry AS (
        SELECT book, year, number, day, made_at, lag(number) OVER (PARTITION BY book, year ORDER BY number) AS before
        FROM casework.register_entry WHERE tenant_id = %(tenant)s
    ), counter AS (
        SELECT book, year, paper_last, last, closed_at FROM casework.register_year WHERE tenant_id = %(tenant)s
    ), known AS (
        SELECT e.*, coalesce(c.paper_last, 0) AS paper_last, c.closed_at
        FROM entry e LEFT JOIN counter c USING (book, year)
    )
    SELECT 'gap', book, year, greatest(coalesce(before, paper_last), paper_last) + 1, number - 1 FROM known
        WHERE number > greatest(coalesce(before, paper_last), paper_last) + 1
    UNION ALL SELECT 'double', book, year, number, number FROM known WHERE number = before
    UNION ALL SELECT 'paper', book, year, number, number FROM known WHERE number <= paper_last
    UNION ALL SELECT 'after_closing', book, year, number, number FROM known WHERE made_at > closed_at
    UNION ALL SELECT 'other_year', book, year, number, number FROM known WHERE extract(year FROM day) <> year
    UNION ALL SELECT 'counter', book, year, last, found FROM (
        SELECT book, coalesce(c.year, e.year) AS year, coalesce(c.last, 0) AS last,
            coalesce(e.highest, c.paper_last, 0) AS found
        FROM counter c FULL JOIN (SELECT book, year, max(number) AS highest FROM entry GROUP BY book, year) e
            USING (book, year)
    ) both_sides WHERE last <> found
    ORDER BY 2, 3, 4, 1
"""
_SIZE = """
    SELECT (SELECT count(*) FROM casework.register_year WHERE tenant_id = %(tenant)s),
        (SELECT count(*) FROM casework.register_entry WHERE tenant_id = %(tenant)s)
"""
Execute = Callable[[str, dict[str, Any]], Any]
"""How a statement is run: it returns a cursor."""


class Fault(NamedTuple):
    """Something that is not as it should be; `first` and `last` are numbers, or counter and highest entry."""

    kind: str
    book: str
    year: int
    first: int
    last: int

    @property
    def text(self) -> str:
        """The same in words."""
        span = str(self.first) if self.first == self.last else f"{self.first}–{self.last}"
        told = {
            "gap": _("thiếu số {span}", span=span),
            "double": _("số {span} có hai lần", span=span),
            "paper": _("số {span} thuộc phần của sổ giấy", span=span),
            "after_closing": _("số {span} vào sổ sau khi sổ đã khoá", span=span),
            "other_year": _("số {span} có ngày thuộc năm khác", span=span),
            "counter": _(
                "bộ đếm ghi {first}, số cao nhất trong sổ là {last}", first=self.first, last=self.last
            ),
        }
        return told[self.kind]


class Size(NamedTuple):
    """How much was looked at."""

    registers: int
    entries: int


def faults(tenant_id: UUID, execute: Execute) -> list[Fault]:
    """Return the faults in the registers of an agency."""
    return [Fault._make(row) for row in execute(_FAULTS, {"tenant": tenant_id}).fetchall()]


def size(tenant_id: UUID, execute: Execute) -> Size:
    """Return how many years and entries the registers of an agency have."""
    return Size._make(execute(_SIZE, {"tenant": tenant_id}).fetchone())
