"""A report as a table of words and numbers: what the page shows, what is published, and what Excel and PDF hold."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.api import Invalid, _, format_date, format_datetime, format_number
from plugins.letters.api import Unprintable, typeset
from plugins.lists.api import by_place, write_excel
from plugins.reports import queries
from plugins.reports.asking import BY, Asked, line_titles
from plugins.reports.measures import MEASURES, NOW, Numbers

SOURCE = Path(__file__).parent / "templates/reports/report.typ"


@dataclass(frozen=True, slots=True)
class Table:
    """A report in the words of whoever reads or publishes it."""

    title: str = ""
    context: str = ""
    line_head: str = ""
    keys: Sequence[str] = ()
    heads: Sequence[str] = ()
    rows: Sequence[tuple[str, str, Sequence[int]]] = ()
    """Value, title and numbers of a line."""
    total: Sequence[int] = ()
    meanings: Sequence[tuple[str, str]] = ()

    def stored(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def restore(cls, stored: Mapping[str, Any]) -> "Table":
        """Return what `stored` made; what it has gained since takes its default."""
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__ if name in stored})


def table(of: Asked) -> Table:
    """Return a report as its counters are now."""
    found = queries.figures(of)
    titles = line_titles(of, queries.names_of(of.by))
    rows = [
        (key, titles[key], found[key].all()) for key in titles if any(found.get(key, Numbers()))
    ]  # in the order of the titles
    rows += [
        (key, key or _("Chưa ghi"), numbers.all())
        for key, numbers in sorted(found.items())
        if key not in titles and any(numbers)
    ]
    total = Numbers()
    for numbers in found.values():
        total = total.plus(numbers)
    heads = [_(each.title) for each in MEASURES]
    meanings = [(_(each.title), _(each.meaning)) for each in MEASURES]
    if of.by in NOW:
        meanings.append((_("Chia theo"), _(NOW[of.by])))
    return Table(
        title=of.title,
        context=_(
            "{period}, từ {first} đến {last}. Số liệu đến hết ngày {until}.",
            period=of.period.title,
            first=format_date(of.period.first, year=True),
            last=format_date(of.period.last, year=True),
            until=format_date(of.until, year=True),
        ),
        line_head=of.sector if of.by == "sector" else _(BY[of.by]),
        keys=[each.key for each in MEASURES],
        heads=heads,
        rows=rows,
        total=total.all(),
        meanings=meanings,
    )


def excel(of: Table) -> bytes:
    """Return a report as a workbook: its table, then what each number means."""
    lines: list[Sequence[object]] = [(title, *numbers) for _value, title, numbers in of.rows]
    lines += [(_("Tất cả"), *of.total), (), (of.title,), (of.context,), *of.meanings]
    file = io.BytesIO()
    write_excel([of.line_head, *of.heads], by_place(len(of.heads) + 1), lines, file)
    return file.getvalue()


def pdf(of: Table, agency: str, printed: datetime, published: str = "") -> bytes:
    """Return a report as PDF, A4 landscape.

    Raises Invalid for a character that cannot be printed.
    """

    def written(numbers: Sequence[int]) -> list[str]:
        return [format_number(number) for number in numbers]

    data = {
        **of.stored(),
        "rows": [[title, *written(numbers)] for _value, title, numbers in of.rows],
        "total": [_("Tất cả"), *written(of.total)],
        "agency": agency,
        "method": _("Cách tính"),
        "foot": published or _("In lúc {at}", at=format_datetime(printed, year=True)),
        "page": _("Trang"),
    }
    try:
        return typeset(SOURCE, "report", data)
    except Unprintable as problem:
        raise Invalid(
            {"": [_("Không in được ký tự “{character}” trong báo cáo này.", character=problem.character)]}
        ) from problem
