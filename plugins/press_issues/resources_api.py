"""Press issues for programs: the same queries and services, plain rows."""

from typing import Any
from uuid import UUID

import falcon

from core.api import Request, document, load, require_access, send_json, url_for
from plugins.casework.api import case_item
from plugins.press_issues import queries, services
from plugins.press_issues.kinds import READ
from plugins.press_issues.schemas import IssueDocument, RecordInput


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
    names = ("kind", "severity", "sector", "locality", "ground", "finding", "sent_on", "link")
    own = {name: getattr(issue, name) for name in names}
    articles = [
        {name: getattr(each, name) for name in ("outlet", "title", "url", "published_at", "sha256")}
        for each in queries.articles(case_id)
    ]
    return {**case_item(case), "text": case.text, **own, "articles": articles}
