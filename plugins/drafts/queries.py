"""What a person has typed and not sent; every statement names the agency and the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.api import RequestContext, current_tenant, db


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A form as it was left, and when it was saved last."""

    fields: Mapping[str, str | Sequence[str]]
    saved_at: datetime
    page: UUID
    """Which opening of the form wrote it."""


def draft(ctx: RequestContext, key: str) -> StoredDraft | None:
    """Return what this person typed into a form and has not sent, if anything."""
    row = db.execute_sql(
        "SELECT fields, saved_at, page FROM drafts.draft WHERE tenant_id = %s AND person_id = %s AND key = %s "
        "AND dropped_at IS NULL",
        (current_tenant(), ctx.person.id, key),
    ).fetchone()
    return StoredDraft(*row) if row else None
