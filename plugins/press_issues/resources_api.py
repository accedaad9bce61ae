"""Press issues for programs: the same queries and services, plain rows."""

from typing import Any
from uuid import UUID

import falcon

from core.api import Request, document, load, read_cursor, require_access, send_json, send_page, url_for
from plugins.lists.api import params_of
from plugins.press_issues import queries, services
from plugins.press_issues.kinds import READ
from plugins.press_issues.resources import ISSUES
from plugins.press_issues.schemas import IssueDocument, IssueList, IssueQuery, RecordInput

_LINE = ("id", "code", "title", "state", "opened_at", "due_at", "closed_at", "version")


class IssuesDocument:
    @document(IssueList, query=IssueQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List press issues, the most urgent first; with stand=closed those that ended, the newest first."""
        found = ISSUES.rows(req.asker, params_of(req), read_cursor(req, *ISSUES.cursor), 50)
        send_page(req, resp, found, [{name: getattr(row, name) for name in _LINE} for row in found.rows])


class OneIssueDocument:
    @document(IssueDocument)
    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        """Read one issue with its articles."""
        send_json(resp, _document(req, case_id))


class NewIssueDocument:
    @document(IssueDocument, takes=RecordInput, status=201)
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Record an article as a new issue, or into the one it is like. Needs press_issues.handle."""
        case = services.record(req.asker, load(RecordInput(), req.get_media()))
        send_json(resp, _document(req, case.id), status=201)
        resp.location = url_for(req, "press_issues.api_issue", case_id=case.id)


def _document(req: Request, case_id: UUID) -> dict[str, Any]:
    issue, case = queries.issue(case_id), queries.case(case_id)
    require_access(req.asker, READ, case)
    own = {
        name: getattr(issue, name)
        for name in ("kind", "severity", "sector", "locality", "ground", "finding", "sent_on", "link")
    }
    articles = [
        {name: getattr(each, name) for name in ("outlet", "title", "url", "published_at", "sha256")}
        for each in queries.articles(case_id)
    ]
    return {**{name: getattr(case, name) for name in _LINE}, "text": case.text, **own, "articles": articles}
