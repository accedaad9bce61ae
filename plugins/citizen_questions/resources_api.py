"""Citizens' questions for programs: the same queries, plain rows, and who asked masked."""

from uuid import UUID

import falcon

from core.api import Request, document, require_access, send_json
from plugins.casework.api import case_item, mask, masked
from plugins.citizen_questions import queries
from plugins.citizen_questions.kinds import READ, known_of
from plugins.citizen_questions.schemas import QuestionDocument

_OWN = ("topic", "answer", "answered_at", "transferred_to", "rating")


class OneQuestionDocument:
    @document(QuestionDocument)
    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        """Read one question with its answer; name and contact of who asked, and what the texts say of people, are masked."""
        found, case = queries.question(case_id), queries.case(case_id)
        require_access(req.asker, READ, case)
        own = {name: getattr(found, name) for name in _OWN}
        known, texts = known_of(case, found), {"title": case.title, "text": case.text, "answer": found.answer}
        shown = {name: masked(text, known=known) for name, text in texts.items()}
        send_json(resp, {**case_item(case), **own, **shown, "asker": mask("name", found.name)})
