"""Reports for programs: the same numbers as the page."""

import falcon

from core.api import Request, _, document, load, send_json
from plugins.lists.api import params_of
from plugins.reports import documents
from plugins.reports.asking import asked
from plugins.reports.measures import MEASURES
from plugins.reports.schemas import FiguresDocument, FiguresQuery


class Figures:
    """One report in numbers."""

    @document(FiguresDocument, query=FiguresQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """Read a report: how many cases came in, were done and are late, by unit, state, sector, kind or agency. Needs reports.read."""
        params = params_of(req)
        of = asked(
            req.asker, load(FiguresQuery(), {name: params.get(name, "") for name in ("kind", "by", "period")})
        )
        table = documents.table(of)
        keys = [each.key for each in MEASURES]
        send_json(
            resp,
            {
                "title": of.title, "by": of.by, "period": of.period.key, "first": of.period.first, "last": of.period.last,
                "until": of.until, "total": dict(zip(keys, table.total, strict=True)),
                "lines": [
                    {"value": value, "title": title, "numbers": dict(zip(keys, numbers, strict=True))}
                    for value, title, numbers in table.rows
                ],
                "meanings": {each.key: _(each.meaning) for each in MEASURES},
            },
        )  # fmt: skip
