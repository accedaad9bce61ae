"""What the audit pages ask: the entries that meet their filters, who appears in them, and how the chain stands."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from core.audit import AuditLine, read
from core.db import current_tenant, db
from core.declarations import Health
from core.dispatcher import dispatcher
from core.i18n import HOME_ZONE, ngettext
from tenants.sorting import name_sort_key

LATE_AFTER = 300
"""Seconds an entry may wait for its link before the sealer is taken to stand still."""
ID_SLACK = timedelta(days=2)
"""An entry's id is made by a process's clock and its time by PostgreSQL's, at the transaction's begin; days are local."""


@dataclass(frozen=True, slots=True)
class ChainState:
    """How an agency's chain stands: linked entries, those waiting, and since when the oldest waits."""

    sealed: int
    unsealed: int
    unsealed_seconds: float


class LastChange(NamedTuple):
    """Who changed an object last, and when."""

    actor_id: UUID | None
    actor: str
    at: datetime


def last_change(object_type: str, object_id: UUID) -> LastChange | None:
    """Return the newest entry about an object of the current agency."""
    row = db.execute_sql(
        "SELECT actor_id, actor_name, at FROM core.audit_entry "
        "WHERE tenant_id = %s AND object_type = %s AND object_id = %s ORDER BY id DESC LIMIT 1",
        (current_tenant(), object_type, object_id),
    ).fetchone()
    return LastChange._make(row) if row else None


def entries(
    *, object_type: str = "", object_id: UUID | None = None, actor_id: UUID | None = None, event: str = "", module: str = "",
    since: date | None = None, until: date | None = None, before: UUID | None = None, after: UUID | None = None,
    limit: int = 50, contents: bool = True, about_agency: bool = False,
) -> list[AuditLine]:  # fmt: skip
    """Return entries of the current agency, newest first, from before the id of the last one seen on.

    With `after` the way leads back: entries newer than that one, the nearest first. `since` and `until` are days in
    Vietnam, both included. With `about_agency` what happened in cases and books is left out.
    """
    conditions: dict[str, Any] = {
        "entry.object_type = %s": object_type, "entry.object_id = %s": object_id, "entry.actor_id = %s": actor_id,
        "entry.event = %s": event, "entry.event = ANY(%s)": _about_agency() if about_agency else None,
        "entry.event ^@ %s": f"{module}." if module else "", "entry.id < %s": before, "entry.id > %s": after,
        "entry.id >= %s": _first_id(since, -ID_SLACK) if since else None,
        "entry.id <= %s": _first_id(until, ID_SLACK + timedelta(days=1)) if until else None,
        f"entry.at >= %s::date::timestamp AT TIME ZONE '{HOME_ZONE}'": since,
        f"entry.at < (%s::date + 1)::timestamp AT TIME ZONE '{HOME_ZONE}'": until,
    }  # fmt: skip
    used = {sql: value for sql, value in conditions.items() if value}
    return read(used, limit=limit, oldest_first=after is not None, contents=contents)


def _about_agency() -> list[str]:
    """Return the names of the facts about an agency itself, its people, roles and settings."""
    return [name for name, event in dispatcher().catalogue.events.items() if event.about_agency]


def _first_id(day: date, later: timedelta) -> UUID | None:
    """Return the lowest UUIDv7 of a moment counted from the beginning of a day; None where ids know no such time.

    Ids are in the order of the index the list is read from, so a day long ago is not looked for from the newest on.
    """
    days = day.toordinal() - date(1970, 1, 1).toordinal() + later / timedelta(days=1)
    return UUID(int=int(days * 86_400_000) << 80) if 0 < days < 2**48 / 86_400_000 else None


def actors(limit: int = 200) -> list[tuple[UUID, str]]:
    """Return the people who appear in the current agency's audit, by the name they had last."""
    # One look into the index per person; DISTINCT would read every entry.
    rows = db.execute_sql(
        """
        WITH RECURSIVE actor AS (
            (SELECT actor_id FROM core.audit_entry WHERE tenant_id = %(tenant)s AND actor_id IS NOT NULL ORDER BY actor_id LIMIT 1)
            UNION ALL
            SELECT (SELECT actor_id FROM core.audit_entry WHERE tenant_id = %(tenant)s AND actor_id > actor.actor_id
                    ORDER BY actor_id LIMIT 1)
            FROM actor WHERE actor.actor_id IS NOT NULL
        )
        SELECT actor_id, (SELECT actor_name FROM core.audit_entry entry WHERE tenant_id = %(tenant)s
                          AND entry.actor_id = actor.actor_id ORDER BY id DESC LIMIT 1)
        FROM actor WHERE actor_id IS NOT NULL LIMIT %(limit)s
        """,
        {"tenant": current_tenant(), "limit": limit},
    ).fetchall()
    return sorted(rows, key=lambda row: name_sort_key(row[1]))


def recorded() -> list[str]:
    """Return the names of the facts that were ever recorded in the current agency."""
    rows = db.execute_sql(
        """
        WITH RECURSIVE fact AS (
            (SELECT event FROM core.audit_entry WHERE tenant_id = %(tenant)s ORDER BY event LIMIT 1)
            UNION ALL
            SELECT (SELECT event FROM core.audit_entry WHERE tenant_id = %(tenant)s AND event > fact.event ORDER BY event LIMIT 1)
            FROM fact WHERE fact.event IS NOT NULL
        )
        SELECT event FROM fact WHERE event IS NOT NULL
        """,
        {"tenant": current_tenant()},
    ).fetchall()
    return [event for (event,) in rows]


def chain_state() -> ChainState:
    """Return how the current agency's chain stands; the whole chain is verified by `lienthong audit verify`."""
    return ChainState(
        *db.execute_sql(
            "SELECT coalesce((SELECT seq FROM core.audit_head WHERE tenant_id = %s), 0), count(*), "
            "coalesce(extract(epoch FROM clock_timestamp() - min(entry.at)), 0)::float "
            "FROM core.audit_pending pending JOIN core.audit_entry entry USING (tenant_id, id) WHERE pending.tenant_id = %s",
            (current_tenant(), current_tenant()),
        ).fetchone()
    )


def check_sealing() -> Health:
    """Tell whether entries get their links: the worker gives them within seconds."""
    count, oldest = db.execute_sql("SELECT count(*), min(id::text) FROM core.audit_pending").fetchone()
    # A UUIDv7 begins with the millisecond it was made in.
    seconds = time.time() - (UUID(oldest).int >> 80) / 1000 if count else 0
    late = ngettext(
        "{n} mục nhật ký chờ nối vào chuỗi quá lâu.", "{n} mục nhật ký chờ nối vào chuỗi quá lâu.", count
    )
    return Health(seconds < LATE_AFTER, late if seconds >= LATE_AFTER else "")
