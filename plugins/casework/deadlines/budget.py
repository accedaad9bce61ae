"""How much time something may take: working hours, working days, calendar days, or the very day."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from core.api import _, format_date, ngettext

Unit = Literal["h", "wd", "cd", "sd"]
LIMITS: dict[Unit, int] = {"h": 20_000, "wd": 2_500, "cd": 3_650, "sd": 30}
"""About ten years: more is a slip of the hand."""
_WRITTEN = re.compile(r"([0-9]{1,9})\s*(h|wd|cd|sd)")
CUT_OFF = 15 * 60
"""Minutes of the day: what comes later counts from the next working day where something is due on the very day."""


class ClockError(ValueError):
    """Raised with a sentence for the reader about a deadline that cannot be counted; `field` is what to mend."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Budget:
    """An amount of time, in the unit that the law or the agency gave it in."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        limit = LIMITS.get(self.unit, 0)
        if not 1 <= self.amount <= limit:
            text = _("Thời hạn từ 1 đến {limit}.", limit=Budget.words_of(limit, self.unit))
            raise ClockError(text, "budget")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the budget written as 5wd, 40h, 7cd or sd.

        Raises ClockError.
        """
        written = text.strip().lower()
        found = _WRITTEN.fullmatch("1sd" if written == "sd" else written)
        if found is None:
            message = _(
                "Thời hạn viết là 5wd (ngày làm việc), 40h (giờ làm việc), 7cd (ngày, kể cả ngày nghỉ) hoặc sd (trong ngày)."
            )
            raise ClockError(message, "budget")
        return cls(int(found[1]), found[2])  # type: ignore[arg-type]

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def words(self) -> str:
        """The budget as officers say it."""
        if self.unit == "sd" and self.amount == 1:
            return _("trong ngày làm việc")
        return Budget.words_of(self.amount, self.unit)

    @staticmethod
    def words_of(amount: int, unit: Unit) -> str:
        """Return an amount of a unit in words; it may be none or less."""
        if unit == "h":
            return ngettext("{n} giờ làm việc", "{n} giờ làm việc", amount)
        if unit in ("wd", "sd"):
            return ngettext("{n} ngày làm việc", "{n} ngày làm việc", amount)
        return ngettext("{n} ngày", "{n} ngày", amount)


def more_words(told: str) -> str:
    """Return in the reader's words by how much, or to which day, something was extended: stored as 3wd or as a day.

    What was stored in words before stays as it is.
    """
    try:
        more = Budget.parse(told)
    except ClockError:
        try:
            return format_date(date.fromisoformat(told), year=True)
        except ValueError:
            return told
    return Budget.words_of(more.amount, more.unit)
