"""What the audit pages ask beside the entries: who appears in them, and how the chain stands."""

import time
from dataclasses import dataclass
from uuid import UUID

from core.db import current_tenant, db
from core.declarations import Health
from core.i18n import ngettext
from core.text import name_sort_key

LATE_AFTER = 300
"""Seconds an entry may wait for its link before the sealer is taken to stand still."""


@dataclass(frozen=True, slots=True)
class ChainState:
    """How an agency's chain stands: linked entries, those waiting, and since when the oldest waits."""

    sealed: int
    unsealed: int
    unsealed_seconds: float


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
