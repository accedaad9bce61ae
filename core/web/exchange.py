"""How the API answers: under the conditions a request names, and a creation once for each key."""

from collections.abc import Callable

import falcon

from core.db import Conflict
from core.web import idempotency
from core.web.conditions import answer_unchanged, expected_version
from core.web.errors import Outdated
from core.web.request import Request

CHANGES = frozenset({"PATCH", "PUT"})


def answer(req: Request, resp: falcon.Response, respond: Callable[[], None], *, raw: bool) -> None:
    """Run a responder of the API in the transaction of its request.

    A change needs If-Match and meets a stale version with 412, a creation with an Idempotency-Key is made
    once, and what the client has already is not sent again. Module authors need not think of it. Pieces of
    files (`raw`) have no version: they say where they begin.
    """
    if raw and req.method != "POST":
        respond()
    elif req.method in CHANGES:
        expected_version(req)
        try:
            respond()
        except Conflict as conflict:
            raise Outdated(conflict.current.version) from conflict
    elif req.method == "POST":
        idempotency.once(req, resp, respond)
    else:
        respond()
        answer_unchanged(req, resp)
