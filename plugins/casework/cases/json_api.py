"""Cases for programs: the list of a kind, and the line of one case that modules add their own fields to."""

from typing import Any

import falcon
from marshmallow import Schema, fields, validate

from core.api import PageQuery, Request, document, read_cursor, send_page
from plugins.casework.models import Case
from plugins.lists.api import ListSpec, query_of

LINE = ("id", "code", "title", "state", "opened_at", "due_at", "closed_at", "version")
AT_ONCE = 50


class CaseQuery(PageQuery):
    """The conditions of a list of cases."""

    q = fields.String(
        metadata={
            "description": "Words of code, title, text and what its module adds; accents may be left out."
        }
    )
    stand = fields.String(validate=validate.OneOf(["", "open", "late", "closed"]))
    state = fields.String()
    unit = fields.UUID()


class CaseItem(Schema):
    """One line of a list of cases; documents of one case extend it."""

    id = fields.UUID()
    code = fields.String()
    title = fields.String()
    state = fields.String()
    opened_at = fields.AwareDateTime(format="iso")
    due_at = fields.AwareDateTime(format="iso", allow_none=True)
    closed_at = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()


class CaseItems(Schema):
    """A page of cases; `next` is the address of the next page, empty on the last one."""

    items = fields.List(fields.Nested(CaseItem))
    next = fields.String()


class CasesDocument:
    """The list of a kind of cases, as its page shows it."""

    def __init__(self, spec: ListSpec) -> None:
        self._spec = spec

    @document(CaseItems, query=CaseQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List cases, the most urgent first; with stand=closed those that ended, the newest first."""
        params = query_of(req, CaseQuery(), self._spec)
        found = self._spec.rows(req.asker, params, read_cursor(req, *self._spec.cursor), AT_ONCE)
        send_page(req, resp, found, [case_item(row) for row in found.rows])


def case_item(of: Case | Any) -> dict[str, Any]:
    """Return the fields of a `CaseItem`, of a case or a row of its list."""
    return {name: getattr(of, name) for name in LINE}
