"""What is asked of workflows: their versions, and the running cases of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from core.api import NotFound, current_tenant, db
from plugins.casework.models import Workflow
from plugins.casework.workflows.definition import CaseKind, Definition

MOST_VERSIONS = 50
MOST_HOLDERS = 20


class Version(NamedTuple):
    """A version of a workflow, and who made it."""

    id: UUID
    number: int
    definition: Definition
    own: bool
    note: str
    maker_id: UUID | None
    maker: str
    made_at: datetime


def versions(kind: CaseKind) -> list[Version]:
    """Return the versions of a workflow that the agency has had, the newest first."""
    rows = db.execute_sql(
        "SELECT w.id, w.number, w.definition, w.own, w.note, w.made_by, coalesce(p.full_name, ''), w.made_at FROM casework.workflow w "
        "LEFT JOIN tenants.person p ON p.id = w.made_by WHERE w.tenant_id = %s AND w.kind = %s ORDER BY w.number DESC LIMIT %s",
        (current_tenant(), kind.key, MOST_VERSIONS),
    ).fetchall()
    return [Version._make((*row[:2], Definition.restore(row[2]), *row[3:])) for row in rows]


def version(kind: CaseKind, number: int) -> Workflow:
    """Return a version by its number. Raises NotFound."""
    found = Workflow.get_or_none(Workflow.kind == kind.key, Workflow.number == number)
    if found is None:
        raise NotFound
    return found


def running(kind: CaseKind) -> dict[UUID, dict[str, int]]:
    """Return how many open cases follow which version, by the state they are in."""
    rows = db.execute_sql(
        "SELECT c.workflow_id, c.state, count(*) FROM casework.case_base c JOIN casework.workflow w "
        "ON w.tenant_id = c.tenant_id AND w.id = c.workflow_id "
        "WHERE c.tenant_id = %s AND w.kind = %s AND c.closed_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2",
        (current_tenant(), kind.key),
    ).fetchall()
    found: dict[UUID, dict[str, int]] = {}
    for workflow_id, state, count in rows:
        found.setdefault(workflow_id, {})[state] = count
    return found


def holders(workflow_id: UUID, states: list[str]) -> dict[str, list[tuple[str, int]]]:
    """Return who has open cases of a version, by state, with how many; the first ones of each state."""
    rows: list[Any] = db.execute_sql(
        """
        SELECT state, name, count FROM (
            SELECT c.state, coalesce(p.full_name, u.name) AS name, count(*) AS count,
                row_number() OVER (PARTITION BY c.state ORDER BY count(*) DESC, coalesce(p.full_name, u.name)) AS place
            FROM casework.case_base c
            JOIN casework.assignment a ON a.tenant_id = c.tenant_id AND a.case_id = c.id AND a.done_at IS NULL AND a.role = 'lead'
            LEFT JOIN tenants.person p ON p.id = a.person_id
            LEFT JOIN tenants.unit u ON u.tenant_id = a.tenant_id AND u.id = a.unit_id
            WHERE c.tenant_id = %s AND c.workflow_id = %s AND c.closed_at IS NULL AND c.state = ANY (%s) GROUP BY 1, 2
        ) counted WHERE place <= %s ORDER BY state, place
        """,
        (current_tenant(), workflow_id, states, MOST_HOLDERS),
    ).fetchall()
    found: dict[str, list[tuple[str, int]]] = {}
    for state, name, count in rows:
        found.setdefault(state, []).append((name, count))
    return found


def portion(workflow_id: UUID, size: int, *, but: Sequence[str]) -> list[UUID]:
    """Return some open cases that follow a version, but for those in some states."""
    rows = db.execute_sql(
        "SELECT id FROM casework.case_base WHERE tenant_id = %s AND workflow_id = %s AND closed_at IS NULL AND state <> ALL (%s) "
        "ORDER BY state, id LIMIT %s",
        (current_tenant(), workflow_id, list(but), size),
    ).fetchall()
    return [each for (each,) in rows]
