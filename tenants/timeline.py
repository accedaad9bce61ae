"""Sample data told in the order of time: what happened in several agencies, each act at its own moment.

A module plans stories: generators that yield when something happens next and do it when they are asked again. The
earliest one goes on first, whichever agency it is of, so that codes, numbers of registers and the audit are in the
order of their days. What would happen after today has not happened yet: it stays open.
"""

import heapq
from collections.abc import Callable, Hashable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from core.clock import happening
from core.db import current_tenant, db, scope

Story = Iterator[datetime]
BETWEEN = timedelta(seconds=1)


class Timeline:
    """Stories of the agencies whose sample data is made together."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, UUID, Story]] = []
        self._planned = 0

    def plan(self, story: Story) -> None:
        """Let a story of the agency in scope happen; it may begin before others that were planned earlier."""
        self._go_on(current_tenant(), story)

    def run(self, passed: Callable[[datetime, int], None] = lambda _month, _acts: None) -> int:
        """Let everything happen up to now, in one transaction with the caller; return how many acts.

        `passed` hears of each month that is over.
        """
        end, acts, month = datetime.now(UTC), 0, None
        known: dict[Hashable, Any] = {}
        dates_facts = may_date_facts()
        # Tables that are only being filled have no statistics: without this, plans made for few rows read all of many.
        db.execute_sql("SET LOCAL enable_seqscan = off")
        while self._waiting:
            at, _number, tenant_id, story = heapq.heappop(self._waiting)
            if at >= end:
                story.close()  # type: ignore[attr-defined]
                continue
            if month and (at.year, at.month) != (month.year, month.month):
                passed(month, acts)
            month, acts = at, acts + 1
            with scope(tenant_id), happening(at, dates_facts=dates_facts, known=known), db.atomic():
                self._go_on(tenant_id, story, at + BETWEEN)
        db.execute_sql("SET LOCAL enable_seqscan = on")
        return acts

    def _go_on(self, tenant_id: UUID, story: Story, earliest: datetime | None = None) -> None:
        """Let a story do what it does at its moment, and wait for the next one."""
        following = next(story, None)
        if following is not None:
            self._planned += 1
            at = max(following, earliest) if earliest else following
            heapq.heappush(self._waiting, (at, self._planned, tenant_id, story))


def may_date_facts() -> bool:
    """Tell whether the database lets facts bear another time than its own clock's."""
    sql = "SELECT has_column_privilege('core.audit_entry', 'at', 'INSERT')"
    return bool(db.execute_sql(sql).fetchone()[0])
