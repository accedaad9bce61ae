"""What is asked of citizens' questions: one by its secret, what the public reads, the figures of a year."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from core.api import HOME_ZONE, N_, Cursor, NotFound, Page, current_tenant, db, fold, open_units, page_of
from plugins.casework import api as casework
from plugins.casework.api import Case, PublicCopies
from plugins.citizen_questions import guarding
from plugins.citizen_questions.kinds import FORWARD, MODERATE, QUESTION
from plugins.citizen_questions.models import Publication, Question, Setting
from plugins.notifications.api import people_with

KEY = (datetime.fromisoformat, UUID)
LIST_SIZE, COUNTED = 15, 100
FIRST_ALARM, ALARM_DAYS = 30, 45
"""After so long without a good reason the leader answers for it (Decree 154/2026)."""
NOBODY = UUID(int=0)
CASE = "casework.case"
"""What facts, clocks and files of cases hang on."""
DEFAULT_GROUND = N_("Quy chế trả lời phản ánh, kiến nghị")


def question(case_id: UUID) -> Question:
    """Return what only this module knows of a case. Raises NotFound."""
    found = casework.row_of(Question, "id = %(id)s::uuid", {"id": case_id})
    if found is None:
        raise NotFound
    return found


def case(case_id: UUID) -> Case:
    """Return the case of a question. Raises NotFound, also for a case of another kind."""
    return casework.case(case_id, QUESTION)


def asked(code: str, secret: str) -> tuple[Case, Question] | None:
    """Return the question of a code for whoever knows its secret."""
    found = casework.case_by_code(code)
    row = Question.get_or_none(Question.id == found.id) if found else None
    # The same work is done for a code that does not exist.
    holds = guarding.is_secret(row.id if row else NOBODY, secret, row.secret if row else "")
    return (found, row) if found and row and holds else None


def is_asked(question_id: UUID) -> bool:
    """Tell whether a question was taken already."""
    return Question.select().where(Question.id == question_id).exists()


def setting() -> Setting:
    """Return what the agency in scope chose, or what holds until it chooses; a unit that was closed counts as none."""
    found = Setting.select().first() or Setting(unit_id=None, budget="15wd", ground="", intro="")
    if found.unit_id and found.unit_id not in dict(open_units()):
        found.unit_id = None
    return found


def taking_units() -> list[tuple[UUID, str]]:
    """Return the units in which somebody may take questions on."""
    rows = db.execute_sql(
        "SELECT DISTINCT unit_id FROM tenants.current_post WHERE tenant_id = %s AND person_id = ANY (%s)",
        (current_tenant(), people_with(MODERATE)),
    ).fetchall()
    theirs = {unit_id for (unit_id,) in rows}
    return [unit for unit in open_units() if unit[0] in theirs]


def new_count() -> int:
    """Return how many questions nobody has looked at, counting to a hundred at most."""
    return casework.count_open(QUESTION, "new")


def alarm_day(case: Case, found: Question) -> date:
    """Return the day by which a question must have been dealt with; after an answer it is counted from the reopening."""
    steps = casework.steps(case.id) if found.earlier else ()
    since = next((each.at for each in steps if each.transition == "take_up"), case.opened_at)
    return casework.agency_day(since) + timedelta(days=ALARM_DAYS)


def passed_on(case_id: UUID) -> list[casework.LegRow]:
    """Return the legs by which a question was passed on, the newest first."""
    return [each for each in reversed(casework.legs_of(case_id)) if each.purpose == FORWARD.key]


class OldRow(NamedTuple):
    """An open question that has been waiting for long."""

    id: UUID
    code: str
    days: int
    again: str


def waiting_since(days: int, most: int = 500) -> list[OldRow]:
    """Return the open questions that were asked, or reopened after an answer, so many days ago or earlier, the oldest first."""
    rows = db.execute_sql(
        f"SELECT c.id, c.code, tenants.today() - (w.since {_LOCAL})::date, w.again FROM casework.case_base c CROSS JOIN LATERAL ("
        "SELECT coalesce(max(s.at), c.opened_at) AS since, coalesce(':' || nullif(count(*), 0), '') AS again FROM casework.step s "
        "WHERE s.tenant_id = c.tenant_id AND s.case_id = c.id AND s.transition = 'take_up') w WHERE c.tenant_id = %(tenant)s AND c.kind = %(kind)s "
        "AND c.closed_at IS NULL AND c.opened_at < now() - %(days)s AND w.since < now() - %(days)s ORDER BY w.since, c.id LIMIT %(most)s",
        {"tenant": current_tenant(), "kind": QUESTION.key, "days": timedelta(days=days), "most": most},
    ).fetchall()
    return [OldRow._make(row) for row in rows]


# ---- what the public reads ---------------------------------------------------------------------------------------


class PublicAnswer(NamedTuple):
    """A question and its answer as everybody reads them."""

    id: UUID
    tenant: str
    code: str
    topic: str
    agency: str
    title: str
    question: str
    answer: str
    answered_by: str
    asked_on: date
    answered_on: date
    rating: int | None
    too: int
    published_at: datetime

    @property
    def days(self) -> int:
        """How long the answer took."""
        return (self.answered_on - self.asked_on).days


COPIES: PublicCopies[PublicAnswer] = PublicCopies(
    QUESTION, Publication, "citizen_questions.public_answer", PublicAnswer, MODERATE
)
_PUBLIC = f"SELECT {', '.join(PublicAnswer._fields)} FROM citizen_questions.public_answer WHERE "


class Wanted(NamedTuple):
    """What a public list is narrowed to."""

    tenant_id: UUID | None
    search: str = ""
    topic: str = ""


def public_answers(wanted: Wanted, cursor: Cursor) -> Page[PublicAnswer]:
    """Return the published answers of an agency, or of the province, the newest first."""
    condition, values = _public(wanted)
    way, beyond = ("ASC", ">") if cursor.backward else ("DESC", "<")
    if cursor.key:
        condition += f" AND (published_at, id) {beyond} (%(at)s, %(after)s)"
        values |= {"at": cursor.key[0], "after": cursor.key[1]}
    # Words are few or many, which the planner cannot know: going down the index of time would read all for a rare one.
    order = "published_at + interval '0'" if wanted.search else "published_at"
    sql = f"{_PUBLIC} {condition} ORDER BY {order} {way}, id {way} LIMIT {LIST_SIZE + 1}"
    found = [PublicAnswer._make(row) for row in db.execute_sql(sql, values).fetchall()]
    return page_of(found, lambda row: (row.published_at.isoformat(), str(row.id)), LIST_SIZE, cursor)


def public_count(wanted: Wanted) -> int:
    """Return how many published answers there are, counting to a hundred at most."""
    condition, values = _public(wanted)
    sql = f"SELECT count(*) FROM (SELECT FROM citizen_questions.public_answer WHERE {condition} LIMIT {COUNTED}) c"
    number: int = db.execute_sql(sql, values).fetchone()[0]
    return number


def _public(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    parts = ["tenant_id = %(tenant)s" if wanted.tenant_id else "true"]
    if wanted.search:
        parts.append("words @@ plainto_tsquery('simple', %(words)s)")
    if wanted.topic:
        parts.append("topic = %(topic)s")
    values = {"tenant": wanted.tenant_id, "words": fold(wanted.search), "topic": wanted.topic}
    return " AND ".join(parts), values


def asking_agencies() -> list[tuple[str, str]]:
    """Return code and name of every agency that takes questions."""
    rows = db.execute_sql(
        "SELECT a.code, a.name FROM citizen_questions.public_agency p JOIN tenants.current_agency a ON a.tenant_id = p.tenant_id "
        "ORDER BY a.folded, a.code"
    ).fetchall()
    return [(code, name) for code, name in rows]


def receivers() -> list[tuple[UUID, str]]:
    """Return the other agencies that take questions: whom one can be passed on to."""
    rows = db.execute_sql(
        "SELECT a.tenant_id, a.name FROM citizen_questions.public_agency p JOIN tenants.current_agency a ON a.tenant_id = p.tenant_id "
        "WHERE a.tenant_id <> %s ORDER BY a.folded, a.code",
        (current_tenant(),),
    ).fetchall()
    return [(agency_id, name) for agency_id, name in rows]


# ---- figures -----------------------------------------------------------------------------------------------------

# Days are compared, not hours: answered on the day it was due is on time.
_LOCAL = f"AT TIME ZONE '{HOME_ZONE}'"
_DUE = f"(c.due_at {_LOCAL})::date"
_STAND = f"""CASE WHEN c.state = 'rejected' THEN 'rejected'
    WHEN c.closed_at IS NOT NULL THEN CASE WHEN (c.closed_at {_LOCAL})::date > {_DUE} THEN 'late' ELSE 'in_time' END
    WHEN c.due_at < {casework.TODAY} THEN 'open_late' ELSE 'open' END"""


class Figures(NamedTuple):
    """One topic in one year."""

    topic: str
    stand: str
    number: int
    days: float | None
    rated: int
    score: float | None


def figures(year: int) -> list[Figures]:
    """Return how many questions of a year there are by topic and how they stand, how long they took, how they were liked."""
    rows = db.execute_sql(
        f"""
        SELECT q.topic, {_STAND}, count(*), avg((c.closed_at {_LOCAL})::date - (q.asked_at {_LOCAL})::date)::float,
            count(q.rating), avg(q.rating)::float
        FROM citizen_questions.question q JOIN casework.case_base c ON c.tenant_id = q.tenant_id AND c.id = q.id
        WHERE q.tenant_id = %(tenant)s AND q.asked_at >= make_timestamptz(%(year)s, 1, 1, 0, 0, 0, '{HOME_ZONE}')
            AND q.asked_at < make_timestamptz(%(year)s + 1, 1, 1, 0, 0, 0, '{HOME_ZONE}')
        GROUP BY 1, 2
        """,
        {"tenant": current_tenant(), "year": year},
    ).fetchall()
    return [Figures._make(row) for row in rows]
