"""What is asked of voter opinions: sessions, petitions alike, promises, the figures of a session, what the public reads."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from core.api import HOME_ZONE, PAGE_SIZE, START, Cursor, NotFound, Page, current_tenant, db, page_of
from plugins.casework import api as casework
from plugins.casework.api import NEAR, AlikeTexts, Case, PublicCopies, found_by, marks_of
from plugins.voter_opinions.kinds import COMPILE, PETITION
from plugins.voter_opinions.models import Answer, Meeting, Origin, Petition, Published, Session

COMPARED = 30_000
"""Originals that a new text is compared with, the newest ones."""
MARKS = 24
MOST = 200
EVERY = 100_000
"""So many petitions a list in a file has, which shows no further page."""
KEY = (date.fromisoformat, UUID)


def petition(case_id: UUID) -> Petition:
    """Return what only this module knows of a case. Raises NotFound."""
    return found(Petition, case_id)


def session(session_id: UUID) -> Session:
    """Return a session. Raises NotFound."""
    return found(Session, session_id)


def found(model: Any, row_id: UUID) -> Any:
    """Return a row of a table. Raises NotFound."""
    row = casework.row_of(model, "id = %(id)s::uuid", {"id": row_id})
    if row is None:
        raise NotFound
    return row


def case(case_id: UUID) -> Case:
    """Return the case of a petition. Raises NotFound, also for a case of another kind."""
    return casework.case(case_id, PETITION)


def sessions() -> list[Session]:
    """Return the sessions, the newest first."""
    return list(Session.select().order_by(Session.opens_on.desc(), Session.id).limit(MOST))


def meetings(session_id: UUID | None = None) -> list[Meeting]:
    """Return the meetings with voters of a session, or the newest of all."""
    query = (
        Meeting.select() if session_id is None else Meeting.select().where(Meeting.session_id == session_id)
    )
    return list(query.order_by(Meeting.held_on.desc(), Meeting.id).limit(EVERY if session_id else MOST))


def counts() -> dict[UUID, int]:
    """Return how many petitions each session has, counting to a thousand at most."""
    rows = db.execute_sql(
        "SELECT s.id, (SELECT count(*) FROM (SELECT FROM voter_opinions.petition p WHERE p.tenant_id = s.tenant_id "
        "AND p.session_id = s.id AND p.joined_into IS NULL LIMIT 1000) c) FROM voter_opinions.session s WHERE s.tenant_id = %s",
        (current_tenant(),),
    ).fetchall()
    return dict(rows)


def origins(case_id: UUID) -> list[Origin]:
    """Return the originals that count to a petition, the oldest first."""
    query = Origin.select().where(Origin.petition_id == case_id)
    return list(query.order_by(Origin.added_at, Origin.id).limit(MOST))


def times_said(case_id: UUID) -> int:
    """Return how many originals count to a petition."""
    return int(Origin.select().where(Origin.petition_id == case_id).count())


def words(case_id: UUID) -> str:
    """Return what a petition is found by beside what it says: where its originals come from, and what is joined to it."""
    rows = db.execute_sql(
        "SELECT locality FROM voter_opinions.petition WHERE tenant_id = %(tenant)s AND id = ANY (%(chain)s::uuid[]) UNION "
        "SELECT locality FROM voter_opinions.origin WHERE tenant_id = %(tenant)s AND petition_id = %(case)s UNION "
        "SELECT code || ' ' || title FROM casework.case_base WHERE tenant_id = %(tenant)s AND id = ANY (%(chain)s::uuid[]) AND id <> %(case)s",
        {"tenant": current_tenant(), "case": case_id, "chain": casework.joined_to(Petition, case_id)},
    ).fetchall()
    return " ".join(row[0] for row in rows)


def petition_of(origin_id: UUID) -> UUID:
    """Return the petition that an original counts to. Raises NotFound."""
    of: UUID = found(Origin, origin_id).petition_id
    return of


def answers(case_id: UUID) -> list[Answer]:
    """Return the answers to a petition, the newest first; the first one may be a draft."""
    query = Answer.select().where(Answer.petition_id == case_id).order_by(Answer.number.desc())
    return list(query.limit(MOST))


def answer(answer_id: UUID) -> Answer:
    """Return one answer. Raises NotFound."""
    return found(Answer, answer_id)


def participants() -> list[tuple[UUID, str]]:
    """Return the other agencies that a petition may be given to, by name."""
    return db.execute_sql(
        "SELECT a.tenant_id, a.name FROM voter_opinions.participant p JOIN tenants.current_agency a ON a.tenant_id = p.tenant_id "
        "WHERE p.tenant_id <> %s ORDER BY a.name",
        (current_tenant(),),
    ).fetchall()


# ---- texts alike -----------------------------------------------------------------------------------------------


def recorded(texts: Sequence[Sequence[int]] | None = None) -> AlikeTexts:
    """Return the newest originals of the agency in scope, to be asked for those like a text: one of `texts`, or any."""
    some, values = ("true", []) if texts is None else (NEAR, [found_by(texts)])
    sql = f"""SELECT petition_id, marks FROM (SELECT * FROM voter_opinions.origin WHERE tenant_id = %s
        ORDER BY added_at DESC, id DESC LIMIT %s) o WHERE {some} ORDER BY added_at DESC, id DESC"""
    return AlikeTexts(db.execute_sql(sql, (current_tenant(), COMPARED, *values)).fetchall())


def marks(text: str) -> list[int]:
    """Return the fingerprints a petition is compared by."""
    return marks_of("", text)[:MARKS]


# ---- lists and figures -------------------------------------------------------------------------------------------

# Days are compared, not hours; what was joined to another petition is counted there, once.
_LOCAL = f"AT TIME ZONE '{HOME_ZONE}'"
_STAND = f"""CASE WHEN c.state = 'taken_out' THEN 'taken_out' WHEN c.state = 'forwarded' THEN 'forwarded'
    WHEN p.answered_on IS NOT NULL THEN CASE WHEN p.answered_on <= coalesce(p.answer_due, p.answered_on) THEN 'on_time' ELSE 'late' END
    WHEN c.due_at < {casework.TODAY} THEN 'open_late' ELSE 'open' END"""
# SECURITY: of what is restricted, such as a denunciation that was taken out, nobody's list says more than its number: not by what it
# is counted under, nor by where it stands among others.
GUARDED_LINE = "guarded"
_SECTOR = f"CASE WHEN c.restricted THEN '{GUARDED_LINE}' ELSE p.sector END"
_LEVEL = f"CASE WHEN c.restricted THEN '{GUARDED_LINE}' WHEN p.level = '' THEN 'none' ELSE p.level END"
_LEAD_ID = "CASE WHEN c.restricted OR p.lead_id IS NULL THEN 'own' ELSE p.lead_id::text END"
_FROM = "FROM voter_opinions.petition p JOIN casework.case_base c ON c.tenant_id = p.tenant_id AND c.id = p.id"  # fmt: skip
_LEAD = "coalesce((SELECT name FROM tenants.current_agency a WHERE a.tenant_id = p.lead_id), '')"
_COUNTED = "p.tenant_id = %(tenant)s AND c.state <> 'joined'"
_PROMISED = "p.promised_on IS NOT NULL AND p.kept_on IS NULL"


# Earlier sessions of the same body: the council is not told what the National Assembly waits for.
_EARLIER = """EXISTS (SELECT FROM voter_opinions.session s WHERE s.tenant_id = p.tenant_id AND s.id = p.session_id
    AND s.body = %(body)s AND s.opens_on < %(opens)s)"""


class PetitionRow(NamedTuple):
    """A petition as reports and lists of this module show it; of a restricted one only the first five are told."""

    id: UUID
    code: str
    stand: str
    session: str
    sort: date
    title: str = ""
    content: str = ""
    locality: str = ""
    sector: str = ""
    level: str = ""
    lead: str = ""
    outcome: str = ""
    received_on: date | None = None
    due_on: date | None = None
    answered_on: date | None = None
    promised_on: date | None = None
    kept_on: date | None = None
    document: str = ""
    answer: str = ""
    """The newest answer that was sent, and by which document."""


def _rows(condition: str, column: str, way: str, values: Mapping[str, Any], limit: int) -> list[PetitionRow]:
    sql = f"""SELECT c.restricted, p.id, c.code, {_STAND}, (SELECT title FROM voter_opinions.session s WHERE s.tenant_id = p.tenant_id AND s.id = p.session_id),
        {column}, c.title, c.text, p.locality, p.sector, p.level, {_LEAD}, p.outcome, p.received_on,
        coalesce(p.answer_due, (c.due_at {_LOCAL})::date), p.answered_on, p.promised_on, p.kept_on,
        coalesce(a.document, ''), coalesce(a.text, '') {_FROM} LEFT JOIN LATERAL (SELECT document, text FROM voter_opinions.answer a
            WHERE a.tenant_id = p.tenant_id AND a.petition_id = p.id AND a.sent_on IS NOT NULL ORDER BY a.number DESC LIMIT 1) a ON true
        WHERE {_COUNTED} AND {condition} ORDER BY {column} {way}, p.id {way} LIMIT %(limit)s"""
    found = db.execute_sql(sql, {"tenant": current_tenant(), **values, "limit": limit}).fetchall()
    return [PetitionRow._make(row) if not restricted else PetitionRow(*row[:5]) for restricted, *row in found]


def _page(
    condition: str, column: str, values: Mapping[str, Any], cursor: Cursor, size: int
) -> Page[PetitionRow]:
    way, beyond = ("DESC", "<") if cursor.backward else ("ASC", ">")
    if cursor.key:
        condition += f" AND ({column}, p.id) {beyond} (%(at)s, %(after)s)"
        values = {**values, "at": cursor.key[0], "after": cursor.key[1]}
    rows = _rows(condition, column, way, values, size + 1)
    return page_of(rows, lambda row: (row.sort.isoformat(), str(row.id)), size, cursor)


_CONDITIONS = {
    "sector": f"{_SECTOR} = %(sector)s", "outcome": "p.outcome = %(outcome)s", "stand": f"({_STAND}) = %(stand)s",
    "lead": f"{_LEAD_ID} = %(lead)s", "level": f"{_LEVEL} = %(level)s",
}  # fmt: skip


_LEFT = {
    "promised": (f"p.promised_on IS NOT NULL AND coalesce(p.kept_on, 'infinity') >= %(opens)s AND {_EARLIER}", "p.promised_on"),
    "unanswered": (f"coalesce(p.answered_on, 'infinity') >= %(opens)s AND c.state NOT IN ('taken_out', 'forwarded') AND {_EARLIER}", "p.listed_on"),
}  # fmt: skip
"""What earlier sessions left when one opened: promises that were not kept, petitions that had no answer; and the day they go by."""


def behind(params: Mapping[str, str], cursor: Cursor = START, size: int = PAGE_SIZE) -> Page[PetitionRow]:
    """Return the petitions of a session, those behind a number of its report, or what earlier ones `left`; the oldest first.

    Raises NotFound for a session there is none.
    """
    try:
        of = session(UUID(params.get("session", "")))
    except ValueError as error:
        raise NotFound from error
    wanted = {name: params[name] for name in _CONDITIONS if params.get(name)}
    within, column = _LEFT.get(params.get("left", ""), ("p.session_id = %(session)s", "p.listed_on"))
    condition = " AND ".join((within, *(_CONDITIONS[name] for name in wanted)))
    values = {"session": of.id, "opens": of.opens_on, "body": of.body, **wanted}
    return _page(condition, column, values, cursor, size)


def promises(params: Mapping[str, str], cursor: Cursor = START, size: int = PAGE_SIZE) -> Page[PetitionRow]:
    """Return the promises that are not kept yet, whatever session they come from, the next one due first; put off too late, one stays late."""
    due = f" AND CASE c.state WHEN 'following' THEN c.due_at < {casework.TODAY} ELSE p.promised_on < tenants.today() END" if params.get("stand") == "late" else ""  # fmt: skip
    return _page(_PROMISED + due, "p.promised_on", {}, cursor, size)


Figure = tuple[str, str, str, str, str]
FIGURE = ("sector", "lead", "level", "outcome", "stand")


def figures(session_id: UUID) -> tuple[dict[Figure, int], dict[str, str]]:
    """Return how many petitions of a session there are by each of `FIGURE`, and what the leads are called."""
    rows = db.execute_sql(
        f"SELECT {_SECTOR}, {_LEAD_ID}, {_LEVEL}, p.outcome, {_STAND}, count(*), min(CASE WHEN c.restricted THEN '' ELSE {_LEAD} END) {_FROM} "
        f"WHERE {_COUNTED} AND p.session_id = %(session)s GROUP BY 1, 2, 3, 4, 5",
        {"tenant": current_tenant(), "session": session_id},
    ).fetchall()
    return {tuple(row[:5]): row[5] for row in rows}, {row[1]: row[6] for row in rows}


def originals(session_id: UUID) -> int:
    """Return how many originals stand behind the petitions of a session."""
    sql = """SELECT count(*) FROM voter_opinions.petition p JOIN voter_opinions.origin o ON o.tenant_id = p.tenant_id
        AND o.petition_id = p.id WHERE p.tenant_id = %s AND p.session_id = %s"""
    return int(db.execute_sql(sql, (current_tenant(), session_id)).fetchone()[0])


# ---- what the public reads ---------------------------------------------------------------------------------------


class PublicPetition(NamedTuple):
    """An answer to voters as everybody reads it."""

    id: UUID
    tenant: str
    code: str
    agency: str
    session: str
    sector: str
    title: str
    said: str
    text: str
    promised_on: date | None
    answered_on: date
    published_at: datetime


COPIES: PublicCopies[PublicPetition] = PublicCopies(
    PETITION, Published, "voter_opinions.public_petition", PublicPetition, COMPILE
)
