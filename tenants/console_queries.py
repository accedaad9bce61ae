"""What the operator's console asks across agencies; sums and switches, never what is inside modules."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from peewee import fn

from core.db import db, unscoped
from core.text import fold
from core.web.paging import PAGE_SIZE, START, Cursor
from tenants import queries
from tenants.models import Person, ProvisionRun, ProvisionStep

MIN_LETTERS = 2
NEAR = 2000
"""So many people of the list are looked at one by one before an index is asked for all who match."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an operator should look at in one agency; the kinds are keys of the console's words."""

    kind: Literal["mirror", "failed", "retrying", "hooks"]
    count: int


def troubles() -> dict[UUID, list[Trouble]]:
    """Return what is wrong, by agency; the worst first."""
    rows = db.execute_sql(
        """
        SELECT tenant_id, 1, 'mirror', count(*) FROM tenants.directory_task WHERE attempts > 0 AND tenant_id IS NOT NULL GROUP BY 1
        UNION ALL
        SELECT queue_name::uuid, CASE status WHEN 'failed' THEN 2 ELSE 3 END, CASE status WHEN 'failed' THEN 'failed' ELSE 'retrying' END,
            count(*) FROM jobs.procrastinate_jobs WHERE status = 'failed' OR status = 'todo' AND attempts > 0 GROUP BY 1, 2, 3
        UNION ALL
        SELECT tenant_id, 4, 'hooks', sum(failures) FROM core.hook_failure WHERE last_at > now() - interval '1 hour' GROUP BY 1
        ORDER BY 2
        """
    ).fetchall()
    found: dict[UUID, list[Trouble]] = {}
    for tenant_id, _rank, kind, count in rows:
        found.setdefault(tenant_id, []).append(Trouble(kind, int(count)))
    return found


def overview() -> list[tuple[UUID, str, str]]:
    """Return (id, kind, status) of every agency in the order of names: one tile each."""
    rows: list[tuple[UUID, str, str]] = db.execute_sql(
        "SELECT tenant_id, kind, status FROM tenants.current_agency ORDER BY folded, tenant_id"
    ).fetchall()
    return rows


@dataclass(frozen=True, slots=True)
class RevisedLine:
    """A version that changed an agency: its name then and before, since when, by which decision."""

    code: str
    name: str
    before: str
    since: date
    decision: str


def revised(limit: int) -> list[RevisedLine]:
    """Return what changed agencies in the last 30 days or will change them, the newest writing first.

    Agencies rename themselves; here operators see it. The version an agency was created with is none.
    """
    rows = db.execute_sql(
        """
        SELECT t.code, v.name, coalesce(b.name, ''), v.valid_from, v.decision
        FROM tenants.tenant_version v JOIN tenants.tenant t ON t.id = v.tenant_id
        LEFT JOIN tenants.tenant_version b ON b.tenant_id = v.tenant_id AND b.valid_to = v.valid_from - 1 AND b.name <> v.name
        WHERE v.created_at > t.created_at AND (v.created_at > now() - interval '30 days' OR v.valid_from > tenants.today())
        ORDER BY v.created_at DESC, v.id LIMIT %s
        """,
        (limit,),
    ).fetchall()
    return [RevisedLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class MirrorState:
    """How far the identity provider is behind the registry."""

    waiting: int
    failing: int
    last_error: str


def mirror_state(tenant_id: UUID | None = None) -> MirrorState:
    """Return what the identity provider still has to learn, of one agency or of everything."""
    row = db.execute_sql(
        "SELECT count(*), count(*) FILTER (WHERE attempts > 0), "
        "coalesce((array_agg(last_error ORDER BY due_at DESC) FILTER (WHERE attempts > 0))[1], '') "
        "FROM tenants.directory_task WHERE %s::uuid IS NULL OR tenant_id = %s",
        (tenant_id, tenant_id),
    ).fetchone()
    return MirrorState(*row)


def short_names(tenant_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the short names of these agencies."""
    rows = db.execute_sql(
        "SELECT tenant_id, short_name FROM tenants.current_agency WHERE tenant_id = ANY(%s::uuid[])",
        ([str(each) for each in tenant_ids],),
    )
    return dict(rows.fetchall())


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person of the installation and where they work."""

    id: UUID
    sort_key: str
    full_name: str
    username: str
    disabled: bool
    is_operator: bool
    posts: tuple[str, ...]


_FOUND = "p.id, p.sort_key, p.full_name, p.username, p.disabled_at IS NOT NULL, p.is_operator"
_MATCH = "(p.words @@ to_tsquery('simple', %s) OR p.username LIKE %s)"


def people_statements(
    text: str, cursor: Cursor = START, limit: int = PAGE_SIZE
) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the statements that find people, one of which is enough: the next one is asked when a page stays short.

    What many are called is met at once on the way through the list; of what few are called an index knows all. The
    planner cannot tell the two apart, because it does not know how many words begin in a way.
    """
    wanted = fold(text)
    words = re.findall(r"\w+", wanted)
    if sum(map(len, words)) < MIN_LETTERS:
        return []
    start = re.sub(r"([\\%_])", r"\\\1", wanted)
    match = (" & ".join(f"{word}:*" for word in words), f"{start}%")
    where, order = queries.keyset(cursor, "p.sort_key", "p.id")
    after = where if cursor.key else "true"
    near = (
        f"SELECT {_FOUND} FROM (SELECT * FROM tenants.person p WHERE {after} ORDER BY {order} LIMIT {NEAR}) p "
        f"WHERE {_MATCH} ORDER BY {order} LIMIT %s"
    )
    every = (
        f"WITH p AS MATERIALIZED (SELECT * FROM tenants.person p WHERE {_MATCH}) "
        f"SELECT {_FOUND} FROM p WHERE {after} ORDER BY {order} LIMIT %s"
    )
    return [(near, (*cursor.key, *match, limit + 1)), (every, (*match, *cursor.key, limit + 1))]


def find_people(text: str, cursor: Cursor = START, limit: int = PAGE_SIZE) -> list[FoundPerson]:
    """Return people whose user name begins with a text of two letters or more, or whose name has words that begin so.

    By given name, `limit + 1` at most, from a cursor over (sort key, id) on.
    """
    rows: list[tuple[Any, ...]] = []
    for statement, values in people_statements(text, cursor, limit):
        rows = db.execute_sql(statement, values).fetchall()
        if len(rows) > limit:
            break
    posts: dict[UUID, list[str]] = {row[0]: [] for row in rows}
    for post in posts_of(posts):
        posts[post.person_id].append(f"{post.position}, {post.agency}")
    return [
        FoundPerson(person_id, key, name, username, disabled, is_operator, tuple(posts[person_id]))
        for person_id, key, name, username, disabled, is_operator in rows
    ]


@dataclass(frozen=True, slots=True)
class PostAnywhere:
    """A current or coming post of one person."""

    person_id: UUID
    agency: str
    unit: str
    position: str
    roles: tuple[str, ...]
    valid_from: date
    valid_to: date | None


def posts_of(person_ids: Iterable[UUID]) -> list[PostAnywhere]:
    """Return the posts of these people in all agencies that are not over."""
    with unscoped(reason="show operators where a person works"), db.atomic():
        rows: list[tuple[Any, ...]] = db.execute_sql(
            "SELECT m.person_id, v.short_name, u.name, m.position, ARRAY(SELECT r.role FROM tenants.membership_role r "
            "WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id ORDER BY r.role), m.valid_from, m.valid_to "
            "FROM tenants.membership m JOIN tenants.unit u ON u.tenant_id = m.tenant_id AND u.id = m.unit_id "
            "JOIN tenants.current_agency v ON v.tenant_id = m.tenant_id "
            "WHERE m.person_id = ANY(%s::uuid[]) AND m.ended_at IS NULL "
            "AND (m.valid_to IS NULL OR m.valid_to >= tenants.today()) ORDER BY m.valid_from, m.id",
            ([str(each) for each in person_ids],),
        ).fetchall()
    return [
        PostAnywhere(person_id, agency, unit, position, tuple(roles), first_day, last_day)
        for person_id, agency, unit, position, roles, first_day, last_day in rows
    ]


# ---- runs of the provisioning ------------------------------------------------------------------------


def provision_runs(limit: int) -> list[tuple[ProvisionRun, str, int]]:
    """Return the newest runs without their content, who made each, and how many agencies failed in it."""
    newest = list(
        ProvisionRun.select(
            ProvisionRun.id, ProvisionRun.file_name, ProvisionRun.made_by, ProvisionRun.made_at, ProvisionRun.started_at,
            ProvisionRun.state, ProvisionRun.counts,
        ).order_by(ProvisionRun.made_at.desc(), ProvisionRun.id.desc()).limit(limit)
    )  # fmt: skip
    ids = [run.id for run in newest]
    failed: dict[UUID, int] = dict(
        ProvisionStep.select(ProvisionStep.run_id, fn.count(ProvisionStep.id))
        .where(ProvisionStep.run_id.in_(ids), ProvisionStep.state == "failed")
        .group_by(ProvisionStep.run_id)
        .tuples()
    )
    names: dict[UUID, str] = dict(
        Person.select(Person.id, Person.full_name)
        .where(Person.id.in_([run.made_by for run in newest]))
        .tuples()
    )
    return [(run, names.get(run.made_by, "") if run.made_by else "", failed.get(run.id, 0)) for run in newest]


@dataclass(frozen=True, slots=True)
class StepLine:
    """An agency of a run; `behind` ones are written, and the identity provider does not have them yet."""

    line: int
    name: str
    state: Literal["waiting", "behind", "done", "failed"]
    written: int
    error: str


def provision_steps(run_id: UUID) -> list[StepLine]:
    """Return the agencies of a run: failed ones first, then in the order of the run.

    What is queued for an agency days after the run was other people's work.
    """
    rows = db.execute_sql(
        """
        WITH behind AS (
            SELECT coalesce(t.code, '') AS code, max(d.last_error) AS error
            FROM tenants.directory_task d LEFT JOIN tenants.tenant t ON t.id = d.tenant_id GROUP BY 1
        )
        SELECT s.line, s.name, CASE WHEN s.state = 'done' AND b.code IS NOT NULL THEN 'behind' ELSE s.state END,
            s.written, CASE s.state WHEN 'done' THEN coalesce(b.error, '') ELSE s.error END
        FROM tenants.provision_step s JOIN tenants.provision_run r ON r.id = s.run_id
        LEFT JOIN behind b ON b.code = s.code AND coalesce(r.finished_at, now()) > now() - interval '1 day'
        WHERE s.run_id = %s ORDER BY s.state <> 'failed', s.position
        """,
        (run_id,),
    ).fetchall()
    return [StepLine(*row) for row in rows]
