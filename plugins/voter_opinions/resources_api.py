"""Petitions for programs: the same queries and services, plain rows."""

from typing import Any
from uuid import UUID

import falcon

from core.api import Request, document, load, require_access, send_json, url_for
from plugins.casework.api import case_item
from plugins.voter_opinions import queries, services
from plugins.voter_opinions.kinds import READ
from plugins.voter_opinions.schemas import AnswerDocument, PetitionDocument, RecordInput

_OWN = ("session_id", "source", "received_on", "locality", "sector", "level", "outcome", "promised_on", "kept_on")  # fmt: skip


class OnePetitionDocument:
    @document(PetitionDocument)
    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        """Read one petition with the answers that were sent."""
        send_json(resp, _document(req, case_id))


class NewPetitionDocument:
    @document(PetitionDocument, takes=RecordInput, status=201)
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Record a petition, or count it to the one it repeats. Needs voter_opinions.handle."""
        case = services.record(req.asker, load(RecordInput(), req.get_media()))
        send_json(resp, _document(req, case.id), status=201)
        resp.location = url_for(req, "voter_opinions.api_petition", case_id=case.id)


def _document(req: Request, case_id: UUID) -> dict[str, Any]:
    of, case = queries.petition(case_id), queries.case(case_id)
    require_access(req.asker, READ, case)
    answers = [{name: getattr(each, name) for name in AnswerDocument().fields} for each in queries.answers(case_id) if each.sent_on]  # fmt: skip
    own = {name: getattr(of, name) for name in _OWN}
    return {**case_item(case), **own, "text": case.text, "originals": queries.times_said(case_id), "answers": answers}  # fmt: skip
