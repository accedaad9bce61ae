"""The periods that reports are made for: windows of Decree 09/2019, which end on the 14th, or any days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.api import BadRequest, _, format_date

CLOSES = 14
"""The last day of a month's window; the next one begins the day after."""
FIRST_YEAR, LAST_YEAR = 2001, 2199
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_MONTHS = re.compile(r"(\d{4})-(6|9)M")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Period:
    """A window of days, both included; `key` stands for it in an address."""

    key: str
    title: str
    first: date
    last: date

    @property
    def days(self) -> str:
        """Its days in words: 15/7–14/8, with the year where it is not that of the last day."""
        return f"{format_date(self.first, year=self.first.year != self.last.year)}–{format_date(self.last, year=True)}"

    @property
    def words(self) -> str:
        """Its title with its days, told once where the title is made of them."""
        return self.title if ".." in self.key else f"{self.title} ({self.days})"

    def until(self, today: date) -> date:
        """Return the last day of it that has begun; what is yet to come counts for nothing."""
        return max(min(self.last, today), self.first)


def _window(year: int, first: int, last: int) -> tuple[date, date]:
    """Return the days of some months of a report year: January begins on 15 December."""
    before = date(year - 1, 12, CLOSES + 1) if first == 1 else date(year, first - 1, CLOSES + 1)
    return before, date(year, last, CLOSES)


def month(year: int, number: int) -> Period:
    """Return a month: 15th of the month before to 14th."""
    first, last = _window(year, number, number)
    return Period(f"{year}-{number:02}", _("Tháng {month}/{year}", month=number, year=str(year)), first, last)


def quarter(year: int, number: int) -> Period:
    """Return a quarter: 15th of the month before it to 14th of its last month."""
    first, last = _window(year, number * 3 - 2, number * 3)
    title = _("Quý {quarter}/{year}", quarter=ROMAN[number - 1], year=str(year))
    return Period(f"{year}-Q{number}", title, first, last)


def months(year: int, number: int) -> Period:
    """Return the first six or nine months of a year."""
    title = _("{months} tháng năm {year}", months=number, year=str(year))
    return Period(f"{year}-{number}M", title, *_window(year, 1, number))


def whole_year(year: int) -> Period:
    """Return a report year: 15/12 of the year before to 14/12."""
    return Period(str(year), _("Năm {year}", year=str(year)), *_window(year, 1, 12))


def any_days(first: date, last: date) -> Period:
    """Return a window that somebody chose.

    Raises BadRequest when it ends before it begins.
    """
    if last < first:
        raise BadRequest(_("Kỳ báo cáo kết thúc trước ngày bắt đầu. Chọn lại từ ngày, đến ngày."))
    days = {"first": format_date(first, year=True), "last": format_date(last, year=True)}
    title = _("Ngày {first}", **days) if first == last else _("Từ {first} đến {last}", **days)
    return Period(f"{first.isoformat()}..{last.isoformat()}", title, first, last)


def parse(key: str) -> Period:
    """Return the period that an address names.

    Raises BadRequest for one that is none.
    """
    wrong = BadRequest(_("Địa chỉ này nêu một kỳ báo cáo không có. Chọn lại kỳ trong danh sách."))
    try:
        if found := _DAYS.fullmatch(key):
            return any_days(date.fromisoformat(found[1]), date.fromisoformat(found[2]))
        year = int(key[:4])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise wrong
        if key == str(year):
            return whole_year(year)
        for pattern, made in ((_MONTH, month), (_QUARTER, quarter), (_MONTHS, months)):
            if found := pattern.fullmatch(key):
                return made(year, int(found[2]))
    except ValueError:
        raise wrong from None
    raise wrong


def report_year(day: date) -> int:
    """Return the report year that a day belongs to."""
    return day.year + ((day.month, day.day) > (12, CLOSES))


def month_of(day: date) -> Period:
    """Return the month's window that a day belongs to."""
    later = day.month + (day.day > CLOSES)
    return month(day.year + (later == 13), 1 if later == 13 else later)


def neighbours(of: Period) -> tuple[Period, Period]:
    """Return the period before and the one after, of the same length."""
    year = report_year(of.last)
    if of.key.endswith("M"):
        number = int(of.key[-2])
        return months(year - 1, number), months(year + 1, number)
    if of.key == str(year):
        return whole_year(year - 1), whole_year(year + 1)
    if found := _QUARTER.fullmatch(of.key):
        at = year * 4 + int(found[2]) - 1
        return quarter((at - 1) // 4, (at - 1) % 4 + 1), quarter((at + 1) // 4, (at + 1) % 4 + 1)
    if _MONTH.fullmatch(of.key):
        return month_of(of.first - timedelta(days=1)), month_of(of.last + timedelta(days=1))
    length, day = of.last - of.first, timedelta(days=1)
    return any_days(of.first - day - length, of.first - day), any_days(of.last + day, of.last + day + length)


def offered(today: date) -> Iterator[Period]:
    """Return the periods to choose from: the running ones first, and those before them."""
    year, now = report_year(today), month_of(today)
    for _each in range(6):
        yield now
        now = neighbours(now)[0]
    at = year * 4 + (month_of(today).last.month - 1) // 3
    for back in range(5):
        yield quarter((at - back) // 4, (at - back) % 4 + 1)
    for each in (year, year - 1):
        yield from (months(each, 6), months(each, 9), whole_year(each))
