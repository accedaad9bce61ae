"""Citizens' questions for programs: the same queries, plain rows, and who asked masked."""

from uuid import UUID

import falcon

from core.api import Request, document, read_cursor, require_access, send_json, send_page
from plugins.casework.api import mask
from plugins.citizen_questions import queries
from plugins.citizen_questions.kinds import READ
from plugins.citizen_questions.resources import QUESTIONS
from plugins.citizen_questions.schemas import QuestionDocument, QuestionList, QuestionQuery
from plugins.lists.api import params_of

_LINE = ("id", "code", "title", "state", "opened_at", "due_at", "closed_at", "version")
_OWN = ("topic", "answer", "answered_at", "transferred_to", "rating")


class QuestionsDocument:
    @document(QuestionList, query=QuestionQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List citizens' questions, the most urgent first; with stand=closed those that ended, the newest first."""
        found = QUESTIONS.rows(req.asker, params_of(req), read_cursor(req, *QUESTIONS.cursor), 50)
        send_page(req, resp, found, [{name: getattr(row, name) for name in _LINE} for row in found.rows])


class OneQuestionDocument:
    @document(QuestionDocument)
    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        """Read one question with its answer; name and contact of who asked are masked."""
        found, case = queries.question(case_id), queries.case(case_id)
        require_access(req.asker, READ, case)
        own = {name: getattr(found, name) for name in _OWN}
        line = {name: getattr(case, name) for name in _LINE}
        send_json(resp, {**line, "text": case.text, **own, "asker": mask("name", found.name)})
