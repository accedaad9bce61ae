"""Files of petitions: taken, read into rows, corrected, and recorded; every part may be done again after it was cut off."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from peewee import SQL

from core.api import (
    N_,
    Actor,
    Forbidden,
    Invalid,
    NotFound,
    RequestContext,
    _,
    acting,
    current_tenant,
    current_time,
    db,
    emit,
    enqueue,
    fold,
    load,
    person_context,
    require_permission,
    tidy_text,
)
from plugins.casework import api as casework
from plugins.casework.api import NEAR, AlikeTexts, agency_calendar, agency_day, found_by
from plugins.files.api import DOCUMENTS, FileOwner, files_by_id, open_content, take_files
from plugins.lists.api import Unreadable
from plugins.voter_opinions import events, queries, services
from plugins.voter_opinions.kinds import COMPILE, DAYS, GUARDED, HANDLE, PETITION
from plugins.voter_opinions.models import Intake, IntakeRow, Origin
from plugins.voter_opinions.reading import Line, read_lines
from plugins.voter_opinions.schemas import LONGEST, RowInput

READ_AT_ONCE = 150_000
"""Bytes of a file that is read while its sender waits; a larger one is read by a job."""
RECORDED_AT_ONCE = 30
"""So many rows are recorded while somebody waits; more of them by a job."""
PORTION = 200
"""Rows of one transaction, read or recorded."""
MOST_BYTES = 30_000_000
PAGE = 50
RECORDABLE = ("ready", "same")
_STORED = (
    "tenant_id", "id", "intake_id", "number", "content", "locality", "sector", "received", "raw", "state", "into_id", "share", "digest", "marks",
)  # fmt: skip
_STORE = f"{casework.insert_sql(IntakeRow, _STORED)} ON CONFLICT DO NOTHING"
_ROWS = "voter_opinions.intake_row WHERE tenant_id = %(tenant)s AND intake_id = %(intake)s"
_MARK = "UPDATE voter_opinions.intake_row r SET marks = m.marks FROM json_to_recordset(%s::json) m (id uuid, marks bigint[]) WHERE r.tenant_id = %s AND r.id = m.id"
_ROW = RowInput()
"""Made once: making it costs more than a row."""


def intake(intake_id: UUID) -> Intake:
    """Return a file that was taken. Raises NotFound."""
    return queries.found(Intake, intake_id)


def newest(most: int = 20) -> list[Intake]:
    """Return the files that were taken last."""
    return list(Intake.select().order_by(Intake.made_at.desc(), Intake.id).limit(most))


def row(row_id: UUID) -> IntakeRow:
    """Return a row of such a file. Raises NotFound."""
    return queries.found(IntakeRow, row_id)


def closed_rows(ctx: RequestContext, intake_id: UUID) -> set[UUID]:
    """Return the rows of a file that were taken out, or are like what was, and that a person may not read for that.

    What is not recorded yet, whoever brought the file reads: they have it themselves.
    """
    seen, values = casework.seen_condition(ctx, [PETITION])
    # What is guarded stands at the end of its session: there is little of it, and mostly none that this person may not read.
    hidden = db.execute_sql(
        f"""SELECT p.id FROM voter_opinions.session s JOIN voter_opinions.petition p ON p.tenant_id = s.tenant_id AND p.session_id = s.id
        AND p.listed_on = '9999-12-31' JOIN casework.case_base c ON c.tenant_id = p.tenant_id AND c.id = p.id WHERE s.tenant_id = %(tenant)s AND NOT {seen}""",
        values,
    ).fetchall()
    rows = hidden and db.execute_sql(
        f"""WITH gone AS MATERIALIZED (SELECT unnest(%(hidden)s::uuid[]) AS id UNION
            SELECT id FROM voter_opinions.origin WHERE tenant_id = %(tenant)s AND petition_id = ANY (%(hidden)s::uuid[]))
        SELECT id FROM {_ROWS} AND (id IN (SELECT id FROM gone) OR (state <> 'recorded' AND into_id IN (SELECT id FROM gone) AND %(others)s))""",
        {**values, "intake": intake_id, "hidden": [each for (each,) in hidden], "others": intake(intake_id).person_id != ctx.person.id},
    ).fetchall()  # fmt: skip
    return {row_id for (row_id,) in rows}


def open_row(ctx: RequestContext, row_id: UUID) -> IntakeRow:
    """Return a row for somebody who may read it. Raises Forbidden, NotFound."""
    found = row(row_id)
    if found.id in closed_rows(ctx, found.intake_id):
        raise Forbidden(f"{_(GUARDED)}.")
    return found


def counts(intake_id: UUID) -> dict[str, int]:
    """Return how many rows of a file stand how."""
    values = {"tenant": current_tenant(), "intake": intake_id}
    return dict(db.execute_sql(f"SELECT state, count(*) FROM {_ROWS} GROUP BY 1", values).fetchall())


def rows(intake_id: UUID, states: Iterable[str], after: int = 0, most: int = PAGE + 1) -> list[IntakeRow]:
    """Return the rows of a file that stand so, in the order of the file."""
    query = IntakeRow.select().where(
        IntakeRow.intake_id == intake_id, IntakeRow.state.in_(list(states)), IntakeRow.number > after
    )
    return list(query.order_by(IntakeRow.number).limit(most))


def day_of(received: str) -> date | None:
    """Return the day that a row names, as it is understood; None for none and for what is no day."""
    try:
        day: date | None = load(_ROW, {"content": "?", "received": received})["received"]
    except Invalid:
        return None
    return day


def late_at_once(of: Intake) -> int:
    """Return how many rows make petitions whose deadline is over on the day they are recorded."""
    days = db.execute_sql(
        f"SELECT received, count(*) FROM {_ROWS} AND state = 'ready' GROUP BY 1", {"tenant": current_tenant(), "intake": of.id}
    ).fetchall()  # fmt: skip
    session, today = queries.session(of.session_id), agency_day()
    worked = agency_calendar().worked
    if session.answer_by:
        return sum(number for _day, number in days) if session.answer_by < today else 0
    given, longest = timedelta(days=DAYS[session.body]), today - timedelta(days=60)
    # A slip of the hand may name a year that no calendar here reaches.
    due = ((max((day_of(day) or of.received_on) + given, longest), number) for day, number in days)
    return sum(number for day, number in due if worked(day) < today)


# ---- reading ---------------------------------------------------------------------------------------------------------


class TakenBefore(Exception):
    """Raised for a file that was brought already: taken again, everything in it would count twice."""

    def __init__(self, first: Intake) -> None:
        super().__init__(first.name)
        self.first = first


def take_file(ctx: RequestContext, said: dict[str, Any]) -> Intake:
    """Take a file of petitions and read it, a large one in the background; sent twice, return it.

    Raises TakenBefore, Invalid, Forbidden.
    """
    require_permission(ctx, COMPILE)
    if Intake.select().where(Intake.id == said["id"]).exists():
        return intake(said["id"])
    session = queries.session(said["session_id"])
    meeting = services.checked_meeting(session, said["meeting_id"])
    day = said["received_on"] or (meeting.held_on if meeting else agency_day())
    with db.atomic():
        owner = FileOwner("voter_opinions", "intake", said["id"])
        stored = take_files(said["files"], owner, allowed=DOCUMENTS, max_bytes=MOST_BYTES)
        if len(stored) != 1:
            raise Invalid({"files": [_("Chọn một tệp Excel (.xlsx) hoặc Word (.docx).")]})
        casework.hold_place(uuid5(current_tenant(), stored[0].digest))
        if first := _same_file(stored[0].digest):
            raise TakenBefore(first)
        kept = {name: said[name] for name in ("id", "meeting_id", "source")}
        Intake.insert(
            **kept, session_id=session.id, received_on=day, file_id=stored[0].id, name=stored[0].name, person_id=ctx.person.id, state="reading"
        ).execute()  # fmt: skip
        emit(events.FileTaken(object_id=said["id"], file=stored[0].name))
        if later := stored[0].size > READ_AT_ONCE or stored[0].state == "held":
            enqueue("voter_opinions.read", args={"intake": str(said["id"])})
    if not later:
        read(said["id"])
    return intake(said["id"])


def _same_file(digest: str) -> Intake | None:
    """Return the intake of the very same file, if it was read or is being read."""
    rows = db.execute_sql(
        "SELECT i.id FROM voter_opinions.intake i JOIN files.file f ON f.tenant_id = i.tenant_id AND f.id = i.file_id "
        "WHERE i.tenant_id = %s AND f.digest = %s AND i.state <> 'failed' ORDER BY i.made_at",
        (current_tenant(), digest),
    ).fetchall()
    return next((found for row in rows if not is_stuck(found := intake(row[0]))), None)


def is_stuck(of: Intake) -> bool:
    """Tell whether a file is being read for so long that it may be brought again."""
    return of.state == "reading" and of.made_at < current_time() - timedelta(hours=1) and not is_held(of)


def is_held(of: Intake) -> bool:
    """Tell whether a file waits for the virus scanner."""
    return of.state == "reading" and files_by_id([of.file_id])[of.file_id].state == "held"


def read(intake_id: UUID) -> None:
    """Read a file into its rows; rows that are there already stay as they are."""
    with db.atomic():
        of = intake(intake_id)
        file = files_by_id([of.file_id])[of.file_id]
        known = queries.recorded()
        if held := is_held(of):
            later = current_time() + timedelta(minutes=2)
            enqueue(
                "voter_opinions.read", args={"intake": str(of.id)}, run_at=later, queueing_lock=str(of.id)
            )
    if held or of.state != "reading":
        return
    trouble = N_("Tệp có mã độc nên bị khoá. Chọn bản sạch.") if file.state == "infected" else ""
    try:
        with open_content(file) as content:
            judged = _judged(of, () if trouble else read_lines(content), known)
            while True:
                with db.atomic():
                    portion = list(islice(judged, PORTION))
                    if not portion:
                        break
                    db.prepared(_STORE, {"rows": casework.as_json(portion)})
    except Unreadable as error:
        trouble = str(error)
    with db.atomic():
        Intake.update(state="failed" if trouble else "ready", trouble=trouble).where(Intake.id == of.id, Intake.state == "reading").execute()  # fmt: skip
        _compare(of)


def _judged(of: Intake, lines: Iterable[Line], known: AlikeTexts) -> Iterator[dict[str, Any]]:
    """Return the rows as they are stored: what is wrong with one, or what it repeats."""
    seen: dict[str, UUID] = {}
    today = agency_day()
    for line in lines:
        kept = {
            name: tidy_text(getattr(line, name)).strip()[: LONGEST + 1]
            for name in ("content", "locality", "received")
        }
        made = {
            "tenant_id": current_tenant(), "id": uuid5(of.id, str(line.number)), "intake_id": of.id, "number": line.number, "sector": line.sector,
            "raw": line.raw.replace("\x00", ""), **kept, "state": "ready", "into_id": None, "share": 0,
            "digest": _digest(kept), "marks": [],
        }  # fmt: skip
        if problems(made, today):
            made["state"] = "wrong"
        else:
            made["marks"], key = queries.marks(kept["content"]), fold(kept["content"])
            if key in seen:
                made.update(state="same", into_id=seen[key], share=100)
            elif like := known.like(made["marks"]):
                made.update(_like(like))
            if made["state"] != "same":
                seen[key] = made["id"]
                known.add(made["id"], made["marks"])
        yield made


def _digest(said: dict[str, str]) -> int:
    """Return what is the same for rows that say the same of the same place and day, however it is typed."""
    told = fold(said["content"]), fold(said["locality"]), str(day_of(said["received"]) or said["received"])
    return int.from_bytes(blake2b("\n".join(told).encode(), digest_size=8).digest(), signed=True)


def _compare(of: Intake) -> None:
    """Remember which other file has most of the rows of one, if that is a fifth of them, in the running transaction."""
    values = {"tenant": current_tenant(), "intake": of.id}
    mine = dict(db.execute_sql(f"SELECT digest, count(*) FROM {_ROWS} GROUP BY digest", values).fetchall())
    # As a list: of rows written a moment ago PostgreSQL knows no numbers, and a join may walk through all of them for each of them.
    most = db.execute_sql(
        """SELECT intake_id, array_agg(DISTINCT digest) FROM voter_opinions.intake_row WHERE tenant_id = %(tenant)s
        AND digest = ANY (%(digests)s::bigint[]) AND intake_id IN (SELECT id FROM voter_opinions.intake
            WHERE tenant_id = %(tenant)s AND id <> %(intake)s AND state <> 'failed')
        GROUP BY 1 ORDER BY count(DISTINCT digest) DESC, 1 LIMIT 1""",
        values | {"digests": [each for each in mine if each is not None]},
    ).fetchone()
    rows = sum(mine[each] for each in most[1]) if most else 0
    if most and rows * 5 >= sum(mine.values()):
        Intake.update(like_id=most[0], like_rows=rows).where(Intake.id == of.id).execute()


def _like(like: tuple[UUID, int]) -> dict[str, Any]:
    into_id, share = like
    return {"state": "same" if share == 100 else "alike", "into_id": into_id, "share": share}


def problems(values: Any, today: date) -> dict[str, list[str]]:
    """Return what is wrong with a row, by field."""
    get = values.get if isinstance(values, dict) else lambda name: getattr(values, name)
    try:
        said = load(_ROW, {name: get(name) for name in ("content", "locality", "sector", "received")})
    except Invalid as problem:
        return dict(problem.errors)
    return {"received": [_("Ngày này chưa tới.")]} if said["received"] and said["received"] > today else {}


# ---- correcting and recording ------------------------------------------------------------------------------------------


def fix_row(ctx: RequestContext, said: dict[str, Any]) -> IntakeRow:
    """Correct a row, or say what becomes of it; what it is like and nobody was asked about yet is asked about then.

    Raises Invalid, Forbidden, NotFound.
    """
    require_permission(ctx, COMPILE)
    # Who corrects another row, or records, waits: each is judged by what the other made of the file.
    casework.hold_place(open_row(ctx, said["id"]).intake_id)
    of = row(said["id"])
    if of.state == "recorded":
        raise Invalid({"": [_("Dòng này đã ghi thành kiến nghị. Sửa ở trang của kiến nghị.")]})
    if said["received"] and said["received"] > agency_day():
        raise Invalid({"received": [_("Ngày này chưa tới.")]})
    if said["way"] == "join" and of.into_id is None:
        raise Invalid({"way": [_("Dòng này không giống kiến nghị nào để gộp.")]})
    received = f"{said['received']:%d/%m/%Y}" if said["received"] else ""
    unmarked = _waiting(of, IntakeRow.marks == [])  # they were read before rows kept their marks
    old = [{"id": each.id, "marks": queries.marks(each.content)} for each in unmarked]
    db.execute_sql(_MARK, (casework.as_json(old), current_tenant()))
    marks = queries.marks(said["content"])
    kept = {name: said[name] for name in ("content", "locality", "sector")} | {"received": received}
    texts = [marks, *(each.marks for each in _waiting(of, IntakeRow.into_id == of.id))]
    near, known = found_by(texts), queries.recorded(texts)
    for each in _waiting(of, IntakeRow.number < of.number, IntakeRow.state != "same", SQL(NEAR, (near,))):
        known.add(each.id, each.marks)
    if said["way"] == "leave":
        kept |= {"state": "left"}
    else:
        like = known.like(marks)
        told = like is None or like[0] == of.into_id
        kept |= _like(like) if like else {"into_id": None if said["way"] == "record" else of.into_id}
        if told or said["way"] == "join":
            kept |= {"state": "same" if said["way"] == "join" else "ready"}
    IntakeRow.update(kept, marks=marks).where(IntakeRow.id == of.id).execute()
    if of.state in ("wrong", "left") or said["way"] == "leave" or said["content"] != of.content:
        _judge_below(row(of.id), known, near)
    return row(of.id)


WAITING = ("ready", "alike", "same")
COMPARED = ("ready", "alike")
"""Rows that others are compared with: those that become petitions of their own, as it seems."""


def _waiting(of: IntakeRow, *conditions: Any) -> Any:
    """Return the rows of the file of a row that meet conditions and are not decided for good, in its order."""
    query = IntakeRow.select().where(IntakeRow.intake_id == of.intake_id, IntakeRow.state.in_(WAITING))
    return query.where(*conditions).order_by(IntakeRow.number)


def _judge_below(of: IntakeRow, known: AlikeTexts, near: Sequence[int]) -> None:
    """Judge again what stands below a row that says something else now: what is like it, and what was like it before.

    `known` is what the row itself was compared with. What somebody decided about another likeness stays.
    """
    here = AlikeTexts([(of.id, of.marks)] if of.state in COMPARED else ())
    if of.state in COMPARED:
        known.add(of.id, of.marks)
    concerned = (IntakeRow.into_id == of.id) | SQL(NEAR, (near,))
    for each in _waiting(of, IntakeRow.number > of.number, concerned):
        if each.into_id in (None, of.id):
            like = (known if each.into_id else here).like(each.marks)
            now = _like(like) if like else {"state": "ready", "into_id": None, "share": 0}
            if like or each.into_id:
                IntakeRow.update(now).where(IntakeRow.id == each.id).execute()
                each.state = now["state"]
        if each.state in COMPARED:
            known.add(each.id, each.marks)


def record_all(ctx: RequestContext, intake_id: UUID, *, alike: str = "") -> Intake:
    """Record what is right of a file, many rows in the background.

    With `alike` nothing is recorded: it says what becomes of the rows like an earlier petition, for the page to show first;
    with "left" what stands in the file this one is like is left out. Raises Forbidden, NotFound.
    """
    require_permission(ctx, COMPILE)
    require_permission(ctx, HANDLE)
    with db.atomic():
        casework.hold_place(intake_id)
        of = intake(intake_id)
        if of.state != "ready":
            return of  # it is being read or recorded, also by somebody else
        if alike == "left":
            twins = IntakeRow.alias()
            theirs = twins.select(twins.digest).where(twins.intake_id == of.like_id, twins.state != "wrong")
            others = (IntakeRow.state != "recorded") & IntakeRow.digest.in_(theirs)
            IntakeRow.update(state="left").where(IntakeRow.intake_id == of.id, others).execute()
        elif alike in RECORDABLE:
            asked = IntakeRow.update(state=alike).where(IntakeRow.intake_id == of.id)
            asked.where(IntakeRow.state == "alike").execute()
        if alike:
            return of
        waiting = sum(counts(of.id).get(state, 0) for state in RECORDABLE)
        Intake.update(state="recording", person_id=ctx.person.id).where(Intake.id == of.id).execute()
        if waiting > RECORDED_AT_ONCE:
            enqueue("voter_opinions.record", args={"intake": str(of.id)}, lock=str(of.id))
    if waiting <= RECORDED_AT_ONCE:
        record_rows(of.id)
    return intake(of.id)


def record_rows(intake_id: UUID) -> None:
    """Record the next rows until none is left; begun again it goes on where it was."""
    while True:
        with db.atomic():
            casework.hold_place(intake_id)
            of = intake(intake_id)
            ctx = person_context(of.person_id)
            found = rows(of.id, RECORDABLE, most=PORTION) if of.state == "recording" else []
            # Rights are read anew for each portion: whoever lost them meanwhile records no further.
            if ctx is None or not (ctx.can(COMPILE) and ctx.can(HANDLE)) or not found:
                Intake.update(state="ready").where(Intake.id == of.id, Intake.state == "recording").execute()
                return
            with acting(Actor(ctx.person.id, ctx.person.full_name)):
                # What a row repeats may stand above it in the file, never below.
                left = _left(ctx, of, found)
                # Whoever locks several cases locks them in one order.
                into = Origin.select(Origin.petition_id).where(Origin.id.in_([each.into_id for each in left]))
                casework.lock_cases(*{each for (each,) in into.tuples()})
                for each in left:
                    IntakeRow.update(state=_recorded(ctx, of, each)).where(IntakeRow.id == each.id).execute()


def _left(ctx: RequestContext, of: Intake, found: Sequence[IntakeRow]) -> Sequence[IntakeRow]:
    """Record rows together, and return those that have to be looked at one by one: all of them where one could not be recorded."""
    new = [each for each in found if each.state != "same"]
    same = [each for each in found if each.state == "same" and each.into_id]
    try:
        with db.atomic():
            services.record_new(ctx, [_said(of, each) for each in new])
            done = services.record_repeats(ctx, [(_said(of, each), each.into_id) for each in same])
            done |= {each.id for each in new}
            IntakeRow.update(state="recorded").where(IntakeRow.id.in_(list(done))).execute()
    except (Invalid, Forbidden):
        return found
    return [each for each in found if each.id not in done]


def _said(of: Intake, each: IntakeRow, into: str = "") -> dict[str, Any]:
    """Return a row as the form of a petition says it. Raises Invalid."""
    day: date | None = load(_ROW, {"content": each.content, "received": each.received})["received"]
    return {
        "id": each.id, "content": each.content, "title": "", "locality": each.locality, "sector": each.sector, "session_id": of.session_id,
        "meeting_id": of.meeting_id, "source": of.source, "received_on": day or of.received_on, "raw": each.raw, "is_new": True,
        "into": into,
    }  # fmt: skip


def _recorded(ctx: RequestContext, of: Intake, each: IntakeRow) -> str:
    into = _code(each.into_id) if each.state == "same" and each.into_id else ""
    try:
        with db.atomic():
            services.record(ctx, _said(of, each, into))
    except (Invalid, Forbidden):
        return "wrong"
    return "recorded"


def _code(into_id: UUID) -> str:
    """Return the code of the petition that a row repeats; it may be a row itself, recorded or counted to another."""
    found = Origin.get_or_none(Origin.id == into_id)
    petition_id = found.petition_id if found else into_id
    try:
        return casework.case(petition_id).code
    except NotFound:
        return ""
