"""What is asked of cases; one condition says who sees which, in lists and of one case."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from core.api import (
    HOME_ZONE,
    PAGE_SIZE,
    START,
    Cursor,
    FileOwner,
    NotFound,
    Page,
    RequestContext,
    current_tenant,
    db,
    fold,
    ngettext,
    open_units,
    page_of,
    steady,
)
from plugins.casework.cases.delegations import stands_in_for
from plugins.casework.deadlines.budget import Unit
from plugins.casework.models import IN_FORCE, WHOLE_CLOCK, Assignment, Case, Clock
from plugins.casework.workflows.definition import CaseKind
from plugins.casework.workflows.kinds import all_kinds
from plugins.casework.writing import as_array, row_of

BOUND = 1000
COUNTED = 100
"""Where counting ends; more is told as "99+"."""
MOST = 200
"""Steps, assignments, comments and links of one case that its page reads."""
MOST_WORDS = 6
FOUND = 200
"""So far a list that is narrowed by words is counted."""
MET = 1000
"""Cases that a search over all kinds looks at, the ones it met first."""
NAMED = 3
CASE = "casework.case"
LEG = "casework.leg"
WHOLE = "whole"
"""The clock of the whole case, of which `Case.due_at` is a copy for lists; of a case that came by a leg it is the leg's."""


def files_owner(case_id: UUID) -> FileOwner:
    """Return what the files of a case belong to."""
    return FileOwner("casework", "case", case_id)


# ---- who sees what -----------------------------------------------------------------------------------------

# Restricted cases are seen by who opened them, who has or had to act on them, who stands in for them, and a unit as long as it has
# them; of what came from another agency its unit reads on. The search of migration 0016 says the same in its own words.
_SEEN = """(NOT c.restricted OR c.kind = ANY (%(managed)s) OR c.created_by = ANY (%(selves)s) OR EXISTS (
    SELECT FROM casework.assignment a WHERE a.tenant_id = c.tenant_id AND a.case_id = c.id
    AND (coalesce(a.person_id, a.done_by) = ANY (%(selves)s)
        OR a.unit_id = ANY (%(units)s) AND (a.done_at IS NULL OR c.kind = 'casework.incoming_leg'))))"""


def is_guarded(case_id: UUID) -> bool:
    """Tell whether somebody chose that a case is seen only by whom it concerns, not the rule of a kind whose cases all are."""
    found = db.prepared(
        "SELECT kind FROM casework.case_base WHERE tenant_id = %(tenant)s::uuid AND id = %(case)s::uuid AND restricted",
        {"tenant": current_tenant(), "case": case_id},
    ).fetchone()
    return found is not None and found[0] not in [each.key for each in all_kinds() if each.restricted]


def _seer(ctx: RequestContext, kinds: Sequence[CaseKind]) -> dict[str, Any]:
    return {
        "tenant": current_tenant(),
        "managed": [kind.key for kind in kinds if ctx.can(kind.manage)],
        "selves": [ctx.person.id, *stands_in_for(ctx.person.id)],
        "units": list(ctx.unit_ids),
    }


def is_visible(ctx: RequestContext, case: Case, kind: CaseKind) -> bool:
    """Tell whether a person sees a case."""
    if not ctx.can(kind.read):
        return False
    if not case.restricted or ctx.can(kind.manage):
        return True
    sql = f"SELECT FROM casework.case_base c WHERE c.tenant_id = %(tenant)s AND c.id = %(id)s AND {_SEEN}"
    return db.execute_sql(sql, {**_seer(ctx, [kind]), "id": case.id}).fetchone() is not None


def seen_condition(ctx: RequestContext, kinds: Sequence[CaseKind]) -> tuple[str, dict[str, Any]]:
    """Return the condition over cases `c` that leaves those of some kinds a person sees, and its values."""
    return _SEEN, _seer(ctx, kinds)


def answered_join(kind: CaseKind) -> str:
    """Return the join that adds to cases `c` by when those without a day had to be answered, and when they were."""
    asked = kind.answered_sql or "SELECT NULL::date, NULL::date"
    return f"LEFT JOIN LATERAL ({asked}) a (due_on, answered_on) ON c.due_at IS NULL AND a.answered_on IS NOT NULL"


def answered(kind: CaseKind, ids: Sequence[UUID]) -> list[tuple[UUID, date, date]]:
    """Return those of some cases that are judged by their answer, by when they had to be answered, and when they were."""
    return db.execute_sql(
        f"SELECT c.id, a.due_on, a.answered_on FROM casework.case_base c {answered_join(kind)} "
        "WHERE c.tenant_id = %s AND c.id = ANY (%s::uuid[]) AND a.answered_on IS NOT NULL",
        (current_tenant(), as_array(ids)),
    ).fetchall()


def held_in(kind: CaseKind, state: str, person_id: UUID) -> list[Case]:
    """Return the cases of a kind that somebody has while they stand in a state, as many as a page shows."""
    held = Assignment.select(Assignment.case_id).where(
        Assignment.person_id == person_id, Assignment.role == "lead", Assignment.done_at.is_null()
    )
    found = Case.select().where(Case.kind == kind.key, Case.state == state, Case.id.in_(held))
    return list(found.order_by(Case.code).limit(MOST))


def count_open(kind: CaseKind, state: str = "", *, most: int = COUNTED) -> int:
    """Count the open cases of a kind in the agency in scope, of one state if one is named, to a hundred if nobody asks for more."""
    condition = " AND state = %(state)s" if state else ""
    values = {"tenant": current_tenant(), "kind": kind.key, **({"state": state} if state else {})}
    (number,) = db.prepared(
        "SELECT count(*) FROM (SELECT FROM casework.case_base WHERE tenant_id = %(tenant)s AND kind = %(kind)s "
        f"AND closed_at IS NULL{condition} LIMIT {most}) c",
        values,
    ).fetchone()
    return int(number)


# ---- lists ---------------------------------------------------------------------------------------------------

Stand = Literal["open", "late", "closed"]


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to."""

    search: str = ""
    stand: Stand = "open"
    state: str = ""
    unit_id: UUID | None = None
    holder: UUID | Literal["gone"] | None = None
    """Who leads, or all those who do no work here any more."""
    tag: str = ""


class CaseRow(NamedTuple):
    """One line of a list of cases."""

    id: UUID
    kind: str
    code: str
    title: str
    state: str
    workflow_id: UUID
    unit: str | None
    holder: str | None
    gone: bool | None
    """Whether the holder does no work here any more."""
    tags: list[str]
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str
    version: int
    counted_in: Unit
    """The unit in which its deadline runs, as on its page."""
    sort: datetime


KEY = (datetime.fromisoformat, UUID)
NEVER = datetime(9999, 12, 30, tzinfo=UTC)
_ORDERS = {
    "open": "c.due_order",
    "late": "c.due_order",
    "closed": "c.closed_at",
}
TODAY = f"(tenants.today()::timestamp AT TIME ZONE '{HOME_ZONE}')"
"""When today began, in SQL: what was due before is late, what is due later today is not. Days are compared, not hours."""
_STANDS = {
    "open": "c.closed_at IS NULL",
    "late": f"c.closed_at IS NULL AND c.due_order < {TODAY}",
    "closed": "c.closed_at IS NOT NULL",
}
COUNTED_IN = f"""coalesce((SELECT k.budget_unit FROM casework.clock k WHERE k.tenant_id = {{of}}.tenant_id AND k.owner_id = {{of}}.{{id}}
    AND {WHOLE_CLOCK} AND k.closed_at IS NULL LIMIT 1), 'wd')"""
WORKS_NO_MORE = """CASE WHEN a.person_id IS NULL THEN NOT EXISTS (
        SELECT FROM tenants.current_post m JOIN tenants.person o ON o.id = m.person_id AND o.disabled_at IS NULL
        WHERE m.tenant_id = a.tenant_id AND m.unit_id = a.unit_id)
    ELSE p.disabled_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM tenants.current_post m WHERE m.tenant_id = a.tenant_id AND m.person_id = a.person_id) END"""
"""Whether who holds an assignment `a` does no work here any more: their last post has ended, their account is locked, nobody of their unit does."""
_HOLDER = """(SELECT {what} FROM casework.assignment a
    LEFT JOIN tenants.person p ON p.id = a.person_id
    LEFT JOIN tenants.unit u ON u.tenant_id = a.tenant_id AND u.id = a.unit_id
    WHERE a.tenant_id = c.tenant_id AND a.case_id = c.id AND a.done_at IS NULL AND a.role = 'lead' LIMIT 1)"""
_LED = """c.id = ANY (ARRAY(SELECT a.case_id FROM casework.assignment a
    WHERE a.tenant_id = %(tenant)s AND a.done_at IS NULL AND a.role = 'lead' AND {who}))"""
"""An array is made first: what somebody has is little of a long list, and each case is looked up by its key."""
_LED_BY = _LED.format(who="a.person_id = %(holder)s")
_AT_WORK = """FROM tenants.current_post m WHERE m.tenant_id = %(tenant)s
    AND NOT EXISTS (SELECT FROM tenants.person o WHERE o.id = m.person_id AND o.disabled_at IS NOT NULL)"""
_LED_BY_NOBODY = "({} OR {})".format(
    _LED.format(
        who=f"""a.person_id = ANY (ARRAY(
            SELECT w.person_id FROM tenants.membership w WHERE w.tenant_id = %(tenant)s EXCEPT SELECT m.person_id {_AT_WORK}))"""
    ),
    _LED.format(
        who=f"""a.person_id IS NULL AND a.unit_id = ANY (ARRAY(
            SELECT u.id FROM tenants.unit u WHERE u.tenant_id = %(tenant)s EXCEPT SELECT m.unit_id {_AT_WORK}))"""
    ),
)
WHO, IS_GONE = _HOLDER.format(what="coalesce(p.full_name, u.name)"), _HOLDER.format(what=WORKS_NO_MORE)
"""Who holds a case `c`, and whether they do no work here any more."""


def cases(
    ctx: RequestContext, kind: CaseKind, wanted: CaseFilter, cursor: Cursor = START, size: int = PAGE_SIZE
) -> Page[CaseRow]:
    """Return a page of the cases of a kind a person sees: the most urgent first, closed ones the newest first."""
    sql, values = _statement(ctx, kind, wanted, cursor, size)
    rows = [CaseRow._make(row) for row in db.execute_sql(sql, values).fetchall()]
    return page_of(rows, lambda row: (row.sort.isoformat(), str(row.id)), size, cursor)


def _statement(
    ctx: RequestContext, kind: CaseKind, wanted: CaseFilter, cursor: Cursor, size: int
) -> tuple[str, dict[str, Any]]:
    conditions, values = _conditions(ctx, kind, wanted, cursor, size + 1)
    order = _ORDERS[wanted.stand]
    downwards = (wanted.stand == "closed") != cursor.backward
    way, beyond = ("DESC", "<") if downwards else ("ASC", ">")
    if cursor.key:
        conditions += f" AND ({order}, c.id) {beyond} (%(at)s, %(after)s)"
    sql = f"""
        SELECT c.id, c.kind, c.code, c.title, c.state, c.workflow_id,
            (SELECT name FROM tenants.unit WHERE tenant_id = c.tenant_id AND id = c.unit_id), {WHO}, {IS_GONE},
            c.tags, c.opened_at, c.due_at, c.closed_at, c.outcome, c.version,
            {COUNTED_IN.format(of="c", id="id")}, coalesce({"c.closed_at" if wanted.stand == "closed" else "c.due_at"}, %(never)s)
        FROM casework.case_base c WHERE {conditions} ORDER BY {order} {way}, c.id {way} LIMIT %(limit)s
        """
    return sql, {**values, "never": NEVER}


def count(ctx: RequestContext, kind: CaseKind, wanted: CaseFilter) -> int:
    """Return how many cases a list holds, counting to `bound_of` at most."""
    conditions, values = _conditions(ctx, kind, wanted, START, bound_of(wanted))
    sql = (
        f"SELECT count(*) FROM (SELECT FROM casework.case_base c WHERE {conditions} LIMIT %(limit)s) counted"
    )
    return db.execute_sql(sql, values).fetchone()[0]


def total(
    ctx: RequestContext, kind: CaseKind, wanted: CaseFilter, cursor: Cursor, found: Page[CaseRow]
) -> int:
    """Return the same beside a page that was read: one that holds the whole list tells it by itself."""
    return count(ctx, kind, wanted) if cursor.key or found.next_key else len(found.rows)


def bound_of(wanted: CaseFilter) -> int:
    """Return how far a list is counted: what a search finds must be looked at, so that is told less exactly."""
    return FOUND if query_of(wanted.search) else BOUND


def _conditions(
    ctx: RequestContext, kind: CaseKind, wanted: CaseFilter, cursor: Cursor, most: int
) -> tuple[str, dict[str, Any]]:
    parts = ["c.tenant_id = %(tenant)s", "c.kind = %(kind)s", _STANDS[wanted.stand]]
    at, after = cursor.key or (None, None)
    values = {
        **_seer(ctx, [kind]), "kind": kind.key, "state": wanted.state, "unit": wanted.unit_id, "holder": wanted.holder, "tag": wanted.tag,
        "limit": most,
        "at": at if at is None or at < NEVER else "infinity", "after": after,
    }  # fmt: skip
    sees_all = ctx.can(kind.manage) and not kind.restricted
    if not sees_all:
        parts.append(_SEEN)
    if wanted.state:
        parts.append("c.state = %(state)s")
    if wanted.unit_id:
        parts.append("c.unit_id = %(unit)s")
    if wanted.holder:
        parts.append(_LED_BY_NOBODY if wanted.holder == "gone" else _LED_BY)
    if wanted.tag:
        parts.append("%(tag)s = ANY (c.tags)")
    if words := query_of(wanted.search):
        # Of the few that somebody has each is looked at.
        parts.append("c.words @@ casework.own_query(%(tenant)s, %(words)s)" if wanted.holder else _SOUGHT)
        values |= {
            "words": words, "stand": wanted.stand, "backward": cursor.backward, "sees_all": ctx.can(kind.manage),
        }  # fmt: skip
    return " AND ".join(parts), values


# An array is made first, and each case looked up by its key; the planner would walk the whole list beside a join.
_SOUGHT = f"""c.id = ANY (ARRAY(SELECT casework.cases_found(%(words)s, %(kind)s, %(stand)s,
    {TODAY}, %(state)s, %(tag)s, %(unit)s, NULL, %(sees_all)s,
    %(selves)s::uuid[], %(units)s::uuid[], %(at)s::timestamptz, %(after)s, %(backward)s, %(limit)s)))"""


def query_of(search: str) -> str:
    """Return the words of a search as full text is asked for them: each as the beginning of a word, all of them."""
    words = re.findall(r"[^\W_]+", fold(search))
    return " & ".join(f"{word}:*" for word in words[:MOST_WORDS])


# ---- one case -------------------------------------------------------------------------------------------------


def case(case_id: UUID, kind: CaseKind | None = None, *, locked: bool = False) -> Case:
    """Return a case of the agency in scope; whether a person sees it is for the caller to ask.

    Raises NotFound, also for a case of another kind than the one asked for.
    """
    found = row_of(Case, f"id = %(id)s::uuid{' FOR UPDATE' if locked else ''}", {"id": case_id})
    if found is None or (kind is not None and found.kind != kind.key):
        raise NotFound
    return found


def lock_cases(*case_ids: UUID) -> None:
    """Lock cases until the transaction ends, in one order for all who lock several. Raises NotFound."""
    for each in sorted(case_ids):
        case(each, locked=True)


def hold_place(key: UUID) -> None:
    """Wait for whoever does the same with a case, or whatever else has this id, until the commit: a form may be pressed twice at once."""
    db.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"{CASE}:{key}",))


class Around(NamedTuple):
    """What stands around a case, as its page needs it: read with one statement."""

    steps: int
    recorded_at: datetime
    """When it was written down: its paper may have come in days before."""
    comments: int
    opener: str
    unit: str
    stands_in_for: frozenset[UUID]
    """For whom the reader acts today."""
    legs: int


def around(ctx: RequestContext, case: Case) -> Around:
    """Return what stands around a case."""
    steps, recorded_at, comments, opener, unit, people, legs = db.execute_sql(
        "SELECT (SELECT count(*) FROM casework.step WHERE tenant_id = %(tenant)s AND case_id = %(case)s), "
        "(SELECT at FROM casework.step WHERE tenant_id = %(tenant)s AND case_id = %(case)s AND seq = 0), "
        "(SELECT count(*) FROM casework.comment WHERE tenant_id = %(tenant)s AND case_id = %(case)s), "
        "(SELECT full_name FROM tenants.person WHERE id = %(opener)s), "
        "(SELECT name FROM tenants.unit WHERE tenant_id = %(tenant)s AND id = %(unit)s), "
        f"ARRAY(SELECT d.person_id FROM casework.delegation d WHERE d.tenant_id = %(tenant)s AND d.stand_in_id = %(me)s AND {IN_FORCE}), "
        "(SELECT count(*) FROM casework.leg WHERE tenant_id = %(tenant)s AND case_id = %(case)s)",
        {
            "tenant": current_tenant(),
            "case": case.id,
            "opener": case.created_by,
            "unit": case.unit_id,
            "me": ctx.person.id,
        },
    ).fetchone()
    return Around(
        steps, recorded_at or case.opened_at, comments, opener or "", unit or "", frozenset(people), legs
    )


class Held(NamedTuple):
    """An assignment of a case, with names."""

    id: UUID
    person_id: UUID | None
    person: str | None
    unit_id: UUID | None
    unit: str | None
    role: str
    task: str
    note: str
    given_by: UUID | None
    giver: str | None
    given_at: datetime
    seen_at: datetime | None
    due_at: datetime | None
    done_at: datetime | None
    ending: str
    outcome: str
    reason: str
    share: int | None
    gone: bool
    """Whether who has it does no work here any more."""
    done_in_place: str | None
    """Who ended it in the place of whoever had it."""

    @property
    def receiver(self) -> str:
        """Who it was given to, in words."""
        return self.person or self.unit or ""


_HELD = (
    "SELECT a.id, a.person_id, p.full_name, a.unit_id, u.name, a.role, a.task, a.note, a.given_by, g.full_name, a.given_at, "
    f"a.seen_at, a.due_at, a.done_at, a.ending, a.outcome, a.reason, a.share, {WORKS_NO_MORE}, d.full_name FROM casework.assignment a "
    "LEFT JOIN tenants.person p ON p.id = a.person_id LEFT JOIN tenants.person g ON g.id = a.given_by "
    "LEFT JOIN tenants.person d ON d.id = a.done_by AND d.id <> a.person_id "
    "LEFT JOIN tenants.unit u ON u.tenant_id = a.tenant_id AND u.id = a.unit_id "
    "WHERE a.tenant_id = %s AND a.case_id = %s {} ORDER BY a.done_at IS NOT NULL, a.role DESC, a.given_at DESC, a.id DESC LIMIT %s"
)


def assignments(case_id: UUID) -> list[Held]:
    """Return who has to act on a case and who had, the newest first."""
    rows = db.execute_sql(_HELD.format(""), (current_tenant(), case_id, MOST)).fetchall()
    return [Held._make(row) for row in rows]


def open_now(case_id: UUID) -> list[Held]:
    """Return who has to act on a case now, who leads first."""
    return now_and_parts(case_id)[0]


def now_and_parts(case_id: UUID) -> tuple[list[Held], list[Held]]:
    """Return who has to act on a case now, who leads first, and the parts of co-handlers that are over."""
    # Who restricted a case and had nothing to do with it before has a row that was done at once.
    which = "AND (a.done_at IS NULL OR a.role = 'co' AND a.ending <> 'pulled' AND a.done_at > a.given_at)"
    rows = db.execute_sql(_HELD.format(which), (current_tenant(), case_id, MOST)).fetchall()
    held = [Held._make(row) for row in rows]
    return [each for each in held if not each.done_at], [each for each in held if each.done_at]


class OpenAssignment(NamedTuple):
    """What somebody has to do on a case now, as acts need it."""

    id: UUID
    person_id: UUID | None
    unit_id: UUID | None
    role: str
    given_at: datetime
    due_at: datetime | None
    share: int | None


def due_of(case: Case, each: OpenAssignment | Assignment | Held) -> datetime | None:
    """Return by when somebody has to do their part of a case; while its deadline stands still nothing tells of a share of it."""
    return None if each.share is not None and case.due_at is None else each.due_at


def open_assignments(case_id: UUID) -> list[OpenAssignment]:
    """Return who has to act on a case now."""
    rows = db.prepared(
        "SELECT id, person_id, unit_id, role, given_at, due_at, share FROM casework.assignment "
        "WHERE tenant_id = %(tenant)s::uuid AND case_id = %(case)s::uuid AND done_at IS NULL",
        {"tenant": current_tenant(), "case": case_id},
    ).fetchall()
    return [OpenAssignment._make(row) for row in rows]


def last_lead(case_id: UUID) -> UUID | None:
    """Return who leads a case; when nobody does any more, who did last."""
    row = db.execute_sql(
        "SELECT person_id FROM casework.assignment WHERE tenant_id = %s AND case_id = %s AND role = 'lead' "
        "ORDER BY done_at DESC NULLS FIRST, id DESC LIMIT 1",
        (current_tenant(), case_id),
    ).fetchone()
    return row[0] if row else None


def last_step(case_id: UUID) -> tuple[int, datetime] | None:
    """Return number and moment of the newest step of a case."""
    row: tuple[int, datetime] | None = db.prepared(
        "SELECT seq, at FROM casework.step WHERE tenant_id = %(tenant)s::uuid AND case_id = %(case)s::uuid ORDER BY seq DESC LIMIT 1",
        {"tenant": current_tenant(), "case": case_id},
    ).fetchone()
    return row


class StepRow(NamedTuple):
    """A move of a case, with names."""

    seq: int
    transition: str
    title: str
    from_state: str
    to_state: str
    note: str
    person_id: UUID | None
    person: str | None
    in_place_of: str | None
    began_at: datetime
    at: datetime
    outcome: str


def steps(case_id: UUID) -> list[StepRow]:
    """Return how a case came where it is, the newest step first."""
    rows = db.execute_sql(
        "SELECT s.seq, s.transition, s.title, s.from_state, s.to_state, s.note, s.by_person, p.full_name, o.full_name, s.began_at, "
        "s.at, s.outcome FROM casework.step s LEFT JOIN tenants.person p ON p.id = s.by_person "
        "LEFT JOIN tenants.person o ON o.id = s.in_place_of WHERE s.tenant_id = %s AND s.case_id = %s ORDER BY s.seq DESC LIMIT %s",
        (current_tenant(), case_id, MOST),
    ).fetchall()
    return [StepRow._make(row) for row in rows]


def last_act(case_id: UUID) -> tuple[UUID | None, str, str]:
    """Return who last moved a case, gave it or changed its deadline, and by what: the title of a step, or a word for the others."""
    values = {"tenant": current_tenant(), "case": case_id, "type": CASE, "name": WHOLE}
    (person_id, name, what) = db.execute_sql(_LAST_ACT, values).fetchone()
    return person_id, name or "", what


# What a step itself gave or did to the deadline was at the same moment: the step stands for it.
_LAST_ACT = """
    SELECT f.who, p.full_name, f.what FROM (
        SELECT s.by_person AS who, s.title AS what, s.at, s.seq FROM casework.step s
            WHERE s.tenant_id = %(tenant)s AND s.case_id = %(case)s
        UNION ALL SELECT a.given_by, 'assign', a.given_at, -1 FROM casework.assignment a
            WHERE a.tenant_id = %(tenant)s AND a.case_id = %(case)s AND a.given_by IS NOT NULL
        UNION ALL SELECT e.made_by, e.kind, e.at, -1 FROM casework.clock_entry e JOIN casework.clock c
            ON c.tenant_id = e.tenant_id AND c.id = e.clock_id
            WHERE c.tenant_id = %(tenant)s AND c.owner_type = %(type)s AND c.owner_id = %(case)s AND c.name = %(name)s AND e.kind <> 'start'
    ) f LEFT JOIN tenants.person p ON p.id = f.who ORDER BY f.at DESC, f.seq DESC LIMIT 1
"""


class CommentRow(NamedTuple):
    """What somebody wrote beside a case."""

    author: str
    at: datetime
    text: str


def comments(case_id: UUID) -> list[CommentRow]:
    """Return what was written beside a case, the oldest first."""
    rows = db.execute_sql(
        "SELECT p.full_name, c.at, c.text FROM casework.comment c JOIN tenants.person p ON p.id = c.author_id "
        "WHERE c.tenant_id = %s AND c.case_id = %s ORDER BY c.at, c.id LIMIT %s",
        (current_tenant(), case_id, MOST),
    ).fetchall()
    return [CommentRow._make(row) for row in rows]


class LinkRow(NamedTuple):
    """Another case that a case has to do with."""

    id: UUID
    kind: str
    code: str
    title: str
    closed_at: datetime | None
    link: str


def links(ctx: RequestContext, case_id: UUID, kinds: Sequence[CaseKind]) -> list[LinkRow]:
    """Return the cases that a case is linked with and that a person sees; `kinds` are those the person may read."""
    rows = db.execute_sql(
        f"""
        SELECT c.id, c.kind, c.code, c.title, c.closed_at, l.kind FROM casework.case_link l
        JOIN casework.case_base c ON c.tenant_id = l.tenant_id AND c.id = CASE WHEN l.case_id = %(id)s THEN l.other_id ELSE l.case_id END
        WHERE l.tenant_id = %(tenant)s AND (l.case_id = %(id)s OR l.other_id = %(id)s) AND c.kind = ANY (%(kinds)s) AND {_SEEN}
        ORDER BY c.opened_at DESC LIMIT %(most)s
        """,
        {**_seer(ctx, kinds), "id": case_id, "kinds": [kind.key for kind in kinds], "most": MOST},
    ).fetchall()
    return [LinkRow._make(row) for row in rows]


def cases_of(assignment_ids: Sequence[UUID]) -> list[Case]:
    """Return the cases of some assignments by their codes, as far as the agency in scope has them."""
    asked = Assignment.select(Assignment.case_id).where(Assignment.id.in_(assignment_ids))
    return list(Case.select().where(Case.id.in_(asked)).order_by(Case.code))


def leads_of(case_ids: Sequence[UUID]) -> list[UUID]:
    """Return the assignments of those who lead some cases now."""
    leads = Assignment.case_id.in_(case_ids) & Assignment.done_at.is_null() & (Assignment.role == "lead")
    return [each for (each,) in Assignment.select(Assignment.id).where(leads).tuples()]


def ended_among(case_ids: Sequence[UUID]) -> list[str]:
    """Return the codes of those of some cases that have ended."""
    ended = Case.id.in_(case_ids) & Case.closed_at.is_null(False)
    return [code for (code,) in Case.select(Case.code).where(ended).order_by(Case.code).tuples()]


def are_over(assignment_ids: Sequence[UUID]) -> list[UUID]:
    """Return which of some assignments are to be done no more."""
    over = Assignment.id.in_(assignment_ids) & Assignment.done_at.is_null(False)
    return [each for (each,) in Assignment.select(Assignment.id).where(over).tuples()]


def kinds_of(assignment_ids: Sequence[UUID]) -> set[str]:
    """Return of which kinds the cases of some assignments are."""
    asked = Assignment.select(Assignment.case_id).where(Assignment.id.in_(assignment_ids))
    return {kind for (kind,) in Case.select(Case.kind).where(Case.id.in_(asked)).distinct().tuples()}


def case_by_code(code: str, *, locked: bool = False) -> Case | None:
    """Return the case with a code in the agency in scope."""
    query = Case.select().where(Case.code == code.strip().upper())
    return (query.for_update() if locked else query).first()


def whole_clock(case_id: UUID) -> Clock | None:
    """Return the deadline of a whole case; of one that came by a leg that of the leg, which has the same id."""
    return row_of(Clock, f"owner_id = %(owner)s::uuid AND {WHOLE_CLOCK}", {"owner": case_id})


def hold_of(ctx: RequestContext, case: Case, held: Sequence[OpenAssignment] | None = None) -> UUID | None:
    """Return in whose name a person holds a case: the own, or that of whom they stand in for; None holds it not."""
    if case.hand != "unread":
        return case.hand
    leads = [each for each in (open_assignments(case.id) if held is None else held) if each.role == "lead"]
    return hand_of(ctx, leads, ()) or hand_of(ctx, leads, stands_in_for(ctx.person.id))


def hand_of(
    ctx: RequestContext, leads: Iterable[OpenAssignment | Held], stands_in_for: Iterable[UUID]
) -> UUID | None:
    """Return the same of assignments that were read already."""
    leads = list(leads)
    for each in leads:
        if each.person_id == ctx.person.id or (each.person_id is None and each.unit_id in ctx.unit_ids):
            return ctx.person.id
    away = {each.person_id for each in leads if each.person_id} & set(stands_in_for)
    return min(away) if away else None


def about(case: Case) -> dict[str, Any]:
    """Return what every fact about a case says."""
    return {"object_id": case.id, "code": case.code, "title": case.title, "kind": case.kind}


# ---- people and units that may get something ---------------------------------------------------------------------


class Colleague(NamedTuple):
    """Somebody of the agency in scope and where they work."""

    id: UUID
    name: str
    unit_id: UUID
    unit: str
    position: str


def colleagues(people: Sequence[UUID] | None = None) -> list[Colleague]:
    """Return who works in the agency in scope today and is not locked out, one line each; with `people` only these."""
    asked = None if people is None else tuple(people)
    return steady(("colleagues", current_tenant(), asked), lambda: _colleagues(asked))


def _colleagues(people: Sequence[UUID] | None) -> list[Colleague]:
    rows = db.prepared(
        "SELECT DISTINCT ON (p.id) p.id, p.full_name, u.id, u.name, m.position FROM tenants.current_post m "
        "JOIN tenants.person p ON p.id = m.person_id AND p.disabled_at IS NULL JOIN tenants.unit u ON u.tenant_id = m.tenant_id AND u.id = m.unit_id "
        "WHERE m.tenant_id = %(tenant)s::uuid AND (%(people)s::uuid[] IS NULL OR p.id = ANY (%(people)s::uuid[])) ORDER BY p.id, u.code",
        {"tenant": current_tenant(), "people": people if people is None else list(people)},
    ).fetchall()
    return sorted(
        (Colleague._make(row) for row in rows), key=lambda each: (each.unit, each.name.split()[-1], each.name)
    )


def staffed_units() -> list[tuple[UUID, str]]:
    """Return the open units of the agency in scope in which somebody works today: what others got nobody would see."""
    return steady(("staffed units", current_tenant()), _staffed_units)


def _staffed_units() -> list[tuple[UUID, str]]:
    rows = db.execute_sql(
        "SELECT DISTINCT m.unit_id FROM tenants.current_post m JOIN tenants.person p ON p.id = m.person_id AND p.disabled_at IS NULL "
        "WHERE m.tenant_id = %s",
        (current_tenant(),),
    ).fetchall()
    staffed = {unit_id for (unit_id,) in rows}
    return [unit for unit in open_units() if unit[0] in staffed]


def names(people: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of people."""
    if not people:
        return {}
    return dict(
        db.execute_sql(
            "SELECT id, full_name FROM tenants.person WHERE id = ANY (%s)", (list(people),)
        ).fetchall()
    )


def some_names(people: Collection[UUID]) -> str:
    """Return the names of people in a sentence: three at most, by their given names, and how many others there are."""
    found = sorted(names(list(people)).values(), key=lambda name: (name.split()[-1], name))
    told, others = ", ".join(found[:NAMED]), len(found) - NAMED
    return f"{told} {ngettext('và {n} người khác', 'và {n} người khác', others)}" if others > 0 else told


def name_of(person_id: UUID | None, unit_id: UUID | None = None) -> str:
    """Return the name of a person, of an open unit where no person is named, or nothing."""
    if person_id:
        return names([person_id]).get(person_id, "")
    return dict(open_units()).get(unit_id, "") if unit_id else ""


class FoundRow(NamedTuple):
    """A case that a search found."""

    id: UUID
    kind: str
    code: str
    title: str
    closed_at: datetime | None


def found(ctx: RequestContext, kinds: Sequence[CaseKind], search: str, limit: int) -> list[FoundRow]:
    """Return the cases of some kinds that hold the words of a search and that a person sees, open ones first."""
    words, keys = query_of(search), [kind.key for kind in kinds]
    if not words or not keys:
        return []
    rows = db.execute_sql(
        f"""
        SELECT c.id, c.kind, c.code, c.title, c.closed_at FROM casework.case_base c
        WHERE c.tenant_id = %(tenant)s AND c.id IN (SELECT casework.cases_with(%(words)s, %(kinds)s, %(found)s)) AND {_SEEN}
        ORDER BY c.closed_at IS NOT NULL, c.opened_at DESC LIMIT %(limit)s
        """,
        {**_seer(ctx, kinds), "words": words, "kinds": keys, "found": MET, "limit": limit},
    ).fetchall()
    return [FoundRow._make(row) for row in rows]
