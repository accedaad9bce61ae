"""What is asked of legs; every statement names the side of the agency in scope, the policies are the second wall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from core.api import (
    PAGE_SIZE,
    START,
    Counting,
    Cursor,
    FileOwner,
    Forbidden,
    NotFound,
    Page,
    RequestContext,
    _,
    current_tenant,
    db,
    fold,
    page_of,
    reading,
    require_access,
)
from plugins.casework.cases import queries as cases
from plugins.casework.cases.delegations import stands_in_for
from plugins.casework.cases.queries import NEVER, TODAY
from plugins.casework.legs.incoming import INCOMING, RECEIVE, WITHDRAWN, incoming_case
from plugins.casework.legs.purposes import told_only
from plugins.casework.models import Case
from plugins.casework.workflows.kinds import kind_of, kinds_here

BOUND = 1000
MOST = 200
Side = Literal["sender", "receiver"]


class LegRow(NamedTuple):
    """A leg with the names of both agencies."""

    id: UUID
    tenant_id: UUID
    sender: str
    receiver_id: UUID
    receiver: str
    case_id: UUID
    chain: list[UUID]
    module: str
    purpose: str
    code: str
    title: str
    ask: str
    shared: str
    due_at: datetime | None
    sent_by: UUID | None
    sent_by_name: str
    sent_at: datetime
    outside: str
    state: str
    seen_at: datetime | None
    taken_at: datetime | None
    taken_by: UUID | None
    taken_by_name: str
    answers: int
    answered_at: datetime | None
    done_at: datetime | None
    reason: str
    version: int
    paused: bool
    sort: datetime
    holder: str | None
    """Who has it in the agency that got it, in that agency's list."""
    gone: bool | None
    receiver_shut: bool
    """The agency that got it works no more: it is suspended, or merged."""
    sender_shut: bool

    @property
    def has_day(self) -> bool:
        """Whether it is due some day, also while that stands still."""
        return self.due_at is not None or self.paused

    @property
    def is_stuck(self) -> bool:
        """Tell whether it is the turn of an agency that works no more: nobody does it until it is taken back."""
        return self.receiver_shut and self.state in ("sent", "taken", "again")

    @property
    def side(self) -> Side:
        """Which side of it the agency in scope is."""
        return "sender" if self.tenant_id == current_tenant() else "receiver"

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back, and the agency in scope only got it, or forwarded what it got: it is another's matter."""
        return self.state == "recalled" and self.chain[0] != current_tenant()

    @property
    def counted_by(self) -> UUID:
        """The agency by whose calendar it is counted: the one that gets it, or the sender for a system outside."""
        return self.tenant_id if self.outside else self.receiver_id

    @property
    def other_id(self) -> UUID:
        """The agency on the other side."""
        return self.receiver_id if self.side == "sender" else self.tenant_id


_AGENCY = "coalesce((SELECT name FROM tenants.current_agency WHERE tenant_id = {}), {})"
_SHUT = "coalesce((SELECT status <> 'active' FROM tenants.current_agency WHERE tenant_id = {}), false)"
_ROW = f"""
    SELECT l.id, l.tenant_id, {_AGENCY.format("l.tenant_id", "''")}, l.receiver_id, {_AGENCY.format("l.receiver_id", "l.outside")},
        l.case_id, l.chain, l.module, l.purpose, l.code, l.title, l.ask, l.shared, l.due_at, l.sent_by,
        coalesce((SELECT full_name FROM tenants.person WHERE id = l.sent_by), ''), l.sent_at, l.outside, l.state, l.seen_at,
        l.taken_at, l.taken_by, coalesce((SELECT full_name FROM tenants.person WHERE id = l.taken_by), ''), l.answers,
        l.answered_at, l.done_at, l.reason, l.version, l.paused, coalesce({{sort}}, %(never)s), {{holder}},
        {_SHUT.format("l.receiver_id")}, {_SHUT.format("l.tenant_id")} FROM casework.leg l WHERE
"""
_PLAIN = _ROW.format(sort="l.due_at", holder="NULL, NULL")
_LOCKED = " FOR UPDATE OF l"
_HELD = ", ".join(
    f"(SELECT {what} FROM (SELECT l.receiver_id AS tenant_id, l.id) c)" for what in (cases.WHO, cases.IS_GONE)
)


def _made(values: Sequence[Any]) -> LegRow:
    found = LegRow._make(values)
    # SECURITY: what was taken back is not read any more by whom it was asked of: not its words, nor is it found by them.
    return found._replace(title=_(WITHDRAWN), ask="", shared="") if found.is_withdrawn else found


def leg(leg_id: UUID, *, locked: bool = False) -> LegRow:
    """Return a leg that the agency in scope sent or got; `locked` until the transaction ends.

    Raises NotFound.
    """
    row = db.execute_sql(
        f"{_PLAIN} l.id = %(id)s AND (l.tenant_id = %(tenant)s OR l.receiver_id = %(tenant)s){_LOCKED if locked else ''}",
        {"id": leg_id, "tenant": current_tenant(), "never": NEVER},
    ).fetchone()
    if row is None:
        raise NotFound
    return _made(row)


def seen_leg(ctx: RequestContext, leg_id: UUID) -> LegRow:
    """Return a leg for somebody who may see it: whoever sees the sender's case, or the receiver's.

    Raises NotFound, Forbidden.
    """
    found = leg(leg_id)
    if found.side == "sender":
        case = cases.case(found.case_id)
        require_access(ctx, kind_of(case.kind).read, case)
    elif not sees_incoming(ctx, found):
        raise Forbidden(_("Chặng này do người khác ở cơ quan xử lý."))
    return found


def acts_as_sender(ctx: RequestContext, of: LegRow, case: Case) -> bool:
    """Tell whether a person may act on a leg that was sent in a case: who sent it, who stands in for them, who holds the case, who manages it."""
    me = ctx.person.id
    return (
        ctx.can(kind_of(case.kind).manage)
        or of.sent_by in (me, *stands_in_for(me))
        or cases.hold_of(ctx, case) is not None
    )


def sees_incoming(ctx: RequestContext, found: LegRow) -> bool:
    """Tell whether a person of the receiving agency sees a leg: who receives them, and who has to do with this one."""
    if ctx.can(RECEIVE):
        return True
    case = incoming_case(found.id)
    return case is not None and cases.is_visible(ctx, case, INCOMING)


def legs_of(case_id: UUID, *, locked: bool = False) -> list[LegRow]:
    """Return the legs that the agency in scope sent in a case, the oldest first, as many as a page shows; `locked` for an act all of them."""
    return _legs_of(case_id, locked=locked)


def answered_legs(case_id: UUID) -> list[LegRow]:
    """Return those of them whose answer is to be read, locked until the transaction ends."""
    return _legs_of(case_id, "AND l.state = 'answered'", locked=True)


def unanswered_legs(case_id: UUID, *, locked: bool = False) -> list[LegRow]:
    """Return those of them that somebody still has to answer, also anew."""
    found = _legs_of(case_id, "AND l.state IN ('sent', 'taken', 'again')", locked=locked)
    return [each for each in found if each.purpose not in told_only()]


def _legs_of(case_id: UUID, condition: str = "", *, locked: bool) -> list[LegRow]:
    rows = db.execute_sql(
        f"{_PLAIN} l.tenant_id = %(tenant)s AND l.case_id = %(case)s {condition} ORDER BY l.sent_at, l.id {_LOCKED if locked else 'LIMIT %(most)s'}",
        {"tenant": current_tenant(), "case": case_id, "most": MOST, "never": NEVER},
    ).fetchall()
    return [_made(row) for row in rows]


def forwarded_to(legs: Sequence[LegRow]) -> list[str]:
    """Return to whom those who got some legs of the agency in scope have forwarded them, and not taken them back since."""
    receivers = {each.receiver_id for each in legs if not each.outside}
    if not receivers:
        return []
    with reading(receivers):
        rows = db.execute_sql(
            f"SELECT {_AGENCY.format('l.receiver_id', 'l.outside')} AS name FROM casework.leg l WHERE l.tenant_id = ANY (%s) "
            "AND l.case_id = ANY (%s) AND l.state <> 'recalled' GROUP BY name ORDER BY min(l.sent_at), name",
            (list(receivers), [each.id for each in legs]),
        ).fetchall()
    return [name for (name,) in rows]


def newest_answers(case_id: UUID) -> list[tuple[UUID, str]]:
    """Return the newest answer of each leg that was answered in a case of the agency in scope, with the leg."""
    return db.execute_sql(
        "SELECT DISTINCT ON (l.sent_at, l.id) l.id, n.text FROM casework.leg l "
        "JOIN casework.leg_line n ON n.leg_id = l.id AND n.receiver_id = l.tenant_id AND n.kind = 'answered' "
        "WHERE l.tenant_id = %s AND l.case_id = %s ORDER BY l.sent_at, l.id, n.number DESC",
        (current_tenant(), case_id),
    ).fetchall()


def newest_answer(case_id: UUID, purpose: str) -> tuple[str, str]:
    """Return what was answered last to the legs of a purpose in a case, and by which agency; empty when nothing was."""
    row = db.execute_sql(
        f"SELECT n.text, {_AGENCY.format('l.receiver_id', 'l.outside')} FROM casework.leg l "
        "JOIN casework.leg_line n ON n.leg_id = l.id AND n.receiver_id = l.tenant_id AND n.kind = 'answered' "
        "WHERE l.tenant_id = %s AND l.case_id = %s AND l.purpose = %s ORDER BY n.at DESC, n.number DESC LIMIT 1",
        (current_tenant(), case_id, purpose),
    ).fetchone()
    return row or ("", "")


# ---- what both sides said -----------------------------------------------------------------------------------


class Line(NamedTuple):
    """What one side did and said."""

    kind: str
    number: int
    text: str
    agency_id: UUID
    agency: str
    person: str
    at: datetime
    person_id: UUID | None = None


def lines(of: LegRow) -> list[Line]:
    """Return what both sides of a leg did and said, the oldest first."""
    rows = db.execute_sql(
        f"""
        SELECT n.kind, n.number, n.text, n.tenant_id, {_AGENCY.format("n.tenant_id", "%(outside)s")},
            coalesce((SELECT full_name FROM tenants.person WHERE id = n.by_person), ''), n.at, n.by_person FROM casework.leg_line n
        WHERE n.leg_id = %(id)s AND %(tenant)s IN (n.tenant_id, n.receiver_id) ORDER BY n.at, n.id LIMIT %(most)s
        """,
        {"id": of.id, "tenant": current_tenant(), "outside": of.outside, "most": MOST},
    ).fetchall()
    said = [Line._make(row) for row in rows]
    if of.is_withdrawn:
        said = [
            each._replace(text="") if each.agency_id == of.tenant_id and each.kind != "recalled" else each
            for each in said
        ]
    return said


class Shared(NamedTuple):
    """A file that one side lets the other open."""

    file_id: UUID
    owner_id: UUID
    number: int
    name: str
    size: int


def shared_files(of: LegRow) -> list[Shared]:
    """Return the files that either side of a leg lets the other open."""
    rows = db.execute_sql(
        "SELECT file_id, tenant_id, number, name, size FROM casework.leg_file "
        "WHERE leg_id = %(id)s AND %(tenant)s IN (tenant_id, receiver_id) ORDER BY at, id LIMIT %(most)s",
        {"id": of.id, "tenant": current_tenant(), "most": MOST},
    ).fetchall()
    return [
        each for each in map(Shared._make, rows) if each.owner_id == current_tenant() or not of.is_withdrawn
    ]


def answer_files(leg_id: UUID) -> FileOwner:
    """Return what the files of the receiver's answers belong to, in the receiver's own agency."""
    return FileOwner("casework", "leg", leg_id)


# ---- agencies -----------------------------------------------------------------------------------------------


class Agency(NamedTuple):
    """An agency that may be asked."""

    id: UUID
    name: str
    parent: str
    status: str


_AGENCIES = (
    "SELECT a.tenant_id, a.name, coalesce((SELECT name FROM tenants.current_agency p WHERE p.tenant_id = a.parent_id), ''), a.status "
    "FROM tenants.current_agency a WHERE {} ORDER BY 3, a.name"
)


def agencies(but: Sequence[UUID]) -> list[Agency]:
    """Return the active agencies but for some, those of one superior together."""
    sql = _AGENCIES.format("a.status = 'active' AND a.tenant_id <> ALL (%s)")
    return [Agency._make(row) for row in db.execute_sql(sql, (list(but),)).fetchall()]


def agency(agency_id: UUID) -> Agency | None:
    """Return an agency, whatever its status."""
    row = db.execute_sql(_AGENCIES.format("a.tenant_id = %s"), (agency_id,)).fetchone()
    return Agency._make(row) if row else None


# ---- the lists of what came in and of what was sent ----------------------------------------------------------------------------------

Stand = Literal["open", "waiting", "late", "done"]


@dataclass(frozen=True, slots=True)
class LegFilter:
    """What the list is narrowed to."""

    search: str = ""
    stand: Stand = "open"
    side: Side = "receiver"
    """What came in, or what was sent."""


KEY = cases.KEY
_STANDS = {
    "open": "l.done_at IS NULL",
    "waiting": "l.done_at IS NULL AND l.state = 'sent'",
    "late": f"l.done_at IS NULL AND l.due_order < {TODAY}",
    "done": "l.done_at IS NOT NULL",
}
# Of what came in and of what was sent everybody sees the legs of the cases that they see; who receives them sees those without a case.
_GOT = "(%(all)s OR EXISTS (SELECT FROM casework.case_base c WHERE c.tenant_id = l.receiver_id AND c.id = l.id AND {}))"
_SENT = "EXISTS (SELECT FROM casework.case_base c WHERE c.tenant_id = l.tenant_id AND c.id = l.case_id AND c.kind = ANY (%(kinds)s) AND {})"


def _conditions(ctx: RequestContext, wanted: LegFilter) -> tuple[str, dict[str, Any]]:
    sends = wanted.side == "sender"
    kinds = kinds_here(ctx) if sends else [INCOMING]
    seen, values = cases.seen_condition(ctx, kinds)
    values |= {"kinds": [kind.key for kind in kinds], "all": ctx.can(RECEIVE), "never": NEVER}
    side, condition = ("tenant_id", _SENT) if sends else ("receiver_id", _GOT)
    sql = f"l.{side} = %(tenant)s AND {_STANDS[wanted.stand]} AND {condition.format(seen)}"
    for number, word in enumerate(fold(wanted.search).split()[:6]):
        sql += f" AND strpos(l.folded, %(word{number})s) > 0 AND (l.state <> 'recalled' OR l.chain[1] = %(tenant)s)"
        values[f"word{number}"] = word
    return sql, values


def listed(
    ctx: RequestContext, wanted: LegFilter, cursor: Cursor = START, size: int = PAGE_SIZE
) -> Page[LegRow]:
    """Return a page of what the agency in scope got or sent and a person sees: the most urgent first, done ones the newest first."""
    rows = db.execute_sql(*_statement(ctx, wanted, cursor, size)).fetchall()
    found = [_made(row) for row in rows]
    return page_of(found, lambda row: (row.sort.isoformat(), str(row.id)), size, cursor)


def _statement(
    ctx: RequestContext, wanted: LegFilter, cursor: Cursor, size: int
) -> tuple[str, dict[str, Any]]:
    conditions, values = _conditions(ctx, wanted)
    order = "l.done_at" if wanted.stand == "done" else "l.due_order"
    downwards = (wanted.stand == "done") != cursor.backward
    way, beyond = ("DESC", "<") if downwards else ("ASC", ">")
    if cursor.key:
        conditions += f" AND ({order}, l.id) {beyond} (%(at)s, %(after)s)"
        at, after = cursor.key
        values |= {"at": at if at < NEVER else "infinity", "after": after}
    row = _ROW.format(
        sort="l.done_at" if wanted.stand == "done" else "l.due_at",
        holder=_HELD if wanted.side == "receiver" else "NULL, NULL",
    )
    return f"{row} {conditions} ORDER BY {order} {way}, l.id {way} LIMIT %(limit)s", {
        **values,
        "limit": size + 1,
    }


def count(ctx: RequestContext, wanted: LegFilter) -> int:
    """Return how many there are, at most BOUND and one."""
    conditions, values = _conditions(ctx, wanted)
    (number,) = db.execute_sql(
        f"SELECT count(*) FROM (SELECT FROM casework.leg l WHERE {conditions} LIMIT %(bound)s) found",
        {**values, "bound": BOUND + 1},
    ).fetchone()
    return int(number)


def waiting() -> Counting:
    """Count the legs that wait to be taken on in the agency in scope, at most 100."""
    return Counting(
        "SELECT count(*) FROM (SELECT FROM casework.leg WHERE receiver_id = %(tenant)s AND state = 'sent' LIMIT 100) found",
        {"tenant": current_tenant()},
    )


class OpenLeg(NamedTuple):
    """A leg that is not done, for a sentence that names it."""

    id: UUID
    code: str
    title: str
    sender: str
    receiver: str
    is_waiting: bool
    """The agency in scope got it and nobody has taken it on."""


def open_legs(*, module: str = "", case_id: UUID | None = None) -> list[OpenLeg]:
    """Return the legs that are not done of a case, or of a module those that the agency in scope sent or got."""
    if case_id:
        sides = ["tenant_id = %(tenant)s AND case_id = %(case)s"]
    else:
        sides = [f"{side} = %(tenant)s AND module = %(module)s" for side in ("tenant_id", "receiver_id")]
    found = " UNION ALL ".join(
        f"(SELECT id, code, title, tenant_id, receiver_id, outside, state FROM casework.leg WHERE {side} AND done_at IS NULL LIMIT %(most)s)"
        for side in sides
    )
    rows = db.execute_sql(
        f"SELECT l.id, l.code, l.title, {_AGENCY.format('l.tenant_id', chr(39) * 2)}, {_AGENCY.format('l.receiver_id', 'l.outside')}, "
        f"l.receiver_id = %(tenant)s AND l.state = 'sent' FROM ({found}) l ORDER BY l.id LIMIT %(most)s",
        {"tenant": current_tenant(), "module": module, "case": case_id, "most": MOST},
    ).fetchall()
    return [OpenLeg._make(row) for row in rows]
