"""Whose question it is, where that is clear: the one agency it names, or the one that questions like it have gone to."""

from typing import NamedTuple
from uuid import UUID

from core.api import N_, _, current_tenant, db
from plugins.casework.api import Case, bare_words, without_homes
from plugins.citizen_questions import queries
from plugins.citizen_questions.kinds import FORWARD, TOPICS
from plugins.citizen_questions.models import Question

LAST, ENOUGH = 5, 3
"""Of the last questions of a topic that were passed on, so many at least, and all to one agency."""
LEAST = 8
"""Shorter names, such as "Sở Y", are words of many a sentence."""
BODIES = ("uy ban nhan dan ", "ubnd ")
"""What citizens leave out of an agency's name."""
NAMED, USUAL = N_("Câu hỏi nêu tên {agency}."), N_("{n} câu hỏi gần nhất về “{topic}” đều chuyển {agency}.")


class Proposal(NamedTuple):
    """The agency that a question clearly belongs to, and why."""

    agency_id: UUID
    agency: str
    why: str


def proposal(case: Case, found: Question) -> Proposal | None:
    """Return whose question it is by what it says or by where such questions went; None when a person has to judge."""
    unwilling = {each.receiver_id for each in queries.passed_on(case.id) if each.state == "returned"}
    receivers = [each for each in queries.receivers() if each[0] not in unwilling]
    # Who lives in a ward may ask about another one.
    named = _named(without_homes(f"{case.title}. {case.text}", found.address), receivers)
    if len(named) > 1:
        return None
    if named:
        return Proposal(*named[0], _(NAMED, agency=named[0][1]))
    number, agency_id = _usual(found.topic)
    agency = dict(receivers).get(agency_id) if agency_id else None
    if agency_id is None or agency is None:
        return None
    return Proposal(
        agency_id, agency, _(USUAL, n=number, topic=_(TOPICS.get(found.topic, found.topic)), agency=agency)
    )


def _named(text: str, receivers: list[tuple[UUID, str]]) -> list[tuple[UUID, str]]:
    """Return the agencies that a text names; of two names of which one holds the other, the longer."""
    words = f" {bare_words(text)} "
    found = {}
    for agency_id, name in receivers:
        called = bare_words(name)
        for body in BODIES:
            called = called.removeprefix(body)
        if len(called) >= LEAST and f" {called} " in words:
            found[called] = (agency_id, name)
    return [each for called, each in found.items() if not any(called != other and called in other for other in found)]  # fmt: skip


def _usual(topic: str) -> tuple[int, UUID | None]:
    """Return where the last questions of a topic went, if all of them went to one agency, and how many those are."""
    rows = db.execute_sql(
        "SELECT l.receiver_id FROM casework.leg l JOIN citizen_questions.question q ON q.tenant_id = l.tenant_id AND q.id = l.case_id "
        "WHERE l.tenant_id = %s AND l.purpose = %s AND l.state NOT IN ('returned', 'recalled') AND q.topic = %s "
        "ORDER BY l.sent_at DESC, l.id LIMIT %s",
        (current_tenant(), FORWARD.key, topic, LAST),
    ).fetchall()
    agencies = {agency_id for (agency_id,) in rows}
    return (len(rows), agencies.pop()) if len(rows) >= ENOUGH and len(agencies) == 1 else (0, None)
